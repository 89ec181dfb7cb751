//! How the secrets of endpoints lie in the database: sealed by a key that is derived from the secret of the server. `[INT-1a]`

use crate::spine::{Failure, Reader, Seal};
use domain::{
    identity::Secret,
    spine::{Citation, Id, Refusal},
    webhook::{NO_SECRET, WebhookEndpoint},
};
use rand::TryRngCore;

/// What secrets are sealed for: never said otherwise, or nothing opens again.
const PURPOSE: &str = "marketing-center webhook secrets";
/// How many bytes a secret has.
const SECRET_BYTES: usize = 32;

fn seal_of(reader: &Reader<'_>) -> Result<Seal, Failure> {
    let no_secret = || Refusal::new(NO_SECRET).citing(Citation::rule("INT-1a"));
    Ok(Seal::of(reader, PURPOSE)?.ok_or_else(no_secret)?)
}

/// A fresh key, as it is and as it is sealed, bound to whose it is.
///
/// # Errors
/// `webhook.no_secret` where the server was given none.
pub fn fresh(reader: &Reader<'_>, whose: Id<WebhookEndpoint>) -> Result<(Vec<u8>, Secret), Failure> {
    let mut key = vec![0_u8; SECRET_BYTES];
    rand::rngs::OsRng.try_fill_bytes(&mut key).map_err(Failure::fault)?;
    let sealed = seal_of(reader)?.seal(whose.uuid(), &key)?;
    Ok((key, Secret::new(sealed)))
}

/// The key that was sealed.
///
/// # Errors
/// Where the server was given none, or another secret than it was sealed with.
pub fn open(reader: &Reader<'_>, whose: Id<WebhookEndpoint>, sealed: &Secret) -> Result<Vec<u8>, Failure> {
    let opened = seal_of(reader)?.open(whose.uuid(), sealed.reveal())?;
    opened.ok_or_else(|| Failure::corrupt("webhook_endpoints", "secret", whose))
}
