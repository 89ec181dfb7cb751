//! What follows from a rule: one entry for each incident, whoever comes at the same time, taken back where
//! its basis is gone; and what points come to for those who count them. `[INC-2, INC-2a, KPI-5]`

use super::{
    apply,
    deed::{next_number, undo},
    month::{OwnCap, caps, open_month},
    row::{is_decided_against, of_incident, several},
};
use crate::{
    organisation::Register,
    schema::incentive_entries as entries,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    incentive_entry::{IncentiveAmount, IncentiveEntry, IncentiveState, Incident, NewEntry, UndoGround},
    spine::{Citation, EmployeeId, Explanation},
    working_time::Period,
};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// An id that the same text leads to again, so that an incident is told from others without being kept.
pub fn derived(text: &str) -> Uuid {
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(Sha256::digest(text.as_bytes())).for_each(|(byte, hashed)| *byte = hashed);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// What a rule enters.
#[derive(Clone, Debug)]
pub struct ByRule {
    /// Whom it concerns.
    pub employee: EmployeeId,
    /// What for.
    pub incident: Incident,
    /// What is granted or taken.
    pub amount: IncentiveAmount,
    /// What for, in words.
    pub grounds: String,
    /// The rule.
    pub citation: Citation,
    /// The cap of the rule itself for a month, without a sign.
    pub monthly_cap: Option<i64>,
    /// Why.
    pub why: Explanation,
}

/// Enters what follows from a rule, unless its incident has its entry or somebody decided against one.
///
/// # Errors
/// Where the database fails; what is not well formed.
pub fn enter(tx: &mut Tx<'_>, by_rule: ByRule) -> Result<(), Failure> {
    if of_incident(tx, &by_rule.incident)?.is_some() || is_decided_against(tx, &by_rule.incident)? {
        return Ok(());
    }
    let ByRule { employee, incident, amount, grounds, citation, monthly_cap, why } = by_rule;
    let (now, today) = (tx.now(), tx.today());
    let department = Register::of(tx)?.department_on(employee, incident.on);
    let department = department.ok_or_else(|| Failure::corrupt("employees", "department_id", employee))?;
    let month = open_month(tx, incident.on)?;
    let rule = citation.policy.clone().unwrap_or_default();
    let own = monthly_cap.map(|cap| OwnCap { cap, rule: &rule, citation: citation.clone() });
    let caps = caps(tx, employee, month, &amount, own)?;
    let new = NewEntry {
        id: tx.id(),
        number: next_number(tx)?,
        employee,
        department,
        incident,
        amount,
        month,
        grounds,
        evidence: Vec::new(),
        citation,
    };
    let change = IncentiveEntry::propose(new, None, &caps, None, Some(why), (now, today))?;
    apply(tx, change).map(drop)
}

/// Takes back what was entered for an incident, where something was.
///
/// # Errors
/// Where the database fails.
pub fn take_back(tx: &mut Tx<'_>, incident: &Incident, ground: UndoGround) -> Result<(), Failure> {
    match of_incident(tx, incident)? {
        Some(entry) => undo(tx, entry, ground),
        None => Ok(()),
    }
}

/// The entries of points of some people that count in some months, by their ids.
///
/// # Errors
/// Where the database fails.
pub fn points_of(
    reader: &mut Reader<'_>,
    employees: &[EmployeeId],
    months: &[Period],
) -> Result<Vec<IncentiveEntry>, Failure> {
    let counting = [IncentiveState::Confirmed, IncentiveState::Executed, IncentiveState::Reversed]
        .map(IncentiveState::code);
    let months: Vec<String> = months.iter().map(ToString::to_string).collect();
    let people: Vec<Key> = employees.iter().copied().map(Key::from).collect();
    let keys: Vec<Key> = db!(reader, |c| entries::table
        .filter(entries::employee_id.eq_any(&people).and(entries::month.eq_any(&months)))
        .filter(entries::amount_kind.eq("points").and(entries::status.eq_any(counting)))
        .order(entries::id)
        .select(entries::id)
        .load(c))?;
    several(reader, &keys)
}
