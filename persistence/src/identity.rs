//! Accounts, sessions, keys and roles.

use crate::spine::{Failure, Key, Reader};
use domain::spine::{Actor, Timestamp};

/// The actor behind a live session, and until when that stays true unless the access epoch moves.
pub(crate) fn actor_of_session(
    _reader: &mut Reader<'_>,
    _session: Key,
) -> Result<Option<(Actor, Timestamp)>, Failure> {
    Ok(None)
}

/// The actor behind a live API key, and until when that stays true unless the access epoch moves.
pub(crate) fn actor_of_api_key(
    _reader: &mut Reader<'_>,
    _key: Key,
) -> Result<Option<(Actor, Timestamp)>, Failure> {
    Ok(None)
}
