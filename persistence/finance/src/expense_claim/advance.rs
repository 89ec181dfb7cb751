//! The cash advances a claim settles: held from its submission, settled for good with its approval. `[EXP-14]`

use crate::{
    finance::cash_advance as advances,
    organisation::referred,
    schema::expense_claim_advances as rows,
    spine::{Failure, Key, Reader, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::{
        cash_advance::{CashAdvance, NOT_THE_BENEFICIARYS},
        expense_claim::{ClaimContent, ExpenseClaim, Settlement, Taken},
    },
    spine::{Change, Citation, Currency, Money, Refusal},
};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = rows)]
struct Row {
    claim_id: Key,
    advance_id: Key,
    position: i32,
    amount_minor: i64,
}

/// Writes which advances a claim settles, where that changed.
pub(super) fn save(
    tx: &mut Tx<'_>,
    claim: Key,
    before: Option<&ClaimContent>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    if before.map_or(content.advances.is_empty(), |before| before.advances == content.advances) {
        return Ok(());
    }
    db!(tx, |c| diesel::delete(rows::table.filter(rows::claim_id.eq(claim))).execute(c))?;
    let row = |(position, settlement): (i32, &Settlement)| Row {
        claim_id: claim,
        advance_id: settlement.advance.into(),
        position,
        amount_minor: settlement.amount.minor(),
    };
    let all: Vec<Row> = (1..).zip(&content.advances).map(row).collect();
    insert_all!(tx, rows::table, &all);
    Ok(())
}

/// The advances a claim settles, in its order.
pub(super) fn of(reader: &mut Reader<'_>, claim: Key, book: Currency) -> Result<Vec<Settlement>, Failure> {
    let all: Vec<Row> = db!(reader, |c| rows::table
        .filter(rows::claim_id.eq(claim))
        .order(rows::position)
        .select(Row::as_select())
        .load(c))?;
    let settlement = |row: Row| Settlement {
        advance: row.advance_id.into(),
        amount: Money::from_minor(row.amount_minor, book),
    };
    Ok(all.into_iter().map(settlement).collect())
}

/// Checks that the advances a claim names exist.
pub(super) fn refer(reader: &mut Reader<'_>, content: &ClaimContent) -> Result<(), Failure> {
    for (index, settlement) in content.advances.iter().enumerate() {
        let pointer = format!("/advances/{index}/advance_id");
        referred(advances::number_of(reader, settlement.advance), &pointer)?;
    }
    Ok(())
}

/// Locks advances in the order of their ids: two claims that settle the same never wait for each other.
fn lock(tx: &mut Tx<'_>, content: &ClaimContent) -> Result<(), Failure> {
    let mut ids: Vec<Key> = content.advances.iter().map(|settlement| settlement.advance.into()).collect();
    ids.sort_unstable();
    Ok(tx.connection().lock_rows("cash_advances", &ids)?)
}

/// Holds what a claim that is submitted settles: no more than is outstanding, of its beneficiary's own advances.
pub(super) fn hold(tx: &mut Tx<'_>, claim: &ExpenseClaim) -> Result<(), Failure> {
    let content = &claim.content;
    if content.advances.is_empty() {
        return Ok(());
    }
    lock(tx, content)?;
    for change in held(tx, claim)? {
        advances::apply(tx, change)?;
    }
    Ok(())
}

/// What submitting a claim would hold of advances, refused where it could not.
pub(super) fn foresee(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<(), Failure> {
    held(reader, claim).map(|_| ())
}

/// What a claim holds of each advance that it settles.
fn held(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<Vec<Change<CashAdvance>>, Failure> {
    let (content, mut changes) = (&claim.content, Vec::new());
    for (index, settlement) in content.advances.iter().enumerate() {
        let advance = advances::find_unscoped(reader, settlement.advance)?;
        let at = |refusal: Refusal| refusal.at(format!("/advances/{index}"));
        if advance.petition.submitter != content.beneficiary.employee {
            let refusal = Refusal::new(NOT_THE_BENEFICIARYS).citing(Citation::rule("EXP-14"));
            return Err(at(refusal).into());
        }
        let when = (reader.now(), reader.today());
        changes.push(advance.hold(claim.id, settlement.amount, reader.actor(), when).map_err(at)?);
    }
    Ok(changes)
}

/// Moves what a claim holds of advances as the claim moves.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    let content = &after.content;
    let Some(taken) = ExpenseClaim::taken(before, after).filter(|_| !content.advances.is_empty()) else {
        return Ok(());
    };
    lock(tx, content)?;
    for Settlement { advance, amount } in content.settled()? {
        let advance: CashAdvance = advances::find_unscoped(tx, advance)?;
        let now = tx.now();
        let change = match taken {
            Taken::Kept => Some(advance.confirm(after.id, amount, now)?),
            Taken::GivenBack => advance.give_back(after.id, now),
        };
        if let Some(change) = change {
            advances::apply(tx, change)?;
        }
    }
    Ok(())
}

/// The numbers of the advances a claim settles, in its order.
pub(super) fn numbers(reader: &mut Reader<'_>, content: &ClaimContent) -> Result<Vec<String>, Failure> {
    content.advances.iter().map(|settlement| advances::number_of(reader, settlement.advance)).collect()
}
