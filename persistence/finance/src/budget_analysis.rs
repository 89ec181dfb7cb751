//! Analyses of execution: filed once with the figures of the moment, listed, and handed to the next budget. `[BUD-8]`

use super::{
    budget::book_currency,
    budget_execution::{ExecutionFilter, report},
};
use crate::{
    file::{self, FileView},
    finance::budget::view::{department, person},
    organisation::{self, DEPARTMENT, NamedRef, PersonRef, like, lower},
    schema::budget_analyses as analyses,
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, Stored, Tx, View, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::{Budget, Foundation, FoundationKind},
        budget_analysis::{AnalysisContent, BudgetAnalysis, Conclusion, Figure},
        budget_execution::Dimension,
        period::Period,
    },
    spine::{AnyId, Currency, DepartmentId, Entity, Findings, Id, Permission, Timestamp, Version, codes},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::spine::Part;

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
    let filter = ExecutionFilter {
        fiscal_year: period.fiscal_year(),
        through: None,
        within: Some(period),
        department: of,
        category: None,
        campaign: None,
        region: None,
        budget: None,
        by: vec![Dimension::Category],
    };
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

fn row_within(reader: &mut Reader<'_>, id: Key) -> Result<Option<Row>, Failure> {
    let sight = Sight::of_concerned(reader);
    let row: Option<Row> = db!(reader, |c| {
        let mut query = analyses::table.filter(analyses::id.eq(id)).into_boxed();
        if !sight.all {
            query = query.filter(
                analyses::filed_by_id.eq(sight.user).or(analyses::department_id.eq_any(&sight.departments)),
            );
        }
        query.select(Row::as_select()).first(c).optional()
    })?;
    Ok(row)
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
    let corrupt = |column| Failure::corrupt("budget_analyses", column, row.id.0);
    Ok(BudgetAnalysisView {
        id: row.id.into(),
        period: row.period.parse().map_err(|_| corrupt("period"))?,
        currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
        conclusions: serde_json::from_str(&row.conclusions)?,
        figures: serde_json::from_str(&row.figures)?,
        department: row.department_id.map(|id| department(reader, id.into())).transpose()?,
        attachments: file::list_of(reader, BudgetAnalysis::KIND, row.id.0)?,
        author: person(reader, row.author_id.into())?,
        filed_at: row.filed_at.into(),
        title: row.title,
        text: row.body,
    })
}

/// Which analyses are wanted.
#[derive(Clone, Debug, Default)]
pub struct AnalysisFilter {
    /// Only of this fiscal year.
    pub fiscal_year: Option<i32>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only where this stands in the title.
    pub text: Option<String>,
}

/// A page of analyses within the caller's sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AnalysisFilter,
    page: &Page<i64>,
) -> Result<Slice<BudgetAnalysisView, i64>, Failure> {
    let sight = Sight::of_concerned(reader);
    let rows: Vec<Row> = db!(reader, |c| {
        let mut query = analyses::table.order(analyses::id.desc()).limit(page.limit + 1).into_boxed();
        if !sight.all {
            query = query.filter(
                analyses::filed_by_id.eq(sight.user).or(analyses::department_id.eq_any(&sight.departments)),
            );
        }
        if let Some(year) = filter.fiscal_year {
            query = query.filter(analyses::fiscal_year.eq(year));
        }
        if let Some(of) = filter.department {
            query = query.filter(analyses::department_id.eq(Key::from(of)));
        }
        if let Some(text) = &filter.text {
            query = query.filter(lower(analyses::title).like(like(text)).escape('\\'));
        }
        if let Some((_, id)) = page.after {
            query = query.filter(analyses::id.lt(Key(id)));
        }
        query.select(Row::as_select()).load(c)
    })?;
    let views = rows.into_iter().map(|row| shown(reader, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice::cut(views, page.limit, |view| (0, view.id.uuid())))
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
