//! The first administrator, and what the command line does with accounts and keys. Each acts as the product
//! itself, so that it works before anybody can sign in.

use super::{IdentitySettings, api_key::FreshKey, password::Passwords, random_text, token};
use crate::spine::Problem;
use chrono::Duration;
use domain::{
    identity::{
        ADMINISTRATOR, Account, AccountDetails, ApiKey, Grant, GrantTerms, Secret, SessionPolicy, SigningKey,
        Username,
    },
    spine::{Citation, Permission, Refusal, ScopeKind, codes},
};
use persistence::{
    identity::{account, api_key, grant, role, sign_in_policy, signing_key},
    spine::{Database, Failure, Reader, Request, StoredAnswer, Tx},
};
use std::collections::BTreeSet;

/// An administrator who was made.
#[derive(Debug)]
pub struct NewAdministrator {
    /// The name to sign in with.
    pub username: String,
    /// The password, where it was made up: to be printed once.
    pub password: Option<String>,
}

/// Makes the first administrator where there is no person's account yet.
///
/// # Errors
/// A configured name or password that is not good enough; a database that does not answer.
pub async fn ensure_administrator(
    database: &Database,
    settings: &IdentitySettings,
) -> Result<Option<NewAdministrator>, Problem> {
    if database.read(Request::system("first-start"), account::is_anybody_there).await? {
        return Ok(None);
    }
    let configured = settings.first_password().map_err(|error| Problem::from(Failure::fault(error)))?;
    let made_up = if configured.is_none() { Some(random_text(15)?) } else { None };
    let password = Secret::new(configured.or_else(|| made_up.clone()).unwrap_or_default());
    let username = settings.administrator_username.as_str();
    if !make_administrator(database, settings, username, password, Only::Nobody).await? {
        return Ok(None);
    }
    Ok(Some(NewAdministrator { username: username.to_owned(), password: made_up }))
}

/// Judges what the settings say of the first administrator, where one is to be made: before the server listens, which
/// nobody could use.
///
/// # Errors
/// A configured name or password that is not good enough; a database that does not answer.
pub async fn judge_first_administrator(
    database: &Database,
    settings: &IdentitySettings,
) -> Result<(), Problem> {
    if database.read(Request::system("first-start"), account::is_anybody_there).await? {
        return Ok(());
    }
    let username = Username::choose(&settings.administrator_username)?;
    let configured = settings.first_password().map_err(|error| Problem::from(Failure::fault(error)))?;
    let Some(password) = configured else { return Ok(()) };
    let policy = database.read(Request::system("password-rules"), sign_in_policy).await?;
    Ok(policy.password.judge(&Secret::new(password), &[username.as_str()], "/password")?)
}

/// Makes an administrator, whoever is there already.
///
/// # Errors
/// A name or password that is not good enough; a name that is taken.
pub async fn create_administrator(
    database: &Database,
    settings: &IdentitySettings,
    username: &str,
    password: Secret,
) -> Result<(), Problem> {
    make_administrator(database, settings, username, password, Only::Anyway).await.map(drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    /// Where nobody is there: several servers may start at once.
    Nobody,
    Anyway,
}

async fn make_administrator(
    database: &Database,
    settings: &IdentitySettings,
    username: &str,
    password: Secret,
    only: Only,
) -> Result<bool, Problem> {
    let username = Username::choose(username)?;
    let policy = database.read(Request::system("password-rules"), sign_in_policy).await?;
    policy.password.judge(&password, &[username.as_str()], "/password")?;
    let hash = Passwords::new(settings).hash_now(&password)?;
    let made = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = made.clone();
    let work = move |tx: &mut Tx<'_>| {
        if only == Only::Nobody {
            persistence::start_alone(tx)?;
            if account::is_anybody_there(tx)? {
                return Ok(StoredAnswer::default());
            }
        }
        let details = AccountDetails { name: "系统管理员".to_owned(), employee: None };
        let (id, now) = (tx.id(), tx.now());
        let opened = Account::open_for_person(id, username.clone(), details, hash.clone(), false, now)?;
        account::apply(tx, opened)?;
        let role = role::by_code(tx, ADMINISTRATOR)?
            .ok_or_else(|| Failure::fault("the shipped roles are missing"))?;
        let terms = GrantTerms { scope: ScopeKind::All, department: None, from: tx.today(), until: None };
        let given = Grant::give(tx.id(), id, &role, terms)?;
        grant::apply(tx, given)?;
        told.store(true, std::sync::atomic::Ordering::SeqCst);
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("administrator"), work).await?;
    Ok(made.load(std::sync::atomic::Ordering::SeqCst))
}

/// Issues a key to a service account, which is made where there is none of that name, with the shipped role
/// `integration`. Returns the key, to be printed once.
///
/// # Errors
/// A name of a person's account; no scopes.
pub async fn issue_key(
    database: &Database,
    username: &str,
    scopes: BTreeSet<Permission>,
    days: Option<i64>,
) -> Result<String, Problem> {
    let (username, fresh) = (Username::choose(username)?, FreshKey::make()?);
    let text = fresh.text.clone();
    let work = move |tx: &mut Tx<'_>| {
        let service = match account::by_username(tx, &username)? {
            Some(account) => account,
            None => open_integration(tx, &username)?,
        };
        let (new, now) = (fresh.stored(tx.id()), tx.now());
        let expires_at = days.map(|days| now.plus(Duration::days(days)));
        let change = ApiKey::issue(new, &service, "command line".into(), scopes.clone(), expires_at, now)?;
        api_key::apply(tx, change)?;
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("api-key-create"), work).await?;
    Ok(text)
}

fn open_integration(tx: &mut Tx<'_>, username: &Username) -> Result<Account, Failure> {
    let details = AccountDetails { name: username.as_str().to_owned(), employee: None };
    let opened = Account::open_for_service(tx.id(), username.clone(), details)?;
    let account = account::apply(tx, opened)?;
    let role =
        role::by_code(tx, "integration")?.ok_or_else(|| Failure::fault("the shipped roles are missing"))?;
    let terms = GrantTerms { scope: ScopeKind::All, department: None, from: tx.today(), until: None };
    let given = Grant::give(tx.id(), account.id, &role, terms)?;
    grant::apply(tx, given)?;
    Ok(account)
}

/// Revokes the key with this readable beginning.
///
/// # Errors
/// No such key; one that is over.
pub async fn revoke_key(database: &Database, prefix: &str) -> Result<(), Problem> {
    let prefix = prefix.to_owned();
    let work = move |tx: &mut Tx<'_>| {
        let unknown = || Refusal::new(codes::UNKNOWN_REFERENCE).citing(Citation::rule("ID-2"));
        let (key, now) = (api_key::by_prefix(tx, &prefix)?.ok_or_else(unknown)?, tx.now());
        api_key::apply(tx, key.revoke(now)?)?;
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("api-key-revoke"), work).await?;
    Ok(())
}

/// Makes a new signing key; those `before` it are accepted for as long as a token of theirs can live. They are those that
/// the caller judged by: where another server let one follow meanwhile, this unit of work is done again.
fn follow(
    tx: &mut Tx<'_>,
    before: Vec<SigningKey>,
    lifetime: Duration,
    secret: Option<&str>,
) -> Result<SigningKey, Failure> {
    let now = tx.now();
    // A server may sign with the key before until it reads the keys anew.
    let slack = Duration::from_std(super::FRESH_FOR_VERIFYING).map_err(Failure::fault)?;
    for key in before {
        if let Some(change) = key.retire(lifetime + slack, now) {
            signing_key::apply(tx, change)?;
        }
    }
    new_key(tx, secret)
}

/// Makes a signing key, sealed where there is a secret.
pub(super) fn new_key(tx: &mut Tx<'_>, secret: Option<&str>) -> Result<SigningKey, Failure> {
    let (id, now) = (tx.id(), tx.now());
    let (public, private) = token::make_key(id, secret).map_err(Failure::fault)?;
    signing_key::apply(tx, SigningKey::make(id, public, private, now))
}

/// Lets a new signing key follow one that has signed for as many days as the settings allow; nothing where
/// they allow any age, or the key is younger. Whether one was due. `[ID-3]`
///
/// Of several servers one does: all retire the same version of the same key, and whoever comes second begins
/// anew and finds a young one. Tokens are accepted whatever policy they were issued under.
///
/// # Errors
/// A signing secret that cannot be read; a database that does not answer.
pub async fn rotate_aged_keys(database: &Database, settings: &IdentitySettings) -> Result<bool, Failure> {
    let age = Duration::days(settings.signing_key_days);
    let due = move |reader: &mut Reader<'_>| {
        let accepted = signing_key::accepted(reader)?;
        let is_old = accepted.first().is_some_and(|key| key.is_older_than(age, reader.now()));
        Ok(is_old.then_some(accepted))
    };
    let request = || Request::system("keys-rotate");
    if settings.signing_key_days == 0 || database.read(request(), due).await?.is_none() {
        return Ok(false);
    }
    let secret = settings.sealing_secret().map_err(Failure::fault)?;
    let work = move |tx: &mut Tx<'_>| {
        if let Some(before) = due(tx)? {
            follow(tx, before, Duration::minutes(SessionPolicy::ACCESS_MINUTES_MAX), secret.as_deref())?;
        }
        Ok(StoredAnswer::default())
    };
    database.write(request(), work).await?;
    Ok(true)
}

/// Sees to it that a server can sign access tokens before it listens: makes the first key where there is none, and lets a
/// new one follow at once where one lies in the database as it is although there is a secret to seal it. Whoever could
/// read the database can sign with that; so nothing it signed is accepted any more. `[ID-3]`
///
/// # Errors
/// A secret that is missing or does not open the key.
pub async fn prepare_to_sign(database: &Database, settings: &IdentitySettings) -> Result<(), String> {
    let secret = settings.sealing_secret()?;
    let told = |failure: Failure| Problem::from(failure).detail(domain::spine::Language::English, None);
    let seal = secret.clone();
    let work = move |tx: &mut Tx<'_>| {
        persistence::start_alone(tx)?;
        let accepted = signing_key::accepted(tx)?;
        let exposed = accepted.iter().any(|key| seal.is_some() && !token::is_sealed(key));
        for key in accepted.iter().filter(|key| seal.is_some() && !token::is_sealed(key)) {
            let distrusted = key.clone().distrust(tx.now());
            distrusted.map(|change| signing_key::apply(tx, change)).transpose()?;
        }
        if accepted.is_empty() || exposed {
            new_key(tx, seal.as_deref())?;
        }
        if exposed {
            log::warn!("a signing key lay in the database as it is: a new one, sealed, has taken its place");
        }
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("prepare-to-sign"), work).await.map_err(told)?;
    let stored = database.read(Request::system("signing-keys"), signing_key::accepted).await.map_err(told)?;
    let IdentitySettings { token_issuer, token_audience, .. } = settings;
    token::KeyRing::open(token_issuer, token_audience, &stored, secret.as_deref()).map(drop)
}

/// Makes a new signing key, which signs from now on; the others are accepted for as long as their tokens can
/// live. Returns the id of the new key. `[ID-3]`
///
/// # Errors
/// A signing secret that cannot be read.
pub async fn rotate_keys(database: &Database, settings: &IdentitySettings) -> Result<String, Problem> {
    let secret = settings.sealing_secret().map_err(|error| Problem::from(Failure::fault(error)))?;
    let told = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let tell = told.clone();
    let work = move |tx: &mut Tx<'_>| {
        let lifetime = sign_in_policy(tx)?.session.access_lifetime();
        let before = signing_key::accepted(tx)?;
        let key = follow(tx, before, lifetime, secret.as_deref())?;
        *tell.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = key.id.to_string();
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("keys-rotate"), work).await?;
    let id = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok(id)
}
