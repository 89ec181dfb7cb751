//! Lines of claims within the caller's sight, one a row: what was spent on what, filtered, sorted, by keyset, with files of its
//! own. `[EXP-4, EXP-9, INT-4]`

use super::{beside, scope::covered};
use crate::{
    finance::expense_category::{Called, in_category},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{
        expense_claim_hand_overs as hand_overs, expense_claim_lines as lines, expense_claims as claims,
    },
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where,
        columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::expense_claim::{ClaimState, Details},
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Permission},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A line of a claim in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseClaimLineSummary)]
pub struct LineSummary {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub claim_number: String,
    /// Where the claim stands.
    pub claim_status: ClaimState,
    /// The line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// The code of its category.
    #[schema(max_length = 60, example = "entertainment.travel")]
    pub category: String,
    /// What the category is called in Chinese.
    #[schema(max_length = 60)]
    pub category_zh: String,
    /// What the category is called in English.
    #[schema(max_length = 60)]
    pub category_en: String,
    /// What it was for.
    #[schema(max_length = 500)]
    pub description: String,
    /// What the claim is for.
    #[schema(max_length = 2000)]
    pub purpose: Option<String>,
    /// The day it was spent.
    pub occurred_on: NaiveDate,
    /// The business day of the claim.
    pub business_date: NaiveDate,
    /// What is asked for.
    pub claimed: Money,
    /// What is approved.
    pub approved: Money,
    /// Why less is approved.
    #[schema(max_length = 1000)]
    pub reduction_reason: Option<String>,
    /// The department that bears it.
    pub cost_centre: NamedRef,
    /// The department whose claim it is.
    pub department: NamedRef,
    /// Who answers for the claim.
    pub submitter: PersonRef,
    /// Who receives the money.
    pub beneficiary: PersonRef,
    /// The voucher of the claim.
    #[schema(max_length = 40)]
    pub voucher_number: Option<String>,
    /// The day on which the claim was posted.
    pub posted_on: Option<NaiveDate>,
    /// The day of its last payment.
    pub paid_on: Option<NaiveDate>,
}

impl View for LineSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("cost_centre", &DEPARTMENT),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which lines are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct LineFilter {
    /// Only of claims in these states, separated by commas.
    #[param(inline, example = "approved,posted")]
    pub status: Several<ClaimState>,
    /// Only of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "entertainment")]
    pub category: Option<String>,
    /// Only what this department bears.
    pub cost_centre_id: Option<DepartmentId>,
    /// Only of claims of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only for this beneficiary.
    pub beneficiary_id: Option<EmployeeId>,
    /// Only with at least this approved amount, in the currency of the claim.
    #[serde(rename = "approved[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub approved_from: Option<Amount>,
    /// Only with at most this approved amount, in the currency of the claim.
    #[serde(rename = "approved[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub approved_to: Option<Amount>,
    /// Only where the claim is in this currency.
    #[param(inline)]
    pub approved_currency: Option<Currency>,
    /// Only what was spent from this day on.
    #[serde(rename = "occurred_on[gte]")]
    pub occurred_from: Option<NaiveDate>,
    /// Only what was spent up to this day.
    #[serde(rename = "occurred_on[lte]")]
    pub occurred_to: Option<NaiveDate>,
    /// Only of claims from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only of claims up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only what was posted from this day on.
    #[serde(rename = "posted_on[gte]")]
    pub posted_from: Option<NaiveDate>,
    /// Only what was posted up to this day.
    #[serde(rename = "posted_on[lte]")]
    pub posted_to: Option<NaiveDate>,
    /// Only where this stands in the line, or in what its claim is found by, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "上海")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was written last first where absent.
    #[param(inline)]
    pub sort: LineOrder,
}

impl LineFilter {
    fn approved(&self) -> Amounts<'_> {
        let (from, to) = (self.approved_from.as_ref(), self.approved_to.as_ref());
        Amounts { name: "approved", from, to, currency: self.approved_currency }
    }

    fn wanted(&self) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, claims, filter; status in status, department_id = department_id,
            submitter_id = submitter_id, beneficiary_id = beneficiary_id, business_date >= business_from,
            business_date <= business_to);
        narrow!(wanted, lines, filter; cost_centre_id = cost_centre_id, occurred_on >= occurred_from,
            occurred_on <= occurred_to);
        let range = filter.approved();
        if let Some(currency) = range.currency {
            wanted.also(claims::currency.eq(currency.code()));
        }
        wanted.also_amount(&lines::approved_minor, &claims::currency, &range);
        if let Some(category) = &filter.category {
            wanted.also(in_category!(lines, category));
        }
        posted(&mut wanted, self.posted_from, self.posted_to);
        search!(wanted, filter, claims::search_text; claims::submitter_id, claims::beneficiary_id);
        wanted
    }
}

/// That a claim was posted within days.
pub(crate) fn posted(wanted: &mut Where, from: Option<NaiveDate>, to: Option<NaiveDate>) {
    if let Some(from) = from {
        let since = hand_overs::table.filter(hand_overs::posted_on.ge(from)).select(hand_overs::claim_id);
        wanted.also(claims::id.eq_any(since));
    }
    if let Some(to) = to {
        let until = hand_overs::table.filter(hand_overs::posted_on.le(to)).select(hand_overs::claim_id);
        wanted.also(claims::id.eq_any(until));
    }
}

impl Filter for LineFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.approved()]
    }
}

orders! {
    /// By what lines of claims are ordered.
    pub LineOrder of Row in lines by id, descending:
    created_at = id;
    occurred_on;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lines)]
struct Row {
    id: Key,
    claim_id: Key,
    line: i32,
    category: String,
    description: String,
    occurred_on: BusinessDate,
    claimed_minor: i64,
    approved_minor: i64,
    reduction_reason: Option<String>,
    cost_centre_id: Key,
}

/// What of a claim stands beside each of its lines and invoices.
#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
pub(crate) struct ClaimRow {
    pub number: String,
    pub status: String,
    pub submitter_id: Key,
    pub beneficiary_id: Key,
    pub department_id: Key,
    pub business_date: BusinessDate,
    pub details: String,
    pub currency: String,
    pub voucher_number: Option<String>,
}

impl ClaimRow {
    /// Where the claim stands, in which currency it is, and what it is for.
    pub fn read(&self, claim: Key) -> Result<(ClaimState, Currency, Option<String>), Failure> {
        let corrupt = |column| move || Failure::corrupt("expense_claims", column, claim.0);
        let status = ClaimState::from_code(&self.status).ok_or_else(corrupt("status"))?;
        let currency: Currency = self.currency.parse().map_err(|_| corrupt("currency")())?;
        let details: Details = serde_json::from_str(&self.details)?;
        Ok((status, currency, details.purpose))
    }
}

/// A page of lines of claims within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &LineFilter,
    page: &Page,
) -> Result<Slice<LineSummary>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight);
    wanted.also_all(filter.wanted());
    let found = paged!(reader, page, filter.sort, wanted;
        lines::table.inner_join(claims::table) => (Row::as_select(), ClaimRow::as_select());
        |found: &(Row, ClaimRow)| &found.0);
    let shown: Vec<Key> = found.data.iter().map(|(row, _)| row.claim_id).collect();
    let (beside, called) = (beside::of(reader, &shown)?, Called::today(reader)?);
    let register = Register::of(reader)?;
    found.try_map(|(row, claim)| {
        let (claim_status, currency, purpose) = claim.read(row.claim_id)?;
        let days = beside.get(&row.claim_id.0).map(|beside| (beside.posted_on, beside.paid_on));
        let (posted_on, paid_on) = days.unwrap_or_default();
        let (category_zh, category_en) = called.of(&row.category);
        Ok(LineSummary {
            claim_id: row.claim_id.into(),
            claim_number: claim.number,
            claim_status,
            line: row.line,
            category: row.category,
            category_zh,
            category_en,
            description: row.description,
            purpose,
            occurred_on: row.occurred_on,
            business_date: claim.business_date,
            claimed: Money::from_minor(row.claimed_minor, currency),
            approved: Money::from_minor(row.approved_minor, currency),
            reduction_reason: row.reduction_reason,
            cost_centre: register.placed(row.cost_centre_id.into())?,
            department: register.placed(claim.department_id.into())?,
            submitter: register.named(claim.submitter_id.into())?,
            beneficiary: register.named(claim.beneficiary_id.into())?,
            voucher_number: claim.voucher_number,
            posted_on,
            paid_on,
        })
    })
}

columns! { LineSummary as "expense-claim-lines" "报销明细" "Lines of expense claims", Permission::ExportExpenseClaims:
    claim_number "单号" "Number";
    line "行" "Line" = |row| i64::from(row.line);
    claim_status "状态" "Status";
    category "费用类别" "Category" = |row| (row.category_zh.as_str(), row.category_en.as_str());
    description "说明" "Description";
    purpose "事由" "Purpose";
    occurred_on "发生日期" "Spent on";
    business_date "业务日期" "Business date";
    currency "币种" "Currency" = |row| row.claimed.currency().code();
    claimed "申报金额" "Claimed";
    approved "核准金额" "Approved";
    reduction_reason "核减原因" "Why less";
    cost_centre "成本中心" "Cost centre";
    department "部门" "Department";
    submitter_number "填报人工号" "Submitter's number" = |row| &row.submitter.number;
    submitter "填报人" "Submitter";
    beneficiary_number "收款人工号" "Beneficiary's number" = |row| &row.beneficiary.number;
    beneficiary "收款人" "Beneficiary";
    voucher_number "凭证号" "Voucher";
    posted_on "入账日期" "Posted on";
    paid_on "付款日期" "Paid on";
}
