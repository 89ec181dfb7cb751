//! Requests and their fates: asked before spending, approved, claimed on, and over by being used up, closed
//! or revoked.

use crate::{
    books::{Ask, Books, Request, Standing},
    chance::Chance,
    claims::details,
    day::{Deed, Tie, Told},
    people,
    teller::{Teller, fen, money},
};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

const REQUESTS: &str = "/api/v1/expense-requests";

/// What a request is told of.
#[derive(Debug)]
pub struct Tale {
    by: &'static str,
    lines: Vec<(&'static str, i64)>,
    asks: Vec<Ask>,
    fate: Fate,
    foreseen: Foreseen,
}

/// What becomes of it, where the budget lets it pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Rejected,
    Withdrawn,
    /// Sent back once, then approved.
    Returned,
    Approved,
}

/// What the books say it will come to.
#[derive(Clone, Copy, Debug)]
enum Foreseen {
    Refused,
    Nothing,
    /// As which of the requests in the books, and whether it meets the special review.
    Approved {
        request: usize,
        over_budget: bool,
    },
}

/// Decides what a request will be, and writes it into the books.
pub fn plan(chance: &mut Chance, books: &mut Books, today: NaiveDate) -> Option<Tale> {
    let by = chance.pick(&people::ASKERS)?;
    let department = people::department_of(by);
    let lines: Vec<_> = (0..chance.number(1, 2)).map(|_| line(chance)).collect();
    let ask = |(category, amount): &(&'static str, i64)| {
        let line = books.charged(department, category, today.month())?;
        Some(Ask { line, amount: *amount, source: None })
    };
    let asks: Vec<Ask> = lines.iter().map(ask).collect::<Option<_>>()?;
    let fate = match chance.number(1, 100) {
        1..=6 => Fate::Rejected,
        7..=12 => Fate::Withdrawn,
        13..=16 => Fate::Returned,
        _ => Fate::Approved,
    };
    let foreseen = foresee(books, by, &lines, &asks, fate, today);
    Some(Tale { by, lines, asks, fate, foreseen })
}

fn line(chance: &mut Chance) -> (&'static str, i64) {
    let category = match chance.number(1, 100) {
        1..=50 => "promotion.publicity",
        51..=90 => "entertainment.meeting",
        _ => "other.training",
    };
    (category, chance.number(50_000, 600_000))
}

fn foresee(
    books: &mut Books,
    by: &'static str,
    lines: &[(&'static str, i64)],
    asks: &[Ask],
    fate: Fate,
    today: NaiveDate,
) -> Foreseen {
    let Some(mut held) = books.submit(asks) else {
        books.ended("requests refused by the budget");
        return Foreseen::Refused;
    };
    let over_budget = held.is_over_budget();
    if matches!(fate, Fate::Rejected | Fate::Withdrawn) {
        books.release(&mut held);
        let rejected = fate == Fate::Rejected;
        books.ended(if rejected { "requests rejected" } else { "requests withdrawn and voided" });
        return Foreseen::Nothing;
    }
    let amounts: Vec<i64> = lines.iter().map(|(_, amount)| *amount).collect();
    books.approve(&mut held, &amounts);
    books.ended("requests approved");
    books.requests.push(Request {
        by,
        department: people::department_of(by),
        since: today,
        categories: lines.iter().map(|(category, _)| *category).collect(),
        amount: amounts.iter().sum(),
        held,
        standing: Standing::Open,
    });
    Foreseen::Approved { request: books.requests.len() - 1, over_budget }
}

impl Tale {
    /// What its outcome hangs on.
    pub fn ties(&self) -> Vec<Tie> {
        self.asks.iter().map(|ask| Tie::Line(ask.line, ask.amount)).collect()
    }

    /// Tells it.
    pub fn tell(&self, teller: &Teller) -> Told {
        let by = teller.who(self.by);
        let line = |(category, amount): &(&'static str, i64)| {
            json!({"category": category, "item": "活动物料", "purpose": "渠道推广", "planned_on": teller.today,
                "amount": money(*amount)})
        };
        let lines: Vec<Value> = self.lines.iter().map(line).collect();
        let made = by.post(REQUESTS, json!({"details": details(), "lines": lines})).expect(201);
        let path = format!("{REQUESTS}/{}", made.text("/id"));
        let refusal = matches!(self.foreseen, Foreseen::Refused).then_some("budget_line.exhausted");
        let Some(approval) = teller.submit(&by, &path, &made, refusal) else { return Told::Nothing };
        match self.fate {
            Fate::Rejected => teller.turn_down(&approval, "reject"),
            Fate::Withdrawn => teller.take_back(self.by, &path),
            Fate::Returned => teller.send_round(&by, &path, &approval),
            Fate::Approved => {}
        }
        let Foreseen::Approved { request, over_budget } = self.foreseen else { return Told::Nothing };
        let met = teller.approve(&approval);
        assert_eq!(met.contains("special-review"), over_budget, "{path}: {self:?}");
        Told::Request { request, place: path }
    }
}

/// Which requests are over tonight: finance closes what was not used, or who asked gives up what nobody
/// claimed on.
pub fn evening(chance: &mut Chance, books: &mut Books) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for request in 0..books.requests.len() {
        let of = &books.requests[request];
        let (by, is_untouched) = (of.by, of.held.committed() == of.amount);
        if of.standing != Standing::Open {
            continue;
        }
        let deed = match chance.number(1, 100) {
            1..=4 => Deed::CloseRequest { request },
            5..=7 if is_untouched => Deed::RevokeRequest { request, by },
            _ => continue,
        };
        books.became(if matches!(deed, Deed::CloseRequest { .. }) {
            "requests closed"
        } else {
            "requests revoked"
        });
        books.end(request);
        deeds.push(deed);
    }
    deeds
}

/// What every approved request still has by its place, as the server lists them.
pub fn remaining(teller: &Teller) -> Vec<(String, i64)> {
    let list = teller.list("qian", &format!("{REQUESTS}?status=approved"));
    let place = |request: &Value| format!("{REQUESTS}/{}", request["id"].as_str().unwrap_or_default());
    list.iter().map(|request| (place(request), fen(&request["remaining"]))).collect()
}
