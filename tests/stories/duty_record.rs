//! Duties of posts and records, and hours without a server. `[DUT-1a, DUT-2e, DUT-2f, DUT-2g, DUT-2h,
//! DUT-3b]`

use crate::{
    duty::{DUTIES, attend, called, events, fulfil, go_on, in_the_week, own_of, prove, publish, weekly},
    expense_request::act,
};
use chrono::Duration;
use serde_json::json;
use tests::{App, stories};

stories! {
    the_duty_of_a_post_goes_with_the_post,
    a_finding_calls_for_its_remediation_and_a_rejected_one_is_owed_again,
    an_advance_is_to_be_settled_by_its_day,
    the_statement_of_a_month_fulfils_what_finance_owes,
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
