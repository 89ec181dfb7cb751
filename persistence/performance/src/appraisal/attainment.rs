//! How far somebody has come while the period runs, and where that leads; nothing of it is kept. `[KPI-9]`

use super::{
    find,
    frozen::{self, Measuring},
    sheet::{self, SheetView},
};
use crate::{
    appraisal_period,
    scheme::Schemes,
    spine::{Failure, Reader, View},
};
use domain::{
    appraisal::{Appraisal, Frozen, Scored},
    spine::Id,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How far somebody has come by now, without reviews, and where that leads.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalAttainment)]
pub struct AttainmentView {
    /// What is there by now.
    pub so_far: Option<SheetView>,
    /// What it would be at the end if it went on like that: of amounts that grow with the days.
    pub forecast: Option<SheetView>,
}

impl View for AttainmentView {}

/// How far somebody has come, measured now; nothing is kept of it.
///
/// # Errors
/// Not found where the caller may not see the appraisal.
pub fn view(reader: &mut Reader<'_>, id: Id<Appraisal>) -> Result<AttainmentView, Failure> {
    let appraisal = find(reader, id)?;
    let period = appraisal_period::find(reader, appraisal.period)?;
    let schemes = Schemes::of(reader, period.period.span())?.so_far();
    let appraisal = Appraisal { year: None, ..appraisal };
    let measuring = Measuring::of(reader, &period, schemes, std::slice::from_ref(&appraisal))?;
    let frozen = frozen::freeze(reader, &measuring, &appraisal)?;
    let forecast = measuring.forecast(&appraisal, frozen.clone(), reader.today());
    Ok(AttainmentView {
        so_far: computed(reader, &appraisal, &measuring, &frozen)?,
        forecast: computed(reader, &appraisal, &measuring, &forecast)?,
    })
}

fn computed(
    reader: &mut Reader<'_>,
    appraisal: &Appraisal,
    measuring: &Measuring,
    frozen: &Frozen,
) -> Result<Option<SheetView>, Failure> {
    let Scored::Result(result) = measuring.compute(appraisal, frozen) else { return Ok(None) };
    sheet::of(reader, appraisal, frozen, &result.0, Vec::new()).map(Some)
}
