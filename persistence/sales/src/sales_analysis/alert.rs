//! What stands out in a month: groups outside the median ± three times the median absolute deviation of their last twelve
//! months, explained. `[ANA-1]`

use super::{
    dimension::{Group, SalesAnalysisGroup, Sums, named, sums},
    view::SalesAnalysisFilter,
};
use crate::spine::{Failure, Filter, Page, Reader, Slice, View, columns};
use chrono::NaiveDate;
use domain::sales_analysis::{Alert, AnalysisMeasure, Days, Dimension, LIKE_PERIODS, alert};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Something that stands out. Values are in the unit of the measure; middle and bounds to a quarter of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesAlert)]
pub struct SalesAlertView {
    /// What it is about.
    pub group: SalesAnalysisGroup,
    /// What it came to in the month.
    pub value: i64,
    /// The median of the months before.
    #[schema(max_length = 30, example = "1200.25")]
    pub median: String,
    /// The median of how far they are from it.
    #[schema(max_length = 30)]
    pub deviation: String,
    /// Below this it stands out.
    #[schema(max_length = 30)]
    pub lower: String,
    /// Above this it stands out.
    #[schema(max_length = 30)]
    pub upper: String,
    /// How many months were looked at.
    #[schema(minimum = 8, maximum = 12)]
    pub months: i64,
    /// Why it stands out, in Chinese.
    #[schema(max_length = 300)]
    pub why_zh: String,
    /// Why it stands out, in English.
    #[schema(max_length = 300)]
    pub why_en: String,
}

impl View for SalesAlertView {}

/// Of which month, by what.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesAlertFilter {
    /// A day of the month; today where absent.
    pub month_of: Option<NaiveDate>,
    /// By what sales are grouped; by department where absent.
    #[param(inline)]
    pub by: Dimension,
    /// What is analysed; the amount where absent.
    #[param(inline)]
    pub measure: AnalysisMeasure,
}

impl Filter for SalesAlertFilter {}

/// What stands out in a month within the caller's sight. A month in which something was sold before counts from the first
/// such month on; with fewer than eight nothing is said.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesAlertFilter,
    page: &Page,
) -> Result<Slice<SalesAlertView>, Failure> {
    let day = filter.month_of.unwrap_or_else(|| reader.today());
    let whole = SalesAnalysisFilter::default();
    let mut month = Days::month_of(day);
    let mut all: Vec<Sums> = Vec::with_capacity(LIKE_PERIODS + 1);
    for _ in 0..=LIKE_PERIODS {
        let wanted = whole.wanted(reader)?;
        all.push(sums(reader, (filter.by, filter.measure), wanted, month)?);
        month = month.before();
    }
    let groups: BTreeSet<&Group> = all.iter().flat_map(Sums::keys).collect();
    let mut outside = Vec::new();
    for group in groups {
        let mut values: Vec<i64> =
            all.iter().map(|sums| sums.get(group).map_or(0, |sum| sum.value)).collect();
        // Months before anything was ever sold are no like periods.
        let known = all.iter().rposition(|sums| sums.contains_key(group)).unwrap_or(0);
        values.truncate(known + 1);
        let said = alert(values[0], &values[1..]).filter(|said| said.is_outside);
        outside.extend(said.map(|said| (group.clone(), values[0], values.len() - 1, said)));
    }
    let names: Vec<Group> = outside.iter().map(|(group, ..)| group.clone()).collect();
    let names = named(reader, filter.by, &names)?;
    let shown = outside.into_iter().zip(names);
    let shown = shown.map(|((_, value, months, said), group)| shown_as(group, value, months, said));
    Ok(Slice::of(shown.collect(), page))
}

fn shown_as(group: SalesAnalysisGroup, value: i64, months: usize, said: Alert) -> SalesAlertView {
    let Alert { median_quarters, mad_quarters, lower_quarters, upper_quarters, is_outside: _ } = said;
    let [median, deviation, lower, upper] =
        [median_quarters, mad_quarters, lower_quarters, upper_quarters].map(quarters);
    let (zh, en) =
        if value.saturating_mul(4) < lower_quarters { ("低于", "below") } else { ("高于", "above") };
    let why_zh = format!(
        "本月 {value}，{zh}前 {months} 个月的正常范围 {lower} 至 {upper}（中位数 {median} ± 3 × 绝对中位差 {deviation}）"
    );
    let why_en = format!(
        "{value} this month, {en} what is usual in the {months} months before, {lower} to {upper} (median {median} \
         ± 3 × median absolute deviation {deviation})"
    );
    let months = i64::try_from(months).unwrap_or(i64::MAX);
    SalesAlertView { group, value, median, deviation, lower, upper, months, why_zh, why_en }
}

/// Quarters as a decimal number.
fn quarters(quarters: i64) -> String {
    let sign = if quarters < 0 { "-" } else { "" };
    let (whole, rest) = (quarters.unsigned_abs() / 4, quarters.unsigned_abs() % 4);
    match rest {
        0 => format!("{sign}{whole}"),
        2 => format!("{sign}{whole}.5"),
        rest => format!("{sign}{whole}.{}", rest * 25),
    }
}

columns! { SalesAlertView as "sales-alerts" "销售预警" "Sales alerts", domain::spine::Permission::ExportSales:
    group "对象" "Group" = |row| row.group.name(true);
    value "本月" "This month";
    median "中位数" "Median";
    deviation "绝对中位差" "Deviation";
    lower "下限" "Lower bound";
    upper "上限" "Upper bound";
    why "说明" "Why" = |row| (row.why_zh.as_str(), row.why_en.as_str());
}
