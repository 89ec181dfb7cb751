//! The resource of a path, at the version that its caller has read: what almost every deed begins with.

use super::{Argument, Description, IfMatch, PathId, Problem};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::spine::{Id, Version};
use persistence::spine::{Failure, Reader, Resource};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
};
use uuid::Uuid;

/// The `{id}` of a path with the version of `If-Match`. What is not found is not found (404) before its version is
/// compared (412).
#[derive(Debug)]
pub struct At<E> {
    id: Uuid,
    version: IfMatch,
    of: PhantomData<fn() -> E>,
}

impl<E> At<E> {
    /// The id of the path.
    pub fn id<T>(&self) -> Id<T> {
        Id::from_uuid(self.id)
    }

    /// Fails with 412 where there is a newer version than the caller has read.
    ///
    /// # Errors
    /// The version there is.
    pub fn check(&self, current: Version) -> Result<(), Failure> {
        self.version.check(current)
    }

    /// What stands there, as the caller has read it.
    ///
    /// # Errors
    /// Where nothing is in the caller's sight, or another version by now.
    pub fn find<Wing>(&self, reader: &mut Reader<'_>) -> Result<E, Failure>
    where
        E: Resource<Wing>,
    {
        let found = E::find(reader, self.id)?;
        self.check(found.version())?;
        Ok(found)
    }
}

impl<E: 'static> FromRequest for At<E> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let taken = |payload: &mut Payload| {
            let id = PathId::<E>::from_request(request, payload).into_inner()?;
            let version = IfMatch::from_request(request, payload).into_inner()?;
            Ok(Self { id: id.uuid(), version, of: PhantomData })
        };
        ready(taken(payload))
    }
}

impl<E: 'static> Argument for At<E> {
    fn describe(description: &mut Description) {
        PathId::<E>::describe(description);
        IfMatch::describe(description);
    }
}
