//! What one request looks like: everything a front end needs to show it and to know what may be done with it.

use super::find;
use crate::{
    approval::APPROVAL,
    finance::{
        budget_line::{self, HeldView},
        expense_claim::{EXPENSE_CLAIM, view::RateView},
        expense_request_amendment::{self, EXPENSE_REQUEST_AMENDMENT, OpenAmendment},
        post_evaluation::{self, EvaluationRefView, POST_EVALUATION},
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::expense_claims as claims,
    spine::{ActionView, Failure, Key, Place, Placed, Reader, Refers, Target, View, db, in_json},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::{
        expense_claim::{ClaimState, Details, Exchange},
        expense_request::{actions::RequestAction, *},
    },
    spine::{AnyId, Currency, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the caller may do with a request. An alias, because the derive would take a generic type apart.
type RequestActionView = ActionView<RequestAction>;

/// What a request says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestContent)]
pub struct ContentView {
    /// The department that asks.
    pub department: NamedRef,
    /// The business day: it decides policies and the budget's period.
    pub business_date: NaiveDate,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The rate to the book currency, and its day; null for the book currency itself.
    pub exchange_rate: Option<RateView>,
    /// Background, purpose, participants, expected effect, and what its categories demand.
    pub details: Details,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// Whether it is a major campaign or project.
    pub major_campaign: bool,
    /// The campaign it is for, by its code.
    #[schema(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// The region it is for, by its code.
    #[schema(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// What else it concerns.
    #[schema(max_items = 20)]
    pub links: Vec<Link>,
    /// What is asked for.
    #[schema(max_items = 200)]
    pub lines: Vec<RequestLineView>,
    /// What is asked for in all.
    pub amount: Money,
    /// What that is worth in the book currency.
    pub worth: Money,
    /// Supporting papers.
    #[schema(max_items = 1000)]
    pub attachments: Vec<AnyId>,
}

/// A line of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestLine)]
pub struct RequestLineView {
    /// Its place, counted from 1.
    #[schema(minimum = 1, maximum = 200)]
    pub line: usize,
    /// The expense category's code.
    #[schema(max_length = 60, example = "promotion.publicity")]
    pub category: String,
    /// What it is.
    #[schema(max_length = 200)]
    pub item: String,
    /// How many, where it is counted.
    #[schema(minimum = 1)]
    pub quantity: Option<i32>,
    /// How much in all.
    pub amount: Money,
    /// What for.
    #[schema(max_length = 500)]
    pub purpose: String,
    /// The day it is planned for.
    pub planned_on: NaiveDate,
    /// The department that bears the cost.
    pub cost_centre: NamedRef,
    /// What suppliers quoted.
    #[schema(max_items = 20)]
    pub quotes: Vec<Quote>,
    /// The tender it was awarded in.
    pub tender: Option<Tender>,
}

/// How far a line of a request is used, in the book currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestUsage)]
pub struct UsageView {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    pub line: i32,
    /// What it asks for.
    pub asked: Money,
    /// What claims took of it.
    pub claimed: Money,
    /// What is left.
    pub remaining: Money,
}

/// A claim that draws on a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestClaim)]
pub struct DrawingClaimView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// Where it stands.
    pub status: ClaimState,
    /// What it took, in the book currency.
    pub drawn: Money,
}

/// An expense request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequest)]
pub struct ExpenseRequestView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub number: String,
    /// Where it stands.
    pub status: StandingState,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided, revoked or closed.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// What it says.
    #[serde(flatten)]
    pub content: ContentView,
    /// How many times what it says was approved: 1, and one more for each amendment.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// How far its lines are used.
    #[schema(max_items = 200)]
    pub usage: Vec<UsageView>,
    /// What claims took in all, in the book currency.
    pub claimed: Money,
    /// What is left in all, in the book currency.
    pub remaining: Money,
    /// The claims that draw on it.
    #[schema(max_items = 1000)]
    pub claims: Vec<DrawingClaimView>,
    /// What it holds of budget lines, from its submission on.
    #[schema(max_items = 200)]
    pub budget: Vec<HeldView>,
    /// What third parties were commissioned to say afterwards about it, as far as the caller may read that.
    #[schema(max_items = 1000)]
    pub evaluations: Vec<EvaluationRefView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// The amendment under way.
    pub open_amendment_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<RequestActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ExpenseRequestView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("claims", &EXPENSE_CLAIM).whose("claim_id"),
        Refers::to("open_amendment", &EXPENSE_REQUEST_AMENDMENT).by("open_amendment_id"),
        Refers::to("evaluations", &POST_EVALUATION),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/expense-requests/{}", self.id))
    }
}

/// One request, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ExpenseRequest>) -> Result<ExpenseRequestView, Failure> {
    let request = find(reader, id)?;
    show(reader, request)
}

/// An expense request where something refers to it.
pub static EXPENSE_REQUEST: Target = Target {
    permission: Permission::ReadExpenseRequests,
    look: |reader, id| in_json(view(reader, id.into())),
};

/// How a request at hand is shown.
pub fn show(reader: &mut Reader<'_>, request: ExpenseRequest) -> Result<ExpenseRequestView, Failure> {
    let register = Register::of(reader)?;
    let open = expense_request_amendment::open_of(reader, request.id)?;
    let budget = budget_line::held(reader, request.budget_document())?;
    let claims = claims_of(reader, &request)?;
    let evaluations = post_evaluation::of_request(reader, request.id)?;
    let usage = usage(&request)?;
    let book = request.content.exchange.book;
    let sum = |part: fn(&UsageView) -> Money| {
        Money::from_minor(usage.iter().map(part).map(Money::minor).sum(), book)
    };
    let (claimed, remaining) = (sum(|line| line.claimed), sum(|line| line.remaining));
    let actions = request.actions(reader.actor(), open.as_ref().map(|open| open.number.as_str()));
    let id = request.id;
    let petition = request.petition;
    let (status_at, reason) = petition.standing.told();
    Ok(ExpenseRequestView {
        id: id.uuid().into(),
        status: petition.state(),
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        content: shown_content(&register, request.content)?,
        revision: request.revision,
        usage,
        claimed,
        remaining,
        claims,
        budget,
        evaluations,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        open_amendment_id: open.map(|OpenAmendment { id, .. }| id.0.into()),
        actions: ActionView::listed(&format!("/api/v1/expense-requests/{id}"), actions),
        version: request.version,
        number: petition.number,
    })
}

/// What a content looks like.
pub(crate) fn shown_content(register: &Register, content: RequestContent) -> Result<ContentView, Failure> {
    let (amount, worth) = (content.total()?, content.worth()?);
    let RequestContent { department, business_date, exchange, details, urgent, major_campaign, .. } = content;
    let RequestContent { campaign, region, links, lines, attachments, .. } = content;
    let Exchange { currency, book: _, rate, rate_date } = exchange;
    Ok(ContentView {
        department: register.placed(department)?,
        business_date,
        currency,
        exchange_rate: rate_date.map(|date| RateView { rate, date }),
        details,
        urgent,
        major_campaign,
        campaign,
        region,
        links,
        lines: (1..)
            .zip(lines)
            .map(|(number, line)| shown_line(register, number, line))
            .collect::<Result<_, _>>()?,
        amount,
        worth,
        attachments: attachments.into_iter().map(|file| file.uuid().into()).collect(),
    })
}

fn shown_line(register: &Register, number: usize, line: RequestLine) -> Result<RequestLineView, Failure> {
    let RequestLine { category, item, quantity, amount, purpose, planned_on, cost_centre, quotes, tender } =
        line;
    Ok(RequestLineView {
        line: number,
        category,
        item,
        quantity,
        amount,
        purpose,
        planned_on,
        cost_centre: register.placed(cost_centre)?,
        quotes,
        tender,
    })
}

fn usage(request: &ExpenseRequest) -> Result<Vec<UsageView>, Failure> {
    let (claimed, remaining) = (request.claimed(), request.remaining()?);
    let money = |minor| Money::from_minor(minor, request.content.exchange.book);
    let line = |(line, asked): (i32, i64)| UsageView {
        line,
        asked: money(asked),
        claimed: money(claimed.get(&line).copied().unwrap_or(0)),
        remaining: money(remaining.get(&line).copied().unwrap_or(0)),
    };
    Ok(request.content.book_amounts()?.into_iter().map(line).collect())
}

fn claims_of(reader: &mut Reader<'_>, request: &ExpenseRequest) -> Result<Vec<DrawingClaimView>, Failure> {
    let mut drawn: BTreeMap<Key, i64> = BTreeMap::new();
    for draw in &request.draws {
        *drawn.entry(draw.claim.into()).or_default() += draw.amount.minor();
    }
    if drawn.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Key> = drawn.keys().copied().collect();
    let rows: Vec<(Key, String, String)> = db!(reader, |c| claims::table
        .filter(claims::id.eq_any(&keys))
        .order(claims::id)
        .select((claims::id, claims::number, claims::status))
        .load(c))?;
    let view = |(id, number, status): (Key, String, String)| {
        let status = ClaimState::from_code(&status);
        Ok(DrawingClaimView {
            claim_id: id.0.into(),
            number,
            status: status.ok_or_else(|| Failure::corrupt("expense_claims", "status", id.0))?,
            drawn: Money::from_minor(drawn.get(&id).copied().unwrap_or(0), request.content.exchange.book),
        })
    };
    rows.into_iter().map(view).collect()
}

impl Placed<crate::Finance> for RequestAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Amend => Place::Post("/amendments"),
            Self::Revoke => Place::Post("/revoke"),
            Self::Close => Place::Post("/close"),
        }
    }
}
