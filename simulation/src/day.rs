//! A day: everything is decided and written into the books first, then told by several clients at once.
//!
//! The outcome is the same however many there are: what hangs on a request or on somebody's advances is told
//! in its order, and so is what asks for a budget line that has not enough for everybody who asks that day.

use crate::{
    advances,
    books::{Books, Claim},
    chance::Chance,
    changes, claims, hand_over, lanes, requests,
    teller::Teller,
};
use serde_json::json;
use std::collections::BTreeMap;

/// What the outcome of a document hangs on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tie {
    /// A budget line of the books, of which it asks so much.
    Line(usize, i64),
    /// A request of the books.
    Request(usize),
    /// What somebody got in advance.
    Advances(&'static str),
}

/// What is known of a document only when it was told.
#[derive(Debug)]
pub enum Told {
    /// Nothing that matters later.
    Nothing,
    /// A claim was approved, and waits for the books.
    Claim { claim: Box<Claim>, id: String, number: String },
    /// A request of the books was approved: where it is.
    Request { request: usize, place: String },
    /// An advance of the books was paid out: where it is.
    Advance { advance: usize, place: String },
}

/// A document and its fate.
#[derive(Debug)]
enum Tale {
    Claim(claims::Tale),
    Request(requests::Tale),
    Change(changes::Tale),
    Advance(advances::Tale),
}

impl Tale {
    fn plan(chance: &mut Chance, books: &mut Books, teller: &Teller) -> Option<Self> {
        let today = teller.today;
        match chance.number(1, 100) {
            1..=12 => requests::plan(chance, books, today).map(Self::Request),
            13..=16 => changes::plan(chance, books).map(Self::Change),
            17..=24 => advances::plan(chance, books, today).map(Self::Advance),
            _ => claims::plan(chance, books, today).map(Self::Claim),
        }
    }

    fn ties(&self) -> Vec<Tie> {
        match self {
            Self::Claim(tale) => tale.ties(),
            Self::Request(tale) => tale.ties(),
            Self::Change(tale) => tale.ties(),
            Self::Advance(tale) => tale.ties(),
        }
    }

    fn tell(&self, teller: &Teller) -> Told {
        match self {
            Self::Claim(tale) => tale.tell(teller),
            Self::Request(tale) => tale.tell(teller),
            Self::Change(tale) => tale.tell(teller),
            Self::Advance(tale) => tale.tell(teller),
        }
    }
}

/// Something that is done at the end of a day, and that hangs on nothing else done then.
#[derive(Debug)]
pub enum Deed {
    /// Finance closes a request.
    CloseRequest { request: usize },
    /// Who asked takes a request back.
    RevokeRequest { request: usize, by: &'static str },
    /// Part of an advance is paid back, or all that is owed of it.
    Repay { advance: usize, amount: i64 },
}

impl Deed {
    fn tell(&self, teller: &Teller) {
        match *self {
            Self::CloseRequest { request } => {
                let place = &teller.places.requests[&request];
                teller.act("sun", place, "close", json!({"reason": "活动结束"}));
            }
            Self::RevokeRequest { request, by } => {
                let place = &teller.places.requests[&request];
                teller.act(by, place, "revoke", json!({"reason": "客户取消"}));
            }
            Self::Repay { advance, amount } => teller.repay(advance, amount),
        }
    }
}

/// A day: so many documents, then finance does what waits for it, and some things come to their end.
pub fn tell(teller: &mut Teller, chance: &mut Chance, books: &mut Books, documents: u64) {
    let room: Vec<i64> = books.lines.iter().map(|line| line.balance.available()).collect();
    let tales: Vec<Tale> = (0..documents).filter_map(|_| Tale::plan(chance, books, teller)).collect();
    let lanes = lanes::of(scarce(tales.iter().map(Tale::ties).collect(), &room));
    let mut waiting = Vec::new();
    for told in lanes::run(teller.clients, &tales, lanes, |tale| tale.tell(teller)) {
        match told {
            Told::Nothing => {}
            Told::Claim { claim, id, number } => {
                waiting.push(hand_over::Waiting { claim: *claim, id, number });
            }
            Told::Request { request, place } => drop(teller.places.requests.insert(request, place)),
            Told::Advance { advance, place } => drop(teller.places.advances.insert(advance, place)),
        }
    }
    hand_over::account(teller, chance, books, waiting);
    let mut deeds = requests::evening(chance, books);
    deeds.extend(advances::evening(chance, books, teller.today));
    let alone = (0..deeds.len()).map(|deed| vec![deed]).collect();
    lanes::run(teller.clients, &deeds, alone, |deed| deed.tell(teller));
}

/// The ties that bind: a line does only where the day asks more of it than it had in the morning.
fn scarce(ties: Vec<Vec<Tie>>, room: &[i64]) -> Vec<Vec<Tie>> {
    let mut asked: BTreeMap<usize, i64> = BTreeMap::new();
    for tie in ties.iter().flatten() {
        if let Tie::Line(line, amount) = tie {
            *asked.entry(*line).or_default() += amount;
        }
    }
    let binding = |tie: Tie| match tie {
        Tie::Line(line, _) => (asked[&line] > room[line]).then_some(Tie::Line(line, 0)),
        other => Some(other),
    };
    ties.into_iter().map(|ties| ties.into_iter().filter_map(binding).collect()).collect()
}
