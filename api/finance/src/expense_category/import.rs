//! Categories from a spreadsheet: good rows make a draft of the next version of the tree. `[EXP-1, INT-5]`

use crate::spine::{
    ByRules, Can, Label, Problem, Query, Reading, Reply, UnitOfWork, Upload,
    import::{Cells, Choice, ImportColumn, ImportReport, Imported, Outcome, Sheet, Template, TemplateFormat},
};
use chrono::NaiveDate;
use domain::{
    finance::expense_category::{
        Detail, EXPENSE_CATEGORIES_CODE, ExpenseCategories, ExpenseCategory, MAX_CATEGORIES, Nature,
    },
    spine::{
        Currency, Finding, POLICY_UNSOUND, Policy, PolicyContent, PolicyStatus, PolicyVersion, Refusal,
        in_both, perm,
    },
};
use persistence::{
    policy,
    spine::{Failure, Reader, Tx},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use validator::Validate;

fn natures() -> [Choice<Nature>; Nature::ALL.len()] {
    Nature::ALL.map(|nature| Choice::labelled(nature, nature.code(), nature.labels()))
}

fn details() -> [Choice<Detail>; Detail::ALL.len()] {
    Detail::ALL.map(|detail| Choice::labelled(detail, detail.code(), detail.labels()))
}

/// Yes or no, for columns that are no where they are empty.
const YES_NO: (&str, &str) = ("是或否；空为否", "Yes or no; empty is no");

/// A category as a row of a file says it.
#[derive(Clone)]
struct CategoryRow(ExpenseCategory);

impl Imported for CategoryRow {
    const FILE: Label = Label { name: "expense-categories", zh: "费用类别", en: "Expense categories" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::required(
            "code",
            "类别代码",
            "Code",
            (
                "小写字母开头，可含数字、下划线和点；同一代码更新原类别",
                "Small letters, digits, underscores and dots; a known code changes that category",
            ),
        ),
        ImportColumn::optional("parent", "上级代码", "Parent", ("空为顶级", "Empty at the top")),
        ImportColumn::required("zh", "中文名称", "Chinese name", ("最多 60 字", "At most 60 characters")),
        ImportColumn::required("en", "英文名称", "English name", ("最多 60 字", "At most 60 characters")),
        ImportColumn::optional(
            "account",
            "会计科目",
            "Account",
            ("明细类别必填", "Needed unless it is a heading"),
        ),
        ImportColumn::optional(
            "nature",
            "性质",
            "Nature",
            (
                "一般费用、业务招待、职工福利；没有此列时为一般费用",
                "Ordinary, entertainment or welfare; without the column ordinary",
            ),
        ),
        ImportColumn::optional("deductible_vat", "进项可抵扣", "Deductible VAT", YES_NO),
        ImportColumn::optional(
            "required_details",
            "必填说明",
            "Required details",
            (
                "用逗号分隔：活动背景、目的、参与人员、预期效果、客户、人数、行程、天数",
                "By commas: background, purpose, participants, expected_effect, customer, head_count, route, days",
            ),
        ),
        ImportColumn::optional("invoice_required", "须附发票", "Invoice required", YES_NO),
        ImportColumn::optional("evidence_required", "须附证明", "Evidence required", YES_NO),
        ImportColumn::optional(
            "direct_limit",
            "直接报销限额",
            "Direct limit",
            ("人民币；空为须先申请", "In CNY; empty: never without a request"),
        ),
        ImportColumn::optional(
            "active",
            "启用",
            "Active",
            ("是或否；没有此列时为是", "Yes or no; without the column yes"),
        ),
        ImportColumn::optional("clause", "依据条款", "Clause", ("最多 200 字", "At most 200 characters")),
    ];

    const ROWS_MAX: usize = MAX_CATEGORIES;

    const NUMBERS: &'static [&'static str] = &["direct_limit"];

    fn choices(column: &str) -> Vec<&'static str> {
        match column {
            "nature" => Nature::ALL.iter().map(|nature| nature.labels().0).collect(),
            "deductible_vat" | "invoice_required" | "evidence_required" | "active" => vec!["是", "否"],
            _ => Vec::new(),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        ["nature", "active"].into_iter().for_each(|column| cells.refuse_blank(column));
        let (code, zh, en) = (cells.text("code", 60), cells.text("zh", 60), cells.text("en", 60));
        let read = (
            cells.text("parent", 60),
            cells.text("account", 40),
            cells.choice("nature", &natures()),
            cells.flag("deductible_vat"),
            cells.choices("required_details", &details()),
        );
        let (parent, account, nature, deductible_vat, required_details) = read;
        let (invoice_required, evidence_required) =
            (cells.flag("invoice_required"), cells.flag("evidence_required"));
        let (direct_limit, active) = (cells.money("direct_limit", Currency::Cny), cells.flag("active"));
        let clause = cells.text("clause", 200);
        Some(Self(ExpenseCategory {
            code: code?,
            parent,
            zh: zh?,
            en: en?,
            account,
            nature: nature.unwrap_or(Nature::Ordinary),
            deductible_vat: deductible_vat.unwrap_or(false),
            required_details,
            invoice_required: invoice_required.unwrap_or(false),
            evidence_required: evidence_required.unwrap_or(false),
            direct_limit,
            active: active.unwrap_or(true),
            clause,
        }))
    }
}

/// A category as a row of the template.
fn row(category: &ExpenseCategory) -> Vec<String> {
    let flag = |flag: bool| if flag { "是" } else { "否" }.to_owned();
    let details: Vec<&str> = category.required_details.iter().map(|detail| detail.labels().0).collect();
    vec![
        category.code.clone(),
        category.parent.clone().unwrap_or_default(),
        category.zh.clone(),
        category.en.clone(),
        category.account.clone().unwrap_or_default(),
        category.nature.labels().0.to_owned(),
        flag(category.deductible_vat),
        details.join("、"),
        flag(category.invoice_required),
        flag(category.evidence_required),
        category.direct_limit.map(|limit| limit.decimal().to_string()).unwrap_or_default(),
        flag(category.active),
        category.clause.clone().unwrap_or_default(),
    ]
}

/// What the template holds.
#[derive(Debug, Deserialize, Validate, IntoParams)]
pub(super) struct WhichTemplate {
    /// Whether the categories in force stand in it already, to be changed and handed in again.
    filled: Option<bool>,
}

/// Show which columns an import of expense categories has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/expense-categories/import-template")]
pub(super) async fn show_expense_category_template(
    who: Can<perm::ReadExpenseCategories>,
    which: Query<WhichTemplate>,
    format: TemplateFormat,
    _: ByRules,
    reading: Reading,
) -> Template {
    let is_filled = which.filled.unwrap_or(false);
    let filled = reading
        .value(who, move |reader| {
            let today = reader.today();
            if !is_filled {
                return Ok(Vec::new());
            }
            Ok(in_force(reader, today)?.content.categories.iter().map(row).collect())
        })
        .await?;
    reading.template::<CategoryRow>(format, filled, Vec::new()).await
}

/// How a file of categories is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ImportExpenseCategories {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
    /// Whether categories that are not in the file shall be gone; otherwise they stay as they are. Not together
    /// with `partial`.
    replace: Option<bool>,
    /// The first business day the new version shall decide for; today where absent.
    effective_from: Option<NaiveDate>,
    /// What the new version is called.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// The clause it enforces; that of the version in force where absent.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    clause: Option<String>,
}

/// Import expense categories from CSV or XLSX. `[EXP-1, INT-5]`
///
/// Good rows make a draft of the next version of the policy `expense-categories/standard`; nothing is in force
/// before it is published. With `validate_only=true` the report says of every row what would become of it.
#[utoipa::path(post, path = "/api/v1/expense-categories/import")]
pub(super) async fn import_expense_categories(
    who: Can<perm::ManagePolicies>,
    how: Query<ImportExpenseCategories>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let Query(how) = how;
    let partial = how.partial.unwrap_or(false);
    if partial && how.replace == Some(true) {
        let reason = in_both("不能与 replace 同时使用", "not together with replace");
        return Err(Problem::bad_parameter("partial", reason));
    }
    let sheet = upload.sheet::<CategoryRow>().await?;
    work.import(who, sheet, partial, move |tx, sheet| take(tx, sheet, &how)).await
}

fn in_force(
    reader: &mut Reader<'_>,
    on: NaiveDate,
) -> Result<Arc<PolicyVersion<ExpenseCategories>>, Failure> {
    policy::in_force(reader, "standard", on)
}

fn take(
    tx: &mut Tx<'_>,
    sheet: &mut Sheet<CategoryRow>,
    how: &ImportExpenseCategories,
) -> Result<(), Failure> {
    let today = tx.today();
    let current = in_force(tx, how.effective_from.unwrap_or(today))?;
    sheet.refuse_repeated("code", |row| row.0.code.clone());
    let base = if how.replace == Some(true) {
        ExpenseCategories { categories: Vec::new() }
    } else {
        current.content.clone()
    };
    let tree = sound_tree(sheet, &base)?;
    let good: Vec<(usize, ExpenseCategory)> =
        sheet.good().map(|(index, row)| (index, row.0.clone())).collect();
    for (index, row) in &good {
        let outcome = match current.content.find(&row.code) {
            None => Outcome::Created,
            Some(known) if known == row => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        sheet.came(*index, outcome);
    }
    let standing = current.content.categories.iter();
    sheet.removed(standing.filter(|category| tree.find(&category.code).is_none()).count());
    if good.is_empty() || !sheet.changes_something() {
        return Ok(());
    }
    let drafted = draft(tx, &current, &tree, how)?;
    sheet.made(format!("/api/v1/policies/{}", drafted.id));
    Ok(())
}

/// The base with the good rows, once every row that makes it unsound is refused. Refusing one can make
/// another unsound: a child without its parent.
fn sound_tree(
    sheet: &mut Sheet<CategoryRow>,
    base: &ExpenseCategories,
) -> Result<ExpenseCategories, Failure> {
    loop {
        let rows: Vec<(usize, ExpenseCategory)> =
            sheet.good().map(|(index, row)| (index, row.0.clone())).collect();
        let tree = base.clone().with(rows.iter().map(|(_, row)| row.clone()));
        let findings = if rows.is_empty() { Vec::new() } else { tree.findings() };
        if findings.is_empty() {
            return Ok(tree);
        }
        let mut is_mended = false;
        for finding in &findings {
            let Some((category, field)) = place_of(&tree, finding) else { continue };
            if let Some((index, _)) = rows.iter().find(|(_, row)| row.code == category) {
                sheet.refuse(*index, field, finding.code, finding.params.clone());
                is_mended = true;
            }
        }
        if !is_mended {
            // What stands already would become unsound: the file as a whole is at fault.
            let mut refusal = Refusal::new(POLICY_UNSOUND).with("count", findings.len());
            refusal.findings = findings;
            return Err(refusal.into());
        }
    }
}

/// The category and field a finding points to: `/content/categories/3/account`.
fn place_of<'a>(tree: &'a ExpenseCategories, finding: &'a Finding) -> Option<(&'a str, &'a str)> {
    let place = finding.pointer.strip_prefix("/content/categories/")?;
    let (index, field) = place.split_once('/')?;
    Some((tree.categories.get(index.parse::<usize>().ok()?)?.code.as_str(), field))
}

fn draft(
    tx: &mut Tx<'_>,
    current: &PolicyVersion<ExpenseCategories>,
    tree: &ExpenseCategories,
    how: &ImportExpenseCategories,
) -> Result<Policy, Failure> {
    let policy = Policy {
        id: tx.id(),
        code: EXPENSE_CATEGORIES_CODE.to_owned(),
        number: policy::next_version_number(tx, EXPENSE_CATEGORIES_CODE)?,
        title: how.title.clone().unwrap_or_else(|| "营销费用类别".to_owned()),
        status: PolicyStatus::Draft,
        effective_from: how.effective_from.unwrap_or(tx.today()),
        content: serde_json::to_value(tree)?,
        clause: how.clause.clone().unwrap_or_else(|| current.clause.clone()),
        published: None,
        version: 0,
    };
    policy::apply(tx, policy.draft())
}
