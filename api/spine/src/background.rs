//! What a server does on its own, beside answering: the chores that the wings list. Every chore is safe to be done by
//! several servers at once: what it does is guarded in the database, not here.

use super::AppState;
use actix_web::{rt, web};
use futures_util::future::LocalBoxFuture;
use persistence::spine::{Database, Failure, Request, StoredAnswer, Tx};
use std::{fmt::Debug, time::Duration};

/// A piece of work that a server does by itself, again and again.
pub struct Chore {
    /// What it is, for the log: `time-limits`.
    pub name: &'static str,
    /// When it is done.
    pub every: Every,
    /// Does it. Doing it twice changes nothing.
    pub run: for<'a> fn(&'a AppState) -> LocalBoxFuture<'a, Result<(), Failure>>,
}

/// When a chore is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Every {
    /// A second after it was done: somebody waits for it, so every server does it.
    Moment,
    /// As many seconds after it was done.
    Seconds(u64),
    /// On every business day of the company, at its beginning; again within a minute until it has succeeded.
    Day,
}

/// How often it is asked whether a new day has begun.
const MINUTE: Duration = Duration::from_secs(60);

/// Several things that are tried one after the other, none in another's way: of what fails the first is kept, and told when
/// all have been tried.
#[derive(Debug, Default)]
pub struct Attempts(Option<Failure>);

impl Attempts {
    /// One more was tried.
    pub fn add(&mut self, tried: Result<(), Failure>) {
        self.0 = self.0.take().or(tried.err());
    }

    /// One more was tried that nobody else has told of: it is logged where it failed. What came of it, if anything.
    pub fn noted<T>(&mut self, purpose: &'static str, tried: Result<T, Failure>) -> Option<T> {
        let failed = match tried {
            Ok(done) => return Some(done),
            Err(failed) => failed,
        };
        log::error!("{purpose}: something failed and is left to the next time: {failed:?}");
        self.add(Err(failed));
        None
    }

    /// The first failure, if there was one.
    ///
    /// # Errors
    /// That.
    pub fn outcome(self) -> Result<(), Failure> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Does a piece of work for each of some things, in a unit of work each. One that fails stands in nobody else's way:
/// it is logged and left to the next time.
///
/// # Errors
/// The first failure, after everything was tried.
pub async fn each<T: Copy + Debug + Send + 'static>(
    database: &Database,
    purpose: &'static str,
    things: impl IntoIterator<Item = T>,
    work: impl Fn(&mut Tx<'_>, T) -> Result<(), Failure> + Copy + Send + 'static,
) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    for thing in things {
        let request = Request::system(purpose);
        let done = database.write(request, move |tx| work(tx, thing).map(|()| StoredAnswer::default())).await;
        attempts.add(done.map(drop).inspect_err(|failure| {
            log::error!("{purpose}: {thing:?} failed and is left to the next time: {failure:?}");
        }));
    }
    attempts.outcome()
}

/// Starts the chores of a server, each in its own rhythm.
pub fn start(state: &web::Data<AppState>, chores: impl Iterator<Item = &'static Chore>) {
    for chore in chores {
        rt::spawn(go_on(state.clone(), chore));
    }
}

async fn go_on(state: web::Data<AppState>, chore: &'static Chore) {
    let mut done_on = None;
    loop {
        let today = state.database.now().date_in(state.database.zone());
        if chore.every != Every::Day || done_on != Some(today) {
            match (chore.run)(&state).await {
                Ok(()) => done_on = Some(today),
                Err(failure) => log::error!("{}: could not be done: {failure:?}", chore.name),
            }
        }
        rt::time::sleep(match chore.every {
            Every::Moment => Duration::from_secs(1),
            Every::Seconds(seconds) => Duration::from_secs(seconds),
            Every::Day => MINUTE,
        })
        .await;
    }
}
