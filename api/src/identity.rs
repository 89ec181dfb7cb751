//! Signing in, sessions, keys.

use crate::spine::{AppState, Problem, codes};
use persistence::spine::Credential;

/// What a bearer token proves to hold; 401 if nothing.
pub async fn credential_of(_state: &AppState, _token: &str) -> Result<Credential, Problem> {
    Err(Problem::new(codes::UNAUTHENTICATED))
}
