//! `serve` and `migrate`.

use super::{failed, open, opening, private};
use crate::{
    Settings, first_start,
    identity::{self, IdentitySettings, NewAdministrator, ensure_administrator},
    open_database,
    spine::Problem,
    start,
};
use domain::spine::{Clock, Language};
use persistence::spine::{Database, SystemClock, TestClock};
use std::sync::Arc;

pub(super) fn run(settings: Settings) -> Result<(), String> {
    if settings.production && settings.identity.given_secret()?.is_none() {
        return Err("--production wants SIGNING_SECRET (or SIGNING_SECRET_FILE): without it the secret that seals the \
                    keys of access tokens lies beside what it seals"
            .to_owned());
    }
    settings.prepare()?;
    private::mend(&settings)?;
    let database = open_database(&settings, |options| {
        if settings.test_clock {
            options.clock = Arc::new(TestClock::at(SystemClock.now()));
        }
    })
    .map_err(opening)?;
    actix_web::rt::System::new().block_on(async move {
        let listen = settings.listen.clone();
        first_start(&database).await.map_err(failed)?;
        let unsigned = |error| format!("access tokens cannot be signed: {error}");
        identity::judge_first_administrator(&database, &settings.identity).await.map_err(first)?;
        identity::prepare_to_sign(&database, &settings.identity).await.map_err(unsigned)?;
        let identity = settings.identity.clone();
        let running = start(settings, database.clone())
            .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
        if let Some(address) = running.metrics {
            println!("metrics: http://{address}");
        }
        println!("listening on http://{}", running.address);
        println!("documentation: http://{}/docs/", running.address);
        // Only once the server stands: a password that was made up is shown once, and must not be lost to a
        // start that fails.
        if let Some(NewAdministrator { username, password }) =
            first_administrator(&database, &identity).await?
        {
            let shown = password.as_deref().unwrap_or("(as configured)");
            println!("administrator: user name {username}, password {shown} — shown this once");
        }
        running.until_told().await.map_err(|error| error.to_string())
    })
}

/// Somebody who can sign in, where nobody can.
async fn first_administrator(
    database: &Database,
    settings: &IdentitySettings,
) -> Result<Option<NewAdministrator>, String> {
    ensure_administrator(database, settings).await.map_err(first)
}

fn first(problem: Problem) -> String {
    let (title, details) = problem.texts(Language::English);
    format!("the first administrator cannot be made: {title} {}", details.join("; "))
}

pub(super) fn migrate(settings: &Settings) -> Result<(), String> {
    open(settings)?;
    println!("the schema is up to date");
    Ok(())
}
