//! What post-evaluations look like, and their lists.

use super::{
    cost::{self, CostView},
    is_party,
    row::{Row, StatusColumns, SubjectColumns},
    row_of, seen,
};
use crate::spine::{Cell, Column, Exported, Label};
use crate::{
    file::{self, FileView},
    finance::{expense_claim::EXPENSE_CLAIM, expense_request::EXPENSE_REQUEST},
    organisation::{DEPARTMENT, NamedRef, names},
    schema::post_evaluations as evaluations,
    spine::{
        ActionView, Failure, Key, Page, Place, Placed, Reader, Refers, Sight, Slice, Target, View, db,
        in_json,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ExpenseClaim,
        expense_request::ExpenseRequest,
        post_evaluation::{
            Commission, EvaluationReport, EvaluationState, Indicator, PostEvaluation, ThirdParty,
            actions::EvaluationAction,
        },
    },
    spine::{AnyId, DepartmentId, Entity, Id, Permission, Timestamp, UserId, Version},
};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who evaluates.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EvaluationThirdParty)]
pub struct ThirdPartyView {
    /// The institution.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its unified social credit code.
    #[schema(max_length = 20)]
    pub tax_number: Option<String>,
    /// Whom to ask there.
    #[schema(max_length = 200)]
    pub contact: Option<String>,
}

/// Expected against achieved.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EvaluationIndicator)]
pub struct IndicatorView {
    /// What is measured.
    #[schema(max_length = 100)]
    pub name: String,
    /// In what.
    #[schema(max_length = 20)]
    pub unit: String,
    /// What was expected.
    #[schema(value_type = String, max_length = 30, example = "200")]
    pub expected: Decimal,
    /// What was achieved.
    #[schema(value_type = Option<String>, max_length = 30, example = "150")]
    pub achieved: Option<Decimal>,
    /// Whether less is better.
    pub less_is_better: bool,
    /// How much of what was expected was achieved, in per cent to two places.
    #[schema(value_type = Option<String>, max_length = 30, example = "75.00")]
    pub rate_percent: Option<Decimal>,
    /// Whether what was expected was achieved.
    pub is_met: Option<bool>,
}

impl From<Indicator> for IndicatorView {
    fn from(indicator: Indicator) -> Self {
        let (rate_percent, is_met) = (indicator.rate_percent(), indicator.is_met());
        let Indicator { name, unit, expected, achieved, less_is_better } = indicator;
        Self { name, unit, expected, achieved, less_is_better, rate_percent, is_met }
    }
}

/// What the caller may do with an evaluation. An alias, because the derive would take a generic type apart.
type EvaluationActionView = ActionView<EvaluationAction>;

/// A post-evaluation, as it is shown. `[EXP-12]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PostEvaluation)]
pub struct PostEvaluationView {
    /// Identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "PE-2026-000012")]
    pub number: String,
    /// The claim it is about.
    pub claim_id: Option<AnyId>,
    /// The claim's number.
    #[schema(max_length = 60)]
    pub claim_number: Option<String>,
    /// The expense request it is about.
    pub request_id: Option<AnyId>,
    /// The request's number.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub request_number: Option<String>,
    /// The project it is about, where it is neither claim nor request.
    #[schema(max_length = 200)]
    pub project: Option<String>,
    /// What the request cost; null where it is not about one.
    pub cost: Option<CostView>,
    /// Whose spending it was.
    pub department: NamedRef,
    /// Who evaluates.
    pub third_party: ThirdPartyView,
    /// What was expected of the spending.
    #[schema(max_length = 2000)]
    pub expected_effect: String,
    /// Expected against achieved.
    #[schema(max_items = 50)]
    pub indicators: Vec<IndicatorView>,
    /// By when the report is due.
    pub due_on: NaiveDate,
    /// Whether that day has passed and the report is awaited.
    pub is_overdue: bool,
    /// Where it stands.
    pub status: EvaluationState,
    /// The account that commissioned it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// What the third party concludes.
    #[schema(max_length = 4000)]
    pub conclusion: Option<String>,
    /// The day on the report.
    pub reported_on: Option<NaiveDate>,
    /// Who filed it.
    pub filed_by: Option<UserId>,
    /// When.
    pub filed_at: Option<Timestamp>,
    /// Why it was returned or cancelled, or what the company makes of it.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Who accepted it.
    pub decided_by: Option<UserId>,
    /// When it was returned, accepted or cancelled.
    pub decided_at: Option<Timestamp>,
    /// The report; in lists left out.
    #[schema(max_items = 50)]
    pub attachments: Vec<FileView>,
    /// What the caller may do with it now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<EvaluationActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PostEvaluationView {
    const REFERS: &'static [Refers] = &[
        Refers::to("claim", &EXPENSE_CLAIM).by("claim_id"),
        Refers::to("request", &EXPENSE_REQUEST).by("request_id"),
        Refers::to("department", &DEPARTMENT),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/post-evaluations/{}", self.id))
    }
}

fn shown(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<PostEvaluationView>, Failure> {
    let places = rows.iter().map(|row| DepartmentId::from(row.department_id));
    let departments = names::departments(reader, places)?;
    let requests: Vec<Key> = rows.iter().filter_map(|row| row.request_id).collect();
    let costs = cost::of_requests(reader, &requests)?;
    let today = reader.today();
    let view = |row: Row| {
        let evaluation = row.evaluation(Vec::new())?;
        let PostEvaluation {
            id,
            number,
            commission,
            created_by,
            created_at,
            status,
            attachments: _,
            version,
        } = evaluation;
        let Commission { subject, department, third_party, expected_effect, indicators, due_on } = commission;
        let ThirdParty { name, tax_number, contact } = third_party;
        let StatusColumns { report, note, decided_by, decided_at } = StatusColumns::of(&status);
        let SubjectColumns { claim_id, claim_number, request_id, request_number, project } =
            SubjectColumns::of(&subject);
        let state = status.state();
        let (said, filed) = report
            .map(|EvaluationReport { conclusion, reported_on, by, at }| ((conclusion, reported_on), (by, at)))
            .unzip();
        let ((conclusion, reported_on), (filed_by, filed_at)) = (said.unzip(), filed.unzip());
        Ok(PostEvaluationView {
            id: id.uuid().into(),
            number,
            claim_id: claim_id.map(Into::into),
            claim_number,
            request_id: request_id.map(Into::into),
            request_number,
            project,
            cost: request_id.and_then(|request| costs.get(&request).cloned()),
            department: names::department(&departments, department)?,
            third_party: ThirdPartyView { name, tax_number, contact },
            expected_effect,
            indicators: indicators.into_iter().map(Into::into).collect(),
            due_on,
            is_overdue: state.is_open() && due_on < today,
            status: state,
            created_by,
            created_at,
            conclusion,
            reported_on,
            filed_by,
            filed_at,
            note,
            decided_by: decided_by.map(Into::into),
            decided_at,
            attachments: Vec::new(),
            actions: Vec::new(),
            version,
        })
    };
    rows.into_iter().map(view).collect()
}

/// A post-evaluation within the caller's sight, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<PostEvaluation>) -> Result<PostEvaluationView, Failure> {
    let row = row_of(reader, id)?;
    let evaluation = row.clone().evaluation(Vec::new())?;
    let mut view = shown(reader, vec![row])?.pop().ok_or(Failure::NotFound)?;
    view.attachments = file::list_of(reader, PostEvaluation::KIND, id.uuid())?;
    if reader.finds_by(Permission::ManagePostEvaluations, |reader| row_of(reader, id))? {
        let actions = evaluation.actions(is_party(reader, &evaluation)?);
        view.actions = ActionView::listed(&format!("/api/v1/post-evaluations/{id}"), actions);
    }
    Ok(view)
}

/// A post evaluation where something refers to it.
pub static POST_EVALUATION: Target = Target {
    permission: Permission::ReadPostEvaluations,
    look: |reader, id| in_json(view(reader, id.into())),
};

impl Placed<crate::Finance> for EvaluationAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::FileReport => Place::Post("/file-report"),
            Self::ReturnReport => Place::Post("/return-report"),
            Self::AcceptReport => Place::Post("/accept-report"),
            Self::Cancel => Place::Post("/cancel"),
        }
    }
}

/// An evaluation beside what it is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PostEvaluationRef)]
pub struct EvaluationRefView {
    /// The evaluation.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "PE-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: EvaluationState,
}

/// The evaluations of a request that the caller may read, the first first.
pub(crate) fn of_request(
    reader: &mut Reader<'_>,
    request: Id<ExpenseRequest>,
) -> Result<Vec<EvaluationRefView>, Failure> {
    let reading = Permission::ReadPostEvaluations;
    if !reader.actor().may(reading) {
        return Ok(Vec::new());
    }
    let rows: Vec<(Key, String, String)> = reader.seeing_by(reading, |reader| {
        let sight = Sight::of(reader);
        db!(reader, |c| {
            let all = evaluations::table.filter(evaluations::request_id.eq(Key::from(request))).into_boxed();
            seen!(all, sight)
                .order(evaluations::id)
                .select((evaluations::id, evaluations::number, evaluations::status))
                .load(c)
        })
    })?;
    let view = |(id, number, status): (Key, String, String)| {
        let status = EvaluationState::from_code(&status);
        let status = status.ok_or_else(|| Failure::corrupt("post_evaluations", "status", id.0))?;
        Ok(EvaluationRefView { id: id.into(), number, status })
    };
    rows.into_iter().map(view).collect()
}

/// Which post-evaluations are wanted.
#[derive(Clone, Debug, Default)]
pub struct PostEvaluationFilter {
    /// Only in this state.
    pub status: Option<EvaluationState>,
    /// Only of this department's spending.
    pub department: Option<DepartmentId>,
    /// Only about this claim.
    pub claim: Option<Id<ExpenseClaim>>,
    /// Only about this expense request.
    pub request: Option<Id<ExpenseRequest>>,
    /// Only whose report is awaited and whose date has passed.
    pub is_overdue: bool,
}

/// The post-evaluations within sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PostEvaluationFilter,
    page: &Page<()>,
) -> Result<Slice<PostEvaluationView, ()>, Failure> {
    let (today, sight) = (reader.today(), Sight::of(reader));
    let rows: Vec<Row> = db!(reader, |c| {
        let query = evaluations::table.order(evaluations::id.desc()).limit(page.limit + 1).into_boxed();
        let mut query = seen!(query, sight);
        if let Some(((), id)) = page.after {
            query = query.filter(evaluations::id.lt(Key(id)));
        }
        if let Some(status) = filter.status {
            query = query.filter(evaluations::status.eq(status.code()));
        }
        if let Some(department) = filter.department {
            query = query.filter(evaluations::department_id.eq(Key::from(department)));
        }
        if let Some(claim) = filter.claim {
            query = query.filter(evaluations::claim_id.eq(Key::from(claim)));
        }
        if let Some(request) = filter.request {
            query = query.filter(evaluations::request_id.eq(Key::from(request)));
        }
        if filter.is_overdue {
            let open = evaluations::status.eq_any(["commissioned", "returned"]);
            query = query.filter(open.and(evaluations::due_on.lt(today)));
        }
        query.select(Row::as_select()).load(c)
    })?;
    let views = shown(reader, rows)?;
    Ok(Slice::cut(views, page.limit, |view| ((), Uuid::from(view.id))))
}

impl Exported for PostEvaluationView {
    const FILE: Label = Label { name: "post-evaluations", zh: "后评估", en: "Post-evaluations" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |evaluation| (&evaluation.number).into()),
        Column::new("status", "状态", "Status", |evaluation| evaluation.status.labels().into()),
        Column::new("subject", "评估对象", "Subject", |evaluation| {
            let PostEvaluationView { claim_number, request_number, project, .. } = evaluation;
            claim_number.as_ref().or(request_number.as_ref()).or(project.as_ref()).into()
        }),
        Column::new("department", "部门", "Department", |evaluation| {
            (&evaluation.department.name_zh).into()
        }),
        Column::new("third_party", "第三方机构", "Third party", |evaluation| {
            (&evaluation.third_party.name).into()
        }),
        Column::new("expected_effect", "预期效果", "Expected effect", |evaluation| {
            (&evaluation.expected_effect).into()
        }),
        Column::new("indicators", "指标（实际/预期）", "Achieved/expected", |evaluation| {
            told(&evaluation.indicators)
        }),
        Column::new("approved", "批准金额", "Approved", |evaluation| {
            evaluation.cost.as_ref().map_or(Cell::Empty, |cost| Cell::Decimal(cost.approved.decimal()))
        }),
        Column::new("paid", "已付金额", "Paid", |evaluation| {
            evaluation.cost.as_ref().map_or(Cell::Empty, |cost| Cell::Decimal(cost.paid.decimal()))
        }),
        Column::new("conclusion", "评估结论", "Conclusion", |evaluation| {
            evaluation.conclusion.as_ref().into()
        }),
        Column::new("due_on", "报告期限", "Due on", |evaluation| evaluation.due_on.into()),
        Column::new("is_overdue", "逾期", "Overdue", |evaluation| evaluation.is_overdue.into()),
        Column::new("reported_on", "报告日期", "Reported on", |evaluation| evaluation.reported_on.into()),
        Column::new("note", "验收意见", "Note", |evaluation| evaluation.note.as_ref().into()),
        Column::new("created_at", "委托时间", "Commissioned at", |evaluation| {
            evaluation.created_at.into()
        }),
    ];
}

/// "到场人数 150/200 人 75.00%" of each indicator.
fn told(indicators: &[IndicatorView]) -> Cell<'static> {
    let one = |indicator: &IndicatorView| {
        let IndicatorView { name, unit, expected, achieved, rate_percent, .. } = indicator;
        let achieved = achieved.map_or_else(|| "—".to_owned(), |value| value.to_string());
        let rate = rate_percent.map(|rate| format!(" {rate}%")).unwrap_or_default();
        format!("{name} {achieved}/{expected} {unit}{rate}")
    };
    indicators.iter().map(one).collect::<Vec<_>>().join("；").into()
}
