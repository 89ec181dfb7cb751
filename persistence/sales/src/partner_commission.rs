//! What partners are paid of sales in the database: frozen as the sale closes, booked as money comes in, settled by expense claims.
//! `[COM-12, COM-10b]`

/// What is paid to a partner for a month.
pub mod settlement;

use crate::{
    organisation::{DEPARTMENT, NamedRef, Register},
    partner::{PARTNER, deal::brought_by},
    sale::SALE,
    schema::{partner_commissions, partner_entries},
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Sight, Slice, Stored, Tx, View, columns, db,
        guard, insert_all, narrow, orders, paged, reached, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    partner::PartnerId,
    partner_commission::{PartnerCommission, PartnerCommissionId, PartnerEntry},
    sale::{Sale, SaleId},
    spine::{BusinessDate, Currency, DepartmentId, Money, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = partner_commissions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    sale_id: Key,
    number: String,
    department_id: Key,
    partner_id: Key,
    rate_bp: i32,
    booked_minor: i64,
    version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = partner_entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: Key,
    commission_id: Key,
    place: i32,
    partner_id: Key,
    amount_minor: i64,
    booked_at: Instant,
    booked_on: BusinessDate,
}

impl Stored<crate::Sales> for PartnerCommission {
    const GROWING: &'static [&'static str] = &["entries"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { id, sale, number, department, partner, rate_bp, entries, version } = self;
        let row = Row {
            id: (*id).into(),
            sale_id: (*sale).into(),
            number: number.clone(),
            department_id: (*department).into(),
            partner_id: (*partner).into(),
            rate_bp: i32::try_from(*rate_bp).unwrap_or(i32::MAX),
            booked_minor: self.booked(),
            version: *version,
        };
        guard(save_row!(tx, partner_commissions, &row, before)?)?;
        let known = before.map_or(0, |before| before.entries.len());
        let entry = |(index, entry): (usize, &PartnerEntry)| EntryRow {
            id: Key(entry.id),
            commission_id: row.id,
            place: i32::try_from(index).unwrap_or(i32::MAX),
            partner_id: row.partner_id,
            amount_minor: entry.amount,
            booked_at: entry.at.into(),
            booked_on: entry.on,
        };
        let rows: Vec<EntryRow> = entries.iter().enumerate().skip(known).map(entry).collect();
        insert_all!(tx, partner_entries::table, &rows);
        Ok(())
    }
}

/// What a partner is paid of a sale; none where no partner brought it.
fn of_sale(reader: &mut Reader<'_>, sale: SaleId) -> Result<Option<PartnerCommission>, Failure> {
    let key = Key::from(sale);
    let row: Option<Row> = db!(reader, |c| partner_commissions::table
        .filter(partner_commissions::sale_id.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    let Some(row) = row else { return Ok(None) };
    let id = row.id;
    let entries: Vec<EntryRow> = db!(reader, |c| partner_entries::table
        .filter(partner_entries::commission_id.eq(id))
        .order(partner_entries::place)
        .select(EntryRow::as_select())
        .load(c))?;
    let entry = |row: EntryRow| PartnerEntry {
        id: row.id.0,
        amount: row.amount_minor,
        at: row.booked_at.into(),
        on: row.booked_on,
    };
    Ok(Some(PartnerCommission {
        id: row.id.into(),
        sale: row.sale_id.into(),
        number: row.number,
        department: row.department_id.into(),
        partner: row.partner_id.into(),
        rate_bp: u32::try_from(row.rate_bp)
            .map_err(|_| Failure::corrupt("partner_commissions", "rate_bp", id.0))?,
        entries: entries.into_iter().map(entry).collect(),
        version: row.version,
    }))
}

/// Follows a sale, whatever moved it: frozen as it closes where a partner brought it, then what is due by what was received. The sale is
/// locked by whoever moves it.
///
/// # Errors
/// Where the database fails.
pub(crate) fn follow(tx: &mut Tx<'_>, sale: &Sale, was_closed: bool) -> Result<(), Failure> {
    if sale.closing.is_none() {
        return Ok(());
    }
    let known = if was_closed {
        of_sale(tx, sale.id)?
    } else {
        match brought_by(tx, sale.deal)? {
            Some(partner) => {
                let id = tx.id();
                Some(tx.apply(PartnerCommission::freeze(id, sale, &partner))?)
            }
            None => None,
        }
    };
    let Some(commission) = known else { return Ok(()) };
    let now = (tx.now(), tx.today());
    let change = commission.follow(sale, now, &mut || tx.ids().fresh()).map_err(Failure::fault)?;
    match change {
        Some(change) => tx.apply(change).map(drop),
        None => Ok(()),
    }
}

/// What a partner is paid of a sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PartnerCommission)]
pub struct PartnerCommissionView {
    /// Its identity.
    pub id: PartnerCommissionId,
    /// Of which sale.
    pub sale_id: SaleId,
    /// The number of its contract or order.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Its department.
    pub department: NamedRef,
    /// Whose.
    pub partner_id: PartnerId,
    /// What of the net it is paid, in basis points, as agreed when the sale closed.
    #[schema(minimum = 0, maximum = 10000)]
    pub rate_bp: u32,
    /// What is booked of it by now.
    pub booked: Money,
}

impl View for PartnerCommissionView {
    const REFERS: &'static [Refers] = &[
        Refers::to("sale", &SALE).by("sale_id"),
        Refers::to("partner", &PARTNER).by("partner_id"),
        Refers::to("department", &DEPARTMENT),
    ];
}

/// Which of them are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PartnerCommissionFilter {
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only of this sale.
    pub sale_id: Option<SaleId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PartnerCommissionOrder,
}

impl Filter for PartnerCommissionFilter {}

orders! {
    /// By what they are ordered.
    pub PartnerCommissionOrder of Row in partner_commissions by id, descending:
    created_at = id;
}

/// What partners are paid of sales of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PartnerCommissionFilter,
    page: &Page,
) -> Result<Slice<PartnerCommissionView>, Failure> {
    let mut wanted = reached!(Sight::of(reader), partner_commissions);
    narrow!(wanted, partner_commissions, filter;
        partner_id = partner_id, sale_id = sale_id, department_id = department_id);
    let found = paged!(reader, page, filter.sort, wanted;
        partner_commissions::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| {
        Ok(PartnerCommissionView {
            id: row.id.into(),
            sale_id: row.sale_id.into(),
            department: register.placed(row.department_id.into())?,
            partner_id: row.partner_id.into(),
            rate_bp: u32::try_from(row.rate_bp).unwrap_or_default(),
            booked: Money::from_minor(row.booked_minor, Currency::Cny),
            number: row.number,
        })
    })
}

columns! { PartnerCommissionView as "partner-commissions" "渠道佣金" "Commission of partners", domain::spine::Permission::ExportSales:
    number "单据编号" "Number";
    department "部门" "Department";
    rate_bp "佣金比例（万分比）" "Rate (bp)";
    booked "已计提" "Booked";
    currency "币种" "Currency" = |row| row.booked.currency().code();
}
