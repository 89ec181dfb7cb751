//! The document that bears a plan: a revision of it, agreed to by its chain. `[SAL-1b]`

use super::{
    APPROVED, BEGUN, CHANGED, CREATED, Measure, PlanNode, PlanPeriod, REJECTED, RETURNED, SUBMITTED,
    SUPERSEDED, Scope, VOIDED, WITHDRAWN, adding_up, cite,
};
use crate::{
    approval::{Course, Document, Facts, Holds, NewDocument, Petition, RoutedField, Standing, facts},
    organisation::DepartmentTree,
    spine::{
        Actor, BusinessDate, Change, DepartmentId, Entity, Findings, Id, Permission, Refusal, Timestamp,
        Version, codes, wording,
    },
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The id of a plan.
pub type SalesPlanId = Id<SalesPlan>;

/// The chain that plans meet.
pub const SALES_PLAN_CHAIN: &str = "sales-plan";
/// The code under which that chain is kept.
pub const SALES_PLAN_CHAIN_CODE: &str = "approval-chain/sales-plan";
/// That chain as shipped.
pub const SHIPPED_SALES_PLAN_CHAIN: &str = include_str!("../shipped/sales_plan_chain.json");

/// At most so many nodes of a plan.
pub const NODES_MAX: usize = 5_000;

/// By what plans let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[RoutedField::new("department_id", Holds::Department)];
    (chain == SALES_PLAN_CHAIN_CODE).then_some(FIELDS)
}

/// What a plan says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesPlanContent {
    /// The year, 2000 to 2999.
    pub year: i32,
    /// What it measures.
    pub measure: Measure,
    /// On what it rests, up to 500 characters.
    pub grounds: Option<String>,
    /// The targets, 1 to 5,000.
    pub nodes: Vec<PlanNode>,
}

/// A revision of what a department is to sell in a year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesPlan {
    /// Identity.
    pub id: SalesPlanId,
    /// Who drew it up, and where it stands; the number is such as `SP-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department whose plan it is.
    pub department: DepartmentId,
    /// Which revision, from 1.
    pub revision: u32,
    /// What it says.
    pub content: SalesPlanContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for SalesPlan {
    const KIND: &'static str = "sales_plan";
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

impl Document for SalesPlan {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("SAL-1b"),
        ends_for_leavers: Some(Permission::CompileSalesPlans),
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
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        self.told()
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.told())
    }
}

impl SalesPlanContent {
    /// Everything that is not well formed in it, and what does not add up.
    pub(super) fn check(&self, top: DepartmentId, tree: &DepartmentTree) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/grounds", self.grounds.as_deref(), 500);
        if self.nodes.is_empty() || self.nodes.len() > NODES_MAX {
            let range = [("min", json!(1)), ("max", json!(NODES_MAX))];
            findings.add_with("/nodes", codes::BAD_LENGTH, range);
        } else {
            adding_up::check(&self.nodes, (top, self.year), tree, &mut findings);
        }
        findings.into_result().map_err(cite)
    }

    fn by_place(&self) -> BTreeMap<(Scope, PlanPeriod), &PlanNode> {
        self.nodes.iter().map(|node| ((node.scope, node.period), node)).collect()
    }
}

impl SalesPlan {
    /// Starts a draft in the actor's own name: the first of its department, year and measure, or the next revision.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed or does not add up, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        (department, revision): (DepartmentId, u32),
        content: SalesPlanContent,
        tree: &DepartmentTree,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check(department, tree)?;
        let plan = Self { id, petition, department, revision, content, version: 0 };
        let facts = plan.all_facts();
        Ok(Change::created(plan, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever drew it up; year and measure stay.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed or does not add up.
    pub fn revise(
        self,
        (grounds, nodes): (Option<String>, Vec<PlanNode>),
        tree: &DepartmentTree,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = SalesPlanContent { grounds, nodes, ..self.content.clone() };
        content.check(self.department, tree)?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Whether it could be submitted: it adds up by the departments as they are, and moves nothing that has begun.
    ///
    /// # Errors
    /// `sales_plan.begun`, `sales_plan.does_not_add_up`; where it is not the actor's to submit, or not now.
    pub fn check_submission(
        &self,
        in_force: Option<&Self>,
        tree: &DepartmentTree,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check(self.department, tree)?;
        self.check_begun(in_force, today)
    }

    /// That what has begun stays as the revision in force says. A period has begun for good with the first day of its last
    /// month: a year may still move by the months that lie ahead.
    fn check_begun(&self, in_force: Option<&Self>, today: BusinessDate) -> Result<(), Refusal> {
        let Some(before) = in_force else { return Ok(()) };
        let mut findings = Findings::new();
        let (old, new) = (before.content.by_place(), self.content.by_place());
        for (index, node) in self.content.nodes.iter().enumerate() {
            let same = old.get(&(node.scope, node.period)).is_some_and(|known| known.asks_the_same(node));
            if node.period.has_begun(today) && !same {
                findings.add_with(format!("/nodes/{index}"), BEGUN, [("period", json!(node.period))]);
            }
        }
        let gone = old.keys().filter(|place| place.1.has_begun(today) && !new.contains_key(*place));
        for (_, period) in gone {
            findings.add_with("/nodes", BEGUN, [("period", json!(period))]);
        }
        findings.into_result().map_err(cite)
    }

    /// Makes way for the revision that comes into force.
    pub fn supersede(self, now: Timestamp) -> Change<Self> {
        self.moved(Standing::Closed { at: now, reason: None }, SUPERSEDED)
    }

    /// Whose plan it is, of which year and measure: of these one revision holds.
    pub const fn place(&self) -> (DepartmentId, i32, Measure) {
        (self.department, self.content.year, self.content.measure)
    }

    /// What its department is to reach in the year.
    pub fn target(&self) -> i64 {
        let whole =
            (Scope { department: self.department, person: None }, PlanPeriod::Year(self.content.year));
        self.content.by_place().get(&whole).map_or(0, |node| node.target)
    }

    fn told(&self) -> Facts {
        facts([
            ("department_id", json!(self.department)),
            ("year", json!(self.content.year)),
            ("measure", json!(self.content.measure)),
            ("revision", json!(self.revision)),
        ])
    }
}

impl PlanNode {
    fn asks_the_same(&self, other: &Self) -> bool {
        (self.floor, self.target, self.challenge) == (other.floor, other.target, other.challenge)
    }
}
