//! The marketing centre's one binary.

use clap::Parser;

/// A seventh of a busy server's time went into the C library's allocator, which also keeps what it was given: the
/// memory of a burst, and of every password that was hashed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
