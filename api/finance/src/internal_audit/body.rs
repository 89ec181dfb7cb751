//! What is sent about internal audits.

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::ClaimState,
        internal_audit::{AuditPlan, AuditScope, Verdict},
    },
    spine::{AnyId, DepartmentId, EmployeeId},
};
use persistence::finance::{audit_risk::ClaimScope, internal_audit::DrawOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// What is audited.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InternalAuditScope {
    /// The first business day.
    from: NaiveDate,
    /// The last business day; at most a year later.
    to: NaiveDate,
    /// Only this department and those below it.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
    /// Only claims with a line of this category or one below it.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "entertainment")]
    category: Option<String>,
    /// Only claims in these states; approved, acknowledged and posted where absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 11))]
    #[schema(min_items = 1, max_items = 11)]
    claim_states: Option<Vec<ClaimState>>,
}

/// An internal audit to be planned.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanInternalAudit {
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "一季度差旅费审计")]
    title: String,
    /// What for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "核查差旅费的真实性与合规性")]
    purpose: String,
    /// What is audited.
    #[validate(nested)]
    pub scope: InternalAuditScope,
    /// Who answers for it.
    pub auditor_id: EmployeeId,
}

impl Merged for PlanInternalAudit {
    const PATCH: &'static str = "ReviseInternalAudit";
}

impl From<AuditPlan> for PlanInternalAudit {
    fn from(plan: AuditPlan) -> Self {
        let AuditPlan { title, purpose, scope, auditor } = plan;
        let AuditScope { from, to, department, category, states } = scope;
        let claim_states = Some(states);
        let scope = InternalAuditScope { from, to, department_id: department, category, claim_states };
        Self { title, purpose, scope, auditor_id: auditor }
    }
}

impl PlanInternalAudit {
    pub fn plan(self) -> AuditPlan {
        let Self { title, purpose, scope, auditor_id } = self;
        let InternalAuditScope { from, to, department_id, category, claim_states } = scope;
        let states = claim_states.unwrap_or_else(|| ClaimScope::SPENT.into());
        let scope = AuditScope { from, to, department: department_id, category, states };
        AuditPlan { title, purpose, scope, auditor: auditor_id }
    }
}

/// What is drawn at random.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RandomDraw {
    /// How many.
    #[validate(range(min = 1, max = 500))]
    #[schema(minimum = 1, maximum = 500)]
    size: usize,
    /// The seed; one is made and recorded where it is absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "2026-Q1")]
    seed: Option<String>,
}

/// What is drawn by risk.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RiskDraw {
    /// How many of the highest scores.
    #[validate(range(min = 1, max = 500))]
    #[schema(minimum = 1, maximum = 500)]
    size: usize,
}

/// A sample to be drawn.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawSample {
    /// At random.
    #[serde(default)]
    #[validate(nested)]
    random: Option<RandomDraw>,
    /// By risk, of those not drawn at random.
    #[serde(default)]
    #[validate(nested)]
    by_risk: Option<RiskDraw>,
}

impl DrawSample {
    pub fn order(self) -> DrawOrder {
        let (random, seed) = self.random.map_or((0, None), |random| (random.size, random.seed));
        DrawOrder { random, seed, by_risk: self.by_risk.map_or(0, |risk| risk.size) }
    }
}

/// A claim the auditor wants to see.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PickItem {
    /// The claim.
    pub claim_id: AnyId,
}

/// What the auditor concludes.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConcludeItem {
    /// What.
    pub verdict: Verdict,
    /// What was looked at and found.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "原始票据齐全，行程与考勤一致")]
    pub note: String,
}

/// What the auditor reports.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportAudit {
    /// The conclusion as a whole.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub conclusion: String,
}
