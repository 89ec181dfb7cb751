//! Files that belong to nothing have bounded room, an end, and may be removed by whoever uploaded them. `[FIL-1]`

use super::file::{PDF, hand_in, stored};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Reply, block_on, stories};

stories! {
    whoever_uploaded_a_file_may_remove_it_as_long_as_it_is_no_evidence,
    what_belongs_to_nothing_ends_after_some_days,
    what_belongs_to_nothing_has_bounded_room_per_person_and_in_all,
}

const FILES: &str = "/api/v1/files";

fn upload(by: &Caller, name: &str) -> Reply {
    hand_in(by, FILES, name, PDF)
}

fn whoever_uploaded_a_file_may_remove_it_as_long_as_it_is_no_evidence(app: App) {
    let company = app.company();
    let (lan, boss) = (company.who("lan"), &company.boss);
    let file = upload(lan, "a.pdf").expect(201);
    let place = format!("{FILES}/{}", file.text("/id"));
    lan.delete(&place).refuses(428, "http.precondition_required");
    lan.at(7).delete(&place).refuses(412, "http.stale");
    company.who("qian").at(1).delete(&place).refuses(404, "http.not_found");
    lan.at(1).delete(&format!("{place}?validate_only=true")).expect(204);
    assert_eq!(stored(&app.files_directory()), 1);
    lan.at(1).delete(&place).expect(204);
    assert_eq!(stored(&app.files_directory()), 0);
    lan.get(&place).refuses(404, "http.not_found");
    lan.get(&format!("{place}/content")).refuses(404, "http.not_found");
    lan.at(2).delete(&place).refuses(404, "http.not_found");
    // Nor can it become evidence, and what is evidence stays.
    let mut body = company.claim_of(100);
    body["attachments"] = json!([file.text("/id")]);
    lan.post("/api/v1/expense-claims", body.clone()).refuses(422, "file.unknown");
    let evidence = upload(lan, "b.pdf").expect(201).text("/id");
    body["attachments"] = json!([evidence]);
    let claim = lan.post("/api/v1/expense-claims", body).expect(201);
    lan.at(2).delete(&format!("{FILES}/{evidence}")).refuses(409, "file.is_evidence");
    // Taken off again it is nobody's evidence.
    let place = format!("/api/v1/expense-claims/{}", claim.text("/id"));
    lan.at(claim.version()).patch(&place, json!({"attachments": []})).expect(200);
    lan.at(3).delete(&format!("{FILES}/{evidence}")).expect(204);
    let trail = boss.get("/api/v1/audit-entries?action=file.removed").expect(200).at("/data");
    assert_eq!(trail.as_array().map(Vec::len), Some(2));
}

fn end_overdue(app: &App) -> usize {
    let store = api::FileStore::in_directory(&app.files_directory()).expect("the files");
    block_on(api::file::end_overdue(&app.database, &store)).expect("ended files")
}

fn what_belongs_to_nothing_ends_after_some_days(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let forgotten = upload(lan, "a.pdf").expect(201).text("/id");
    let mut body = company.claim_of(100);
    let evidence = upload(lan, "b.pdf").expect(201).text("/id");
    body["attachments"] = json!([evidence]);
    let claim = lan.post("/api/v1/expense-claims", body).expect(201);
    app.advance(Duration::days(7));
    assert_eq!(end_overdue(&app), 0);
    app.advance(Duration::seconds(1));
    assert_eq!(end_overdue(&app), 1);
    assert_eq!(end_overdue(&app), 0, "doing it twice changes nothing");
    let lan = &app.sign_in("lan", PASSWORD);
    lan.get(&format!("{FILES}/{forgotten}")).refuses(404, "http.not_found");
    lan.get(&format!("{FILES}/{evidence}/content")).expect(200);
    // What is taken off a document has its days from then on.
    let place = format!("/api/v1/expense-claims/{}", claim.text("/id"));
    lan.at(claim.version()).patch(&place, json!({"attachments": []})).expect(200);
    assert_eq!(end_overdue(&app), 0);
    app.advance(Duration::days(8));
    assert_eq!((end_overdue(&app), stored(&app.files_directory())), (1, 0));
}

/// Publishes rules for files that are in force today.
fn rules(boss: &Caller, content: &Value) {
    let policy = json!({"code": "file-rules/attachments", "title": "附件", "effective_from": "2026-03-05",
        "content": content, "clause": "003"});
    let draft = boss.post("/api/v1/policies", policy).expect(201).text("/id");
    boss.at(1).act(&format!("/api/v1/policies/{draft}/publish")).expect(200);
}

fn what_belongs_to_nothing_has_bounded_room_per_person_and_in_all(app: App) {
    let company = app.company();
    let (size, lan) = (PDF.len(), company.who("lan"));
    rules(
        &company.boss,
        &json!({"size_max": 1000, "types": ["pdf"], "free_bytes_of_one": 2 * size,
        "free_bytes_of_all": 3 * size}),
    );
    let first = upload(lan, "a.pdf").expect(201).text("/id");
    upload(lan, "b.pdf").expect(201);
    let refused = upload(lan, "c.pdf").refuses(409, "file.room_of_one");
    assert_eq!((refused.text("/rule"), refused.at("/params/limit")), ("FIL-1".into(), json!(2 * size)));
    upload(company.who("rep"), "d.pdf").expect(201);
    upload(company.who("head"), "e.pdf").refuses(409, "file.room_of_all");
    assert_eq!(stored(&app.files_directory()), 3, "what was refused leaves no bytes");
    // What is evidence takes no room, and what is removed gives it back.
    let mut body = company.claim_of(100);
    body["attachments"] = json!([first]);
    lan.post("/api/v1/expense-claims", body).expect(201);
    let third = upload(lan, "c.pdf").expect(201).text("/id");
    upload(company.who("head"), "e.pdf").refuses(409, "file.room_of_all");
    lan.at(1).delete(&format!("{FILES}/{third}")).expect(204);
    upload(company.who("head"), "e.pdf").expect(201);
}
