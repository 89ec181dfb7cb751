//! What a request looks like, and those within the caller's sight. `[CUS-5, INT-4]`

use super::row::{Row, find};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::customer_exports,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    customer_export::{CustomerExport, ExportAction, ExportContent},
    spine::{AnyId, Id, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a request. An alias, because the derive would take a generic type apart.
type ExportActionView = ActionView<ExportAction>;

/// A request to take a list of customers away.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerExport)]
pub struct ExportView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "CX-2026-000012")]
    pub number: String,
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
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of whoever asks.
    pub department: NamedRef,
    /// Which list, as its file is called.
    #[schema(max_length = 60, example = "customers")]
    pub list: String,
    /// At most so many rows.
    #[schema(minimum = 1)]
    pub rows: i64,
    /// The last day.
    pub until: NaiveDate,
    /// What for.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<ExportActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ExportView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/customer-exports/{}", self.id))
    }
}

/// How a request at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, drafted: CustomerExport) -> Result<ExportView, Failure> {
    let register = Register::of(reader)?;
    let actions = drafted.actions(owner(reader, &drafted)?, reader.actor());
    let CustomerExport { id, petition, department, content, version } = drafted;
    let ExportContent { list, rows, until, reason } = content;
    let (at, status_reason) = petition.standing.told();
    Ok(ExportView {
        id: id.uuid().into(),
        status: petition.state(),
        status_at: at,
        status_reason: status_reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        list,
        rows,
        until,
        reason,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/customer-exports/{id}"), actions),
        number: petition.number,
        version,
    })
}

impl Placed<crate::Customer> for ExportAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// One request, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<CustomerExport>) -> Result<ExportView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which exports are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ExportFilter {
    /// Only of this list.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "customers")]
    pub list: Option<String>,
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval")]
    pub status: Several<StandingState>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ExportOrder,
}

impl Filter for ExportFilter {}

orders! {
    /// By what exports are ordered.
    pub ExportOrder of Row in customer_exports by id, descending:
    created_at = id;
}

/// The exports that the caller asked for, those of departments in reach, and those that came to them for approval.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ExportFilter,
    page: &Page,
) -> Result<Slice<ExportView>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight, customer_exports, "customer_export");
    narrow!(wanted, customer_exports, filter; list = list, status in status);
    let found = paged!(reader, page, filter.sort, wanted;
        customer_exports::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.try_into()?))
}

columns! { ExportView as "customer-exports" "客户数据导出申请" "Requests to export customers", domain::spine::Permission::ExportCustomers:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    list "清单" "List";
    rows "行数上限" "Rows";
    until "有效期至" "Until";
    reason "原因" "Reason";
    created_at "填报时间" "Created at";
}
