//! Many come for one customer, one comes for many, and time comes at the same instant: what may happen once happens once.
//! `[OWN-15, OWN-17]`

use crate::{
    approval,
    expense_request::act,
    ownership::{Site, deed, nothing},
};
use serde_json::json;
use tests::{App, Caller, race, stories};

stories! {
    fifty_customers_from_two_desks_have_one_owner_each,
    twenty_who_claim_one_customer_leave_one_owner,
    twenty_claims_of_one_person_come_to_five,
    a_dispute_opened_while_a_transfer_is_approved_leaves_one_story,
}

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

fn fifty_customers_from_two_desks_have_one_owner_each(app: App) {
    let site = Site::open(&app);
    for number in 1..=50 {
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
    // Each of three claims five a day at most: so many rounds there are.
    for number in 1..=5 {
        let customer = pooled(&site, &site.d, number);
        let claimants = (0..20).map(|which| {
            let by = [site.a(), site.b(), &site.c][which % 3];
            let customer = customer.as_str();
            Box::new(move || deed(by, customer, "claim", json!(null)).status) as Runner<'_, u16>
        });
        let answers = race(claimants.collect());
        let won = answers.iter().filter(|status| **status == 200).count();
        let lost = answers.iter().filter(|status| **status == 409).count();
        assert_eq!((won, lost), (1, 19), "{answers:?}");
    }
    assert_eq!(count(&app, "ownership_facts WHERE kind = 'claimed'"), 5);
}

fn twenty_claims_of_one_person_come_to_five(app: App) {
    let site = Site::open(&app);
    let pool: Vec<String> = (1..=20).map(|number| pooled(&site, site.b(), number)).collect();
    let claims = pool.iter().map(|customer| {
        let by = site.a();
        Box::new(move || deed(by, customer, "claim", json!(null)).status) as Runner<'_, u16>
    });
    let mut answers = race(claims.collect());
    answers.sort_unstable();
    assert_eq!(
        (answers.iter().filter(|status| **status == 200).count(), answers[19]),
        (5, 409),
        "{answers:?}"
    );
    assert_eq!(count(&app, "ownership_facts WHERE kind = 'claimed'"), 5);
    assert_eq!(count(&app, "customer_standings WHERE state = 'department_pool'"), 15);
}

fn a_dispute_opened_while_a_transfer_is_approved_leaves_one_story(app: App) {
    let site = Site::open(&app);
    for number in 1..=15 {
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
