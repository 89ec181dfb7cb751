//! Expense statements (营销费用报表): what a month, quarter or year cost, against budget, the period before and the year
//! before; compiled by finance, approved by management, and frozen then. `[EXP-13, 000 §9.2 四]`
//!
//! The figures are those of the journal: expense net of deductible tax of what was posted in the period, by the
//! day of the voucher; reversals count in the period of their own voucher.

/// Taking the place of an approved one.
pub mod correction;

use super::{period::Period, wording};
use crate::{
    approval::{Approval, Course, Document, Facts, Petition, Standing, facts},
    spine::{
        Actor, Change, Citation, Currency, Department, DepartmentId, Entity, Findings, Id, Money, Permission,
        Refusal, Timestamp, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
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

/// The heading or department at or above one, nearest first, to which money was given; itself where there is none.
pub fn level<T: Clone + Ord>(own: T, above: &[T], budgeted: &BTreeSet<T>) -> T {
    std::iter::once(&own).chain(above).find(|one| budgeted.contains(one)).unwrap_or(&own).clone()
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
    /// Who compiled it, and where it stands; the number is such as `ES-2026-000003`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The month, quarter or year.
    pub period: Period,
    /// The department it is about, with everything below it.
    pub department: Id<Department>,
    /// The currency of the books.
    pub currency: Currency,
    /// Remarks and advice.
    pub words: Words,
    /// The figures, as of the compilation or the latest submission.
    pub figures: Compilation,
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

/// Given up, its period may be compiled anew. Where whoever compiled it has left, whoever may compile in their place does.
impl Document for ExpenseStatement {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: SETTLED,
        returned: SETTLED,
        rejected: SETTLED,
        approved: SETTLED,
        voided: VOIDED,
        rule: None,
        ends_for_leavers: Some(Permission::CompileExpenseStatements),
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
        match &self.petition.standing {
            Standing::Void { reason, .. } => facts([("reason", json!(reason))]),
            _ => Facts::new(),
        }
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
        let petition = Petition::begin_own(number, by, now)?;
        let facts = json!({
            "number": petition.number, "period": period, "department_id": department, "replaces_id": replaces,
        });
        let replaced_by = None;
        let statement = Self {
            id,
            petition,
            period,
            department,
            currency,
            words,
            figures,
            replaces,
            replaced_by,
            version: 0,
        };
        Ok(Change::created(statement, COMPILED, facts))
    }

    /// Rewrites remarks and advice, and takes the figures as they are now.
    pub fn revise(self, words: Words, figures: Compilation, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        words.check()?;
        let facts = json!({"number": self.petition.number});
        let after = Self { words, figures, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Hands it to management, with the figures of this moment: they stand from now on.
    pub fn submit(
        self,
        figures: Compilation,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_submit(by)?;
        let expense = self.money(figures.total.expense);
        let facts = json!({"number": self.petition.number, "approval_id": approval, "expense": expense});
        let mut after = Self { figures, ..self.clone() };
        after.stand(Standing::InApproval { at: now });
        after.petition.approval = Some(approval);
        Ok(Change::updated(self, after, SUBMITTED, facts))
    }

    /// An amount of its currency.
    pub const fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
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
    fn spending_stands_where_its_budget_does() {
        let budgeted = BTreeSet::from(["promotion", "promotion.event"]);
        for (spent, above, expected) in [
            ("promotion.publicity", &["promotion"][..], "promotion"),
            ("promotion.event.stage", &["promotion.event", "promotion"][..], "promotion.event"),
            ("leaflets", &["promotion.publicity", "promotion"][..], "promotion"),
            ("promotion", &[][..], "promotion"),
            ("other.training", &["other"][..], "other.training"),
        ] {
            assert_eq!(level(spent, above, &budgeted), expected, "a code says nothing of where it hangs");
        }
        assert_eq!(level(3, &[2, 1], &BTreeSet::from([1, 2])), 2);
        assert_eq!(level(3, &[2, 1], &BTreeSet::new()), 3);
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
