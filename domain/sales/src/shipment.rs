//! Shipments (发货单): goods of an order on their way to the customer, with carrier, number and proof. `[ORD-1a; 004 §2]`
//!
//! A shipment is a record; before its delivery it is taken back by a counter-entry, afterwards only a return brings goods back.

use crate::{
    approval::check_reason,
    customer_file::CustomerId,
    dated,
    quantity::Quantity,
    sales_order::{OrderLineId, SalesOrderId},
    spine::{
        BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Refusal, RefusalCode, Timestamp,
        UserId, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a shipment.
pub type ShipmentId = Id<Shipment>;

/// At most so many lines.
const LINES_MAX: usize = 200;

crate::refusals! { SHIPMENT_REFUSALS:
    SHIPPED_AHEAD = "shipment.shipped_ahead", Invalid, "发货日期 {date} 不得晚于今天", "The day {date} of the shipment lies ahead";
    SHIPPED_BEFORE_ORDER = "shipment.shipped_before_order", Invalid, "发货日期 {date} 不得早于订单批准日期 {earliest}", "The day {date} of the shipment lies before {earliest}, when the order was approved";
    DELIVERED_BEFORE = "shipment.delivered_before", Invalid, "送达日期 {date} 须在发货日期之后、今天之前", "The day {date} of the delivery must lie between the shipment and today";
    SAID_OTHERWISE = "shipment.said_otherwise", Conflict, "外部单号 {external} 已登记为发货单 {number}，内容不同", "{external} is known as the shipment {number}, with another content";
    NOT_ON_ITS_WAY = "shipment.not_on_its_way", Conflict, "发货单 {number} 当前为“{state}”，不能办理", "The shipment {number} is \"{state}\"; this cannot be done";
}

crate::events! { SHIPMENT_EVENTS:
    DISPATCHED = "shipment.dispatched", "发货单已登记", "A shipment was recorded";
    DELIVERED = "shipment.delivered", "发货已送达", "A shipment was delivered";
    TAKEN_BACK = "shipment.taken_back", "发货单已冲回", "A shipment was taken back";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SHIPMENT_REFUSALS],
    events: &[SHIPMENT_EVENTS],
    enums: &[ShipmentState::LABELS],
};

/// Where a shipment stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ShipmentStatus)]
pub enum ShipmentState {
    /// On its way.
    Dispatched,
    /// It reached the customer.
    Delivered,
    /// Taken back before that.
    TakenBack,
}

crate::labels! { ShipmentState = "ShipmentStatus":
    Dispatched = "dispatched", "运输中", "On its way";
    Delivered = "delivered", "已送达", "Delivered";
    TakenBack = "taken_back", "已冲回", "Taken back";
}

/// A line of a shipment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShippedLine {
    /// The line of the order.
    pub line: OrderLineId,
    /// Its place there, from 1 on.
    pub place: usize,
    /// How many.
    pub quantity: Quantity,
}

/// How goods were shipped.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShipmentDetails {
    /// The day they left.
    pub shipped_on: BusinessDate,
    /// Who carries them: 1 to 100 characters.
    pub carrier: Option<String>,
    /// The number under which they are traced: 1 to 100 characters.
    pub tracking_number: Option<String>,
    /// The other system that keeps it and its identity there; unique together.
    pub external: Option<(String, String)>,
}

/// Goods on their way to a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shipment {
    /// Identity.
    pub id: ShipmentId,
    /// Its number, such as `SH-2026-000012`.
    pub number: String,
    /// Of which order.
    pub order: SalesOrderId,
    /// The department of the order.
    pub department: DepartmentId,
    /// To whom.
    pub customer: CustomerId,
    /// How.
    pub details: ShipmentDetails,
    /// What.
    pub lines: Vec<ShippedLine>,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// When it reached the customer, and what proves it.
    pub delivered: Option<(BusinessDate, String)>,
    /// When it was taken back, and why.
    pub taken_back: Option<(Timestamp, String)>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Shipment {
    const KIND: &'static str = "shipment";
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

impl Shipment {
    /// Records it, from the day on which its order was approved until today.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn dispatch(shipment: Self, days: (BusinessDate, BusinessDate)) -> Result<Change<Self>, Refusal> {
        let ShipmentDetails { shipped_on, carrier, tracking_number, external } = &shipment.details;
        let mut findings = Findings::new();
        if shipment.lines.is_empty() || shipment.lines.len() > LINES_MAX {
            findings.add_with("/lines", codes::OUT_OF_RANGE, [("min", json!(1)), ("max", json!(LINES_MAX))]);
        }
        let codes = (SHIPPED_BEFORE_ORDER, SHIPPED_AHEAD);
        dated::check(&mut findings, "/shipped_on", *shipped_on, days, codes);
        wording::check_optional(&mut findings, "/carrier", carrier.as_deref(), 100);
        wording::check_optional(&mut findings, "/tracking_number", tracking_number.as_deref(), 100);
        if let Some((source, identity)) = external {
            wording::check(&mut findings, "/external/source", source, 40);
            wording::check(&mut findings, "/external/external_id", identity, 100);
        }
        findings.into_result().map_err(cite)?;
        let facts = shipment.facts();
        Ok(Change::created(shipment, DISPATCHED, facts))
    }

    /// Where it stands.
    pub const fn state(&self) -> ShipmentState {
        match (&self.delivered, &self.taken_back) {
            (_, Some(_)) => ShipmentState::TakenBack,
            (Some(_), None) => ShipmentState::Delivered,
            (None, None) => ShipmentState::Dispatched,
        }
    }

    /// What it moves of the lines of its order, by their places.
    pub fn moved(&self) -> Vec<(usize, Quantity)> {
        self.lines.iter().map(|line| (line.place, line.quantity)).collect()
    }

    /// Whether the same was said of it before under its identity elsewhere.
    ///
    /// # Errors
    /// `shipment.said_otherwise`.
    pub fn expect_same(
        &self,
        order: SalesOrderId,
        moved: &[(usize, Quantity)],
        details: &ShipmentDetails,
    ) -> Result<(), Refusal> {
        if (self.order, self.moved().as_slice(), &self.details) == (order, moved, details) {
            return Ok(());
        }
        let external = details.external.as_ref().map(|(_, identity)| identity.clone());
        Err(self.refuse(SAID_OTHERWISE).with("external", external.unwrap_or_default()))
    }

    /// It reached the customer.
    ///
    /// # Errors
    /// `shipment.not_on_its_way`, `shipment.delivered_before`; nothing that proves it.
    pub fn deliver(
        self,
        on: BusinessDate,
        proof: String,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_on_its_way()?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/proof", &proof, 200);
        if on > today || on < self.details.shipped_on {
            findings.add_with("/delivered_on", DELIVERED_BEFORE, [("date", json!(on))]);
        }
        findings.into_result().map_err(cite)?;
        let after = Self { delivered: Some((on, proof)), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, DELIVERED, facts))
    }

    /// It is taken back before it reaches the customer.
    ///
    /// # Errors
    /// `shipment.not_on_its_way`; no reason.
    pub fn take_back(self, reason: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_on_its_way()?;
        check_reason(&reason)?;
        let after = Self { taken_back: Some((now, reason)), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, TAKEN_BACK, facts))
    }

    fn expect_on_its_way(&self) -> Result<(), Refusal> {
        if self.state() == ShipmentState::Dispatched {
            return Ok(());
        }
        Err(self.refuse(NOT_ON_ITS_WAY).with_label("state", self.state()))
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.number.clone()))
    }

    fn facts(&self) -> Value {
        let lines: Vec<Value> =
            self.lines.iter().map(|line| json!({"line": line.place, "quantity": line.quantity})).collect();
        json!({"number": self.number, "order_id": self.order, "customer_id": self.customer,
            "state": self.state(), "shipped_on": self.details.shipped_on, "lines": lines})
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("ORD-1a", "004 §2"))
}
