//! Sales analysed, over HTTP. `[ANA-1; 004 §5.4]`

use crate::spine::{
    Can, List, Query, Reading, Routes, Wanted,
    chart::{Chart, Svg, escaped, opened},
    routes,
};
use domain::spine::{Language, perm};
use persistence::sales_analysis::{
    self as analysis, SalesAlertFilter, SalesAlertView, SalesAnalysisFilter, SalesAnalysisRow, alert,
};
use std::fmt::Write;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "sales-analysis", [list_sales_analysis, show_sales_analysis_chart, list_sales_alerts]);
}

/// At most so many rows are drawn.
const ROWS_MAX: usize = 40;
/// How high a row is, in pixels.
const ROW: usize = 30;
/// Where the bars begin, in pixels.
const LEFT: i128 = 200;
/// How long the longest bar is, in pixels.
const LENGTH: i128 = 480;
/// What stands above the rows, in pixels.
const HEAD: usize = 48;

/// List the rows of a sales analysis. `[ANA-1; 004 §5.4]`
///
/// From the entries of performance credit alone, by customer, region, product, channel, person or department as of the sale:
/// what each came to, its share and place, the period before and the same of the year before; each opens to its entries.
#[utoipa::path(get, path = "/api/v1/sales-analysis")]
async fn list_sales_analysis(
    who: Can<perm::ReadSalesAnalysis>,
    wanted: Wanted<SalesAnalysisFilter>,
    reading: Reading,
) -> List<SalesAnalysisRow> {
    reading.list(who, wanted, analysis::list).await
}

/// Draw a sales analysis, as an SVG. `[ANA-1]`
///
/// The same rows as bars, beside the period before; at most forty.
#[utoipa::path(get, path = "/api/v1/sales-analysis/chart")]
async fn show_sales_analysis_chart(
    who: Can<perm::ReadSalesAnalysis>,
    filter: Query<SalesAnalysisFilter>,
    reading: Reading,
) -> Chart {
    let (filter, language) = (filter.0, reading.language());
    let rows = reading.value(who, move |reader| analysis::report(reader, &filter)).await?;
    Ok(draw(&rows, language == Language::Chinese))
}

/// List what stands out in a month. `[ANA-1]`
///
/// Groups whose month lies outside the median ± three times the median absolute deviation of their last twelve, with eight
/// at least; each says why.
#[utoipa::path(get, path = "/api/v1/sales-alerts")]
async fn list_sales_alerts(
    who: Can<perm::ReadSalesAnalysis>,
    wanted: Wanted<SalesAlertFilter>,
    reading: Reading,
) -> List<SalesAlertView> {
    reading.list(who, wanted, alert::list).await
}

/// Draws the rows: what each came to, and under it the period before.
fn draw(rows: &[SalesAnalysisRow], chinese: bool) -> Svg {
    let rows = &rows[..rows.len().min(ROWS_MAX)];
    let longest = rows.iter().map(|row| row.value.max(row.last_period)).max().unwrap_or(0).max(1);
    let length = |value: i64| i128::from(value.max(0)) * LENGTH / i128::from(longest);
    let title = if chinese { "销售分析" } else { "Sales analysis" };
    let (width, height) = (LEFT + LENGTH + 160, HEAD + rows.len() * ROW + 16);
    let mut drawing = opened(title, (width, height));
    for (index, row) in rows.iter().enumerate() {
        let y = HEAD + index * ROW;
        let name: String = row.group.name(chinese).chars().take(18).collect();
        // Writing to a string cannot fail.
        let _ = write!(
            drawing,
            "<text x=\"16\" y=\"{}\">{}</text><rect x=\"{LEFT}\" y=\"{y}\" width=\"{}\" height=\"14\" \
             fill=\"#2f7d5b\"/><rect x=\"{LEFT}\" y=\"{}\" width=\"{}\" height=\"5\" fill=\"#d0d7de\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            y + 14,
            escaped(&name),
            length(row.value),
            y + 15,
            length(row.last_period),
            LEFT + length(row.value.max(row.last_period)) + 8,
            y + 13,
            row.value
        );
    }
    drawing.push_str("</svg>");
    Svg::drawn(drawing)
}
