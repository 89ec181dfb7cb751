//! Lists of claims within the caller's sight: filtered, sorted, by keyset. `[INT-4]`

use super::scope::within;
use crate::spine::{Cell, Column, Exported, Label};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, PersonColumns, PersonRef, like},
    schema::{
        departments, employees, expense_claim_lines, expense_claim_mirrors as mirrors,
        expense_claims as claims,
    },
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, View, db, keyset},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::spine::Permission;
use domain::{
    finance::{expense_claim::ClaimState, expense_request::ExpenseRequest, payment::PaidState},
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Id, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// What is asked for.
    pub claimed: Money,
    /// What is approved.
    pub approved: Money,
    /// What the beneficiary is owed, in the book currency.
    pub payable: Money,
    /// What was paid, in the book currency.
    pub paid: Money,
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

/// By what a list is ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub enum ClaimOrder {
    /// The oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// The newest first.
    #[default]
    #[serde(rename = "-created_at")]
    CreatedDescending,
    /// What changed longest ago first.
    #[serde(rename = "changed_at")]
    Changed,
    /// What changed last first.
    #[serde(rename = "-changed_at")]
    ChangedDescending,
    /// The smallest payable amount first.
    #[serde(rename = "payable")]
    Payable,
    /// The largest payable amount first.
    #[serde(rename = "-payable")]
    PayableDescending,
    /// The earliest business day first.
    #[serde(rename = "business_date")]
    BusinessDate,
    /// The latest business day first.
    #[serde(rename = "-business_date")]
    BusinessDateDescending,
}

/// Which claims are wanted.
#[derive(Clone, Debug, Default)]
pub struct ClaimFilter {
    /// Only these states; all if empty.
    pub states: Vec<ClaimState>,
    /// Only what is paid so far.
    pub paid: Option<PaidState>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter: Option<EmployeeId>,
    /// Only for this beneficiary.
    pub beneficiary: Option<EmployeeId>,
    /// Only with a line of this category.
    pub category: Option<String>,
    /// Only where the books are kept in this currency: that of the bounds of the payable amount.
    pub payable_in: Option<Currency>,
    /// Only with at least this payable amount, in minor units of the book currency.
    pub payable_from: Option<i64>,
    /// Only with at most this payable amount, in minor units of the book currency.
    pub payable_to: Option<i64>,
    /// Only from this business day on.
    pub business_from: Option<BusinessDate>,
    /// Only up to this business day.
    pub business_to: Option<BusinessDate>,
    /// Only what changed at this instant or later.
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    pub changed_before: Option<Timestamp>,
    /// Only what was made at this instant or later.
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    pub created_before: Option<Timestamp>,
    /// Only what draws on this request.
    pub request: Option<Id<ExpenseRequest>>,
    /// Only of this source.
    pub source: Option<String>,
    /// Only where this text stands in number, purpose, customer, route, description, invoice or a name.
    pub text: Option<String>,
    /// The order.
    pub order: ClaimOrder,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct SummaryRow {
    id: Key,
    number: String,
    status: String,
    business_date: BusinessDate,
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

type Found = (SummaryRow, NamedColumns, PersonColumns, PersonColumns);

/// Applies sight and filters to a query over claims joined with their people.
macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr, $submitter:expr, $beneficiary:expr) => {{
        let filter = $filter;
        let mut query = within!($query.into_boxed(), $sight);
        // One state is an equality: then the index gives the rows in their order.
        if let [state] = filter.states.as_slice() {
            query = query.filter(claims::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(claims::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(paid) = filter.paid {
            query = query.filter(claims::status.eq("posted"));
            query = match paid {
                PaidState::Unpaid => query.filter(claims::paid_minor.eq(0).and(claims::payable_minor.gt(0))),
                PaidState::PartiallyPaid => {
                    query.filter(claims::paid_minor.gt(0).and(claims::paid_minor.lt(claims::payable_minor)))
                }
                PaidState::Paid => query.filter(claims::paid_minor.ge(claims::payable_minor)),
            };
        }
        if let Some(department) = filter.department {
            query = query.filter(claims::department_id.eq(Key::from(department)));
        }
        if let Some(submitter) = filter.submitter {
            query = query.filter(claims::submitter_id.eq(Key::from(submitter)));
        }
        if let Some(beneficiary) = filter.beneficiary {
            query = query.filter(claims::beneficiary_id.eq(Key::from(beneficiary)));
        }
        if let Some(category) = &filter.category {
            let below = like(&format!("{category}."));
            let with_category = expense_claim_lines::table
                .filter(
                    expense_claim_lines::category
                        .eq(category.clone())
                        .or(expense_claim_lines::category.like(below[1..].to_owned()).escape('\\')),
                )
                .select(expense_claim_lines::claim_id);
            query = query.filter(claims::id.eq_any(with_category));
        }
        if let Some(currency) = filter.payable_in {
            query = query.filter(claims::book_currency.eq(currency.code()));
        }
        if let Some(least) = filter.payable_from {
            query = query.filter(claims::payable_minor.ge(least));
        }
        if let Some(most) = filter.payable_to {
            query = query.filter(claims::payable_minor.le(most));
        }
        if let Some(day) = filter.business_from {
            query = query.filter(claims::business_date.ge(day));
        }
        if let Some(day) = filter.business_to {
            query = query.filter(claims::business_date.le(day));
        }
        if let Some(at) = filter.changed_from {
            query = query.filter(claims::changed_at.ge(Instant(at)));
        }
        if let Some(at) = filter.changed_before {
            query = query.filter(claims::changed_at.lt(Instant(at)));
        }
        if let Some(at) = filter.created_from {
            query = query.filter(claims::created_at.ge(Instant(at)));
        }
        if let Some(at) = filter.created_before {
            query = query.filter(claims::created_at.lt(Instant(at)));
        }
        if let Some(request) = filter.request {
            query = query.filter(claims::request_id.eq(Key::from(request)));
        }
        if let Some(source) = &filter.source {
            let mirrored =
                mirrors::table.filter(mirrors::source.eq(source.clone())).select(mirrors::claim_id);
            query = query.filter(claims::id.eq_any(mirrored));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            query = query.filter(
                claims::search_text
                    .like(pattern.clone())
                    .escape('\\')
                    .or($submitter.field(employees::search_text).like(pattern.clone()).escape('\\'))
                    .or($beneficiary.field(employees::search_text).like(pattern).escape('\\')),
            );
        }
        query
    }};
}

/// Puts a query into the wanted order, behind the last row of the page before.
macro_rules! ordered {
    ($query:expr, $order:expr, $after:expr) => {{
        let (query, after) = ($query, $after);
        let instant = after.and_then(|(micros, id)| Some((Instant(Timestamp::from_micros(micros)?), id)));
        let day = after.and_then(|(days, id)| Some((day_of(days)?, id)));
        match $order {
            ClaimOrder::Created => keyset!(claims, query, after, ascending),
            ClaimOrder::CreatedDescending => keyset!(claims, query, after, descending),
            ClaimOrder::Changed => keyset!(claims, query, changed_at, instant, ascending),
            ClaimOrder::ChangedDescending => keyset!(claims, query, changed_at, instant, descending),
            ClaimOrder::Payable => keyset!(claims, query, payable_minor, after, ascending),
            ClaimOrder::PayableDescending => keyset!(claims, query, payable_minor, after, descending),
            ClaimOrder::BusinessDate => keyset!(claims, query, business_date, day, ascending),
            ClaimOrder::BusinessDateDescending => keyset!(claims, query, business_date, day, descending),
        }
    }};
}

/// A page of claims within the caller's sight. The sort key of a row is a number: microseconds, days or
/// minor units, as the order has it.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ClaimFilter,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<ExpenseClaimSummary, i64>, Failure> {
    let sight = Sight::of(reader);
    let (submitter, beneficiary) = diesel::alias!(employees as submitters, employees as beneficiaries);
    let joined = || {
        claims::table
            .inner_join(departments::table)
            .inner_join(submitter.on(submitter.field(employees::id).eq(claims::submitter_id)))
            .inner_join(beneficiary.on(beneficiary.field(employees::id).eq(claims::beneficiary_id)))
    };
    let place = (departments::id, departments::code, departments::name_zh, departments::name_en);
    let person = (employees::id, employees::number, employees::name);
    let after = page.after;
    let rows: Vec<Found> = db!(reader, |c| {
        let query = filtered!(
            joined().select((
                SummaryRow::as_select(),
                place,
                submitter.fields(person),
                beneficiary.fields(person)
            )),
            filter,
            sight,
            submitter,
            beneficiary
        )
        .limit(page.limit + 1);
        ordered!(query, filter.order, after).load(c)
    })?;
    let total = if include_total {
        Some(db!(reader, |c| filtered!(
            joined().select(diesel::dsl::count_star()),
            filter,
            sight,
            submitter,
            beneficiary
        )
        .first::<i64>(c))?)
    } else {
        None
    };
    let views = rows.into_iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    let key = |view: &ExpenseClaimSummary| (sort_key(view, filter.order), view.id.uuid());
    Ok(Slice { total, ..Slice::cut(views, page.limit, key) })
}

fn day_of(days: i64) -> Option<BusinessDate> {
    i32::try_from(days).ok().and_then(BusinessDate::from_num_days_from_ce_opt)
}

fn sort_key(view: &ExpenseClaimSummary, order: ClaimOrder) -> i64 {
    match order {
        ClaimOrder::Created | ClaimOrder::CreatedDescending => 0,
        ClaimOrder::Changed | ClaimOrder::ChangedDescending => view.changed_at.micros(),
        ClaimOrder::Payable | ClaimOrder::PayableDescending => view.payable.minor(),
        ClaimOrder::BusinessDate | ClaimOrder::BusinessDateDescending => {
            chrono::Datelike::num_days_from_ce(&view.business_date).into()
        }
    }
}

fn summary((row, place, submitter, beneficiary): Found) -> Result<ExpenseClaimSummary, Failure> {
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
        submitter: submitter.into(),
        beneficiary: beneficiary.into(),
        department: place.into(),
        business_date: row.business_date,
        claimed: Money::from_minor(row.claimed_minor, currency),
        approved: Money::from_minor(row.approved_minor, currency),
        payable,
        paid,
        voucher_number: row.voucher_number,
        is_reversal: row.reverses_id.is_some(),
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

impl Exported for ExpenseClaimSummary {
    const FILE: Label = Label { name: "expense-claims", zh: "报销单", en: "Expense claims" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportExpenseClaims);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "单号", "Number", |claim| (&claim.number).into()),
        Column::new("status", "状态", "Status", |claim| claim.status.labels().into()),
        Column::new("paid_status", "付款状态", "Paid", |claim| {
            claim.paid_status.map(|paid| paid.labels()).into()
        }),
        Column::new("submitter", "填报人", "Submitter", |claim| (&claim.submitter.name).into()),
        Column::new("beneficiary", "收款人", "Beneficiary", |claim| (&claim.beneficiary.name).into()),
        Column::new("department", "部门", "Department", |claim| (&claim.department.name_zh).into()),
        Column::new("business_date", "业务日期", "Business date", |claim| claim.business_date.into()),
        Column::new("currency", "币种", "Currency", |claim| claim.claimed.currency().code().into()),
        Column::new("claimed", "申报金额", "Claimed", |claim| Cell::Decimal(claim.claimed.decimal())),
        Column::new("approved", "核准金额", "Approved", |claim| Cell::Decimal(claim.approved.decimal())),
        Column::new("payable", "应付（本位币）", "Payable in the books", |claim| {
            Cell::Decimal(claim.payable.decimal())
        }),
        Column::new("paid", "已付（本位币）", "Paid in the books", |claim| {
            Cell::Decimal(claim.paid.decimal())
        }),
        Column::new("voucher_number", "凭证号", "Voucher", |claim| {
            claim.voucher_number.as_ref().map_or(Cell::Empty, Into::into)
        }),
        Column::new("created_at", "填报时间", "Created at", |claim| Cell::Instant(claim.created_at)),
        Column::new("changed_at", "更新时间", "Changed at", |claim| Cell::Instant(claim.changed_at)),
    ];
}
