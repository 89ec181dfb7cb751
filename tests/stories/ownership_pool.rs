//! The pool, protection and who leaves: the worked examples of the specification over HTTP. `[OWN-15, OWN-17]`

use crate::ownership::*;
use chrono::Duration;
use serde_json::json;
use tests::{App, Caller, block_on, column, race, stories};

stories! {
    example_12_three_claims_in_one_instant_do_not_pass_the_limit,
    example_13_the_waiting_time_is_the_former_owners_own,
    example_14_a_contact_in_the_last_hour_keeps_the_customer,
    example_16_a_leavers_customers_go_to_the_department,
    a_customer_in_the_pool_is_claimed_once,
    the_pool_of_a_department_is_for_those_who_work_there,
    who_may_claim_sees_the_pool_masked,
}

fn pooled(site: &Site, number: u32) -> String {
    let p = site.file(number);
    site.register(site.b(), &p, nothing()).expect(201);
    deed(site.b(), &p, "release", json!({"reason": "客户搬离本市"})).expect(200);
    p
}

fn example_12_three_claims_in_one_instant_do_not_pass_the_limit(app: App) {
    let site = Site::open(&app);
    let pool: Vec<String> = (20..28).map(|number| pooled(&site, number)).collect();
    for p in &pool[..3] {
        deed(site.a(), p, "claim", json!(null)).expect(200);
    }
    let runners = pool[3..7].iter().map(|p| {
        let by = site.a();
        Box::new(move || deed(by, p, "claim", json!(null)).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.collect());
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 409, 409]);
    let refused = deed(site.a(), &pool[7], "claim", json!(null)).refuses(409, "ownership.claims_used_up");
    assert_eq!((refused.text("/rule"), refused.at("/params/limit")), ("OWN-15".into(), json!(5)));
    deed(site.a(), &pool[0], "release", json!({"reason": "联系不上"})).expect(200);
    deed(site.a(), &pool[7], "claim", json!(null)).refuses(409, "ownership.claims_used_up");
    let counted = "SELECT COUNT(*) AS number FROM ownership_facts WHERE kind = 'claimed'";
    assert_eq!(app.number(counted), 5);
}

fn example_13_the_waiting_time_is_the_former_owners_own(app: App) {
    let mut site = Site::open(&app);
    let p = pooled(&site, 30);
    app.advance(Duration::days(2));
    site.sign_in_again(&app);
    deed(&site.c, &p, "claim", json!(null)).expect(200);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    deed(&site.c, &p, "release", json!({"reason": "无意向"})).expect(200);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    let refused = deed(site.b(), &p, "claim", json!(null)).refuses(409, "ownership.refused");
    assert_eq!((refused.text("/rule"), refused.text("/params/because")), ("OWN-15".into(), "waits".into()));
    assert_eq!(
        refused.text("/params/until"),
        "2026-03-19T16:00:00.000000Z",
        "fifteen days after B's own release"
    );
    app.advance(Duration::days(11));
    site.sign_in_again(&app);
    deed(site.b(), &p, "claim", json!(null)).expect(200);
}

fn example_14_a_contact_in_the_last_hour_keeps_the_customer(app: App) {
    let mut site = Site::open(&app);
    let (kept, lost) = (site.file(31), site.file(32));
    site.register(site.a(), &kept, nothing()).expect(201);
    site.register(site.a(), &lost, nothing()).expect(201);
    // 4 April 23:30: protection ends at midnight.
    app.advance(Duration::days(30) + Duration::hours(14));
    site.sign_in_again(&app);
    site.follow_up(site.a(), &kept);
    app.advance(Duration::minutes(31));
    site.sign_in_again(&app);
    let shown = site.ownership(&kept);
    assert_eq!(shown.text("/owner/name"), "lan");
    let warned = shown.at("/warnings").as_array().cloned().unwrap_or_default();
    let last = warned.iter().find(|one| one["days"] == 1 && !one["answered_at"].is_null());
    assert!(last.is_some(), "{warned:?}");
    assert_eq!(site.ownership(&lost).text("/state"), "pooled", "whether or not a server has looked");
    for _ in 0..2 {
        block_on(api::settle_ownership(&app.database)).expect("what has fallen is written down");
    }
    let states = "SELECT COUNT(*) AS number FROM customer_standings WHERE state = 'department_pool'";
    assert_eq!(app.number(states), 1);
    app.advance(Duration::days(40));
    site.sign_in_again(&app);
    assert_eq!(site.ownership(&lost).text("/chain/2/rule"), "centre_pool");
}

fn example_16_a_leavers_customers_go_to_the_department(app: App) {
    let site = Site::open(&app);
    let (v, q) = (site.file(33), site.file(34));
    site.register(site.a(), &v, nothing()).expect(201);
    site.register(site.a(), &q, nothing()).expect(201);
    let deal = json!({"deal_id": "00000000-0000-7000-8000-00000000dea1", "step": "signed"});
    deed(site.head(), &v, "record-deal", deal).expect(200);
    site.company.leave("lan");
    let shown = site.ownership(&v);
    assert_eq!(shown.text("/credits/0/leavers/0/name"), "lan", "the frozen share is a leaver's");
    let states = |state: &str| {
        app.number(&format!("SELECT COUNT(*) AS number FROM customer_standings WHERE state = '{state}'"))
    };
    assert_eq!((states("followed_up"), states("to_assign")), (1, 1));
    let refused = site.register(site.b(), &q, nothing()).refuses(409, "ownership.refused");
    assert_eq!(refused.text("/rule"), "OWN-8");
    deed(site.b(), &q, "claim", json!(null)).refuses(409, "ownership.refused");
    deed(site.head(), &q, "assign", json!({"employee_id": site.company.id("ming")})).expect(200);
    assert_eq!(site.owner(&q).0, "ming");
}

fn a_customer_in_the_pool_is_claimed_once(app: App) {
    let site = Site::open(&app);
    let p = pooled(&site, 50);
    let claims = [site.a(), &site.c, &site.d].map(|by| {
        let p = p.as_str();
        Box::new(move || deed(by, p, "claim", json!(null)).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(claims.into_iter().collect());
    answers.sort_unstable();
    assert_eq!(
        (answers[0], answers.iter().filter(|status| **status == 200).count()),
        (200, 1),
        "{answers:?}"
    );
    let kept = "SELECT COUNT(*) AS number FROM ownership_states WHERE state = 'owned'";
    assert_eq!(app.number(kept), 2, "the chain of owners is kept");
}

fn the_pool_of_a_department_is_for_those_who_work_there(app: App) {
    let site = Site::open(&app);
    let p = pooled(&site, 45);
    let (boss, sales) = (&site.company.boss, &site.company.departments["sales"]);
    let id = app.hire(boss, "elsewhere", sales, None);
    let elsewhere = app.person(boss, "elsewhere", &id, "sales-representative", "all");
    let refused = deed(&elsewhere, &p, "claim", json!(null)).refuses(403, "ownership.not_of_the_pool");
    assert_eq!(refused.text("/rule"), "OWN-15");
    deed(site.a(), &p, "claim", json!(null)).expect(200);
}

fn who_may_claim_sees_the_pool_masked(app: App) {
    let site = Site::open(&app);
    let (p, owned) = (pooled(&site, 46), site.file(47));
    site.register(site.b(), &owned, nothing()).expect(201);
    site.follow_up(site.b(), &owned);
    let listed = |by: &Caller, query: &str| {
        column(&by.get(&format!("/api/v1/customers?{query}")).expect(200).at("/data"), "id")
    };
    assert_eq!(listed(&site.c, ""), [p.as_str()], "the pool, and nobody else's customers");
    assert_eq!(listed(&site.c, "standing=department_pool"), [p.as_str()]);
    let place = format!("/api/v1/customers/{p}");
    let shown = site.c.get(&place).expect(200);
    assert_eq!(shown.at("/is_masked"), json!(true));
    let phone = shown.text("/phones/0/display");
    assert!(phone.contains('*'), "{phone}");
    // What a mask hides is not asked for either, and nothing is changed or read beside the file before it is claimed.
    let number = site.head().get(&place).expect(200).text("/phones/0/display");
    assert!(number.contains('*'), "the head of the department sees the pool so as well");
    site.c.at(shown.version()).patch(&place, json!({"needs": "x"})).refuses(404, "http.not_found");
    site.c.get(&format!("/api/v1/customers/{owned}")).refuses(404, "http.not_found");
    let (boss, sales) = (&site.company.boss, &site.company.departments["sales"]);
    let id = app.hire(boss, "in-town", sales, None);
    let in_town = app.person(boss, "in-town", &id, "sales-representative", "own");
    assert!(listed(&in_town, "").is_empty(), "the pool of a department is for those who work there");
    in_town.get(&place).refuses(404, "http.not_found");
    deed(&site.c, &p, "claim", json!(null)).expect(200);
    assert_eq!(site.c.get(&place).expect(200).at("/is_masked"), json!(false));
    assert!(!listed(site.a(), "").contains(&p), "who claimed has them for themselves");
}
