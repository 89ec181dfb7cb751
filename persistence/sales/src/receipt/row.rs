//! Rows of receipts and of what went to contracts.

use crate::{
    organisation::unless_taken,
    sale::deal_of,
    schema::{receipt_allocations as allocations, receipts},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    receipt::{Allocation, Receipt, ReceiptDetails, ReceiptId, ReceiptState},
    spine::{BusinessDate, Money, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = receipts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub customer_id: Key,
    pub amount_minor: i64,
    pub currency: String,
    pub unallocated_minor: i64,
    pub received_on: BusinessDate,
    pub payer: Option<String>,
    pub bank_account: Option<String>,
    pub bank_reference: Option<String>,
    pub source: Option<String>,
    pub external_identity: Option<String>,
    pub is_deposit: bool,
    pub taken_by_id: Option<Key>,
    pub is_suspect: bool,
    pub recorded_by_id: Key,
    pub recorded_at: Instant,
    pub status: String,
    pub bounced_at: Option<Instant>,
    pub bounced_reason: Option<String>,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = allocations, treat_none_as_default_value = false)]
struct AllocationRow {
    id: Key,
    receipt_id: Key,
    place: i32,
    contract_id: Option<Key>,
    order_id: Option<Key>,
    amount_minor: i64,
    at: Instant,
}

impl Row {
    fn of(receipt: &Receipt, tx: &Tx<'_>) -> Self {
        let Receipt {
            id,
            number,
            department,
            details,
            is_suspect,
            recorded_by,
            recorded_at,
            allocations: _,
            bounced,
            version,
        } = receipt;
        let ReceiptDetails { customer, amount, received_on, payer, bank, external, is_deposit, taken_by } =
            details;
        let ((account, reference), (source, identity)) = (bank.clone().unzip(), external.clone().unzip());
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            amount_minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            unallocated_minor: receipt.unallocated(),
            received_on: *received_on,
            payer: payer.clone(),
            bank_account: account,
            bank_reference: reference,
            source,
            external_identity: identity,
            is_deposit: *is_deposit,
            taken_by_id: taken_by.map(Into::into),
            is_suspect: *is_suspect,
            recorded_by_id: (*recorded_by).into(),
            recorded_at: (*recorded_at).into(),
            status: receipt.state().code().to_owned(),
            bounced_at: bounced.as_ref().map(|(at, _)| (*at).into()),
            bounced_reason: bounced.as_ref().map(|(_, reason)| reason.clone()),
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<ReceiptState, Failure> {
        ReceiptState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// How much it is.
    pub fn amount(&self) -> Result<Money, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(Money::from_minor(self.amount_minor, currency))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("receipts", column, self.id.0)
    }

    fn receipt(self, allocations: Vec<Allocation>) -> Result<Receipt, Failure> {
        let amount = self.amount()?;
        Ok(Receipt {
            id: self.id.into(),
            number: self.number,
            department: self.department_id.into(),
            details: ReceiptDetails {
                customer: self.customer_id.into(),
                amount,
                received_on: self.received_on,
                payer: self.payer,
                bank: self.bank_account.zip(self.bank_reference),
                external: self.source.zip(self.external_identity),
                is_deposit: self.is_deposit,
                taken_by: self.taken_by_id.map(Into::into),
            },
            is_suspect: self.is_suspect,
            recorded_by: self.recorded_by_id.into(),
            recorded_at: self.recorded_at.into(),
            allocations,
            bounced: self.bounced_at.map(Into::into).zip(self.bounced_reason),
            version: self.version,
        })
    }
}

impl AllocationRow {
    fn of(receipt: Key, index: usize, allocation: &Allocation) -> Self {
        let Allocation { id, deal, amount, at } = allocation;
        Self {
            id: Key(*id),
            receipt_id: receipt,
            place: i32::try_from(index).unwrap_or(i32::MAX),
            contract_id: deal.contract().map(Into::into),
            order_id: deal.order().map(Into::into),
            amount_minor: *amount,
            at: (*at).into(),
        }
    }
    fn allocation(self) -> Result<Allocation, Failure> {
        let Self { id, receipt_id: _, place: _, contract_id, order_id, amount_minor, at } = self;
        let deal = deal_of((contract_id, order_id))
            .ok_or_else(|| Failure::corrupt("receipt_allocations", "contract_id", id.0))?;
        Ok(Allocation { id: id.0, deal, amount: amount_minor, at: at.into() })
    }
}

impl Stored<crate::Sales> for Receipt {
    const GROWING: &'static [&'static str] = &["allocations"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        let (pointer, value) = match (&row.external_identity, &row.bank_reference) {
            (Some(identity), _) => ("/external", identity.clone()),
            (None, Some(reference)) => ("/bank", reference.clone()),
            (None, None) => ("", String::new()),
        };
        guard(unless_taken(save_row!(tx, receipts, &row, before), pointer, &value)?)?;
        let known = before.map_or(0, |before| before.allocations.len());
        let new = self.allocations.iter().enumerate().skip(known);
        let rows: Vec<AllocationRow> =
            new.map(|(index, allocation)| AllocationRow::of(row.id, index, allocation)).collect();
        insert_all!(tx, allocations::table, &rows);
        Ok(())
    }
}

/// That a receipt lies within the caller's sight: of departments in reach, one's own recording, or of one's own contracts.
pub(super) fn covered(reader: &Reader<'_>) -> Where {
    use crate::schema::{sales_contracts as contracts, sales_orders as orders};
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if sight.all {
        return wanted;
    }
    let of_mine = allocations::table
        .inner_join(contracts::table.on(contracts::id.nullable().eq(allocations::contract_id)))
        .filter(contracts::submitter_id.eq(sight.employee))
        .select(allocations::receipt_id);
    let of_my_orders = allocations::table
        .inner_join(orders::table.on(orders::id.nullable().eq(allocations::order_id)))
        .filter(orders::submitter_id.eq(sight.employee))
        .select(allocations::receipt_id);
    let own = receipts::recorded_by_id.eq(sight.user).or(receipts::id.eq_any(of_mine));
    let own = own.or(receipts::id.eq_any(of_my_orders));
    wanted.also(own.or(receipts::department_id.eq_any(sight.departments)));
    wanted
}

/// One receipt, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: ReceiptId) -> Result<Receipt, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(receipts::id.eq(key));
    let row: Row = db!(reader, |c| receipts::table.filter(wanted).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

/// The receipt that another system knows by an identity, whoever asks.
pub(super) fn known_as(
    reader: &mut Reader<'_>,
    (source, identity): &(String, String),
) -> Result<Option<Receipt>, Failure> {
    let row: Option<Row> = db!(reader, |c| receipts::table
        .filter(receipts::source.eq(Some(source)).and(receipts::external_identity.eq(Some(identity))))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| whole(reader, row)).transpose()
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Receipt, Failure> {
    let key = row.id;
    let rows: Vec<AllocationRow> = db!(reader, |c| allocations::table
        .filter(allocations::receipt_id.eq(key))
        .order(allocations::place)
        .select(AllocationRow::as_select())
        .load(c))?;
    row.receipt(rows.into_iter().map(AllocationRow::allocation).collect::<Result<_, _>>()?)
}

/// Whether another receipt of the same payer, amount and day is there.
pub(super) fn is_suspect(reader: &mut Reader<'_>, details: &ReceiptDetails) -> Result<bool, Failure> {
    let customer = Key::from(details.customer);
    let (on, amount, payer) = (details.received_on, details.amount.minor(), details.payer.clone());
    let mut same = Where::new();
    same.also(receipts::customer_id.eq(customer));
    same.also(receipts::received_on.eq(on));
    same.also(receipts::amount_minor.eq(amount));
    match payer {
        Some(payer) => same.also(receipts::payer.eq(Some(payer))),
        None => same.also(receipts::payer.is_null()),
    }
    let found: Option<Key> =
        db!(reader, |c| receipts::table.filter(same).select(receipts::id).first(c).optional())?;
    Ok(found.is_some())
}

/// Destroys who paid of a customer's receipts: what was paid when, and by which reference of the bank, stays. `[CUS-9]`
///
/// # Errors
/// Where the database fails.
pub(super) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let named = receipts::customer_id.eq(Key::from(customer)).and(receipts::payer.is_not_null());
    db!(tx, |c| diesel::update(receipts::table.filter(named))
        .set((receipts::payer.eq(None::<String>), receipts::version.eq(receipts::version + 1)))
        .execute(c))?;
    // Also of those whose payer was never said, or has been changed: their entries may hold a name.
    let of = receipts::customer_id.eq(Key::from(customer));
    Ok(db!(tx, |c| receipts::table.filter(of).select(receipts::id).load(c))?)
}
