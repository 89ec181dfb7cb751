//! What a claim for price protection looks like, and those within the caller's sight. `[PRI-3, INT-4]`

use super::{Row, covered, find};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    partner::PARTNER,
    product,
    schema::price_protections,
    spine::{Failure, Filter, Page, Reader, Refers, Several, Slice, View, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    partner::PartnerId,
    price_protection::{PriceProtection, PriceProtectionId, PriceProtectionState, StockSource},
    product::ProductId,
    quantity::Quantity,
    spine::{DepartmentId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A claim for price protection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceProtection)]
pub struct PriceProtectionView {
    /// Its identity.
    pub id: PriceProtectionId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "PP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: PriceProtectionState,
    /// Whose.
    pub partner_id: PartnerId,
    /// The department that looks after the partner.
    pub department: NamedRef,
    /// Who claimed it.
    pub submitter: PersonRef,
    /// Of which product.
    pub product: NamedRef,
    /// The first day of the new price.
    pub cut_on: NaiveDate,
    /// What a unit cost the partner the day before.
    pub old_price: Money,
    /// What it costs since.
    pub new_price: Money,
    /// How many the partner bought in the days before the cut.
    pub bought: Quantity,
    /// How many it had in stock at 24:00 before the cut.
    pub declared: Quantity,
    /// From where that is known.
    pub stock_source: StockSource,
    /// When that was reported.
    pub reported_on: NaiveDate,
    /// What shows it.
    #[schema(max_length = 500)]
    pub evidence: String,
    /// The last day on which it may be verified.
    pub verify_by: NaiveDate,
    /// How many are protected; null until finance verified it.
    pub verified: Option<Quantity>,
    /// What finance said to it.
    #[schema(max_length = 500)]
    pub verified_note: Option<String>,
    /// What it comes to: of what was verified, else at most.
    pub amount: Money,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// Under what it was credited.
    #[schema(max_length = 100)]
    pub reference: Option<String>,
    /// When it was refused, or lapsed.
    pub ended_at: Option<Timestamp>,
    /// Why it was refused.
    #[schema(max_length = 1000)]
    pub ended_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PriceProtectionView {
    const REFERS: &'static [Refers] = &[
        Refers::to("partner", &PARTNER).by("partner_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/price-protections/{}", self.id))
    }
}

/// One claim, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: PriceProtectionId) -> Result<PriceProtectionView, Failure> {
    let claim = find(reader, id)?;
    show(reader, claim)
}

/// How a claim at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, claim: PriceProtection) -> Result<PriceProtectionView, Failure> {
    let (register, names) = (Register::of(reader)?, product::names(reader, [claim.product])?);
    shown(&register, &names, claim)
}

fn shown(
    register: &Register,
    names: &HashMap<ProductId, NamedRef>,
    claim: PriceProtection,
) -> Result<PriceProtectionView, Failure> {
    let (status, amount) = (claim.state(), claim.amount().map_err(Failure::fault)?);
    let (verified, verified_note) = claim.verified.map(|verified| (verified.quantity, verified.note)).unzip();
    let (ended_at, ended_reason) = claim.ended.map_or((None, None), |(at, reason)| (Some(at), reason));
    Ok(PriceProtectionView {
        id: claim.id,
        status,
        partner_id: claim.partner,
        department: register.placed(claim.department)?,
        submitter: register.named(claim.submitter)?,
        product: names.get(&claim.product).cloned().ok_or(Failure::NotFound)?,
        cut_on: claim.cut.on,
        old_price: claim.cut.old,
        new_price: claim.cut.new,
        bought: claim.bought,
        declared: claim.stock.quantity,
        stock_source: claim.stock.source,
        reported_on: claim.stock.reported_on,
        evidence: claim.stock.evidence,
        verify_by: claim.verify_by,
        verified,
        verified_note,
        amount,
        approved_at: claim.approved.map(|(_, at)| at),
        reference: claim.credited.map(|(reference, _)| reference),
        ended_at,
        ended_reason,
        number: claim.number,
        version: claim.version,
    })
}

/// Which claims are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PriceProtectionFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "claimed,verified")]
    pub status: Several<PriceProtectionState>,
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only of this product.
    pub product_id: Option<ProductId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of cuts on this day or later.
    #[serde(rename = "cut_on[gte]")]
    pub cut_from: Option<NaiveDate>,
    /// Only of cuts on this day or before.
    #[serde(rename = "cut_on[lte]")]
    pub cut_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PriceProtectionOrder,
}

impl Filter for PriceProtectionFilter {}

orders! {
    /// By what claims are ordered.
    pub PriceProtectionOrder of Row in price_protections by id, descending:
    created_at = id;
}

/// Claims within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PriceProtectionFilter,
    page: &Page,
) -> Result<Slice<PriceProtectionView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, price_protections, filter;
        status in status, partner_id = partner_id, product_id = product_id, department_id = department_id,
        cut_on >= cut_from, cut_on <= cut_to);
    let found = paged!(reader, page, filter.sort, wanted;
        price_protections::table => Row::as_select(); |row: &Row| row);
    let found = found.try_map(Row::claim)?;
    let names = product::names(reader, found.data.iter().map(|claim| claim.product))?;
    let register = Register::of(reader)?;
    found.try_map(|claim| shown(&register, &names, claim))
}

columns! { PriceProtectionView as "price-protections" "价格保护" "Price protection", domain::spine::Permission::ExportSales:
    number "编号" "Number";
    status "状态" "Status";
    product "产品" "Product";
    department "部门" "Department";
    cut_on "降价日" "Cut on";
    old_price "原价" "Old price";
    new_price "新价" "New price";
    bought "降价前进货" "Bought before" = |row| row.bought.to_string();
    declared "申报库存" "Declared" = |row| row.declared.to_string();
    verified "核实数量" "Verified" = |row| row.verified.map(|verified| verified.to_string());
    amount "金额" "Amount";
    currency "币种" "Currency" = |row| row.amount.currency().code();
    reference "入账编号" "Reference";
}
