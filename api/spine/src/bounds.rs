//! How much a body may hold, and where it must hold objects: judged on the text as it is read, before anything is made
//! of it. Two million bytes of `{},{},…` are seven hundred thousand lines, each of which wants to be told what it lacks.
//!
//! The bounds are those of the schema that the OpenAPI document shows; what no schema bounds, the sum of all values
//! does. That an array is no object is said here too: serde takes one for the other, member by member in their order.

use super::per_type::PerType;
use domain::spine::{Finding, RefusalCode, codes as rules, in_both};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    convert::Infallible,
    fmt,
    sync::Arc,
};
use utoipa::ToSchema;

/// So many values a body has at most, whatever they are: the longest list there is, with all its items' members, has
/// half as many.
const VALUES_MAX: usize = 100_000;
/// So many members an object has at most.
const MEMBERS_MAX: usize = 1_000;
/// The place of which nothing is said.
const ANYTHING: usize = 0;

/// What a schema bounds.
pub(super) struct Bounds {
    places: Vec<Place>,
    root: usize,
}

/// A place in a schema.
#[derive(Default)]
struct Place {
    /// Whether an object stands here, and never an array.
    is_object: bool,
    /// The fewest and the most items, where an array stands here.
    items: Option<(u64, u64)>,
    /// What they are.
    item: usize,
    /// What its members are.
    members: HashMap<String, usize>,
    /// What all other members are.
    others: usize,
}

impl Bounds {
    /// Those of a kind of body; made once for each.
    pub fn of<T: ToSchema + 'static>() -> Arc<Self> {
        static KNOWN: PerType<Bounds> = PerType::new();
        let Ok(bounds) = KNOWN.get::<T, Infallible>(|| {
            let schema = super::conform::schema_of::<T>().unwrap_or_default();
            Ok(Self::in_schema(&schema))
        });
        bounds
    }

    /// Those that a schema says, which has with it all it refers to.
    fn in_schema(schema: &Value) -> Self {
        let mut survey = Survey { schema, places: vec![Place::default()], known: HashMap::new() };
        let root = survey.place([String::new()].into());
        Self { places: survey.places, root }
    }

    /// Whether a text keeps to them; else where it first does not. What is no JSON is judged as far as it can be read:
    /// whoever reads it next says so.
    pub fn judge(&self, text: &str) -> Result<(), Finding> {
        let mut walk = Walk { bounds: self, left: VALUES_MAX, found: None };
        let _ends_early = At { place: self.root, walk: &mut walk }
            .deserialize(&mut serde_json::Deserializer::from_str(text));
        walk.found.map_or(Ok(()), Err)
    }
}

/// Finds the places of a schema: each is a set of alternatives, named by their pointers.
struct Survey<'a> {
    schema: &'a Value,
    places: Vec<Place>,
    known: HashMap<BTreeSet<String>, usize>,
}

impl Survey<'_> {
    fn place(&mut self, alternatives: BTreeSet<String>) -> usize {
        let mut forms = BTreeSet::new();
        alternatives.into_iter().for_each(|pointer| self.resolve(pointer, &mut forms));
        if forms.is_empty() {
            return ANYTHING;
        }
        if let Some(known) = self.known.get(&forms) {
            return *known;
        }
        let place = self.places.len();
        self.places.push(Place::default());
        self.known.insert(forms.clone(), place);
        self.places[place] = self.describe(&forms);
        place
    }

    fn describe(&mut self, forms: &BTreeSet<String>) -> Place {
        let (mut items, mut item) = (None, BTreeSet::new());
        let mut members: HashMap<String, BTreeSet<String>> = HashMap::new();
        let (mut others, mut has_object, mut has_array) = (BTreeSet::new(), false, false);
        for pointer in forms {
            let form = self.schema.pointer(pointer).unwrap_or(&Value::Null);
            has_object |= is_a(form, "object");
            if is_a(form, "array") {
                has_array = true;
                let bound = |name: &str, open| form.get(name).and_then(Value::as_u64).unwrap_or(open);
                let (least, most) = (bound("minItems", 0), bound("maxItems", u64::MAX));
                let (before, after): (u64, u64) = items.unwrap_or((least, most));
                items = Some((before.min(least), after.max(most)));
            }
            if form.get("items").is_some_and(Value::is_object) {
                item.insert(format!("{pointer}/items"));
            }
            for name in
                form.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys())
            {
                let step = name.replace('~', "~0").replace('/', "~1");
                members.entry(name.clone()).or_default().insert(format!("{pointer}/properties/{step}"));
            }
            if form.get("additionalProperties").is_some_and(Value::is_object) {
                others.insert(format!("{pointer}/additionalProperties"));
            }
        }
        Place {
            is_object: has_object && !has_array,
            items: items.filter(|(_, most)| *most < u64::MAX),
            item: self.place(item),
            members: members.into_iter().map(|(name, forms)| (name, self.place(forms))).collect(),
            others: self.place(others),
        }
    }

    /// The forms that a schema refers to or chooses from.
    fn resolve(&self, pointer: String, forms: &mut BTreeSet<String>) {
        let Some(schema) = self.schema.pointer(&pointer) else { return };
        if let Some(to) = schema.get("$ref").and_then(Value::as_str) {
            let to = to.trim_start_matches('#').to_owned();
            if to != pointer {
                self.resolve(to, forms);
            }
            return;
        }
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|choice| {
            let count = schema.get(choice)?.as_array()?.len();
            Some((0..count).map(move |index| format!("{choice}/{index}")))
        });
        let choices: Vec<String> = choices.flatten().collect();
        choices.iter().for_each(|choice| self.resolve(format!("{pointer}/{choice}"), forms));
        if choices.is_empty() || schema.get("properties").is_some() {
            forms.insert(pointer);
        }
    }
}

/// Whether a schema lets a value be of a kind: one that names none lets it be any.
fn is_a(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        None => schema.get("enum").is_none() && schema.get("const").is_none(),
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        Some(one) => one == kind,
    }
}

/// A walk through a text along a schema, until something is found.
struct Walk<'b> {
    bounds: &'b Bounds,
    left: usize,
    found: Option<Finding>,
}

impl Walk<'_> {
    /// Ends the walk: what is wrong where it has come to.
    fn found<E: Error>(&mut self, code: &'static RefusalCode, params: Value) -> E {
        let params = if let Value::Object(params) = params { params } else { Default::default() };
        self.found = Some(Finding { pointer: String::new(), code, params });
        E::custom("out of bounds")
    }

    /// Says of what was found that it lies below this step.
    fn below<E>(&mut self, step: impl fmt::Display, error: E) -> E {
        if let Some(found) = &mut self.found {
            found.pointer = format!("/{step}{}", found.pointer);
        }
        error
    }
}

/// The value at a place.
struct At<'w, 'b> {
    place: usize,
    walk: &'w mut Walk<'b>,
}

impl<'b> At<'_, 'b> {
    fn place(&self) -> &'b Place {
        let bounds: &'b Bounds = self.walk.bounds;
        &bounds.places[self.place]
    }
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        match self.walk.left.checked_sub(1) {
            Some(left) => self.walk.left = left,
            None => return Err(self.walk.found(rules::TOO_MUCH, json!({"max": VALUES_MAX}))),
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let place = self.place();
        if place.is_object {
            return Err(self
                .walk
                .found(rules::BAD_FORMAT, json!({"expected": in_both("JSON 对象", "a JSON object")})));
        }
        let (least, most) = place.items.unwrap_or((0, u64::MAX));
        for index in 0_u64.. {
            if index == most {
                // The text need not be read to its end, only whether it goes on.
                return match items.next_element::<IgnoredAny>()? {
                    None => Ok(()),
                    Some(_) => Err(self.walk.found(rules::BAD_LENGTH, json!({"min": least, "max": most}))),
                };
            }
            match items.next_element_seed(At { place: place.item, walk: &mut *self.walk }) {
                Ok(Some(())) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.walk.below(index, error)),
            }
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let place = self.place();
        for count in 0.. {
            let Some(name) = members.next_key_seed(Name)? else { break };
            if count == MEMBERS_MAX {
                return Err(self.walk.found(rules::TOO_MUCH, json!({"max": MEMBERS_MAX})));
            }
            let member = place.members.get(name.as_ref()).copied().unwrap_or(place.others);
            let value = members.next_value_seed(At { place: member, walk: &mut *self.walk });
            value.map_err(|error| self.walk.below(name, error))?;
        }
        Ok(())
    }
}

/// The name of a member, as it stands in the text where it can.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(name.into())
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(name.to_owned().into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, MEMBERS_MAX, VALUES_MAX};
    use serde_json::{Value, json};

    fn judge(schema: Value, text: &str) -> Option<(String, &'static str)> {
        let judged = Bounds::in_schema(&schema).judge(text);
        judged.err().map(|found| (found.pointer, found.code.code))
    }

    fn orders() -> Value {
        let line = json!({"type": "object", "properties": {
            "pieces": {"type": ["array", "null"], "maxItems": 2, "items": {"type": "integer"}},
            "parts": {"type": "array", "maxItems": 9, "items": {"$ref": "#/components/schemas/Line"}}}});
        json!({"type": "object",
            "properties": {"lines": {"oneOf": [{"type": "null"},
                {"type": "array", "maxItems": 3, "items": {"$ref": "#/components/schemas/Line"}}]},
                "facts": {}},
            "components": {"schemas": {"Line": line}}})
    }

    #[test]
    fn what_keeps_to_its_bounds_is_let_through() {
        let text =
            r#"{"lines": [{"pieces": [1, 2]}, {"parts": [{"pieces": null}]}], "facts": [[{}]], "x": 1}"#;
        assert_eq!(judge(orders(), text), None);
        assert_eq!(judge(orders(), "{no json"), None, "whoever reads it says so");
    }

    #[test]
    fn one_item_too_many_is_told_with_its_place_however_deep() {
        let told = |text: &str| judge(orders(), text).expect("out of bounds");
        let length = "validation.length";
        assert_eq!(told(r#"{"lines": [{}, {}, {}, {}"#), ("/lines".into(), length));
        assert_eq!(told(r#"{"lines": [{"pieces": [1, 2, 3]}]}"#), ("/lines/0/pieces".into(), length));
        let deep = r#"{"lines": [{}, {"parts": [{"parts": [{"pieces": [1, 2, 3]}]}]}]}"#;
        assert_eq!(told(deep), ("/lines/1/parts/0/parts/0/pieces".into(), length));
    }

    #[test]
    fn an_array_is_no_object() {
        let format = "validation.format";
        assert_eq!(judge(orders(), "[[]]"), Some((String::new(), format)));
        assert_eq!(judge(orders(), r#"{"lines": [[]]}"#), Some(("/lines/0".into(), format)));
    }

    #[test]
    fn what_no_schema_bounds_is_bounded_in_sum() {
        let many = |count: usize, one: &str, ends: [&str; 2]| {
            format!(r#"{{"facts": {}{}{}}}"#, ends[0], vec![one; count].join(","), ends[1])
        };
        let much = "validation.too_much";
        assert_eq!(judge(orders(), &many(VALUES_MAX / 2, "{}", ["[", "]"])), None);
        let values = judge(orders(), &many(VALUES_MAX, "0", ["[", "]"]));
        assert_eq!(values.map(|(_, code)| code), Some(much));
        let members = judge(orders(), &many(MEMBERS_MAX + 1, r#""a":0"#, ["{", "}"]));
        assert_eq!(members, Some(("/facts".into(), much)));
    }
}
