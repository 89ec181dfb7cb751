//! Whose a customer is, as the worked examples have it. `[OWN-1 … OWN-18]`

use super::*;

stories! {
    example_1_the_first_contact_owns_and_says_why,
    example_2_a_completed_registration_does_not_overtake,
    example_3_a_later_receiver_is_refused_and_told_whose_the_customer_is,
    example_4_who_begins_for_another_does_not_register,
    example_5_a_chance_meeting_does_not_count,
    example_6_a_relation_counts_where_it_was_announced_before,
    example_7_a_competitors_man_is_registered_like_others,
    example_8_who_is_on_lunch_duty_owns_whom_they_receive,
    example_9_whom_the_company_passes_on_is_registered_as_such,
    example_10_a_call_followed_up_is_shared_with_whom_the_customer_names,
    example_11_a_voided_follow_up_never_counted,
}

/// A call of T to A, followed up after five and twelve days; the interactions.
fn called(site: &mut Site, app: &App) -> (String, Reply) {
    let t = site.file(14);
    let mut call = site.body(&t, nothing());
    call["channel"] = json!("call");
    site.a().post(REGISTRATIONS, call).expect(201);
    app.advance(Duration::days(5));
    site.sign_in_again(app);
    site.follow_up(site.a(), &t);
    app.advance(Duration::days(7));
    site.sign_in_again(app);
    let second = site.follow_up(site.a(), &t);
    app.advance(Duration::days(6));
    site.sign_in_again(app);
    (t, second)
}

fn names_b(site: &Site) -> Value {
    let mut asks = nothing();
    (asks["asks_for_somebody"], asks["asks_for_id"]) = (json!(true), json!(site.company.id("ming")));
    asks
}

fn example_1_the_first_contact_owns_and_says_why(app: App) {
    let site = Site::open(&app);
    let v = site.file(1);
    let made = site.register(site.a(), &v, nothing()).expect(201);
    assert_eq!((made.text("/number"), made.text("/status")), ("RG-2026-000001".into(), "complete".into()));
    assert_eq!(site.owner(&v), pair("lan", "OWN-1"));
    let shown = site.a().get(&place(&v)).expect(200);
    assert_eq!(shown.text("/chain/0/citation/policy"), "ownership/real-estate");
    assert_eq!(shown.at("/chain/0/citation/policy_version"), json!(1));
    assert!(shown.text("/chain/0/citation/clause").contains("第一接触点"));
    let looked = shown.at("/chain/0/looked_at");
    assert_eq!(
        column(&looked, "because").last().map(String::as_str),
        Some("not_received_before"),
        "{looked}"
    );
    assert_eq!(shown.text("/next/kind"), "follow_up_due");
    // Thirty days after 5 March: 4 April is the last.
    assert_eq!(shown.text("/protected_until"), "2026-04-04T16:00:00.000000Z");
    let listed = site.a().get("/api/v1/customers").expect(200);
    assert_eq!(column(&listed.at("/data"), "id"), [v], "the owner's list has them");
    let mine = site.a().get(&format!("{REGISTRATIONS}?status=complete")).expect(200).at("/data");
    assert_eq!(column(&mine, "number"), ["RG-2026-000001"]);
    let shown = site.a().get(&format!("{REGISTRATIONS}/{}", made.text("/id"))).expect(200);
    assert_eq!(shown.text("/receiver/name"), "lan");
    assert_eq!(column(&site.a().get(SITES).expect(200).at("/data"), "code"), ["north"]);
}

fn example_2_a_completed_registration_does_not_overtake(app: App) {
    let site = Site::open(&app);
    let w = site.file(2);
    let mut blank = nothing();
    blank["was_elsewhere"] = Value::Null;
    let begun = site.register(site.b(), &w, blank).expect(201);
    assert_eq!(
        (begun.text("/status"), begun.at("/missing")),
        ("incomplete".into(), json!(["was_elsewhere"]))
    );
    assert_eq!(site.owner(&w).0, "");
    let mut elsewhere = site.body(&w, nothing());
    elsewhere["site_id"] = json!(site.south);
    site.company.who("rep").post(REGISTRATIONS, elsewhere).expect(201);
    let registration = begun.header("location").expect("a place");
    let done = act(site.b(), &registration, "complete", json!({"inquiry": nothing()})).expect(200);
    assert_eq!(done.text("/status"), "complete");
    assert_eq!(site.owner(&w), pair("rep", "OWN-1"));
    let effects = site.ownership(&w).at("/effects");
    let lapse = effects.as_array().cloned().unwrap_or_default();
    assert!(lapse.iter().any(|one| one["kind"] == "lapse" && one["employee"]["name"] == "ming"), "{effects}");
    act(site.b(), &registration, "complete", json!({"inquiry": nothing()}))
        .refuses(409, "registration.complete_already");
}

fn example_3_a_later_receiver_is_refused_and_told_whose_the_customer_is(app: App) {
    let site = Site::open(&app);
    let v = site.file(3);
    site.register(site.a(), &v, nothing()).expect(201);
    let refused = site.register(&site.c, &v, nothing()).refuses(409, "ownership.refused");
    assert_eq!((refused.text("/rule"), refused.text("/params/owner")), ("OWN-1".into(), "lan".into()));
    assert_eq!(refused.text("/params/because"), "another_owns");
    assert_eq!(app.count_rows("registrations"), 1, "nothing was registered");
    site.c.get(&place(&v)).refuses(404, "http.not_found");
}

fn example_4_who_begins_for_another_does_not_register(app: App) {
    let site = Site::open(&app);
    let (v, x) = (site.file(4), site.file(5));
    site.register(site.a(), &v, nothing()).expect(201);
    let mut asks = nothing();
    (asks["was_introduced"], asks["introducer_id"]) = (json!(true), json!(v));
    (asks["asks_for_somebody"], asks["asks_for_id"]) = (json!(true), json!(site.company.id("lan")));
    let mut body = site.body(&x, asks.clone());
    body["entrusted_by_id"] = json!(site.company.id("lan"));
    let refused = site.b().post(REGISTRATIONS, body).refuses(409, "ownership.refused");
    assert_eq!(refused.text("/rule"), "OWN-3");
    assert!(refused.text("/clause").contains("受委托同事不做客户登记"));
    site.register(site.a(), &x, asks).expect(201);
    assert_eq!(site.owner(&x), pair("lan", "OWN-3"));
}

fn example_5_a_chance_meeting_does_not_count(app: App) {
    let site = Site::open(&app);
    let (v, y, z) = (site.file(6), site.file(7), site.file(8));
    site.register(site.a(), &v, nothing()).expect(201);
    let mut sent = nothing();
    (sent["was_introduced"], sent["introducer_id"]) = (json!(true), json!(v));
    site.register(&site.c, &y, sent.clone()).expect(201);
    assert_eq!(site.owner(&y), pair("chen", "OWN-1"));
    deed(site.head(), &z, "announce-introduction", json!({"introducer_id": v})).expect(200);
    app.advance(Duration::minutes(1));
    site.register(&site.c, &z, sent).expect(201);
    assert_eq!(site.owner(&z), pair("lan", "OWN-3"), "announced before");
}

fn example_6_a_relation_counts_where_it_was_announced_before(app: App) {
    let site = Site::open(&app);
    let (z, late) = (site.file_by(&site.d, 9), site.file_by(&site.d, 10));
    let of_d = json!({"relative_id": site.ids[1]});
    deed(&site.d, &z, "announce-relative", of_d.clone()).expect(200);
    app.advance(Duration::minutes(1));
    site.register(site.b(), &z, nothing()).expect(201);
    assert_eq!(site.owner(&z), pair("dong", "OWN-4"));
    let assist = site.ownership(&z).at("/effects/0");
    assert_eq!((&assist["kind"], &assist["employee"]["name"]), (&json!("assist"), &json!("ming")));
    site.register(site.b(), &late, nothing()).expect(201);
    deed(site.b(), &late, "announce-relative", of_d).expect(200);
    assert_eq!(site.owner(&late).0, "ming", "too late");
}

fn example_7_a_competitors_man_is_registered_like_others(app: App) {
    let site = Site::open(&app);
    let r = site.file(11);
    let mut body = site.body(&r, nothing());
    body["is_peer"] = json!(true);
    assert_eq!(site.b().post(REGISTRATIONS, body).expect(201).at("/is_peer"), json!(true));
    assert_eq!(site.owner(&r).0, "ming");
}

fn example_8_who_is_on_lunch_duty_owns_whom_they_receive(app: App) {
    let site = Site::open(&app);
    let north = format!("{SITES}/{}", site.north);
    act(site.head(), &north, "set-lunch-duty", json!({"employee_id": site.ids[1]})).expect(200);
    let new = site.file(12);
    site.register(&site.d, &new, nothing()).expect(201);
    assert_eq!(site.owner(&new), pair("dong", "OWN-9"));
}

fn example_9_whom_the_company_passes_on_is_registered_as_such(app: App) {
    let site = Site::open(&app);
    let s = site.file(13);
    let mut body = site.body(&s, nothing());
    body["channel"] = json!("assigned");
    site.c.post(REGISTRATIONS, body).expect(201);
    assert_eq!(site.owner(&s), pair("chen", "OWN-11"));
}

fn example_10_a_call_followed_up_is_shared_with_whom_the_customer_names(app: App) {
    let mut site = Site::open(&app);
    let (t, _) = called(&mut site, &app);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    site.register(site.b(), &t, names_b(&site)).expect(201);
    assert_eq!(site.owner(&t), pair("ming", "OWN-12"));
    let deal = "00000000-0000-7000-8000-00000000dea1";
    let signed = deed(site.head(), &t, "record-deal", json!({"deal_id": deal, "step": "signed"})).expect(200);
    assert_eq!(signed.text("/credits/0/owner/name"), "ming");
    assert_eq!(signed.at("/credits/0/is_frozen"), json!(true));
    let shares = signed.at("/credits/0/shares");
    assert_eq!((&shares[0]["bp"], &shares[1]["bp"]), (&json!(5000), &json!(5000)));
    assert_eq!(shares[1]["employee"]["name"], "lan");
}

fn example_11_a_voided_follow_up_never_counted(app: App) {
    let mut site = Site::open(&app);
    let (t, second) = called(&mut site, &app);
    let interaction = second.header("location").expect("a place");
    act(site.head(), &interaction, "void", json!({"reason": "无内容"})).expect(200);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    site.register(site.b(), &t, names_b(&site)).expect(201);
    let shown = site.ownership(&t);
    assert_eq!(shown.text("/owner/name"), "ming");
    let last = shown.at("/chain/1");
    assert_eq!(
        (last["rule"].as_str(), last["shares"][0]["bp"].as_u64()),
        (Some("phone_lapsed"), Some(10_000))
    );
    let facts = shown.at("/facts").as_array().cloned().unwrap_or_default();
    let voided: Vec<_> = facts.iter().filter(|fact| fact["is_voided"] == json!(true)).collect();
    assert_eq!((voided.len(), &voided[0]["voided_by"]["name"]), (1, &json!("head")), "{voided:?}");
}
