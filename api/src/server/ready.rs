//! Whether a server can do what it is for: asked by whoever spreads the load, twice a second at most.

use crate::spine::{AppState, Problem, codes};
use actix_web::{HttpResponse, rt::time::timeout, web};
use domain::spine::in_both;
use futures_util::future::{Either, select};
use persistence::spine::Unready;
use std::{path::Path, pin::pin, time::Duration};

/// Whoever asks is answered within this time: what is not known by then is away.
const ANSWERED_WITHIN: Duration = Duration::from_millis(1_500);
/// A server with less room than this is about to turn writes away.
#[cfg(unix)]
const ROOM_BYTES_MIN: u64 = 8 << 20;

/// Why a server cannot serve, as its people say it.
#[derive(Clone, Copy, Debug)]
enum Reason {
    Of(Unready),
    CannotSign,
    DiskFull,
}

impl Reason {
    /// In Chinese and in English.
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Of(Unready::Away) => ("数据库没有应答", "the database does not answer"),
            Self::Of(Unready::Locked) => {
                ("数据库被其他程序独占", "another program has the database to itself")
            }
            Self::Of(Unready::SchemaBehind) => {
                ("数据库结构属于较早的版本", "the database has the schema of an earlier version")
            }
            Self::Of(Unready::SchemaAhead) => {
                ("数据库结构属于较新的版本", "the database has the schema of a later version")
            }
            Self::Of(Unready::NoReaders) => ("已没有读取数据的线程", "no thread is left that reads"),
            Self::CannotSign => {
                ("无法打开访问令牌的签名密钥", "the key that signs access tokens cannot be opened")
            }
            Self::DiskFull => ("磁盘空间不足", "the disk is full"),
        }
    }
}

pub(super) async fn ready(state: web::Data<AppState>) -> HttpResponse {
    if state.is_draining() {
        return HttpResponse::from_error(Problem::new(codes::DRAINING));
    }
    // Whoever asks just as the database is lost hears of it as soon as everybody does.
    let asked = timeout(ANSWERED_WITHIN, against(&state));
    let against = match select(pin!(asked), pin!(state.database.is_lost())).await {
        Either::Left((Ok(against), _)) => against,
        Either::Left((Err(_), _)) | Either::Right(_) => Some(Reason::Of(Unready::Away)),
    };
    match against {
        None => HttpResponse::Ok().body("ready\n"),
        Some(reason) => {
            let (zh, en) = reason.texts();
            log::warn!("not ready: {en}");
            let reason = in_both(zh, en);
            HttpResponse::from_error(Problem::new(codes::NOT_READY).with("reason", reason))
        }
    }
}

/// What stands against serving, if anything.
async fn against(state: &web::Data<AppState>) -> Option<Reason> {
    let (database, settings) = (state.database.clone(), state.settings.clone());
    let file = settings.database_file();
    let places = [file.as_deref().and_then(Path::parent).map(Path::to_owned), Some(settings.files_directory)];
    let looked = web::block(move || {
        let is_full = places.iter().flatten().any(|place| is_full(place));
        database.unready().map(Reason::Of).or(is_full.then_some(Reason::DiskFull))
    });
    match looked.await {
        Ok(None) if state.may_sign().await => None,
        Ok(None) => Some(Reason::CannotSign),
        Ok(reason) => reason,
        Err(_) => Some(Reason::Of(Unready::Away)),
    }
}

#[cfg(unix)]
fn is_full(place: &Path) -> bool {
    rustix::fs::statvfs(place)
        .is_ok_and(|about| about.f_bavail.saturating_mul(about.f_frsize) < ROOM_BYTES_MIN)
}

#[cfg(not(unix))]
fn is_full(_: &Path) -> bool {
    false
}
