//! Changes of active budgets (预算调整): transfers between lines, increases, cuts, new lines, and draws on the
//! emergency fund. `[BUD-6, BUD-7]`
//!
//! A change is a document with its own approval. It takes effect in the transaction of the last approval, or not
//! at all: where meanwhile too little is left, that approval is refused with the shortage and stays open.

/// What may be done with a change now, and if not why. `[ACT-1]`
pub mod actions;
/// What a change says.
pub mod content;
/// What it does to the lines.
mod effect;
/// Giving back what a draw took.
pub mod give_back;
/// Where a change stands.
pub mod status;

pub use content::{ChangeContent, ChangeKind, Movement, NewLine};
pub use give_back::DrawLeft;
pub use status::ChangeState;

use super::{
    budget_line::{BudgetLine, Desk, DocumentKind, DocumentRef},
    expense_category::ExpenseCategories,
};
use crate::{
    approval::{Approval, Course, Document, Facts, Petition, StandingState, facts},
    spine::{
        Actor, Change, Citation, Currency, DepartmentId, Entity, Findings, Id, Permission, PolicyVersion,
        Refusal, Timestamp, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { BUDGET_CHANGE_REFUSALS:
    NOTHING_MOVES = "budget_change.nothing_moves", Invalid, "须至少写明一项调整", "A change needs at least one movement";
    NO_DIRECTION = "budget_change.no_direction", Invalid, "须写明转出科目、转入科目或新增科目", "A movement needs a line it comes from, a line it goes to, or a new line";
    TWO_TARGETS = "budget_change.two_targets", Invalid, "转入科目与新增科目只能填一项", "Money goes to a line or to a new line, not to both";
    SAME_LINE = "budget_change.same_line", Invalid, "转出与转入科目不能相同", "Money cannot go to the line it comes from";
    OTHER_YEAR = "budget_change.other_year", Invalid, "科目属于 {year} 年度，与本调整不同", "The line belongs to the fiscal year {year}, another than the change's";
    DRAW_NEEDED = "budget_change.draw_needed", Invalid, "应急资金只能通过动用申请转出", "Money leaves an emergency fund only by a draw";
    NOT_A_FUND = "budget_change.not_a_fund", Invalid, "动用应急资金须从应急资金科目转出", "A draw takes money from an emergency fund";
    DRAW_TO_FUND = "budget_change.draw_to_fund", Invalid, "应急资金须转入一般科目", "A draw gives money to an ordinary line";
    EVENT_MISSING = "budget_change.event_missing", Invalid, "动用应急资金须说明应对的事件", "A draw states the event it answers";
    EVENT_OVERSAID = "budget_change.event_oversaid", Invalid, "只有动用应急资金才写明事件", "Only a draw on the emergency fund states an event";
    NO_DRAW = "budget_change.no_draw", Invalid, "{number} 不是已生效的应急资金动用，无可退回", "{number} is no draw in effect; there is nothing to give back";
    DRAW_GIVES_NOTHING_BACK = "budget_change.draw_gives_nothing_back", Invalid, "退回应急资金须用预算调整", "Money of a draw is given back by an adjustment, not by another draw";
    NOT_OF_THE_DRAW = "budget_change.not_of_the_draw", Invalid, "须从该次动用转入的科目退回其转出的应急资金", "Money goes back from a line the draw gave to, into the fund it came from";
    BEYOND_DRAW = "budget_change.beyond_draw", Conflict, "退回 {amount} 超过该次动用剩余的 {left}", "{amount} is more than the {left} that is left of the draw";
}

crate::events! { BUDGET_CHANGE_EVENTS:
    CREATED = "budget_change.created", "预算调整已建立", "A change of a budget was created";
    CHANGED = "budget_change.changed", "预算调整已修改", "A change of a budget was rewritten";
    SUBMITTED = "budget_change.submitted", "预算调整已提交", "A change of a budget was submitted";
    WITHDRAWN = "budget_change.withdrawn", "预算调整已撤回", "A change of a budget was withdrawn";
    RETURNED = "budget_change.returned", "预算调整已退回", "A change of a budget was returned";
    REJECTED = "budget_change.rejected", "预算调整已驳回", "A change of a budget was rejected";
    TOOK_EFFECT = "budget_change.took_effect", "预算调整已生效", "A change of a budget took effect";
    VOIDED = "budget_change.voided", "预算调整已作废", "A change of a budget was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[BUDGET_CHANGE_REFUSALS],
    events: &[BUDGET_CHANGE_EVENTS],
    enums: &[ChangeKind::LABELS, ChangeState::LABELS, actions::ChangeAction::LABELS],
};

/// What a change is judged by.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRules<'a> {
    /// The tree of expense categories in force.
    pub categories: &'a PolicyVersion<ExpenseCategories>,
    /// The currency of the books.
    pub currency: Currency,
}

/// What a change is known by from the start.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// Identity.
    pub id: Id<BudgetChange>,
    /// The number.
    pub number: String,
}

/// A change of active budgets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BudgetChange {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `BC-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: ChangeContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for BudgetChange {
    const KIND: &'static str = "budget_change";
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

/// It takes effect as its last approver agrees.
impl Document for BudgetChange {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: TOOK_EFFECT,
        voided: VOIDED,
        rule: Some("BUD-6"),
        ends_for_leavers: None,
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
        let Self { content, .. } = self;
        facts([
            ("kind", json!(content.kind)),
            ("fiscal_year", json!(content.fiscal_year)),
            ("department_id", json!(content.department)),
        ])
    }
}

impl BudgetChange {
    /// Starts a draft. `desk` holds every line it names.
    pub fn create(
        new: NewChange,
        content: ChangeContent,
        by: &Actor,
        now: Timestamp,
        desk: &Desk,
        rules: ChangeRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let NewChange { id, number } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check(desk, rules)?;
        let facts = json!({"number": petition.number, "kind": content.kind, "fiscal_year": content.fiscal_year,
            "department_id": content.department, "total": content.total(rules.currency)?});
        Ok(Change::created(Self { id, petition, content, version: 0 }, CREATED, facts))
    }

    /// Rewrites what it says, while it lies with whoever made it.
    pub fn revise(
        self,
        content: ChangeContent,
        by: &Actor,
        desk: &Desk,
        rules: ChangeRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check(desk, rules)?;
        let facts = json!({"number": self.petition.number, "total": content.total(rules.currency)?});
        let after = Self { content, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Hands it to its approvers. What it would do is tried on `desk` and must be possible now.
    pub fn submit(
        self,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
        desk: &Desk,
        rules: ChangeRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.check_submission(by, desk, rules)?;
        let asked = facts([
            ("total", json!(self.content.total(rules.currency)?)),
            ("department_id", json!(self.content.department)),
        ]);
        self.handed_in(approval, asked, by, now)
    }

    /// Whether it could be submitted now; the same check as [`Self::submit`], for a dry run. `[APR-8]`
    pub fn check_submission(&self, by: &Actor, desk: &Desk, rules: ChangeRules<'_>) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check(desk, rules)?;
        self.tried_on(desk)
    }
}

#[cfg(test)]
mod tests;
