//! What happens to a duty in the same instant: it is done and missed, let go and charged; each once. `[DUT-2c, DUT-2d]`

use crate::{
    duty::{DUTIES, attend, attend_beside, events, own_of, pass, prove, publish},
    incentive_entry::{ENTRIES, weekly},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, race, stories};

stories! {
    what_is_done_in_the_instant_of_its_miss_is_missed_and_made_up_once,
    what_is_let_go_in_the_instant_of_its_miss_is_charged_to_nobody,
}

/// Monday half past nine, half an hour after the grace of last week's report ended, of which no server knows yet.
fn at_the_miss(app: &App) -> Company {
    let mut company = app.company();
    publish(&company.boss, "duty-rule/weekly-report", &weekly(), "2026-03-05");
    attend(app);
    pass(app, 96);
    attend(app);
    pass(app, 167);
    app.advance(chrono::Duration::minutes(30));
    company.sign_in_again(app);
    company
}

/// Takes an action on a duty as it stands, again where it moved meanwhile.
#[track_caller]
fn insist(by: &Caller, place: &str, action: &str, body: &Value) {
    for _ in 0..20 {
        let version = by.get(place).expect(200).version();
        let reply = by.at(version).post(&format!("{place}/{action}"), body.clone());
        if reply.status != 412 {
            reply.expect(200);
            return;
        }
    }
    panic!("{place} moved twenty times");
}

/// The states of the entries about somebody that duties gave rise to.
fn entries(company: &Company, who: &str) -> Vec<String> {
    let path = format!("{ENTRIES}?employee_id={}&incident_kind=duty", company.id(who));
    tests::column(&company.who("gm").get(&path).expect(200).at("/data"), "status")
}

fn what_is_done_in_the_instant_of_its_miss_is_missed_and_made_up_once(app: App) {
    let company = at_the_miss(&app);
    let people = ["lan", "ming"];
    let note = json!({"note": "本周拜访客户六家"});
    let places = people.map(|who| own_of(company.who(who), "2026-W11"));
    let mut runners: Vec<Box<dyn FnOnce() + Send + '_>> = Vec::new();
    for (who, place) in people.iter().zip(&places) {
        let (by, note) = (company.who(who), &note);
        runners.push(Box::new(move || insist(by, place, "fulfil", note)));
    }
    runners.extend((0..2).map(|_| Box::new(|| attend_beside(&app)) as Box<dyn FnOnce() + Send>));
    race(runners);
    attend(&app);
    for (who, place) in people.iter().zip(&places) {
        assert_eq!(company.who(who).get(place).expect(200).text("/status"), "made_up", "{who}");
        assert_eq!(entries(&company, who), ["proposed"], "{who}: one incident, one entry");
        let missed = events(&app, "duty.missed");
        let of =
            |told: &&Value| told["entity_id"].as_str().is_some_and(|id| *place == format!("{DUTIES}/{id}"));
        assert!(missed.iter().filter(of).count() <= 1, "{who} is told of once");
    }
    prove(&app);
}

fn what_is_let_go_in_the_instant_of_its_miss_is_charged_to_nobody(app: App) {
    let company = at_the_miss(&app);
    let (place, reason) = (own_of(company.who("lan"), "2026-W11"), json!({"reason": "出差途中无网络"}));
    let waive = || insist(company.who("head"), &place, "waive", &reason);
    let waive = Box::new(waive) as Box<dyn FnOnce() + Send + '_>;
    race(vec![waive, Box::new(|| attend_beside(&app)), Box::new(|| attend_beside(&app))]);
    attend(&app);
    assert_eq!(company.who("lan").get(&place).expect(200).text("/status"), "waived");
    assert!(
        entries(&company, "lan").iter().all(|state| state == "cancelled"),
        "{:?}",
        entries(&company, "lan")
    );
    assert_eq!(entries(&company, "ming"), ["proposed"]);
    prove(&app);
}
