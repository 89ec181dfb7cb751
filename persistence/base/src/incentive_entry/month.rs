//! In which month an entry counts, and what the caps of that month leave of a penalty.

use super::{row::of_month, settings};
use crate::{
    schema::payroll_batches as batches,
    spine::{Failure, Gate, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    incentive_entry::{
        Cap, IncentiveAmount, IncentiveEntry,
        month::{month_of, taken},
    },
    spine::{BusinessDate, Citation, EmployeeId},
    working_time::Period,
};

/// The payroll: shared by whoever enters something in a month, held alone by whoever takes one.
pub(crate) const PAYROLL: Gate = Gate { key: 7_221_054_022 };

/// The last month of which the payroll took a batch: it and all before it are closed.
fn last_taken(reader: &mut Reader<'_>) -> Result<Option<Period>, Failure> {
    let last: Option<String> =
        db!(reader, |c| batches::table.select(diesel::dsl::max(batches::month)).first(c))?;
    let month = |text: String| {
        text.parse().map_err(|_| Failure::fault(format_args!("a batch of the payroll of the month {text}")))
    };
    last.map(month).transpose()
}

/// The month in which an incident of a day counts: its own, or the first that the payroll has not taken. It stays open
/// until the unit of work ends.
pub(super) fn open_month(tx: &mut Tx<'_>, on: BusinessDate) -> Result<Period, Failure> {
    tx.share(PAYROLL)?;
    let last = last_taken(tx)?;
    Ok(month_of(on, |month| last.is_some_and(|last| month.first() <= last.first())))
}

/// A cap that a rule sets for what it enters itself.
pub(super) struct OwnCap<'a> {
    /// The cap, without a sign.
    pub cap: i64,
    /// The code of the rule.
    pub rule: &'a str,
    /// What sets it.
    pub citation: Citation,
}

/// The caps that concern a penalty of a person in a month, and what of each is used up. Where there is one, nothing else is
/// entered for the person until the unit of work ends.
pub(super) fn caps(
    tx: &mut Tx<'_>,
    employee: EmployeeId,
    month: Period,
    amount: &IncentiveAmount,
    own: Option<OwnCap<'_>>,
) -> Result<Vec<Cap>, Failure> {
    let settings = settings(tx)?;
    let company = settings.content.cap_of(amount);
    if !amount.is_penalty() || (company.is_none() && own.is_none()) {
        return Ok(Vec::new());
    }
    tx.connection().hold_rows("employees", &[Key::from(employee)])?;
    let entered = of_month(tx, employee, month)?;
    let company = company.map(|cap| Cap {
        cap,
        taken: taken(amount, &entered),
        citation: settings.cite("INC-2a", None),
    });
    let own = own.map(|OwnCap { cap, rule, citation }| {
        let same = |entry: &&IncentiveEntry| entry.citation.policy.as_deref() == Some(rule);
        Cap { cap, taken: taken(amount, entered.iter().filter(same)), citation }
    });
    Ok(own.into_iter().chain(company).collect())
}
