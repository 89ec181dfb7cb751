//! What one line of a document holds of a budget line, so that it is released, committed and spent exactly.

use super::BudgetLine;
use crate::spine::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A kind of document that moves money of budget lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetDocumentKind)]
pub enum DocumentKind {
    /// 预算: it opens lines.
    Budget,
    /// 预算调整: it moves money between lines, or raises and cuts them.
    BudgetChange,
    /// 费用申请.
    ExpenseRequest,
    /// 费用申请变更.
    ExpenseRequestAmendment,
    /// 报销.
    ExpenseClaim,
}

crate::labels! { DocumentKind = "BudgetDocumentKind":
    Budget = "budget", "预算", "Budget";
    BudgetChange = "budget_change", "预算调整", "Budget change";
    ExpenseRequest = "expense_request", "费用申请", "Expense request";
    ExpenseRequestAmendment = "expense_request_amendment", "费用申请变更", "Amendment of an expense request";
    ExpenseClaim = "expense_claim", "报销单", "Expense claim";
}

impl DocumentKind {
    /// Whether it moves what lines are given, and holds nothing of them.
    pub const fn is_funding(self) -> bool {
        matches!(self, Self::Budget | Self::BudgetChange)
    }
}

/// A document that money is held for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct DocumentRef {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its identity.
    pub id: Uuid,
}

impl DocumentRef {
    /// A document.
    pub const fn new(kind: DocumentKind, id: Uuid) -> Self {
        Self { kind, id }
    }
    /// A line of it, counted from 1.
    pub const fn line(self, line: i32) -> DocumentLine {
        DocumentLine { document: self, line }
    }
}

/// A line of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct DocumentLine {
    /// The document.
    pub document: DocumentRef,
    /// Its line, counted from 1.
    pub line: i32,
}

/// What a document line holds of a budget line, in minor units of the line's currency. The sum of the ledger's
/// entries for that document line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Holding {
    /// Who holds.
    pub document: DocumentLine,
    /// Of what.
    pub line: Id<BudgetLine>,
    /// The approved request's line that a claim draws on instead of reserving twice. `[EXP-4]`
    pub source: Option<DocumentLine>,
    /// Reserved for it.
    pub reserved: i64,
    /// Asked beyond what was there; it waits for a special review. `[BUD-5]`
    pub over: i64,
    /// Committed to it.
    pub committed: i64,
    /// Of the committed, what was drawn from the source and goes back to it.
    pub drawn: i64,
    /// Paid.
    pub spent: i64,
    /// What the line was given beyond its budget for this document.
    pub granted: i64,
    /// Whether the document asks for no more: what returns to it goes on to the budget line.
    pub closed: bool,
}

impl Holding {
    pub(super) const fn empty(document: DocumentLine, line: Id<BudgetLine>) -> Self {
        Self {
            document,
            line,
            source: None,
            reserved: 0,
            over: 0,
            committed: 0,
            drawn: 0,
            spent: 0,
            granted: 0,
            closed: false,
        }
    }
    /// Whether nothing is held any more.
    pub const fn is_empty(&self) -> bool {
        self.reserved == 0 && self.over == 0 && self.committed == 0 && self.spent == 0 && self.granted == 0
    }
}
