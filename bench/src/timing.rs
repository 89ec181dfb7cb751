//! What is done once, for many at a time, and timed: each is one value, named in [`TIMINGS`].

use crate::{
    Choice, Outcome,
    bare::Bare,
    company::{Company, Hands},
    copies::{Dialect, Family},
    work::{Fill, Ground, customer},
};
use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::Reply;
use uuid::Uuid;

/// Each of them, in the order in which they are done: behind the import of people.
pub const TIMINGS: &[&Timing] = &[&ANNOUNCED, &SCORED, &ASSESSED];

/// Something that is done once.
pub struct Timing {
    /// By which it is chosen.
    pub code: &'static str,
    /// What is done.
    pub name: &'static str,
    /// What it needs filled in.
    pub fills: &'static [&'static Fill],
    /// Does it: for how many, in how many seconds.
    pub run: fn(&Scene<'_>) -> Outcome<(u64, f64)>,
}

/// Where it is done.
pub struct Scene<'a> {
    pub choice: &'a Choice,
    pub url: &'a str,
    pub hands: Hands,
    pub ground: &'a Ground,
}

/// What was timed.
#[derive(Serialize)]
pub struct Timed {
    pub code: &'static str,
    pub name: &'static str,
    /// For how many.
    pub count: u64,
    pub seconds: f64,
}

impl Timing {
    /// What was chosen, or everything.
    pub fn chosen(choice: &Choice) -> Vec<&'static Self> {
        TIMINGS.iter().copied().filter(|timing| choice.wants(timing.code)).collect()
    }

    /// Does it.
    pub fn time(&self, scene: &Scene<'_>) -> Outcome<Timed> {
        let (count, seconds) = (self.run)(scene)?;
        Ok(Timed { code: self.code, name: self.name, count, seconds })
    }
}

/// Everybody is told something: until all their notices stand, which is when it is answered.
const ANNOUNCED: Timing =
    Timing { code: "announce", name: "publish an announcement to everybody", fills: &[], run: announce };

fn announce(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let manager = scene.hands.who("manager");
    let body = json!({"title": "五一值班安排", "text": "五一假期值班表如下，请各部门核对。",
        "audience": {"everybody": true}});
    let drafted = manager.post("/api/v1/announcements", body).expect(201);
    let place = drafted.header("location").ok_or("no announcement")?;
    let started = Instant::now();
    let published = manager.at(drafted.version()).act(&format!("{place}/publish")).expect(200);
    let seconds = started.elapsed().as_secs_f64();
    Ok((counted(&published, "/receipts/sent")?, seconds))
}

/// Everybody whom the import brought is appraised for the last month: measured, scored, and graded.
const SCORED: Timing =
    Timing { code: "appraise", name: "score everybody for a month", fills: &[&APPRAISALS], run: score };

fn score(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let (position, period) = (scene.ground.made("position")?, scene.ground.made("period")?);
    let mut bare = Bare::unhindered(scene.url)?;
    let position = Dialect::of(&bare).key(position);
    // In this order: who reads between the two keeps nothing that is old under a new revision.
    bare.execute(&format!(
        "UPDATE employee_placements SET position_id = {position}
            WHERE employee_id IN (SELECT id FROM employees WHERE number LIKE 'N%');
         UPDATE master_revisions SET revision = revision + 1;
         UPDATE access_epoch SET master_revision = master_revision + 1"
    ))?;
    bare.settle()?;
    let place = format!("/api/v1/appraisal-periods/{period}");
    let boss = scene.hands.boss();
    let version = boss.get(&place).expect(200).version();
    let started = Instant::now();
    boss.at(version).act(&format!("{place}/score")).expect(200);
    wait(scene, &place, |period| period.at("/pass").is_null());
    let seconds = started.elapsed().as_secs_f64();
    let scored = scene
        .hands
        .who("boss")
        .get("/api/v1/appraisals?status=scored&limit=1&include_total=true")
        .expect(200);
    Ok((counted(&scored, "/total")?, seconds))
}

/// Appraisals: a month that waits to be scored, begun while hardly anybody works there.
pub static APPRAISALS: Fill = Fill { noun: "appraisals", pattern: begin_to_appraise, fill: |_, _| Ok(()) };

fn begin_to_appraise(hands: &Hands, _: &Company) -> Outcome<Vec<(&'static str, Uuid)>> {
    let boss = hands.boss();
    let position =
        json!({"code": "seller", "name_zh": "业务员", "duties": ["完成销售任务"], "clause": "000 §2.3(1)"});
    let position = boss.post("/api/v1/positions", position).expect(201).text("/id");
    for (code, unit) in [("sales-amount", "元"), ("new-customers", "家")] {
        let body = json!({"code": code, "name_zh": code, "name_en": code, "unit": unit,
            "direction": "higher_is_better", "source": {"measure": code}});
        boss.post("/api/v1/indicators", body).expect(201);
    }
    let first = last_month();
    let body = json!({"code": "appraisal-scheme/sellers", "title": "考核方案", "content": scheme(),
        "clause": "004 §9", "effective_from": first});
    let policy = boss.post("/api/v1/policies", body).expect(201).header("location").ok_or("no policy")?;
    boss.at(1).act(&format!("{policy}/publish")).expect(200);
    let month = json!({"period": first.format("%Y-%m").to_string()});
    let opened = boss.post("/api/v1/appraisal-periods", month).expect(201);
    let place = opened.header("location").ok_or("no period")?;
    while boss.get(&place).expect(200).text("/stage") != "calibration" {
        let version = boss.get(&place).expect(200).version();
        boss.at(version).act(&format!("{place}/advance")).expect(200);
    }
    Ok(vec![("position", position.parse()?), ("period", opened.text("/id").parse()?)])
}

/// The first day of the month that is over.
fn last_month() -> NaiveDate {
    let today = chrono::Local::now().date_naive();
    let last = today - Days::new(u64::from(today.day()));
    last - Days::new(u64::from(last.day0()))
}

fn scheme() -> Value {
    let linear = json!({"kind": "linear", "floor": "0", "cap": "120"});
    let grade = |code: &str, from: &str, below: Option<&str>| {
        let name = json!({"zh": code, "en": code});
        json!({"code": code, "name": name, "from": from, "below": below})
    };
    json!({
        "name": {"zh": "业务员月度考核", "en": "Sellers, monthly"}, "positions": ["seller"], "span": "month",
        "indicators": [
            {"indicator": "sales-amount", "weight": 6000, "curve": linear, "target": {"value": "100000"}, "by_days": true},
            {"indicator": "new-customers", "weight": 4000, "curve": linear, "target": {"value": "10"}, "by_days": true},
        ],
        "shares": {"indicators": 10_000, "reviews": 0},
        "reviews": {"self": 2_000, "superior": 6_000, "peers": 2_000, "peer_plan": {"asked": 5, "at_least": 3},
            "missing": "reweight"},
        "result": {"floor": "0", "cap": "150"},
        "grades": [grade("C", "0", Some("75")), grade("B", "75", Some("90")), grade("A", "90", None)],
        "missing_values": "spread", "part_working_days_at_least": 5, "consequences": [],
    })
}

/// Customers are assessed by the tier model as of a day.
const ASSESSED: Timing = Timing {
    code: "tiers",
    name: "a run of the tier model over the customers",
    fills: &[&customer::FILL],
    run: assess,
};

fn assess(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let mut bare = Bare::unhindered(scene.url)?;
    let dialect = Dialect::of(&bare);
    // Entered before the day as of which they are assessed: so many, and no more.
    let behind = dialect.key(Family::Customers.id(scene.choice.assessed));
    let earlier = dialect.earlier("created_at", "3 * 86400");
    bare.execute(&format!("UPDATE customers SET created_at = {earlier} WHERE id < {behind}"))?;
    bare.settle()?;
    let boss = scene.hands.boss();
    let cut_off = chrono::Local::now().date_naive() - Days::new(1);
    let started = Instant::now();
    // Where the schedule came first its run is the one.
    let opened = boss.post("/api/v1/tier-runs", json!({"cut_off": cut_off}));
    let id = match opened.status {
        201 => opened.text("/id"),
        _ => boss.get("/api/v1/tier-runs").expect(200).text("/data/0/id"),
    };
    let place = format!("/api/v1/tier-runs/{id}");
    let run = wait(scene, &place, |run| run.at("/is_under_way") == json!(false));
    Ok((counted(&run, "/done")?, started.elapsed().as_secs_f64()))
}

/// Looks again and again until what the server does by itself has come to its end; answers what it came to.
fn wait(scene: &Scene<'_>, place: &str, is_over: impl Fn(&Reply) -> bool) -> Reply {
    /// Access tokens are short-lived.
    const SIGNED_IN: Duration = Duration::from_secs(120);
    loop {
        let (boss, since) = (scene.hands.who("boss"), Instant::now());
        while since.elapsed() < SIGNED_IN {
            let shown = boss.get(place).expect(200);
            if is_over(&shown) {
                return shown;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn counted(told: &Reply, pointer: &str) -> Outcome<u64> {
    let count = told.at(pointer).as_u64().filter(|count| *count > 0);
    count.ok_or_else(|| format!("nobody was gone through: {told}").into())
}
