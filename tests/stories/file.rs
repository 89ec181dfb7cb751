//! Attachments as evidence. `[FIL-1]`

use domain::{
    file::{Arrival, File, FileType},
    spine::Id,
};
use persistence::{
    file,
    spine::{Failure, Request, StoredAnswer},
};
use serde_json::{Value, json};
use std::path::Path;
use tests::{App, Caller, Reply, block_on, race, records, stories};
use uuid::Uuid;

stories! {
    a_receipt_is_kept_byte_for_byte_and_served_so_that_no_browser_runs_it,
    what_a_file_is_follows_from_its_content_not_from_its_name,
    a_large_file_arrives_whole_and_one_too_large_is_cut_off,
    what_may_be_uploaded_is_policy,
    a_file_of_somebody_else_is_not_found,
    a_retry_with_the_same_key_keeps_one_file,
    fifty_retries_at_once_keep_one_file,
    a_rehearsal_keeps_nothing,
    what_is_not_one_file_is_refused_and_leaves_nothing,
    a_file_belongs_to_one_document_at_most,
    of_two_documents_that_reach_for_a_file_one_gets_it,
}

records! {
    "/api/v1/files/{id}" => |made| upload(made.company.who("lan"), "行程单.pdf", PDF).expect(201).text("/id"),
}

pub(crate) const PDF: &[u8] =
    b"%PDF-1.7\n1 0 obj << >> endobj\n\0\xff\xfe binary\r\n--not-a-boundary\r\n%%EOF";

/// A multipart body as curl makes it.
fn body(boundary: &str, parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, bytes) in parts {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
        body.extend(format!("--{boundary}\r\nContent-Disposition: {disposition}\r\n").into_bytes());
        body.extend(b"Content-Type: text/html\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    body
}

fn send(caller: &Caller, path: &str, boundary: &str, body: Vec<u8>) -> Reply {
    let kind = format!("multipart/form-data; boundary={boundary}");
    caller.send("POST", path, Some((&kind, body)))
}

/// Hands in a file at a route that takes one.
pub(crate) fn hand_in(caller: &Caller, path: &str, name: &str, bytes: &[u8]) -> Reply {
    send(caller, path, "b0", body("b0", &[("file", name, bytes)]))
}

pub(crate) fn upload(caller: &Caller, name: &str, bytes: &[u8]) -> Reply {
    hand_in(caller, "/api/v1/files", name, bytes)
}

/// How many objects the store holds, wherever.
pub(crate) fn stored(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { stored(&entry.path()) } else { 1 }).sum()
}

fn a_receipt_is_kept_byte_for_byte_and_served_so_that_no_browser_runs_it(app: App) {
    let boss = app.administrator();
    let kept = upload(&boss, "发票 2026.pdf", PDF).expect(201);
    let id = kept.text("/id");
    assert_eq!(kept.header("location"), Some(format!("/api/v1/files/{id}")));
    assert_eq!(kept.text("/name"), "发票 2026.pdf");
    assert_eq!((kept.text("/file_type"), kept.at("/size")), ("pdf".to_owned(), json!(PDF.len())));
    assert_eq!(boss.get(&format!("/api/v1/files/{id}")).expect(200).json(), kept.json());

    let path = format!("/api/v1/files/{id}/content");
    let served = boss.get(&path).expect(200);
    assert_eq!(served.bytes, PDF);
    let header = |name: &str| served.header(name).unwrap_or_default();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("content-length"), PDF.len().to_string());
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    let disposition = header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert!(disposition.contains("filename*=UTF-8''%E5%8F%91%E7%A5%A8%202026.pdf"), "{disposition}");
    assert_eq!(header("etag"), format!("\"{}\"", kept.text("/sha256")));
    let known = boss.with("If-None-Match", header("etag")).get(&path).expect(304);
    assert!(known.bytes.is_empty());
    assert!(boss.send("HEAD", &path, None).expect(200).bytes.is_empty());
}

fn what_a_file_is_follows_from_its_content_not_from_its_name(app: App) {
    let boss = app.administrator();
    for program in
        [b"\x7fELF\x02\x01\x01 a program".as_slice(), b"<html><script>alert(1)</script>", b"MZ\x90\0"]
    {
        let refused = upload(&boss, "invoice.pdf", program).refuses(422, "file.type_not_allowed");
        assert_eq!((refused.text("/rule"), refused.text("/citation/policy")), file_rules());
    }
    upload(&boss, "invoice.pdf", b"").refuses(422, "file.empty");
    assert_eq!(stored(&app.files_directory()), 0, "what was refused leaves no bytes");
    let picture = upload(&boss, "../../holiday.exe", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").expect(201);
    assert_eq!((picture.text("/name"), picture.text("/media_type")), owned(("holiday.exe.png", "image/png")));
}

fn owned((one, other): (&str, &str)) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

fn file_rules() -> (String, String) {
    owned(("FIL-1", "file-rules/attachments"))
}

fn a_large_file_arrives_whole_and_one_too_large_is_cut_off(app: App) {
    let boss = app.administrator();
    let mut bytes = PDF.to_vec();
    // More than one part of a store, and not a multiple of anything.
    bytes.extend((0..12_345_678_u32).map(|n| n.to_le_bytes()[1]));
    let kept = upload(&boss, "large.pdf", &bytes).expect(201);
    let served = boss.get(&format!("/api/v1/files/{}/content", kept.text("/id"))).expect(200);
    assert!(served.bytes == bytes, "the bytes differ");
    bytes.resize((20 << 20) + 1, 7);
    let refused = upload(&boss, "larger.pdf", &bytes).refuses(413, "http.too_large");
    assert_eq!(refused.at("/params/limit"), json!(20 << 20));
    assert_eq!(stored(&app.files_directory()), 1);
}

fn what_may_be_uploaded_is_policy(app: App) {
    let boss = app.administrator();
    let content = json!({"size_max": 100, "types": ["png"]});
    let draft = |content: &Value| {
        let policy = json!({"code": "file-rules/attachments", "title": "附件", "effective_from": "2026-03-05",
            "content": content, "clause": "003"});
        boss.post("/api/v1/policies", policy).expect(201)
    };
    let unsound = draft(&json!({"size_max": 0, "types": []}));
    let path = format!("/api/v1/policies/{}/publish", unsound.text("/id"));
    boss.at(1).act(&path).refuses(422, "policy.unsound");
    let sound = draft(&content);
    boss.at(1).act(&format!("/api/v1/policies/{}/publish", sound.text("/id"))).expect(200);
    upload(&boss, "a.pdf", PDF).refuses(422, "file.type_not_allowed");
    upload(&boss, "a.pdf", &[7; 101]).refuses(413, "http.too_large");
}

fn a_file_of_somebody_else_is_not_found(app: App) {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let employee = app.hire(&boss, "li", &centre, None);
    let other = app.person(&boss, "li.er", &employee, "sales-representative", "own");
    let id = upload(&boss, "a.pdf", PDF).expect(201).text("/id");
    other.get(&format!("/api/v1/files/{id}")).refuses(404, "http.not_found");
    other.get(&format!("/api/v1/files/{id}/content")).refuses(404, "http.not_found");
    let own = upload(&other, "b.pdf", PDF).expect(201).text("/id");
    other.get(&format!("/api/v1/files/{own}/content")).expect(200);
    // Not even an administrator reads what somebody has not handed in yet.
    boss.get(&format!("/api/v1/files/{own}")).refuses(404, "http.not_found");
}

fn a_retry_with_the_same_key_keeps_one_file(app: App) {
    let boss = app.administrator().once("receipt-1");
    let first = upload(&boss, "a.pdf", PDF).expect(201);
    // A client that tries again chooses another boundary.
    let again = send(&boss, "/api/v1/files", "other", body("other", &[("file", "a.pdf", PDF)])).expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    upload(&boss, "a.pdf", b"%PDF-1.7 another").refuses(422, "http.idempotency_key_reused");
    upload(&boss, "b.pdf", PDF).refuses(422, "http.idempotency_key_reused");
    assert_eq!(stored(&app.files_directory()), 1);
    let path = format!("/api/v1/files/{}/content", first.text("/id"));
    assert_eq!(boss.get(&path).expect(200).bytes, PDF);
}

fn fifty_retries_at_once_keep_one_file(app: App) {
    let boss = app.administrator().once("receipt-2");
    let runners = (0..50).map(|_| {
        let boss = boss.clone();
        Box::new(move || upload(&boss, "a.pdf", PDF).expect(201).text("/id"))
            as Box<dyn FnOnce() -> String + Send>
    });
    let ids = race(runners.collect());
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(stored(&app.files_directory()), 1);
    assert_eq!(boss.get(&format!("/api/v1/files/{}/content", ids[0])).expect(200).bytes, PDF);
}

fn a_rehearsal_keeps_nothing(app: App) {
    let boss = app.administrator();
    let path = "/api/v1/files?validate_only=true";
    let shown = send(&boss, path, "b0", body("b0", &[("file", "a.pdf", PDF)])).expect(201);
    assert_eq!(stored(&app.files_directory()), 0);
    boss.get(&format!("/api/v1/files/{}", shown.text("/id"))).refuses(404, "http.not_found");
    send(&boss, path, "b0", body("b0", &[("file", "a.pdf", b"\x7fELF")]))
        .refuses(422, "file.type_not_allowed");
}

fn what_is_not_one_file_is_refused_and_leaves_nothing(app: App) {
    let boss = app.administrator();
    let path = "/api/v1/files";
    boss.post(path, json!({"file": "a"})).refuses(415, "http.unsupported_media_type");
    let send = |body: Vec<u8>| send(&boss, path, "b0", body);
    send(body("b0", &[("paper", "a.pdf", PDF)])).refuses(422, "http.bad_body");
    send(body("b0", &[("file", "a.pdf", PDF), ("file", "b.pdf", PDF)])).refuses(422, "http.bad_body");
    send(b"--b0--\r\n".to_vec()).refuses(422, "http.bad_body");
    let nameless = b"--b0\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b0--\r\n".to_vec();
    send(nameless).refuses(422, "http.bad_body");
    let whole = body("b0", &[("file", "a.pdf", PDF)]);
    send(whole[..whole.len() - 20].to_vec()).refuses(400, "http.malformed_multipart");
    send(Vec::new()).refuses(400, "http.malformed_multipart");
    send(b"nothing of the kind".to_vec()).refuses(400, "http.malformed_multipart");
    assert_eq!(stored(&app.files_directory()), 0);
}

/// Keeps a file without bytes for the product itself.
fn keep(app: &App) -> Id<File> {
    let id = app.database.ids().fresh().into();
    let written = app.database.write(Request::system("story"), move |tx| {
        let sha256 = "0".repeat(64);
        let arrival = Arrival { id, name: "a.pdf".into(), size: 1, file_type: Some(FileType::Pdf), sha256 };
        let rules = file::rules(tx)?;
        file::apply(tx, File::accept(arrival, &rules, tx.actor().user, tx.now())?)?;
        Ok(StoredAnswer::default())
    });
    block_on(written).expect("a file");
    id
}

fn take(app: &App, files: &[Id<File>], document: u128) -> Result<(), Failure> {
    let (files, document) = (files.to_vec(), Uuid::from_u128(document));
    let written = app.database.write(Request::system("story"), move |tx| {
        file::attach_exactly(tx, &files, "expense_claim", document, "/file_ids")?;
        Ok(StoredAnswer::default())
    });
    block_on(written).map(drop)
}

fn held(app: &App, document: u128) -> Vec<Uuid> {
    let document = Uuid::from_u128(document);
    let read = app
        .database
        .read(Request::system("story"), move |reader| file::list_of(reader, "expense_claim", document));
    block_on(read).expect("a list").into_iter().map(|file| file.id.into()).collect()
}

fn code_of(failure: Result<(), Failure>) -> (&'static str, Vec<String>) {
    match failure {
        Err(Failure::Refused(refusal)) => {
            (refusal.code.code, refusal.findings.into_iter().map(|finding| finding.pointer).collect())
        }
        other => panic!("not refused: {other:?}"),
    }
}

fn a_file_belongs_to_one_document_at_most(app: App) {
    let (one, two, three) = (keep(&app), keep(&app), keep(&app));
    take(&app, &[one, two, one], 1).expect("taken");
    assert_eq!(held(&app, 1), [one.uuid(), two.uuid()]);
    let elsewhere = code_of(take(&app, &[three, two], 2));
    assert_eq!(elsewhere, ("file.attached_elsewhere", vec!["/file_ids/1".to_owned()]));
    assert!(held(&app, 2).is_empty(), "all or nothing");
    // Handing in the document again without one of them frees it.
    take(&app, &[one, three], 1).expect("taken");
    take(&app, &[two], 2).expect("taken");
    assert_eq!((held(&app, 1), held(&app, 2)), (vec![one.uuid(), three.uuid()], vec![two.uuid()]));
    let somebodys = upload(&app.administrator(), "a.pdf", PDF).expect(201).text("/id");
    let unknown = [one, app.database.ids().fresh().into(), somebodys.parse().expect("an id")];
    let refused = code_of(take(&app, &unknown, 1));
    assert_eq!(refused, ("file.unknown", vec!["/file_ids/1".to_owned(), "/file_ids/2".to_owned()]));
    assert_eq!(held(&app, 1), [one.uuid(), three.uuid()]);
}

fn of_two_documents_that_reach_for_a_file_one_gets_it(app: App) {
    for round in 0..5 {
        let file = keep(&app);
        let reach = |document: u128| {
            let app = &app;
            Box::new(move || take(app, &[file], document))
                as Box<dyn FnOnce() -> Result<(), Failure> + Send + '_>
        };
        let documents = [round * 4 + 1, round * 4 + 2, round * 4 + 3];
        let outcomes = race(documents.map(reach).into());
        let (taken, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(taken.len(), 1);
        for failure in refused {
            assert_eq!(code_of(failure).0, "file.attached_elsewhere");
        }
        let holders = documents.iter().filter(|document| held(&app, **document) == [file.uuid()]).count();
        assert_eq!(holders, 1);
    }
}
