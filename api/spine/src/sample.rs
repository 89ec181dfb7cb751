//! The least body that each route takes, as an example in the document: what must be there and nothing else, made of the
//! examples, bounds and values that the schemas give. `[INT-1]`

use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, RefOr, path::Operation};

/// Schemas nest no deeper.
const DEEP: usize = 12;

/// Texts of which the document says the form by a pattern and gives no example.
const FORMS: &[(&str, &str)] = &[
    ("^[0-9a-f]{8}-", "01977a3e-8f00-7000-8000-000000000001"),
    ("^[0-9a-f]{64}$", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("^2[0-9]{3}(", "2026-03"),
    ("^[0-9]{1,", "1"),
    ("^-?[0-9]{1,", "1"),
];

/// Gives every body of JSON that has none an example.
pub(super) fn add_to(document: &mut OpenApi) {
    let Some(components) = &document.components else { return };
    let schemas = serde_json::to_value(&components.schemas).unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        all.into_iter().flatten().for_each(|operation| add(operation, &schemas));
    }
}

fn add(operation: &mut Operation, schemas: &Value) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    let Some(RefOr::T(content)) = body.content.get_mut("application/json") else { return };
    if content.example.is_none() {
        let schema = content.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok());
        content.example = schema.map(|schema| sample(&schema, schemas, 0));
    }
}

/// The least value that conforms to a schema.
fn sample(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if depth > DEEP {
        return Value::Null;
    }
    let below = |schema: &Value| sample(schema, schemas, depth + 1);
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return below(&schemas[name]);
    }
    if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    let list = |name: &str| schema[name].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(form) = list("oneOf").iter().chain(list("anyOf")).find(|form| form["type"] != "null") {
        return below(form);
    }
    if !list("allOf").is_empty() {
        let parts = list("allOf").iter().map(below).filter_map(|part| part.as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    match kind(schema) {
        "object" => object(schema, below),
        "array" => {
            let items = schema["minItems"].as_u64().unwrap_or(1).max(1);
            (0..items).map(|_| below(&schema["items"])).collect()
        }
        "integer" | "number" => match schema["minimum"].as_i64() {
            Some(least) if least > 0 => least.into(),
            _ => schema["maximum"].as_i64().map_or(1, |most| most.min(1)).into(),
        },
        "boolean" => true.into(),
        "string" => text(schema).into(),
        _ => json!({}),
    }
}

/// The type of a schema; of several the one that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        one => one.as_str(),
    }
    .unwrap_or_default()
}

/// What must be there; of what changes a thing and demands nothing, the first member.
fn object(schema: &Value, below: impl Fn(&Value) -> Value) -> Value {
    let Some(members) = schema["properties"].as_object() else { return json!({}) };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<&str> = required.collect();
    if names.is_empty() {
        names.extend(members.keys().next().map(String::as_str));
    }
    let made = names.into_iter().filter_map(|name| Some((name.to_owned(), below(members.get(name)?))));
    Value::Object(made.collect::<Map<_, _>>())
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("date") => return "2026-03-05".to_owned(),
        Some("date-time") => return "2026-03-05T09:00:00+08:00".to_owned(),
        Some("password") => return "correct horse battery staple".to_owned(),
        _ => {}
    }
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    if let Some((_, form)) = FORMS.iter().find(|(begins, _)| pattern.starts_with(begins)) {
        return (*form).to_owned();
    }
    let bound =
        |name: &str, usual| schema[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usual);
    "示例".chars().cycle().take(bound("minLength", 2).max(2).min(bound("maxLength", usize::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_a_schema_is_what_it_demands() {
        let schemas = json!({
            "Line": {"type": "object", "required": ["pieces", "on"], "properties": {
                "pieces": {"type": "integer", "minimum": 2}, "on": {"type": "string", "format": "date"},
                "remark": {"type": "string"}}},
            "Kind": {"type": "string", "enum": ["sale", "lease"]},
        });
        let order = json!({"type": "object", "required": ["kind", "lines", "name"], "properties": {
            "kind": {"$ref": "#/components/schemas/Kind"},
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
            "name": {"type": ["string", "null"], "maxLength": 40, "example": "监护仪"}}});
        let least = json!({"kind": "sale", "lines": [{"pieces": 2, "on": "2026-03-05"}], "name": "监护仪"});
        assert_eq!(sample(&order, &schemas, 0), least);
        assert_eq!(sample(&json!({"type": "string", "minLength": 5}), &schemas, 0), "示例示例示");
    }
}
