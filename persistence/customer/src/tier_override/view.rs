//! What an override looks like, and those within the caller's sight. `[TIE-1, INT-4]`

use super::row::{Row, find};
use crate::{
    approval::{APPROVAL, document::owner},
    customer_file::{CUSTOMER, CustomerRef, view::refer_to},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::tier_overrides,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    customer_file::CustomerId,
    spine::{AnyId, Id, Timestamp, UserId, Version},
    tier_override::{OverrideAction, OverrideContent, TierOverride},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with an override. An alias, because the derive would take a generic type apart.
type OverrideActionView = ActionView<OverrideAction>;

/// An override of a customer's tier.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierOverride)]
pub struct OverrideView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "TO-2026-000012")]
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
    /// The department to which the customer belonged then.
    pub department: NamedRef,
    /// Whose tier.
    pub customer: CustomerRef,
    /// The code of the tier that is held instead.
    #[schema(max_length = 60, example = "A")]
    pub tier: String,
    /// The last day.
    pub until: NaiveDate,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<OverrideActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for OverrideView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("customer", &CUSTOMER),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/tier-overrides/{}", self.id))
    }
}

/// How an override at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, drafted: TierOverride) -> Result<OverrideView, Failure> {
    let register = Register::of(reader)?;
    let actions = drafted.actions(owner(reader, &drafted)?, reader.actor());
    let TierOverride { id, petition, department, content, version } = drafted;
    let OverrideContent { customer, tier, until, reason } = content;
    let (at, status_reason) = petition.standing.told();
    Ok(OverrideView {
        id: id.uuid().into(),
        status: petition.state(),
        status_at: at,
        status_reason: status_reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, customer)?,
        tier,
        until,
        reason,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/tier-overrides/{id}"), actions),
        number: petition.number,
        version,
    })
}

impl Placed<crate::Customer> for OverrideAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// One override, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<TierOverride>) -> Result<OverrideView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which overrides are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct OverrideFilter {
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval")]
    pub status: Several<StandingState>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: OverrideOrder,
}

impl Filter for OverrideFilter {}

orders! {
    /// By what overrides are ordered.
    pub OverrideOrder of Row in tier_overrides by id, descending:
    created_at = id;
}

/// The overrides that the caller asked for, those of departments in reach, and those that came to them for approval.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &OverrideFilter,
    page: &Page,
) -> Result<Slice<OverrideView>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight, tier_overrides, "tier_override");
    narrow!(wanted, tier_overrides, filter; customer_id = customer_id, status in status);
    let found = paged!(reader, page, filter.sort, wanted;
        tier_overrides::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.try_into()?))
}

columns! { OverrideView as "tier-overrides" "客户等级调整" "Overrides of tiers", domain::spine::Permission::ExportCustomers:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    customer "客户" "Customer" = |one| one.customer.name.as_str();
    tier "调整后等级" "Tier";
    until "有效期至" "Until";
    reason "原因" "Reason";
    created_at "填报时间" "Created at";
}
