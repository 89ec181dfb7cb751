//! Tiers of customers (客户分级): what the model gives a customer at each run, which tier they hold from when to when, and
//! which one somebody had approved instead. `[TIE-1; 002 §6 ch.4]`
//!
//! A better tier is held at once; one is lost only after so many runs in a row below it, so that who stands on a border does
//! not go to and fro. What an approved override says prevails for as long as it lasts, while runs go on reckoning behind it.

/// What a customer comes to, line by line.
mod assessment;
/// The model as data.
mod model;

pub use assessment::{Assessed, Assessment, AssessmentOutcome, TierFigure, TierLine};
pub use model::{
    DimensionSource, MODEL_CODE, MODEL_NAME, SHIPPED_TIER_MODEL, TierBand, TierDimension, TierModel, TierRule,
};

use crate::{
    customer_file::CustomerId,
    ownership::What,
    spine::{AnyId, BusinessDate, Change, Citation, Entity, EventKind, Explanation, PolicyVersion, Version},
    tier_run::TierRun,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

crate::events! { CUSTOMER_TIER_EVENTS:
    ASSESSED = "customer_tier.assessed", "客户分级已评定", "A customer was assessed for a tier";
    CHANGED = "customer_tier.changed", "客户等级已变更", "A customer holds another tier";
    OVERRIDDEN = "customer_tier.overridden", "客户等级已按审批调整", "The tier of a customer was overridden as approved";
    OVERRIDE_ENDED = "customer_tier.override_ended", "客户等级调整已到期", "An override of a customer's tier ran out";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[model::TIER_MODEL_REFUSALS],
    events: &[CUSTOMER_TIER_EVENTS],
    enums: &[AssessmentOutcome::LABELS, DimensionSource::LABELS, HoldCause::LABELS],
};

/// By what a tier is held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerTierCause)]
pub enum HoldCause {
    /// A run of the model.
    Computed,
    /// An override that was approved.
    Overridden,
}

crate::labels! { HoldCause = "CustomerTierCause":
    Computed = "computed", "模型评定", "By the model";
    Overridden = "overridden", "审批调整", "By an approved override";
}

/// A tier that is held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TierHold {
    /// The code of the tier.
    pub tier: String,
    /// The first day.
    pub from: BusinessDate,
    /// The last day: of overrides alone; a computed one lasts until the next begins.
    pub until: Option<BusinessDate>,
    /// By what.
    pub cause: HoldCause,
    /// The run or the override.
    pub by: AnyId,
}

impl TierHold {
    fn covers(&self, day: BusinessDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Which tiers a customer held since when, and how the last run came out.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CustomerTier {
    /// Whose tier.
    pub customer: CustomerId,
    /// What was held, in the order in which it was decided.
    pub holds: Vec<TierHold>,
    /// So many runs in a row came out below the computed tier.
    pub below: u32,
    /// The override that is told to have begun and not to have ended: its last day.
    pub overridden_until: Option<BusinessDate>,
    /// How the last run came out.
    pub latest: Option<Assessment>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CustomerTier {
    const KIND: &'static str = "customer_tier";
    fn uuid(&self) -> Uuid {
        self.customer.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// The tier that protects a customer's owner from now on, as whose the customer is learns of it.
pub fn told(rule: &TierRule) -> What {
    let (follow_up_days, deal_days) = (Some(rule.follow_up_days), Some(rule.deal_days));
    What::Tiered { tier: rule.code.clone(), follow_up_days, deal_days }
}

impl CustomerTier {
    /// Of a customer whom nobody has assessed.
    pub const fn unassessed(customer: CustomerId) -> Self {
        Self { customer, holds: Vec::new(), below: 0, overridden_until: None, latest: None, version: 0 }
    }

    /// What is held on a day: what was overridden, else what the last run gave.
    pub fn on(&self, day: BusinessDate) -> Option<&TierHold> {
        let of = |cause| self.holds.iter().rev().filter(move |hold| hold.cause == cause);
        of(HoldCause::Overridden).chain(of(HoldCause::Computed)).find(|hold| hold.covers(day))
    }

    /// What the last run gave, whatever was overridden.
    pub fn computed(&self) -> Option<&TierHold> {
        self.holds.iter().rev().find(|hold| hold.cause == HoldCause::Computed)
    }

    /// How a run comes out: the figures are those of its cut-off, the tier is held from its day on.
    pub fn assess(
        self,
        run: &TierRun,
        model: &PolicyVersion<TierModel>,
        figures: Vec<TierFigure>,
    ) -> Change<Self> {
        let assessed = model.content.assess(figures);
        let before = self.computed().map(|hold| hold.tier.clone());
        let held = self.on(run.holds_from).map(|hold| hold.tier.clone());
        let (outcome, below) = self.outcome(&model.content, before.as_deref(), &assessed.reached);
        let mut after = self.clone();
        after.below = below;
        if outcome.moves() {
            after.holds.push(TierHold {
                tier: assessed.reached.clone(),
                from: run.holds_from,
                until: None,
                cause: HoldCause::Computed,
                by: AnyId::from_uuid(run.id.uuid()),
            });
        }
        let citation = model.cite("TIE-1", None);
        let tier = after.computed().map_or_else(|| assessed.reached.clone(), |hold| hold.tier.clone());
        let told = json!({"run_id": run.id, "outcome": outcome, "tier": tier});
        let explanation = assessed.explained(outcome, citation.clone());
        after.latest = Some(Assessment {
            run: run.id,
            from: run.holds_from,
            assessed,
            outcome,
            before,
            tier,
            below,
            citation,
        });
        let change = self.changed(after, ASSESSED, told).explained([explanation]);
        change.tell_of(run.holds_from, held)
    }

    fn outcome(&self, model: &TierModel, held: Option<&str>, reached: &str) -> (AssessmentOutcome, u32) {
        let Some(held) = held else { return (AssessmentOutcome::First, 0) };
        // A tier that the model no longer knows protects nobody.
        match (model.rank(held), model.rank(reached)) {
            (Some(held), Some(reached)) if reached == held => (AssessmentOutcome::Kept, 0),
            (Some(held), Some(reached)) if reached > held && self.below + 1 < model.lost_after_runs => {
                (AssessmentOutcome::Spared, self.below + 1)
            }
            (Some(held), Some(reached)) if reached > held => (AssessmentOutcome::Lowered, 0),
            _ => (AssessmentOutcome::Raised, 0),
        }
    }

    /// Another tier is held from today until a day, as was approved.
    pub fn override_with(
        self,
        tier: &str,
        (today, until): (BusinessDate, BusinessDate),
        by: AnyId,
        citation: Citation,
    ) -> Change<Self> {
        let held = self.on(today).map(|hold| hold.tier.clone());
        let mut after = self.clone();
        let (cause, tier) = (HoldCause::Overridden, tier.to_owned());
        let facts = json!({"tier": tier, "until": until, "override_id": by});
        // The one before ends where this one begins.
        for before in after.holds.iter_mut().filter(|hold| hold.cause == cause && hold.covers(today)) {
            before.until = today.pred_opt();
        }
        after.holds.push(TierHold { tier, from: today, until: Some(until), cause, by });
        after.overridden_until = Some(until);
        let explanation = Explanation::new("tier_overridden", citation, facts.clone());
        let change = self.changed(after, OVERRIDDEN, facts).explained([explanation]);
        change.tell_of(today, held)
    }

    /// An override has run out: none where it has not.
    pub fn let_override_end(self, today: BusinessDate) -> Option<Change<Self>> {
        let last = self.overridden_until.filter(|last| *last < today)?;
        let held = self.on(last).map(|hold| hold.tier.clone());
        let after = Self { overridden_until: None, ..self.clone() };
        let facts = json!({"until": last, "tier": after.on(today).map(|hold| &hold.tier)});
        Some(self.changed(after, OVERRIDE_ENDED, facts).tell_of(today, held))
    }

    fn changed(self, after: Self, kind: &'static EventKind, facts: Value) -> Change<Self> {
        if self.version == 0 {
            return Change::created(after, kind, facts);
        }
        Change::updated(self, after, kind, facts)
    }
}

/// A change that also says whether another tier is held by it.
trait TellOf: Sized {
    fn tell_of(self, day: BusinessDate, held_before: Option<String>) -> Self;
}

impl TellOf for Change<CustomerTier> {
    fn tell_of(self, day: BusinessDate, held_before: Option<String>) -> Self {
        let held = self.after().on(day).map(|hold| hold.tier.clone());
        if held == held_before {
            return self;
        }
        self.and(CHANGED, json!({"tier": held, "before": held_before, "from": day}))
    }
}

#[cfg(test)]
mod tests;
