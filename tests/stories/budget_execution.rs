//! What became of the money: the report by every dimension, its chart, what gives alarm, and what is learnt from it.
//! `[BUD-5, BUD-8]`

use crate::{
    budget::{BUDGETS, active_budget, budget_of, path},
    expense_claim::{CLAIMS, approve, approved},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, Records, records, stories};

stories! {
    execution_is_reported_by_every_dimension,
    what_does_not_follow_from_the_ledger_is_found,
    a_report_is_a_file_and_a_picture_too,
    what_runs_low_gives_alarm_and_says_why,
    a_year_that_leads_beyond_its_budget_is_told_once_a_month,
    whether_and_from_when_a_run_rate_is_told_is_the_policys,
    an_analysis_freezes_its_figures_and_feeds_the_next_budget,
}

records! {
    "/api/v1/budget-analyses/{id}" => an_analysis,
}

const EXECUTION: &str = "/api/v1/budget-execution";

fn what_does_not_follow_from_the_ledger_is_found(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    approved(&company, 300);
    app.prove_ledger();
    let line = "WHERE category = 'entertainment'";
    for (change, back, found) in [
        ("committed_minor = committed_minor + 1", "committed_minor = committed_minor - 1", "committed"),
        ("entries = entries + 1", "entries = entries - 1", "entries"),
    ] {
        app.execute(&format!("UPDATE budget_lines SET {change} {line}"));
        let figures = app.ledger_differences();
        assert_eq!(figures, [(found, 1)], "{change}");
        app.execute(&format!("UPDATE budget_lines SET {back} {line}"));
    }
    // What is used in somebody's name, and what a document holds.
    app.execute("UPDATE budget_uses SET reserved_minor = reserved_minor - 5");
    assert_eq!(app.ledger_differences(), [("reserved", -5)]);
    app.execute("DELETE FROM budget_uses");
    assert_eq!(app.ledger_differences(), [("committed", -30_000)]);
    app.execute("DELETE FROM budget_holdings");
    assert_eq!(app.ledger_differences(), [("held", -30_000), ("committed", -30_000)]);
}

fn execution_is_reported_by_every_dimension(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    approved(&company, 300);
    let head = company.who("head");
    let by_category = head.get(&format!("{EXECUTION}?fiscal_year=2026&include_total=true")).expect(200);
    assert_eq!(by_category.at("/total"), json!(2));
    let row = by_category.at("/data/0");
    assert_eq!(
        (&row["group"]["category"], &row["committed"]["amount"]),
        (&json!("entertainment"), &json!("300.00"))
    );
    assert_eq!(
        (&row["budget"]["amount"], &row["available"]["amount"]),
        (&json!("3000.00"), &json!("2700.00"))
    );
    assert_eq!(
        (&row["spent"]["amount"], &row["variance_to_plan"]["amount"]),
        (&json!("0.00"), &json!("-3000.00"))
    );
    // 300 within 64 of 90 days: 421.88 by the end of the quarter.
    assert_eq!(row["forecast"]["amount"], "421.88");
    let by_two = head.get(&format!("{EXECUTION}?fiscal_year=2026&group_by=department,quarter")).expect(200);
    assert_eq!(by_two.text("/data/0/group/quarter"), "2026-Q1");
    assert_eq!(by_two.text("/data/0/budget/amount"), "6000.01");
    let by_person = head.get(&format!("{EXECUTION}?fiscal_year=2026&group_by=person")).expect(200);
    assert_eq!(by_person.text("/data/0/group/person/name"), "lan");
    assert_eq!(
        (by_person.text("/data/0/committed/amount"), by_person.text("/data/0/budget/amount")),
        ("300.00".into(), "0.00".into())
    );
    for dimension in ["period", "category_group", "campaign", "region", "budget"] {
        let report =
            head.get(&format!("{EXECUTION}?fiscal_year=2026&group_by={dimension}&limit=1")).expect(200);
        assert!(report.at("/data/0/budget").is_object(), "{dimension}");
    }
    let first = head.get(&format!("{EXECUTION}?fiscal_year=2026&group_by=period&limit=5")).expect(200);
    let rest = head
        .get(&format!(
            "{EXECUTION}?fiscal_year=2026&group_by=period&limit=50&cursor={}",
            first.text("/next_cursor")
        ))
        .expect(200);
    assert_eq!(rest.at("/data").as_array().map(Vec::len), Some(8), "twelve months and a quarter in all");
    head.get(&format!("{EXECUTION}?fiscal_year=2026&group_by=colour")).refuses(400, "http.bad_parameter");
    let stranger = company.who("rep").get(&format!("{EXECUTION}?fiscal_year=2026")).expect(200);
    assert_eq!(stranger.at("/data"), json!([]));
    let next = head.get(&format!("{EXECUTION}?fiscal_year=2027")).expect(200);
    assert_eq!(next.text("/data/0/last_year_spent/amount"), "0.00");
}

fn a_report_is_a_file_and_a_picture_too(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    let qian = company.who("qian");
    let file = qian.get(&format!("{EXECUTION}?fiscal_year=2026&format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("12000.01"));
    assert!(
        qian.get(&format!("{EXECUTION}?fiscal_year=2026&format=xlsx")).expect(200).bytes.starts_with(b"PK")
    );
    let chart = company
        .who("lan")
        .get(&format!("{EXECUTION}/chart?fiscal_year=2026&group_by=department"))
        .expect(200);
    assert_eq!(chart.header("content-type").as_deref(), Some("image/svg+xml"));
    let drawing = String::from_utf8_lossy(&chart.bytes).into_owned();
    assert!(drawing.starts_with("<svg") && drawing.contains("15000.01"), "{drawing}");
}

fn what_runs_low_gives_alarm_and_says_why(app: App) {
    let company = app.company();
    let mut tight = budget_of(&company);
    tight["sums"] = json!([]);
    tight["lines"][1] = json!({"category": "entertainment", "period": "2026-03", "amount": {"amount": "350.00", "currency": "CNY"}});
    active_budget(&company, tight);
    let alerts = "/api/v1/budget-alerts";
    assert_eq!(company.who("head").get(alerts).expect(200).at("/alerts"), json!([]));
    approved(&company, 300);
    let found = company.who("head").get(alerts).expect(200);
    let kinds: Vec<String> = tests::column(&found.at("/alerts"), "kind");
    assert_eq!(kinds, ["threshold", "run_rate"]);
    assert_eq!(
        (found.at("/alerts/0/threshold_percent"), found.at("/alerts/0/used_basis_points")),
        (json!(80), json!(8571))
    );
    assert!(found.text("/alerts/0/zh").contains("85%"), "{found}");
    assert_eq!(found.text("/alerts/1/forecast/amount"), "1710.94");
}

/// What the feed tells of years that lead beyond their budgets.
fn run_rates_told(company: &Company) -> Vec<Value> {
    let feed =
        company.who("qian").get("/api/v1/events?limit=200&kinds=budget_line.run_rate_alerted").expect(200);
    feed.at("/data").as_array().cloned().unwrap_or_default()
}

/// 3,000 for entertainment in each of the first two quarters.
fn two_quarters(company: &Company) -> Value {
    let mut budget = budget_of(company);
    let quarter = |of: &str| json!({"category": "entertainment", "period": of, "amount": {"amount": "3000.00", "currency": "CNY"}});
    budget["sums"] = json!([]);
    budget["lines"] = json!([quarter("2026-Q1"), quarter("2026-Q2")]);
    budget
}

fn a_year_that_leads_beyond_its_budget_is_told_once_a_month(app: App) {
    let mut company = app.company();
    active_budget(&company, two_quarters(&company));
    approved(&company, 1000);
    assert!(run_rates_told(&company).is_empty(), "1,000 in 64 days come to 5,703 in the year");
    let (claim, approval) = company.submitted("lan", 100);
    assert!(run_rates_told(&company).is_empty(), "what is asked for is not promised");
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    let told = run_rates_told(&company);
    assert_eq!(told.len(), 1, "{told:?}");
    let facts = &told[0]["facts"];
    assert_eq!(
        (&facts["budget_minor"], &facts["used_minor"], &facts["forecast_minor"]),
        (&json!(600_000), &json!(110_000), &json!(627_344))
    );
    assert_eq!(
        (&facts["fiscal_year"], &facts["month"], &facts["category"]),
        (&json!(2026), &json!("2026-03"), &json!("entertainment"))
    );
    // With the line it is in the audit trail.
    let line = told[0]["entity"].as_str().expect("a line").to_owned();
    let trail = company.boss.get(&format!("/api/v1/audit-entries?entity={line}&limit=200")).expect(200);
    assert!(trail.to_string().contains("budget_line.run_rate_alerted"), "{trail}");
    crate::expense_claim_request::paid(&company, &claim, "100.00");
    approved(&company, 200);
    assert_eq!(run_rates_told(&company).len(), 1, "once a month");
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let mut april = company.claim_of(400);
    april["lines"][0]["occurred_on"] = json!("2026-04-09");
    let claim = company.who("lan").post(CLAIMS, april).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(run_rates_told(&company).len(), 2, "1,700 in 100 days come to 6,205, told of April anew");
    app.prove_ledger();
}

fn whether_and_from_when_a_run_rate_is_told_is_the_policys(app: App) {
    let company = app.company();
    active_budget(&company, two_quarters(&company));
    let published = |percent: Value| {
        let boss = app.administrator();
        let shipped = boss.get("/api/v1/policies?code=budget-policy/standard").expect(200);
        let mut content = shipped.at("/data/0/content");
        content["run_rate_percent"] = percent;
        let body = json!({"code": "budget-policy/standard", "title": "预算管理", "effective_from": "2026-03-05",
            "content": content, "clause": "000 §9.1"});
        let made = boss.post("/api/v1/policies", body);
        if made.status != 201 {
            return made;
        }
        boss.at(1).act(&format!("{}/publish", made.header("location").expect("a place")))
    };
    published(json!(20)).refuses(422, "validation.out_of_range");
    published(Value::Null).expect(200);
    let run_rates = || {
        let alerts = company.who("head").get("/api/v1/budget-alerts").expect(200);
        tests::column(&alerts.at("/alerts"), "kind").into_iter().filter(|kind| kind == "run_rate").count()
    };
    approved(&company, 1100);
    assert_eq!((run_rates_told(&company).len(), run_rates()), (0, 0), "it is not watched");
    published(json!(110)).expect(200);
    approved(&company, 50);
    assert_eq!((run_rates_told(&company).len(), run_rates()), (0, 0), "6,559 are not yet 110 % of 6,000");
    approved(&company, 50);
    assert_eq!((run_rates_told(&company).len(), run_rates()), (1, 1), "6,844 are more");
    assert_eq!(run_rates_told(&company)[0]["facts"]["threshold_percent"], 110);
}

fn an_analysis_freezes_its_figures_and_feeds_the_next_budget(app: App) {
    let company = app.company();
    let budget = active_budget(&company, budget_of(&company));
    approved(&company, 300);
    let analyses = "/api/v1/budget-analyses";
    let body = json!({"title": "2026 年一季度预算执行分析", "period": "2026-Q1",
        "department_id": company.departments["marketing"], "text": "差旅费执行正常，广告费未启动。",
        "conclusions": ["二季度加快广告投放"]});
    let head = company.who("head");
    let mut early = body.clone();
    early["period"] = json!("2026-Q2");
    head.post(analyses, early).refuses(409, "budget_analysis.not_begun");
    let filed = head.post(analyses, body).expect(201);
    assert_eq!(filed.at("/figures/0/committed_minor"), json!(30_000));
    let id = filed.text("/id");
    approved(&company, 100);
    let again = head.get(&format!("{analyses}/{id}")).expect(200);
    assert_eq!(again.at("/figures/0/committed_minor"), json!(30_000), "the figures stay as they were");
    company.who("rep").get(&format!("{analyses}/{id}")).refuses(404, "http.not_found");
    let listed = head.get(&format!("{analyses}?fiscal_year=2026")).expect(200);
    assert_eq!(listed.text("/data/0/id"), id);
    let whole = json!({"title": "全公司", "period": "2026-Q1", "text": "好", "conclusions": ["好"]});
    head.post(analyses, whole).refuses(422, "validation.required");
    let copy = head.post(&format!("{}/copy", path(&budget)), json!({})).expect(201);
    assert_eq!(copy.text("/foundations/1/reference"), format!("{analyses}/{id}"));
    assert!(copy.text("/id") != budget && copy.header("location").is_some_and(|at| at.starts_with(BUDGETS)));
}

fn an_analysis(made: &Records<'_>) -> String {
    let analysis = json!({"title": "一季度分析", "period": "2026-Q1", "text": "正常",
        "department_id": made.company.departments["marketing"], "conclusions": ["加快投放"]});
    made.post("head", "/api/v1/budget-analyses/{id}", analysis)
}
