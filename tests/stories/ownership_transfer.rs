//! Customers are handed to somebody else once approvers agree: some of them, or all; a disputed one stays. `[OWN-16]`

use crate::{
    approval,
    expense_request::act,
    ownership::{Site, nothing, pair},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, block_on, column, race, records, stories};

stories! {
    one_customer_is_handed_over_once_the_head_agrees,
    a_whole_portfolio_is_handed_over_and_a_disputed_customer_stays,
    one_hands_over_ones_own_customers_alone,
    a_draft_is_changed_and_says_what_can_be_done_with_it,
    a_dispute_and_an_approval_in_one_instant_leave_one_story,
    what_is_owed_of_a_file_passes_with_the_customer,
    many_customers_are_assigned_at_once_each_with_its_result,
}

records! {
    "/api/v1/ownership-transfers/{id}" => a_transfer,
}

const TRANSFERS: &str = "/api/v1/ownership-transfers";

/// 兰兰 hands a customer to the head.
fn a_transfer(made: &Records<'_>) -> String {
    let file = json!({"kind": "person", "name": "移交客户", "phones": ["13900000078"]});
    let customer = made.company.who("lan").post("/api/v1/customers", file).expect(201).text("/id");
    let body = json!({"customer_id": customer, "site_id": made.id("/api/v1/sites/{id}"), "channel": "walk_in",
        "inquiry": nothing()});
    made.company.who("lan").post("/api/v1/registrations", body).expect(201);
    let body = json!({"to_id": made.company.id("head"), "customer_ids": [customer], "reason": "调岗"});
    made.post("lan", "/api/v1/ownership-transfers/{id}", body)
}

/// A customer of A.
fn owned(site: &Site, number: u32) -> String {
    let customer = site.file(number);
    site.register(site.a(), &customer, nothing()).expect(201);
    customer
}

fn draft(site: &Site, by: &Caller, customers: Value) -> Reply {
    let body = json!({"to_id": site.company.id("ming"), "customer_ids": customers, "reason": "调往城南项目",
        "open_matters": ["三月八日复访", "合同待补签名"]});
    by.post(TRANSFERS, body)
}

fn at(reply: &Reply) -> String {
    format!("{TRANSFERS}/{}", reply.text("/id"))
}

/// Submits it; its approval.
fn submitted(by: &Caller, transfer: &str) -> String {
    act(by, transfer, "submit", Value::Null).expect(200).text("/approval_id")
}

fn approve(site: &Site, approval: &str) {
    approval::act(site.head(), approval, "approve", json!({})).expect(200);
}

fn one_customer_is_handed_over_once_the_head_agrees(app: App) {
    let site = Site::open(&app);
    let v = owned(&site, 1);
    let drafted = draft(&site, site.a(), json!([v])).expect(201);
    assert_eq!(
        (drafted.text("/status"), drafted.text("/customers/0/outcome")),
        ("draft".into(), "waits".into())
    );
    let transfer = at(&drafted);
    site.a().get(&format!("{transfer}/approval-preview")).expect(200);
    let approval = submitted(site.a(), &transfer);
    assert_eq!(site.owner(&v), pair("lan", "OWN-1"), "nothing moves before");
    approve(&site, &approval);
    let done = site.b().get(&transfer).expect(200);
    assert_eq!(
        (done.text("/status"), done.text("/customers/0/outcome")),
        ("approved".into(), "moved".into())
    );
    assert_eq!(site.owner(&v), pair("ming", "OWN-16"));
    let chain = site.ownership(&v).at("/chain");
    assert_eq!(column(&chain, "rule"), ["first_contact", "transfer"], "whose it was before is kept");
    site.c.get(&transfer).refuses(404, "http.not_found");
    let listed = site.b().get(&format!("{TRANSFERS}?status=approved")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["OT-2026-000001"]);
}

fn a_whole_portfolio_is_handed_over_and_a_disputed_customer_stays(app: App) {
    let site = Site::open(&app);
    let customers: Vec<String> = (1..=3).map(|number| owned(&site, number)).collect();
    let drafted = draft(&site, site.a(), json!([])).expect(201);
    assert_eq!(
        (drafted.at("/is_hand_over"), drafted.at("/customers").as_array().map(Vec::len)),
        (json!(true), Some(3))
    );
    let transfer = at(&drafted);
    let approval = submitted(site.a(), &transfer);
    let claim = json!({"customer_id": customers[1], "claim": "客户先由我接待"});
    site.c.post("/api/v1/ownership-disputes", claim).expect(201);
    approve(&site, &approval);
    let done = site.a().get(&transfer).expect(200).at("/customers");
    let of = |customer: &str| {
        let found = done.as_array().and_then(|all| all.iter().find(|one| one["customer_id"] == customer));
        found.map(|one| (one["outcome"].clone(), one["because"].clone())).unwrap_or_default()
    };
    assert_eq!(of(&customers[0]), (json!("moved"), Value::Null));
    assert_eq!(of(&customers[1]), (json!("refused"), json!("disputed")));
    assert_eq!(of(&customers[2]), (json!("moved"), Value::Null));
    assert_eq!(site.owner(&customers[1]).0, "lan");
}

fn one_hands_over_ones_own_customers_alone(app: App) {
    let site = Site::open(&app);
    let v = owned(&site, 1);
    draft(&site, site.b(), json!([])).refuses(409, "ownership_transfer.nothing");
    draft(&site, &site.c, json!([v])).refuses(422, "ownership_transfer.not_theirs");
    let of = |by: &Caller, to: &str| {
        let body = json!({"from_id": site.company.id("lan"), "to_id": to, "reason": "调岗"});
        by.post(TRANSFERS, body)
    };
    let ming = site.company.id("ming");
    of(&site.c, ming).refuses(403, "ownership_transfer.not_yours");
    of(site.head(), site.company.id("lan")).refuses(422, "ownership_transfer.to_oneself");
    let drafted = of(site.head(), ming).expect(201);
    act(site.head(), &at(&drafted), "void", json!({"reason": "不再需要"})).expect(200);
    let mine = at(&draft(&site, site.a(), json!([v])).expect(201));
    submitted(site.a(), &mine);
    let back = act(site.a(), &mine, "withdraw", json!({"note": "再想想"})).expect(200);
    assert_eq!(back.text("/status"), "withdrawn");
}

fn a_draft_is_changed_and_says_what_can_be_done_with_it(app: App) {
    let site = Site::open(&app);
    let (v, w) = (owned(&site, 1), owned(&site, 2));
    let drafted = draft(&site, site.a(), json!([v])).expect(201);
    let enabled = |reply: &Reply| -> Vec<String> {
        let actions = reply.at("/actions").as_array().cloned().unwrap_or_default();
        let allowed = actions.iter().filter(|action| action["allowed"] == true);
        allowed.filter_map(|action| action["name"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(enabled(&drafted), ["revise", "submit", "void"]);
    let transfer = at(&drafted);
    let changed =
        site.a().at(1).patch(&transfer, json!({"customer_ids": [w], "to_id": site.ids[0]})).expect(200);
    assert_eq!((changed.text("/customers/0/customer_id"), changed.text("/to/name")), (w, "chen".into()));
    assert_eq!(changed.at("/open_matters").as_array().map(Vec::len), Some(2), "what is not said stays");
    let all = site.a().at(2).patch(&transfer, json!({"customer_ids": []})).expect(200);
    assert_eq!(
        (all.at("/is_hand_over"), all.at("/customers").as_array().map(Vec::len)),
        (json!(true), Some(2))
    );
    submitted(site.a(), &transfer);
    assert_eq!(enabled(&site.a().get(&transfer).expect(200)), ["withdraw"]);
    site.a().at(4).patch(&transfer, json!({"reason": "改"})).refuses(409, "document.not_editable");
    let own = site.b().get(&transfer);
    assert_eq!(own.status, 404, "a former receiver sees it no longer");
}

fn a_dispute_and_an_approval_in_one_instant_leave_one_story(app: App) {
    let site = Site::open(&app);
    for number in 1..=3 {
        let v = owned(&site, number);
        let transfer = at(&draft(&site, site.a(), json!([v])).expect(201));
        let approval = submitted(site.a(), &transfer);
        let read = site.head().get(&approval::path(&approval)).expect(200);
        let (version, body) = (read.version(), json!({"document_version": read.at("/document/version")}));
        let (head, c) = (site.head(), &site.c);
        let claim = json!({"customer_id": v, "claim": "客户先由我接待"});
        let deciding = format!("{}/approve", approval::path(&approval));
        let runners: Vec<Box<dyn FnOnce() -> u16 + Send>> = vec![
            Box::new(move || head.at(version).post(&deciding, body).status),
            Box::new(move || c.post("/api/v1/ownership-disputes", claim).status),
        ];
        assert_eq!(race(runners), [200, 201]);
        let outcome = site.a().get(&transfer).expect(200).text("/customers/0/outcome");
        let shown = site.ownership(&v);
        let owner = shown.text("/owner/name");
        // Either they were handed over, and whose they are now is disputed; or it was disputed first, and they stayed.
        let right = [("moved", "ming"), ("refused", "lan")].contains(&(outcome.as_str(), owner.as_str()));
        assert!(right && shown.at("/dispute_id").is_string(), "{outcome} {owner}");
    }
}

fn what_is_owed_of_a_file_passes_with_the_customer(app: App) {
    let mut site = Site::open(&app);
    let v = site.file(60);
    app.advance(Duration::days(180));
    site.sign_in_again(&app);
    block_on(api::call_for_verifications(&app.database)).expect("called for");
    let owed = |by: &Caller| {
        let duties = by.get("/api/v1/duties?rule_code=duty-rule/customer-verification").expect(200);
        column(&duties.at("/data"), "status")
    };
    assert_eq!(
        (owed(site.head()), owed(site.a())),
        (vec!["open".to_owned()], Vec::new()),
        "nobody owns them yet"
    );
    site.register(site.a(), &v, nothing()).expect(201);
    assert_eq!((owed(site.head()), owed(site.a())), (Vec::new(), vec!["open".to_owned()]));
}

fn many_customers_are_assigned_at_once_each_with_its_result(app: App) {
    let site = Site::open(&app);
    let customers: Vec<String> = (61..64).map(|number| site.file(number)).collect();
    customers.iter().for_each(|customer| drop(site.register(site.a(), customer, nothing()).expect(201)));
    let claim = json!({"customer_id": customers[1], "claim": "客户先由我接待"});
    site.c.post("/api/v1/ownership-disputes", claim).expect(201);
    let elsewhere = "00000000-0000-7000-8000-00000000dead";
    let named = json!([customers[0], customers[1], elsewhere, customers[2]]);
    let body = json!({"customer_ids": named, "employee_id": site.company.id("ming")});
    site.a().post("/api/v1/customers/assign", body.clone()).refuses(403, "http.forbidden");
    let done = site.head().post("/api/v1/customers/assign", body).expect(200).at("/data");
    let assigned: Vec<bool> = (0..4).map(|index| done[index]["is_assigned"] == json!(true)).collect();
    assert_eq!(assigned, [true, false, false, true], "{done}");
    assert_eq!(done[1]["refusal"]["code"], "ownership.refused");
    assert_eq!((site.owner(&customers[0]).0, site.owner(&customers[1]).0), ("ming".into(), "lan".into()));
}
