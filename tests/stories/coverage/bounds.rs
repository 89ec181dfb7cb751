//! What may be sent is bounded everywhere, before it costs anything: lists, arrays in the place of objects, secrets that
//! would be given out and taken back.

use super::access::path_of;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tests::{ADMINISTRATOR, App, Program, stories};

stories! {
    no_list_that_is_sent_takes_more_than_twenty_megabytes,
    an_array_is_no_object_anywhere,
    what_the_public_sends_is_short,
    what_hands_out_a_secret_has_no_rehearsal,
    what_nobody_can_see_reaches_no_column,
}

/// So many bytes a server may take more while it reads what is too much.
const MEMORY_MAX: u64 = 20 * 1024 * 1024;

/// A step from a body to one of its lists.
#[derive(Clone, PartialEq, Debug)]
enum Step {
    Member(String),
    FirstItem,
}

/// The lists in a body, each by the way to it, as its schema in the document says.
fn lists(document: &Value, schema: &Value, way: &[Step], seen: &[String], found: &mut Vec<Vec<Step>>) {
    if let Some(to) = schema["$ref"].as_str() {
        if !seen.iter().any(|name| name == to) {
            let seen = [seen, &[to.to_owned()]].concat();
            let schema = document.pointer(to.trim_start_matches('#')).expect("what is referred to");
            lists(document, schema, way, &seen, found);
        }
        return;
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for form in schema[choice].as_array().into_iter().flatten() {
            lists(document, form, way, seen, found);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let way = [way, &[Step::Member(name.clone())]].concat();
        lists(document, member, &way, seen, found);
    }
    if schema["items"].is_object() {
        if !found.iter().any(|known| known == way) {
            found.push(way.to_vec());
        }
        lists(document, &schema["items"], &[way, &[Step::FirstItem]].concat(), seen, found);
    }
}

/// A body in which the list at the end of a way is as long as a body can be.
fn endless(way: &[Step], item: &str) -> Vec<u8> {
    let (mut head, mut tail) = (String::new(), String::new());
    for step in way {
        let (open, close) = match step {
            Step::Member(name) => (format!("{{\"{name}\":"), "}"),
            Step::FirstItem => ("[".to_owned(), "]"),
        };
        head += &open;
        tail.insert_str(0, close);
    }
    let room = api::spine::JSON_BYTES_MAX - head.len() - tail.len() - 2;
    let count = room / (item.len() + 1);
    format!("{head}[{}]{tail}", vec![item; count].join(",")).into_bytes()
}

/// Every operation that takes JSON, with its body's schema: method, path, id.
fn bodies(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.values().flat_map(|item| item.as_object().expect("operations").values());
    let schema = |id: &str| {
        let mut all = operations.clone();
        let operation = all.find(|operation| operation["operationId"] == id)?;
        operation.pointer("/requestBody/content/application~1json/schema").cloned()
    };
    let routes = api::routes();
    let taking = routes.iter().filter_map(|route| {
        let schema = schema(&route.operation_id)?;
        Some((route.method.to_string(), path_of(route), schema))
    });
    taking.collect()
}

fn document() -> Value {
    let text = api::command::openapi::text(None).expect("a document");
    serde_json::from_str(&text).expect("JSON")
}

fn no_list_that_is_sent_takes_more_than_twenty_megabytes(app: App) {
    let home = app.home();
    let program = Program::start(&home);
    let (username, password) = ADMINISTRATOR;
    let account = json!({"username": username, "password": password});
    let signed_in = program.caller(None).post("/api/v1/sessions", account).expect(201);
    let caller = program.caller(Some(&signed_in.text("/access_token"))).at(1);
    let document = document();
    let mut tried = 0;
    for (method, path, schema) in bodies(&document) {
        let mut found = Vec::new();
        lists(&document, &schema, &[], &[], &mut found);
        for (way, item) in found.iter().flat_map(|way| ["{}", "0", "null"].map(|item| (way, item))) {
            let body = endless(way, item);
            let (reply, grown) =
                program.watching_memory(|| caller.send(&method, &path, Some(("application/json", body))));
            let what = format!("{method} {path} with {item} in {way:?}");
            assert!([403, 422].contains(&reply.status), "{what}: {reply}");
            let told = reply.at("/errors").as_array().map_or(0, Vec::len);
            assert!(told <= 100, "{what}: {told} findings");
            if let Some(grown) = grown {
                assert!(grown <= MEMORY_MAX, "{what}: {} KiB more", grown / 1024);
            }
            tried += 1;
        }
    }
    assert!(tried > 60, "only {tried} lists were found in the document");
}

fn an_array_is_no_object_anywhere(app: App) {
    let caller = app.administrator().at(1);
    for (method, path, _) in bodies(&document()) {
        for body in ["[]", "[\"admin\", \"password\"]", "[null]", "[{}]"] {
            let reply = caller.send(&method, &path, Some(("application/json", body.as_bytes().to_vec())));
            assert!([403, 422].contains(&reply.status), "{method} {path} with {body}: {reply}");
        }
    }
    let refused =
        caller.post("/api/v1/expense-claims", json!({"lines": [["x"]]})).refuses(422, "http.bad_body");
    assert_eq!(refused.text("/errors/0/pointer"), "/lines/0");
}

fn what_the_public_sends_is_short(app: App) {
    let routes = api::routes();
    let public = routes.iter().filter(|route| route.access == api::spine::Access::Public);
    for route in public.filter(|route| route.description.request_body.is_some()) {
        let body = format!("{{\"x\": \"{}\"}}", "x".repeat(32 * 1024)).into_bytes();
        let method = route.method.as_str();
        let reply = app.anonymous().send(method, &path_of(route), Some(("application/json", body)));
        reply.refuses(413, "http.too_large");
    }
}

/// Whether a schema shows something that is good for whoever reads it: a token, a key.
fn shows_a_secret(document: &Value, schema: &Value) -> bool {
    match schema["$ref"].as_str() {
        Some(to) => shows_a_secret(document, document.pointer(to.trim_start_matches('#')).expect("a schema")),
        None => schema["properties"].as_object().is_some_and(|members| {
            let is_secret =
                |name: &String| name == "key" || name.ends_with("_token") || name.ends_with("secret");
            members.iter().any(|(name, about)| is_secret(name) && about["type"] == "string")
        }),
    }
}

fn what_hands_out_a_secret_has_no_rehearsal(app: App) {
    let document = document();
    let caller = app.administrator();
    let mut secret = Vec::new();
    let routes = api::routes();
    for route in routes.iter().filter(|route| route.description.writes) {
        let operations = document["paths"][&route.path].as_object().expect("operations");
        let operation = &operations[&route.method.as_str().to_lowercase()];
        let answers = operation["responses"].as_object().expect("answers").values();
        let mut schemas = answers.filter_map(|answer| answer.pointer("/content/application~1json/schema"));
        let shows = schemas.any(|schema| shows_a_secret(&document, schema));
        if !shows && route.operation_id != "change_password" {
            continue;
        }
        secret.push(route.operation_id.as_str());
        assert!(!route.description.rehearses && !route.knows_parameter("validate_only"), "{}", route.path);
        let asked = caller.at(1).send(
            route.method.as_str(),
            &format!("{}?validate_only=true", path_of(route)),
            Some(("application/json", b"{}".to_vec())),
        );
        assert!([400, 422].contains(&asked.status), "{}: {asked}", route.path);
    }
    secret.sort_unstable();
    let known = [
        "change_password",
        "issue_activation_codes",
        "issue_api_key",
        "make_webhook_endpoint",
        "refresh_session",
        "rotate_api_key",
        "rotate_webhook_secret",
        "start_session",
    ];
    assert_eq!(secret, known);
    // What was asked for is not given, and the token is as good as before.
    let account = json!({"username": "boss", "password": tests::PASSWORD});
    let signed_in = app.anonymous().post("/api/v1/sessions", account).expect(201);
    let token = json!({"refresh_token": signed_in.text("/refresh_token")});
    let rehearsal = app.anonymous().post("/api/v1/sessions/refresh?validate_only=true", token.clone());
    rehearsal.refuses(400, "http.unknown_parameter");
    app.anonymous().post("/api/v1/sessions/refresh", token).expect(200);
}

fn what_nobody_can_see_reaches_no_column(app: App) {
    let boss = app.administrator();
    // A cursor of ours, made over by whoever has it.
    let page = boss.get("/api/v1/roles?sort=code&limit=1").expect(200).text("/next_cursor");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(page).expect("base64url");
    let cursor: Value = serde_json::from_slice(&bytes).expect("JSON");
    let made_over = |place: usize, said: &str| {
        let mut parts: Vec<String> = cursor.as_array().expect("parts").iter().map(Value::to_string).collect();
        parts[place] = said.to_owned();
        let text = BASE64_URL_SAFE_NO_PAD.encode(format!("[{}]", parts.join(",")));
        boss.get(&format!("/api/v1/roles?sort=code&limit=1&cursor={text}"))
    };
    made_over(1, "\"b\"").expect(200);
    for said in [r#""a\u0000b""#, r#""\ud800""#, r#""\u001f""#, "1", "null", "[]", "{}"] {
        for place in [1, 2] {
            let reply = made_over(place, said);
            // A mark of another order is none, and the list begins at its beginning.
            let is_of_another = ["1", "null"].contains(&said) && reply.status == 200;
            assert!(reply.status == 400 || is_of_another, "{place} {said}: {reply}");
        }
    }
    for part in ["a%00b", "%ED%A0%80", "%FF", "%E2%80%AEx", "%7F"] {
        let mirrored = format!("/api/v1/expense-claims/by-external/{part}/1");
        boss.put(&mirrored, json!({})).refuses(404, "http.not_found");
        boss.put(&format!("/api/v1/expense-claims/by-external/x/{part}"), json!({}))
            .refuses(404, "http.not_found");
    }
    // Texts that deceive are refused wherever they stand.
    for name in ["\u{200b}", "\u{202e}gnp.exe", "a\u{0}", "\u{2067}x"] {
        let made = json!({"code": "odd", "name_zh": name, "name_en": "Odd", "permissions": ["file:read"]});
        boss.post("/api/v1/roles", made).refuses(422, "validation.character");
    }
    let mixed = json!({"username": "\u{430}dmin", "kind": "service", "name": "x"});
    boss.post("/api/v1/users", mixed).refuses(422, "identity.username_mixed");
}
