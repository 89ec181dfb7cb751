//! What only some claims have, in rows of their own beside a claim's: how it stands with the ledger, what it undoes, by
//! what it is known in another system. A claim of which there is nothing to say has no such row.

use crate::{
    organisation::unless_taken,
    schema::{
        expense_claim_hand_overs as hand_overs, expense_claim_mirrors as mirrors,
        expense_claim_reversals as reversals,
    },
    spine::{Failure, Instant, Key, Tx, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::expense_claim::{
        Acknowledgement, ClaimStatus, ExpenseClaim, External, PostingRefusal, Return, Voucher,
    },
    spine::BusinessDate,
};

/// What was found beside the row of a claim.
pub(super) type Parts = (Option<HandOver>, Option<Reversal>, Option<Mirror>);

/// How a claim stands with the ledger.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, PartialEq, Debug)]
#[diesel(table_name = hand_overs, primary_key(claim_id))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct HandOver {
    claim_id: Key,
    pub not_ready: Option<String>,
    refusal_code: Option<String>,
    refusal_text: Option<String>,
    acknowledged_reference: Option<String>,
    acknowledged_at: Option<Instant>,
    acknowledged_by_id: Option<Key>,
    voucher_year: Option<i32>,
    posted_on: Option<BusinessDate>,
}

/// Why a claim undoes another, and which one undoes it.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, PartialEq, Debug)]
#[diesel(table_name = reversals, primary_key(claim_id))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Reversal {
    claim_id: Key,
    pub reason: Option<String>,
    pub reversal_id: Option<Key>,
}

/// By what a claim is known in another system; never another once it is made.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mirrors)]
pub(super) struct Mirror {
    claim_id: Key,
    source: String,
    external_reference: String,
}

impl HandOver {
    /// What there is to say of a claim, if anything.
    fn of(claim: &ExpenseClaim) -> Result<Option<Self>, Failure> {
        let refusal = match &claim.status {
            ClaimStatus::Returned { because: Return::Erp(refusal), .. } => Some(refusal),
            _ => None,
        };
        let (acknowledgement, voucher) = (claim.status.acknowledgement(), claim.status.voucher());
        if claim.not_ready.is_none() && refusal.is_none() && acknowledgement.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            claim_id: claim.id.into(),
            not_ready: claim.not_ready.as_ref().map(serde_json::to_string).transpose()?,
            refusal_code: refusal.map(|refusal| refusal.code.clone()),
            refusal_text: refusal.map(|refusal| refusal.text.clone()),
            acknowledged_reference: acknowledgement.map(|a| a.reference.clone()),
            acknowledged_at: acknowledgement.map(|a| a.at.into()),
            acknowledged_by_id: acknowledgement.map(|a| a.by.into()),
            voucher_year: voucher.map(|voucher| voucher.year),
            posted_on: voucher.map(|voucher| voucher.posted_on),
        }))
    }

    /// Why the ledger refused the claim.
    pub fn refusal(&self) -> Option<PostingRefusal> {
        let (code, text) = self.refusal_code.clone().zip(self.refusal_text.clone())?;
        Some(PostingRefusal { code, text })
    }

    /// How finance took it.
    pub fn acknowledgement(&self) -> Option<Acknowledgement> {
        let (reference, at) = self.acknowledged_reference.clone().zip(self.acknowledged_at)?;
        Some(Acknowledgement { reference, at: at.into(), by: self.acknowledged_by_id?.into() })
    }

    /// Where it stands in the ledger, under this number.
    pub fn voucher(&self, number: String) -> Option<Voucher> {
        Some(Voucher { number, year: self.voucher_year?, posted_on: self.posted_on? })
    }
}

impl Reversal {
    /// How a claim takes part in a reversal, if it does.
    fn of(claim: &ExpenseClaim) -> Option<Self> {
        let reason = claim.reverses.as_ref().map(|reverses| reverses.reason.clone());
        let reversal_id = claim.reversal.map(Key::from);
        let takes_part = reason.is_some() || reversal_id.is_some();
        takes_part.then(|| Self { claim_id: claim.id.into(), reason, reversal_id })
    }
}

impl From<Mirror> for External {
    fn from(mirror: Mirror) -> Self {
        let Mirror { claim_id: _, source, external_reference: external_id } = mirror;
        Self { source, external_id }
    }
}

/// Writes a part of a claim where it changed: it begins, is another, or is no more.
macro_rules! save_part {
    ($tx:expr, $table:ident, $before:expr, $after:expr) => {
        match ($before, $after) {
            (before, after) if before == after => {}
            (None, Some(row)) => {
                db!($tx, |c| cached(diesel::insert_into($table::table).values(row)).execute(c))?;
            }
            (Some(_), Some(row)) => {
                let mine = $table::table.find(row.claim_id);
                db!($tx, |c| cached(diesel::update(mine).set(row)).execute(c))?;
            }
            (Some(row), None) => {
                let mine = $table::table.find(row.claim_id);
                db!($tx, |c| cached(diesel::delete(mine)).execute(c))?;
            }
            (None, None) => {}
        }
    };
}

/// Writes the parts of a claim that changed; refuses what is known already by its identity in another system.
pub(super) fn save(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    claim: &ExpenseClaim,
) -> Result<(), Failure> {
    let known = before.map(HandOver::of).transpose()?.flatten();
    save_part!(tx, hand_overs, &known, &HandOver::of(claim)?);
    save_part!(tx, reversals, &before.and_then(Reversal::of), &Reversal::of(claim));
    let (None, Some(External { source, external_id })) = (before, &claim.external) else { return Ok(()) };
    let row =
        Mirror { claim_id: claim.id.into(), source: source.clone(), external_reference: external_id.clone() };
    let insert = db!(tx, |c| cached(diesel::insert_into(mirrors::table).values(&row)).execute(c));
    unless_taken(insert, "/external_id", external_id)?;
    Ok(())
}
