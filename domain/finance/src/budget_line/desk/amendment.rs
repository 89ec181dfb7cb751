//! What an approved amendment does to the lines its request is charged to. `[EXP-5, BUD-5]`

use super::{
    document::{SPECIAL_REVIEW, WARNING, commit, grant},
    *,
};
use crate::spine::Citation;

/// Where a line of an amended request is charged, and how much it is to hold there.
#[derive(Clone, Copy)]
struct Place {
    at: DocumentLine,
    line: Id<BudgetLine>,
    amount: i64,
    /// How much beyond the budget the amendment's review let pass.
    reviewed: i64,
}

impl Desk {
    /// An amendment takes effect: what it reserved is let go, and each line of the request holds `left` of it from now
    /// on — where the amendment was charged, since that is what was looked at; else where it was, if it is `alike`:
    /// for the same use as before; else nowhere, as what lies outside of the budget. All or nothing.
    ///
    /// # Errors
    /// Where a line would be given more beyond its budget than the special review of the amendment let pass.
    pub fn amend(
        &mut self,
        request: DocumentRef,
        amendment: DocumentRef,
        left: &Amounts,
        alike: &BTreeSet<i32>,
    ) -> Result<(), Refusal> {
        let places: Vec<Place> = left
            .iter()
            .filter_map(|(number, amount)| {
                let (at, asked) = (request.line(*number), self.holding(amendment.line(*number)));
                let asked = asked.filter(|holding| !holding.is_empty());
                let stays = || self.holding(at).filter(|_| alike.contains(number));
                let line = asked.or_else(stays)?.line;
                Some(Place { at, line, amount: *amount, reviewed: asked.map_or(0, |asked| asked.over) })
            })
            .collect();
        self.release(amendment)?;
        for at in self.lines_of(request) {
            self.shrink(at, places.iter().find(|place| place.at == at))?;
        }
        places.into_iter().try_for_each(|place| self.grow(place))
    }

    /// Lets go of what a line holds and is not to hold any more; all of it where it moves elsewhere.
    fn shrink(&mut self, at: DocumentLine, place: Option<&Place>) -> Result<(), Refusal> {
        let Holding { line, committed, .. } = *self.held(at)?;
        let place = place.filter(|place| place.line == line);
        let less = committed - place.map_or(0, |place| place.amount.min(committed));
        self.post_for(at, EntryKind::Release, commit(-less), None)?;
        self.take_back_grant(at, less)?;
        // What claims drew of the line stays where it was drawn: such a line never moves.
        if place.is_none() { self.forget(at) } else { Ok(()) }
    }

    fn grow(&mut self, Place { at, line, amount, reviewed }: Place) -> Result<(), Refusal> {
        let held = self.holdings.entry(at).or_insert_with(|| Holding::empty(at, line));
        let more = amount - held.committed;
        let account = self.line(line)?;
        let short = (more - account.balance.available()).max(0);
        let why = if account.control == Control::Warn { WARNING } else { SPECIAL_REVIEW };
        if short > reviewed && account.control != Control::Warn {
            return Err(exhausted(account, short).citing(Citation::clause("BUD-5", "000 §9.3(5)")));
        }
        self.post_for(at, EntryKind::Adjust, grant(short), Some(why))?;
        self.post_for(at, EntryKind::Commit, commit(more), None)
    }
}
