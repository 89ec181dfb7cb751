//! Budget lines (预算科目): the accounts that money for expenses stands on, and their append-only ledger. `[BUD-2, BUD-4, BUD-5]`
//!
//! A line is department × category × period (× campaign or region). Everything that moves its money is a
//! [`BudgetEntry`]; its [`Balance`] is the sum of them and nothing else. [`Desk`] is where entries are made:
//! lines and holdings are laid on it, documents act, and what comes off is written as one value. Deliberately
//! not here: the budget document that opens lines, and which documents there are.

mod choice;
mod desk;
mod holding;
#[cfg(test)]
mod tests;

pub use choice::{Wanted, choose};
pub use desk::{Amounts, Demand, Desk, Effect, LineEffect, Posted};
pub use holding::{DocumentKind, DocumentLine, DocumentRef, Holding};

use super::{budget::Budget, period::Period};
use crate::spine::{Currency, Department, Entity, Id, Money, Version};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { BUDGET_LINE_REFUSALS:
    EXHAUSTED = "budget_line.exhausted", Conflict, "预算不足：科目 {department}/{category}/{period} 可用 {available}，需要 {asked}，差额 {short}", "The budget line {department}/{category}/{period} has {available} left; {asked} is asked, {short} too much";
    CLOSED = "budget_line.closed", Conflict, "预算科目 {category}/{period} 已关闭", "The budget line {category}/{period} is closed";
    CUT_BELOW_USE = "budget_line.cut_below_use", Conflict, "科目 {category}/{period} 可用 {available}，不能减少 {asked}", "The line {category}/{period} has {available} left and cannot be cut by {asked}";
    OUTSIDE_BUDGET = "budget_line.outside_budget", Conflict, "“{category}”在 {period} 没有预算科目", "No budget line covers \"{category}\" in {period}";
    OTHER_LINE = "budget_line.not_locked", Conflict, "预算科目在此期间已变更，请重试", "The budget lines changed meanwhile; try again";
}

crate::events! { BUDGET_LINE_EVENTS:
    OPENED = "budget_line.opened", "预算科目已启用", "A budget line was opened";
    MOVED = "budget_line.moved", "预算科目有变动", "Money of a budget line moved";
    ALERTED = "budget_line.alerted", "预算科目使用率达到预警线", "The use of a budget line passed an alert";
    RUN_RATE_ALERTED = "budget_line.run_rate_alerted", "按进度将超出全年预算", "At the rate so far the year comes to more than its budget";
    LINE_CLOSED = "budget_line.closed", "预算科目已关闭", "A budget line was closed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[BUDGET_LINE_REFUSALS],
    events: &[BUDGET_LINE_EVENTS],
    enums: &[Control::LABELS, DocumentKind::LABELS, EntryKind::LABELS, Purpose::LABELS],
};

/// What happens when a document asks for more than is there. `[BUD-5]`
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetControl)]
pub enum Control {
    /// 刚性: it is refused.
    Hard,
    /// 特批: it meets an extra step of special review.
    Special,
    /// 提示: it passes with a warning.
    Warn,
}

crate::labels! { Control = "BudgetControl":
    Hard = "hard", "刚性控制", "Hard";
    Special = "special", "超预算特批", "Special review";
    Warn = "warn", "仅提示", "Warn";
}

/// What a line is for. `[BUD-7]`
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetPurpose)]
pub enum Purpose {
    /// Documents are charged to it.
    Ordinary,
    /// 应急资金: kept apart; only an approved draw moves money out of it.
    EmergencyFund,
}

crate::labels! { Purpose = "BudgetPurpose":
    Ordinary = "ordinary", "常规", "Ordinary";
    EmergencyFund = "emergency_fund", "应急资金", "Emergency fund";
}

/// What an entry of the ledger does. `[BUD-4]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetEntryKind)]
pub enum EntryKind {
    /// 下达: an approved budget gave it.
    Allocate,
    /// 调整: an increase, a cut, or what a special review granted beyond the budget.
    Adjust,
    /// 调剂: it came from, or went to, another line.
    Transfer,
    /// 预占: a document was submitted.
    Reserve,
    /// 占用: a document was approved.
    Commit,
    /// 支出: it was paid.
    Spend,
    /// 释放: refused, withdrawn, or under-spent.
    Release,
    /// 冲回: a posted document was reversed.
    Reverse,
}

crate::labels! { EntryKind = "BudgetEntryKind":
    Allocate = "allocate", "下达", "Allocate";
    Adjust = "adjust", "调整", "Adjust";
    Transfer = "transfer", "调剂", "Transfer";
    Reserve = "reserve", "预占", "Reserve";
    Commit = "commit", "占用", "Commit";
    Spend = "spend", "支出", "Spend";
    Release = "release", "释放", "Release";
    Reverse = "reverse", "冲回", "Reverse";
}

/// What stands on a line, or by how much it moves, in minor units of the line's currency.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Balance {
    /// Given to the line in all, with what was granted beyond the budget.
    pub allocated: i64,
    /// Of the allocated, what special reviews and warnings granted beyond the budget.
    pub beyond: i64,
    /// Asked for by documents in approval.
    pub reserved: i64,
    /// Promised to approved documents, not paid yet.
    pub committed: i64,
    /// Paid.
    pub spent: i64,
}

impl Balance {
    /// What may still be asked for. Never negative on a line that exists.
    pub const fn available(self) -> i64 {
        self.allocated - self.reserved - self.committed - self.spent
    }
    /// What the budget gave: without what reviews and warnings granted beyond it. Never negative on a line that
    /// exists.
    pub const fn budgeted(self) -> i64 {
        self.allocated - self.beyond
    }
    /// What is asked for, promised or paid.
    pub const fn used(self) -> i64 {
        self.reserved + self.committed + self.spent
    }
    /// Whether no part is negative and the parts do not exceed the whole.
    pub const fn is_sound(self) -> bool {
        self.allocated >= 0
            && self.beyond >= 0
            && self.reserved >= 0
            && self.committed >= 0
            && self.spent >= 0
            && self.available() >= 0
    }
    /// What is promised or paid: what is certain to be spent.
    pub const fn certain(self) -> i64 {
        self.committed + self.spent
    }
    /// The use in hundredths of a per cent of the budget, rounded down: more than all of it where a review let more
    /// pass. Nothing of nothing is none.
    pub fn used_basis_points(self) -> i64 {
        let used = i128::from(self.used()) * 10_000;
        let rate = used.checked_div(i128::from(self.budgeted())).unwrap_or(if used > 0 { 10_000 } else { 0 });
        i64::try_from(rate).unwrap_or(i64::MAX)
    }
}

impl AddAssign for Balance {
    fn add_assign(&mut self, delta: Self) {
        let Self { allocated, beyond, reserved, committed, spent } = delta;
        self.allocated += allocated;
        self.beyond += beyond;
        self.reserved += reserved;
        self.committed += committed;
        self.spent += spent;
    }
}

impl std::iter::Sum for Balance {
    fn sum<I: Iterator<Item = Self>>(deltas: I) -> Self {
        deltas.fold(Self::default(), |mut sum, delta| {
            sum += delta;
            sum
        })
    }
}

/// A line of an active budget, with its balance. `[BUD-2]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BudgetLine {
    /// Identity.
    pub id: Id<Self>,
    /// The budget that opened it.
    pub budget: Id<Budget>,
    /// The department whose money it is.
    pub department: Id<Department>,
    /// The expense category's code; a heading stands for everything below it.
    pub category: String,
    /// The month or quarter (or whole year) in which it may be asked for.
    pub period: Period,
    /// Only for documents of this campaign.
    pub campaign: Option<String>,
    /// Only for documents of this region.
    pub region: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// What happens beyond it.
    pub control: Control,
    /// The currency of the books.
    pub currency: Currency,
    /// What stands on it: the sum of its entries.
    pub balance: Balance,
    /// How many entries it has.
    pub entries: i64,
    /// Whether documents may be charged to it; closed with its budget.
    pub open: bool,
    /// The month in which it was last told, of it or of a line beside it, that its year leads beyond its budget.
    pub run_rate_told: Option<Period>,
    /// Counts its states.
    pub version: Version,
}

impl BudgetLine {
    /// What may still be asked for.
    pub fn available(&self) -> Money {
        self.money(self.balance.available())
    }
    /// Whether a year adds it to another: the money of one department, category, campaign and region.
    pub fn is_for_the_same_use_as(&self, other: &Self) -> bool {
        let key = |line: &Self| (line.department, line.purpose);
        key(self) == key(other)
            && (&self.category, &self.campaign, &self.region)
                == (&other.category, &other.campaign, &other.region)
    }
    /// An amount of its currency.
    pub const fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

impl Entity for BudgetLine {
    const KIND: &'static str = "budget_line";
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

/// One movement of a line's money; never changed, never deleted. `[BUD-4]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BudgetEntry {
    /// The line.
    pub line: Id<BudgetLine>,
    /// 1, 2, 3 … of the line, without a gap.
    pub position: i64,
    /// What it does.
    pub kind: EntryKind,
    /// By how much each part moves.
    pub delta: Balance,
    /// What stands on the line afterwards.
    pub after: Balance,
    /// The document line it was made for; none where a budget itself moved.
    pub document: Option<DocumentLine>,
    /// The month it is posted in: an open one. `[BUD-9]`
    pub month: Period,
    /// Why, where it is not plain from the kind.
    pub reason: Option<&'static str>,
}
