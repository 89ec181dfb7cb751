//! The trail says on whose behalf somebody acted, and is searched by deed and time. `[AUD-1]`

use super::approval::{act, approve, path, waiting};
use chrono::Duration;
use persistence::spine::{HeadVerdict, Reader, Request, audit_head, holds_head, verify_audit};
use serde_json::{Value, json};
use tests::{App, Caller, Company, block_on, column, stories};

stories! {
    who_acts_for_another_is_recorded_with_whom,
    who_acts_in_their_own_office_is_recorded_alone,
    the_trail_is_searched_by_deed_and_time,
    an_entry_that_names_another_person_breaks_the_chain,
    a_trail_whose_tail_was_cut_is_known_by_a_head_that_was_kept,
}

const TRAIL: &str = "/api/v1/audit-entries";

/// What the trail says of a thing, oldest first: each deed, and on whose behalf.
fn deeds(company: &Company, entity: &str) -> Vec<(String, String)> {
    let told = company.boss.get(&format!("{TRAIL}?entity={entity}")).expect(200).at("/data");
    let told = told.as_array().cloned().unwrap_or_default();
    let deed = |entry: &Value| {
        let action = entry["action"].as_str().unwrap_or_default();
        let whom = entry["on_behalf_of"]["name"].as_str().unwrap_or_default();
        (action.split(' ').next().unwrap_or_default().to_owned(), whom.to_owned())
    };
    told.iter().rev().map(deed).collect()
}

#[track_caller]
fn are(told: &[(String, String)], expected: &[(&str, &str)]) {
    let told: Vec<(&str, &str)> =
        told.iter().map(|(action, whom)| (action.as_str(), whom.as_str())).collect();
    assert_eq!(told, expected);
}

/// A claim that finance files and submits for the director.
fn claim_for_the_director(company: &Company) -> (String, String) {
    company.lets_file_for_others("qian");
    let mut body = company.claim_of(400);
    body["beneficiary_id"] = json!(company.id("director"));
    body["beneficiary_reason"] = json!("总监出差，代为填报");
    let claim = company.who("qian").post("/api/v1/expense-claims", body).expect(201).text("/id");
    let approval = company.submit("qian", &claim);
    (claim, approval)
}

fn who_acts_for_another_is_recorded_with_whom(app: App) {
    let company = app.company();
    let (claim, approval) = claim_for_the_director(&company);
    are(
        &deeds(&company, &claim),
        &[("expense_claim.created", "director"), ("expense_claim.submitted", "director")],
    );
    are(&deeds(&company, &approval), &[("approval.started", "director")]);
    // A stand-in decides, and cuts an amount, on behalf of whoever is away.
    let away = json!({"employee_id": company.id("head"), "stand_in_id": company.id("sun"),
        "from": "2026-03-05", "until": "2026-03-30", "reason": "年假"});
    let absence = company.boss.post("/api/v1/absences", away).expect(201).text("/id");
    are(&deeds(&company, &absence), &[("absence.registered", "head")]);
    let (claim, approval) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &approval), ["sun"]);
    let place = format!("/api/v1/expense-claims/{claim}");
    let version = company.who("sun").get(&place).expect(200).version();
    let line =
        json!({"lines": [{"line": 1, "approved": {"amount": "90.00", "currency": "CNY"}, "reason": "超标"}]});
    company.who("sun").at(version).post(&format!("{place}/reduce"), line).expect(200);
    approve(&company, &approval, &["sun"]);
    let told = deeds(&company, &approval);
    are(&told[1..], &[("approval.document_moved", "head"), ("approval.decided", "head")]);
    assert!(deeds(&company, &claim).contains(&("expense_claim.reduced".into(), "head".into())));
    // An overseer moves somebody else's task.
    let (_, other) = company.submitted("rep", 100);
    let holder = waiting(&company, &other);
    let task = company.who("gm").get(&path(&other)).expect(200).text("/tasks/0/id");
    act(
        company.who("gm"),
        &other,
        "reassign",
        json!({"task_id": task, "employee_id": company.id("director")}),
    )
    .expect(200);
    are(&deeds(&company, &other)[1..], &[("approval.transferred", &holder[0])]);
    let of_head = company.boss.get(&format!("{TRAIL}?on_behalf_of={}", company.id("head"))).expect(200);
    assert_eq!(of_head.at("/data").as_array().map(Vec::len), Some(4), "{}", of_head.json());
    let file = company.boss.get(&format!("{TRAIL}?on_behalf_of={}&format=ndjson", company.id("head")));
    let file = String::from_utf8(file.expect(200).bytes).expect("UTF-8");
    assert_eq!(file.lines().count(), 4);
    assert!(file.lines().all(|line| line.contains("\"on_behalf_of\":{")), "{file}");
}

fn who_acts_in_their_own_office_is_recorded_alone(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    approve(&company, &approval, &["head", "qian"]);
    let place = format!("/api/v1/expense-claims/{claim}");
    let version = company.who("sun").get(&place).expect(200).version();
    company.who("sun").at(version).post(&format!("{place}/revoke"), json!({"reason": "重复"})).expect(200);
    for (action, whom) in deeds(&company, &claim).into_iter().chain(deeds(&company, &approval)) {
        assert_eq!(whom, "", "{action}");
    }
}

fn the_trail_is_searched_by_deed_and_time(app: App) {
    let mut company = app.company();
    company.draft("lan", 10);
    app.advance(chrono::Duration::hours(2));
    company.sign_in_again(&app);
    let boss = &company.boss;
    let second = company.draft("lan", 20);
    let list = |query: &str| boss.get(&format!("{TRAIL}?{query}")).expect(200).at("/data");
    let made = list("action=expense_claim.created");
    assert_eq!(made.as_array().map(Vec::len), Some(2));
    assert_eq!(made[0]["entity"], json!(second), "newest first");
    let (later, earlier) = (made[0]["at"].as_str(), made[1]["at"].as_str());
    let (later, earlier) = (later.expect("an instant"), earlier.expect("an instant"));
    let of = |query: &str| column(&list(&format!("action=expense_claim.created&{query}")), "at");
    let exactly = |at: &str| at.replace('+', "%2B");
    assert_eq!(of(&format!("recorded_at[gte]={}", exactly(later))), [later]);
    assert_eq!(of(&format!("recorded_at[lt]={}", exactly(later))), [earlier]);
    assert!(of(&format!("recorded_at[lt]={}", exactly(earlier))).is_empty());
    // Page by page nothing is lost or told twice, whatever is asked for.
    for (query, limit) in
        [("", 7), ("entity_kind=expense_claim&", 1), ("recorded_at[gte]=2026-01-01T00:00:00Z&", 7)]
    {
        let (mut pieces, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = boss.get(&format!("{TRAIL}?{query}limit={limit}{cursor}")).expect(200);
            let entries = page.at("/data").as_array().cloned().unwrap_or_default();
            pieces.extend(entries.iter().map(|entry| entry["sequence"].as_i64()));
            let Some(next) = page.at("/next_cursor").as_str().map(str::to_owned) else { break };
            cursor = format!("&cursor={next}");
        }
        // Who takes the file is told of in the trail itself: the pages come first.
        let file = boss.get(&format!("{TRAIL}?{query}format=ndjson")).expect(200);
        let file = String::from_utf8_lossy(&file.bytes).into_owned();
        let entries = file.lines().map(|line| serde_json::from_str::<Value>(line).expect("an entry"));
        let whole: Vec<Option<i64>> = entries.map(|entry| entry["sequence"].as_i64()).collect();
        assert!(whole.len() > limit && whole.iter().all(Option::is_some), "{query}");
        assert_eq!(pieces, whole, "{query}");
    }
    boss.get(&format!("{TRAIL}?recorded_at[gte]=yesterday")).refuses(400, "http.bad_parameter");
    boss.get(&format!("{TRAIL}?action=")).refuses(400, "http.bad_parameter");
}

fn an_entry_that_names_another_person_breaks_the_chain(app: App) {
    let company = app.company();
    let (claim, _) = claim_for_the_director(&company);
    let verify = || tests::Program::run(&app.home(), &["audit", "verify", "--json"]);
    assert!(verify().status.success());
    let told = company.boss.get(&format!("{TRAIL}?entity={claim}&limit=1")).expect(200);
    let place = told.at("/data/0/sequence");
    let name = |whom: &str| {
        app.execute(&format!("UPDATE audit_entries SET on_behalf_of = {whom} WHERE sequence = {place}"));
    };
    name("NULL");
    let verdict = verify();
    assert!(!verdict.status.success(), "{verdict:?}");
    let verdict: Value = serde_json::from_slice(&verdict.stdout).expect("a verdict");
    assert_eq!(verdict["broken_at"], place);
    name("(SELECT beneficiary_id FROM expense_claims WHERE expense_claims.id = audit_entries.entity)");
    assert!(verify().status.success(), "the right name makes it whole again");
}

fn a_trail_whose_tail_was_cut_is_known_by_a_head_that_was_kept(app: App) {
    let tell = || block_on(api::tell_audit_head(&app.database)).expect("the head is told");
    let told = |by: &Caller| by.get("/api/v1/events?kinds=audit.head_told").expect(200).at("/data");
    let boss = app.administrator();
    tell();
    assert_eq!(told(&boss), json!([]), "the feed is told of it once a day");
    app.advance(Duration::hours(25));
    let boss = app.administrator();
    let shown = boss.get("/api/v1/audit-head").expect(200);
    tell();
    tell();
    let events = told(&boss);
    assert_eq!(events.as_array().map(Vec::len), Some(1), "{events}");
    let facts = &events[0]["facts"];
    assert_eq!((&facts["sequence"], &facts["hash"]), (&shown.at("/sequence"), &shown.at("/hash")));
    app.advance(Duration::hours(25));
    tell();
    let read = app.database.read(Request::system("story"), audit_head);
    let kept = block_on(read).expect("the head");
    let found = || {
        let kept = kept.clone();
        let read =
            move |reader: &mut Reader<'_>| Ok((verify_audit(reader)?.is_sound(), holds_head(reader, &kept)?));
        block_on(app.database.read(Request::system("story"), read)).expect("a verdict")
    };
    assert_eq!(found(), (true, HeadVerdict::Held));
    // Somebody with access to the database cuts off the last entry, and writes the head anew so that the chain holds.
    app.execute("DELETE FROM audit_entries WHERE sequence = (SELECT MAX(sequence) FROM audit_entries)");
    app.execute(
        "UPDATE ledger_head SET audit_sequence = (SELECT MAX(sequence) FROM audit_entries),
         audit_hash = (SELECT hash FROM audit_entries ORDER BY sequence DESC LIMIT 1)",
    );
    assert_eq!(found(), (true, HeadVerdict::Lost), "by itself the chain shows nothing");
}
