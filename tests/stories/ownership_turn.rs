//! Who may register whom: whoever's turn it is where turns are kept, whatever else is said, and out of turn only as far as one
//! may claim from a pool. `[QUE-1, OWN-11, OWN-15]`

use crate::{
    expense_request::act,
    ownership::{REGISTRATIONS, Site, deed, nothing, pair},
    reception::{at, begin, end, next, of, queue, register},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Reply, race, stories};

stories! {
    who_walks_in_is_registered_of_a_reception_where_turns_are_kept,
    a_turn_is_owed_by_whoever_does_not_see_the_queue,
    a_reception_that_used_no_turn_gives_nobody_new,
    what_is_answered_later_owes_the_turn_as_well,
    what_is_taken_from_a_pool_out_of_turn_is_a_claim,
    who_is_received_in_turn_is_no_claim,
    twenty_registrations_out_of_a_pool_come_to_five,
}

fn asking_for(who: &str) -> Value {
    let mut inquiry = nothing();
    (inquiry["asks_for_somebody"], inquiry["asks_for_id"]) = (json!(true), json!(who));
    inquiry
}

fn by_way(site: &Site, by: &Caller, customer: &str, channel: &str) -> Reply {
    let mut body = site.body(customer, nothing());
    body["channel"] = json!(channel);
    by.post(REGISTRATIONS, body)
}

fn pooled(site: &Site, number: u32) -> String {
    let p = site.file(number);
    site.register(site.b(), &p, nothing()).expect(201);
    deed(site.b(), &p, "release", json!({"reason": "客户搬离本市"})).expect(200);
    p
}

fn who_walks_in_is_registered_of_a_reception_where_turns_are_kept(app: App) {
    let site = Site::open(&app);
    let (queue, v, w) = (queue(&site), site.file(1), site.file(2));
    let refused = site.register(&site.c, &v, nothing()).refuses(409, "registration.needs_reception");
    assert_eq!(refused.text("/rule"), "OWN-11");
    by_way(&site, &site.c, &v, "referral").refuses(409, "registration.needs_reception");
    site.register(&site.c, &v, asking_for(&site.ids[0])).refuses(409, "registration.needs_reception");
    assert_eq!((app.count_rows("registrations"), next(&site, &queue)), (0, "lan".into()));
    let reception = begin(&site, site.a(), "new").expect(201);
    register(&site, site.a(), &v, nothing(), &reception).expect(201);
    end(site.a(), &at(&reception)).expect(200);
    assert_eq!((site.owner(&v), next(&site, &queue)), (pair("lan", "OWN-1"), "ming".into()));
    // While it is suspended everybody registers whom they meet; who calls never came in.
    by_way(&site, &site.c, &site.file(3), "call").expect(201);
    act(site.head(), &queue, "suspend", json!({"reason": "开盘"})).expect(200);
    site.register(&site.c, &w, nothing()).expect(201);
    assert_eq!(site.owner(&w), pair("chen", "OWN-1"));
}

fn a_turn_is_owed_by_whoever_does_not_see_the_queue(app: App) {
    let site = Site::open(&app);
    let (queue, pool, new) = (queue(&site), site.file(4), site.file(5));
    let e = site.company.who("rep");
    e.get(&queue).refuses(404, "http.not_found");
    let reception = begin(&site, site.a(), "new").expect(201);
    register(&site, site.a(), &pool, nothing(), &reception).expect(201);
    deed(site.a(), &pool, "release", json!({"reason": "客户搬离本市"})).expect(200);
    for (customer, channel) in [(&pool, "walk_in"), (&new, "walk_in"), (&new, "assigned")] {
        by_way(&site, e, customer, channel).refuses(409, "registration.needs_reception");
    }
    assert_eq!(app.count_rows("registrations"), 1);
}

fn a_reception_that_used_no_turn_gives_nobody_new(app: App) {
    let site = Site::open(&app);
    let (own, x, y) = (site.file(6), site.file(7), site.file(8));
    site.register(&site.c, &own, nothing()).expect(201);
    let queue = queue(&site);
    let returning = json!({"visitor": "returning", "customer_id": own});
    let returns = of(&site, &site.c, returning).expect(201);
    register(&site, &site.c, &x, nothing(), &returns).refuses(409, "reception.other_customer");
    end(&site.c, &at(&returns)).expect(200);
    let named = of(&site, &site.c, json!({"visitor": "named", "asks_for_id": site.ids[0]})).expect(201);
    register(&site, &site.c, &y, nothing(), &named).refuses(409, "registration.needs_reception");
    register(&site, &site.c, &y, asking_for(&site.ids[0]), &named).expect(201);
    assert_eq!((site.owner(&y), next(&site, &queue)), (pair("chen", "OWN-5"), "lan".into()));
}

fn what_is_answered_later_owes_the_turn_as_well(app: App) {
    let site = Site::open(&app);
    let (before, x) = (site.file(9), site.file(10));
    let mut blank = nothing();
    blank["was_elsewhere"] = Value::Null;
    let early = site.register(&site.c, &before, blank.clone()).expect(201);
    app.advance(Duration::minutes(1));
    queue(&site);
    // What was begun before turns were kept owes none.
    let place = |registration: &Reply| format!("{REGISTRATIONS}/{}", registration.text("/id"));
    act(&site.c, &place(&early), "complete", json!({"inquiry": nothing()})).expect(200);
    assert_eq!(site.owner(&before).0, "chen");
    site.register(&site.c, &x, blank.clone()).refuses(409, "registration.needs_reception");
    let named = of(&site, &site.c, json!({"visitor": "named", "asks_for_id": site.ids[0]})).expect(201);
    let begun = register(&site, &site.c, &x, blank, &named).expect(201);
    act(&site.c, &place(&begun), "complete", json!({"inquiry": nothing()}))
        .refuses(409, "registration.needs_reception");
    act(&site.c, &place(&begun), "complete", json!({"inquiry": asking_for(&site.ids[0])})).expect(200);
    assert_eq!(site.owner(&x), pair("chen", "OWN-5"));
}

fn what_is_taken_from_a_pool_out_of_turn_is_a_claim(app: App) {
    let site = Site::open(&app);
    let pool: Vec<String> = (20..27).map(|number| pooled(&site, number)).collect();
    // Who works elsewhere takes nobody out of the pool of this department.
    by_way(&site, site.company.who("rep"), &pool[0], "call").refuses(403, "ownership.not_of_the_pool");
    by_way(&site, site.a(), &pool[0], "call").expect(201);
    by_way(&site, site.a(), &pool[1], "exhibition").expect(201);
    for p in &pool[2..5] {
        deed(site.a(), p, "claim", json!(null)).expect(200);
    }
    for channel in ["call", "online", "referral", "exhibition", "walk_in"] {
        let refused = by_way(&site, site.a(), &pool[5], channel).refuses(409, "ownership.claims_used_up");
        assert_eq!((refused.text("/rule"), refused.at("/params/limit")), ("OWN-15".into(), json!(5)));
    }
    // Nor does somebody else take one in their name.
    let mut body = site.body(&pool[5], asking_for(site.company.id("lan")));
    body["channel"] = json!("call");
    site.c.post(REGISTRATIONS, body).refuses(409, "ownership.claims_used_up");
    deed(site.a(), &pool[0], "release", json!({"reason": "联系不上"})).expect(200);
    deed(site.a(), &pool[6], "claim", json!(null)).refuses(409, "ownership.claims_used_up");
}

fn who_is_received_in_turn_is_no_claim(app: App) {
    let site = Site::open(&app);
    let pool: Vec<String> = (30..36).map(|number| pooled(&site, number)).collect();
    for p in &pool[..5] {
        deed(site.a(), p, "claim", json!(null)).expect(200);
    }
    queue(&site);
    let reception = begin(&site, site.a(), "new").expect(201);
    register(&site, site.a(), &pool[5], nothing(), &reception).expect(201);
    assert_eq!(site.owner(&pool[5]), pair("lan", "OWN-1"), "their turn, and the customer's own coming");
    let counted = "SELECT COUNT(*) AS number FROM ownership_facts WHERE employee_id IS NOT NULL";
    assert_eq!(app.number(counted), 5);
}

fn twenty_registrations_out_of_a_pool_come_to_five(app: App) {
    let site = Site::open(&app);
    let pool: Vec<String> = (40..60).map(|number| pooled(&site, number)).collect();
    let runners = pool.iter().map(|p| {
        let site = &site;
        Box::new(move || by_way(site, site.a(), p, "call").status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let answers = race(runners.collect());
    let won = answers.iter().filter(|status| **status == 201).count();
    let lost = answers.iter().filter(|status| **status == 409).count();
    assert_eq!((won, lost), (5, 15), "{answers:?}");
}
