//! What a unit looks like, and all of them: for whom it is held only its holder and who supervises them may see. `[ORD-2, INT-4]`

use super::{deed::may_see_holder, find, row::Row};
use crate::{
    customer_file::{CustomerRef, view::refer_to},
    organisation::{EMPLOYEE, NamedColumns, NamedRef, PersonRef, Register},
    product::{self, PRODUCT},
    sales_contract::SALES_CONTRACT,
    schema::{products, units},
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Slice, View, Where, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    product::ProductId,
    receipt::ReceiptId,
    sales_contract::SalesContractId,
    spine::{EmployeeId, Permission, Timestamp, Version},
    unit::{Reservation, Unit, UnitId, UnitState},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Unit)]
pub struct UnitView {
    /// Its identity.
    pub id: UnitId,
    /// Its code.
    #[schema(max_length = 40, example = "3-1201")]
    pub code: String,
    /// Where it is.
    #[schema(max_length = 100, example = "三号楼 12 层")]
    pub place: String,
    /// The product it is sold as.
    pub product: NamedRef,
    /// Where it stands.
    pub status: UnitState,
    /// Who took the deposit that holds it.
    pub reserved_by: Option<PersonRef>,
    /// When.
    pub reserved_at: Option<Timestamp>,
    /// The last day on which it may be signed.
    pub reserved_until: Option<NaiveDate>,
    /// For whom; absent for who may not see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub customer: Option<CustomerRef>,
    /// The deposit that holds it; absent for who may not see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deposit_id: Option<ReceiptId>,
    /// The contract by which it is bought; absent for who may not see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contract_id: Option<SalesContractId>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for UnitView {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("product", &PRODUCT),
        Refers::to("reserved_by", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/units/{}", self.id))
    }
}

/// One unit.
///
/// # Errors
/// Not found where there is none.
pub fn view(reader: &mut Reader<'_>, id: UnitId) -> Result<UnitView, Failure> {
    let unit = find(reader, id)?;
    show(reader, unit)
}

/// How a unit at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, unit: Unit) -> Result<UnitView, Failure> {
    let names = product::names(reader, [unit.product])?;
    let product = names.get(&unit.product).cloned().ok_or(Failure::NotFound)?;
    let status = unit.state();
    let Unit { id, code, place, product: _, reservation, version } = unit;
    shown(
        reader,
        UnitView {
            id,
            code,
            place,
            product,
            status,
            reserved_by: None,
            reserved_at: None,
            reserved_until: None,
            customer: None,
            deposit_id: None,
            contract_id: None,
            version,
        },
        reservation,
    )
}

/// A view with what the caller may see of who holds it.
fn shown(reader: &mut Reader<'_>, view: UnitView, held: Option<Reservation>) -> Result<UnitView, Failure> {
    let Some(held) = held else { return Ok(view) };
    let register = Register::of(reader)?;
    let is_seen = may_see_holder(reader, &held);
    Ok(UnitView {
        reserved_by: Some(register.named(held.by)?),
        reserved_at: Some(held.at),
        reserved_until: Some(held.until),
        customer: is_seen.then(|| refer_to(reader, held.customer)).transpose()?,
        deposit_id: is_seen.then_some(held.deposit),
        contract_id: held.contract.filter(|_| is_seen),
        ..view
    })
}

/// Which units are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct UnitFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "available")]
    pub status: Several<UnitState>,
    /// Only sold as this product.
    pub product_id: Option<ProductId>,
    /// Only held by this person.
    pub reserved_by_id: Option<EmployeeId>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: UnitOrder,
}

impl Filter for UnitFilter {}

orders! {
    /// By what units are ordered.
    pub UnitOrder of Row in units by id, ascending:
    code;
    created_at = id;
    changed_at;
}

type Found = (Row, NamedColumns);

/// Units, by code.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &UnitFilter, page: &Page) -> Result<Slice<UnitView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, units, filter;
        status in status, product_id = product_id, reserved_by_id = reserved_by_id);
    let found = paged!(reader, page, filter.sort, wanted;
        units::table.inner_join(products::table.on(products::id.eq(units::product_id)))
        => (Row::as_select(), (products::id, products::code, products::name_zh, products::name_en));
        |found: &Found| &found.0);
    found.try_map(|(row, product)| {
        let (status, held) = (row.state()?, row.reservation()?);
        shown(
            reader,
            UnitView {
                id: row.id.into(),
                code: row.code,
                place: row.place,
                product: product.into(),
                status,
                reserved_by: None,
                reserved_at: None,
                reserved_until: None,
                customer: None,
                deposit_id: None,
                contract_id: None,
                version: row.version,
            },
            held,
        )
    })
}

columns! { UnitView as "units" "房源" "Units", Permission::ExportSales:
    code "房号" "Code";
    place "位置" "Place";
    product "产品" "Product";
    status "状态" "Status";
    reserved_by "预留人" "Reserved by";
    reserved_until "签约截止" "To be signed by";
}
