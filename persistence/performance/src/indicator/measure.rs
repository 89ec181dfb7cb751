//! What the product measures by itself, as it is shown. `[KPI-1]`

use crate::spine::{Reader, View};
use serde::Serialize;
use utoipa::ToSchema;

pub use persistence_base::measure::{Adjusted, Asked, Measure, of_code};

/// Something that is measured, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IndicatorMeasure)]
pub struct MeasureView {
    /// Its code.
    #[schema(max_length = 60, example = "duties-in-time")]
    pub code: &'static str,
    /// What it is called in Chinese.
    #[schema(max_length = 100)]
    pub name_zh: &'static str,
    /// What it is called in English.
    #[schema(max_length = 100)]
    pub name_en: &'static str,
    /// The unit it comes in.
    #[schema(max_length = 20, example = "%")]
    pub unit: &'static str,
    /// Whether it is of something in particular: of a rule of duties, by its code.
    pub needs_subject: bool,
}

/// All that is measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IndicatorMeasures)]
pub struct MeasuresView {
    /// What is measured.
    #[schema(max_items = 200)]
    pub measures: Vec<MeasureView>,
}

impl View for MeasuresView {}

/// All that is measured.
pub fn all(reader: &Reader<'_>) -> MeasuresView {
    let shown = |measure: &'static Measure| MeasureView {
        code: measure.code,
        name_zh: measure.zh,
        name_en: measure.en,
        unit: measure.unit,
        needs_subject: measure.needs_subject,
    };
    MeasuresView { measures: reader.house().all::<Measure>().map(shown).collect() }
}
