//! What the product says about itself: the meaning of problems, labels, its version.

use crate::spine::{PathOf, Problem, Public, Reading, Reply, Routes, View, codes, routes};
use domain::spine::{EnumLabels, ValueLabel};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "meta", [show_problem, list_permissions, list_enums, show_version]);
}

/// Which kind of problem.
#[derive(Deserialize, IntoParams)]
struct ProblemPath {
    /// The stable code.
    #[param(max_length = 100, example = "http.not_found")]
    code: String,
}

/// What a problem means.
#[derive(Serialize, ToSchema)]
pub struct ProblemMeaning {
    /// The stable code.
    #[schema(max_length = 100)]
    code: String,
    /// The status it comes with.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The Chinese text.
    #[schema(max_length = 2000)]
    zh: String,
    /// The English text.
    #[schema(max_length = 2000)]
    en: String,
}
impl View for ProblemMeaning {}

/// Explain a kind of problem.
///
/// The `type` of every problem document leads here.
#[utoipa::path(get, path = "/problems/{code}")]
async fn show_problem(who: Public, path: PathOf<ProblemPath>, reading: Reading) -> Reply<ProblemMeaning> {
    let found = crate::catalogue().into_iter().find(|meaning| meaning.code == path.code);
    let meaning = found.ok_or_else(|| Problem::new(codes::NOT_FOUND))?;
    let (code, status) = (meaning.code.to_owned(), meaning.status);
    let (zh, en) = (meaning.zh.to_owned(), meaning.en.to_owned());
    reading.read(who, move |_| Ok(ProblemMeaning { code, status, zh, en })).await
}

/// A permission and its labels.
#[derive(Serialize, ToSchema)]
pub struct PermissionLabel {
    /// The code.
    #[schema(max_length = 60)]
    code: &'static str,
    /// The Chinese label.
    #[schema(max_length = 200)]
    zh: &'static str,
    /// The English label.
    #[schema(max_length = 200)]
    en: &'static str,
}

/// All permissions.
#[derive(Serialize, ToSchema)]
pub struct PermissionLabels {
    /// Each with its labels.
    #[schema(max_items = 500)]
    data: Vec<PermissionLabel>,
}
impl View for PermissionLabels {}

/// List all permissions with their labels. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/meta/permissions")]
async fn list_permissions(who: Public, reading: Reading) -> Reply<PermissionLabels> {
    let label = |p: &domain::spine::Permission| PermissionLabel { code: p.code(), zh: p.zh(), en: p.en() };
    let data = domain::spine::Permission::ALL.iter().map(label).collect();
    reading.read(who, move |_| Ok(PermissionLabels { data })).await
}

/// One value of an enum and its labels.
#[derive(Serialize, ToSchema)]
#[schema(as = ValueLabel)]
pub struct ValueLabelView {
    /// The stable code, as it stands in answers and filters.
    #[schema(max_length = 60, example = "in_approval")]
    code: &'static str,
    /// The Chinese label.
    #[schema(max_length = 200, example = "审批中")]
    zh: &'static str,
    /// The English label.
    #[schema(max_length = 200, example = "In approval")]
    en: &'static str,
}

/// An enum and the labels of its values.
#[derive(Serialize, ToSchema)]
#[schema(as = EnumLabels)]
pub struct EnumLabelsView {
    /// The name of its schema in the OpenAPI document.
    #[schema(max_length = 100, example = "ExpenseClaimStatus")]
    name: &'static str,
    /// Its values, in their usual order.
    #[schema(max_items = 500)]
    values: Vec<ValueLabelView>,
}

/// All enums.
#[derive(Serialize, ToSchema)]
#[schema(as = Enums)]
pub struct EnumsView {
    /// Each with the labels of its values.
    #[schema(max_items = 500)]
    data: Vec<EnumLabelsView>,
}
impl View for EnumsView {}

/// List all enums with the labels of their values.
///
/// Front ends show these labels; the names are those of the schemas in the OpenAPI document.
#[utoipa::path(get, path = "/api/v1/meta/enums")]
async fn list_enums(who: Public, reading: Reading) -> Reply<EnumsView> {
    let value = |&ValueLabel { code, zh, en }: &ValueLabel| ValueLabelView { code, zh, en };
    let data = crate::enums()
        .map(|&EnumLabels { name, values }| EnumLabelsView {
            name,
            values: values.iter().map(value).collect(),
        })
        .collect();
    reading.read(who, move |_| Ok(EnumsView { data })).await
}

/// The running program.
#[derive(Serialize, ToSchema)]
pub struct ProductVersion {
    /// The version.
    #[schema(max_length = 40)]
    version: &'static str,
}
impl View for ProductVersion {}

/// Show the version of the product.
#[utoipa::path(get, path = "/version")]
async fn show_version(who: Public, reading: Reading) -> Reply<ProductVersion> {
    reading.read(who, |_| Ok(ProductVersion { version: env!("CARGO_PKG_VERSION") })).await
}
