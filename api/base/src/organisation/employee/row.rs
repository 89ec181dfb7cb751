//! What a row of a file says of an employee: who they are, where they work, and what their account may do.

use crate::spine::{
    Label,
    import::{Cells, Choice, ImportColumn, Imported, Sheet},
};
use chrono::NaiveDate;
use domain::{
    organisation::{SUPERIORS_IN_CIRCLE, ZEROS_LOST},
    spine::{RefusalCode, ScopeKind, import::IMPORT_ROW_TWICE, typed},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An employee as a row of a file says it.
#[derive(Clone, Debug)]
pub(super) struct EmployeeRow {
    /// The personnel number: by it alone somebody is known.
    pub number: String,
    pub name: String,
    /// By code or name.
    pub department: String,
    /// By code or name; what stands stays where it is empty.
    pub position: Option<String>,
    pub superior: Superior,
    pub joined_on: Option<NaiveDate>,
    /// The first day of the placement, where somebody is known.
    pub effective_from: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    /// Whether they are to have an account.
    pub account: bool,
    pub username: Option<String>,
    /// By code or name.
    pub role: Option<String>,
    pub reach: Option<ScopeKind>,
}

/// What a row says of the superior.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Superior {
    /// Nothing: what stands stays.
    Unsaid,
    /// That there is none.
    Nobody,
    /// Their number.
    Number(String),
}

/// What says that somebody has no superior.
const NOBODY: [&str; 3] = ["无", "none", "-"];

fn reaches() -> [Choice<ScopeKind>; ScopeKind::ALL.len()] {
    ScopeKind::ALL.map(|scope| Choice::labelled(scope, scope.code(), scope.labels()))
}

impl Imported for EmployeeRow {
    const FILE: Label = Label { name: "employees", zh: "员工", en: "Employees" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::required(
            "number",
            "工号",
            "Number",
            (
                "按文本填写，保留前面的零；已有工号更新原员工",
                "As text, with leading zeros; a known one changes that employee",
            ),
        ),
        ImportColumn::required("name", "姓名", "Name", ("最多 60 字", "At most 60 characters")),
        ImportColumn::required("department", "部门", "Department", ("部门名称或代码", "Name or code")),
        ImportColumn::optional(
            "position",
            "岗位",
            "Position",
            ("岗位名称或代码；空为不变", "Name or code; empty: as it is"),
        ),
        ImportColumn::optional(
            "superior",
            "上级工号",
            "Superior's number",
            (
                "可在本文件后面的行；最高层填“无”；空为不变",
                "May stand further down; \"none\" at the very top; empty: as it is",
            ),
        ),
        ImportColumn::optional(
            "joined_on",
            "入职日期",
            "Joined on",
            ("新员工必填", "Needed for new employees"),
        ),
        ImportColumn::optional(
            "effective_from",
            "调动生效日期",
            "Effective from",
            (
                "部门、岗位或上级变化时的首日；空为今天",
                "The first day of another department, position or superior; empty: today",
            ),
        ),
        ImportColumn::optional("last_day", "离职日期", "Last day", ("离职时填写", "Where somebody leaves")),
        ImportColumn::optional(
            "account",
            "开通账号",
            "Account",
            ("是或否；空为否", "Yes or no; empty is no"),
        ),
        ImportColumn::optional("username", "登录名", "User name", ("空为工号", "Empty: the number")),
        ImportColumn::optional("role", "角色", "Role", ("角色名称或代码", "Name or code")),
        ImportColumn::optional("reach", "数据范围", "Reach", ("空为本人", "Empty: one's own")),
    ];
    const ROWS_MAX: usize = 100_000;
    const BYTES_MAX: usize = 20 * 1024 * 1024;

    fn choices(column: &str) -> Vec<&'static str> {
        match column {
            "account" => vec!["是", "否"],
            "reach" => ScopeKind::ALL.iter().map(|scope| scope.labels().0).collect(),
            _ => Vec::new(),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let number = cells.text("number", 40).map(|number| typed::reference(&number));
        let superior = match cells.text("superior", 40).map(|number| typed::reference(&number)) {
            None => Superior::Unsaid,
            Some(text) if NOBODY.contains(&text.to_lowercase().as_str()) => Superior::Nobody,
            Some(number) => Superior::Number(number),
        };
        let (name, department) = (cells.text("name", 60), cells.text("department", 60));
        let (position, joined_on) = (cells.text("position", 60), cells.date("joined_on"));
        let (effective_from, last_day) = (cells.date("effective_from"), cells.date("last_day"));
        let account = cells.flag("account").unwrap_or_default();
        let (username, role) = (cells.text("username", 64), cells.text("role", 60));
        let reach = cells.choice("reach", &reaches());
        Some(Self {
            number: number?,
            name: name?,
            department: department?,
            position,
            superior,
            joined_on,
            effective_from,
            last_day,
            account,
            username,
            role,
            reach,
        })
    }
}

/// What is known of a file as a whole, and of no row by itself.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    /// What is wrong with rows by the sight of others.
    pub faults: BTreeMap<u32, Fault>,
    /// The numbers that come to be by the file: in a rehearsal nobody has them yet.
    pub coming: BTreeSet<String>,
}

/// What is wrong with a row by the sight of others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Fault {
    /// The number stands in an earlier row.
    Twice(u32),
    /// It differs from another row's number in leading zeros alone.
    ZerosLost(String),
    /// The superiors of these rows form a circle.
    Circle(Vec<u32>),
}

impl Fault {
    /// The column at fault, why, and what the text names.
    pub fn told(&self) -> (&'static str, &'static RefusalCode, Map<String, Value>) {
        let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
        match self {
            Self::Twice(row) => ("number", IMPORT_ROW_TWICE, one("row", json!(row))),
            Self::ZerosLost(number) => ("number", ZEROS_LOST, one("number", json!(number))),
            Self::Circle(rows) => {
                let rows: Vec<String> = rows.iter().map(u32::to_string).collect();
                ("superior", SUPERIORS_IN_CIRCLE, one("rows", json!(rows.join("、"))))
            }
        }
    }
}

/// Puts superiors before those who report to them, whatever row they stand in.
pub(super) fn arrange(sheet: &mut Sheet<EmployeeRow>) -> Whole {
    let mut whole = Whole::default();
    let rows = Rows::of(sheet, &mut whole);
    let order = rows.superiors_first(&mut whole);
    let named = rows.0.iter().filter_map(|one| one.superior.clone());
    whole.coming = named.filter(|number| rows.sound(number, &whole)).collect();
    sheet.arrange(&order);
    whole
}

/// A row with what is known of it by the sight of others.
struct Line {
    /// Its place in the sheet.
    index: usize,
    /// Its number in the file.
    row: u32,
    superior: Option<String>,
}

/// The rows of a file, each number once.
struct Rows(Vec<Line>, HashMap<String, usize>);

impl Rows {
    fn of(sheet: &Sheet<EmployeeRow>, whole: &mut Whole) -> Self {
        let with_zeros = sheet.good().map(|(_, row)| &row.number).filter(|number| number.starts_with('0'));
        let zeros: HashMap<&str, &str> =
            with_zeros.map(|number| (number.trim_start_matches('0'), number.as_str())).collect();
        let mut rows = Self(Vec::new(), HashMap::new());
        for (index, said) in sheet.good() {
            let row = sheet.number(index);
            if let Some(first) = rows.1.get(&said.number).and_then(|place| rows.0.get(*place)) {
                whole.faults.insert(row, Fault::Twice(first.row));
                continue;
            }
            if let Some(longer) = zeros.get(said.number.as_str()) {
                whole.faults.insert(row, Fault::ZerosLost((*longer).to_owned()));
                continue;
            }
            let superior = match &said.superior {
                Superior::Number(number) => Some(number.clone()),
                Superior::Unsaid | Superior::Nobody => None,
            };
            rows.1.insert(said.number.clone(), rows.0.len());
            rows.0.push(Line { index, row, superior });
        }
        rows
    }

    fn place(&self, number: &str) -> Option<usize> {
        self.1.get(number).copied()
    }

    /// Whether nothing is wrong with the row of a number, as far as the others tell.
    fn sound(&self, number: &str, whole: &Whole) -> bool {
        let line = self.place(number).and_then(|place| self.0.get(place));
        line.is_some_and(|line| !whole.faults.contains_key(&line.row))
    }

    /// The places in the sheet in the order in which the rows can be taken; circles are noted.
    fn superiors_first(&self, whole: &mut Whole) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.0.len());
        let mut is_placed = vec![false; self.0.len()];
        // In the line from which row each was met last.
        let mut met = vec![usize::MAX; self.0.len()];
        for from in 0..self.0.len() {
            // From this row up to the first that is placed already or is in no row.
            let (mut line, mut next): (Vec<usize>, _) = (Vec::new(), Some(from));
            while let Some(place) = next.filter(|place| !is_placed[*place]) {
                if met[place] == from {
                    let start = line.iter().position(|other| *other == place).unwrap_or_default();
                    self.note_circle(&line[start..], whole);
                    break;
                }
                met[place] = from;
                line.push(place);
                next = self.0[place].superior.as_deref().and_then(|number| self.place(number));
            }
            for place in line.into_iter().rev() {
                is_placed[place] = true;
                order.push(self.0[place].index);
            }
        }
        order
    }

    fn note_circle(&self, circle: &[usize], whole: &mut Whole) {
        let mut rows: Vec<u32> = circle.iter().map(|place| self.0[*place].row).collect();
        rows.sort_unstable();
        for row in &rows {
            whole.faults.insert(*row, Fault::Circle(rows.clone()));
        }
    }
}
