//! Expense statements (营销费用报表): what a month, quarter or year cost, against budget, the period before and the year
//! before; compiled by finance, approved by management, and frozen then. `[EXP-13, 000 §9.2 四]`
//!
//! The figures are those of the journal: expense net of deductible tax of what was posted in the period, by the
//! day of the voucher; reversals count in the period of their own voucher.

/// Taking the place of an approved one.
pub mod correction;

use super::{
    expense_claim::check_reason,
    leaver::Owner,
    period::Period,
    review::{Review, ReviewState},
    wording,
};
use crate::{
    approval::{Approval, Outcome},
    spine::{
        Actor, Change, Citation, Currency, Department, Employee, Entity, Findings, Id, Money, Permission,
        Refusal, Timestamp, User, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The code under which the chain for statements is kept.
pub const STATEMENT_CHAIN_CODE: &str = "approval-chain/expense-statement";
/// The chain for statements as shipped: management approves. `[000 §9.2 四]`
pub const SHIPPED_STATEMENT_CHAIN: &str = include_str!("shipped/expense_statement_chain.json");
/// What the numbers of statements begin with.
pub const NUMBER_PREFIX: &str = "ES";

crate::refusals! { EXPENSE_STATEMENT_REFUSALS:
    PERIOD_NOT_OVER = "expense_statement.period_not_over", Conflict, "期间 {period} 尚未结束", "The period {period} is not over yet";
    ALREADY_COMPILED = "expense_statement.exists", Conflict, "该期间已有报表 {number}", "There is a statement of this period already: {number}";
    NOT_COMPILER = "expense_statement.not_yours", Forbidden, "只有编制人可以进行此操作", "Only who compiled the statement may do this";
    NO_COMPILER = "expense_statement.no_employee", Forbidden, "当前账号没有对应的员工，不能编制报表", "The account belongs to no employee and cannot compile a statement";
}

crate::events! { EXPENSE_STATEMENT_EVENTS:
    COMPILED = "expense_statement.compiled", "费用报表已编制", "An expense statement was compiled";
    CHANGED = "expense_statement.changed", "费用报表已修改", "An expense statement was changed";
    SUBMITTED = "expense_statement.submitted", "费用报表已提交", "An expense statement was submitted";
    SETTLED = "expense_statement.settled", "费用报表审批已有结果", "The approval of an expense statement came to an outcome";
    REPLACED = "expense_statement.replaced", "费用报表已被更正报表取代", "An expense statement was replaced by a corrected one";
    VOIDED = "expense_statement.voided", "费用报表已作废", "An expense statement was voided";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[EXPENSE_STATEMENT_REFUSALS, correction::STATEMENT_CORRECTION_REFUSALS],
    events: &[EXPENSE_STATEMENT_EVENTS],
    enums: &[Dimension::LABELS],
};

/// By what a row of a statement is grouped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatementDimension)]
pub enum Dimension {
    /// The expense category.
    Category,
    /// The department that bears the cost.
    Department,
    /// The campaign.
    Campaign,
    /// The region.
    Region,
}

crate::labels! { Dimension = "StatementDimension":
    Category = "category", "费用类别", "Category";
    Department = "department", "部门", "Department";
    Campaign = "campaign", "活动", "Campaign";
    Region = "region", "区域", "Region";
}

/// The figures of one row, in minor units of the book currency.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// Expense posted in the period, net of deductible tax.
    pub expense: i64,
    /// Deductible tax posted with it.
    pub tax: i64,
    /// What budgets gave for the period.
    pub budget: i64,
    /// Expense of the period before.
    pub previous: i64,
    /// Expense of the same period of the year before.
    pub last_year: i64,
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        let Self { expense, tax, budget, previous, last_year } = other;
        self.expense += expense;
        self.tax += tax;
        self.budget += budget;
        self.previous += previous;
        self.last_year += last_year;
    }
}

/// One row of a statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// By what it is grouped.
    pub dimension: Dimension,
    /// The code of the category, campaign or region, or the id of the department; none: without one.
    pub key: Option<String>,
    /// Its figures.
    pub figures: Figures,
}

/// A change in hundredths of a per cent of what it is measured against, rounded half away from zero; `None`
/// against nothing.
pub fn change_basis_points(now: i64, before: i64) -> Option<i64> {
    if before == 0 {
        return None;
    }
    let (difference, before) = (i128::from(now) - i128::from(before), i128::from(before).abs());
    let doubled = difference * 20_000;
    let rounded = (doubled + before * doubled.signum()) / (2 * before);
    i64::try_from(rounded).ok()
}

/// What a statement says: totals, and rows that add up to them in every dimension.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Compilation {
    /// Over everything.
    pub total: Figures,
    /// Row by row, by dimension and key.
    pub rows: Vec<Row>,
}

impl Compilation {
    /// Adds facts of one combination of all dimensions to the total and to a row of each dimension.
    pub fn add(&mut self, keys: &[(Dimension, Option<String>)], figures: Figures) {
        self.total += figures;
        for (dimension, key) in keys {
            let known = self.rows.iter_mut().find(|row| row.dimension == *dimension && row.key == *key);
            match known {
                Some(row) => row.figures += figures,
                None => self.rows.push(Row { dimension: *dimension, key: key.clone(), figures }),
            }
        }
    }

    /// The same in order: by dimension, the dearest first.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        let rank = |row: &Row| (row.dimension, std::cmp::Reverse(row.figures.expense), row.key.clone());
        self.rows.sort_by_key(rank);
        self
    }
}

/// What the compiler adds to the figures.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Words {
    /// 分析: what stands out, at most 5,000 characters.
    pub remarks: Option<String>,
    /// 优化建议: what should be done, at most 5,000 characters.
    pub advice: Option<String>,
}

impl Words {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/remarks", self.remarks.as_deref(), 5_000);
        wording::check_optional(&mut findings, "/advice", self.advice.as_deref(), 5_000);
        findings.into_result()
    }
}

/// A statement of what a period cost.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExpenseStatement {
    /// Identity.
    pub id: Id<Self>,
    /// The readable number, such as `ES-2026-000003`; never reused.
    pub number: String,
    /// The month, quarter or year.
    pub period: Period,
    /// The department it is about, with everything below it.
    pub department: Id<Department>,
    /// The currency of the books.
    pub currency: Currency,
    /// The account that compiled it.
    pub creator: Id<User>,
    /// The employee who answers for it.
    pub compiler: Id<Employee>,
    /// When it was compiled.
    pub created_at: Timestamp,
    /// Remarks and advice.
    pub words: Words,
    /// The figures, as of the compilation or the latest submission.
    pub figures: Compilation,
    /// Where it stands.
    pub review: Review,
    /// The approval of its latest submission.
    pub approval: Option<Id<Approval>>,
    /// The approved statement that this one corrects.
    pub replaces: Option<Id<Self>>,
    /// The approved statement that corrected this one.
    pub replaced_by: Option<Id<Self>>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ExpenseStatement {
    const KIND: &'static str = "expense_statement";
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

/// What a new statement is about.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// Identity.
    pub id: Id<ExpenseStatement>,
    /// The number, from the counter of its year.
    pub number: String,
    /// The period.
    pub period: Period,
    /// The department, with everything below it.
    pub department: Id<Department>,
    /// The currency of the books.
    pub currency: Currency,
    /// Remarks and advice.
    pub words: Words,
    /// The approved statement that it corrects.
    pub replaces: Option<Id<ExpenseStatement>>,
}

impl ExpenseStatement {
    /// Compiles a statement of a period that is over.
    ///
    /// # Errors
    /// Where the period is not over, or the account belongs to no employee.
    pub fn compile(
        new: NewStatement,
        figures: Compilation,
        by: &Actor,
        now: Timestamp,
        today: crate::spine::BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        let NewStatement { id, number, period, department, currency, words, replaces } = new;
        if period.last_day() >= today {
            let refusal = Refusal::new(PERIOD_NOT_OVER).with("period", period.to_string());
            return Err(refusal.citing(Citation::clause("EXP-13", "000 §9.2 四")).at("/period"));
        }
        words.check()?;
        let compiler = by.employee.ok_or_else(|| Refusal::new(NO_COMPILER))?;
        let facts = json!({
            "number": number, "period": period, "department_id": department, "replaces_id": replaces,
        });
        let (creator, created_at) = (by.user, now);
        let statement = Self {
            id,
            number,
            period,
            department,
            currency,
            creator,
            compiler,
            created_at,
            words,
            figures,
            review: Review::Draft,
            approval: None,
            replaces,
            replaced_by: None,
            version: 0,
        };
        Ok(Change::created(statement, COMPILED, facts))
    }

    /// Rewrites remarks and advice, and takes the figures as they are now.
    pub fn revise(self, words: Words, figures: Compilation, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        words.check()?;
        let facts = json!({"number": self.number});
        let after = Self { words, figures, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Whether a caller may change, submit or void it now.
    pub fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        self.review.expect_editable()
    }

    /// Hands it to management, with the figures of this moment: they stand from now on.
    pub fn submit(
        self,
        figures: Compilation,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let facts = json!({"number": self.number, "approval_id": approval, "expense": self.money(figures.total.expense)});
        let review = Review::InApproval { since: now };
        let after = Self { figures, review, approval: Some(approval), ..self.clone() };
        Ok(Change::updated(self, after, SUBMITTED, facts))
    }

    /// What the approval made of it.
    pub fn settle(self, outcome: &Outcome, now: Timestamp) -> Result<Option<Change<Self>>, Refusal> {
        let Some(review) = Review::settled(outcome, now) else { return Ok(None) };
        self.review.expect_in_approval()?;
        let facts = json!({"number": self.number, "state": review.state().code()});
        let after = Self { review, ..self.clone() };
        Ok(Some(Change::updated(self, after, SETTLED, facts)))
    }

    /// Whether a caller may take it back now.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        self.review.expect_in_approval()
    }

    /// Gives it up; the period may be compiled anew. By who compiled it, or, where they have left, by whoever may
    /// compile it in their place.
    pub fn void(
        self,
        reason: String,
        owner: Owner,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_void(owner, by)?;
        check_reason(&reason)?;
        let facts = json!({"number": self.number, "reason": reason});
        let after = Self { review: Review::Void { at: now, reason }, ..self.clone() };
        let named = by.in_whose_name(self.compiler, self.compiler);
        Ok(Change::updated(self, after, VOIDED, facts).in_the_name_of(named))
    }

    /// Whether a caller may give it up now.
    pub fn may_void(&self, owner: Owner, by: &Actor) -> Result<(), Refusal> {
        if !owner.is_stood_in_for(by, Permission::CompileExpenseStatements, self.department) {
            self.refuse_stranger(by)?;
        }
        if self.review.state() == ReviewState::Rejected { Ok(()) } else { self.review.expect_editable() }
    }

    /// An amount of its currency.
    pub const fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }

    fn refuse_stranger(&self, by: &Actor) -> Result<(), Refusal> {
        if self.creator == by.user || by.is(self.compiler) { Ok(()) } else { Err(Refusal::new(NOT_COMPILER)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_adds_up_to_the_total() {
        let mut compilation = Compilation::default();
        let keys = |category: &str, campaign: Option<&str>| {
            [
                (Dimension::Category, Some(category.to_owned())),
                (Dimension::Campaign, campaign.map(str::to_owned)),
            ]
        };
        compilation.add(&keys("a", None), Figures { expense: 100, ..Figures::default() });
        compilation.add(&keys("b", Some("spring")), Figures { expense: 250, tax: 13, ..Figures::default() });
        compilation.add(&keys("a", Some("spring")), Figures { expense: -40, ..Figures::default() });
        let compilation = compilation.in_order();
        for dimension in [Dimension::Category, Dimension::Campaign] {
            let rows = compilation.rows.iter().filter(|row| row.dimension == dimension);
            assert_eq!(rows.map(|row| row.figures.expense).sum::<i64>(), compilation.total.expense);
        }
        assert_eq!(compilation.rows[0].key.as_deref(), Some("b"), "the dearest first");
    }

    #[test]
    fn changes_are_rounded_half_away_from_zero() {
        assert_eq!(change_basis_points(150, 100), Some(5_000));
        assert_eq!(change_basis_points(50, 100), Some(-5_000));
        assert_eq!(change_basis_points(1, 3), Some(-6_667));
        assert_eq!(change_basis_points(5, 0), None);
        assert_eq!(change_basis_points(i64::MAX / 2, -(i64::MAX / 2)), Some(20_000));
    }
}
