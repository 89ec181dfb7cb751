//! What an indicator looks like, and all of them. `[KPI-1, INT-4]`

use super::{find, row::Row};
use crate::{
    schema::indicators,
    search,
    spine::{
        Failure, Filter, Page, Reader, Slice, Target, View, Where, columns, in_json, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    indicator::{Indicator, IndicatorDetails, Source},
    scoring::Direction,
    spine::{AnyId, Id, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Something by which people are measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Indicator)]
pub struct IndicatorView {
    /// Its identity.
    pub id: AnyId,
    /// Its code, by which schemes name it.
    #[schema(max_length = 60, example = "sales")]
    pub code: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "销售额")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Sales")]
    pub name_en: String,
    /// The unit of its values.
    #[schema(max_length = 20, example = "元")]
    pub unit: String,
    /// Which values are good.
    pub direction: Direction,
    /// The measure it comes from; null where figures are entered.
    #[schema(max_length = 60, example = "duties-in-time")]
    pub measure: Option<String>,
    /// Of what it is measured, such as the code of a rule of duties.
    #[schema(max_length = 100, example = "duty-rule/weekly-report")]
    pub measured_of: Option<String>,
    /// How it is reckoned, in words.
    #[schema(max_length = 500)]
    pub description: String,
    /// Whether no new scheme may use it.
    pub is_retired: bool,
    /// When it last changed; null in the answer to a change.
    pub changed_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for IndicatorView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/indicators/{}", self.id))
    }
}

/// An indicator where something refers to it.
pub static INDICATOR: Target =
    Target { permission: Permission::ReadIndicators, look: |reader, id| in_json(view(reader, id.into())) };

/// One indicator.
///
/// # Errors
/// Where there is none.
pub fn view(reader: &mut Reader<'_>, id: Id<Indicator>) -> Result<IndicatorView, Failure> {
    let indicator = find(reader, id)?;
    show(reader, indicator)
}

/// How an indicator at hand is shown.
///
/// # Errors
/// Never, so far: as all that is shown may.
pub fn show(_: &mut Reader<'_>, indicator: Indicator) -> Result<IndicatorView, Failure> {
    Ok(shown(indicator, None))
}

fn shown(indicator: Indicator, changed_at: Option<Timestamp>) -> IndicatorView {
    let Indicator { id, details, is_retired, version } = indicator;
    let IndicatorDetails { code, name_zh, name_en, unit, direction, source, description } = details;
    let (measure, measured_of) = match source {
        Source::Measured { measure, of } => (Some(measure), of),
        Source::Entered {} => (None, None),
    };
    IndicatorView {
        id: id.uuid().into(),
        code,
        name_zh,
        name_en,
        unit,
        direction,
        measure,
        measured_of,
        description,
        is_retired,
        changed_at,
        version,
    }
}

/// Which indicators are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct IndicatorFilter {
    /// Only those that are retired, or are not.
    pub retired: Option<bool>,
    /// Only what is measured, or what is entered.
    pub measured: Option<bool>,
    /// Only those whose code or name contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "xse")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: IndicatorOrder,
}

impl Filter for IndicatorFilter {}

orders! {
    /// By what indicators are ordered.
    pub IndicatorOrder of Row in indicators by id, ascending:
    code;
    changed_at;
    created_at = id;
}

/// Indicators, by code.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &IndicatorFilter,
    page: &Page,
) -> Result<Slice<IndicatorView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, indicators, filter; is_retired = retired);
    match filter.measured {
        Some(true) => wanted.also(indicators::measure.is_not_null()),
        Some(false) => wanted.also(indicators::measure.is_null()),
        None => {}
    }
    search!(wanted, filter, indicators::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        indicators::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| {
        let changed_at = row.changed_at.into();
        Ok(shown(row.try_into()?, Some(changed_at)))
    })
}

columns! { IndicatorView as "indicators" "考核指标" "Indicators", Permission::ExportAppraisals:
    code "编码" "Code";
    name_zh "名称" "Chinese name";
    name_en "英文名称" "English name";
    unit "单位" "Unit";
    direction "方向" "Direction";
    measure "统计口径" "Measure";
    measured_of "统计对象" "Of";
    description "说明" "Description";
    is_retired "已停用" "Retired";
}
