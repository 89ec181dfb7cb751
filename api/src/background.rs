//! What a server does on its own, beside answering. Every piece of work is safe to be done by several
//! servers at once: what it does is guarded in the database, not here.

use crate::{file, spine::AppState};
use actix_web::{rt, web};
use std::time::Duration;

/// Starts the background work of a server.
pub(crate) fn start(state: web::Data<AppState>) {
    rt::spawn(sweep_time_limits(state.clone()));
    rt::spawn(sweep_files(state.clone()));
    rt::spawn(async move {
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        let mut absences_of = None;
        loop {
            minutes.tick().await;
            let today = state.database.now().date_in(state.database.zone());
            if absences_of != Some(today) {
                match crate::organisation::begin_absences(&state.database).await {
                    Ok(()) => absences_of = Some(today),
                    Err(failure) => log::error!("absences of the day could not take effect: {failure:?}"),
                }
            }
            state.forget_idle_callers();
            give_back_memory();
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

/// Lets the allocator give the system back what was freed: it does so when something large is freed later on, and on an
/// idle server nothing is. What a password's hash took would stay with it for ever.
fn give_back_memory() {
    const LARGE_BYTES: usize = 64 * 1024 * 1024;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE_BYTES)));
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
