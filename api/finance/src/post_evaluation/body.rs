//! What is sent about post-evaluations, and post-evaluations as a file.

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{Details, ExpenseClaim},
        expense_request::ExpenseRequest,
        post_evaluation::{
            Achieved, Commission, EVALUATION_SUBJECT, EvaluationSubject, Filing, Indicator, ThirdParty,
        },
    },
    spine::{AnyId, DepartmentId, Id, Refusal, codes},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Who evaluates: neither our own company nor anybody who works here.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NameThirdParty {
    /// The institution.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "浙江某某管理咨询有限公司")]
    name: String,
    /// Its unified social credit code.
    #[serde(default)]
    #[validate(length(min = 18, max = 18))]
    #[schema(min_length = 18, max_length = 18, example = "91330100799655058B")]
    tax_number: Option<String>,
    /// Whom to ask there.
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    contact: Option<String>,
}

/// What the effect is measured by.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NameIndicator {
    /// What is measured.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "到场人数")]
    name: String,
    /// In what.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "人")]
    unit: String,
    /// What was expected.
    #[schema(value_type = String, min_length = 1, max_length = 30, pattern = r"^[0-9]{1,15}(\.[0-9]{1,6})?$", example = "200")]
    expected: Decimal,
    /// Whether less is better.
    #[serde(default)]
    less_is_better: bool,
}

/// A post-evaluation to be commissioned.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommissionEvaluation {
    /// The claim it is about; else `request_id` or `project`.
    #[serde(default)]
    claim_id: Option<AnyId>,
    /// The approved expense request it is about; else `claim_id` or `project`.
    #[serde(default)]
    request_id: Option<AnyId>,
    /// The project it is about; else `claim_id` or `request_id`.
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "2026 春季新品发布会")]
    project: Option<String>,
    /// Whose spending it was; the claim's or request's where absent.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// Who evaluates.
    #[validate(nested)]
    third_party: NameThirdParty,
    /// What was expected of the spending; what the claim or request says where absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    expected_effect: Option<String>,
    /// What it is measured by.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    indicators: Vec<NameIndicator>,
    /// By when the report is due.
    due_on: NaiveDate,
}

impl Merged for CommissionEvaluation {
    const PATCH: &'static str = "ReviseEvaluation";
    const FILLED: &'static [&'static str] = &["department_id"];
}

impl From<Commission> for CommissionEvaluation {
    fn from(commission: Commission) -> Self {
        let Commission { subject, department, third_party, expected_effect, indicators, due_on } = commission;
        let (claim_id, request_id, project) = match subject {
            EvaluationSubject::ExpenseClaim { claim, number: _ } => (Some(claim.uuid().into()), None, None),
            EvaluationSubject::ExpenseRequest { request, number: _ } => {
                (None, Some(request.uuid().into()), None)
            }
            EvaluationSubject::Project { name } => (None, None, Some(name)),
        };
        let ThirdParty { name, tax_number, contact } = third_party;
        let indicator = |Indicator { name, unit, expected, achieved: _, less_is_better }| NameIndicator {
            name,
            unit,
            expected,
            less_is_better,
        };
        Self {
            claim_id,
            request_id,
            project,
            department_id: Some(department),
            third_party: NameThirdParty { name, tax_number, contact },
            expected_effect: Some(expected_effect).filter(|effect| !effect.is_empty()),
            indicators: indicators.into_iter().map(indicator).collect(),
            due_on,
        }
    }
}

impl CommissionEvaluation {
    /// The claim it names.
    pub fn claim(&self) -> Option<Id<ExpenseClaim>> {
        self.claim_id.map(|id| Id::from_uuid(id.uuid()))
    }

    /// The expense request it names.
    pub fn request(&self) -> Option<Id<ExpenseRequest>> {
        self.request_id.map(|id| Id::from_uuid(id.uuid()))
    }

    /// What it commissions, with what the claim or request says where it is silent.
    pub fn commission(
        self,
        claim: Option<&ExpenseClaim>,
        request: Option<&ExpenseRequest>,
    ) -> Result<Commission, Refusal> {
        let Self { claim_id: _, request_id: _, project, department_id, third_party, .. } = self;
        let Self { expected_effect, indicators, due_on, .. } = self;
        let (subject, said) = match (claim, request, project) {
            (Some(claim), None, None) => {
                let said = (claim.content.department, &claim.content.details);
                (EvaluationSubject::of_claim(claim), Some(said))
            }
            (None, Some(request), None) => {
                let said = (request.content.department, &request.content.details);
                (EvaluationSubject::of_request(request)?, Some(said))
            }
            (None, None, Some(name)) => (EvaluationSubject::Project { name }, None),
            _ => return Err(Refusal::new(EVALUATION_SUBJECT).at("/claim_id")),
        };
        let effect = said.and_then(|(_, details): (_, &Details)| details.expected_effect.clone());
        let department = department_id.or(said.map(|(department, _)| department));
        let NameThirdParty { name, tax_number, contact } = third_party;
        let indicator = |named: NameIndicator| {
            let NameIndicator { name, unit, expected, less_is_better } = named;
            Indicator { name, unit, expected, achieved: None, less_is_better }
        };
        Ok(Commission {
            subject,
            department: department.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/department_id"))?,
            third_party: ThirdParty { name, tax_number, contact },
            expected_effect: expected_effect.or(effect).unwrap_or_default(),
            indicators: indicators.into_iter().map(indicator).collect(),
            due_on,
        })
    }
}

/// What was achieved of one indicator.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AchievedValue {
    /// The indicator.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "到场人数")]
    name: String,
    /// What was achieved.
    #[schema(value_type = String, min_length = 1, max_length = 30, pattern = r"^[0-9]{1,15}(\.[0-9]{1,6})?$", example = "150")]
    value: Decimal,
}

/// The report of the third party.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileReport {
    /// What it concludes.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "投入产出比低于预期，主要原因是……")]
    conclusion: String,
    /// The day on it.
    reported_on: NaiveDate,
    /// What was achieved, indicator by indicator.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    achieved: Vec<AchievedValue>,
    /// The report itself, as uploaded files.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
}

impl FileReport {
    pub fn filing(self) -> Filing {
        let Self { conclusion, reported_on, achieved, attachments } = self;
        let achieved = achieved.into_iter().map(|AchievedValue { name, value }| Achieved { name, value });
        let attachments = attachments.into_iter().map(|id| Id::from_uuid(id.uuid()));
        Filing { conclusion, reported_on, achieved: achieved.collect(), attachments: attachments.collect() }
    }
}

/// What the company makes of it.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptReport {
    /// What follows from it.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "下季度缩减同类活动预算")]
    pub note: String,
}
