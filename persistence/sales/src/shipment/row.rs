//! Rows of shipments and of their lines.

use crate::{
    organisation::unless_taken,
    schema::{sales_orders as orders, shipment_lines as lines, shipments},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    quantity::Quantity,
    shipment::{Shipment, ShipmentDetails, ShipmentId, ShipmentState, ShippedLine},
    spine::{BusinessDate, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = shipments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub order_id: Key,
    pub department_id: Key,
    pub customer_id: Key,
    pub shipped_on: BusinessDate,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub source: Option<String>,
    pub external_identity: Option<String>,
    pub recorded_by_id: Key,
    pub recorded_at: Instant,
    pub status: String,
    pub delivered_on: Option<BusinessDate>,
    pub proof: Option<String>,
    pub taken_back_at: Option<Instant>,
    pub taken_back_reason: Option<String>,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    shipment_id: Key,
    line_id: Key,
    place: i32,
    quantity: i64,
}

impl Row {
    fn of(shipment: &Shipment, tx: &Tx<'_>) -> Self {
        let Shipment {
            id,
            number,
            order,
            department,
            customer,
            details,
            lines: _,
            recorded_by,
            recorded_at,
            delivered,
            taken_back,
            version,
        } = shipment;
        let ShipmentDetails { shipped_on, carrier, tracking_number, external } = details;
        let (source, identity) = external.clone().unzip();
        let (delivered_on, proof) = delivered.clone().unzip();
        let (taken_back_at, taken_back_reason) = taken_back.clone().unzip();
        Self {
            id: (*id).into(),
            number: number.clone(),
            order_id: (*order).into(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            shipped_on: *shipped_on,
            carrier: carrier.clone(),
            tracking_number: tracking_number.clone(),
            source,
            external_identity: identity,
            recorded_by_id: (*recorded_by).into(),
            recorded_at: (*recorded_at).into(),
            status: shipment.state().code().to_owned(),
            delivered_on,
            proof,
            taken_back_at: taken_back_at.map(Into::into),
            taken_back_reason,
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<ShipmentState, Failure> {
        let corrupt = || Failure::corrupt("shipments", "status", self.id.0);
        ShipmentState::from_code(&self.status).ok_or_else(corrupt)
    }

    fn shipment(self, lines: Vec<ShippedLine>) -> Shipment {
        Shipment {
            id: self.id.into(),
            number: self.number,
            order: self.order_id.into(),
            department: self.department_id.into(),
            customer: self.customer_id.into(),
            details: ShipmentDetails {
                shipped_on: self.shipped_on,
                carrier: self.carrier,
                tracking_number: self.tracking_number,
                external: self.source.zip(self.external_identity),
            },
            lines,
            recorded_by: self.recorded_by_id.into(),
            recorded_at: self.recorded_at.into(),
            delivered: self.delivered_on.zip(self.proof),
            taken_back: self.taken_back_at.map(Into::into).zip(self.taken_back_reason),
            version: self.version,
        }
    }
}

impl LineRow {
    fn of(shipment: Key, line: &ShippedLine) -> Self {
        let ShippedLine { line, place, quantity } = line;
        Self {
            shipment_id: shipment,
            line_id: (*line).into(),
            place: i32::try_from(*place).unwrap_or(i32::MAX),
            quantity: quantity.scaled(),
        }
    }
    fn line(self) -> ShippedLine {
        let Self { shipment_id: _, line_id, place, quantity } = self;
        ShippedLine {
            line: line_id.into(),
            place: usize::try_from(place).unwrap_or_default(),
            quantity: Quantity::from_scaled(quantity),
        }
    }
}

impl Stored<crate::Sales> for Shipment {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        let identity = row.external_identity.clone().unwrap_or_default();
        guard(unless_taken(save_row!(tx, shipments, &row, before), "/external", &identity)?)?;
        if before.is_none() {
            let rows: Vec<LineRow> = self.lines.iter().map(|line| LineRow::of(row.id, line)).collect();
            insert_all!(tx, lines::table, &rows);
        }
        Ok(())
    }
}

/// That a shipment lies within the caller's sight: of departments in reach, one's own recording, or of one's own orders.
pub(super) fn covered(reader: &Reader<'_>) -> Where {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if sight.all {
        return wanted;
    }
    let of_mine = orders::table.filter(orders::submitter_id.eq(sight.employee)).select(orders::id);
    let own = shipments::recorded_by_id.eq(sight.user).or(shipments::order_id.eq_any(of_mine));
    wanted.also(own.or(shipments::department_id.eq_any(sight.departments)));
    wanted
}

/// One shipment, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: ShipmentId) -> Result<Shipment, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(shipments::id.eq(key));
    let row: Row = db!(reader, |c| shipments::table.filter(wanted).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

/// The shipment that another system knows by an identity, whoever asks: for rules, never for an answer.
pub(super) fn known_as(
    reader: &mut Reader<'_>,
    (source, identity): &(String, String),
) -> Result<Option<Shipment>, Failure> {
    let row: Option<Row> = db!(reader, |c| shipments::table
        .filter(shipments::source.eq(Some(source)).and(shipments::external_identity.eq(Some(identity))))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| whole(reader, row)).transpose()
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Shipment, Failure> {
    let key = row.id;
    let rows: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::shipment_id.eq(key))
        .order(lines::place)
        .select(LineRow::as_select())
        .load(c))?;
    Ok(row.shipment(rows.into_iter().map(LineRow::line).collect()))
}
