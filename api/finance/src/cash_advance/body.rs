//! What a client writes of an advance.

use crate::spine::Merged;
use chrono::{Days, NaiveDate};
use domain::{
    finance::cash_advance::{
        AdvanceContent, CashAdvance,
        reversal::{Mistake, Undoing},
    },
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Id, Money, Refusal, codes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A new cash advance.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCashAdvance {
    /// Who gets the money and answers for it; the caller's own employee where absent.
    #[serde(default)]
    pub submitter_id: Option<EmployeeId>,
    /// The department that asks; that of its submitter where absent.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// The business day; today where absent.
    #[serde(default)]
    business_date: Option<NaiveDate>,
    /// How much, in the book currency.
    amount: Money,
    /// What for.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "春季展会现场费用")]
    purpose: String,
    /// The day it is to be settled; as late as the settings allow where absent.
    #[serde(default)]
    settle_on: Option<NaiveDate>,
    /// The approved expense request it is for.
    #[serde(default)]
    request_id: Option<AnyId>,
    /// Uploaded files as supporting papers.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
}

impl Merged for CreateCashAdvance {
    const PATCH: &'static str = "ReviseCashAdvance";
    const FIXED: &'static [&'static str] = &["submitter_id"];
    const FILLED: &'static [&'static str] = &["department_id", "business_date", "settle_on"];
}

impl From<&CashAdvance> for CreateCashAdvance {
    fn from(advance: &CashAdvance) -> Self {
        let AdvanceContent { department, business_date, amount, purpose, settle_on, request, attachments } =
            advance.content.clone();
        Self {
            submitter_id: Some(advance.petition.submitter),
            department_id: Some(department),
            business_date: Some(business_date),
            amount,
            purpose,
            settle_on: Some(settle_on),
            request_id: request.map(|id| id.uuid().into()),
            attachments: attachments.into_iter().map(|id| id.uuid().into()).collect(),
        }
    }
}

impl CreateCashAdvance {
    /// The business day it names, if it names one.
    pub fn business_date(&self) -> Option<BusinessDate> {
        self.business_date
    }

    /// What the advance says, with what the caller left open filled in. `within` are the days in which advances
    /// are to be settled.
    pub fn content(
        self,
        home: Option<DepartmentId>,
        today: BusinessDate,
        within: u32,
    ) -> Result<AdvanceContent, Refusal> {
        let Self { submitter_id: _, department_id, business_date, amount, purpose, settle_on, .. } = self;
        let Self { request_id, attachments, .. } = self;
        let department = department_id.or(home);
        let department = department.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/department_id"))?;
        let business_date = business_date.unwrap_or(today);
        let latest = business_date.checked_add_days(Days::new(within.into())).unwrap_or(business_date);
        Ok(AdvanceContent {
            department,
            business_date,
            amount,
            purpose,
            settle_on: settle_on.unwrap_or(latest),
            request: request_id.map(|id| Id::from_uuid(id.uuid())),
            attachments: attachments.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
        })
    }
}

/// That an advance was paid out.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmPayout {
    /// The payment's reference in the ERP or at the bank.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "PAY-20260305-7")]
    pub reference: String,
    /// The day the money moved.
    pub paid_on: NaiveDate,
}

/// That cash came back.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RepayCashAdvance {
    /// The payment's reference: once for an advance.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "REC-20260331-2")]
    pub reference: String,
    /// How much, in the book currency.
    pub amount: Money,
    /// The day it came.
    pub received_on: NaiveDate,
}

/// That a pay-out was recorded by mistake.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReverseCashAdvancePayout {
    /// The counter-entry's reference: once for an advance.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "REV-20260306-1")]
    reference: String,
    /// The day it belongs to: in an open month, and not before what it undoes.
    reversed_on: NaiveDate,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "银行退票")]
    reason: String,
}

impl ReverseCashAdvancePayout {
    /// What was a mistake, and what undoes it.
    pub fn undoing(self) -> (Mistake, Undoing) {
        let Self { reference, reversed_on, reason } = self;
        (Mistake::Payout, Undoing { reference, on: reversed_on, reason })
    }
}

/// That a repayment was recorded by mistake.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReverseCashAdvanceRepayment {
    /// The reference of the repayment.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "REC-20260331-2")]
    repayment: String,
    /// The counter-entry's reference: once for an advance.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "REV-20260331-3")]
    reference: String,
    /// The day it belongs to: in an open month, and not before what it undoes.
    reversed_on: NaiveDate,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "误登他人还款")]
    reason: String,
}

impl ReverseCashAdvanceRepayment {
    /// What was a mistake, and what undoes it.
    pub fn undoing(self) -> (Mistake, Undoing) {
        let Self { repayment, reference, reversed_on, reason } = self;
        (Mistake::Repayment(repayment), Undoing { reference, on: reversed_on, reason })
    }
}
