//! The rows of the table. Each is one value that brings what it needs filled in, what the bare engine does for it, and what
//! a client sends: whoever adds a row writes such a value beside its noun and names it in [`WORKS`].

/// Of claims.
pub mod claim;
/// Of the files of customers.
pub mod customer;
/// Of what people owe.
pub mod duty;
/// Of orders.
pub mod order;
/// Of whose customers are.
pub mod ownership;

use crate::{
    Choice, Outcome,
    bare::Bare,
    company::{Company, Hands},
    load::{Answer, Script, request},
    timing::{self, Timing},
};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    cell::Cell,
    collections::BTreeMap,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// Every row, in the order of the table.
pub const WORKS: &[&Work] = &[
    &claim::SHOW,
    &claim::LISTED,
    &claim::CREATE,
    &claim::CHARGE,
    &claim::COURSE,
    &customer::OWN,
    &customer::OF_THE_DEPARTMENT,
    &customer::BY_PHONE,
    &customer::BY_NAME,
    &ownership::AS_OF,
    &ownership::REGISTER,
    &duty::MINE,
    &duty::BOARD,
    &order::LISTED,
    &order::CREATE,
];

/// What is filled in where a row needs it, in this order: what stands later may rest on what stands before.
pub const FILLS: &[&Fill] = &[&customer::FILL, &duty::FILL, &order::FILL, &timing::APPRAISALS];

/// A row of the table.
pub struct Work {
    /// By which it is chosen.
    pub code: &'static str,
    /// What is done.
    pub name: &'static str,
    /// What it needs filled in; claims are there always.
    pub fills: &'static [&'static Fill],
    /// Makes what the bare engine does for it; none where there is nothing like it.
    pub twin: Option<fn(&mut Bare, &Ground) -> Outcome<Twin>>,
    /// Makes what one connection sends.
    pub script: fn(&Client<'_>, u32) -> Box<dyn Script>,
}

/// What was made through the product, by a name each.
pub type Patterns = Vec<(&'static str, Uuid)>;

/// Rows that are filled in: one is made through the product, the others after it, past the product.
pub struct Fill {
    /// What they are.
    pub noun: &'static str,
    /// Makes the patterns through the product, with whatever they need; tells them by a name each.
    pub pattern: fn(&Hands, &Company) -> Outcome<Patterns>,
    /// Writes the others.
    pub fill: fn(&mut Bare, &Ground) -> Outcome<()>,
}

/// What the bare engine does for a row of the table.
pub enum Twin {
    /// Reads, in its turn, what is then told as JSON.
    Read(Reads),
    /// Writes under a number that nobody else has.
    Write(Writes),
}

pub type Reads = Box<dyn Fn(&mut Bare, u64) -> Outcome<Box<dyn Told>> + Send + Sync>;
pub type Writes = Box<dyn Fn(&mut Bare, i64) -> QueryResult<()> + Send + Sync>;

/// What was read.
pub trait Told {
    /// As a client is told.
    fn json(&self) -> Outcome<Vec<u8>>;
}

impl<T: Serialize> Told for T {
    fn json(&self) -> Outcome<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

impl Twin {
    /// One that reads.
    pub fn read<T: Serialize + 'static>(
        how: impl Fn(&mut Bare, u64) -> QueryResult<T> + Send + Sync + 'static,
    ) -> Self {
        Self::Read(Box::new(move |bare, turn| Ok(Box::new(how(bare, turn)?))))
    }

    /// One that writes.
    pub fn write(how: impl Fn(&mut Bare, i64) -> QueryResult<()> + Send + Sync + 'static) -> Self {
        Self::Write(Box::new(how))
    }
}

/// How many there are of what is filled in.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Counts {
    pub claims: u64,
    pub customers: u64,
    pub duties: u64,
    pub orders: u64,
}

/// What was set up and filled in; the bare server is told it too.
#[derive(Serialize, Deserialize)]
pub struct Ground {
    pub counts: Counts,
    pub company: Company,
    /// What was made through the product, by name.
    pub made: BTreeMap<String, Uuid>,
    /// How many bytes the product answers with, by the code of the work.
    pub bytes: BTreeMap<String, usize>,
}

impl Ground {
    /// What was made through the product under this name.
    pub fn made(&self, name: &str) -> Outcome<Uuid> {
        self.made.get(name).copied().ok_or_else(|| format!("nothing was made as {name}").into())
    }
}

/// What the scripts of a row are made of.
pub struct Client<'a> {
    pub ground: &'a Ground,
    /// What people say who they are, by user name.
    pub tokens: &'a BTreeMap<&'static str, String>,
    pub numbers: &'a Numbers,
    /// Counts from 0 the customers whom nobody has registered yet.
    pub strangers: &'a Numbers,
}

impl Client<'_> {
    /// What somebody says who they are.
    pub fn token(&self, username: &str) -> String {
        self.tokens.get(username).cloned().unwrap_or_default()
    }
}

impl Work {
    /// What was chosen, or everything.
    pub fn chosen(choice: &Choice) -> Vec<&'static Self> {
        WORKS.iter().copied().filter(|work| choice.wants(work.code)).collect()
    }
}

impl Fill {
    /// What rows and timings need, each once, what others rest on first.
    pub fn needed(works: &[&Work], timings: &[&Timing]) -> Vec<&'static Self> {
        let works = works.iter().flat_map(|work| work.fills);
        let nouns: Vec<&str> =
            works.chain(timings.iter().flat_map(|timing| timing.fills)).map(|fill| fill.noun).collect();
        FILLS.iter().copied().filter(|fill| nouns.contains(&fill.noun)).collect()
    }
}

/// Sends requests that each are a unit, made anew every time from a number that counts up.
pub struct Each<F> {
    pub token: String,
    pub method: &'static str,
    pub turn: u64,
    /// Path and body of a turn.
    pub what: F,
    /// From where the keys of writes are taken.
    pub numbers: Numbers,
}

impl<F: FnMut(u64) -> (String, String)> Script for Each<F> {
    fn next(&mut self, _: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        let (path, body) = (self.what)(self.turn);
        self.turn += 1;
        let key = if self.method == "GET" { String::new() } else { self.numbers.take().to_string() };
        let headers = [("Authorization", self.token.as_str()), ("Idempotency-Key", key.as_str())];
        let headers = headers.get(..if key.is_empty() { 1 } else { 2 }).unwrap_or_default();
        request(self.method, &path, headers, &body, into);
        true
    }
}

/// Somebody reads what lies at a path that changes with the turn.
pub fn reads(
    client: &Client<'_>,
    username: &str,
    index: u32,
    path: impl Fn(u64) -> String + 'static,
) -> Box<dyn Script> {
    Box::new(Each {
        token: client.token(username),
        method: "GET",
        turn: first_turn(index),
        what: move |turn| (path(turn), String::new()),
        numbers: client.numbers.clone(),
    })
}

/// Somebody reads one thing again and again.
pub fn rereads(client: &Client<'_>, username: &str, path: &str) -> Box<dyn Script> {
    let path = path.to_owned();
    reads(client, username, 0, move |_| path.clone())
}

/// Somebody sends what is made anew every time.
pub fn sends(
    client: &Client<'_>,
    username: &str,
    path: &'static str,
    mut body: impl FnMut() -> String + 'static,
) -> Box<dyn Script> {
    Box::new(Each {
        token: client.token(username),
        method: "POST",
        turn: 0,
        what: move |_| (path.to_owned(), body()),
        numbers: client.numbers.clone(),
    })
}

/// The turns of connections stand far apart.
pub fn first_turn(index: u32) -> u64 {
    u64::from(index) << 40
}

/// What a connection sends to the bare server: the same request, to where the bare server keeps a row.
pub struct Bared {
    pub script: Box<dyn Script>,
    pub code: &'static str,
    pub turn: u64,
}

impl Script for Bared {
    fn next(&mut self, before: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        let completes = self.script.next(before, into);
        let mut spaces = into.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
        if let Some((first, second)) = spaces.next().zip(spaces.next()) {
            into.splice(first + 1..second, format!("/{}/{}", self.code, self.turn).into_bytes());
        }
        self.turn += 1;
        completes
    }
}

/// Numbers that nothing of this run has had: of invoices and idempotency keys.
#[derive(Clone)]
pub struct Numbers(Rc<Cell<u64>>);

impl Numbers {
    /// Numbers from here on, beyond those of earlier runs.
    #[expect(clippy::disallowed_methods, reason = "only to differ from earlier runs")]
    pub fn fresh() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self(Rc::new(Cell::new(now * 10_000_000)))
    }

    /// Numbers from 0.
    pub fn counting() -> Self {
        Self(Rc::new(Cell::new(0)))
    }

    pub fn take(&self) -> u64 {
        self.0.replace(self.0.get() + 1)
    }
}
