//! The whole product, listening on a port of its own.

use crate::{Caller, Engine, engines::Home, ledger::Ledger};
use api::spine::Settings;
use clap::Parser;
use domain::spine::{Timestamp, UserId};
use persistence::spine::{Database, Request, SequentialIds, TestClock, verify_audit};
use std::{net::SocketAddr, sync::Arc, thread};

/// The application of one story: a database of its own, a clock that stands at Thursday 2026-03-05 09:30 in
/// Shanghai until it is moved, ids that count.
pub struct App {
    /// Which engine it runs on.
    pub engine: Engine,
    /// The clock.
    pub clock: TestClock,
    /// The one door, for looking behind the scenes.
    pub database: Database,
    /// Where it listens.
    pub address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
    home: Home,
    ledger: Ledger,
}

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    settings: Settings,
}

/// 2026-03-05T09:30:00+08:00.
pub(crate) const NOW_MICROS: i64 = 1_772_674_200_000_000;

impl App {
    /// Starts the product on a fresh database.
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| {})
    }

    /// Starts the product with other settings.
    pub fn start_with(engine: Engine, adjust: impl FnOnce(&mut Settings)) -> Self {
        let home = engine.fresh();
        let clock = TestClock::at(Timestamp::from_micros(NOW_MICROS).expect("an instant"));
        let mut settings = Defaults::parse_from(["stories"]).settings;
        settings.listen = "127.0.0.1:0".to_owned();
        settings.database_url.clone_from(&home.url);
        settings.files_directory = home.directory.path().join("files");
        settings.http_threads = 1;
        settings.reader_threads = 2;
        settings.writer_threads = 4;
        settings.relaxed_durability = true;
        settings.requests_per_minute = 1_000_000;
        adjust(&mut settings);
        let database = api::open_database(&settings, |options| {
            options.clock = Arc::new(clock.clone());
            options.ids = Arc::new(SequentialIds::default());
        })
        .expect("a database");
        let (told, hear) = std::sync::mpsc::channel();
        let serving = database.clone();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = api::start(settings, serving).expect("a server");
                told.send((running.address, running.handle.clone())).expect("somebody listens");
                running.server.await.expect("an orderly end");
            });
        });
        let (address, handle) = hear.recv().expect("the server started");
        Self {
            engine,
            clock,
            database,
            address,
            handle,
            thread: Some(thread),
            home,
            ledger: Ledger::default(),
        }
    }

    /// The URL of its database.
    pub fn database_url(&self) -> &str {
        &self.home.url
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::new(self.address, None, self.ledger.clone())
    }

    /// A caller with a token.
    pub fn with_token(&self, token: &str) -> Caller {
        Caller::new(self.address, Some(token.to_owned()), self.ledger.clone())
    }

    /// The nobody of this story: a user id that was never given out.
    pub fn stranger(&self) -> UserId {
        UserId::from_uuid(uuid::Uuid::max())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _panicked_already = thread.join();
        }
        if !thread::panicking() {
            let verdict = block_on(self.database.read(Request::system("story"), verify_audit));
            assert_eq!(verdict.expect("a verdict").broken_at, None, "the audit trail is broken");
            if let Err(objection) = self.ledger.audit(self.engine, &self.home.url) {
                panic!("{objection}");
            }
        }
    }
}

/// Runs a future of the product to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
