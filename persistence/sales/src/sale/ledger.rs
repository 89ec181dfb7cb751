//! What is booked of commission, entry by entry; and proof that sales and entries say the same. `[COM-10b]`

use super::{find::find_unscoped, row::BookedRow as Row};
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::{commission_entries, sales},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Sight, Slice, View, Where, columns, db, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    sale::SaleId,
    spine::{AnyId, Currency, EmployeeId, Money, Timestamp},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An entry of commission.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionEntry)]
pub struct CommissionEntryView {
    /// Its identity.
    pub id: AnyId,
    /// The sale.
    pub sale_id: SaleId,
    /// The number of its contract.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Whose it is; null is the company's, or the fund's that a settlement names.
    pub employee: Option<PersonRef>,
    /// Whether it is the fund's.
    pub is_fund: bool,
    /// How much; below nothing where it is taken back.
    pub amount: Money,
    /// The business day.
    pub booked_on: NaiveDate,
    /// When it was booked.
    pub booked_at: Timestamp,
}

impl View for CommissionEntryView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
}

/// Which entries are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CommissionEntryFilter {
    /// Only of this sale.
    pub sale_id: Option<SaleId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only booked on this day or later.
    #[serde(rename = "booked_on[gte]")]
    pub booked_from: Option<NaiveDate>,
    /// Only booked on this day or before.
    #[serde(rename = "booked_on[lte]")]
    pub booked_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CommissionEntryOrder,
}

impl Filter for CommissionEntryFilter {}

orders! {
    /// By what entries are ordered.
    pub CommissionEntryOrder of Row in commission_entries by id, descending:
    created_at = id;
    booked_on;
}

type Found = (Row, String);

/// Entries of commission within the caller's sight: one's own, and of sales of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CommissionEntryFilter,
    page: &Page,
) -> Result<Slice<CommissionEntryView>, Failure> {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let own = commission_entries::employee_id.eq(Some(sight.employee));
        wanted.also(own.or(sales::department_id.eq_any(sight.departments).nullable()));
    }
    narrow!(wanted, commission_entries, filter;
        sale_id = sale_id, employee_id = employee_id, booked_on >= booked_from, booked_on <= booked_to);
    let found = paged!(reader, page, filter.sort, wanted;
        commission_entries::table.inner_join(sales::table.on(sales::id.eq(commission_entries::sale_id)))
        => (Row::as_select(), sales::number);
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, number)| {
        Ok(CommissionEntryView {
            id: row.id.into(),
            sale_id: row.sale_id.into(),
            number,
            is_fund: row.is_of_a_fund(),
            employee: row.employee_id.map(|person| register.named(person.into())).transpose()?,
            amount: Money::from_minor(row.amount_minor, Currency::Cny),
            booked_on: row.booked_on,
            booked_at: row.booked_at.into(),
        })
    })
}

columns! { CommissionEntryView as "commission-entries" "佣金明细" "Entries of commission", domain::spine::Permission::ExportSales:
    booked_on "日期" "Date";
    number "合同编号" "Number";
    employee "员工" "Employee";
    amount "金额" "Amount";
    booked_at "计提时间" "Booked at";
}

/// Sales whose booked commission is not what is due by what was received: `ledger verify`. Each with what is due and what
/// is booked.
///
/// # Errors
/// Where the database fails.
pub fn verify(reader: &mut Reader<'_>) -> Result<Vec<(SaleId, i64, i64)>, Failure> {
    /// So many sales are read at a time.
    const AT_ONCE: i64 = 500;
    let (mut differences, mut after) = (Vec::new(), Key(uuid::Uuid::nil()));
    loop {
        let ids: Vec<Key> = db!(reader, |c| sales::table
            .filter(sales::id.gt(after))
            .order(sales::id)
            .limit(AT_ONCE)
            .select(sales::id)
            .load(c))?;
        let Some(last) = ids.last() else { return Ok(differences) };
        after = *last;
        for id in ids {
            let sale = find_unscoped(reader, id)?;
            let booked: i64 = sale.ledger.iter().map(|entry| entry.booked.amount).sum();
            let due = sale.due().unwrap_or_default();
            if due != booked {
                differences.push((sale.id, due, booked));
            }
        }
    }
}
