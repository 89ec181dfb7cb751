//! Bodies that are made of the document: its own examples, which every route takes, and members of which each is of another
//! kind than it says, which every route tells in the language of whoever sent them.

use super::{
    access::path_of,
    input::{changing_nothing, is_problem, takes_json},
};
use serde_json::Value;
use tests::{App, stories};

stories! {
    the_example_of_every_body_is_taken_as_it_stands,
    every_member_of_another_kind_is_told_in_the_readers_language,
}

/// What a body leaves out because whoever sends it is meant: the administrator of these stories is no employee, and so has
/// no department. A password is left out because a service has none.
const OF_THE_CALLER: [&str; 3] = ["/employee_id", "/department_id", "/password"];

/// What a route says of a body that is its own example: whatever stands in the way, not its form.
fn the_example_of_every_body_is_taken_as_it_stands(app: App) {
    let document = api::command::openapi::text(None).expect("a document");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let caller = app.administrator();
    let mut misshapen = Vec::new();
    for route in api::routes().iter().filter(|route| takes_json(route) && route.path != "/api/v1/me/password")
    {
        let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
        let example =
            operation.pointer("/requestBody/content/application~1json/example").expect("an example");
        let caller = if route.description.conditional { caller.at(1) } else { caller.clone() };
        let sent = Some(("application/json", serde_json::to_vec(example).expect("JSON")));
        let rehearsed = if route.knows_parameter("validate_only") { "?validate_only=true" } else { "" };
        let reply = caller.send(route.method.as_str(), &format!("{}{rehearsed}", path_of(route)), sent);
        let ill = ["http.bad_body", "http.malformed_json", "validation.required", "validation.length"];
        let is_ill = reply.status >= 400 && (reply.status >= 500 || ill.contains(&reply.code().as_str()));
        if is_ill && !OF_THE_CALLER.contains(&reply.at("/errors/0/pointer").as_str().unwrap_or_default()) {
            misshapen.push(format!("{} {}: {example} {reply}", route.method, route.path));
        }
    }
    assert!(misshapen.is_empty(), "examples that no route takes: {misshapen:#?}");
}

/// A value that a schema refuses: by its type, its pattern, its format or its bounds.
fn refused_by(schema: &Value, is_mild: bool) -> Value {
    match schema["type"].as_str() {
        // Of the right type, and beyond every bound.
        Some("string") if is_mild => "!".into(),
        Some("integer" | "number") if is_mild => (-9_000_000).into(),
        Some("array") if is_mild => Value::Array(vec![Value::Null; 2]),
        Some("string") => 7.into(),
        Some("object") => "!".into(),
        _ => serde_json::json!({"7": 7}),
    }
}

fn every_member_of_another_kind_is_told_in_the_readers_language(app: App) {
    let document = api::command::openapi::text(None).expect("a document");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    changing_nothing(&app, |caller| {
        for route in api::routes().iter().filter(|route| takes_json(route)) {
            let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
            let named = operation.pointer("/requestBody/content/application~1json/schema/$ref");
            let named = named.and_then(Value::as_str).and_then(|named| named.strip_prefix('#'));
            let members = named.and_then(|named| document.pointer(named)).map(|schema| &schema["properties"]);
            for is_mild in [true, false] {
                let wrong = |(name, schema): (&String, &Value)| (name.clone(), refused_by(schema, is_mild));
                let body = members.and_then(Value::as_object).into_iter().flatten().map(wrong);
                let body = serde_json::to_vec(&Value::Object(body.collect())).expect("a body");
                for language in ["zh-CN", "en"] {
                    let caller = caller.with("Accept-Language", language);
                    let caller = if route.description.conditional { caller.at(1) } else { caller };
                    let sent = Some(("application/json", body.clone()));
                    let reply = caller.send(route.method.as_str(), &path_of(route), sent);
                    let what = format!("wrong members to {} {}", route.method, route.path);
                    is_problem(&reply, &[400, 401, 403, 404, 409, 422], &what);
                }
            }
        }
    });
}
