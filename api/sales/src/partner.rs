//! Channel partners over HTTP: who they are, and what they brought. `[COM-12, PROD]`

use crate::{
    receipt::deal_of,
    spine::{
        At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted,
        routes,
    },
};
use domain::{
    customer_file::CustomerId,
    partner::{Partner, PartnerDetails, PartnerId},
    receipt::TWO_DEALS,
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{DepartmentId, EmployeeId, Refusal, perm},
};
use persistence::partner::{
    self as partners, PartnerFilter, PartnerView, deal, deal::PartnerDealFilter, deal::PartnerDealView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "partners",
        [list_partners, enter_partner, show_partner, revise_partner, list_partner_deals, name_partner,]
    );
}

/// List channel partners. `[COM-12, INT-4]`
///
/// Those that the caller looks after, or a department in reach does. The newest first.
#[utoipa::path(get, path = "/api/v1/partners")]
async fn list_partners(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<PartnerFilter>,
    reading: Reading,
) -> List<PartnerView> {
    reading.list(who, wanted, partners::list).await
}

/// Show a channel partner. `[COM-12]`
#[utoipa::path(get, path = "/api/v1/partners/{id}")]
async fn show_partner(
    who: Can<perm::ReadContracts>,
    id: PathId<Partner>,
    reading: Reading,
) -> Reply<PartnerView> {
    reading.read(who, move |reader| partners::view(reader, *id)).await
}

/// A channel partner.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnterPartner {
    /// Its code; unique.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "P-HZ-01")]
    code: String,
    /// What it is called.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "杭州康源医疗器械有限公司")]
    name: String,
    /// Who looks after it.
    owner_id: EmployeeId,
    /// The department that does.
    department_id: DepartmentId,
    /// The channel it sells in, by which prices may be its own.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    channel: Option<String>,
    /// As which customer it buys, where it does.
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// What of the net of a sale it is paid, in basis points.
    #[validate(range(max = 10000))]
    #[schema(minimum = 0, maximum = 10000, example = 500)]
    rate_bp: u32,
    /// Whether it sells for the company; so where absent.
    #[serde(default = "active")]
    is_active: bool,
}

const fn active() -> bool {
    true
}

impl Merged for EnterPartner {
    const PATCH: &'static str = "RevisePartner";
    const FILLED: &'static [&'static str] = &["is_active"];
}

impl From<PartnerDetails> for EnterPartner {
    fn from(details: PartnerDetails) -> Self {
        let PartnerDetails { code, name, owner, department, channel, customer, rate_bp, is_active } = details;
        let (owner_id, department_id, customer_id) = (owner, department, customer);
        Self { code, name, owner_id, department_id, channel, customer_id, rate_bp, is_active }
    }
}

impl From<EnterPartner> for PartnerDetails {
    fn from(body: EnterPartner) -> Self {
        let EnterPartner { code, name, owner_id, department_id, channel, customer_id, rate_bp, is_active } =
            body;
        let (owner, department, customer) = (owner_id, department_id, customer_id);
        Self { code, name, owner, department, channel, customer, rate_bp, is_active }
    }
}

/// Enter a channel partner. `[COM-12]`
#[utoipa::path(post, path = "/api/v1/partners")]
async fn enter_partner(
    who: Can<perm::SuperviseContracts>,
    body: Valid<EnterPartner>,
    work: UnitOfWork,
) -> Created<PartnerView> {
    work.write(who, move |tx| {
        let details = partners::complete(tx, body.0.clone().into())?;
        let change = Partner::enter(tx.id(), details)?;
        let partner = partners::apply(tx, change)?;
        partners::show(tx, partner)
    })
    .await
}

/// Change a channel partner. `[COM-12, COM-10b]`
///
/// Another rate holds for sales that close later: what froze with a sale stays.
#[utoipa::path(patch, path = "/api/v1/partners/{id}")]
async fn revise_partner(
    who: Can<perm::SuperviseContracts>,
    at: At<Partner>,
    patch: Merge<EnterPartner>,
    work: UnitOfWork,
) -> Reply<PartnerView> {
    work.moves(who, at, move |partner, tx| {
        let details = patch.over(&partner.details.clone().into())?.into();
        let details = partners::complete(tx, details)?;
        Ok(partner.revise(details)?)
    })
    .await
}

/// List what partners brought. `[COM-12, INT-4]`
///
/// Contracts and orders of one's own, and of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/partner-deals")]
async fn list_partner_deals(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<PartnerDealFilter>,
    reading: Reading,
) -> List<PartnerDealView> {
    reading.list(who, wanted, deal::list).await
}

/// Who brought what.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NamePartner {
    /// Which partner.
    partner_id: PartnerId,
    /// Which contract.
    #[serde(default)]
    contract_id: Option<SalesContractId>,
    /// Which order, where it is a sale of its own.
    #[serde(default)]
    order_id: Option<SalesOrderId>,
}

/// Name the partner who brought a contract or an order. `[COM-12]`
///
/// Once, before its sale closes: then the rate freezes.
#[utoipa::path(post, path = "/api/v1/partner-deals")]
async fn name_partner(
    who: Can<perm::SubmitContracts>,
    body: Valid<NamePartner>,
    work: UnitOfWork,
) -> Created<PartnerDealView> {
    work.write(who, move |tx| {
        let of = deal_of(body.contract_id, body.order_id)?;
        let of = of.ok_or_else(|| Refusal::new(TWO_DEALS).at("/contract_id"))?;
        let named = deal::name(tx, body.partner_id, of)?;
        deal::show(tx, named)
    })
    .await
}
