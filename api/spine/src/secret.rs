//! Secrets that are made up here and shown once: tokens, tickets, first passwords.

use super::Problem;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use persistence::spine::Failure;
use rand::TryRngCore;

/// So many random bytes as text that fits into a header or a URL.
///
/// # Errors
/// Where the system gives none.
pub fn random_text(bytes: usize) -> Result<String, Problem> {
    let mut random = vec![0_u8; bytes];
    rand::rngs::OsRng.try_fill_bytes(&mut random).map_err(|error| Problem::from(Failure::fault(error)))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random))
}
