//! The keys as they lie open in memory, and what is done with them.

use super::{KEYS, all};
use crate::spine::{Failure, Key as Id, Reader};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use domain::field_key::FieldKeyId;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use sha2::Sha256;
use std::sync::Arc;
use uuid::Uuid;

/// How many bytes of chance stand before what is sealed.
const NONCE: usize = 12;

/// What is sealed, and by which key.
pub struct Sealed {
    /// The key.
    pub key: Id,
    /// Chance, and behind it the sealed text.
    pub bytes: Vec<u8>,
}

/// The keys as they lie open.
#[derive(Default)]
pub struct KeyRing {
    keys: Vec<Opened>,
}

struct Opened {
    id: Id,
    is_current: bool,
    cipher: ChaCha20Poly1305,
    index: [u8; 32],
}

/// A key for one use, derived from another.
fn derived(from: &[u8], what_for: &str) -> Result<[u8; 32], Failure> {
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, from).expand(what_for.as_bytes(), &mut key).map_err(Failure::fault)?;
    Ok(key)
}

fn wrapping(secret: &str) -> Result<ChaCha20Poly1305, Failure> {
    Ok(ChaCha20Poly1305::new(&Key::from(derived(secret.as_bytes(), "marketing-center field keys")?)))
}

fn chance<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0_u8; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Failure::fault)?;
    Ok(bytes)
}

/// Chance and a text sealed with it, bound to whose it is: nothing sealed for one stands in another's place.
fn seal(cipher: &ChaCha20Poly1305, whose: Uuid, text: &[u8]) -> Result<Vec<u8>, Failure> {
    let nonce = chance::<NONCE>()?;
    let payload = Payload { msg: text, aad: whose.as_bytes() };
    let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(Failure::fault)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(cipher: &ChaCha20Poly1305, whose: Uuid, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let (nonce, sealed) =
        bytes.split_first_chunk::<NONCE>().ok_or_else(|| Failure::corrupt("customers", "sealed", whose))?;
    let payload = Payload { msg: sealed, aad: whose.as_bytes() };
    cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| {
        Failure::fault(
            "what is sealed does not open: the server was given another secret than it was sealed with",
        )
    })
}

/// The sealed material of a fresh key.
pub(super) fn fresh(id: FieldKeyId, secret: &str) -> Result<String, Failure> {
    let material = chance::<32>()?;
    Ok(BASE64_STANDARD_NO_PAD.encode(seal(&wrapping(secret)?, id.uuid(), &material)?))
}

/// The keys as they lie open, from memory where they did not change; none where the server was given no secret.
///
/// # Errors
/// A secret that does not open them.
pub fn ring(reader: &mut Reader<'_>) -> Result<Arc<KeyRing>, Failure> {
    reader.master(KEYS, "field-keys", |reader| {
        let keys = all(reader)?;
        let Some(secret) = reader.secret() else { return Ok(KeyRing::default()) };
        let wrapping = wrapping(secret)?;
        let mut ring = KeyRing::default();
        for key in keys {
            let corrupt = || Failure::corrupt("field_keys", "material", key.id);
            let sealed = BASE64_STANDARD_NO_PAD.decode(&key.material).map_err(|_| corrupt())?;
            let material = open(&wrapping, key.id.uuid(), &sealed)?;
            ring.keys.push(Opened {
                id: key.id.into(),
                is_current: key.retired_at.is_none(),
                cipher: ChaCha20Poly1305::new(&Key::from(derived(&material, "seal")?)),
                index: derived(&material, "index")?,
            });
        }
        Ok(ring)
    })
}

impl KeyRing {
    /// Whether there is a key that seals.
    pub fn seals(&self) -> bool {
        self.current().is_some()
    }

    /// The key that seals now.
    pub fn current(&self) -> Option<Id> {
        self.newest().map(|key| key.id)
    }

    fn newest(&self) -> Option<&Opened> {
        self.keys.iter().find(|key| key.is_current)
    }

    fn sealing(&self) -> Result<&Opened, Failure> {
        self.newest().ok_or_else(|| Failure::fault("there is no key to seal with"))
    }

    /// Seals a text of somebody.
    ///
    /// # Errors
    /// Where there is no key that seals.
    pub fn seal(&self, whose: Uuid, text: &str) -> Result<Sealed, Failure> {
        let key = self.sealing()?;
        Ok(Sealed { key: key.id, bytes: seal(&key.cipher, whose, text.as_bytes())? })
    }

    /// Opens what a key sealed of somebody.
    ///
    /// # Errors
    /// Where the key is not there, or something else was sealed.
    pub fn open(&self, whose: Uuid, key: Id, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let opened = self.keys.iter().find(|known| known.id == key);
        let opened = opened.ok_or_else(|| Failure::fault("the key of what is sealed is not open"))?;
        open(&opened.cipher, whose, bytes)
    }

    /// As what a number stands that the newest key hides.
    ///
    /// # Errors
    /// Where there is no key that seals.
    pub fn hidden(&self, number: &str) -> Result<String, Failure> {
        self.sealing()?.hidden(number)
    }

    /// As what a number may stand, whichever key hid it.
    ///
    /// # Errors
    /// Never but by a fault.
    pub fn hidden_by_each(&self, number: &str) -> Result<Vec<String>, Failure> {
        self.keys.iter().map(|key| key.hidden(number)).collect()
    }
}

impl Opened {
    fn hidden(&self, number: &str) -> Result<String, Failure> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.index).map_err(Failure::fault)?;
        mac.update(number.as_bytes());
        Ok(format!("~{}", hex::encode(mac.finalize().into_bytes())))
    }
}
