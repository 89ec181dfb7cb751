//! An identity provider of a story: it serves its discovery document and its keys, and signs whatever is asked for.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

/// A running identity provider. It stops with this value.
pub struct Issuer {
    /// What it calls itself: where it listens.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The ids of its keys; each key follows from its id.
    keys: Mutex<Vec<u8>>,
    is_silent: AtomicBool,
    asked: AtomicU32,
}

impl Issuer {
    /// Starts one with a key.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        let (served, own) = (shared.clone(), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // It ends with its story: nobody holds the other half any more.
                if Arc::strong_count(&served) == 1 {
                    break;
                }
                let _gone = answer(&stream, &own, &served);
            }
        });
        let issuer = Self { url, shared };
        issuer.rotate(1);
        issuer
    }

    /// From now on it has this key instead of those before.
    pub fn rotate(&self, key: u8) {
        *self.shared.keys.lock().unwrap_or_else(PoisonError::into_inner) = vec![key];
    }

    /// From now on it answers nothing but errors.
    pub fn fall_silent(&self) {
        self.shared.is_silent.store(true, Ordering::SeqCst);
    }

    /// How often somebody asked for its keys.
    pub fn times_asked(&self) -> u32 {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// A token that says this, signed with a key; `header` replaces or adds members of the usual header.
    pub fn sign(key: u8, header: &Value, claims: &Value) -> String {
        let mut whole = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": format!("key-{key}")});
        for (name, value) in header.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        let part = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", part(&whole), part(claims));
        let signature = secret(key).sign(message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.shared = Arc::default();
        // Wakes the thread, which then sees that it is alone.
        let _gone = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn secret(key: u8) -> SigningKey {
    SigningKey::from_bytes(&[key; 32])
}

fn answer(mut stream: &TcpStream, url: &str, shared: &Shared) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let wanted = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, body) = match wanted.split(' ').nth(1) {
        _ if shared.is_silent.load(Ordering::SeqCst) => ("500 Internal Server Error", json!({})),
        Some("/.well-known/openid-configuration") => {
            ("200 OK", json!({"issuer": url, "jwks_uri": format!("{url}/keys")}))
        }
        Some("/keys") => {
            shared.asked.fetch_add(1, Ordering::SeqCst);
            ("200 OK", json!({"keys": key_set(shared)}))
        }
        _ => ("404 Not Found", json!({})),
    };
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

fn key_set(shared: &Shared) -> Vec<Value> {
    let keys = shared.keys.lock().unwrap_or_else(PoisonError::into_inner);
    let public = |key: &u8| BASE64_URL_SAFE_NO_PAD.encode(secret(*key).verifying_key().as_bytes());
    let shown = |key: &u8| {
        json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": format!("key-{key}"),
            "x": public(key)})
    };
    keys.iter().map(shown).collect()
}
