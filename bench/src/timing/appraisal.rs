//! Sheets: everybody is scored for a month; then one is read, some are listed, and a draft is replayed over all of them.

use super::{Scene, Timing, counted, wait};
use crate::{
    Outcome,
    bare::Bare,
    company::{Company, Hands},
    copies::Dialect,
    work::Fill,
};
use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use std::time::Instant;
use uuid::Uuid;

/// Everybody whom the import brought is appraised for the last month: measured, scored, and graded.
pub const SCORED: Timing =
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

/// Somebody's sheet, with the whole computation, again and again.
pub const SHEET: Timing = Timing {
    code: "sheet",
    name: "show somebody's sheet",
    fills: &[&APPRAISALS],
    run: |scene| {
        let first =
            scene.hands.boss().get("/api/v1/appraisals?status=scored&limit=1").expect(200).text("/data/0/id");
        read_often(scene, &format!("/api/v1/appraisals/{first}"))
    },
};

/// Fifty of a month.
pub const COHORT: Timing = Timing {
    code: "cohort",
    name: "list 50 sheets of a month",
    fills: &[&APPRAISALS],
    run: |scene| read_often(scene, "/api/v1/appraisals?status=scored&limit=50"),
};

/// One after another over one connection.
fn read_often(scene: &Scene<'_>, path: &str) -> Outcome<(u64, f64)> {
    const TIMES: u64 = 200;
    let boss = scene.hands.who("boss");
    boss.get(path).expect(200);
    let started = Instant::now();
    for _ in 0..TIMES {
        boss.get(path).expect(200);
    }
    Ok((TIMES, started.elapsed().as_secs_f64()))
}

/// Other weights over the month that was scored: who would have come out otherwise.
pub const REPLAYED: Timing = Timing {
    code: "replay",
    name: "replay a draft of a scheme over everybody",
    fills: &[&APPRAISALS],
    run: |scene| {
        let period = scene.ground.made("period")?;
        let boss = scene.hands.who("boss");
        let mut content = scheme();
        content["indicators"][0]["weight"] = json!(4_000);
        content["indicators"][1]["weight"] = json!(6_000);
        let body = json!({"code": "appraisal-scheme/sellers", "title": "草案", "content": content,
            "clause": "004 §9", "effective_from": "2099-01-01"});
        let draft = boss.post("/api/v1/policies", body).expect(201).text("/id");
        let path =
            format!("/api/v1/appraisal-periods/{period}/replay?policy_id={draft}&limit=1&include_total=true");
        let started = Instant::now();
        let replayed = boss.get(&path).expect(200);
        Ok((counted(&replayed, "/total")?, started.elapsed().as_secs_f64()))
    },
};
