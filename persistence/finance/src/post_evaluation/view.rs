//! What post-evaluations look like, and their lists.

use super::{
    cost::{self, CostView},
    ensure_acceptable, is_party,
    part::{IndicatorView, ThirdPartyView},
    row::{Row, StatusColumns, SubjectColumns},
    row_of, seen,
};
use crate::{
    file::{self, FileView},
    finance::{expense_claim::EXPENSE_CLAIM, expense_request::EXPENSE_REQUEST},
    organisation::{DEPARTMENT, NamedRef, Register},
    schema::post_evaluations as evaluations,
    search, separation_policy,
    spine::{
        ActionView, Cell, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Sight, Slice,
        Target, View, columns, db, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_request::ExpenseRequest,
        post_evaluation::{
            Commission, EvaluationReport, EvaluationState, PostEvaluation, ThirdParty,
            actions::EvaluationAction,
        },
    },
    spine::{AnyId, BusinessDate, DepartmentId, Entity, Id, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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
    /// When it last changed.
    pub changed_at: Timestamp,
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
    let register = Register::of(reader)?;
    let requests: Vec<Key> = rows.iter().filter_map(|row| row.request_id).collect();
    let costs = cost::of_requests(reader, &requests)?;
    let today = reader.today();
    let view = |row: Row| {
        let cost = row.request_id.and_then(|request| costs.get(&request).cloned());
        one(row, cost, &register, today)
    };
    rows.into_iter().map(view).collect()
}

fn one(
    row: Row,
    cost: Option<CostView>,
    register: &Register,
    today: BusinessDate,
) -> Result<PostEvaluationView, Failure> {
    let changed_at = row.changed_at.into();
    let evaluation = row.evaluation(Vec::new())?;
    let PostEvaluation { id, number, commission, created_by, created_at, status, attachments: _, version } =
        evaluation;
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
        cost,
        department: register.placed(department)?,
        third_party: ThirdPartyView { name, tax_number, contact },
        expected_effect,
        indicators: indicators.into_iter().map(Into::into).collect(),
        due_on,
        is_overdue: state.is_open() && due_on < today,
        status: state,
        created_by,
        created_at,
        changed_at,
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
}

/// A post-evaluation within the caller's sight, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<PostEvaluation>) -> Result<PostEvaluationView, Failure> {
    let row = row_of(reader, id)?;
    let evaluation = row.clone().evaluation(Vec::new())?;
    let mut view = shown(reader, vec![row])?.pop().ok_or(Failure::NotFound)?;
    view.attachments = file::list_of(reader, PostEvaluation::KIND, id.uuid())?;
    if reader.finds_by(Permission::ManagePostEvaluations, |reader| row_of(reader, id))? {
        let apart = ensure_acceptable(reader, &evaluation);
        let actions = evaluation.actions(is_party(reader, &evaluation)?);
        let accepts = |action| action == EvaluationAction::AcceptReport;
        let actions = separation_policy::kept_apart(actions, apart, accepts)?;
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
        let seen = seen(&Sight::of(reader));
        db!(reader, |c| evaluations::table
            .filter(evaluations::request_id.eq(Key::from(request)))
            .filter(&seen)
            .order(evaluations::id)
            .select((evaluations::id, evaluations::number, evaluations::status))
            .load(c))
    })?;
    let view = |(id, number, status): (Key, String, String)| {
        let status = EvaluationState::from_code(&status);
        let status = status.ok_or_else(|| Failure::corrupt("post_evaluations", "status", id.0))?;
        Ok(EvaluationRefView { id: id.into(), number, status })
    };
    rows.into_iter().map(view).collect()
}

/// Which post-evaluations are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PostEvaluationFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "commissioned,returned")]
    pub status: Several<EvaluationState>,
    /// Only of this department's spending.
    pub department_id: Option<DepartmentId>,
    /// Only about this claim.
    pub claim_id: Option<AnyId>,
    /// Only about this expense request.
    pub request_id: Option<AnyId>,
    /// Whether only those whose report is awaited and whose date has passed.
    pub overdue: Option<bool>,
    /// Only due from this day on.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due by this day.
    #[serde(rename = "due_on[lte]")]
    pub due_by: Option<NaiveDate>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, project, third party, expected effect or the number of what is evaluated; names also by their pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "咨询")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PostEvaluationOrder,
}

impl Filter for PostEvaluationFilter {}

orders! {
    /// By what post-evaluations are ordered.
    pub PostEvaluationOrder of Row in evaluations by id, descending:
    created_at = id;
    changed_at;
    due_on;
}

/// The post-evaluations within sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PostEvaluationFilter,
    page: &Page,
) -> Result<Slice<PostEvaluationView>, Failure> {
    let mut wanted = seen(&Sight::of(reader));
    narrow!(wanted, evaluations, filter;
        status in status, department_id = department_id, claim_id = claim_id, request_id = request_id,
        due_on >= due_from, due_on <= due_by, created_at >= created_from, created_at < created_before,
        changed_at >= changed_from, changed_at < changed_before);
    if filter.overdue == Some(true) {
        let awaited = [EvaluationState::Commissioned, EvaluationState::Returned].map(EvaluationState::code);
        wanted.also(evaluations::status.eq_any(awaited).and(evaluations::due_on.lt(reader.today())));
    }
    search!(wanted, filter, evaluations::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        evaluations::table => Row::as_select(); |row: &Row| row);
    found.show(|rows| shown(reader, rows))
}

columns! { PostEvaluationView as "post-evaluations" "后评估" "Post-evaluations":
    number "编号" "Number";
    status "状态" "Status";
    subject "评估对象" "Subject" = |evaluation| {
        let PostEvaluationView { claim_number, request_number, project, .. } = evaluation;
        claim_number.as_ref().or(request_number.as_ref()).or(project.as_ref())
    };
    department "部门" "Department";
    third_party "第三方机构" "Third party" = |evaluation| &evaluation.third_party.name;
    expected_effect "预期效果" "Expected effect";
    indicators "指标（实际/预期）" "Achieved/expected" = |evaluation| told(&evaluation.indicators);
    approved "批准金额" "Approved" = |evaluation| evaluation.cost.as_ref().map(|cost| cost.approved);
    paid "已付金额" "Paid" = |evaluation| evaluation.cost.as_ref().map(|cost| cost.paid);
    conclusion "评估结论" "Conclusion";
    due_on "报告期限" "Due on";
    is_overdue "逾期" "Overdue";
    reported_on "报告日期" "Reported on";
    note "验收意见" "Note";
    created_at "委托时间" "Commissioned at";
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
