//! Rows after a pattern that the product wrote, made by the engine itself: what differs from one to the next is said, all else
//! is as the product wrote it. A column that comes later needs nothing here.

use crate::{Outcome, bare::Bare, fill::scramble};
use std::fmt::Write;
use uuid::Uuid;

/// Rows of so many numbers are written by one statement.
const STRIDE: u64 = 50_000;

/// Ids that stand apart from those of other nouns, in the order of their numbers.
#[derive(Clone, Copy)]
pub enum Family {
    Customers = 1,
    Registrations,
    Facts,
    Duties,
    Tasks,
    Orders,
    OrderLines,
}

impl Family {
    /// The first half of an id: a time before all that the product makes.
    const fn high(self) -> u64 {
        0x018c_c251_f400_7000 | (self as u64) << 16
    }

    /// The id of a number.
    pub fn id(self, number: u64) -> Uuid {
        Uuid::from_u64_pair(self.high(), 1 << 63 | number)
    }
}

/// How an engine writes what the two write otherwise. A number is an expression.
#[derive(Clone, Copy)]
pub struct Dialect {
    is_sqlite: bool,
}

impl Dialect {
    /// Of the engine behind a connection.
    pub fn of(bare: &Bare) -> Self {
        Self { is_sqlite: bare.is_sqlite() }
    }

    /// A number with zeros before it.
    pub fn padded(self, number: &str, width: usize) -> String {
        if self.is_sqlite {
            format!("printf('%0{width}d', {number})")
        } else {
            format!("lpad(CAST({number} AS TEXT), {width}, '0')")
        }
    }

    fn hexadecimal(self, number: &str) -> String {
        if self.is_sqlite {
            format!("printf('%015x', {number})")
        } else {
            format!("lpad(to_hex(CAST({number} AS BIGINT)), 15, '0')")
        }
    }

    /// The id of a number.
    pub fn id(self, family: Family, number: &str) -> String {
        let (high, low) = (family.high(), self.hexadecimal(number));
        let hexadecimal = format!("'{high:016x}8' || {low}");
        if self.is_sqlite { format!("unhex({hexadecimal})") } else { format!("CAST({hexadecimal} AS UUID)") }
    }

    /// The same as a text.
    pub fn id_text(self, family: Family, number: &str) -> String {
        let (high, low) = (format!("{:016x}", family.high()), self.hexadecimal(number));
        let (first, rest) = high.split_at(8);
        let (second, third) = rest.split_at(4);
        format!("'{first}-{second}-{third}-8' || substr({low}, 1, 3) || '-' || substr({low}, 4)")
    }

    /// An id at hand.
    pub fn key(self, id: Uuid) -> String {
        if self.is_sqlite { format!("X'{}'", id.simple()) } else { format!("CAST('{id}' AS UUID)") }
    }

    /// An instant so many seconds earlier.
    pub fn earlier(self, instant: &str, seconds: &str) -> String {
        if self.is_sqlite {
            format!("({instant} - ({seconds}) * 1000000)")
        } else {
            format!("({instant} - ({seconds}) * INTERVAL '1 second')")
        }
    }
}

/// The digits of a text written as people write them in Chinese.
pub fn in_chinese(digits: &str) -> String {
    let by = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    (0..).zip(by).fold(digits.to_owned(), |text, (digit, by)| format!("replace({text}, '{digit}', '{by}')"))
}

/// A text of so many digits turned round: only one engine has a word for it.
pub fn turned_round(text: &str, width: usize) -> String {
    let digit = |place: usize| format!("substr({text}, {place}, 1)");
    (1..=width).rev().map(digit).collect::<Vec<_>>().join(" || ")
}

/// A text in which others stand for some.
pub fn replaced(text: &str, by: &[(&str, &str)]) -> String {
    by.iter().fold(text.to_owned(), |text, (old, new)| format!("replace({text}, {old}, {new})"))
}

/// Rows of one table after a pattern: expressions over `pattern`, over `n`, and over `people`: five numbers have one of them.
pub struct Copies {
    pub table: &'static str,
    /// Which rows are the pattern.
    pub of: String,
    /// Which numbers have such rows.
    pub only: &'static str,
    /// What differs, by column.
    pub differing: Vec<(&'static str, String)>,
}

/// Writes copies for the numbers from 0 on.
pub fn copy(bare: &mut Bare, people: &[(Uuid, Uuid)], count: u64, copies: &[Copies]) -> Outcome<()> {
    let people = named(Dialect::of(bare), people)?;
    let columns = copies.iter().map(|copies| bare.columns(copies.table)).collect::<Result<Vec<_>, _>>()?;
    for first in (0..count).step_by(usize::try_from(STRIDE)?) {
        let last = count.min(first + STRIDE) - 1;
        bare.execute("BEGIN")?;
        for (copies, columns) in copies.iter().zip(&columns) {
            let statement = copies.statement(columns, (first, last), &people);
            bare.execute(&statement).map_err(|error| format!("{}: {error}", copies.table))?;
        }
        bare.execute("COMMIT")?;
    }
    Ok(())
}

/// Employees with their departments, as a table that a number picks from.
struct People {
    count: usize,
    values: String,
}

fn named(dialect: Dialect, people: &[(Uuid, Uuid)]) -> Outcome<People> {
    let mut values = String::new();
    for (place, (employee, department)) in people.iter().enumerate() {
        let (id, of) = (dialect.key(*employee), dialect.key(*department));
        let comma = if place == 0 { "" } else { ", " };
        write!(values, "{comma}({place}, {id}, '{employee}', {of}, '{department}')")?;
    }
    Ok(People { count: people.len().max(1), values })
}

impl Copies {
    fn statement(&self, columns: &[String], (first, last): (u64, u64), people: &People) -> String {
        let Self { table, of, only, differing } = self;
        let value = |column: &String| {
            let other = differing.iter().find(|(name, _)| name == column);
            other.map_or_else(|| format!("pattern.\"{column}\""), |(_, other)| other.clone())
        };
        let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let columns = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        let People { count, values: people } = people;
        format!(
            "WITH RECURSIVE series(n) AS (
                SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n < {last}
             ),
             people(place, employee, employee_text, department, department_text) AS (
                VALUES {people}
             ),
             pattern AS (SELECT * FROM {table} WHERE {of})
             INSERT INTO {table} ({columns})
             SELECT {values} FROM series JOIN people ON people.place = (n / 5) % {count} CROSS JOIN pattern
             WHERE {only} ORDER BY n"
        )
    }
}

/// A number below another that looks like chance and is the same every time.
pub fn chance(turn: u64, below: u64) -> u64 {
    scramble(turn) % below.max(1)
}
