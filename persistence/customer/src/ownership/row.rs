//! Rows of facts and of the chain.

use crate::{
    customer_file::{self, standing},
    organisation::Register,
    policy,
    schema::{ownership_facts as facts, ownership_states as states},
    spine::{Failure, Instant, Key, Master, Reader, Stored, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    ownership::{DatedPolicy, Fact, Ownership, OwnershipPolicy, PolicyBook, State, What},
    spine::{EmployeeId, Version},
};
use std::sync::Arc;

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = facts, treat_none_as_default_value = false)]
struct FactRow {
    customer_id: Key,
    place: i32,
    id: Key,
    kind: String,
    employee_id: Option<Key>,
    at: Instant,
    known_at: Instant,
    what: String,
}

#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = states, treat_none_as_default_value = false)]
struct StateRow {
    customer_id: Key,
    revision: Version,
    place: i32,
    owner_id: Option<Key>,
    state: String,
    rule: String,
    from_at: Instant,
    known_at: Instant,
    detail: String,
}

/// Whose deed a fact was, where it counts against a limit of that person.
const fn counted_for(what: &What) -> Option<EmployeeId> {
    match what {
        What::Claimed { by, .. } => Some(*by),
        _ => None,
    }
}

fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

impl FactRow {
    fn of(customer: CustomerId, index: usize, fact: &Fact) -> Result<Self, Failure> {
        let Fact { id, at, known_at, what } = fact;
        Ok(Self {
            customer_id: customer.into(),
            place: place(index),
            id: (*id).into(),
            kind: what.code().to_owned(),
            employee_id: counted_for(what).map(Into::into),
            at: (*at).into(),
            known_at: (*known_at).into(),
            what: serde_json::to_string(what)?,
        })
    }

    fn fact(self) -> Result<Fact, Failure> {
        let what = serde_json::from_str(&self.what)?;
        Ok(Fact { id: self.id.into(), at: self.at.into(), known_at: self.known_at.into(), what })
    }
}

impl Stored<crate::Customer> for Ownership {
    const GROWING: &'static [&'static str] = &["facts"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Some(before) = before else { return Err(Failure::fault("ownership begins with the file")) };
        // The guard comes first: who comes second does it again, and finds what the first left.
        standing::write(tx, before.version, &self.standing)?;
        let known = before.facts.len();
        let new = self.facts.iter().enumerate().skip(known);
        let rows = new.map(|(index, fact)| FactRow::of(self.customer, index, fact));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        insert_all!(tx, facts::table, &rows);
        keep_chain(tx, before, self)
    }
}

/// Keeps the part of the chain that is new, or other than it was.
fn keep_chain(tx: &mut Tx<'_>, before: &Ownership, after: &Ownership) -> Result<(), Failure> {
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    // What time alone had brought about was not written before, so the chain then is that of the last fact.
    let last = before.facts.last().map_or(now, |fact| fact.known_at);
    let (old, new) = (before.as_of(&book, last, zone).chain, after.as_of(&book, now, zone).chain);
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let row = |(index, state): (usize, &State)| {
        Ok(StateRow {
            customer_id: after.customer.into(),
            revision: after.version,
            place: place(index),
            owner_id: state.standing.owner().map(Into::into),
            state: state.standing.state().code().to_owned(),
            rule: state.decision.rule.code().to_owned(),
            from_at: state.from.into(),
            known_at: now.into(),
            detail: serde_json::to_string(state)?,
        })
    };
    let rows = new.iter().enumerate().skip(same).map(row).collect::<Result<Vec<_>, Failure>>()?;
    insert_all!(tx, states::table, &rows);
    Ok(())
}

/// All published policies of ownership, kept in memory until one changes.
///
/// # Errors
/// Where the database fails.
pub fn book(reader: &mut Reader<'_>) -> Result<Arc<PolicyBook>, Failure> {
    reader.master(Master("policies"), "ownership book", |reader| {
        let all = policy::all_of_kind::<OwnershipPolicy>(reader)?.into_iter();
        let dated = |dated: policy::Dated<OwnershipPolicy>| DatedPolicy {
            from: dated.from,
            published_at: dated.published_at,
            version: dated.version,
        };
        Ok(PolicyBook(all.map(dated).collect()))
    })
}

/// All that is known of whose a customer is, whoever asks: for rules, never for an answer.
///
/// # Errors
/// Where there is no such customer.
pub fn load(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Ownership, Failure> {
    let key = Key::from(customer);
    let standing = standing::of(reader, customer)?;
    let rows: Vec<FactRow> = db!(reader, |c| facts::table
        .filter(facts::customer_id.eq(key))
        .order(facts::place)
        .select(FactRow::as_select())
        .load(c))?;
    let facts = rows.into_iter().map(FactRow::fact).collect::<Result<_, _>>()?;
    Ok(Ownership { customer, facts, version: standing.version, standing })
}

/// The same of a customer whom the caller sees.
///
/// # Errors
/// Not found where they do not.
pub fn find(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Ownership, Failure> {
    customer_file::find(reader, customer)?;
    load(reader, customer)
}

/// How many customers somebody claimed since an instant: events, not what they own now.
pub(super) fn claims_since(reader: &mut Reader<'_>, who: EmployeeId, since: Instant) -> Result<i64, Failure> {
    let key = Some(Key::from(who));
    Ok(db!(reader, |c| facts::table
        .filter(facts::employee_id.eq(key).and(facts::kind.eq("claimed")).and(facts::known_at.ge(since)))
        .count()
        .get_result(c))?)
}

/// How many customers somebody owns now.
pub(super) fn owned_by(reader: &mut Reader<'_>, who: EmployeeId) -> Result<i64, Failure> {
    use crate::schema::customer_standings as standings;
    let key = Some(Key::from(who));
    Ok(db!(reader, |c| standings::table.filter(standings::owner_id.eq(key)).count().get_result(c))?)
}

/// Whose customers somebody's are.
pub(crate) fn customers_of(reader: &mut Reader<'_>, who: EmployeeId) -> Result<Vec<CustomerId>, Failure> {
    use crate::schema::customer_standings as standings;
    let key = Some(Key::from(who));
    let rows: Vec<Key> = db!(reader, |c| standings::table
        .filter(standings::owner_id.eq(key))
        .order(standings::customer_id)
        .select(standings::customer_id)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The department somebody works in today.
pub(super) fn department_of(
    reader: &mut Reader<'_>,
    who: EmployeeId,
) -> Result<domain::spine::DepartmentId, Failure> {
    let today = reader.today();
    let found = Register::of(reader)?.department_on(who, today);
    found.ok_or_else(|| Failure::corrupt("employees", "department_id", who))
}
