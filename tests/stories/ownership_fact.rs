//! What facts of ownership may and may not do: which do not count, what a leaver leaves behind, where an owner belongs.
//! `[OWN-3, OWN-4, OWN-5, OWN-8, OWN-14, OWN-18]`

use crate::{
    expense_request::act,
    ownership::{REGISTRATIONS, Site, deed, nothing, pair, place},
    ownership_transfer::hand_over,
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Reply, column, stories};

stories! {
    only_what_people_noted_of_a_contact_is_voided,
    nothing_is_voided_while_it_is_disputed_whose_they_are,
    who_has_a_part_voids_nothing,
    a_relation_is_announced_by_whose_it_is_or_who_is_above,
    who_left_becomes_nobodys_owner_by_what_was_announced,
    a_customer_belongs_to_the_department_of_the_owner,
    a_leavers_share_is_shown_whoever_owns_the_customer,
}

const DEAL: &str = "00000000-0000-7000-8000-00000000dea1";

fn void(site: &Site, customer: &str, fact: &str) -> Reply {
    deed(site.head(), customer, "void-fact", json!({"fact_id": fact, "reason": "误登记"}))
}

/// The last fact of a kind.
fn fact(site: &Site, customer: &str, kind: &str) -> String {
    let facts = site.ownership(customer).at("/facts");
    let facts = facts.as_array().cloned().unwrap_or_default();
    let found = facts.iter().rev().find(|fact| fact["kind"] == kind).expect("a fact of the kind");
    found["id"].as_str().unwrap_or_default().to_owned()
}

fn leave(site: &Site, employee: &str) {
    let place = format!("/api/v1/employees/{employee}");
    let version = site.company.boss.get(&place).expect(200).version();
    let leave = json!({"despite_open_matters": true});
    site.company.boss.at(version).post(&format!("{place}/leave"), leave).expect(200);
}

fn only_what_people_noted_of_a_contact_is_voided(app: App) {
    let site = Site::open(&app);
    let v = site.file(1);
    deed(&site.d, &site.file_by(&site.d, 2), "announce-relative", json!({"relative_id": site.ids[1]}))
        .expect(200);
    site.register(site.a(), &v, nothing()).expect(201);
    deed(site.head(), &v, "lock", json!({"until": "2026-03-20T00:00:00+08:00"})).expect(200);
    for step in ["deposited", "signed"] {
        deed(site.head(), &v, "record-deal", json!({"deal_id": DEAL, "step": step})).expect(200);
    }
    for kind in ["locked", "deposited", "signed"] {
        let refused = void(&site, &v, &fact(&site, &v, kind)).refuses(409, "ownership.not_voidable");
        assert_eq!((refused.text("/params/kind"), refused.text("/rule")), (kind.into(), "OWN-15".into()));
    }
    let contact = site.follow_up(site.a(), &v).text("/id");
    assert_eq!(fact(&site, &v, "followed_up"), contact);
    void(&site, &v, &contact).expect(200);
    void(&site, &v, &fact(&site, &v, "registered")).expect(200);
    assert_eq!(site.ownership(&v).text("/state"), "unowned");
}

fn nothing_is_voided_while_it_is_disputed_whose_they_are(app: App) {
    let site = Site::open(&app);
    let v = site.file(3);
    site.register(site.a(), &v, nothing()).expect(201);
    let claim = json!({"customer_id": v, "claim": "客户先由我接待"});
    let dispute = site.c.post("/api/v1/ownership-disputes", claim).expect(201);
    let dispute = format!("/api/v1/ownership-disputes/{}", dispute.text("/id"));
    let refused = void(&site, &v, &fact(&site, &v, "registered")).refuses(409, "ownership.refused");
    assert_eq!(
        (refused.text("/rule"), refused.text("/params/because")),
        ("OWN-14".into(), "disputed".into())
    );
    void(&site, &v, &fact(&site, &v, "dispute_opened")).refuses(409, "ownership.not_voidable");
    assert!(site.ownership(&v).at("/dispute_id").is_string(), "it is open still");
    for party in [&site.c, site.a()] {
        act(party, &dispute, "add-evidence", json!({"content": "有记录"})).expect(200);
    }
    act(site.head(), &dispute, "mediate", json!({"note": "未达成一致"})).expect(200);
    act(site.head(), &dispute, "rule", json!({"owner_id": site.ids[0], "reasons": "第一接触在先"}))
        .expect(200);
    void(&site, &v, &fact(&site, &v, "ruled")).refuses(409, "ownership.not_voidable");
    assert_eq!(site.owner(&v), pair("chen", "OWN-14"), "a ruling is final");
}

fn who_has_a_part_voids_nothing(app: App) {
    let site = Site::open(&app);
    let v = site.file(4);
    site.register(site.head(), &v, nothing()).expect(201);
    assert_eq!(site.owner(&v).0, "head");
    let registered = fact(&site, &v, "registered");
    let refused = void(&site, &v, &registered).refuses(403, "ownership.own_case");
    assert_eq!(refused.text("/rule"), "OWN-15");
    // Nor who would gain by it: the head is a relative, which A's registration came before.
    let w = site.file(5);
    site.register(site.a(), &w, nothing()).expect(201);
    deed(site.head(), &w, "announce-relative", json!({"relative_id": site.company.id("head")})).expect(200);
    let director = site.company.who("director");
    let wrong = json!({"fact_id": registered, "reason": "误登记"});
    director.post(&format!("{}/void-fact", place(&v)), wrong).expect(200);
    assert_eq!(site.ownership(&v).text("/state"), "unowned", "whoever has no part in it voids it");
}

fn a_relation_is_announced_by_whose_it_is_or_who_is_above(app: App) {
    let site = Site::open(&app);
    let z = site.file_by(&site.d, 9);
    let of = |who: &str| json!({"relative_id": who});
    let refused = deed(&site.d, &z, "announce-relative", of(&site.ids[0]));
    let refused = refused.refuses(403, "ownership.not_yours_to_announce");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("OWN-4".into(), "/relative_id".into())
    );
    deed(site.head(), &z, "announce-relative", of(&site.ids[1])).expect(200);
    // Whoever receives no customers has none by it.
    let (boss, marketing) = (&site.company.boss, &site.company.departments["marketing"]);
    let clerk = app.hire(boss, "clerk", marketing, Some(site.company.id("head")));
    deed(site.head(), &z, "announce-relative", of(&clerk)).refuses(422, "ownership.serves_nobody");
}

fn who_left_becomes_nobodys_owner_by_what_was_announced(app: App) {
    let site = Site::open(&app);
    let (v, x, z) = (site.file(10), site.file(11), site.file_by(&site.d, 12));
    deed(&site.d, &z, "announce-relative", json!({"relative_id": site.ids[1]})).expect(200);
    site.register(site.a(), &v, nothing()).expect(201);
    deed(site.head(), &x, "announce-introduction", json!({"introducer_id": v})).expect(200);
    app.advance(Duration::minutes(1));
    leave(&site, &site.ids[1]);
    site.register(site.b(), &z, nothing()).expect(201);
    assert_eq!(site.owner(&z), pair("ming", "OWN-1"), "whoever received them");
    let looked = site.ownership(&z).at("/chain/0/looked_at");
    assert!(column(&looked, "because").contains(&"serves_nobody".to_owned()), "{looked}");
    site.company.leave("lan");
    let mut brought = nothing();
    (brought["was_introduced"], brought["introducer_id"]) = (json!(true), json!(v));
    site.register(&site.c, &x, brought).expect(201);
    assert_eq!(site.owner(&x), pair("chen", "OWN-1"));
}

fn a_customer_belongs_to_the_department_of_the_owner(app: App) {
    let site = Site::open(&app);
    let v = site.file(13);
    let mut named = nothing();
    (named["asks_for_somebody"], named["asks_for_id"]) = (json!(true), json!(site.company.id("lan")));
    let mut body = site.body(&v, named);
    body["site_id"] = json!(site.south);
    site.company.who("rep").post(REGISTRATIONS, body).expect(201);
    assert_eq!(site.owner(&v), pair("lan", "OWN-5"));
    let shown = site.ownership(&v).text("/chain/0/department/id");
    assert_eq!(shown, site.company.departments["marketing"], "not where whoever received them works");
    deed(site.a(), &v, "release", json!({"reason": "客户搬离本市"})).expect(200);
    deed(site.b(), &v, "claim", Value::Null).expect(200);
}

fn a_leavers_share_is_shown_whoever_owns_the_customer(app: App) {
    let site = Site::open(&app);
    let (w, v) = (site.file(14), site.file(15));
    site.register(site.a(), &w, nothing()).expect(201);
    let mut shows = nothing();
    (shows["was_elsewhere"], shows["elsewhere_id"]) = (json!(true), json!(site.north));
    let mut body = site.body(&w, shows);
    body["site_id"] = json!(site.south);
    site.company.who("rep").post(REGISTRATIONS, body).expect(201);
    deed(site.head(), &w, "record-deal", json!({"deal_id": DEAL, "step": "signed"})).expect(200);
    site.company.leave("rep");
    let shown = site.ownership(&w);
    assert_eq!(
        (shown.text("/owner/name"), column(&shown.at("/credits/0/leavers"), "name")),
        ("lan".into(), vec!["rep".to_owned()])
    );
    // Of what is signed after it the share is a leaver's as well.
    let later = json!({"deal_id": "00000000-0000-7000-8000-00000000dea2", "step": "signed"});
    let shown = deed(site.head(), &w, "record-deal", later).expect(200);
    assert_eq!(column(&shown.at("/credits/1/leavers"), "name"), ["rep"]);
    // And of what was handed on since.
    site.register(site.a(), &v, nothing()).expect(201);
    let deal = json!({"deal_id": "00000000-0000-7000-8000-00000000dea3", "step": "signed"});
    deed(site.head(), &v, "record-deal", deal).expect(200);
    hand_over(&site.company, &v, "lan", "ming");
    site.company.leave("lan");
    let shown = site.ownership(&v);
    assert_eq!(
        (shown.text("/owner/name"), column(&shown.at("/credits/0/leavers"), "name")),
        ("ming".into(), vec!["lan".to_owned()])
    );
}
