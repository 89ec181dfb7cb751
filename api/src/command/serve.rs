//! `serve` and `migrate`.

use crate::{
    first_start,
    identity::{NewAdministrator, ensure_administrator},
    open_database,
    spine::Settings,
    start,
};
use domain::spine::{Clock, Language};
use persistence::spine::{Database, SystemClock, TestClock};
use std::sync::Arc;

pub(super) fn run(settings: Settings) -> Result<(), String> {
    let database = open_database(&settings, |options| {
        if settings.test_clock {
            options.clock = Arc::new(TestClock::at(SystemClock.now()));
        }
    })
    .map_err(|failure| format!("the database cannot be opened: {failure:?}"))?;
    actix_web::rt::System::new().block_on(async move {
        let listen = settings.listen.clone();
        let made = prepare(&database, &settings).await?;
        let running =
            start(settings, database).map_err(|error| format!("cannot listen on {listen}: {error}"))?;
        println!("listening on http://{}", running.address);
        println!("documentation: http://{}/docs/", running.address);
        if let Some(NewAdministrator { username, password }) = made {
            let shown = password.as_deref().unwrap_or("(as configured)");
            println!("administrator: user name {username}, password {shown} — shown this once");
        }
        running.server.await.map_err(|error| error.to_string())
    })
}

/// What ships with the product, and somebody who can sign in.
async fn prepare(database: &Database, settings: &Settings) -> Result<Option<NewAdministrator>, String> {
    first_start(database).await.map_err(|failure| format!("{failure:?}"))?;
    ensure_administrator(database, &settings.identity).await.map_err(|problem| {
        let (title, details) = problem.texts(Language::English);
        format!("the first administrator cannot be made: {title} {}", details.join("; "))
    })
}

pub(super) fn migrate(settings: &Settings) -> Result<(), String> {
    open_database(settings, |_| {}).map_err(|failure| format!("{failure:?}"))?;
    println!("the schema is up to date");
    Ok(())
}
