//! What a price deviation looks like, and those within the caller's sight. `[PRI-2, INT-4]`

use super::{find, row::Row};
use crate::{
    approval::{APPROVAL, document::owner},
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, PersonRef, Register},
    product::{self, PRODUCT},
    schema::{customers, price_deviations, products},
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    price_deviation::{
        DeviationMode, HolderKind, PriceDeviation, PriceDeviationAction, PriceDeviationId,
        PriceDeviationState,
    },
    product::ProductId,
    quantity::Quantity,
    spine::{AnyId, DepartmentId, EmployeeId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a deviation. An alias, because the derive would take a generic type apart.
type PriceDeviationActionView = ActionView<PriceDeviationAction>;

/// A price above or below the list that somebody asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceDeviation)]
pub struct PriceDeviationView {
    /// Its identity.
    pub id: PriceDeviationId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "PV-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: PriceDeviationState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or revoked.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of whoever asks.
    pub department: NamedRef,
    /// To whom.
    pub customer: CustomerRef,
    /// Of what.
    pub product: NamedRef,
    /// At most how many.
    pub quantity: Quantity,
    /// What of that can still be sold by it.
    pub quantity_left: Quantity,
    /// At which price of a unit, tax included.
    pub price: Money,
    /// The price of the list.
    pub list_price: Money,
    /// How far it is from that, in hundredths of a basis point: −49905 is 4.9905 % below.
    pub deviation_hundredths_bp: i64,
    /// The role whose authority suffices.
    #[schema(max_length = 60, example = "sales-manager")]
    pub authority: String,
    /// In which region.
    #[schema(max_length = 40, example = "华东")]
    pub region: Option<String>,
    /// In which channel.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// How often.
    pub mode: DeviationMode,
    /// Why.
    #[schema(max_length = 500, example = "年度集采，量大价优")]
    pub grounds: String,
    /// The last day on which it can be taken; null before it is approved.
    pub valid_to: Option<NaiveDate>,
    /// What holds or used it.
    pub holder: Option<PriceDeviationHolderView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<PriceDeviationActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// The document that holds or used a deviation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceDeviationHolder)]
pub struct PriceDeviationHolderView {
    /// Of what kind.
    pub kind: HolderKind,
    /// Which.
    pub document_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// How many it sells by it.
    pub quantity: Quantity,
}

impl View for PriceDeviationView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("product", &PRODUCT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/price-deviations/{}", self.id))
    }
}

/// One deviation, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: PriceDeviationId) -> Result<PriceDeviationView, Failure> {
    let deviation = find(reader, id)?;
    show(reader, deviation)
}

/// How a deviation at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, deviation: PriceDeviation) -> Result<PriceDeviationView, Failure> {
    let register = Register::of(reader)?;
    let actions = deviation.actions(owner(reader, &deviation)?, reader.actor());
    let (status, left, how_far) = (deviation.state(), deviation.left(), deviation.deviation());
    let names = product::names(reader, [deviation.content.product])?;
    let PriceDeviation { id, petition, department, content, compared, valid_to, holder, version, .. } =
        deviation;
    let (status_at, reason) = petition.standing.told();
    Ok(PriceDeviationView {
        id,
        status,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, content.customer)?,
        product: names.get(&content.product).cloned().ok_or(Failure::NotFound)?,
        quantity: content.quantity,
        quantity_left: left,
        price: content.price,
        list_price: compared.list,
        deviation_hundredths_bp: how_far.map_or(0, domain::price_deviation::Deviation::hundredths_bp),
        authority: compared.authority,
        region: content.region,
        channel: content.channel,
        mode: content.mode,
        grounds: content.grounds,
        valid_to,
        holder: holder.map(|holder| PriceDeviationHolderView {
            kind: holder.kind,
            document_id: AnyId::from_uuid(holder.document),
            number: holder.number,
            quantity: holder.quantity,
        }),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/price-deviations/{id}"), actions),
        version,
        number: petition.number,
    })
}

impl Placed<crate::Sales> for PriceDeviationAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Revoke => Place::Post("/revoke"),
        }
    }
}

/// A deviation in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceDeviationSummary)]
pub struct PriceDeviationSummary {
    /// Its identity.
    pub id: PriceDeviationId,
    /// Its number.
    #[schema(max_length = 60, example = "PV-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: PriceDeviationState,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of whoever asks.
    pub department: NamedRef,
    /// To whom.
    pub customer: CustomerRef,
    /// Of what.
    pub product: NamedRef,
    /// At most how many.
    pub quantity: Quantity,
    /// At which price of a unit.
    pub price: Money,
    /// The price of the list.
    pub list_price: Money,
    /// The last day on which it can be taken.
    pub valid_to: Option<NaiveDate>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PriceDeviationSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("product", &PRODUCT),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which deviations are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PriceDeviationFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "open,held")]
    pub status: Several<PriceDeviationState>,
    /// Only to this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this product.
    pub product_id: Option<ProductId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever asked.
    pub submitter_id: Option<EmployeeId>,
    /// Only what can be taken until this day or before.
    #[serde(rename = "valid_to[lte]")]
    pub valid_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PriceDeviationOrder,
}

impl Filter for PriceDeviationFilter {}

orders! {
    /// By what deviations are ordered.
    pub PriceDeviationOrder of Row in price_deviations by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns, NamedColumns);

/// Deviations within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PriceDeviationFilter,
    page: &Page,
) -> Result<Slice<PriceDeviationSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), price_deviations, "price_deviation");
    of_customer!(wanted, reader, price_deviations, filter);
    narrow!(wanted, price_deviations, filter;
        status in status, product_id = product_id, department_id = department_id,
        submitter_id = submitter_id, valid_to <= valid_to, changed_at >= changed_from,
        changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        price_deviations::table
            .inner_join(customers::table.on(customers::id.eq(price_deviations::customer_id)))
            .inner_join(products::table.on(products::id.eq(price_deviations::product_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name),
            (products::id, products::code, products::name_zh, products::name_en));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer, product): Found) -> Result<PriceDeviationSummary, Failure> {
    let (price, list_price) = row.prices()?;
    Ok(PriceDeviationSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        customer: customer.into(),
        product: product.into(),
        quantity: Quantity::from_scaled(row.quantity),
        price,
        list_price,
        valid_to: row.valid_to,
        number: row.number,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { PriceDeviationSummary as "price-deviations" "价格偏差" "Price deviations", domain::spine::Permission::ExportSales:
    number "单号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    product "产品" "Product";
    quantity "数量" "Quantity" = |row| row.quantity.to_string();
    price "申请价" "Price";
    list_price "价目表价格" "List price";
    currency "币种" "Currency" = |row| row.price.currency().code();
    submitter "申请人" "Asked by";
    department "部门" "Department";
    valid_to "有效期至" "Valid to";
    created_at "填报时间" "Created at";
}
