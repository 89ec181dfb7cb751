//! Webhooks: signed as Standard Webhooks says, told once per success, tried again where they failed. `[INT-1, INT-1a,
//! INT-1b, INT-1c, INT-1d]`

/// Another system.
pub(crate) mod receiver;

use self::receiver::{Got, Receiver};
use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::sync::{Arc, Mutex};
use tests::{App, Caller, Company, Engine, Records, Reply, block_on, column, race, records, stories};

stories! {
    an_event_is_signed_and_told_with_the_identity_it_has_in_the_feed,
    what_fails_goes_aside_and_is_tried_again_with_the_same_identity,
    an_ordered_endpoint_is_told_nothing_behind_what_failed,
    two_workers_tell_each_event_once_and_in_order,
    a_worker_that_died_is_followed_and_a_stale_one_brings_nothing,
    while_a_secret_is_replaced_both_sign,
    one_that_is_gone_is_disabled_at_once_and_one_that_fails_for_days_is_too,
    events_are_sent_again_one_or_from_a_place_on,
    nothing_is_sent_into_networks_that_nobody_allowed,
    what_is_wrong_with_an_endpoint_is_said,
}

records! {
    "/api/v1/webhook-endpoints/{id}" => an_endpoint,
}

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

/// As if somebody had set it up at a server that has a secret, which those of most stories do not.
fn an_endpoint(made: &Records<'_>) -> String {
    let id = "019ccccc-0000-7000-8000-0000000000e1";
    let owner = made.company.user("lan");
    let (id_text, owner, at) = match made.app.engine {
        Engine::Sqlite => {
            let blob = |id: &str| format!("X'{}'", id.replace('-', ""));
            (blob(id), blob(&owner), "1772674200000000".to_owned())
        }
        Engine::Postgres => (
            format!("'{id}'::uuid"),
            format!("'{owner}'::uuid"),
            "TIMESTAMPTZ '2026-03-05T01:30:00Z'".to_owned(),
        ),
    };
    made.app.execute(&format!(
        "INSERT INTO webhook_endpoints (id, name, owner_id, url, kinds, is_ordered, secret, status, disabled_at, \
         disabled_by, made_at, changed_at, version, search_text) VALUES ({id_text}, 'ERP', {owner}, \
         'https://erp.example.com', '[\"*\"]', FALSE, '', 'disabled', {at}, 'hand', {at}, {at}, 1, 'ERP')"
    ));
    made.app.execute(&format!(
        "INSERT INTO webhook_cursors (endpoint_id, position, fence, succeeded) VALUES ({id_text}, 0, 0, 0)"
    ));
    made.app.execute(&format!(
        "INSERT INTO webhook_attempts (id, endpoint_id, message, kind, number, at, milliseconds, outcome, answer) \
         VALUES ({id_text}, {id_text}, 'm', 'task.given', 1, {at}, 3, 'failed', '')"
    ));
    id.to_owned()
}

/// A company at a server that has a secret, and may send to this machine.
fn company(engine: Engine) -> (App, Company) {
    let app = App::start_with(engine, |settings| {
        settings.identity.signing_secret = Some("a secret of more than thirty-two characters".to_owned());
        // Plain http will do somewhere, though not here; and the story says when something is sent.
        settings.webhook_networks = vec!["127.0.0.2/32".parse().expect("a network")];
        settings.webhook_workers = 0;
    });
    let company = app.company();
    (app, company)
}

/// Tells what is due, as a worker does every second.
fn deliver(app: &App) {
    let here = ["127.0.0.0/8".parse().expect("a network")];
    block_on(api::deliver_webhooks(&app.database, &here)).expect("what is due was sent");
}

/// An endpoint of the administrator: its place and its secret.
#[track_caller]
fn made(company: &Company, to: &Receiver, kinds: &[&str], ordered: bool) -> (String, String) {
    let body = json!({"name": "ERP", "url": to.url(), "kinds": kinds, "ordered": ordered});
    let made = company.boss.post(ENDPOINTS, body).expect(201);
    (made.header("location").expect("a place"), made.text("/secret"))
}

/// Something that happens: a task is given; the sequence of its event.
#[track_caller]
fn happens(company: &Company) -> i64 {
    let body = json!({"title": "补齐合同附件", "owner_id": company.id("lan"), "due_on": "2026-03-10"});
    let id = company.who("head").post("/api/v1/tasks", body).expect(201).text("/id");
    let events = company.boss.get(&format!("/api/v1/events?entity={id}&kinds=task.given")).expect(200);
    events.at("/data/0/sequence").as_i64().expect("a sequence")
}

/// Whether the library of the specification signs a message as it was signed. It would not verify one of the story's time.
fn verifies(secret: &str, got: &Got) -> bool {
    let webhook = Webhook::new(secret).expect("a secret");
    let at = got.headers["webhook-timestamp"].parse().expect("seconds");
    let wanted = webhook.sign(&got.id(), at, &got.body).expect("a signature");
    got.headers["webhook-signature"].split(' ').any(|signature| signature == wanted)
}

#[track_caller]
fn attempts(company: &Company, place: &str, query: &str) -> Vec<Value> {
    let listed = company.boss.get(&format!("{place}/attempts?limit=200&{query}")).expect(200).at("/data");
    listed.as_array().cloned().unwrap_or_default()
}

fn sequences(got: &[Got]) -> Vec<i64> {
    got.iter().map(Got::sequence).collect()
}

fn an_event_is_signed_and_told_with_the_identity_it_has_in_the_feed(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, secret) = made(&company, &erp, &["task.*"], false);
    assert!(secret.starts_with("whsec_"), "{secret}");
    let shown = company.boss.get(&place).expect(200);
    assert!(!shown.json().to_string().contains("whsec_"), "shown once");
    let sequence = happens(&company);
    deliver(&app);
    deliver(&app);
    let got = erp.got();
    assert_eq!(sequences(&got), [sequence], "once, and nothing but what is wanted");
    assert!(verifies(&secret, &got[0]));
    let mut forged = got[0].clone();
    forged.body.push(b' ');
    assert!(!verifies(&secret, &forged));
    let event = company.boss.get(&format!("/api/v1/events?after={}&limit=1", sequence - 1)).expect(200);
    assert_eq!(got[0].id(), event.text("/data/0/id"));
    let body = got[0].json();
    assert_eq!((&body["type"], &body["data"]["entity"]), (&json!("task.given"), &event.at("/data/0/entity")));
    assert_eq!(body["data"]["number"], json!("TK-2026-000001"));
    assert_eq!(got[0].headers["webhook-timestamp"], "1772674200");
    let attempt = attempts(&company, &place, "").remove(0);
    assert_eq!((&attempt["outcome"], &attempt["status"]), (&json!("delivered"), &json!(204)));
    assert_eq!(company.boss.get(&place).expect(200).at("/progress/delivered_sequence"), json!(sequence));
    assert_eq!(app.count_rows("webhook_retries"), 0);
    let tested = act(&company.boss, &place, "test", json!({}));
    assert_eq!(
        (tested.status, tested.text("/outcome")),
        (200, "failed".into()),
        "this server may not send there"
    );
}

fn what_fails_goes_aside_and_is_tried_again_with_the_same_identity(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, secret) = made(&company, &erp, &["task.given"], false);
    // Worked example 15.
    let first = happens(&company);
    erp.answers(&[500]);
    deliver(&app);
    let later = [happens(&company), happens(&company)];
    deliver(&app);
    let mut told = sequences(&erp.got());
    told.sort_unstable();
    assert_eq!(told, [first, later[0], later[1]], "the rest goes on");
    app.advance(Duration::seconds(7));
    deliver(&app);
    let got = erp.got();
    let tries: Vec<_> = got.iter().filter(|got| got.sequence() == first).collect();
    assert_eq!(tries.len(), 2);
    assert_eq!(tries[0].id(), tries[1].id());
    assert_eq!(tries[0].body, tries[1].body);
    assert_ne!(tries[0].headers["webhook-timestamp"], tries[1].headers["webhook-timestamp"]);
    assert_ne!(tries[0].headers["webhook-signature"], tries[1].headers["webhook-signature"]);
    assert!(verifies(&secret, tries[1]));
    let failed = attempts(&company, &place, "outcome=failed");
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["status"], &failed[0]["answer"]), (&json!(500), &json!("nein")));
    assert_eq!(company.boss.get(&place).expect(200).at("/progress/waiting"), 0);
}

fn an_ordered_endpoint_is_told_nothing_behind_what_failed(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, _) = made(&company, &erp, &["task.given"], true);
    let all: Vec<i64> = (0..3).map(|_| happens(&company)).collect();
    erp.answers(&[302, 500]);
    deliver(&app);
    deliver(&app);
    assert_eq!(sequences(&erp.got()), [all[0]], "a redirection is not followed, and nothing goes on");
    app.advance(Duration::seconds(7));
    deliver(&app);
    assert_eq!(sequences(&erp.got()), [all[0], all[0]]);
    assert_eq!(company.boss.get(&place).expect(200).at("/progress/waiting"), 1);
    app.advance(Duration::minutes(7));
    deliver(&app);
    assert_eq!(sequences(&erp.got()), [all[0], all[0], all[0], all[1], all[2]]);
}

fn two_workers_tell_each_event_once_and_in_order(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    made(&company, &erp, &["task.given"], true);
    let all: Vec<i64> = (0..12).map(|_| happens(&company)).collect();
    let workers: Vec<Box<dyn FnOnce() + Send>> =
        (0..3).map(|_| Box::new(|| (0..3).for_each(|_| deliver(&app))) as _).collect();
    race(workers);
    deliver(&app);
    assert_eq!(sequences(&erp.got()), all, "each once, in the order of the feed");
    app.prove_no_circle();
}

fn a_worker_that_died_is_followed_and_a_stale_one_brings_nothing(app: App) {
    use persistence::{
        governance::webhook::delivery::{batch, settle::settle, take, waiting},
        spine::{Request, StoredAnswer},
    };
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, _) = made(&company, &erp, &["task.given"], false);
    let sequence = happens(&company);
    // A worker takes the endpoint, and is not heard of again.
    let due = block_on(app.database.read(Request::system("story"), waiting)).expect("what is due");
    let id = due[0];
    let held = Arc::new(Mutex::new(None));
    let keep = held.clone();
    let taken = app.database.write(Request::system("story"), move |tx| {
        *keep.lock().expect("a lease") = take(tx, id)?;
        Ok(StoredAnswer::default())
    });
    block_on(taken).expect("it is free");
    let lease = held.lock().expect("a lease").expect("it was free");
    let stale = block_on(app.database.read(Request::system("story"), move |reader| batch(reader, lease)));
    let stale = stale.expect("a batch").expect("it holds");
    deliver(&app);
    assert_eq!(erp.got().len(), 0, "held by another");
    app.advance(Duration::seconds(61));
    deliver(&app);
    assert_eq!(sequences(&erp.got()), [sequence]);
    // The first worker comes back: what it brings is refused whole.
    let again = app.database.write(Request::system("story"), move |tx| {
        settle(tx, &stale, &[])?;
        Ok(StoredAnswer::default())
    });
    block_on(again).expect("nothing is brought");
    assert_eq!(company.boss.get(&place).expect(200).at("/progress/delivered_sequence"), json!(sequence));
    deliver(&app);
    assert_eq!(erp.got().len(), 1);
}

fn while_a_secret_is_replaced_both_sign(app: App) {
    let (app, mut company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, before) = made(&company, &erp, &["task.given"], false);
    let version = company.boss.get(&place).expect(200).version();
    let rotated = company.boss.at(version).act(&format!("{place}/rotate-secret")).expect(200);
    let after = rotated.text("/secret");
    assert_ne!(before, after);
    happens(&company);
    deliver(&app);
    let got = erp.got().remove(0);
    assert!(verifies(&before, &got) && verifies(&after, &got));
    app.advance(Duration::hours(25));
    company.sign_in_again(&app);
    happens(&company);
    deliver(&app);
    let got = erp.got().remove(1);
    assert!(!verifies(&before, &got) && verifies(&after, &got));
    assert_eq!(
        app.number(
            "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM webhook_endpoints WHERE secret LIKE '%whsec%'"
        ),
        0
    );
}

/// An account of somebody who may read all events, as the owner of an endpoint.
fn owned(app: &App, company: &Company, to: &Receiver) -> (String, String) {
    let user = company.user("lan");
    app.grant(&company.boss, &user, "integration", "all", None);
    let body = json!({"name": "ERP", "url": to.url(), "kinds": ["task.given"], "owner_id": user});
    let place = company.boss.post(ENDPOINTS, body).expect(201).header("location").expect("a place");
    (place, user)
}

fn one_that_is_gone_is_disabled_at_once_and_one_that_fails_for_days_is_too(app: App) {
    let (app, mut company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, _) = owned(&app, &company, &erp);
    let first = happens(&company);
    erp.answers(&[410]);
    deliver(&app);
    let shown = company.boss.get(&place).expect(200);
    assert_eq!((shown.text("/status"), shown.text("/disabled_by")), ("disabled".into(), "gone".into()));
    let told = company.who("lan").get("/api/v1/notices").expect(200);
    assert!(told.text("/data/0/title").contains("事件推送已停用：ERP"), "{}", told.text("/data/0/title"));
    assert!(told.at("/data/0/publisher").is_null());
    happens(&company);
    deliver(&app);
    assert_eq!(erp.got().len(), 1, "nothing more is sent");
    act(&company.boss, &place, "replay", json!({"after": 0})).refuses(409, "webhook.not_enabled");
    act(&company.boss, &place, "enable", json!({"from": "last_success"})).expect(200);
    erp.answers(&[500; 40]);
    deliver(&app);
    assert!(sequences(&erp.got()[1..]).contains(&first), "behind the last success");
    // After an hour the owner is told, after five days it is disabled.
    for hours in [1, 3, 6, 12, 24, 24, 24, 24, 24, 24] {
        app.advance(Duration::hours(hours));
        deliver(&app);
    }
    company.sign_in_again(&app);
    let shown = company.boss.get(&place).expect(200);
    assert_eq!((shown.text("/status"), shown.text("/disabled_by")), ("disabled".into(), "failing".into()));
    let events = company
        .boss
        .get("/api/v1/events?kinds=webhook_endpoint.failing,webhook_endpoint.disabled")
        .expect(200);
    assert_eq!(
        column(&events.at("/data"), "kind"),
        ["webhook_endpoint.disabled", "webhook_endpoint.failing", "webhook_endpoint.disabled"]
    );
    assert_eq!(app.count_rows("webhook_retries"), 0);
}

fn events_are_sent_again_one_or_from_a_place_on(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, _) = made(&company, &erp, &["task.given"], false);
    let all: Vec<i64> = (0..3).map(|_| happens(&company)).collect();
    deliver(&app);
    act(&company.boss, &place, "resend", json!({"sequence": all[1]})).expect(200);
    deliver(&app);
    let got = erp.got();
    assert_eq!(got.len(), 4);
    assert_eq!(got[3].sequence(), all[1]);
    assert!(got[..3].iter().any(|before| before.id() == got[3].id()));
    act(&company.boss, &place, "resend", json!({"sequence": 1})).refuses(422, "webhook.not_of_kind");
    act(&company.boss, &place, "resend", json!({"sequence": 100_000})).refuses(422, "webhook.not_kept");
    act(&company.boss, &place, "replay", json!({"after": all[0]})).expect(200);
    deliver(&app);
    let mut again = sequences(&erp.got()[4..]);
    again.sort_unstable();
    assert_eq!(again, all[1..]);
    act(&company.boss, &place, "disable", json!({})).expect(200);
    act(&company.boss, &place, "disable", json!({})).refuses(409, "webhook.disabled_already");
    happens(&company);
    act(&company.boss, &place, "enable", json!({"from": "now"})).expect(200);
    act(&company.boss, &place, "enable", json!({"from": "now"})).refuses(409, "webhook.enabled_already");
    deliver(&app);
    assert_eq!(erp.got().len(), 6, "what happened meanwhile is not told");
    // An owner who may not read events any more is told nothing.
    let (_, user) = owned(&app, &company, &erp);
    happens(&company);
    let grants = company.boss.get(&format!("/api/v1/users/{user}/grants")).expect(200).at("/data");
    for grant in column(&grants, "id") {
        assert!(act(&company.boss, &format!("/api/v1/grants/{grant}"), "end", json!({})).status < 300);
    }
    deliver(&app);
    assert_eq!(erp.got().len(), 7, "only the other endpoint");
}

fn nothing_is_sent_into_networks_that_nobody_allowed(app: App) {
    let (app, company) = company(app.engine);
    let erp = Receiver::listen();
    let (place, _) = made(&company, &erp, &["task.given"], false);
    happens(&company);
    block_on(api::deliver_webhooks(&app.database, &[])).expect("what is due was tried");
    assert_eq!(erp.got().len(), 0);
    let failed = attempts(&company, &place, "");
    assert_eq!(failed[0]["outcome"], json!("failed"));
    assert!(
        failed[0]["error"].as_str().is_some_and(|why| why.contains("not one that webhooks may be sent to")),
        "{failed:?}"
    );
}

fn what_is_wrong_with_an_endpoint_is_said(app: App) {
    let without = app.company();
    let body = |url: &str, kinds: Value| json!({"name": "ERP", "url": url, "kinds": kinds});
    let good = || body("https://erp.example.com/hook", json!(["task.given"]));
    without.boss.post(ENDPOINTS, good()).refuses(409, "webhook.no_secret");
    let refused = |by: &Caller, body: Value| -> Reply { by.post(ENDPOINTS, body) };
    refused(without.who("gm"), good()).refuses(403, "http.forbidden");
    let (_app, company) = company(app.engine);
    for (url, code) in [("ftp://erp", "webhook.bad_url"), ("https://a@erp", "webhook.bad_url")] {
        let said = refused(&company.boss, body(url, json!(["*"]))).expect(422);
        assert_eq!(column(&said.at("/errors"), "code"), [code]);
    }
    let said = refused(&company.boss, body("https://erp", json!(["Task", "task.*"]))).expect(422);
    assert_eq!(column(&said.at("/errors"), "pointer"), ["/kinds/0"]);
    let mut owned = good();
    owned["owner_id"] = json!(company.user("lan"));
    refused(&company.boss, owned).refuses(422, "webhook.owner_reads_no_events");
    let made = company.boss.post(ENDPOINTS, good()).expect(201);
    let place = made.header("location").expect("a place");
    let revised = company.boss.at(made.version()).patch(&place, json!({"kinds": ["*"], "ordered": true}));
    assert_eq!(revised.expect(200).at("/kinds"), json!(["*"]));
}
