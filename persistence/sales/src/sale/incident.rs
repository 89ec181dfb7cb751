//! Points and fines that the rules of commission attach, as entries of the ledger of rewards and penalties: one incident once,
//! taken back where its cause is undone. `[COM-4, COM-8, COM-9, INC-2]`

use crate::{
    commission,
    incentive_entry::by_rule::{self, ByRule, derived},
    organisation::Register,
    spine::{Failure, Tx},
};
use domain::{
    commission::COMMISSION_RULES_CODE,
    incentive_entry::{IncentiveAmount, Incident, IncidentKind, UndoGround},
    sale::{Cause, Sale, SaleIncident},
    spine::{BusinessDate, Citation, Currency, EmployeeId, Explanation, Money},
};
use serde_json::json;

/// What an incident leads to: at most a fine and points, by a rule, for a reason.
struct Taken {
    fine_minor: i64,
    points: i32,
    citation: Citation,
    grounds: String,
}

/// What incidents lead to is entered where a sale has them since, and taken back where it has them no more.
pub(super) fn follow(tx: &mut Tx<'_>, before: &[SaleIncident], sale: &Sale) -> Result<(), Failure> {
    let (after, today) = (sale.incidents(), tx.today());
    for gone in before.iter().filter(|known| !after.contains(known)) {
        for unit in ["money", "points"] {
            by_rule::take_back(tx, &incident(gone, unit, today), UndoGround::Void)?;
        }
    }
    after.iter().filter(|known| !before.contains(known)).try_for_each(|new| enter(tx, new, sale))
}

fn enter(tx: &mut Tx<'_>, new: &SaleIncident, sale: &Sale) -> Result<(), Failure> {
    let Some(on) = day_of(tx, new.person, sale)? else { return Ok(()) };
    let Taken { fine_minor, points, citation, grounds } = taken(tx, new, sale)?;
    let fine = Money::from_minor(-fine_minor, Currency::Cny);
    let amounts =
        [("money", IncentiveAmount::Money { amount: fine }), ("points", IncentiveAmount::Points { points })];
    for (unit, amount) in amounts.into_iter().filter(|(_, amount)| amount.measure() != Some(0)) {
        let facts = json!({"sale_id": sale.id, "number": sale.number, "customer_id": sale.customer});
        by_rule::enter(
            tx,
            ByRule {
                employee: new.person,
                incident: incident(new, unit, on),
                amount,
                grounds: grounds.clone(),
                citation: citation.clone(),
                monthly_cap: None,
                why: Explanation::new("sale_incident", citation.clone(), facts),
            },
        )?;
    }
    Ok(())
}

/// What an incident leads to, by the rules of the day the sale closed, or of today.
fn taken(tx: &mut Tx<'_>, new: &SaleIncident, sale: &Sale) -> Result<Taken, Failure> {
    let on = sale.closing.as_ref().map_or_else(|| tx.today(), |closing| closing.on);
    let rules = commission::rules(tx, on)?;
    let by = |citation: Citation| citation.by_policy(COMMISSION_RULES_CODE, rules.number);
    let number = &sale.number;
    Ok(match new.cause {
        Cause::Misdeed(misdeed) => {
            let penalty = rules.content.penalty(misdeed);
            let clause = penalty.map_or("002 §5", |penalty| penalty.clause.as_str());
            Taken {
                fine_minor: penalty.map_or(0, |penalty| penalty.fine_minor),
                points: penalty.map_or(0, |penalty| penalty.points),
                citation: by(Citation::clause("COM-8", clause)),
                grounds: format!("{}（成交 {number}）", misdeed.labels().0),
            }
        }
        Cause::Praise { points } => {
            let attributed = sale.attribution().map(|attribution| attribution.citation.clone());
            Taken {
                fine_minor: 0,
                points,
                citation: attributed.unwrap_or_else(|| by(Citation::rule("COM-4"))),
                grounds: format!("协助接待前来签约的客户，予以表扬（成交 {number}）"),
            }
        }
        Cause::Fine { minor } => Taken {
            fine_minor: minor,
            points: 0,
            citation: by(Citation::rule("COM-9")),
            grounds: format!("归属裁决清算罚款（成交 {number}）"),
        },
    })
}

/// The day an incident counts on: today, when it was found; for who has left since, that of the sale. Who was with the company
/// on neither is owed and owes nothing here.
fn day_of(tx: &mut Tx<'_>, person: EmployeeId, sale: &Sale) -> Result<Option<BusinessDate>, Failure> {
    let (register, zone) = (Register::of(tx)?, tx.zone());
    let closed = sale.closing.as_ref().map(|closing| closing.on);
    let days = [Some(tx.today()), closed, Some(sale.opened_at.date_in(zone))];
    let worked = |day: &BusinessDate| register.department_on(person, *day).is_some();
    Ok(days.into_iter().flatten().find(worked))
}

/// An incident as the ledger knows it: a fine and points are an entry each.
fn incident(of: &SaleIncident, unit: &str, on: BusinessDate) -> Incident {
    let kind = match of.cause {
        Cause::Fine { .. } => IncidentKind::Ruling,
        Cause::Misdeed(_) | Cause::Praise { .. } => IncidentKind::Commission,
    };
    Incident { kind, id: derived(&format!("{} {unit}", of.key)), on }
}
