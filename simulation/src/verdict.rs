//! The settlement: the accounts of one year, told apart, that must come to the same.

use crate::{
    budget, requests,
    teller::{FIRST_DAY, Teller, fen},
    year,
};
use persistence::{finance::budget_line, spine::Request};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// What the settlement found.
#[derive(Debug)]
pub struct Verdict {
    /// How the documents ended first.
    pub ends: Vec<(&'static str, u32)>,
    /// What became of some of them afterwards.
    pub afterwards: Vec<(&'static str, u32)>,
    /// Every pair that should agree: what it is, and the two figures in fen.
    pub pairs: Vec<(String, i64, i64)>,
}

impl Verdict {
    /// Whether all accounts agree to the fen.
    pub fn agrees(&self) -> bool {
        self.pairs.iter().all(|(_, one, other)| one == other)
    }

    /// How many documents there were.
    pub fn documents(&self) -> u32 {
        self.ends.iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (how, count) in &self.ends {
            writeln!(f, "{count:>8}  {how}")?;
        }
        for (what, count) in &self.afterwards {
            writeln!(f, "{count:>8}  of them later {what}")?;
        }
        for (what, one, other) in &self.pairs {
            let sign = if one == other { "=" } else { "≠" };
            writeln!(f, "{one:>16} {sign} {other:<16} {what}")?;
        }
        write!(f, "{}", if self.agrees() { "all accounts agree to the fen" } else { "the accounts DISAGREE" })
    }
}

/// Settles the accounts of the year.
pub fn settle(teller: &Teller) -> Verdict {
    let mut pairs = Vec::new();
    let mut pair = |what: &str, one: i64, other: i64| pairs.push((what.to_owned(), one, other));
    let report =
        tests::block_on(teller.app.database.read(Request::system("simulation"), budget_line::verify));
    let differences = report.map_or(-1, |report| i64::try_from(report.differences.len()).unwrap_or(-1));
    pair("differences between the ledger rebuilt and the balances kept", 0, differences);
    let lines = budget::all_lines(teller);
    let sum = |figure: &str| lines.iter().map(|line| fen(&line[figure])).sum::<i64>();
    pair("paid: the teller's books, the budget lines", teller.books.spent, sum("spent"));
    pair(
        "promised to claims and requests: the teller's books, the budget lines",
        teller.books.committed + teller.books.promised,
        sum("committed"),
    );
    pair(
        "promised to requests: the teller's books, the requests",
        teller.books.promised,
        requests::remaining(teller),
    );
    pair("reserved by nobody any more", 0, sum("reserved"));
    let funds = lines.iter().filter(|line| line["purpose"] == "emergency_fund");
    pair(
        "the emergency fund: the teller's books, its line",
        teller.books.fund,
        funds.map(|line| fen(&line["available"])).sum(),
    );
    pair(
        "allocated: the plan with its changes and what was granted beyond it, the budget lines",
        teller.books.planned + sum("beyond"),
        sum("allocated"),
    );
    let mut posted = 0;
    for (month, told) in &teller.books.posted {
        let statement = statement(teller, month);
        pair(
            &format!("posted in {month}: the teller's books, the approved statement"),
            *told,
            gross(&statement),
        );
        posted += told;
    }
    let whole = FIRST_DAY.0.to_string();
    year::compile(teller, &whole);
    pair(
        "posted in the year: the months, the statement of the year",
        posted,
        gross(&statement(teller, &whole)),
    );
    let unpaid = teller.books.committed;
    pair("posted: paid and unpaid", posted, teller.books.spent + unpaid);
    let told = |counts: &BTreeMap<&'static str, u32>| counts.clone().into_iter().collect();
    Verdict { ends: told(&teller.books.ends), afterwards: told(&teller.books.afterwards), pairs }
}

/// What a statement says was posted: expense and deductible tax.
fn gross(statement: &Value) -> i64 {
    fen(&statement["total"]["expense"]) + fen(&statement["total"]["tax"])
}

fn statement(teller: &Teller, period: &str) -> Value {
    let path = format!("/api/v1/expense-statements?period={period}&status=approved");
    teller.who("gm").get(&path).expect(200).at("/data/0")
}
