//! What is kept and never told: in logs and in the audit trail it stands as `***`. `[AUD-1, ID-1]`

use serde::{Serialize, Serializer};
use std::fmt;

/// A value that prints and serialises as `***`, whatever it is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Withheld<T>(#[serde(serialize_with = "withhold")] pub T);

impl<T> fmt::Debug for Withheld<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Serialises a value as `***`: `serialize_with` of what is kept and never told.
///
/// # Errors
/// What the serialiser says.
pub fn withhold<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("***")
}
