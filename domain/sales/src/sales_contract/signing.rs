//! An approved contract is signed as it was approved, or given up before. `[CON-1]`

use super::*;
use crate::{
    approval::{Standing, check_reason},
    dated,
    spine::{EmployeeId, Findings, wording},
};
use serde::Deserialize;

/// That a contract was signed: by then everything about its sale is known, and freezes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signature {
    /// The day it bears.
    pub on: BusinessDate,
    /// When the server learnt of it.
    pub at: Timestamp,
    /// Who took it from the customer.
    pub taken_by: EmployeeId,
    /// Where the signed original is: 1 to 200 characters.
    pub original: String,
}

impl SalesContract {
    /// Whether a caller may sign it or give it up now: whoever drew it up, and whoever supervises contracts of the department.
    ///
    /// # Errors
    /// `sales_contract.not_approved`; a stranger.
    pub fn may_sign(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.reach(Permission::SuperviseContracts).covers(self.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        if self.state() == SalesContractState::Approved { Ok(()) } else { Err(self.refuse(NOT_APPROVED)) }
    }

    /// Signs it: the version that was approved, as nothing changes one; from the day of its approval until the last day on which
    /// that may be.
    ///
    /// # Errors
    /// `sales_contract.not_approved`, `sales_contract.signed_ahead`, `sales_contract.signed_before_approval`,
    /// `sales_contract.lapsed`.
    pub fn sign(
        self,
        signature: Signature,
        by: &Actor,
        today: BusinessDate,
        (approved, last): (BusinessDate, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_sign(by)?;
        if last < today {
            return Err(self.refuse(LAPSED).with("date", json!(last)));
        }
        let mut findings = Findings::new();
        wording::check(&mut findings, "/original", &signature.original, 200);
        let codes = (SIGNED_BEFORE_APPROVAL, SIGNED_AHEAD);
        dated::check(&mut findings, "/signed_on", signature.on, (approved, today), codes);
        findings.into_result().map_err(cite)?;
        let mut facts = self.all_facts();
        facts.insert("signed_on".to_owned(), json!(signature.on));
        facts.insert("taken_by".to_owned(), json!(signature.taken_by));
        let after = Self { signature: Some(signature), ..self.clone() };
        facts.insert("state".to_owned(), json!(after.state_code()));
        Ok(Change::updated(self, after, SIGNED, facts.into()))
    }

    /// Gives it up before it is signed; only once nothing of what was collected is left on it.
    ///
    /// # Errors
    /// `sales_contract.not_approved`, `sales_contract.still_holds_money`.
    pub fn cancel(
        self,
        reason: String,
        collected: i64,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_sign(by)?;
        check_reason(&reason)?;
        if collected != 0 {
            return Err(cite(Refusal::new(STILL_HOLDS_MONEY).with("number", self.petition.number.clone())));
        }
        Ok(self.moved(Standing::Revoked { at: now, reason }, CANCELLED))
    }
}
