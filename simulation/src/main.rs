//! `cargo run --release -p simulation`: a year of a company on either engine.

use clap::Parser;
use simulation::{Plan, simulate};
use std::time::Instant;
use tests::{Engine, postgres_is_available, tidy_up};

#[derive(Parser)]
#[command(about = "Simulates a year of a company through the API and settles its accounts")]
struct Arguments {
    /// How many documents the year has.
    #[arg(long, default_value_t = 20_000)]
    documents: u32,
    /// Two runs with one seed come to the same year.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many clients tell the documents of a day at once. What they come to is the same.
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// On which engine: sqlite or postgres.
    #[arg(long, default_value = "sqlite")]
    engine: String,
}

fn main() -> std::process::ExitCode {
    let Arguments { documents, seed, clients, engine } = Arguments::parse();
    let engine = match engine.as_str() {
        "sqlite" => Engine::Sqlite,
        "postgres" if postgres_is_available() => Engine::Postgres,
        other => {
            eprintln!("simulation: no engine {other} here");
            return std::process::ExitCode::FAILURE;
        }
    };
    let begun = Instant::now();
    let verdict = simulate(engine, Plan { documents, seed, clients });
    println!("{verdict}");
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} documents by {clients} clients in {seconds:.0} s: {:.1}/s",
        verdict.documents(),
        f64::from(verdict.documents()) / seconds
    );
    tidy_up();
    if verdict.agrees() { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
