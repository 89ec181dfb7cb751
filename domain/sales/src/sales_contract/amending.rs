//! A signed contract becomes another by an amendment, runs until a day, and ends: terminated, completed, expired. `[CON-1, CON-3,
//! CON-4]`

use super::*;
use crate::{
    approval::check_reason,
    spine::{EventKind, Money},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// How a contract came to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesContractEnding)]
pub enum Ending {
    /// By a termination that was approved.
    Terminated,
    /// All of it was performed.
    Completed,
    /// Its time was over.
    Expired,
}

crate::labels! { Ending = "SalesContractEnding":
    Terminated = "terminated", "终止", "Terminated";
    Completed = "completed", "履行完毕", "Completed";
    Expired = "expired", "到期", "Expired";
}

/// That a contract ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// On which day.
    pub on: BusinessDate,
    /// How.
    pub how: Ending,
}

impl SalesContract {
    /// It says something else from now on: its next revision.
    pub fn amend(self, content: SalesContractContent) -> Change<Self> {
        let after = Self { content, revision: self.revision + 1, ..self.clone() };
        let mut facts = after.all_facts();
        facts.insert("revision".to_owned(), json!(after.revision));
        Change::updated(self, after, AMENDED, facts.into())
    }

    /// It is terminated on a day.
    pub fn terminate(self, on: BusinessDate) -> Change<Self> {
        self.end(Ended { on, how: Ending::Terminated }, ENDED, None)
    }

    /// It runs until the end of a day, of which its reminders go; another day takes the place of this one.
    ///
    /// # Errors
    /// `sales_contract.not_running`, `sales_contract.expires_too_early`; a stranger.
    pub fn run_until(self, last: BusinessDate, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.expect_running(by)?;
        let signed = self.signature.as_ref().map_or(BusinessDate::MIN, |signature| signature.on);
        if last < signed {
            let refusal = self.refuse(EXPIRES_TOO_EARLY).with("date", json!(last));
            return Err(refusal.with("earliest", json!(signed)).at("/expires_on"));
        }
        let event = if self.expires_on.is_some() { EXPIRY_MOVED } else { EXPIRY_SET };
        let after = Self { expires_on: Some(last), ..self.clone() };
        let mut facts = after.all_facts();
        facts.insert("expires_on".to_owned(), json!(last));
        Ok(Change::updated(self, after, event, facts.into()))
    }

    /// Says that it ended by itself: completed once nothing of it is left to be shipped or paid, expired once its last day is over.
    ///
    /// # Errors
    /// `sales_contract.not_performed` with what is open, `sales_contract.not_expired`, `sales_contract.not_running`; a stranger; a
    /// termination, which is a document; no reason.
    pub fn conclude(
        self,
        (how, reason): (Ending, &str),
        open: &Open,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_running(by)?;
        check_reason(reason)?;
        match how {
            Ending::Completed if open.unpaid > 0 || open.order.is_some() => {
                let unpaid = Money::from_minor(open.unpaid, crate::spine::Currency::Cny).to_string();
                let order = open.order.clone().unwrap_or_else(|| "-".to_owned());
                return Err(self.refuse(NOT_PERFORMED).with("open", unpaid).with("order", order));
            }
            Ending::Expired if self.expires_on.is_none_or(|last| today <= last) => {
                return Err(self.refuse(NOT_EXPIRED));
            }
            Ending::Terminated => return Err(self.refuse(ENDS_BY_DOCUMENT).at("/how")),
            Ending::Completed | Ending::Expired => {}
        }
        Ok(self.end(Ended { on: today, how }, CONCLUDED, Some(reason)))
    }

    fn end(self, ended: Ended, event: &'static EventKind, reason: Option<&str>) -> Change<Self> {
        let after = Self { ended: Some(ended), ..self.clone() };
        let mut facts = after.all_facts();
        facts.insert("ended_on".to_owned(), json!(ended.on));
        facts.insert("state".to_owned(), json!(after.state_code()));
        facts.insert("reason".to_owned(), json!(reason));
        Change::updated(self, after, event, facts.into())
    }

    /// Whether it is signed and did not end; by whoever drew it up, and whoever supervises contracts of the department.
    ///
    /// # Errors
    /// `sales_contract.not_running`; a stranger.
    pub fn expect_running(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.reach(Permission::SuperviseContracts).covers(self.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        if self.state() == SalesContractState::Signed { Ok(()) } else { Err(self.refuse(NOT_RUNNING)) }
    }
}

/// What of a contract is still to be done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Open {
    /// What is to be paid, in minor units.
    pub unpaid: i64,
    /// An order under it of which something is still to be shipped.
    pub order: Option<String>,
}

impl SalesContractContent {
    /// Whether what it says after an amendment is well formed: its lines and discount, which come to something.
    ///
    /// # Errors
    /// `sales_contract.discount_beyond_lines`.
    pub fn check_amended(&self) -> Result<(), Refusal> {
        let is_whole = !self.discount.minor().is_negative() && self.total().is_ok_and(Money::is_positive);
        if is_whole { Ok(()) } else { Err(cite(Refusal::new(DISCOUNT_BEYOND_LINES).at("/discount"))) }
    }
}
