//! The caller: who they are, their password, and the keys that verify their tokens.

use super::{Entrance, FRESH_FOR_VERIFYING, token::JsonWebKeySet};
use crate::spine::{
    Done, Guard, Problem, Public, Reading, Reply, Routes, SignedIn, Unrehearsed, Valid, View, routes,
};
use domain::{
    identity::{EndReason, NOT_A_PERSON, PASSWORD_UNCHANGED, PASSWORD_WRONG, SIGN_IN_FAILED, Secret},
    spine::{ActorKind, Citation, Refusal, RefusalCode},
};
use persistence::identity::{MeView, account, me, session};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "account", [show_me, change_password]);
    routes!(into, "identity", [show_key_set]);
}

impl View for JsonWebKeySet {}

/// Show who one is and what one may do. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/me")]
async fn show_me(who: SignedIn, reading: Reading) -> Reply<MeView> {
    reading.read(who, me).await
}

/// The present password and the next one.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePassword {
    /// The present password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    current_password: String,
    /// The new password; what it must be is the policy `sign-in/company`.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    new_password: String,
}

fn refused(code: &'static RefusalCode, pointer: &str) -> Refusal {
    Refusal::new(code).citing(Citation::rule("ID-1")).at(pointer)
}

/// Change one's own password. `[ID-1]`
///
/// All sessions of the account end at once, the one that asks too: sign in again.
#[utoipa::path(post, path = "/api/v1/me/password")]
async fn change_password(
    who: SignedIn,
    entrance: Entrance,
    body: Valid<ChangePassword>,
    reading: Reading,
    work: Unrehearsed,
) -> Done {
    let ChangePassword { current_password, new_password } = body.0;
    let (current, new) = (Secret::new(current_password), Secret::new(new_password));
    let of_person = who.principal().actor.kind == ActorKind::Person;
    let mine = reading.value(who.clone(), me).await?;
    if !of_person {
        return Err(Refusal::new(NOT_A_PERSON).citing(Citation::rule("ID-2")).into());
    }
    let checked = entrance.check_password(&mine.username, current.clone()).await;
    let (seen, policy) = checked.map_err(|problem| match problem.code() {
        // Signed in but mistaken: that is no 401, which would send the client to sign in.
        code if code == SIGN_IN_FAILED.code => Problem::from(refused(PASSWORD_WRONG, "/current_password")),
        _ => problem,
    })?;
    policy.password.judge(&new, &[&mine.username, &mine.name], "/new_password")?;
    if current == new {
        return Err(refused(PASSWORD_UNCHANGED, "/new_password").into());
    }
    let hash = entrance.identity()?.passwords.hash(new).await?;
    work.write(who, move |tx| {
        let (account, now) = (account::load(tx, seen.id)?, tx.now());
        if account.password != seen.password {
            return Err(refused(PASSWORD_WRONG, "/current_password").into());
        }
        account::apply(tx, account.change_password(hash.clone(), now)?)?;
        session::end_all(tx, seen.id, EndReason::PasswordChanged)
    })
    .await
}

/// Show the public keys that verify access tokens (RFC 7517). `[ID-3]`
#[utoipa::path(get, path = "/.well-known/jwks.json")]
async fn show_key_set(who: Public, entrance: Entrance, reading: Reading) -> Reply<JsonWebKeySet> {
    let ring = entrance.identity()?.ring(entrance.database(), FRESH_FOR_VERIFYING).await?;
    let keys = ring.key_set();
    reading.read(who, move |_| Ok(keys)).await
}
