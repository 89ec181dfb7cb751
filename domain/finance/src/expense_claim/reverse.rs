//! Reversal: what is in the ledger is undone by a linked counter-document, never by deletion. `[EXP-9]`
//!
//! The counter-document is ready for the ledger at once. When it is posted, the original is reversed; if
//! the ERP refuses it or it is revoked, the original stands as before.

use super::*;
use crate::spine::{BusinessDate, Money};

/// What a reversing document undoes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReversalOf {
    /// The claim.
    pub claim: Id<ExpenseClaim>,
    /// Its number.
    pub number: String,
    /// Why.
    pub reason: String,
    /// What the beneficiary owes back, in the book currency: what had been paid.
    pub repayable: Money,
}

impl ExpenseClaim {
    /// Makes the counter-document of a posted claim and links both. Payments of the claim stop.
    pub fn reverse(
        self,
        new: NewClaim,
        reason: String,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<(Change<Self>, Change<Self>), Refusal> {
        let rule = Citation::rule("EXP-9");
        if self.reverses.is_some() {
            return Err(Refusal::new(REVERSAL_FIXED).citing(rule));
        }
        if let Some(reversal) = self.reversal {
            return Err(Refusal::new(ALREADY_REVERSED).with("reversal", reversal.to_string()).citing(rule));
        }
        if self.state() != ClaimState::Posted {
            return Err(self.wrong_state(NOT_REVERSIBLE).citing(rule));
        }
        check_reason(&reason)?;
        let mirror = self.mirror(new, reason, by, now, today)?;
        let link = json!({
            "number": self.petition.number, "reversal_id": mirror.id, "reversal_number": mirror.petition.number,
        });
        let of = json!({
            "number": mirror.petition.number, "reverses": self.petition.number, "reverses_id": self.id,
        });
        let after = Self { reversal: Some(mirror.id), ..self.clone() };
        let original = Change::updated(self, after, REVERSAL_OPENED, link);
        Ok((original, Change::created(mirror, REVERSAL_CREATED, of)))
    }

    fn mirror(
        &self,
        new: NewClaim,
        reason: String,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<Self, Refusal> {
        let mut content =
            ClaimContent { business_date: today, attachments: Vec::new(), ..self.content.clone() };
        content.request = None;
        content.advances.clear();
        for line in &mut content.lines {
            line.claimed = line.approved().negated();
            line.reduction = None;
            line.invoices.clear();
            line.request_line = None;
            line.quotes.clear();
            line.tender = None;
        }
        let of = ReversalOf {
            claim: self.id,
            number: self.petition.number.clone(),
            reason,
            repayable: self.paid(),
        };
        Ok(Self {
            id: new.id,
            petition: Petition {
                number: new.number,
                creator: by.user,
                creator_employee: by.employee,
                submitter: self.petition.submitter,
                created_at: now,
                standing: Standing::Approved { at: now },
                approval: None,
            },
            content,
            books: None,
            posting_refusal: None,
            external: new.external,
            reverses: Some(of),
            reversal: None,
            entry: self.entry.as_ref().map(|entry| entry.mirrored(today)),
            not_ready: None,
            payments: Vec::new(),
            version: 0,
        })
    }

    /// The counter-document is posted: the claim is undone.
    pub fn complete_reversal(self, by: Id<Self>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let Some(Books::Posted { voucher, acknowledgement }) = self.books.clone() else {
            return Err(self.wrong_state(NOT_REVERSIBLE));
        };
        self.expect_reversal(by)?;
        Ok(self.booked(Books::Reversed { at: now, acknowledgement, voucher, by }, REVERSED))
    }

    /// The counter-document came to nothing: the claim stands, and may be paid or reversed again.
    pub fn drop_reversal(self, by: Id<Self>) -> Result<Change<Self>, Refusal> {
        if self.state() != ClaimState::Posted {
            return Err(self.wrong_state(NOT_REVERSIBLE));
        }
        self.expect_reversal(by)?;
        let facts = json!({"number": self.petition.number, "reversal_id": by});
        let after = Self { reversal: None, ..self.clone() };
        Ok(Change::updated(self, after, REVERSAL_DROPPED, facts))
    }

    fn expect_reversal(&self, by: Id<Self>) -> Result<(), Refusal> {
        if self.reversal == Some(by) { Ok(()) } else { Err(self.wrong_state(NOT_REVERSIBLE)) }
    }
}
