//! What a client writes of a claim.

/// What it consists of; requests are written alike.
mod part;

pub(crate) use part::{ExchangeRateInput, exchange};
pub(super) use part::{ExpenseClaimLineInput, SettlementInput};

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    approval::petition::NO_EMPLOYEE,
    finance::{
        expense_claim::{Beneficiary, ClaimContent, Details, ExpenseClaim},
        payee_account::PayeeAccountId,
    },
    spine::{Actor, AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Id, Refusal, codes},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A new claim. A draft may be incomplete; submitting it checks everything.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateExpenseClaim {
    /// Who answers for it; the caller's own employee where absent.
    #[serde(default)]
    pub submitter_id: Option<EmployeeId>,
    /// Who receives the money; the submitter where absent.
    #[serde(default)]
    beneficiary_id: Option<EmployeeId>,
    /// Why that is somebody else.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    beneficiary_reason: Option<String>,
    /// 对公付款: the account of the third party that is paid in the place of the beneficiary.
    #[serde(default)]
    payee_account_id: Option<PayeeAccountId>,
    /// Whose expense it is; where absent the department of whom it is for: who gains by it, else who submits it.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// The business day; today where absent.
    #[serde(default)]
    business_date: Option<NaiveDate>,
    /// The campaign it belongs to, by its code.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "spring-2026")]
    campaign: Option<String>,
    /// The region it belongs to, by its code.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "east")]
    region: Option<String>,
    /// The approved expense request it draws on: its lines name the request's lines.
    #[serde(default)]
    request_id: Option<AnyId>,
    /// The cash advances of its beneficiary that it settles, in this order.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    advances: Vec<SettlementInput>,
    /// The currency of all its amounts; the book currency where absent.
    #[serde(default)]
    currency: Option<Currency>,
    /// For another currency: the rate to the book currency, and its day.
    #[serde(default)]
    exchange_rate: Option<ExchangeRateInput>,
    /// Background, purpose, participants, expected effect, and what its categories demand.
    #[serde(default)]
    details: Details,
    /// What was spent.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    lines: Vec<ExpenseClaimLineInput>,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
    /// Small notes of other systems.
    #[serde(default)]
    #[validate(length(max = 20))]
    metadata: BTreeMap<String, String>,
    /// The system it is mirrored from; together with `external_id`.
    #[serde(default, deserialize_with = "domain::spine::typed::read_optional_reference")]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "mini-program")]
    pub source: Option<String>,
    /// Its identity there.
    #[serde(default, deserialize_with = "domain::spine::typed::read_optional_reference")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub external_id: Option<String>,
}

impl Merged for CreateExpenseClaim {
    const PATCH: &'static str = "ReviseExpenseClaim";
    const FIXED: &'static [&'static str] = &["submitter_id", "source", "external_id"];
    const FILLED: &'static [&'static str] = &["department_id", "business_date"];
}

impl From<&ExpenseClaim> for CreateExpenseClaim {
    fn from(claim: &ExpenseClaim) -> Self {
        let ClaimContent { department, beneficiary, business_date, campaign, region, request, .. } =
            claim.content.clone();
        let ClaimContent { advances, exchange, details, lines, attachments, metadata, .. } =
            claim.content.clone();
        Self {
            submitter_id: Some(claim.petition.submitter),
            beneficiary_id: Some(beneficiary.employee),
            beneficiary_reason: beneficiary.reason,
            payee_account_id: beneficiary.payee,
            department_id: Some(department),
            business_date: Some(business_date),
            campaign,
            region,
            request_id: request.map(|id| id.uuid().into()),
            advances: advances.into_iter().map(Into::into).collect(),
            currency: Some(exchange.currency),
            exchange_rate: ExchangeRateInput::of(&exchange),
            details,
            lines: lines.into_iter().map(Into::into).collect(),
            attachments: attachments.into_iter().map(|id| id.uuid().into()).collect(),
            metadata,
            source: None,
            external_id: None,
        }
    }
}

/// What a new claim takes from its caller and the day.
pub(super) struct Given<'a> {
    pub actor: &'a Actor,
    /// The department of whom it is for.
    pub home: Option<DepartmentId>,
    pub today: BusinessDate,
    pub book: Currency,
}

impl CreateExpenseClaim {
    /// The business day it names, if it names one.
    pub fn business_date(&self) -> Option<BusinessDate> {
        self.business_date
    }

    /// Whom it is for, where it names somebody: who gains by it, else who submits it.
    pub fn acted_for(&self) -> Option<EmployeeId> {
        self.beneficiary_id.or(self.submitter_id)
    }

    /// What the claim says, with what the caller left open filled in.
    pub fn content(self, given: &Given<'_>) -> Result<ClaimContent, Refusal> {
        let Self {
            submitter_id,
            beneficiary_id,
            beneficiary_reason,
            payee_account_id,
            department_id,
            business_date,
            campaign,
            region,
            request_id,
            advances,
            currency,
            exchange_rate,
            details,
            lines,
            attachments,
            metadata,
            source: _,
            external_id: _,
        } = self;
        let submitter = submitter_id.or(given.actor.employee);
        let employee = beneficiary_id.or(submitter);
        let employee = employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        let department = department_id.or(given.home);
        let department = department.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/department_id"))?;
        Ok(ClaimContent {
            department,
            beneficiary: Beneficiary { employee, reason: beneficiary_reason, payee: payee_account_id },
            business_date: business_date.unwrap_or(given.today),
            campaign,
            region,
            request: request_id.map(|id| Id::from_uuid(id.uuid())),
            advances: advances.into_iter().map(SettlementInput::settlement).collect(),
            exchange: exchange(currency.unwrap_or(given.book), given.book, exchange_rate),
            details,
            lines: lines.into_iter().map(|line| line.line(department)).collect(),
            attachments: attachments.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
            metadata,
        })
    }
}
