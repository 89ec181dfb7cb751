//! The server: opens the database, starts HTTP, drains on the way out.

use crate::{
    Settings,
    file::FileStore,
    identity::Identity,
    spine::{
        AppState, Every, Parts, Problem, Routes, ServerSettings, authenticate, codes, edge, get_only, limit,
        read_route, start_chores,
    },
};
use actix_cors::Cors;
use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, middleware::from_fn, rt, web};
use futures_util::future::select;
use persistence::spine::{Database, Failure, Options, Request, StoredAnswer};
use std::{net::SocketAddr, path::Path, pin::pin, sync::Arc, time::Duration};

mod document;
mod metrics;
mod ready;
mod signal;

/// A server that listens.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it tells its metrics, if at an address of their own.
    pub metrics: Option<SocketAddr>,
    /// Stops it.
    pub handle: ServerHandle,
    /// Ends when it has ended.
    pub server: actix_web::dev::Server,
    /// Its database.
    pub database: Database,
    state: web::Data<AppState>,
}

impl Running {
    /// Serves until a signal ends it, and finishes what it has begun. SIGTERM is first told to whoever asks whether the
    /// server is ready; a second one, or an interrupt from the keyboard, does not wait for that.
    ///
    /// # Errors
    /// Where the server breaks down.
    pub async fn until_told(self) -> std::io::Result<()> {
        let Self { handle, server, state, .. } = self;
        rt::spawn(async move {
            if signal::told().await == signal::Told::ToDrain {
                state.drain();
                log::info!("draining");
                let patience = rt::time::sleep(Duration::from_secs(state.settings.drain_seconds));
                select(pin!(patience), pin!(signal::told())).await;
            }
            // Whoever was not told yet is now: no stream is waited for.
            state.drain();
            handle.stop(true).await;
        });
        server.await
    }
}

/// Opens the database the settings name, and brings its schema up to date; makes it where there is none. `adjust` may
/// replace clock and ids.
///
/// # Errors
/// A database that cannot be reached or made.
pub fn open_database(settings: &Settings, adjust: impl FnOnce(&mut Options)) -> Result<Database, Failure> {
    if let Some(directory) = settings.database_file().as_deref().and_then(Path::parent) {
        std::fs::create_dir_all(directory).map_err(Failure::fault)?;
    }
    let database = connect(settings, adjust)?;
    database.migrate()?;
    Ok(database)
}

/// Opens the database the settings name as it is.
///
/// # Errors
/// A database that cannot be reached.
pub fn connect(settings: &Settings, adjust: impl FnOnce(&mut Options)) -> Result<Database, Failure> {
    let mut options = Options::at(&settings.database_url, &persistence::HOUSE);
    options.zone = settings.zone;
    options.readers = settings.reader_threads;
    options.writers = settings.writer_threads;
    options.statement_seconds_max = settings.request_seconds_max;
    options.behind_pooler = settings.database_behind_pooler;
    options.full_durability = !settings.relaxed_durability;
    let secret = settings.identity.sealing_secret().map_err(Failure::fault)?;
    options.secret = secret.map(Into::into);
    adjust(&mut options);
    Database::open(options)
}

/// Starts serving. The future in `server` must be awaited.
pub fn start(settings: Settings, database: Database) -> std::io::Result<Running> {
    let routes = crate::routes();
    let files = FileStore::in_directory(&settings.files_directory)?;
    let identity = Arc::new(Identity::new(&settings.identity).map_err(std::io::Error::other)?);
    identity.warm_up();
    let parts = Parts::default().with(identity.clone()).with(Arc::new(files));
    let state = AppState::new(database.clone(), settings.server.clone(), identity, parts, routes);
    let state = web::Data::new(state);
    let chores = crate::WINGS.iter().flat_map(|wing| wing.chores).copied();
    start_chores(&state, chores.filter(|chore| settings.chores || chore.every == Every::Moment));
    let unread = Duration::from_secs(settings.unread_seconds_max);
    let shared = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(crate::spine::JSON_BYTES_MAX))
            .configure(|config| configure(config, crate::routes()))
            .default_service(web::to(|| async { HttpResponse::from_error(Problem::new(codes::NOT_FOUND)) }))
            .wrap(from_fn(metrics::apart))
            .wrap(from_fn(limit))
            .wrap(from_fn(authenticate))
            .wrap(cross_origin(&shared.settings))
            .wrap(from_fn(edge))
    })
    .max_connections(settings.connections_max)
    .workers(settings.http_threads)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(30)
    .disable_signals()
    .on_connect(move |stream, _| cut_unread(stream, unread))
    .bind(&settings.listen)?;
    let address = server.addrs().first().copied().ok_or_else(|| std::io::Error::other("no address"))?;
    let first = server.addrs().len();
    let server = match &settings.metrics_listen {
        Some(apart) => server.bind(apart)?,
        None => server,
    };
    let apart = server.addrs().split_off(first);
    let metrics = apart.first().copied();
    state.metrics_are_at(apart);
    let server = server.run();
    Ok(Running { address, metrics, handle: server.handle(), server, database, state })
}

/// Cuts the connection of a client that does not take its answer: the system gives up on it when nothing could be sent
/// for so long.
#[cfg(target_os = "linux")]
fn cut_unread(stream: &dyn std::any::Any, after: Duration) {
    let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() else { return };
    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, millis) {
        log::debug!("a connection without a time limit: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn cut_unread(_: &dyn std::any::Any, _: Duration) {}

/// Browsers may call from the origins the installation names, and from no other.
fn cross_origin(settings: &ServerSettings) -> Cors {
    let allowed =
        settings.allowed_origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    allowed
        .allow_any_method()
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Accept",
            "Accept-Language",
            "If-Match",
            "If-None-Match",
        ])
        .allowed_headers(["Idempotency-Key", "Last-Event-ID", "X-Request-Id"])
        .expose_headers([
            "ETag",
            "Location",
            "Link",
            "X-Request-Id",
            "Idempotent-Replayed",
            "RateLimit",
            "Retry-After",
        ])
        .block_on_origin_mismatch(false)
        .max_age(3_600)
}

fn configure(config: &mut web::ServiceConfig, routes: &Routes) {
    routes.configure(config);
    config.service(get_only("/healthz", read_route().to(|| async { HttpResponse::Ok().body("ok\n") })));
    config.service(get_only("/readyz", read_route().to(ready::ready)));
    config.service(get_only(metrics::PATH, read_route().to(metrics::metrics)));
    document::configure(config);
    config.route("/test-clock/advance", web::post().to(advance_clock));
}

/// How far the test clock is to be moved.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u32,
}

/// Moves the clock of a server that was started with `--test-clock`; unknown to every other server.
async fn advance_clock(state: web::Data<AppState>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let sent: Advance = serde_json::from_slice(&body).map_err(|_| Problem::new(codes::NOT_FOUND))?;
    let clock = state.database.clock();
    if !clock.advance(chrono::Duration::seconds(i64::from(sent.seconds))) {
        return Err(Problem::new(codes::NOT_FOUND));
    }
    Ok(HttpResponse::Ok().json(serde_json::json!({"now": clock.now()})))
}

/// How often a start waits for others that do what is done once, each time as long as a lock is waited for.
const STARTS_WAITED_FOR: u32 = 12;

/// What a new installation needs before the first request: shipped roles and policies. Doing it twice
/// changes nothing.
pub async fn first_start(database: &Database) -> Result<(), Failure> {
    let seed = |tx: &mut persistence::spine::Tx<'_>| {
        persistence::seed(tx)?;
        Ok(StoredAnswer::default())
    };
    for _ in 1..STARTS_WAITED_FOR {
        match database.write(Request::system("first-start"), seed).await {
            // Other servers start at the same time, and are at it.
            Err(Failure::Overloaded) => {}
            other => return other.map(drop),
        }
    }
    database.write(Request::system("first-start"), seed).await.map(drop)
}
