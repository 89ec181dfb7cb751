//! Everything in which a body differs from its schema: serde stops at the first difference, and whoever fills in a form
//! wants them all. Asked only once serde has refused; the schema is the one of the OpenAPI document. `[INT-6]`

use super::per_type::PerType;
use domain::spine::{FINDINGS_MAX, Finding, Findings, Language, codes as rules, in_both, reason, said};
use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, ops::Range, sync::Arc};
use utoipa::ToSchema;

/// All differences are found before the first is told, and each takes about 2 KB: so of a body with more values than
/// this only a part of every list is judged.
const VALUES_AT_ONCE: usize = 2_000;

/// In what a body differs from the schema of `T`: nothing, where only what no schema can say is wrong with it. `met` is
/// where somebody met a difference: of a list that is too long to be judged whole, what begins there is.
pub(super) fn differences<T: ToSchema + 'static>(body: Value, met: &str) -> Vec<Finding> {
    validator_of::<T>().map_or_else(Vec::new, |validator| found_by(&validator, body, met))
}

/// In what a value differs from a schema that has with it all it refers to.
pub fn differences_in(schema: &Value, value: Value) -> Vec<Finding> {
    match jsonschema::validator_for(schema) {
        Ok(validator) => found_by(&validator, value, ""),
        Err(error) => {
            log::error!("a schema cannot be used: {error}");
            Vec::new()
        }
    }
}

fn found_by(validator: &Validator, mut body: Value, met: &str) -> Vec<Finding> {
    if validator.is_valid(&body) {
        return Vec::new();
    }
    let mut parts = Parts::new();
    for longest in [100, 20, 5, 1] {
        if values_in(&body) <= VALUES_AT_ONCE {
            break;
        }
        blank(&mut body, String::new(), met, longest, &mut parts);
    }
    let is_judged = |error: &ValidationError<'_>| {
        let place = error.instance_path().as_str().rsplit_once('/');
        let part = place.and_then(|(list, index)| Some((parts.get(list)?, index.parse::<usize>().ok()?)));
        part.is_none_or(|(part, index)| part.contains(&index))
    };
    let mut findings = Findings::new();
    let judged = validator.iter_errors(&body).filter(is_judged);
    judged.take(FINDINGS_MAX).for_each(|error| tell(&error, &mut findings));
    findings.into_vec()
}

fn values_in(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => 1 + items.iter().map(values_in).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(values_in).sum::<usize>(),
        _ => 1,
    }
}

/// Which items of the lists at these pointers are judged.
type Parts = HashMap<String, Range<usize>>;

/// Empties the items of long lists, but for some that begin with the one that was met.
fn blank(value: &mut Value, at: String, met: &str, longest: usize, parts: &mut Parts) {
    match value {
        Value::Array(items) => {
            let rest = met.strip_prefix(&at).and_then(|rest| rest.strip_prefix('/'));
            let begin: usize = rest.and_then(|rest| rest.split('/').next()?.parse().ok()).unwrap_or(0);
            let part = begin..begin.saturating_add(longest);
            for (index, item) in items.iter_mut().enumerate() {
                if part.contains(&index) {
                    blank(item, format!("{at}/{index}"), met, longest, parts);
                } else {
                    *item = Value::Null;
                }
            }
            if items.len() > longest {
                parts.insert(at, part);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                blank(member, below(&at, name), met, longest, parts);
            }
        }
        _ => {}
    }
}

/// In what a value differs from a schema that refers to no other.
pub(super) fn differences_from(schema: &Value, value: &Value) -> Vec<Finding> {
    let mut findings = Findings::new();
    match jsonschema::validator_for(schema) {
        Ok(validator) => validator.iter_errors(value).for_each(|error| tell(&error, &mut findings)),
        Err(error) => log::error!("a schema cannot be used: {error}"),
    }
    findings.into_vec()
}

/// Made once for each kind of body that somebody got wrong.
fn validator_of<T: ToSchema + 'static>() -> Option<Arc<Validator>> {
    static KNOWN: PerType<Validator> = PerType::new();
    let schema = || schema_of::<T>().ok_or("it is no object".to_owned());
    let made = KNOWN.get::<T, _>(|| jsonschema::validator_for(&schema()?).map_err(|error| error.to_string()));
    made.inspect_err(|error| log::error!("the schema of {} cannot be used: {error}", T::name())).ok()
}

/// The schema with all it refers to, where the OpenAPI document has them.
pub(super) fn schema_of<T: ToSchema>() -> Option<Value> {
    let mut schemas = Vec::new();
    T::schemas(&mut schemas);
    let named = |(name, schema)| Some((name, serde_json::to_value(schema).ok()?));
    let components: Map<String, Value> = schemas.into_iter().filter_map(named).collect();
    let mut schema = serde_json::to_value(T::schema()).ok()?;
    schema.as_object_mut()?.insert("components".to_owned(), json!({"schemas": components}));
    Some(schema)
}

fn tell(error: &ValidationError<'_>, findings: &mut Findings) {
    let at = error.instance_path().as_str();
    let mut expected = |expected: Value| {
        findings.add_with(at, rules::BAD_FORMAT, [("expected", expected)]);
    };
    match error.kind() {
        Kind::Type { kind } => expected(types(kind)),
        Kind::Enum { options } => {
            let values: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
            findings.add_with(at, rules::NOT_ONE_OF, [("values", one_of(&values))]);
        }
        Kind::Constant { expected_value } => expected(plain(expected_value).into()),
        Kind::Format { format } => expected(reason::format(format)),
        Kind::Pattern { pattern } => expected(reason::pattern(pattern).unwrap_or_else(|| reason::told(""))),
        Kind::Required { property } => findings.add(below(at, &plain(property)), rules::REQUIRED),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().for_each(|name| findings.add(below(at, name), rules::UNKNOWN_MEMBER));
        }
        // An end that is open is left out.
        Kind::MinLength { limit } | Kind::MinItems { limit } => {
            findings.add_with(at, rules::BAD_LENGTH, [("min", json!(limit))]);
        }
        Kind::MaxLength { limit } | Kind::MaxItems { limit } => {
            findings.add_with(at, rules::BAD_LENGTH, [("max", json!(limit))]);
        }
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => {
            findings.add_with(at, rules::OUT_OF_RANGE, [("min", limit.clone())]);
        }
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => {
            findings.add_with(at, rules::OUT_OF_RANGE, [("max", limit.clone())]);
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            nearest(context).iter().for_each(|error| tell(error, findings));
        }
        // What was sent may be long, and need not be told to whoever sent it.
        _ => expected(reason::told(&error.masked().to_string())),
    }
}

/// Of several forms a value may have, the one it comes nearest to: "null" is never meant by what is not null.
fn nearest<'a>(forms: &'a [Vec<ValidationError<'static>>]) -> &'a [ValidationError<'static>] {
    let is_null = |kind: &TypeKind| matches!(kind, TypeKind::Single(one) if one.to_string() == "null");
    let is_null = |form: &&Vec<ValidationError<'static>>| matches!(form.as_slice(), [only] if matches!(only.kind(), Kind::Type { kind } if is_null(kind)));
    // Forms are told apart by a member that names them: one that is named is meant, however much is wrong with it.
    let names_another = |form: &&Vec<ValidationError<'static>>| {
        form.iter().any(|error| matches!(error.kind(), Kind::Enum { .. } | Kind::Constant { .. }))
    };
    let distance = |form: &&Vec<ValidationError<'static>>| (names_another(form), form.len());
    forms.iter().filter(|form| !is_null(form)).min_by_key(distance).map_or(&[], Vec::as_slice)
}

/// The types of JSON that are taken, as people call them.
fn types(kind: &TypeKind) -> Value {
    let names: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    // Nothing at all is never meant by what is something.
    let named =
        names.iter().filter(|name| names.len() == 1 || *name != "null").map(|name| reason::kind(name));
    let named: Vec<Value> = named.collect();
    let said = |language| named.iter().map(|name| said(name, language)).collect::<Vec<_>>();
    in_both(said(Language::Chinese).join("、"), said(Language::English).join(", "))
}

/// Values of which one is wanted, as they are told in either language.
pub(super) fn one_of<T: AsRef<str>>(values: &[T]) -> Value {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    in_both(values.join("、"), values.join(", "))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The pointer of a member (RFC 6901).
fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::differences;
    use serde_json::json;
    use utoipa::ToSchema;

    #[derive(serde::Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is asked for")]
    struct Order {
        name: String,
        #[schema(max_items = 3)]
        lines: Vec<Line>,
        urgency: Option<Urgency>,
    }

    #[derive(serde::Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is asked for")]
    struct Line {
        #[schema(minimum = 1)]
        pieces: i32,
        remark: Option<String>,
    }

    #[derive(serde::Deserialize, ToSchema)]
    #[serde(rename_all = "snake_case")]
    enum Urgency {
        Low,
        High,
    }

    fn told(body: &serde_json::Value) -> Vec<(String, &'static str)> {
        let mut told: Vec<_> = differences::<Order>(body.clone(), "")
            .into_iter()
            .map(|found| (found.pointer, found.code.code))
            .collect();
        told.sort_unstable();
        told
    }

    #[test]
    fn of_a_long_list_what_begins_where_a_difference_was_met_is_told() {
        let fine = json!({"pieces": 1, "remark": "r"});
        let lines: Vec<_> =
            (0..3_000).map(|n| if n % 1_000 == 999 { json!({}) } else { fine.clone() }).collect();
        let told = |met: &str| {
            let found = differences::<Order>(json!({"name": "a", "lines": lines}), met);
            found.into_iter().map(|found| found.pointer).collect::<Vec<_>>()
        };
        assert_eq!(told("/lines/1999"), ["/lines", "/lines/1999/pieces"]);
        assert_eq!(told(""), ["/lines"]);
    }

    #[test]
    fn everything_is_told_at_once_with_its_place() {
        let body =
            json!({"lines": [{"pieces": "two"}, {"piece/s": 2, "remark": null}], "urgency": "now", "x": 1});
        let expected = [
            ("/lines/0/pieces", "validation.format"),
            ("/lines/1/pieces", "validation.required"),
            ("/lines/1/piece~1s", "validation.unknown_member"),
            ("/name", "validation.required"),
            ("/urgency", "validation.not_one_of"),
            ("/x", "validation.unknown_member"),
        ];
        assert_eq!(told(&body), expected.map(|(at, code)| (at.to_owned(), code)));
    }

    #[test]
    fn what_conforms_differs_in_nothing() {
        assert!(told(&json!({"name": "a", "lines": [{"pieces": 1}], "urgency": null})).is_empty());
    }
}
