//! What follows from duties: one entry for each that is missed, taken back where it is let go afterwards. `[DUT-2d]`

use super::{
    by_rule::{self, ByRule},
    deed::undo,
    row::of_incident,
};
use crate::{
    duty::World,
    spine::{Failure, Tx},
};
use domain::{
    duty::{Duty, DutyRule, DutyState, consequence::Charged, consequence::Consequence},
    incentive_entry::{Incident, IncidentKind, UndoGround},
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
    by_rule::take_back(tx, &incident, ground)
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
    }
    let Charged { employee, amount, monthly_cap, incident, explanation } = charged;
    let citation = rule.cite("DUT-2d", None);
    let grounds = grounds(duty, rule, duty.state(now));
    by_rule::enter(
        tx,
        ByRule { employee, incident, amount, grounds, citation, monthly_cap, why: explanation },
    )
}

/// What it is entered for, in words.
fn grounds(duty: &Duty, rule: &PolicyVersion<DutyRule>, state: DutyState) -> String {
    let done = if state == DutyState::Late { "逾期完成" } else { "未按期完成" };
    format!("{done}：{}（{}）", rule.content.name.zh, duty.occasion)
}
