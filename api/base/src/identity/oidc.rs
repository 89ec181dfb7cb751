//! Access tokens of the company's own identity provider (OpenID Connect), accepted where an installation says so:
//! issuer, audience and the claim that names the account. A token opens the account of that name, and nothing where
//! there is none: accounts and grants are made here. `[ID-3]`
//!
//! Signing in at the provider is the front end's business (authorization code with PKCE); here only its access tokens
//! are judged.

mod keys;

use super::token::LEEWAY_SECONDS;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use clap::Args;
use domain::{identity::Username, spine::Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use keys::{Keys, PublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// What an installation sets about its identity provider.
#[derive(Args, Clone, Debug, Default)]
pub struct OidcSettings {
    /// The issuer whose access tokens are accepted, as they name it: an https address. None without it.
    #[arg(long, global = true, env = "OIDC_ISSUER")]
    pub oidc_issuer: Option<String>,
    /// The audience that such tokens must be for.
    #[arg(long, global = true, env = "OIDC_AUDIENCE")]
    pub oidc_audience: Option<String>,
    /// The claim that is the user name of an account here: one that users cannot change at the provider.
    #[arg(long, global = true, env = "OIDC_ACCOUNT_CLAIM")]
    pub oidc_account_claim: Option<String>,
    /// Where the issuer's public keys are; without it its discovery document says so.
    #[arg(long, global = true, env = "OIDC_JWKS_URL")]
    pub oidc_jwks_url: Option<String>,
}

/// Algorithms with a public key: nobody who can verify such a token can make one.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// Longer than tokens with the groups of a person in a large company.
const TOKEN_BYTES_MAX: usize = 16_384;
/// Keys older than this are read anew before they verify.
const FRESH_FOR_VERIFYING: Duration = Duration::from_secs(600);
/// Keys at least this old are read anew when a token names one that is not among them.
const FRESH_FOR_UNKNOWN: Duration = Duration::from_secs(2);

/// A configured identity provider.
pub struct Provider {
    issuer: String,
    audience: String,
    claim: String,
    keys: Keys,
}

/// What a token that was found good stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Foreign {
    /// The account it names.
    pub username: Username,
    /// Until when it is good, in seconds since 1970.
    pub expires: i64,
}

/// Why a token was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rejection {
    /// The issuer's keys cannot be read now.
    NoKeys,
    /// It is no good.
    Bad,
}

/// What of a token is judged; `aud`, `iss` and `sub` are judged as it is decoded.
#[derive(Deserialize)]
struct Claims {
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Provider {
    /// The provider of these settings, if they name one.
    ///
    /// # Errors
    /// An issuer without audience or claim; an address that anybody on the way could answer for.
    pub fn new(settings: &OidcSettings) -> Result<Option<Self>, String> {
        let OidcSettings { oidc_issuer, oidc_audience, oidc_account_claim, oidc_jwks_url } = settings;
        // An empty variable of the environment says nothing.
        let said = [oidc_issuer, oidc_audience, oidc_account_claim, oidc_jwks_url]
            .map(|setting| setting.as_deref().filter(|text| !text.is_empty()));
        let (issuer, audience, claim, keys) = match said {
            [None, None, None, None] => return Ok(None),
            [Some(issuer), Some(audience), Some(claim), url] => {
                let keys = url.map_or_else(|| Keys::of_issuer(issuer), Keys::at)?;
                (issuer.to_owned(), audience.to_owned(), claim.to_owned(), keys)
            }
            _ => {
                return Err(
                    "an identity provider needs OIDC_ISSUER, OIDC_AUDIENCE, OIDC_ACCOUNT_CLAIM".to_owned()
                );
            }
        };
        Ok(Some(Self { issuer, audience, claim, keys }))
    }

    /// Whether a token claims to come from this issuer: then nobody else judges it.
    pub fn claims_to_issue(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        let claims = token.split('.').nth(1).filter(|_| token.len() <= TOKEN_BYTES_MAX);
        let claims = claims.and_then(|claims| BASE64_URL_SAFE_NO_PAD.decode(claims).ok());
        let said: Option<Issuer> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        said.is_some_and(|said| said.iss == self.issuer)
    }

    /// Checks signature, algorithm, type, key, issuer, audience and times.
    ///
    /// # Errors
    /// Any of them wrong; keys that cannot be read.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Foreign, Rejection> {
        let header = decode_header(token).map_err(|_| Rejection::Bad)?;
        if !ALGORITHMS.contains(&header.alg) || !is_access_token(&header) {
            return Err(Rejection::Bad);
        }
        let kid = header.kid.ok_or(Rejection::Bad)?;
        let key = self.key(&kid).await?;
        self.judge(token, header.alg, &key, now)
    }

    async fn key(&self, kid: &str) -> Result<Arc<PublicKey>, Rejection> {
        for age in [FRESH_FOR_VERIFYING, FRESH_FOR_UNKNOWN] {
            let known = self.keys.not_older_than(age).await.map_err(|_| Rejection::NoKeys)?;
            if let Some(key) = known.get(kid) {
                return Ok(key.clone());
            }
        }
        Err(Rejection::Bad)
    }

    fn judge(
        &self,
        token: &str,
        algorithm: Algorithm,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<Foreign, Rejection> {
        if key.algorithm.is_some_and(|only| only != algorithm) {
            return Err(Rejection::Bad);
        }
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The times are checked below, by our own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.key, &validation).map_err(|_| Rejection::Bad)?.claims;
        let now = now.micros().div_euclid(1_000_000);
        let begun = [claims.nbf, claims.iat].into_iter().flatten().all(|from| from <= now + LEEWAY_SECONDS);
        if !begun || claims.exp <= now {
            return Err(Rejection::Bad);
        }
        let name = claims.others.get(&self.claim).and_then(Value::as_str).ok_or(Rejection::Bad)?;
        let username = Username::new(name).map_err(|_| Rejection::Bad)?;
        Ok(Foreign { username, expires: claims.exp })
    }
}

/// Whether a header is that of an access token: many providers still write `JWT`, or nothing, instead of RFC 9068.
fn is_access_token(header: &Header) -> bool {
    let named = header.typ.as_deref().map(str::to_ascii_lowercase);
    matches!(named.as_deref(), None | Some("jwt" | "at+jwt" | "application/at+jwt"))
}

#[cfg(test)]
mod tests;
