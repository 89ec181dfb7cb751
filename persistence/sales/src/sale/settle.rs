//! What rulings settle of sales: on the sale itself, or with the ruling on a dispute over its customer. `[COM-9, OWN-14]`

use super::{apply, find::locked_with};
use crate::{
    commission,
    organisation::{Organisation, Register, referred},
    schema::roles,
    spine::{Failure, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Directory, Place},
    commission::settlement::{SaidLine, read},
    ownership_dispute::{OwnershipDispute, SettlementKind},
    sale::{NewSettlement, Ruler, SETTLES_WHICH, Sale, SaleId},
    spine::{Citation, Refusal},
};

/// Settles what a sale earns, as a ruling: in place of its split, booked whole once the commission is due in full.
///
/// # Errors
/// What [`Sale::settle`] refuses; a line that is not sound; somebody whom nobody knows.
pub fn settle(tx: &mut Tx<'_>, sale: Sale, reasons: String, said: Vec<SaidLine>) -> Result<Sale, Failure> {
    let register = Register::of(tx)?;
    for (index, who) in said.iter().enumerate().filter_map(|(index, line)| Some((index, line.employee?))) {
        referred(register.named(who), &format!("/lines/{index}/employee_id"))?;
    }
    let lines = read(said)?;
    let on = sale.closing.as_ref().map_or_else(|| tx.today(), |closing| closing.on);
    let rules = commission::rules(tx, on)?;
    let role = &rules.content.contributions_role;
    let (rules_for_much, role) = (holds(tx, role)?, called(tx, role)?);
    let (actor, now, id) = (tx.actor().clone(), (tx.now(), tx.today()), tx.ids().fresh());
    let new = NewSettlement { id, reasons, lines };
    let ruler = Ruler { by: &actor, rules_for_much, role };
    let change = sale.settle(new, ruler, &rules.content, now, &mut || tx.ids().fresh())?;
    apply(tx, change)
}

/// Whether the caller holds a role.
fn holds(reader: &mut Reader<'_>, role: &str) -> Result<bool, Failure> {
    let today = reader.today();
    let holders = Organisation::today(reader)?.role_holders(role, Place::Anywhere, today);
    Ok(reader.actor().employee.is_some_and(|me| holders.contains(&me)))
}

/// What people call a role, Chinese and English; its code where there is none of it.
fn called(reader: &mut Reader<'_>, role: &str) -> Result<(String, String), Failure> {
    let named: Option<(String, String)> = db!(reader, |c| roles::table
        .filter(roles::code.eq(role))
        .select((roles::name_zh, roles::name_en))
        .first(c)
        .optional())?;
    Ok(named.unwrap_or_else(|| (role.to_owned(), role.to_owned())))
}

/// What a ruling on a dispute settles is settled of the sale that it is about: the one that it held, or the only one with the
/// customer. Where there is none, nothing is booked: the ruling says it.
pub(super) fn by_ruling(tx: &mut Tx<'_>, dispute: &OwnershipDispute, held: &[SaleId]) -> Result<(), Failure> {
    let Some(ruling) = dispute.ruling.as_ref().filter(|ruling| !ruling.settlement.is_empty()) else {
        return Ok(());
    };
    let mut sales = locked_with(tx, dispute.customer)?;
    if let [one] = held {
        sales.retain(|sale| sale.id == *one);
    }
    let sale = match (sales.pop(), sales.is_empty()) {
        (None, _) => return Ok(()),
        (Some(sale), true) => sale,
        (Some(_), false) => {
            let refusal = Refusal::new(SETTLES_WHICH).citing(Citation::rule("COM-9"));
            return Err(refusal.at("/settlement").into());
        }
    };
    let lines = ruling.settlement.iter().map(|line| SaidLine {
        kind: line.kind,
        employee: line.employee,
        // A fund takes what is left, and the ruling balances.
        amount: (line.kind != SettlementKind::Fund).then_some(line.amount),
        share_bp: None,
        purpose: Some(line.purpose.clone()),
    });
    // The reasons stay with the ruling, where they are erased with the customer.
    let (lines, reasons) = (lines.collect(), format!("归属争议 {} 的裁决", dispute.number));
    settle(tx, sale, reasons, lines).map(drop)
}
