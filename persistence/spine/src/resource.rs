//! What stands at an address of its own: found, moved and shown in one way, whatever it is.

use super::{Failure, Reader, Stored, Tx, View};
use domain::spine::Change;
use uuid::Uuid;

/// What can be read and moved at an address of its own. `Wing` is the wing that keeps it, as of [`Stored`].
pub trait Resource<Wing>: Stored<Wing> + Send + 'static {
    /// How it is shown.
    type View: View;

    /// One of them, if the caller may see it.
    ///
    /// # Errors
    /// Where there is none in sight.
    fn find(reader: &mut Reader<'_>, id: Uuid) -> Result<Self, Failure>;
    /// How it is shown, once it is found or written.
    ///
    /// # Errors
    /// Where what it refers to cannot be read.
    fn show(self, reader: &mut Reader<'_>) -> Result<Self::View, Failure>;
    /// Writes a change of it, with what it moves elsewhere.
    ///
    /// # Errors
    /// Where it moved meanwhile.
    fn apply(tx: &mut Tx<'_>, change: Change<Self>) -> Result<Self, Failure> {
        tx.apply(change)
    }
}

/// What a deed answers: a change that is still to be written, or the resource where the deed has written it.
pub trait Moved<E, Wing> {
    /// The resource as it is written.
    ///
    /// # Errors
    /// Where it moved meanwhile.
    fn written(self, tx: &mut Tx<'_>) -> Result<E, Failure>;
}

impl<E: Resource<Wing>, Wing> Moved<E, Wing> for Change<E> {
    fn written(self, tx: &mut Tx<'_>) -> Result<E, Failure> {
        E::apply(tx, self)
    }
}

impl<E: Resource<Wing>, Wing> Moved<E, Wing> for E {
    fn written(self, _: &mut Tx<'_>) -> Result<E, Failure> {
        Ok(self)
    }
}

/// Says of an entity how it is found, written and shown: `resource! { Wing: Entity as View; find, apply, show = show }`, or
/// `view = view` where it is read anew to be shown.
#[macro_export]
macro_rules! resource {
    ($wing:ty: $entity:ty as $view:ty; $find:path, $apply:path, show = $show:path) => {
        $crate::resource! { @impl $wing, $entity, $view, $find, $apply, |reader, found| $show(reader, found) }
    };
    ($wing:ty: $entity:ty as $view:ty; $find:path, $apply:path, view = $shown:path) => {
        $crate::resource! {
            @impl $wing, $entity, $view, $find, $apply,
            |reader, found| $shown(reader, domain::spine::Entity::uuid(&found).into())
        }
    };
    (@impl $wing:ty, $entity:ty, $view:ty, $find:path, $apply:path, |$reader:ident, $found:ident| $shown:expr) => {
        impl $crate::spine::Resource<$wing> for $entity {
            type View = $view;
            fn find(
                reader: &mut $crate::spine::Reader<'_>,
                id: uuid::Uuid,
            ) -> Result<Self, $crate::spine::Failure> {
                $find(reader, id.into())
            }
            fn apply(
                tx: &mut $crate::spine::Tx<'_>,
                change: domain::spine::Change<Self>,
            ) -> Result<Self, $crate::spine::Failure> {
                $apply(tx, change)
            }
            fn show(self, $reader: &mut $crate::spine::Reader<'_>) -> Result<$view, $crate::spine::Failure> {
                let $found = self;
                $shown
            }
        }
    };
}
