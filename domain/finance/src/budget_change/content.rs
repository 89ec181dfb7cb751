//! What a change says: which money goes from where to where, why, and for a draw which event it answers.

use super::*;
use crate::{
    finance::{
        budget::{
            Budget,
            soundness::{check_amount, check_year},
        },
        budget_line::{Control, Purpose},
        expense_category,
        period::Period,
        wording,
    },
    spine::{DepartmentId, Money, codes},
};
use chrono::NaiveDate;

/// What sort of change it is: its chain follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetChangeKind)]
pub enum ChangeKind {
    /// 预算调整: transfers, increases, cuts, new lines.
    Adjustment,
    /// 动用应急资金: money of an emergency fund for an event. `[BUD-7]`
    EmergencyDraw,
}

crate::labels! { ChangeKind = "BudgetChangeKind":
    Adjustment = "adjustment", "预算调整", "Adjustment";
    EmergencyDraw = "emergency_draw", "动用应急资金", "Emergency draw";
}

/// A line that a change opens in an active budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetNewLine)]
pub struct NewLine {
    /// The active budget it belongs to.
    #[serde(rename = "budget_id")]
    #[schema(value_type = crate::spine::AnyId)]
    pub budget: Id<Budget>,
    /// Whose money it is.
    #[serde(rename = "department_id")]
    pub department: DepartmentId,
    /// The expense category's code.
    #[schema(min_length = 1, max_length = 60, example = "promotion.advertising")]
    pub category: String,
    /// The month or quarter; for an emergency fund also the year.
    pub period: Period,
    /// Only for documents of this campaign.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    pub campaign: Option<String>,
    /// Only for documents of this region.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    pub region: Option<String>,
    /// What it is for; ordinary where absent.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// What happens beyond it; as the settings have it where absent.
    #[serde(default)]
    pub control: Option<Control>,
}

/// Money that moves. From a line to another it is a transfer; to a line alone an increase; from a line alone a cut.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetMovement)]
pub struct Movement {
    /// The line it comes from.
    #[serde(rename = "from_line_id", default)]
    #[schema(value_type = Option<crate::spine::AnyId>)]
    pub from: Option<Id<BudgetLine>>,
    /// The line it goes to.
    #[serde(rename = "to_line_id", default)]
    #[schema(value_type = Option<crate::spine::AnyId>)]
    pub to: Option<Id<BudgetLine>>,
    /// The line that is opened for it instead.
    #[serde(default)]
    pub open: Option<NewLine>,
    /// How much, in the currency of the books; more than nothing.
    pub amount: Money,
}

/// What a change says; rewritten as a whole while it lies with whoever makes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChangeContent {
    /// What sort of change it is.
    pub kind: ChangeKind,
    /// The fiscal year of every line in it.
    pub fiscal_year: i32,
    /// The department in whose name it is asked for.
    pub department: DepartmentId,
    /// Why.
    pub reason: String,
    /// The event that a draw answers.
    pub event: Option<String>,
    /// The day of that event.
    pub event_on: Option<NaiveDate>,
    /// The draw of which it gives back what nobody needed.
    pub gives_back: Option<Id<BudgetChange>>,
    /// What moves.
    pub movements: Vec<Movement>,
}

impl ChangeContent {
    /// How much moves in all: the amount by which its chain routes.
    pub fn total(&self, currency: Currency) -> Result<Money, Refusal> {
        Money::sum(self.movements.iter().map(|movement| movement.amount), currency)
            .map_err(|_| Refusal::new(codes::AMOUNT_TOO_LARGE))
    }

    /// The lines it names.
    pub fn lines(&self) -> Vec<Id<BudgetLine>> {
        let mut named: Vec<_> =
            self.movements.iter().flat_map(|movement| [movement.from, movement.to]).flatten().collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The fields that the conditions of an approval chain may look at, beside the amount.
    pub fn routed_fields(&self) -> Map<String, Value> {
        let raises = self.movements.iter().any(|movement| movement.from.is_none());
        Map::from_iter([
            ("change".to_owned(), json!(self.kind)),
            ("raises_budget".to_owned(), json!(raises)),
            ("fiscal_year".to_owned(), json!(self.fiscal_year)),
        ])
    }

    /// Everything that is unsound in it.
    pub(super) fn check(&self, desk: &Desk, rules: ChangeRules<'_>) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reason", &self.reason, 2000);
        wording::check_optional(&mut findings, "/event", self.event.as_deref(), 500);
        let is_draw = self.kind == ChangeKind::EmergencyDraw;
        for (pointer, said) in [("/event", self.event.is_some()), ("/event_on", self.event_on.is_some())] {
            match (is_draw, said) {
                (true, false) => findings.add(pointer, EVENT_MISSING),
                (false, true) => findings.add(pointer, EVENT_OVERSAID),
                _ => {}
            }
        }
        if is_draw && self.gives_back.is_some() {
            findings.add("/gives_back_id", DRAW_GIVES_NOTHING_BACK);
        }
        if self.movements.is_empty() {
            findings.add("/movements", NOTHING_MOVES);
        }
        for (index, movement) in self.movements.iter().enumerate() {
            let at = format!("/movements/{index}");
            check_amount(&format!("{at}/amount"), movement.amount, rules.currency, &mut findings);
            self.check_movement(&at, movement, desk, &mut findings);
            if let Some(open) = &movement.open {
                open.check(&format!("{at}/open"), self.fiscal_year, rules, &mut findings);
            }
        }
        let of_fund = is_draw || self.gives_back.is_some();
        let (rule, clause) = if of_fund { ("BUD-7", "000 §9.3(4)") } else { ("BUD-6", "000 §9.1(4)") };
        findings.into_result().map_err(|no| no.citing(Citation::clause(rule, clause)))
    }

    fn check_movement(&self, at: &str, movement: &Movement, desk: &Desk, findings: &mut Findings) {
        let Movement { from, to, open, amount: _ } = movement;
        if from.is_none() && to.is_none() && open.is_none() {
            findings.add(at, NO_DIRECTION);
        }
        if to.is_some() && open.is_some() {
            findings.add(format!("{at}/open"), TWO_TARGETS);
        }
        if from.is_some() && from == to {
            findings.add(format!("{at}/to_line_id"), SAME_LINE);
        }
        for (name, id) in [("from_line_id", from), ("to_line_id", to)] {
            let Some(line) = id.map(|id| desk.line(id)) else { continue };
            match line {
                Err(_) => findings.add(format!("{at}/{name}"), codes::UNKNOWN_REFERENCE),
                Ok(line) if line.period.fiscal_year() != self.fiscal_year => {
                    let year = [("year", json!(line.period.fiscal_year()))];
                    findings.add_with(format!("{at}/{name}"), OTHER_YEAR, year);
                }
                Ok(_) => {}
            }
        }
        self.check_fund(at, movement, desk, findings);
    }

    /// Money leaves an emergency fund by a draw, and a draw takes money from nowhere else. `[BUD-7]`
    fn check_fund(&self, at: &str, movement: &Movement, desk: &Desk, findings: &mut Findings) {
        let is_fund = |id: Option<Id<BudgetLine>>| {
            id.and_then(|id| desk.line(id).ok()).is_some_and(|line| line.purpose == Purpose::EmergencyFund)
        };
        let opens_fund =
            movement.open.as_ref().is_some_and(|open| open.purpose == Some(Purpose::EmergencyFund));
        match self.kind {
            ChangeKind::Adjustment if is_fund(movement.from) => {
                findings.add(format!("{at}/from_line_id"), DRAW_NEEDED);
            }
            ChangeKind::EmergencyDraw => {
                if !is_fund(movement.from) {
                    findings.add(format!("{at}/from_line_id"), NOT_A_FUND);
                }
                if is_fund(movement.to) || opens_fund || (movement.to.is_none() && movement.open.is_none()) {
                    findings.add(format!("{at}/to_line_id"), DRAW_TO_FUND);
                }
            }
            ChangeKind::Adjustment => {}
        }
    }
}

impl NewLine {
    fn check(&self, at: &str, year: i32, rules: ChangeRules<'_>, findings: &mut Findings) {
        check_year(&format!("{at}/period"), self.period, year, findings);
        let is_fund = self.purpose == Some(Purpose::EmergencyFund);
        if self.period.is_year() && !is_fund {
            let facts = [("expected", json!("2026-Q1, 2026-03"))];
            findings.add_with(format!("{at}/period"), codes::BAD_FORMAT, facts);
        }
        wording::check_optional(findings, &format!("{at}/campaign"), self.campaign.as_deref(), 60);
        wording::check_optional(findings, &format!("{at}/region"), self.region.as_deref(), 60);
        if !rules.categories.content.find(&self.category).is_some_and(|known| known.active) {
            let facts = [("category", json!(self.category))];
            findings.add_with(format!("{at}/category"), expense_category::UNKNOWN, facts);
        }
    }
}
