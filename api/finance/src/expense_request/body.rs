//! What a client writes of a request.

use crate::{
    finance::expense_claim::body::{ExchangeRateInput, exchange},
    spine::Merged,
};
use chrono::NaiveDate;
use domain::{
    file::File,
    finance::{
        expense_claim::Details,
        expense_request::{Link, Quote, RequestContent, RequestLine, Tender},
    },
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Id, Money, Refusal, codes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A line of a request.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpenseRequestLineInput {
    /// The expense category's code.
    #[schema(min_length = 1, max_length = 60, example = "promotion.publicity")]
    category: String,
    /// What it is.
    #[schema(min_length = 1, max_length = 200, example = "春季招商会展位搭建")]
    item: String,
    /// How many, where it is counted.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    quantity: Option<i32>,
    /// How much in all, in the request's currency.
    amount: Money,
    /// What for.
    #[schema(min_length = 1, max_length = 500, example = "展示新品，收集意向客户")]
    purpose: String,
    /// The day it is planned for.
    planned_on: NaiveDate,
    /// The department that bears the cost; the request's where absent.
    #[serde(default)]
    cost_centre_id: Option<DepartmentId>,
    /// What suppliers quoted: needed for procurement beyond the limit.
    #[serde(default)]
    #[schema(max_items = 20)]
    quotes: Vec<Quote>,
    /// The tender it was awarded in, instead of quotes.
    #[serde(default)]
    tender: Option<Tender>,
}

impl From<RequestLine> for ExpenseRequestLineInput {
    fn from(line: RequestLine) -> Self {
        let RequestLine {
            category,
            item,
            quantity,
            amount,
            purpose,
            planned_on,
            cost_centre,
            quotes,
            tender,
        } = line;
        let cost_centre_id = Some(cost_centre);
        Self { category, item, quantity, amount, purpose, planned_on, cost_centre_id, quotes, tender }
    }
}

impl ExpenseRequestLineInput {
    fn line(self, department: DepartmentId) -> RequestLine {
        let Self { category, item, quantity, amount, purpose, planned_on, cost_centre_id, quotes, tender } =
            self;
        let cost_centre = cost_centre_id.unwrap_or(department);
        RequestLine { category, item, quantity, amount, purpose, planned_on, cost_centre, quotes, tender }
    }
}

/// A new request. A draft may be incomplete; submitting it checks everything.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateExpenseRequest {
    /// Who answers for it; the caller's own employee where absent.
    #[serde(default)]
    pub submitter_id: Option<EmployeeId>,
    /// The department that asks; that of its submitter where absent.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// The business day: it chooses policies and the budget's period; today where absent.
    #[serde(default)]
    business_date: Option<NaiveDate>,
    /// The currency of all its amounts; the book currency where absent.
    #[serde(default)]
    currency: Option<Currency>,
    /// For another currency: the rate to the book currency, and its day.
    #[serde(default)]
    exchange_rate: Option<ExchangeRateInput>,
    /// Background, purpose, participants, expected effect, and what its categories demand.
    #[serde(default)]
    details: Details,
    /// Whether it cannot wait.
    #[serde(default)]
    urgent: bool,
    /// Whether it is a major campaign or project, which always meets director and general manager.
    #[serde(default)]
    major_campaign: bool,
    /// The campaign it is for, by its code.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "spring-2026")]
    campaign: Option<String>,
    /// The region it is for, by its code.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "east")]
    region: Option<String>,
    /// What else it concerns.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    links: Vec<Link>,
    /// What is asked for.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    lines: Vec<ExpenseRequestLineInput>,
    /// Uploaded files as supporting papers.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
}

impl Merged for CreateExpenseRequest {
    const PATCH: &'static str = "ReviseExpenseRequest";
    const FIXED: &'static [&'static str] = &["submitter_id"];
    const FILLED: &'static [&'static str] = &["department_id", "business_date"];
}

impl From<&RequestContent> for CreateExpenseRequest {
    fn from(content: &RequestContent) -> Self {
        let RequestContent { department, business_date, exchange, details, urgent, .. } = content.clone();
        let RequestContent { major_campaign, campaign, region, links, lines, attachments, .. } =
            content.clone();
        Self {
            submitter_id: None,
            department_id: Some(department),
            business_date: Some(business_date),
            currency: Some(exchange.currency),
            exchange_rate: ExchangeRateInput::of(&exchange),
            details,
            urgent,
            major_campaign,
            campaign,
            region,
            links,
            lines: lines.into_iter().map(Into::into).collect(),
            attachments: attachments.into_iter().map(|id| id.uuid().into()).collect(),
        }
    }
}

impl CreateExpenseRequest {
    /// The business day it names, if it names one.
    pub fn business_date(&self) -> Option<BusinessDate> {
        self.business_date
    }

    /// What the request says, with what the caller left open filled in.
    pub fn content(
        self,
        home: Option<DepartmentId>,
        today: BusinessDate,
        book: Currency,
    ) -> Result<RequestContent, Refusal> {
        let Self { submitter_id: _, department_id, business_date, currency, exchange_rate, .. } = self;
        let Self { details, urgent, major_campaign, campaign, region, links, lines, attachments, .. } = self;
        let department = department_id.or(home);
        let department = department.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/department_id"))?;
        Ok(RequestContent {
            department,
            business_date: business_date.unwrap_or(today),
            exchange: exchange(currency.unwrap_or(book), book, exchange_rate),
            details,
            urgent,
            major_campaign,
            campaign,
            region,
            links,
            lines: lines.into_iter().map(|line| line.line(department)).collect(),
            attachments: files(attachments),
        })
    }
}

fn files(ids: Vec<AnyId>) -> Vec<Id<File>> {
    ids.into_iter().map(|id| Id::from_uuid(id.uuid())).collect()
}
