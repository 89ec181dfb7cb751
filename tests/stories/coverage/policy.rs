//! The kinds of policy: each brings its schema, a description and an example that holds, wherever it is registered. `[REG-4]`

use persistence::{HOUSE, policy::Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{App, checks, stories};

checks! {
    every_kind_of_policy_stands_in_the_document,
    what_several_kinds_refer_to_is_the_same_schema,
}

stories! {
    the_example_of_every_kind_is_drafted_as_it_stands,
}

fn kinds() -> impl Iterator<Item = &'static Kind> {
    HOUSE.all::<Kind>()
}

fn document() -> Value {
    serde_json::from_str(&api::command::openapi::text(None).expect("a document")).expect("JSON")
}

/// Whether something is said of a member, where it stands or where it is referred to.
fn is_described(member: &Value) -> bool {
    let of_choice =
        member["oneOf"].as_array().into_iter().flatten().any(|form| form["description"].is_string());
    member["description"].is_string() || of_choice
}

fn every_kind_of_policy_stands_in_the_document() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let content = &schemas["PolicyContent"];
    let mapping = content["discriminator"]["mapping"].as_object().expect("a mapping");
    assert_eq!(content["discriminator"]["propertyName"], "kind");
    assert_eq!(mapping.len(), kinds().count(), "{mapping:?}");
    assert_eq!(content["oneOf"].as_array().map(Vec::len), Some(mapping.len()));
    let mut bare = Vec::new();
    for kind in kinds() {
        let name = kind.schema_name();
        let own = &schemas[&name];
        let to = format!("#/components/schemas/{name}");
        assert_eq!(mapping.get(kind.name), Some(&json!(to)), "{}", kind.name);
        assert_eq!(own["properties"]["kind"]["const"], kind.name);
        assert!(own["required"].as_array().is_some_and(|all| all.contains(&json!("kind"))), "{name}");
        assert!(
            own["description"].as_str().is_some_and(|text| text.len() > 15),
            "{name} says not what it is"
        );
        assert_eq!(own["examples"][0], kind.example().expect("an example"), "{name}");
        let members = own["properties"].as_object().expect("members").iter();
        bare.extend(
            members.filter(|(_, of)| !is_described(of)).map(|(member, _)| format!("{name}.{member}")),
        );
    }
    assert!(bare.is_empty(), "nothing is said of {bare:?}");
}

fn what_several_kinds_refer_to_is_the_same_schema() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for kind in kinds() {
        let schema = persistence::policy::schema_of(kind).expect("a schema");
        for (name, schema) in schema["components"]["schemas"].as_object().expect("schemas") {
            let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(first, schema, "two different schemas are called {name}: use #[schema(as = …)]");
        }
    }
    // What other routes show by the same name may be longer at most.
    for route in api::routes().iter() {
        for (name, schema) in route.description.schemas() {
            let shown = serde_json::to_value(schema).expect("JSON");
            if let Some(of_kinds) = seen.get(&name) {
                let members = |schema: &Value| {
                    schema["properties"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>())
                };
                assert_eq!(members(of_kinds), members(&shown), "{name} is another schema in {}", route.path);
            }
        }
    }
}

fn the_example_of_every_kind_is_drafted_as_it_stands(app: App) {
    let boss = app.administrator();
    for kind in kinds() {
        let example = kind.example().expect("an example");
        let mut untagged = example.clone();
        untagged.as_object_mut().expect("an object").shift_remove("kind");
        assert!((kind.findings)(&untagged).is_empty(), "the example of {} is unsound", kind.name);
        for content in [&example, &untagged] {
            let draft = json!({"code": format!("{}/example", kind.name), "title": "示例", "content": content,
                "effective_from": "2027-01-01", "clause": "000 §1"});
            let drafted = boss.post("/api/v1/policies", draft).expect(201);
            assert_eq!(drafted.at("/content"), example, "{}", kind.name);
        }
        let mut other = example;
        other["kind"] = json!("weather");
        let draft = json!({"code": format!("{}/example", kind.name), "title": "示例", "content": other,
            "effective_from": "2027-01-01", "clause": "000 §1"});
        let refused = boss.post("/api/v1/policies", draft);
        assert_eq!((refused.status, refused.text("/errors/0/pointer")), (422, "/content/kind".to_owned()));
    }
}
