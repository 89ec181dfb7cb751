//! A planned line as a row of a spreadsheet: its columns, how its cells are read and written.

use crate::spine::{
    Label,
    import::{Cells, Choice, ImportColumn, Imported},
};
use domain::{
    finance::{
        budget::{PLANNED_LINES_MAX, PlannedLine, Split, SplitInto},
        budget_line::{Control, Purpose},
        period::Period,
    },
    spine::{Currency, DepartmentId, Money, codes},
};
use serde_json::json;

/// A planned line as a file says it: the department is not looked up yet.
#[derive(Clone)]
pub(super) struct LineRow {
    /// Code or id of the department; the budget's own where there is none.
    pub department: Option<String>,
    pub category: String,
    period: Period,
    amount: Money,
    split: Option<Split>,
    campaign: Option<String>,
    region: Option<String>,
    purpose: Option<Purpose>,
    control: Option<Control>,
    note: Option<String>,
}

impl LineRow {
    /// The planned line, for the department and the category that were found.
    pub fn planned(&self, department: Option<DepartmentId>, category: String) -> PlannedLine {
        let Self {
            department: _,
            category: _,
            period,
            amount,
            split,
            campaign,
            region,
            purpose,
            control,
            note,
        } = self.clone();
        PlannedLine { department, category, period, split, campaign, region, amount, purpose, control, note }
    }
}

/// How a period is written, for who wrote something else.
const PERIODS: &str = "2026, 2026-Q1, 2026-03";
/// How weights are written.
const WEIGHTS: &str = "1、1、2";

impl Imported for LineRow {
    const FILE: Label = Label { name: "budget-lines", zh: "预算科目", en: "Budget lines" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::optional(
            "department",
            "部门",
            "Department",
            (
                "部门代码、名称或标识；没有此列时为预算所属部门",
                "Code, name or id; without the column the budget's own department",
            ),
        ),
        ImportColumn::required(
            "category",
            "费用类别",
            "Category",
            (
                "费用类别代码或名称；上级类别涵盖其下全部",
                "The category's code or name; a heading stands for everything below it",
            ),
        ),
        ImportColumn::required(
            "period",
            "期间",
            "Period",
            (
                "2026、2026-Q1 或 2026-03；年度默认按月分解",
                "2026, 2026-Q1 or 2026-03; a year is split into months",
            ),
        ),
        ImportColumn::required("amount", "金额", "Amount", ("大于零", "More than nothing")),
        ImportColumn::optional(
            "currency",
            "币种",
            "Currency",
            ("没有此列时为人民币", "Without the column CNY"),
        ),
        ImportColumn::optional(
            "split",
            "分解",
            "Split",
            ("按月分解、按季分解；空为默认", "Months or quarters; empty as usual"),
        ),
        ImportColumn::optional(
            "weights",
            "分解权重",
            "Weights",
            (
                "用顿号分隔的整数，每期一个；空为平均",
                "Whole numbers by commas, one for each part; empty is evenly",
            ),
        ),
        ImportColumn::optional("campaign", "活动", "Campaign", ("最多 60 字", "At most 60 characters")),
        ImportColumn::optional("region", "区域", "Region", ("最多 60 字", "At most 60 characters")),
        ImportColumn::optional(
            "purpose",
            "用途",
            "Purpose",
            ("常规、应急资金；空为常规", "Ordinary or emergency fund; empty is ordinary"),
        ),
        ImportColumn::optional(
            "control",
            "控制方式",
            "Control",
            (
                "刚性控制、超预算特批、仅提示；空为默认",
                "Hard, special review or warn; empty as the settings have it",
            ),
        ),
        ImportColumn::optional("note", "说明", "Note", ("最多 500 字", "At most 500 characters")),
    ];

    const ROWS_MAX: usize = PLANNED_LINES_MAX;

    const NUMBERS: &'static [&'static str] = &["amount"];

    fn choices(column: &str) -> Vec<&'static str> {
        match column {
            "currency" => vec!["CNY"],
            "split" => SplitInto::ALL.iter().map(|into| into.labels().0).collect(),
            "purpose" => Purpose::ALL.iter().map(|purpose| purpose.labels().0).collect(),
            "control" => Control::ALL.iter().map(|control| control.labels().0).collect(),
            _ => Vec::new(),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        ["department", "currency"].into_iter().for_each(|column| cells.refuse_blank(column));
        let currencies =
            Currency::ALL.map(|currency| Choice::labelled(currency, currency.code(), currency.labels()));
        let purposes =
            Purpose::ALL.map(|purpose| Choice::labelled(purpose, purpose.code(), purpose.labels()));
        let controls =
            Control::ALL.map(|control| Choice::labelled(control, control.code(), control.labels()));
        let (department, category) = (cells.text("department", 60), cells.text("category", 60));
        let period = period(cells);
        let currency = cells.choice("currency", &currencies).unwrap_or(Currency::Cny);
        let (amount, split) = (cells.money("amount", currency), split(cells));
        let (campaign, region) = (cells.text("campaign", 60), cells.text("region", 60));
        let (purpose, control) = (cells.choice("purpose", &purposes), cells.choice("control", &controls));
        let note = cells.text("note", 500);
        Some(Self {
            department,
            category: category?,
            period: period?,
            amount: amount?,
            split,
            campaign,
            region,
            purpose,
            control,
            note,
        })
    }
}

fn period(cells: &mut Cells<'_>) -> Option<Period> {
    let text = cells.text("period", 20)?;
    let period = Period::as_written(&text);
    if period.is_none() {
        cells.refuse("period", codes::BAD_FORMAT, [("expected", json!(PERIODS))]);
    }
    period
}

fn split(cells: &mut Cells<'_>) -> Option<Split> {
    let ways = SplitInto::ALL.map(|into| Choice::labelled(into, into.code(), into.labels()));
    let into = cells.choice("split", &ways);
    let text = cells.text("weights", 200).unwrap_or_default();
    let marks = [',', '，', '、', ';', '；', ' '];
    let weights = text.split(marks).filter(|part| !part.is_empty()).map(str::parse);
    let Ok(weights) = weights.collect::<Result<Vec<u32>, _>>() else {
        cells.refuse("weights", codes::BAD_FORMAT, [("expected", json!(WEIGHTS))]);
        return None;
    };
    match into {
        None if weights.is_empty() => None,
        into => Some(Split { into: into.unwrap_or(SplitInto::Months), weights }),
    }
}

/// A planned line as a row of the template.
pub(super) fn cells_of(line: &PlannedLine, department: String) -> Vec<String> {
    let PlannedLine {
        department: _,
        category,
        period,
        split,
        campaign,
        region,
        amount,
        purpose,
        control,
        note,
    } = line;
    let weights: Vec<String> =
        split.iter().flat_map(|split| &split.weights).map(|weight| weight.to_string()).collect();
    let labelled = |labels: Option<(&str, &str)>| labels.map_or_else(String::new, |(zh, _)| zh.to_owned());
    vec![
        department,
        category.clone(),
        period.to_string(),
        amount.decimal().to_string(),
        amount.currency().code().to_owned(),
        labelled(split.as_ref().map(|split| split.into.labels())),
        weights.join("、"),
        campaign.clone().unwrap_or_default(),
        region.clone().unwrap_or_default(),
        labelled(purpose.map(|purpose| purpose.labels())),
        labelled(control.map(|control| control.labels())),
        note.clone().unwrap_or_default(),
    ]
}
