//! Commission statements over HTTP. `[COM-11, COM-10b]`

use crate::spine::{At, Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{
    commission_statement::CommissionStatement,
    spine::{AnyId, Refusal, codes, perm},
    working_time::Period,
};
use persistence::{
    commission_statement::{
        self as statements, CommissionStatementFilter, CommissionStatementSummary, CommissionStatementView,
        deed::{self, CommissionRunView},
    },
    spine::Failure,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "commission-statements",
        [
            list_commission_statements,
            compile_commission_statements,
            publish_commission_statements,
            show_commission_statement,
            object_to_commission_statement,
            settle_commission_objection,
            approve_commission_statement,
        ]
    );
}

/// List commission statements. `[COM-11, INT-4]`
///
/// One's own once they are published, and those of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/commission-statements")]
async fn list_commission_statements(
    who: Can<perm::ReadCommission>,
    wanted: Wanted<CommissionStatementFilter>,
    reading: Reading,
) -> List<CommissionStatementSummary> {
    reading.list(who, wanted, statements::list).await
}

/// Show a commission statement. `[COM-11]`
#[utoipa::path(get, path = "/api/v1/commission-statements/{id}")]
async fn show_commission_statement(
    who: Can<perm::ReadCommission>,
    id: PathId<CommissionStatement>,
    reading: Reading,
) -> Reply<CommissionStatementView> {
    reading.read(who, move |reader| statements::view(reader, *id)).await
}

/// Of which month.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommissionMonth {
    /// The month.
    #[validate(length(min = 7, max = 7))]
    #[schema(min_length = 7, max_length = 7, example = "2026-05")]
    month: String,
}

pub(crate) fn month(text: &str) -> Result<Period, Failure> {
    let refused = || Refusal::new(codes::BAD_FORMAT).with("expected", "2026-05").at("/month");
    text.parse().map_err(|_| refused().into())
}

/// Compile the commission statements of a month. `[COM-11]`
///
/// For everybody of departments in reach at once: what was booked by its end and is on no statement, upon what the month before left below nothing.
/// Again, it comes to the same but for what was booked meanwhile; what is published stays, and what comes later goes with the
/// next month.
#[utoipa::path(post, path = "/api/v1/commission-statements/compile")]
async fn compile_commission_statements(
    who: Can<perm::CompileCommission>,
    body: Valid<CommissionMonth>,
    work: UnitOfWork,
) -> Reply<CommissionRunView> {
    work.write(who, move |tx| deed::compile(tx, month(&body.month)?)).await
}

/// Publish the commission statements of a month. `[COM-11]`
///
/// Everybody of departments in reach sees theirs from then on, and may object for as many working days as the company's terms say.
#[utoipa::path(post, path = "/api/v1/commission-statements/publish")]
async fn publish_commission_statements(
    who: Can<perm::CompileCommission>,
    body: Valid<CommissionMonth>,
    work: UnitOfWork,
) -> Reply<CommissionRunView> {
    work.write(who, move |tx| deed::publish(tx, month(&body.month)?)).await
}

/// To which line, and why.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ObjectToLine {
    /// The entry that the line shows.
    entry_id: AnyId,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Object to a line of one's commission statement. `[COM-11]`
///
/// By the person whose it is, while that is possible. The line is held until it is settled; the others go on.
#[utoipa::path(post, path = "/api/v1/commission-statements/{id}/object")]
async fn object_to_commission_statement(
    who: Can<perm::ReadCommission>,
    at: At<CommissionStatement>,
    body: Valid<ObjectToLine>,
    work: UnitOfWork,
) -> Reply<CommissionStatementView> {
    work.moves(who, at, move |statement, tx| {
        let (entry, reason) = (body.entry_id.uuid(), body.reason.clone());
        Ok(statement.object(entry, reason, tx.actor(), tx.now())?)
    })
    .await
}

/// To which line, and what is said.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleObjection {
    /// The entry that the line shows.
    entry_id: AnyId,
    /// What is said to the person.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Settle an objection to a commission statement. `[COM-11]`
///
/// Never one's own. The line goes on as it is; where the statement has gone on without it, to the next one.
#[utoipa::path(post, path = "/api/v1/commission-statements/{id}/settle-objection")]
async fn settle_commission_objection(
    who: Can<perm::CompileCommission>,
    at: At<CommissionStatement>,
    body: Valid<SettleObjection>,
    work: UnitOfWork,
) -> Reply<CommissionStatementView> {
    work.moves(who, at, move |statement, tx| {
        let (entry, note) = (body.entry_id.uuid(), body.note.clone());
        Ok(statement.settle(entry, note, tx.actor(), tx.now())?)
    })
    .await
}

/// Approve a commission statement. `[COM-11]`
///
/// Once nobody may object any more; never one's own. Lines that are held stay out of it.
#[utoipa::path(post, path = "/api/v1/commission-statements/{id}/approve")]
async fn approve_commission_statement(
    who: Can<perm::ApproveCommission>,
    at: At<CommissionStatement>,
    work: UnitOfWork,
) -> Reply<CommissionStatementView> {
    work.moves(who, at, move |statement, tx| Ok(statement.approve(tx.actor(), tx.now())?)).await
}
