//! Indicators and the figures of those that nothing measures: entered by one, confirmed by another. `[KPI-1,
//! SER]`

use crate::{expense_request::act, file::hand_in, incentive_entry::Centre};
use serde_json::{Value, json};
use tests::{App, Caller, Records, column, race, records, stories};

stories! {
    an_indicator_is_set_up_changed_and_retired_once_no_scheme_uses_it,
    what_is_measured_names_a_measure_that_there_is,
    a_figure_is_entered_by_one_and_confirmed_by_another,
    of_two_figures_for_the_same_at_once_one_is_entered,
    figures_come_from_a_spreadsheet_and_the_same_again_changes_nothing,
    figures_are_seen_by_their_person_and_those_above_them,
}

records! {
    "/api/v1/indicators/{id}" => an_indicator,
    "/api/v1/indicator-figures/{id}" => a_figure,
}

const INDICATORS: &str = "/api/v1/indicators";
pub(crate) const FIGURES: &str = "/api/v1/indicator-figures";

fn body(code: &str, zh: &str, en: &str, (unit, direction): (&str, &str)) -> Value {
    json!({"code": code, "name_zh": zh, "name_en": en, "unit": unit, "direction": direction})
}

fn an_indicator(made: &Records<'_>) -> String {
    let body = body("visits", "拜访次数", "Visits", ("次", "higher_is_better"));
    made.company.boss.post(INDICATORS, body).expect(201).text("/id")
}

fn a_figure(made: &Records<'_>) -> String {
    let body = json!({"indicator_id": made.id("/api/v1/indicators/{id}"), "employee_id": made.company.id("lan"),
        "period": "2026-02", "value": "12", "basis": "拜访记录"});
    made.post("head", "/api/v1/indicator-figures/{id}", body)
}

/// Sets up the indicators of the worked examples.
pub(crate) fn set_up(by: &Caller) {
    for body in [
        body("sales", "销售额", "Sales", ("元", "higher_is_better")),
        body("new-customers", "客户开发数量", "New customers", ("家", "higher_is_better")),
        body("complaints-in-time", "投诉按时办结率", "Complaints in time", ("%", "higher_is_better")),
        body("weekly-reports", "周报", "Weekly reports", ("次", "lower_is_better")),
        body("response-days", "响应时长", "Response time", ("天", "lower_is_better")),
        body("customer-data-leaked", "泄露客户资料", "Customer data leaked", ("次", "lower_is_better")),
    ] {
        by.post(INDICATORS, body).expect(201);
    }
}

/// The indicator of a code: its id.
#[track_caller]
fn of_code(by: &Caller, code: &str) -> String {
    let all = by.get(&format!("{INDICATORS}?limit=200")).expect(200).at("/data");
    let found = all.as_array().and_then(|all| all.iter().find(|one| one["code"] == code));
    found.and_then(|one| one["id"].as_str()).expect("an indicator").to_owned()
}

/// A figure as it is sent.
#[track_caller]
pub(crate) fn figure(centre: &Centre, employee: &str, code: &str, (period, value): (&str, &str)) -> Value {
    json!({"indicator_id": of_code(&centre.office, code), "employee_id": employee, "period": period,
        "value": value, "basis": "财务销售明细"})
}

/// Entered by the head, confirmed by the office.
#[track_caller]
pub(crate) fn enter_and_confirm(centre: &Centre, body: Value) {
    let entered = centre.who("head").post(FIGURES, body).expect(201).header("location").expect("a place");
    act(&centre.office, &entered, "confirm", json!({})).expect(200);
}

#[track_caller]
pub(crate) fn confirmed(centre: &Centre, employee: &str, code: &str, of: (&str, &str)) {
    enter_and_confirm(centre, figure(centre, employee, code, of));
}

fn an_indicator_is_set_up_changed_and_retired_once_no_scheme_uses_it(app: App) {
    let centre = Centre::found(&app);
    let office = &centre.office;
    let made =
        office.post(INDICATORS, body("visits", "拜访次数", "Visits", ("次", "higher_is_better"))).expect(201);
    let place = made.header("location").expect("a place");
    office
        .post(INDICATORS, body("visits", "拜访", "V", ("次", "higher_is_better")))
        .refuses(409, "validation.not_unique");
    office.post(INDICATORS, body("Visits", "拜访", "V", ("次", "higher_is_better"))).expect(422);
    let changed = office.at(1).patch(&place, json!({"unit": "回", "description": "上门拜访"})).expect(200);
    assert_eq!((changed.text("/unit"), changed.text("/code")), ("回".into(), "visits".into()));
    assert_eq!(
        column(&office.get(&format!("{INDICATORS}?q=bfcs&measured=false")).expect(200).at("/data"), "code"),
        ["visits"]
    );
    centre.who("lan").get(&place).expect(200);
    centre
        .who("lan")
        .post(INDICATORS, body("x", "甲", "A", ("次", "higher_is_better")))
        .refuses(403, "http.forbidden");
    act(office, &place, "retire", json!({})).expect(200);
    act(office, &place, "retire", json!({})).refuses(409, "indicator.retired");
    office.at(3).patch(&place, json!({"unit": "次"})).refuses(409, "indicator.retired");
}

fn what_is_measured_names_a_measure_that_there_is(app: App) {
    let centre = Centre::found(&app);
    let office = &centre.office;
    let measures = office.get("/api/v1/indicator-measures").expect(200);
    assert_eq!(
        column(&measures.at("/measures"), "code"),
        [
            "duties-failed",
            "duties-in-time",
            "tasks-in-time",
            "notices-answered-in-time",
            "regulations-acknowledged-in-time",
            "cash-advances-settled-in-time",
            "audit-findings-remedied-in-time",
            "new-customers",
            "follow-ups",
            "visits-as-planned",
            "customer-files-complete",
            "customer-files-verified-in-time",
            "sales-amount",
            "sales-closed",
            "receipts-amount",
        ]
    );
    let with = |source: Value| {
        let mut body = body("reports", "周报", "Reports", ("次", "lower_is_better"));
        body["source"] = source;
        body
    };
    office.post(INDICATORS, with(json!({"measure": "mood"}))).refuses(422, "indicator.measure_unknown");
    office
        .post(INDICATORS, with(json!({"measure": "duties-failed"})))
        .refuses(422, "indicator.measure_needs_subject");
    let task = json!({"measure": "tasks-in-time", "of": "duty-rule/task"});
    office.post(INDICATORS, with(task)).refuses(422, "indicator.measure_takes_no_subject");
    let good = office
        .post(INDICATORS, with(json!({"measure": "duties-failed", "of": "duty-rule/task"})))
        .expect(201);
    let entering = json!({"indicator_id": good.at("/id"), "employee_id": centre.company.id("lan"), "period": "2026-03",
        "value": "1", "basis": "x"});
    centre.who("head").post(FIGURES, entering).refuses(422, "indicator_figure.measured");
}

fn a_figure_is_entered_by_one_and_confirmed_by_another(app: App) {
    let centre = Centre::found(&app);
    set_up(&centre.office);
    let lan = centre.company.id("lan").to_owned();
    let body = figure(&centre, &lan, "sales", ("2026-03", "1150000"));
    let entered = centre.who("head").post(FIGURES, body.clone()).expect(201);
    let place = entered.header("location").expect("a place");
    let confirm = |by: &Caller| act(by, &place, "confirm", json!({}));
    confirm(centre.who("head")).refuses(403, "indicator_figure.confirms_own");
    confirm(centre.who("lan")).refuses(403, "http.forbidden");
    centre.who("head").post(FIGURES, body.clone()).refuses(409, "indicator_figure.entered_twice");
    let confirmed = confirm(&centre.office).expect(200);
    assert_eq!((confirmed.text("/status"), confirmed.text("/value")), ("confirmed".into(), "1150000".into()));
    confirm(centre.who("director")).refuses(409, "indicator_figure.wrong_state");
    act(centre.who("head"), &place, "withdraw", json!({"reason": "口径有误"})).expect(200);
    let again =
        centre.who("head").post(FIGURES, body.clone()).expect(201).header("location").expect("a place");
    let rejected = act(&centre.office, &again, "reject", json!({"reason": "缺明细"})).expect(200);
    assert_eq!((rejected.text("/status"), rejected.text("/reason")), ("rejected".into(), "缺明细".into()));
    let with = |member: &str, value: Value| {
        let mut body = body.clone();
        body[member] = value;
        centre.who("head").post(FIGURES, body)
    };
    with("basis", json!("")).refuses(422, "indicator_figure.no_evidence");
    with("period", json!("2026-W10")).refuses(422, "scheme.not_a_period");
    with("period", json!("soon")).expect(422);
    with("employee_id", json!(centre.company.id("qian"))).refuses(422, "validation.unknown_reference");
    with("adjusts", json!({"period": "2026-03", "about": "退款"}))
        .refuses(422, "indicator_figure.adjusts_later");
}

fn of_two_figures_for_the_same_at_once_one_is_entered(app: App) {
    let centre = Centre::found(&app);
    set_up(&centre.office);
    let body = figure(&centre, centre.company.id("lan"), "sales", ("2026-03", "1"));
    let runners = ["head", "director"].map(|name| {
        let (by, body) = (centre.who(name), body.clone());
        Box::new(move || by.post(FIGURES, body).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    assert_eq!(app.count_rows("indicator_figures"), 1);
}

fn figures_come_from_a_spreadsheet_and_the_same_again_changes_nothing(app: App) {
    let centre = Centre::found(&app);
    set_up(&centre.office);
    let head = centre.who("head");
    let columns = head.get(&format!("{FIGURES}/import-template")).expect(200);
    assert_eq!(columns.text("/columns/0/name"), "employee");
    let rows = "工号,指标编码,期间,数值,依据\nE6C616E,sales,2026-03,1150000,明细\nE6C616E,new-customers,2026-03,7,明细\n";
    let import = |query: &str, rows: &str| {
        hand_in(head, &format!("{FIGURES}/import{query}"), "指标.csv", rows.as_bytes())
    };
    let report = import("?validate_only=true", rows).expect(200);
    assert_eq!((report.at("/created"), app.count_rows("indicator_figures")), (json!(2), 0));
    assert_eq!(import("", rows).expect(200).at("/created"), json!(2));
    assert_eq!(import("", rows).expect(200).at("/unchanged"), json!(2));
    let wrong = format!(
        "{rows}E9999,sales,2026-03,1,明细\nE6C616E,sales,2026-03,2,明细\nE6C616E,mood,2026-03,1,明细\n"
    );
    import("", &wrong).expect(422);
    let report = import("?partial=true", &wrong).expect(200);
    assert_eq!((report.at("/unchanged"), report.at("/refused")), (json!(2), json!(3)));
    hand_in(centre.who("lan"), &format!("{FIGURES}/import"), "指标.csv", rows.as_bytes())
        .refuses(403, "http.forbidden");
}

fn figures_are_seen_by_their_person_and_those_above_them(app: App) {
    let centre = Centre::found(&app);
    set_up(&centre.office);
    confirmed(&centre, centre.company.id("lan"), "sales", ("2026-03", "1150000"));
    let seen = |by: &Caller| column(&by.get(FIGURES).expect(200).at("/data"), "value");
    for name in ["lan", "head", "director", "gm"] {
        assert_eq!(seen(centre.who(name)), ["1150000"], "{name}");
    }
    for name in ["ming", "rep"] {
        assert_eq!(seen(centre.who(name)), Vec::<String>::new(), "{name}");
    }
    let by_name = format!("{FIGURES}?q=lan&period=2026-03&status=confirmed");
    assert_eq!(centre.office.get(&by_name).expect(200).at("/data").as_array().map(Vec::len), Some(1));
}
