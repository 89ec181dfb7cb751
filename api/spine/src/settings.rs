//! What an installation sets: flags over environment over `.env` over defaults.

use clap::Args;
use std::path::{Path, PathBuf};

/// How the server runs.
#[derive(Args, Clone, Debug)]
pub struct ServerSettings {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, global = true, env = "LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// `sqlite:PATH` or `postgres://…`.
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        default_value = "sqlite:data/marketing-center.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// Where attachments are kept.
    #[arg(long, global = true, env = "FILES_DIRECTORY", default_value = "data/files")]
    pub files_directory: PathBuf,
    /// The company's time zone.
    #[arg(long, global = true, env = "COMPANY_ZONE", default_value = "Asia/Shanghai")]
    pub zone: chrono_tz::Tz,
    /// Threads that answer HTTP.
    #[arg(long, global = true, env = "HTTP_THREADS", default_value_t = 2)]
    pub http_threads: usize,
    /// Threads that read from the database.
    #[arg(long, global = true, env = "READER_THREADS", default_value_t = 3)]
    pub reader_threads: u32,
    /// Threads that write to PostgreSQL; SQLite has one writer.
    #[arg(long, global = true, env = "WRITER_THREADS", default_value_t = 2)]
    pub writer_threads: u32,
    /// How many hours answers are kept with their idempotency keys.
    #[arg(long, global = true, env = "IDEMPOTENCY_HOURS", default_value_t = 24)]
    pub idempotency_hours: i64,
    /// Requests per minute that one caller (account, key, or address without either) may make.
    #[arg(long, global = true, env = "REQUESTS_PER_MINUTE", default_value_t = 6_000)]
    pub requests_per_minute: u32,
    /// Connections that may be open at once, for each HTTP thread.
    #[arg(long, global = true, env = "CONNECTIONS_MAX", default_value_t = 4_096)]
    pub connections_max: usize,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed, separated by commas.
    #[arg(long, global = true, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Seconds after which a request that is still being read or answered is given up.
    #[arg(long, global = true, env = "REQUEST_SECONDS_MAX", default_value_t = 60)]
    pub request_seconds_max: u64,
    /// Seconds for which a server that is told to end (SIGTERM) says at `/readyz` that it is not ready and still serves,
    /// so that whoever spreads the load sends nobody any more.
    #[arg(long, global = true, env = "DRAIN_SECONDS", default_value_t = 3)]
    pub drain_seconds: u64,
    /// SQLite: answer a write before it would survive a power cut (it still survives a crash).
    #[arg(long, global = true, env = "RELAXED_DURABILITY", default_value_t = false)]
    pub relaxed_durability: bool,
    /// Origins of browser applications that may call, separated by commas.
    #[arg(long, global = true, env = "ALLOWED_ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// A clock that stands still until `POST /test-clock/advance`; for testing from outside.
    #[arg(long, global = true, env = "TEST_CLOCK", default_value_t = false)]
    pub test_clock: bool,
    /// Refuses what only a test may do, and to keep signing keys without a secret that seals them.
    #[arg(long, global = true, env = "PRODUCTION", default_value_t = false, conflicts_with = "test_clock")]
    pub production: bool,
}

impl ServerSettings {
    /// The file of the database, where it is SQLite's.
    pub fn database_file(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite:")?;
        Some(Path::new(path.trim_start_matches("//")).to_owned())
    }
}
