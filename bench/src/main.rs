//! Measures the whole API against the bare engine doing the same work, in one run and in turns, so that the
//! ratios hold on a noisy machine. `cargo run --release -p bench -- --help`.

mod bare;
mod bare_server;
mod company;
mod copies;
mod engine;
mod export;
mod fill;
mod import;
mod ledger;
mod load;
mod measure;
mod report;
mod rows;
mod server;
mod timing;
mod work;

use clap::Parser;
use report::Report;
use std::{error::Error, path::PathBuf, process::ExitCode};

/// As the product itself; the bare engine too, for a fair comparison.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What can go wrong while measuring is told and ends the run.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// What to measure.
#[derive(Parser)]
#[command(name = "bench", about = "The whole API against the bare engine, in one run")]
pub struct Choice {
    /// How many expense claims there are.
    #[arg(long, default_value_t = 1_000_000)]
    pub claims: u64,
    /// How many customers there are, where rows of customers, ownership or orders are measured.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(100..=99_999_999))]
    pub customers: u64,
    /// How many open duties there are, where rows of duties are measured.
    #[arg(long, default_value_t = 100_000)]
    pub duties: u64,
    /// How many orders there are, where rows of orders are measured.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(..=99_999_999))]
    pub orders: u64,
    /// How many of the customers a run of the tier model assesses.
    #[arg(long, default_value_t = 100_000)]
    pub assessed: u64,
    /// About how many entries the budget ledger has.
    #[arg(long, default_value_t = 1_000_000)]
    pub entries: u64,
    /// How many people are imported; at least 1,001, which is an operation.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1_001..=99_999))]
    pub people: u32,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 4.0, value_parser = seconds)]
    pub seconds: f64,
    /// How many times everything is measured in turn.
    #[arg(long, default_value_t = 3)]
    pub rounds: u32,
    /// Let neither engine wait for the disk: to try the benchmark out, never for figures.
    #[arg(long)]
    pub relaxed: bool,
    /// Connections that press at once.
    #[arg(long, default_value_t = 64)]
    pub connections: u32,
    /// Only this engine: sqlite or postgres.
    #[arg(long)]
    pub engine: Option<String>,
    /// Only this row or timing; may be said again.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(codes()))]
    pub work: Vec<String>,
    /// Write the figures into a file as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

impl Choice {
    /// Whether a row or timing is wanted.
    pub fn wants(&self, code: &str) -> bool {
        self.work.is_empty() || self.work.iter().any(|chosen| chosen == code)
    }
}

/// By what rows and timings are chosen.
fn codes() -> impl Iterator<Item = &'static str> {
    let works = work::WORKS.iter().map(|work| work.code);
    works.chain(timing::TIMINGS.iter().map(|timing| timing.code))
}

/// A length of measurement: from a hundredth of a second to an hour.
fn seconds(text: &str) -> Result<f64, String> {
    let sound = text.parse().ok().filter(|seconds| (0.01..=3_600.0).contains(seconds));
    sound.ok_or_else(|| "seconds from 0.01 to 3600".to_owned())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let role = arguments.nth(1);
    let done = match role.as_deref() {
        Some(server::PRODUCT) => be_the_product(arguments.collect()),
        Some(server::BARE) => be_the_bare_engine(&arguments.collect::<Vec<_>>()),
        _ => run(&Choice::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The product's own command line, with the product's own logging.
fn be_the_product(arguments: Vec<String>) -> Outcome<()> {
    let filter = env_logger::Env::default().default_filter_or("info,actix_server=warn");
    env_logger::Builder::from_env(filter).init();
    let line = ["marketing-center".to_owned()].into_iter().chain(arguments);
    Ok(api::command::run(api::command::CommandLine::parse_from(line))?)
}

fn be_the_bare_engine(arguments: &[String]) -> Outcome<()> {
    let [url, ground] = arguments else {
        return Err("bare URL GROUND".into());
    };
    bare_server::serve(url, &serde_json::from_str(ground)?)
}

fn run(choice: &Choice) -> Outcome<()> {
    let (claims, connections, seconds, rounds) =
        (choice.claims, choice.connections, choice.seconds, choice.rounds);
    let mut report = Report { claims, connections, seconds, rounds, rows: Vec::new(), engines: Vec::new() };
    let wanted = |name: &str| choice.engine.as_deref().is_none_or(|only| only == name);
    let sqlite =
        if wanted("sqlite") { measure::engine(choice, engine::Home::sqlite()?, &mut report) } else { Ok(()) };
    let postgres = if wanted("postgres") { postgres(choice, &mut report) } else { Ok(()) };
    // What was measured is told also where the other engine failed.
    print!("{}", report.markdown());
    if let Some(path) = &choice.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    sqlite.and(postgres)
}

fn postgres(choice: &Choice, report: &mut Report) -> Outcome<()> {
    match engine::Home::postgres(choice.relaxed)? {
        Some(home) => measure::engine(choice, home, report),
        None => {
            eprintln!("there is no PostgreSQL on this machine: only SQLite is measured");
            Ok(())
        }
    }
}
