//! Another tier than the model gives is held once approvers agree, until its day. `[TIE-1]`

use crate::{
    approval,
    customer_tier::{figure, open, simple, supervised, tier},
    duty::publish,
    expense_request::{act, submit},
    ownership::Site,
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, block_on, column, records, stories};

stories! {
    an_approved_override_is_held_until_its_day_and_the_model_goes_on_behind_it,
    an_override_is_changed_taken_back_and_given_up,
    what_an_override_may_not_say_is_refused,
}

records! {
    "/api/v1/tier-overrides/{id}" => an_override,
}

const OVERRIDES: &str = "/api/v1/tier-overrides";

fn an_override(made: &Records<'_>) -> String {
    let customer = made.id("/api/v1/customers/{id}");
    made.post("lan", "/api/v1/tier-overrides/{id}", body(&customer, "A", "2026-06-30"))
}

fn body(customer: &str, tier: &str, until: &str) -> Value {
    json!({"customer_id": customer, "tier": tier, "until": until, "reason": "战略合作框架协议已签"})
}

fn draft(by: &Caller, customer: &str, tier: &str, until: &str) -> Reply {
    by.post(OVERRIDES, body(customer, tier, until))
}

fn enabled(reply: &Reply) -> Vec<String> {
    let actions = reply.at("/actions").as_array().cloned().unwrap_or_default();
    let allowed = actions.iter().filter(|action| action["allowed"] == true);
    allowed.filter_map(|action| action["name"].as_str().map(str::to_owned)).collect()
}

fn an_approved_override_is_held_until_its_day_and_the_model_goes_on_behind_it(app: App) {
    let mut site = Site::open(&app);
    let v = site.file_by(site.a(), 1);
    supervised(&site.company);
    publish(&site.company.boss, "tier-model/company", &simple(), "2026-03-05");
    site.a().post("/api/v1/tier-figures", figure(&v, "50")).expect(201);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    open(site.company.who("gm"), "2026-03-05").expect(201);
    assert_eq!(tier(site.a(), &v).text("/held/tier"), "B");
    let drafted = draft(site.a(), &v, "A", "2026-03-08").expect(201);
    assert_eq!((drafted.text("/number"), drafted.text("/status")), ("TO-2026-000001".into(), "draft".into()));
    assert_eq!(enabled(&drafted), ["revise", "submit", "void"]);
    let place = drafted.header("location").expect("a place");
    site.a().get(&format!("{place}/approval-preview")).expect(200);
    let waiting = submit(site.a(), &place);
    assert_eq!(tier(site.a(), &v).text("/held/tier"), "B", "nothing changes before");
    approval::act(site.head(), &waiting, "approve", json!({})).expect(200);
    let shown = tier(site.a(), &v);
    assert_eq!((shown.text("/held/tier"), shown.text("/held/cause")), ("A".into(), "overridden".into()));
    assert_eq!(
        (shown.text("/held/until"), shown.at("/rule/follow_up_days")),
        ("2026-03-08".into(), json!(7))
    );
    let listed =
        site.a().get(&format!("{OVERRIDES}?status=approved&customer_id={v}")).expect(200).at("/data");
    assert_eq!(column(&listed, "tier"), ["A"]);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    open(site.company.who("gm"), "2026-03-06").expect(201);
    let shown = tier(site.a(), &v);
    assert_eq!((shown.text("/held/tier"), shown.text("/assessment/tier")), ("A".into(), "B".into()));
    app.advance(Duration::days(2));
    site.sign_in_again(&app);
    assert_eq!(tier(site.a(), &v).text("/held/tier"), "B", "whether or not a server has looked");
    for _ in 0..2 {
        block_on(api::attend_tiers(&app.database)).expect("runs attended to");
    }
    assert_eq!(crate::duty::events(&app, "customer_tier.override_ended").len(), 1);
    let listed = site.a().get("/api/v1/customers?tier=B").expect(200).at("/data");
    assert_eq!(column(&listed, "id"), std::slice::from_ref(&v), "the list follows");
    assert_eq!(column(&site.ownership(&v).at("/facts"), "kind"), ["tiered", "tiered", "tiered"]);
}

fn an_override_is_changed_taken_back_and_given_up(app: App) {
    let site = Site::open(&app);
    let v = site.file_by(site.a(), 1);
    let place = draft(site.a(), &v, "A", "2026-06-30").expect(201).header("location").expect("a place");
    let changed = site.a().at(1).patch(&place, json!({"tier": "B", "until": "2026-07-31"})).expect(200);
    assert_eq!((changed.text("/tier"), changed.text("/until")), ("B".into(), "2026-07-31".into()));
    site.b().get(&place).refuses(404, "http.not_found");
    submit(site.a(), &place);
    site.a().at(3).patch(&place, json!({"tier": "A"})).refuses(409, "document.not_editable");
    let back = act(site.a(), &place, "withdraw", json!({"note": "再核对"})).expect(200);
    assert_eq!(
        (back.text("/status"), enabled(&back)),
        ("withdrawn".into(), vec!["revise".into(), "submit".into(), "void".into()])
    );
    let waiting = submit(site.a(), &place);
    approval::act(site.head(), &waiting, "reject", json!({"reason": "依据不足"})).expect(200);
    let void = act(site.a(), &place, "void", json!({"reason": "不再需要"})).expect(200);
    assert_eq!(void.text("/status"), "void");
    assert_eq!(tier(site.a(), &v).at("/held"), Value::Null);
}

fn what_an_override_may_not_say_is_refused(app: App) {
    let mut site = Site::open(&app);
    let v = site.file_by(site.a(), 1);
    draft(site.a(), &v, "Z", "2026-06-30").refuses(422, "tier_override.tier_unknown");
    draft(site.a(), &v, "A", "2026-03-04").expect(422);
    draft(site.a(), &v, "A", "2029-03-04").expect(422);
    draft(&site.c, &v, "A", "2026-06-30").refuses(422, "validation.unknown_reference");
    supervised(&site.company);
    app.advance(Duration::days(1));
    site.sign_in_again(&app);
    open(site.company.who("gm"), "2026-03-05").expect(201);
    draft(site.a(), &v, "D", "2026-06-30").refuses(409, "tier_override.held_already");
}
