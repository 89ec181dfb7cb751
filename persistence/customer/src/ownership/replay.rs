//! Whose the customers are about whom something was learnt in a period, derived again by other rules. `[REG-7; OWN-18]`

use super::row::{book, load};
use crate::{
    organisation::Register,
    policy_replay::{Asked, Played, Replayable, Replayer},
    schema::{
        customer_standings as standings, customers, ownership_facts as facts, ownership_states as states,
    },
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    ownership::{Derived, Fact, Ownership, OwnershipPolicy, PolicyBook, State},
    policy_replay::{Case, PAGE, Results},
    spine::{EmployeeId, Permission, PolicyContent, Timestamp},
    working_time::midnight,
};

/// Ownership as a decision that can be replayed.
pub(super) const REPLAYED: &Replayable =
    &Replayable { decision: DECISION, kind: OwnershipPolicy::KIND, begin };

const DECISION: &str = "ownership";

struct Owned {
    asked: Asked,
    draft: PolicyBook,
    /// From when and until before when something was learnt.
    span: (Timestamp, Timestamp),
    after: Key,
}

fn begin(reader: &mut Reader<'_>, asked: &Asked) -> Result<Box<dyn Replayer>, Failure> {
    let (period, zone) = (asked.period, reader.zone());
    let draft = book(reader)?.with_draft(asked.version()?, period.from);
    let next_day = period.to.succ_opt().unwrap_or(period.to);
    let span = (midnight(period.from, zone), midnight(next_day, zone));
    Ok(Box::new(Owned { asked: asked.clone(), draft, span, after: Key(uuid::Uuid::nil()) }))
}

#[derive(Queryable)]
struct Row {
    id: Key,
    number: String,
    department_id: Key,
    owner_id: Option<Key>,
}

impl Replayer for Owned {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let rows = self.rows(reader)?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        self.after = rows.last().map_or(self.after, |row| row.id);
        let mut played = Played { is_last, ..Played::default() };
        let reach = reader.actor().reach(Permission::ReadCustomers);
        for row in rows {
            let is_own = reader.actor().employee.map(Key::from) == row.owner_id && row.owner_id.is_some();
            if !reach.covers(row.department_id.into(), is_own) {
                played.out_of_reach += 1;
                continue;
            }
            played.cases.push(self.case(reader, row)?);
        }
        Ok(played)
    }
}

impl Owned {
    /// The next customers of whom something was learnt, in the order of keys.
    fn rows(&self, reader: &mut Reader<'_>) -> Result<Vec<Row>, Failure> {
        let (from, before) = (Instant::from(self.span.0), Instant::from(self.span.1));
        let until = Instant::from(self.asked.until);
        let after = self.after;
        let learnt: Vec<Key> = db!(reader, |c| facts::table
            .filter(facts::customer_id.gt(after))
            .filter(facts::known_at.ge(from).and(facts::known_at.lt(before)))
            .filter(facts::known_at.le(until))
            .order(facts::customer_id)
            .select(facts::customer_id)
            .distinct()
            .limit(PAGE)
            .load(c))?;
        Ok(db!(reader, |c| customers::table
            .inner_join(standings::table)
            .filter(customers::id.eq_any(&learnt))
            .order(customers::id)
            .select((customers::id, customers::number, standings::department_id, standings::owner_id))
            .load(c))?)
    }

    fn case(&self, reader: &mut Reader<'_>, row: Row) -> Result<Case, Failure> {
        let Row { id, number, .. } = row;
        let (zone, owned, known) = (reader.zone(), load(reader, id.into())?, book(reader)?);
        let end = self.asked.until.min(self.span.1.plus(-chrono::Duration::microseconds(1)));
        let current = owned.as_of(&known, end, zone);
        let draft = owned.as_of(&self.draft, end, zone);
        let stored = stored(reader, &owned, &current, end)?;
        let register = Register::of(reader)?;
        let names = |who: EmployeeId| {
            register.person(who).map_or_else(|| who.to_string(), |person| person.name.clone())
        };
        let outcome = |derived: &Derived| derived.outcome(&owned.facts, &names);
        let results = Results::Determined {
            stored: stored.map(|stored| outcome(&stored)),
            current: outcome(&current),
            draft: outcome(&draft),
        };
        Ok(self.asked.case(DECISION, ("customer_file", id.0), number, end.date_in(zone), results))
    }
}

/// How the customer stood by what was kept with the last fact; nothing where time has moved them since, which is not
/// kept.
fn stored(
    reader: &mut Reader<'_>,
    owned: &Ownership,
    current: &Derived,
    end: Timestamp,
) -> Result<Option<Derived>, Failure> {
    let known: Vec<&Fact> = owned.facts.iter().filter(|fact| fact.known_at <= end).collect();
    let Some(last) = known.iter().map(|fact| fact.known_at).max() else { return Ok(None) };
    if current.since().is_some_and(|since| since > last) {
        return Ok(None);
    }
    let key = Key::from(owned.customer);
    let detail: Option<String> = db!(reader, |c| states::table
        .filter(states::customer_id.eq(key).and(states::known_at.le(Instant::from(end))))
        .order((states::revision.desc(), states::place.desc()))
        .select(states::detail)
        .first(c)
        .optional())?;
    let Some(detail) = detail else { return Ok(None) };
    let state: State = serde_json::from_str(&detail)?;
    Ok(Some(Derived { chain: vec![state], ..current.clone() }))
}
