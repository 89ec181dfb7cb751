//! One schema for both engines; see `spine::column` for the types of ours. A section per context, in the
//! order of the migrations.
#![allow(clippy::wildcard_imports, missing_docs)]

mod spine;

pub use spine::*;
