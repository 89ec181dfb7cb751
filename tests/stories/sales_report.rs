//! Daily records and monthly reports: compiled from records, commented, submitted and frozen; both are duties. `[SAL-4]`

use crate::{
    duty::{attend, publish},
    expense_request::act,
    sales_contract::Trade,
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, column, records, stories};

stories! {
    a_daily_record_is_compiled_from_records_and_frozen_when_it_is_submitted,
    a_monthly_report_is_commented_and_submitted_once_its_month_is_over,
    a_daily_record_fulfils_the_duty_of_its_day,
}

records! {
    "/api/v1/sales-reports/{id}" => a_report,
}

const REPORTS: &str = "/api/v1/sales-reports";

fn a_report(made: &Records<'_>) -> String {
    made.post("lan", "/api/v1/sales-reports/{id}", json!({"period": "2026-03-04"}))
}

fn a_daily_record_is_compiled_from_records_and_frozen_when_it_is_submitted(app: App) {
    let trade = Trade::open(&app, "1130.00");
    let lan = trade.who("lan");
    let said = "客户希望更换十台监护仪，预算已经批准";
    let call =
        json!({"customer_id": trade.customer, "kind": "call", "report": {"minutes": 10, "content": said}});
    lan.post("/api/v1/interactions", call.clone()).expect(201);
    let opportunity = json!({"customer_id": trade.customer, "subject": "监护仪更新"});
    lan.post("/api/v1/opportunities", opportunity).expect(201);
    let contract = trade.approved("lan", "1");
    let made = lan.post(REPORTS, json!({"period": "2026-03-05"})).expect(201);
    let place = made.header("location").expect("a place");
    let figures = |shown: &Value| {
        [
            "calls",
            "qualified",
            "opportunities_opened",
            "contracts_drawn",
            "contracts_signed",
            "opportunities_won",
            "net",
        ]
        .map(|figure| shown["figures"][figure].as_i64().unwrap_or(-1))
    };
    assert_eq!(figures(&made.json()), [1, 1, 1, 1, 0, 0, 0]);
    lan.post(REPORTS, json!({"period": "2026-03-05"})).refuses(409, "sales_report.compiled_already");
    trade.sign("lan", &contract);
    act(trade.who("head"), &place, "submit", json!({})).refuses(403, "sales_report.not_yours");
    let submitted = act(lan, &place, "submit", json!({})).expect(200);
    assert_eq!(submitted.text("/status"), "submitted");
    assert_eq!(figures(&submitted.json()), [1, 1, 1, 1, 1, 1, 100_000], "read anew when it was submitted");
    lan.post("/api/v1/interactions", call).expect(201);
    assert_eq!(figures(&lan.get(&place).expect(200).json()), [1, 1, 1, 1, 1, 1, 100_000], "and frozen then");
    let version = submitted.version();
    lan.at(version).patch(&place, json!({"comment": "补充"})).refuses(409, "sales_report.submitted_already");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
    let listed =
        trade.who("head").get(&format!("{REPORTS}?span=day&status=submitted&sort=period")).expect(200);
    assert_eq!(column(&listed.at("/data"), "period"), ["2026-03-05"]);
}

fn a_monthly_report_is_commented_and_submitted_once_its_month_is_over(app: App) {
    let mut company = app.company();
    let lan = company.who("lan");
    lan.post(REPORTS, json!({"period": "2026-Q1"})).refuses(422, "sales_report.neither_day_nor_month");
    lan.post(REPORTS, json!({"period": "2026-04"})).refuses(422, "sales_report.ahead");
    let place =
        lan.post(REPORTS, json!({"period": "2026-03"})).expect(201).header("location").expect("a place");
    let commented = lan.at(1).patch(&place, json!({"comment": "两家客户推迟到下月签约"})).expect(200);
    assert_eq!(
        (commented.text("/comment"), commented.text("/span")),
        ("两家客户推迟到下月签约".into(), "month".into())
    );
    act(lan, &place, "submit", json!({})).refuses(409, "sales_report.not_over");
    app.advance(Duration::days(26));
    company.sign_in_again(&app);
    assert_eq!(act(company.who("lan"), &place, "submit", json!({})).expect(200).text("/status"), "submitted");
}

fn a_daily_record_fulfils_the_duty_of_its_day(app: App) {
    let company = app.company();
    let rule: Value =
        serde_json::from_str(domain::sales::sales_report::SHIPPED_SALES_DAY_RULE).expect("it reads");
    publish(&company.boss, "duty-rule/sales-day", &rule, "2026-03-05");
    let monthly: Value =
        serde_json::from_str(domain::sales::sales_report::SHIPPED_SALES_MONTH_RULE).expect("it reads");
    publish(&company.boss, "duty-rule/sales-month", &monthly, "2026-03-05");
    attend(&app);
    let lan = company.who("lan");
    let owed = lan.get("/api/v1/duties?rule_code=duty-rule/sales-day&occasion=2026-03-05").expect(200);
    let duty = format!("/api/v1/duties/{}", owed.text("/data/0/id"));
    assert_eq!(lan.get(&duty).expect(200).text("/status"), "open");
    let place =
        lan.post(REPORTS, json!({"period": "2026-03-05"})).expect(201).header("location").expect("a place");
    act(lan, &place, "submit", json!({})).expect(200);
    assert_eq!(lan.get(&duty).expect(200).text("/status"), "on_time");
}
