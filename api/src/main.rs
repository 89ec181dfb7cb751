//! The marketing centre's one binary.

use clap::Parser;

fn main() -> std::process::ExitCode {
    // A missing `.env` is the normal case.
    let _absent = dotenvy::dotenv();
    let filter = env_logger::Env::default().default_filter_or("info,actix_server=warn");
    env_logger::Builder::from_env(filter).init();
    match api::command::run(api::command::CommandLine::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("marketing-center: {message}");
            std::process::ExitCode::FAILURE
        }
    }
}
