//! A sales plan as a document: drafted, approved, in force, superseded by its revision. `[SAL-1b, DOC]`

use super::{
    MONTH_BEGUN, Measure, NODES_MAX, NOT_IN_FORCE, PlanNode, PlanPeriod, SalesPlanId,
    adding_up::{self, Above},
    cite,
};
use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Owner, Petition, RoutedField,
        Standing, StandingState, facts,
    },
    spine::{
        Actor, BusinessDate, Change, DepartmentId, Entity, Findings, Permission, Refusal, Timestamp, Version,
        codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// The chain that sales plans meet.
pub const SALES_PLAN_CHAIN: &str = "sales-plan";
/// The code under which that chain is kept.
pub const SALES_PLAN_CHAIN_CODE: &str = "approval-chain/sales-plan";
/// That chain as shipped: director, then the general manager for the plan of a whole centre.
pub const SHIPPED_SALES_PLAN_CHAIN: &str = include_str!("../shipped/sales_plan_chain.json");

/// By what sales plans let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] =
        &[RoutedField::new("is_revision", Holds::Flag), RoutedField::new("department_id", Holds::Department)];
    (chain == SALES_PLAN_CHAIN_CODE).then_some(FIELDS)
}

crate::events! { SALES_PLAN_EVENTS:
    CREATED = "sales_plan.created", "销售计划已建立", "A sales plan was drafted";
    CHANGED = "sales_plan.changed", "销售计划已修改", "A sales plan was changed";
    SUBMITTED = "sales_plan.submitted", "销售计划已提交", "A sales plan was submitted";
    WITHDRAWN = "sales_plan.withdrawn", "销售计划已撤回", "A sales plan was withdrawn";
    RETURNED = "sales_plan.returned", "销售计划已退回", "A sales plan was returned";
    REJECTED = "sales_plan.rejected", "销售计划已驳回", "A sales plan was rejected";
    IN_FORCE = "sales_plan.in_force", "销售计划已批准执行", "A sales plan came into force";
    VOIDED = "sales_plan.voided", "销售计划已作废", "A sales plan was voided; its number stays taken";
    SUPERSEDED = "sales_plan.superseded", "销售计划已被修订取代", "A sales plan was superseded by its revision";
}

/// Where a plan stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesPlanStatus)]
pub enum PlanState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// What counts.
    InForce,
    /// Its revision counts.
    Superseded,
    /// Given up.
    Void,
}

crate::labels! { PlanState = "SalesPlanStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    InForce = "in_force", "执行中", "In force";
    Superseded = "superseded", "已被修订取代", "Superseded";
    Void = "void", "已作废", "Void";
}

impl PlanState {
    /// What the standing of the document means for a plan.
    pub const fn of(standing: StandingState) -> Self {
        match standing {
            StandingState::Draft => Self::Draft,
            StandingState::InApproval => Self::InApproval,
            StandingState::Returned => Self::Returned,
            StandingState::Rejected => Self::Rejected,
            StandingState::Withdrawn => Self::Withdrawn,
            StandingState::Approved => Self::InForce,
            StandingState::Closed => Self::Superseded,
            StandingState::Void | StandingState::Revoked => Self::Void,
        }
    }
    /// The standing by which it is kept.
    pub const fn kept(self) -> StandingState {
        match self {
            Self::Draft => StandingState::Draft,
            Self::InApproval => StandingState::InApproval,
            Self::Returned => StandingState::Returned,
            Self::Rejected => StandingState::Rejected,
            Self::Withdrawn => StandingState::Withdrawn,
            Self::InForce => StandingState::Approved,
            Self::Superseded => StandingState::Closed,
            Self::Void => StandingState::Void,
        }
    }
}

/// A named action on a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesPlanActionName)]
pub enum SalesPlanAction {
    /// Change what it says.
    Change,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Draft its revision.
    Revise,
}

crate::labels! { SalesPlanAction = "SalesPlanActionName":
    Change = "change", "修改", "Change";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Revise = "revise", "修订", "Revise";
}

/// What a plan says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SalesPlanContent {
    /// The department it is for: the centre, or a part that plans for itself.
    pub department: DepartmentId,
    /// Of which year.
    pub year: i32,
    /// What it measures.
    pub measure: Measure,
    /// Why it is as it is, up to 2,000 characters.
    pub note: Option<String>,
    /// What everybody is to reach.
    pub nodes: Vec<PlanNode>,
}

/// What is to be sold in a year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesPlan {
    /// Identity.
    pub id: SalesPlanId,
    /// Who drafted it, and where it stands; the number is such as `SP-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: SalesPlanContent,
    /// 1, 2, 3 … of the same department, year and measure.
    pub revision: u32,
    /// The plan it revises.
    pub revises: Option<SalesPlanId>,
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
        approved: IN_FORCE,
        voided: VOIDED,
        rule: Some("SAL-1b"),
        ends_for_leavers: Some(Permission::ManageSalesPlans),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.content.department
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        let SalesPlanContent { department, year, measure, .. } = &self.content;
        facts([
            ("department_id", json!(department)),
            ("year", json!(year)),
            ("measure", json!(measure)),
            ("revision", json!(self.revision)),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl SalesPlan {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed or does not add up, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        content: SalesPlanContent,
        above: &Above,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check(above)?;
        let plan = Self { id, petition, content, revision: 1, revises: None, version: 0 };
        let facts = plan.all_facts();
        Ok(Change::created(plan, CREATED, facts.into()))
    }

    /// Starts the draft of a revision, as the plan in force says it.
    ///
    /// # Errors
    /// `sales_plan.not_in_force`; an account without an employee.
    pub fn begin_revision(
        &self,
        new: NewDocument<Self>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_begin_revision(by)?;
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        let plan = Self {
            id,
            petition,
            content: self.content.clone(),
            revision: self.revision + 1,
            revises: Some(self.id),
            version: 0,
        };
        let facts = plan.all_facts();
        Ok(Change::created(plan, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever drafts it. A revision keeps department, year and measure.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed or does not add up.
    pub fn change(
        self,
        content: SalesPlanContent,
        above: &Above,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = if self.revises.is_some() {
            let SalesPlanContent { department, year, measure, .. } = self.content;
            SalesPlanContent { department, year, measure, ..content }
        } else {
            content
        };
        content.check(above)?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Whether it could be submitted on a day: it adds up as departments stand that day, and a revision moves no month that
    /// has begun.
    ///
    /// # Errors
    /// Where it is not the actor's to submit, or not now; `sales_plan.month_begun`.
    pub fn check_submission(
        &self,
        revised: Option<&Self>,
        above: &Above,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check(above)?;
        let Some(revised) = revised else { return Ok(()) };
        let mut findings = Findings::new();
        let begun = |node: &&PlanNode| {
            matches!(node.period, PlanPeriod::Month(..)) && node.period.first_day() <= today
        };
        let told = |node: &PlanNode| (node.floor, node.target, node.challenge);
        let months = |plan: &Self| -> BTreeMap<_, _> {
            plan.content
                .nodes
                .iter()
                .filter(begun)
                .map(|node| ((node.scope, node.period), told(node)))
                .collect()
        };
        let (before, after) = (months(revised), months(self));
        for (index, node) in self.content.nodes.iter().enumerate().filter(|(_, node)| begun(node)) {
            if before.get(&(node.scope, node.period)) != Some(&told(node)) {
                let period = [("period", json!(node.period))];
                findings.add_with(format!("/nodes/{index}/target"), MONTH_BEGUN, period);
            }
        }
        for (_, period) in before.keys().filter(|place| !after.contains_key(place)) {
            findings.add_with("/nodes", MONTH_BEGUN, [("period", json!(period))]);
        }
        findings.into_result().map_err(cite)
    }

    /// What its approval came to.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn decide(
        self,
        approval: crate::spine::Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.settle(approval, outcome, now)
    }

    /// Gives way to the plan that revises it.
    ///
    /// # Errors
    /// `sales_plan.not_in_force`.
    pub fn supersede(self, by: &Self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_in_force()?;
        let mut after = self.clone();
        after.petition.standing = Standing::Closed { at: now, reason: Some(by.petition.number.clone()) };
        let mut facts = after.all_facts();
        facts.insert("superseded_by_id".to_owned(), json!(by.id));
        Ok(Change::updated(self, after, SUPERSEDED, facts.into()))
    }

    /// Where it stands.
    pub const fn state(&self) -> PlanState {
        PlanState::of(self.petition.state())
    }

    fn expect_in_force(&self) -> Result<(), Refusal> {
        if self.state() == PlanState::InForce {
            return Ok(());
        }
        let number = self.petition.number.clone();
        Err(cite(Refusal::new(NOT_IN_FORCE).with("number", number).with_label("state", self.state())))
    }

    fn may_begin_revision(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.reach(Permission::ManageSalesPlans).covers(self.content.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        self.expect_in_force()
    }

    /// Every action, with the refusal it would meet; none for who may not plan.
    pub fn actions(
        &self,
        (owner, revised, above): (Owner, Option<&Self>, &Above),
        by: &Actor,
        today: BusinessDate,
    ) -> Vec<(SalesPlanAction, Result<(), Refusal>)> {
        if !by.may(Permission::ManageSalesPlans) {
            return Vec::new();
        }
        let allowed = |action| match action {
            SalesPlanAction::Change => self.may_revise(by),
            SalesPlanAction::Submit => self.check_submission(revised, above, by, today),
            SalesPlanAction::Withdraw => self.may_withdraw(by),
            SalesPlanAction::Void => self.may_void(owner, by),
            SalesPlanAction::Revise => self.may_begin_revision(by),
        };
        SalesPlanAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}

impl SalesPlanContent {
    fn check(&self, above: &Above) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/note", self.note.as_deref(), 2_000);
        if !(2_000..=2_999).contains(&self.year) {
            findings.add_with("/year", codes::OUT_OF_RANGE, [("min", json!(2_000)), ("max", json!(2_999))]);
        }
        if self.nodes.is_empty() || self.nodes.len() > NODES_MAX {
            let bounds = [("min", json!(1)), ("max", json!(NODES_MAX))];
            findings.add_with("/nodes", codes::BAD_LENGTH, bounds);
        }
        adding_up::check(&self.nodes, (self.department, self.year), above, &mut findings);
        findings.into_result().map_err(cite)
    }

    /// What the whole department is to reach in the year.
    pub fn whole(&self) -> i64 {
        let top = |node: &&PlanNode| {
            node.scope.person.is_none()
                && node.scope.department == self.department
                && node.period == PlanPeriod::Year(self.year)
        };
        self.nodes.iter().find(top).map_or(0, |node| node.target)
    }
}
