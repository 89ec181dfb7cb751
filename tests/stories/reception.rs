//! Whose turn it is to receive, and what comes of it: the worked examples told with turns, the ledger of the queue, and what
//! may not go wrong when two come at once. `[QUE-1, QUE-2, QUE-3, OWN-3, OWN-7, OWN-9, OWN-10]`

use crate::{
    expense_request::act,
    ownership::{REGISTRATIONS, Site, deed, nothing, pair},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, block_on, column, race, records, stories};

stories! {
    example_1_the_first_contact_uses_the_turn,
    example_3_who_helps_asks_and_uses_no_turn,
    example_4_who_begins_in_anothers_place_registers_nobody,
    example_6_a_customer_who_is_anothers_gives_the_turn_back,
    example_7_a_competitors_man_uses_a_turn,
    example_8_lunch_duty_leaves_the_order_as_it_is,
    example_9_whom_the_company_passes_on_uses_a_turn,
    who_is_not_there_is_passed_over_and_nothing_is_made_up_for,
    a_queue_is_set_once_a_day_and_anew_with_a_reason,
    a_visitor_who_is_not_registered_is_a_lapse_and_the_next_ones_customer,
    one_turn_is_taken_once,
    a_reception_ends_once,
    what_is_altered_in_the_ledger_shows,
}

records! {
    "/api/v1/reception-queues/{id}" => a_queue,
    "/api/v1/receptions/{id}" => a_reception,
}

const QUEUES: &str = "/api/v1/reception-queues";
const RECEPTIONS: &str = "/api/v1/receptions";

fn a_queue(made: &Records<'_>) -> String {
    let body = json!({"site_id": made.id("/api/v1/sites/{id}"), "order": [made.company.id("lan")]});
    made.post("head", "/api/v1/reception-queues/{id}", body)
}

fn a_reception(made: &Records<'_>) -> String {
    made.id("/api/v1/reception-queues/{id}");
    let body = json!({"site_id": made.id("/api/v1/sites/{id}"), "visitor": "new"});
    made.post("lan", "/api/v1/receptions/{id}", body)
}

/// The queue of today at the site: 兰兰, 小明, C and D in this order; its path.
fn queue(site: &Site) -> String {
    let lunch = json!([{"employee_id": site.ids[1], "from": "2026-03-05T12:00:00+08:00",
        "until": "2026-03-05T13:30:00+08:00"}]);
    let order = json!([site.company.id("lan"), site.company.id("ming"), site.ids[0], site.ids[1]]);
    let body = json!({"site_id": site.north, "order": order, "lunch_duties": lunch});
    site.head().post(QUEUES, body).expect(201).header("location").expect("a place")
}

fn begin(site: &Site, by: &Caller, visitor: &str) -> Reply {
    by.post(RECEPTIONS, json!({"site_id": site.north, "visitor": visitor}))
}

fn of(site: &Site, by: &Caller, mut body: Value) -> Reply {
    body["site_id"] = json!(site.north);
    by.post(RECEPTIONS, body)
}

fn at(reply: &Reply) -> String {
    format!("{RECEPTIONS}/{}", reply.text("/id"))
}

/// Registers the customer of a reception.
fn register(site: &Site, by: &Caller, customer: &str, inquiry: Value, reception: &Reply) -> Reply {
    let mut body = site.body(customer, inquiry);
    body["reception_id"] = reception.at("/id");
    by.post(REGISTRATIONS, body)
}

fn next(site: &Site, queue: &str) -> String {
    site.head().get(queue).expect(200).at("/next/name").as_str().unwrap_or_default().to_owned()
}

fn kinds(site: &Site, queue: &str) -> Vec<String> {
    column(&site.head().get(&format!("{queue}/entries")).expect(200).at("/data"), "kind")
}

fn end(by: &Caller, reception: &str) -> Reply {
    act(by, reception, "end", json!({}))
}

fn example_1_the_first_contact_uses_the_turn(app: App) {
    let site = Site::open(&app);
    let (queue, v) = (queue(&site), site.file(1));
    assert_eq!(next(&site, &queue), "lan");
    let refused = begin(&site, site.b(), "new").refuses(409, "reception_queue.not_your_turn");
    assert_eq!((refused.text("/params/next"), refused.text("/rule")), ("lan".into(), "QUE-1".into()));
    let reception = begin(&site, site.a(), "new").expect(201);
    assert_eq!((reception.text("/turn"), reception.text("/status")), ("taken".into(), "open".into()));
    let registered = register(&site, site.a(), &v, nothing(), &reception).expect(201);
    assert_eq!(site.owner(&v), pair("lan", "OWN-1"));
    let ended = end(site.a(), &at(&reception)).expect(200);
    assert_eq!(ended.at("/registration_id"), registered.at("/id"));
    assert_eq!((ended.at("/is_mistaken"), ended.at("/is_unregistered")), (json!(false), json!(false)));
    assert_eq!(next(&site, &queue), "ming", "A's turn is used");
    assert_eq!(kinds(&site, &queue), ["arranged", "received", "ended"]);
    let listed = site.a().get(RECEPTIONS).expect(200).at("/data");
    assert_eq!(column(&listed, "id"), [reception.text("/id")]);
    assert_eq!(site.b().get(RECEPTIONS).expect(200).at("/data"), json!([]));
    site.company.who("rep").get(&queue).refuses(404, "http.not_found");
}

fn example_3_who_helps_asks_and_uses_no_turn(app: App) {
    let mut site = Site::open(&app);
    let (queue, v) = (queue(&site), site.file(1));
    site.register(site.a(), &v, nothing()).expect(201);
    let busy = begin(&site, site.a(), "new").expect(201);
    let returning = json!({"visitor": "returning", "customer_id": v});
    of(&site, site.a(), returning.clone()).refuses(409, "reception_queue.receiving_already");
    let helping = of(&site, &site.c, returning.clone()).expect(201);
    assert_eq!((helping.text("/turn"), helping.text("/assist/status")), ("none".into(), "asked".into()));
    assert_eq!(helping.text("/assist/host/name"), "lan");
    act(site.head(), &at(&helping), "agree", Value::Null).refuses(409, "reception.not_yet");
    act(&site.c, &at(&helping), "agree", Value::Null).refuses(403, "reception.not_yours");
    let agreed = act(site.a(), &at(&helping), "agree", Value::Null).expect(200);
    assert_eq!(agreed.text("/assist/status"), "agreed");
    end(&site.c, &at(&helping)).expect(200);
    assert_eq!(next(&site, &queue), "ming", "no turn is used");
    // Without an answer within the policy's ten minutes whoever leads the site is asked.
    let again = of(&site, &site.c, returning.clone()).expect(201);
    app.advance(Duration::minutes(10));
    site.sign_in_again(&app);
    for _ in 0..2 {
        block_on(api::escalate_receptions(&app.database)).expect("who leads is asked");
    }
    let told = "SELECT COUNT(*) AS number FROM events WHERE kind = 'reception.assist_escalated'";
    assert_eq!(app.number(told), 1);
    assert_eq!(site.c.get(&at(&again)).expect(200).text("/assist/status"), "overdue");
    act(site.head(), &at(&again), "agree", Value::Null).expect(200);
    act(site.a(), &at(&again), "decline", Value::Null).refuses(409, "reception.answered_already");
    end(&site.c, &at(&again)).expect(200);
    let third = of(&site, &site.c, returning).expect(201);
    let declined = act(site.a(), &at(&third), "decline", Value::Null).expect(200);
    assert_eq!(
        (declined.text("/status"), declined.text("/assist/status")),
        ("ended".into(), "declined".into())
    );
    end(site.a(), &at(&busy)).expect(200);
    let counted = site.head().get("/api/v1/reception-statistics").expect(200).at("/data");
    let chen = counted.as_array().and_then(|all| all.iter().find(|one| one["employee"]["name"] == "chen"));
    let chen = chen.cloned().unwrap_or_default();
    assert_eq!(
        (&chen["assists"], &chen["receptions"], &chen["turns"]),
        (&json!(2), &json!(3), &json!(0)),
        "{counted}"
    );
}

fn example_4_who_begins_in_anothers_place_registers_nobody(app: App) {
    let site = Site::open(&app);
    let (queue, v, x) = (queue(&site), site.file(4), site.file(5));
    site.register(site.a(), &v, nothing()).expect(201);
    begin(&site, site.a(), "new").expect(201);
    let asks = json!({"visitor": "named", "asks_for_id": site.company.id("lan"), "customer_id": x});
    let begun = of(&site, site.b(), asks).expect(201);
    act(site.a(), &at(&begun), "agree", Value::Null).expect(200);
    let mut brought = nothing();
    (brought["was_introduced"], brought["introducer_id"]) = (json!(true), json!(v));
    (brought["asks_for_somebody"], brought["asks_for_id"]) = (json!(true), json!(site.company.id("lan")));
    let refused = register(&site, site.b(), &x, brought.clone(), &begun).refuses(409, "ownership.refused");
    assert_eq!(refused.text("/rule"), "OWN-3");
    assert!(refused.text("/clause").contains("受委托同事不做客户登记"), "{refused}");
    register(&site, site.a(), &x, brought, &begun).expect(201);
    assert_eq!(site.owner(&x), pair("lan", "OWN-3"));
    end(site.b(), &at(&begun)).expect(200);
    assert_eq!(next(&site, &queue), "ming", "B's turn is not used");
    of(&site, &site.c, json!({"visitor": "named"})).refuses(422, "reception.whose");
}

fn example_6_a_customer_who_is_anothers_gives_the_turn_back(app: App) {
    let site = Site::open(&app);
    let (queue, z) = (queue(&site), site.file_by(&site.d, 9));
    deed(&site.d, &z, "announce-relative", json!({"relative_id": site.ids[1]})).expect(200);
    app.advance(Duration::minutes(1));
    end(site.a(), &at(&begin(&site, site.a(), "new").expect(201))).expect(200);
    let mistaken = begin(&site, site.b(), "new").expect(201);
    assert_eq!(next(&site, &queue), "chen");
    register(&site, site.b(), &z, nothing(), &mistaken).expect(201);
    assert_eq!(site.owner(&z), pair("dong", "OWN-4"));
    assert_eq!(site.ownership(&z).at("/effects/0/kind"), json!("assist"));
    let ended = end(site.b(), &at(&mistaken)).expect(200);
    assert_eq!(ended.at("/is_mistaken"), json!(true));
    assert_eq!(next(&site, &queue), "ming", "the turn is theirs again");
    end(site.b(), &at(&begin(&site, site.b(), "new").expect(201))).expect(200);
    assert_eq!(next(&site, &queue), "chen");
    let counted = site.b().get("/api/v1/reception-statistics").expect(200).at("/data");
    assert_eq!(counted.as_array().map(Vec::len), Some(1), "one's own: {counted}");
    assert_eq!((&counted[0]["turns"], &counted[0]["mistaken"]), (&json!(1), &json!(1)));
}

fn example_7_a_competitors_man_uses_a_turn(app: App) {
    let site = Site::open(&app);
    let (queue, r) = (queue(&site), site.file(11));
    let reception = begin(&site, site.a(), "new").expect(201);
    let mut body = site.body(&r, nothing());
    (body["is_peer"], body["reception_id"]) = (json!(true), reception.at("/id"));
    site.a().post(REGISTRATIONS, body).expect(201);
    end(site.a(), &at(&reception)).expect(200);
    assert_eq!((site.owner(&r).0.as_str(), next(&site, &queue).as_str()), ("lan", "ming"));
}

fn example_8_lunch_duty_leaves_the_order_as_it_is(app: App) {
    let mut site = Site::open(&app);
    let (queue, new) = (queue(&site), site.file(12));
    // 12:40.
    app.advance(Duration::minutes(190));
    site.sign_in_again(&app);
    let refused = begin(&site, site.a(), "new").refuses(409, "reception_queue.not_your_turn");
    assert_eq!(refused.text("/params/next"), "dong");
    let reception = begin(&site, &site.d, "new").expect(201);
    assert_eq!(reception.text("/turn"), "lunch_duty");
    register(&site, &site.d, &new, nothing(), &reception).expect(201);
    assert_eq!(site.owner(&new), pair("dong", "OWN-9"));
    end(&site.d, &at(&reception)).expect(200);
    app.advance(Duration::minutes(50));
    site.sign_in_again(&app);
    assert_eq!(next(&site, &queue), "lan", "the morning's order is unchanged");
}

fn example_9_whom_the_company_passes_on_uses_a_turn(app: App) {
    let site = Site::open(&app);
    let (queue, s) = (queue(&site), site.file(13));
    begin(&site, &site.c, "assigned").refuses(409, "reception_queue.not_your_turn");
    // Whoever leads the site sends whose turn it is.
    let sent = json!({"visitor": "assigned", "receiver_id": site.company.id("lan")});
    of(&site, site.b(), sent.clone()).refuses(403, "http.forbidden");
    let reception = of(&site, site.head(), sent).expect(201);
    let mut body = site.body(&s, nothing());
    (body["channel"], body["reception_id"]) = (json!("assigned"), reception.at("/id"));
    site.a().post(REGISTRATIONS, body).expect(201);
    assert_eq!(site.owner(&s), pair("lan", "OWN-11"));
    assert_eq!(next(&site, &queue), "ming");
}

fn who_is_not_there_is_passed_over_and_nothing_is_made_up_for(app: App) {
    let site = Site::open(&app);
    let queue = queue(&site);
    let out = site.a().post(&format!("{queue}/step-out"), json!({"reason": "陪客户看房"})).expect(200);
    assert_eq!(out.text("/next/name"), "ming");
    assert_eq!(out.text("/places/0/passed_over"), "stepped_out");
    let again = json!({"reason": "再次离开"});
    site.a().post(&format!("{queue}/step-out"), again).refuses(409, "reception_queue.out_already");
    let other = json!({"employee_id": site.company.id("ming"), "reason": "代他人"});
    site.a().post(&format!("{queue}/step-out"), other.clone()).refuses(403, "http.forbidden");
    begin(&site, site.b(), "new").expect(201);
    site.a().post(&format!("{queue}/step-back"), json!({})).expect(200);
    assert_eq!(next(&site, &queue), "chen", "nothing is made up for");
    assert_eq!(kinds(&site, &queue), ["arranged", "stepped_out", "passed_over", "received", "stepped_back"]);
    let passed = site.head().get(&format!("{queue}/entries")).expect(200).at("/data/2");
    assert_eq!((&passed["employee"]["name"], &passed["passed_over"]), (&json!("lan"), &json!("stepped_out")));
    site.head()
        .post(&format!("{queue}/step-out"), json!({"employee_id": site.ids[0], "reason": "外出培训"}))
        .expect(200);
    assert_eq!(next(&site, &queue), "dong");
    let counted = site.head().get("/api/v1/reception-statistics").expect(200).at("/data");
    let lan = counted.as_array().and_then(|all| all.iter().find(|one| one["employee"]["name"] == "lan"));
    assert_eq!(lan.map(|one| one["passed_over_absent"].clone()), Some(json!(1)), "{counted}");
}

fn a_queue_is_set_once_a_day_and_anew_with_a_reason(app: App) {
    let site = Site::open(&app);
    let queue = queue(&site);
    let order = json!([site.company.id("ming"), site.company.id("lan")]);
    let twice = json!({"site_id": site.north, "order": order});
    site.head().post(QUEUES, twice.clone()).refuses(409, "validation.not_unique");
    site.a().post(QUEUES, twice).refuses(403, "http.forbidden");
    let same = json!({"site_id": site.north, "on": "2026-03-06",
        "order": [site.company.id("ming"), site.company.id("ming")]});
    site.head().post(QUEUES, same).refuses(422, "reception_queue.placed_twice");
    let anew = act(site.head(), &queue, "rearrange", json!({"order": order, "reason": "调班"})).expect(200);
    assert_eq!(
        (anew.text("/next/name"), anew.at("/places").as_array().map(Vec::len)),
        ("ming".into(), Some(2))
    );
    site.c.get(&queue).refuses(404, "http.not_found");
    begin(&site, &site.c, "new").refuses(422, "validation.unknown_reference");
    let suspended = act(site.head(), &queue, "suspend", json!({"reason": "开盘"})).expect(200);
    assert_eq!((suspended.at("/is_suspended"), suspended.at("/next")), (json!(true), Value::Null));
    act(site.head(), &queue, "suspend", json!({"reason": "开盘"}))
        .refuses(409, "reception_queue.suspended_already");
    assert_eq!(begin(&site, site.a(), "new").expect(201).text("/turn"), "suspended");
    let resumed = act(site.head(), &queue, "resume", Value::Null).expect(200);
    assert_eq!(resumed.text("/next/name"), "ming");
    let listed = site.a().get(&format!("{QUEUES}?on[gte]=2026-03-05")).expect(200).at("/data");
    assert_eq!(column(&listed, "on"), ["2026-03-05"]);
}

fn a_visitor_who_is_not_registered_is_a_lapse_and_the_next_ones_customer(app: App) {
    let site = Site::open(&app);
    queue(&site);
    let w = site.file(20);
    let reception = begin(&site, site.a(), "new").expect(201);
    let ended = act(site.a(), &at(&reception), "end", json!({"customer_id": w})).expect(200);
    assert_eq!(ended.at("/is_unregistered"), json!(true));
    let second = begin(&site, site.b(), "new").expect(201);
    register(&site, site.b(), &w, nothing(), &second).expect(201);
    assert_eq!(site.owner(&w), pair("ming", "OWN-7"));
    let effects = site.ownership(&w).at("/effects");
    let lapse = effects.as_array().cloned().unwrap_or_default();
    assert!(lapse.iter().any(|one| one["kind"] == "lapse" && one["employee"]["name"] == "lan"), "{effects}");
    register(&site, site.b(), &site.file(21), nothing(), &second)
        .refuses(409, "reception.registered_already");
}

fn one_turn_is_taken_once(app: App) {
    let site = Site::open(&app);
    let queue = queue(&site);
    for _ in 0..2 {
        for by in [site.a(), site.b(), &site.c, &site.d] {
            let runners = (0..2).map(|_| {
                let site = &site;
                Box::new(move || begin(site, by, "new")) as Box<dyn FnOnce() -> Reply + Send>
            });
            let answers = race(runners.collect());
            let made: Vec<&Reply> = answers.iter().filter(|answer| answer.status == 201).collect();
            assert_eq!((made.len(), answers.len()), (1, 2));
            let refused = answers.iter().find(|answer| answer.status != 201).expect("the other");
            assert_eq!((refused.status, refused.code().as_str()), (409, "reception_queue.not_your_turn"));
            end(by, &at(made[0])).expect(200);
        }
    }
    assert_eq!(app.count_rows("receptions"), 8);
    let proof = site.head().get(&format!("{queue}/verification")).expect(200);
    assert_eq!((proof.at("/is_sound"), proof.at("/entries")), (json!(true), json!(17)));
}

fn a_reception_ends_once(app: App) {
    let site = Site::open(&app);
    let (queue, v) = (queue(&site), site.file(30));
    site.register(site.a(), &v, nothing()).expect(201);
    let helping = of(&site, site.b(), json!({"visitor": "returning", "customer_id": v})).expect(201);
    // Whose visitor it is and who helps end it in one instant.
    let path = format!("{}/end", at(&helping));
    let runners = [site.a(), site.b()].map(|by| {
        let path = path.as_str();
        Box::new(move || by.at(1).post(path, json!({})).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into_iter().collect());
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    end(site.b(), &at(&helping)).refuses(409, "reception.ended_already");
    assert_eq!(kinds(&site, &queue), ["arranged", "received", "ended"]);
}

fn what_is_altered_in_the_ledger_shows(app: App) {
    let site = Site::open(&app);
    let queue = queue(&site);
    end(site.a(), &at(&begin(&site, site.a(), "new").expect(201))).expect(200);
    begin(&site, site.b(), "new").expect(201);
    let proof = |broken: Value| {
        let proof = site.head().get(&format!("{queue}/verification")).expect(200);
        assert_eq!((proof.at("/is_sound"), proof.at("/broken_at")), (json!(broken.is_null()), broken));
    };
    proof(Value::Null);
    app.execute("DELETE FROM reception_entries WHERE sequence = 4");
    proof(json!(4));
    app.execute("UPDATE reception_entries SET what = REPLACE(what, 'taken', 'none') WHERE sequence = 2");
    proof(json!(2));
    app.execute("UPDATE reception_entries SET what = 'x' WHERE sequence = 1");
    proof(json!(1));
}
