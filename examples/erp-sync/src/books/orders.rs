//! The ERP's books of orders: taken over, made, shipped and paid, each step once. Shipments and receipts bear identities of the
//! ERP's own, so that what is told twice is one.

use super::Money;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many of a line, by its place in the order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    pub line: u32,
    pub quantity: String,
}

/// A shipment of the ERP.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shipment {
    pub external_id: String,
    pub lines: Vec<Line>,
    pub shipped_on: NaiveDate,
}

/// A receipt of the ERP.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    pub external_id: String,
    pub amount: Money,
    pub received_on: NaiveDate,
}

/// A step of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum OrderStep {
    /// The list of orders was read up to here; from its beginning where there is no cursor.
    ReadTo { cursor: Option<String> },
    /// It was taken over, in a batch that is acknowledged under this reference.
    Taken {
        order_id: String,
        number: String,
        customer_id: String,
        /// Whether the customer pays the order itself; else its contract.
        is_paid: bool,
        lines: Vec<Line>,
        total: Money,
        batch: String,
    },
    /// The server has heard that it was taken over.
    Acknowledged { order_id: String },
    /// It was cancelled before it was acknowledged: it is none of ours.
    Dropped { order_id: String, code: String },
    /// All of it is made.
    Made { order_id: String },
    /// The server has heard of that.
    MadeTold { order_id: String },
    /// Goods left.
    Shipped { order_id: String, shipment: Shipment },
    /// The server has heard of it.
    ShipmentTold { order_id: String, external_id: String },
    /// Money came in.
    Received { order_id: String, receipt: Receipt },
    /// The server has heard of it.
    ReceiptTold { order_id: String, external_id: String },
}

/// What the books say of one order.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: String,
    pub number: String,
    pub customer_id: String,
    pub is_paid: bool,
    pub lines: Vec<Line>,
    pub total: Money,
    pub batch: String,
    pub acknowledged: bool,
    pub made: bool,
    pub made_told: bool,
    pub shipments: Vec<(Shipment, bool)>,
    pub receipts: Vec<(Receipt, bool)>,
    pub dropped: bool,
}

/// Every order in the books, and how far the list of them was read.
#[derive(Default)]
pub struct Orders {
    known: BTreeMap<String, Order>,
    batches: u64,
    cursor: Option<String>,
}

impl Orders {
    /// Those that were not dropped.
    pub fn all(&self) -> impl Iterator<Item = &Order> {
        self.known.values().filter(|order| !order.dropped)
    }

    /// Whether an order is in the books.
    pub fn knows(&self, order_id: &str) -> bool {
        self.known.contains_key(order_id)
    }

    /// How far the list was read; from its beginning where there is none.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The reference of the next batch.
    pub fn next_batch(&self) -> String {
        format!("ERP-SO-{:06}", self.batches + 1)
    }

    /// Notes a step; whether the books know its order.
    pub fn note(&mut self, step: OrderStep) -> bool {
        match step {
            OrderStep::ReadTo { cursor } => self.cursor = cursor,
            OrderStep::Taken { order_id, number, customer_id, is_paid, lines, total, batch } => {
                let count = batch.trim_start_matches("ERP-SO-").parse().unwrap_or(0);
                self.batches = self.batches.max(count);
                let order = Order {
                    id: order_id.clone(),
                    number,
                    customer_id,
                    is_paid,
                    lines,
                    total,
                    batch,
                    acknowledged: false,
                    made: false,
                    made_told: false,
                    shipments: Vec::new(),
                    receipts: Vec::new(),
                    dropped: false,
                };
                self.known.insert(order_id, order);
            }
            OrderStep::Acknowledged { ref order_id }
            | OrderStep::Dropped { ref order_id, .. }
            | OrderStep::Made { ref order_id }
            | OrderStep::MadeTold { ref order_id }
            | OrderStep::Shipped { ref order_id, .. }
            | OrderStep::ShipmentTold { ref order_id, .. }
            | OrderStep::Received { ref order_id, .. }
            | OrderStep::ReceiptTold { ref order_id, .. } => {
                let Some(order) = self.known.get_mut(order_id) else { return false };
                order.note(step);
            }
        }
        true
    }
}

impl Order {
    fn note(&mut self, step: OrderStep) {
        match step {
            OrderStep::ReadTo { .. } | OrderStep::Taken { .. } => {}
            OrderStep::Acknowledged { .. } => self.acknowledged = true,
            OrderStep::Dropped { .. } => self.dropped = true,
            OrderStep::Made { .. } => self.made = true,
            OrderStep::MadeTold { .. } => self.made_told = true,
            OrderStep::Shipped { shipment, .. } => self.shipments.push((shipment, false)),
            OrderStep::ShipmentTold { external_id, .. } => {
                for (shipment, told) in &mut self.shipments {
                    *told |= shipment.external_id == external_id;
                }
            }
            OrderStep::Received { receipt, .. } => self.receipts.push((receipt, false)),
            OrderStep::ReceiptTold { external_id, .. } => {
                for (receipt, told) in &mut self.receipts {
                    *told |= receipt.external_id == external_id;
                }
            }
        }
    }
}
