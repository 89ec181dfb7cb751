//! Sales orders (销售订单): entered, reviewed by the manager, made, shipped, delivered. `[ORD-1; 004 §2, §5.2]`
//!
//! Where an order stands follows from its lines: ordered, produced, shipped, returned, cancelled. An order under a contract of
//! sale is part of that sale; any other is a sale of its own. Deliberately not here: how its goods travel, and what is paid.

/// What may be done with an order now, and if not why. `[ACT-1]`
mod actions;
/// What it says: lines with frozen tax, a discount.
mod content;
/// Given up or cut short; held and released.
mod ending;
/// Produced, shipped, delivered, returned.
mod progress;
/// Where it stands, and by when its stage is promised.
mod status;

pub use actions::SalesOrderAction;
pub use content::{ORDER_NOT_IN_BOOK_CURRENCY, OrderLine, OrderLineId, SalesOrderContent};
pub use ending::{HoldKind, OrderHold, Taken};
pub use progress::{LineProgress, Promise};
pub use status::{OrderStage, SalesOrderState};

use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Petition, RoutedField, Standing,
        StandingState, facts,
    },
    spine::{
        Actor, Change, Citation, DepartmentId, Entity, Id, Permission, Refusal, RefusalCode, Timestamp,
        Version,
    },
    working_time::clock::WorkingClock,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The id of an order.
pub type SalesOrderId = Id<SalesOrder>;

/// The chain that orders meet.
pub const SALES_ORDER_CHAIN: &str = "sales-order";
/// The code under which that chain is kept.
pub const SALES_ORDER_CHAIN_CODE: &str = "approval-chain/sales-order";
/// That chain as shipped: the manager reviews.
pub const SHIPPED_SALES_ORDER_CHAIN: &str = include_str!("shipped/sales_order_chain.json");

/// By what orders let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[RoutedField::new("department_id", Holds::Department)];
    (chain == SALES_ORDER_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { SALES_ORDER_REFUSALS:
    ORDER_DISCOUNT_BEYOND = "sales_order.discount_beyond_lines", Invalid, "整单优惠不得大于等于明细合计", "The discount must be less than the lines come to";
    ORDER_PRICE_DEVIATES = "sales_order.price_deviates", Invalid, "第 {line} 行的成交价与价目表价格 {list} 不一致，须事先申请并获批准", "Line {line} is not sold at the list price of {list}; that must be asked for and approved before";
    ORDER_NOT_SOLD = "sales_order.product_not_sold", Invalid, "产品 {product} 在该日不在售", "The product {product} is not sold on that day";
    CONTRACT_NOT_SIGNED = "sales_order.contract_not_signed", Conflict, "合同 {number} 当前为“{state}”，只能按已签署的合同下单", "The contract {number} is \"{state}\"; only a signed one is ordered under";
    CONTRACT_OF_ANOTHER = "sales_order.contract_of_another", Invalid, "合同 {number} 属于另一客户", "The contract {number} is another customer's";
    NOT_IN_CONTRACT = "sales_order.not_in_contract", Invalid, "第 {line} 行的产品不在合同 {number} 内", "What line {line} orders is not in the contract {number}";
    PAID_BY_CONTRACT = "sales_order.paid_by_contract", Invalid, "订单按合同 {number} 收款，不另约定分期", "The order is paid by its contract {number}; it has no instalments of its own";
    NOT_UNDER_WAY = "sales_order.not_under_way", Conflict, "订单 {number} 当前为“{state}”，不能办理", "The order {number} is \"{state}\"; this cannot be done";
    ON_HOLD = "sales_order.on_hold", Conflict, "订单 {number} 已暂停：{reason}，须先解除", "The order {number} is on hold, which is to be released first: {reason}";
    NOT_ON_HOLD = "sales_order.not_on_hold", Conflict, "订单 {number} 未被暂停", "The order {number} is not on hold";
    SHIPPED_ALREADY = "sales_order.shipped_already", Conflict, "订单 {number} 已发货，不能取消，可以关闭未发货部分", "The order {number} has been shipped in part; what is not shipped can be cut short instead";
    TAKEN_ALREADY = "sales_order.taken_already", Conflict, "订单 {number} 已由对接系统接收，单号 {reference}，不能取消", "The order {number} was taken over as {reference}; it cannot be cancelled any more";
    OVER_PRODUCED = "sales_order.over_produced", Invalid, "第 {line} 行最多可生产 {most}", "Line {line} is produced at most {most} times";
    OVER_SHIPPED = "order.over_shipped", Conflict, "第 {line} 行仅余 {left} 未发货", "Only {left} of line {line} is left to be shipped";
    OVER_RETURNED = "order.over_returned", Conflict, "第 {line} 行最多可退 {left}", "At most {left} of line {line} can be returned";
    NO_SUCH_LINE = "sales_order.no_such_line", Invalid, "订单没有第 {line} 行", "The order has no line {line}";
    LINE_TWICE = "sales_order.line_twice", Invalid, "第 {line} 行重复", "Line {line} is named twice";
    UNKNOWN_ORDER = "sales_order.unknown", Invalid, "没有此订单", "There is no such order";
    NOTHING_TO_CUT = "sales_order.nothing_to_cut", Conflict, "第 {line} 行已全部发货，没有可关闭的部分", "All of line {line} is shipped; there is nothing to cut short";
}

crate::events! { SALES_ORDER_EVENTS:
    CREATED = "sales_order.created", "销售订单已建立", "An order was drafted";
    CHANGED = "sales_order.changed", "销售订单已修改", "An order was changed";
    SUBMITTED = "sales_order.submitted", "销售订单已提交审核", "An order was submitted";
    WITHDRAWN = "sales_order.withdrawn", "销售订单已撤回", "An order was withdrawn";
    RETURNED = "sales_order.returned", "销售订单已退回", "An order was sent back to whoever entered it";
    REJECTED = "sales_order.rejected", "销售订单已驳回", "An order was rejected";
    APPROVED = "sales_order.approved", "销售订单已批准", "An order was approved";
    VOIDED = "sales_order.voided", "销售订单已作废", "An order was voided; its number stays taken";
    PRODUCED = "sales_order.produced", "订单生产进度已登记", "The production of an order advanced";
    FINISHED = "sales_order.finished", "订单已完工", "An order is produced";
    SHIPPED = "sales_order.shipped", "订单已发货", "Goods of an order were shipped";
    SHIPPING_UNDONE = "sales_order.shipping_undone", "订单发货已冲回", "A shipment of an order was taken back";
    DELIVERED = "sales_order.delivered", "订单已送达", "Goods of an order were delivered";
    GOODS_RETURNED = "sales_order.goods_returned", "订单有退货", "Goods of an order came back";
    CANCELLED = "sales_order.cancelled", "销售订单已取消", "An order was cancelled";
    CUT_SHORT = "sales_order.cut_short", "订单未发货部分已关闭", "What is left of a line was cut short";
    CLOSED = "sales_order.closed", "销售订单已关闭", "An order was closed";
    HELD = "sales_order.held", "销售订单已暂停", "An order was put on hold";
    RELEASED = "sales_order.released", "销售订单已解除暂停", "An order was released";
    TAKEN = "sales_order.taken", "销售订单已被对接系统接收", "An order was taken over by another system";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALES_ORDER_REFUSALS, content::CONTENT_REFUSALS],
    events: &[SALES_ORDER_EVENTS],
    enums: &[HoldKind::LABELS, OrderStage::LABELS, SalesOrderAction::LABELS, SalesOrderState::LABELS],
};

/// An order of a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesOrder {
    /// Identity.
    pub id: SalesOrderId,
    /// Who entered it, and where it stands; the number is such as `SO-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department whose order it is.
    pub department: DepartmentId,
    /// What it says.
    pub content: SalesOrderContent,
    /// How far each line is, in the order of the lines.
    pub progress: Vec<LineProgress>,
    /// That it is on hold.
    pub hold: Option<OrderHold>,
    /// That another system took it over.
    pub taken: Option<Taken>,
    /// By when its stage is promised, in working time.
    pub clock: Option<WorkingClock>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for SalesOrder {
    const KIND: &'static str = "sales_order";
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

impl Document for SalesOrder {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("ORD-1"),
        ends_for_leavers: Some(Permission::SuperviseOrders),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        facts([
            ("department_id", json!(self.department)),
            ("customer_id", json!(self.content.customer)),
            ("contract_id", json!(self.content.contract)),
            ("total", json!(self.content.total().ok())),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl SalesOrder {
    /// Starts a draft in the actor's own name, of the department they work in.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: SalesOrderContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let progress = vec![LineProgress::default(); content.lines.len()];
        let (hold, taken, clock) = (None, None, None);
        let order = Self { id, petition, department, content, progress, hold, taken, clock, version: 0 };
        let facts = order.all_facts();
        Ok(Change::created(order, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever entered it.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, content: SalesOrderContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let progress = vec![LineProgress::default(); content.lines.len()];
        let after = Self { content, progress, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// What its review came to: approved, its first stage begins.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn agree(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return self.settle(approval, outcome, promise.now);
        }
        self.expect_settled_by(approval)?;
        let mut after = self.clone();
        after.stand(Standing::Approved { at: promise.now });
        let after = after.promised(None, promise)?;
        let facts = after.all_facts();
        Ok(Change::updated(self, after, APPROVED, facts.into()))
    }

    /// Whether a caller may supervise it: whoever entered it, and whoever supervises orders of the department.
    ///
    /// # Errors
    /// A stranger.
    pub fn refuse_outsider(&self, by: &Actor) -> Result<(), Refusal> {
        if by.reach(Permission::SuperviseOrders).covers(self.department, false) {
            return Ok(());
        }
        self.petition.refuse_stranger(by)
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.petition.number.clone()))
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("ORD-1", "004 §5.2"))
}

#[cfg(test)]
mod tests;
