//! `demo`: a small company with claims in every state, made through the API itself, so that every rule,
//! audit entry and event is real. The same seed and end make the same company.

mod claims;
mod company;
mod office;
mod office_day;
mod script;

use crate::{Running, Settings, first_start, identity, open_database, spine::Problem, start};
use chrono::{DateTime, Duration, Utc};
use clap::Args;
use domain::{
    identity::Secret,
    spine::{Clock, Timestamp},
};
use persistence::spine::{Database, SequentialIds, SystemClock, TestClock};
use script::Script;
use std::{sync::Arc, thread};

/// Which company.
#[derive(Args)]
pub(super) struct Options {
    /// What makes one company differ from another.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The instant at which the story ends (RFC 3339); now, where it is not said.
    #[arg(long)]
    until: Option<DateTime<Utc>>,
}

/// The password of every account of the demo.
pub const PASSWORD: &str = "spruce-forest-2026";

/// How many days the story runs.
const STORY_DAYS: i64 = 60;

pub(super) fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    if settings.production {
        return Err("the demo has a known password: it is not for production".to_owned());
    }
    let mut settings = settings.clone();
    settings.listen = "127.0.0.1:0".to_owned();
    settings.requests_per_minute = u32::MAX;
    let end = options.until.map_or_else(|| SystemClock.now(), Timestamp::new);
    let clock = TestClock::at(end.plus(-Duration::days(STORY_DAYS)));
    let database = open_database(&settings, |opened| {
        opened.clock = Arc::new(clock.clone());
        opened.ids = Arc::new(SequentialIds::default());
    })
    .map_err(super::opening)?;
    let (told, hear) = std::sync::mpsc::channel();
    let server = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            match open_to_public(&database, settings).await {
                Ok(running) => {
                    let _heard = told.send(Ok((running.address, running.handle.clone())));
                    running.server.await.map_err(|error| error.to_string())
                }
                Err(error) => {
                    let _heard = told.send(Err(error));
                    Ok(())
                }
            }
        })
    });
    let (address, handle) = hear.recv().map_err(|error| error.to_string())??;
    let mut script = Script::new(address, clock, end, options.seed);
    let played = company::found(&mut script).and_then(|company| {
        let office = office::play(&mut script, &company)?;
        claims::play(&mut script, &company).map(|claims| format!("{claims}; {office}"))
    });
    super::block_on(handle.stop(true))?;
    server.join().map_err(|_| "the server fell".to_owned())??;
    println!("{}", played?);
    println!(
        "administrator: {}; for example jin.ming, zhang.wei, qian.wei; every password: {PASSWORD}",
        company::FOUNDER
    );
    Ok(())
}

/// A server of the demo's own on a free port of this machine.
async fn open_to_public(database: &Database, settings: Settings) -> Result<Running, String> {
    first_start(database).await.map_err(super::failed)?;
    let founder =
        identity::create_administrator(database, &settings.identity, company::FOUNDER, Secret::new(PASSWORD));
    founder.await.map_err(|problem: Problem| format!("{problem}: is there a demo already?"))?;
    start(settings, database.clone()).map_err(|error| error.to_string())
}
