//! Showing and listing claims. `[INT-4]`

use crate::spine::{
    Can, Format, List, Paged, PathId, Problem, Query, Reading, Reply, Several, bounds, is_amount,
};
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{ClaimState, ExpenseClaim},
        payment::PaidState,
    },
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Id, Timestamp, perm},
};
use persistence::finance::expense_claim::{
    self as claims, ExpenseClaimView,
    list::{ClaimFilter, ClaimOrder, ExpenseClaimSummary},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which claims are wanted, and in what order.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListExpenseClaims {
    /// Only these states, separated by commas.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "in_approval,approved")]
    status: Several<ClaimState>,
    /// Only posted claims that are paid so far.
    #[param(inline)]
    paid_status: Option<PaidState>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
    /// Only of this submitter.
    submitter_id: Option<EmployeeId>,
    /// Only for this beneficiary.
    beneficiary_id: Option<EmployeeId>,
    /// Only with a line of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "entertainment")]
    category: Option<String>,
    /// Only with at least this payable amount in the book currency.
    #[serde(rename = "payable[gte]")]
    #[validate(length(max = 20), custom(function = is_amount))]
    #[param(max_length = 20, example = "1000.00")]
    payable_from: Option<String>,
    /// Only with at most this payable amount in the book currency.
    #[serde(rename = "payable[lte]")]
    #[validate(length(max = 20), custom(function = is_amount))]
    #[param(max_length = 20, example = "5000.00")]
    payable_to: Option<String>,
    /// The currency of the bounds of the payable amount: with a bound, only claims whose books are kept in it.
    /// CNY where absent.
    #[param(inline)]
    payable_currency: Option<Currency>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    business_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    changed_before: Option<Timestamp>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    created_before: Option<Timestamp>,
    /// Only what draws on this expense request.
    request_id: Option<AnyId>,
    /// Only of this source.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40)]
    source: Option<String>,
    /// Only where this stands in number, purpose, customer, route, a line, an invoice or a name.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "上海")]
    q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    sort: Option<ClaimOrder>,
}

impl ListExpenseClaims {
    fn filter(self) -> Result<ClaimFilter, Problem> {
        let book = self.payable_currency.unwrap_or(Currency::Cny);
        let bounded = self.payable_from.is_some() || self.payable_to.is_some();
        let sent =
            [("payable[gte]", self.payable_from.as_deref()), ("payable[lte]", self.payable_to.as_deref())];
        let [payable_from, payable_to] = bounds(sent, book)?;
        Ok(ClaimFilter {
            states: self.status.0,
            paid: self.paid_status,
            department: self.department_id,
            submitter: self.submitter_id,
            beneficiary: self.beneficiary_id,
            category: self.category,
            payable_in: (bounded || self.payable_currency.is_some()).then_some(book),
            payable_from,
            payable_to,
            business_from: self.business_from,
            business_to: self.business_to,
            changed_from: self.changed_from,
            changed_before: self.changed_before,
            created_from: self.created_from,
            created_before: self.created_before,
            request: self.request_id.map(|id| Id::from_uuid(id.uuid())),
            source: self.source,
            text: self.q,
            order: self.sort.unwrap_or_default(),
        })
    }
}

/// List expense claims. `[INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval.
#[utoipa::path(get, path = "/api/v1/expense-claims")]
pub(super) async fn list_expense_claims(
    who: Can<perm::ReadExpenseClaims>,
    filter: Query<ListExpenseClaims>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<ExpenseClaimSummary> {
    let include_total = paged.include_total;
    let filter = filter.0.filter()?;
    reading
        .list_as(who, format, paged, move |reader, page| {
            claims::list::list(reader, &filter, page, include_total)
        })
        .await
}

/// Show an expense claim. `[EXP-4, ACT-1]`
///
/// With its lines, invoices, journal entry, payments, and what the caller may do with it now.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}")]
pub(super) async fn show_expense_claim(
    who: Can<perm::ReadExpenseClaims>,
    id: PathId<ExpenseClaim>,
    reading: Reading,
) -> Reply<ExpenseClaimView> {
    reading.read(who, move |reader| claims::view(reader, *id)).await
}
