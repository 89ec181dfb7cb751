//! The parts that a client writes of a claim: lines, details, rate.

use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{Advertisement, Exchange, Line, Settlement},
        invoice::Invoice,
        procurement::{Quote, Tender},
    },
    spine::{AnyId, Currency, DepartmentId, ExchangeRate, Id, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An exchange rate and its day.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeRateInput {
    /// How many units of the book currency one unit is worth.
    pub rate: ExchangeRate,
    /// The day of the rate.
    pub date: NaiveDate,
}

impl ExchangeRateInput {
    /// As a document has it, where it has another currency than the books.
    pub fn of(exchange: &Exchange) -> Option<Self> {
        exchange.rate_date.map(|date| Self { rate: exchange.rate, date })
    }
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

impl From<Line> for ExpenseClaimLineInput {
    /// What its submitter wrote of it.
    fn from(line: Line) -> Self {
        let Line { category, description, occurred_on, claimed, reduction: _, cost_centre, .. } = line;
        let Line { invoices, request_line, advertisement, quotes, tender, .. } = line;
        Self {
            category,
            description,
            occurred_on,
            claimed,
            cost_centre_id: Some(cost_centre),
            invoices,
            request_line,
            advertisement,
            quotes,
            tender,
        }
    }
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

/// A cash advance that a claim settles.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettlementInput {
    /// The advance.
    advance_id: AnyId,
    /// How much of it, in the book currency.
    amount: Money,
}

impl From<Settlement> for SettlementInput {
    fn from(settlement: Settlement) -> Self {
        let Settlement { advance, amount } = settlement;
        Self { advance_id: advance.uuid().into(), amount }
    }
}

impl SettlementInput {
    pub fn settlement(self) -> Settlement {
        Settlement { advance: Id::from_uuid(self.advance_id.uuid()), amount: self.amount }
    }
}
