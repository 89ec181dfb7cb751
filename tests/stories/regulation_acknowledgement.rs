//! Acknowledgements: a version that changes what is asked of people asks everybody in scope, once, and that is their duty.
//! `[REG-2]`

use crate::{
    duty::called,
    expense_request::act,
    file::{PDF, upload},
    regulation::{REGULATIONS, drafted, in_force, loaded, published},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Records, block_on, column, race, records, stories};

stories! {
    everybody_in_scope_owes_an_acknowledgement_of_the_text_they_read,
    what_changes_only_the_words_asks_nobody_again,
    another_substantive_version_asks_anew_and_lets_the_old_go,
    who_joins_is_asked_and_who_leaves_is_let_go,
    who_comes_into_scope_is_asked,
    a_signed_sheet_is_filed_by_the_office_with_its_scan,
    servers_that_ask_at_once_ask_each_person_once,
    a_repeal_lets_everybody_go,
    who_has_and_who_has_not_is_seen_by_those_above,
}

records! {
    "/api/v1/regulation-acknowledgements/{id}" => an_acknowledgement,
}

const ACKNOWLEDGEMENTS: &str = "/api/v1/regulation-acknowledgements";

fn ask(app: &App) {
    block_on(api::ask_for_acknowledgements(&app.database)).expect("everybody is asked");
}

fn an_acknowledgement(made: &Records<'_>) -> String {
    let regulation = made.id("/api/v1/regulations/{id}");
    ask(made.app);
    let lan = made.company.id("lan");
    let path = format!("{ACKNOWLEDGEMENTS}?regulation_id={regulation}&employee_id={lan}");
    made.company.who("lan").get(&path).expect(200).text("/data/0/id")
}

/// What somebody is asked of a regulation and has not answered: its place.
#[track_caller]
fn asked(by: &Caller) -> String {
    let found = by.get(&format!("{ACKNOWLEDGEMENTS}?status=asked")).expect(200);
    format!("{ACKNOWLEDGEMENTS}/{}", found.text("/data/0/id"))
}

/// The names of those of whom something stands in a state, as the head of marketing sees it.
#[track_caller]
fn people(by: &Caller, state: &str) -> Vec<String> {
    let found = by.get(&format!("{ACKNOWLEDGEMENTS}?status={state}&limit=200")).expect(200).at("/data");
    let found = found.as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> =
        found.iter().map(|one| one["employee"]["name"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

fn digest(by: &Caller, place: &str) -> Value {
    json!({"digest": by.get(place).expect(200).at("/text/digest")})
}

/// Another version of the travel regulation, in force from a day on.
#[track_caller]
fn another(company: &Company, regulation: &str, nature: &str, from: &str) {
    let mut clauses =
        company.who("lan").get(&format!("{REGULATIONS}/{regulation}/text")).expect(200).at("/clauses");
    clauses[3]["text"] = json!(format!("出差须事先申请（{from}）。"));
    let body = json!({"regulation_id": regulation, "nature": nature, "summary": "修改", "clauses": clauses});
    published(company, &drafted(company.who("head"), body), from);
}

fn everybody_in_scope_owes_an_acknowledgement_of_the_text_they_read(app: App) {
    let company = app.company();
    in_force(&company);
    ask(&app);
    let (head, lan) = (company.who("head"), company.who("lan"));
    assert_eq!(people(head, "asked"), ["head", "lan", "ming"], "those of marketing alone");
    let place = asked(lan);
    let duty = called(&company, "regulation-acknowledgement");
    assert_eq!(
        (duty.text("/status"), duty.text("/due_at")),
        ("open".into(), "2026-03-12T16:00:00.000000Z".into())
    );
    let said = digest(lan, &place);
    let other = json!({"digest": "0".repeat(64)});
    act(lan, &place, "acknowledge", other).refuses(409, "regulation_acknowledgement.other_text");
    act(head, &place, "acknowledge", said.clone()).refuses(403, "regulation_acknowledgement.not_yours");
    company
        .who("ming")
        .at(1)
        .post(&format!("{place}/acknowledge"), said.clone())
        .refuses(404, "http.not_found");
    let done = act(lan, &place, "acknowledge", said.clone()).expect(200);
    assert_eq!((done.text("/status"), done.at("/edition")), ("acknowledged".into(), json!(1)));
    act(lan, &place, "acknowledge", said).refuses(409, "regulation_acknowledgement.answered");
    let of_lan = lan.get("/api/v1/duties?rule_code=duty-rule/regulation-acknowledgement").expect(200);
    assert_eq!(of_lan.text("/data/0/status"), "on_time");
    assert_eq!(
        (people(head, "asked"), people(head, "acknowledged")),
        (vec!["head".into(), "ming".into()], vec!["lan".into()])
    );
}

fn what_changes_only_the_words_asks_nobody_again(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    ask(&app);
    let lan = company.who("lan");
    let mings = asked(company.who("ming"));
    let before = digest(company.who("ming"), &mings);
    let place = asked(lan);
    act(lan, &place, "acknowledge", digest(lan, &place)).expect(200);
    another(&company, &id, "editorial", "2026-03-06");
    ask(&app);
    let head = company.who("head");
    assert_eq!(people(head, "acknowledged"), ["lan"]);
    assert_eq!(people(head, "asked"), ["head", "ming"]);
    // Who has not answered yet reads the text as it is now, and acknowledges that.
    let ming = company.who("ming");
    act(ming, &mings, "acknowledge", before).refuses(409, "regulation_acknowledgement.other_text");
    let done = act(ming, &mings, "acknowledge", digest(ming, &mings)).expect(200);
    assert_eq!(done.at("/edition"), json!(2));
}

fn another_substantive_version_asks_anew_and_lets_the_old_go(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    ask(&app);
    let (head, lan, ming) = (company.who("head"), company.who("lan"), company.who("ming"));
    let place = asked(lan);
    act(lan, &place, "acknowledge", digest(lan, &place)).expect(200);
    let old = asked(ming);
    another(&company, &id, "substantive", "2026-03-06");
    // Nobody acknowledges what asks no longer, even before everybody is asked anew.
    act(ming, &old, "acknowledge", digest(ming, &old)).refuses(409, "regulation_acknowledgement.lapsed");
    ask(&app);
    assert_eq!(people(head, "asked"), ["head", "lan", "ming"]);
    assert_eq!(people(head, "lapsed"), ["head", "ming"]);
    assert_eq!(ming.get(&old).expect(200).text("/cause"), "superseded");
    let duties =
        ming.get("/api/v1/duties?rule_code=duty-rule/regulation-acknowledgement").expect(200).at("/data");
    let mut states = column(&duties, "status");
    states.sort();
    assert_eq!(states, ["cancelled", "open"]);
}

fn who_joins_is_asked_and_who_leaves_is_let_go(app: App) {
    let company = app.company();
    in_force(&company);
    ask(&app);
    app.hire(&company.boss, "nana", &company.departments["marketing"], Some(company.id("head")));
    app.hire(&company.boss, "stranger", &company.departments["sales"], None);
    let leaver = format!("/api/v1/employees/{}", company.id("ming"));
    act(&company.boss, &leaver, "leave", json!({"last_day": "2026-03-05"})).expect(200);
    app.advance(chrono::Duration::days(1));
    block_on(api::finish_leavings(&app.database)).expect("left");
    ask(&app);
    let head = &app.sign_in("head", PASSWORD);
    assert_eq!(people(head, "asked"), ["head", "lan", "nana"]);
    assert_eq!(people(head, "lapsed"), ["ming"]);
}

fn who_comes_into_scope_is_asked(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    ask(&app);
    let path = format!("{REGULATIONS}/{id}");
    let version = company.who("head").get(&path).expect(200).version();
    company
        .who("head")
        .at(version)
        .patch(&path, json!({"scope": {"departments": ["marketing", "sales"]}}))
        .expect(200);
    ask(&app);
    asked(company.who("rep"));
    let boss = people(&company.boss, "asked");
    assert_eq!(boss, ["head", "lan", "ming", "rep"]);
}

fn a_signed_sheet_is_filed_by_the_office_with_its_scan(app: App) {
    let company = app.company();
    in_force(&company);
    ask(&app);
    let id = app.hire(&company.boss, "office", &company.departments["company"], Some(company.id("gm")));
    let office = app.person(&company.boss, "office", &id, "administration-office", "all");
    let place = asked(company.who("lan"));
    let mut sheet = digest(&office, &place);
    act(&office, &place, "file-sheet", sheet.clone()).refuses(422, "regulation_acknowledgement.no_scan");
    sheet["files"] = json!([upload(&office, "签字页.pdf", PDF).expect(201).text("/id")]);
    act(company.who("head"), &place, "file-sheet", sheet.clone()).refuses(403, "http.forbidden");
    let filed = act(&office, &place, "file-sheet", sheet).expect(200);
    assert_eq!((filed.text("/status"), filed.at("/is_on_paper")), ("acknowledged".into(), json!(true)));
    assert_eq!(filed.text("/files/0/name"), "签字页.pdf");
    let lan = company.who("lan");
    lan.get(&format!("/api/v1/files/{}", filed.text("/files/0/id"))).expect(200);
    let duties = lan.get("/api/v1/duties?rule_code=duty-rule/regulation-acknowledgement").expect(200);
    assert_eq!(duties.text("/data/0/status"), "on_time");
}

fn servers_that_ask_at_once_ask_each_person_once(app: App) {
    let company = app.company();
    in_force(&company);
    let go = || {
        // Who comes second finds everybody asked, or is done again at the next turn.
        block_on(api::ask_for_acknowledgements(&app.database)).is_ok()
    };
    let runners: Vec<Box<dyn FnOnce() -> bool + Send + '_>> =
        (0..3).map(|_| Box::new(go) as Box<dyn FnOnce() -> bool + Send + '_>).collect();
    race(runners);
    ask(&app);
    assert_eq!(app.count_rows("regulation_acknowledgements"), 3);
    let duties =
        "SELECT COUNT(*) AS number FROM duties WHERE rule_code = 'duty-rule/regulation-acknowledgement'";
    assert_eq!(app.number(duties), 3);
    let before = app.count_rows("audit_entries");
    ask(&app);
    assert_eq!(app.count_rows("audit_entries"), before, "where nothing is to be done nothing is written");
}

fn a_repeal_lets_everybody_go(app: App) {
    let company = app.company();
    let (_, place) = in_force(&company);
    ask(&app);
    let repeal = json!({"from": "2026-03-20", "reason": "并入费用管理制度"});
    act(company.who("gm"), &place, "repeal", repeal).expect(200);
    ask(&app);
    let head = company.who("head");
    assert_eq!((people(head, "asked"), people(head, "lapsed").len()), (Vec::<String>::new(), 3));
}

fn who_has_and_who_has_not_is_seen_by_those_above(app: App) {
    let company = app.company();
    loaded(&company, "002-8");
    ask(&app);
    let seen = |name: &str| people(company.who(name), "asked");
    assert_eq!(seen("lan"), ["lan"]);
    assert_eq!(seen("head"), ["head", "lan", "ming"]);
    assert_eq!(seen("gm").len(), 9, "everybody in the company");
    let file = company.who("head").get(&format!("{ACKNOWLEDGEMENTS}?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("待确认"));
}
