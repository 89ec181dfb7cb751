//! Files of customers: listed by whoever owns some and by whoever sees those of a department, and searched.

use super::{Client, Fill, Ground, Twin, Work, reads, rereads};
use crate::{
    Outcome,
    bare::{Bare, NUMBERS_APART, on},
    company::{Company, Hands},
    copies::{Copies, Dialect, Family, chance, copy, in_chinese, replaced, turned_round},
    load::Script,
    rows::{Person, Place, at, id},
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use domain::spine::Version;
use persistence::spine::{Instant, Key};
use sales_tables::{customer_standings, customers, departments, employees};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

const PATH: &str = "/api/v1/customers?limit=50";
/// The phone of the pattern, whose last eight digits are the number of a copy.
const PHONE: &str = "13800000000";
const DIGITS: usize = 8;
/// The digits before them turned round, with those of the country.
const TAIL: &str = "83168";

/// Fifty of one's own.
pub const OWN: Work = Work {
    code: "customers-own",
    name: "list 50 of one's own customers",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let owner = Some(Key(employee(ground)?));
        Ok(Twin::read(move |bare, _| listed(bare, Wanted { owner, ..Wanted::default() })))
    }),
    script: |client, _| rereads(client, "staff", PATH),
};

/// Fifty of a department, seen by a colleague who owns none of them: masked.
pub const OF_THE_DEPARTMENT: Work = Work {
    code: "customers-department",
    name: "list 50 of a department's customers, masked",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let department = Some(Key(ground.company.department));
        Ok(Twin::read(move |bare, _| listed(bare, Wanted { department, ..Wanted::default() })))
    }),
    script: |client, _| rereads(client, "colleague", PATH),
};

/// By the last four digits of a phone.
pub const BY_PHONE: Work = Work {
    code: "customers-phone",
    name: "search a department's customers by the last digits of a phone",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let (department, customers) = (Some(Key(ground.company.department)), ground.counts.customers);
        Ok(Twin::read(move |bare, turn| {
            let digits = suffix(turn, customers);
            let tail = Some(digits.chars().rev().collect());
            listed(bare, Wanted { department, text: Some(digits), tail, ..Wanted::default() })
        }))
    }),
    script: |client, index| searches(client, index, suffix),
};

/// By some characters out of the middle of a name.
pub const BY_NAME: Work = Work {
    code: "customers-name",
    name: "search a department's customers by a part of the name",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let (department, customers) = (Some(Key(ground.company.department)), ground.counts.customers);
        Ok(Twin::read(move |bare, turn| {
            let text = Some(part_of_a_name(turn, customers));
            listed(bare, Wanted { department, text, ..Wanted::default() })
        }))
    }),
    script: |client, index| searches(client, index, part_of_a_name),
};

fn searches(client: &Client<'_>, index: u32, what: fn(u64, u64) -> String) -> Box<dyn Script> {
    let customers = client.ground.counts.customers;
    reads(client, "head", index, move |turn| {
        let sought = what(turn, customers);
        let encoded: String = sought.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("{PATH}&q={encoded}")
    })
}

/// The last digits of somebody's phone.
fn suffix(turn: u64, customers: u64) -> String {
    format!("{:04}", chance(turn, customers) % 10_000)
}

/// The last characters of somebody's name.
fn part_of_a_name(turn: u64, customers: u64) -> String {
    let by = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digits = suffix(turn, customers);
    digits.bytes().filter_map(|digit| by.get(usize::from(digit - b'0'))).collect()
}

fn employee(ground: &Ground) -> Outcome<Uuid> {
    ground.company.employees.first().copied().ok_or_else(|| "nobody works there".into())
}

/// What the bare engine shows of a customer in a list.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = customers)]
struct Summary {
    #[serde(serialize_with = "id")]
    id: Key,
    number: String,
    kind: String,
    name: String,
    personal: Option<String>,
    industry: Option<String>,
    region: Option<String>,
    channel: Option<String>,
    tags: String,
    importance: String,
    sensitivity: String,
    completeness: i32,
    status: String,
    #[serde(serialize_with = "at")]
    created_at: Instant,
    #[serde(serialize_with = "at")]
    changed_at: Instant,
    version: Version,
}

/// How a customer stands.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = customer_standings)]
pub struct Standing {
    pub state: String,
    #[serde(serialize_with = "at")]
    since: Instant,
    tier: Option<String>,
}

/// Which customers the bare engine looks for.
#[derive(Default)]
struct Wanted {
    owner: Option<Key>,
    department: Option<Key>,
    /// What stands in the name, and the last digits of a phone turned round.
    text: Option<String>,
    tail: Option<String>,
}

/// A customer as a list shows them: how they stand, where, and whose they are.
type Listed = (Summary, Standing, Place, Option<Person>);

fn listed(bare: &mut Bare, wanted: Wanted) -> QueryResult<Vec<Listed>> {
    let Wanted { owner, department, text, tail } = wanted;
    on!(bare, |c| {
        let mut query = customers::table
            .inner_join(customer_standings::table.on(customer_standings::customer_id.eq(customers::id)))
            .inner_join(departments::table.on(departments::id.eq(customer_standings::department_id)))
            .left_join(employees::table.on(employees::id.nullable().eq(customer_standings::owner_id)))
            .filter(customers::status.eq("active"))
            .order(customers::id.desc())
            .limit(50)
            .select((
                Summary::as_select(),
                Standing::as_select(),
                Place::as_select(),
                Option::<Person>::as_select(),
            ))
            .into_boxed();
        if let Some(owner) = owner {
            query = query.filter(customer_standings::owner_id.eq(owner));
        }
        if let Some(department) = department {
            query = query.filter(customer_standings::department_id.eq(department));
        }
        if let Some(text) = text {
            let named = customers::search_text.like(format!("%{text}%"));
            query = match tail {
                None => query.filter(named),
                Some(from) => {
                    let until = format!("{from}:");
                    // Written out: the tables of the list are not declared beside that of phones.
                    let called = sql::<Bool>(
                        "customers.id IN (SELECT customer_id FROM customer_phones WHERE tail >= ",
                    )
                    .bind::<Text, _>(from)
                    .sql(" AND tail < ")
                    .bind::<Text, _>(until)
                    .sql(")");
                    query.filter(named.or(called))
                }
            };
        }
        query.load(c)
    })
}

/// Customers: of five three have owners, one nobody has registered before the bare engine does, and one before the product.
pub static FILL: Fill = Fill { noun: "customers", pattern: made, fill: filled };

/// Which numbers are customers who have owners, and who have none.
const OWNED: &str = "n % 5 < 3";
const UNOWNED: &str = "n % 5 >= 3";

fn made(hands: &Hands, company: &Company) -> Outcome<Vec<(&'static str, Uuid)>> {
    let director = hands.who("director");
    let site = json!({"code": "north", "name": "城北售楼处", "department_id": company.department});
    let site = director.post("/api/v1/sites", site).expect(201).text("/id");
    let enter = |name: &str, phone: &str| {
        let body = json!({"kind": "company", "name": name, "phones": [phone], "industry": "制造业",
            "region": "浙江杭州", "channel": "walk_in", "tags": ["老客户"],
            "department_id": company.department});
        director.post("/api/v1/customers", body).expect(201).text("/id")
    };
    let (owned, unowned) = (enter("云帆科技", PHONE), enter("远山制造", "13900000000"));
    let registration = super::ownership::registration(&owned, &site);
    let registered = hands.who("staff").post("/api/v1/registrations", registration).expect(201).text("/id");
    let made = [("site", site), ("customer", owned), ("stranger", unowned), ("registration", registered)];
    made.into_iter().map(|(name, id)| Ok((name, id.parse()?))).collect()
}

fn filled(bare: &mut Bare, ground: &Ground) -> Outcome<()> {
    super::ownership::age_policies(bare)?;
    let dialect = Dialect::of(bare);
    let pattern = format!("id = {}", dialect.key(ground.made("customer")?));
    let of = |name: &str| Outcome::Ok(format!("customer_id = {}", dialect.key(ground.made(name)?)));
    let (customer, digits) = (dialect.id(Family::Customers, "n"), dialect.padded("n", DIGITS));
    let (phone, number) = (format!("'138' || {digits}"), format!("'CU-2024-' || {digits}"));
    let named = in_chinese(&digits);
    let name = format!("pattern.name || {named}");
    let searched = [
        ("lower(pattern.name)", name.as_str()),
        ("lower(pattern.number)", &format!("'cu-2024-' || {digits}")),
    ];
    let old_phone = format!("'{PHONE}'");
    let standing = |owner: &[(&'static str, &str)]| {
        let all =
            [("customer_id", customer.as_str()), ("department_id", "people.department"), ("warn_at", "NULL")];
        all.iter().chain(owner).map(|(column, value)| (*column, (*value).to_owned())).collect()
    };
    let mut copies = vec![
        Copies {
            table: "customers",
            of: pattern,
            only: "TRUE",
            differing: vec![
                ("id", customer.clone()),
                ("number", number),
                ("name", name.clone()),
                ("name_key", format!("pattern.name_key || {named}")),
                ("personal", replaced("pattern.personal", &[(&old_phone, &phone)])),
                ("search_text", replaced("pattern.search_text", &searched)),
                ("changed_at", dialect.earlier("pattern.changed_at", "n")),
            ],
        },
        Copies {
            table: "customer_phones",
            of: of("customer")?,
            only: "TRUE",
            differing: vec![
                ("customer_id", customer.clone()),
                ("lookup", replaced("pattern.lookup", &[(&old_phone, &phone)])),
                ("tail", format!("{} || '{TAIL}'", turned_round(&digits, DIGITS))),
            ],
        },
        Copies {
            table: "customer_standings",
            of: of("customer")?,
            only: OWNED,
            differing: standing(&[("owner_id", "people.employee")]),
        },
        Copies { table: "customer_standings", of: of("stranger")?, only: UNOWNED, differing: standing(&[]) },
    ];
    copies.extend(super::ownership::copies(bare, ground, OWNED)?);
    copy(bare, &ground.company.people(), ground.counts.customers, &copies)
}

/// A customer whom nobody had registered, for the bare engine: another for each number, as long as there are; and from which
/// place on what is learnt of them stands nowhere yet.
pub fn stranger_of_the_bare_engine(number: i64, customers: u64) -> (Key, i32) {
    /// Places of the numbers of the measurement without HTTP.
    const PLACES_APART: i64 = 1_000_000_000;
    let strangers = (customers / 5).max(1);
    let (apart, count) = (number / NUMBERS_APART, (number % NUMBERS_APART).unsigned_abs());
    let round = i64::try_from(count / strangers % 1_000_000).unwrap_or_default();
    let place = i32::try_from(apart * PLACES_APART + round * 1_000).unwrap_or(i32::MAX);
    (Key(Family::Customers.id(count % strangers * 5 + 3)), place)
}

/// A customer who has an owner.
pub fn owned(turn: u64, customers: u64) -> Uuid {
    Family::Customers.id(chance(turn, customers / 5) * 5 + turn % 3)
}

/// The next customer whom nobody has registered, for the product.
pub fn stranger(client: &Client<'_>) -> impl FnMut() -> Uuid + use<> {
    let strangers = client.strangers.clone();
    move || Family::Customers.id(strangers.take() * 5 + 4)
}
