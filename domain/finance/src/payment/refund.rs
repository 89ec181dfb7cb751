//! 退汇: a payment that the bank returned. What was confirmed stays readable and keeps its reference; the money counts no
//! more, and the claim is to be paid again without being reversed. `[EXP-9]`

use super::*;

crate::refusals! { REFUND_REFUSALS:
    NO_SUCH_PAYMENT = "payment.unknown", Conflict, "报销单 {number} 没有流水号为“{payment}”的付款", "Claim {number} has no payment \"{payment}\"";
    NOTHING_PAID = "payment.nothing_paid", Conflict, "报销单 {number} 没有可退汇的付款", "Claim {number} has no payment that could have been returned";
    ALREADY_RETURNED = "payment.already_returned", Conflict, "付款“{payment}”已于 {date} 退汇，退汇流水号为“{reference}”", "Payment \"{payment}\" was returned on {date} already, under \"{reference}\"";
    BEFORE_PAYMENT = "payment.returned_before_paid", Invalid, "退汇日期 {date} 早于付款日期 {paid_on}", "The date of the return {date} lies before the payment of {paid_on}";
}

crate::events! { REFUND_EVENTS:
    PAYMENT_RETURNED = "expense_claim.payment_returned", "报销付款已被退汇", "The bank returned a payment of an expense claim";
}

/// What the ERP says about a payment that came back.
#[derive(Clone, Debug)]
pub struct ReturnNotice {
    /// The reference of the payment.
    pub payment: String,
    /// The reference of its return.
    pub reference: String,
    /// The day the money came back.
    pub returned_on: BusinessDate,
    /// The bank's words.
    pub reason: String,
}

/// That the bank returned a payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReturnedPayment {
    /// The reference of the return.
    pub reference: String,
    /// The day the money came back.
    pub on: BusinessDate,
    /// The bank's words.
    pub reason: String,
    /// When it was recorded here.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
}

impl ExpenseClaim {
    /// The bank returned a payment: it counts no more, and so much is owed again. The same said again answers
    /// [`HandedOver::Already`].
    ///
    /// # Errors
    /// Where there is no such payment, it was returned otherwise, or the claim is being reversed.
    pub fn return_payment(
        self,
        notice: ReturnNotice,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<HandedOver, Refusal> {
        let ReturnNotice { payment, reference, returned_on: on, reason } = notice;
        let found = self.payments.iter().position(|known| known.notice.reference == payment);
        let missing = || refuse(NO_SUCH_PAYMENT).with("number", self.petition.number.as_str());
        let Some(at) = found else {
            self.hand_over_stage(hand_over::Stage::Posted)?;
            return Err(missing().with("payment", payment).at("/payment"));
        };
        if let Some(known) = &self.payments[at].returned {
            if known.reference == reference && known.on == on {
                return Ok(HandedOver::already(self));
            }
            return Err(refuse(ALREADY_RETURNED)
                .with("payment", payment)
                .with("date", known.on.to_string())
                .with("reference", known.reference.as_str())
                .at("/payment"));
        }
        self.check_return(&self.payments[at].notice, &reference, on, &reason, today)?;
        let mut after = self.clone();
        after.payments[at].returned = Some(ReturnedPayment {
            reference: reference.clone(),
            on,
            reason: reason.clone(),
            at: now,
            by: by.user,
        });
        let facts = json!({
            "number": self.petition.number, "payment": payment, "reference": reference, "returned_on": on,
            "reason": reason, "direction": self.direction(), "amount": self.payments[at].notice.amount,
            "paid": after.paid(), "payable": self.payable()?,
        });
        Ok(HandedOver::now(Change::updated(self, after, PAYMENT_RETURNED, facts)))
    }

    /// Whether there is a payment that the bank could have returned.
    pub(crate) fn may_return_payment(&self) -> Result<(), Refusal> {
        self.may_move_money()?;
        if self.payments.iter().any(|payment| payment.returned.is_none()) {
            return Ok(());
        }
        Err(refuse(NOTHING_PAID).with("number", self.petition.number.as_str()))
    }

    fn check_return(
        &self,
        paid: &PaymentNotice,
        reference: &str,
        on: BusinessDate,
        reason: &str,
        today: BusinessDate,
    ) -> Result<(), Refusal> {
        self.may_move_money()?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", reference, 60);
        wording::check(&mut findings, "/reason", reason, 500);
        let date = ("date", json!(on));
        if on > today {
            findings.add_with("/returned_on", DATE_IN_FUTURE, [date]);
        } else if on < paid.paid_on {
            findings.add_with("/returned_on", BEFORE_PAYMENT, [date, ("paid_on", json!(paid.paid_on))]);
        }
        findings.into_result()
    }
}
