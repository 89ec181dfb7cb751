//! Tiers of customers: what the model gives at each cut-off, why, and how long; figures that people enter. `[TIE-1, PRI-1]`

use crate::{
    duty::{events, publish},
    expense_request::act,
    file::{PDF, upload},
    ownership::Site,
    sales_contract::{Trade, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_run_gives_each_customer_a_tier_and_says_line_by_line_why,
    a_tier_is_lost_only_after_two_runs_below_and_raised_at_once,
    figures_that_people_enter_say_what_they_rest_on,
    a_run_goes_on_until_everybody_is_assessed,
    of_two_runs_of_one_day_at_once_there_is_one,
    the_price_of_a_tier_counts_for_who_holds_it,
    what_is_wrong_with_a_tier_model_is_said_at_once,
}

records! {
    "/api/v1/tier-runs/{id}" => a_run,
    "/api/v1/tier-figures/{id}" => a_figure,
}

pub const RUNS: &str = "/api/v1/tier-runs";
const FIGURES: &str = "/api/v1/tier-figures";

fn a_run(made: &Records<'_>) -> String {
    supervised(made.company);
    made.post("gm", "/api/v1/tier-runs/{id}", json!({"cut_off": "2026-03-04"}))
}

fn a_figure(made: &Records<'_>) -> String {
    let customer = made.id("/api/v1/customers/{id}");
    made.post("lan", "/api/v1/tier-figures/{id}", figure(&customer, "60"))
}

/// Lets the general managers supervise the customers of the whole company.
pub fn supervised(company: &Company) {
    let role = json!({"code": "supervising", "name_zh": "客户监督", "name_en": "Supervising customers",
        "permissions": ["customer:supervise", "customer:read"]});
    let role = company.boss.post("/api/v1/roles", role).expect(201).text("/id");
    for name in ["gm", "chair"] {
        let grant = json!({"role_id": role, "scope": "all"});
        company.boss.post(&format!("/api/v1/users/{}/grants", company.user(name)), grant).expect(201);
    }
}

pub fn figure(customer: &str, value: &str) -> Value {
    json!({"customer_id": customer, "dimension": "potential", "value": value, "basis": "年度招标计划"})
}

pub fn tier(by: &Caller, customer: &str) -> Reply {
    by.get(&format!("/api/v1/customers/{customer}/tier")).expect(200)
}

/// A model that goes by what people enter alone: A from 80, B from 50, C below.
pub fn simple() -> Value {
    let named = |zh: &str, en: &str| json!({"zh": zh, "en": en});
    let tier = |code: &str, from: u32, contact: u32| {
        json!({"code": code, "name": named(code, code), "from_points": from, "follow_up_days": contact,
            "deal_days": 180, "service": named("标准服务", "As usual"), "response_hours": 8})
    };
    json!({"every": "month", "lost_after_runs": 2,
        "dimensions": [{"code": "potential", "name": named("潜力", "Potential"), "weight_bp": 10_000,
            "source": {"by": "entered", "months": 12},
            "bands": [{"from": "50", "points": 50}, {"from": "80", "points": 90}]}],
        "tiers": [tier("A", 75, 7), tier("B", 40, 15), tier("C", 0, 30)]})
}

pub fn open(by: &Caller, cut_off: &str) -> Reply {
    by.post(RUNS, json!({"cut_off": cut_off}))
}

fn attend(app: &App) {
    block_on(api::attend_tiers(&app.database)).expect("runs attended to");
}

fn a_run_gives_each_customer_a_tier_and_says_line_by_line_why(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "1000");
    trade.sign("lan", &contract);
    trade.receive(&contract, "111000.00");
    trade.who("lan").post(FIGURES, figure(&trade.customer, "80")).expect(201);
    let report = json!({"minutes": 5, "content": "电话沟通年度用量与预算，约定下次来访时间"});
    let call = json!({"customer_id": trade.customer, "kind": "call", "report": report});
    trade.who("lan").post("/api/v1/interactions", call).expect(201);
    app.advance(Duration::days(27));
    trade.company.sign_in_again(&app);
    for _ in 0..2 {
        attend(&app);
    }
    let runs = trade.who("lan").get(RUNS).expect(200).at("/data");
    assert_eq!((column(&runs, "cut_off"), runs[0]["done"].clone()), (vec!["2026-03-31".into()], json!(1)));
    assert_eq!((&runs[0]["moved"], &runs[0]["is_under_way"]), (&json!(1), &json!(false)));
    let shown = tier(trade.who("lan"), &trade.customer);
    assert_eq!((shown.text("/held/tier"), shown.text("/held/from")), ("B".into(), "2026-04-01".into()));
    assert_eq!(
        (shown.text("/rule/service/zh"), shown.at("/rule/follow_up_days")),
        ("优先服务".into(), json!(15))
    );
    assert_eq!(shown.text("/assessment/points"), "66");
    let lines = shown.at("/assessment/lines");
    assert_eq!(column(&lines, "dimension"), ["purchases", "potential", "payment", "loyalty", "interactions"]);
    assert_eq!(column(&lines, "adds"), ["21", "20", "15", "6", "4"], "{lines}");
    assert_eq!(lines[0]["said"]["zh"], "采购金额（元）：111000.00，达到 100000，得 60 分 × 权重 35% = 21 分");
    assert_eq!((&lines[0]["rows"], lines[0]["digest"].as_str().map(str::len)), (&json!(1), Some(64)));
    assert_eq!(shown.text("/assessment/citation/policy"), "tier-model/company");
    let before = format!("/api/v1/customers/{}/tier?on=2026-03-31", trade.customer);
    assert_eq!(trade.who("lan").get(&before).expect(200).at("/held"), Value::Null, "nothing held before");
    let listed = trade.who("lan").get("/api/v1/customers?tier=B").expect(200).at("/data");
    assert_eq!(column(&listed, "id"), [trade.customer.clone()]);
    let assessed =
        trade.who("lan").get("/api/v1/tier-assessments?outcome=first&tier=B").expect(200).at("/data");
    assert_eq!(column(&assessed, "points"), ["66"]);
    trade
        .who("rep")
        .get(&format!("/api/v1/customers/{}/tier", trade.customer))
        .refuses(404, "http.not_found");
    assert_eq!(trade.who("rep").get("/api/v1/tier-assessments").expect(200).at("/data"), json!([]));
    assert_eq!(events(&app, "customer_tier.changed").len(), 1);
}

fn a_tier_is_lost_only_after_two_runs_below_and_raised_at_once(app: App) {
    let mut site = Site::open(&app);
    let v = site.file(1);
    supervised(&site.company);
    publish(&site.company.boss, "tier-model/company", &simple(), "2026-03-05");
    let mut held = Vec::new();
    let days = [("06", Some("80")), ("07", Some("50")), ("08", None), ("09", Some("95"))];
    for (number, (_, entered)) in days.iter().enumerate() {
        if let Some(value) = entered {
            site.head().post(FIGURES, figure(&v, value)).expect(201);
        }
        app.advance(Duration::days(1));
        site.sign_in_again(&app);
        let cut_off = format!("2026-03-0{}", number + 5);
        let run = open(site.company.who("gm"), &cut_off).expect(201);
        assert_eq!(run.at("/done"), json!(1), "{cut_off}");
        let shown = tier(site.head(), &v);
        held.push((shown.text("/held/tier"), shown.text("/assessment/outcome")));
    }
    let expected = [("A", "first"), ("A", "spared"), ("B", "lowered"), ("A", "raised")];
    assert_eq!(held, expected.map(|(tier, outcome)| (tier.to_owned(), outcome.to_owned())));
    let on = |day: &str| {
        site.head()
            .get(&format!("/api/v1/customers/{v}/tier?on=2026-03-{day}"))
            .expect(200)
            .text("/held/tier")
    };
    assert_eq!(["06", "07", "08", "09"].map(on), ["A", "A", "B", "A"], "as of each day");
    assert_eq!(column(&tier(site.head(), &v).at("/holds"), "tier"), ["A", "B", "A"]);
    assert_eq!(column(&site.ownership(&v).at("/facts"), "kind"), ["tiered", "tiered", "tiered"]);
    let gm = site.company.who("gm");
    open(gm, "2026-03-09").refuses(422, "tier_run.not_over");
    open(gm, "2026-03-08").refuses(409, "tier_run.run_already");
    open(gm, "2026-03-07").refuses(409, "tier_run.not_later");
    open(site.head(), "2026-03-08").expect(403);
}

fn figures_that_people_enter_say_what_they_rest_on(app: App) {
    let site = Site::open(&app);
    let v = site.file_by(site.a(), 1);
    let evidence = upload(site.a(), "招标计划.pdf", PDF).expect(201).text("/id");
    let mut body = figure(&v, "80.5");
    body["evidence"] = json!([evidence]);
    let made = site.a().post(FIGURES, body).expect(201);
    assert_eq!((made.text("/value"), made.text("/evidence/0")), ("80.5".into(), evidence));
    let place = made.header("location").expect("a place");
    assert_eq!(site.head().get(&place).expect(200).text("/basis"), "年度招标计划");
    site.c.get(&place).refuses(404, "http.not_found");
    let mut measured = figure(&v, "80");
    measured["dimension"] = json!("purchases");
    site.a().post(FIGURES, measured).refuses(422, "tier_figure.not_entered");
    site.a().post(FIGURES, figure(&v, "80.12345")).expect(422);
    site.a().post(FIGURES, figure(&v, "9999999999999")).refuses(422, "tier_figure.too_large");
    let listed =
        site.a().get(&format!("{FIGURES}?customer_id={v}&dimension=potential")).expect(200).at("/data");
    assert_eq!(column(&listed, "value"), ["80.5"]);
}

fn a_run_goes_on_until_everybody_is_assessed(app: App) {
    let mut site = Site::open(&app);
    supervised(&site.company);
    for number in 1..=201 {
        site.file(number);
    }
    app.advance(Duration::days(3));
    site.sign_in_again(&app);
    let gm = site.company.who("gm");
    let begun = open(gm, "2026-03-05").expect(201);
    assert_eq!((begun.at("/done"), begun.at("/is_under_way")), (json!(200), json!(true)));
    open(gm, "2026-03-06").refuses(409, "tier_run.under_way");
    attend(&app);
    let place = begun.header("location").expect("a place");
    let done = gm.get(&place).expect(200);
    assert_eq!((done.at("/done"), done.at("/is_under_way")), (json!(201), json!(false)));
    assert_eq!(app.count_rows("tier_assessments"), 201);
}

fn of_two_runs_of_one_day_at_once_there_is_one(app: App) {
    let mut site = Site::open(&app);
    let v = site.file(1);
    supervised(&site.company);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    let (gm, chair) = (site.company.who("gm"), site.company.who("chair"));
    let runners: Vec<Box<dyn FnOnce() -> u16 + Send>> = [gm, chair]
        .map(|by| Box::new(move || open(by, "2026-03-05").status) as Box<dyn FnOnce() -> u16 + Send>)
        .into();
    let mut answers = race(runners);
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    assert_eq!(tier(gm, &v).text("/held/tier"), "D");
    assert_eq!(app.count_rows("tier_assessments"), 1);
}

fn the_price_of_a_tier_counts_for_who_holds_it(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    supervised(&trade.company);
    publish(&trade.company.boss, "tier-model/company", &simple(), "2026-03-05");
    let director = trade.who("director");
    let list = director.get("/api/v1/price-lists").expect(200).text("/data/0/id");
    let terms =
        json!({"product_id": trade.product, "valid_from": "2026-01-01", "price": yuan("99.00"), "tier": "A"});
    let edits = json!({"edits": [{"terms": terms}]});
    act(director, &format!("/api/v1/price-lists/{list}"), "change-prices", edits).expect(200);
    trade.who("lan").post(FIGURES, figure(&trade.customer, "80")).expect(201);
    let path =
        format!("/api/v1/products/{}/price?currency=CNY&customer_id={}", trade.product, trade.customer);
    assert_eq!(trade.who("lan").get(&path).expect(200).text("/price/amount"), "111.00", "no tier yet");
    app.advance(Duration::days(1));
    trade.company.sign_in_again(&app);
    open(trade.who("gm"), "2026-03-05").expect(201);
    let priced = trade.who("lan").get(&path).expect(200);
    assert_eq!((priced.text("/price/amount"), priced.at("/specific_by")), ("99.00".into(), json!(["tier"])));
    let other = trade.who("rep").get(&path).expect(200);
    assert_eq!(other.text("/price/amount"), "111.00", "nobody learns a tier of a customer they do not see");
}

fn what_is_wrong_with_a_tier_model_is_said_at_once(app: App) {
    let company = app.company();
    let refused = |content: &Value| {
        let body = json!({"code": "tier-model/company", "title": "分级", "content": content, "clause": "002 §6",
            "effective_from": "2026-03-06"});
        let drafted =
            company.boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
        column(&company.boss.at(1).act(&format!("{drafted}/publish")).expect(422).at("/errors"), "code")
    };
    supervised(&company);
    let mut model = simple();
    model["dimensions"][0]["weight_bp"] = json!(9_000);
    model["dimensions"][0]["bands"][1]["from"] = json!("50");
    model["tiers"][2]["from_points"] = json!(10);
    model["tiers"][1]["code"] = json!("A");
    model["every"] = json!("week");
    let codes = refused(&model);
    for code in ["weights_unsound", "bands_unsound", "tiers_unsound", "code_twice"] {
        assert!(codes.contains(&format!("tier_model.{code}")), "{codes:?}");
    }
    let mut unknown = simple();
    unknown["dimensions"][0]["source"] = json!({"by": "measured", "measure": "rainfall", "months": 3});
    publish(&company.boss, "tier-model/company", &unknown, "2026-03-05");
    open(company.who("gm"), "2026-03-04").refuses(409, "tier_run.measure_unknown");
}
