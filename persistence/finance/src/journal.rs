//! Journal entries: written with the approval of their claim, removed where the posting was refused.

use crate::{
    schema::{journal_entries as entries, journal_postings as postings},
    spine::{Failure, Key, Reader, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::journal::{JournalEntry, Posting, Role, Side},
    spine::{BusinessDate, Currency, Money},
};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = postings, treat_none_as_default_value = false)]
struct Row {
    claim_id: Key,
    position: i32,
    side: String,
    role: String,
    account: String,
    line: Option<i32>,
    cost_centre_id: Option<Key>,
    amount_minor: i64,
    remainder_minor: i64,
}

/// Makes the stored entry of a claim the present one.
pub(super) fn save(
    tx: &mut Tx<'_>,
    claim: Key,
    before: Option<&JournalEntry>,
    after: Option<&JournalEntry>,
) -> Result<(), Failure> {
    if before == after {
        return Ok(());
    }
    if before.is_some() {
        db!(tx, |c| {
            diesel::delete(postings::table.filter(postings::claim_id.eq(claim))).execute(c)?;
            diesel::delete(entries::table.filter(entries::claim_id.eq(claim))).execute(c)
        })?;
    }
    let Some(entry) = after else { return Ok(()) };
    let head = (
        entries::claim_id.eq(claim),
        entries::entered_on.eq(entry.date),
        entries::currency.eq(entry.currency.code()),
    );
    let rows = entry
        .postings
        .iter()
        .enumerate()
        .map(|(index, posting)| Row::of(claim, index, posting))
        .collect::<Result<Vec<_>, _>>()?;
    db!(tx, |c| diesel::insert_into(entries::table).values(&head).execute(c))?;
    insert_all!(tx, postings::table, &rows);
    Ok(())
}

impl Row {
    fn of(claim: Key, index: usize, posting: &Posting) -> Result<Self, Failure> {
        let Posting { side, role, account, line, cost_centre, amount, remainder } = posting;
        Ok(Self {
            claim_id: claim,
            position: i32::try_from(index + 1).map_err(Failure::fault)?,
            side: side.code().to_owned(),
            role: role.code().to_owned(),
            account: account.clone(),
            line: line.map(i32::try_from).transpose().map_err(Failure::fault)?,
            cost_centre_id: cost_centre.map(Into::into),
            amount_minor: amount.minor(),
            remainder_minor: remainder.minor(),
        })
    }

    fn posting(self, currency: Currency) -> Result<Posting, Failure> {
        let corrupt = |column| Failure::corrupt("journal_postings", column, self.claim_id.0);
        Ok(Posting {
            side: Side::from_code(&self.side).ok_or_else(|| corrupt("side"))?,
            role: Role::from_code(&self.role).ok_or_else(|| corrupt("role"))?,
            line: self.line.map(usize::try_from).transpose().map_err(Failure::fault)?,
            account: self.account,
            cost_centre: self.cost_centre_id.map(Into::into),
            amount: Money::from_minor(self.amount_minor, currency),
            remainder: Money::from_minor(self.remainder_minor, currency),
        })
    }
}

/// The entry of one claim, if it has one; an entry has at least two postings.
pub(super) fn of(reader: &mut Reader<'_>, claim: Key) -> Result<Option<JournalEntry>, Failure> {
    let rows: Vec<(BusinessDate, String, Row)> = db!(reader, |c| entries::table
        .inner_join(postings::table.on(postings::claim_id.eq(entries::claim_id)))
        .filter(entries::claim_id.eq(claim))
        .order(postings::position)
        .select((entries::entered_on, entries::currency, Row::as_select()))
        .load(c))?;
    let mut found: Option<JournalEntry> = None;
    for (date, currency, row) in rows {
        let currency =
            currency.parse().map_err(|_| Failure::corrupt("journal_entries", "currency", claim.0))?;
        let posting = row.posting(currency)?;
        found
            .get_or_insert_with(|| JournalEntry { date, currency, postings: Vec::new() })
            .postings
            .push(posting);
    }
    Ok(found)
}
