//! The report as a picture: horizontal bars, one for each row, in plain SVG that needs no script and no font.

use crate::spine::chart::{Svg, escaped, opened};
use persistence::finance::budget_execution::{ExecutionGroup, ExecutionRow};
use std::fmt::Write;

/// At most so many rows are drawn.
const ROWS_MAX: usize = 40;
/// How high a row is, in pixels.
const ROW: usize = 34;
/// Where the bars begin, in pixels.
const LEFT: usize = 240;
/// How long the longest bar is, in pixels.
const LENGTH: i64 = 480;
/// What stands above the rows, in pixels.
const HEAD: usize = 56;

/// What a row is called.
fn name(group: &ExecutionGroup, chinese: bool) -> String {
    let ExecutionGroup { period, quarter, department, category, category_group, campaign, region, .. } =
        group;
    let department =
        department.as_ref().map(|named| if chinese { &named.name_zh } else { &named.name_en }.clone());
    let parts = [
        period.map(|period| period.to_string()),
        quarter.map(|quarter| quarter.to_string()),
        department,
        category_group.clone(),
        category.clone(),
        campaign.clone(),
        region.clone(),
        group.budget_number.clone(),
        group.person.as_ref().map(|person| person.name.clone()),
    ];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if name.is_empty() { "—".to_owned() } else { name.chars().take(24).collect() }
}

/// Draws the rows.
pub(super) fn draw(year: i32, rows: &[ExecutionRow], chinese: bool) -> Svg {
    let rows = &rows[..rows.len().min(ROWS_MAX)];
    let used = |row: &ExecutionRow| row.reserved.minor() + row.committed.minor() + row.spent.minor();
    let longest = rows.iter().map(|row| row.budget.minor().max(used(row))).max().unwrap_or(0).max(1);
    let length = |minor: i64| i128::from(minor.max(0)) * i128::from(LENGTH) / i128::from(longest);
    let (title, legend) = if chinese {
        (format!("{year} 年预算执行"), ["预算", "已用", "支出"])
    } else {
        (format!("Budget execution {year}"), ["Budget", "Used", "Spent"])
    };
    let colours = ["#d0d7de", "#f2b84b", "#2f7d5b"];
    let (width, height) = (LEFT + 480 + 160, HEAD + rows.len() * ROW + 16);
    let mut drawing = opened(&title, (width, height));
    let mut put = |piece: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = drawing.write_fmt(piece);
    };
    for (index, (word, colour)) in legend.iter().zip(colours).enumerate() {
        let x = LEFT + index * 90;
        put(format_args!(
            "<rect x=\"{x}\" y=\"18\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"29\">{word}</text>",
            x + 18
        ));
    }
    for (index, row) in rows.iter().enumerate() {
        let y = HEAD + index * ROW;
        let bars = [(row.budget.minor(), 20), (used(row), 12), (row.spent.minor(), 4)];
        put(format_args!("<text x=\"16\" y=\"{}\">{}</text>", y + 15, escaped(&name(&row.group, chinese))));
        for ((minor, thick), colour) in bars.into_iter().zip(colours) {
            let top = y + (20 - thick) / 2;
            let long = length(minor);
            put(format_args!(
                "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{long}\" height=\"{thick}\" fill=\"{colour}\"/>"
            ));
        }
        let at = length(row.budget.minor().max(used(row)));
        put(format_args!(
            "<text x=\"{}\" y=\"{}\">{} / {}</text>",
            i128::try_from(LEFT).unwrap_or(0) + at + 8,
            y + 15,
            escaped(&row.spent.to_string()),
            escaped(&row.budget.to_string())
        ));
    }
    drawing.push_str("</svg>");
    Svg::drawn(drawing)
}
