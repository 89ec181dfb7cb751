//! What a sale brings about in the ledger of rewards and penalties: found violations, praise, fines of a settlement; one
//! incident once, and no more once its cause is gone. `[COM-4, COM-8, COM-9, § How it is computed, 5]`

use super::{Sale, told::with_told};
use crate::{
    commission::{
        SaleFacts,
        fact::{Finding, Misdeed},
        settlement::SettlementLine,
    },
    spine::EmployeeId,
};
use serde_json::json;

/// What something follows from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// A misdeed that was found, whether or not the deal came about. `[COM-8]`
    Misdeed(Misdeed),
    /// Praise of so many points for who came only for the signature. `[COM-4]`
    Praise {
        /// How many.
        points: i32,
    },
    /// A fine of a settlement, in minor units of the book currency. `[COM-9]`
    Fine {
        /// How much.
        minor: i64,
    },
}

/// An incident of somebody about a sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SaleIncident {
    /// What tells it from every other, of any sale.
    pub key: String,
    /// Whose.
    pub person: EmployeeId,
    /// From what.
    pub cause: Cause,
}

impl Sale {
    /// The incidents that stand by what was said, attributed and settled by now.
    pub fn incidents(&self) -> Vec<SaleIncident> {
        let closing = self.closing.as_ref();
        let facts = closing.map_or_else(
            || SaleFacts::plain(self.submitter, self.opened_at),
            |closing| closing.facts.clone(),
        );
        let found = with_told(facts, &self.told).violations;
        let found = found.into_iter().filter(|said| said.finding == Finding::Upheld);
        let mut incidents: Vec<SaleIncident> =
            found.map(|said| self.incident(said.person, Cause::Misdeed(said.misdeed))).collect();
        let attributed = self.attribution().into_iter().flat_map(|attribution| &attribution.incidents);
        let praised = attributed.filter(|incident| incident.misdeed.is_none());
        incidents.extend(
            praised.map(|praise| self.incident(praise.person, Cause::Praise { points: praise.points })),
        );
        let settled = closing.and_then(|closing| closing.settlement.as_ref());
        for (place, line) in settled.iter().flat_map(|settlement| settlement.lines.iter().enumerate()) {
            if let SettlementLine::Fine { of, amount } = line {
                let by = settled.map(|settlement| settlement.id).unwrap_or_default();
                let fined = self.incident(*of, Cause::Fine { minor: *amount });
                incidents.push(SaleIncident { key: format!("{} {by} {place}", fined.key), ..fined });
            }
        }
        incidents
    }

    fn incident(&self, person: EmployeeId, cause: Cause) -> SaleIncident {
        let kind = match cause {
            Cause::Misdeed(misdeed) => json!(misdeed).to_string(),
            Cause::Praise { .. } => "praise".to_owned(),
            Cause::Fine { .. } => "fine".to_owned(),
        };
        SaleIncident { key: format!("sale {} {person} {kind}", self.id), person, cause }
    }
}
