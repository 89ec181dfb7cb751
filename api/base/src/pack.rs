//! Packs over HTTP: what a company of a kind begins with, loaded, previewed and exported. `[REG-5]`

use crate::spine::{Can, Reading, Reply, Routes, UnitOfWork, Valid, View, routes};
use chrono::NaiveDate;
use domain::{
    pack::{ONE_OF, Pack},
    spine::{DepartmentId, Refusal, perm},
};
use persistence::{
    pack::{self as packs, LoadedView, Loading, Packs},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "packs", [list_packs, load_pack, export_pack]);
}

/// List the packs that come with the product. `[REG-5a]`
///
/// What each brings and needs, and which edition was loaded.
#[utoipa::path(get, path = "/api/v1/packs")]
async fn list_packs(who: Can<perm::LoadPacks>, reading: Reading) -> Reply<Packs> {
    reading.read(who, packs::all).await
}

/// What is named: `kind/code`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 160, example = "department/event-centre")]
struct PackItemName(String);

/// Which pack is loaded, and how.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoadPack {
    /// The code of a pack of the product; absent where one of your own is sent.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "general")]
    code: Option<String>,
    /// A pack of your own; absent where one of the product is named.
    #[serde(default)]
    pack: Option<Pack>,
    /// What is taken from the pack although the company changed it, or another pack says otherwise.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    take: Vec<PackItemName>,
    /// The first day on which policies and regulations are in force.
    effective_from: NaiveDate,
    /// Who issues the regulations; needed where the pack has some that are written.
    #[serde(default)]
    department_id: Option<DepartmentId>,
}

/// Load a pack. `[REG-5b]`
///
/// Three ways, item by item: what the pack wrote last, what stands, what it says now. What is not there is made, what stands as
/// the pack wrote it is brought up to date, what the company changed stays; where both changed it is listed with the difference
/// and taken only where it is named. Twice changes nothing. All or nothing; with `validate_only` it is a preview.
#[utoipa::path(post, path = "/api/v1/packs/load")]
async fn load_pack(who: Can<perm::LoadPacks>, body: Valid<LoadPack>, work: UnitOfWork) -> Reply<LoadedView> {
    work.write(who, move |tx| {
        let pack = chosen(tx, &body)?;
        let take = body.take.iter().map(|name| name.0.clone()).collect();
        let (effective_from, issuer) = (body.effective_from, body.department_id);
        packs::load(tx, &pack, &Loading { take, effective_from, issuer })
    })
    .await
}

/// The pack that is meant: of the product, or sent.
fn chosen(tx: &mut Tx<'_>, body: &LoadPack) -> Result<Pack, Failure> {
    match (&body.code, &body.pack) {
        (Some(code), None) => packs::shipped(tx, code),
        (None, Some(pack)) => Ok(pack.clone()),
        _ => Err(Refusal::new(ONE_OF).at("/code").into()),
    }
}

/// What stands, as a pack of the company's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(transparent)]
struct ExportedPack(Pack);

impl View for ExportedPack {}

/// Export what stands as a pack. `[REG-5a]`
///
/// Departments, positions, the company's own roles, policies and regulations, as they could be loaded elsewhere.
#[utoipa::path(get, path = "/api/v1/packs/export")]
async fn export_pack(who: Can<perm::LoadPacks>, reading: Reading) -> Reply<ExportedPack> {
    reading.read(who, |reader| packs::export(reader).map(ExportedPack)).await
}
