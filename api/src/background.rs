//! What a server does on its own, beside answering. Every piece of work is safe to be done by several
//! servers at once: what it does is guarded in the database, not here.

use crate::spine::AppState;
use actix_web::{rt, web};
use std::time::Duration;

/// Starts the background work of a server.
pub(crate) fn start(state: web::Data<AppState>) {
    rt::spawn(async move {
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        loop {
            minutes.tick().await;
            state.forget_idle_callers();
            if let Err(failure) = state.database.forget_answers(state.settings.idempotency_hours).await {
                log::warn!("kept answers could not be forgotten: {failure:?}");
            }
        }
    });
}
