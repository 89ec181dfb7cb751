//! The course of a quotation: revised as its next version, sent, accepted or not, made a contract once. `[SAL-3]`

use super::{
    ACCEPTED, CHANGED, CONVERTED, DECLINED, Quotation, QuotationAction, QuotationContent, QuotationState,
    REVISED, SENT,
};
use crate::{
    approval::check_reason,
    sales_contract::SalesContractId,
    spine::{Actor, BusinessDate, Change, Refusal, Timestamp},
};

impl Quotation {
    /// Rewrites a draft; what the customer has, or declined, becomes the next version and a draft again.
    ///
    /// # Errors
    /// Another's; one that is accepted; what is not well formed.
    pub fn revise(
        self,
        content: QuotationContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may(QuotationAction::Revise, by)?;
        content.check(today)?;
        if self.state == QuotationState::Draft {
            return Ok(self.becomes(CHANGED, |after| after.content = content));
        }
        Ok(self.becomes(REVISED, |after| {
            after.content = content;
            after.edition += 1;
            after.state = QuotationState::Draft;
            after.state_at = now;
            after.reason = None;
        }))
    }

    /// Sends it.
    ///
    /// # Errors
    /// Another's; one that is no draft; `quotation.outdated`.
    pub fn send(self, by: &Actor, (now, today): (Timestamp, BusinessDate)) -> Result<Change<Self>, Refusal> {
        self.may(QuotationAction::Send, by)?;
        self.check_valid(today)?;
        Ok(self.becomes(SENT, |after| {
            after.state = QuotationState::Sent;
            after.state_at = now;
            after.sent_at = after.sent_at.or(Some(now));
        }))
    }

    /// The customer agreed, while it was valid.
    ///
    /// # Errors
    /// Another's; one the customer has not; `quotation.outdated`.
    pub fn accept(
        self,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may(QuotationAction::Accept, by)?;
        self.check_valid(today)?;
        Ok(self.becomes(ACCEPTED, |after| {
            after.state = QuotationState::Accepted;
            after.state_at = now;
        }))
    }

    /// The customer did not agree.
    ///
    /// # Errors
    /// Another's; one the customer has not; no reason.
    pub fn decline(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may(QuotationAction::Decline, by)?;
        check_reason(&reason)?;
        Ok(self.becomes(DECLINED, |after| {
            after.state = QuotationState::Declined;
            after.state_at = now;
            after.reason = Some(reason);
        }))
    }

    /// A contract was made of it: once.
    ///
    /// # Errors
    /// Another's; one that is not accepted, or was made a contract already.
    pub fn convert(
        self,
        contract: SalesContractId,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may(QuotationAction::Convert, by)?;
        Ok(self.becomes(CONVERTED, |after| {
            after.state = QuotationState::Converted;
            after.state_at = now;
            after.contract = Some(contract);
        }))
    }
}
