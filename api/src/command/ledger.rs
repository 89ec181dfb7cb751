//! `ledger verify`: rebuilds every balance from its entries and proves it equal: of budgets, of counted figures, of the
//! commission of sales. `[BUD-4, CNT, COM-10b]`

use super::{block_on, current, failed};
use crate::Settings;
use clap::Subcommand;
use persistence::{
    finance::budget_line::{self, LedgerReport},
    sales::{
        counted_figure::{self, CountedReport},
        sale::ledger,
    },
    spine::{Failure, Reader, Request},
};
use serde_json::{Value, json};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Rebuild budget lines with what documents hold of them, counted figures, and what is booked of commission.
    Verify {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Verify { json } = command;
    let database = current(settings)?;
    let found = block_on(database.read(Request::system("ledger-verify"), verify))?.map_err(failed)?;
    if *json {
        println!("{}", found.json());
    } else {
        found.print();
    }
    if found.is_sound() { Ok(()) } else { Err("balances are not the sum of their entries".to_owned()) }
}

/// What rebuilding found, ledger by ledger.
struct Found {
    budgets: LedgerReport,
    figures: CountedReport,
    /// What is due and what is booked, of sales of which that is not the same.
    sales: Vec<(String, i64, i64)>,
}

fn verify(reader: &mut Reader<'_>) -> Result<Found, Failure> {
    let sales = ledger::verify(reader)?.into_iter();
    Ok(Found {
        budgets: budget_line::verify(reader)?,
        figures: counted_figure::verify(reader)?,
        sales: sales.map(|(sale, due, booked)| (sale.to_string(), due, booked)).collect(),
    })
}

impl Found {
    fn is_sound(&self) -> bool {
        self.budgets.differences.is_empty() && self.figures.differences.is_empty() && self.sales.is_empty()
    }

    /// The report of budgets as it always was, with what else was counted anew beside it.
    fn json(&self) -> Value {
        let mut all = json!(self.budgets);
        all["counted_figures"] = json!(self.figures);
        all["commission"] = json!(self.sales);
        all
    }

    fn print(&self) {
        let Self { budgets, figures, sales } = self;
        println!(
            "{} lines, {} entries, {} holdings rebuilt",
            budgets.lines, budgets.entries, budgets.holdings
        );
        println!("{} counted figures rebuilt", figures.figures);
        for difference in &budgets.differences {
            println!(
                "{}: {} is {}, rebuilt {}",
                difference.of, difference.figure, difference.kept, difference.rebuilt
            );
        }
        for (kind, subject, kept, rebuilt) in &figures.differences {
            println!("{kind} of {subject}: counted is {kept}, rebuilt {rebuilt}");
        }
        for (sale, due, booked) in sales {
            println!("sale {sale}: due is {due}, booked {booked}");
        }
    }
}
