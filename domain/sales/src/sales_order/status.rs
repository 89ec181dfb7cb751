//! Where an order stands: on its way through its review, then as far as its lines are. `[ORD-1, ORD-1a, ORD-1b]`

use super::{progress::LineProgress, *};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesOrderStatus)]
pub enum SalesOrderState {
    /// Being written.
    Draft,
    /// Waits for its review.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// To be produced.
    Approved,
    /// Produced in part.
    InProduction,
    /// Produced, to be shipped.
    Finished,
    /// Shipped, not all of it delivered.
    Shipping,
    /// All of it delivered.
    Delivered,
    /// Done with.
    Closed,
    /// Given up after its approval, before anything was shipped.
    Cancelled,
    /// Given up.
    Void,
}

impl SalesOrderState {
    /// Approved, and not all of it delivered yet: goods of it still move.
    pub const MOVING: [Self; 4] = [Self::Approved, Self::InProduction, Self::Finished, Self::Shipping];
}

crate::labels! { SalesOrderState = "SalesOrderStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审核中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "待生产", "Approved";
    InProduction = "in_production", "生产中", "In production";
    Finished = "finished", "已完工", "Finished";
    Shipping = "shipping", "发货中", "Shipping";
    Delivered = "delivered", "已送达", "Delivered";
    Closed = "closed", "已关闭", "Closed";
    Cancelled = "cancelled", "已取消", "Cancelled";
    Void = "void", "已作废", "Void";
}

/// The stage in which an order is, each with a promised time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesOrderStage)]
pub enum OrderStage {
    /// To be produced.
    Production,
    /// To be shipped.
    Shipping,
    /// To be delivered.
    Delivery,
}

crate::labels! { OrderStage = "SalesOrderStage":
    Production = "production", "生产", "Production";
    Shipping = "shipping", "发货", "Shipping";
    Delivery = "delivery", "运输", "Delivery";
}

impl SalesOrder {
    /// The name of its state.
    pub fn state(&self) -> SalesOrderState {
        match self.petition.state() {
            StandingState::Draft => SalesOrderState::Draft,
            StandingState::InApproval => SalesOrderState::InApproval,
            StandingState::Returned => SalesOrderState::Returned,
            StandingState::Rejected => SalesOrderState::Rejected,
            StandingState::Withdrawn => SalesOrderState::Withdrawn,
            StandingState::Approved => self.derived(),
            StandingState::Closed => SalesOrderState::Closed,
            StandingState::Revoked => SalesOrderState::Cancelled,
            StandingState::Void => SalesOrderState::Void,
        }
    }

    fn derived(&self) -> SalesOrderState {
        let lines = || self.content.lines.iter().zip(&self.progress);
        let is_all = |far: fn(&LineProgress) -> Quantity| {
            lines().all(|(line, progress)| far(progress) >= progress.wanted(line))
        };
        let is_any =
            |far: fn(&LineProgress) -> Quantity| lines().any(|(_, progress)| far(progress).is_positive());
        if is_all(|progress| progress.delivered) {
            SalesOrderState::Delivered
        } else if is_any(|progress| progress.shipped) {
            SalesOrderState::Shipping
        } else if is_all(|progress| progress.produced) {
            SalesOrderState::Finished
        } else if is_any(|progress| progress.produced) {
            SalesOrderState::InProduction
        } else {
            SalesOrderState::Approved
        }
    }

    /// The stage in which it is; none before its approval, and once all of it is delivered.
    pub fn stage(&self) -> Option<OrderStage> {
        if self.petition.state() != StandingState::Approved {
            return None;
        }
        let lines = || self.content.lines.iter().zip(&self.progress);
        let is_all = |far: fn(&LineProgress) -> Quantity| {
            lines().all(|(line, progress)| far(progress) >= progress.wanted(line))
        };
        if is_all(|progress| progress.delivered) {
            None
        } else if is_all(|progress| progress.shipped) {
            Some(OrderStage::Delivery)
        } else if is_all(|progress| progress.produced.max(progress.shipped)) {
            Some(OrderStage::Shipping)
        } else {
            Some(OrderStage::Production)
        }
    }

    /// Whether anything can still happen to it.
    ///
    /// # Errors
    /// `sales_order.not_under_way`.
    pub fn expect_under_way(&self) -> Result<(), Refusal> {
        if self.petition.state() == StandingState::Approved {
            return Ok(());
        }
        Err(self.refuse(NOT_UNDER_WAY).with_label("state", self.state()))
    }

    /// The same, of one that is not on hold.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.on_hold`.
    pub fn expect_moving(&self) -> Result<(), Refusal> {
        self.expect_under_way()?;
        match &self.hold {
            None => Ok(()),
            Some(hold) => Err(self.refuse(ON_HOLD).with("reason", hold.reason.clone())),
        }
    }

    /// Whether it was agreed to, whatever became of it since: what was paid for it may go back.
    pub fn was_agreed(&self) -> bool {
        self.is_collecting() || self.petition.state() == StandingState::Revoked
    }

    /// Whether money may be allocated to it: it is a sale of its own, from its approval on, unless it was cancelled.
    pub fn is_collecting(&self) -> bool {
        matches!(self.petition.state(), StandingState::Approved | StandingState::Closed)
    }
}
