//! Merge patches (RFC 7396): a change is said over what a body says as something is made, so that both are one body with
//! one meaning. Absent stays as it is, null clears, objects are merged member by member, lists are replaced whole.

use super::{
    Argument, Description, Problem,
    body::{broken, not_as_described, pointer_of, read, read_aside},
    conform::differences,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::spine::{Finding, Findings, Refusal, codes as rules, reason};
use futures_util::{FutureExt, future::LocalBoxFuture};
use persistence::spine::Failure;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{borrow::Cow, marker::PhantomData};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, ObjectBuilder, OneOfBuilder, RefOr, Required, Schema,
        request_body::RequestBodyBuilder,
        schema::{SchemaType, Type},
    },
};
use validator::{Validate, ValidationErrors};

/// A body by which something is made, and over which it is changed.
pub trait Merged: Serialize + DeserializeOwned + Validate + ToSchema + 'static {
    /// What a change of it is called in the OpenAPI document.
    const PATCH: &'static str;
    /// Members that are said once, as it is made.
    const FIXED: &'static [&'static str] = &[];
    /// Members that always stand, although they may be left out as it is made: null does not clear them.
    const FILLED: &'static [&'static str] = &[];
}

/// A merge patch of what `T` says.
#[derive(Debug)]
pub struct Merge<T> {
    patch: Map<String, Value>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Merge<T> {
    fn clone(&self) -> Self {
        Self { patch: self.patch.clone(), of: PhantomData }
    }
}

impl<T: Merged> Merge<T> {
    /// What is said after the patch, over what is said now.
    ///
    /// # Errors
    /// Everything in which that is no body that could be sent.
    pub fn over(&self, now: &T) -> Result<T, Failure> {
        let mut findings = Findings::new();
        let cleared = |name: &&&str| self.patch.get(**name).is_some_and(Value::is_null);
        for name in T::FILLED.iter().filter(cleared) {
            findings.add(format!("/{name}"), rules::REQUIRED);
        }
        findings.into_result()?;
        let mut said = serde_json::to_value(now)?;
        merge(&mut said, &self.patch);
        let read: T = serde_path_to_error::deserialize(&said).map_err(|error| {
            let pointer = pointer_of(&error.path().to_string());
            unreadable::<T>(&said, pointer, error.inner().to_string())
        })?;
        broken(&read.validate().err().unwrap_or_default()).into_result()?;
        Ok(read)
    }
}

/// Merges the members of a patch into a value; what is no object becomes one.
fn merge(into: &mut Value, patch: &Map<String, Value>) {
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(members) = into.as_object_mut() else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(name)),
            Value::Object(patch) => merge(members.entry(name.clone()).or_insert(Value::Null), patch),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

/// In what a merged body differs from one that could be sent: as its schema tells, or else as serde does of the first.
fn unreadable<T: Merged>(said: &Value, pointer: String, reason: String) -> Refusal {
    let mut findings = Findings::new();
    differences::<T>(said.clone(), &pointer).into_iter().for_each(|found| findings.note(found));
    if findings.is_empty() {
        findings.add_with(pointer, rules::BAD_FORMAT, [("expected", reason::told(&reason))]);
    }
    findings.into_result().err().unwrap_or_else(|| Refusal::new(rules::VALIDATION_FAILED))
}

impl<'de, T: Merged> Deserialize<'de> for Merge<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { patch: Map::deserialize(from)?, of: PhantomData })
    }
}

impl<T> Validate for Merge<T> {
    /// What it says is judged as it is merged: alone it is no body.
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl<T: Merged> FromRequest for Merge<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let conforming = |bytes: &[u8]| read::<Self>(bytes)?.conforming().map_err(not_as_described);
        read_aside(request, payload, conforming).boxed_local()
    }
}

impl<T: Merged> Merge<T> {
    /// The patch, if each of its members could stand in a body: whether they fit together is seen as they are merged.
    fn conforming(self) -> Result<Self, Vec<Finding>> {
        let mut said = self.patch.clone();
        let fixed = T::FIXED.iter().filter(|name| said.remove(**name).is_some());
        let fixed: Vec<Finding> = fixed
            .map(|name| Finding {
                pointer: format!("/{name}"),
                code: rules::UNKNOWN_MEMBER,
                params: Map::new(),
            })
            .collect();
        let mut said = Value::Object(said);
        without_nulls(&mut said);
        let mut found: Vec<Finding> = differences::<T>(said, "").into_iter().filter(is_of_a_patch).collect();
        // How long and how great something may be is told as what is wrong with a body that is well made.
        let bounds = [rules::BAD_LENGTH, rules::OUT_OF_RANGE];
        if found.iter().all(|found| bounds.contains(&found.code)) && fixed.is_empty() {
            return Ok(self);
        }
        found.extend(fixed);
        Err(found)
    }
}

/// Members that a patch clears need not be like those it sets.
fn without_nulls(said: &mut Value) {
    if let Value::Object(members) = said {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(without_nulls);
    }
}

/// A patch leaves out what it does not change; the items of its lists stand for themselves.
fn is_of_a_patch(found: &Finding) -> bool {
    let in_a_list = || found.pointer.split('/').any(|step| step.parse::<usize>().is_ok());
    found.code != rules::REQUIRED || in_a_list()
}

impl<T: Merged> Argument for Merge<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<Self>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        description.request_body = Some(body.build());
        description.problems.extend([400, 413, 415, 422]);
    }
}

impl<T: Merged> PartialSchema for Merge<T> {
    /// That of the body, without what is said once; nothing in it is required, and everything may be null.
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut body)) = T::schema() else { return T::schema() };
        body.required.clear();
        body.description =
            Some("A merge patch (RFC 7396): absent stays, null clears, lists are replaced whole.".into());
        body.properties.retain(|name, _| !T::FIXED.contains(&name.as_str()));
        body.properties.values_mut().for_each(may_be_null);
        RefOr::T(Schema::Object(body))
    }
}

impl<T: Merged> ToSchema for Merge<T> {
    fn name() -> Cow<'static, str> {
        T::PATCH.into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

fn may_be_null(member: &mut RefOr<Schema>) {
    let or_null = |one: &SchemaType| match one {
        SchemaType::Type(Type::Null) | SchemaType::AnyValue => one.clone(),
        SchemaType::Type(one) => SchemaType::from_iter([one.clone(), Type::Null]),
        SchemaType::Array(several) if several.contains(&Type::Null) => one.clone(),
        SchemaType::Array(several) => SchemaType::from_iter(several.iter().cloned().chain([Type::Null])),
    };
    let null = || ObjectBuilder::new().schema_type(Type::Null);
    match member {
        RefOr::T(Schema::Object(object)) => {
            object.schema_type = or_null(&object.schema_type);
            object.description = object.description.take().map(|about| of_a_change(&about));
        }
        RefOr::T(Schema::Array(list)) => {
            list.schema_type = or_null(&list.schema_type);
            list.description = list.description.take().map(|about| of_a_change(&about));
        }
        RefOr::T(Schema::OneOf(forms)) => {
            forms.description = forms.description.take().map(|about| of_a_change(&about));
        }
        other => {
            let form = std::mem::replace(other, RefOr::T(Schema::Object(null().build())));
            *other = OneOfBuilder::new().item(null()).item(form).into();
        }
    }
}

/// What is said of a member, but for what holds where it is left out as something is made.
fn of_a_change(about: &str) -> String {
    let clauses = about.trim_end_matches('.').split("; ");
    let kept: Vec<&str> = clauses.filter(|clause| !clause.contains("absent")).collect();
    format!("{}.", kept.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Order {
        number: String,
        #[serde(default)]
        day: Option<String>,
        #[validate(length(min = 1, max = 3))]
        #[schema(min_length = 1, max_length = 3)]
        name: String,
        #[serde(default)]
        remark: Option<String>,
        #[serde(default)]
        pieces: Vec<Piece>,
        #[serde(default)]
        tags: BTreeMap<String, String>,
    }

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Piece {
        count: i32,
    }

    impl Merged for Order {
        const PATCH: &'static str = "ReviseOrder";
        const FIXED: &'static [&'static str] = &["number"];
        const FILLED: &'static [&'static str] = &["day"];
    }

    fn order() -> Order {
        let tags = [("a", "1"), ("b", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        Order {
            number: "O-1".into(),
            day: Some("2026-03-05".into()),
            name: "x".into(),
            remark: Some("r".into()),
            pieces: vec![Piece { count: 1 }],
            tags: tags.into(),
        }
    }

    fn patch(said: Value) -> Result<Merge<Order>, Vec<(String, &'static str)>> {
        let merge: Merge<Order> = serde_json::from_value(said).expect("an object");
        let told = |found: Vec<Finding>| found.into_iter().map(|one| (one.pointer, one.code.code)).collect();
        merge.conforming().map_err(told)
    }

    fn over(said: Value) -> Result<Order, (String, &'static str)> {
        patch(said).expect("a patch").over(&order()).map_err(|failure| match failure {
            Failure::Refused(refusal) => (refusal.findings[0].pointer.clone(), refusal.code.code),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn absent_stays_null_clears_objects_merge_and_lists_are_replaced() {
        assert_eq!(over(json!({})), Ok(order()));
        assert_eq!(over(json!({"remark": null})), Ok(Order { remark: None, ..order() }));
        let tags = [("b".to_owned(), "3".to_owned())];
        let said = json!({"tags": {"a": null, "b": "3"}, "pieces": [{"count": 2}, {"count": 3}]});
        let pieces = vec![Piece { count: 2 }, Piece { count: 3 }];
        assert_eq!(over(said), Ok(Order { tags: tags.into(), pieces, ..order() }));
    }

    #[test]
    fn what_must_stand_is_not_cleared_and_what_is_merged_keeps_to_the_bounds() {
        assert_eq!(over(json!({"day": null})), Err(("/day".into(), "validation.required")));
        assert_eq!(over(json!({"name": null})), Err(("/name".into(), "validation.required")));
        assert_eq!(over(json!({"name": "long"})), Err(("/name".into(), "validation.length")));
    }

    #[test]
    fn what_could_stand_in_no_body_is_refused_before_it_is_merged() {
        let told = |said| patch(said).expect_err("no patch");
        assert_eq!(told(json!({"number": "O-2"})), [("/number".into(), "validation.unknown_member")]);
        assert_eq!(told(json!({"x": 1})), [("/x".into(), "validation.unknown_member")]);
        assert_eq!(told(json!({"pieces": [{}]})), [("/pieces/0/count".into(), "validation.required")]);
        assert_eq!(told(json!({"name": 5})), [("/name".into(), "validation.format")]);
    }

    #[test]
    fn its_schema_requires_nothing_and_lets_everything_be_null() {
        let schema = serde_json::to_value(Merge::<Order>::schema()).expect("a schema");
        assert_eq!(schema.get("required"), None);
        assert_eq!(schema["properties"].get("number"), None);
        assert_eq!(schema["properties"]["name"]["type"], json!(["string", "null"]));
    }
}
