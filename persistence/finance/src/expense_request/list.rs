//! Lists of requests within the caller's sight: filtered, sorted, by keyset. `[INT-4]`

use crate::{
    finance::expense_category::in_category,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{expense_request_lines, expense_requests as requests},
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Sight, Slice, View,
        Where, columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A request in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestSummary)]
pub struct ExpenseRequestSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub number: String,
    /// Where it stands.
    pub status: StandingState,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// The department that asks.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// The campaign it is for.
    #[schema(max_length = 60)]
    pub campaign: Option<String>,
    /// The region it is for.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// Whether it is a major campaign or project.
    pub major_campaign: bool,
    /// What is asked for.
    pub amount: Money,
    /// What that is worth in the book currency.
    pub worth: Money,
    /// What claims took, in the book currency.
    pub claimed: Money,
    /// What is left, in the book currency.
    pub remaining: Money,
    /// How many times what it says was approved.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ExpenseRequestSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which requests are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RequestFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval,approved")]
    pub status: Several<StandingState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only with a line of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    pub category: Option<String>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// Only urgent ones, or only the others.
    pub urgent: Option<bool>,
    /// Only major ones, or only the others.
    pub major_campaign: Option<bool>,
    /// Only with at least this worth in the books, in their currency.
    #[serde(rename = "worth[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub worth_from: Option<Amount>,
    /// Only with at most this worth in the books, in their currency.
    #[serde(rename = "worth[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub worth_to: Option<Amount>,
    /// Only where the books are kept in this currency.
    #[param(inline)]
    pub worth_currency: Option<Currency>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, campaign, purpose, a line, a supplier or the submitter's name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: RequestOrder,
}

impl RequestFilter {
    fn worth(&self) -> Amounts<'_> {
        let (from, to) = (self.worth_from.as_ref(), self.worth_to.as_ref());
        Amounts { name: "worth", from, to, currency: self.worth_currency }
    }

    fn wanted(&self) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, requests, filter;
            status in status, department_id = department_id, submitter_id = submitter_id, campaign = campaign,
            region = region, urgent = urgent, major_campaign = major_campaign,
            (worth_minor, book_currency) within worth, business_date >= business_from,
            business_date <= business_to, created_at >= created_from, created_at < created_before,
            changed_at >= changed_from, changed_at < changed_before);
        if let Some(category) = &filter.category {
            let with_category = expense_request_lines::table
                .filter(in_category!(expense_request_lines, category))
                .select(expense_request_lines::request_id);
            wanted.also(requests::id.eq_any(with_category));
        }
        search!(wanted, filter, requests::search_text; requests::submitter_id);
        wanted
    }
}

impl Filter for RequestFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.worth()]
    }
}

orders! {
    /// By what expense requests are ordered.
    pub RequestOrder of SummaryRow in requests by id, descending:
    created_at = id;
    changed_at;
    worth = worth_minor;
    business_date;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = requests)]
struct SummaryRow {
    id: Key,
    number: String,
    status: String,
    submitter_id: Key,
    department_id: Key,
    business_date: BusinessDate,
    campaign: Option<String>,
    region: Option<String>,
    urgent: bool,
    major_campaign: bool,
    currency: String,
    book_currency: String,
    amount_minor: i64,
    worth_minor: i64,
    claimed_minor: i64,
    revision: i32,
    created_at: Instant,
    changed_at: Instant,
    version: Version,
}

/// A page of requests within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RequestFilter,
    page: &Page,
) -> Result<Slice<ExpenseRequestSummary>, Failure> {
    let mut wanted = filter.wanted();
    wanted.also_all(covered!(Sight::of(reader), expense_requests, "expense_request"));
    let found = paged!(reader, page, filter.sort, wanted;
        requests::table => SummaryRow::as_select(); |row: &SummaryRow| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: SummaryRow) -> Result<ExpenseRequestSummary, Failure> {
    let corrupt = |column| Failure::corrupt("expense_requests", column, row.id.0);
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let book: Currency = row.book_currency.parse().map_err(|_| corrupt("book_currency"))?;
    Ok(ExpenseRequestSummary {
        id: row.id.0.into(),
        number: row.number,
        status: StandingState::from_code(&row.status).ok_or_else(|| corrupt("status"))?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        business_date: row.business_date,
        campaign: row.campaign,
        region: row.region,
        urgent: row.urgent,
        major_campaign: row.major_campaign,
        amount: Money::from_minor(row.amount_minor, currency),
        worth: Money::from_minor(row.worth_minor, book),
        claimed: Money::from_minor(row.claimed_minor, book),
        remaining: Money::from_minor(row.worth_minor - row.claimed_minor, book),
        revision: row.revision,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { ExpenseRequestSummary as "expense-requests" "费用申请" "Expense requests", domain::spine::Permission::ExportExpenseRequests:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Submitter";
    department "部门" "Department";
    business_date "业务日期" "Business date";
    campaign "活动" "Campaign";
    region "地区" "Region";
    urgent "紧急" "Urgent";
    major_campaign "重大活动" "Major campaign";
    currency "币种" "Currency" = |request| request.amount.currency().code();
    amount "申请金额" "Amount";
    worth "本位币金额" "Worth in the books";
    claimed "已报销" "Claimed";
    remaining "剩余" "Remaining";
    revision "版次" "Revision";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
