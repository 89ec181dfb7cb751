//! Short texts that lie sealed in the database, by keys that are derived from the secret of the server. `[ID-6, INT-1a]`

use super::{Failure, Reader};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use rand::TryRngCore;
use sha2::Sha256;
use uuid::Uuid;

/// How many bytes of chance stand before what is sealed.
const NONCE: usize = 12;

/// What seals texts for one purpose.
pub struct Seal(ChaCha20Poly1305);

impl Seal {
    /// That of a purpose, which is never said otherwise once something was sealed for it; none where the server was given no
    /// secret.
    ///
    /// # Errors
    /// Where no key can be derived.
    pub fn of(reader: &Reader<'_>, purpose: &str) -> Result<Option<Self>, Failure> {
        let Some(secret) = reader.secret() else { return Ok(None) };
        let mut key = [0_u8; 32];
        Hkdf::<Sha256>::new(None, secret.as_bytes())
            .expand(purpose.as_bytes(), &mut key)
            .map_err(Failure::fault)?;
        Ok(Some(Self(ChaCha20Poly1305::new(&Key::from(key)))))
    }

    /// Seals bytes, bound to whose they are: nothing sealed for one stands in another's place.
    ///
    /// # Errors
    /// No chance to be had.
    pub fn seal(&self, whose: Uuid, bytes: &[u8]) -> Result<String, Failure> {
        let mut nonce = [0_u8; NONCE];
        rand::rngs::OsRng.try_fill_bytes(&mut nonce).map_err(Failure::fault)?;
        let payload = Payload { msg: bytes, aad: whose.as_bytes() };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload).map_err(Failure::fault)?;
        Ok(BASE64_STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed; none where that is no text of a seal.
    ///
    /// # Errors
    /// Where the server was given another secret than it was sealed with.
    pub fn open(&self, whose: Uuid, sealed: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Ok(bytes) = BASE64_STANDARD_NO_PAD.decode(sealed) else { return Ok(None) };
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE>() else { return Ok(None) };
        let payload = Payload { msg: sealed, aad: whose.as_bytes() };
        let opened = self.0.decrypt(&Nonce::from(*nonce), payload).map_err(|_| {
            Failure::fault(
                "what is sealed does not open: the server was given another secret than it was sealed with",
            )
        })?;
        Ok(Some(opened))
    }
}
