//! Showing and listing requests. `[INT-4]`

use crate::{
    finance::expense_claim::act::{ApprovalPreview, previewed},
    spine::{Can, Format, List, Paged, PathId, Problem, Query, Reading, Reply, Several, bounds, is_amount},
};
use chrono::NaiveDate;
use domain::{
    finance::{expense_request::ExpenseRequest, petition::StandingState},
    spine::{Currency, DepartmentId, EmployeeId, Timestamp, perm},
};
use persistence::{
    finance::expense_request::{
        self as requests, ExpenseRequestView, RequestPolicies, RequestPreview,
        list::{ExpenseRequestSummary, RequestFilter, RequestOrder},
        revision::{HistoryView, history},
    },
    spine::Failure,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which requests are wanted, and in what order.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListExpenseRequests {
    /// Only these states, separated by commas.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "in_approval,approved")]
    status: Several<StandingState>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
    /// Only of this submitter.
    submitter_id: Option<EmployeeId>,
    /// Only with a line of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    category: Option<String>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "spring-2026")]
    campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "east")]
    region: Option<String>,
    /// Only urgent ones, or only the others.
    urgent: Option<bool>,
    /// Only major ones, or only the others.
    major_campaign: Option<bool>,
    /// Only with at least this worth in the book currency.
    #[serde(rename = "worth[gte]")]
    #[validate(length(max = 20), custom(function = is_amount))]
    #[param(max_length = 20, example = "1000.00")]
    worth_from: Option<String>,
    /// Only with at most this worth in the book currency.
    #[serde(rename = "worth[lte]")]
    #[validate(length(max = 20), custom(function = is_amount))]
    #[param(max_length = 20, example = "5000.00")]
    worth_to: Option<String>,
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
    /// Only where this stands in number, campaign, purpose, a line, a supplier or the submitter's name.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    sort: Option<RequestOrder>,
}

impl ListExpenseRequests {
    fn filter(self, book: Currency) -> Result<RequestFilter, Problem> {
        let sent = [("worth[gte]", self.worth_from.as_deref()), ("worth[lte]", self.worth_to.as_deref())];
        let [worth_from, worth_to] = bounds(sent, book)?;
        Ok(RequestFilter {
            states: self.status.0,
            department: self.department_id,
            submitter: self.submitter_id,
            category: self.category,
            campaign: self.campaign,
            region: self.region,
            urgent: self.urgent,
            major_campaign: self.major_campaign,
            worth_from,
            worth_to,
            business_from: self.business_from,
            business_to: self.business_to,
            changed_from: self.changed_from,
            changed_before: self.changed_before,
            text: self.q,
            order: self.sort.unwrap_or_default(),
        })
    }
}

/// List expense requests. `[INT-4, EXP-2]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval.
#[utoipa::path(get, path = "/api/v1/expense-requests")]
pub(super) async fn list_expense_requests(
    who: Can<perm::ReadExpenseRequests>,
    filter: Query<ListExpenseRequests>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<ExpenseRequestSummary> {
    let include_total = paged.include_total;
    let filter = filter.0.filter(Currency::Cny)?;
    reading
        .list_as(who, format, paged, move |reader, page| {
            requests::list::list(reader, &filter, page, include_total)
        })
        .await
}

/// Show an expense request. `[EXP-2, ACT-1]`
///
/// With its lines, how far they are used and by which claims, what it holds of the budget, and what the caller may
/// do with it now.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}")]
pub(super) async fn show_expense_request(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<ExpenseRequestView> {
    reading.read(who, move |reader| requests::view(reader, *id)).await
}

/// List the approved versions of an expense request. `[EXP-5]`
///
/// What it said when it was approved, and after each amendment.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}/revisions")]
pub(super) async fn list_expense_request_revisions(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<HistoryView> {
    reading.read(who, move |reader| history(reader, *id)).await
}

/// Preview the approval of an expense request. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused, what the budget says, whom it would
/// meet.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}/approval-preview")]
pub(super) async fn preview_expense_request_approval(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<ApprovalPreview> {
    reading
        .read(who, move |reader| {
            let request = requests::find(reader, *id)?;
            let policies = RequestPolicies::on(reader, request.content.business_date)?;
            let refused = request.check_submission(reader.actor(), reader.today(), policies.rules()).err();
            let RequestPreview { plan, budget, refused: by_budget } = requests::preview(reader, &request)?;
            Ok::<_, Failure>(previewed(refused, by_budget, plan, budget))
        })
        .await
}
