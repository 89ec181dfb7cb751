//! What an order looks like, and what may be done with it. `[ORD-1, ACT-1]`

use super::find;
use crate::{
    approval::{APPROVAL, document::owner},
    counted_figure,
    customer_file::{CustomerRef, view::refer_to},
    instalment::{InstalmentTermView, view::terms},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    policy, product,
    sales_contract::SALES_CONTRACT,
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    counted_figure::CountedKind,
    organisation::working_calendar::WorkingCalendar,
    quantity::Quantity,
    sales_contract::SalesContractId,
    sales_order::{HoldKind, OrderStage, SalesOrder, SalesOrderAction, SalesOrderId, SalesOrderState},
    spine::{AnyId, Currency, Money, Permission, PolicyVersion, Timestamp, UserId, Version},
    working_time::WorkingTime,
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the caller may do with an order. An alias, because the derive would take a generic type apart.
type SalesOrderActionView = ActionView<SalesOrderAction>;

/// An order of a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesOrder)]
pub struct SalesOrderView {
    /// Its identity.
    pub id: SalesOrderId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SO-2026-000012")]
    pub number: String,
    /// Where it stands, as its lines do.
    pub status: SalesOrderState,
    /// Since when it is approved, returned, given up or closed; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or cancelled.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who entered it.
    pub submitter: PersonRef,
    /// The department whose order it is.
    pub department: NamedRef,
    /// From whom.
    pub customer: CustomerRef,
    /// Under which contract.
    pub contract_id: Option<SalesContractId>,
    /// The region it counts in.
    #[schema(max_length = 40, example = "华东")]
    pub region: Option<String>,
    /// The channel it counts in.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// What is ordered, and how far each line is.
    #[schema(max_items = 200)]
    pub lines: Vec<SalesOrderLineView>,
    /// What is taken off the whole.
    pub discount: Money,
    /// What was ordered, tax included.
    pub total: Money,
    /// What the customer pays of it by now: less what is cancelled or came back.
    pub kept: Money,
    /// What of that is collected; null where it is paid by its contract, or not approved.
    pub collected: Option<Money>,
    /// In which parts it is paid, each by when; where there are none, as its contract or the terms of receivables say.
    #[schema(max_items = 60)]
    pub instalments: Vec<InstalmentTermView>,
    /// By which day the customer wants it.
    pub deliver_by: Option<NaiveDate>,
    /// What is to be heeded.
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// The stage in which it is.
    pub stage: Option<OrderStage>,
    /// By when that stage is promised; null while it is on hold.
    pub stage_due_at: Option<Timestamp>,
    /// Why it is on hold.
    pub hold_kind: Option<HoldKind>,
    /// The same in words.
    #[schema(max_length = 1000)]
    pub hold_reason: Option<String>,
    /// What the system that took it over calls it.
    #[schema(max_length = 60)]
    pub taken_reference: Option<String>,
    /// The other system that keeps it.
    #[schema(max_length = 40, example = "erp")]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<SalesOrderActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesOrderLine)]
pub struct SalesOrderLineView {
    /// Its place, from 1 on.
    #[schema(minimum = 1, maximum = 200)]
    pub line: u32,
    /// What is ordered.
    pub product: NamedRef,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Its part of the discount.
    pub discount: Money,
    /// What the customer pays for it.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The tax in it.
    pub tax: Money,
    /// So many are produced.
    pub produced: Quantity,
    /// So many are shipped.
    pub shipped: Quantity,
    /// So many of these are delivered.
    pub delivered: Quantity,
    /// So many of these came back.
    pub returned: Quantity,
    /// So many are not wanted any more.
    pub cancelled: Quantity,
    /// So many are left to be shipped.
    pub left: Quantity,
}

impl View for SalesOrderView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales-orders/{}", self.id))
    }
}

/// One order, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SalesOrderId) -> Result<SalesOrderView, Failure> {
    let order = find(reader, id)?;
    show(reader, order)
}

/// An order where something refers to it.
pub static SALES_ORDER: Target =
    Target { permission: Permission::ReadOrders, look: |reader, id| in_json(view(reader, id.into())) };

/// How an order at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, order: SalesOrder) -> Result<SalesOrderView, Failure> {
    let register = Register::of(reader)?;
    let actions = order.actions(owner(reader, &order)?, reader.actor());
    let figure = counted_figure::of(reader, CountedKind::Collected, order.id.uuid())?;
    let (status, stage, lines) = (order.state(), order.stage(), lines(reader, &order)?);
    let (total, kept) = (order.content.total().map_err(Failure::fault)?, order.total_kept());
    let due = stage_due(reader, &order)?;
    let SalesOrder { id, petition, department, content, progress: _, hold, taken, clock: _, version } = order;
    let (status_at, reason) = petition.standing.told();
    let (source, external_id) = content.external.unzip();
    Ok(SalesOrderView {
        id,
        status,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, content.customer)?,
        contract_id: content.contract,
        region: content.region,
        channel: content.channel,
        lines,
        discount: content.discount,
        total,
        kept: kept.map_err(Failure::fault)?,
        collected: figure.map(|figure| Money::from_minor(figure.counted, Currency::Cny)),
        instalments: terms(&content.instalments, total),
        deliver_by: content.deliver_by,
        note: content.note,
        stage,
        stage_due_at: due,
        hold_kind: hold.as_ref().map(|hold| hold.kind),
        hold_reason: hold.map(|hold| hold.reason),
        taken_reference: taken.map(|taken| taken.reference),
        source,
        external_id,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/sales-orders/{id}"), actions),
        version,
        number: petition.number,
    })
}

/// By when the stage of an order is promised, as the calendar stands.
fn stage_due(reader: &mut Reader<'_>, order: &SalesOrder) -> Result<Option<Timestamp>, Failure> {
    let Some(clock) = order.clock.as_ref().filter(|_| order.stage().is_some()) else { return Ok(None) };
    let (now, today) = (reader.now(), reader.today());
    let calendar: Arc<PolicyVersion<WorkingCalendar>> = policy::in_force(reader, "company", today)?;
    Ok(clock.reading(now, WorkingTime::new(&calendar.content, reader.zone())).due)
}

fn lines(reader: &mut Reader<'_>, order: &SalesOrder) -> Result<Vec<SalesOrderLineView>, Failure> {
    let names = product::names(reader, order.content.lines.iter().map(|line| line.product))?;
    let amounts = order.content.amounts().map_err(Failure::fault)?;
    let lines = order.content.lines.iter().zip(&order.progress).zip(amounts);
    let shown = (1..).zip(lines).map(|(place, ((line, progress), amounts))| {
        Ok(SalesOrderLineView {
            line: place,
            product: names.get(&line.product).cloned().ok_or(Failure::NotFound)?,
            quantity: line.quantity,
            price: line.price,
            discount: amounts.discount,
            gross: amounts.gross,
            net: amounts.net,
            tax: amounts.tax,
            produced: progress.produced,
            shipped: progress.shipped,
            delivered: progress.delivered,
            returned: progress.returned,
            cancelled: progress.cancelled,
            left: progress.left(line),
        })
    });
    shown.collect()
}

impl Placed<crate::Sales> for SalesOrderAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Cancel => Place::Post("/cancel"),
            Self::CutShort => Place::Post("/cut-short"),
            Self::Close => Place::Post("/close"),
            Self::Hold => Place::Post("/hold"),
            Self::Release => Place::Post("/release"),
        }
    }
}
