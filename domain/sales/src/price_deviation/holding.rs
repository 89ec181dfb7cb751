//! One document at a time holds an approved deviation, and uses it when it is signed or ordered. `[PRI-2a]`
//!
//! A document that comes to nothing, or whose line is written anew, lets go of it; while it is held it cannot expire.

use super::{request::cite, *};
use crate::{
    approval::{Document, Standing, check_reason},
    customer_file::CustomerId,
    product::ProductId,
    quantity::Quantity,
    spine::{Actor, BusinessDate, Change, Permission, Refusal, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What kind of document holds a deviation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceDeviationHolderKind)]
pub enum HolderKind {
    /// A contract.
    SalesContract,
    /// An order.
    SalesOrder,
    /// An amendment of a contract.
    ContractAmendment,
}

crate::labels! { HolderKind = "PriceDeviationHolderKind":
    SalesContract = "sales_contract", "销售合同", "Sales contract";
    SalesOrder = "sales_order", "销售订单", "Sales order";
    ContractAmendment = "contract_amendment", "合同变更", "Amendment of a contract";
}

/// The document that holds a deviation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Of what kind.
    pub kind: HolderKind,
    /// Which.
    pub document: Uuid,
    /// Its number.
    pub number: String,
    /// How many it sells by it.
    pub quantity: Quantity,
}

/// A line that is off the list: what a deviation must cover.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offered {
    /// To whom.
    pub customer: CustomerId,
    /// Of what.
    pub product: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// What the line comes to, discounts counted in.
    pub gross: Money,
    /// The document's business date.
    pub on: BusinessDate,
}

impl PriceDeviation {
    /// What can still be sold by it.
    pub const fn left(&self) -> Quantity {
        self.content.quantity.minus(self.drawn)
    }

    /// Whether it is of this line, at a price no farther from the list than was agreed, within its quantity and its days.
    pub fn covers(&self, line: &Offered) -> bool {
        let PriceDeviationContent { customer, product, price, .. } = &self.content;
        let is_lower = price.minor() < self.compared.list.minor();
        let agreed = crate::document_line::extended(line.quantity, *price);
        let fits = agreed.is_ok_and(|agreed| {
            if is_lower { line.gross.minor() >= agreed.minor() } else { line.gross.minor() <= agreed.minor() }
        });
        (*customer, *product) == (line.customer, line.product)
            && fits
            && line.quantity <= self.left()
            && self.valid_to.is_some_and(|valid_to| line.on <= valid_to)
    }

    /// A document takes it. Of two at once one does: the other is told which.
    ///
    /// # Errors
    /// `price_deviation.held`.
    pub fn take(self, holder: Holder) -> Result<Change<Self>, Refusal> {
        if let Some(refusal) = self.held_by_another(holder.document) {
            return Err(refusal);
        }
        let after = Self { holder: Some(holder), ..self.clone() };
        Ok(self.told(after, HELD))
    }

    /// Why a document cannot take it now, where another holds it.
    pub fn held_by_another(&self, document: Uuid) -> Option<Refusal> {
        let holder = self.holder.as_ref().filter(|holder| holder.document != document)?;
        let refusal = Refusal::new(HELD_BY).with("number", self.petition.number.clone());
        Some(cite(refusal.with("holder", holder.number.clone())))
    }

    /// The document that holds it came to nothing, or says something else.
    pub fn let_go(self) -> Change<Self> {
        let after = Self { holder: None, ..self.clone() };
        self.told(after, LET_GO)
    }

    /// What holds it was signed or ordered: the unused rest lapses, unless it is used in parts.
    pub fn use_up(self, now: Timestamp) -> Change<Self> {
        let used = self.holder.as_ref().map_or(Quantity::ZERO, |holder| holder.quantity);
        let mut after = Self { drawn: self.drawn.plus(used), ..self.clone() };
        let goes_on = self.content.mode == DeviationMode::DrawDown && after.left().is_positive();
        if goes_on {
            after.holder = None;
        } else {
            after.stand(Standing::Closed { at: now, reason: None });
        }
        self.told(after, USED)
    }

    /// Its days are over; nothing where it is held, or not over yet.
    pub fn expire(self, today: BusinessDate, now: Timestamp) -> Option<Change<Self>> {
        let is_over = self.valid_to.is_some_and(|valid_to| valid_to < today);
        if self.state() != PriceDeviationState::Open || !is_over {
            return None;
        }
        let mut after = Self { is_expired: true, ..self.clone() };
        after.stand(Standing::Closed { at: now, reason: None });
        Some(self.told(after, EXPIRED))
    }

    /// Whether a caller may revoke it now: whoever asked for it, and whoever supervises contracts of the department.
    ///
    /// # Errors
    /// `price_deviation.not_revocable`; a stranger.
    pub fn may_revoke(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.reach(Permission::SuperviseContracts).covers(self.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        if self.state() == PriceDeviationState::Open {
            return Ok(());
        }
        let refusal = Refusal::new(NOT_REVOCABLE).with("number", self.petition.number.clone());
        Err(cite(refusal.with_label("state", self.state())))
    }

    /// Takes it back before anything uses it.
    ///
    /// # Errors
    /// `price_deviation.not_revocable`; a stranger; no reason.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revoke(by)?;
        check_reason(&reason)?;
        Ok(self.moved(Standing::Revoked { at: now, reason }, REVOKED))
    }

    fn told(self, after: Self, kind: &'static crate::spine::EventKind) -> Change<Self> {
        let mut facts = after.all_facts();
        let holder = after.holder.as_ref().or(self.holder.as_ref());
        facts.insert("holder".to_owned(), json!(holder.map(|holder| holder.number.clone())));
        facts.insert("quantity_left".to_owned(), json!(after.left()));
        Change::updated(self, after, kind, facts.into())
    }
}
