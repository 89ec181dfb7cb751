//! The OpenAPI document and the table of operations.

use super::{excepted, is_current};
use api::spine::Access;
use serde_json::Value;
use std::collections::BTreeMap;
use tests::checks;

checks! {
    the_committed_openapi_document_is_current,
    the_committed_table_of_operations_is_current,
    the_committed_table_of_members_is_current,
    every_operation_has_its_own_name_of_verb_and_noun,
    every_operation_has_a_summary_a_described_tag_and_a_permission,
    every_schema_of_a_name_is_the_same_schema,
    what_is_shared_is_the_same_wherever_it_stands,
    every_reference_leads_somewhere,
    every_component_is_referred_to,
    every_wing_has_its_routes_tags_and_events,
    everything_that_can_be_sent_is_closed_and_bounded,
    reading_routes_read_and_writing_routes_write,
    public_routes_are_those_on_the_list,
    every_body_of_json_has_an_example,
    programs_of_other_languages_are_made_of_it,
    every_resource_can_be_had_in_part,
    what_can_be_shown_along_is_referred_to_by_an_id,
}

/// That it is the least that a route takes is what [`super::input`] shows.
fn every_body_of_json_has_an_example() {
    let document = document();
    for (place, operation) in operations(&document) {
        let body = operation.pointer("/requestBody/content/application~1json");
        assert!(
            body.is_none_or(|body| !body["example"].is_null()),
            "{place}: nobody can try it as it stands"
        );
    }
}

/// Names that only this source understands, and members that are null by default, make poor types elsewhere.
fn programs_of_other_languages_are_made_of_it() {
    fn null_by_default(value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                members.get("default").is_some_and(Value::is_null) || members.values().any(null_by_default)
            }
            Value::Array(items) => items.iter().any(null_by_default),
            _ => false,
        }
    }
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let inward = |name: &&String| {
        let is_type = name.starts_with(|first: char| first.is_ascii_lowercase());
        is_type || name.ends_with("Body") || name.ends_with("View")
    };
    let inward: Vec<_> = schemas.keys().filter(inward).collect();
    assert!(inward.is_empty(), "say what people call it by #[schema(as = …)]: {inward:?}");
    let null: Vec<_> =
        schemas.iter().filter(|(_, schema)| null_by_default(schema)).map(|(name, _)| name).collect();
    assert!(null.is_empty(), "{null:?}");
    // What is answered always is required, also where it may be null.
    let required = document.pointer("/components/schemas/ExpenseClaimSummary/required").expect("a list");
    let required = required.as_array().expect("a list");
    assert!(required.contains(&Value::from("voucher_number")), "{required:?}");
}

fn every_resource_can_be_had_in_part() {
    for route in api::routes().iter().filter(|route| route.description.reads && route.method == "GET") {
        let answer = route.description.responses.get(&200);
        let is_json = answer.is_some_and(|answer| answer.content.contains_key("application/json"));
        assert_eq!(route.knows_parameter("fields"), is_json, "{} {}", route.method, route.path);
    }
}

fn document() -> Value {
    serde_json::from_str(&api::command::openapi::text(None).expect("a document")).expect("JSON")
}

/// The whole document, and that of each wing.
fn documents() -> impl Iterator<Item = (&'static str, Value)> {
    let wing = |wing: &&'static api::spine::Wing| {
        let text = api::command::openapi::text(Some(*wing)).expect("a document");
        (wing.name, serde_json::from_str(&text).expect("JSON"))
    };
    [("everything", document())].into_iter().chain(api::WINGS.iter().map(wing))
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            all.push((format!("{method} {path}"), operation));
        }
    }
    all
}

fn the_committed_openapi_document_is_current() {
    is_current(
        "openapi/openapi.json",
        &format!("{}\n", api::command::openapi::text(None).expect("a document")),
    );
}

fn the_committed_table_of_operations_is_current() {
    is_current("openapi/routes.txt", &api::command::openapi::table());
}

fn the_committed_table_of_members_is_current() {
    is_current("openapi/members.txt", &api::command::openapi::members().expect("members"));
}

fn every_operation_has_its_own_name_of_verb_and_noun() {
    let mut seen = BTreeMap::new();
    for route in api::routes().iter() {
        let name = &route.operation_id;
        let place = format!("{} {}", route.method, route.path);
        let words: Vec<&str> = name.split('_').collect();
        let plain = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(words.len() >= 2 && words.iter().all(plain), "{place}: `{name}` is not verb_noun");
        if let Some(other) = seen.insert(name.clone(), place.clone()) {
            panic!("`{name}` is both {other} and {place}");
        }
    }
}

fn every_operation_has_a_summary_a_described_tag_and_a_permission() {
    let document = document();
    let tags: BTreeMap<&str, &Value> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .map(|tag| (tag["name"].as_str().expect("a name"), &tag["description"]))
        .collect();
    for (place, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{place}: no summary");
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        let described = tags.get(tag).is_some_and(|about| about.is_string());
        assert!(described, "{place}: the tag `{tag}` is not described by its wing");
        let open = operation["security"].as_array().is_some_and(Vec::is_empty);
        let bearer = operation["security"][0]["bearer"].is_array();
        assert!(open || bearer, "{place}: no security");
        if operation["x-permission"].is_string() {
            assert!(operation["responses"]["403"].is_object(), "{place}: needs a permission, cannot be 403");
        }
    }
}

fn every_schema_of_a_name_is_the_same_schema() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for route in api::routes().iter() {
        for (name, schema) in &route.description.schemas() {
            let schema = serde_json::to_value(schema).expect("JSON");
            let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "two different schemas are called {name}: use #[schema(as = …)]");
        }
    }
}

/// One route must not replace what another means by a parameter or header of the same name.
fn what_is_shared_is_the_same_wherever_it_stands() {
    let (mut parameters, mut headers) = (BTreeMap::new(), BTreeMap::new());
    for route in api::routes().iter() {
        for parameter in route.description.shared_parameters() {
            let said = serde_json::to_value(parameter).expect("JSON");
            let first = parameters.entry(parameter.name.clone()).or_insert_with(|| said.clone());
            assert_eq!(*first, said, "{}: `{}` means two things", route.path, parameter.name);
        }
        for (name, about) in route.description.shared_headers() {
            assert_eq!(*headers.entry(name).or_insert(about), about, "`{name}` means two things");
        }
    }
    assert!(parameters.len() > 8 && headers.len() > 2);
}

fn every_reference_leads_somewhere() {
    fn follow(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let found = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                    assert!(found.is_some(), "{reference} leads nowhere");
                }
                members.values().for_each(|member| follow(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| follow(item, document)),
            _ => {}
        }
    }
    for (_, document) in documents() {
        follow(&document, &document);
    }
}

fn every_component_is_referred_to() {
    for (title, document) in documents() {
        let text = document.to_string();
        for (kind, components) in document["components"].as_object().expect("components") {
            let names = components.as_object().into_iter().flatten().map(|(name, _)| name);
            for name in names.filter(|_| kind != "securitySchemes") {
                let reference = format!("\"#/components/{kind}/{name}\"");
                assert!(text.contains(&reference), "{title}: nothing refers to the {kind} `{name}`");
            }
        }
    }
}

fn every_wing_has_its_routes_tags_and_events() {
    let (mut routes, mut events) = (0, Vec::new());
    for wing in api::WINGS {
        let all = api::routes();
        let own: Vec<_> = all.iter().filter(|route| route.wing == wing.name).collect();
        for route in &own {
            let known = wing.tags.iter().any(|(tag, _)| *tag == route.tag);
            assert!(known, "{}: the tag `{}` is not one of {}", route.path, route.tag, wing.name);
        }
        for (tag, _) in wing.tags {
            assert!(own.iter().any(|route| route.tag == *tag), "{}: no route has the tag `{tag}`", wing.name);
        }
        routes += own.len();
        events.extend(wing.events().map(|event| event.name));
    }
    assert_eq!(routes, api::routes().iter().count());
    assert_eq!(events, domain::events().map(|event| event.name).collect::<Vec<_>>());
}

/// Finds what is unbounded in what a client may send.
fn inspect(schema: &Value, document: &Value, place: &str, depth: u8, found: &mut Vec<String>) {
    if depth > 12 {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a schema");
        return inspect(target, document, place, depth + 1, found);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for item in schema[choice].as_array().into_iter().flatten() {
            inspect(item, document, place, depth + 1, found);
        }
    }
    let is = |kind: &str| {
        schema["type"] == kind
            || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind))
    };
    let bounded_text = ["maxLength", "enum", "const"].iter().any(|bound| !schema[*bound].is_null())
        || ["date", "date-time", "uuid", "binary"].iter().any(|format| schema["format"] == *format);
    if is("string") && !bounded_text {
        found.push(format!("{place}: a string without maxLength"));
    }
    if is("array") {
        if schema["maxItems"].is_null() {
            found.push(format!("{place}: an array without maxItems"));
        }
        inspect(&schema["items"], document, &format!("{place}[]"), depth + 1, found);
    }
    if let Some(members) = schema["properties"].as_object() {
        if schema["additionalProperties"] != Value::Bool(false) {
            found.push(format!("{place}: open to unknown members"));
        }
        for (name, member) in members {
            inspect(member, document, &format!("{place}.{name}"), depth + 1, found);
        }
    }
}

fn everything_that_can_be_sent_is_closed_and_bounded() {
    let document = document();
    let mut found = Vec::new();
    for (place, operation) in operations(&document) {
        for content in operation["requestBody"]["content"].as_object().into_iter().flat_map(|c| c.values()) {
            inspect(&content["schema"], &document, &place, 0, &mut found);
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(parameter, &document);
            let name = parameter["name"].as_str().unwrap_or_default();
            inspect(&parameter["schema"], &document, &format!("{place} ?{name}"), 0, &mut found);
        }
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "unbounded:\n{}", found.join("\n"));
}

fn reading_routes_read_and_writing_routes_write() {
    /// Routes that are POST for the size or secrecy of what is sent, and write nothing.
    const READING_POSTS: &[&str] = &["reconcile_cash_advances", "reconcile_expense_claims"];
    let routes = api::routes();
    let reading = routes.iter().filter(|route| route.method != "GET" && !route.description.writes);
    let reading = reading.map(|route| &route.operation_id);
    excepted("a route that does not write through a `UnitOfWork`", reading, READING_POSTS.iter().copied());
    for route in routes.iter() {
        let place = format!("{} {}", route.method, route.path);
        assert!(route.method != "GET" || !route.description.writes, "{place} is a GET and writes");
        let conditional = matches!(route.method.as_str(), "PUT" | "PATCH") && route.path.ends_with("{id}");
        assert!(
            !conditional || route.description.conditional,
            "{place} changes a resource without `If-Match`"
        );
    }
}

/// Who may be called by anybody is decided here and nowhere else: no switch rewrites this list.
fn public_routes_are_those_on_the_list() {
    let listed: Vec<&str> = include_str!("public_routes.txt").lines().collect();
    let mut public: Vec<String> = api::routes()
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    public.sort();
    assert_eq!(public, listed, "the public routes and tests/stories/coverage/public_routes.txt differ");
}

/// The schema behind a reference.
fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let place = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    place.map_or(schema, |place| document.pointer(place).expect("a schema"))
}

/// A member of a schema, whether it stands there itself or in a part of it.
fn member<'a>(schema: &'a Value, name: &str, document: &'a Value) -> Option<&'a Value> {
    let schema = resolved(schema, document);
    let parts =
        ["allOf", "oneOf"].into_iter().flat_map(|parts| schema[parts].as_array().into_iter().flatten());
    let own = schema["properties"].get(name);
    own.or_else(|| parts.into_iter().find_map(|part| member(part, name, document)))
}

/// Whether a member is an id, or an object with one under this name, or a list of such objects.
fn leads_by(schema: &Value, id: &str, document: &Value) -> bool {
    if schema["$ref"].as_str().is_some_and(|reference| reference.ends_with("/Id")) {
        return true;
    }
    let schema = resolved(schema, document);
    let choice = schema["oneOf"].as_array().into_iter().flatten();
    choice.into_iter().any(|case| leads_by(case, id, document))
        || schema.get("items").is_some_and(|items| leads_by(items, id, document))
        || schema["properties"].get(id).is_some_and(|member| leads_by(member, id, document))
}

fn what_can_be_shown_along_is_referred_to_by_an_id() {
    let document = document();
    let mut followed = 0;
    for route in api::routes().iter().filter(|route| !route.description.refers.is_empty()) {
        let place = format!("{} {}", route.method, route.path);
        let operations = operations(&document);
        let mut operations = operations.iter().map(|(_, operation)| *operation);
        let operation = operations.find(|operation| operation["operationId"] == route.operation_id.as_str());
        let shown =
            &operation.expect("an operation")["responses"]["200"]["content"]["application/json"]["schema"];
        let shown = member(shown, "data", &document).map_or(shown, |data| &data["items"]);
        let mut names = Vec::new();
        for refers in route.description.refers {
            assert!(!names.contains(&refers.name), "{place}: two are called `{}`", refers.name);
            names.push(refers.name);
            let by = member(shown, refers.member, &document);
            let leads = by.is_some_and(|by| leads_by(by, refers.id, &document));
            assert!(leads, "{place}: `{}` is no reference to `{}`", refers.member, refers.name);
            followed += 1;
        }
    }
    assert!(followed > 100, "only {followed} references can be followed");
}
