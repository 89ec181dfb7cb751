//! What documents do to lines: reserve at submission, commit at approval, spend at payment, release and reverse.

use super::*;
use crate::spine::{Citation, Findings};

/// Why a line was given more than its budget: a special review agreed.
pub(super) const SPECIAL_REVIEW: &str = "special_review";
/// Why a line was given more than its budget: it only warns.
pub(super) const WARNING: &str = "warning";
/// Why what was given beyond the budget is taken back.
const GRANT_RETURNED: &str = "grant_returned";
/// The bank returned a payment: what was spent is owed again.
const RETURNED: &str = "payment_returned";
/// A claim took over, or gave back, part of what its request holds.
const DRAWN: &str = "drawn_on_request";

const NOTHING: Balance = Balance { allocated: 0, beyond: 0, reserved: 0, committed: 0, spent: 0 };

pub(super) const fn grant(amount: i64) -> Balance {
    Balance { allocated: amount, beyond: amount, ..NOTHING }
}
const fn reserve(amount: i64) -> Balance {
    Balance { reserved: amount, ..NOTHING }
}
pub(super) const fn commit(amount: i64) -> Balance {
    Balance { committed: amount, ..NOTHING }
}

impl Desk {
    /// A document is submitted: each line draws on its request first and reserves the rest. All lines or
    /// none. What an earlier submission was charged to is forgotten: it may have said something else.
    /// `[BUD-4, BUD-5, EXP-4]`
    ///
    /// # Errors
    /// Every line that is closed, or under hard control and too short, with the difference.
    pub fn reserve(&mut self, document: DocumentRef, demands: &[Demand]) -> Result<Effect, Refusal> {
        for at in self.lines_of(document) {
            self.forget(at)?;
        }
        let mut findings = Findings::new();
        let mut effect = Effect::default();
        for demand in demands {
            let at = document.line(demand.line);
            self.holdings
                .insert(at, Holding { source: demand.source, ..Holding::empty(at, demand.budget_line) });
            let drawn = self.draw(at, demand)?;
            let own = demand.amount - drawn;
            let line = self.line(demand.budget_line)?;
            let short = (own - line.balance.available()).max(0);
            let pointer = format!("/lines/{}", demand.line - 1);
            if own > 0 && !line.open {
                let facts = [("category", json!(line.category)), ("period", json!(line.period))];
                findings.add_with(pointer, CLOSED, facts);
                continue;
            }
            if short > 0 && line.control == Control::Hard {
                findings.absorb(exhausted(line, short).at(pointer));
                continue;
            }
            let (over, granted) = if line.control == Control::Warn { (0, short) } else { (short, 0) };
            self.post_for(at, EntryKind::Adjust, grant(granted), Some(WARNING))?;
            self.post_for(at, EntryKind::Reserve, reserve(own - over), None)?;
            self.held(at)?.over = over;
            let reserved = own - over;
            let (line, budget_line, asked) = (demand.line, demand.budget_line, demand.amount);
            effect.lines.push(LineEffect { line, budget_line, asked, drawn, reserved, over, granted });
        }
        findings.into_result().map_err(|refusal| refusal.citing(Citation::clause("BUD-5", "000 §9.3(5)")))?;
        Ok(effect)
    }

    /// Moves what a claim line may take of its request's commitment; answers how much.
    fn draw(&mut self, at: DocumentLine, demand: &Demand) -> Result<i64, Refusal> {
        let usable = |holding: &&Holding| !holding.closed && holding.line == demand.budget_line;
        let Some(source) = demand.source else { return Ok(0) };
        let left = self.holdings.get(&source).filter(usable).map_or(0, |holding| holding.committed);
        let drawn = left.min(demand.amount);
        if drawn > 0 {
            self.post_for(source, EntryKind::Release, commit(-drawn), Some(DRAWN))?;
            self.post_for(at, EntryKind::Commit, commit(drawn), Some(DRAWN))?;
            self.held(at)?.drawn = drawn;
        }
        Ok(drawn)
    }

    /// Gives part of what was drawn back to the request.
    fn give_back(&mut self, at: DocumentLine, amount: i64) -> Result<(), Refusal> {
        let source = self.held(at)?.source;
        self.post_for(at, EntryKind::Release, commit(-amount), Some(DRAWN))?;
        self.held(at)?.drawn -= amount;
        self.return_to(source, amount)
    }

    /// What was drawn comes back to its request. A closed one passes it on to the budget line: of what the line was
    /// given beyond its budget for that request, so much is taken back.
    fn return_to(&mut self, source: Option<DocumentLine>, amount: i64) -> Result<(), Refusal> {
        let closed = source.and_then(|source| self.holdings.get(&source)).map(|holding| holding.closed);
        match source.zip(closed) {
            None => Ok(()),
            Some((source, true)) => self.take_back_grant(source, amount),
            Some((source, false)) => self.post_for(source, EntryKind::Commit, commit(amount), Some(DRAWN)),
        }
    }

    /// A document is approved: what was approved of each line is committed, the rest released. What the
    /// special review let pass beyond the budget is given to the line now. `[BUD-4, EXP-14a]`
    pub fn commit(&mut self, document: DocumentRef, approved: &Amounts) -> Result<(), Refusal> {
        for at in self.lines_of(document) {
            // What was asked for nothing is promised nothing.
            if self.held(at)?.is_empty() {
                continue;
            }
            let amount = approved.get(&at.line).copied().unwrap_or(0).max(0);
            let Holding { line, drawn, reserved, .. } = *self.held(at)?;
            let kept = drawn.min(amount);
            self.give_back(at, drawn - kept)?;
            let own = amount - kept;
            let excess = (reserved - own).max(0);
            self.post_for(at, EntryKind::Release, reserve(-excess), None)?;
            self.take_back_grant(at, excess)?;
            let from_reserved = own.min(reserved);
            let short = (own - from_reserved - self.line(line)?.balance.available()).max(0);
            self.post_for(at, EntryKind::Adjust, grant(short), Some(SPECIAL_REVIEW))?;
            let parts = Balance { reserved: -from_reserved, committed: own, ..NOTHING };
            self.post_for(at, EntryKind::Commit, parts, None)?;
            self.held(at)?.over = 0;
        }
        Ok(())
    }

    /// A document is paid, in all, this much of each line so far; where the bank returned a payment it is less than before,
    /// and stands committed again. `[BUD-4]`
    pub fn spend(&mut self, document: DocumentRef, paid: &Amounts) -> Result<(), Refusal> {
        for at in self.lines_of(document) {
            let Holding { spent, committed, .. } = *self.held(at)?;
            let more = (paid.get(&at.line).copied().unwrap_or(0) - spent).clamp(-spent, committed);
            let parts = Balance { committed: -more, spent: more, ..NOTHING };
            let (kind, reason) =
                if more < 0 { (EntryKind::Reverse, Some(RETURNED)) } else { (EntryKind::Spend, None) };
            self.post_for(at, kind, parts, reason)?;
        }
        Ok(())
    }

    /// A document came to nothing, or needs no more: what it holds and has not spent is free again. `[BUD-4]`
    pub fn release(&mut self, document: DocumentRef) -> Result<(), Refusal> {
        for at in self.lines_of(document) {
            let Holding { drawn, committed, .. } = *self.held(at)?;
            self.give_back(at, drawn.min(committed))?;
            let Holding { reserved, committed, .. } = *self.held(at)?;
            let parts = Balance { reserved: -reserved, committed: -committed, ..NOTHING };
            self.post_for(at, EntryKind::Release, parts, None)?;
            self.held(at)?.over = 0;
            self.take_back_grant(at, reserved + committed)?;
        }
        Ok(())
    }

    /// A document asks for no more; what comes back to it later goes on to the budget line.
    pub fn finish(&mut self, document: DocumentRef) -> Result<(), Refusal> {
        self.release(document)?;
        for at in self.lines_of(document) {
            self.held(at)?.closed = true;
        }
        Ok(())
    }

    /// A posted document was reversed: what it spent and what it still holds return to the lines, and what it drew
    /// to its request, which may be claimed anew. `[EXP-9]`
    pub fn reverse(&mut self, document: DocumentRef) -> Result<(), Refusal> {
        for at in self.lines_of(document) {
            let Holding { committed, spent, drawn, source, .. } = *self.held(at)?;
            let parts = Balance { committed: -committed, spent: -spent, ..NOTHING };
            self.post_for(at, EntryKind::Reverse, parts, None)?;
            self.held(at)?.drawn = 0;
            self.return_to(source, drawn)?;
            self.take_back_grant(at, committed + spent - drawn)?;
        }
        Ok(())
    }

    /// Takes back what was granted beyond the budget, as far as it was released: the last given goes first.
    pub(super) fn take_back_grant(&mut self, at: DocumentLine, released: i64) -> Result<(), Refusal> {
        let granted = self.held(at)?.granted;
        let back = granted.min(released).max(0);
        self.post_for(at, EntryKind::Adjust, grant(-back), Some(GRANT_RETURNED))
    }

    pub(super) fn lines_of(&self, document: DocumentRef) -> Vec<DocumentLine> {
        self.holdings_of(document).map(|holding| holding.document).collect()
    }
}
