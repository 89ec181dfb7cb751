//! What was given back of draws on emergency funds, and what is left of them: from the ledger's entries. `[BUD-7]`

use crate::{
    schema::{budget_changes as changes, budget_entries as entries},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::finance::{
    budget_change::{BudgetChange, ChangeContent, DrawLeft},
    budget_line::{DocumentKind, EntryKind},
};
use domain::spine::Id;
use std::collections::{BTreeMap, HashMap};

/// Refuses a change that gives back what its draw did not take, or more than is left of it.
pub(super) fn check(reader: &mut Reader<'_>, content: &ChangeContent) -> Result<(), Failure> {
    let Some(draw) = content.gives_back else { return Ok(()) };
    let left = left(reader, draw)?;
    Ok(content.check_give_back(&left)?)
}

/// Where the money of one movement went: from a line, to a line, how much.
#[derive(Default)]
struct Moved {
    from: Option<Key>,
    to: Option<Key>,
    amount: i64,
}

/// What is left of a draw: what it took, less what changes in effect gave back.
fn left(reader: &mut Reader<'_>, draw: Id<BudgetChange>) -> Result<DrawLeft, Failure> {
    let draw = Key::from(draw);
    let mut documents: Vec<Key> = db!(reader, |c| changes::table
        .filter(changes::gives_back_id.eq(draw).and(changes::status.eq("effective")))
        .select(changes::id)
        .load(c))?;
    documents.push(draw);
    let rows: Vec<(Option<Key>, Option<i32>, Key, i64)> = db!(reader, |c| entries::table
        .filter(entries::document_kind.eq(DocumentKind::BudgetChange.code()))
        .filter(entries::document.eq_any(&documents).and(entries::kind.eq(EntryKind::Transfer.code())))
        .select((entries::document, entries::document_line, entries::line_id, entries::allocated_minor))
        .load(c))?;
    let mut moved: BTreeMap<(Option<Key>, Option<i32>), Moved> = BTreeMap::new();
    for (document, line, account, amount) in rows {
        let movement = moved.entry((document, line)).or_default();
        if amount < 0 {
            movement.from = Some(account);
        } else {
            (movement.to, movement.amount) = (Some(account), amount);
        }
    }
    let mut left = DrawLeft::default();
    for ((document, _), Moved { from, to, amount }) in moved {
        let Some((from, to)) = from.zip(to) else { continue };
        let (fund, line, amount) =
            if document == Some(draw) { (from, to, amount) } else { (to, from, -amount) };
        *left.0.entry((fund.into(), line.into())).or_insert(0) += amount;
    }
    Ok(left)
}

/// What changes in effect gave back of each of these draws, in minor units.
pub(super) fn of_draws(reader: &mut Reader<'_>, draws: &[Key]) -> Result<HashMap<Key, i64>, Failure> {
    let rows: Vec<(Option<Key>, i64)> = db!(reader, |c| changes::table
        .filter(changes::gives_back_id.eq_any(draws).and(changes::status.eq("effective")))
        .select((changes::gives_back_id, changes::total_minor))
        .load(c))?;
    let mut given_back = HashMap::new();
    for (draw, amount) in rows {
        if let Some(draw) = draw {
            *given_back.entry(draw).or_insert(0) += amount;
        }
    }
    Ok(given_back)
}
