//! Access tokens: JWTs signed with Ed25519. The newest key signs; older ones are accepted as long as their
//! tokens can live. `[ID-3]`

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use domain::{
    identity::{SealedKey, Secret, SigningKey},
    spine::{SessionId, Timestamp, UserId},
};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use rand::TryRngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Clocks of several servers may differ by this many seconds.
pub(super) const LEEWAY_SECONDS: i64 = 30;
/// The type in the header (RFC 9068), so that no other JWT passes for an access token.
const TOKEN_TYPE: &str = "at+jwt";
/// Longer than any token of ours.
const TOKEN_BYTES_MAX: usize = 4096;

/// What an access token says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a token that was found good stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The session.
    pub session: SessionId,
    /// Until when the token is good, in seconds since 1970.
    pub expires: i64,
}

/// Why a token was not accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rejection {
    /// It names a key that is not known here (yet).
    UnknownKey,
    /// It is no good.
    Bad,
}

/// The keys of one moment.
pub struct KeyRing {
    issuer: String,
    audience: String,
    signing: Option<(String, EncodingKey)>,
    accepted: HashMap<String, Accepted>,
    /// The public keys, newest first, with their ids.
    public: Vec<(String, String)>,
}

struct Accepted {
    key: DecodingKey,
    until: Option<Timestamp>,
}

impl KeyRing {
    /// From the stored keys, newest first: the first one signs.
    ///
    /// # Errors
    /// A stored key that cannot be opened with the secret, or is none.
    pub fn open(
        issuer: &str,
        audience: &str,
        keys: &[SigningKey],
        secret: Option<&str>,
    ) -> Result<Self, String> {
        let mut accepted = HashMap::new();
        for stored in keys {
            let key = DecodingKey::from_ed_components(&stored.public).map_err(|error| error.to_string())?;
            accepted.insert(stored.id.to_string(), Accepted { key, until: stored.accepted_until });
        }
        let newest =
            keys.first().map(|stored| Ok::<_, String>((stored.id.to_string(), unseal(stored, secret)?)));
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            signing: newest.transpose()?,
            accepted,
            public: keys.iter().map(|stored| (stored.id.to_string(), stored.public.clone())).collect(),
        })
    }

    /// Whether there is a key to sign with.
    pub fn can_sign(&self) -> bool {
        self.signing.is_some()
    }

    /// A token for a session, good until `expires`.
    ///
    /// # Errors
    /// No key to sign with.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<String, String> {
        let (kid, key) = self.signing.as_ref().ok_or("there is no key to sign with")?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(kid.clone());
        let (iss, aud) = (self.issuer.clone(), self.audience.clone());
        let (now, exp) = (seconds(now), seconds(expires));
        let claims = Claims { iss, aud, sub: user, sid: session, iat: now, nbf: now, exp };
        encode(&header, &claims, key).map_err(|error| error.to_string())
    }

    /// Checks signature, algorithm, type, key, issuer, audience and times.
    ///
    /// # Errors
    /// Any of them wrong.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Rejection> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Rejection::Bad);
        }
        let header = decode_header(token).map_err(|_| Rejection::Bad)?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(Rejection::Bad);
        }
        let accepted = header.kid.and_then(|kid| self.accepted.get(&kid)).ok_or(Rejection::UnknownKey)?;
        if accepted.until.is_some_and(|until| until <= now) {
            return Err(Rejection::Bad);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The times are checked below, by our own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &accepted.key, &validation).map_err(|_| Rejection::Bad)?.claims;
        let now = seconds(now);
        let begun = claims.nbf <= now + LEEWAY_SECONDS && claims.iat <= now + LEEWAY_SECONDS;
        if !begun || claims.exp <= now {
            return Err(Rejection::Bad);
        }
        Ok(Verified { session: claims.sid, expires: claims.exp })
    }

    /// The public keys, as other systems read them.
    pub fn key_set(&self) -> JsonWebKeySet {
        let key = |(kid, x): &(String, String)| JsonWebKey {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            key_use: "sig",
            kid: kid.clone(),
            x: x.clone(),
        };
        JsonWebKeySet { keys: self.public.iter().map(key).collect() }
    }
}

/// A public key that verifies access tokens (RFC 7517, RFC 8037).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    /// The type of key: `OKP`.
    #[schema(max_length = 10)]
    kty: &'static str,
    /// The curve: `Ed25519`.
    #[schema(max_length = 20)]
    crv: &'static str,
    /// The algorithm: `EdDSA`.
    #[schema(max_length = 20)]
    alg: &'static str,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    #[schema(max_length = 10)]
    key_use: &'static str,
    /// Its id, as in the header of the tokens.
    #[schema(max_length = 64)]
    kid: String,
    /// The key, base64url.
    #[schema(max_length = 64)]
    x: String,
}

/// The public keys that verify access tokens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct JsonWebKeySet {
    /// The keys, newest first.
    #[schema(max_items = 100)]
    keys: Vec<JsonWebKey>,
}

fn seconds(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000)
}

/// A fresh key pair: its public half, and its private half sealed for storing.
///
/// # Errors
/// No randomness to be had.
pub fn make_key(
    id: domain::spine::Id<SigningKey>,
    secret: Option<&str>,
) -> Result<(String, SealedKey), String> {
    let mut seed = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut seed).map_err(|error| error.to_string())?;
    let pair = ed25519_dalek::SigningKey::from_bytes(&seed);
    let public = BASE64_URL_SAFE_NO_PAD.encode(pair.verifying_key().as_bytes());
    Ok((public, seal(&seed, &id.to_string(), secret)?))
}

/// The stored forms of a private key: `plain:` and the seed, or `sealed:` and nonce and ciphertext.
fn seal(seed: &[u8; 32], kid: &str, secret: Option<&str>) -> Result<SealedKey, String> {
    let Some(secret) = secret else {
        return Ok(SealedKey(Secret::new(format!("plain:{}", BASE64_URL_SAFE_NO_PAD.encode(seed)))));
    };
    let mut nonce = [0_u8; 12];
    rand::rngs::OsRng.try_fill_bytes(&mut nonce).map_err(|error| error.to_string())?;
    let payload = Payload { msg: seed, aad: kid.as_bytes() };
    let sealed = cipher(secret).encrypt(&Nonce::from(nonce), payload).map_err(|error| error.to_string())?;
    let text = BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
    Ok(SealedKey(Secret::new(format!("sealed:{text}"))))
}

/// Whether a stored key needs a secret to be opened.
pub fn is_sealed(stored: &SigningKey) -> bool {
    stored.private.0.reveal().starts_with("sealed:")
}

fn unseal(stored: &SigningKey, secret: Option<&str>) -> Result<EncodingKey, String> {
    let kid = stored.id.to_string();
    let (form, text) =
        stored.private.0.reveal().split_once(':').ok_or("a stored signing key is malformed")?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|error| error.to_string())?;
    let seed = match (form, secret) {
        ("plain", _) => bytes,
        ("sealed", Some(secret)) if bytes.len() > 12 => {
            let (nonce, sealed) = bytes.split_at(12);
            let nonce: [u8; 12] = nonce.try_into().map_err(|_| "a stored signing key is malformed")?;
            let payload = Payload { msg: sealed, aad: kid.as_bytes() };
            let opened = cipher(secret).decrypt(&Nonce::from(nonce), payload);
            opened.map_err(|_| "the signing secret does not open the stored signing key")?
        }
        ("sealed", None) => return Err("the stored signing key is sealed: give the signing secret".into()),
        _ => return Err("a stored signing key is malformed".into()),
    };
    let seed: [u8; 32] = seed.try_into().map_err(|_| "a stored signing key is malformed")?;
    let pair = ed25519_dalek::SigningKey::from_bytes(&seed);
    let der = pair.to_pkcs8_der().map_err(|error| error.to_string())?;
    Ok(EncodingKey::from_ed_der(der.as_bytes()))
}

fn cipher(secret: &str) -> ChaCha20Poly1305 {
    let mut digest = Sha256::new();
    digest.update(b"marketing-center signing keys\0");
    digest.update(secret.as_bytes());
    ChaCha20Poly1305::new(&Key::from(<[u8; 32]>::from(digest.finalize())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use domain::spine::Id;
    use serde_json::{Value, json};
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000_000_000).expect("an instant").plus(Duration::seconds(seconds))
    }
    fn stored(n: u128, secret: Option<&str>, until: Option<Timestamp>) -> SigningKey {
        let id = Id::from_uuid(Uuid::from_u128(n));
        let (public, private) = make_key(id, secret).expect("a key");
        SigningKey { id, public, private, made_at: at(0), accepted_until: until, version: 1 }
    }
    fn ring(keys: &[SigningKey]) -> KeyRing {
        KeyRing::open("us", "them", keys, None).expect("a ring")
    }
    fn issue(ring: &KeyRing) -> String {
        let (user, session) = (Id::from_uuid(Uuid::from_u128(1)), Id::from_uuid(Uuid::from_u128(2)));
        ring.issue(user, session, at(0), at(900)).expect("a token")
    }
    fn parts(token: &str) -> (Value, Value, String) {
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part: &str| {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
        };
        (read(parts[0]), read(parts[1]), parts[2].to_owned())
    }
    fn join(header: &Value, claims: &Value, signature: &str) -> String {
        let write = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}.{signature}", write(header), write(claims))
    }

    #[test]
    fn a_token_is_good_within_its_times() {
        let ring = ring(&[stored(1, None, None)]);
        let token = issue(&ring);
        let good = ring.verify(&token, at(899)).expect("a good token");
        assert_eq!(good.session, Id::from_uuid(Uuid::from_u128(2)));
        assert_eq!(ring.verify(&token, at(900)), Err(Rejection::Bad), "expired");
        assert!(ring.verify(&token, at(-30)).is_ok(), "another server's clock");
        assert_eq!(ring.verify(&token, at(-31)), Err(Rejection::Bad), "not yet");
    }

    #[test]
    fn tampered_tokens_are_rejected() {
        let ring = ring(&[stored(1, None, None)]);
        let (header, claims, signature) = parts(&issue(&ring));
        let mut other = claims.clone();
        other["sid"] = json!(Uuid::from_u128(3).to_string());
        assert_eq!(ring.verify(&join(&header, &other, &signature), at(1)), Err(Rejection::Bad));
        for alg in ["none", "HS256", "ES256"] {
            let mut forged = header.clone();
            forged["alg"] = json!(alg);
            assert_eq!(ring.verify(&join(&forged, &claims, ""), at(1)), Err(Rejection::Bad), "{alg}");
            assert_eq!(ring.verify(&join(&forged, &claims, &signature), at(1)), Err(Rejection::Bad), "{alg}");
        }
        for junk in ["", ".", "..", "a.b.c", &"x".repeat(10_000)] {
            assert_eq!(ring.verify(junk, at(1)), Err(Rejection::Bad), "{junk:.10}");
        }
    }

    #[test]
    fn the_public_key_signs_nothing() {
        // The classic confusion: the published key used as an HMAC secret.
        let key = stored(1, None, None);
        let ring = ring(std::slice::from_ref(&key));
        let (_, claims, _) = parts(&issue(&ring));
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.to_string());
        header.typ = Some(TOKEN_TYPE.to_owned());
        let forged =
            encode(&header, &claims, &EncodingKey::from_secret(key.public.as_bytes())).expect("a forgery");
        assert_eq!(ring.verify(&forged, at(1)), Err(Rejection::Bad));
    }

    #[test]
    fn issuer_audience_and_type_must_be_ours() {
        let key = stored(1, None, None);
        let ours = ring(std::slice::from_ref(&key));
        for (issuer, audience) in [("them", "them"), ("us", "us")] {
            let theirs = KeyRing::open(issuer, audience, std::slice::from_ref(&key), None).expect("a ring");
            assert_eq!(ours.verify(&issue(&theirs), at(1)), Err(Rejection::Bad));
        }
        let (_, claims, _) = parts(&issue(&ours));
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.id.to_string());
        let id_token = encode(&header, &claims, &unseal(&key, None).expect("a key")).expect("a token");
        assert_eq!(ours.verify(&id_token, at(1)), Err(Rejection::Bad), "typ JWT, not at+jwt");
    }

    #[test]
    fn the_newest_key_signs_and_older_ones_are_accepted_until_their_end() {
        let old = stored(1, None, Some(at(600)));
        let before = issue(&ring(std::slice::from_ref(&old)));
        let rotated = ring(&[stored(2, None, None), old]);
        assert_eq!(parts(&issue(&rotated)).0["kid"], json!(Uuid::from_u128(2).to_string()));
        assert!(rotated.verify(&before, at(599)).is_ok());
        assert_eq!(rotated.verify(&before, at(600)), Err(Rejection::Bad));
        let elsewhere = ring(&[stored(3, None, None)]);
        assert_eq!(elsewhere.verify(&before, at(1)), Err(Rejection::UnknownKey));
    }

    #[test]
    fn a_sealed_key_opens_with_its_secret_alone() {
        let key = stored(1, Some("a secret of many characters"), None);
        assert!(key.private.0.reveal().starts_with("sealed:"));
        let open = |secret| KeyRing::open("us", "them", std::slice::from_ref(&key), secret).map(|_| ());
        assert!(open(Some("a secret of many characters")).is_ok());
        assert!(open(Some("another secret of many characters")).is_err());
        assert!(open(None).is_err());
        let mut moved = key.clone();
        moved.id = Id::from_uuid(Uuid::from_u128(2));
        assert!(unseal(&moved, Some("a secret of many characters")).is_err(), "bound to its id");
    }

    #[test]
    fn the_key_set_verifies_a_token_for_anybody() {
        let ring = ring(&[stored(1, None, None)]);
        let set = serde_json::to_string(&ring.key_set()).expect("JSON");
        assert!(!set.contains("\"d\""), "{set}");
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&set).expect("a key set");
        let token = issue(&ring);
        let kid = decode_header(&token).expect("a header").kid.expect("a key id");
        let key = DecodingKey::from_jwk(set.find(&kid).expect("the key")).expect("it reads");
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["them"]);
        validation.validate_exp = false;
        assert!(decode::<Value>(&token, &key, &validation).is_ok());
    }
}
