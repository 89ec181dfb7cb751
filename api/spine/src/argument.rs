//! What a handler's signature says about its route: router, document and tests derive from it.

use super::{Access, Guard, Problem, openapi::header_ref};
use actix_web::FromRequest;
use persistence::spine::Refers;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use utoipa::{
    ToSchema,
    openapi::{Ref, RefOr, Schema, path::Parameter, request_body::RequestBody, response::Response},
};

/// Schemas by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

fn collect<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// What arguments and answer of a handler contribute to its operation.
#[derive(Default)]
pub struct Description {
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The names of those that mean the same on every route that has them.
    shared: BTreeSet<String>,
    /// The headers that mean the same on every answer that has them.
    headers: BTreeMap<&'static str, &'static str>,
    /// The body.
    pub request_body: Option<RequestBody>,
    /// Answers by status.
    pub responses: BTreeMap<u16, Response>,
    /// Problems it can answer with, by status.
    pub problems: BTreeSet<u16>,
    /// What collects the schemas that are referred to.
    schemas: Vec<fn(&mut Schemas)>,
    /// Whether it writes.
    pub writes: bool,
    /// Whether that can be rehearsed: not where the answer is itself the effect.
    pub rehearses: bool,
    /// Whether it reads through the data scope.
    pub reads: bool,
    /// Whether it demands `If-Match`.
    pub conditional: bool,
    /// The members of what it shows, of a list those of its items: what `fields=` chooses from.
    pub members: Option<fn() -> Arc<BTreeSet<String>>>,
    /// What that refers to: what `expand=` chooses from.
    pub refers: &'static [Refers],
}

impl Description {
    /// Adds a parameter that means the same on every route that has it: the document says it once.
    pub fn share(&mut self, parameter: Parameter) {
        self.shared.insert(parameter.name.clone());
        self.parameters.push(parameter);
    }

    /// Refers to a header that means the same on every answer that has it: the document says it once.
    pub fn header(&mut self, name: &'static str, about: &'static str) -> Ref {
        self.headers.insert(name, about);
        header_ref(name)
    }

    /// The parameters that mean the same on every route that has them.
    pub fn shared_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| self.shares(parameter))
    }

    pub(super) fn shares(&self, parameter: &Parameter) -> bool {
        self.shared.contains(&parameter.name)
    }

    /// The headers that mean the same on every answer that has them, with their meaning.
    pub fn shared_headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.headers.iter().map(|(name, about)| (*name, *about))
    }

    /// Refers to a schema and remembers it with all it refers to.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.schemas.push(collect::<T>);
        RefOr::Ref(Ref::from_schema_name(T::name().into_owned()))
    }

    /// The schemas that are referred to, each as often as it is. They take much memory and are wanted for the
    /// document alone, so they are made when they are asked for.
    pub fn schemas(&self) -> Schemas {
        let mut schemas = Vec::new();
        self.schemas.iter().for_each(|collect| collect(&mut schemas));
        schemas
    }
}

/// An argument that says what it means for the route.
pub trait Argument: FromRequest {
    /// Adds to the description.
    fn describe(description: &mut Description);
}

/// An answer that says what it means for the route.
pub trait Described {
    /// Adds to the description.
    fn describe(description: &mut Description);
}

// A problem is described by what the arguments may be refused with.
impl<T: Described> Described for Result<T, Problem> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// The arguments of a handler: a guard first, then what it needs.
#[diagnostic::on_unimplemented(
    message = "a handler's first argument must say who may call it",
    note = "begin with `who: Can<perm::…>`, `who: SignedIn` or `who: Public`; the others must be `Argument`s"
)]
pub trait Guarded: FromRequest {
    /// What the guard demands.
    const ACCESS: Access;
    /// Describes all arguments.
    fn describe(description: &mut Description);
}

macro_rules! guarded {
    ($($argument:ident),*) => {
        impl<G: Guard + 'static, $($argument: Argument + 'static),*> Guarded for (G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
            fn describe(description: &mut Description) {
                let _unused_without_arguments = &description;
                $($argument::describe(description);)*
            }
        }
    };
}

guarded!();
guarded!(A);
guarded!(A, B);
guarded!(A, B, C);
guarded!(A, B, C, D);
guarded!(A, B, C, D, E);
guarded!(A, B, C, D, E, F);
