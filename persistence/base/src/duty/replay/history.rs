//! What was filed and what called for duties in the days of a replay: read from the feed once, a piece a read. `[REG-7b]`

use super::super::{
    row::subject_text,
    source::{Called, Filed, FiledRecord},
};
use crate::{
    policy_replay::Asked,
    schema::events,
    spine::{Failure, House, Instant, Key, Reader, db},
};
use chrono::Duration;
use diesel::prelude::*;
use domain::{
    duty::{DutyRule, DutySubject, Occasion, cadence::Cadence},
    spine::Timestamp,
    working_time::midnight,
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    iter,
};
use uuid::Uuid;

/// How many events are looked at in one short read.
const PIECE: i64 = 20_000;
/// What is filed for a period may be filed before it begins: so many days are looked back.
const BEFORE_DAYS: i64 = 100;

/// Something that was filed.
#[derive(Clone)]
pub(super) struct Filing {
    pub at: Timestamp,
    pub record: Uuid,
    pub facts: Value,
}

/// An event that may call for a duty.
pub(super) struct Call {
    pub called: &'static Called,
    pub at: Timestamp,
    pub entity: Uuid,
    pub facts: Value,
}

/// A source, the occasion (empty where a record is what it is filed for), and whose it is.
type Place = (&'static str, String, String);

/// What was filed, and what called for duties.
pub(super) struct History {
    asked: Asked,
    /// Which sources, and which events, any of the versions names.
    sources: BTreeSet<String>,
    calling: BTreeSet<String>,
    kinds: Vec<&'static str>,
    known: Vec<&'static str>,
    /// The last event that was looked at, and the last there is; none before they were looked for.
    read: Option<(i64, i64)>,
    filings: HashMap<Place, Vec<Filing>>,
    places: HashMap<(&'static str, Uuid), Vec<Place>>,
    /// The events that may have called for duties, in the order of history.
    pub calls: VecDeque<Call>,
    gone: HashMap<(&'static str, Uuid), Vec<Timestamp>>,
}

fn filed(house: &'static House, sources: &BTreeSet<String>) -> impl Iterator<Item = &'static Filed> {
    house.all::<Filed>().filter(|filed| sources.contains(filed.source))
}

fn called(house: &'static House, calling: &BTreeSet<String>) -> impl Iterator<Item = &'static Called> {
    house.all::<Called>().filter(|called| calling.contains(called.event))
}

impl History {
    /// Of what these versions of a rule ask for; nothing is read yet.
    pub fn of(reader: &Reader<'_>, asked: &Asked, versions: &[&DutyRule]) -> Self {
        let sources: BTreeSet<String> =
            versions.iter().map(|rule| rule.fulfilled_by.source.clone()).collect();
        let calling: BTreeSet<String> = versions
            .iter()
            .filter_map(|rule| match &rule.cadence {
                Cadence::Event { kind, .. } => Some(kind.clone()),
                Cadence::Period { .. } => None,
            })
            .collect();
        let house = reader.house();
        let of_filed = filed(house, &sources)
            .flat_map(|filed| iter::once(filed.event).chain(filed.undone.iter().map(|one| one.event)));
        let of_called = called(house, &calling)
            .flat_map(|called| iter::once(called.event).chain(called.gone.iter().copied()));
        let kinds: BTreeSet<&'static str> = of_filed.chain(of_called).collect();
        Self {
            asked: asked.clone(),
            kinds: kinds.into_iter().collect(),
            known: filed(house, &sources).map(|filed| filed.source).collect(),
            sources,
            calling,
            read: None,
            filings: HashMap::new(),
            places: HashMap::new(),
            calls: VecDeque::new(),
            gone: HashMap::new(),
        }
    }

    /// Reads a piece of the feed; answers whether there is more to be read.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn reads_on(&mut self, reader: &mut Reader<'_>) -> Result<bool, Failure> {
        if self.kinds.is_empty() {
            return Ok(false);
        }
        let (after, last) = match self.read {
            Some(read) => read,
            None => {
                let zone = reader.zone();
                let start = midnight(self.asked.period.from, zone).plus(-Duration::days(BEFORE_DAYS));
                (before(reader, start)?, before(reader, self.asked.until.plus(Duration::microseconds(1)))?)
            }
        };
        if after >= last {
            self.read = Some((after, last));
            return Ok(false);
        }
        let to = after.saturating_add(PIECE).min(last);
        type Row = (String, Key, String, Instant);
        let rows: Vec<Row> = db!(reader, |c| events::table
            .filter(events::sequence.gt(after).and(events::sequence.le(to)))
            .filter(events::kind.eq_any(&self.kinds))
            .order(events::sequence)
            .select((events::kind, events::entity, events::facts, events::at))
            .load(c))?;
        for (kind, entity, facts, at) in rows {
            self.take_in(reader, &kind, entity.0, &serde_json::from_str(&facts)?, at.0)?;
        }
        self.read = Some((to, last));
        Ok(to < last)
    }

    fn take_in(
        &mut self,
        reader: &mut Reader<'_>,
        kind: &str,
        entity: Uuid,
        facts: &Value,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let house = reader.house();
        let sources: Vec<&'static Filed> = filed(house, &self.sources).collect();
        for filed in sources {
            if filed.event == kind {
                self.note(reader, filed, entity, at)?;
            }
            let undone = filed.undone.iter().filter(|undone| undone.event == kind);
            if undone.filter_map(|undone| (undone.by)(facts)).next().is_some() {
                self.take_back(filed.source, entity);
            }
        }
        let day = at.date_in(reader.zone());
        let is_within = self.asked.period.from <= day && day <= self.asked.period.to;
        for called in called(house, &self.calling) {
            if called.event == kind && is_within {
                self.calls.push_back(Call { called, at, entity, facts: facts.clone() });
            }
            if called.gone.contains(&kind) {
                self.gone.entry((called.event, entity)).or_default().push(at);
            }
        }
        Ok(())
    }

    fn note(
        &mut self,
        reader: &mut Reader<'_>,
        filed: &'static Filed,
        entity: Uuid,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let what = match (filed.of)(reader, entity) {
            // What was there then may be gone since.
            Err(Failure::NotFound) | Ok(None) => return Ok(()),
            Ok(Some(what)) => what,
            Err(failure) => return Err(failure),
        };
        let (places, facts): (Vec<Place>, Value) = match what {
            FiledRecord::Period { period, by, department, facts } => {
                let own = subject_text(&DutySubject::Person { employee: by });
                let post = subject_text(&DutySubject::Post { department, position: None });
                let at = |subject: String| (filed.source, period.to_string(), subject);
                (vec![at(own), at(post)], facts)
            }
            FiledRecord::Record { kind, id, facts } => {
                let subject = subject_text(&DutySubject::Record { kind: kind.to_owned(), id });
                (vec![(filed.source, String::new(), subject)], facts)
            }
        };
        for place in &places {
            let filing = Filing { at, record: entity, facts: facts.clone() };
            self.filings.entry(place.clone()).or_default().push(filing);
        }
        self.places.insert((filed.source, entity), places);
        Ok(())
    }

    fn take_back(&mut self, source: &'static str, record: Uuid) {
        for place in self.places.remove(&(source, record)).unwrap_or_default() {
            if let Some(filings) = self.filings.get_mut(&place) {
                filings.retain(|filing| filing.record != record);
            }
        }
    }

    /// What was filed by a source for an occasion of somebody's, the first first.
    pub fn filed(&self, source: &str, occasion: Occasion, subject: &DutySubject) -> &[Filing] {
        let known = self.named(source);
        let occasion = match subject {
            DutySubject::Record { .. } => String::new(),
            _ => occasion.to_string(),
        };
        let place = known.map(|source| (source, occasion, subject_text(subject)));
        place.and_then(|place| self.filings.get(&place)).map_or(&[], Vec::as_slice)
    }

    fn named(&self, source: &str) -> Option<&'static str> {
        self.known.iter().copied().find(|known| *known == source)
    }

    /// What rules may ask of a record that was filed.
    pub fn facts_of(&self, source: &str, record: Uuid) -> Option<&Value> {
        let place = self.places.get(&(self.named(source)?, record))?.first()?;
        let filings = self.filings.get(place)?;
        filings.iter().find(|filing| filing.record == record).map(|filing| &filing.facts)
    }

    /// When what called for a duty was gone, where it was.
    pub fn gone(&self, call: &Call) -> Option<Timestamp> {
        let gone = self.gone.get(&(call.called.event, call.entity))?;
        gone.iter().copied().find(|gone| *gone > call.at)
    }
}

/// The last event before an instant: events lie in the order of their instants, as near as two commits may cross.
fn before(reader: &mut Reader<'_>, instant: Timestamp) -> Result<i64, Failure> {
    let last: Option<i64> =
        db!(reader, |c| events::table.select(diesel::dsl::max(events::sequence)).first(c))?;
    let (mut low, mut high) = (0, last.unwrap_or_default());
    while low < high {
        let middle = low + (high - low).div_euclid(2) + 1;
        let at: Option<Instant> = db!(reader, |c| events::table
            .filter(events::sequence.ge(middle).and(events::sequence.le(high)))
            .order(events::sequence)
            .select(events::at)
            .first(c)
            .optional())?;
        match at {
            Some(at) if at.0 < instant => low = middle,
            _ => high = middle - 1,
        }
    }
    Ok(low)
}
