//! Which contracts and orders partners brought: named before their sale closes. `[COM-12]`

use super::{PARTNER, find, find_unscoped};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, referred},
    sale::{deal_of, of_deal},
    sales_contract, sales_order,
    schema::{partner_deals, sales},
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Sight, Slice, Stored, Tx, View, columns, db,
        guard, is_taken, narrow, orders, paged, reached, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    partner::{Partner, PartnerDeal, PartnerDealId, PartnerId},
    sale::Deal,
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{DepartmentId, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = partner_deals, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    partner_id: Key,
    contract_id: Option<Key>,
    order_id: Option<Key>,
    number: String,
    department_id: Key,
    submitter_id: Key,
    named_by_id: Key,
    named_at: Instant,
    version: Version,
}

impl Row {
    fn of(deal: &PartnerDeal) -> Self {
        let PartnerDeal { id, partner, deal, number, department, submitter, by, at, version } = deal;
        Self {
            id: (*id).into(),
            partner_id: (*partner).into(),
            contract_id: deal.contract().map(Into::into),
            order_id: deal.order().map(Into::into),
            number: number.clone(),
            department_id: (*department).into(),
            submitter_id: (*submitter).into(),
            named_by_id: (*by).into(),
            named_at: (*at).into(),
            version: *version,
        }
    }

    fn deal(self) -> Result<PartnerDeal, Failure> {
        let deal = deal_of((self.contract_id, self.order_id));
        Ok(PartnerDeal {
            id: self.id.into(),
            partner: self.partner_id.into(),
            deal: deal.ok_or_else(|| Failure::corrupt("partner_deals", "contract_id", self.id.0))?,
            number: self.number,
            department: self.department_id.into(),
            submitter: self.submitter_id.into(),
            by: self.named_by_id.into(),
            at: self.named_at.into(),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for PartnerDeal {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self);
        let saved = save_row!(tx, partner_deals, &row, before);
        if saved.as_ref().is_err_and(is_taken) {
            return Err(self.is_taken().into());
        }
        guard(saved?)
    }
}

/// Names a partner for a contract or an order in sight: by whoever drew it up, and whoever supervises contracts of its department.
///
/// # Errors
/// What is out of sight; `partner_deal.closed`, `partner_deal.taken`, `partner.inactive`; a stranger.
pub fn name(tx: &mut Tx<'_>, partner: PartnerId, deal: Deal) -> Result<PartnerDeal, Failure> {
    let partner = referred(tx.seeing_by(Permission::ReadContracts, |tx| find(tx, partner)), "/partner_id")?;
    let (number, department, petition) = match deal {
        Deal::Contract(id) => {
            let contract = referred(sales_contract::find(tx, id), "/contract_id")?;
            (contract.petition.number.clone(), contract.department, contract.petition)
        }
        Deal::Order(id) => {
            let order = referred(sales_order::find(tx, id), "/order_id")?;
            (order.petition.number.clone(), order.department, order.petition)
        }
    };
    if !tx.actor().reach(Permission::SuperviseContracts).covers(department, false) {
        petition.refuse_stranger(tx.actor())?;
    }
    let is_closed = is_closed(tx, deal)?;
    let (by, at, submitter) = (tx.actor().user, tx.now(), petition.submitter);
    let id = tx.id();
    let named =
        PartnerDeal { id, partner: partner.id, deal, number, department, submitter, by, at, version: 0 };
    tx.apply(PartnerDeal::name(named, &partner, is_closed)?)
}

/// Whether the sale of a contract or an order has closed, or fell through.
fn is_closed(reader: &mut Reader<'_>, deal: Deal) -> Result<bool, Failure> {
    let mut wanted = of_deal!(deal, sales);
    wanted.also(sales::closed_on.is_not_null().or(sales::fell_through_at.is_not_null()));
    let found: i64 = db!(reader, |c| sales::table.filter(wanted).count().get_result(c))?;
    Ok(found > 0)
}

/// Who brought a contract or an order.
pub(crate) fn brought_by(reader: &mut Reader<'_>, deal: Deal) -> Result<Option<Partner>, Failure> {
    let partner: Option<Key> = db!(reader, |c| partner_deals::table
        .filter(of_deal!(deal, partner_deals))
        .select(partner_deals::partner_id)
        .first(c)
        .optional())?;
    partner.map(|partner| find_unscoped(reader, partner.into())).transpose()
}

/// That a partner brought a contract or an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PartnerDeal)]
pub struct PartnerDealView {
    /// Its identity.
    pub id: PartnerDealId,
    /// Which partner.
    pub partner_id: PartnerId,
    /// The contract; null where it is an order.
    pub contract_id: Option<SalesContractId>,
    /// The order; null where it is a contract.
    pub order_id: Option<SalesOrderId>,
    /// Its number.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Its department.
    pub department: NamedRef,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// When that was said.
    pub named_at: Timestamp,
}

impl View for PartnerDealView {
    const REFERS: &'static [Refers] = &[
        Refers::to("partner", &PARTNER).by("partner_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/partner-deals?partner_id={}", self.partner_id))
    }
}

/// How a deal at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, deal: PartnerDeal) -> Result<PartnerDealView, Failure> {
    let register = Register::of(reader)?;
    shown(&register, deal)
}

fn shown(register: &Register, deal: PartnerDeal) -> Result<PartnerDealView, Failure> {
    Ok(PartnerDealView {
        id: deal.id,
        partner_id: deal.partner,
        contract_id: deal.deal.contract(),
        order_id: deal.deal.order(),
        department: register.placed(deal.department)?,
        submitter: register.named(deal.submitter)?,
        named_at: deal.at,
        number: deal.number,
    })
}

/// Which deals are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PartnerDealFilter {
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only this order.
    pub order_id: Option<SalesOrderId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PartnerDealOrder,
}

impl Filter for PartnerDealFilter {}

orders! {
    /// By what deals are ordered.
    pub PartnerDealOrder of Row in partner_deals by id, descending:
    created_at = id;
}

/// What partners brought, within the caller's sight: of one's own, and of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PartnerDealFilter,
    page: &Page,
) -> Result<Slice<PartnerDealView>, Failure> {
    let mut wanted = reached!(Sight::of(reader), partner_deals, submitter_id);
    narrow!(wanted, partner_deals, filter;
        partner_id = partner_id, contract_id = contract_id, order_id = order_id, department_id = department_id);
    let found = paged!(reader, page, filter.sort, wanted;
        partner_deals::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| shown(&register, row.deal()?))
}

columns! { PartnerDealView as "partner-deals" "渠道成交" "What partners brought", domain::spine::Permission::ExportSales:
    number "单据编号" "Number";
    department "部门" "Department";
    submitter "填报人" "Drawn up by";
    named_at "指定时间" "Named at";
}
