//! `fields=`: of each resource only the members that are asked for, whatever the route. Which there are follows from
//! the view's schema; a name that is none of them is refused with those that are. `[INT-4]`

use super::{
    Description, Problem, codes,
    expand::{EXPANDED, Expand},
    per_type::PerType,
};
use persistence::spine::{Failure, Reader, View};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeSet, convert::Infallible, sync::Arc};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayItems, Type},
    },
};

/// Most documents are smaller than this as JSON: writing them need not move them again and again.
const USUAL_BYTES: usize = 8 * 1024;

/// The member of a list that holds its items.
const ITEMS: &str = "data";

/// How much of each resource is wanted: all of it and no more, where nothing was said.
#[derive(Clone, Default)]
pub struct Shape {
    fields: Option<Arc<BTreeSet<String>>>,
    expand: Option<String>,
}

/// A shape that a view can have.
#[derive(Clone, Default)]
pub(super) struct Fitting {
    fields: Option<Arc<BTreeSet<String>>>,
    expand: Option<Expand>,
}

impl Shape {
    /// As a query string says.
    pub(super) fn of(pairs: &[(String, String)]) -> Self {
        let said = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, said)| said);
        let names = |said: &String| Arc::new(names_in(said));
        Self { fields: said("fields").map(names), expand: said("expand").cloned() }
    }

    /// Refuses a name that is no member of a view, or of the items of a list, or no reference of it.
    pub(super) fn fit<V: View>(&self) -> Result<Fitting, Problem> {
        let Self { fields, expand } = self;
        if fields.is_none() && expand.is_none() {
            return Ok(Fitting::default());
        }
        if let Some(unknown) = fields.as_ref().and_then(|wanted| first_unknown(wanted, &members_of::<V>())) {
            return Err(refused("fields", unknown));
        }
        let expand = expand.as_deref().map(|said| Expand::of(said, V::REFERS)).transpose()?;
        Ok(Fitting { fields: fields.clone(), expand })
    }

    /// Refuses what a file cannot have: a table has its columns, and a line of JSON no more than its resource.
    pub(super) fn for_file(&self, may_choose_fields: bool) -> Result<(), Problem> {
        let chosen =
            [("fields", self.fields.is_some() && !may_choose_fields), ("expand", self.expand.is_some())];
        let Some((parameter, _)) = chosen.into_iter().find(|(_, wrong)| *wrong) else { return Ok(()) };
        Err(Problem::bad_parameter(parameter, "JSON"))
    }
}

impl Fitting {
    /// A view as JSON: with no more than is wanted of it, and with what it refers to; of a list, of its items.
    pub(super) fn write<V: Serialize>(&self, reader: &mut Reader<'_>, view: &V) -> Result<Vec<u8>, Failure> {
        let Some(expand) = &self.expand else { return Ok(self.cut(view)?) };
        expand.permit(reader)?;
        let mut value = serde_json::to_value(view)?;
        expand.fill(reader, resources(&mut value))?;
        Ok(self.cut(&value)?)
    }

    /// A view as JSON, with no more than is wanted of it; of a list, of its items.
    pub(super) fn cut<V: Serialize>(&self, view: &V) -> Result<Vec<u8>, serde_json::Error> {
        let Some(wanted) = &self.fields else {
            let mut bytes = Vec::with_capacity(USUAL_BYTES);
            serde_json::to_writer(&mut bytes, view)?;
            return Ok(bytes);
        };
        let mut value = serde_json::to_value(view)?;
        for members in resources(&mut value).filter_map(Value::as_object_mut) {
            members.retain(|name, _| name == EXPANDED || wanted.contains(name));
        }
        serde_json::to_vec(&value)
    }
}

/// The names in `fields=` or `expand=`.
pub(super) fn names_in(said: &str) -> BTreeSet<String> {
    said.split(',').map(|name| name.trim().to_owned()).collect()
}

/// The problem of a name in `fields=` or `expand=` that is none of those there are.
pub(super) fn refused(parameter: &str, (unknown, known): (String, Vec<String>)) -> Problem {
    let known = known.join(", ");
    let problem = Problem::new(codes::UNKNOWN_FIELD).with("field", unknown);
    problem.with("known", known.as_str()).at(parameter, known)
}

/// The first name that is none of the members, and those there are.
fn first_unknown(wanted: &BTreeSet<String>, members: &BTreeSet<String>) -> Option<(String, Vec<String>)> {
    let unknown = wanted.difference(members).next()?;
    Some((unknown.clone(), members.iter().cloned().collect()))
}

/// The first name in `fields=` that is none of a view's members, and those there are.
pub(super) fn unknown_of(said: &str, members: &BTreeSet<String>) -> Option<(String, Vec<String>)> {
    first_unknown(&names_in(said), members)
}

/// The items of a list, or the one resource it is.
fn resources(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    let is_list = value.get(ITEMS).is_some_and(Value::is_array);
    let (list, single) = if is_list { (value.get_mut(ITEMS), None) } else { (None, Some(value)) };
    list.and_then(Value::as_array_mut).into_iter().flatten().chain(single)
}

/// Says of a route that shows a view how it can be had.
pub(super) fn describe<V: View>(description: &mut Description) {
    description.share(fields_parameter());
    description.members = Some(members_of::<V>);
    description.refers = V::REFERS;
    if let Some(expand) = Expand::parameter(V::REFERS) {
        description.parameters.push(expand);
        description.problems.insert(403);
    }
}

fn fields_parameter() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(1_000));
    ParameterBuilder::new()
        .name("fields")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "Only these members of each resource, separated by commas; the others are absent then.",
        ))
        .schema(Some(text.examples(["id,version"])))
        .build()
}

/// The members of a view by its schema; made once for each, since a schema is made anew whenever it is asked for.
fn members_of<V: ToSchema + 'static>() -> Arc<BTreeSet<String>> {
    static KNOWN: PerType<BTreeSet<String>> = PerType::new();
    let Ok(names) = KNOWN.get::<V, Infallible>(|| {
        let mut schemas = Vec::new();
        V::schemas(&mut schemas);
        let mut names = BTreeSet::new();
        collect(&V::schema(), &schemas, &mut names);
        Ok(names)
    });
    names
}

/// The names of a schema's members; those of its items where it is a list.
fn collect(schema: &RefOr<Schema>, all: &[(String, RefOr<Schema>)], names: &mut BTreeSet<String>) {
    match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            if let Some((_, schema)) = all.iter().find(|(known, _)| known == name) {
                collect(schema, all, names);
            }
        }
        RefOr::T(Schema::Object(object)) => match object.properties.get(ITEMS) {
            Some(RefOr::T(Schema::Array(list))) => {
                if let ArrayItems::RefOrSchema(item) = &list.items {
                    collect(item, all, names);
                }
            }
            _ => names.extend(object.properties.keys().cloned()),
        },
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter().for_each(|part| collect(part, all, names)),
        RefOr::T(Schema::OneOf(cases)) => cases.items.iter().for_each(|case| collect(case, all, names)),
        RefOr::T(_) => {}
    }
}
