//! Claims that are ready for the books: what the ERP takes, and a file of them. `[EXP-10]`

use super::{
    scope::covered,
    view::{ExpenseClaimView, view},
};
use crate::{
    schema::{expense_claims as claims, journal_entries},
    search,
    spine::{Failure, Filter, Instant, Key, Page, Reader, Sight, Slice, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::expense_claim::ClaimState,
    spine::{BusinessDate, DepartmentId, EmployeeId, Permission},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which of what is ready is wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReadyClaimFilter {
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only for this beneficiary.
    pub beneficiary_id: Option<EmployeeId>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only where this stands in what a claim is found by, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "EC-2026")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The longest waiting first where absent.
    #[param(inline)]
    pub sort: WaitingOrder,
}

impl Filter for ReadyClaimFilter {}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct WaitingRow {
    id: Key,
    changed_at: Instant,
    business_date: BusinessDate,
}

orders! {
    /// The order in which claims wait for the books.
    pub WaitingOrder of WaitingRow in claims by id, ascending:
    changed_at;
    created_at = id;
    business_date;
}

/// What is ready for the books: approved, with a journal entry, and taken by nobody yet; the longest
/// waiting first. What was offered and not acknowledged is offered again from the beginning.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ReadyClaimFilter,
    page: &Page,
) -> Result<Slice<ExpenseClaimView>, Failure> {
    let mut wanted = covered!(Sight::of(reader));
    let entries = journal_entries::table.select(journal_entries::claim_id);
    wanted.also(claims::status.eq(ClaimState::Approved.code()).and(claims::id.eq_any(entries)));
    narrow!(wanted, claims, filter; department_id = department_id, submitter_id = submitter_id,
        beneficiary_id = beneficiary_id, business_date >= business_from, business_date <= business_to);
    search!(wanted, filter, claims::search_text; claims::submitter_id, claims::beneficiary_id);
    let found = paged!(reader, page, filter.sort, wanted;
        claims::table => WaitingRow::as_select(); |row: &WaitingRow| row);
    found.try_map(|row| view(reader, row.id.into()))
}

columns! { ExpenseClaimView as "expense-claims-to-post" "待入账报销单" "Expense claims to be posted", Permission::AccountExpenseClaims:
    number "单号" "Number";
    business_date "业务日期" "Business date";
    submitter "填报人" "Submitter";
    beneficiary_number "收款人工号" "Beneficiary's number" = |claim| &claim.beneficiary.number;
    beneficiary "收款人" "Beneficiary";
    department "部门" "Department";
    purpose "事由" "Purpose" = |claim| claim.details.purpose.as_ref();
    lines "明细行数" "Lines" = |claim| i64::try_from(claim.lines.len()).unwrap_or(i64::MAX);
    currency "币种" "Currency" = |claim| claim.claimed.currency().code();
    claimed "申报金额" "Claimed";
    approved "核准金额" "Approved";
    payable "应付（本位币）" "Payable in the books";
    direction "收付方向" "Direction";
}
