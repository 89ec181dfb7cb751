//! The settlement: the accounts of one year, told apart, that must come to the same.

use crate::{
    advances,
    books::{Balance, Books, Line, Standing},
    budget, people, requests,
    teller::{FIRST_DAY, Teller, fen},
    year,
};
use persistence::{finance::budget_line, spine::Request};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// What the settlement found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How the documents ended first.
    pub ends: Vec<(&'static str, u32)>,
    /// What became of some of them afterwards.
    pub afterwards: Vec<(&'static str, u32)>,
    /// Every pair that should agree: what it is, and the two figures, in fen or counted.
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

    fn pair(&mut self, what: impl Into<String>, one: i64, other: i64) {
        self.pairs.push((what.into(), one, other));
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

/// Settles the accounts of the year: in each pair the books come first.
pub fn settle(teller: &Teller, books: &Books) -> Verdict {
    let told = |counts: &BTreeMap<&'static str, u32>| counts.clone().into_iter().collect();
    let (ends, afterwards) = (told(&books.ends), told(&books.afterwards));
    let mut verdict = Verdict { ends, afterwards, ..Verdict::default() };
    let report =
        tests::block_on(teller.app.database.read(Request::system("simulation"), budget_line::verify));
    let differences = report.map_or(-1, |report| count(&report.differences));
    verdict.pair("differences between the ledger rebuilt and the balances kept", 0, differences);
    settle_lines(teller, books, &mut verdict);
    settle_requests(teller, books, &mut verdict);
    settle_advances(teller, books, &mut verdict);
    settle_journal(teller, books, &mut verdict);
    settle_statements(teller, books, &mut verdict);
    verdict
}

/// A figure of a budget line: its name, and where the books have it.
type Figure = (&'static str, fn(&Balance) -> i64);

/// Every figure of every budget line.
fn settle_lines(teller: &Teller, books: &Books, verdict: &mut Verdict) {
    const FIGURES: [Figure; 5] = [
        ("allocated", |balance| balance.allocated),
        ("beyond", |balance| balance.beyond),
        ("reserved", |balance| balance.reserved),
        ("committed", |balance| balance.committed),
        ("spent", |balance| balance.spent),
    ];
    let shown = budget::all_lines(teller);
    verdict.pair("budget lines", count(&books.lines), count(&shown));
    let by_id: BTreeMap<&str, &Value> =
        shown.iter().filter_map(|line| Some((line["id"].as_str()?, line))).collect();
    for (name, of) in FIGURES {
        let (mut one, mut other) = (0, 0);
        for (line, id) in books.lines.iter().zip(&teller.places.lines) {
            let (ours, theirs) =
                (of(&line.balance), by_id.get(id.as_str()).map_or(-1, |line| fen(&line[name])));
            if ours != theirs {
                let Line { department, category, period, .. } = line;
                verdict.pair(format!("{name} on {department}/{category}/{period}"), ours, theirs);
            }
            (one, other) = (one + ours, other + theirs);
        }
        verdict.pair(format!("{name} on all budget lines"), one, other);
    }
}

/// What is left of every approved request.
fn settle_requests(teller: &Teller, books: &Books, verdict: &mut Verdict) {
    let ours = books.requests.iter().enumerate().filter(|(_, request)| request.standing == Standing::Open);
    let ours =
        ours.map(|(index, request)| (teller.places.requests[&index].clone(), request.held.committed()));
    settle_places("left of open requests", ours.collect(), requests::remaining(teller), verdict);
}

/// What is owed of every advance, and what everybody got, settled and paid back.
fn settle_advances(teller: &Teller, books: &Books, verdict: &mut Verdict) {
    let ours = books.advances.iter().enumerate().filter(|(_, advance)| advance.outstanding() > 0);
    let ours = ours.map(|(index, advance)| (teller.places.advances[&index].clone(), advance.outstanding()));
    settle_places("owed of advances", ours.collect(), advances::outstanding(teller), verdict);
    for name in people::ASKERS {
        let path = format!("/api/v1/employees/{}/cash-advance-statement", teller.company.id(name));
        let statement = teller.who("qian").get(&path).expect(200).json();
        let mine = || books.advances.iter().filter(|advance| advance.by == name);
        let overdue = mine().filter(|advance| advance.is_overdue(teller.today));
        for (figure, amount) in [
            ("paid_out", mine().map(|advance| advance.amount).sum::<i64>()),
            ("settled", mine().map(|advance| advance.settled).sum()),
            ("repaid", mine().map(|advance| advance.repaid).sum()),
            ("outstanding", mine().map(|advance| advance.outstanding()).sum()),
            ("overdue", overdue.map(|advance| advance.outstanding()).sum()),
        ] {
            verdict.pair(format!("advances of {name}: {figure}"), amount, fen(&statement[figure]));
        }
    }
}

/// Amounts by place: how many there are, whether each is the same, and what they come to.
fn settle_places(what: &str, ours: Vec<(String, i64)>, theirs: Vec<(String, i64)>, verdict: &mut Verdict) {
    let sum = |amounts: &[(String, i64)]| amounts.iter().map(|(_, amount)| amount).sum::<i64>();
    verdict.pair(format!("{what}: how many"), count(&ours), count(&theirs));
    verdict.pair(format!("{what}: together"), sum(&ours), sum(&theirs));
    let theirs: BTreeMap<String, i64> = theirs.into_iter().collect();
    let different = ours.iter().filter(|(place, amount)| theirs.get(place) != Some(amount)).count();
    verdict.pair(format!("{what}: different"), 0, i64::try_from(different).unwrap_or(-1));
}

/// What the journal says was spent, what of it advances settle, and what is owed to people. What is not
/// posted is not in it: every approved claim is posted the same day.
fn settle_journal(teller: &Teller, books: &Books, verdict: &mut Verdict) {
    let balance = |roles: &str| {
        teller.app.number(&format!(
            "SELECT CAST(COALESCE(SUM(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END), 0) \
             AS BIGINT) AS number FROM journal_postings WHERE role IN ({roles})"
        ))
    };
    let (spent, settled) = (books.posted(), books.settled);
    verdict.pair("journal: debited to expense and input tax", spent, balance("'expense', 'input_vat'"));
    verdict.pair("journal: credited to advances", settled, -balance("'advance'"));
    verdict.pair("journal: credited to employees", spent - settled, -balance("'payable'"));
}

/// Every month's approved statement, and that of the year, in all and by category and department.
fn settle_statements(teller: &Teller, books: &Books, verdict: &mut Verdict) {
    let mut months: BTreeMap<&str, Vec<(&str, &str, i64)>> = BTreeMap::new();
    for ((month, department, category), amount) in &books.posted {
        months.entry(month).or_default().push((department, heading(category, books), *amount));
    }
    for (month, posted) in &months {
        settle_statement(teller, month, posted, verdict);
    }
    let whole = FIRST_DAY.0.to_string();
    year::compile(teller, &whole);
    let posted: Vec<_> = months.into_values().flatten().collect();
    settle_statement(teller, &whole, &posted, verdict);
}

/// Where a statement shows what was spent: the nearest heading at or above the category that has a budget.
fn heading<'a>(category: &'a str, books: &Books) -> &'a str {
    let ends = category.match_indices('.').map(|(at, _)| at).chain([category.len()]);
    let mut levels: Vec<&str> = ends.map(|end| &category[..end]).collect();
    levels.reverse();
    let is_budgeted = |level: &&str| books.lines.iter().any(|line| line.category == *level);
    levels.into_iter().find(is_budgeted).unwrap_or(category)
}

fn settle_statement(teller: &Teller, period: &str, posted: &[(&str, &str, i64)], verdict: &mut Verdict) {
    let path = format!("/api/v1/expense-statements?period={period}&status=approved");
    let statement = teller.who("gm").get(&path).expect(200).at("/data/0");
    let ours = posted.iter().map(|(.., amount)| amount).sum();
    verdict.pair(format!("posted in {period}: the statement"), ours, gross(&statement["total"]));
    let mut rows: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (department, category, amount) in posted {
        *rows.entry(("category", *category)).or_default() += amount;
        *rows.entry(("department", teller.company.departments[department].as_str())).or_default() += amount;
    }
    for row in statement["rows"].as_array().into_iter().flatten() {
        let text = |member: &str| row[member].as_str().unwrap_or_default();
        if ["category", "department"].contains(&text("dimension")) {
            *rows.entry((text("dimension"), text("key"))).or_default() -= gross(row);
        }
    }
    let different = rows.values().filter(|difference| **difference != 0).count();
    let what = format!("posted in {period}: categories and departments that differ");
    verdict.pair(what, 0, i64::try_from(different).unwrap_or(-1));
}

/// What figures of a statement say was posted: expense and deductible tax.
fn gross(figures: &Value) -> i64 {
    fen(&figures["expense"]) + fen(&figures["tax"])
}

fn count<T>(of: &[T]) -> i64 {
    i64::try_from(of.len()).unwrap_or(-1)
}
