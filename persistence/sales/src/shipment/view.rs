//! What a shipment looks like, and the shipments within the caller's sight. `[ORD-1a, INT-4]`

use super::{
    find,
    row::{Row, covered},
};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, NamedRef, Register},
    sales_order::SALES_ORDER,
    schema::{customers, shipments},
    spine::{Failure, Filter, Page, Reader, Refers, Several, Slice, View, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    quantity::Quantity,
    sales_order::SalesOrderId,
    shipment::{Shipment, ShipmentId, ShipmentState},
    spine::{DepartmentId, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Goods on their way to a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Shipment)]
pub struct ShipmentView {
    /// Its identity.
    pub id: ShipmentId,
    /// Its number.
    #[schema(max_length = 60, example = "SH-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ShipmentState,
    /// Of which order.
    pub order_id: SalesOrderId,
    /// To whom.
    pub customer: CustomerRef,
    /// The department of the order.
    pub department: NamedRef,
    /// The day the goods left.
    pub shipped_on: NaiveDate,
    /// Who carries them.
    #[schema(max_length = 100, example = "顺丰")]
    pub carrier: Option<String>,
    /// The number under which they are traced.
    #[schema(max_length = 100)]
    pub tracking_number: Option<String>,
    /// The other system that keeps it.
    #[schema(max_length = 40, example = "erp")]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// What is shipped.
    #[schema(max_items = 200)]
    pub lines: Vec<ShipmentLineView>,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// The day it reached the customer.
    pub delivered_on: Option<NaiveDate>,
    /// What proves it.
    #[schema(max_length = 200)]
    pub proof: Option<String>,
    /// When it was taken back.
    pub taken_back_at: Option<Timestamp>,
    /// Why.
    #[schema(max_length = 1000)]
    pub taken_back_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a shipment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShipmentLine)]
pub struct ShipmentLineView {
    /// The place of the line in its order, from 1 on.
    #[schema(minimum = 1, maximum = 200)]
    pub line: u32,
    /// How many.
    pub quantity: Quantity,
}

impl View for ShipmentView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("order", &SALES_ORDER).by("order_id")];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/shipments/{}", self.id))
    }
}

/// One shipment, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ShipmentId) -> Result<ShipmentView, Failure> {
    let shipment = find(reader, id)?;
    show(reader, shipment)
}

/// How a shipment at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, shipment: Shipment) -> Result<ShipmentView, Failure> {
    let register = Register::of(reader)?;
    let status = shipment.state();
    let lines = shipment.lines.iter().map(|line| ShipmentLineView {
        line: u32::try_from(line.place).unwrap_or(u32::MAX),
        quantity: line.quantity,
    });
    let lines = lines.collect();
    let (delivered_on, proof) = shipment.delivered.unzip();
    let (taken_back_at, taken_back_reason) = shipment.taken_back.unzip();
    let (source, external_id) = shipment.details.external.unzip();
    Ok(ShipmentView {
        id: shipment.id,
        number: shipment.number,
        status,
        order_id: shipment.order,
        customer: refer_to(reader, shipment.customer)?,
        department: register.placed(shipment.department)?,
        shipped_on: shipment.details.shipped_on,
        carrier: shipment.details.carrier,
        tracking_number: shipment.details.tracking_number,
        source,
        external_id,
        lines,
        recorded_by: shipment.recorded_by,
        recorded_at: shipment.recorded_at,
        delivered_on,
        proof,
        taken_back_at,
        taken_back_reason,
        version: shipment.version,
    })
}

/// A shipment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShipmentSummary)]
pub struct ShipmentSummary {
    /// Its identity.
    pub id: ShipmentId,
    /// Its number.
    #[schema(max_length = 60, example = "SH-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ShipmentState,
    /// Of which order.
    pub order_id: SalesOrderId,
    /// To whom.
    pub customer: CustomerRef,
    /// The department of the order.
    pub department: NamedRef,
    /// The day the goods left.
    pub shipped_on: NaiveDate,
    /// Who carries them.
    #[schema(max_length = 100)]
    pub carrier: Option<String>,
    /// The number under which they are traced.
    #[schema(max_length = 100)]
    pub tracking_number: Option<String>,
    /// The day it reached the customer.
    pub delivered_on: Option<NaiveDate>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ShipmentSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("order", &SALES_ORDER).by("order_id")];
}

/// Which shipments are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ShipmentFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "dispatched")]
    pub status: Several<ShipmentState>,
    /// Only of this order.
    pub order_id: Option<SalesOrderId>,
    /// Only to this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only shipped on this day or later.
    #[serde(rename = "shipped_on[gte]")]
    pub shipped_from: Option<NaiveDate>,
    /// Only shipped on this day or before.
    #[serde(rename = "shipped_on[lte]")]
    pub shipped_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ShipmentOrder,
}

impl Filter for ShipmentFilter {}

orders! {
    /// By what shipments are ordered.
    pub ShipmentOrder of Row in shipments by id, descending:
    recorded_at = id;
    changed_at;
    shipped_on;
}

type Found = (Row, CustomerColumns);

/// Shipments within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ShipmentFilter,
    page: &Page,
) -> Result<Slice<ShipmentSummary>, Failure> {
    let mut wanted = covered(reader);
    of_customer!(wanted, reader, shipments, filter);
    narrow!(wanted, shipments, filter;
        status in status, order_id = order_id, department_id = department_id,
        shipped_on >= shipped_from, shipped_on <= shipped_to, changed_at >= changed_from,
        changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        shipments::table.inner_join(customers::table.on(customers::id.eq(shipments::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<ShipmentSummary, Failure> {
    Ok(ShipmentSummary {
        id: row.id.into(),
        status: row.state()?,
        order_id: row.order_id.into(),
        customer: customer.into(),
        department: register.placed(row.department_id.into())?,
        number: row.number,
        shipped_on: row.shipped_on,
        carrier: row.carrier,
        tracking_number: row.tracking_number,
        delivered_on: row.delivered_on,
        recorded_at: row.recorded_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { ShipmentSummary as "shipments" "发货单" "Shipments", domain::spine::Permission::ExportSales:
    number "发货单号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    department "部门" "Department";
    shipped_on "发货日期" "Shipped on";
    carrier "承运商" "Carrier";
    tracking_number "运单号" "Tracking number";
    delivered_on "送达日期" "Delivered on";
    recorded_at "登记时间" "Recorded at";
}
