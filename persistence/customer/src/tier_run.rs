//! Runs of the tier model in the database: opened by somebody or on schedule, gone through in passes. `[TIE-1]`

/// Everybody is assessed, a few hundred at once.
pub mod pass;
mod row;
/// What a run looks like, and all of them.
pub mod view;

pub use row::{find, under_way};
pub use view::{RunFilter, RunView, list, show, view};

use crate::{
    customer_tier::{self, measure},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    customer_tier::{DimensionSource, TierModel},
    spine::{BusinessDate, Change, Permission},
    tier_run::{TierRun, measure_unknown},
    working_time::Period,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

crate::spine::resource! { crate::Customer: TierRun as RunView; find, apply, show = show }

/// Writes a change of a run.
///
/// # Errors
/// Where it moved, or another was opened, meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<TierRun>) -> Result<TierRun, Failure> {
    tx.apply(change)
}

/// Opens a run as of a day, and begins to assess.
///
/// # Errors
/// Who does not supervise the customers of the whole company; see [`TierRun::open`].
pub fn open(tx: &mut Tx<'_>, cut_off: BusinessDate) -> Result<TierRun, Failure> {
    if !tx.actor().reach(Permission::SuperviseCustomers).all {
        return Err(Failure::Denied(Permission::SuperviseCustomers));
    }
    begin(tx, cut_off)
}

fn begin(tx: &mut Tx<'_>, cut_off: BusinessDate) -> Result<TierRun, Failure> {
    let (now, today) = (tx.now(), tx.today());
    let model = customer_tier::model(tx, today)?;
    ensure_measured(tx, &model.content)?;
    let last = row::last(tx)?;
    let change = TierRun::open(tx.id(), cut_off, &model, last.as_ref(), tx.actor(), (now, today))?;
    let run = apply(tx, change)?;
    pass::go_on(tx, run)
}

/// Refuses a model that asks for what nobody measures.
fn ensure_measured(reader: &Reader<'_>, model: &TierModel) -> Result<(), Failure> {
    for dimension in &model.dimensions {
        if let DimensionSource::Measured { measure, .. } = &dimension.source
            && measure::of_code(reader, measure).is_none()
        {
            return Err(measure_unknown(&dimension.name.zh).into());
        }
    }
    Ok(())
}

/// The day as of which customers are to be assessed by the schedule: the last of the period that is over, where nobody has
/// since.
///
/// # Errors
/// Where the database fails.
pub fn scheduled(reader: &mut Reader<'_>) -> Result<Option<BusinessDate>, Failure> {
    let today = reader.today();
    let model = customer_tier::model(reader, today)?;
    let cut_off = Period::containing(model.content.every, today).first().pred_opt();
    let Some(cut_off) = cut_off else { return Ok(None) };
    let is_due = row::last(reader)?.is_none_or(|last| last.cut_off < cut_off && !last.is_under_way);
    // Of nobody there is nothing to be assessed: a company begins with its first customers.
    Ok((is_due && pass::is_anybody_entered(reader, cut_off)?).then_some(cut_off))
}

/// Opens the run that the schedule asks for; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn open_scheduled(tx: &mut Tx<'_>) -> Result<(), Failure> {
    match scheduled(tx)? {
        Some(cut_off) => begin(tx, cut_off).map(drop),
        None => Ok(()),
    }
}
