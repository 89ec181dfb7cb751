//! Money that reached the beneficiary. "Paid" and "partially paid" are derived from these entries. `[EXP-9]`

/// Payments that the bank returned.
pub mod refund;

use super::{expense_claim::hand_over::HandedOver, expense_claim::*, wording};
use crate::spine::{
    Actor, BusinessDate, Change, Citation, Findings, Id, Money, Refusal, RefusalCode, Timestamp, User, codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { PAYMENT_REFUSALS:
    NOT_POSTED = "payment.not_posted", Conflict, "单据 {number} 尚未入账，不能登记付款", "{number} has not been posted yet, so no payment of it can be recorded";
    OVERPAID = "payment.overpaid", Conflict, "付款 {amount} 超过尚未结清的金额 {open}", "The payment of {amount} exceeds the {open} that has yet to be settled";
    REFERENCE_TAKEN = "payment.already_confirmed", Conflict, "付款流水号“{reference}”已确认，内容不同", "The payment \"{reference}\" was confirmed with other content";
    BEING_REVERSED = "payment.being_reversed", Conflict, "单据 {number} 正在冲销，不能再登记付款", "{number} is being reversed, so no payment of it can be recorded";
    NOTHING_OPEN = "payment.nothing_open", Conflict, "单据 {number} 的款项已全部结清", "Everything on {number} has been settled already";
    TO_BE_COLLECTED = "payment.to_be_collected", Invalid, "冲销单 {number} 的款项应向收款人收回，收回的金额须填写负数", "Counter-document {number} is money to be got back; state what came back as a negative amount";
    BEFORE_POSTING = "payment.before_posting", Invalid, "付款日期 {date} 早于入账日期 {posted_on}", "The payment date {date} lies before the posting date {posted_on}";
}

crate::events! { PAYMENT_EVENTS:
    PARTIALLY_PAID = "expense_claim.partially_paid", "报销单已部分付款", "Part of an expense claim was paid";
    REPAID = "expense_claim.repaid", "冲销款已全部收回", "All that a reversed claim had paid was paid back";
    PARTIALLY_REPAID = "expense_claim.partially_repaid", "冲销款已部分收回", "Part of what a reversed claim had paid was paid back";
    PAID = "expense_claim.paid", "报销单已付清", "An expense claim was paid in full";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PAYMENT_REFUSALS, refund::REFUND_REFUSALS],
    events: &[PAYMENT_EVENTS, refund::REFUND_EVENTS],
    enums: &[PaidState::LABELS, Direction::LABELS],
};

/// Which way money moves: with the sign of the amount, so that no program pays what is to be got back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentDirection)]
pub enum Direction {
    /// To the beneficiary: amounts are positive.
    Pay,
    /// Back from the beneficiary, on a counter-document: amounts are negative.
    Collect,
}

crate::labels! { Direction = "PaymentDirection":
    Pay = "pay", "付款", "Pay";
    Collect = "collect", "收回", "Collect";
}

/// What the ERP says about one payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaymentNotice {
    /// The payment's reference in the ERP or at the bank: unique within the claim.
    pub reference: String,
    /// How much, in the book currency; negative where money comes back on a counter-document.
    pub amount: Money,
    /// The day the money moved.
    pub paid_on: BusinessDate,
}

/// One payment as it was confirmed. Never changed, never removed; where the bank returned it that stands beside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// What was said.
    pub notice: PaymentNotice,
    /// When it was confirmed here.
    pub confirmed_at: Timestamp,
    /// By whom.
    pub confirmed_by: Id<User>,
    /// 退汇: that the bank returned it; it counts no more.
    pub returned: Option<refund::ReturnedPayment>,
}

impl Payment {
    /// What of it counts.
    pub fn counts(&self) -> i64 {
        if self.returned.is_some() { 0 } else { self.notice.amount.minor() }
    }
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
        if paid.minor() == payable.minor() {
            Self::Paid
        } else if paid.is_zero() {
            Self::Unpaid
        } else {
            Self::PartiallyPaid
        }
    }
}

impl ExpenseClaim {
    /// Which way its money moves.
    pub const fn direction(&self) -> Direction {
        if self.reverses.is_some() { Direction::Collect } else { Direction::Pay }
    }

    /// What has been paid so far, in the book currency; negative on a counter-document, where it was paid back.
    pub fn paid(&self) -> Money {
        let book = self.content.exchange.book;
        Money::from_minor(self.payments.iter().map(Payment::counts).sum(), book)
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
            "number": after.petition.number, "reference": notice.reference, "direction": after.direction(),
            "amount": notice.amount, "paid_on": notice.paid_on, "payable": payable,
            "reverses": after.reverses.as_ref().map(|of| of.number.as_str()),
        });
        after.payments.push(Payment { notice, confirmed_at: now, confirmed_by: by.user, returned: None });
        let kind = match (after.direction(), after.paid() == payable) {
            (Direction::Pay, true) => PAID,
            (Direction::Pay, false) => PARTIALLY_PAID,
            (Direction::Collect, true) => REPAID,
            (Direction::Collect, false) => PARTIALLY_REPAID,
        };
        Ok(HandedOver::now(Change::updated(self, after, kind, facts)))
    }

    /// Whether a payment could be confirmed now.
    pub(crate) fn may_confirm_payment(&self) -> Result<(), Refusal> {
        self.may_move_money()?;
        if self.payable()? == self.paid() {
            return Err(refuse(NOTHING_OPEN).with("number", self.petition.number.as_str()));
        }
        Ok(())
    }

    /// Whether its money may move at all: it is in the ledger, and nothing undoes it.
    fn may_move_money(&self) -> Result<(), Refusal> {
        if self.reversal.is_some() {
            return Err(refuse(BEING_REVERSED).with("number", self.petition.number.as_str()));
        }
        self.hand_over_stage(hand_over::Stage::Posted)
    }

    fn check_payment(&self, notice: &PaymentNotice, today: BusinessDate) -> Result<(), Refusal> {
        self.may_move_money()?;
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
        match self.direction() {
            Direction::Pay if !notice.amount.is_positive() => {
                return Err(refuse(codes::AMOUNT_NOT_POSITIVE).at("/amount"));
            }
            Direction::Collect if notice.amount.minor() >= 0 => {
                return Err(refuse(TO_BE_COLLECTED)
                    .with("number", self.petition.number.as_str())
                    .at("/amount"));
            }
            _ => {}
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
        if notice.amount.minor().abs() > open.abs() {
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
