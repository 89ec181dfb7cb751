//! Filings over HTTP. `[SAL-2]`

use crate::spine::{
    At, Can, Chore, Created, Every, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
    Valid, Wanted, each, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    filing::{Filing, FilingContent},
    spine::{AnyId, Id, Money, perm},
};
use persistence::{
    filing::{self as filings, FilingFilter, FilingView, deed},
    spine::{Database, Failure, Reader, Request},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "filings",
        [
            list_filings,
            create_filing,
            show_filing,
            revise_filing,
            file_filing,
            protect_filing,
            refuse_filing,
            rule_on_filing,
            extend_filing,
            release_filing,
        ]
    );
}

/// Filings whose time is over come to their end, whoever looks.
pub(crate) const EXPIRIES: &Chore = &Chore {
    name: "filing-expiries",
    every: Every::Seconds(60),
    run: |state| Box::pin(expire_filings(&state.database)),
};

/// Notes which filings came to their end; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a filing that could not be noted, when the others have been.
pub async fn expire_filings(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("filing-expiries"), deed::due).await?;
    each(database, "filing-expiries", due, deed::expire).await
}

/// List filings. `[SAL-2, INT-4]`
///
/// What the caller may see: their own, and those of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/filings")]
async fn list_filings(
    who: Can<perm::ReadFilings>,
    wanted: Wanted<FilingFilter>,
    reading: Reading,
) -> List<FilingView> {
    reading.list(who, wanted, filings::list).await
}

/// Show a filing. `[SAL-2, ACT-1]`
#[utoipa::path(get, path = "/api/v1/filings/{id}")]
async fn show_filing(who: Can<perm::ReadFilings>, id: PathId<Filing>, reading: Reading) -> Reply<FilingView> {
    reading.read(who, move |reader: &mut Reader<'_>| filings::view(reader, *id)).await
}

/// A new filing.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateFiling {
    /// Of which customer: one the caller owns.
    customer_id: CustomerId,
    /// Of which product line: the category of products.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "监护仪")]
    product_line: String,
    /// At which site or in which project.
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    site: Option<String>,
    /// What it may come to, in the book currency.
    estimate: Money,
    /// The day it is expected to close.
    expected_on: NaiveDate,
    /// What shows the chance.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "客户已立项，六月招标")]
    grounds: String,
    /// Uploaded files that prove it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    evidence: Vec<AnyId>,
}

impl Merged for CreateFiling {
    const PATCH: &'static str = "ReviseFiling";
    const FIXED: &'static [&'static str] = &["customer_id"];
    const FILLED: &'static [&'static str] = &["evidence"];
}

impl CreateFiling {
    fn of(customer_id: CustomerId, content: FilingContent) -> Self {
        let FilingContent { product_line, site, estimate, expected_on, grounds, evidence } = content;
        let evidence = evidence.into_iter().map(|file| AnyId::from_uuid(file.uuid())).collect();
        Self { customer_id, product_line, site, estimate, expected_on, grounds, evidence }
    }

    fn content(self) -> FilingContent {
        let Self { customer_id: _, product_line, site, estimate, expected_on, grounds, evidence } = self;
        let evidence = evidence.into_iter().map(|id| Id::from_uuid(id.uuid())).collect();
        FilingContent { product_line, site, estimate, expected_on, grounds, evidence }
    }
}

/// Draft a filing. `[SAL-2, SAL-2a; 001 奖惩条款 §3.2]`
///
/// Of a customer the caller owns, and a product line. Nothing is protected before it is filed and agreed to.
#[utoipa::path(post, path = "/api/v1/filings")]
async fn create_filing(
    who: Can<perm::SubmitFilings>,
    body: Valid<CreateFiling>,
    work: UnitOfWork,
) -> Created<FilingView> {
    work.write(who, move |tx| {
        let body = body.0.clone();
        let filing = deed::create(tx, body.customer_id, body.content())?;
        filings::show(tx, filing)
    })
    .await
}

/// Change a draft of a filing. `[SAL-2]`
#[utoipa::path(patch, path = "/api/v1/filings/{id}")]
async fn revise_filing(
    who: Can<perm::SubmitFilings>,
    at: At<Filing>,
    patch: Merge<CreateFiling>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| {
        let before = CreateFiling::of(filing.customer, filing.content.clone());
        let content = patch.over(&before)?.content();
        let today = tx.today();
        Ok(filing.revise(content, tx.actor(), today)?)
    })
    .await
}

/// File a customer. `[SAL-2a]`
///
/// What is live already of the same customer, however its file is named, and product line refuses it or makes it
/// contested, as the company's terms say; who holds it is told by a letter alone. Of two at the same moment one is filed.
#[utoipa::path(post, path = "/api/v1/filings/{id}/file")]
async fn file_filing(who: Can<perm::SubmitFilings>, at: At<Filing>, work: UnitOfWork) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| deed::file(tx, filing)).await
}

/// Agree to a filing. `[SAL-2b]`
///
/// By whoever reviews filings of the department, and never who filed it. From now on it protects: nobody else quotes,
/// contracts or orders that product line of that customer, for as many days as the terms say and as long as it is pursued.
#[utoipa::path(post, path = "/api/v1/filings/{id}/protect")]
async fn protect_filing(
    who: Can<perm::ReviewFilings>,
    at: At<Filing>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| deed::protect(tx, filing)).await
}

/// Refuse a filing. `[SAL-2b]`
#[utoipa::path(post, path = "/api/v1/filings/{id}/refuse")]
async fn refuse_filing(
    who: Can<perm::ReviewFilings>,
    at: At<Filing>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| deed::refuse(tx, filing, body.reason.clone())).await
}

/// A ruling on a contested filing.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleOnFiling {
    /// Whether it protects from now on; what stood in its way is given up then.
    in_favour: bool,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "报备在先，且已拜访客户")]
    reason: String,
}

/// Rule on a contested filing. `[SAL-2, OWN-14]`
///
/// By whoever reviews filings of the department and is no party.
#[utoipa::path(post, path = "/api/v1/filings/{id}/rule")]
async fn rule_on_filing(
    who: Can<perm::ReviewFilings>,
    at: At<Filing>,
    body: Valid<RuleOnFiling>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| deed::rule(tx, filing, (body.in_favour, body.reason.clone()))).await
}

/// Extend a filing. `[SAL-2b]`
///
/// Once, before its end, by who filed it.
#[utoipa::path(post, path = "/api/v1/filings/{id}/extend")]
async fn extend_filing(
    who: Can<perm::SubmitFilings>,
    at: At<Filing>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| deed::extend(tx, filing, body.reason.clone())).await
}

/// Give a filing up. `[SAL-2]`
///
/// By who filed it, from draft on until it is over.
#[utoipa::path(post, path = "/api/v1/filings/{id}/release")]
async fn release_filing(
    who: Can<perm::SubmitFilings>,
    at: At<Filing>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<FilingView> {
    work.moves(who, at, move |filing, tx| Ok(filing.release(body.reason.clone(), tx.actor(), tx.now())?))
        .await
}
