//! Everybody is assessed, a few hundred in a unit of work behind a watermark: the first with the call that opens the run, the
//! rest by a chore, so that a million customers take one call. Two servers meet on the version of the run. Locks: the run,
//! then tiers and standings in the order of the customers. `[TIE-1]`

use super::{apply, find};
use crate::{
    customer_tier::{
        self,
        deed::write,
        measure::{self, Asked, ByCustomer},
        model_of,
    },
    schema::customers,
    spine::{Failure, Instant, Key, Reader, Tx, db},
    tier_figure,
};
use chrono::Months;
use diesel::{dsl::exists, prelude::*};
use domain::{
    customer_file::{CustomerId, CustomerState},
    customer_tier::{CustomerTier, DimensionSource, TierDimension, TierFigure, TierModel},
    spine::{BusinessDate, Id},
    tier_run::TierRun,
    working_time::midnight,
};
use std::collections::BTreeMap;

/// So many customers are assessed in a unit of work.
const AT_ONCE: i64 = 200;

/// Goes on with a run, where there is something to go on with.
///
/// # Errors
/// Where the database fails.
pub fn go_on(tx: &mut Tx<'_>, run: TierRun) -> Result<TierRun, Failure> {
    if !run.is_under_way {
        return Ok(run);
    }
    // The run before what it assesses: in this order everybody locks them.
    tx.connection().hold_rows("tier_runs", &[run.id.into()])?;
    let model = model_of(tx, run.model)?;
    let customers = next(tx, &run)?;
    let mut figures = measured(tx, &model.content, &customers, run.cut_off)?;
    let mut known = customer_tier::several(tx, &customers)?;
    let mut moved = 0;
    for customer in &customers {
        let tier = known.remove(customer).unwrap_or_else(|| CustomerTier::unassessed(*customer));
        let change = tier.assess(&run, &model, figures.remove(customer).unwrap_or_default());
        moved += i64::from(change.after().latest.as_ref().is_some_and(|latest| latest.outcome.moves()));
        write(tx, change, &model, run.holds_from)?;
    }
    let done = i64::try_from(customers.len()).unwrap_or(i64::MAX);
    let behind = customers.last().filter(|_| done >= AT_ONCE).map(|customer| customer.uuid());
    apply(tx, run.went_on(behind, done, moved))
}

/// The same for the run of an id: what the chore does.
///
/// # Errors
/// Where the database fails.
pub fn go_on_with(tx: &mut Tx<'_>, id: Id<TierRun>) -> Result<(), Failure> {
    let run = find(tx, id)?;
    go_on(tx, run).map(drop)
}

/// The customers who come next, of those who had been entered by the cut-off.
fn next(reader: &mut Reader<'_>, run: &TierRun) -> Result<Vec<CustomerId>, Failure> {
    let behind = Key(run.behind.unwrap_or_default());
    let (active, end) = (CustomerState::Active.code(), end_of(reader, run.cut_off));
    let entered = customers::created_at.lt(end);
    let keys: Vec<Key> = db!(reader, |c| customers::table
        .filter(customers::id.gt(behind).and(customers::status.eq(active)).and(entered))
        .order(customers::id)
        .limit(AT_ONCE)
        .select(customers::id)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}

/// Whether somebody had been entered by a cut-off.
pub(super) fn is_anybody_entered(reader: &mut Reader<'_>, cut_off: BusinessDate) -> Result<bool, Failure> {
    let (active, end) = (CustomerState::Active.code(), end_of(reader, cut_off));
    let entered = customers::status.eq(active).and(customers::created_at.lt(end));
    Ok(db!(reader, |c| diesel::select(exists(customers::table.filter(entered))).get_result(c))?)
}

/// The instant at which a day is over.
fn end_of(reader: &Reader<'_>, day: BusinessDate) -> Instant {
    midnight(day.succ_opt().unwrap_or(day), reader.zone()).into()
}

/// The first day of so many months up to a cut-off.
fn window(cut_off: BusinessDate, months: u32) -> BusinessDate {
    let before = cut_off.checked_sub_months(Months::new(months)).unwrap_or(BusinessDate::MIN);
    before.succ_opt().unwrap_or(before)
}

/// What every dimension comes to for some customers, frozen.
fn measured(
    reader: &mut Reader<'_>,
    model: &TierModel,
    customers: &[CustomerId],
    cut_off: BusinessDate,
) -> Result<BTreeMap<CustomerId, Vec<TierFigure>>, Failure> {
    let mut figures: BTreeMap<CustomerId, Vec<TierFigure>> = BTreeMap::new();
    for dimension in &model.dimensions {
        for (customer, measured) in of_dimension(reader, dimension, customers, cut_off)? {
            let measure::Measured { value, rows, digest } = measured;
            let dimension = dimension.code.clone();
            figures.entry(customer).or_default().push(TierFigure { dimension, value, rows, digest });
        }
    }
    Ok(figures)
}

fn of_dimension(
    reader: &mut Reader<'_>,
    dimension: &TierDimension,
    customers: &[CustomerId],
    cut_off: BusinessDate,
) -> Result<ByCustomer, Failure> {
    let asked = Asked { customers, from: window(cut_off, dimension.source.months()), until: cut_off };
    match &dimension.source {
        DimensionSource::Entered { .. } => tier_figure::latest(reader, &dimension.code, &asked),
        DimensionSource::Measured { measure, .. } => match measure::of_code(reader, measure) {
            Some(measure) => (measure.of)(reader, &asked),
            None => Ok(ByCustomer::new()),
        },
    }
}
