//! Lists of claims within the caller's sight: filtered, sorted, by keyset. `[INT-4]`

use super::{
    beside::{self, Beside},
    scope::covered,
};
use crate::{
    finance::expense_category::in_category,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{expense_claim_lines, expense_claim_mirrors as mirrors, expense_claims as claims},
    search,
    spine::{
        Amount, Amounts, Cell, Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Sight, Slice,
        View, Where, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::{ClaimState, Details},
        payment::{Direction, PaidState},
    },
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A claim in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseClaimSummary)]
pub struct ExpenseClaimSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// Where it stands.
    pub status: ClaimState,
    /// How far it is paid, once it is posted.
    pub paid_status: Option<PaidState>,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Who receives the money.
    pub beneficiary: PersonRef,
    /// Whose expense it is.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// What it is for.
    #[schema(max_length = 2000)]
    pub purpose: Option<String>,
    /// The names of the categories of its lines, in Chinese.
    #[schema(max_items = 200)]
    pub categories_zh: Vec<String>,
    /// The same in English.
    #[schema(max_items = 200)]
    pub categories_en: Vec<String>,
    /// The day on which it was posted.
    pub posted_on: Option<NaiveDate>,
    /// The day of the last payment.
    pub paid_on: Option<NaiveDate>,
    /// What is asked for.
    pub claimed: Money,
    /// What is approved.
    pub approved: Money,
    /// What the beneficiary is owed, in the book currency; negative on a counter-document: what is to be got back.
    pub payable: Money,
    /// What was paid, in the book currency; negative where it was got back.
    pub paid: Money,
    /// Which way its money moves.
    pub direction: Direction,
    /// The number of its voucher.
    #[schema(max_length = 40)]
    pub voucher_number: Option<String>,
    /// Whether it undoes another claim.
    pub is_reversal: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ExpenseClaimSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which claims are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ClaimFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval,approved")]
    pub status: Several<ClaimState>,
    /// Only posted claims that are paid so far, separated by commas.
    #[param(inline, example = "unpaid,partially_paid")]
    pub paid_status: Several<PaidState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only for this beneficiary.
    pub beneficiary_id: Option<EmployeeId>,
    /// Only with a line of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "entertainment")]
    pub category: Option<String>,
    /// Only with at least this payable amount, in the currency of its books.
    #[serde(rename = "payable[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub payable_from: Option<Amount>,
    /// Only with at most this payable amount, in the currency of its books.
    #[serde(rename = "payable[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub payable_to: Option<Amount>,
    /// Only where the books are kept in this currency.
    #[param(inline)]
    pub payable_currency: Option<Currency>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what draws on this expense request.
    pub request_id: Option<AnyId>,
    /// Only of this source.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40, example = "mini-program")]
    pub source: Option<String>,
    /// Only where this stands in number, purpose, customer, route, a line, an invoice or a name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "上海")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ClaimOrder,
}

impl ClaimFilter {
    fn payable(&self) -> Amounts<'_> {
        let (from, to) = (self.payable_from.as_ref(), self.payable_to.as_ref());
        Amounts { name: "payable", from, to, currency: self.payable_currency }
    }

    fn wanted(&self) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, claims, filter; status in status);
        wanted.also_any(filter.paid_status.0.iter().copied().map(paid).collect());
        narrow!(wanted, claims, filter;
            department_id = department_id, submitter_id = submitter_id, beneficiary_id = beneficiary_id,
            (payable_minor, book_currency) within payable, business_date >= business_from,
            business_date <= business_to, changed_at >= changed_from, changed_at < changed_before,
            created_at >= created_from, created_at < created_before, request_id = request_id);
        if let Some(category) = &filter.category {
            let with_category = expense_claim_lines::table
                .filter(in_category!(expense_claim_lines, category))
                .select(expense_claim_lines::claim_id);
            wanted.also(claims::id.eq_any(with_category));
        }
        if let Some(source) = &filter.source {
            let mirrored =
                mirrors::table.filter(mirrors::source.eq(source.clone())).select(mirrors::claim_id);
            wanted.also(claims::id.eq_any(mirrored));
        }
        search!(wanted, filter, claims::search_text; claims::submitter_id, claims::beneficiary_id);
        wanted
    }
}

impl Filter for ClaimFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.payable()]
    }
}

/// How far a posted claim is paid is derived, never stored.
fn paid(state: PaidState) -> Where {
    let mut wanted = Where::new();
    wanted.also(claims::status.eq(ClaimState::Posted.code()));
    match state {
        PaidState::Unpaid => wanted.also(claims::paid_minor.eq(0).and(claims::payable_minor.ne(0))),
        PaidState::PartiallyPaid => {
            wanted.also(claims::paid_minor.ne(0).and(claims::paid_minor.ne(claims::payable_minor)));
        }
        PaidState::Paid => wanted.also(claims::paid_minor.eq(claims::payable_minor)),
    }
    wanted
}

orders! {
    /// By what expense claims are ordered.
    pub ClaimOrder of SummaryRow in claims by id, descending:
    created_at = id;
    changed_at;
    payable = payable_minor;
    business_date;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct SummaryRow {
    id: Key,
    number: String,
    status: String,
    submitter_id: Key,
    beneficiary_id: Key,
    department_id: Key,
    business_date: BusinessDate,
    details: String,
    currency: String,
    book_currency: String,
    claimed_minor: i64,
    approved_minor: i64,
    payable_minor: i64,
    paid_minor: i64,
    voucher_number: Option<String>,
    reverses_id: Option<Key>,
    created_at: Instant,
    changed_at: Instant,
    version: Version,
}

/// A page of claims within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ClaimFilter,
    page: &Page,
) -> Result<Slice<ExpenseClaimSummary>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight);
    wanted.also_all(filter.wanted());
    let found = paged!(reader, page, filter.sort, wanted;
        claims::table => SummaryRow::as_select(); |row: &SummaryRow| row);
    let shown: Vec<Key> = found.data.iter().map(|row| row.id).collect();
    let mut beside = beside::of(reader, &shown)?;
    let register = Register::of(reader)?;
    found.try_map(|row| {
        let beside = beside.remove(&row.id.0).unwrap_or_default();
        summary(&register, row, beside)
    })
}

fn summary(register: &Register, row: SummaryRow, beside: Beside) -> Result<ExpenseClaimSummary, Failure> {
    let Beside { categories: (categories_zh, categories_en), posted_on, paid_on } = beside;
    let details: Details = serde_json::from_str(&row.details)?;
    let corrupt = |column| Failure::corrupt("expense_claims", column, row.id.0);
    let status = ClaimState::from_code(&row.status).ok_or_else(|| corrupt("status"))?;
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let book: Currency = row.book_currency.parse().map_err(|_| corrupt("book_currency"))?;
    let (payable, paid) =
        (Money::from_minor(row.payable_minor, book), Money::from_minor(row.paid_minor, book));
    Ok(ExpenseClaimSummary {
        id: row.id.into(),
        number: row.number,
        status,
        paid_status: (status == ClaimState::Posted).then(|| PaidState::of(payable, paid)),
        submitter: register.named(row.submitter_id.into())?,
        beneficiary: register.named(row.beneficiary_id.into())?,
        department: register.placed(row.department_id.into())?,
        business_date: row.business_date,
        purpose: details.purpose,
        categories_zh,
        categories_en,
        posted_on,
        paid_on,
        claimed: Money::from_minor(row.claimed_minor, currency),
        approved: Money::from_minor(row.approved_minor, currency),
        payable,
        paid,
        voucher_number: row.voucher_number,
        direction: if row.reverses_id.is_some() { Direction::Collect } else { Direction::Pay },
        is_reversal: row.reverses_id.is_some(),
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

/// Several names in one cell.
fn both(zh: &[String], en: &[String]) -> Cell<'static> {
    Cell::Labelled(zh.join("、").into(), en.join(", ").into())
}

columns! { ExpenseClaimSummary as "expense-claims" "报销单" "Expense claims", domain::spine::Permission::ExportExpenseClaims:
    number "单号" "Number";
    status "状态" "Status";
    paid_status "付款状态" "Paid";
    submitter "填报人" "Submitter";
    beneficiary_number "收款人工号" "Beneficiary's number" = |claim| &claim.beneficiary.number;
    beneficiary "收款人" "Beneficiary";
    department "部门" "Department";
    business_date "业务日期" "Business date";
    categories "费用类别" "Categories" = |claim| both(&claim.categories_zh, &claim.categories_en);
    purpose "事由" "Purpose";
    currency "币种" "Currency" = |claim| claim.claimed.currency().code();
    claimed "申报金额" "Claimed";
    approved "核准金额" "Approved";
    payable "应付（本位币）" "Payable in the books";
    paid "已付（本位币）" "Paid in the books";
    direction "收付方向" "Direction";
    voucher_number "凭证号" "Voucher";
    posted_on "入账日期" "Posted on";
    paid_on "付款日期" "Paid on";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
