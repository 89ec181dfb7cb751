//! What every route has in common. `[INT-6]`

use persistence::spine::{Request, StoredAnswer};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};
use tests::{App, PASSWORD, Program, Reply, block_on, column, stories};

stories! {
    an_unknown_path_is_a_problem_document_in_the_callers_language,
    a_wrong_method_says_which_are_allowed,
    a_route_behind_a_permission_wants_a_token_first,
    an_unknown_parameter_is_refused,
    everything_that_is_wrong_with_a_query_is_told_at_once,
    whoever_makes_keys_up_is_turned_away_before_they_are_looked_for,
    a_server_that_is_to_end_says_so_before_it_does,
    a_body_that_does_not_arrive_is_given_up_and_said_so_in_the_callers_language,
    a_server_that_is_too_slow_says_that_the_write_may_have_been_done,
    a_method_nobody_knows_makes_no_metric_of_its_own,
    the_tag_of_a_resource_is_of_what_was_sent_and_a_change_needs_its_version_alone,
    what_is_beside_the_interface_answers_head_and_options,
}

fn an_unknown_path_is_a_problem_document_in_the_callers_language(app: App) {
    let reply = app.anonymous().get("/api/v1/nothing").refuses(404, "http.not_found");
    assert_eq!(reply.text("/title"), "未找到");
    assert_eq!(reply.header("content-language").as_deref(), Some("zh-CN"));
    let reply = app.anonymous().with("Accept-Language", "fr, en;q=0.8").get("/api/v1/nothing");
    assert_eq!(reply.text("/title"), "Not found");
    assert_eq!(reply.text("/request_id"), reply.header("x-request-id").expect("a request id"));
}

fn a_wrong_method_says_which_are_allowed(app: App) {
    let reply = app.anonymous().delete("/version").refuses(405, "http.method_not_allowed");
    assert_eq!(reply.header("allow").as_deref(), Some("GET, HEAD, OPTIONS"));
    app.anonymous().send("HEAD", "/version", None).expect(200);
    app.anonymous().send("OPTIONS", "/version", None).expect(204);
}

fn a_route_behind_a_permission_wants_a_token_first(app: App) {
    let reply = app.anonymous().post("/api/v1/policies", "not even an object");
    let reply = reply.refuses(401, "http.unauthenticated");
    assert!(reply.header("www-authenticate").is_some());
}

fn an_unknown_parameter_is_refused(app: App) {
    app.anonymous().get("/version?colour=red").refuses(400, "http.unknown_parameter");
}

fn everything_that_is_wrong_with_a_query_is_told_at_once(app: App) {
    let boss = app.administrator();
    let query = "colour=red&limit=0&format=pdf&status=gone,draft&submitter_id=7&business_date[gte]=2026-02-30\
                 &changed_at[lt]=now&category=&sort=colour&limit=2&include_total=1&q=%00";
    let expected = [
        ("business_date[gte]", "validation.format"),
        ("category", "validation.length"),
        ("changed_at[lt]", "validation.format"),
        ("colour", "validation.unknown_parameter"),
        ("format", "validation.not_one_of"),
        ("include_total", "validation.format"),
        ("limit", "validation.out_of_range"),
        ("limit", "validation.repeated_parameter"),
        ("q", "validation.character"),
        ("sort", "validation.not_one_of"),
        ("status", "validation.not_one_of"),
        ("submitter_id", "validation.format"),
    ];
    let told = |reply: &Reply| {
        let errors = reply.at("/errors");
        let mut told: Vec<(String, String)> =
            column(&errors, "pointer").into_iter().zip(column(&errors, "code")).collect();
        told.sort();
        told
    };
    let refused = boss.get(&format!("/api/v1/expense-claims?{query}")).refuses(400, "http.bad_parameter");
    assert_eq!(told(&refused), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    let details = column(&refused.at("/errors"), "detail");
    assert!(details.contains(&"没有此参数".to_owned()), "{details:?}");
    assert!(details.iter().any(|text| text.contains("in_approval")), "it says which there are: {details:?}");
    let english = boss.with("Accept-Language", "en").get(&format!("/api/v1/expense-claims?{query}"));
    let details = column(&english.refuses(400, "http.bad_parameter").at("/errors"), "detail");
    assert!(details.contains(&"There is no such parameter".to_owned()), "{details:?}");
    // Where nothing but their names is wrong; where one is missing; and on a write.
    let strange = boss.get("/api/v1/roles?colour=red&shape=round").refuses(400, "http.unknown_parameter");
    assert_eq!(column(&strange.at("/errors"), "pointer"), ["colour", "shape"]);
    let missing = boss.get("/api/v1/budget-execution?group_by=colour").refuses(400, "http.bad_parameter");
    let missing = told(&missing);
    assert!(missing.contains(&("fiscal_year".into(), "validation.required".into())), "{missing:?}");
    assert!(missing.contains(&("group_by".into(), "validation.not_one_of".into())), "{missing:?}");
    // What only the route knows, and what only a currency knows: also together with the others.
    let query =
        "fields=number,colour&expand=moon&cursor=yesterday&payable[gte]=many&payable[lte]=1.5.0&limit=0";
    let refused = boss.get(&format!("/api/v1/expense-claims?{query}")).refuses(400, "http.bad_parameter");
    let names = ["cursor", "expand", "fields", "limit", "payable[gte]", "payable[lte]"];
    assert_eq!(told(&refused).into_iter().map(|(at, _)| at).collect::<Vec<_>>(), names);
    let query = "payable_currency=JPY&payable[gte]=1.50&payable[lte]=2.50&fields=colour";
    let refused = boss.get(&format!("/api/v1/expense-claims?{query}")).refuses(400, "http.bad_parameter");
    let names = ["fields", "payable[gte]", "payable[lte]"];
    assert_eq!(told(&refused).into_iter().map(|(at, _)| at).collect::<Vec<_>>(), names);
    let query = "fields=colour&expand=moon";
    let refused = boss.get(&format!("/api/v1/expense-claims?{query}")).refuses(400, "http.bad_parameter");
    assert_eq!(told(&refused).len(), 2);
    let write = boss.post("/api/v1/policies?validate_only=maybe&colour=red", policy());
    let write = told(&write.refuses(400, "http.bad_parameter"));
    assert_eq!(write.len(), 2, "{write:?}");
    // Nobody is told of parameters before it is known who asks.
    app.anonymous().get(&format!("/api/v1/expense-claims?{query}")).refuses(401, "http.unauthenticated");
}

fn policy() -> Value {
    json!({"code": "sign-in/company", "title": "草案", "effective_from": "2027-01-01", "content": {}, "clause": "000"})
}

fn whoever_makes_keys_up_is_turned_away_before_they_are_looked_for(app: App) {
    let boss = app.administrator();
    let body = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let user = boss.post("/api/v1/users", body).expect(201).text("/id");
    app.grant(&boss, &user, "integration", "all", None);
    let body = json!({"user_id": user, "name": "ERP", "scopes": ["event:read"], "expires_at": null});
    let key = boss.post("/api/v1/api-keys", body).expect(201).text("/key");
    let elsewhere = app.elsewhere(|settings| settings.requests_per_minute = 3).quietly();
    let with = |token: &str| elsewhere.with("Authorization", format!("Bearer {token}"));
    with(&key).get("/api/v1/events").expect(200);
    for number in 0..2 {
        with(&format!("mc_made_up_{number}")).get("/api/v1/events").refuses(401, "http.unauthenticated");
    }
    let turned_away = with("mc_made_up_3").get("/api/v1/events").refuses(429, "http.too_many_requests");
    assert!(turned_away.header("retry-after").is_some());
    with(&key).get("/api/v1/events").expect(200);
}

fn a_server_that_is_to_end_says_so_before_it_does(app: App) {
    let home = app.home();
    drop(app);
    let program = Program::start(&home);
    let caller = program.caller(None);
    caller.get("/readyz").expect(200);
    program.terminate();
    let mut reply = caller.get("/readyz");
    while reply.status == 200 {
        thread::sleep(Duration::from_millis(20));
        reply = caller.get("/readyz");
    }
    reply.refuses(503, "http.draining");
    caller.get("/healthz").expect(200);
    caller.get("/version").expect(200);
    assert!(program.wait().success(), "it ends of its own accord");
}

/// The story's server with one thread that writes.
fn with_one_writer(app: App) -> App {
    let engine = app.engine;
    drop(app);
    App::start_with(engine, |settings| settings.writer_threads = 1)
}

fn a_body_that_does_not_arrive_is_given_up_and_said_so_in_the_callers_language(app: App) {
    let impatient = app.elsewhere(|settings| settings.request_seconds_max = 1);
    let mut stream = TcpStream::connect(impatient.address()).expect("a connection");
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\
                Accept-Language: en\r\nX-Request-Id: cut-off-1\r\nConnection: close\r\n\r\n{\"username\":";
    stream.write_all(head.as_bytes()).expect("half a request");
    let mut answer = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let said = answer.to_lowercase();
    for part in [
        "x-request-id: cut-off-1",
        "content-language: en",
        "cache-control: no-store",
        "http.timeout",
        "took too long to arrive",
        "\"request_id\":\"cut-off-1\"",
    ] {
        assert!(said.contains(part), "{part} in {answer}");
    }
}

fn a_server_that_is_too_slow_says_that_the_write_may_have_been_done(app: App) {
    let app = with_one_writer(app);
    let _boss = app.administrator();
    let impatient = app.elsewhere(|settings| settings.request_seconds_max = 1);
    let database = app.database.clone();
    let (told, hear) = std::sync::mpsc::channel();
    let (answered, until_answered) = std::sync::mpsc::channel::<()>();
    let holding = thread::spawn(move || {
        block_on(database.write(Request::system("test"), move |_| {
            let _heard = told.send(());
            let _released = until_answered.recv();
            Ok(StoredAnswer::default())
        }))
    });
    hear.recv().expect("a busy writer");
    let account = serde_json::json!({"username": "boss", "password": PASSWORD});
    let reply = impatient.with("Accept-Language", "en").post("/api/v1/sessions", account);
    let reply = reply.refuses(503, "http.too_slow");
    drop(answered);
    assert_eq!(reply.text("/request_id"), reply.header("x-request-id").expect("a request id"));
    assert!(reply.header("retry-after").is_some());
    holding.join().expect("the writer's turn").expect("an end of it");
}

fn a_method_nobody_knows_makes_no_metric_of_its_own(app: App) {
    app.anonymous().send("BREW", "/version", None).refuses(405, "http.method_not_allowed");
    let metrics = app.anonymous().get("/metrics").expect(200);
    let text = String::from_utf8_lossy(&metrics.bytes).into_owned();
    assert!(text.contains("method=\"other\"") && !text.contains("BREW"), "{text}");
}

fn the_tag_of_a_resource_is_of_what_was_sent_and_a_change_needs_its_version_alone(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let claim = lan.post("/api/v1/expense-claims", company.claim_of(120)).expect(201);
    let path = format!("/api/v1/expense-claims/{}", claim.text("/id"));
    let whole = lan.get(&path).expect(200);
    let tag = whole.header("etag").expect("a tag");
    let part = lan.get(&format!("{path}?fields=id,version")).expect(200);
    assert_ne!(part.header("etag"), Some(tag.clone()), "another part is another answer");
    assert_eq!(part.version(), whole.version(), "of the same version");
    lan.with("If-None-Match", tag.clone()).get(&format!("{path}?fields=id")).expect(200);
    lan.with("If-None-Match", tag.clone()).get(&path).expect(304);
    lan.with("If-Match", tag).act(&format!("{path}/submit")).expect(200);
}

fn what_is_beside_the_interface_answers_head_and_options(app: App) {
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/openapi/finance.json"] {
        app.anonymous().send("HEAD", path, None).expect(200);
        let reply = app.anonymous().send("OPTIONS", path, None).expect(204);
        assert_eq!(reply.header("allow").as_deref(), Some("GET, HEAD, OPTIONS"), "{path}");
        app.anonymous().delete(path).refuses(405, "http.method_not_allowed");
    }
}
