//! Appraisals over HTTP. `[KPI-4 … KPI-9]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    appraisal::{Appraisal, Recalibrated, SetTarget},
    scoring::Target,
    spine::perm,
};
use persistence::appraisal::{
    self as appraisals, AppraisalFilter, AppraisalSummary, AppraisalView,
    attainment::{self, AttainmentView},
    deed,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "appraisals",
        [
            list_appraisals,
            show_appraisal,
            show_appraisal_attainment,
            set_appraisal_targets,
            exempt_appraisal,
            calibrate_appraisal,
            object_to_appraisal,
            rule_on_appraisal,
            ask_to_reopen_appraisal,
            approve_appraisal_reopening,
            refuse_appraisal_reopening,
            conclude_appraisal,
        ]
    );
}

/// List appraisals. `[KPI-9, INT-4]`
///
/// One's own, those of people below one, and those in reach; nobody else's. One's own result stands there
/// once it is published.
#[utoipa::path(get, path = "/api/v1/appraisals")]
async fn list_appraisals(
    who: Can<perm::ReadAppraisals>,
    wanted: Wanted<AppraisalFilter>,
    reading: Reading,
) -> List<AppraisalSummary> {
    reading.list(who, wanted, appraisals::list).await
}

/// Show an appraisal. `[KPI-6, KPI-9, ACT-1]`
///
/// With the whole computation line by line and in words, and what it was measured from.
#[utoipa::path(get, path = "/api/v1/appraisals/{id}")]
async fn show_appraisal(
    who: Can<perm::ReadAppraisals>,
    id: PathId<Appraisal>,
    reading: Reading,
) -> Reply<AppraisalView> {
    reading.read(who, move |reader| appraisals::view(reader, *id)).await
}

/// Show how far somebody has come. `[KPI-9]`
///
/// Measured now, without reviews, and where it leads if it goes on like that. Nothing of it is kept.
#[utoipa::path(get, path = "/api/v1/appraisals/{id}/attainment")]
async fn show_appraisal_attainment(
    who: Can<perm::ReadAppraisals>,
    id: PathId<Appraisal>,
    reading: Reading,
) -> Reply<AttainmentView> {
    reading.read(who, move |reader| attainment::view(reader, *id)).await
}

/// The targets of a person, all of them.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetAppraisalTargets {
    /// What is set apart from the scheme; what is not named is as the scheme says.
    #[validate(length(max = 200), nested)]
    #[schema(max_items = 200)]
    targets: Vec<SetAppraisalTarget>,
}

/// A target of a person.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetAppraisalTarget {
    /// The part of the period, from 1.
    #[serde(default = "first")]
    #[validate(range(min = 1, max = 31))]
    #[schema(minimum = 1, maximum = 31)]
    part: u32,
    /// The code of the indicator.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "sales")]
    indicator: String,
    /// The target for the whole period; null where there is to be none, such as in a new district.
    #[serde(default)]
    #[schema(
        value_type = Option<String>, min_length = 1, max_length = 30,
        pattern = r"^[0-9]{1,15}(\.[0-9]{1,4})?$", example = "1000000"
    )]
    value: Option<Decimal>,
    /// The upper end, where the indicator is best within a band.
    #[serde(default)]
    #[schema(
        value_type = Option<String>, min_length = 1, max_length = 30,
        pattern = r"^[0-9]{1,15}(\.[0-9]{1,4})?$"
    )]
    upper: Option<Decimal>,
}

const fn first() -> u32 {
    1
}

impl From<SetAppraisalTarget> for SetTarget {
    fn from(body: SetAppraisalTarget) -> Self {
        let SetAppraisalTarget { part, indicator, value, upper } = body;
        let part = usize::try_from(part).unwrap_or(usize::MAX);
        Self { part, indicator, target: value.map(|value| Target { value, upper }) }
    }
}

/// Set a person's targets. `[KPI-2, KPI-7]`
///
/// By a superior, or who manages appraisals there; all of them at once, while the period is in its first
/// stage.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/set-targets")]
async fn set_appraisal_targets(
    who: Can<perm::TakePartInAppraisals>,
    at: At<Appraisal>,
    body: Valid<SetAppraisalTargets>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| {
        let targets = body.targets.iter().cloned().map(Into::into).collect();
        deed::set_targets(tx, sheet, targets)
    })
    .await
}

/// Exempt somebody. `[KPI-7]`
///
/// While results are calibrated, with the reason: where a review will never come, or the period was none like
/// others.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/exempt")]
async fn exempt_appraisal(
    who: Can<perm::ManageAppraisals>,
    at: At<Appraisal>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| deed::exempt(tx, sheet, body.reason.clone())).await
}

/// What a result is changed to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CalibrateAppraisal {
    /// Another result; its grade follows where none is said.
    #[serde(default)]
    #[schema(
        value_type = Option<String>, min_length = 1, max_length = 10,
        pattern = r"^[0-9]{1,4}(\.[0-9]{1,2})?$", example = "82.00"
    )]
    result: Option<Decimal>,
    /// Another grade.
    #[serde(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "A")]
    grade: Option<String>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "横向拉平")]
    reason: String,
}

/// Change a result by hand. `[KPI-6, KPI-7]`
///
/// While results are calibrated, or in a revision; what was, what is, why and by whom is kept.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/calibrate")]
async fn calibrate_appraisal(
    who: Can<perm::ManageAppraisals>,
    at: At<Appraisal>,
    body: Valid<CalibrateAppraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| {
        let CalibrateAppraisal { result, grade, reason } = body.0.clone();
        deed::calibrate(tx, sheet, Recalibrated { result, grade, reason })
    })
    .await
}

/// An objection.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ObjectToAppraisal {
    /// What the person says against the result.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "五月的两单未计入")]
    grounds: String,
}

/// Object to one's result. `[KPI-7]`
///
/// Once, within the days that the settings say after the publication.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/object")]
async fn object_to_appraisal(
    who: Can<perm::TakePartInAppraisals>,
    at: At<Appraisal>,
    body: Valid<ObjectToAppraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| deed::object(tx, sheet, body.grounds.clone())).await
}

/// A ruling on an objection.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleOnAppraisal {
    /// Another result, where the objection is upheld.
    #[serde(default)]
    #[schema(
        value_type = Option<String>, min_length = 1, max_length = 10,
        pattern = r"^[0-9]{1,4}(\.[0-9]{1,2})?$", example = "82.00"
    )]
    result: Option<Decimal>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Rule on an objection. `[KPI-7]`
///
/// By neither the person nor a superior who gave a score.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/rule")]
async fn rule_on_appraisal(
    who: Can<perm::ManageAppraisals>,
    at: At<Appraisal>,
    body: Valid<RuleOnAppraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| deed::rule(tx, sheet, body.result, body.reason.clone())).await
}

/// Ask to open an appraisal again. `[KPI-7]`
///
/// What is final stays as it is: the answer is a revision, which somebody else has to agree to.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/ask-to-reopen")]
async fn ask_to_reopen_appraisal(
    who: Can<perm::ManageAppraisals>,
    at: At<Appraisal>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Created<AppraisalView> {
    work.write(who, move |tx| {
        let sheet = at.find(tx)?;
        let revision = deed::ask_to_reopen(tx, &sheet, body.reason.clone())?;
        appraisals::show(tx, revision)
    })
    .await
}

/// Agree that an appraisal is opened again. `[KPI-7]`
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/approve-reopening")]
async fn approve_appraisal_reopening(
    who: Can<perm::ApproveReopenings>,
    at: At<Appraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| Ok(sheet.decide_reopening(true, tx.actor(), tx.now())?)).await
}

/// Refuse to open an appraisal again. `[KPI-7]`
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/refuse-reopening")]
async fn refuse_appraisal_reopening(
    who: Can<perm::ApproveReopenings>,
    at: At<Appraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.moves(who, at, move |sheet, tx| Ok(sheet.decide_reopening(false, tx.actor(), tx.now())?)).await
}

/// End a revision. `[KPI-7, KPI-8]`
///
/// Its result stands from now on. What followed from the one before and does so no longer is taken back by an
/// entry of its own.
#[utoipa::path(post, path = "/api/v1/appraisals/{id}/conclude")]
async fn conclude_appraisal(
    who: Can<perm::ManageAppraisals>,
    at: At<Appraisal>,
    work: UnitOfWork,
) -> Reply<AppraisalView> {
    work.write(who, move |tx| {
        let sheet = at.find(tx)?;
        let sheet = deed::conclude(tx, sheet)?;
        appraisals::show(tx, sheet)
    })
    .await
}
