//! What a client writes of a claim.

/// What it consists of; requests are written alike.
mod part;

pub(crate) use part::{ExchangeRateInput, ExpenseDetailsPatch, exchange};
pub(super) use part::{ExpenseClaimLineInput, SettlementInput};

use crate::spine::Patch;
use chrono::NaiveDate;
use domain::{
    finance::expense_claim::{Beneficiary, ClaimContent, Details},
    spine::{Actor, AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Id, Refusal, codes},
};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A new claim. A draft may be incomplete; submitting it checks everything.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
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
    /// Whose expense it is; the caller's own department where absent.
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
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "mini-program")]
    pub source: Option<String>,
    /// Its identity there.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub external_id: Option<String>,
}

/// What a new claim takes from its caller and the day.
pub(super) struct Given<'a> {
    pub actor: &'a Actor,
    pub today: BusinessDate,
    pub book: Currency,
}

impl CreateExpenseClaim {
    /// The business day it names, if it names one.
    pub fn business_date(&self) -> Option<BusinessDate> {
        self.business_date
    }

    /// What the claim says, with what the caller left open filled in.
    pub fn content(self, given: &Given<'_>) -> Result<ClaimContent, Refusal> {
        let Self {
            submitter_id,
            beneficiary_id,
            beneficiary_reason,
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
        let employee = employee.ok_or_else(|| Refusal::new(domain::finance::expense_claim::NO_EMPLOYEE))?;
        let department = department_id.or(given.actor.department);
        let department = department.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/department_id"))?;
        Ok(ClaimContent {
            department,
            beneficiary: Beneficiary { employee, reason: beneficiary_reason },
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

/// A merge patch of a claim (RFC 7396): absent stays, null clears, arrays are replaced whole.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviseExpenseClaim {
    /// Who receives the money; null: the submitter.
    #[serde(default)]
    #[schema(value_type = Option<EmployeeId>)]
    beneficiary_id: Patch<EmployeeId>,
    /// Why that is somebody else.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    beneficiary_reason: Patch<String>,
    /// Whose expense it is.
    #[serde(default)]
    #[schema(value_type = Option<DepartmentId>)]
    department_id: Patch<DepartmentId>,
    /// The business day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    business_date: Patch<NaiveDate>,
    /// The campaign it belongs to, by its code.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
    campaign: Patch<String>,
    /// The region it belongs to, by its code.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
    region: Patch<String>,
    /// The approved expense request it draws on.
    #[serde(default)]
    #[schema(value_type = Option<AnyId>)]
    request_id: Patch<AnyId>,
    /// The cash advances that it settles, replaced whole.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SettlementInput>>, max_items = 20)]
    advances: Patch<Vec<SettlementInput>>,
    /// The currency of all its amounts; null: the book currency.
    #[serde(default)]
    #[schema(value_type = Option<Currency>)]
    currency: Patch<Currency>,
    /// The rate to the book currency, and its day.
    #[serde(default)]
    #[schema(value_type = Option<ExchangeRateInput>)]
    exchange_rate: Patch<ExchangeRateInput>,
    /// Background, purpose and so on, member by member.
    #[serde(default)]
    #[schema(value_type = Option<ExpenseDetailsPatch>)]
    details: Patch<ExpenseDetailsPatch>,
    /// What was spent, replaced whole.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ExpenseClaimLineInput>>, max_items = 200)]
    lines: Patch<Vec<ExpenseClaimLineInput>>,
    /// Evidence, replaced whole.
    #[serde(default)]
    #[schema(value_type = Option<Vec<AnyId>>, max_items = 50)]
    attachments: Patch<Vec<AnyId>>,
    /// Notes of other systems, member by member; null removes one.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    metadata: Patch<BTreeMap<String, Option<String>>>,
}

impl ReviseExpenseClaim {
    /// What the claim says after the patch.
    pub fn over(self, old: ClaimContent, submitter: EmployeeId) -> Result<ClaimContent, Refusal> {
        let Self {
            beneficiary_id,
            beneficiary_reason,
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
        } = self;
        let old_request = old.request.map(|id| AnyId::from_uuid(id.uuid()));
        let employee = beneficiary_id.over(Some(old.beneficiary.employee)).unwrap_or(submitter);
        let department = department_id.over_required(old.department, "/department_id")?;
        let book = old.exchange.book;
        let currency = currency.over(Some(old.exchange.currency)).unwrap_or(book);
        let old_rate = old.exchange.rate_date.map(|date| ExchangeRateInput { rate: old.exchange.rate, date });
        let lines = match lines {
            Patch::Absent => old.lines,
            Patch::Null => Vec::new(),
            Patch::Set(lines) => lines.into_iter().map(|line| line.line(department)).collect(),
        };
        let attachments = match attachments {
            Patch::Absent => old.attachments,
            Patch::Null => Vec::new(),
            Patch::Set(ids) => ids.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
        };
        Ok(ClaimContent {
            department,
            beneficiary: Beneficiary { employee, reason: beneficiary_reason.over(old.beneficiary.reason) },
            business_date: business_date.over_required(old.business_date, "/business_date")?,
            campaign: campaign.over(old.campaign),
            region: region.over(old.region),
            request: request_id.over(old_request).map(|id| Id::from_uuid(id.uuid())),
            advances: match advances {
                Patch::Absent => old.advances,
                Patch::Null => Vec::new(),
                Patch::Set(all) => all.into_iter().map(SettlementInput::settlement).collect(),
            },
            exchange: exchange(currency, book, exchange_rate.over(old_rate)),
            details: match details {
                Patch::Absent => old.details,
                Patch::Null => Details::default(),
                Patch::Set(patch) => patch.over(old.details),
            },
            lines,
            attachments,
            metadata: merged(old.metadata, metadata),
        })
    }
}

fn merged(
    mut old: BTreeMap<String, String>,
    patch: Patch<BTreeMap<String, Option<String>>>,
) -> BTreeMap<String, String> {
    match patch {
        Patch::Absent => old,
        Patch::Null => BTreeMap::new(),
        Patch::Set(members) => {
            for (name, value) in members {
                match value {
                    Some(value) => old.insert(name, value),
                    None => old.remove(&name),
                };
            }
            old
        }
    }
}

/// Why something is done.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveReason {
    /// The reason, for the people it touches.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "重复提交")]
    pub reason: String,
}
