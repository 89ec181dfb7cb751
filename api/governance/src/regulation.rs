//! Regulations over HTTP. `[REG-1a, REG-5, REG-8]`

use crate::spine::{
    At, ByRules, Can, Created, List, Merge, Merged, PathId, Query, Reading, Reply, Routes, UnitOfWork, Valid,
    Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    regulation::{Regulation, RegulationDetails},
    spine::{DepartmentId, perm},
};
use persistence::{
    regulation::{
        self as regulations, RegulationFilter, RegulationScope, RegulationView,
        coverage::{self, CoverageView},
        shipped::{self, Loading, ShippedAll},
    },
    regulation_version::{self as versions, RegulationVersionView},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "regulations",
        [
            list_regulations,
            establish_regulation,
            show_regulation,
            revise_regulation,
            show_regulation_text,
            show_regulation_coverage,
            list_shipped_regulations,
            load_shipped_regulations,
        ]
    );
}

/// List regulations. `[REG-1a, INT-4]`
///
/// All of them: whoever works here may read by what they are ruled.
#[utoipa::path(get, path = "/api/v1/regulations")]
async fn list_regulations(
    who: Can<perm::ReadRegulations>,
    wanted: Wanted<RegulationFilter>,
    reading: Reading,
) -> List<RegulationView> {
    reading.list(who, wanted, regulations::list).await
}

/// Show a regulation. `[REG-1a]`
#[utoipa::path(get, path = "/api/v1/regulations/{id}")]
async fn show_regulation(
    who: Can<perm::ReadRegulations>,
    id: PathId<Regulation>,
    reading: Reading,
) -> Reply<RegulationView> {
    reading.read(who, move |reader| regulations::view(reader, *id)).await
}

/// A new regulation.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EstablishRegulation {
    /// How policies cite it: small letters, digits, dots and hyphens.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "travel-2026")]
    code: String,
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "差旅管理制度")]
    title: String,
    /// Who issues it.
    department_id: DepartmentId,
    /// Who holds the right of interpretation; who issues it where absent.
    #[serde(default)]
    interpreter_id: Option<DepartmentId>,
    /// For whom it holds; for all where absent.
    #[serde(default)]
    #[validate(nested)]
    scope: RegulationScope,
}

impl Merged for EstablishRegulation {
    const PATCH: &'static str = "ReviseRegulation";
    const FIXED: &'static [&'static str] = &["code"];
    const FILLED: &'static [&'static str] = &["scope"];
}

impl From<RegulationDetails> for EstablishRegulation {
    fn from(details: RegulationDetails) -> Self {
        let RegulationDetails { code, title, department, interpreter, scope } = details;
        let (department_id, interpreter_id) = (department, Some(interpreter));
        Self { code, title, department_id, interpreter_id, scope: scope.into() }
    }
}

impl From<EstablishRegulation> for RegulationDetails {
    fn from(body: EstablishRegulation) -> Self {
        let EstablishRegulation { code, title, department_id, interpreter_id, scope } = body;
        let interpreter = interpreter_id.unwrap_or(department_id);
        Self { code, title, department: department_id, interpreter, scope: scope.into() }
    }
}

/// Set up a regulation. `[REG-1a; 000 §9.2 六]`
///
/// It says nothing until a version of it is published.
#[utoipa::path(post, path = "/api/v1/regulations")]
async fn establish_regulation(
    who: Can<perm::DraftRegulations>,
    body: Valid<EstablishRegulation>,
    work: UnitOfWork,
) -> Created<RegulationView> {
    work.write(who, move |tx| {
        let details = RegulationDetails::from(body.0.clone());
        regulations::refer_to(tx, &details)?;
        let change = Regulation::establish(tx.id(), details)?;
        let regulation = regulations::apply(tx, change)?;
        regulations::view(tx, regulation.id)
    })
    .await
}

/// Change what is known of a regulation. `[REG-1a, REG-2]`
///
/// Whoever comes into its scope is asked to acknowledge it.
#[utoipa::path(patch, path = "/api/v1/regulations/{id}")]
async fn revise_regulation(
    who: Can<perm::DraftRegulations>,
    at: At<Regulation>,
    patch: Merge<EstablishRegulation>,
    work: UnitOfWork,
) -> Reply<RegulationView> {
    work.moves(who, at, move |regulation, tx| revise(tx, regulation, &patch)).await
}

fn revise(
    tx: &mut Tx<'_>,
    regulation: Regulation,
    patch: &Merge<EstablishRegulation>,
) -> Result<Regulation, Failure> {
    let details = RegulationDetails::from(patch.over(&regulation.details.clone().into())?);
    regulations::refer_to(tx, &details)?;
    let change = regulation.revise(details)?;
    regulations::apply(tx, change)
}

/// For which day.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct OnDay {
    /// The business day; today where absent.
    on: Option<NaiveDate>,
}

/// Show what a regulation says on a day. `[REG-1a]`
///
/// The version in force then, clause by clause; refused where none is.
#[utoipa::path(get, path = "/api/v1/regulations/{id}/text")]
async fn show_regulation_text(
    who: Can<perm::ReadRegulations>,
    id: PathId<Regulation>,
    day: Query<OnDay>,
    _: ByRules,
    reading: Reading,
) -> Reply<RegulationVersionView> {
    let on = day.on;
    reading.read(who, move |reader| versions::view_in_force(reader, *id, on)).await
}

/// Show which rule enforces which clause of a regulation. `[REG-8]`
///
/// Clause by clause: the policies in force that cite it, each with its version and the place in it, and the rules of the
/// product that see to it; or why nothing does. Beside that the share of binding clauses that are enforced, and what policies
/// cite and is not there.
#[utoipa::path(get, path = "/api/v1/regulations/{id}/coverage")]
async fn show_regulation_coverage(
    who: Can<perm::ReadRegulations>,
    id: PathId<Regulation>,
    day: Query<OnDay>,
    _: ByRules,
    reading: Reading,
) -> Reply<CoverageView> {
    let on = day.on;
    reading.read(who, move |reader| coverage::view(reader, *id, on)).await
}

/// List the regulations that come with the product. `[REG-5a]`
///
/// Each with how it stands to what the company has: not entered, as it comes, followed by a newer text, changed by the company.
#[utoipa::path(get, path = "/api/v1/shipped-regulations")]
async fn list_shipped_regulations(who: Can<perm::LoadRegulations>, reading: Reading) -> Reply<ShippedAll> {
    reading.read(who, shipped::all).await
}

/// The code of a regulation that comes with the product.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 40, example = "000")]
struct ShippedRegulationCode(String);

/// Which regulations are entered.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoadShippedRegulations {
    /// Only these, by code; all where empty.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    codes: Vec<ShippedRegulationCode>,
    /// Who issues them.
    department_id: DepartmentId,
    /// The first day on which they are in force.
    effective_from: NaiveDate,
}

/// Enter regulations that come with the product. `[REG-5b]`
///
/// What the company does not have is entered and in force from the day on; what it has as it came is followed up by the text
/// that comes now; what it has changed stays. Doing it twice changes nothing.
#[utoipa::path(post, path = "/api/v1/shipped-regulations/load")]
async fn load_shipped_regulations(
    who: Can<perm::LoadRegulations>,
    body: Valid<LoadShippedRegulations>,
    work: UnitOfWork,
) -> Reply<ShippedAll> {
    work.write(who, move |tx| {
        let LoadShippedRegulations { codes, department_id, effective_from } = body.0.clone();
        let codes = codes.into_iter().map(|code| code.0).collect();
        shipped::load(tx, &Loading { codes, department: department_id, effective_from })
    })
    .await
}
