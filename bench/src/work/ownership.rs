//! Whose customers are: as it was known on a day, and registered.

use super::{
    Ground, Twin, Work,
    customer::{FILL, Standing, owned, stranger, stranger_of_the_bare_engine},
    reads, sends,
};
use crate::{
    Outcome,
    bare::{Bare, Trail, offset, on},
    copies::{Copies, Dialect, Family, replaced},
    rows::{at, id},
};
use chrono::{Days, NaiveTime};
use diesel::prelude::*;
use domain::spine::{Timestamp, Version};
use persistence::spine::{Instant, Key};
use sales_tables::{customer_standings, customers, ownership_facts, ownership_states, registrations};
use serde::Serialize;
use serde_json::{Value, json};

/// What is asked for lies so many days back, and what is known was learnt on the days before and after.
const DAYS_BACK: u64 = 30;
/// The customers were registered one after another in so many days.
const DAYS: i64 = 60;

/// Whose a customer was on a day.
pub const AS_OF: Work = Work {
    code: "ownership",
    name: "show whose a customer was on a day",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let (customers, day) = (ground.counts.customers, Instant(the_day()));
        Ok(Twin::read(move |bare, turn| Known::of(bare, Key(owned(turn, customers)), day)))
    }),
    script: |client, index| {
        let (customers, day) = (client.ground.counts.customers, the_day());
        reads(client, "director", index, move |turn| {
            format!("/api/v1/customers/{}/ownership?as_of={day}", owned(turn, customers))
        })
    },
};

/// Somebody comes whom nobody has registered yet.
pub const REGISTER: Work = Work {
    code: "register",
    name: "register a customer",
    fills: &[&FILL],
    twin: Some(|bare, ground| {
        let (pattern, customers) = (Learnt::of(bare, ground)?, ground.counts.customers);
        Ok(Twin::write(move |bare, number| pattern.insert(bare, number, customers)))
    }),
    script: |client, _| {
        let mut next = stranger(client);
        let site = client.ground.made.get("site").map(ToString::to_string).unwrap_or_default();
        sends(client, "staff", "/api/v1/registrations", move || {
            registration(&next().to_string(), &site).to_string()
        })
    },
};

/// What a desk writes of somebody who came.
pub fn registration(customer: &str, site: &str) -> Value {
    let inquiry = json!({"is_first_visit": true, "was_elsewhere": false, "was_phoned": false,
        "was_introduced": false, "asks_for_somebody": false, "has_relative": false});
    json!({"customer_id": customer, "site_id": site, "channel": "walk_in", "inquiry": inquiry})
}

/// The beginning of the day that is asked for: what is filled in is as old as the run, and so is what is asked.
fn the_day() -> Timestamp {
    let day = chrono::Local::now().date_naive() - Days::new(DAYS_BACK);
    Timestamp::new(day.and_time(NaiveTime::MIN).and_utc())
}

/// A fact as the bare engine reads and writes it.
#[derive(Queryable, Selectable, Insertable, Clone, Serialize)]
#[diesel(table_name = ownership_facts, treat_none_as_default_value = false)]
struct Fact {
    #[serde(skip)]
    customer_id: Key,
    place: i32,
    #[serde(serialize_with = "id")]
    id: Key,
    kind: String,
    #[serde(skip)]
    employee_id: Option<Key>,
    #[serde(serialize_with = "at")]
    at: Instant,
    #[serde(serialize_with = "at")]
    known_at: Instant,
    what: String,
}

/// A state of the chain as the bare engine writes it.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = ownership_states, treat_none_as_default_value = false)]
struct State {
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

/// A registration as the bare engine writes it.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = registrations, treat_none_as_default_value = false)]
struct Registration {
    id: Key,
    number: String,
    customer_id: Key,
    site_id: Key,
    receiver_id: Key,
    department_id: Key,
    entrusted_by_id: Option<Key>,
    channel: String,
    is_peer: bool,
    inquiry: String,
    claimed_at: Option<Instant>,
    registered_at: Instant,
    completed_at: Option<Instant>,
    status: String,
    version: Version,
}

/// What the bare engine reads: the file, how it stands, and what was known by then. Nothing is derived of it.
#[derive(Serialize)]
struct Known {
    number: String,
    standing: Standing,
    facts: Vec<Fact>,
}

impl Known {
    fn of(bare: &mut Bare, customer: Key, by: Instant) -> QueryResult<Self> {
        on!(bare, |c| {
            let (number, standing) = customers::table
                .inner_join(customer_standings::table)
                .filter(customers::id.eq(customer))
                .select((customers::number, Standing::as_select()))
                .first(c)?;
            let facts = ownership_facts::table
                .filter(ownership_facts::customer_id.eq(customer).and(ownership_facts::known_at.le(by)))
                .order(ownership_facts::place)
                .select(Fact::as_select())
                .load(c)?;
            Ok(Self { number, standing, facts })
        })
    }
}

/// What was written as the pattern was registered.
struct Learnt {
    registration: Registration,
    facts: Vec<Fact>,
    states: Vec<State>,
    /// Of the registration, and of whose the customer is.
    trails: [Trail; 2],
}

impl Learnt {
    fn of(bare: &mut Bare, ground: &Ground) -> Outcome<Self> {
        let (registration, customer) = (Key(ground.made("registration")?), Key(ground.made("customer")?));
        let trails = [Trail::of(bare, registration)?, Trail::of(bare, customer)?];
        on!(bare, |c| Ok(Self {
            registration: registrations::table
                .filter(registrations::id.eq(registration))
                .select(Registration::as_select())
                .first(c)?,
            facts: ownership_facts::table
                .filter(ownership_facts::customer_id.eq(customer))
                .select(Fact::as_select())
                .load(c)?,
            states: ownership_states::table
                .filter(ownership_states::customer_id.eq(customer))
                .select(State::as_select())
                .load(c)?,
            trails,
        }))
    }

    /// Writes as much of another customer, whom the product does not register.
    fn insert(&self, bare: &mut Bare, number: i64, customers: u64) -> QueryResult<()> {
        let (customer, places) = stranger_of_the_bare_engine(number, customers);
        let id = offset(self.registration.id, number);
        let registration = Registration {
            id,
            number: format!("{}-{number}", self.registration.number),
            customer_id: customer,
            ..self.registration.clone()
        };
        let fact = |fact: &Fact| Fact {
            customer_id: customer,
            place: places + fact.place,
            id: offset(fact.id, number),
            ..fact.clone()
        };
        let state =
            |state: &State| State { customer_id: customer, place: places + state.place, ..state.clone() };
        let (facts, states): (Vec<_>, Vec<_>) =
            (self.facts.iter().map(fact).collect(), self.states.iter().map(state).collect());
        let owner = Some(self.registration.receiver_id);
        on!(bare, |c| {
            diesel::insert_into(registrations::table).values(&registration).execute(c)?;
            for fact in &facts {
                diesel::insert_into(ownership_facts::table).values(fact).execute(c)?;
            }
            for state in &states {
                diesel::insert_into(ownership_states::table).values(state).execute(c)?;
            }
            diesel::update(customer_standings::table.filter(customer_standings::customer_id.eq(customer)))
                .set((customer_standings::owner_id.eq(owner), customer_standings::state.eq("owned")))
                .execute(c)?;
        });
        let [of_registration, of_ownership] = &self.trails;
        of_registration.numbered(number, 0, id).insert(bare)?;
        of_ownership.numbered(number, 1, customer).insert(bare)
    }
}

/// The rules of ownership held long before what is known of the customers.
pub fn age_policies(bare: &mut Bare) -> Outcome<()> {
    let published = Dialect::of(bare).earlier("published_at", "400 * 86400");
    let older = format!("effective_from = CAST('2020-01-01' AS {}), published_at = {published}", date(bare));
    Ok(bare.execute(&format!("UPDATE policies SET {older} WHERE code LIKE 'ownership/%'"))?)
}

fn date(bare: &Bare) -> &'static str {
    if bare.is_sqlite() { "TEXT" } else { "DATE" }
}

/// What was written as the pattern was registered, of others: each of a day of their own.
pub fn copies(bare: &mut Bare, ground: &Ground, only: &'static str) -> Outcome<Vec<Copies>> {
    let (dialect, learnt) = (Dialect::of(bare), Learnt::of(bare, ground)?);
    let customer = dialect.key(ground.made("customer")?);
    let age = format!("n % {DAYS} * 86400");
    let earlier = |column: &str| dialect.earlier(&format!("pattern.{column}"), &age);
    let quoted = |key: Key| format!("'{}'", key.0);
    let text = |family| dialect.id_text(family, "n");
    let [written] = learnt.facts.as_slice() else { return Err("one fact was expected".into()) };
    let of = &learnt.registration;
    let known = [
        (quoted(of.id), text(Family::Registrations)),
        (quoted(written.id), text(Family::Facts)),
        (quoted(of.receiver_id), "people.employee_text".to_owned()),
        (quoted(of.department_id), "people.department_text".to_owned()),
    ];
    let known: Vec<(&str, &str)> = known.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let copies = |table, of, differing: Vec<(&'static str, String)>| Copies { table, of, only, differing };
    let id = ("customer_id", dialect.id(Family::Customers, "n"));
    let of_customer = format!("customer_id = {customer}");
    Ok(vec![
        copies(
            "registrations",
            of_customer.clone(),
            vec![
                id.clone(),
                ("id", dialect.id(Family::Registrations, "n")),
                ("number", format!("'RG-2024-' || {}", dialect.padded("n", 8))),
                ("receiver_id", "people.employee".to_owned()),
                ("department_id", "people.department".to_owned()),
                ("registered_at", earlier("registered_at")),
                ("completed_at", earlier("completed_at")),
            ],
        ),
        copies(
            "ownership_facts",
            of_customer.clone(),
            vec![
                id.clone(),
                ("id", dialect.id(Family::Facts, "n")),
                ("at", earlier("at")),
                ("known_at", earlier("known_at")),
                ("what", replaced("pattern.what", &known)),
            ],
        ),
        copies(
            "ownership_states",
            of_customer,
            vec![
                id,
                (
                    "owner_id",
                    "CASE WHEN pattern.owner_id IS NULL THEN NULL ELSE people.employee END".to_owned(),
                ),
                ("from_at", earlier("from_at")),
                ("known_at", earlier("known_at")),
                ("detail", replaced("pattern.detail", &known)),
            ],
        ),
    ])
}
