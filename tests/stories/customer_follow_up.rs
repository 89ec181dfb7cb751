//! Before protection ends the owner is warned, and a contact is owed: made in time it keeps the customer, missed it loses them.
//! `[TIE-2, OWN-15]`

use crate::{
    customer_tier::{figure, open, simple, supervised},
    duty::{DUTIES, attend, events, go_on, publish},
    ownership::{Site, deed, nothing},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Reply, block_on, column, race, stories};

stories! {
    the_first_warning_calls_for_a_contact_and_the_owners_own_fulfils_it,
    who_makes_no_contact_loses_the_customer_and_has_missed_what_they_owed,
    what_ends_the_interval_ends_what_is_owed,
    a_tier_moves_the_day_and_takes_nothing_that_was_safe,
    a_fall_and_a_contact_in_one_instant_leave_one_story,
}

const RULE: &str = "duty-rule/customer-follow-up";

fn owned(site: &Site, number: u32) -> String {
    let customer = site.file(number);
    site.register(site.a(), &customer, nothing()).expect(201);
    customer
}

fn warn(app: &App) {
    block_on(api::warn_owners(&app.database)).expect("owners warned");
}

fn later(app: &App, site: &mut Site, days: i64) {
    app.advance(Duration::days(days));
    site.sign_in_again(app);
}

fn duties(by: &Caller) -> Value {
    by.get(&format!("{DUTIES}?rule_code={RULE}")).expect(200).at("/data")
}

fn standing(by: &Caller, customer: &str) -> Reply {
    by.get(&format!("/api/v1/customers/{customer}")).expect(200)
}

fn the_first_warning_calls_for_a_contact_and_the_owners_own_fulfils_it(app: App) {
    let mut site = Site::open(&app);
    let v = owned(&site, 1);
    later(&app, &mut site, 22);
    warn(&app);
    assert_eq!(duties(site.a()), json!([]), "too early");
    // Protection ends with 4 April: seven days before is 29 March.
    later(&app, &mut site, 2);
    for _ in 0..2 {
        warn(&app);
    }
    let owed = duties(site.a());
    assert_eq!(column(&owed, "due_at"), ["2026-04-04T16:00:00.000000Z"]);
    assert_eq!(standing(site.a(), &v).text("/standing/follow_up_on"), "2026-04-04");
    let warned = events(&app, "customer_ownership.protection_warned");
    let facts: Vec<_> =
        warned.iter().map(|one| (one["facts"]["days"].clone(), one["facts"]["next"].clone())).collect();
    assert_eq!(facts, [(json!(7), json!("follow_up_due"))], "{warned:?}");
    site.follow_up(site.head(), &v);
    assert_eq!(column(&duties(site.a()), "status"), ["open"], "only whoever keeps the customer by it");
    site.follow_up(site.a(), &v);
    assert_eq!(column(&duties(site.a()), "status"), ["on_time"]);
    assert_eq!(standing(site.a(), &v).at("/standing/follow_up_on"), Value::Null);
    later(&app, &mut site, 24);
    warn(&app);
    let mut statuses = column(&duties(site.a()), "status");
    statuses.sort_unstable();
    assert_eq!(statuses, ["on_time", "open"], "the next interval");
}

fn who_makes_no_contact_loses_the_customer_and_has_missed_what_they_owed(app: App) {
    let mut site = Site::open(&app);
    let v = owned(&site, 1);
    later(&app, &mut site, 24);
    warn(&app);
    // Servers leave signs, so that nobody is let off.
    for days in [4, 2] {
        go_on(&app, &mut site.company, days * 24);
        warn(&app);
    }
    let warned = events(&app, "customer_ownership.protection_warned");
    let mut days: Vec<_> = warned.iter().filter_map(|one| one["facts"]["days"].as_u64()).collect();
    days.sort_unstable();
    assert_eq!(days, [1, 3, 7]);
    go_on(&app, &mut site.company, 24);
    block_on(api::settle_ownership(&app.database)).expect("settled");
    attend(&app);
    assert_eq!(standing(site.head(), &v).text("/standing/state"), "department_pool");
    let missed = site.head().get(&format!("{DUTIES}?rule_code={RULE}&whose=all")).expect(200).at("/data");
    assert_eq!(column(&missed, "status"), ["missed"]);
    assert_eq!(missed[0]["responsible"]["name"], "lan", "it stays with who owed it");
    assert_eq!(events(&app, "customer_ownership.follow_up_over").len(), 0);
}

fn what_ends_the_interval_ends_what_is_owed(app: App) {
    let mut site = Site::open(&app);
    let (bought, given) = (owned(&site, 1), owned(&site, 2));
    later(&app, &mut site, 25);
    warn(&app);
    assert_eq!(column(&duties(site.a()), "status"), ["open", "open"]);
    let deal = json!({"deal_id": "00000000-0000-7000-8000-00000000dea1", "step": "deposited"});
    deed(site.head(), &bought, "record-deal", deal).expect(200);
    deed(site.head(), &given, "assign", json!({"employee_id": site.company.id("ming")})).expect(200);
    assert_eq!(column(&duties(site.a()), "status"), ["cancelled", "cancelled"]);
    assert_eq!(events(&app, "customer_ownership.follow_up_over").len(), 2);
}

fn a_tier_moves_the_day_and_takes_nothing_that_was_safe(app: App) {
    let mut site = Site::open(&app);
    supervised(&site.company);
    publish(&site.company.boss, "tier-model/company", &simple(), "2026-03-05");
    let (stricter, locked) = (owned(&site, 1), owned(&site, 2));
    later(&app, &mut site, 25);
    warn(&app);
    site.a().post("/api/v1/tier-figures", figure(&stricter, "80")).expect(201);
    later(&app, &mut site, 1);
    open(site.company.who("gm"), "2026-03-30").expect(201);
    // A week between contacts, of which three have passed: what was left of thirty days stays.
    assert_eq!(site.ownership(&stricter).text("/protected_until"), "2026-04-04T16:00:00.000000Z");
    let until = json!({"until": "2026-04-20T12:00:00+08:00"});
    deed(site.head(), &locked, "lock", until).expect(200);
    let days = column(&duties(site.a()), "due_at");
    assert!(days.contains(&"2026-04-20T16:00:00.000000Z".to_owned()), "{days:?}");
    assert!(days.contains(&"2026-04-04T16:00:00.000000Z".to_owned()), "{days:?}");
    assert_eq!(events(&app, "customer_ownership.follow_up_moved").len(), 1);
    site.follow_up(site.a(), &stricter);
    assert_eq!(
        site.ownership(&stricter).text("/protected_until"),
        "2026-04-07T16:00:00.000000Z",
        "a week from the next contact on"
    );
}

fn a_fall_and_a_contact_in_one_instant_leave_one_story(app: App) {
    let mut site = Site::open(&app);
    let customers: Vec<String> = (1..=5).map(|number| owned(&site, number)).collect();
    later(&app, &mut site, 30);
    app.advance(Duration::hours(14) + Duration::minutes(31));
    site.sign_in_again(&app);
    for v in &customers {
        let runners: Vec<Box<dyn FnOnce() -> u16 + Send>> = vec![
            Box::new(|| {
                let report = json!({"minutes": 5, "content": "电话沟通户型与预算，约定下次来访时间"});
                let body = json!({"customer_id": v, "kind": "call", "report": report});
                site.a().post("/api/v1/interactions", body).status
            }),
            Box::new(|| block_on(api::settle_ownership(&app.database)).map_or(500, |()| 200)),
        ];
        // Protection ended half an hour ago: whoever comes first, the customer is in the pool. The former owner may find
        // that they see them no longer.
        let answers = race(runners);
        assert!([201, 422].contains(&answers[0]) && answers[1] == 200, "{answers:?}");
        let shown = site.ownership(v);
        assert_eq!(
            (shown.text("/state"), shown.text("/chain/1/rule")),
            ("pooled".into(), "protection".into())
        );
        assert_eq!(shown.text("/chain/1/from"), "2026-04-04T16:00:00.000000Z");
    }
}
