//! The parts that a client writes of a claim: lines, details, rate.

use crate::spine::Patch;
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{Advertisement, Details, Exchange, Line, Settlement},
        invoice::Invoice,
        procurement::{Quote, Tender},
    },
    spine::{AnyId, Currency, DepartmentId, ExchangeRate, Id, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An exchange rate and its day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeRateInput {
    /// How many units of the book currency one unit is worth.
    pub rate: ExchangeRate,
    /// The day of the rate.
    pub date: NaiveDate,
}

/// A line of a claim.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpenseClaimLineInput {
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
    /// The line of the approved request it draws on, counted from 1.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 200, example = 1)]
    request_line: Option<i32>,
    /// The advertisement it pays for, with the approved application under which it was placed.
    #[serde(default)]
    advertisement: Option<Advertisement>,
    /// What suppliers quoted: needed for procurement beyond the limit that no request allowed.
    #[serde(default)]
    #[schema(max_items = 20)]
    quotes: Vec<Quote>,
    /// The tender it was awarded in, instead of quotes.
    #[serde(default)]
    tender: Option<Tender>,
}

impl ExpenseClaimLineInput {
    pub fn line(self, department: DepartmentId) -> Line {
        let Self { category, description, occurred_on, claimed, cost_centre_id, .. } = self;
        let Self { invoices, request_line, advertisement, quotes, tender, .. } = self;
        let (cost_centre, reduction) = (cost_centre_id.unwrap_or(department), None);
        Line {
            category,
            description,
            occurred_on,
            claimed,
            reduction,
            cost_centre,
            invoices,
            request_line,
            advertisement,
            quotes,
            tender,
        }
    }
}

/// The currency of a document and its rate to the books.
pub(crate) fn exchange(currency: Currency, book: Currency, rate: Option<ExchangeRateInput>) -> Exchange {
    let (rate, rate_date) = match rate {
        Some(ExchangeRateInput { rate, date }) => (rate, Some(date)),
        None => (ExchangeRate::ONE, None),
    };
    Exchange { currency, book, rate, rate_date }
}

/// A merge patch of the details: a member set to null is cleared, one that is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpenseDetailsPatch {
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

/// A cash advance that a claim settles.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettlementInput {
    /// The advance.
    advance_id: AnyId,
    /// How much of it, in the book currency.
    amount: Money,
}

impl SettlementInput {
    pub fn settlement(self) -> Settlement {
        Settlement { advance: Id::from_uuid(self.advance_id.uuid()), amount: self.amount }
    }
}
