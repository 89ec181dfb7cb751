//! `expand=`: what a resource refers to, shown with it, under the permission and within the reach that reading it by
//! itself would ask for. `[INT-4, ID-5]`
//!
//! What can be shown so is said at the view ([`View::REFERS`](persistence::spine::View::REFERS)).

use super::{
    Problem,
    shape::{names_in, refused},
};
use persistence::spine::{Failure, Reader, Refers, Target};
use serde_json::{Map, Value};
use std::{collections::HashMap, ptr};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};
use uuid::Uuid;

/// The member that holds what was shown along with a resource.
pub(super) const EXPANDED: &str = "expanded";

/// Which references are to be followed.
#[derive(Clone, Default)]
pub struct Expand(Vec<&'static Refers>);

/// The first name in `expand=` that is no reference of a view, and those there are.
pub(super) fn unknown_of(said: &str, offered: &[Refers]) -> Option<(String, Vec<String>)> {
    let known: Vec<&str> = offered.iter().map(|refers| refers.name).collect();
    let unknown = names_in(said).into_iter().find(|name| !known.contains(&name.as_str()))?;
    Some((unknown, known.into_iter().map(str::to_owned).collect()))
}

impl Expand {
    /// As a query string says, of what a view offers.
    ///
    /// # Errors
    /// A name that is none of them.
    pub(super) fn of(said: &str, offered: &'static [Refers]) -> Result<Self, Problem> {
        if let Some(unknown) = unknown_of(said, offered) {
            return Err(refused("expand", unknown));
        }
        let names = names_in(said);
        Ok(Self(offered.iter().filter(|refers| names.contains(refers.name)).collect()))
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
            for refers in &self.0 {
                let shown = match resource.get(refers.member) {
                    Some(Value::Array(all)) => all
                        .iter()
                        .map(|one| show(reader, refers, Some(one), &mut seen))
                        .collect::<Result<Value, _>>()?,
                    one => show(reader, refers, one, &mut seen)?,
                };
                expanded.insert(refers.name.to_owned(), shown);
            }
            resource[EXPANDED] = Value::Object(expanded);
        }
        Ok(())
    }

    /// Refuses references that the caller may not follow at all.
    pub(super) fn permit(&self, reader: &Reader<'_>) -> Result<(), Failure> {
        let mut permissions = self.0.iter().map(|refers| refers.target.permission);
        let denied = permissions.find(|permission| !reader.actor().may(*permission));
        denied.map_or(Ok(()), |permission| Err(Failure::Denied(permission)))
    }

    /// What a route says of it in the document; `None` where its view refers to nothing.
    pub(super) fn parameter(offered: &[Refers]) -> Option<Parameter> {
        let names: Vec<&str> = offered.iter().map(|refers| refers.name).collect();
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

/// What was read already, by what it is and its id.
type Seen = HashMap<(*const Target, Uuid), Value>;

/// What a member refers to.
fn show(
    reader: &mut Reader<'_>,
    refers: &Refers,
    member: Option<&Value>,
    seen: &mut Seen,
) -> Result<Value, Failure> {
    let id = |member: &Value| {
        let id = member.as_str().or_else(|| member.get(refers.id).and_then(Value::as_str))?;
        Uuid::try_parse(id).ok()
    };
    let Some(id) = member.and_then(id) else { return Ok(Value::Null) };
    let place = (ptr::from_ref(refers.target), id);
    if let Some(known) = seen.get(&place) {
        return Ok(known.clone());
    }
    let shown = look(reader, refers.target, id)?;
    seen.insert(place, shown.clone());
    Ok(shown)
}

fn look(reader: &mut Reader<'_>, target: &Target, id: Uuid) -> Result<Value, Failure> {
    match reader.seeing_by(target.permission, |reader| (target.look)(reader, id)) {
        Err(Failure::NotFound) => Ok(Value::Null),
        other => other,
    }
}
