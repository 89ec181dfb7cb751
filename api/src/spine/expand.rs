//! `expand=`: what a resource refers to, shown with it, under the permission and within the reach that reading it by
//! itself would ask for. `[INT-4, ID-5]`
//!
//! What can be shown so is one table, by the members that refer; a view offers those of which it has the member.

use super::{
    Problem,
    shape::{names_in, refused},
};
use domain::spine::Permission;
use persistence::spine::{Failure, Reader};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};
use uuid::Uuid;

/// The member that holds what was shown along with a resource.
pub(super) const EXPANDED: &str = "expanded";

/// A kind of reference that can be followed.
pub struct Expansion {
    /// What it is called in `expand=`.
    pub name: &'static str,
    /// The member that refers: an id, an object that has one, or a list of such objects.
    pub member: &'static str,
    /// What the id is called in those objects.
    pub id: &'static str,
    /// The permission to read what it refers to.
    pub permission: Permission,
    /// Reads it with the eyes of the caller.
    pub look: fn(&mut Reader<'_>, Uuid) -> Result<Value, Failure>,
}

/// Which references are to be followed.
#[derive(Clone, Default)]
pub struct Expand(Vec<&'static Expansion>);

/// The references of a view that can be followed.
pub(super) fn offered(members: &BTreeSet<String>) -> impl Iterator<Item = &'static Expansion> {
    crate::expansions::ALL.iter().filter(|expansion| members.contains(expansion.member))
}

/// The first name in `expand=` that is no reference of a view with these members, and those there are.
pub(super) fn unknown_of(said: &str, members: &BTreeSet<String>) -> Option<(String, String)> {
    let known: Vec<&str> = offered(members).map(|expansion| expansion.name).collect();
    let unknown = names_in(said).into_iter().find(|name| !known.contains(&name.as_str()))?;
    Some((unknown, known.join(", ")))
}

impl Expand {
    /// As a query string says, of what a view with these members offers.
    ///
    /// # Errors
    /// A name that is none of them.
    pub(super) fn of(said: &str, members: &BTreeSet<String>) -> Result<Self, Problem> {
        if let Some(unknown) = unknown_of(said, members) {
            return Err(refused("expand", unknown));
        }
        let names = names_in(said);
        Ok(Self(offered(members).filter(|expansion| names.contains(expansion.name)).collect()))
    }

    /// Shows what these resources refer to along with them; each of it is read once. Null where a resource refers to
    /// nothing, or to what the caller does not see; a list in its order where it refers to several.
    pub(super) fn fill<'a>(
        &self,
        reader: &mut Reader<'_>,
        resources: impl Iterator<Item = &'a mut Value>,
    ) -> Result<(), Failure> {
        let mut seen = Seen::new();
        for resource in resources {
            let mut expanded = Map::new();
            for expansion in &self.0 {
                let shown = match resource.get(expansion.member) {
                    Some(Value::Array(all)) => all
                        .iter()
                        .map(|one| show(reader, expansion, Some(one), &mut seen))
                        .collect::<Result<Value, _>>()?,
                    one => show(reader, expansion, one, &mut seen)?,
                };
                expanded.insert(expansion.name.to_owned(), shown);
            }
            resource[EXPANDED] = Value::Object(expanded);
        }
        Ok(())
    }

    /// Refuses references that the caller may not follow at all.
    pub(super) fn permit(&self, reader: &Reader<'_>) -> Result<(), Failure> {
        let denied = self.0.iter().find(|expansion| !reader.actor().may(expansion.permission));
        denied.map_or(Ok(()), |expansion| Err(Failure::Denied(expansion.permission)))
    }

    /// What a route says of it in the document; `None` where its view refers to nothing.
    pub(super) fn parameter(members: &BTreeSet<String>) -> Option<Parameter> {
        let names: Vec<&str> = offered(members).map(|expansion| expansion.name).collect();
        let about = format!(
            "What to show along with each resource as members of `expanded`, separated by commas, each under the \
             permission to read it: {}.",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
        let example = *names.first()?;
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200));
        let parameter = ParameterBuilder::new()
            .name("expand")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(text.examples([example])));
        Some(parameter.build())
    }
}

/// What was read already.
type Seen = HashMap<(&'static str, Uuid), Value>;

/// What a member refers to.
fn show(
    reader: &mut Reader<'_>,
    expansion: &Expansion,
    member: Option<&Value>,
    seen: &mut Seen,
) -> Result<Value, Failure> {
    let id = |member: &Value| {
        let id = member.as_str().or_else(|| member.get(expansion.id).and_then(Value::as_str))?;
        Uuid::try_parse(id).ok()
    };
    let Some(id) = member.and_then(id) else { return Ok(Value::Null) };
    if let Some(known) = seen.get(&(expansion.name, id)) {
        return Ok(known.clone());
    }
    let shown = look(reader, expansion, id)?;
    seen.insert((expansion.name, id), shown.clone());
    Ok(shown)
}

fn look(reader: &mut Reader<'_>, expansion: &Expansion, id: Uuid) -> Result<Value, Failure> {
    match reader.seeing_by(expansion.permission, |reader| (expansion.look)(reader, id)) {
        Err(Failure::NotFound) => Ok(Value::Null),
        other => other,
    }
}
