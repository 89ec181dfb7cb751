//! Violations of the rules of conduct over HTTP. `[QUE-4]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    conduct_violation::{ConductRule, ConductViolation},
    spine::{AnyId, EmployeeId, Id, perm},
};
use persistence::conduct_violation::{self as violations, Recording, ViolationFilter, ViolationView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "conduct-violations",
        [list_conduct_violations, record_conduct_violation, show_conduct_violation, void_conduct_violation,]
    );
}

/// List violations of the rules of conduct. `[QUE-4, INT-4]`
///
/// The caller's own, and those of departments in reach; the newest first.
#[utoipa::path(get, path = "/api/v1/conduct-violations")]
async fn list_conduct_violations(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<ViolationFilter>,
    reading: Reading,
) -> List<ViolationView> {
    reading.list(who, wanted, violations::list).await
}

/// What happened at a reception.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordConductViolation {
    /// Who broke the rule.
    employee_id: EmployeeId,
    /// Where.
    site_id: AnyId,
    /// Which rule.
    rule: ConductRule,
    /// On which day; today where absent.
    #[serde(default)]
    on: Option<NaiveDate>,
    /// What happened.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000, example = "兰兰接待时，当着客户的面抢话报价")]
    account: String,
}

/// Record a violation of the rules of conduct. `[QUE-4, INC-2a; 002 §5(二)4, 6 … 8]`
///
/// What the company's rules take for it is entered in the ledger of rewards and penalties in the same transaction: the person is
/// told, and may object.
#[utoipa::path(post, path = "/api/v1/conduct-violations")]
async fn record_conduct_violation(
    who: Can<perm::ManageSites>,
    body: Valid<RecordConductViolation>,
    work: UnitOfWork,
) -> Created<ViolationView> {
    work.write(who, move |tx| {
        let RecordConductViolation { employee_id, site_id, rule, on, account } = body.0.clone();
        let site = Id::from_uuid(site_id.uuid());
        violations::record(tx, Recording { employee: employee_id, site, rule, on, account })
    })
    .await
}

/// Show a violation of the rules of conduct. `[QUE-4]`
#[utoipa::path(get, path = "/api/v1/conduct-violations/{id}")]
async fn show_conduct_violation(
    who: Can<perm::ReadCustomers>,
    id: PathId<ConductViolation>,
    reading: Reading,
) -> Reply<ViolationView> {
    reading.read(who, move |reader| violations::view(reader, *id)).await
}

/// Void a violation that was recorded. `[QUE-4, INC-2a]`
///
/// What was entered in the ledger for it is taken back.
#[utoipa::path(post, path = "/api/v1/conduct-violations/{id}/void")]
async fn void_conduct_violation(
    who: Can<perm::ManageSites>,
    at: At<ConductViolation>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ViolationView> {
    work.moves(who, at, move |violation, tx| violations::void(tx, violation, body.reason.clone())).await
}
