//! What is done once, for many at a time, and timed: each is one value, named in [`TIMINGS`].

/// Sheets, scored and read.
mod appraisal;
/// Webhooks.
mod delivery;

pub use self::appraisal::APPRAISALS;
use crate::{
    Choice, Outcome,
    bare::Bare,
    company::Hands,
    copies::{Dialect, Family},
    work::{Fill, Ground, customer},
};
use chrono::Days;
use serde::Serialize;
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::Reply;

/// Each of them, in the order in which they are done: behind the import of people.
pub const TIMINGS: &[&Timing] = &[
    &ANNOUNCED,
    &appraisal::SCORED,
    &appraisal::SHEET,
    &appraisal::COHORT,
    &appraisal::REPLAYED,
    &ASSESSED,
    &delivery::DELIVERED,
];

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
