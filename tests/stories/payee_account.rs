//! Bank accounts of payees: sealed, masked, revealed for a reason; and what is paid to which of them. `[EXP-9, EXP-10, ID-6]`

use crate::expense_claim::{CLAIMS, approve, hand_over, path, payment, voucher};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Engine, Records, Reply, column, race, records, stories};

stories! {
    an_account_is_kept_sealed_and_shown_by_its_last_digits,
    the_whole_number_is_revealed_for_a_reason_and_told,
    of_somebody_who_works_here_one_account_is_in_use,
    what_is_wrong_with_an_account_is_told_at_once,
    what_is_to_be_paid_is_listed_with_where_to,
    a_claim_may_pay_a_third_party_in_the_beneficiarys_place,
}

records! {
    "/api/v1/payee-accounts/{id}" => an_account,
}

/// As if Lan had registered it at a server that has a secret, which those of most stories do not.
fn an_account(made: &Records<'_>) -> String {
    let id = "019ccccc-0000-7000-8000-0000000000e2";
    let (user, lan, department) =
        (made.company.user("lan"), made.company.id("lan"), &made.company.departments["marketing"]);
    let (of, at): (fn(&str) -> String, &str) = match made.app.engine {
        Engine::Sqlite => (|id| format!("X'{}'", id.replace('-', "")), "1772674200000000"),
        Engine::Postgres => (|id| format!("'{id}'::uuid"), "TIMESTAMPTZ '2026-03-05T01:30:00Z'"),
    };
    made.app.execute(&format!(
        "INSERT INTO payee_accounts (id, kind, employee_id, department_id, holder, bank, sealed, tail, creator_id, \
         created_at, changed_at, version, search_text) VALUES ({}, 'employee', {}, {}, '李兰', '招商银行', '', '4567', {}, \
         {at}, {at}, 1, '招商银行')",
        of(id),
        of(lan),
        of(department),
        of(&user)
    ));
    id.to_owned()
}

/// A company at a server that has a secret.
fn company(engine: Engine) -> (App, Company) {
    let app = App::start_with(engine, |settings| {
        settings.identity.signing_secret = Some("a secret of more than thirty-two characters".to_owned());
    });
    let company = app.company();
    (app, company)
}

const ACCOUNTS: &str = "/api/v1/payee-accounts";
const PAY_OUTS: &str = "/api/v1/erp/pay-outs";

fn own(number: &str) -> Value {
    json!({"kind": "employee", "holder": "李兰", "bank": "招商银行", "branch": "杭州高新支行",
        "bank_code": "308331012345", "number": number})
}

fn printer(number: &str) -> Value {
    json!({"kind": "supplier", "name": "杭州云杉印务有限公司", "tax_number": "91330106MA2XYQNL8A",
        "holder": "杭州云杉印务有限公司", "bank": "中国工商银行", "number": number})
}

fn why() -> Value {
    json!({"reason": "核对付款信息"})
}

/// The names of what a caller may do with an account.
fn actions_of(by: &Caller, place: &str) -> Vec<String> {
    column(&by.get(place).expect(200).at("/actions"), "name")
}

fn place(id: &str) -> String {
    format!("{ACCOUNTS}/{id}")
}

fn an_account_is_kept_sealed_and_shown_by_its_last_digits(app: App) {
    let (app, company) = company(app.engine);
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let made = lan.post(ACCOUNTS, own("6222 0210-0101 1234 567")).expect(201);
    let shown = (made.text("/number"), made.text("/kind"), made.text("/employee/name"));
    assert_eq!((shown.0.as_str(), shown.1.as_str()), ("**** 4567", "employee"));
    let id = made.text("/id");
    // Neither in its row nor in the trail does the number stand, nor in the feed.
    let whole = "6222021001011234567";
    assert_eq!(app.number(&format!("SELECT COUNT(*) AS number FROM payee_accounts WHERE sealed LIKE '%{whole}%' OR search_text LIKE '%{whole}%'")), 0);
    let trail = company.boss.get(&format!("/api/v1/audit-entries?entity={id}")).expect(200);
    let feed = company.boss.get(&format!("/api/v1/events?entity={id}")).expect(200);
    assert!(!trail.to_string().contains(whole) && !feed.to_string().contains(whole));
    // Finance sees that it is there; colleagues do not.
    assert_eq!(qian.get(&place(&id)).expect(200).text("/number"), "**** 4567");
    company.who("ming").get(&place(&id)).refuses(404, "http.not_found");
    let found = qian.get(&format!("{ACCOUNTS}?q=4567&kind=employee&is_live=true")).expect(200);
    assert_eq!(found.at("/data/0/id"), json!(id));
    assert_eq!(company.who("ming").get(ACCOUNTS).expect(200).at("/data"), json!([]));
}

fn the_whole_number_is_revealed_for_a_reason_and_told(app: App) {
    let (_app, company) = company(app.engine);
    let (lan, qian, ming) = (company.who("lan"), company.who("qian"), company.who("ming"));
    let id = lan.post(ACCOUNTS, own("6222021001011234567")).expect(201).text("/id");
    let reveal = format!("{}/reveal", place(&id));
    assert_eq!(lan.post(&reveal, why()).expect(200).text("/number"), "6222021001011234567");
    assert_eq!(qian.post(&reveal, why()).expect(200).text("/number"), "6222021001011234567");
    ming.post(&reveal, why()).refuses(404, "http.not_found");
    qian.post(&reveal, json!({"reason": " "})).refuses(422, "validation.required");
    let told = company.boss.get("/api/v1/audit-entries?action=payee_account.revealed").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(2), "{told}");
    assert_eq!(told.at("/data/0/after/reason"), json!("核对付款信息"), "{told}");
    assert_eq!(qian.get(&place(&id)).expect(200).text("/number"), "**** 4567", "it stays masked");
    // Whoever oversees, and may not see numbers, is told so.
    company.who("gm").post(&reveal, why()).refuses(403, "http.forbidden");
    assert_eq!(actions_of(qian, &place(&id)), ["reveal", "retire"]);
    assert_eq!(actions_of(company.who("gm"), &place(&id)), ["retire"]);
}

fn of_somebody_who_works_here_one_account_is_in_use(app: App) {
    let (_app, company) = company(app.engine);
    let lan = company.who("lan");
    let first = lan.post(ACCOUNTS, own("6222021001011234567")).expect(201).text("/id");
    lan.post(ACCOUNTS, own("6222021001011239999")).refuses(409, "payee_account.live_already");
    let retired = lan.at(1).post(&format!("{}/retire", place(&first)), why()).expect(200);
    assert_eq!(
        (retired.text("/status"), retired.text("/retired_because")),
        ("retired".into(), "核对付款信息".into())
    );
    lan.at(2).post(&format!("{}/retire", place(&first)), why()).refuses(409, "payee_account.retired_already");
    let register = || -> Box<dyn FnOnce() -> Reply + Send + '_> {
        Box::new(|| lan.post(ACCOUNTS, own("6222021001011239999")))
    };
    let answers = race((0..4).map(|_| register()).collect());
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1, "{answers:?}");
    for refused in answers.into_iter().filter(|answer| answer.status != 201) {
        refused.refuses(409, "payee_account.live_already");
    }
    // Somebody else's is registered by who reaches them alone.
    let mut others = own("6222021001010000000");
    others["employee_id"] = json!(company.id("ming"));
    lan.post(ACCOUNTS, others.clone()).refuses(422, "validation.unknown_reference");
    assert_eq!(
        company.who("qian").post(ACCOUNTS, others).expect(201).at("/employee/id"),
        json!(company.id("ming"))
    );
}

fn what_is_wrong_with_an_account_is_told_at_once(app: App) {
    let (_app, company) = company(app.engine);
    let lan = company.who("lan");
    lan.post(ACCOUNTS, own("6222_0210_0101")).refuses(422, "payee_account.number_form");
    let mut wrong = own("6222021001011234567");
    wrong["name"] = json!("某公司");
    let refused = lan.post(ACCOUNTS, wrong).refuses(422, "validation.unknown_member");
    assert_eq!(refused.text("/errors/0/pointer"), "/name");
    let mut wrong = printer("6222021001011234567");
    wrong["name"] = Value::Null;
    let refused = lan.post(ACCOUNTS, wrong).refuses(422, "validation.required");
    assert_eq!(refused.text("/errors/0/pointer"), "/name");
    let mut wrong = own("6222021001011234567");
    wrong["bank_code"] = json!("30833101234x");
    let refused = lan.post(ACCOUNTS, wrong).refuses(422, "validation.format");
    assert_eq!(refused.text("/errors/0/pointer"), "/bank_code");
}

/// A claim as it was sent, approved and posted; its id.
fn posted(company: &Company, body: Value, number: &str) -> String {
    let lan = company.who("lan");
    let claim = lan.post(CLAIMS, body).expect(201).text("/id");
    let approval = lan.at(1).act(&format!("{}/submit", path(&claim))).expect(200).text("/approval_id");
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    hand_over(
        company,
        "confirm-posting",
        json!({"items": [{"claim_id": claim, "voucher": voucher(number)}]}),
    );
    claim
}

fn rows(by: &Caller, query: &str) -> Vec<Value> {
    by.get(&format!("{PAY_OUTS}{query}")).expect(200).at("/data").as_array().cloned().expect("rows")
}

fn what_is_to_be_paid_is_listed_with_where_to(app: App) {
    let (_app, company) = company(app.engine);
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let claim = posted(&company, company.claim_of(300), "记-1");
    let open = rows(qian, "");
    assert_eq!((open.len(), &open[0]["claim_id"]), (1, &json!(claim)));
    assert_eq!((&open[0]["account_number"], &open[0]["open"]["amount"]), (&Value::Null, &json!("300.00")));
    lan.post(ACCOUNTS, own("6222021001011234567")).expect(201);
    let open = rows(qian, "?q=EC-2026");
    assert_eq!(
        (&open[0]["account_number"], &open[0]["bank"]),
        (&json!("6222021001011234567"), &json!("招商银行"))
    );
    // As a file for the bank, told in the trail; the number stays a text.
    let file = qian.get(&format!("{PAY_OUTS}?format=csv")).expect(200);
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(text.contains("6222021001011234567") && text.contains("300.00"), "{text}");
    let told = company.boss.get("/api/v1/audit-entries?action=access.list_exported").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(1), "{told}");
    lan.get(PAY_OUTS).refuses(403, "http.forbidden");
    // What is paid in part is open in part, and what is paid is gone.
    hand_over(&company, "confirm-payments", payment(&claim, "P-1", "100.00"));
    assert_eq!(rows(qian, "")[0]["open"]["amount"], "200.00");
    hand_over(&company, "confirm-payments", payment(&claim, "P-2", "200.00"));
    assert!(rows(qian, "").is_empty());
}

fn a_claim_may_pay_a_third_party_in_the_beneficiarys_place(app: App) {
    let (_app, company) = company(app.engine);
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    lan.post(ACCOUNTS, own("6222021001011234567")).expect(201);
    let account = lan.post(ACCOUNTS, printer("1202021009900001234")).expect(201).text("/id");
    let mut body = company.claim_of(300);
    body["payee_account_id"] = json!(account);
    let claim = posted(&company, body.clone(), "记-1");
    let shown = lan.get(&path(&claim)).expect(200);
    assert_eq!(shown.text("/payee/name"), "杭州云杉印务有限公司");
    assert_eq!((shown.text("/payee/number"), shown.at("/payee/id")), ("**** 1234".into(), json!(account)));
    let open = rows(qian, "");
    assert_eq!(
        (&open[0]["account_number"], &open[0]["payee_kind"]),
        (&json!("1202021009900001234"), &json!("supplier"))
    );
    // Whom it pays is changed by the submitter alone, and seen by all who decided.
    let draft = lan.post(CLAIMS, body.clone()).expect(201).text("/id");
    let cleared = lan.at(1).patch(&path(&draft), json!({"payee_account_id": null})).expect(200);
    assert_eq!(cleared.at("/payee"), Value::Null);
    // An account of somebody's own, of another's, or that is used no more is not paid to.
    let mine = lan.get(&format!("{ACCOUNTS}?kind=employee")).expect(200).at("/data/0/id");
    body["payee_account_id"] = mine;
    lan.post(CLAIMS, body.clone()).refuses(422, "payee_account.not_to_be_paid");
    body["payee_account_id"] = json!(account);
    company.who("ming").post(CLAIMS, body.clone()).refuses(422, "validation.unknown_reference");
    lan.at(1).post(&format!("{}/retire", place(&account)), why()).expect(200);
    let refused = lan.post(CLAIMS, body).refuses(422, "payee_account.not_to_be_paid");
    assert_eq!(refused.text("/errors/0/pointer"), "/payee_account_id");
}
