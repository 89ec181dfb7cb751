//! Analyses of execution: filed once with the figures of the moment, listed, and handed to the next budget. `[BUD-8]`

use super::{
    budget::book_currency,
    budget_execution::{ExecutionFilter, report},
};
use crate::{
    file::{self, FileView},
    organisation::{self, DEPARTMENT, NamedRef, PersonRef, Register},
    schema::budget_analyses as analyses,
    search,
    spine::{
        Failure, Filter, Instant, Key, Page, Part, Reader, Refers, Sight, Slice, Stored, Tx, View, Where,
        columns, db, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::{Budget, Foundation, FoundationKind},
        budget_analysis::{AnalysisContent, BudgetAnalysis, Conclusion, Figure},
        period::Period,
    },
    spine::{
        AnyId, Currency, DepartmentId, EmployeeId, Entity, Findings, Id, Permission, Timestamp, Version,
        codes, search_text,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&file::DocumentKind { kind: BudgetAnalysis::KIND, may_read }];

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = analyses, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    title: String,
    period: String,
    fiscal_year: i32,
    department_id: Option<Key>,
    body: String,
    conclusions: String,
    figures: String,
    currency: String,
    author_id: Key,
    filed_by_id: Key,
    filed_at: Instant,
    version: Version,
    search_text: String,
}

impl Stored<crate::Finance> for BudgetAnalysis {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if before.is_some() {
            return Err(Failure::fault("an analysis never changes"));
        }
        let Self { id, title, period, department, text, conclusions, figures, .. } = self;
        let Self { currency, author, filed_by, filed_at, version, .. } = self;
        let row = Row {
            id: (*id).into(),
            title: title.clone(),
            period: period.to_string(),
            fiscal_year: period.fiscal_year(),
            department_id: department.map(Into::into),
            body: text.clone(),
            conclusions: serde_json::to_string(conclusions)?,
            figures: serde_json::to_string(figures)?,
            currency: currency.code().to_owned(),
            author_id: (*author).into(),
            filed_by_id: (*filed_by).into(),
            filed_at: (*filed_at).into(),
            version: *version,
            search_text: search_text(&[title], &[text]),
        };
        db!(tx, |c| diesel::insert_into(analyses::table).values(&row).execute(c))?;
        Ok(())
    }
}

/// The figures of a period by category, as they stand now.
fn figures(
    reader: &mut Reader<'_>,
    period: Period,
    of: Option<DepartmentId>,
) -> Result<Vec<Figure>, Failure> {
    let year = ExecutionFilter::of_year(period.fiscal_year());
    let filter = ExecutionFilter { period: Some(period), department_id: of, ..year };
    let figure = |row: super::budget_execution::ExecutionRow| Figure {
        category: row.group.category.unwrap_or_default(),
        budget_minor: row.budget.minor(),
        reserved_minor: row.reserved.minor(),
        committed_minor: row.committed.minor(),
        spent_minor: row.spent.minor(),
        last_year_spent_minor: row.last_year_spent.minor(),
    };
    Ok(report(reader, &filter)?.into_iter().map(figure).collect())
}

/// Files an analysis: the figures within the author's sight are frozen with it.
pub fn file_analysis(tx: &mut Tx<'_>, content: AnalysisContent) -> Result<BudgetAnalysisView, Failure> {
    let reach = tx.reach();
    let own = tx.actor().department;
    let mut findings = Findings::new();
    match content.department {
        Some(of) => {
            organisation::department::refer(tx, of, "/department_id")?;
            if !reach.covers(of, own == Some(of)) {
                findings.add("/department_id", codes::UNKNOWN_REFERENCE);
            }
        }
        // The whole company is analysed by whoever sees it.
        None if !reach.all => findings.add("/department_id", codes::REQUIRED),
        None => {}
    }
    findings.into_result()?;
    let today = tx.today();
    let currency = book_currency(tx, today)?;
    let figures = figures(tx, content.period, content.department)?;
    let attachments = content.attachments.clone();
    let (id, now) = (tx.id(), tx.now());
    let change = BudgetAnalysis::file(id, content, figures, currency, tx.actor(), (now, today))?;
    let analysis = tx.apply(change)?;
    file::attach_exactly(tx, &attachments, BudgetAnalysis::KIND, analysis.id.uuid(), "/attachments")?;
    view(tx, analysis.id)
}

/// An analysis of the execution of budgets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetAnalysis)]
pub struct BudgetAnalysisView {
    /// Its identity.
    pub id: AnyId,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// The period that was analysed.
    pub period: Period,
    /// The department, with those below it; null for the whole company.
    pub department: Option<NamedRef>,
    /// The analysis.
    #[schema(max_length = 20000)]
    pub text: String,
    /// What follows from it.
    #[schema(max_items = 50)]
    pub conclusions: Vec<Conclusion>,
    /// The figures by category, as they were when it was filed.
    #[schema(max_items = 1000)]
    pub figures: Vec<Figure>,
    /// Their currency.
    pub currency: Currency,
    /// Evidence.
    #[schema(max_items = 50)]
    pub attachments: Vec<FileView>,
    /// Who filed it.
    pub author: PersonRef,
    /// When.
    pub filed_at: Timestamp,
}

impl View for BudgetAnalysisView {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT)];
    /// What is filed never changes.
    fn version(&self) -> Option<Version> {
        Some(1)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/budget-analyses/{}", self.id))
    }
}

/// The analyses within the caller's sight: those of departments that concern them, and those they filed.
fn seen(sight: &Sight) -> Where {
    let mut wanted = Where::new();
    if !sight.all {
        let of_department = analyses::department_id.eq_any(sight.departments.clone());
        wanted.also(of_department.or(analyses::filed_by_id.eq(sight.user)));
    }
    wanted
}

fn row_within(reader: &mut Reader<'_>, id: Key) -> Result<Option<Row>, Failure> {
    let seen = seen(&Sight::of_concerned(reader));
    Ok(db!(reader, |c| analyses::table
        .filter(analyses::id.eq(id))
        .filter(&seen)
        .select(Row::as_select())
        .first(c)
        .optional())?)
}

/// One analysis, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<BudgetAnalysis>) -> Result<BudgetAnalysisView, Failure> {
    let row = row_within(reader, id.into())?.ok_or(Failure::NotFound)?;
    shown(reader, row)
}

/// Whether the caller may read an analysis, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    let found = reader.seeing_by(Permission::ReadBudgets, |reader| row_within(reader, Key(id)))?;
    Ok(found.is_some())
}

fn shown(reader: &mut Reader<'_>, row: Row) -> Result<BudgetAnalysisView, Failure> {
    let register = Register::of(reader)?;
    let corrupt = |column| Failure::corrupt("budget_analyses", column, row.id.0);
    Ok(BudgetAnalysisView {
        id: row.id.into(),
        period: row.period.parse().map_err(|_| corrupt("period"))?,
        currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
        conclusions: serde_json::from_str(&row.conclusions)?,
        figures: serde_json::from_str(&row.figures)?,
        department: row.department_id.map(|id| register.placed(id.into())).transpose()?,
        attachments: file::list_of(reader, BudgetAnalysis::KIND, row.id.0)?,
        author: register.named(row.author_id.into())?,
        filed_at: row.filed_at.into(),
        title: row.title,
        text: row.body,
    })
}

/// Which analyses are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AnalysisFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only by this author.
    pub author_id: Option<EmployeeId>,
    /// Only what was filed at this instant or later.
    #[serde(rename = "filed_at[gte]")]
    pub filed_from: Option<Timestamp>,
    /// Only what was filed before this instant.
    #[serde(rename = "filed_at[lt]")]
    pub filed_before: Option<Timestamp>,
    /// Only where this stands in title, text or the author's name; names and titles also by their pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "季度")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AnalysisOrder,
}

impl Filter for AnalysisFilter {}

orders! {
    /// By what analyses are ordered.
    pub AnalysisOrder of Row in analyses by id, descending:
    filed_at = id;
    period;
}

/// A page of analyses within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AnalysisFilter,
    page: &Page,
) -> Result<Slice<BudgetAnalysisView>, Failure> {
    let mut wanted = seen(&Sight::of_concerned(reader));
    narrow!(wanted, analyses, filter;
        fiscal_year = fiscal_year, department_id = department_id, author_id = author_id, filed_at >= filed_from,
        filed_at < filed_before);
    search!(wanted, filter, analyses::search_text; analyses::author_id);
    let found = paged!(reader, page, filter.sort, wanted;
        analyses::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| shown(reader, row))
}

columns! { BudgetAnalysisView as "budget-analyses" "预算执行分析" "Budget analyses", domain::spine::Permission::ExportBudgets:
    title "名称" "Title";
    period "期间" "Period" = |analysis| analysis.period.to_string();
    department "部门" "Department";
    text "分析" "Analysis";
    author "分析人" "Author";
    filed_at "归档时间" "Filed at";
}

/// The analyses of a budget's year that feed the next one: its department's, those of departments above, and
/// those of the whole company.
pub fn foundations(reader: &mut Reader<'_>, budget: &Budget) -> Result<Vec<Foundation>, Failure> {
    let of = budget.content.scope.department;
    let tree = organisation::department::tree(reader)?;
    let departments: Vec<Key> = std::iter::once(of).chain(tree.above(of)).map(Into::into).collect();
    let rows: Vec<(Key, String)> = db!(reader, |c| analyses::table
        .filter(analyses::fiscal_year.eq(budget.content.fiscal_year))
        .filter(analyses::department_id.is_null().or(analyses::department_id.eq_any(&departments)))
        .order(analyses::id)
        .limit(100)
        .select((analyses::id, analyses::title))
        .load(c))?;
    let foundation = |(id, title): (Key, String)| Foundation {
        kind: FoundationKind::Analysis,
        title,
        reference: Some(format!("/api/v1/budget-analyses/{}", Id::<BudgetAnalysis>::from_uuid(id.0))),
    };
    Ok(rows.into_iter().map(foundation).collect())
}
