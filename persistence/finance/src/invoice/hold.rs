//! What live claims hold of invoices. A key has one row with its total, the person for whom it is held, and how much of it
//! is; the database keeps the sum within the total, whatever claims do in the same instant. `[EXP-6]`

use super::all_of;
use crate::{
    schema::{held_invoices as held, invoice_holds as holds},
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all, insert_missing},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ExpenseClaim,
        invoice::{Held, Invoice, not_free},
    },
    spine::{Citation, Currency, Finding, Money, Refusal},
};
use std::collections::BTreeMap;

/// What a claim holds of one invoice: where it stands first, and how much of it in minor units.
struct Wanted<'a> {
    line: i32,
    index: usize,
    invoice: &'a Invoice,
    minor: i64,
}

/// The keys a claim holds in a state, or would hold if it were submitted.
fn wanted(claim: Option<&ExpenseClaim>, submitted: bool) -> BTreeMap<String, Wanted<'_>> {
    let live = claim.filter(|claim| submitted || claim.state().is_live());
    let lines = live.map(|claim| claim.content.lines.as_slice()).unwrap_or_default();
    let mut keys: BTreeMap<String, Wanted<'_>> = BTreeMap::new();
    for (line, index, invoice) in all_of(lines) {
        let first = || Wanted { line, index, invoice, minor: 0 };
        keys.entry(invoice.unique_key()).or_insert_with(first).minor += invoice.used().minor();
    }
    keys
}

#[derive(Insertable)]
#[diesel(table_name = holds, treat_none_as_default_value = false)]
struct Hold<'a> {
    id: Key,
    unique_key: &'a str,
    claim_id: Key,
    line: i32,
    held_at: Instant,
    held_by_id: Key,
    amount_minor: i64,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = held, treat_none_as_default_value = false)]
struct HeldRow {
    unique_key: String,
    holder_id: Key,
    currency: String,
    total_minor: i64,
    held_minor: i64,
    opened: Key,
}

/// A key of which a claim holds another amount than before.
struct Moved<'a> {
    key: &'a str,
    before: i64,
    after: Option<&'a Wanted<'a>>,
}

impl Moved<'_> {
    fn amount(&self) -> i64 {
        self.after.map_or(0, |wanted| wanted.minor)
    }

    /// Whether so much more can be held beside what is: what [`shift`] demands of the row.
    fn fits(&self, row: &HeldRow, holder: Key) -> bool {
        let Some(wanted) = self.after else { return true };
        let total = wanted.invoice.total;
        let is_ours = row.holder_id == holder
            && row.total_minor == total.minor()
            && row.currency == total.currency().code();
        let sum = row.held_minor - self.before + wanted.minor;
        (row.held_minor == self.before || is_ours) && sum <= total.minor()
    }

    /// What is wrong where it does not fit.
    fn told(&self, row: &HeldRow, holder: Key) -> Result<Option<Finding>, Failure> {
        let Some(wanted) = self.after else { return Ok(None) };
        let corrupt = || Failure::corrupt("held_invoices", "currency", row.opened.0);
        let currency: Currency = row.currency.parse().map_err(|_| corrupt())?;
        let known = Held {
            is_for_the_same: row.holder_id == holder,
            total: Money::from_minor(row.total_minor, currency),
            used: Money::from_minor(row.held_minor - self.before, currency),
        };
        let amount = Money::from_minor(wanted.minor, wanted.invoice.total.currency());
        let pointer = format!("/lines/{}/invoices/{}", wanted.line - 1, wanted.index);
        Ok(Some(not_free(&pointer, wanted.invoice, amount, &known)))
    }
}

/// Takes and releases holds as a claim moves from one state to another. Keys are taken in their own
/// order, so that two claims never wait for each other.
pub(crate) fn move_holds(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    // Most that is done with a claim moves none of this, and keys are costly to make.
    let is_live = |claim: &ExpenseClaim| claim.state().is_live();
    let stands = |b: &ExpenseClaim| {
        is_live(b) == is_live(after)
            && b.content.beneficiary.employee == after.content.beneficiary.employee
            && b.content.lines == after.content.lines
    };
    if before.is_some_and(stands) || !(is_live(after) || before.is_some_and(is_live)) {
        return Ok(());
    }
    let (had, has) = (wanted(before, false), wanted(Some(after), false));
    let passed_on =
        before.is_some_and(|b| b.content.beneficiary.employee != after.content.beneficiary.employee);
    let is_same = |key: &String, now: &Wanted<'_>| {
        !passed_on
            && had.get(key).is_some_and(|b| b.minor == now.minor && b.invoice.total == now.invoice.total)
    };
    let kept = has.iter().filter(|(key, now)| !is_same(key, now)).map(|(key, now)| Moved {
        key,
        before: had.get(key).map_or(0, |b| b.minor),
        after: Some(now),
    });
    let gone = had.iter().filter(|(key, _)| !has.contains_key(*key));
    let mut moved: Vec<Moved<'_>> = kept.collect();
    moved.extend(gone.map(|(key, b)| Moved { key, before: b.minor, after: None }));
    moved.sort_by_key(|moved| moved.key);
    if moved.is_empty() {
        return Ok(());
    }
    remember(tx, after, &moved)?;
    sum_up(tx, after, &moved)
}

/// The history: what is let go is closed, what is taken is opened.
fn remember(tx: &mut Tx<'_>, after: &ExpenseClaim, moved: &[Moved<'_>]) -> Result<(), Failure> {
    let claim = Key::from(after.id);
    let closed: Vec<&str> = moved.iter().filter(|moved| moved.before != 0).map(|moved| moved.key).collect();
    if !closed.is_empty() {
        let because = if after.state().is_live() { "removed" } else { after.state().code() };
        let (now, mine) = (Instant(tx.now()), holds::claim_id.eq(claim).and(holds::released_at.is_null()));
        db!(tx, |c| diesel::update(holds::table.filter(mine).filter(holds::unique_key.eq_any(&closed)))
            .set((holds::released_at.eq(now), holds::released_because.eq(because)))
            .execute(c))?;
    }
    let opened = moved.iter().filter_map(|moved| moved.after.map(|wanted| (moved.key, wanted)));
    let rows: Vec<Hold<'_>> = opened
        .map(|(key, wanted)| Hold {
            id: Key(tx.ids().fresh()),
            unique_key: key,
            claim_id: claim,
            line: wanted.line,
            held_at: tx.now().into(),
            held_by_id: tx.actor().user.into(),
            amount_minor: wanted.minor,
        })
        .collect();
    insert_all!(tx, holds::table, &rows);
    Ok(())
}

/// The sums: keys that nobody holds are taken at once; of others more is taken for the same person alone, within the
/// total.
fn sum_up(tx: &mut Tx<'_>, after: &ExpenseClaim, moved: &[Moved<'_>]) -> Result<(), Failure> {
    let (holder, stamp) = (Key::from(after.content.beneficiary.employee), Key(tx.ids().fresh()));
    let row = |moved: &Moved<'_>| {
        let wanted = moved.after.filter(|_| moved.before == 0)?;
        Some(HeldRow {
            unique_key: moved.key.to_owned(),
            holder_id: holder,
            currency: wanted.invoice.total.currency().code().to_owned(),
            total_minor: wanted.invoice.total.minor(),
            held_minor: wanted.minor,
            opened: stamp,
        })
    };
    let rows: Vec<HeldRow> = moved.iter().filter_map(row).collect();
    let taken: usize = insert_missing!(tx, held::table, &rows);
    let mine: Vec<String> = if taken == 0 || taken == rows.len() {
        Vec::new()
    } else {
        let keys: Vec<&String> = rows.iter().map(|row| &row.unique_key).collect();
        db!(tx, |c| held::table
            .filter(held::unique_key.eq_any(&keys).and(held::opened.eq(stamp)))
            .select(held::unique_key)
            .load(c))?
    };
    let is_taken = |moved: &Moved<'_>| {
        moved.before == 0 && (taken == rows.len() || mine.iter().any(|key| key == moved.key))
    };
    let mut refused = Vec::new();
    for moved in moved.iter().filter(|moved| !is_taken(moved)) {
        if !shift(tx, moved, holder)? {
            refused.extend(why_not(tx, moved, holder)?);
        }
    }
    refuse(refused)
}

/// Refuses a submission that would take what others hold: what holding it would be refused with. `[APR-8]`
pub(crate) fn foresee(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<(), Failure> {
    let (had, has) = (wanted(Some(claim), false), wanted(Some(claim), true));
    let holder = Key::from(claim.content.beneficiary.employee);
    let mut refused = Vec::new();
    for (key, wanted) in &has {
        let moved = Moved { key, before: had.get(key).map_or(0, |b| b.minor), after: Some(wanted) };
        let Some(row) = held_row(reader, key)? else { continue };
        if !moved.fits(&row, holder) {
            refused.extend(moved.told(&row, holder)?);
        }
    }
    refuse(refused)
}

fn refuse(refused: Vec<Finding>) -> Result<(), Failure> {
    let Some(first) = refused.first() else { return Ok(()) };
    let mut refusal = Refusal::new(first.code).citing(Citation::clause("EXP-6", "000 §9.2"));
    refusal.params = first.params.clone();
    refusal.findings = refused;
    Err(refusal.into())
}

/// Adds to the sum of a key what a claim holds more, or less; says whether that was possible.
fn shift(tx: &mut Tx<'_>, moved: &Moved<'_>, holder: Key) -> Result<bool, Failure> {
    let (delta, others) = (moved.amount() - moved.before, held::held_minor.eq(moved.before));
    let row = held::table.filter(held::unique_key.eq(moved.key));
    let Some(wanted) = moved.after else {
        let gone = db!(tx, |c| diesel::delete(row.filter(others)).execute(c))?;
        if gone == 0 {
            db!(tx, |c| diesel::update(row).set(held::held_minor.eq(held::held_minor + delta)).execute(c))?;
        }
        return Ok(true);
    };
    let total = wanted.invoice.total;
    let is_ours = held::holder_id.eq(holder).and(held::total_minor.eq(total.minor()));
    let is_ours = is_ours.and(held::currency.eq(total.currency().code()));
    let changed = db!(tx, |c| diesel::update(
        row.filter(others.or(is_ours)).filter((held::held_minor + delta).le(total.minor()))
    )
    .set((
        held::held_minor.eq(held::held_minor + delta),
        held::holder_id.eq(holder),
        held::total_minor.eq(total.minor()),
        held::currency.eq(total.currency().code()),
    ))
    .execute(c))?;
    Ok(changed == 1)
}

/// What is held of a key.
fn held_row(reader: &mut Reader<'_>, key: &str) -> Result<Option<HeldRow>, Failure> {
    Ok(db!(reader, |c| held::table.find(key).select(HeldRow::as_select()).first(c).optional())?)
}

/// What stands in the way. Where it was let go in the meantime the whole is tried again.
fn why_not(tx: &mut Tx<'_>, moved: &Moved<'_>, holder: Key) -> Result<Option<Finding>, Failure> {
    let row = held_row(tx, moved.key)?.ok_or(Failure::Moved)?;
    moved.told(&row, holder)
}
