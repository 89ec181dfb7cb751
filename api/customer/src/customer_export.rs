//! Requests to export customers over HTTP. `[CUS-5]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Created, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
        Valid, Wanted, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    approval::Document,
    customer_export::{CustomerExport, ExportContent},
    spine::perm,
};
use persistence::{
    approval::document,
    customer_export::{self as exports, ExportFilter, ExportView, deed},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customer-exports",
        [
            list_customer_exports,
            create_customer_export,
            show_customer_export,
            revise_customer_export,
            preview_customer_export_approval,
            submit_customer_export,
            withdraw_customer_export,
            void_customer_export,
        ]
    );
}

/// List exports of tiers. `[CUS-5, INT-4]`
///
/// Those the caller asked for, those of departments in reach, and those that came to them for approval; the newest first.
#[utoipa::path(get, path = "/api/v1/customer-exports")]
async fn list_customer_exports(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<ExportFilter>,
    reading: Reading,
) -> List<ExportView> {
    reading.list(who, wanted, exports::list).await
}

/// Show a request to export customers. `[CUS-5]`
#[utoipa::path(get, path = "/api/v1/customer-exports/{id}")]
async fn show_customer_export(
    who: Can<perm::ReadCustomers>,
    id: PathId<CustomerExport>,
    reading: Reading,
) -> Reply<ExportView> {
    reading.read(who, move |reader| exports::view(reader, *id)).await
}

/// Which list is to leave.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateCustomerExport {
    /// Which list, as its file is called.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "customers")]
    list: String,
    /// At most so many rows.
    #[validate(range(min = 1, max = 10_000_000))]
    #[schema(minimum = 1, maximum = 10_000_000, example = 2000)]
    rows: i64,
    /// The last day on which it may be taken away: a month ahead at most.
    until: NaiveDate,
    /// What for.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "向审计提供年度客户清单")]
    reason: String,
}

impl Merged for CreateCustomerExport {
    const PATCH: &'static str = "ReviseCustomerExport";
    const FILLED: &'static [&'static str] = &[];
}

impl From<ExportContent> for CreateCustomerExport {
    fn from(content: ExportContent) -> Self {
        let ExportContent { list, rows, until, reason } = content;
        Self { list, rows, until, reason }
    }
}

impl From<CreateCustomerExport> for ExportContent {
    fn from(body: CreateCustomerExport) -> Self {
        let CreateCustomerExport { list, rows, until, reason } = body;
        Self { list, rows, until, reason }
    }
}

/// Ask to export customers. `[CUS-5]`
///
/// Lists of more rows than the company's rules allow leave only once approvers agreed.
#[utoipa::path(post, path = "/api/v1/customer-exports")]
async fn create_customer_export(
    who: Can<perm::ExportCustomers>,
    body: Valid<CreateCustomerExport>,
    work: UnitOfWork,
) -> Created<ExportView> {
    work.write(who, move |tx| {
        let drafted = deed::create(tx, body.0.clone().into())?;
        exports::show(tx, drafted)
    })
    .await
}

/// Change a request to export customers. `[CUS-5]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/customer-exports/{id}")]
async fn revise_customer_export(
    who: Can<perm::ExportCustomers>,
    at: At<CustomerExport>,
    patch: Merge<CreateCustomerExport>,
    work: UnitOfWork,
) -> Reply<ExportView> {
    work.moves(who, at, move |drafted, tx| {
        drafted.may_revise(tx.actor())?;
        let content = patch.over(&drafted.content.clone().into())?.into();
        deed::revise(tx, drafted, content)
    })
    .await
}

/// Preview the approval of a request to export customers. `[APR-8]`
#[utoipa::path(get, path = "/api/v1/customer-exports/{id}/approval-preview")]
async fn preview_customer_export_approval(
    who: Can<perm::ReadCustomers>,
    id: PathId<CustomerExport>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let drafted = exports::find(reader, *id)?;
            exports::preview(reader, &drafted).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a request to export customers for approval. `[CUS-5]`
///
/// Once approved, whoever asked may take the list away until the day that was agreed to, with as many rows at most.
#[utoipa::path(post, path = "/api/v1/customer-exports/{id}/submit")]
async fn submit_customer_export(
    who: Can<perm::ExportCustomers>,
    at: At<CustomerExport>,
    work: UnitOfWork,
) -> Reply<ExportView> {
    work.moves(who, at, move |drafted, tx| deed::submit(tx, drafted)).await
}

/// Withdraw a request to export customers that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/customer-exports/{id}/withdraw")]
async fn withdraw_customer_export(
    who: Can<perm::ExportCustomers>,
    at: At<CustomerExport>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<ExportView> {
    work.moves(who, at, move |drafted, tx| document::withdraw(tx, &drafted, body.note.clone())).await
}

/// Void a request to export customers. `[CUS-5]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/customer-exports/{id}/void")]
async fn void_customer_export(
    who: Can<perm::ExportCustomers>,
    at: At<CustomerExport>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExportView> {
    work.moves(who, at, move |drafted, tx| document::void(tx, drafted, body.reason.clone())).await
}
