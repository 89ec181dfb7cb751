//! What a server does on its own, beside answering. Every piece of work is safe to be done by several
//! servers at once: what it does is guarded in the database, not here.

use crate::{file, identity::rotate_aged_keys, spine::AppState};
use actix_web::{rt, web};
use persistence::spine::{Database, Failure, Request, StoredAnswer, Tx};
use std::{fmt::Debug, time::Duration};

/// Does a piece of work for each of some things, in a unit of work each. One that fails stands in nobody else's way:
/// it is logged and left to the next time.
///
/// # Errors
/// The last failure, after everything was tried.
pub(crate) async fn each<T: Copy + Debug + Send + 'static>(
    database: &Database,
    purpose: &'static str,
    things: impl IntoIterator<Item = T>,
    work: impl Fn(&mut Tx<'_>, T) -> Result<(), Failure> + Copy + Send + 'static,
) -> Result<(), Failure> {
    let mut outcome = Ok(());
    for thing in things {
        let request = Request::system(purpose);
        let done = database.write(request, move |tx| work(tx, thing).map(|()| StoredAnswer::default()));
        if let Err(failure) = done.await {
            log::error!("{purpose}: {thing:?} failed and is left to the next time: {failure:?}");
            outcome = Err(failure);
        }
    }
    outcome
}

/// Starts the background work of a server.
pub(crate) fn start(state: web::Data<AppState>) {
    rt::spawn(sweep_time_limits(state.clone()));
    rt::spawn(sweep_files(state.clone()));
    rt::spawn(async move {
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        let mut begun = None;
        loop {
            minutes.tick().await;
            let today = state.database.now().date_in(state.database.zone());
            if begun != Some(today) {
                match begin_day(&state.database).await {
                    Ok(()) => begun = Some(today),
                    Err(failure) => log::error!("what begins today could not take effect: {failure:?}"),
                }
            }
            match rotate_aged_keys(&state.database, state.identity.settings()).await {
                Ok(false) => {}
                Ok(true) => log::info!("a new key signs access tokens: the one before had come of age"),
                Err(failure) => log::error!("the signing key could not be followed by another: {failure:?}"),
            }
            state.forget_idle_callers();
            if let Err(failure) = state.identity.note_uses(&state.database).await {
                log::warn!("uses of API keys could not be noted: {failure:?}");
            }
            if let Err(failure) = crate::identity::forget_tokens(&state.database).await {
                log::warn!("tokens of sessions that are over could not be forgotten: {failure:?}");
            }
            if let Err(failure) = crate::organisation::finish_leavings(&state.database).await {
                log::error!("leavings could not be completed: {failure:?}");
            }
            if let Err(failure) = state.database.forget_answers(state.settings.idempotency_hours).await {
                log::warn!("kept answers could not be forgotten: {failure:?}");
            }
        }
    });
}

/// What a new day brings: absences that begin, grants whose last day has passed.
async fn begin_day(database: &Database) -> Result<(), Failure> {
    let absences = crate::organisation::begin_absences(database).await;
    crate::organisation::release_expired(database).await.and(absences)
}

/// How often the time limits of approvals are looked at.
const SWEEP: Duration = Duration::from_secs(5);

/// Reminds and escalates as the approvals' time limits pass, one sweep after the other.
async fn sweep_time_limits(state: web::Data<AppState>) {
    loop {
        rt::time::sleep(SWEEP).await;
        if let Err(failure) = crate::approval::limits::sweep(&state.database).await {
            log::warn!("time limits could not be swept: {failure:?}");
        }
    }
}

/// Once a day, removes the bytes of uploads that broke off.
async fn sweep_files(state: web::Data<AppState>) {
    let mut days = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        days.tick().await;
        match file::sweep(&state.database, &state.files, file::Swept::BrokenOff).await {
            Ok(0) => {}
            Ok(removed) => log::info!("removed the bytes of {removed} uploads that broke off"),
            Err(failure) => log::warn!("uploads that broke off could not be swept: {failure:?}"),
        }
    }
}
