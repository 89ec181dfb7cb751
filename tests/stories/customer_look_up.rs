//! Whether a customer is known already: asked before they are entered, answered without their data. `[CUS-2]`

use crate::{
    customer_file::{CUSTOMERS, entered, owned, person},
    file::hand_in,
};
use serde_json::{Value, json};
use tests::{App, Caller, column, race, stories};

stories! {
    a_look_up_tells_whose_a_customer_is_and_nothing_of_their_data,
    a_company_is_found_whatever_is_appended_to_its_name,
    nobody_fishes_by_looking_up,
    a_rehearsed_file_asks_as_often_as_it_has_rows,
    a_file_that_is_refused_tells_no_more_than_looking_up,
    who_is_known_by_phone_is_not_entered_again_but_by_a_superior,
    two_who_enter_the_same_phone_at_once_make_one_file,
}

const LOOK_UP: &str = "/api/v1/customers/look-up";

fn a_look_up_tells_whose_a_customer_is_and_nothing_of_their_data(app: App) {
    let company = app.company();
    entered(company.who("lan"), "李娜", "13812345678");
    let rep = company.who("rep");
    let asked = |body: Value| rep.post(LOOK_UP, body).expect(200).at("/matches");
    let by_phone = asked(json!({"kind": "person", "phone": "+86 138-1234-5678"}));
    assert_eq!(by_phone[0]["same"], json!(["phone"]));
    assert_eq!((&by_phone[0]["name"], &by_phone[0]["verdict"]), (&json!("李*"), &json!("first_comer")));
    owned(&app, company.id("lan"));
    let by_name = asked(json!({"kind": "person", "name": "李 娜"}));
    assert_eq!((&by_name[0]["same"], &by_name[0]["owner"]), (&json!(["name"]), &json!("lan")));
    assert_eq!((&by_name[0]["verdict"], &by_name[0]["citation"]["rule"]), (&json!("owned"), &json!("OWN-1")));
    assert_eq!(asked(json!({"kind": "person", "name": "李那"}))[0]["same"], json!(["name_reading"]));
    assert!(!by_name.to_string().contains("138"), "{by_name}");
    assert_eq!(asked(json!({"kind": "person", "phone": "13912345678"})), json!([]));
    let told = company.boss.get("/api/v1/audit-entries?action=customer.looked_up").expect(200).at("/data");
    assert_eq!(column(&told, "actor_name").len(), 4);
    assert!(!told.to_string().contains("13912345678"), "what was typed is not kept");
    rep.post(LOOK_UP, json!({"kind": "person"})).refuses(422, "customer_look_up.nothing_asked");
    company
        .who("qian")
        .post(LOOK_UP, json!({"kind": "person", "name": "李娜"}))
        .refuses(403, "http.forbidden");
}

fn a_company_is_found_whatever_is_appended_to_its_name(app: App) {
    let company = app.company();
    let body = json!({"kind": "company", "name": "杭州云帆科技有限公司", "phones": ["0571-88881234"],
        "tax_number": "91350100M000100Y43"});
    company.who("lan").post(CUSTOMERS, body).expect(201);
    let asked = |body: Value| company.who("rep").post(LOOK_UP, body).expect(200).at("/matches/0/same");
    assert_eq!(
        asked(json!({"kind": "company", "name": "杭州 云帆科技（集团）股份有限公司"})),
        json!(["name"])
    );
    assert_eq!(
        asked(json!({"kind": "company", "tax_number": "９１３５０１００m000100y43"})),
        json!(["tax_number"])
    );
}

fn nobody_fishes_by_looking_up(app: App) {
    let company = app.company();
    let policy = company.boss.get("/api/v1/policies?code=customer-file/company").expect(200).at("/data/0");
    assert_eq!(policy["content"]["look_ups_per_hour"], json!(60));
    let ask = || company.who("rep").post(LOOK_UP, json!({"kind": "person", "phone": "13812345678"}));
    (0..55).for_each(|_| drop(ask().expect(200)));
    let runners =
        (0..10).map(|_| Box::new(|| ask().status) as Box<dyn FnOnce() -> u16 + Send + '_>).collect();
    let mut answers = race(runners);
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
    let refused = ask().refuses(429, "customer_look_up.too_often");
    assert!(refused.header("retry-after").is_some());
    company.who("lan").post(LOOK_UP, json!({"kind": "person", "phone": "13812345678"})).expect(200);
    app.advance(chrono::Duration::hours(1));
    let rep = app.sign_in("rep", tests::PASSWORD);
    rep.post(LOOK_UP, json!({"kind": "person", "phone": "13812345678"})).expect(200);
}

fn a_rehearsed_file_asks_as_often_as_it_has_rows(app: App) {
    let company = app.company();
    entered(company.who("lan"), "李娜", "13812345678");
    let rehearse = |by: &Caller, rows: u32| {
        let lines = (0..rows).map(|row| format!("客户{row},139{row:08}\n"));
        let file: String = std::iter::once("名称,电话\n李丽,13812345678\n".to_owned()).chain(lines).collect();
        hand_in(by, &format!("{CUSTOMERS}/import?validate_only=true"), "客户.csv", file.as_bytes())
    };
    let (rep, head) = (company.who("rep"), company.who("head"));
    let told = rehearse(rep, 39).expect(200);
    assert_eq!((told.at("/created"), told.at("/refused")), (json!(39), json!(1)));
    rehearse(rep, 30).refuses(429, "customer_look_up.too_often");
    let asked = || rep.post(LOOK_UP, json!({"kind": "person", "phone": "13812345678"}));
    (0..20).for_each(|_| drop(asked().expect(200)));
    asked().refuses(429, "customer_look_up.too_often");
    rehearse(rep, 0).refuses(429, "customer_look_up.too_often");
    rehearse(head, 200).expect(200);
    let told = company.boss.get("/api/v1/audit-entries?action=customer.looked_up").expect(200).at("/data");
    let rows = told.as_array().into_iter().flatten().filter(|entry| entry["after"]["rows"] == 40);
    assert_eq!(rows.count(), 1, "the trail tells who asked for a file: {told}");
}

/// A file of which nothing is taken tells who is known all the same, and so does entering somebody by hand.
fn a_file_that_is_refused_tells_no_more_than_looking_up(app: App) {
    let company = app.company();
    let known: Vec<String> = (0..40).map(|n| format!("1381234{n:04}")).collect();
    for phone in &known {
        entered(company.who("lan"), "李娜", phone);
    }
    let rows = |phones: &[String]| -> String {
        let lines = phones.iter().enumerate().map(|(n, phone)| format!("客户{n},{phone}\n"));
        // One row is bad whatever anybody knows, so that none of them is taken.
        std::iter::once("名称,电话\n坏行,12\n".to_owned()).chain(lines).collect()
    };
    let hand = |by: &Caller, phones: &[String]| {
        hand_in(by, &format!("{CUSTOMERS}/import"), "客户.csv", rows(phones).as_bytes())
    };
    let rep = company.who("rep");
    let unknown: Vec<String> = (0..200).map(|n| format!("1399999{n:04}")).collect();
    let told = hand(rep, &unknown).refuses(422, "import.rows_refused");
    assert_eq!(told.at("/params/count"), json!(1), "whom nobody knows is nobody's secret");
    let told = hand(rep, &known).refuses(422, "import.rows_refused");
    assert_eq!(told.at("/params/count"), json!(41));
    let refused = hand(rep, &known).refuses(429, "customer_look_up.too_often");
    assert!(!refused.to_string().contains("CU-2026"), "it says nothing of them: {refused}");
    // What was counted is counted together with look-ups, and with what is entered by hand.
    let enter = |phone: &str| rep.post(CUSTOMERS, person("李丽", phone));
    (0..20).for_each(|n| drop(enter(&known[n]).refuses(409, "customer_look_up.known_already")));
    let refused = enter(&known[20]).refuses(429, "customer_look_up.too_often");
    assert!(!refused.to_string().contains("CU-2026"), "{refused}");
    rep.post(LOOK_UP, json!({"kind": "person", "phone": known[0]}))
        .refuses(429, "customer_look_up.too_often");
    enter("13700000000").expect(201);
    // Who supervises customers sees them anyway.
    (0..3).for_each(|_| drop(hand(company.who("head"), &known).refuses(422, "import.rows_refused")));
}

fn who_is_known_by_phone_is_not_entered_again_but_by_a_superior(app: App) {
    let company = app.company();
    entered(company.who("lan"), "李娜", "13812345678");
    let refused = company.who("rep").post(CUSTOMERS, person("李丽", "138 1234 5678"));
    let refused = refused.refuses(409, "customer_look_up.known_already");
    assert_eq!(
        (refused.text("/params/number"), refused.text("/params/whose")),
        ("CU-2026-000001".into(), "marketing部".into())
    );
    let mut body = person("李丽", "13812345678");
    body["allow_double"] = json!(true);
    company.who("rep").post(CUSTOMERS, body.clone()).refuses(409, "customer_look_up.known_already");
    company.who("head").post(CUSTOMERS, body).expect(201);
}

fn two_who_enter_the_same_phone_at_once_make_one_file(app: App) {
    let company = app.company();
    let enter = |name: &'static str| {
        let company = &company;
        Box::new(move || company.who(name).post(CUSTOMERS, person("李娜", "13812345678")).status)
            as Box<dyn FnOnce() -> u16 + Send + '_>
    };
    let mut answers = race(vec![enter("lan"), enter("ming"), enter("rep")]);
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
    assert_eq!(app.count_rows("customers"), 1);
}
