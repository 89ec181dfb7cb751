//! What an amendment looks like, and the amendments within the caller's sight.

use super::{find, row::Row};
use crate::{
    approval::APPROVAL,
    finance::{
        budget_line::{self, HeldView},
        expense_request::{
            self as requests, EXPENSE_REQUEST,
            view::{ContentView, shown_content},
        },
    },
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::{expense_request_amendments as amendments, expense_requests},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, columns, covered, in_json, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::expense_request_amendment::{AmendmentAction, ExpenseRequestAmendment},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with an amendment. An alias, because the derive would take a generic type apart.
type AmendmentActionView = ActionView<AmendmentAction>;

/// An amendment of an expense request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestAmendment)]
pub struct AmendmentView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "EA-2026-000007")]
    pub number: String,
    /// The request it changes.
    pub request_id: AnyId,
    /// The number of the request.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub request_number: String,
    /// The revision of the request it changes.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// Where it stands.
    pub status: StandingState,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Why the request is to be changed.
    #[schema(max_length = 500)]
    pub reason: String,
    /// What the request is to say.
    pub content: ContentView,
    /// What it holds of budget lines beyond what the request holds.
    #[schema(max_items = 200)]
    pub budget: Vec<HeldView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<AmendmentActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AmendmentView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("request", &EXPENSE_REQUEST).by("request_id"),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/expense-request-amendments/{}", self.id))
    }
}

/// An amendment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestAmendmentSummary)]
pub struct AmendmentSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EA-2026-000007")]
    pub number: String,
    /// The request it changes.
    pub request_id: AnyId,
    /// The number of the request.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub request_number: String,
    /// Where it stands.
    pub status: StandingState,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Why the request is to be changed.
    #[schema(max_length = 500)]
    pub reason: String,
    /// What the request is to ask for.
    pub amount: Money,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AmendmentSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("request", &EXPENSE_REQUEST).by("request_id"), Refers::to("submitter", &EMPLOYEE)];
}

/// One amendment, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ExpenseRequestAmendment>) -> Result<AmendmentView, Failure> {
    let amendment = find(reader, id)?;
    show(reader, amendment)
}

/// An expense request amendment where something refers to it.
pub static EXPENSE_REQUEST_AMENDMENT: Target = Target {
    permission: Permission::ReadExpenseRequests,
    look: |reader, id| in_json(view(reader, id.into())),
};

/// How an amendment at hand is shown.
pub fn show(reader: &mut Reader<'_>, amendment: ExpenseRequestAmendment) -> Result<AmendmentView, Failure> {
    let register = Register::of(reader)?;
    let budget = budget_line::held(reader, amendment.budget_document())?;
    let request = requests::find_unscoped(reader, amendment.request)?;
    let actions = amendment.actions(reader.actor());
    let ExpenseRequestAmendment { id, petition, request: _, revision, reason, content, version } = amendment;
    let (status_at, status_reason) = petition.standing.told();
    Ok(AmendmentView {
        id: id.uuid().into(),
        request_id: request.id.uuid().into(),
        request_number: request.petition.number,
        revision,
        status: petition.state(),
        status_at,
        status_reason: status_reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        reason,
        content: shown_content(&register, content)?,
        budget,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/expense-request-amendments/{id}"), actions),
        version,
        number: petition.number,
    })
}

impl Placed<crate::Finance> for AmendmentAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// Which amendments are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AmendmentFilter {
    /// Only of this request.
    pub request_id: Option<AnyId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval")]
    pub status: Several<StandingState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, reason or the submitter's name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展位")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: AmendmentOrder,
}

impl Filter for AmendmentFilter {}

orders! {
    /// By what amendments are ordered.
    pub AmendmentOrder of Row in amendments by id, ascending:
    created_at = id;
    changed_at;
}

/// Amendments within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AmendmentFilter,
    page: &Page,
) -> Result<Slice<AmendmentSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), expense_request_amendments, "expense_request_amendment");
    narrow!(wanted, amendments, filter;
        request_id = request_id, status in status, department_id = department_id, submitter_id = submitter_id,
        created_at >= created_from, created_at < created_before, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, amendments::search_text; amendments::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        amendments::table.inner_join(expense_requests::table)
        => (Row::as_select(), expense_requests::number);
        |found: &(Row, String)| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, request_number): (Row, String)) -> Result<AmendmentSummary, Failure> {
    let changed_at = row.changed_at.into();
    let amendment = ExpenseRequestAmendment::try_from(row)?;
    let amount = amendment.content.total()?;
    let ExpenseRequestAmendment { id, petition, request, reason, version, .. } = amendment;
    Ok(AmendmentSummary {
        id: id.uuid().into(),
        request_id: request.uuid().into(),
        request_number,
        status: petition.state(),
        submitter: register.named(petition.submitter)?,
        reason,
        amount,
        created_at: petition.created_at,
        changed_at,
        version,
        number: petition.number,
    })
}

columns! {
    AmendmentSummary as "expense-request-amendments" "费用申请变更" "Expense request amendments",
    domain::spine::Permission::ExportExpenseRequests:
    number "单号" "Number";
    request_number "申请单号" "Request";
    status "状态" "Status";
    submitter "申请人" "Submitter";
    reason "变更原因" "Reason";
    currency "币种" "Currency" = |amendment| amendment.amount.currency().code();
    amount "变更后金额" "Amount";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
