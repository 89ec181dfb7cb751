//! Whether a customer is known already: asked of every file in the company, answered without data. `[CUS-2]`

use crate::{
    customer_file::{self, phone::lookups, standing},
    organisation::Register,
    schema::{
        customer_look_ups as look_ups, customer_phones as phones, customer_standings as standings, customers,
    },
    spine::{Failure, Gate, Key, Part, Reader, Tx, View, db, is_taken, notice},
};
use diesel::prelude::*;
use domain::{
    customer_file::{
        Customer, CustomerFilePolicy, CustomerId, CustomerKind, CustomerState, Phone, Standing,
        naming::{name_key, name_reading},
    },
    customer_look_up::{DoubleBy, KNOWN_ALREADY, LOOKED_UP, RegistrationVerdict, TOO_OFTEN, masked_name},
    spine::{Citation, Permission, PolicyVersion, Refusal},
};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

/// So many customers are answered at most: who finds more asks too vaguely.
const MATCHES_MAX: i64 = 20;

/// By what somebody is sought.
#[derive(Clone, Default, Debug)]
pub struct Sought {
    /// The name, and whether it is a company's.
    pub name: Option<(String, CustomerKind)>,
    /// The phones.
    pub phones: Vec<Phone>,
    /// The tax number.
    pub tax_number: Option<String>,
}

/// A customer who is known already.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerMatch)]
pub struct CustomerMatch {
    /// Its identity, by which it is registered and received; who may not see the file sees no more by it.
    pub id: CustomerId,
    /// The number of the file.
    #[schema(max_length = 60, example = "CU-2026-000012")]
    pub number: String,
    /// Who it is.
    pub kind: CustomerKind,
    /// The name, masked.
    #[schema(max_length = 100, example = "李*")]
    pub name: String,
    /// By what it is the same.
    #[schema(max_items = 4)]
    pub same: Vec<DoubleBy>,
    /// The name of the owner.
    #[schema(max_length = 60, example = "王芳")]
    pub owner: Option<String>,
    /// The department, in Chinese.
    #[schema(max_length = 60, example = "销售部")]
    pub department: String,
    /// Who may register the customer.
    pub verdict: RegistrationVerdict,
    /// What that rests on.
    pub citation: Citation,
}

/// What a look-up answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerMatches)]
pub struct CustomerMatches {
    /// Who is known; at most 20.
    #[schema(max_items = 20)]
    pub matches: Vec<CustomerMatch>,
}

impl View for CustomerMatches {}

/// Which files are the same by what.
type Same = BTreeMap<Key, BTreeSet<DoubleBy>>;

/// The files of those who are sought, in the whole company.
fn same(reader: &mut Reader<'_>, sought: &Sought) -> Result<Same, Failure> {
    let mut found = Same::new();
    let mut note = |by: DoubleBy, keys: Vec<Key>| {
        keys.into_iter().for_each(|key| {
            found.entry(key).or_default().insert(by);
        });
    };
    let mut numbers = Vec::new();
    for phone in &sought.phones {
        numbers.extend(lookups(reader, phone)?);
    }
    if !numbers.is_empty() {
        note(
            DoubleBy::Phone,
            db!(reader, |c| phones::table
                .filter(phones::lookup.eq_any(&numbers))
                .select(phones::customer_id)
                .distinct()
                .limit(MATCHES_MAX)
                .load(c))?,
        );
    }
    let select = || customers::table.select(customers::id).limit(MATCHES_MAX);
    if let Some(number) = &sought.tax_number {
        note(
            DoubleBy::TaxNumber,
            db!(reader, |c| select().filter(customers::tax_number.eq(number)).load(c))?,
        );
    }
    if let Some((name, kind)) = &sought.name {
        let key = name_key(name, *kind == CustomerKind::Company);
        let reading = name_reading(&key);
        let by_key = customers::name_key.eq(&key).and(customers::kind.eq(kind.code()));
        note(DoubleBy::Name, db!(reader, |c| select().filter(by_key).load(c))?);
        let by_reading = customers::name_reading.eq(&reading).and(customers::kind.eq(kind.code()));
        note(DoubleBy::NameReading, db!(reader, |c| select().filter(by_reading).load(c))?);
    }
    found.values_mut().for_each(|same| {
        if same.contains(&DoubleBy::Name) {
            same.remove(&DoubleBy::NameReading);
        }
    });
    Ok(found)
}

type Known = (Key, String, String, String, standing::Row);

/// The files in use of those who are sought, with where they stand, those that are the same by most first.
fn known(reader: &mut Reader<'_>, sought: &Sought) -> Result<Vec<(Known, Vec<DoubleBy>)>, Failure> {
    let mut same = same(reader, sought)?;
    let keys: Vec<Key> = same.keys().copied().collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let in_use = customers::id.eq_any(keys).and(customers::status.eq(CustomerState::Active.code()));
    let rows: Vec<Known> = db!(reader, |c| customers::table
        .inner_join(standings::table.on(standings::customer_id.eq(customers::id)))
        .filter(in_use)
        .order(customers::id)
        .limit(MATCHES_MAX)
        .select((
            customers::id,
            customers::number,
            customers::kind,
            customers::name,
            <standing::Row as SelectableHelper<_>>::as_select()
        ))
        .load(c))?;
    let by = |row: Known| {
        let same = same.remove(&row.0).unwrap_or_default();
        (row, same.into_iter().collect::<Vec<_>>())
    };
    let mut known: Vec<_> = rows.into_iter().map(by).collect();
    known.sort_by_key(|(_, same)| std::cmp::Reverse(same.len()));
    Ok(known)
}

/// Looks somebody up, counts it, and tells the trail who asked and whom it found: never what was typed.
///
/// # Errors
/// `customer_look_up.too_often`.
pub fn look_up(
    tx: &mut Tx<'_>,
    sought: &Sought,
    rules: &PolicyVersion<CustomerFilePolicy>,
) -> Result<CustomerMatches, Failure> {
    count(tx, rules, 1)?;
    let known = known(tx, sought)?;
    let register = Register::of(tx)?;
    let (actor, mut matches, mut found) = (tx.actor().clone(), Vec::new(), Vec::new());
    for ((id, number, kind, name, row), same) in known {
        let standing = Standing::try_from(row)?;
        let (verdict, citation) = RegistrationVerdict::of(&standing, &actor);
        found.push(id.0);
        matches.push(CustomerMatch {
            id: id.into(),
            number,
            kind: CustomerKind::from_code(&kind)
                .ok_or_else(|| Failure::corrupt("customers", "kind", id.0))?,
            name: masked_name(&name),
            same,
            owner: standing.owner.map(|owner| register.named(owner)).transpose()?.map(|owner| owner.name),
            department: register.placed(standing.department)?.name_zh,
            verdict,
            citation,
        });
    }
    let user = tx.actor().user.uuid();
    let by = [
        ("name", sought.name.is_some()),
        ("phone", !sought.phones.is_empty()),
        ("tax_number", sought.tax_number.is_some()),
    ];
    let by: Vec<_> = by.into_iter().filter_map(|(name, asked)| asked.then_some(name)).collect();
    notice(tx, LOOKED_UP, Some(user), json!({"by": by, "found": found}))?;
    Ok(CustomerMatches { matches })
}

/// Counts each row of a file that is only rehearsed as a look-up, and tells the trail who asked: the report says of every row
/// whether somebody is known. Whoever supervises customers sees that anyway.
///
/// # Errors
/// `customer_look_up.too_often`.
pub fn count_rows(tx: &mut Tx<'_>, rows: usize) -> Result<(), Failure> {
    if tx.actor().may(Permission::SuperviseCustomers) {
        return Ok(());
    }
    let today = tx.today();
    let rules = customer_file::rules(tx, today)?;
    count(tx, &rules, i64::try_from(rows).unwrap_or(i64::MAX))?;
    let user = tx.actor().user.uuid();
    notice(tx, LOOKED_UP, Some(user), json!({"by": ["file"], "rows": rows}))
}

/// Counts look-ups of the caller in this hour: one statement decides, so that twenty at once are no way round.
fn count(tx: &mut Tx<'_>, rules: &PolicyVersion<CustomerFilePolicy>, asked: i64) -> Result<(), Failure> {
    const HOUR: i64 = 3_600;
    let (user, max) = (Key::from(tx.actor().user), rules.content.look_ups_per_hour);
    let seconds = tx.now().instant().timestamp();
    let hour = seconds.div_euclid(HOUR);
    let mine = look_ups::user_id.eq(user).and(look_ups::hour.eq(hour));
    let too_often = || {
        let seconds = HOUR - seconds.rem_euclid(HOUR);
        let refusal = Refusal::new(TOO_OFTEN).with("max", max).with("seconds", seconds);
        Err(refusal.citing(rules.cite("CUS-2", None)).into())
    };
    if asked > i64::from(max) {
        return too_often();
    }
    let open = mine.and(look_ups::count.le(i64::from(max) - asked));
    let counted = db!(tx, |c| diesel::update(look_ups::table.filter(open))
        .set(look_ups::count.eq(look_ups::count + asked))
        .execute(c))?;
    if counted > 0 {
        return Ok(());
    }
    let known: Option<i64> =
        db!(tx, |c| look_ups::table.filter(mine).select(look_ups::count).first(c).optional())?;
    if known.is_some() {
        return too_often();
    }
    let earlier = look_ups::user_id.eq(user).and(look_ups::hour.lt(hour));
    db!(tx, |c| diesel::delete(look_ups::table.filter(earlier)).execute(c))?;
    let first = (look_ups::user_id.eq(user), look_ups::hour.eq(hour), look_ups::count.eq(asked));
    match db!(tx, |c| diesel::insert_into(look_ups::table).values(first).execute(c)) {
        Err(error) if is_taken(&error) => Err(Failure::Moved),
        other => Ok(other.map(drop)?),
    }
}

/// Refuses to enter somebody who is known already by what the company's rules say, but by who supervises customers and says
/// so. Two who enter the same phone at once wait for each other here, and the second finds the file of the first. `[CUS-2]`
///
/// # Errors
/// `customer_look_up.known_already`, with number and owner.
pub fn ensure_new(
    tx: &mut Tx<'_>,
    customer: &Customer,
    rules: &PolicyVersion<CustomerFilePolicy>,
    allow_double: bool,
) -> Result<(), Failure> {
    let by = &rules.content.refuse_same;
    let content = &customer.content;
    let has = |what: DoubleBy| by.contains(&what);
    let by_name = has(DoubleBy::Name) || has(DoubleBy::NameReading);
    let sought = Sought {
        name: by_name.then(|| (content.name.clone(), content.kind)),
        phones: content
            .personal
            .all_phones()
            .map(|(_, phone)| phone.clone())
            .filter(|_| has(DoubleBy::Phone))
            .collect(),
        tax_number: content.tax_number.clone().filter(|_| has(DoubleBy::TaxNumber)),
    };
    wait(tx, &sought)?;
    let others = known(tx, &sought)?.into_iter().filter(|((id, ..), _)| CustomerId::from(*id) != customer.id);
    let mut refused = others.filter_map(|(known, same)| {
        let same = same.into_iter().find(|same| by.contains(same))?;
        Some((known, same))
    });
    let Some(((id, number, _, _, row), same)) = refused.next() else { return Ok(()) };
    if allow_double && tx.actor().may(Permission::SuperviseCustomers) {
        return Ok(());
    }
    let register = Register::of(tx)?;
    let standing = Standing::try_from(row)?;
    let whose = match standing.owner {
        Some(owner) => register.named(owner)?.name,
        None => register.placed(standing.department)?.name_zh,
    };
    let refusal =
        Refusal::new(KNOWN_ALREADY).with_label("by", same).with("number", number).with("whose", whose);
    // By the identity they are registered and received, though the file stays out of sight.
    let refusal = refusal.with("customer_id", CustomerId::from(id).to_string());
    Err(refusal.citing(rules.cite("CUS-2", None)).into())
}

/// Waits for whoever enters the same at once, in one order for all.
fn wait(tx: &mut Tx<'_>, sought: &Sought) -> Result<(), Failure> {
    let phones = sought.phones.iter().map(Phone::as_str);
    let names = sought.name.iter().map(|(name, _)| name.as_str());
    let said = phones.chain(sought.tax_number.as_deref()).chain(names);
    let keys: BTreeSet<i64> = said.map(key).collect();
    keys.into_iter().try_for_each(|key| tx.hold_alone(Gate { key }))
}

/// The gate of what is entered once.
fn key(said: &str) -> i64 {
    let digest = Sha256::new().chain_update(b"customer\0").chain_update(said).finalize();
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
