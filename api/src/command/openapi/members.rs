//! What is sent and shown, a line for each member: `CashAdvance.amount: Money, required`. For whoever reviews a change
//! of the document, whose schemas stand in one line each.

use serde_json::Value;
use std::fmt::Write;

/// The members of all schemas of a document.
pub fn write(document: &Value) -> String {
    let mut text = String::new();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _infallible = match schema["properties"].as_object() {
            None => writeln!(text, "{name}: {}", kind(schema)),
            Some(members) => members.iter().try_for_each(|(member, of)| {
                let is_required = required(schema).any(|required| required == member);
                let required = if is_required { ", required" } else { "" };
                writeln!(text, "{name}.{member}: {}{required}", kind(of))
            }),
        };
    }
    text
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What a value may be, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for (parts, between) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(parts) = schema[parts].as_array() {
            return parts.iter().map(kind).collect::<Vec<_>>().join(between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    let kinds: Vec<String> = match &schema["type"] {
        Value::String(one) => vec![plain(one, schema)],
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).map(|one| plain(one, schema)).collect()
        }
        _ => vec!["anything".to_owned()],
    };
    kinds.join(" | ")
}

fn plain(name: &str, schema: &Value) -> String {
    match (name, schema["format"].as_str()) {
        ("array", _) => format!("[{}]", kind(&schema["items"])),
        ("object", _) if schema["properties"].is_object() => {
            let members = schema["properties"].as_object().into_iter().flatten();
            let members = members.map(|(name, of)| format!("{name}: {}", kind(of)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        ("object", _) if schema["additionalProperties"].is_object() => {
            format!("{{ …: {} }}", kind(&schema["additionalProperties"]))
        }
        ("null", _) | (_, None) => name.to_owned(),
        (_, Some(format)) => format.to_owned(),
    }
}
