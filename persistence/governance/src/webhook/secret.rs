//! How the secrets of endpoints lie in the database: sealed by a key that is derived from the secret of the server. `[INT-1a]`

use crate::spine::{Failure, Reader};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use domain::{
    identity::Secret,
    spine::{Citation, Id, Refusal},
    webhook::{NO_SECRET, WebhookEndpoint},
};
use hkdf::Hkdf;
use rand::TryRngCore;
use sha2::Sha256;

/// How many bytes of chance stand before what is sealed.
const NONCE: usize = 12;
/// How many bytes a secret has.
const SECRET_BYTES: usize = 32;

fn cipher(reader: &Reader<'_>) -> Result<ChaCha20Poly1305, Failure> {
    let secret = reader.secret().ok_or_else(|| Refusal::new(NO_SECRET).citing(Citation::rule("INT-1a")))?;
    let mut key = [0_u8; 32];
    let derived = Hkdf::<Sha256>::new(None, secret.as_bytes());
    derived.expand(b"marketing-center webhook secrets", &mut key).map_err(Failure::fault)?;
    Ok(ChaCha20Poly1305::new(&Key::from(key)))
}

fn chance<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0_u8; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Failure::fault)?;
    Ok(bytes)
}

/// A fresh key, as it is and as it is sealed, bound to whose it is.
///
/// # Errors
/// `webhook.no_secret` where the server was given none.
pub fn fresh(reader: &Reader<'_>, whose: Id<WebhookEndpoint>) -> Result<(Vec<u8>, Secret), Failure> {
    let (key, nonce) = (chance::<SECRET_BYTES>()?, chance::<NONCE>()?);
    let whose = whose.uuid();
    let payload = Payload { msg: &key, aad: whose.as_bytes() };
    let sealed = cipher(reader)?.encrypt(&Nonce::from(nonce), payload).map_err(Failure::fault)?;
    let text = BASE64_STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
    Ok((key.to_vec(), Secret::new(text)))
}

/// The key that was sealed.
///
/// # Errors
/// Where the server was given none, or another secret than it was sealed with.
pub fn open(reader: &Reader<'_>, whose: Id<WebhookEndpoint>, sealed: &Secret) -> Result<Vec<u8>, Failure> {
    let corrupt = || Failure::corrupt("webhook_endpoints", "secret", whose);
    let bytes = BASE64_STANDARD_NO_PAD.decode(sealed.reveal()).map_err(|_| corrupt())?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(corrupt)?;
    let whose = whose.uuid();
    let payload = Payload { msg: sealed, aad: whose.as_bytes() };
    cipher(reader)?.decrypt(&Nonce::from(*nonce), payload).map_err(|_| {
        Failure::fault(
            "what is sealed does not open: the server was given another secret than it was sealed with",
        )
    })
}
