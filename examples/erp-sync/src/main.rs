//! The ERP's side of the hand-over, as a program of its own that knows nothing of the server but its HTTP interface:
//! it takes the expense claims that are ready, keeps them in its books, posts and pays them, and tells the server
//! so. With `--orders` it also takes sales orders over, makes and ships them, and tells of what customers paid. It may be killed at any moment: what it means to say stands in its books before it is said, and every call
//! may be said again.
//!
//! ```text
//! erp-sync --server http://127.0.0.1:8080 --api-key "$KEY" --books books.jsonl
//! ```

mod books;
mod orders;
mod pass;
mod server;

use crate::{books::Books, server::Server};
use chrono::NaiveDate;
use clap::Parser;
use std::{path::PathBuf, process::ExitCode, thread, time::Duration};

/// Anything that went wrong, told to who runs the program.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(
    about = "Takes, posts and pays expense claims, ships and collects sales orders; may be killed at any moment"
)]
struct Arguments {
    /// Where the server listens.
    #[arg(long, env = "SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// An API key that may account for expense claims, and sync sales orders where it is to.
    #[arg(long, env = "API_KEY", hide_env_values = true)]
    api_key: String,
    /// The ERP's own books: one JSON line per entry, only ever added to.
    #[arg(long, default_value = "books.jsonl")]
    books: PathBuf,
    /// The day of postings and payments; this machine's where absent.
    #[arg(long)]
    today: Option<NaiveDate>,
    /// Also takes sales orders over, and tells of what is made, shipped and received.
    #[arg(long)]
    orders: bool,
    /// Ends as soon as nothing is left to do, after comparing both sides.
    #[arg(long)]
    once: bool,
    /// Seconds between two looks for something to do.
    #[arg(long, default_value_t = 5)]
    every: u64,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("erp-sync: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let server = Server::new(&arguments.server, &arguments.api_key);
    let mut books = Books::open(&arguments.books)?;
    loop {
        let today = arguments.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let mut done = pass::sync(&server, &mut books, today)?;
        if arguments.orders {
            done += orders::sync(&server, &mut books, today)?;
        }
        if done > 0 {
            let (claims, orders) = (books.claims().count(), books.orders().all().count());
            println!("{done} steps; {claims} claims and {orders} orders in the books");
            continue;
        }
        if arguments.once {
            let differences = pass::reconcile(&server, &books)?;
            println!("in step with the server: {} claims, {differences} differences", books.claims().count());
            return if differences == 0 { Ok(()) } else { Err("the two sides differ".into()) };
        }
        thread::sleep(Duration::from_secs(arguments.every));
    }
}
