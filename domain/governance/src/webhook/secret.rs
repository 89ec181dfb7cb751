//! How a body is signed: Standard Webhooks 1.0, HMAC-SHA256. `[INT-1a, INT-1b]`

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt::Write;

/// What stands before a secret.
const MARK: &str = "whsec_";

/// A secret as its receiver is told it.
pub fn secret_text(key: &[u8]) -> String {
    format!("{MARK}{}", BASE64_STANDARD.encode(key))
}

/// The key of a secret as its receiver is told it; none where it is not one.
pub fn open_secret(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text.strip_prefix(MARK)?).ok()
}

/// What is signed: the identity of the message, when it is sent, and the bytes that are.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// `webhook-id`: the same for every attempt.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970, of this attempt.
    pub timestamp: i64,
    /// The bytes.
    pub body: &'a [u8],
}

/// The header `webhook-signature`: one signature a key, the newest first, separated by spaces.
pub fn signature<'k>(what: Signed<'_>, keys: impl IntoIterator<Item = &'k [u8]>) -> String {
    let mut header = String::new();
    for key in keys {
        // A key of any length will do for an HMAC.
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key) else { continue };
        mac.update(format!("{}.{}.", what.id, what.timestamp).as_bytes());
        mac.update(what.body);
        let space = if header.is_empty() { "" } else { " " };
        let _never_fails =
            write!(header, "{space}v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    }
    header
}
