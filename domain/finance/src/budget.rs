//! Budgets (营销预算): what a fiscal year's money is planned for, from draft to active. `[BUD-1 … BUD-3, BUD-8]`
//!
//! A budget is prepared, approved, and then activated: only then its lines exist and can be spent. Deliberately
//! not here: the money on those lines, which only the ledger of [`super::budget_line`] knows.

/// What may be done with a budget now, and if not why. `[ACT-1]`
pub mod actions;
/// What a budget says: objectives, strategy, activities, lines, indicators.
pub mod content;
/// Next year's draft from this year's.
mod copy;
/// Activating and closing, and giving up.
mod course;
/// What makes a budget unsound.
pub(crate) mod soundness;
/// How planned lines become lines of months and quarters.
pub mod split;
/// Where a budget stands.
pub mod status;
/// Submitting, and what must be written by then.
mod submit;
/// Whether the lines add up to what is declared at every level.
pub mod sums;

pub use content::{
    Activity, BudgetContent, Foundation, FoundationKind, Indicator, Objective, ObjectiveMetric,
    PLANNED_LINES_MAX, PlannedLine, Scope, ScopeLevel, Strategy,
};
pub use copy::Growth;
pub use split::{LineKey, OpenedLine, Split, SplitInto};
pub use status::{BudgetState, Execution};
pub use sums::PlannedSum;

use super::{budget_policy::BudgetPolicy, expense_category::ExpenseCategories};
use crate::{
    approval::{
        Approval, Course, Document, Facts, Owner, Petition, StandingState, check_reason, facts,
        petition::NOT_VOIDABLE,
    },
    organisation::DepartmentTree,
    spine::{
        Actor, Change, Citation, Currency, DepartmentId, Entity, EventKind, Findings, Id, Permission,
        PolicyVersion, Refusal, Timestamp, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { BUDGET_REFUSALS:
    NOT_ACTIVATABLE = "budget.not_activatable", Conflict, "当前状态“{state}”不可启用，批准后才可启用", "A budget in the state \"{state}\" cannot be activated; only an approved one";
    NOT_CLOSABLE = "budget.not_closable", Conflict, "当前状态“{state}”不可关闭，启用后才可关闭", "A budget in the state \"{state}\" cannot be closed; only an active one";
    NOT_IN_MANAGEMENT = "budget.not_in_management", Forbidden, "没有管理预算的权限", "Managing budgets is not permitted to you";
    BUDGET_NOT_ACTIVE = "budget.not_active", Conflict, "预算当前状态为“{state}”，只有执行中的预算可以新增科目", "The budget is in the state \"{state}\"; only an active one takes new lines";
    NO_YEAR_OBJECTIVE = "budget.no_year_objective", Invalid, "预算须写明年度目标", "A budget must state an objective for the year";
    NO_QUARTER_OBJECTIVE = "budget.no_quarter_objective", Invalid, "预算须写明季度目标", "A budget must state objectives for quarters";
    NO_MONTH_OBJECTIVE = "budget.no_month_objective", Invalid, "预算须写明月度目标", "A budget must state objectives for months";
    INCOMPLETE = "budget.incomplete", Invalid, "预算须写明此项内容", "A budget must say this";
    WRONG_YEAR = "budget.wrong_year", Invalid, "期间 {period} 不属于 {year} 年度", "The period {period} does not belong to the fiscal year {year}";
    YEAR_OUT_OF_RANGE = "budget.year_out_of_range", Invalid, "年度 {year} 不在允许范围", "The fiscal year {year} cannot be planned";
    SCOPE_UNNAMED = "budget.scope_unnamed", Invalid, "此范围的预算须写明此项", "A budget of this scope must name this";
    SCOPE_OVERNAMED = "budget.scope_overnamed", Invalid, "此范围的预算不写此项", "A budget of this scope does not name this";
    OUTSIDE_SCOPE = "budget.outside_scope", Invalid, "超出本预算的范围", "This lies outside the scope of the budget";
    DUPLICATE_LINE = "budget.duplicate_line", Invalid, "与第 {other} 行重复（{period}）", "The same as line {other} in {period}";
    NOT_SPLITTABLE = "budget.not_splittable", Invalid, "{period} 不能再分解", "{period} cannot be split this way";
    BAD_WEIGHTS = "budget.bad_weights", Invalid, "权重须为 {count} 个，且不能全为零", "There must be {count} weights, and not all of them nothing";
    SUM_DIFFERS = "budget.sum_differs", Invalid, "明细合计 {sum}，所列 {declared}，相差 {difference}", "The lines add up to {sum}; {declared} is declared, a difference of {difference}";
    ACTIVITIES_BEYOND = "budget.activities_beyond", Invalid, "活动费用合计 {cost}，超出预算 {total}，差额 {difference}", "The activities cost {cost}, which is {difference} beyond the {total} of the lines";
    DATES_REVERSED = "budget.dates_reversed", Invalid, "结束日期 {to} 早于开始日期 {from}", "The end {to} lies before the beginning {from}";
    TOO_MANY_LINES = "budget.too_many_lines", Invalid, "分解后共 {count} 个科目，最多 {max} 个", "Split up there are {count} lines; at most {max} are possible";
    OVERLAPS = "budget.overlaps", Conflict, "科目 {department}/{category}/{period} 已由预算 {budget} 启用", "The line {department}/{category}/{period} is open already, by the budget {budget}";
    NO_GROWTH = "budget.no_growth", Invalid, "增长率须在 -100% 至 1000% 之间", "The growth must lie between -100% and 1000%";
}

crate::events! { BUDGET_EVENTS:
    CREATED = "budget.created", "预算已建立", "A budget was created";
    CHANGED = "budget.changed", "预算已修改", "A budget was changed";
    SUBMITTED = "budget.submitted", "预算已提交", "A budget was submitted";
    WITHDRAWN = "budget.withdrawn", "预算已撤回", "A budget was withdrawn";
    RETURNED = "budget.returned", "预算已退回", "A budget was returned to whoever compiled it";
    REJECTED = "budget.rejected", "预算已驳回", "A budget was rejected";
    APPROVED = "budget.approved", "预算已批准", "A budget was approved";
    ACTIVATED = "budget.activated", "预算已启用", "A budget was activated: its lines can be spent";
    CLOSED = "budget.closed", "预算已关闭", "A budget was closed";
    VOIDED = "budget.voided", "预算已作废", "A budget was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[BUDGET_REFUSALS],
    events: &[BUDGET_EVENTS],
    enums: &[
        BudgetState::LABELS,
        FoundationKind::LABELS,
        ObjectiveMetric::LABELS,
        crate::finance::budget_policy::OutsideBudget::LABELS,
        ScopeLevel::LABELS,
        SplitInto::LABELS,
        actions::BudgetAction::LABELS,
    ],
};

/// The clause that says what a budget holds.
pub(crate) const CONTENT_CLAUSE: &str = "000 §9.1(2)";

/// What a budget is judged by.
#[derive(Clone, Copy, Debug)]
pub struct BudgetRules<'a> {
    /// The settings for budgets in force.
    pub policy: &'a PolicyVersion<BudgetPolicy>,
    /// The tree of expense categories in force.
    pub categories: &'a PolicyVersion<ExpenseCategories>,
    /// The open departments.
    pub departments: &'a DepartmentTree,
    /// The currency of the books: of every amount.
    pub currency: Currency,
}

/// What a budget is known by from the start.
#[derive(Clone, Debug)]
pub struct NewBudget {
    /// Identity.
    pub id: Id<Budget>,
    /// The number, from the counter of the year it is written in.
    pub number: String,
    /// The budget it was copied from.
    pub copied_from: Option<Id<Budget>>,
}

/// A budget of a fiscal year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Budget {
    /// Identity.
    pub id: Id<Self>,
    /// Who compiled it, and where it stands; the number is such as `BG-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: BudgetContent,
    /// What became of it after its approval.
    pub execution: Option<Execution>,
    /// The budget it was copied from.
    pub copied_from: Option<Id<Self>>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Budget {
    const KIND: &'static str = "budget";
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

impl Document for Budget {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("BUD-3"),
        ends_for_leavers: None,
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.content.scope.department
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
            ("fiscal_year", json!(content.fiscal_year)),
            ("department_id", json!(content.scope.department)),
        ])
    }

    /// By whoever compiled it before it is approved, by finance as long as it is not active.
    fn may_void(&self, _owner: Owner, by: &Actor) -> Result<(), Refusal> {
        let manages = by.may(Permission::ManageBudgets);
        if !manages {
            self.petition.refuse_stranger(by)?;
        }
        let approved = self.state() == BudgetState::Approved && manages;
        if approved || self.petition.state().is_voidable() {
            Ok(())
        } else {
            Err(self.wrong_state(NOT_VOIDABLE))
        }
    }
}

impl Budget {
    /// Starts a draft in the name of the actor's own employee. It may be incomplete, but what it says must be
    /// sound and add up.
    pub fn create(
        new: NewBudget,
        content: BudgetContent,
        by: &Actor,
        now: Timestamp,
        rules: BudgetRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let NewBudget { id, number, copied_from } = new;
        let petition = Petition::begin_own(number, by, now)?;
        let content = content.tidied();
        content.check(rules)?;
        let facts = json!({
            "number": petition.number, "fiscal_year": content.fiscal_year, "scope": content.scope.level,
            "department_id": content.scope.department, "total": content.total(rules.currency)?,
            "copied_from": copied_from,
        });
        let budget = Self { id, petition, content, execution: None, copied_from, version: 0 };
        Ok(Change::created(budget, CREATED, facts))
    }

    /// Rewrites what it says, while it lies with whoever compiled it.
    pub fn revise(
        self,
        content: BudgetContent,
        by: &Actor,
        rules: BudgetRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = content.tidied();
        content.check(rules)?;
        let facts = json!({"number": self.petition.number, "total": content.total(rules.currency)?});
        let after = Self { content, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }
}

#[cfg(test)]
mod tests;
