//! Money that reached the beneficiary. "Paid" and "partially paid" are derived from these entries. `[EXP-9]`

use super::{expense_claim::hand_over::HandedOver, expense_claim::*, wording};
use crate::spine::{
    Actor, BusinessDate, Change, Citation, Findings, Id, Money, Refusal, RefusalCode, Timestamp, User, codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { PAYMENT_REFUSALS:
    NOT_POSTED = "payment.not_posted", Conflict, "报销单 {number} 尚未入账，不能付款", "Claim {number} is not posted yet and cannot be paid";
    OVERPAID = "payment.overpaid", Conflict, "付款 {amount} 超过未付金额 {open}", "The payment of {amount} is more than the {open} that is open";
    REFERENCE_TAKEN = "payment.already_confirmed", Conflict, "付款流水号“{reference}”已确认，内容不同", "The payment \"{reference}\" was confirmed with other content";
    BEING_REVERSED = "payment.being_reversed", Conflict, "报销单 {number} 正在冲销，不能付款", "Claim {number} is being reversed and cannot be paid";
    BEFORE_POSTING = "payment.before_posting", Invalid, "付款日期 {date} 早于入账日期 {posted_on}", "The payment date {date} lies before the posting date {posted_on}";
}

crate::events! { PAYMENT_EVENTS:
    PARTIALLY_PAID = "expense_claim.partially_paid", "报销单已部分付款", "Part of an expense claim was paid";
    PAID = "expense_claim.paid", "报销单已付清", "An expense claim was paid in full";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PAYMENT_REFUSALS],
    events: &[PAYMENT_EVENTS],
    enums: &[PaidState::LABELS],
};

/// What the ERP says about one payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaymentNotice {
    /// The payment's reference in the ERP or at the bank: unique within the claim.
    pub reference: String,
    /// How much, in the book currency.
    pub amount: Money,
    /// The day the money moved.
    pub paid_on: BusinessDate,
}

/// One payment as it was confirmed. Never changed, never removed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// What was said.
    pub notice: PaymentNotice,
    /// When it was confirmed here.
    pub confirmed_at: Timestamp,
    /// By whom.
    pub confirmed_by: Id<User>,
}

/// How far a posted claim is paid: derived, never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpensePaidStatus)]
pub enum PaidState {
    /// Nothing yet.
    Unpaid,
    /// Some, not all.
    PartiallyPaid,
    /// All of it, or nothing was owed.
    Paid,
}

crate::labels! { PaidState = "ExpensePaidStatus":
    Unpaid = "unpaid", "未付款", "Unpaid";
    PartiallyPaid = "partially_paid", "部分付款", "Partially paid";
    Paid = "paid", "已付清", "Paid";
}

impl PaidState {
    /// The state that follows from what is owed and what has been paid.
    pub fn of(payable: Money, paid: Money) -> Self {
        if paid.minor() >= payable.minor() {
            Self::Paid
        } else if paid.is_zero() {
            Self::Unpaid
        } else {
            Self::PartiallyPaid
        }
    }
}

impl ExpenseClaim {
    /// What has been paid so far, in the book currency.
    pub fn paid(&self) -> Money {
        let book = self.content.exchange.book;
        Money::from_minor(self.payments.iter().map(|p| p.notice.amount.minor()).sum(), book)
    }

    /// How far it is paid, once it is posted.
    pub fn paid_state(&self) -> Option<PaidState> {
        let posted = self.state() == ClaimState::Posted;
        let payable = self.payable().ok()?;
        posted.then(|| PaidState::of(payable, self.paid()))
    }

    /// Finance or the ERP confirms a payment; parts are allowed, more than is owed never. The same
    /// reference with the same content answers [`HandedOver::Already`].
    pub fn confirm_payment(
        self,
        notice: PaymentNotice,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<HandedOver, Refusal> {
        if let Some(known) = self.payments.iter().find(|p| p.notice.reference == notice.reference) {
            if known.notice == notice {
                return Ok(HandedOver::already(self));
            }
            return Err(refuse(REFERENCE_TAKEN).with("reference", notice.reference).at("/reference"));
        }
        self.check_payment(&notice, today)?;
        let payable = self.payable()?;
        let mut after = self.clone();
        let facts = json!({
            "number": after.petition.number, "reference": notice.reference,
            "amount": notice.amount, "paid_on": notice.paid_on,
        });
        after.payments.push(Payment { notice, confirmed_at: now, confirmed_by: by.user });
        let kind = if after.paid() == payable { PAID } else { PARTIALLY_PAID };
        Ok(HandedOver::now(Change::updated(self, after, kind, facts)))
    }

    fn check_payment(&self, notice: &PaymentNotice, today: BusinessDate) -> Result<(), Refusal> {
        if self.reversal.is_some() {
            return Err(refuse(BEING_REVERSED).with("number", self.petition.number.as_str()));
        }
        self.hand_over_stage(hand_over::Stage::Posted)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &notice.reference, 60);
        findings.into_result()?;
        let Some(voucher) = self.voucher() else {
            return Err(refuse(NOT_POSTED).with("number", self.petition.number.as_str()));
        };
        let book = self.content.exchange.book;
        if notice.amount.currency() != book {
            return Err(refuse(codes::WRONG_CURRENCY).with("expected", book.code()).at("/amount/currency"));
        }
        if !notice.amount.is_positive() {
            return Err(refuse(codes::AMOUNT_NOT_POSITIVE).at("/amount"));
        }
        if notice.paid_on < voucher.posted_on {
            return Err(refuse(BEFORE_POSTING)
                .with("date", notice.paid_on.to_string())
                .with("posted_on", voucher.posted_on.to_string())
                .at("/paid_on"));
        }
        if notice.paid_on > today {
            return Err(refuse(DATE_IN_FUTURE).with("date", notice.paid_on.to_string()).at("/paid_on"));
        }
        let open = self.payable()?.minor() - self.paid().minor();
        if notice.amount.minor() > open {
            return Err(refuse(OVERPAID)
                .with("amount", notice.amount.to_string())
                .with("open", Money::from_minor(open, book).to_string())
                .at("/amount"));
        }
        Ok(())
    }
}

fn refuse(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("EXP-9"))
}
