//! Overrides of tiers (客户等级调整): a customer holds another tier than the model gives, until a day, once approvers agree.
//! `[TIE-1]`
//!
//! The model goes on reckoning behind it; when the override runs out, what the last run gave is held again.

use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Owner, Petition, RoutedField, facts,
    },
    customer_file::CustomerId,
    customer_tier::TierModel,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Permission, PolicyVersion,
        Refusal, Timestamp, Version, codes, wording,
    },
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of overrides begin with.
pub const NUMBER_PREFIX: &str = "TO";
/// The chain that overrides meet.
pub const OVERRIDE_CHAIN: &str = "tier-override";
/// The code under which that chain is kept.
pub const OVERRIDE_CHAIN_CODE: &str = "approval-chain/tier-override";
/// That chain as shipped: the head of the department.
pub const SHIPPED_OVERRIDE_CHAIN: &str = include_str!("tier_override/shipped/override_chain.json");
/// No override lasts longer than two years, in days.
const DAYS_MAX: u64 = 731;

/// By what overrides let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[
        RoutedField::new("tier", Holds::Text(|tier| !tier.is_empty())),
        RoutedField::new("department_id", Holds::Department),
    ];
    (chain == OVERRIDE_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { TIER_OVERRIDE_REFUSALS:
    TIER_UNKNOWN = "tier_override.tier_unknown", Invalid, "客户分级模型中没有等级“{tier}”，可选：{known}", "The tier model knows no tier \"{tier}\"; it knows {known}";
    HELD_ALREADY = "tier_override.held_already", Conflict, "该客户当前已是此等级，无须调整", "The customer holds this tier already";
}

crate::events! { TIER_OVERRIDE_EVENTS:
    CREATED = "tier_override.created", "客户等级调整已填报", "An override of a tier was drafted";
    CHANGED = "tier_override.changed", "客户等级调整已修改", "An override of a tier was changed";
    SUBMITTED = "tier_override.submitted", "客户等级调整已提交", "An override of a tier was submitted";
    WITHDRAWN = "tier_override.withdrawn", "客户等级调整已撤回", "An override of a tier was withdrawn";
    RETURNED = "tier_override.returned", "客户等级调整已退回", "An override of a tier was returned to whoever asked for it";
    REJECTED = "tier_override.rejected", "客户等级调整已驳回", "An override of a tier was rejected";
    APPROVED = "tier_override.approved", "客户等级调整已批准", "An override of a tier was approved and holds";
    VOIDED = "tier_override.voided", "客户等级调整已作废", "An override of a tier was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[TIER_OVERRIDE_REFUSALS],
    events: &[TIER_OVERRIDE_EVENTS],
    enums: &[OverrideAction::LABELS],
};

/// What can be done with an override.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TierOverrideActionName)]
pub enum OverrideAction {
    /// Rewrite it.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { OverrideAction = "TierOverrideActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// What an override says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OverrideContent {
    /// Whose tier.
    pub customer: CustomerId,
    /// The code of the tier that is held instead.
    pub tier: String,
    /// The last day.
    pub until: BusinessDate,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// An override of a customer's tier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TierOverride {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `TO-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department to which the customer belonged when it was drafted.
    pub department: DepartmentId,
    /// What it says.
    pub content: OverrideContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for TierOverride {
    const KIND: &'static str = "tier_override";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Document for TierOverride {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("TIE-1"),
        ends_for_leavers: Some(Permission::SuperviseCustomers),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
    }
    fn facts(&self) -> Facts {
        let OverrideContent { customer, tier, until, .. } = &self.content;
        facts([("customer_id", json!(customer)), ("tier", json!(tier)), ("until", json!(until))])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

/// What is known around an override when it is written or decided.
pub struct Around<'a> {
    /// The model in force.
    pub model: &'a PolicyVersion<TierModel>,
    /// The tier that the customer holds today.
    pub held: Option<&'a str>,
    /// The business day.
    pub today: BusinessDate,
}

impl OverrideContent {
    /// What is not sound in it.
    ///
    /// # Errors
    /// `tier_override.tier_unknown`, `tier_override.held_already`; a last day that is over, or lies too far ahead.
    pub fn check(&self, around: &Around<'_>) -> Result<(), Refusal> {
        let Around { model, held, today } = around;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reason", &self.reason, 500);
        if model.content.tier(&self.tier).is_none() {
            let known: Vec<&str> = model.content.tiers.iter().map(|tier| tier.code.as_str()).collect();
            let named = [("tier", json!(self.tier)), ("known", json!(known.join(", ")))];
            findings.add_with("/tier", TIER_UNKNOWN, named);
        }
        let latest = today.checked_add_days(Days::new(DAYS_MAX)).unwrap_or(BusinessDate::MAX);
        if self.until < *today || self.until > latest {
            findings.add_with("/until", codes::OUT_OF_RANGE, [("min", json!(today)), ("max", json!(latest))]);
        }
        findings.into_result().map_err(cite)?;
        if *held == Some(self.tier.as_str()) {
            return Err(cite(Refusal::new(HELD_ALREADY)));
        }
        Ok(())
    }
}

impl TierOverride {
    /// Starts a draft.
    ///
    /// # Errors
    /// What is not sound in it.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: OverrideContent,
        around: &Around<'_>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check(around)?;
        let drafted = Self { id, petition, department, content, version: 0 };
        let facts = drafted.facts();
        Ok(Change::created(drafted, CREATED, facts.into()))
    }

    /// Rewrites a draft; the customer stays.
    ///
    /// # Errors
    /// Where it is not the actor's, or not to be changed now; what is not sound in it.
    pub fn revise(
        self,
        content: OverrideContent,
        around: &Around<'_>,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = OverrideContent { customer: self.content.customer, ..content };
        content.check(around)?;
        let after = Self { content, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// What its approval came to.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn decide(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.settle(approval, outcome, now)
    }

    /// Every action, with the refusal it would meet; none for who may not keep customers.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(OverrideAction, Result<(), Refusal>)> {
        if !by.may(Permission::MaintainCustomers) {
            return Vec::new();
        }
        let allowed = |action| match action {
            OverrideAction::Revise => self.may_revise(by),
            OverrideAction::Submit => self.may_submit(by),
            OverrideAction::Withdraw => self.may_withdraw(by),
            OverrideAction::Void => self.may_void(owner, by),
        };
        OverrideAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}

/// As the rule says.
pub fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("TIE-1"))
}
