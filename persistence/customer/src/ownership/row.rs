//! Rows of facts and of the chain.

use crate::{
    customer_file::{self, held::ERASED, standing},
    organisation::Register,
    policy,
    schema::{ownership_concerns as concerns, ownership_facts as facts, ownership_states as states},
    spine::{Failure, Instant, Key, Master, Reader, Stored, Tx, db, insert_all, insert_missing},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    ownership::{DatedPolicy, Derived, Fact, Ownership, OwnershipPolicy, PolicyBook, State, What},
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

#[derive(Queryable, Selectable, Insertable, Clone, Copy, Debug)]
#[diesel(table_name = concerns)]
struct ConcernRow {
    customer_id: Key,
    employee_id: Key,
}

/// Against whose limit of claims a fact counts: who claimed, or was given somebody out of a pool by a registration that was
/// nobody's turn.
fn counted_for(fact: &Fact, derived: &Derived) -> Option<EmployeeId> {
    match &fact.what {
        What::Claimed { by, .. } => Some(*by),
        What::Registered(registered) if !registered.is_in_turn => derived.taken_from_pool(fact.id),
        _ => None,
    }
}

fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

impl FactRow {
    fn of(customer: CustomerId, index: usize, fact: &Fact, derived: &Derived) -> Result<Self, Failure> {
        let Fact { id, at, known_at, what } = fact;
        Ok(Self {
            customer_id: customer.into(),
            place: place(index),
            id: (*id).into(),
            kind: what.code().to_owned(),
            employee_id: counted_for(fact, derived).map(Into::into),
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
        let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
        // What time alone had brought about was not written before, so what stands then is what the last fact left.
        let last = before.facts.last().map_or(now, |fact| fact.known_at);
        let (old, new) = (before.as_of(&book, last, zone), self.as_of(&book, now, zone));
        let added = self.facts.iter().enumerate().skip(before.facts.len());
        let rows = added.map(|(index, fact)| FactRow::of(self.customer, index, fact, &new));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        insert_all!(tx, facts::table, &rows);
        keep_concerned(tx, self.customer, (&old, &new))?;
        keep_chain(tx, self, (&old, &new))
    }
}

/// Keeps whose leaving is to be learnt of.
fn keep_concerned(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    (old, new): (&Derived, &Derived),
) -> Result<(), Failure> {
    let customer_id = Key::from(customer);
    let gone: Vec<Key> = old.concerned.difference(&new.concerned).map(|who| Key::from(*who)).collect();
    if !gone.is_empty() {
        let theirs = concerns::customer_id.eq(customer_id).and(concerns::employee_id.eq_any(&gone));
        db!(tx, |c| diesel::delete(concerns::table.filter(theirs)).execute(c))?;
    }
    let come = new.concerned.difference(&old.concerned).map(|who| Key::from(*who));
    let rows: Vec<ConcernRow> = come.map(|employee_id| ConcernRow { customer_id, employee_id }).collect();
    // Of what was kept before this was, more than need be may stand.
    insert_missing!(tx, concerns::table, &rows);
    Ok(())
}

/// Keeps the part of the chain that is new, or other than it was.
fn keep_chain(tx: &mut Tx<'_>, after: &Ownership, (old, new): (&Derived, &Derived)) -> Result<(), Failure> {
    let now = tx.now();
    let same = old.chain.iter().zip(&new.chain).take_while(|(old, new)| old == new).count();
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
    let rows = new.chain.iter().enumerate().skip(same).map(row).collect::<Result<Vec<_>, Failure>>()?;
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

/// How many customers somebody took from pools since an instant, by claims and by registrations that count as such: events, not
/// what they own now.
pub(super) fn claims_since(reader: &mut Reader<'_>, who: EmployeeId, since: Instant) -> Result<i64, Failure> {
    let key = Some(Key::from(who));
    Ok(db!(reader, |c| facts::table
        .filter(facts::employee_id.eq(key).and(facts::kind.eq_any(["claimed", "registered"])))
        .filter(facts::known_at.ge(since))
        .count()
        .get_result(c))?)
}

/// Forgets the reasons that people gave with facts; nothing is derived from them.
pub(super) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let key = Key::from(customer);
    for (place, mut fact) in (0_i32..).zip(load(tx, customer)?.facts) {
        match &mut fact.what {
            What::Released { reason, .. } | What::Voided { reason, .. } => ERASED.clone_into(reason),
            _ => continue,
        }
        let what = serde_json::to_string(&fact.what)?;
        let mine = facts::customer_id.eq(key).and(facts::place.eq(place));
        db!(tx, |c| diesel::update(facts::table.filter(mine)).set(facts::what.eq(&what)).execute(c))?;
    }
    // The trail tells of them under the customer, whose own entries are emptied.
    Ok(Vec::new())
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

/// The customers about whom it says something that somebody leaves.
pub(super) fn concerned_with(reader: &mut Reader<'_>, who: EmployeeId) -> Result<Vec<CustomerId>, Failure> {
    let key = Key::from(who);
    let rows: Vec<Key> = db!(reader, |c| concerns::table
        .filter(concerns::employee_id.eq(key))
        .order(concerns::customer_id)
        .select(concerns::customer_id)
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
