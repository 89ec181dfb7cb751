//! Post-evaluations (后评估): a third party judges afterwards whether chosen spending had the effect that was
//! expected, and what it was worth to the company. `[EXP-12]`

/// What may be done with an evaluation now, and if not why. `[ACT-1]`
pub mod actions;
/// Expected against achieved.
pub mod indicator;
/// Where it stands.
pub mod status;

pub use indicator::Indicator;
pub use status::{EvaluationReport, EvaluationState, EvaluationStatus};

use super::{
    expense_claim::ExpenseClaim, expense_policy::ExpensePolicy, expense_request::ExpenseRequest,
    invoice::Party, wording,
};
use crate::{
    approval::StandingState,
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, Department, Entity, Findings, Id, Refusal, RefusalCode,
        Timestamp, User, Version,
    },
};
use indicator::{check_indicators, check_value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

crate::refusals! { POST_EVALUATION_REFUSALS:
    EVALUATION_SUBJECT = "post_evaluation.subject", Invalid, "须指定一张报销单、一份费用申请或一个项目名称，三者择一", "Name a claim, an expense request or a project: one of them";
    EVALUATED_REQUEST_NOT_APPROVED = "post_evaluation.request_not_approved", Invalid, "费用申请 {request} 处于“{state}”，未经批准，不能后评估", "The expense request {request} is \"{state}\" and not approved; there is nothing to evaluate";
    EVALUATOR_NOT_INDEPENDENT = "post_evaluation.not_a_third_party", Invalid, "“{name}”不是独立第三方：{reason}", "\"{name}\" is no third party: {reason}";
    EXPECTED_MISSING = "post_evaluation.expected_missing", Invalid, "须填写预期效果", "The expected effect is missing";
    INDICATOR_TWICE = "post_evaluation.indicator_twice", Invalid, "指标“{name}”重复", "The indicator \"{name}\" stands twice";
    EVALUATION_NOT_OPEN = "post_evaluation.not_open", Conflict, "当前状态“{state}”，不能提交报告", "The evaluation is \"{state}\"; no report can be filed";
    EVALUATION_NOT_CHANGEABLE = "post_evaluation.not_changeable", Conflict, "当前状态“{state}”不可修改", "An evaluation that is \"{state}\" cannot be changed";
    EVALUATION_NOT_FILED = "post_evaluation.not_filed", Conflict, "当前状态“{state}”，没有待验收的报告", "The evaluation is \"{state}\"; there is no report to accept";
    EVALUATION_ENDED = "post_evaluation.ended", Conflict, "当前状态“{state}”，后评估已了结", "The evaluation is \"{state}\" and ended";
    REPORT_WITHOUT_EVIDENCE = "post_evaluation.no_evidence", Invalid, "须附第三方报告", "The report of the third party is to be attached";
    INDICATORS_UNKNOWN = "post_evaluation.indicator_unknown", Invalid, "没有指标“{name}”", "There is no indicator \"{name}\"";
    INDICATORS_MISSING = "post_evaluation.indicator_missing", Invalid, "指标“{name}”没有实际值", "The indicator \"{name}\" has no achieved value";
    EVALUATED_BY_PARTY = "post_evaluation.own_spending", Forbidden, "不得验收本人经手费用的后评估", "Nobody accepts the evaluation of their own spending";
}

crate::events! { POST_EVALUATION_EVENTS:
    EVALUATION_COMMISSIONED = "post_evaluation.commissioned", "后评估已委托", "A post-evaluation was commissioned";
    EVALUATION_CHANGED = "post_evaluation.changed", "后评估委托已修改", "A commissioned post-evaluation was changed";
    EVALUATION_FILED = "post_evaluation.report_filed", "后评估报告已提交", "The report of a post-evaluation was filed";
    EVALUATION_RETURNED = "post_evaluation.returned", "后评估报告已退回", "The report of a post-evaluation was returned";
    EVALUATION_ACCEPTED = "post_evaluation.accepted", "后评估报告已验收", "The report of a post-evaluation was accepted";
    EVALUATION_CANCELLED = "post_evaluation.cancelled", "后评估已取消", "A post-evaluation was cancelled";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[POST_EVALUATION_REFUSALS],
    events: &[POST_EVALUATION_EVENTS],
    enums: &[EvaluationState::LABELS, actions::EvaluationAction::LABELS],
};

/// The clause that demands post-evaluations.
pub const EVALUATION_CLAUSE: &str = "000 §9.3(3)";

/// What is evaluated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EvaluationSubject {
    /// What an expense claim was spent on.
    ExpenseClaim {
        /// The claim.
        claim: Id<ExpenseClaim>,
        /// Its number.
        number: String,
    },
    /// What an expense request was approved for, with all that was claimed on it.
    ExpenseRequest {
        /// The request.
        request: Id<ExpenseRequest>,
        /// Its number.
        number: String,
    },
    /// A project known by its name.
    Project {
        /// The name.
        name: String,
    },
}

impl EvaluationSubject {
    /// What a claim was spent on.
    pub fn of_claim(claim: &ExpenseClaim) -> Self {
        Self::ExpenseClaim { claim: claim.id, number: claim.petition.number.clone() }
    }

    /// What a request was approved for.
    ///
    /// # Errors
    /// Where it is not approved: nothing can have come of it.
    pub fn of_request(request: &ExpenseRequest) -> Result<Self, Refusal> {
        let (number, state) = (request.petition.number.clone(), request.petition.state());
        if matches!(state, StandingState::Approved | StandingState::Closed) {
            return Ok(Self::ExpenseRequest { request: request.id, number });
        }
        let refusal = Refusal::new(EVALUATED_REQUEST_NOT_APPROVED).with("request", number);
        Err(refusal.with_label("state", state).citing(rule()).at("/request_id"))
    }
}

/// Who evaluates: somebody outside the company.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ThirdParty {
    /// The institution.
    pub name: String,
    /// Its unified social credit code, if it has one.
    pub tax_number: Option<String>,
    /// Whom to ask there.
    pub contact: Option<String>,
}

impl ThirdParty {
    /// Refuses our own company and our own people. `is_employee`: whether somebody who works here bears the name.
    pub fn ensure_independent(&self, policy: &ExpensePolicy, is_employee: bool) -> Result<(), Refusal> {
        let named = Party { name: self.name.clone(), tax_number: self.tax_number.clone() };
        let same_number =
            policy.buyers.iter().any(|ours| ours.tax_number.is_some() && ours.tax_number == self.tax_number);
        let reason = if same_number || policy.is_our_company(&Party { tax_number: None, ..named }) {
            "own_company"
        } else if is_employee {
            "employee"
        } else {
            return Ok(());
        };
        let refusal = Refusal::new(EVALUATOR_NOT_INDEPENDENT).with("name", self.name.as_str());
        Err(refusal.with("reason", reason).citing(rule()).at("/third_party/name"))
    }
}

/// What is commissioned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commission {
    /// What is evaluated.
    pub subject: EvaluationSubject,
    /// Whose spending it was.
    pub department: Id<Department>,
    /// Who evaluates.
    pub third_party: ThirdParty,
    /// What was expected of the spending.
    pub expected_effect: String,
    /// What it is measured by.
    pub indicators: Vec<Indicator>,
    /// By when the report is due.
    pub due_on: BusinessDate,
}

/// A post-evaluation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PostEvaluation {
    /// Identity.
    pub id: Id<Self>,
    /// The readable number, such as `PE-2026-000012`.
    pub number: String,
    /// What is commissioned.
    pub commission: Commission,
    /// The account that commissioned it.
    pub created_by: Id<User>,
    /// When.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: EvaluationStatus,
    /// The third party's report, as files.
    pub attachments: Vec<Id<File>>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PostEvaluation {
    const KIND: &'static str = "post_evaluation";
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

fn rule() -> Citation {
    Citation::clause("EXP-12", EVALUATION_CLAUSE)
}

impl Commission {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        if let EvaluationSubject::Project { name } = &self.subject {
            wording::check(&mut findings, "/project", name, 200);
        }
        let ThirdParty { name, tax_number, contact } = &self.third_party;
        wording::check(&mut findings, "/third_party/name", name, 200);
        wording::check_optional(&mut findings, "/third_party/contact", contact.as_deref(), 200);
        if tax_number.as_deref().is_some_and(|number| !super::invoice::tax_number::is_valid(number)) {
            findings.add("/third_party/tax_number", super::invoice::BAD_TAX_NUMBER);
        }
        if self.expected_effect.trim().is_empty() {
            findings.add("/expected_effect", EXPECTED_MISSING);
        } else {
            wording::check(&mut findings, "/expected_effect", &self.expected_effect, 2_000);
        }
        check_indicators(&self.indicators, &mut findings);
        findings.into_result().map_err(|refusal| refusal.citing(rule()))
    }
}

/// What was achieved of one indicator.
#[derive(Clone, Debug)]
pub struct Achieved {
    /// The indicator.
    pub name: String,
    /// What was achieved.
    pub value: Decimal,
}

/// A report to be filed.
#[derive(Clone, Debug)]
pub struct Filing {
    /// What it concludes.
    pub conclusion: String,
    /// The day on it.
    pub reported_on: BusinessDate,
    /// What was achieved, indicator by indicator.
    pub achieved: Vec<Achieved>,
    /// The report itself.
    pub attachments: Vec<Id<File>>,
}

impl PostEvaluation {
    /// Commissions it.
    pub fn commission(
        id: Id<Self>,
        number: String,
        commission: Commission,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        commission.check()?;
        let facts = json!({
            "number": number, "department_id": commission.department, "due_on": commission.due_on,
            "third_party": commission.third_party.name,
        });
        let evaluation = Self {
            id,
            number,
            commission,
            created_by: by.user,
            created_at: now,
            status: EvaluationStatus::Commissioned,
            attachments: Vec::new(),
            version: 0,
        };
        Ok(Change::created(evaluation, EVALUATION_COMMISSIONED, facts))
    }

    /// Changes what is commissioned, while the report is awaited.
    pub fn revise(self, commission: Commission) -> Result<Change<Self>, Refusal> {
        self.expect_open(EVALUATION_NOT_CHANGEABLE)?;
        commission.check()?;
        let facts = self.facts();
        let after = Self { commission, ..self.clone() };
        Ok(Change::updated(self, after, EVALUATION_CHANGED, facts))
    }

    /// Files the third party's report: it says what was achieved of every indicator, and is attached.
    pub fn file(
        self,
        filing: Filing,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_open(EVALUATION_NOT_OPEN)?;
        let Filing { conclusion, reported_on, achieved, attachments } = filing;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/conclusion", &conclusion, 4_000);
        if reported_on > today {
            findings.add_with(
                "/reported_on",
                super::expense_claim::DATE_IN_FUTURE,
                [("date", json!(reported_on))],
            );
        }
        if attachments.is_empty() {
            findings.add("/attachments", REPORT_WITHOUT_EVIDENCE);
        }
        let mut after = self.clone();
        let indicators = &mut after.commission.indicators;
        for (index, Achieved { name, value }) in achieved.into_iter().enumerate() {
            check_value(&mut findings, &format!("/achieved/{index}/value"), value);
            match indicators.iter_mut().find(|indicator| indicator.name == name) {
                Some(indicator) => indicator.achieved = Some(value),
                None => {
                    let name = [("name", json!(name))];
                    findings.add_with(format!("/achieved/{index}/name"), INDICATORS_UNKNOWN, name);
                }
            }
        }
        for indicator in indicators.iter().filter(|indicator| indicator.achieved.is_none()) {
            findings.add_with("/achieved", INDICATORS_MISSING, [("name", json!(indicator.name))]);
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule()))?;
        let facts = self.facts();
        let report = EvaluationReport { conclusion, reported_on, by: by.user, at: now };
        (after.status, after.attachments) = (EvaluationStatus::ReportFiled { report }, attachments);
        Ok(Change::updated(self, after, EVALUATION_FILED, facts))
    }

    /// Sends the report back.
    pub fn return_report(self, reason: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.filed()?;
        let facts = json!({"number": self.number, "reason": reason});
        let after = Self { status: EvaluationStatus::Returned { reason, at: now }, ..self.clone() };
        Ok(Change::updated(self, after, EVALUATION_RETURNED, facts))
    }

    /// Lets the report stand. `is_party`: whether the actor had a part in the spending.
    pub fn accept(
        self,
        note: String,
        is_party: bool,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let report = self.acceptable(is_party)?.clone();
        let met = self.commission.indicators.iter().filter(|i| i.is_met() == Some(true)).count();
        let facts =
            json!({"number": self.number, "met": met, "indicators": self.commission.indicators.len()});
        let status = EvaluationStatus::Accepted { report, note, by: by.user, at: now };
        let after = Self { status, ..self.clone() };
        Ok(Change::updated(self, after, EVALUATION_ACCEPTED, facts))
    }

    /// Gives it up.
    pub fn cancel(self, reason: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_not_ended()?;
        let facts = json!({"number": self.number, "reason": reason});
        let after = Self { status: EvaluationStatus::Cancelled { reason, at: now }, ..self.clone() };
        Ok(Change::updated(self, after, EVALUATION_CANCELLED, facts))
    }

    fn facts(&self) -> serde_json::Value {
        json!({"number": self.number})
    }
    fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        Refusal::new(code).with_label("state", self.status.state()).citing(rule())
    }
}
