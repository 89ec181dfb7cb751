//! What people owe: one's own, and the board of how timely it is done.

use super::{Fill, Ground, Twin, Work, rereads};
use crate::{
    Outcome,
    bare::{Bare, on},
    company::{Company, Hands},
    copies::{Copies, Dialect, Family, copy, replaced},
    rows::{Person, Place, at, id},
};
use chrono::Days;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::spine::{Timestamp, Version};
use persistence::spine::{Instant, Key};
use sales_tables::{departments, duties, employees};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

const MINE_PATH: &str = "/api/v1/duties?status=open&limit=50";
const BOARD_PATH: &str = "/api/v1/duty-board?group_by=person&limit=50";
/// The board counts so many months.
const MONTHS: u64 = 25;

/// Fifty of one's own that are open.
pub const MINE: Work = Work {
    code: "duties-mine",
    name: "list 50 of one's own open duties",
    fills: &[&FILL],
    twin: Some(|_, ground| {
        let staff = Key(ground.company.employees.first().copied().ok_or("nobody works there")?);
        Ok(Twin::read(move |bare, _| mine(bare, staff)))
    }),
    script: |client, _| rereads(client, "staff", MINE_PATH),
};

/// How timely everybody is, fifty people of them.
pub const BOARD: Work = Work {
    code: "duties-board",
    name: "the board of duties by person",
    fills: &[&FILL],
    twin: Some(|_, _| {
        let now = Instant(Timestamp::new(chrono::Local::now().to_utc()));
        Ok(Twin::read(move |bare, _| board(bare, now)))
    }),
    script: |client, _| rereads(client, "director", BOARD_PATH),
};

/// What the bare engine shows of a duty in a list.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = duties)]
struct Summary {
    #[serde(serialize_with = "id")]
    id: Key,
    rule_code: String,
    clause: String,
    occasion: String,
    #[serde(serialize_with = "at")]
    opens_at: Instant,
    detail: String,
    status: String,
    #[serde(serialize_with = "at")]
    changed_at: Instant,
    version: Version,
}

fn mine(bare: &mut Bare, employee: Key) -> QueryResult<Vec<(Summary, Person, Place)>> {
    on!(bare, |c| duties::table
        .inner_join(employees::table.on(employees::id.eq(duties::responsible_id)))
        .inner_join(departments::table.on(departments::id.eq(duties::department_id)))
        .filter(duties::responsible_id.eq(employee).and(duties::status.eq("pending")))
        .order(duties::id.desc())
        .limit(50)
        .select((Summary::as_select(), Person::as_select(), Place::as_select()))
        .load(c))
}

/// What the bare engine tells of a person.
#[derive(QueryableByName, Serialize)]
struct Counted {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    raised: i64,
    #[diesel(sql_type = BigInt)]
    on_time: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
    #[diesel(sql_type = BigInt)]
    missed: i64,
}

/// One aggregate over what is counted, and what was missed since: a sum has another type on each engine but where it is said.
const BOARD_SQL: &str = "SELECT e.number, e.name, CAST(SUM(t.raised) AS BIGINT) AS raised,
        CAST(SUM(t.on_time) AS BIGINT) AS on_time, CAST(SUM(t.late) AS BIGINT) AS late,
        CAST(SUM(t.missed) AS BIGINT) AS missed
    FROM duty_tallies t JOIN employees e ON e.id = t.employee_id
    GROUP BY e.id, e.number, e.name ORDER BY e.id LIMIT 50";

fn board(bare: &mut Bare, now: Instant) -> QueryResult<(Vec<Counted>, i64)> {
    let missed = duties::status.eq("pending").and(duties::tallied.eq("")).and(duties::missed_at.le(now));
    on!(bare, |c| {
        let counted = sql_query(BOARD_SQL).load(c)?;
        Ok((counted, duties::table.filter(missed).count().get_result(c)?))
    })
}

/// Duties: a task each that is owed, open, and as many months as the board shows.
pub static FILL: Fill = Fill { noun: "duties", pattern: made, fill: filled };

fn made(hands: &Hands, company: &Company) -> Outcome<Vec<(&'static str, Uuid)>> {
    let owner = company.employees.first().ok_or("nobody works there")?;
    let due_on = chrono::Local::now().date_naive() + Days::new(60);
    let body = json!({"title": "补齐合同附件", "owner_id": owner, "due_on": due_on});
    let task = hands.who("head").post("/api/v1/tasks", body).expect(201).text("/id").parse()?;
    let owed = hands.who("staff").get("/api/v1/duties?rule_code=duty-rule/task").expect(200);
    Ok(vec![("task", task), ("duty", owed.text("/data/0/id").parse()?)])
}

fn filled(bare: &mut Bare, ground: &Ground) -> Outcome<()> {
    let (dialect, people) = (Dialect::of(bare), ground.company.people());
    let duty = ground.made("duty")?;
    let (staff, _) = people.first().copied().ok_or("nobody works there")?;
    let (task, staff) = (format!("'{}'", ground.made("task")?), format!("'{staff}'"));
    let id = dialect.id(Family::Duties, "n");
    let said = dialect.id_text(Family::Tasks, "n");
    let known = [(task.as_str(), said.as_str()), (staff.as_str(), "people.employee_text")];
    let owed = [
        Copies {
            table: "duties",
            of: format!("id = {}", dialect.key(duty)),
            only: "TRUE",
            differing: vec![
                ("id", id.clone()),
                ("subject", replaced("pattern.subject", &known)),
                ("detail", replaced("pattern.detail", &known)),
                ("responsible_id", "people.employee".to_owned()),
                ("department_id", "people.department".to_owned()),
            ],
        },
        Copies {
            table: "duty_effects",
            of: format!("duty_id = {}", dialect.key(duty)),
            only: "TRUE",
            differing: vec![("duty_id", id)],
        },
    ];
    copy(bare, &people, ground.counts.duties, &owed)?;
    // Of five numbers in a row, who are one person, each is a month; five more with the next round of people.
    let month = format!("(2000 * 12 + n % 5 + n / {} * 5)", people.len() * 5);
    let year = dialect.padded(&format!("{month} / 12"), 4);
    let counted = Copies {
        table: "duty_tallies",
        of: "rule_code = 'duty-rule/task'".to_owned(),
        only: "TRUE",
        differing: vec![
            ("month", format!("{year} || '-' || {}", dialect.padded(&format!("({month} % 12 + 1)"), 2))),
            ("department_id", "people.department".to_owned()),
            ("employee_id", "people.employee".to_owned()),
            ("raised", "30 + n % 7".to_owned()),
            ("on_time", "20 + n % 7".to_owned()),
            ("late", "n % 4".to_owned()),
            ("missed", "n % 3".to_owned()),
        ],
    };
    copy(bare, &people, MONTHS * u64::try_from(people.len())?, &[counted])
}
