//! The least body a route accepts, made from its schema in the OpenAPI document.

use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = api::command::openapi::text(None).expect("a document");
    serde_json::from_str(&text).expect("JSON")
});

/// The least JSON body of an operation; `None` if it takes none.
pub(super) fn of(operation: &str) -> Option<Value> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let mut operations = paths.values().flat_map(|item| item.as_object().expect("operations").values());
    let found = operations.find(|candidate| candidate["operationId"] == operation).expect(operation);
    let schema = &found["requestBody"]["content"]["application/json"]["schema"];
    (!schema.is_null()).then(|| least(schema))
}

/// The least value of a schema.
fn least(schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return least(DOCUMENT.pointer(reference.trim_start_matches('#')).expect(reference));
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) =
            schema[several].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"))
        {
            return least(first);
        }
    }
    for given in [&schema["const"], &schema["enum"][0], &schema["example"], &schema["examples"][0]] {
        if !given.is_null() {
            return given.clone();
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "string" => text(schema),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => json!(true),
        "array" => {
            let length = schema["minItems"].as_u64().unwrap_or_default();
            (0..length).map(|_| least(&schema["items"])).collect()
        }
        _ => object(schema),
    }
}

fn text(schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("password") => json!(tests::PASSWORD),
        Some("uuid") => json!("019ccccc-0000-7000-8000-00000000dead"),
        Some("date") => json!("2026-03-05"),
        Some("date-time") => json!("2026-03-05T10:30:00+08:00"),
        _ => {
            let length = schema["minLength"].as_u64().unwrap_or(1).max(1);
            json!("1".repeat(usize::try_from(length).expect("a length")))
        }
    }
}

fn object(schema: &Value) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = required.iter().filter_map(Value::as_str);
    Value::Object(
        members.map(|name| (name.to_owned(), least(&schema["properties"][name]))).collect::<Map<_, _>>(),
    )
}
