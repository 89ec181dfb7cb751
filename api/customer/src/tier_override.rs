//! Overrides of tiers over HTTP. `[TIE-1]`

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
    customer_file::CustomerId,
    spine::perm,
    tier_override::{OverrideContent, TierOverride},
};
use persistence::{
    approval::document,
    tier_override::{self as overrides, OverrideFilter, OverrideView, deed},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "tier-overrides",
        [
            list_tier_overrides,
            create_tier_override,
            show_tier_override,
            revise_tier_override,
            preview_tier_override_approval,
            submit_tier_override,
            withdraw_tier_override,
            void_tier_override,
        ]
    );
}

/// List overrides of tiers. `[TIE-1, INT-4]`
///
/// Those the caller asked for, those of departments in reach, and those that came to them for approval; the newest first.
#[utoipa::path(get, path = "/api/v1/tier-overrides")]
async fn list_tier_overrides(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<OverrideFilter>,
    reading: Reading,
) -> List<OverrideView> {
    reading.list(who, wanted, overrides::list).await
}

/// Show an override of a tier. `[TIE-1]`
#[utoipa::path(get, path = "/api/v1/tier-overrides/{id}")]
async fn show_tier_override(
    who: Can<perm::ReadCustomers>,
    id: PathId<TierOverride>,
    reading: Reading,
) -> Reply<OverrideView> {
    reading.read(who, move |reader| overrides::view(reader, *id)).await
}

/// Which tier is held instead.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateTierOverride {
    /// Whose tier.
    customer_id: CustomerId,
    /// The code of the tier that is held instead.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "A")]
    tier: String,
    /// The last day: two years ahead at most.
    until: NaiveDate,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "战略合作框架协议已签")]
    reason: String,
}

impl Merged for CreateTierOverride {
    const PATCH: &'static str = "ReviseTierOverride";
    const FILLED: &'static [&'static str] = &[];
}

impl From<OverrideContent> for CreateTierOverride {
    fn from(content: OverrideContent) -> Self {
        let OverrideContent { customer, tier, until, reason } = content;
        Self { customer_id: customer, tier, until, reason }
    }
}

impl From<CreateTierOverride> for OverrideContent {
    fn from(body: CreateTierOverride) -> Self {
        let CreateTierOverride { customer_id, tier, until, reason } = body;
        Self { customer: customer_id, tier, until, reason }
    }
}

/// Draft an override of a tier. `[TIE-1]`
///
/// The customer holds another tier than the model gives until a day. Nothing changes before approvers agree.
#[utoipa::path(post, path = "/api/v1/tier-overrides")]
async fn create_tier_override(
    who: Can<perm::MaintainCustomers>,
    body: Valid<CreateTierOverride>,
    work: UnitOfWork,
) -> Created<OverrideView> {
    work.write(who, move |tx| {
        let drafted = deed::create(tx, body.0.clone().into())?;
        overrides::show(tx, drafted)
    })
    .await
}

/// Change an override of a tier. `[TIE-1]`
///
/// While it is a draft, returned or withdrawn; the customer stays.
#[utoipa::path(patch, path = "/api/v1/tier-overrides/{id}")]
async fn revise_tier_override(
    who: Can<perm::MaintainCustomers>,
    at: At<TierOverride>,
    patch: Merge<CreateTierOverride>,
    work: UnitOfWork,
) -> Reply<OverrideView> {
    work.moves(who, at, move |drafted, tx| {
        drafted.may_revise(tx.actor())?;
        let content = patch.over(&drafted.content.clone().into())?.into();
        deed::revise(tx, drafted, content)
    })
    .await
}

/// Preview the approval of an override. `[APR-8]`
#[utoipa::path(get, path = "/api/v1/tier-overrides/{id}/approval-preview")]
async fn preview_tier_override_approval(
    who: Can<perm::ReadCustomers>,
    id: PathId<TierOverride>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let drafted = overrides::find(reader, *id)?;
            overrides::preview(reader, &drafted).map(SubmissionPreview::of)
        })
        .await
}

/// Submit an override of a tier for approval. `[TIE-1]`
///
/// Once approved, the tier is held from that day on, and whose the customer is goes by it.
#[utoipa::path(post, path = "/api/v1/tier-overrides/{id}/submit")]
async fn submit_tier_override(
    who: Can<perm::MaintainCustomers>,
    at: At<TierOverride>,
    work: UnitOfWork,
) -> Reply<OverrideView> {
    work.moves(who, at, move |drafted, tx| deed::submit(tx, drafted)).await
}

/// Withdraw an override that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/tier-overrides/{id}/withdraw")]
async fn withdraw_tier_override(
    who: Can<perm::MaintainCustomers>,
    at: At<TierOverride>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<OverrideView> {
    work.moves(who, at, move |drafted, tx| document::withdraw(tx, &drafted, body.note.clone())).await
}

/// Void an override of a tier. `[TIE-1]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/tier-overrides/{id}/void")]
async fn void_tier_override(
    who: Can<perm::MaintainCustomers>,
    at: At<TierOverride>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<OverrideView> {
    work.moves(who, at, move |drafted, tx| document::void(tx, drafted, body.reason.clone())).await
}
