//! Duties of posts and records, and hours without a server. `[DUT-1a, DUT-2e, DUT-2f, DUT-2g, DUT-2h,
//! DUT-3b]`

use crate::{
    budget::{BUDGETS, budget_of, deed},
    duty::{
        DUTIES, attend, attend_beside, called, events, fulfil, go_on, in_the_week, own_of, pass, prove,
        publish, weekly,
    },
    expense_request::act,
};
use chrono::Duration;
use serde_json::json;
use tests::{App, Company, race, stories};

stories! {
    the_duty_of_a_post_goes_with_the_post,
    a_finding_calls_for_its_remediation_and_a_rejected_one_is_owed_again,
    an_advance_is_to_be_settled_by_its_day,
    what_is_owed_for_a_record_goes_on_while_somebody_is_away_and_once_they_left,
    what_nobody_else_can_do_is_owed_no_longer_by_who_left,
    the_statement_of_a_month_fulfils_what_finance_owes,
    the_next_budget_and_the_analysis_of_a_month_are_owed_where_a_pack_says_so,
    what_was_filed_before_a_duty_was_raised_fulfils_it,
    a_report_filed_as_its_day_is_raised_is_found_done,
    what_no_server_could_take_in_is_due_later_or_excused,
    a_new_version_counts_from_the_next_period,
}

fn the_duty_of_a_post_goes_with_the_post(app: App) {
    let mut company = app.company();
    let mut rule = weekly();
    rule["subject"] = json!("post");
    rule["scope"] = json!({"departments": ["marketing"]});
    publish(&company.boss, "duty-rule/report-of-heads", &rule, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    let of_head = company.who("head").get("/api/v1/duties?rule_code=duty-rule/report-of-heads").expect(200);
    let place = format!("{DUTIES}/{}", of_head.text("/data/0/id"));
    company.who("lan").get(&place).refuses(404, "http.not_found");
    let marketing = format!("/api/v1/departments/{}", company.departments["marketing"]);
    let version = company.boss.get(&marketing).expect(200).version();
    company.boss.at(version).patch(&marketing, json!({"head_id": company.id("lan")})).expect(200);
    attend(&app);
    let shown = company.who("lan").get(&place).expect(200);
    assert_eq!(shown.text("/responsible/id"), company.id("lan"));
    assert_eq!(
        (shown.text("/holdings/0/hold"), shown.text("/holdings/1/hold")),
        ("raised".into(), "succeeded".into())
    );
    let handed = json!({"employee_id": company.id("ming")});
    act(company.who("director"), &place, "hand-over", handed.clone()).expect(200);
    act(company.who("director"), &place, "hand-over", handed).refuses(409, "duty.already_holds");
    fulfil(company.who("ming"), &place).expect(200);
    prove(&app);
}

fn a_finding_calls_for_its_remediation_and_a_rejected_one_is_owed_again(app: App) {
    let company = app.company();
    let (finding, auditor) = crate::audit_finding::open_for_lan(&app, &company);
    let duty = called(&company, "audit-finding");
    assert_eq!(
        (duty.text("/status"), duty.text("/responsible/id")),
        ("open".into(), company.id("lan").to_owned())
    );
    assert_eq!(duty.text("/clause"), "000 §9.2 五");
    act(company.who("lan"), &finding, "report-remediation", json!({"text": "已补附行程单"})).expect(200);
    let done = called(&company, "audit-finding");
    assert_eq!(done.text("/status"), "on_time");
    act(&auditor, &finding, "reject-remediation", json!({"reason": "附件不清晰"})).expect(200);
    assert_eq!(called(&company, "audit-finding").text("/status"), "open", "owed again");
    prove(&app);
}

fn an_advance_is_to_be_settled_by_its_day(app: App) {
    let company = app.company();
    let advance = crate::cash_advance::paid_out(&company, "1000.00");
    let duty = called(&company, "cash-advance");
    assert_eq!(
        (duty.text("/due_at"), duty.text("/responsible/id")),
        ("2026-03-31T16:00:00.000000Z".into(), company.id("lan").to_owned())
    );
    let back = json!({"reference": "REC-1", "amount": {"amount": "1000.00", "currency": "CNY"}, "received_on": "2026-03-05"});
    act(company.who("qian"), &advance, "repay", back).expect(200);
    assert_eq!(called(&company, "cash-advance").text("/status"), "on_time");
    prove(&app);
}

/// Lets the clock go on by days, servers looking after duties each day.
fn days(app: &App, company: &mut Company, count: i64) {
    for _ in 0..count {
        pass(app, 24);
        attend(app);
    }
    company.boss = app.administrator();
}

fn away(company: &Company, who: &str, stand_in: &str, (from, until): (&str, &str)) {
    let away = json!({"employee_id": company.id(who), "stand_in_id": company.id(stand_in),
        "from": from, "until": until, "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
}

/// `[DUT-2f]`
fn what_is_owed_for_a_record_goes_on_while_somebody_is_away_and_once_they_left(app: App) {
    let mut company = app.company();
    crate::audit_finding::open_for_lan(&app, &company);
    crate::cash_advance::paid_out(&company, "1000.00");
    away(&company, "lan", "ming", ("2026-03-06", "2026-03-07"));
    let holder = |company: &Company, rule: &str| {
        let shown = called(company, rule);
        let last = shown.at("/holdings").as_array().and_then(|holdings| holdings.last().cloned());
        let last = last.expect("a holding");
        (shown.text("/responsible/id"), last["hold"].as_str().unwrap_or_default().to_owned())
    };
    let is = |company: &Company, who: &str, hold: &str| (company.id(who).to_owned(), hold.to_owned());
    days(&app, &mut company, 1);
    assert_eq!(holder(&company, "audit-finding"), is(&company, "ming", "stood_in"));
    assert_eq!(holder(&company, "cash-advance"), is(&company, "lan", "raised"), "an advance is one's own");
    days(&app, &mut company, 2);
    assert_eq!(
        holder(&company, "audit-finding"),
        is(&company, "lan", "succeeded"),
        "who is back has it again"
    );
    company.leave("lan");
    days(&app, &mut company, 2);
    assert_eq!(holder(&company, "audit-finding"), is(&company, "head", "vacant"));
    assert_eq!(holder(&company, "cash-advance"), is(&company, "head", "vacant"), "the money is still out");
    prove(&app);
}

/// `[DUT-2f]`
fn what_nobody_else_can_do_is_owed_no_longer_by_who_left(app: App) {
    let mut company = app.company();
    crate::regulation::in_force(&company);
    crate::regulation_acknowledgement::ask(&app);
    let rule = "/api/v1/duties?whose=all&rule_code=duty-rule/regulation-acknowledgement";
    let of = |company: &Company, who: &str| {
        let shown = company.boss.get(rule).expect(200).at("/data");
        let mut found = shown.as_array().into_iter().flatten();
        found.find(|duty| duty["responsible"]["id"] == company.id(who)).map(|duty| duty["status"].clone())
    };
    away(&company, "ming", "lan", ("2026-03-05", "2026-03-20"));
    company.leave("lan");
    days(&app, &mut company, 1);
    assert_eq!((of(&company, "lan"), of(&company, "ming")), (Some(json!("cancelled")), Some(json!("open"))));
    prove(&app);
}

fn the_statement_of_a_month_fulfils_what_finance_owes(app: App) {
    let mut company = app.company();
    app.advance(Duration::days(27));
    company.sign_in_again(&app);
    attend(&app);
    app.advance(Duration::days(30));
    company.sign_in_again(&app);
    attend(&app);
    let april = company.boss.get("/api/v1/duties?whose=all&occasion=2026-04").expect(200);
    let place = format!("{DUTIES}/{}", april.text("/data/0/id"));
    let duty = company.who("qian").get(&place).expect(200);
    assert_eq!(
        (duty.text("/status"), duty.text("/responsible/id")),
        ("open".into(), company.id("qian").to_owned())
    );
    company.who("qian").act("/api/v1/accounting-periods/2026-04/close").expect(200);
    let body = json!({"period": "2026-04", "department_id": company.departments["company"], "remarks": "无"});
    let made = company.who("sun").post("/api/v1/expense-statements", body).expect(201);
    let statement = format!("/api/v1/expense-statements/{}", made.text("/id"));
    act(company.who("sun"), &statement, "submit", json!({})).expect(200);
    let done = company.who("qian").get(&place).expect(200);
    assert_eq!((done.text("/status"), done.text("/proof/record_id")), ("on_time".into(), made.text("/id")));
    act(company.who("sun"), &statement, "withdraw", json!({})).expect(200);
    assert_eq!(company.who("qian").get(&place).expect(200).text("/status"), "open");
    prove(&app);
}

/// `[BUD-1, BUD-8, REG-5a]`
fn the_next_budget_and_the_analysis_of_a_month_are_owed_where_a_pack_says_so(app: App) {
    let mut company = app.company();
    let load = json!({"code": "general", "effective_from": "2026-03-05",
        "department_id": company.departments["company"]});
    let loaded = company.boss.post("/api/v1/packs/load", load).expect(200).at("/items");
    let fate = |code: &str| {
        let item = loaded.as_array().into_iter().flatten().find(|item| item["code"] == code);
        item.map(|item| item["fate"].clone())
    };
    for rule in ["duty-rule/monthly-budget-analysis", "duty-rule/budget-compilation"] {
        assert_eq!(fate(rule), Some(json!("made")), "{rule}");
    }
    let of = |company: &Company, rule: &str, occasion: &str| {
        let path = format!("/api/v1/duties?whose=all&rule_code=duty-rule/{rule}&occasion={occasion}");
        let found = company.boss.get(&path).expect(200);
        (found.text("/data/0/status"), found.text("/data/0/responsible/id"))
    };
    let is = |company: &Company, status: &str, who: &str| (status.to_owned(), company.id(who).to_owned());
    attend(&app);
    app.advance(Duration::days(60));
    company.sign_in_again(&app);
    attend(&app);
    assert_eq!(of(&company, "monthly-budget-analysis", "2026-04"), is(&company, "open", "qian"));
    let analysis = json!({"title": "四月预算执行分析", "period": "2026-04", "text": "广告费低于计划",
        "department_id": company.departments["finance"],
        "conclusions": ["按计划投放"]});
    company.who("qian").post("/api/v1/budget-analyses", analysis).expect(201);
    assert_eq!(of(&company, "monthly-budget-analysis", "2026-04"), is(&company, "on_time", "qian"));
    // The first whole year that the rule counts for is the next; what is owed for it opens sixty days before it is due.
    app.advance(Duration::days(540));
    company.sign_in_again(&app);
    attend(&app);
    assert_eq!(of(&company, "budget-compilation", "2027"), is(&company, "open", "head"));
    let text = budget_of(&company).to_string().replace("2026", "2028");
    let next = company
        .who("head")
        .post(BUDGETS, serde_json::from_str::<serde_json::Value>(&text).expect("it reads"))
        .expect(201);
    deed(company.who("head"), &next.text("/id"), "submit", None).expect(200);
    assert_eq!(of(&company, "budget-compilation", "2027"), is(&company, "on_time", "head"));
    deed(company.who("head"), &next.text("/id"), "withdraw", None).expect(200);
    assert_eq!(of(&company, "budget-compilation", "2027"), is(&company, "open", "head"));
    prove(&app);
}

/// `[DUT-2a]`
fn what_was_filed_before_a_duty_was_raised_fulfils_it(app: App) {
    let mut company = app.company();
    app.advance(Duration::days(88));
    company.sign_in_again(&app);
    let filed = |company: &Company, period: &str| {
        company.who("qian").act(&format!("/api/v1/accounting-periods/{period}/close")).expect(200);
        let body =
            json!({"period": period, "department_id": company.departments["company"], "remarks": "无"});
        let made = company.who("sun").post("/api/v1/expense-statements", body).expect(201);
        let statement = format!("/api/v1/expense-statements/{}", made.text("/id"));
        act(company.who("sun"), &statement, "submit", json!({})).expect(200);
        (statement, made.text("/id"))
    };
    // The rule has stood since March, so April is the first month that it counts for.
    company.who("qian").act("/api/v1/accounting-periods/2026-03/close").expect(200);
    let (april, _) = filed(&company, "2026-04");
    let (_, may) = filed(&company, "2026-05");
    act(company.who("sun"), &april, "withdraw", json!({})).expect(200);
    app.advance(Duration::minutes(5));
    attend(&app);
    let of = |occasion: &str| {
        let listed = company.boss.get(&format!("/api/v1/duties?whose=all&occasion={occasion}")).expect(200);
        company.boss.get(&format!("{DUTIES}/{}", listed.text("/data/0/id"))).expect(200)
    };
    let born = of("2026-05");
    assert_eq!((born.text("/status"), born.text("/proof/record_id")), ("on_time".into(), may));
    assert!(born.text("/proof/received_at") < born.text("/raised_at"), "{:?}", born.at("/proof"));
    assert_ne!(of("2026-04").text("/status"), "on_time", "what was taken back before fulfils nothing");
    prove(&app);
}

/// Whichever comes second sees the other: the report, or the duty. `[DUT-2a]`
fn a_report_filed_as_its_day_is_raised_is_found_done(app: App) {
    let mut company = app.company();
    let rule = serde_json::from_str(domain::sales::sales_report::SHIPPED_SALES_DAY_RULE).expect("it reads");
    publish(&company.boss, "duty-rule/sales-day", &rule, "2026-03-05");
    for day in ["2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11"] {
        let lan = company.who("lan");
        let made = lan.post("/api/v1/sales-reports", json!({"period": day})).expect(201);
        let place = made.header("location").expect("a place");
        let submit = || {
            act(lan, &place, "submit", json!({})).expect(200);
        };
        race(vec![Box::new(submit) as Box<dyn FnOnce() + Send + '_>, Box::new(|| attend_beside(&app))]);
        attend(&app);
        let mine =
            lan.get(&format!("/api/v1/duties?rule_code=duty-rule/sales-day&occasion={day}")).expect(200);
        assert_eq!(mine.text("/data/0/status"), "on_time", "{day}");
        days(&app, &mut company, if day == "2026-03-06" { 3 } else { 1 });
        company.sign_in_again(&app);
    }
    prove(&app);
}

fn what_no_server_could_take_in_is_due_later_or_excused(app: App) {
    let mut company = in_the_week(&app);
    // Friday noon to Tuesday ten o'clock: 3.5 working hours were lost before Saturday midnight, so 4 are given.
    go_on(&app, &mut company, 24 * 4 + 2);
    app.advance(Duration::minutes(30));
    attend(&app);
    app.advance(Duration::hours(94));
    company.sign_in_again(&app);
    attend(&app);
    let lan = own_of(company.who("lan"), "2026-W11");
    let shown = company.who("lan").get(&lan).expect(200);
    assert_eq!(shown.text("/retimings/0/cause"), "outage");
    assert_eq!(
        (shown.text("/due_at"), shown.text("/grace_until")),
        ("2026-03-17T08:00:00.000000Z".into(), "2026-03-17T08:30:00.000000Z".into())
    );
    assert_eq!(shown.text("/status"), "open");
    assert!(events(&app, "duty.missed").is_empty());
    // Two whole weeks.
    app.advance(Duration::days(21));
    company.sign_in_again(&app);
    attend(&app);
    for week in ["2026-W13", "2026-W14"] {
        let place = own_of(company.who("lan"), week);
        let shown = company.who("lan").get(&place).expect(200);
        assert_eq!(
            (shown.text("/status"), shown.text("/excuse")),
            ("excused".into(), "outage".into()),
            "{week}"
        );
    }
    prove(&app);
}

fn a_new_version_counts_from_the_next_period(app: App) {
    let mut company = in_the_week(&app);
    go_on(&app, &mut company, 48);
    let mut friday = weekly();
    friday["cadence"]["on"] = json!({"weekday": "friday"});
    publish(&company.boss, "duty-rule/weekly-report", &friday, "2026-03-11");
    go_on(&app, &mut company, 24 * 5);
    attend(&app);
    let due = |week: &str| {
        let place = own_of(company.who("lan"), week);
        company.who("lan").get(&place).expect(200).text("/due_at")
    };
    assert_eq!(
        (due("2026-W11"), due("2026-W12")),
        ("2026-03-14T16:00:00.000000Z".into(), "2026-03-20T16:00:00.000000Z".into())
    );
}
