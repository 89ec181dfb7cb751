//! What a person is paid for a month (佣金结算单): carried over, entries, adjustments; what is held is shown apart.
//! `[COM-11, COM-10b]`

use crate::spine::EmployeeId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A line of a statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct StatementLine {
    /// The entry or adjustment it shows.
    pub source: Uuid,
    /// The sale, where it comes of one.
    pub sale: Option<Uuid>,
    /// In minor units.
    pub amount: i64,
    /// Whether it waits for an objection or a ruling.
    pub held: bool,
}

/// What a statement comes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Whose.
    pub person: EmployeeId,
    /// What the month before left below nothing; never above it.
    pub carried: i64,
    /// Its lines, in the order of their sources.
    pub lines: Vec<StatementLine>,
    /// Fines of the month: shown, and taken from the wages, never from here.
    pub fines: i64,
}

impl Statement {
    /// Compiles the lines of a month upon what was carried over.
    pub fn compile(person: EmployeeId, carried: i64, mut lines: Vec<StatementLine>, fines: i64) -> Self {
        lines.sort();
        Self { person, carried: carried.min(0), lines, fines }
    }

    /// What its lines that are not held come to, with what was carried over.
    pub fn sum(&self) -> i64 {
        self.carried + self.lines.iter().filter(|line| !line.held).map(|line| line.amount).sum::<i64>()
    }
    /// What is paid out.
    pub fn payable(&self) -> i64 {
        self.sum().max(0)
    }
    /// What the next month begins with; of a leaver a claim.
    pub fn carries(&self) -> i64 {
        self.sum().min(0)
    }

    /// What tells whether computing it again came to the same.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.person.uuid().as_bytes());
        digest.update(self.carried.to_be_bytes());
        digest.update(self.fines.to_be_bytes());
        for line in &self.lines {
            let StatementLine { source, sale, amount, held } = line;
            digest.update(source.as_bytes());
            digest.update(sale.unwrap_or_default().as_bytes());
            digest.update(amount.to_be_bytes());
            digest.update([u8::from(*held)]);
        }
        hex::encode(digest.finalize())
    }

    /// The lines by which two computations of one month differ: those of either that the other has not.
    pub fn differences<'a>(&'a self, other: &'a Self) -> Vec<&'a StatementLine> {
        let mine = self.lines.iter().filter(|line| !other.lines.contains(line));
        mine.chain(other.lines.iter().filter(|line| !self.lines.contains(line))).collect()
    }
}
