//! Figures from a spreadsheet: every good row is entered, and waits for somebody else to confirm it. `[KPI-1,
//! INT-5]`

use crate::spine::{
    Can, Label, Query, Reading, Reply, UnitOfWork, Upload,
    import::{Cells, ImportColumn, ImportReport, Imported, Outcome, Template, TemplateFormat},
};
use domain::{indicator_figure::Adjusts, spine::perm, working_time::Period};
use persistence::indicator_figure::deed::{self, Said};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// How a period is written.
const A_PERIOD: &str = "2026-05";

/// A figure as a row of a file says it.
#[derive(Clone)]
struct FigureRow(Said);

impl Imported for FigureRow {
    const FILE: Label = Label { name: "indicator-figures", zh: "指标数据", en: "Indicator figures" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::required(
            "employee",
            "工号",
            "Employee number",
            ("员工编号", "The number of the employee"),
        ),
        ImportColumn::required(
            "indicator",
            "指标编码",
            "Indicator",
            ("须为填报类指标", "One that is entered"),
        ),
        ImportColumn::required(
            "period",
            "期间",
            "Period",
            ("如 2026-05、2026-Q2、2026", "Such as 2026-05, 2026-Q2, 2026"),
        ),
        ImportColumn::optional(
            "part",
            "分段",
            "Part",
            ("期内调岗的第几段；没有此列时为 1", "After a move; without the column 1"),
        ),
        ImportColumn::required("value", "数值", "Value", ("最多 4 位小数", "At most four decimal places")),
        ImportColumn::required("basis", "依据", "Basis", ("最多 500 字", "At most 500 characters")),
        ImportColumn::optional(
            "adjusts_period",
            "调整所涉期间",
            "Adjusts",
            ("更正以前期间时填写", "Where it corrects an earlier period"),
        ),
        ImportColumn::optional(
            "adjusts_about",
            "调整事由",
            "About",
            ("如退款的销售单号", "Such as the number of the sale that was refunded"),
        ),
    ];

    const ROWS_MAX: usize = 1_000;

    const NUMBERS: &'static [&'static str] = &["value"];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        cells.refuse_blank("part");
        let (employee, indicator) = (cells.text("employee", 40), cells.text("indicator", 60));
        let period: Option<Period> = cells.parsed("period", A_PERIOD);
        let part = cells.integer("part", 1..=31).and_then(|part| i32::try_from(part).ok());
        let value: Option<Decimal> = cells.parsed("value", "1234.5678");
        let basis = cells.text("basis", 500);
        let adjusts: Option<Period> = cells.parsed("adjusts_period", A_PERIOD);
        let about = cells.text("adjusts_about", 200);
        Some(Self(Said {
            employee: employee?,
            indicator: indicator?,
            period: period?,
            part: part.unwrap_or(1),
            value: value?,
            adjusts: adjusts.map(|period| Adjusts { period, about: about.unwrap_or_default() }),
            basis: basis?,
        }))
    }
}

/// Show which columns an import of figures has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/indicator-figures/import-template")]
pub(super) async fn show_indicator_figure_template(
    who: Can<perm::EnterIndicatorFigures>,
    format: TemplateFormat,
    reading: Reading,
) -> Template {
    reading.value(who, |_| Ok(())).await?;
    reading.template::<FigureRow>(format, Vec::new(), Vec::new()).await
}

/// How a file of figures is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ImportIndicatorFigures {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
}

/// Import figures from CSV or XLSX. `[KPI-1, INT-5]`
///
/// Each row is entered as if it were by itself, and counts once somebody else has confirmed it. The same
/// again changes nothing. With `validate_only=true` the report says of every row what would become of it.
#[utoipa::path(post, path = "/api/v1/indicator-figures/import")]
pub(super) async fn import_indicator_figures(
    who: Can<perm::EnterIndicatorFigures>,
    how: Query<ImportIndicatorFigures>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let partial = how.partial.unwrap_or(false);
    let sheet = upload.sheet::<FigureRow>().await?;
    work.import(who, sheet, partial, |tx, sheet| {
        sheet.each(tx, |tx, row| {
            let is_new = deed::take(tx, row.0.clone())?;
            Ok(if is_new { Outcome::Created } else { Outcome::Unchanged })
        })
    })
    .await
}
