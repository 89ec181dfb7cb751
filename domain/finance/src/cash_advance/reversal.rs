//! Undoing a pay-out or a repayment that was recorded by mistake: a counter-entry beside it, never a deletion. What was
//! recorded stays readable and keeps its reference; the money counts no more. `[EXP-14, EXP-9]`

use super::*;
use crate::finance::{cash_advance::movement::Settled, journal::JournalEntry};
use crate::spine::User;

crate::refusals! { CASH_ADVANCE_REVERSAL_REFUSALS:
    PAYOUT_SETTLED = "cash_advance.payout_settled", Conflict, "借款已核销或还款 {settled}，须先冲销这些，才能冲销付款", "{settled} of the advance are settled or paid back; the pay-out can only be reversed after these";
    NO_SUCH_REPAYMENT = "cash_advance.no_such_repayment", Conflict, "没有流水号为“{reference}”的还款", "There is no repayment \"{reference}\"";
    NOTHING_REPAID = "cash_advance.nothing_repaid", Conflict, "借款没有还款记录", "Nothing of the advance was paid back";
    REVERSED_REFERENCE = "cash_advance.reversed_reference", Conflict, "流水号“{reference}”已于 {day} 冲销，不能再用", "\"{reference}\" was reversed on {day} and is not used again";
    REVERSAL_TAKEN = "cash_advance.reversal_taken", Conflict, "冲销流水号“{reference}”已登记", "The reversal \"{reference}\" is recorded already";
}

/// What a counter-entry undoes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceReversalKind)]
pub enum ReversalKind {
    /// The pay-out.
    Payout,
    /// A repayment.
    Repayment,
}

crate::labels! { ReversalKind = "CashAdvanceReversalKind":
    Payout = "payout", "付款冲销", "Pay-out reversed";
    Repayment = "repayment", "还款冲销", "Repayment reversed";
}

/// Money that moved, as it was recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CashEntry {
    /// The payment's reference.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The day it moved.
    pub on: BusinessDate,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
}

/// A counter-entry with what it undoes. Never changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reversal {
    /// What it undoes.
    pub kind: ReversalKind,
    /// The same as it was recorded.
    pub original: CashEntry,
    /// Its own reference: unique within the advance for its kind.
    pub reference: String,
    /// The day it belongs to: not before what it undoes, in an open month.
    pub on: BusinessDate,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
    /// 其他应收款—员工借款, as it was posted.
    pub advance_account: String,
    /// 银行存款, as it was posted.
    pub bank_account: String,
}

/// What a caller says of a counter-entry.
#[derive(Clone, Debug)]
pub struct Undoing {
    /// Its reference in the ERP or at the bank.
    pub reference: String,
    /// The day it belongs to.
    pub on: BusinessDate,
    /// Why.
    pub reason: String,
}

impl Reversal {
    /// The entries of what was recorded and of what undoes it, each balanced.
    pub(super) fn entries(&self) -> [JournalEntry; 2] {
        let accounts = (self.advance_account.as_str(), self.bank_account.as_str());
        let goes_out = self.kind == ReversalKind::Payout;
        let entry = |on, goes_out| movement::cash_entry(on, self.original.amount, goes_out, accounts);
        [entry(self.original.on, goes_out), entry(self.on, !goes_out)]
    }
}

/// What was recorded by mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mistake {
    /// The pay-out.
    Payout,
    /// The repayment with this reference.
    Repayment(String),
}

impl Mistake {
    fn is_undone_by(&self, known: &Reversal) -> bool {
        match self {
            Self::Payout => known.kind == ReversalKind::Payout,
            Self::Repayment(reference) => {
                known.kind == ReversalKind::Repayment && known.original.reference == *reference
            }
        }
    }
}

impl CashAdvance {
    /// Whether exactly this counter-entry is recorded already: whoever lost the answer says it again.
    pub fn is_reversed_as(&self, mistake: &Mistake, undoing: &Undoing) -> bool {
        self.reversals.iter().any(|known| {
            mistake.is_undone_by(known) && known.reference == undoing.reference && known.on == undoing.on
        })
    }

    /// Undoes what was recorded by mistake.
    ///
    /// # Errors
    /// Those of [`Self::reverse_payout`] and [`Self::reverse_repayment`].
    pub fn reverse(
        self,
        mistake: &Mistake,
        undoing: Undoing,
        by: &Actor,
        when: (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        match mistake {
            Mistake::Payout => self.reverse_payout(undoing, by, when),
            Mistake::Repayment(reference) => self.reverse_repayment(reference, undoing, by, when),
        }
    }

    /// The pay-out was a mistake: the advance is approved and not paid out again, and may be revoked.
    ///
    /// # Errors
    /// Where it is not paid out, or something settled it: then more would be settled than was paid out.
    pub fn reverse_payout(
        self,
        undoing: Undoing,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_reverse_payout()?;
        let payout = self.expect_outstanding()?.clone();
        let original = CashEntry {
            reference: payout.reference.clone(),
            amount: self.content.amount,
            on: payout.paid_on,
            at: payout.confirmed_at,
            by: payout.confirmed_by,
        };
        let reversal =
            self.counter_entry((ReversalKind::Payout, original), &payout, undoing, by, (now, today))?;
        let facts = self.facts_of(&reversal);
        let mut after = Self { payout: None, ..self.clone() };
        after.reversals.push(reversal);
        Ok(Change::updated(self, after, PAYOUT_REVERSED, facts))
    }

    /// Whether its pay-out could be reversed now.
    pub fn may_reverse_payout(&self) -> Result<(), Refusal> {
        self.expect_outstanding()?;
        if self.movements.is_empty() {
            return Ok(());
        }
        let settled = self.movements.iter().map(|movement| movement.amount.minor()).sum();
        let settled = Money::from_minor(settled, self.content.amount.currency());
        let refusal = Refusal::new(PAYOUT_SETTLED).with("settled", settled.to_string());
        Err(refusal.citing(Citation::rule("EXP-14")))
    }

    /// A repayment was a mistake: what it settled is outstanding again.
    ///
    /// # Errors
    /// Where no such repayment counts.
    pub fn reverse_repayment(
        self,
        repayment: &str,
        undoing: Undoing,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let payout = self.expect_outstanding()?.clone();
        let Some(movement) = self.repayment(repayment).cloned() else {
            self.refuse_reversed(ReversalKind::Repayment, repayment)?;
            return Err(Refusal::new(NO_SUCH_REPAYMENT).with("reference", repayment).at("/repayment"));
        };
        let original = CashEntry {
            reference: repayment.to_owned(),
            amount: movement.amount,
            on: movement.on,
            at: movement.at,
            by: movement.by,
        };
        let reversal =
            self.counter_entry((ReversalKind::Repayment, original), &payout, undoing, by, (now, today))?;
        let facts = self.facts_of(&reversal);
        let mut after = self.clone();
        after
            .movements
            .retain(|one| !matches!(&one.settled, Settled::InCash { reference } if reference == repayment));
        after.reversals.push(reversal);
        Ok(self.changed(after, REPAYMENT_REVERSED, facts, now))
    }

    /// Whether there is a repayment that could be reversed now.
    pub fn may_reverse_a_repayment(&self) -> Result<(), Refusal> {
        self.expect_outstanding()?;
        if self.movements.iter().any(|movement| movement.claim().is_none()) {
            return Ok(());
        }
        Err(Refusal::new(NOTHING_REPAID).citing(Citation::rule("EXP-14")))
    }

    /// Refuses a reference that was reversed: what was undone is not done again by whoever repeats it.
    pub(super) fn refuse_reversed(&self, kind: ReversalKind, reference: &str) -> Result<(), Refusal> {
        let undone = |known: &&Reversal| known.kind == kind && known.original.reference == reference;
        let Some(known) = self.reversals.iter().find(undone) else { return Ok(()) };
        let refusal =
            Refusal::new(REVERSED_REFERENCE).with("reference", reference).with("day", known.on.to_string());
        Err(refusal.citing(Citation::rule("EXP-14")).at("/reference"))
    }

    fn facts_of(&self, reversal: &Reversal) -> serde_json::Value {
        json!({
            "number": self.petition.number, "reference": reversal.reference, "reverses": reversal.original.reference,
            "amount": reversal.original.amount, "reversed_on": reversal.on, "reason": reversal.reason,
        })
    }

    fn counter_entry(
        &self,
        (kind, original): (ReversalKind, CashEntry),
        payout: &Payout,
        undoing: Undoing,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Reversal, Refusal> {
        let Undoing { reference, on, reason } = undoing;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 60);
        wording::check(&mut findings, "/reason", &reason, 500);
        movement::check_day(&mut findings, "/reversed_on", on, original.on, today);
        findings.into_result()?;
        if self.reversals.iter().any(|known| known.kind == kind && known.reference == reference) {
            return Err(Refusal::new(REVERSAL_TAKEN).with("reference", reference).at("/reference"));
        }
        let (advance_account, bank_account) = (payout.advance_account.clone(), payout.bank_account.clone());
        Ok(Reversal {
            kind,
            original,
            reference,
            on,
            reason,
            at: now,
            by: by.user,
            advance_account,
            bank_account,
        })
    }
}
