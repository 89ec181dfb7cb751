//! What tells a server to end.

use actix_web::rt::signal;

/// How a server is told to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// By whoever runs it, who may still send requests for a while: SIGTERM.
    ToDrain,
    /// At the keyboard.
    ToStop,
}

/// Waits until the server is told to end.
#[cfg(unix)]
pub(super) async fn told() -> Told {
    use futures_util::future::{Either, pending, select};
    use std::pin::pin;

    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(error) => {
                log::error!("SIGTERM cannot be heard: {error}");
                pending::<()>().await;
            }
        }
    };
    match select(pin!(terminated), pin!(interrupted())).await {
        Either::Left(_) => Told::ToDrain,
        Either::Right(_) => Told::ToStop,
    }
}

/// Waits until the server is told to end.
#[cfg(not(unix))]
pub(super) async fn told() -> Told {
    interrupted().await;
    Told::ToStop
}

async fn interrupted() {
    if let Err(error) = signal::ctrl_c().await {
        log::error!("an interrupt cannot be heard: {error}");
        futures_util::future::pending::<()>().await;
    }
}
