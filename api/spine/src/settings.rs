//! What an installation sets: flags over environment over `.env` over defaults. What cannot be is refused before anything
//! else is done.

use clap::{Args, builder::RangedU64ValueParser, value_parser};
use ipnet::IpNet;
use std::{
    net::{IpAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

/// More threads of one kind help no machine.
const THREADS_MAX: u64 = 1_024;
/// No answer is kept, and no request waited for, for longer.
const HOURS_MAX: i64 = 24 * 365;
/// The most seconds of anything that somebody waits for.
const SECONDS_MAX: u64 = 24 * 60 * 60;

fn threads<T: TryFrom<u64> + Clone + Send + Sync + 'static>() -> RangedU64ValueParser<T>
where
    T::Error: Send + Sync + 'static + ToString,
{
    RangedU64ValueParser::new().range(1..=THREADS_MAX)
}

fn threads_or_none() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(0..=THREADS_MAX)
}

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
    /// Whether a pooler in transaction mode (PgBouncer) stands before PostgreSQL: nothing is prepared in a session then, and
    /// what is set is set for each transaction.
    #[arg(long, global = true, env = "DATABASE_BEHIND_POOLER", default_value_t = false)]
    pub database_behind_pooler: bool,
    /// Where attachments are kept.
    #[arg(long, global = true, env = "FILES_DIRECTORY", default_value = "data/files")]
    pub files_directory: PathBuf,
    /// The company's time zone.
    #[arg(long, global = true, env = "COMPANY_ZONE", default_value = "Asia/Shanghai")]
    pub zone: chrono_tz::Tz,
    /// Threads that answer HTTP.
    #[arg(long, global = true, env = "HTTP_THREADS", default_value_t = 2, value_parser = threads::<usize>())]
    pub http_threads: usize,
    /// Threads that read from the database.
    #[arg(long, global = true, env = "READER_THREADS", default_value_t = 3, value_parser = threads::<u32>())]
    pub reader_threads: u32,
    /// Threads that write to PostgreSQL; SQLite has one writer.
    #[arg(long, global = true, env = "WRITER_THREADS", default_value_t = 2, value_parser = threads::<u32>())]
    pub writer_threads: u32,
    /// How many hours answers are kept with their idempotency keys.
    #[arg(long, global = true, env = "IDEMPOTENCY_HOURS", default_value_t = 24,
        value_parser = value_parser!(i64).range(1..=HOURS_MAX))]
    pub idempotency_hours: i64,
    /// Requests per minute that one caller (account, key, or address without either) may make.
    #[arg(long, global = true, env = "REQUESTS_PER_MINUTE", default_value_t = 6_000,
        value_parser = value_parser!(u32).range(1..))]
    pub requests_per_minute: u32,
    /// Connections that may be open at once, for each HTTP thread.
    #[arg(long, global = true, env = "CONNECTIONS_MAX", default_value_t = 4_096,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub connections_max: usize,
    /// Addresses or networks (10.0.0.0/8) of reverse proxies whose `X-Forwarded-For` is believed, separated by commas.
    #[arg(long, global = true, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds after which a request that is still being read or answered is given up.
    #[arg(long, global = true, env = "REQUEST_SECONDS_MAX", default_value_t = 60,
        value_parser = value_parser!(u64).range(1..=SECONDS_MAX))]
    pub request_seconds_max: u64,
    /// Seconds after which the connection of a client is cut that does not read its answer.
    #[arg(long, global = true, env = "UNREAD_SECONDS_MAX", default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=SECONDS_MAX))]
    pub unread_seconds_max: u64,
    /// Seconds for which a server that is told to end (SIGTERM) says at `/readyz` that it is not ready and still serves,
    /// so that whoever spreads the load sends nobody any more.
    #[arg(long, global = true, env = "DRAIN_SECONDS", default_value_t = 3,
        value_parser = value_parser!(u64).range(0..=SECONDS_MAX))]
    pub drain_seconds: u64,
    /// SQLite: answer a write before it would survive a power cut (it still survives a crash).
    #[arg(long, global = true, env = "RELAXED_DURABILITY", default_value_t = false)]
    pub relaxed_durability: bool,
    /// Whether this server does what falls due: deadlines, reminders, tidying up. Of several servers on one database one is
    /// enough; each carries streams, webhooks and long operations itself.
    #[arg(long, global = true, env = "CHORES", default_value_t = true, action = clap::ArgAction::Set)]
    pub chores: bool,
    /// How many streams of what happens may be open at this server at once.
    #[arg(long, global = true, env = "STREAMS_MAX", default_value_t = 2_000,
        value_parser = RangedU64ValueParser::<usize>::new().range(0..=100_000))]
    pub streams_max: usize,
    /// Hours for which whoever listens again is told what they missed.
    #[arg(long, global = true, env = "STREAM_REPLAY_HOURS", default_value_t = 24,
        value_parser = value_parser!(i64).range(1..=720))]
    pub stream_replay_hours: i64,
    /// Origins of browser applications that may call, such as `https://console.example.com`, separated by commas.
    #[arg(long, global = true, env = "ALLOWED_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub allowed_origins: Vec<String>,
    /// Another address to listen on, for `/metrics` alone; without it metrics are told at the first address to whoever
    /// shows the metrics token, or calls from this machine where there is none.
    #[arg(long, global = true, env = "METRICS_LISTEN")]
    pub metrics_listen: Option<String>,
    /// What whoever asks for `/metrics` must show, as `Authorization: Bearer …`; 16 characters at least.
    #[arg(long, global = true, env = "METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// Networks (10.0.0.0/8) inside the company where webhooks may be sent, also by plain http, separated by commas; elsewhere
    /// only https and public addresses will do.
    #[arg(long, global = true, env = "WEBHOOK_NETWORKS", value_delimiter = ',', value_parser = network)]
    pub webhook_networks: Vec<IpNet>,
    /// How many webhook endpoints this server begins to tell of events each second; 0 leaves that to other servers.
    #[arg(long, global = true, env = "WEBHOOK_WORKERS", default_value_t = 16, value_parser = threads_or_none())]
    pub webhook_workers: usize,
    /// How many long operations this server works on at once; 0 leaves them to other servers.
    #[arg(long, global = true, env = "OPERATION_WORKERS", default_value_t = 4, value_parser = threads_or_none())]
    pub operation_workers: usize,
    /// A clock that stands still until `POST /test-clock/advance`; for testing from outside.
    #[arg(long, global = true, env = "TEST_CLOCK", default_value_t = false)]
    pub test_clock: bool,
    /// Refuses what only a test may do, and to seal signing keys with a secret that nobody gave.
    #[arg(long, global = true, env = "PRODUCTION", default_value_t = false, conflicts_with = "test_clock")]
    pub production: bool,
}

/// An address, or a network of addresses.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| "an address or a network such as 10.0.0.0/8 is wanted".to_owned())
}

/// The origin of a browser application: scheme, host, and port where it is not the usual one.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if host.is_empty() || !host.chars().all(plain) {
        return Err("each origin is named, such as https://console.example.com; * is none".to_owned());
    }
    Ok(text.to_owned())
}

/// The fewest characters of a token for metrics.
const METRICS_TOKEN_MIN: usize = 16;

impl ServerSettings {
    /// The file of the database, where it is SQLite's.
    pub fn database_file(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite:")?;
        Some(Path::new(path.trim_start_matches("//")).to_owned())
    }

    /// Everything that cannot be known of one setting alone, without touching anything.
    ///
    /// # Errors
    /// The first that is wrong, in a line.
    pub fn check(&self) -> Result<(), String> {
        for listen in [Some(&self.listen), self.metrics_listen.as_ref()].into_iter().flatten() {
            let address = listen.to_socket_addrs().ok().and_then(|mut all| all.next());
            address.ok_or_else(|| format!("cannot listen on {listen}: an address and a port are wanted"))?;
        }
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| self.database_url.starts_with(scheme)) {
            return Err("the database URL must begin with sqlite: or postgres://".to_owned());
        }
        if let Some(file) = self.database_file().filter(|file| file.as_os_str().is_empty() || file.is_dir()) {
            return Err(format!("the database URL names no file: {}", file.display()));
        }
        match &self.metrics_token {
            Some(token) if token.chars().count() < METRICS_TOKEN_MIN => {
                Err(format!("the metrics token needs at least {METRICS_TOKEN_MIN} characters"))
            }
            _ => Ok(()),
        }
    }
}

impl ServerSettings {
    /// Makes the directories that are missing.
    ///
    /// # Errors
    /// One that cannot be made, or not be written to.
    pub fn prepare(&self) -> Result<(), String> {
        let file = self.database_file();
        let beside = file.as_deref().and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
        beside.map_or(Ok(()), is_usable)?;
        is_usable(&self.files_directory)
    }
}

/// Whether things can be kept in a directory, which is made where it is missing.
fn is_usable(directory: &Path) -> Result<(), String> {
    let made = std::fs::create_dir_all(directory).and_then(|()| tempfile::tempfile_in(directory));
    made.map(drop).map_err(|error| format!("{} cannot be written to: {error}", directory.display()))
}
