//! What a client writes of a claim.

use crate::spine::Patch;
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{Beneficiary, ClaimContent, Details, Exchange, Line},
        invoice::Invoice,
    },
    spine::{
        Actor, AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, ExchangeRate, Id, Money, Refusal,
        codes,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// An exchange rate and its day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::finance) struct ExchangeRateInput {
    /// How many units of the book currency one unit is worth.
    pub rate: ExchangeRate,
    /// The day of the rate.
    pub date: NaiveDate,
}

/// A line of a claim.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpenseClaimLineInput {
    /// The expense category's code.
    #[schema(min_length = 1, max_length = 60, example = "entertainment.travel")]
    category: String,
    /// What it was.
    #[schema(min_length = 1, max_length = 500, example = "杭州—上海高铁")]
    description: String,
    /// The day it was spent.
    occurred_on: NaiveDate,
    /// What is asked for, in the claim's currency.
    claimed: Money,
    /// The department that bears the cost; the claim's where absent.
    #[serde(default)]
    cost_centre_id: Option<DepartmentId>,
    /// What proves it.
    #[serde(default)]
    #[schema(max_items = 50)]
    invoices: Vec<Invoice>,
}

impl ExpenseClaimLineInput {
    fn line(self, department: DepartmentId) -> Line {
        let Self { category, description, occurred_on, claimed, cost_centre_id, invoices } = self;
        let cost_centre = cost_centre_id.unwrap_or(department);
        Line { category, description, occurred_on, claimed, reduction: None, cost_centre, invoices }
    }
}

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
            exchange: exchange(currency.unwrap_or(given.book), given.book, exchange_rate),
            details,
            lines: lines.into_iter().map(|line| line.line(department)).collect(),
            attachments: attachments.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
            metadata,
        })
    }
}

/// The currency of a document and its rate to the books.
pub(in crate::finance) fn exchange(
    currency: Currency,
    book: Currency,
    rate: Option<ExchangeRateInput>,
) -> Exchange {
    let (rate, rate_date) = match rate {
        Some(ExchangeRateInput { rate, date }) => (rate, Some(date)),
        None => (ExchangeRate::ONE, None),
    };
    Exchange { currency, book, rate, rate_date }
}

/// A merge patch of the details: a member set to null is cleared, one that is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::finance) struct ExpenseDetailsPatch {
    /// 活动背景: what it grew out of.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    background: Patch<String>,
    /// 目的: what for.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    purpose: Patch<String>,
    /// 参与人员: who took part.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    participants: Patch<String>,
    /// 预期效果: what is expected of it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    expected_effect: Patch<String>,
    /// 客户: whom it was for.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    customer: Patch<String>,
    /// 人数: how many took part.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10000)]
    head_count: Patch<i32>,
    /// 行程: from where to where.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    route: Patch<String>,
    /// 天数: how many days.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 366)]
    days: Patch<i32>,
}

impl ExpenseDetailsPatch {
    pub fn over(self, old: Details) -> Details {
        let Self { background, purpose, participants, expected_effect, customer, head_count, route, days } =
            self;
        Details {
            background: background.over(old.background),
            purpose: purpose.over(old.purpose),
            participants: participants.over(old.participants),
            expected_effect: expected_effect.over(old.expected_effect),
            customer: customer.over(old.customer),
            head_count: head_count.over(old.head_count),
            route: route.over(old.route),
            days: days.over(old.days),
        }
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
            currency,
            exchange_rate,
            details,
            lines,
            attachments,
            metadata,
        } = self;
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
