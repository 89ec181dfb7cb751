//! The command line. Without a subcommand it serves.

mod access;
mod appraisal;
mod audit;
mod backup;
mod demo;
mod duty;
mod files;
mod ledger;
mod memory;
pub mod openapi;
mod pack;
mod policy;
mod private;
mod regulation;
mod serve;

use crate::{Settings, connect, open_database, spine::Problem};
use clap::{Parser, Subcommand};
use domain::spine::Language;
use persistence::spine::{Database, Failure, Unready};

/// The marketing centre's backend.
#[derive(Parser)]
#[command(name = "marketing-center", version, about)]
pub struct CommandLine {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

impl CommandLine {
    /// Whether a line is logged for each request: the demo is a client of its own, and says at its end what it made.
    pub const fn tells_requests(&self) -> bool {
        !matches!(self.command, Some(Command::Demo(_)))
    }
}

#[derive(Subcommand)]
enum Command {
    /// Serve HTTP (the default).
    Serve,
    /// Bring the database's schema up to date and end.
    Migrate,
    /// Print the OpenAPI document; needs no database.
    Openapi(openapi::Options),
    /// Administrators.
    #[command(subcommand)]
    Admin(access::AdminCommand),
    /// Keys of service accounts.
    #[command(subcommand)]
    ApiKey(access::ApiKeyCommand),
    /// Keys that sign access tokens.
    #[command(subcommand)]
    Keys(access::KeysCommand),
    /// Results of appraisals.
    #[command(subcommand)]
    Appraisal(appraisal::Command),
    /// Duties.
    #[command(subcommand)]
    Duty(duty::Command),
    /// The budget ledger.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// The bytes of attachments.
    #[command(subcommand)]
    Files(files::Command),
    /// Load a small company with claims in every state.
    Demo(demo::Options),
    /// Packs: what a company of a kind begins with.
    #[command(subcommand)]
    Pack(pack::Command),
    /// Policies from files.
    #[command(subcommand)]
    Policy(policy::Command),
    /// The regulations that come with the product.
    #[command(subcommand)]
    Regulation(regulation::Command),
    /// Copy the SQLite database while the server runs; for PostgreSQL use `pg_dump`.
    Backup {
        /// The file to write; it must not exist.
        #[arg(long)]
        to: std::path::PathBuf,
    },
}

/// Runs what the command line says; the error is a clear line for the person at the terminal.
pub fn run(line: CommandLine) -> Result<(), String> {
    memory::give_back_at_once();
    private::make_private();
    let CommandLine { settings, command } = line;
    let settings = settings.keeping_secret();
    let touches_nothing = matches!(command, Some(Command::Openapi(_)));
    if !touches_nothing {
        settings.check()?;
    }
    match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(settings),
        Command::Migrate => serve::migrate(&settings),
        Command::Openapi(options) => openapi::run(&options),
        Command::Admin(command) => access::admin(&settings, command),
        Command::ApiKey(command) => access::api_key(&settings, command),
        Command::Keys(command) => access::keys(&settings, &command),
        Command::Audit(command) => audit::run(&settings, command),
        Command::Appraisal(command) => appraisal::run(&settings, &command),
        Command::Duty(command) => duty::run(&settings, &command),
        Command::Ledger(command) => ledger::run(&settings, &command),
        Command::Files(command) => files::run(&settings, &command),
        Command::Demo(options) => demo::run(&settings, &options),
        Command::Pack(command) => pack::run(&settings, command),
        Command::Policy(command) => policy::run(&settings, command),
        Command::Regulation(command) => regulation::run(&settings, command),
        Command::Backup { to } => backup::run(&settings, &to),
    }
}

/// What went wrong, for the person at the terminal.
fn said(problem: &Problem) -> String {
    let (title, details) = problem.texts(Language::English);
    details.into_iter().fold(title, |text, detail| format!("{text}; {detail}"))
}

/// What went wrong with the database, for the person at the terminal.
fn failed(failure: Failure) -> String {
    match failure {
        Failure::Fault(fault) => fault.message,
        other => said(&other.into()),
    }
}

/// The database of a command that may change it, its schema brought up to date.
fn open(settings: &Settings) -> Result<Database, String> {
    private::mend(settings)?;
    open_database(settings, |options| options.statement_seconds_max = 0).map_err(opening)
}

/// The database of a command that only looks: none is made where there is none, and its schema stays as it is.
fn existing(settings: &Settings) -> Result<Database, String> {
    if let Some(file) = settings.database_file().filter(|file| !file.exists()) {
        return Err(format!("there is no database at {}", file.display()));
    }
    private::mend(settings)?;
    connect(settings, |options| options.statement_seconds_max = 0).map_err(opening)
}

/// The same, of a command that needs the schema of this version.
fn current(settings: &Settings) -> Result<Database, String> {
    let database = existing(settings)?;
    match database.schema_unready() {
        None => Ok(database),
        Some(Unready::SchemaBehind) => {
            Err("the database has the schema of an earlier version: run `migrate` first".to_owned())
        }
        Some(Unready::SchemaAhead) => Err("the database has the schema of a later version".to_owned()),
        Some(other) => Err(format!("the database cannot be used: {other:?}")),
    }
}

fn opening(failure: Failure) -> String {
    format!("the database cannot be opened: {}", failed(failure))
}

/// Runs a future to its end on a small runtime: for commands that are not the server.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(future))
}
