//! What the product measures by itself: duties as their clocks judged them, customers and sales as their wings decided;
//! and that nothing is punished twice. `[KPI-1, IND, DUT-2d]`

use crate::{
    appraisal::{APPRAISALS, PERIODS, bare, place, position, publish},
    duty::{self, fulfil, own_of},
    expense_request::act,
    incentive_entry::{Centre, points},
    indicator::set_up,
    sales_contract::Trade,
};
use serde_json::{Value, json};
use tests::{App, Caller, Reply, stories};

stories! {
    late_and_missed_reports_count_as_the_clock_judged_them,
    what_an_indicator_deducts_no_penalty_takes_a_second_time,
    what_a_penalty_takes_no_indicator_deducts_a_second_time,
    sales_and_customers_count_as_their_wings_decided,
}

const REPORTS: &str = "duty-rule/weekly-report";

#[track_caller]
fn measured(by: &Caller, code: &str, measure: &str, of: Option<&str>, direction: &str) {
    let body = json!({"code": code, "name_zh": code, "name_en": code, "unit": "次", "direction": direction,
        "source": {"measure": measure, "of": of}});
    by.post("/api/v1/indicators", body).expect(201);
}

fn line(sheet: &Reply, at: &str, code: &str) -> Value {
    let lines = sheet.at(at);
    let found = lines.as_array().and_then(|all| all.iter().find(|line| line["indicator"] == code));
    found.cloned().unwrap_or(Value::Null)
}

/// Deducts five for each report that was late or missed.
fn deducting() -> Value {
    let mut scheme = bare();
    scheme["indicators"] = json!([
        {"indicator": "reports-failed", "weight": 5000, "curve": {"kind": "deduction", "points": "5"}},
        {"indicator": "reports-in-time", "weight": 5000, "curve": {"kind": "all_or_nothing"}, "target": {"value": "95"}}
    ]);
    scheme
}

/// The centre with 兰兰 as a sales representative, measured by the reports of the week.
fn reporting(app: &App) -> Centre {
    let centre = Centre::found(app);
    let boss = &centre.company.boss;
    let position = position(boss);
    measured(boss, "reports-failed", "duties-failed", Some(REPORTS), "lower_is_better");
    measured(boss, "reports-in-time", "duties-in-time", Some(REPORTS), "higher_is_better");
    let (marketing, head) = (centre.company.departments["marketing"].clone(), centre.company.id("head"));
    place(boss, centre.company.id("lan"), &marketing, (&position, head), "2026-03-05");
    centre
}

fn late_and_missed_reports_count_as_the_clock_judged_them(app: App) {
    let mut centre = reporting(&app);
    publish(&centre.company.boss, "appraisal-scheme/sales", &deducting(), "2026-03-05").expect(200);
    duty::publish(&centre.company.boss, REPORTS, &duty::weekly(), "2026-03-05");
    centre.pass(&app, 96);
    let own = |centre: &Centre, week: &str| own_of(centre.who("lan"), week);
    let first = own(&centre, "2026-W11");
    assert_eq!(fulfil(centre.who("lan"), &first).expect(200).text("/status"), "on_time");
    centre.pass(&app, 24 * 7 + 145);
    let second = own(&centre, "2026-W12");
    assert_eq!(fulfil(centre.who("lan"), &second).expect(200).text("/status"), "late", "on Sunday");
    centre.pass(&app, 24 * 10);
    let third = own(&centre, "2026-W13");
    assert_eq!(centre.who("lan").get(&third).expect(200).text("/status"), "missed");
    let opened = centre.office.post(PERIODS, json!({"period": "2026-03"})).expect(201);
    let period = opened.header("location").expect("a place");
    for _ in 0..4 {
        act(&centre.office, &period, "advance", json!({})).expect(200);
    }
    act(&centre.office, &period, "score", json!({})).expect(200);
    let sheet = centre.office.get(APPRAISALS).expect(200).text("/data/0/id");
    let shown = centre.office.get(&format!("{APPRAISALS}/{sheet}")).expect(200);
    let failed = line(&shown, "/sheet/lines", "reports-failed");
    assert_eq!(
        (&failed["value"], &failed["rows"], &failed["score"]),
        (&json!("2"), &json!(3), &json!("90")),
        "{failed}"
    );
    assert_eq!(failed["query"], "duties-failed duty-rule/weekly-report 2026-03-05 2026-03-31");
    let rate = line(&shown, "/sheet/lines", "reports-in-time");
    assert_eq!((&rate["value"], &rate["score"]), (&json!("33.3333"), &json!("0")));
    assert_eq!(shown.text("/result"), "45.00");
}

/// Drafts a rule; its place.
#[track_caller]
fn drafted(boss: &Caller, code: &str, content: &Value) -> String {
    let body = json!({"code": code, "title": "周报", "content": content, "clause": "002 §6 第一章",
        "effective_from": "2026-03-05"});
    boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place")
}

fn what_an_indicator_deducts_no_penalty_takes_a_second_time(app: App) {
    let centre = reporting(&app);
    let boss = &centre.company.boss;
    publish(boss, "appraisal-scheme/sales", &deducting(), "2026-03-05").expect(200);
    let mut rule = duty::weekly();
    rule["consequence"] = json!({"missed": points(-20)});
    let place = drafted(boss, REPORTS, &rule);
    let refused = boss.at(1).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    assert_eq!(refused.text("/errors/0/code"), "duty_rule.punished_twice");
    assert!(refused.text("/errors/0/detail").contains("业务员月度考核"), "{refused}");
    rule["scope"] = json!({"departments": ["finance"]});
    boss.at(1).act(&format!("{}/publish", drafted(boss, REPORTS, &rule))).expect(200);
    rule["scope"] = json!({"heads": "excluded"});
    rule["consequence"]["despite_indicator"] = json!(true);
    boss.at(1).act(&format!("{}/publish", drafted(boss, REPORTS, &rule))).expect(200);
}

fn what_a_penalty_takes_no_indicator_deducts_a_second_time(app: App) {
    let centre = reporting(&app);
    let boss = &centre.company.boss;
    let mut rule = duty::weekly();
    rule["consequence"] = json!({"missed": points(-20)});
    duty::publish(boss, REPORTS, &rule, "2026-03-05");
    let scheme = deducting();
    let refused =
        publish(boss, "appraisal-scheme/sales", &scheme, "2026-03-05").refuses(422, "policy.unsound");
    assert_eq!(
        (refused.text("/errors/0/code"), refused.text("/errors/0/pointer")),
        ("scheme.punished_twice".into(), "/content/indicators/0/indicator".into())
    );
    let mut both = scheme.clone();
    both["counts_incidents_twice"] = json!(true);
    publish(boss, "appraisal-scheme/sales", &both, "2026-03-05").expect(200);
}

fn sales_and_customers_count_as_their_wings_decided(app: App) {
    let trade = Trade::open(&app, "111.00");
    let boss = &trade.company.boss;
    let position = position(boss);
    set_up(boss);
    let codes = [
        "sales-amount",
        "sales-closed",
        "receipts-amount",
        "new-customers",
        "follow-ups",
        "visits-as-planned",
        "customer-files-complete",
        "customer-files-verified-in-time",
        "notices-answered-in-time",
        "regulations-acknowledged-in-time",
        "cash-advances-settled-in-time",
        "audit-findings-remedied-in-time",
    ];
    let mut scheme = bare();
    let mut used = Vec::new();
    for code in codes {
        measured(boss, &format!("m-{code}"), code, None, "higher_is_better");
        used.push(json!({"indicator": format!("m-{code}"), "weight": 800,
            "curve": {"kind": "linear", "floor": "0", "cap": "120"}, "target": {"value": "100"}}));
    }
    used[0]["weight"] = json!(10000 - 800 * (codes.len() - 1));
    scheme["indicators"] = json!(used);
    let (marketing, head) = (trade.company.departments["marketing"].clone(), trade.company.id("head"));
    place(boss, trade.company.id("lan"), &marketing, (&position, head), "2026-03-05");
    publish(boss, "appraisal-scheme/sales", &scheme, "2026-03-01").expect(200);
    let contract = trade.approved("lan", "3");
    trade.sign("lan", &contract);
    trade.receive(&contract, "111.00");
    let report = json!({"minutes": 30, "content": "客户希望看两居室，预算三百万以内"});
    let call = json!({"customer_id": trade.customer, "kind": "call", "report": report});
    trade.who("lan").post("/api/v1/interactions", call).expect(201);
    boss.post(PERIODS, json!({"period": "2026-03"})).expect(201);
    let sheet = boss.get(APPRAISALS).expect(200).text("/data/0/id");
    let live = boss.get(&format!("{APPRAISALS}/{sheet}/attainment")).expect(200);
    let value = |code: &str| line(&live, "/so_far/lines", &format!("m-{code}"))["value"].clone();
    let net = trade.company.boss.get("/api/v1/credit-entries").expect(200).text("/data/0/net/amount");
    assert_eq!(value("sales-amount"), json!(net), "as it counts for her, without tax");
    assert_eq!(
        [value("sales-closed"), value("receipts-amount"), value("new-customers"), value("follow-ups")],
        [json!("1"), json!("111"), json!("1"), json!("1")]
    );
    let file = trade.who("lan").get(&format!("/api/v1/customers/{}", trade.customer)).expect(200);
    assert_eq!(value("customer-files-complete"), json!(file.at("/completeness").to_string()));
    for code in &codes[7..] {
        assert_eq!(value(code), Value::Null, "{code}: nothing was owed");
        assert_eq!(line(&live, "/so_far/lines", &format!("m-{code}"))["note"], "no_value");
    }
    let rows = line(&live, "/so_far/lines", "m-sales-amount");
    assert_eq!((&rows["rows"], rows["digest"].as_str().map(str::len)), (&json!(1), Some(64)));
}
