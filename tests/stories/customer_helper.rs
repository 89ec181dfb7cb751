//! Customers whom several serve: who helps, with what they may do, until when. `[OWN-16]`

use crate::expense_request::act;
use crate::ownership::{Site, deed, nothing};
use chrono::Duration;
use serde_json::json;
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    who_may_read_sees_the_customer_behind_the_mask_and_changes_nothing,
    who_may_write_keeps_the_file_like_the_owner,
    help_ends_with_its_day_by_hand_and_with_the_ownership,
    the_owner_or_who_manages_ownership_says_who_helps,
    of_two_who_let_the_same_one_in_at_once_one_does,
}

records! {
    "/api/v1/customer-helpers/{id}" => a_helper,
}

const HELPERS: &str = "/api/v1/customer-helpers";

fn a_helper(made: &Records<'_>) -> String {
    let customer = crate::customer_file::entered(made.company.who("lan"), "王五", "13900001111");
    let assigned = json!({"employee_id": made.company.id("lan")});
    let path = format!("/api/v1/customers/{customer}/ownership/assign");
    made.company.who("head").post(&path, assigned).expect(200);
    let body = json!({"customer_id": customer, "employee_id": made.company.id("head"), "access": "read",
        "until": "2026-06-30"});
    made.post("lan", "/api/v1/customer-helpers/{id}", body)
}

fn owned(site: &Site, number: u32) -> String {
    let customer = site.file(number);
    site.register(site.a(), &customer, nothing()).expect(201);
    customer
}

fn grant(by: &Caller, customer: &str, to: &str, access: &str, until: &str) -> Reply {
    let body = json!({"customer_id": customer, "employee_id": to, "access": access, "until": until});
    by.post(HELPERS, body)
}

fn file(customer: &str) -> String {
    format!("/api/v1/customers/{customer}")
}

fn call(by: &Caller, customer: &str) -> Reply {
    let report = json!({"minutes": 5, "content": "电话沟通户型与预算，约定下次来访时间"});
    by.post("/api/v1/interactions", json!({"customer_id": customer, "kind": "call", "report": report}))
}

fn who_may_read_sees_the_customer_behind_the_mask_and_changes_nothing(app: App) {
    let site = Site::open(&app);
    let v = owned(&site, 1);
    site.c.get(&file(&v)).refuses(404, "http.not_found");
    let made = grant(site.a(), &v, &site.ids[0], "read", "2026-03-31").expect(201);
    assert_eq!((made.text("/employee/name"), made.at("/is_current")), ("chen".into(), json!(true)));
    let shown = site.c.get(&file(&v)).expect(200);
    assert_eq!(
        (shown.at("/is_masked"), shown.text("/phones/0/display")),
        (json!(true), "138****0001".into())
    );
    assert_eq!(
        column(&site.c.get("/api/v1/customers").expect(200).at("/data"), "id"),
        std::slice::from_ref(&v)
    );
    site.follow_up(site.a(), &v);
    let seen = site.c.get(&format!("/api/v1/interactions?customer_id={v}")).expect(200).at("/data");
    assert_eq!(column(&seen, "kind"), ["call"], "in every finder");
    site.c.get(&format!("{}/ownership", file(&v))).expect(200);
    let listed = site.c.get(&format!("{HELPERS}?customer_id={v}")).expect(200).at("/data");
    assert_eq!(column(&listed, "access"), ["read"]);
    site.c
        .at(shown.version())
        .patch(&file(&v), json!({"needs": "两居室"}))
        .refuses(403, "customer_helper.read_only");
    call(&site.c, &v).refuses(403, "customer_helper.read_only");
    let relative = json!({"relative_id": site.ids[0]});
    deed(&site.c, &v, "announce-relative", relative).refuses(403, "customer_helper.read_only");
    deed(&site.c, &v, "release", json!({"reason": "误"})).expect(403);
    assert_eq!(site.owner(&v).0, "lan");
}

fn who_may_write_keeps_the_file_like_the_owner(app: App) {
    let site = Site::open(&app);
    let v = owned(&site, 1);
    grant(site.a(), &v, &site.ids[0], "write", "2026-03-31").expect(201);
    let shown = site.c.get(&file(&v)).expect(200);
    assert_eq!(
        (shown.at("/is_masked"), shown.text("/phones/0/number")),
        (json!(false), "+8613800000001".into())
    );
    let kept = site.c.at(shown.version()).patch(&file(&v), json!({"needs": "两居室"})).expect(200);
    assert_eq!(kept.text("/needs"), "两居室");
    call(&site.c, &v).expect(201);
    let chain = site.ownership(&v).at("/chain");
    assert_eq!(chain.as_array().map(Vec::len), Some(1), "the owner stays the owner");
    site.d.get(&file(&v)).refuses(404, "http.not_found");
}

fn help_ends_with_its_day_by_hand_and_with_the_ownership(app: App) {
    let mut site = Site::open(&app);
    let (v, w) = (owned(&site, 1), owned(&site, 2));
    grant(site.a(), &v, &site.ids[0], "write", "2026-03-06").expect(201);
    let by_hand = grant(site.a(), &w, &site.ids[0], "read", "2026-06-30")
        .expect(201)
        .header("location")
        .expect("a place");
    let ended = act(&site.c, &by_hand, "end", json!(null)).expect(200);
    assert_eq!(ended.at("/is_current"), json!(false));
    site.c.get(&by_hand).refuses(404, "http.not_found");
    act(site.a(), &by_hand, "end", json!(null)).refuses(409, "customer_helper.ended_already");
    site.c.get(&file(&w)).refuses(404, "http.not_found");
    app.advance(Duration::days(2));
    site.sign_in_again(&app);
    site.c.get(&file(&v)).refuses(404, "http.not_found");
    grant(site.a(), &v, &site.ids[0], "read", "2026-06-30").expect(201);
    site.c.get(&file(&v)).expect(200);
    deed(site.head(), &v, "assign", json!({"employee_id": site.company.id("ming")})).expect(200);
    site.c.get(&file(&v)).refuses(404, "http.not_found");
    let listed = site.head().get(&format!("{HELPERS}?customer_id={v}")).expect(200).at("/data");
    assert!(
        listed
            .as_array()
            .is_some_and(|all| all.len() == 2 && all.iter().all(|one| one["is_current"] == false))
    );
}

fn the_owner_or_who_manages_ownership_says_who_helps(app: App) {
    let site = Site::open(&app);
    let v = owned(&site, 1);
    let d = &site.ids[1];
    grant(site.b(), &v, d, "read", "2026-03-31").refuses(422, "validation.unknown_reference");
    grant(site.a(), &v, &site.ids[0], "write", "2026-03-31").expect(201);
    grant(&site.c, &v, d, "read", "2026-03-31").refuses(403, "customer_helper.not_yours");
    grant(site.a(), &v, &site.ids[0], "read", "2026-03-31").refuses(409, "customer_helper.helps_already");
    grant(site.a(), &v, site.company.id("lan"), "read", "2026-03-31").refuses(409, "customer_helper.owns");
    grant(site.a(), &v, d, "read", "2026-03-04").expect(422);
    grant(site.a(), &v, d, "read", "2028-03-04").expect(422);
    grant(site.head(), &v, d, "read", "2026-03-31").expect(201);
    let nobody = site.file(2);
    grant(site.head(), &nobody, d, "read", "2026-03-31").refuses(409, "customer_helper.nobody_owns");
}

fn of_two_who_let_the_same_one_in_at_once_one_does(app: App) {
    let site = Site::open(&app);
    for number in 1..=5 {
        let v = owned(&site, number);
        let runners: Vec<Box<dyn FnOnce() -> u16 + Send>> = [site.a(), site.head()]
            .map(|by| {
                let (v, to) = (v.as_str(), site.ids[0].as_str());
                Box::new(move || grant(by, v, to, "read", "2026-03-31").status)
                    as Box<dyn FnOnce() -> u16 + Send>
            })
            .into();
        let mut answers = race(runners);
        answers.sort_unstable();
        assert_eq!(answers, [201, 409]);
    }
    assert_eq!(app.count_rows("customer_helpers"), 5);
}
