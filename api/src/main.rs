//! The marketing centre's one binary.

use clap::Parser;

/// A seventh of a busy server's time went into the C library's allocator, which also keeps what it was given: the
/// memory of a burst, and of every password that was hashed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    match run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            // One line, whatever it is: for whoever reads the log of a start that failed.
            let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
            eprintln!("marketing-center: {}", lines.collect::<Vec<_>>().join(" "));
            std::process::ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    // A missing `.env` is the normal case.
    if let Err(error) =
        dotenvy::dotenv().map(drop).or_else(|error| if error.not_found() { Ok(()) } else { Err(error) })
    {
        return Err(format!(".env: {error}"));
    }
    match api::command::CommandLine::try_parse() {
        Ok(line) => {
            log(if line.tells_requests() { "info,actix_server=warn" } else { "warn" });
            api::command::run(line)
        }
        Err(asked) if !asked.use_stderr() => asked.print().map_err(|error| error.to_string()),
        Err(wrong) => {
            let text = wrong.to_string();
            let text = text.split("\n\n").next().unwrap_or_default();
            Err(text.trim_start_matches("error: ").to_owned())
        }
    }
}

/// Logs what is asked for by the environment, and else by default.
fn log(by_default: &str) {
    let filter = env_logger::Env::default().default_filter_or(by_default);
    // What is no HTTP is the mistake of whoever sent it, and its connection is closed: that is no error of ours.
    env_logger::Builder::from_env(filter).filter_module("actix_http::h1", log::LevelFilter::Off).init();
}
