//! What is wrong with a query string: all of it at once, as with bodies. Asked only once something was refused. `[INT-6]`
//!
//! What a parameter's own schema says is judged for every route alike; what only its type knows — an id, an instant, the
//! states of a document — by reading it alone; what only the route knows — members, references, whose cursor
//! it is — by asking what the route says of itself. The edge completes whatever a handler found by itself.

use super::{
    AppState, EdgeCode, Problem, RouteInfo, body::broken, codes, conform, expand, page,
    parameter::query_pairs, shape,
};
use actix_web::{HttpRequest, web};
use domain::spine::{
    BusinessDate, FINDINGS_MAX, Finding, Findings, Refusal, Timestamp, codes as rules, reason,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use utoipa::openapi::{Required, path::Parameter};
use validator::Validate;

/// A query string with everything that is wrong with it.
pub(super) struct Sent {
    route: Arc<RouteInfo>,
    path: String,
    pairs: Vec<(String, String)>,
    findings: Findings,
}

impl Sent {
    /// What was sent to a route; nothing where the request belongs to none.
    pub fn to(request: &HttpRequest) -> Option<Self> {
        let route = request.app_data::<web::Data<AppState>>()?.routes.of(request)?;
        let mut pairs = query_pairs(request.query_string());
        // No list has as many parameters.
        pairs.truncate(FINDINGS_MAX);
        let mut sent = Self { route, path: request.path().to_owned(), pairs, findings: Findings::new() };
        sent.judge();
        Some(sent)
    }

    /// Whether the route takes no such parameter, or has it already, or it holds what nobody can see.
    pub fn is_strange(route: &RouteInfo, pairs: &[(String, String)]) -> bool {
        pairs.iter().enumerate().any(|(index, (name, value))| {
            let repeated = pairs.iter().take(index).any(|(earlier, _)| earlier == name);
            repeated || !route.knows_parameter(name) || value.chars().any(char::is_control)
        }) || !reversed(pairs).is_empty()
    }

    fn judge(&mut self) {
        let mut seen = BTreeSet::new();
        for (name, value) in &self.pairs {
            let Some(parameter) = self.route.query_parameters().find(|known| known.name == *name) else {
                self.findings.add(name.as_str(), rules::UNKNOWN_PARAMETER);
                continue;
            };
            if !seen.insert(name) {
                self.findings.add(name.as_str(), rules::REPEATED_PARAMETER);
            } else if value.chars().any(char::is_control) {
                // As in bodies: NUL reaches no column, and nobody can see the others.
                self.findings.add(name.as_str(), rules::BAD_CHARACTER);
            } else {
                let mut found = by_schema(parameter, value);
                if found.is_empty() {
                    found.extend(self.by_route(name, value));
                }
                found.into_iter().for_each(|found| self.findings.note(found));
            }
        }
        for (name, from, to) in reversed(&self.pairs) {
            let span = [("from", json!(from)), ("to", json!(to))];
            self.findings.add_with(name, rules::PERIOD_REVERSED, span);
        }
        for missing in self.route.query_parameters().filter(|known| known.required == Required::True) {
            if !self.pairs.iter().any(|(name, _)| *name == missing.name) {
                self.findings.add(missing.name.as_str(), rules::REQUIRED);
            }
        }
    }

    /// In what a value differs from what this route can show, and from the filters its cursor belongs to.
    fn by_route(&self, name: &str, value: &str) -> Option<Finding> {
        let members = self.route.description.members.map(|members| members());
        let not_of = |known: &[String]| (rules::NOT_ONE_OF, "values", conform::one_of(known));
        let (code, param, said) = match (name, members) {
            ("fields", Some(members)) => not_of(&shape::unknown_of(value, &members)?.1),
            ("expand", _) => not_of(&expand::unknown_of(value, self.route.description.refers)?.1),
            ("cursor", _) if !page::is_of_filters(value, &self.path, &self.pairs) => {
                (rules::BAD_FORMAT, "expected", "next_cursor".into())
            }
            _ => return None,
        };
        let params = [(param.to_owned(), said)].into_iter().collect();
        Some(Finding { pointer: name.to_owned(), code, params })
    }

    /// The same with what only the type of the filters knows. Each parameter is read with those alone that the type
    /// cannot do without.
    pub fn read_as<T: DeserializeOwned + Validate>(mut self) -> Self {
        let needed: Vec<_> = self.pairs.iter().filter(|(name, _)| self.is_required(name)).cloned().collect();
        for (name, value) in &self.pairs {
            if self.findings.so_far().any(|found| found.pointer == *name) {
                continue;
            }
            let others = needed.iter().filter(|(other, _)| other != name);
            let alone = others.map(|(name, value)| (name, value)).chain([(name, value)]);
            match read::<T>(alone) {
                Ok(read) => {
                    let found = read.validate().err().map(|errors| broken(&errors)).unwrap_or_default();
                    let mine =
                        found.into_vec().into_iter().map(|found| Finding { pointer: name.clone(), ..found });
                    mine.take(1).for_each(|found| self.findings.note(found));
                }
                // That others are missing is not its fault.
                Err((at, reason)) if at == *name => {
                    let parameter = self.route.query_parameters().find(|known| known.name == *name);
                    let values = named_in(&reason);
                    if values.is_empty() {
                        let expected = [("expected", expected(parameter, &reason))];
                        self.findings.add_with(name.as_str(), rules::BAD_FORMAT, expected);
                    } else {
                        let values = [("values", conform::one_of(&values))];
                        self.findings.add_with(name.as_str(), rules::NOT_ONE_OF, values);
                    }
                }
                Err(_) => {}
            }
        }
        self
    }

    fn is_required(&self, name: &str) -> bool {
        let known = self.route.query_parameters().find(|known| known.name == name);
        known.is_some_and(|known| known.required == Required::True)
    }

    /// The same with what a handler found, which nobody could know before it.
    fn and(mut self, found: &[(String, Value)]) -> Self {
        for (at, reason) in found {
            if !self.findings.so_far().any(|known| known.pointer == *at) {
                let expected = [("expected", reason.clone())];
                self.findings.add_with(at.as_str(), rules::BAD_FORMAT, expected);
            }
        }
        self
    }

    /// Whether something is wrong beside what these name.
    fn goes_beyond(&self, found: &[(String, Value)]) -> bool {
        self.findings.so_far().any(|known| found.iter().all(|(at, _)| *at != known.pointer))
    }

    /// The problem that names everything; `otherwise` where nothing of this is wrong.
    pub fn or(self, otherwise: Problem) -> Problem {
        let findings = self.findings.into_vec();
        let Some(first) = findings.first() else { return otherwise };
        // Each parameter is right by itself; what they say together is not.
        if findings.iter().all(|found| found.code == rules::PERIOD_REVERSED) {
            let mut refusal = Refusal::new(first.code);
            refusal.params = first.params.clone();
            refusal.findings = findings;
            return refusal.into();
        }
        let strange = [rules::UNKNOWN_PARAMETER, rules::REPEATED_PARAMETER];
        let code = if findings.iter().all(|found| strange.contains(&found.code)) {
            codes::UNKNOWN_PARAMETER
        } else {
            codes::BAD_PARAMETER
        };
        let shown =
            findings.iter().find(|found| code == codes::UNKNOWN_PARAMETER || !strange.contains(&found.code));
        let shown = shown.unwrap_or(first);
        let problem = Problem::new(code).with("parameter", shown.pointer.as_str());
        let reason = shown.code.texts(&shown.params);
        let problem = if code == codes::BAD_PARAMETER { problem.with("reason", reason) } else { problem };
        problem.finding(findings)
    }
}

/// The periods that end before they begin: the parameter of their end, with both days or instants.
fn reversed(pairs: &[(String, String)]) -> Vec<(String, String, String)> {
    let value_of = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let ends = pairs.iter().filter_map(|(name, to)| {
        let from = match name.strip_suffix("[lte]").or_else(|| name.strip_suffix("[lt]")) {
            Some(base) => value_of(&format!("{base}[gte]"))?,
            None if name == "to" => value_of("from")?,
            None => return None,
        };
        let day = |text: &String| text.parse::<BusinessDate>().ok();
        let instant = |text: &String| serde_json::from_value::<Timestamp>(json!(text)).ok();
        let days = day(from).zip(day(to)).is_some_and(|(from, to)| from > to);
        let instants = instant(from).zip(instant(to)).is_some_and(|(from, to)| from > to);
        (days || instants).then(|| (name.clone(), from.clone(), to.clone()))
    });
    ends.collect()
}

/// The problem of a request of which one parameter was refused, with everything else that is wrong with its
/// query; nothing where there is nothing else, or it is of something else.
pub(super) fn completed(request: &HttpRequest, problem: &Problem) -> Option<Problem> {
    const OF_PARAMETERS: [&EdgeCode; 4] =
        [codes::BAD_PARAMETER, codes::UNKNOWN_PARAMETER, codes::UNKNOWN_FIELD, codes::BAD_CURSOR];
    let Problem::Edge { code, findings, broken, .. } = problem else { return None };
    if !broken.is_empty() || !OF_PARAMETERS.contains(code) {
        return None;
    }
    let sent = Sent::to(request)?;
    sent.goes_beyond(findings).then(|| sent.and(findings).or(Problem::new(code)))
}

/// In what a value differs from the schema of its parameter, as far as that stands there itself.
fn by_schema(parameter: &Parameter, value: &str) -> Vec<Finding> {
    let Some(schema) = parameter.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok()) else {
        return Vec::new();
    };
    if schema.get("$ref").is_some() {
        return Vec::new();
    }
    let read = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => value.parse::<i64>().map_or_else(|_| json!(value), Value::from),
        Some("array") => value.split(',').collect(),
        Some("boolean") => value.parse::<bool>().map_or_else(|_| json!(value), Value::from),
        _ => json!(value),
    };
    let mut found = conform::differences_from(&schema, &read);
    found.iter_mut().for_each(|finding| finding.pointer.clone_from(&parameter.name));
    // Of a list that is wrong in several values the first says which there are.
    found.truncate(1);
    found
}

/// Reads some parameters; else says which could not be read, and why.
fn read<'a, T: DeserializeOwned>(
    pairs: impl Iterator<Item = (&'a String, &'a String)>,
) -> Result<T, (String, String)> {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs)
        .map_err(|error| (error.path().to_string(), error.inner().to_string()))
}

/// The values that there are, where what reads the parameter names them.
fn named_in(reason: &str) -> Vec<&str> {
    reason.split('`').skip(3).step_by(2).collect()
}

/// How a value should have looked.
fn expected(parameter: Option<&Parameter>, reason: &str) -> Value {
    let known = parameter.and_then(|known| serde_json::to_value(known).ok()).unwrap_or_default();
    let said = |pointer: &str| known.pointer(pointer).and_then(Value::as_str);
    let looks = match (said("/schema/$ref"), said("/schema/format")) {
        (Some(reference), _) if reference.ends_with("/Timestamp") => Some("2026-03-05T09:00:00+08:00"),
        (Some(reference), _) if reference.ends_with("/Id") => Some("01977a3e-8f00-7000-8000-000000000001"),
        (_, Some("date")) => Some("2026-03-05"),
        _ => said("/example"),
    };
    looks.map_or_else(|| reason::told(reason), Value::from)
}
