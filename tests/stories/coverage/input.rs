//! Bad input of every kind, at every route: always a problem document in the caller's language, never our
//! fault, and nothing changes.

use super::access::path_of;
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};
use tests::{App, Caller, Reply, stories};

stories! {
    a_body_that_is_no_json_is_refused_everywhere,
    a_body_of_another_kind_is_refused_everywhere,
    a_body_with_unknown_members_is_refused_everywhere,
    a_body_that_is_too_large_is_refused,
    characters_nobody_can_see_are_refused,
    what_is_wrong_in_many_places_is_told_briefly,
    parameters_nobody_knows_are_refused_everywhere,
    members_nobody_knows_are_not_shown_anywhere,
    pages_out_of_bounds_are_refused_everywhere,
    ids_that_cannot_be_ids_are_not_found,
    headers_that_mean_nothing_are_refused,
    bytes_that_are_no_text_are_refused,
    what_is_not_http_does_no_harm,
}

/// Asserts a problem document: its shape, its headers, its language.
#[track_caller]
pub(super) fn is_problem(reply: &Reply, statuses: &[u16], what: &str) {
    assert!(statuses.contains(&reply.status), "{what}: {reply}");
    assert_eq!(reply.header("content-type").as_deref(), Some("application/problem+json"), "{what}: {reply}");
    assert_eq!(reply.at("/status"), Value::from(reply.status), "{what}: {reply}");
    let known = api::catalogue().iter().any(|meaning| meaning.code == reply.code());
    assert!(known, "{what}: the code is not in the catalogue: {reply}");
    assert_eq!(reply.at("/request_id").as_str().map(str::to_owned), reply.header("x-request-id"), "{what}");
    let chinese = reply.text("/title").chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let wanted = reply.header("content-language").as_deref() == Some("zh-CN");
    assert_eq!(chinese, wanted, "{what}: the title is in another language than was said: {reply}");
    assert!(!reply.text("/title").contains('{'), "{what}: a parameter of the text is missing: {reply}");
    if wanted {
        let errors = reply.at("/errors");
        let details = errors.as_array().into_iter().flatten().filter_map(|error| error["detail"].as_str());
        for text in details.chain([reply.text("/title").as_str()]) {
            assert_eq!(super::words::foreign_in_chinese(text), None, "{what}: {reply}");
        }
    }
    let within = |text: &Value, most: usize| text.as_str().is_some_and(|text| text.chars().count() <= most);
    let errors = reply.at("/errors");
    let errors: Vec<&Value> = errors.as_array().into_iter().flatten().collect();
    let are_brief = errors.iter().all(|at| within(&at["pointer"], 500) && within(&at["detail"], 2_000));
    assert!(within(&reply.at("/title"), 2_000) && are_brief, "{what}: longer than its schema says: {reply}");
}

/// Sends a body to every route that takes one, in both languages, and expects one of these statuses.
fn everywhere(administrator: &Caller, kind: &str, body: &[u8], statuses: &[u16], what: &str) {
    for route in api::routes().iter().filter(|route| takes_json(route)) {
        for language in ["zh-CN", "en"] {
            let mut caller = administrator.with("Accept-Language", language);
            if route.description.conditional {
                caller = caller.at(1);
            }
            let method = route.method.as_str();
            let reply = caller.send(method, &path_of(route), Some((kind, body.to_vec())));
            is_problem(&reply, statuses, &format!("{what} to {method} {}", route.path));
            assert_eq!(reply.header("content-language").as_deref(), Some(language));
        }
    }
}

pub(super) fn takes_json(route: &api::spine::RouteInfo) -> bool {
    let body = route.description.request_body.as_ref();
    body.is_some_and(|body| body.content.keys().any(|kind| kind == "application/json"))
}

fn entries(caller: &Caller) -> usize {
    let page = caller.get("/api/v1/audit-entries?limit=200").expect(200).at("/data");
    // What was refused is told, and changes nothing.
    let changes =
        page.as_array().into_iter().flatten().filter(|entry| entry["entity_kind"] != "access_notice");
    changes.count()
}

/// Does something and asserts that nothing was written by it.
pub(super) fn changing_nothing(app: &App, act: impl FnOnce(&Caller)) {
    let caller = app.administrator();
    let before = entries(&caller);
    act(&caller);
    assert_eq!(entries(&caller), before, "something was written");
}

fn a_body_that_is_no_json_is_refused_everywhere(app: App) {
    changing_nothing(&app, |caller| {
        let deep = "[".repeat(50_000);
        let deep_objects = "{\"a\":".repeat(50_000);
        let bodies: [&[u8]; 9] = [
            b"",
            b"{",
            b"{\"a\":}",
            b"not json",
            b"{} trailing",
            b"\xEF\xBB\xBF{}",
            b"{\"title\": \"\xFF\xFE\"}",
            deep.as_bytes(),
            deep_objects.as_bytes(),
        ];
        for body in bodies {
            let what = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            everywhere(caller, "application/json", body, &[400, 403, 404, 413, 422], &what);
        }
    });
}

fn a_body_of_another_kind_is_refused_everywhere(app: App) {
    changing_nothing(&app, |caller| {
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonp", ";"]
        {
            everywhere(caller, kind, b"{}", &[403, 415], kind);
        }
    });
}

fn a_body_with_unknown_members_is_refused_everywhere(app: App) {
    changing_nothing(&app, |caller| {
        let bodies: [&[u8]; 8] = [
            b"null",
            b"[]",
            b"42",
            b"\"text\"",
            b"{\"no_such_member\": 1}",
            b"{\"__proto__\": {}, \"constructor\": 1}",
            b"[1e999]",
            b"{\"amount\": 123456789012345678901234567890123456789012345678901234567890}",
        ];
        for body in bodies {
            everywhere(
                caller,
                "application/json",
                body,
                &[400, 403, 404, 422],
                &String::from_utf8_lossy(body),
            );
        }
    });
}

fn a_body_that_is_too_large_is_refused(app: App) {
    changing_nothing(&app, |caller| {
        let body = format!("{{\"title\": \"{}\"}}", "x".repeat(3 * 1024 * 1024));
        for language in ["zh-CN", "en"] {
            let caller = caller.with("Accept-Language", language);
            let sent = Some(("application/json", body.clone().into_bytes()));
            let reply = caller.send("POST", "/api/v1/policies", sent);
            is_problem(&reply, &[413], "3 MiB");
        }
    });
}

fn draft(member: &str, value: &str) -> Vec<u8> {
    let plain = [
        ("code", "\"approval-chain/x\""),
        ("title", "\"x\""),
        ("effective_from", "\"2099-01-01\""),
        ("content", "{}"),
        ("clause", "\"x\""),
    ];
    let members: Vec<String> = plain
        .iter()
        .map(|(name, usual)| format!("\"{name}\": {}", if *name == member { value } else { usual }))
        .collect();
    format!("{{{}}}", members.join(", ")).into_bytes()
}

fn characters_nobody_can_see_are_refused(app: App) {
    changing_nothing(&app, |caller| {
        let values = [
            ("title", "\"a\\u0000b\""),
            ("title", "\"\\u001b[31m\""),
            ("title", "\"\\ud800\""),
            ("title", "\"\\udc00\\ud800\""),
            ("title", "\"\u{7f}\""),
            ("title", "\"\u{85}\""),
            ("content", "{\"a\\u0000\": 1}"),
            ("content", "{\"a\": [{\"b\": \"\\u0000\"}]}"),
            ("code", "\"approval-chain/\\u0000\""),
            ("title", "\"\""),
            ("title", "null"),
            ("title", "1"),
            ("effective_from", "\"2099-02-30\""),
            ("effective_from", "\"+262143-01-01\""),
            ("effective_from", "\"0000-00-00\""),
            ("effective_from", "99990101"),
        ];
        for (member, value) in values {
            let body = Some(("application/json", draft(member, value)));
            let reply = caller.send("POST", "/api/v1/policies", body);
            is_problem(&reply, &[400, 422], &format!("{member} = {value}"));
        }
    });
    // What looks odd and is text is kept as it is.
    let kept = "家族👨‍👩‍👧‍👦 עברית 𠮷野家 é e\u{301}\n第二行";
    let body = serde_json::json!({"code": "price-order/unicode", "title": kept,
        "effective_from": "2099-01-01", "content": {"keys": []}, "clause": "x"});
    assert_eq!(app.administrator().post("/api/v1/policies", body).expect(201).text("/title"), kept);
}

fn gets() -> Vec<String> {
    api::routes().iter().filter(|route| route.method == "GET").map(path_of).collect()
}

fn what_is_wrong_in_many_places_is_told_briefly(app: App) {
    changing_nothing(&app, |caller| {
        let many = serde_json::json!([0, false, {"amount": "x".repeat(300)}, "y".repeat(300)]);
        let many: Vec<&Value> = many.as_array().into_iter().flatten().cycle().take(1_200).collect();
        let lists = ["lines", "items", "movements", "permissions", "scopes", "codes", "claim_ids", "duties"];
        let mut body: serde_json::Map<_, _> =
            lists.iter().map(|list| ((*list).to_owned(), serde_json::json!(many))).collect();
        body.insert("z".repeat(4_000), Value::Null);
        let body = serde_json::to_vec(&body).expect("a body");
        everywhere(caller, "application/json", &body, &[400, 403, 404, 413, 422], "many faults");
    });
}

fn members_nobody_knows_are_not_shown_anywhere(app: App) {
    let caller = app.administrator();
    let routes = api::routes();
    for route in routes.iter().filter(|route| route.method == "GET" && route.knows_parameter("fields")) {
        for query in ["fields=", "fields=no_such", "fields=,,", "fields=id,no_such"] {
            let path = format!("{}?{query}", path_of(route));
            is_problem(&caller.get(&path), &[400, 404], &path);
        }
    }
}

fn parameters_nobody_knows_are_refused_everywhere(app: App) {
    let caller = app.administrator();
    for path in gets() {
        for query in ["colour=red", "limit=1&limit=2", "%00=1", "limit%00=1", "=", "a[b]=c", "__proto__=1"] {
            let reply = caller.get(&format!("{path}?{query}"));
            is_problem(&reply, &[400, 403, 404], &format!("{path}?{query}"));
        }
    }
}

fn pages_out_of_bounds_are_refused_everywhere(app: App) {
    let caller = app.administrator();
    let lists = api::routes();
    let lists = lists.iter().filter(|route| route.method == "GET" && route.knows_parameter("cursor"));
    for route in lists {
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=1e3",
            "limit=",
            "limit=99999999999999999999",
            "limit=abc",
            "cursor=x",
            "cursor=",
            "cursor=AAAA",
            "cursor=%00",
            "cursor=WzEsMiwzXQ",
            "include_total=maybe",
        ] {
            let path = format!("{}?{query}", path_of(route));
            is_problem(&caller.get(&path), &[400, 404], &path);
        }
    }
}

fn ids_that_cannot_be_ids_are_not_found(app: App) {
    let caller = app.administrator();
    let routes = api::routes();
    for route in routes.iter().filter(|route| route.path.contains("{id}")) {
        for id in
            ["x", "0", "-1", "%00", "%FF", "..%2F..", "'%20OR%201=1--", &"9".repeat(4_000), "%F0%9F%92%A9"]
        {
            let path = route.path.replace("{id}", id).replace(['{', '}'], "");
            let caller = if route.description.conditional { caller.at(1) } else { caller.clone() };
            let body = takes_json(route).then(|| ("application/json", b"{}".to_vec()));
            let reply = caller.send(route.method.as_str(), &path, body);
            is_problem(&reply, &[400, 403, 404, 415, 422], &format!("{} {path}", route.method));
        }
    }
}

fn headers_that_mean_nothing_are_refused(app: App) {
    let caller = app.administrator();
    let path = "/api/v1/policies/019ccccc-0000-7000-8000-00000000dead/publish";
    for version in ["", "x", "\"x\"", "1e3", "\"99999999999999999999\"", "W/\"1", "*"] {
        let reply = caller.with("If-Match", version).act(path);
        is_problem(&reply, &[400], &format!("If-Match: {version}"));
    }
    is_problem(&caller.act(path), &[428], "no If-Match");
    for language in ["", ";;;q=", "en;q=nan", "zh;q=-1,en;q=9", "*", &"x,".repeat(2_000)] {
        is_problem(&caller.with("Accept-Language", language).get("/api/v1/nothing"), &[404], language);
    }
    let sent = "x".repeat(5_000);
    let reply = caller.with("X-Request-Id", sent.clone()).get("/api/v1/nothing");
    assert_ne!(reply.text("/request_id"), sent);
    let reply = caller.with("X-Request-Id", "bad id\u{9}with\u{9}tabs").get("/api/v1/nothing");
    is_problem(&reply, &[404], "a request id with tabs");
}

/// Sends bytes, and nothing more after them, and reads until the other side closes; the status, and all of it.
fn raw(app: &App, bytes: &[u8]) -> (Option<u16>, String) {
    let mut stream = TcpStream::connect(app.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    // The server may close before it has read everything.
    let _closed_early = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let _closed = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()), text)
}

fn bytes_that_are_no_text_are_refused(app: App) {
    let requests: [&[u8]; 6] = [
        b"GET /api/v1/%FF%FE HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/policies?kind=%FF HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/policies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xFF\xFE\r\nConnection: close\r\n\r\n",
        b"GET /version HTTP/1.1\r\nHost: x\r\nAccept-Language: \xFF\r\nX-Request-Id: \xFF\r\nConnection: close\r\n\r\n",
        b"GET //api//v1/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /problems/%2e%2e%2f%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ];
    for request in requests {
        let (status, answer) = raw(&app, request);
        let status = status.unwrap_or_else(|| panic!("no answer to {}", String::from_utf8_lossy(request)));
        let right =
            status == 200 || (400..500).contains(&status) && answer.contains("application/problem+json");
        assert!(right, "{}: {answer}", String::from_utf8_lossy(request));
    }
}

fn what_is_not_http_does_no_harm(app: App) {
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(200_000));
    let headers = format!("GET /version HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(5_000));
    let requests: [&[u8]; 7] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"FOO BAR\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /version HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /version HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz",
        long.as_bytes(),
        headers.as_bytes(),
    ];
    for request in requests {
        let (status, answer) = raw(&app, request);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{answer}");
    }
    app.anonymous().get("/version").expect(200);
}
