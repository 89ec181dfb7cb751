//! What customers agree to, and take back. `[CUS-9]`

use crate::customer_file::{CUSTOMERS, entered};
use serde_json::json;
use tests::{App, Records, column, records, stories};

stories! {
    a_customer_agrees_to_a_purpose_and_takes_it_back,
}

records! {
    "/api/v1/customer-consents/{id}" => a_consent,
}

fn a_consent(made: &Records<'_>) -> String {
    let path = format!("{}/consents", made.place("/api/v1/customers/{id}"));
    let body = json!({"purpose": "marketing", "means": "signed"});
    made.company.who("lan").post(&path, body).expect(201).text("/id")
}

fn a_customer_agrees_to_a_purpose_and_takes_it_back(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let path = format!("{CUSTOMERS}/{}/consents", entered(lan, "李娜", "13812345678"));
    let body = json!({"purpose": "marketing", "means": "spoken", "note": "电话中同意"});
    let given = lan.post(&path, body).expect(201);
    let ahead = json!({"purpose": "survey", "means": "online", "given_at": "2027-01-01T00:00:00+08:00"});
    lan.post(&path, ahead).refuses(422, "customer_consent.given_in_future");
    let place = given.header("location").expect("a place");
    let shown = lan.get(&place).expect(200);
    assert_eq!((shown.text("/purpose"), shown.text("/note")), ("marketing".into(), "电话中同意".into()));
    let withdrawn = lan.at(1).act(&format!("{place}/withdraw")).expect(200);
    assert!(withdrawn.at("/withdrawn_at").is_string());
    lan.at(2).act(&format!("{place}/withdraw")).refuses(409, "customer_consent.withdrawn_already");
    assert_eq!(column(&lan.get(&path).expect(200).at("/data"), "purpose"), ["marketing"]);
    company.who("rep").get(&path).refuses(404, "http.not_found");
    company.who("rep").get(&place).refuses(404, "http.not_found");
}
