//! The schemas of the document as programs of other languages are made of them: what is always answered is required, nothing
//! is null by default, and no name of a type of ours shows. `[INT-1]`

use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, OpenApi, RefOr, Schema, SchemaFormat,
    schema::{ArrayItems, SchemaType, Type},
};

/// Counters of versions are said by a name of the language that this is written in.
const COUNTER: &str = "i64";

/// Tidies all schemas of a document.
pub(super) fn tidy(document: &mut OpenApi) {
    let answered = answered_alone(document);
    let Some(components) = &mut document.components else { return };
    components.schemas.remove(COUNTER);
    for (name, schema) in &mut components.schemas {
        walk(schema, answered.contains(name));
    }
}

/// The schemas that stand in answers and in no body: of what a member of theirs may be, nobody leaves it out.
fn answered_alone(document: &OpenApi) -> BTreeSet<String> {
    let value = serde_json::to_value(document).unwrap_or_default();
    let (mut sent, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let operations =
        value["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object());
    for operation in operations.flatten().map(|(_, operation)| operation) {
        reach(&operation["requestBody"], &value, &mut sent);
        reach(&operation["parameters"], &value, &mut sent);
        reach(&operation["responses"], &value, &mut answered);
    }
    answered.difference(&sent).cloned().collect()
}

/// The names of the schemas that something refers to, also by what it refers to.
fn reach(part: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            if let Some(to) = members.get("$ref").and_then(Value::as_str) {
                let known =
                    to.strip_prefix("#/components/schemas/").map(|name| found.insert(name.to_owned()));
                if known != Some(false)
                    && let Some(there) = to.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
                {
                    reach(there, document, found);
                }
            }
            members.values().for_each(|member| reach(member, document, found));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, document, found)),
        _ => {}
    }
}

fn walk(schema: &mut RefOr<Schema>, is_answered: bool) {
    match schema {
        RefOr::Ref(to) if to.ref_location.ends_with(&format!("/{COUNTER}")) => {
            let about = Some(to.description.clone()).filter(|about| !about.is_empty());
            let counter = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                .description(about);
            *schema = counter.build().into();
        }
        RefOr::Ref(_) => {}
        RefOr::T(Schema::Object(object)) => {
            object.default = object.default.take().filter(|default| !default.is_null());
            for (name, member) in &mut object.properties {
                walk(member, is_answered);
                if is_answered && may_be_null(member) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                walk(items, is_answered);
            }
        }
        RefOr::T(Schema::OneOf(choice)) => {
            choice.default = choice.default.take().filter(|default| !default.is_null());
            choice.items.iter_mut().for_each(|item| walk(item, is_answered));
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(|item| walk(item, is_answered)),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter_mut().for_each(|item| walk(item, is_answered)),
        RefOr::T(_) => {}
    }
}

/// Whether null is among what something may be. What is left out instead says that it is never null.
fn may_be_null(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => match &object.schema_type {
            SchemaType::Type(kind) => *kind == Type::Null,
            SchemaType::Array(kinds) => kinds.contains(&Type::Null),
            SchemaType::AnyValue => false,
        },
        RefOr::T(Schema::Array(array)) => {
            matches!(&array.schema_type, SchemaType::Array(kinds) if kinds.contains(&Type::Null))
        }
        RefOr::T(Schema::OneOf(choice)) => choice.items.iter().any(may_be_null),
        _ => false,
    }
}
