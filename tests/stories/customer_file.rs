//! Files of customers: who they are, who sees how much of them, how they are found. `[CUS-1, CUS-2, CUS-5, ID-6]`

use crate::file::hand_in;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Engine, Records, Reply, block_on, column, records, stories};

stories! {
    a_customer_is_entered_with_phones_in_one_form_however_they_are_typed,
    what_the_company_requires_of_a_file_must_be_there,
    others_see_a_mask_where_owner_and_superiors_see_the_number,
    whoever_may_reveal_says_why_and_the_trail_keeps_it,
    a_file_is_verified_again_and_again_and_that_is_a_duty,
    what_changed_of_a_file_is_told_and_not_what_it_said,
    nobody_of_another_department_sees_a_customer,
    a_customer_is_found_by_name_reading_initials_and_the_end_of_a_phone,
    another_system_enters_a_customer_once_and_keeps_it_up_to_date,
    a_company_has_contacts_who_keep_their_numbers,
    customers_come_from_a_spreadsheet_and_a_second_run_makes_no_doubles,
}

records! {
    "/api/v1/customers/{id}" => a_customer,
    "/api/v1/customers/by-external/{source}/{external_id}" => a_mirrored_customer,
}

pub const CUSTOMERS: &str = "/api/v1/customers";

fn a_customer(made: &Records<'_>) -> String {
    made.post("lan", "/api/v1/customers/{id}", person("李娜", "13812345678"))
}

fn a_mirrored_customer(made: &Records<'_>) -> String {
    let path = format!("{CUSTOMERS}/by-external/erp/K-1");
    made.company.who("lan").put(&path, person("赵敏", "13912345678")).expect(200);
    "erp/K-1".to_owned()
}

/// The least file of a person.
pub fn person(name: &str, phone: &str) -> Value {
    json!({"kind": "person", "name": name, "phones": [phone]})
}

/// Enters a person; answers the id.
#[track_caller]
pub fn entered(by: &Caller, name: &str, phone: &str) -> String {
    by.post(CUSTOMERS, person(name, phone)).expect(201).text("/id")
}

#[track_caller]
fn shown(by: &Caller, id: &str) -> Reply {
    by.get(&format!("{CUSTOMERS}/{id}")).expect(200)
}

#[track_caller]
fn found(by: &Caller, query: &str) -> Vec<String> {
    column(&by.get(&format!("{CUSTOMERS}?{query}")).expect(200).at("/data"), "name")
}

fn a_customer_is_entered_with_phones_in_one_form_however_they_are_typed(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let body = json!({"kind": "person", "name": " 李娜 ", "phones": ["１３８ 1234-5678", "0571-88881234", "+86 13812345678"],
        "e_mail": "lina@example.com", "channel": "walk_in", "tags": ["学区房"], "birthday": "1990-01-01"});
    let made = lan.post(CUSTOMERS, body).expect(201);
    assert_eq!((made.text("/number"), made.text("/name")), ("CU-2026-000001".into(), "李娜".into()));
    assert_eq!(
        made.at("/phones"),
        json!([
        {"number": "+8613812345678", "display": "13812345678", "kind": "mobile"},
        {"number": "+8657188881234", "display": "0571-88881234", "kind": "landline"}]),
        "the same number once"
    );
    assert_eq!((made.at("/completeness"), made.at("/missing/0")), (json!(60), json!("needs")));
    assert_eq!((made.text("/standing/state"), made.at("/standing/owner")), ("unowned".into(), Value::Null));
    assert_eq!(made.text("/standing/department/id"), company.departments["marketing"]);
    let wrong = json!({"kind": "person", "name": "无", "phones": ["88881234", "13812345678", "12"]});
    let refused = lan.post(CUSTOMERS, wrong).refuses(422, "validation.failed");
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/phones/0", "/phones/2"]);
}

fn what_the_company_requires_of_a_file_must_be_there(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let refused = lan.post(CUSTOMERS, json!({"kind": "person", "name": "无名"}));
    let refused = refused.refuses(422, "customer_file.field_required");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("CUS-1".into(), "/phones".into())
    );
    let company_of = |tax: &str| {
        json!({"kind": "company", "name": "杭州云帆科技有限公司", "phones": ["0571-88881234"],
        "tax_number": tax})
    };
    lan.post(CUSTOMERS, company_of("91350100M000100Y44")).refuses(422, "customer_file.bad_tax_number");
    let made = lan.post(CUSTOMERS, company_of("91350100m000100y43")).expect(201);
    assert_eq!(made.text("/tax_number"), "91350100M000100Y43");
    let boss = &company.boss;
    boss.post(CUSTOMERS, person("无部门", "13812345678")).refuses(422, "customer_file.department_needed");
}

fn others_see_a_mask_where_owner_and_superiors_see_the_number(app: App) {
    let company = app.company();
    let body = json!({"kind": "person", "name": "李娜", "phones": ["13812345678"], "e_mail": "lina@example.com",
        "id_number": "11010519491231002X", "addresses": ["杭州市西湖区文三路 100 号 3 幢 201"]});
    let id = company.who("lan").post(CUSTOMERS, body).expect(201).text("/id");
    let own = shown(company.who("lan"), &id);
    assert_eq!((own.at("/is_masked"), own.text("/phones/0/number")), (json!(false), "+8613812345678".into()));
    let masked = shown(company.who("head"), &id);
    assert_eq!(masked.at("/is_masked"), json!(true), "nobody owns it yet, so nobody is above its owner");
    assert_eq!(masked.at("/phones/0"), json!({"number": null, "display": "138****5678", "kind": "mobile"}));
    assert_eq!(masked.text("/e_mail"), "l***@example.com");
    assert_eq!(
        (masked.text("/id_number"), masked.at("/birthday")),
        ("110105********002X".into(), Value::Null)
    );
    assert_eq!(masked.text("/addresses/0"), "杭州市西湖区****");
    assert_eq!(shown(company.who("director"), &id).at("/is_masked"), json!(true), "who may reveal says why");
    let listed = company.who("head").get(CUSTOMERS).expect(200);
    assert_eq!(listed.text("/data/0/phone/display"), "138****5678");
    // Once it is owned, the owner's superiors see it whole.
    owned(&app, company.id("lan"));
    let whole = shown(company.who("head"), &id);
    assert_eq!((whole.at("/is_masked"), whole.text("/standing/owner/name")), (json!(false), "lan".into()));
}

/// Gives every customer to somebody, as the derivation of ownership will.
pub fn owned(app: &App, employee: &str) {
    let key = employee.replace('-', "");
    let owner = if app.engine == Engine::Sqlite { format!("X'{key}'") } else { format!("'{key}'") };
    app.execute(&format!("UPDATE customer_standings SET owner_id = {owner}, state = 'owned'"));
}

fn whoever_may_reveal_says_why_and_the_trail_keeps_it(app: App) {
    let company = app.company();
    let id = entered(company.who("lan"), "李娜", "13812345678");
    let path = format!("{CUSTOMERS}/{id}/reveal");
    let revealed = company.who("director").post(&path, json!({"reason": "客户投诉回访"})).expect(200);
    assert_eq!(
        (revealed.at("/is_masked"), revealed.text("/phones/0/number")),
        (json!(false), "+8613812345678".into())
    );
    let told = company.boss.get("/api/v1/audit-entries?action=customer.revealed").expect(200).at("/data/0");
    assert_eq!(told["after"], json!({"customer_id": id, "reason": "客户投诉回访"}));
    company.who("head").post(&path, json!({"reason": "看看"})).refuses(403, "http.forbidden");
    company.who("rep").post(&path, json!({"reason": "看看"})).refuses(404, "http.not_found");
    company.who("director").post(&path, json!({})).expect(422);
    assert_eq!(app.number("SELECT COUNT(*) AS number FROM idempotency_keys"), 0);
}

fn a_file_is_verified_again_and_again_and_that_is_a_duty(app: App) {
    let mut company = app.company();
    let id = entered(company.who("lan"), "李娜", "13812345678");
    owned(&app, company.id("lan"));
    app.advance(Duration::days(179));
    block_on(api::call_for_verifications(&app.database)).expect("nothing is due");
    assert_eq!(app.number("SELECT COUNT(*) AS number FROM duties WHERE source = 'customer.verified'"), 0);
    app.advance(Duration::days(1));
    for _ in 0..2 {
        block_on(api::call_for_verifications(&app.database)).expect("called for once");
    }
    company.sign_in_again(&app);
    let owed = || {
        company
            .who("lan")
            .get("/api/v1/duties?rule_code=duty-rule/customer-verification")
            .expect(200)
            .at("/data")
    };
    assert_eq!(column(&owed(), "status"), ["open"]);
    let version = shown(company.who("lan"), &id).version();
    let verified = company.who("lan").at(version).act(&format!("{CUSTOMERS}/{id}/verify")).expect(200);
    assert_eq!(verified.text("/verified_on"), "2026-09-01");
    assert_eq!(column(&owed(), "status"), ["on_time"]);
}

fn what_changed_of_a_file_is_told_and_not_what_it_said(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let id = entered(lan, "李娜", "13812345678");
    lan.at(1).patch(&format!("{CUSTOMERS}/{id}"), json!({"needs": "两居室"})).expect(200);
    let told = lan.get(&format!("{CUSTOMERS}/{id}/changes")).expect(200).at("/data");
    assert_eq!(column(&told, "event"), ["customer.changed", "customer.created"]);
    assert_eq!(told[0]["changed"], json!(["needs", "completeness"]));
    assert!(!told.to_string().contains("13812345678") && !told.to_string().contains("两居室"));
}

fn nobody_of_another_department_sees_a_customer(app: App) {
    let company = app.company();
    let id = entered(company.who("lan"), "李娜", "13812345678");
    for other in ["ming", "rep"] {
        company.who(other).get(&format!("{CUSTOMERS}/{id}")).refuses(404, "http.not_found");
        assert!(found(company.who(other), "").is_empty());
    }
    company.who("qian").get(CUSTOMERS).refuses(403, "http.forbidden");
    assert_eq!(found(company.who("head"), "standing=unowned"), ["李娜"]);
}

fn a_customer_is_found_by_name_reading_initials_and_the_end_of_a_phone(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    entered(lan, "李娜", "13812345678");
    entered(lan, "赵敏", "0571-88881234");
    for typed in ["%E6%9D%8E", "lina", "ln", "5678", "345678", "CU-2026-000001"] {
        assert_eq!(found(lan, &format!("q={typed}")), ["李娜"], "{typed}");
    }
    assert!(found(lan, "q=678").is_empty(), "three digits are everybody's");
    assert_eq!(found(lan, "phone=138-1234-5678"), ["李娜"]);
    assert_eq!(found(lan, "phone=057188881234"), ["赵敏"]);
    assert_eq!(found(lan, "sort=name").len(), 2);
    lan.get(&format!("{CUSTOMERS}?phone=12")).refuses(422, "customer_file.bad_phone");
}

fn another_system_enters_a_customer_once_and_keeps_it_up_to_date(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let path = format!("{CUSTOMERS}/by-external/erp/K-1");
    let first = lan.put(&path, person("李娜", "13812345678")).expect(200);
    let again = lan.put(&path, person("李娜", "13812345678")).expect(200);
    assert_eq!((again.text("/id"), again.at("/version")), (first.text("/id"), json!(1)), "nothing changed");
    let moved = lan.put(&path, person("李娜", "13912345678")).expect(200);
    assert_eq!((moved.text("/phones/0/display"), moved.at("/version")), ("13912345678".into(), json!(2)));
    assert!(found(lan, "phone=13812345678").is_empty());
    company.who("rep").put(&path, person("李娜", "13912345678")).refuses(404, "http.not_found");
    assert_eq!(app.count_rows("customers"), 1);
}

fn a_company_has_contacts_who_keep_their_numbers(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let body = json!({"kind": "company", "name": "杭州云帆科技有限公司", "contacts": [
        {"name": "王芳", "title": "采购经理", "phones": ["13812345678"]}, {"name": "周强", "phones": ["13912345678"]}]});
    let made = lan.post(CUSTOMERS, body).expect(201);
    let place = format!("{CUSTOMERS}/{}", made.text("/id"));
    let kept = json!([{"number": 2, "name": "周强", "phones": ["13912345678"]}, {"name": "吴刚"}]);
    let changed = lan.at(1).patch(&place, json!({"contacts": kept})).expect(200);
    let contacts = changed.at("/contacts");
    assert_eq!(column(&contacts, "name"), ["周强", "吴刚"]);
    assert_eq!((contacts[0]["number"].clone(), contacts[1]["number"].clone()), (json!(2), json!(3)));
    assert!(found(lan, "phone=13812345678").is_empty());
    lan.at(2).patch(&place, json!({"department_id": company.departments["sales"]})).expect(422);
}

fn customers_come_from_a_spreadsheet_and_a_second_run_makes_no_doubles(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let rows =
        "名称,类型,电话,来源渠道,标签\n李娜,个人,138 1234 5678,来访,学区房、急\n赵敏,,13912345678,来电,\n";
    let hand = |by: &Caller, query: &str, rows: &str| {
        hand_in(by, &format!("{CUSTOMERS}/import{query}"), "客户.csv", rows.as_bytes())
    };
    let rehearsed = hand(lan, "?validate_only=true", rows).expect(200);
    assert_eq!((rehearsed.at("/created"), app.count_rows("customers")), (json!(2), 0));
    assert_eq!(hand(lan, "", rows).expect(200).at("/created"), json!(2));
    assert_eq!(found(lan, "tag=%E6%80%A5"), ["李娜"]);
    let again = hand(lan, "", rows).expect(200);
    assert_eq!((again.at("/created"), again.at("/unchanged")), (json!(0), json!(2)));
    let more = rows.replace("13912345678,来电,", "13912345678,来电,投资");
    assert_eq!(hand(lan, "", &more).expect(200).at("/changed"), json!(1));
    assert_eq!(app.count_rows("customers"), 2);
    // Somebody else's customer is refused, and so is what is no phone; one bad row keeps all out.
    let bad = "名称,电话\n李娜,13812345678\n周强,123\n吴刚,13712345678\n";
    let report = hand(company.who("rep"), "?validate_only=true", bad).expect(200);
    assert_eq!((report.at("/refused"), report.at("/created")), (json!(2), json!(1)));
    hand(company.who("rep"), "", bad).refuses(422, "import.rows_refused");
    assert_eq!(app.count_rows("customers"), 2);
    assert_eq!(hand(company.who("rep"), "?partial=true", bad).expect(200).at("/created"), json!(1));
    let template = lan.get(&format!("{CUSTOMERS}/import-template?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&template.bytes).contains("来源渠道"));
}
