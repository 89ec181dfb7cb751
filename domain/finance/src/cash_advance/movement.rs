//! What moves an advance after its approval: the pay-out, settlements by claims, repayments in cash. `[EXP-14]`

use super::*;
use crate::finance::{
    expense_claim::ExpenseClaim,
    journal::{JournalEntry, NO_ADVANCE_ACCOUNT, Posting, Role, Side},
};
use crate::spine::User;

/// How an advance was paid out, and the accounts it was posted to. Never changed; a mistaken one is reversed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Payout {
    /// The payment's reference in the ERP or at the bank.
    pub reference: String,
    /// The day the money moved.
    pub paid_on: BusinessDate,
    /// When it was confirmed here.
    pub confirmed_at: Timestamp,
    /// By whom.
    pub confirmed_by: Id<User>,
    /// 其他应收款—员工借款: debited.
    pub advance_account: String,
    /// 银行存款: credited.
    pub bank_account: String,
}

/// What settles an advance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Settled {
    /// A claim: held from its submission, final from its approval.
    ByClaim {
        /// The claim.
        claim: Id<ExpenseClaim>,
        /// Whether the claim is approved.
        approved: bool,
    },
    /// Cash paid back.
    InCash {
        /// Its reference: unique within the advance.
        reference: String,
    },
}

/// The name of what settles an advance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceMovementKind)]
pub enum MovementKind {
    /// Settled by a claim.
    Claim,
    /// Paid back.
    Repayment,
}

crate::labels! { MovementKind = "CashAdvanceMovementKind":
    Claim = "claim", "报销核销", "Settled by a claim";
    Repayment = "repayment", "还款", "Paid back";
}

/// One movement of an advance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Movement {
    /// What it is.
    pub settled: Settled,
    /// How much.
    pub amount: Money,
    /// The day it belongs to.
    pub on: BusinessDate,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
}

impl Movement {
    /// The claim that settles, if one does.
    pub fn claim(&self) -> Option<Id<ExpenseClaim>> {
        match &self.settled {
            Settled::ByClaim { claim, .. } => Some(*claim),
            Settled::InCash { .. } => None,
        }
    }
    fn is_final(&self) -> bool {
        !matches!(self.settled, Settled::ByClaim { approved: false, .. })
    }
}

impl CashAdvance {
    /// What was paid out and is neither settled nor held by a claim. Nothing before the pay-out.
    pub fn outstanding(&self) -> Money {
        let settled: i64 = self.movements.iter().map(|movement| movement.amount.minor()).sum();
        let paid = if self.payout.is_some() { self.content.amount.minor() } else { 0 };
        Money::from_minor((paid - settled).max(0), self.content.amount.currency())
    }

    /// How far it is settled; none before it is approved.
    pub fn settlement(&self, today: BusinessDate) -> Option<SettlementState> {
        let paid_on = self.payout.as_ref().map(|payout| payout.paid_on);
        SettlementState::of(self.petition.state(), paid_on, self.content.settle_on, today)
    }

    /// Whether exactly this pay-out is confirmed already: whoever lost the answer says it again.
    pub fn is_paid_out_as(&self, reference: &str, paid_on: BusinessDate) -> bool {
        self.payout.as_ref().is_some_and(|payout| payout.reference == reference && payout.paid_on == paid_on)
    }

    /// The money was paid out, once; checked by [`Self::check_payout`] in the same unit of work. Whoever says it
    /// again otherwise learns under which reference it is known.
    pub fn pay_out(
        self,
        reference: String,
        paid_on: BusinessDate,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
        rules: AdvanceRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        if let Some(payout) = &self.payout {
            return Err(self.already_paid_out(payout));
        }
        self.petition.expect_approved()?;
        self.refuse_reversed(ReversalKind::Payout, &reference)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 60);
        check_day(&mut findings, "/paid_on", paid_on, self.content.business_date, today);
        findings.into_result()?;
        let accounts = &rules.claims.content.accounts;
        let named = accounts.employee_advance.clone().zip(accounts.bank.clone());
        let (advance_account, bank_account) =
            named.ok_or_else(|| Refusal::new(NO_ADVANCE_ACCOUNT).citing(Citation::rule("EXP-14")))?;
        let payout = Payout {
            reference,
            paid_on,
            confirmed_at: now,
            confirmed_by: by.user,
            advance_account,
            bank_account,
        };
        let facts = json!({
            "number": self.petition.number, "amount": self.content.amount, "paid_on": paid_on,
            "settle_on": self.content.settle_on,
        });
        let after = Self { payout: Some(payout), ..self.clone() };
        Ok(Change::updated(self, after, PAID_OUT, facts))
    }

    pub(super) fn already_paid_out(&self, payout: &Payout) -> Refusal {
        Refusal::new(ALREADY_PAID_OUT)
            .with("number", self.petition.number.as_str())
            .with("reference", payout.reference.as_str())
            .citing(Citation::rule("EXP-14"))
    }

    /// Whether exactly this repayment is recorded already.
    pub fn is_repaid_as(&self, reference: &str, amount: Money, on: BusinessDate) -> bool {
        let said = |movement: &Movement| movement.amount == amount && movement.on == on;
        self.repayment(reference).is_some_and(said)
    }

    pub(super) fn repayment(&self, reference: &str) -> Option<&Movement> {
        let is_it = |movement: &&Movement| matches!(&movement.settled, Settled::InCash { reference: known } if known == reference);
        self.movements.iter().find(is_it)
    }

    /// Cash came back.
    pub fn repay(
        self,
        reference: String,
        amount: Money,
        on: BusinessDate,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let paid_on = self.expect_outstanding()?.paid_on;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 60);
        check_day(&mut findings, "/received_on", on, paid_on, today);
        if !amount.is_positive() {
            findings.add("/amount", codes::AMOUNT_NOT_POSITIVE);
        }
        findings.into_result()?;
        self.refuse_reversed(ReversalKind::Repayment, &reference)?;
        if self.repayment(&reference).is_some() {
            return Err(Refusal::new(REFERENCE_TAKEN).with("reference", reference).at("/reference"));
        }
        self.refuse_beyond(amount).map_err(|refusal| refusal.at("/amount"))?;
        let facts = json!({"number": self.petition.number, "amount": amount, "received_on": on});
        let mut after = self.clone();
        after.movements.push(Movement {
            settled: Settled::InCash { reference },
            amount,
            on,
            at: now,
            by: by.user,
        });
        Ok(self.changed(after, REPAID, facts, now))
    }

    /// A claim is submitted: it holds part of what is outstanding. What it held before is given back first.
    ///
    /// # Errors
    /// Where it is not paid out, or there is less outstanding.
    pub fn hold(
        self,
        claim: Id<ExpenseClaim>,
        amount: Money,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let mut after = self.clone();
        after.movements.retain(|movement| movement.claim() != Some(claim));
        after.expect_outstanding()?;
        after.refuse_beyond(amount)?;
        let settled = Settled::ByClaim { claim, approved: false };
        after.movements.push(Movement { settled, amount, on: today, at: now, by: by.user });
        let facts = json!({"number": self.petition.number, "claim_id": claim, "amount": amount});
        Ok(self.changed(after, SETTLED, facts, now))
    }

    /// The claim was approved: so much is settled for good, the rest is outstanding again.
    pub fn confirm(
        self,
        claim: Id<ExpenseClaim>,
        amount: Money,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let mut after = self.clone();
        for movement in after.movements.iter_mut().filter(|movement| movement.claim() == Some(claim)) {
            movement.amount =
                Money::from_minor(amount.minor().min(movement.amount.minor()), amount.currency());
            movement.settled = Settled::ByClaim { claim, approved: true };
        }
        after.movements.retain(|movement| movement.amount.is_positive());
        let facts = json!({"number": self.petition.number, "claim_id": claim, "amount": amount});
        Ok(self.changed(after, SETTLED, facts, now))
    }

    /// The claim came to nothing, or was reversed: what it settled is outstanding again.
    pub fn give_back(self, claim: Id<ExpenseClaim>, now: Timestamp) -> Option<Change<Self>> {
        let mut after = self.clone();
        after.movements.retain(|movement| movement.claim() != Some(claim));
        if after == self {
            return None;
        }
        let facts = json!({"number": self.petition.number, "claim_id": claim, "amount": self.content.amount});
        Some(self.changed(after, SETTLED, facts, now))
    }

    /// Refuses where nothing can be outstanding.
    pub fn expect_outstanding(&self) -> Result<&Payout, Refusal> {
        if let Some(payout) = &self.payout {
            return Ok(payout);
        }
        let refusal = Refusal::new(NOT_PAID_OUT).with("number", self.petition.number.as_str());
        Err(refusal.citing(Citation::rule("EXP-14")))
    }

    fn refuse_beyond(&self, amount: Money) -> Result<(), Refusal> {
        let outstanding = self.outstanding();
        if amount.currency() == outstanding.currency() && amount.minor() <= outstanding.minor() {
            return Ok(());
        }
        Err(Refusal::new(BEYOND_OUTSTANDING)
            .with("amount", amount.to_string())
            .with("outstanding", outstanding.to_string())
            .citing(Citation::rule("EXP-14")))
    }

    /// Closes it where nothing is left, and opens it again where something is.
    pub(super) fn changed(
        self,
        mut after: Self,
        kind: &'static EventKind,
        facts: serde_json::Value,
        now: Timestamp,
    ) -> Change<Self> {
        let settled = after.outstanding().is_zero() && after.movements.iter().all(Movement::is_final);
        let was = self.petition.state();
        let standing = match (was, settled) {
            (StandingState::Approved, true) => Standing::Closed { at: now, reason: None },
            (StandingState::Closed, false) => Standing::Approved { at: now },
            _ => after.petition.standing.clone(),
        };
        after.petition.standing = standing;
        let is = after.petition.state();
        let number = json!({"number": self.petition.number, "outstanding": after.outstanding()});
        let change = Change::updated(self, after, kind, facts);
        match (was, is) {
            (StandingState::Approved, StandingState::Closed) => change.and(CLOSED, number),
            (StandingState::Closed, StandingState::Approved) => change.and(REOPENED, number),
            _ => change,
        }
    }

    /// What its pay-outs, its repayments and their reversals mean for the general ledger, each a balanced entry, by day.
    /// What claims settle
    /// stands in the entries of the claims. `[EXP-9]`
    pub fn entries(&self) -> Vec<JournalEntry> {
        let mut entries: Vec<JournalEntry> = self.reversals.iter().flat_map(Reversal::entries).collect();
        if let Some(payout) = &self.payout {
            let accounts = (payout.advance_account.as_str(), payout.bank_account.as_str());
            entries.push(cash_entry(payout.paid_on, self.content.amount, true, accounts));
            let repaid = self.movements.iter().filter(|movement| movement.claim().is_none());
            entries.extend(repaid.map(|movement| cash_entry(movement.on, movement.amount, false, accounts)));
        }
        entries.sort_by_key(|entry| entry.date);
        entries
    }
}

/// Money that goes out to an employee, or comes back, on the accounts of advances and of the bank.
pub(super) fn cash_entry(
    date: BusinessDate,
    amount: Money,
    goes_out: bool,
    (advance_account, bank_account): (&str, &str),
) -> JournalEntry {
    let posting = |side, role, account: &str| Posting {
        side,
        role,
        account: account.to_owned(),
        line: None,
        cost_centre: None,
        amount,
        remainder: Money::zero(amount.currency()),
    };
    let (advance, bank) = if goes_out { (Side::Debit, Side::Credit) } else { (Side::Credit, Side::Debit) };
    let mut postings =
        vec![posting(advance, Role::Advance, advance_account), posting(bank, Role::Bank, bank_account)];
    postings.sort_by_key(|posting| posting.side == Side::Credit);
    JournalEntry { date, currency: amount.currency(), postings }
}

/// Money moves on a day that has come, and not before what it belongs to.
pub(super) fn check_day(
    findings: &mut Findings,
    pointer: &str,
    day: BusinessDate,
    earliest: BusinessDate,
    today: BusinessDate,
) {
    let date = ("date", json!(day));
    if day > today {
        findings.add_with(pointer, DATE_IN_FUTURE, [date]);
    } else if day < earliest {
        findings.add_with(pointer, DATE_TOO_EARLY, [date, ("earliest", json!(earliest))]);
    }
}
