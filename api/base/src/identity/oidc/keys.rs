//! The public keys of an issuer, read over HTTP and kept: read anew when they are old, or when a token names one that
//! is not among them. While the issuer does not answer, the old ones are good for an hour.

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use ureq::Agent;

/// How long an issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What an issuer may answer at most, in bytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How long keys are good that cannot be read anew.
const STALE_MAX: Duration = Duration::from_secs(3_600);

/// A key that verifies, and the one algorithm it is for, where its issuer says so.
pub struct PublicKey {
    pub key: DecodingKey,
    pub algorithm: Option<Algorithm>,
}

/// Keys by their ids.
pub type KeySet = Arc<HashMap<String, Arc<PublicKey>>>;

/// Where the keys are.
#[derive(Clone)]
enum Place {
    KeySet(String),
    Discovery { document: String, issuer: String },
}

/// What was read, and when reading was tried last, well or in vain.
#[derive(Clone, Default)]
struct Known {
    set: KeySet,
    read_at: Option<Instant>,
    tried_at: Option<Instant>,
}

/// The keys of an issuer.
pub struct Keys {
    place: Place,
    agent: Agent,
    known: RwLock<Known>,
    /// One reads; the others wait for what it reads.
    turn: tokio::sync::Mutex<()>,
}

impl Keys {
    /// The keys at this address.
    pub fn at(url: &str) -> Result<Self, String> {
        Ok(Self::from(Place::KeySet(trusted(url)?.to_owned())))
    }

    /// The keys that the issuer's discovery document leads to.
    pub fn of_issuer(issuer: &str) -> Result<Self, String> {
        let document = format!("{}/.well-known/openid-configuration", trusted(issuer)?.trim_end_matches('/'));
        Ok(Self::from(Place::Discovery { document, issuer: issuer.to_owned() }))
    }

    fn from(place: Place) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
        Self { place, agent, known: RwLock::default(), turn: tokio::sync::Mutex::default() }
    }

    /// The keys, read or tried at most `age` ago.
    ///
    /// # Errors
    /// None that were read within the last hour.
    pub async fn not_older_than(&self, age: Duration) -> Result<KeySet, String> {
        let fresh = |known: &Known| known.tried_at.is_some_and(|at| at.elapsed() < age);
        let mut known = self.known();
        if !fresh(&known) {
            let _turn = self.turn.lock().await;
            known = self.known();
            if !fresh(&known) {
                known = self.read(known).await;
            }
        }
        let good = known.read_at.is_some_and(|at| at.elapsed() < STALE_MAX);
        good.then_some(known.set).ok_or_else(|| "the issuer's keys cannot be read".to_owned())
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys anew, and keeps the old ones where that fails.
    async fn read(&self, before: Known) -> Known {
        let (place, agent) = (self.place.clone(), self.agent.clone());
        let read = tokio::task::spawn_blocking(move || fetch(&place, &agent)).await;
        let now = Instant::now();
        let after = match read.map_err(|error| error.to_string()).and_then(|read| read) {
            Ok(set) => Known { set: Arc::new(set), read_at: Some(now), tried_at: Some(now) },
            Err(error) => {
                log::warn!("the identity provider's keys cannot be read: {error}");
                Known { tried_at: Some(now), ..before }
            }
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = after.clone();
        after
    }
}

/// An address that nobody on the way can answer for: https, or this machine itself.
fn trusted(url: &str) -> Result<&str, String> {
    let host = url.strip_prefix("http://").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let name = host.filter(|host| !host.contains('@'));
    let name = name.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    let own = name.is_some_and(|name| {
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        name == "localhost" || address.is_ok_and(|address| address.is_loopback())
    });
    if own || url.starts_with("https://") { Ok(url) } else { Err(format!("{url} is not an https address")) }
}

fn fetch(place: &Place, agent: &Agent) -> Result<HashMap<String, Arc<PublicKey>>, String> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let url = match place {
        Place::KeySet(url) => url.clone(),
        Place::Discovery { document, issuer } => {
            let found: Discovery = get(agent, document)?;
            if found.issuer != *issuer {
                return Err(format!("{document} is that of {}", found.issuer));
            }
            trusted(&found.jwks_uri)?.to_owned()
        }
    };
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = get(agent, &url)?;
    Ok(set.keys.into_iter().filter_map(public_key).collect())
}

fn get<T: for<'de> Deserialize<'de>>(agent: &Agent, url: &str) -> Result<T, String> {
    let mut answer = agent.get(url).call().map_err(|error| format!("{url}: {error}"))?;
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
    let body = body.map_err(|error| format!("{url}: {error}"))?;
    serde_json::from_slice(&body).map_err(|error| format!("{url}: {error}"))
}

/// A key that can verify; others (for encryption, of kinds we do not know, secrets) are left out.
pub fn public_key(key: Value) -> Option<(String, Arc<PublicKey>)> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    if !signs || matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_)) {
        return None;
    }
    let algorithm = match &jwk.common.key_algorithm {
        Some(named) => Some(Algorithm::try_from(*named).ok()?),
        None => None,
    };
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((jwk.common.key_id?, Arc::new(PublicKey { key, algorithm })))
}
