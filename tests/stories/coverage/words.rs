//! What the product says: codes of problems, names of events, labels.

use super::{
    excepted, is_current,
    place::{LAYERS, places},
    rust_files,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write,
    sync::LazyLock,
};
use tests::checks;

checks! {
    every_code_has_one_meaning_in_two_languages,
    every_text_reads_as_people_write_whatever_fills_it,
    no_end_of_a_range_is_told_as_a_sign,
    every_reason_is_told_in_both_languages,
    every_pattern_is_told_in_words,
    what_a_permission_is_called_is_short,
    every_code_is_used,
    every_code_is_documented,
    every_enum_of_the_document_has_its_labels,
    every_event_has_one_name_in_two_languages,
    every_event_is_used,
    every_event_stands_in_the_document,
    every_permission_is_demanded_or_granted_by_somebody,
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// `context.reason` in small letters.
fn is_code(code: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    };
    code.split_once('.').is_some_and(|(context, reason)| word(context) && word(reason))
}

/// The names in braces of a text.
fn parameters(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn every_code_has_one_meaning_in_two_languages() {
    let mut seen = BTreeSet::new();
    for meaning in api::catalogue() {
        assert!(seen.insert(meaning.code), "{} stands in the catalogue twice", meaning.code);
        assert!(is_code(meaning.code), "{} is not context.reason", meaning.code);
        assert!(
            is_chinese(meaning.zh) && !is_chinese(meaning.en),
            "{}: the texts are mixed up",
            meaning.code
        );
        assert_eq!(parameters(meaning.zh), parameters(meaning.en), "{}: other parameters", meaning.code);
    }
}

/// A text with something in the place of each parameter.
fn filled(text: &str) -> String {
    parameters(text).into_iter().fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), "7"))
}

/// What in a text nobody but a program would write: braces, and words tied by strokes below or by dots, as codes are.
fn unreadable(text: &str) -> Option<&str> {
    let is_tied = |word: &&str| {
        let letter = |c: char| c.is_ascii_alphanumeric();
        word.contains(['{', '}'])
            || word.split_once(['_', '.']).is_some_and(|(one, other)| {
                one.starts_with(|c: char| c.is_ascii_lowercase())
                    && one.chars().all(letter)
                    && other.starts_with(|c: char| c.is_ascii_lowercase())
            })
    };
    text.split(|c: char| c.is_whitespace() || !c.is_ascii()).find(is_tied)
}

fn every_text_reads_as_people_write_whatever_fills_it() {
    let mut found = BTreeSet::new();
    for api::spine::Meaning { code, zh, en, .. } in api::catalogue() {
        for text in [filled(zh), filled(en)] {
            found.extend(unreadable(&text).map(|word| format!("{code}: {word}")));
        }
    }
    assert!(found.is_empty(), "texts with braces or codes: {found:#?}");
}

/// What in a Chinese text only a programmer reads: two English words in a row, or the sign of what has no end.
pub(super) fn foreign_in_chinese(text: &str) -> Option<&str> {
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    // What somebody sent is told between quotation marks, and values of which one is wanted between commas.
    let mut parts = text.split(['“', '”', '"', '、', '，', '：', '；']);
    parts.find(|part| {
        let words: Vec<&str> = part.split(|c: char| c.is_whitespace() || !c.is_ascii()).collect();
        part.contains('∞') || words.windows(2).any(|pair| pair.iter().all(|word| is_word(word)))
    })
}

fn no_end_of_a_range_is_told_as_a_sign() {
    for (path, text) in rust_files(&["domain", "persistence", "api"]) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let signs: Vec<&str> = code.filter(|line| line.contains('∞')).collect();
        assert!(signs.is_empty(), "{}: leave the end that is open out: {signs:?}", path.display());
    }
    let open = json!({"min": 1});
    for meaning in domain::refusals().filter(|code| code.zh.contains("{bounds}")) {
        let Value::Object(open) = open.clone() else { continue };
        let text = meaning.text(domain::spine::Language::Chinese, &open);
        assert!(!text.contains('{') && text.contains("不得小于 1"), "{}: {text}", meaning.code);
    }
}

/// What stands in a text as a parameter, and is a sentence of one language only.
fn every_reason_is_told_in_both_languages() {
    let mut found = Vec::new();
    for (path, text) in rust_files(&["domain", "persistence", "api"]) {
        let told = ["(\"reason\", ", "(\"expected\", "];
        for rest in told.iter().flat_map(|told| text.split(told).skip(1)) {
            let said =
                rest.trim_start_matches("json!(").strip_prefix('"').and_then(|rest| rest.split('"').next());
            let is_sentence = |said: &&str| said.split(' ').filter(|word| word.len() > 1).count() > 1;
            let is_example = |said: &&str| said.bytes().any(|byte| byte.is_ascii_digit());
            if let Some(said) = said.filter(|said| is_sentence(said) && !is_example(said)) {
                found.push(format!("{}: {said}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "say it with `in_both` or `reason::told`: {found:#?}");
}

fn patterns_of(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("pattern").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| patterns_of(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| patterns_of(item, found)),
        _ => {}
    }
}

fn every_pattern_is_told_in_words() {
    let mut patterns = BTreeSet::new();
    patterns_of(&document(), &mut patterns);
    let silent: Vec<_> =
        patterns.iter().filter(|pattern| domain::spine::reason::pattern(pattern).is_none()).collect();
    assert!(silent.is_empty(), "say in `domain::spine::reason` what these ask for: {silent:?}");
}

fn what_a_permission_is_called_is_short() {
    for permission in domain::spine::Permission::ALL {
        let (zh, en) = (permission.zh(), permission.name_en());
        assert!(zh.chars().count() <= 16 && en.len() <= 48 && !en.contains([',', '.']), "{zh}: {en}");
    }
    assert_eq!(
        domain::spine::Permission::SubmitExpenseClaimsForOthers.name_en(),
        "Expense claim: submit for others"
    );
}

/// The constants a table of the source declares: name and code.
fn declared(macro_name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // Rules that are made up for unit tests answer nobody.
    let rules = rust_files(&["domain", "api"]).into_iter().filter(|(path, _)| !path.ends_with("tests.rs"));
    for (_, text) in rules {
        for table in text.split(macro_name).skip(1) {
            for line in table.split("\n}").next().unwrap_or_default().lines() {
                let mut pieces = line.split('"');
                if let (Some(head), Some(code)) = (pieces.next(), pieces.next())
                    && let Some(name) = head.trim().split(' ').next().filter(|name| is_constant(name))
                    && head.contains('=')
                {
                    found.push((name.to_owned(), code.to_owned()));
                }
            }
        }
    }
    found
}

fn is_constant(name: &str) -> bool {
    name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
}

/// How often each name stands in the sources outside tests: counted once for all who ask. `Permission::X` and `perm::X`
/// are counted besides, as names of two parts.
static USES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut uses = HashMap::new();
    for (_, text) in places(&LAYERS) {
        let mut before: (usize, &str) = (0, "");
        for (at, name) in words(&text) {
            *uses.entry(name.to_owned()).or_default() += 1;
            if &text[before.0..at] == "::" {
                *uses.entry(format!("{}::{name}", before.1)).or_default() += 1;
            }
            before = (at + name.len(), name);
        }
    }
    uses
});

/// The names in a text, with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    pieces.map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn uses(name: &str) -> usize {
    USES.get(name).copied().unwrap_or_default()
}

/// Those that stand nowhere but where they are declared, each as often as its name is.
fn unused(declared: &[(String, String)]) -> Vec<String> {
    let times = |name: &str| declared.iter().filter(|(other, _)| other == name).count();
    let idle = |(name, _): &&(String, String)| uses(name) < 2 * times(name);
    declared.iter().filter(idle).map(|(name, code)| format!("{name} ({code})")).collect()
}

fn every_code_is_used() {
    let mut codes = declared("refusals! {");
    codes.extend(declared("edge_codes! {"));
    let known: BTreeSet<&str> = api::catalogue().iter().map(|meaning| meaning.code).collect();
    let found: BTreeSet<&str> = codes.iter().map(|(_, code)| code.as_str()).collect();
    let listed: Vec<_> = found.symmetric_difference(&known).collect();
    assert!(listed.is_empty(), "declared but not in `domain::refusals()`, or not found here: {listed:?}");
    excepted("a code that nothing answers with", unused(&codes), []);
}

fn every_code_is_documented() {
    let mut page = String::from(
        "# Problems\n\nEvery 4xx and 5xx is a problem document (RFC 9457) with one of these codes. \
         The codes never change; the texts may. Written by `UPDATE=1 cargo test --workspace`.\n\n\
         | Code | Status | 中文 | English |\n| --- | --- | --- | --- |\n",
    );
    for meaning in api::catalogue() {
        let api::spine::Meaning { code, status, zh, en } = meaning;
        writeln!(page, "| `{code}` | {status} | {zh} | {en} |").expect("a text");
    }
    is_current("docs/errors.md", &page);
}

fn document() -> Value {
    serde_json::from_str(&api::command::openapi::text(None).expect("a document")).expect("JSON")
}

/// The values of each enum among the schemas, by the schema's name: of an enum itself, or of the tag of a
/// choice. Any other enum has no name to be found by.
fn enums_of_the_document() -> BTreeMap<String, BTreeSet<String>> {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut enums: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in schemas {
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        let members = choices.filter_map(|choice| choice["properties"].as_object()).flatten();
        let tags = members.map(|(_, member)| member).filter(|member| member["enum"].is_array());
        for values in std::iter::once(schema).chain(tags).filter_map(|schema| schema["enum"].as_array()) {
            let values = values.iter().filter_map(Value::as_str).map(str::to_owned);
            enums.entry(name.clone()).or_default().extend(values);
        }
    }
    let found: usize = schemas.values().map(count_enums).sum();
    let named: usize =
        schemas.iter().filter(|(name, _)| enums.contains_key(*name)).map(|(_, s)| count_enums(s)).sum();
    assert_eq!(found, named, "an enum stands inside another schema: give it a schema of its own");
    enums
}

fn count_enums(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            usize::from(members.get("enum").is_some_and(Value::is_array))
                + members.values().map(count_enums).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(count_enums).sum(),
        _ => 0,
    }
}

fn every_enum_of_the_document_has_its_labels() {
    let mut labelled = BTreeMap::new();
    for labels in api::enums() {
        let values: BTreeSet<String> = labels.values.iter().map(|value| value.code.to_owned()).collect();
        assert_eq!(values.len(), labels.values.len(), "{}: a code stands twice", labels.name);
        for value in labels.values {
            let said = !value.zh.is_empty() && !value.en.is_empty() && !is_chinese(value.en);
            assert!(said, "{}: the labels of {} are missing or mixed up", labels.name, value.code);
        }
        assert!(labelled.insert(labels.name.to_owned(), values).is_none(), "{} stands twice", labels.name);
    }
    let document = enums_of_the_document();
    for (name, values) in &document {
        assert_eq!(
            labelled.get(name),
            Some(values),
            "{name}: other labels than values; see `domain::labels!`"
        );
    }
    let idle: Vec<_> = labelled.keys().filter(|name| !document.contains_key(*name)).collect();
    assert!(idle.is_empty(), "labels for what the document does not show: {idle:?}");
}

fn every_event_has_one_name_in_two_languages() {
    let mut seen = BTreeSet::new();
    for event in domain::events() {
        assert!(seen.insert(event.name), "{} stands in the list twice", event.name);
        assert!(is_code(event.name), "{} is not context.past_tense", event.name);
        assert!(is_chinese(event.zh) && !is_chinese(event.en), "{}: the texts are mixed up", event.name);
    }
}

fn every_event_is_used() {
    let declared = declared("events! {");
    let known: BTreeSet<&str> = domain::events().map(|event| event.name).collect();
    let found: BTreeSet<&str> = declared.iter().map(|(_, code)| code.as_str()).collect();
    let listed: Vec<_> = found.symmetric_difference(&known).collect();
    assert!(listed.is_empty(), "declared but not in `domain::events()`, or not found here: {listed:?}");
    excepted("an event that nothing tells of", unused(&declared), []);
}

fn every_event_stands_in_the_document() {
    let document = document();
    let told = document["webhooks"].as_object().expect("webhooks");
    let told: BTreeSet<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(told, domain::events().map(|event| event.name).collect::<BTreeSet<_>>());
}

fn every_permission_is_demanded_or_granted_by_somebody() {
    let names = domain::spine::Permission::ALL.iter().map(|permission| format!("{permission:?}"));
    let idle =
        names.filter(|name| uses(&format!("perm::{name}")) + uses(&format!("Permission::{name}")) == 0);
    excepted("a permission that nothing demands", idle, []);
}
