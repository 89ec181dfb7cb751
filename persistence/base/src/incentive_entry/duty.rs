//! What follows from duties: one entry for each that is missed, taken back where it is let go afterwards. `[DUT-2d]`

use super::{
    apply,
    deed::{next_number, undo},
    month::{OwnCap, caps, open_month},
    row::{is_decided_against, of_incident},
};
use crate::{
    duty::World,
    organisation::Register,
    spine::{Failure, Tx},
};
use domain::{
    duty::{Duty, DutyRule, DutyState, consequence::Charged, consequence::Consequence},
    incentive_entry::{IncentiveEntry, Incident, IncidentKind, NewEntry, UndoGround},
    spine::{PolicyVersion, Timestamp},
};

/// Lets follow from a duty what follows from where it stands, in the unit of work that moved it. Nothing that could excuse
/// it is kept as undecided yet: leave is registered as it is granted.
///
/// # Errors
/// Where the database fails.
pub(crate) fn follow(tx: &mut Tx<'_>, duty: &Duty) -> Result<(), Failure> {
    let (world, now) = (World::today(tx)?, tx.now());
    let rule = world.rules.version(&duty.rule)?;
    match duty.consequence(rule, false, now, &world.settings.content, world.time()) {
        Consequence::Nothing | Consequence::Held => Ok(()),
        Consequence::TakeBack(ground) => take_back(tx, duty, ground),
        Consequence::Enter(charged) => enter(tx, duty, rule, *charged, now),
    }
}

fn take_back(tx: &mut Tx<'_>, duty: &Duty, ground: UndoGround) -> Result<(), Failure> {
    let incident = Incident { kind: IncidentKind::Duty, id: duty.id.uuid(), on: tx.today() };
    match of_incident(tx, &incident)? {
        Some(entry) => undo(tx, entry, ground).map(drop),
        None => Ok(()),
    }
}

/// Proposes what a duty costs, unless that stands in the ledger or somebody cancelled it. What was proposed for a miss gives
/// way where it turns out that the duty was only late.
fn enter(
    tx: &mut Tx<'_>,
    duty: &Duty,
    rule: &PolicyVersion<DutyRule>,
    charged: Charged,
    now: Timestamp,
) -> Result<(), Failure> {
    if let Some(entered) = of_incident(tx, &charged.incident)? {
        if entered.uncapped == charged.amount {
            return Ok(());
        }
        undo(tx, entered, UndoGround::InTime)?;
        if of_incident(tx, &charged.incident)?.is_some() {
            return Ok(());
        }
    } else if is_decided_against(tx, &charged.incident)? {
        return Ok(());
    }
    let (today, Charged { employee, amount, monthly_cap, incident, explanation }) = (tx.today(), charged);
    let department = Register::of(tx)?.department_on(employee, incident.on);
    let department = department.ok_or_else(|| Failure::corrupt("employees", "department_id", employee))?;
    let month = open_month(tx, incident.on)?;
    let citation = rule.cite("DUT-2d", None);
    let own = monthly_cap.map(|cap| OwnCap { cap, rule: &rule.code, citation: citation.clone() });
    let caps = caps(tx, employee, month, &amount, own)?;
    let new = NewEntry {
        id: tx.id(),
        number: next_number(tx)?,
        employee,
        department,
        incident,
        amount,
        month,
        grounds: grounds(duty, rule, duty.state(now)),
        evidence: Vec::new(),
        citation,
    };
    let change = IncentiveEntry::propose(new, None, &caps, None, Some(explanation), (now, today))?;
    apply(tx, change).map(drop)
}

/// What it is entered for, in words.
fn grounds(duty: &Duty, rule: &PolicyVersion<DutyRule>, state: DutyState) -> String {
    let done = if state == DutyState::Late { "逾期完成" } else { "未按期完成" };
    format!("{done}：{}（{}）", rule.content.name.zh, duty.occasion)
}
