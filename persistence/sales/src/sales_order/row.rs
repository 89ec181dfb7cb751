//! Rows of orders and of their lines. What is shipped and returned of a line is read from its figures.

use crate::{
    approval::document::StandingColumns,
    counted_figure,
    organisation::unless_taken,
    schema::{sales_order_lines as lines, sales_orders},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    counted_figure::CountedKind,
    customer_file::CustomerId,
    quantity::Quantity,
    sale::Deal,
    sales_order::{
        HoldKind, LineProgress, OrderHold, OrderLine, SalesOrder, SalesOrderContent, SalesOrderId,
        SalesOrderState,
    },
    spine::{BusinessDate, Currency, Money, Version, search_text},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sales_orders, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub customer_id: Key,
    pub contract_id: Option<Key>,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub deliver_by: Option<BusinessDate>,
    pub note: Option<String>,
    pub source: Option<String>,
    pub external_identity: Option<String>,
    pub discount_minor: i64,
    pub total_minor: i64,
    pub kept_minor: i64,
    pub currency: String,
    pub hold_kind: Option<String>,
    pub hold: Option<String>,
    pub taken: Option<String>,
    pub clock: Option<String>,
    pub approved_at: Option<Instant>,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
    pub instalments: String,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    id: Key,
    order_id: Key,
    place: i32,
    product_id: Key,
    quantity: i64,
    price_minor: i64,
    tax_rate_bp: i32,
    produced: i64,
    delivered: i64,
    cancelled: i64,
}

/// Whether what is ordered counts among what the customer owes.
const fn counts(state: SalesOrderState) -> bool {
    !matches!(
        state,
        SalesOrderState::Draft
            | SalesOrderState::Returned
            | SalesOrderState::Rejected
            | SalesOrderState::Withdrawn
            | SalesOrderState::Cancelled
            | SalesOrderState::Void
    )
}

impl Row {
    fn of(order: &SalesOrder, tx: &Tx<'_>) -> Result<Self, Failure> {
        let SalesOrder { id, petition, department, content, progress: _, hold, taken, clock, version } =
            order;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let SalesOrderContent {
            customer,
            contract,
            region,
            channel,
            lines: _,
            discount,
            deliver_by,
            note,
            external,
            instalments,
        } = content;
        let (at, reason) = standing.told();
        let total = content.total().map_err(Failure::fault)?;
        let kept =
            if counts(order.state()) { order.total_kept().map_err(Failure::fault)?.minor() } else { 0 };
        // Its clock began when it was approved.
        let approved = clock.as_ref().and_then(|clock| clock.entries().first()).map(|entry| entry.at);
        let (source, identity) = external.clone().unzip();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            contract_id: contract.map(Into::into),
            region: region.clone(),
            channel: channel.clone(),
            deliver_by: *deliver_by,
            note: note.clone(),
            source,
            external_identity: identity,
            discount_minor: discount.minor(),
            total_minor: total.minor(),
            kept_minor: kept,
            currency: total.currency().code().to_owned(),
            hold_kind: hold.as_ref().map(|hold| hold.kind.code().to_owned()),
            hold: hold.as_ref().map(serde_json::to_string).transpose()?,
            taken: taken.as_ref().map(serde_json::to_string).transpose()?,
            clock: clock.as_ref().map(serde_json::to_string).transpose()?,
            approved_at: approved.map(Into::into),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: order.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[note.as_deref().unwrap_or_default()], &[number]),
            instalments: serde_json::to_string(instalments)?,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<SalesOrderState, Failure> {
        SalesOrderState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// Why it is on hold, where it is.
    pub fn hold_kind(&self) -> Result<Option<HoldKind>, Failure> {
        let kind = |code: &String| HoldKind::from_code(code).ok_or_else(|| self.corrupt("hold_kind"));
        self.hold_kind.as_ref().map(kind).transpose()
    }

    /// What the customer pays.
    pub fn total(&self) -> Result<Money, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(Money::from_minor(self.total_minor, currency))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("sales_orders", column, self.id.0)
    }

    /// Where it stands on its way through review: what its lines came to since has names of its own.
    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            SalesOrderState::Approved
            | SalesOrderState::InProduction
            | SalesOrderState::Finished
            | SalesOrderState::Shipping
            | SalesOrderState::Delivered => "approved",
            SalesOrderState::Cancelled => "revoked",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("sales_orders", self.id)
    }

    fn order(self, lines: Vec<(OrderLine, LineProgress)>) -> Result<SalesOrder, Failure> {
        let (standing, currency) = (self.standing()?, self.total()?.currency());
        let hold: Option<OrderHold> = self.hold.as_deref().map(serde_json::from_str).transpose()?;
        let (lines, progress) = lines.into_iter().unzip();
        Ok(SalesOrder {
            id: self.id.into(),
            department: self.department_id.into(),
            content: SalesOrderContent {
                customer: self.customer_id.into(),
                contract: self.contract_id.map(Into::into),
                region: self.region,
                channel: self.channel,
                lines,
                discount: Money::from_minor(self.discount_minor, currency),
                deliver_by: self.deliver_by,
                note: self.note,
                external: self.source.zip(self.external_identity),
                instalments: serde_json::from_str(&self.instalments)?,
            },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            progress,
            hold,
            taken: self.taken.as_deref().map(serde_json::from_str).transpose()?,
            clock: self.clock.as_deref().map(serde_json::from_str).transpose()?,
            version: self.version,
        })
    }
}

impl LineRow {
    fn of(order: Key, place: i32, (line, progress): (&OrderLine, &LineProgress)) -> Self {
        let OrderLine { id, product, quantity, price, tax_rate_bp } = line;
        let LineProgress { produced, shipped: _, delivered, returned: _, cancelled } = progress;
        Self {
            id: (*id).into(),
            order_id: order,
            place,
            product_id: (*product).into(),
            quantity: quantity.scaled(),
            price_minor: price.minor(),
            tax_rate_bp: i32::try_from(*tax_rate_bp).unwrap_or(i32::MAX),
            produced: produced.scaled(),
            delivered: delivered.scaled(),
            cancelled: cancelled.scaled(),
        }
    }

    fn line(
        self,
        currency: Currency,
        (shipped, returned): (i64, i64),
    ) -> Result<(OrderLine, LineProgress), Failure> {
        let corrupt = |_| Failure::corrupt("sales_order_lines", "tax_rate_bp", self.id.0);
        let line = OrderLine {
            id: self.id.into(),
            product: self.product_id.into(),
            quantity: Quantity::from_scaled(self.quantity),
            price: Money::from_minor(self.price_minor, currency),
            tax_rate_bp: u32::try_from(self.tax_rate_bp).map_err(corrupt)?,
        };
        let progress = LineProgress {
            produced: Quantity::from_scaled(self.produced),
            shipped: Quantity::from_scaled(shipped),
            delivered: Quantity::from_scaled(self.delivered),
            returned: Quantity::from_scaled(returned),
            cancelled: Quantity::from_scaled(self.cancelled),
        };
        Ok((line, progress))
    }
}

impl Stored<crate::Sales> for SalesOrder {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        let identity = row.external_identity.clone().unwrap_or_default();
        guard(unless_taken(save_row!(tx, sales_orders, &row, before), "/external", &identity)?)?;
        let key = row.id;
        let rows = (1..).zip(self.content.lines.iter().zip(&self.progress));
        let rows: Vec<LineRow> = rows.map(|(place, line)| LineRow::of(key, place, line)).collect();
        match before {
            Some(before) if before.content.lines == self.content.lines => {
                let moved = before.progress.iter().zip(&self.progress).map(|(before, after)| before != after);
                for (row, _) in rows.iter().zip(moved).filter(|(_, moved)| *moved) {
                    let mine = lines::table.filter(lines::id.eq(row.id));
                    db!(tx, |c| diesel::update(mine).set(row).execute(c))?;
                }
            }
            _ => {
                db!(tx, |c| diesel::delete(lines::table.filter(lines::order_id.eq(key))).execute(c))?;
                insert_all!(tx, lines::table, &rows);
            }
        }
        Ok(())
    }
}

/// One order, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: SalesOrderId) -> Result<SalesOrder, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = sales_orders::table.filter(sales_orders::id.eq(key)).into_boxed();
        within!(query, sight, sales_orders, "sales_order").select(Row::as_select()).first(c)
    })?;
    whole(reader, row)
}

/// One order whoever asks: for rules, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: SalesOrderId) -> Result<SalesOrder, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| sales_orders::table
        .filter(sales_orders::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    whole(reader, row)
}

/// The orders of a customer that are sales of their own and to which money may be allocated, each with when it was approved.
pub(crate) fn collecting(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Vec<(Option<Instant>, SalesOrderId)>, Failure> {
    /// Of more than so many, those approved first.
    const AT_MOST: i64 = 500;
    let key = Key::from(customer);
    let found: Vec<(Option<Instant>, Key)> = db!(reader, |c| sales_orders::table
        .filter(sales_orders::customer_id.eq(key).and(sales_orders::approved_at.is_not_null()))
        .filter(sales_orders::status.ne(SalesOrderState::Cancelled.code()))
        .order((sales_orders::approved_at, sales_orders::id))
        .select((sales_orders::approved_at, sales_orders::id))
        .limit(AT_MOST)
        .load(c))?;
    Ok(found.into_iter().map(|(at, id)| (at, id.into())).collect())
}

/// What is ordered of a deal and counts among what its customer owes, in minor units.
pub(crate) fn owed(reader: &mut Reader<'_>, deal: Deal) -> Result<i64, Failure> {
    let key = Key(deal.uuid());
    let kept: Vec<i64> = match deal {
        Deal::Contract(_) => db!(reader, |c| sales_orders::table
            .filter(sales_orders::contract_id.eq(Some(key)))
            .select(sales_orders::kept_minor)
            .load(c))?,
        Deal::Order(_) => db!(reader, |c| sales_orders::table
            .filter(sales_orders::id.eq(key))
            .select(sales_orders::kept_minor)
            .load(c))?,
    };
    Ok(kept.into_iter().sum())
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<SalesOrder, Failure> {
    let (key, currency) = (row.id, row.total()?.currency());
    let rows: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::order_id.eq(key))
        .order(lines::place)
        .select(LineRow::as_select())
        .load(c))?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let shipped = counted_figure::counted(reader, CountedKind::Shipped, &ids)?;
    let returned = counted_figure::counted(reader, CountedKind::Returned, &ids)?;
    let of =
        |figures: &std::collections::BTreeMap<Uuid, i64>, id: Key| figures.get(&id.0).copied().unwrap_or(0);
    let lines = rows.into_iter().map(|row| {
        let counted = (of(&shipped, row.id), of(&returned, row.id));
        row.line(currency, counted)
    });
    let lines = lines.collect::<Result<_, _>>()?;
    row.order(lines)
}
