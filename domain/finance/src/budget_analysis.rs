//! Analyses of execution (预算执行分析): what a period's figures say, filed with the figures as they were, to be
//! read when the next budget is drawn up. `[BUD-8; 000 §9.1(4)4)]`
//!
//! An analysis is filed once and never changed; another one may be filed on the same period.

use super::{period::Period, wording};
use crate::{
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, Department, Employee, Entity, Findings, Id, Refusal,
        Timestamp, User, Version, codes,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use uuid::Uuid;

crate::refusals! { BUDGET_ANALYSIS_REFUSALS:
    NO_EMPLOYEE = "budget_analysis.no_employee", Forbidden, "当前账号没有对应的员工，不能提交分析", "The account belongs to no employee and cannot file analyses";
    NOT_BEGUN = "budget_analysis.not_begun", Conflict, "{period} 尚未开始，不能分析", "{period} has not begun; there is nothing to analyse";
    NO_CONCLUSION = "budget_analysis.no_conclusion", Invalid, "分析须有结论", "An analysis needs a conclusion";
}

crate::events! { BUDGET_ANALYSIS_EVENTS:
    FILED = "budget_analysis.filed", "预算执行分析已提交", "An analysis of the execution of budgets was filed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[BUDGET_ANALYSIS_REFUSALS],
    events: &[BUDGET_ANALYSIS_EVENTS],
    enums: &[],
};

/// What a category stood at when the analysis was filed, in minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BudgetAnalysisFigure)]
pub struct Figure {
    /// The expense category.
    #[schema(max_length = 60, example = "promotion.advertising")]
    pub category: String,
    /// What the budget gave, without what was granted beyond it.
    pub budget_minor: i64,
    /// Asked for by documents in approval.
    pub reserved_minor: i64,
    /// Promised, not paid yet.
    pub committed_minor: i64,
    /// Paid.
    pub spent_minor: i64,
    /// Paid in the same period of the year before.
    pub last_year_spent_minor: i64,
}

/// What follows from an analysis, in a sentence or some.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conclusion(pub String);

// By hand, because the derive cannot bound a text that stands alone.
impl utoipa::PartialSchema for Conclusion {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What follows from an analysis."))
            .min_length(Some(1))
            .max_length(Some(2_000))
            .examples(["二季度压缩户外广告，转投渠道"])
            .into()
    }
}
impl ToSchema for Conclusion {
    fn name() -> std::borrow::Cow<'static, str> {
        "BudgetAnalysisConclusion".into()
    }
}

/// What whoever files it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnalysisContent {
    /// What it is called.
    pub title: String,
    /// The period that was analysed.
    pub period: Period,
    /// The department, with those below it; the whole company where none is named.
    pub department: Option<Id<Department>>,
    /// The analysis.
    pub text: String,
    /// What follows from it.
    pub conclusions: Vec<Conclusion>,
    /// Evidence.
    pub attachments: Vec<Id<File>>,
}

/// An analysis that was filed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BudgetAnalysis {
    /// Identity.
    pub id: Id<Self>,
    /// What it is called.
    pub title: String,
    /// The period that was analysed.
    pub period: Period,
    /// The department.
    pub department: Option<Id<Department>>,
    /// The analysis.
    pub text: String,
    /// What follows from it.
    pub conclusions: Vec<Conclusion>,
    /// The figures as they were.
    pub figures: Vec<Figure>,
    /// Their currency.
    pub currency: Currency,
    /// Who filed it.
    pub author: Id<Employee>,
    /// By which account.
    pub filed_by: Id<User>,
    /// When.
    pub filed_at: Timestamp,
    /// Always 1: what is filed stays as it is.
    pub version: Version,
}

impl Entity for BudgetAnalysis {
    const KIND: &'static str = "budget_analysis";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl BudgetAnalysis {
    /// Files an analysis with the figures of the moment.
    pub fn file(
        id: Id<Self>,
        content: AnalysisContent,
        figures: Vec<Figure>,
        currency: Currency,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        if today < content.period.first_day() {
            return Err(Refusal::new(NOT_BEGUN).with("period", content.period.to_string()).at("/period"));
        }
        let author = by.employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        let AnalysisContent { title, period, department, text, conclusions, attachments: _ } = content;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &title, 200);
        wording::check(&mut findings, "/text", &text, 20_000);
        if conclusions.is_empty() {
            findings.add("/conclusions", NO_CONCLUSION);
        }
        if conclusions.len() > 50 {
            findings.add_with("/conclusions", codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(50))]);
        }
        for (index, Conclusion(conclusion)) in conclusions.iter().enumerate() {
            wording::check(&mut findings, &format!("/conclusions/{index}"), conclusion, 2000);
        }
        let cite = |no: Refusal| no.citing(Citation::clause("BUD-8", "000 §9.1(4)4)"));
        findings.into_result().map_err(cite)?;
        let facts = json!({"period": period, "department_id": department, "title": title});
        let (filed_by, filed_at, version) = (by.user, now, 0);
        let analysis = Self {
            id,
            title,
            period,
            department,
            text,
            conclusions,
            figures,
            currency,
            author,
            filed_by,
            filed_at,
            version,
        };
        Ok(Change::created(analysis, FILED, facts))
    }
}
