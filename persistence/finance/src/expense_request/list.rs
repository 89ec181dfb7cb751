//! Lists of requests within the caller's sight: filtered, sorted, by keyset. `[INT-4]`

use super::view::{person, place};
use crate::spine::{Cell, Column, Exported, Label};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, like},
    schema::{employees, expense_request_lines, expense_requests as requests},
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, View, db, keyset, within},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::spine::Permission;
use domain::{
    approval::StandingState,
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// By what a list is ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub enum RequestOrder {
    /// The oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// The newest first.
    #[default]
    #[serde(rename = "-created_at")]
    CreatedDescending,
    /// What changed longest ago first.
    #[serde(rename = "changed_at")]
    Changed,
    /// What changed last first.
    #[serde(rename = "-changed_at")]
    ChangedDescending,
    /// The smallest amount in the books first.
    #[serde(rename = "worth")]
    Worth,
    /// The largest amount in the books first.
    #[serde(rename = "-worth")]
    WorthDescending,
}

/// Which requests are wanted.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Only these states; all if empty.
    pub states: Vec<StandingState>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter: Option<EmployeeId>,
    /// Only with a line of this category or one below it.
    pub category: Option<String>,
    /// Only for this campaign.
    pub campaign: Option<String>,
    /// Only for this region.
    pub region: Option<String>,
    /// Only urgent ones, or only the others.
    pub urgent: Option<bool>,
    /// Only major ones, or only the others.
    pub major_campaign: Option<bool>,
    /// Only with at least this worth, in minor units of the book currency.
    pub worth_from: Option<i64>,
    /// Only with at most this worth, in minor units of the book currency.
    pub worth_to: Option<i64>,
    /// Only from this business day on.
    pub business_from: Option<BusinessDate>,
    /// Only up to this business day.
    pub business_to: Option<BusinessDate>,
    /// Only what changed at this instant or later.
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    pub changed_before: Option<Timestamp>,
    /// Only where this text stands in number, campaign, purpose, a line, a supplier or the submitter's name.
    pub text: Option<String>,
    /// The order.
    pub order: RequestOrder,
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

/// Applies sight and filters to a query over requests joined with their submitters.
macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr) => {{
        let filter = $filter;
        let mut query = within!($query.into_boxed(), $sight, expense_requests, "expense_request");
        // One state is an equality: then the index gives the rows in their order.
        if let [state] = filter.states.as_slice() {
            query = query.filter(requests::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(requests::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(department) = filter.department {
            query = query.filter(requests::department_id.eq(Key::from(department)));
        }
        if let Some(submitter) = filter.submitter {
            query = query.filter(requests::submitter_id.eq(Key::from(submitter)));
        }
        if let Some(category) = &filter.category {
            let below = like(&format!("{category}."));
            let with_category = expense_request_lines::table
                .filter(
                    expense_request_lines::category
                        .eq(category.clone())
                        .or(expense_request_lines::category.like(below[1..].to_owned()).escape('\\')),
                )
                .select(expense_request_lines::request_id);
            query = query.filter(requests::id.eq_any(with_category));
        }
        if let Some(campaign) = &filter.campaign {
            query = query.filter(requests::campaign.eq(campaign.clone()));
        }
        if let Some(region) = &filter.region {
            query = query.filter(requests::region.eq(region.clone()));
        }
        if let Some(urgent) = filter.urgent {
            query = query.filter(requests::urgent.eq(urgent));
        }
        if let Some(major) = filter.major_campaign {
            query = query.filter(requests::major_campaign.eq(major));
        }
        if let Some(least) = filter.worth_from {
            query = query.filter(requests::worth_minor.ge(least));
        }
        if let Some(most) = filter.worth_to {
            query = query.filter(requests::worth_minor.le(most));
        }
        if let Some(day) = filter.business_from {
            query = query.filter(requests::business_date.ge(day));
        }
        if let Some(day) = filter.business_to {
            query = query.filter(requests::business_date.le(day));
        }
        if let Some(at) = filter.changed_from {
            query = query.filter(requests::changed_at.ge(Instant(at)));
        }
        if let Some(at) = filter.changed_before {
            query = query.filter(requests::changed_at.lt(Instant(at)));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            query = query.filter(
                requests::search_text
                    .like(pattern.clone())
                    .escape('\\')
                    .or(employees::name.like(pattern).escape('\\')),
            );
        }
        query
    }};
}

/// Puts a query into the wanted order, behind the last row of the page before.
macro_rules! ordered {
    ($query:expr, $order:expr, $after:expr) => {{
        let (query, after) = ($query, $after);
        let instant = after.and_then(|(micros, id)| Some((Instant(Timestamp::from_micros(micros)?), id)));
        match $order {
            RequestOrder::Created => keyset!(requests, query, after, ascending),
            RequestOrder::CreatedDescending => keyset!(requests, query, after, descending),
            RequestOrder::Changed => keyset!(requests, query, changed_at, instant, ascending),
            RequestOrder::ChangedDescending => keyset!(requests, query, changed_at, instant, descending),
            RequestOrder::Worth => keyset!(requests, query, worth_minor, after, ascending),
            RequestOrder::WorthDescending => keyset!(requests, query, worth_minor, after, descending),
        }
    }};
}

/// A page of requests within the caller's sight. The sort key of a row is a number: microseconds or minor units,
/// as the order has it.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RequestFilter,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<ExpenseRequestSummary, i64>, Failure> {
    let sight = Sight::of(reader);
    let joined = || requests::table.inner_join(employees::table.on(employees::id.eq(requests::submitter_id)));
    let after = page.after;
    let rows: Vec<SummaryRow> = db!(reader, |c| {
        let query = filtered!(joined().select(SummaryRow::as_select()), filter, sight).limit(page.limit + 1);
        ordered!(query, filter.order, after).load(c)
    })?;
    let total = if include_total {
        let counted = || joined().select(diesel::dsl::count_star());
        Some(db!(reader, |c| filtered!(counted(), filter, sight).first::<i64>(c))?)
    } else {
        None
    };
    let register = Register::of(reader)?;
    let views = rows.into_iter().map(|row| summary(&register, row)).collect::<Result<Vec<_>, _>>()?;
    let key = |view: &ExpenseRequestSummary| (sort_key(view, filter.order), view.id.uuid());
    Ok(Slice { total, ..Slice::cut(views, page.limit, key) })
}

fn sort_key(view: &ExpenseRequestSummary, order: RequestOrder) -> i64 {
    match order {
        RequestOrder::Created | RequestOrder::CreatedDescending => 0,
        RequestOrder::Changed | RequestOrder::ChangedDescending => view.changed_at.micros(),
        RequestOrder::Worth | RequestOrder::WorthDescending => view.worth.minor(),
    }
}

fn summary(register: &Register, row: SummaryRow) -> Result<ExpenseRequestSummary, Failure> {
    let corrupt = |column| Failure::corrupt("expense_requests", column, row.id.0);
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let book: Currency = row.book_currency.parse().map_err(|_| corrupt("book_currency"))?;
    Ok(ExpenseRequestSummary {
        id: row.id.0.into(),
        number: row.number,
        status: StandingState::from_code(&row.status).ok_or_else(|| corrupt("status"))?,
        submitter: person(register, row.submitter_id.into())?,
        department: place(register, row.department_id.into())?,
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

impl Exported for ExpenseRequestSummary {
    const FILE: Label = Label { name: "expense-requests", zh: "费用申请", en: "Expense requests" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportExpenseRequests);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "单号", "Number", |request| (&request.number).into()),
        Column::new("status", "状态", "Status", |request| request.status.labels().into()),
        Column::new("submitter", "申请人", "Submitter", |request| (&request.submitter.name).into()),
        Column::new("department", "部门", "Department", |request| (&request.department.name_zh).into()),
        Column::new("business_date", "业务日期", "Business date", |request| request.business_date.into()),
        Column::new("campaign", "活动", "Campaign", |request| {
            request.campaign.as_ref().map_or(Cell::Empty, Into::into)
        }),
        Column::new("region", "地区", "Region", |request| {
            request.region.as_ref().map_or(Cell::Empty, Into::into)
        }),
        Column::new("urgent", "紧急", "Urgent", |request| Cell::Flag(request.urgent)),
        Column::new("major_campaign", "重大活动", "Major campaign", |request| {
            Cell::Flag(request.major_campaign)
        }),
        Column::new("currency", "币种", "Currency", |request| request.amount.currency().code().into()),
        Column::new("amount", "申请金额", "Amount", |request| Cell::Decimal(request.amount.decimal())),
        Column::new("worth", "本位币金额", "Worth in the books", |request| {
            Cell::Decimal(request.worth.decimal())
        }),
        Column::new("claimed", "已报销", "Claimed", |request| Cell::Decimal(request.claimed.decimal())),
        Column::new("remaining", "剩余", "Remaining", |request| Cell::Decimal(request.remaining.decimal())),
        Column::new("revision", "版次", "Revision", |request| Cell::Integer(request.revision.into())),
        Column::new("created_at", "填报时间", "Created at", |request| Cell::Instant(request.created_at)),
        Column::new("changed_at", "更新时间", "Changed at", |request| Cell::Instant(request.changed_at)),
    ];
}
