//! What an answer shows, and what it refers to: said once, beside the view itself. `[INT-4]`

use super::{Failure, Reader};
use domain::spine::{Permission, Version};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// What an answer shows, or an item of the list it shows.
pub trait View: Serialize + ToSchema + Send + 'static {
    /// What it refers to that can be shown along with it; of a list, what its items refer to.
    const REFERS: &'static [Refers] = &[];
    /// The version of the single resource it shows: becomes the `ETag`.
    fn version(&self) -> Option<Version> {
        None
    }
    /// Where the resource it shows can be read: becomes the `Location` of a 201.
    fn location(&self) -> Option<String> {
        None
    }
}

impl View for () {}

/// What can be referred to: a resource that can be read by itself, said once beside it.
pub struct Target {
    /// The permission to read it.
    pub permission: Permission,
    /// Reads it with the eyes of the caller.
    pub look: fn(&mut Reader<'_>, Uuid) -> Result<Value, Failure>,
}

/// A member of a view that refers to something.
pub struct Refers {
    /// What it is called in `expand=`.
    pub name: &'static str,
    /// The member that refers: an id, an object that has one, or a list of such objects.
    pub member: &'static str,
    /// What the id is called in those objects.
    pub id: &'static str,
    /// What it refers to.
    pub target: &'static Target,
}

impl Refers {
    /// By the member of the same name.
    pub const fn to(name: &'static str, target: &'static Target) -> Self {
        Self { name, member: name, id: "id", target }
    }

    /// By a member that is called otherwise: `approval_id`.
    #[must_use]
    pub const fn by(self, member: &'static str) -> Self {
        Self { member, ..self }
    }

    /// Where the id is called otherwise in the objects of the member: `claim_id`.
    #[must_use]
    pub const fn whose(self, id: &'static str) -> Self {
        Self { id, ..self }
    }
}

/// A view as a [`Target`] looks at it.
pub fn in_json<V: View>(view: Result<V, Failure>) -> Result<Value, Failure> {
    Ok(serde_json::to_value(view?)?)
}
