//! The server: opens the database, starts HTTP, drains on the way out.

use crate::spine::{AppState, Problem, Routes, Settings, authenticate, codes, document, edge};
use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, middleware::from_fn, web};
use persistence::spine::{Database, Failure, Options, Request, StoredAnswer};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use utoipa_swagger_ui::SwaggerUi;

/// A server that listens.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Stops it.
    pub handle: ServerHandle,
    /// Ends when it has ended.
    pub server: actix_web::dev::Server,
    /// Its database.
    pub database: Database,
}

/// Opens and migrates the database the settings name. `adjust` may replace clock and ids.
pub fn open_database(settings: &Settings, adjust: impl FnOnce(&mut Options)) -> Result<Database, Failure> {
    if let Some(path) = settings.database_url.strip_prefix("sqlite:")
        && let Some(directory) = std::path::Path::new(path.trim_start_matches("//")).parent()
    {
        std::fs::create_dir_all(directory).map_err(Failure::fault)?;
    }
    let mut options = Options::at(&settings.database_url);
    options.zone = settings.zone;
    options.readers = settings.reader_threads;
    options.writers = settings.writer_threads;
    options.full_durability = !settings.relaxed_durability;
    adjust(&mut options);
    let database = Database::open(options)?;
    database.migrate()?;
    Ok(database)
}

/// Starts serving. The future in `server` must be awaited.
pub fn start(settings: Settings, database: Database) -> std::io::Result<Running> {
    let routes = Arc::new(crate::routes());
    let openapi = Arc::new(document(&routes));
    let state = web::Data::new(AppState::new(database.clone(), settings.clone(), &routes));
    let factory_routes = routes.clone();
    let server = HttpServer::new(move || {
        let routes = factory_routes.clone();
        App::new()
            .app_data(state.clone())
            .app_data(web::PayloadConfig::new(crate::spine::JSON_BYTES_MAX))
            .configure(move |config| configure(config, &routes))
            .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", openapi.as_ref().clone()))
            .default_service(web::to(|| async { HttpResponse::from_error(Problem::new(codes::NOT_FOUND)) }))
            .wrap(from_fn(authenticate))
            .wrap(from_fn(edge))
    })
    .workers(settings.http_threads)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(30)
    .bind(&settings.listen)?;
    let address = server.addrs().first().copied().ok_or_else(|| std::io::Error::other("no address"))?;
    let server = server.run();
    Ok(Running { address, handle: server.handle(), server, database })
}

fn configure(config: &mut web::ServiceConfig, routes: &Routes) {
    routes.configure(config);
    config.route("/healthz", web::get().to(|| async { HttpResponse::Ok().body("ok\n") }));
    config.route("/readyz", web::get().to(ready));
    config.route("/metrics", web::get().to(metrics));
}

async fn ready(state: web::Data<AppState>) -> HttpResponse {
    let database = state.database.clone();
    match web::block(move || database.is_ready()).await {
        Ok(Ok(true)) => HttpResponse::Ok().body("ready\n"),
        _ => HttpResponse::from_error(Problem::new(codes::OVERLOADED)),
    }
}

async fn metrics() -> HttpResponse {
    match prometheus::TextEncoder::new().encode_to_string(&prometheus::gather()) {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            log::error!("metrics: {error}");
            HttpResponse::from_error(Problem::new(codes::INTERNAL))
        }
    }
}

/// What a new installation needs before the first request: shipped roles and policies. Doing it twice
/// changes nothing.
pub async fn first_start(database: &Database) -> Result<(), Failure> {
    database
        .write(Request::system("first-start"), |tx| {
            persistence::seed(tx)?;
            Ok(StoredAnswer::default())
        })
        .await
        .map(drop)
}
