//! The rows of an analysis: each beside the last period and the year before, with its share, its place and the way to its
//! entries. `[ANA-1]`

use super::dimension::{Group, SalesAnalysisGroup, Sum, Sums, named, seen, sums};
use crate::{
    merged::of_customer,
    schema::credit_entries,
    spine::{Failure, Filter, Page, Reader, Slice, View, Where, columns, narrow},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    product::ProductId,
    sales_analysis::{
        AnalysisMeasure, DAYS_MAX, Days, Dimension, PERIOD_TOO_LONG, change_bp, places, shares_bp,
    },
    spine::{Citation, DepartmentId, EmployeeId, Refusal, codes},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A row of an analysis. Values are in the unit of the measure: fen for amounts and profit, ten-thousandths of the unit for
/// quantities.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesAnalysisRow)]
pub struct SalesAnalysisRow {
    /// What it is about.
    pub group: SalesAnalysisGroup,
    /// What it came to.
    pub value: i64,
    /// What it is of all rows, in basis points that add up to 10000; null where all came to nothing or less.
    pub share_bp: Option<i64>,
    /// Its place from the top; equals share one.
    #[schema(minimum = 1)]
    pub place: i64,
    /// Its place from the bottom.
    #[schema(minimum = 1)]
    pub place_from_bottom: i64,
    /// What it came to in the period before.
    pub last_period: i64,
    /// By how much it differs from that, in basis points; null from nothing.
    pub last_period_change_bp: Option<i64>,
    /// What it came to in the same days of the year before.
    pub last_year: i64,
    /// By how much it differs from that, in basis points; null from nothing.
    pub last_year_change_bp: Option<i64>,
    /// How many of its entries had no cost, and are left out of profit.
    #[schema(minimum = 0)]
    pub without_cost: i64,
    /// Where its entries are.
    #[schema(
        max_length = 400,
        example = "/api/v1/credit-entries?department_id=…&counted_on[gte]=2026-03-01"
    )]
    pub entries: String,
}

impl View for SalesAnalysisRow {}

/// Of which sales, by what, when.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesAnalysisFilter {
    /// By what they are grouped; by department where absent.
    #[param(inline)]
    pub by: Dimension,
    /// What is analysed; the amount where absent.
    #[param(inline)]
    pub measure: AnalysisMeasure,
    /// From this day on; the first of this month where absent.
    #[serde(rename = "counted_on[gte]")]
    pub from: Option<NaiveDate>,
    /// Up to this day; the last of the first day's month where absent.
    #[serde(rename = "counted_on[lte]")]
    pub to: Option<NaiveDate>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this product.
    pub product_id: Option<ProductId>,
    /// Only of this region.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40)]
    pub region: Option<String>,
    /// Only of this channel.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40)]
    pub channel: Option<String>,
    /// Only the first so many places, with all who share one.
    #[validate(range(min = 1, max = 1000))]
    #[param(minimum = 1, maximum = 1000)]
    pub top: Option<i64>,
    /// Only the last so many places, with all who share one.
    #[validate(range(min = 1, max = 1000))]
    #[param(minimum = 1, maximum = 1000)]
    pub bottom: Option<i64>,
}

impl Filter for SalesAnalysisFilter {}

impl SalesAnalysisFilter {
    /// The days it is about.
    ///
    /// # Errors
    /// Days in the wrong order, or too many of them.
    pub(super) fn days(&self, today: NaiveDate) -> Result<Days, Refusal> {
        let from = self.from.unwrap_or_else(|| Days::month_of(today).from);
        let to = self.to.unwrap_or_else(|| Days::month_of(from).to);
        if to < from {
            let named = Refusal::new(codes::PERIOD_REVERSED).with("from", from.to_string());
            return Err(named.with("to", to.to_string()).at("/counted_on[lte]"));
        }
        if u64::try_from((to - from).num_days()).unwrap_or(u64::MAX) >= DAYS_MAX {
            let refusal = Refusal::new(PERIOD_TOO_LONG).with("max", DAYS_MAX);
            return Err(refusal.citing(Citation::clause("ANA-1", "004 §5.4")).at("/counted_on[lte]"));
        }
        Ok(Days { from, to })
    }

    /// Which entries are wanted, whatever their day.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn wanted(&self, reader: &mut Reader<'_>) -> Result<Where, Failure> {
        let mut wanted = seen(reader);
        of_customer!(wanted, reader, credit_entries, self);
        narrow!(wanted, credit_entries, self; department_id = department_id, employee_id = employee_id,
            product_id = product_id, region = region, channel = channel);
        Ok(wanted)
    }

    /// Where the entries of a group are.
    fn entries(&self, days: Days, group: &Group) -> String {
        let mut query = format!("counted_on[gte]={}&counted_on[lte]={}", days.from, days.to);
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|_| !query.contains(&format!("{name}="))) {
                query.push_str(&format!("&{name}={value}"));
            }
        };
        if let Group::Record(key) = group {
            let name = match self.by {
                Dimension::Department => "department_id",
                Dimension::Person => "employee_id",
                Dimension::Customer => "customer_id",
                Dimension::Product => "product_id",
                Dimension::Region | Dimension::Channel => "",
            };
            add(name, Some(key.0.to_string()));
        }
        add("department_id", self.department_id.map(|id| id.to_string()));
        add("employee_id", self.employee_id.map(|id| id.to_string()));
        add("customer_id", self.customer_id.map(|id| id.to_string()));
        add("product_id", self.product_id.map(|id| id.to_string()));
        format!("/api/v1/credit-entries?{query}")
    }
}

/// The rows of an analysis within the caller's sight: the most first.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesAnalysisFilter,
    page: &Page,
) -> Result<Slice<SalesAnalysisRow>, Failure> {
    Ok(Slice::of(report(reader, filter)?, page))
}

/// Every row of an analysis.
///
/// # Errors
/// Where the database fails.
pub fn report(
    reader: &mut Reader<'_>,
    filter: &SalesAnalysisFilter,
) -> Result<Vec<SalesAnalysisRow>, Failure> {
    let (days, what) = (filter.days(reader.today())?, (filter.by, filter.measure));
    let wanted = filter.wanted(reader)?;
    let now = sums(reader, what, wanted, days)?;
    let wanted = filter.wanted(reader)?;
    let before = sums(reader, what, wanted, days.before())?;
    let wanted = filter.wanted(reader)?;
    let last_year = sums(reader, what, wanted, days.last_year())?;
    let mut rows: Vec<(Group, Sum)> = now.into_iter().collect();
    rows.sort_by(|one, other| other.1.value.cmp(&one.1.value).then_with(|| one.0.cmp(&other.0)));
    let values: Vec<i64> = rows.iter().map(|(_, sum)| sum.value).collect();
    let (shares, places) = (shares_bp(&values), places(&values));
    let groups: Vec<Group> = rows.iter().map(|(group, _)| group.clone()).collect();
    let names = named(reader, filter.by, &groups)?;
    let mut shown = Vec::with_capacity(rows.len());
    for (index, ((group, sum), name)) in rows.into_iter().zip(names).enumerate() {
        let (place, from_bottom) = places[index];
        let of = |sums: &Sums| sums.get(&group).map_or(0, |sum| sum.value);
        let row = SalesAnalysisRow {
            value: sum.value,
            share_bp: shares.as_ref().map(|shares| shares[index]),
            place: i64::try_from(place).unwrap_or(i64::MAX),
            place_from_bottom: i64::try_from(from_bottom).unwrap_or(i64::MAX),
            last_period: of(&before),
            last_period_change_bp: change_bp(sum.value, of(&before)),
            last_year: of(&last_year),
            last_year_change_bp: change_bp(sum.value, of(&last_year)),
            without_cost: sum.without_cost,
            entries: filter.entries(days, &group),
            group: name,
        };
        shown.push(row);
    }
    let is_shown = |row: &SalesAnalysisRow| match (filter.top, filter.bottom) {
        (None, None) => true,
        (top, bottom) => {
            top.is_some_and(|top| row.place <= top)
                || bottom.is_some_and(|bottom| row.place_from_bottom <= bottom)
        }
    };
    shown.retain(is_shown);
    Ok(shown)
}

columns! { SalesAnalysisRow as "sales-analysis" "销售分析" "Sales analysis", domain::spine::Permission::ExportSales:
    group "对象" "Group" = |row| row.group.name(true);
    value "数值" "Value";
    share_bp "占比（万分比）" "Share (bp)";
    place "名次" "Place";
    last_period "上期" "Last period";
    last_period_change_bp "环比（万分比）" "Change (bp)";
    last_year "上年同期" "Last year";
    last_year_change_bp "同比（万分比）" "Change on year (bp)";
    without_cost "无成本明细数" "Without cost";
}
