//! What stories are told with: an application per story on a database of its own, callers, races.

mod app;
mod caller;
mod engines;
mod race;

pub use app::App;
pub use caller::{Caller, Reply};
pub use engines::{Engine, postgres_is_available, stop_postgres};
pub use race::race;

/// A story about the business, told on both engines.
#[derive(Clone, Copy)]
pub struct Story {
    /// Its name: a sentence.
    pub name: &'static str,
    /// What happens.
    pub tell: fn(App),
}

/// Lists the stories of a module.
#[macro_export]
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        /// The stories of this module.
        pub const STORIES: &[$crate::Story] = &[
            $($crate::Story { name: concat!(module_path!(), "::", stringify!($story)), tell: $story }),*
        ];
    };
}
