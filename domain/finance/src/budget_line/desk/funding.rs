//! What budgets and their changes do to lines: open, raise, cut, transfer, close.

use super::*;
use crate::spine::Citation;

/// What a change of a budget is kept by with its entries.
const CHANGE: Option<&str> = Some("budget_change");

impl Desk {
    /// Opens a line of an activated budget with its money. `[BUD-2, BUD-4]`
    ///
    /// The line's balance, entries and version are set here.
    pub fn open(&mut self, line: BudgetLine, amount: i64, by: DocumentLine) -> Result<(), Refusal> {
        let id = line.id;
        self.lines.insert(id, BudgetLine { balance: Balance::default(), entries: 0, open: true, ..line });
        self.post(id, EntryKind::Allocate, allocated(amount), Some(by), None)
    }

    /// Raises (positive) or cuts (negative) a line. `[BUD-6]`
    ///
    /// # Errors
    /// Where the line is closed, or the cut is more than it has left.
    pub fn adjust(&mut self, line: Id<BudgetLine>, amount: i64, by: DocumentLine) -> Result<(), Refusal> {
        self.refuse_unfit(line, -amount)?;
        self.post(line, EntryKind::Adjust, allocated(amount), Some(by), CHANGE)
    }

    /// Moves money from one line to another; out of an emergency fund it is a draw. `[BUD-6, BUD-7]`
    ///
    /// # Errors
    /// Where either is closed, or the first has too little left.
    pub fn transfer(
        &mut self,
        from: Id<BudgetLine>,
        to: Id<BudgetLine>,
        amount: i64,
        by: DocumentLine,
    ) -> Result<(), Refusal> {
        self.refuse_unfit(from, amount)?;
        self.refuse_unfit(to, 0)?;
        let reason = match self.line(from)?.purpose {
            Purpose::EmergencyFund => Some("emergency_draw"),
            Purpose::Ordinary => None,
        };
        self.post(from, EntryKind::Transfer, allocated(-amount), Some(by), reason)?;
        self.post(to, EntryKind::Transfer, allocated(amount), Some(by), reason)
    }

    /// Closes a line: nothing more is charged to it. What documents hold of it runs its course.
    pub fn close_line(&mut self, line: Id<BudgetLine>) -> Result<(), Refusal> {
        self.lines.get_mut(&line).ok_or_else(|| Refusal::new(OTHER_LINE))?.open = false;
        Ok(())
    }

    fn refuse_unfit(&self, id: Id<BudgetLine>, less: i64) -> Result<(), Refusal> {
        let line = self.line(id)?;
        let named = |refusal: Refusal| {
            refusal
                .with("category", line.category.as_str())
                .with("period", line.period.to_string())
                .citing(Citation::clause("BUD-6", "000 §9.1(4)"))
        };
        if !line.open {
            return Err(named(Refusal::new(CLOSED)));
        }
        if less > line.balance.available() {
            let refusal = Refusal::new(CUT_BELOW_USE)
                .with("available", line.available().to_string())
                .with("asked", line.money(less).to_string());
            return Err(named(refusal));
        }
        Ok(())
    }
}

const fn allocated(amount: i64) -> Balance {
    Balance { allocated: amount, beyond: 0, reserved: 0, committed: 0, spent: 0 }
}
