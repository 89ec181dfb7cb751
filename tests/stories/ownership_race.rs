//! Many come for one customer, one comes for many, and time comes at the same instant: what may happen once happens once.
//! `[OWN-15, OWN-17]`

use crate::{
    approval,
    expense_request::act,
    ownership::{Site, deed, nothing},
};
use chrono::Duration;
use domain::spine::{Clock, Timestamp};
use serde_json::{Value, json};
use tests::{App, Caller, block_on, race, stories};

stories! {
    fifty_customers_from_two_desks_have_one_owner_each,
    twenty_who_claim_one_customer_leave_one_owner,
    twenty_claims_of_one_person_come_to_five,
    a_dispute_opened_while_a_transfer_is_approved_leaves_one_story,
    two_who_end_a_reception_end_it_once,
    a_follow_up_as_protection_ends_keeps_the_customer_or_comes_too_late,
}

/// How often each race is run.
const ROUNDS: u32 = 50;

type Runner<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

fn pooled(site: &Site, by: &Caller, number: u32) -> String {
    let customer = site.file(number);
    site.register(by, &customer, nothing()).expect(201);
    deed(by, &customer, "release", json!({"reason": "客户搬离本市"})).expect(200);
    customer
}

fn count(app: &App, what: &str) -> i64 {
    app.number(&format!("SELECT COUNT(*) AS number FROM {what}"))
}

/// The rules of the site with another pool, so that the same people and customers serve for all rounds.
fn with_pool(site: &Site, change: &Value) {
    let code = "ownership/real-estate";
    let found = site.company.boss.get(&format!("/api/v1/policies?code={code}")).expect(200);
    let mut content = found.at("/data/0/content");
    for (name, value) in change.as_object().expect("an object") {
        content["pool"][name] = value.clone();
    }
    let body = json!({"code": code, "title": "客户归属规则", "content": content, "clause": "002 §5",
        "effective_from": "2026-03-05"});
    let draft = site.company.boss.post("/api/v1/policies", body).expect(201).text("/id");
    site.company.boss.at(1).act(&format!("/api/v1/policies/{draft}/publish")).expect(200);
}

fn fifty_customers_from_two_desks_have_one_owner_each(app: App) {
    let site = Site::open(&app);
    for number in 1..=ROUNDS {
        let customer = site.file(number);
        let desks = [site.a(), site.b()].map(|by| {
            let (site, customer) = (&site, customer.as_str());
            Box::new(move || site.register(by, customer, nothing()).status) as Runner<'_, u16>
        });
        let mut answers = race(desks.into());
        answers.sort_unstable();
        assert_eq!(answers, [201, 409], "round {number}");
    }
    assert_eq!(app.count_rows("registrations"), 50);
    assert_eq!(count(&app, "customer_standings WHERE state = 'owned'"), 50);
}

fn twenty_who_claim_one_customer_leave_one_owner(app: App) {
    let site = Site::open(&app);
    with_pool(&site, &json!({"claims_per_day": 1_000, "owned_max": 1_000, "waiting_days": 0}));
    let customer = pooled(&site, &site.d, 1);
    for round in 1..=ROUNDS {
        let claimants = (0..20).map(|which| {
            let by = [site.a(), site.b(), &site.c][which % 3];
            let customer = customer.as_str();
            let claim = move || (which % 3, deed(by, customer, "claim", json!(null)).status);
            Box::new(claim) as Runner<'_, (usize, u16)>
        });
        let answers = race(claimants.collect());
        let won: Vec<usize> =
            answers.iter().filter(|(_, status)| *status == 200).map(|(which, _)| *which).collect();
        let lost = answers.iter().filter(|(_, status)| *status == 409).count();
        assert_eq!((won.len(), lost), (1, 19), "round {round}: {answers:?}");
        let winner = [site.a(), site.b(), &site.c][won[0]];
        deed(winner, &customer, "release", json!({"reason": "客户搬离本市"})).expect(200);
    }
    assert_eq!(count(&app, "ownership_facts WHERE kind = 'claimed'"), i64::from(ROUNDS));
}

fn twenty_claims_of_one_person_come_to_five(app: App) {
    let mut site = Site::open(&app);
    with_pool(&site, &json!({"waiting_days": 0, "department_days": 365}));
    let pool: Vec<String> = (1..=20).map(|number| pooled(&site, site.b(), number)).collect();
    for round in 1..=ROUNDS {
        let claims = pool.iter().map(|customer| {
            let by = site.a();
            Box::new(move || deed(by, customer, "claim", json!(null)).status) as Runner<'_, u16>
        });
        let answers = race(claims.collect());
        let won: Vec<&String> =
            pool.iter().zip(&answers).filter(|(_, status)| **status == 200).map(|(one, _)| one).collect();
        let lost = answers.iter().filter(|status| **status == 409).count();
        assert_eq!((won.len(), lost), (5, 15), "round {round}: {answers:?}");
        assert_eq!(count(&app, "ownership_facts WHERE kind = 'claimed'"), i64::from(round) * 5);
        assert_eq!(count(&app, "customer_standings WHERE state = 'department_pool'"), 15);
        // They go back, and the next day five more may be claimed.
        for customer in won {
            deed(site.a(), customer, "release", json!({"reason": "联系不上"})).expect(200);
        }
        app.advance(Duration::days(1));
        site.sign_in_again(&app);
    }
}

fn a_dispute_opened_while_a_transfer_is_approved_leaves_one_story(app: App) {
    let site = Site::open(&app);
    for number in 1..=ROUNDS {
        let customer = site.file(number);
        site.register(site.a(), &customer, nothing()).expect(201);
        let body = json!({"to_id": site.company.id("ming"), "customer_ids": [customer], "reason": "调岗"});
        let made = site.a().post("/api/v1/ownership-transfers", body).expect(201);
        let transfer = made.header("location").expect("a place");
        let waiting = act(site.a(), &transfer, "submit", json!(null)).expect(200).text("/approval_id");
        let read = site.head().get(&approval::path(&waiting)).expect(200);
        let runners: Vec<Runner<'_, u16>> = vec![
            Box::new(|| {
                let claim = json!({"customer_id": customer, "claim": "客户先由我接待"});
                site.c.post("/api/v1/ownership-disputes", claim).status
            }),
            Box::new(|| {
                let body = json!({"document_version": read.at("/document/version")});
                site.head()
                    .at(read.version())
                    .post(&format!("{}/approve", approval::path(&waiting)), body)
                    .status
            }),
        ];
        assert_eq!(race(runners), [201, 200], "round {number}");
        let outcome = site.a().get(&transfer).expect(200).text("/customers/0/outcome");
        let owner = site.owner(&customer).0;
        let expected = if outcome == "moved" { "ming" } else { "lan" };
        assert_eq!(owner, expected, "{outcome}");
        assert!(["moved", "refused"].contains(&outcome.as_str()), "{outcome}");
        assert!(site.ownership(&customer).at("/dispute_id").is_string());
    }
}

fn two_who_end_a_reception_end_it_once(app: App) {
    let site = Site::open(&app);
    let order = json!([site.company.id("lan"), site.company.id("ming"), site.ids[0], site.ids[1]]);
    let body = json!({"site_id": site.north, "order": order});
    site.head().post("/api/v1/reception-queues", body).expect(201);
    let customer = site.file(1);
    site.register(site.a(), &customer, nothing()).expect(201);
    for round in 1..=ROUNDS {
        let visit = json!({"site_id": site.north, "visitor": "returning", "customer_id": customer});
        let helping = site.b().post("/api/v1/receptions", visit).expect(201);
        let path = format!("/api/v1/receptions/{}/end", helping.text("/id"));
        // Whose visitor it is and who helps, each of them twice.
        let runners = [site.a(), site.b(), site.a(), site.b()].map(|by| {
            let path = path.as_str();
            Box::new(move || by.at(1).post(path, json!({})).status) as Runner<'_, u16>
        });
        let mut answers = race(runners.into());
        answers.sort_unstable();
        assert_eq!(answers, [200, 412, 412, 412], "round {round}");
    }
    let ended = "reception_entries WHERE kind = 'ended'";
    assert_eq!(count(&app, ended), i64::from(ROUNDS), "each once in the ledger");
}

/// Goes on to an instant that an ownership names, less so many microseconds.
fn until(app: &App, site: &mut Site, instant: &str, less: i64) {
    let instant: Timestamp = serde_json::from_value(json!(instant)).expect("an instant");
    let gap = instant.since(app.clock.now()) - Duration::microseconds(less);
    app.advance(gap);
    site.sign_in_again(app);
}

/// In one instant time moves all of them, at several servers, and each is followed up.
fn followed_up_meanwhile(app: &App, site: &Site, customers: &[String]) -> Vec<u16> {
    let database = &app.database;
    let servers = (0..3).map(|_| {
        let settles = move || block_on(api::settle_ownership(database)).map(|()| None);
        Box::new(move || settles().expect("what has fallen is written down")) as Runner<'_, Option<u16>>
    });
    let contacts = customers.iter().map(|customer| {
        let report = json!({"minutes": 5, "content": "电话沟通户型与预算，约定下次来访时间"});
        let body = json!({"customer_id": customer, "kind": "call", "report": report});
        let contact = move || Some(site.a().post("/api/v1/interactions", body).status);
        Box::new(contact) as Runner<'_, Option<u16>>
    });
    race(servers.chain(contacts).collect()).into_iter().flatten().collect()
}

fn a_follow_up_as_protection_ends_keeps_the_customer_or_comes_too_late(app: App) {
    let mut site = Site::open(&app);
    let customers: Vec<String> = (1..=ROUNDS).map(|number| site.file(number)).collect();
    for customer in &customers {
        site.register(site.a(), customer, nothing()).expect(201);
    }
    // In the last microsecond of the protection everybody is kept, whoever looks meanwhile.
    let ends = site.ownership(&customers[0]).text("/protected_until");
    until(&app, &mut site, &ends, 1);
    let answers = followed_up_meanwhile(&app, &site, &customers);
    assert!(answers.iter().all(|status| *status == 201), "{answers:?}");
    app.advance(Duration::microseconds(1));
    block_on(api::settle_ownership(&app.database)).expect("nothing falls");
    assert_eq!(count(&app, "customer_standings WHERE state = 'owned'"), i64::from(ROUNDS));
    // In the very instant in which it ends everybody has fallen, whether a server or the contact came first.
    let ends = site.ownership(&customers[0]).text("/protected_until");
    until(&app, &mut site, &ends, 0);
    followed_up_meanwhile(&app, &site, &customers);
    block_on(api::settle_ownership(&app.database)).expect("all have fallen");
    assert_eq!(count(&app, "customer_standings WHERE state = 'department_pool'"), i64::from(ROUNDS));
    for customer in &customers {
        let chain = site.ownership(customer).at("/chain");
        let states = tests::column(&chain, "state");
        assert_eq!(states.last().map(String::as_str), Some("pooled"), "{chain}");
        assert_eq!(states.iter().filter(|state| *state == "pooled").count(), 1, "fallen once: {chain}");
    }
}
