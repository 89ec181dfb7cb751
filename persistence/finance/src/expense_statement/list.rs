//! The rows of a statement as a list of their own, and as a file. `[EXP-13, INT-4]`

use super::{
    find,
    view::{FigureRowView, show},
};
use crate::spine::{Failure, Filter, Page, Reader, Several, Slice, SortKey, View, columns};
use domain::{
    finance::expense_statement::{Dimension, ExpenseStatement},
    spine::Id,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which rows are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct StatementRowFilter {
    /// Only by these dimensions, separated by commas.
    #[param(inline, example = "category,department")]
    pub dimension: Several<Dimension>,
}

impl Filter for StatementRowFilter {}
impl View for FigureRowView {}

/// A page of the rows of a statement, in its order. The key of a page is the place of a row: they are kept whole, and few.
pub fn rows(
    reader: &mut Reader<'_>,
    id: Id<ExpenseStatement>,
    filter: &StatementRowFilter,
    page: &Page,
) -> Result<Slice<FigureRowView>, Failure> {
    let statement = find(reader, id)?;
    let wanted =
        |row: &FigureRowView| filter.dimension.0.is_empty() || filter.dimension.0.contains(&row.dimension);
    let rows: Vec<FigureRowView> = show(reader, statement)?.rows.into_iter().filter(wanted).collect();
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let begin = match page.after {
        Some((_, SortKey::Number(place))) => place.clamp(0, total),
        _ => 0,
    };
    let (skip, take) = (usize::try_from(begin).unwrap_or(0), usize::try_from(page.limit).unwrap_or(0));
    let end = begin + page.limit;
    let next = (end < total).then_some((SortKey::Nothing, SortKey::Number(end)));
    let data = rows.into_iter().skip(skip).take(take).collect();
    Ok(Slice { data, next, total: page.include_total.then_some(total) })
}

columns! { FigureRowView as "expense-statement-rows" "营销费用报表明细" "Rows of an expense statement":
    dimension "维度" "Dimension";
    key "编码" "Code";
    name_zh "名称" "Name";
    currency "币种" "Currency" = |row| row.figures.expense.currency().code();
    expense "费用" "Expense" = |row| row.figures.expense;
    tax "可抵扣税额" "Deductible tax" = |row| row.figures.tax;
    budget "预算" "Budget" = |row| row.figures.budget;
    variance "与预算差异" "Variance to plan" = |row| row.figures.variance;
    previous "上期" "Period before" = |row| row.figures.previous;
    last_year "上年同期" "Year before" = |row| row.figures.last_year;
}
