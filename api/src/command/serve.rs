//! `serve` and `migrate`.

use crate::{open_database, spine::Settings, start};
use domain::spine::Clock;
use persistence::spine::{SystemClock, TestClock};
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
        let running =
            start(settings, database).map_err(|error| format!("cannot listen on {listen}: {error}"))?;
        println!("listening on http://{}", running.address);
        println!("documentation: http://{}/docs/", running.address);
        running.server.await.map_err(|error| error.to_string())
    })
}

pub(super) fn migrate(settings: &Settings) -> Result<(), String> {
    open_database(settings, |_| {}).map_err(|failure| format!("{failure:?}"))?;
    println!("the schema is up to date");
    Ok(())
}
