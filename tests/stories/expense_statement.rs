//! What a period cost: compiled by finance, approved by management, frozen. `[EXP-13]`

use crate::expense_claim::{CLAIMS, approve, post, posted};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, Records, Reply, race, records, stories};

stories! {
    a_statement_says_what_was_posted_and_is_frozen_when_approved,
    a_period_is_compiled_once_and_only_when_it_is_over,
    who_may_not_compile_is_told_so,
    a_month_opened_again_is_told_by_a_corrected_statement_beside_the_frozen_one,
    what_a_leaver_compiled_is_voided_by_whoever_compiles_in_their_place,
    spending_stands_in_the_row_of_its_budget_and_rows_are_had_as_a_file,
}

records! {
    "/api/v1/expense-statements/{id}" => a_statement,
}

const BASE: &str = "/api/v1/expense-statements";

/// The company at the tenth of April, with claims of so many yuan posted in March.
fn in_april(app: &App, yuan: &[u32]) -> Company {
    let mut company = app.company();
    for yuan in yuan {
        posted(&company, *yuan);
    }
    app.advance(Duration::days(36));
    company.sign_in_again(app);
    company
}

#[track_caller]
fn close_march(company: &Company) {
    company.who("qian").act("/api/v1/accounting-periods/2026-03/close").expect(200);
}

fn statement_of(company: &Company, period: &str) -> Value {
    json!({"period": period, "department_id": company.departments["company"], "remarks": "差旅为主"})
}

fn row<'a>(statement: &'a Value, dimension: &str, key: &str) -> Option<&'a Value> {
    let rows = statement["rows"].as_array()?;
    rows.iter().find(|row| row["dimension"] == dimension && row["key"] == key)
}

fn a_statement_says_what_was_posted_and_is_frozen_when_approved(app: App) {
    let company = in_april(&app, &[90, 210]);
    let finance = company.who("qian");
    let made = finance.post(BASE, statement_of(&company, "2026-03")).expect(201);
    assert_eq!(made.at("/total/expense/amount"), "300.00");
    assert_eq!(made.at("/total/previous/amount"), "0.00");
    assert_eq!(made.at("/total/previous_change_basis_points"), Value::Null);
    let said = made.json();
    let travel = row(&said, "category", "entertainment.travel").expect("a row of travel");
    assert_eq!((&travel["expense"]["amount"], &travel["name_zh"]), (&json!("300.00"), &json!("差旅费")));
    assert!(row(&said, "department", &company.departments["marketing"]).is_some());
    let path = format!("{BASE}/{}", made.text("/id"));
    let changed = finance.at(1).patch(&path, json!({"advice": "多开视频会议"})).expect(200);
    assert_eq!(changed.at("/remarks"), "差旅为主", "what is absent stays");
    let submit = format!("{path}/submit");
    let open = finance.at(2).act(&submit).refuses(409, "accounting_period.not_closed");
    assert_eq!(open.text("/params/month"), "2026-03");
    close_march(&company);
    let submitted = finance.at(2).act(&submit).expect(200);
    assert_eq!(submitted.at("/status"), "in_approval");
    finance.at(3).patch(&path, json!({"advice": null})).refuses(409, "document.not_editable");
    let approval = submitted.text("/approval_id");
    approve(&company, "director", &approval).expect(200);
    approve(&company, "gm", &approval).expect(200);
    let frozen = finance.get(&path).expect(200);
    assert_eq!(frozen.at("/status"), "approved");
    let version = frozen.version();
    finance.at(version).patch(&path, json!({"remarks": "x"})).refuses(409, "document.not_editable");
    let void = format!("{path}/void");
    finance.at(version).post(&void, json!({"reason": "x"})).refuses(409, "document.not_voidable");
    let csv = finance.get(&format!("{BASE}?period=2026-03&format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&csv.bytes).contains("300.00"), "{csv}");
}

fn a_period_is_compiled_once_and_only_when_it_is_over(app: App) {
    let company = in_april(&app, &[]);
    let finance = company.who("qian");
    let not_over = statement_of(&company, "2026-Q2");
    finance.post(BASE, not_over).refuses(409, "expense_statement.period_not_over");
    finance.post(BASE, statement_of(&company, "2026-13")).refuses(422, "http.bad_body");
    let nowhere = json!({"period": "2026-03", "department_id": "01977a3e-8f00-7000-8000-00000000ffff"});
    finance.post(BASE, nowhere).refuses(422, "validation.unknown_reference");
    let compile = |who: &'static str| {
        let (company, body) = (&company, statement_of(&company, "2026-03"));
        Box::new(move || company.who(who).post(BASE, body).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race(vec![compile("qian"), compile("sun")]);
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    finance.post(BASE, statement_of(&company, "2026-03")).refuses(409, "expense_statement.exists");
    let listed = finance.get(&format!("{BASE}?period=2026-03")).expect(200);
    let first = listed.at("/data/0");
    let (id, by) = (first["id"].as_str().expect("an id"), first["compiler"]["number"].clone());
    let compiler =
        if by == finance.get("/api/v1/me").expect(200).at("/employee/number") { "qian" } else { "sun" };
    let void = format!("{BASE}/{id}/void");
    company.who(compiler).at(1).post(&void, json!({"reason": "口径有误"})).expect(200);
    finance.post(BASE, statement_of(&company, "2026-03")).expect(201);
}

fn who_may_not_compile_is_told_so(app: App) {
    let company = in_april(&app, &[]);
    let body = statement_of(&company, "2026-03");
    company.who("lan").post(BASE, body.clone()).refuses(403, "http.forbidden");
    let made = company.who("qian").post(BASE, body).expect(201).text("/id");
    company.who("lan").get(&format!("{BASE}/{made}")).refuses(403, "http.forbidden");
    let submit = format!("{BASE}/{made}/submit");
    company.who("sun").at(1).act(&submit).refuses(403, "document.not_yours");
    close_march(&company);
    company.who("qian").at(1).act(&submit).expect(200);
    let withdraw = format!("{BASE}/{made}/withdraw");
    assert_eq!(company.who("qian").at(2).act(&withdraw).expect(200).at("/status"), "withdrawn");
}

fn what_a_leaver_compiled_is_voided_by_whoever_compiles_in_their_place(app: App) {
    let company = in_april(&app, &[]);
    let finance = company.who("qian");
    let made = company.who("sun").post(BASE, statement_of(&company, "2026-03")).expect(201);
    let void = format!("{BASE}/{}/void", made.text("/id"));
    let reason = json!({"reason": "编制人已离职"});
    finance.at(1).post(&void, reason.clone()).refuses(403, "document.not_yours");
    finance.post(BASE, statement_of(&company, "2026-03")).refuses(409, "expense_statement.exists");
    company.leave("sun");
    company.who("head").at(1).post(&void, reason.clone()).refuses(403, "http.forbidden");
    assert_eq!(finance.at(1).post(&void, reason).expect(200).text("/status"), "void");
    finance.post(BASE, statement_of(&company, "2026-03")).expect(201);
}

/// Submits a statement and lets management approve it; how it stands then.
#[track_caller]
fn approved(company: &Company, statement: &str) -> Reply {
    let (finance, path) = (company.who("qian"), format!("{BASE}/{statement}"));
    let version = finance.get(&path).expect(200).version();
    let approval = finance.at(version).act(&format!("{path}/submit")).expect(200).text("/approval_id");
    for name in ["director", "gm"] {
        approve(company, name, &approval).expect(200);
    }
    finance.get(&path).expect(200)
}

/// A claim of so many yuan that were spent in March, posted where it belongs.
fn posted_late(company: &Company, yuan: u32) {
    let mut late = company.claim_of(yuan);
    late["business_date"] = json!("2026-03-05");
    let claim = company.who("lan").post(CLAIMS, late).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    post(company, &claim);
}

fn a_month_opened_again_is_told_by_a_corrected_statement_beside_the_frozen_one(app: App) {
    let company = in_april(&app, &[90]);
    let finance = company.who("qian");
    let body = statement_of(&company, "2026-03");
    let first = finance.post(BASE, body.clone()).expect(201).text("/id");
    let correcting = |statement: &str| {
        let mut body = body.clone();
        body["replaces_id"] = json!(statement);
        body
    };
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.not_replaceable");
    close_march(&company);
    approved(&company, &first);
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.nothing_reopened");
    app.advance(Duration::minutes(5));
    let ask = || {
        let reason = json!({"reason": "漏记一笔差旅费"});
        finance.post("/api/v1/accounting-periods/2026-03/reopen", reason).expect(200)
    };
    // What was asked for and refused opened nothing.
    let refused = format!("/api/v1/approvals/{}", ask().text("/approval_id"));
    let director = company.who("director");
    let read = director.get(&refused).expect(200);
    let no = json!({"document_version": read.at("/document/version"), "reason": "金额太小"});
    director.at(read.version()).post(&format!("{refused}/reject"), no).expect(200);
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.nothing_reopened");
    let asked = ask();
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.nothing_reopened");
    for name in ["director", "gm"] {
        approve(&company, name, &asked.text("/approval_id")).expect(200);
    }
    posted_late(&company, 210);
    finance.post(BASE, body.clone()).refuses(409, "expense_statement.exists");
    let mut of_april = correcting(&first);
    of_april["period"] = json!("2026-02");
    finance.post(BASE, of_april).refuses(409, "expense_statement.not_replaceable");
    finance
        .post(BASE, correcting("01977a3e-8f00-7000-8000-00000000ffff"))
        .refuses(422, "validation.unknown_reference");
    let corrected = finance.post(BASE, correcting(&first)).expect(201);
    assert_eq!(corrected.text("/replaces/id"), first);
    assert_eq!(corrected.text("/total/expense/amount"), "300.00");
    let second = corrected.text("/id");
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.exists");
    let submit = format!("{BASE}/{second}/submit");
    finance.at(1).act(&submit).refuses(409, "accounting_period.not_closed");
    assert_eq!(finance.get(&format!("{BASE}/{first}")).expect(200).at("/replaced_by"), Value::Null);
    close_march(&company);
    let in_force = approved(&company, &second);
    assert_eq!((in_force.text("/status"), in_force.at("/replaced_by")), ("approved".into(), Value::Null));
    let frozen = finance.get(&format!("{BASE}/{first}")).expect(200);
    assert_eq!((frozen.text("/status"), frozen.text("/replaced_by/id")), ("approved".into(), second.clone()));
    assert_eq!(frozen.text("/total/expense/amount"), "90.00", "what management approved stays as it was");
    finance.post(BASE, correcting(&first)).refuses(409, "expense_statement.not_replaceable");
    finance.post(BASE, correcting(&second)).refuses(409, "expense_statement.nothing_reopened");
}

fn a_statement(made: &Records<'_>) -> String {
    let marketing = &made.company.departments["marketing"];
    let statement = json!({"period": "2026-02", "department_id": marketing, "remarks": "无"});
    made.post("qian", "/api/v1/expense-statements/{id}", statement)
}

fn spending_stands_in_the_row_of_its_budget_and_rows_are_had_as_a_file(app: App) {
    let mut company = app.company();
    // The money is given for a heading; it is spent below it.
    let marketing = company.departments["marketing"].clone();
    let control = domain::finance::budget_line::Control::Hard;
    app.open_budget_line(&marketing, "entertainment", "2026-03", control, 500_000);
    posted(&company, 3_500);
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let finance = company.who("qian");
    let said = finance.post(BASE, statement_of(&company, "2026-03")).expect(201).json();
    assert!(row(&said, "category", "entertainment.travel").is_none(), "{said}");
    let heading = row(&said, "category", "entertainment").expect("the heading has the budget");
    let department = row(&said, "department", &marketing).expect("marketing has the budget");
    for of in [heading, department, &said["total"]] {
        let figures = ["budget", "expense", "variance"].map(|name| of[name]["amount"].clone());
        assert_eq!(figures, ["5000.00", "3500.00", "-1500.00"], "{of}");
        assert_eq!(of["execution_basis_points"], 7_000);
    }
    let rows = format!("{BASE}/{}/rows", said["id"].as_str().expect("an id"));
    let listed = finance.get(&format!("{rows}?dimension=category")).expect(200).at("/data");
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["key"]), (Some(1), &json!("entertainment")));
    let csv = finance.get(&format!("{rows}?format=csv")).expect(200);
    let text = String::from_utf8_lossy(&csv.bytes).into_owned();
    assert!(text.contains("与预算差异") && text.contains("-1500.00"), "{text}");
    let xlsx = finance.get(&format!("{rows}?format=xlsx")).expect(200);
    assert!(xlsx.bytes.starts_with(b"PK"));
}
