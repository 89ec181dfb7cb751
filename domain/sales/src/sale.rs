//! The sale (成交): what commission, ownership, targets and points read. One per contract, or per order under none, written once. `[COM-1 … COM-10; 002 §5]`
//!
//! It opens when its contract is approved and closes when that is signed: then rules, plan, parties and split freeze. Until
//! everything is known that the rules ask for it is held: commission waits, the deal goes on. What is received or refunded
//! later is booked at the frozen split, each source once. Deliberately not here: how the facts are gathered.

/// Less, or other, than it was.
mod becoming;
/// From opened to closed, held, fallen through; what is received of it.
mod course;
/// Whom it counts for: entries of performance credit.
mod credit;
/// Held by a dispute over the customer, and released by its end.
mod dispute;
/// What it brings about in the ledger of rewards and penalties.
mod incident;
/// Whom it counts for, to be compared.
mod replay;
/// What a ruling settles of what it earns.
mod settle;
/// What people say of it, beside what records show.
mod told;

pub use course::{Closing, Court, Frozen};
pub use credit::{CreditEntry, Credited};
pub use dispute::Disputed;
pub use incident::{Cause, SaleIncident};
pub use settle::{NewSettlement, Ruler};
pub use told::{RuledPart, Told, ToldFact};

use crate::{
    commission::{Attributed, Booked},
    customer_file::CustomerId,
    product::ProductId,
    quantity::Quantity,
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{BusinessDate, DepartmentId, EmployeeId, Entity, Id, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a sale.
pub type SaleId = Id<Sale>;

crate::refusals! { SALE_REFUSALS:
    NOT_OPEN = "sale.not_open", Conflict, "成交 {number} 当前为“{state}”，不能办理", "The sale {number} is \"{state}\"; this cannot be done";
    PARTY_CANNOT_TELL = "sale.party_cannot_tell", Forbidden, "成交的当事人不得就该成交作证或答复", "Whoever has a part in a sale cannot answer for it";
    ANSWERED_ALREADY = "sale.answered_already", Conflict, "该问题已答复，答复只有一次", "That was answered already; it is answered once";
    PARTS_NOT_WHOLE = "sale.parts_not_whole", Invalid, "分配比例须合计为 100%，且每人只列一次", "The parts must come to the whole, each person once";
    SETTLED_TOO_EARLY = "sale.settled_too_early", Conflict, "成交 {number} 尚未签署，佣金未定；请先裁决归属，签署后在该成交上清算", "The sale {number} is not signed, and what it earns is not known; rule on whose it is, and settle the sale once it is signed";
    SETTLES_WHICH = "sale.settles_which", Conflict, "该客户有多笔成交；请先裁决归属，再在所涉成交上清算", "There are several sales with this customer; rule on whose it is, and settle the sale that it is about";
    SETTLEMENT_ABOVE_LIMIT = "sale.settlement_above_limit", Forbidden, "补入合计 {amount}，超过 {limit} 的清算须由“{role}”裁决", "{amount} is put in; a settlement above {limit} is for \"{role}\" to rule";
    NEITHER_PARTY = "sale.two_are_one", Invalid, "须为两名不同的员工", "Two different people must be named";
}

crate::events! { SALE_EVENTS:
    SALE_OPENED = "sale.opened", "成交已开始", "A sale was opened";
    SALE_CLOSED = "sale.closed", "成交已完成签署", "A sale was closed";
    SALE_HELD = "sale.held", "成交归属待定，佣金暂缓", "The commission of a sale is held";
    SALE_ATTRIBUTED = "sale.attributed", "成交归属已确定", "It was decided whom a sale counts for";
    SALE_ACCRUED = "sale.accrued", "成交佣金已计提", "Commission of a sale was booked";
    SALE_CHANGED = "sale.changed", "成交收款已变动", "What is received of a sale changed";
    SALE_TOLD = "sale.fact_told", "成交事实已记录", "Somebody told a fact about a sale";
    SALE_SETTLED = "sale.settled", "成交已清算", "What a sale earns was settled by a ruling";
    SALE_JUDGED_ANEW = "sale.judged_anew", "客户归属争议有变，成交重新认定", "A sale was judged anew for a dispute over its customer";
    SALE_FELL_THROUGH = "sale.fell_through", "成交已撤销", "A sale fell through";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALE_REFUSALS],
    events: &[SALE_EVENTS],
    enums: &[SaleState::LABELS, ToldFact::LABELS],
};

/// Where a sale stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SaleStatus)]
pub enum SaleState {
    /// Its contract is approved and not signed.
    Open,
    /// Closed; whom it counts for is not known yet.
    Held,
    /// Closed, and attributed.
    Closed,
    /// It came to nothing.
    FellThrough,
}

crate::labels! { SaleState = "SaleStatus":
    Open = "open", "进行中", "Open";
    Held = "held", "已成交，归属待定", "Held";
    Closed = "closed", "已成交", "Closed";
    FellThrough = "fell_through", "已撤销", "Fell through";
}

/// What is sold by it; amounts in minor units of the book currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SaleLine {
    /// What.
    pub product: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// What the customer pays, tax included.
    pub gross: i64,
    /// The same without tax.
    pub net: i64,
    /// What it costs the company; none where nobody has said it.
    pub cost: Option<i64>,
}

/// What a sale is of, and what money is allocated to: a contract, or an order that is under none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deal {
    /// A contract.
    Contract(SalesContractId),
    /// An order without a contract, or under a framework.
    Order(SalesOrderId),
}

impl Deal {
    /// The identity of the contract or order.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Contract(id) => id.uuid(),
            Self::Order(id) => id.uuid(),
        }
    }
    /// The contract, where it is one.
    pub const fn contract(self) -> Option<SalesContractId> {
        if let Self::Contract(id) = self { Some(id) } else { None }
    }
    /// The order, where it is one.
    pub const fn order(self) -> Option<SalesOrderId> {
        if let Self::Order(id) = self { Some(id) } else { None }
    }
}

/// An entry of commission: append-only, each source once a holder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CommissionEntry {
    /// Identity: what a statement shows.
    pub id: Uuid,
    /// From what, for whom, how much.
    pub booked: Booked,
    /// When.
    pub at: Timestamp,
    /// The business day.
    pub on: BusinessDate,
}

/// A sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Sale {
    /// Identity; the id of the deal as ownership knows it.
    pub id: SaleId,
    /// Of what.
    pub deal: Deal,
    /// The number of that contract or order.
    pub number: String,
    /// With whom.
    pub customer: CustomerId,
    /// The department of the contract.
    pub department: DepartmentId,
    /// Who drew the contract up.
    pub submitter: EmployeeId,
    /// The region it counts in.
    pub region: Option<String>,
    /// The channel it counts in.
    pub channel: Option<String>,
    /// What is sold.
    pub lines: Vec<SaleLine>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// What it comes to, in minor units of the book currency.
    pub total: i64,
    /// Received less refunded, in the same.
    pub received: i64,
    /// What froze when it closed.
    pub closing: Option<Closing>,
    /// When it fell through.
    pub fell_through_at: Option<Timestamp>,
    /// What people said of it.
    pub told: Vec<Told>,
    /// Whom it counts for.
    pub credits: Vec<CreditEntry>,
    /// What is booked of its commission.
    pub ledger: Vec<CommissionEntry>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Sale {
    const KIND: &'static str = "sale";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Sale {
    /// Where it stands.
    pub fn state(&self) -> SaleState {
        if self.fell_through_at.is_some() {
            return SaleState::FellThrough;
        }
        match self.closing.as_ref().map(|closing| &closing.judged) {
            None => SaleState::Open,
            Some(Attributed::Held { .. }) => SaleState::Held,
            Some(Attributed::Decided(_)) => SaleState::Closed,
        }
    }

    /// Whether it closed and is paid in full: no open deal any more, so that protection starts anew. `[OWN-15]`
    pub const fn is_carried_out(&self) -> bool {
        self.closing.is_some() && self.total > 0 && self.received >= self.total
    }
}

#[cfg(test)]
mod tests;
