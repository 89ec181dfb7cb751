//! Grants of credit over HTTP. `[REC-1e]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Created, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
        Valid, Wanted, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    approval::Document,
    credit_grant::{CreditGrant, CreditGrantContent, CreditGrantKind, Granted, NOT_A_LIMIT, NOT_A_RELEASE},
    customer_file::{Customer, CustomerId},
    sales_order::SalesOrderId,
    spine::{Money, Refusal, perm},
};
use persistence::{
    approval::document,
    credit_grant::{
        self as grants, CreditGrantFilter, CreditGrantSummary, CreditGrantView, CustomerCreditView, deed,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "credit-grants",
        [
            list_credit_grants,
            create_credit_grant,
            show_credit_grant,
            revise_credit_grant,
            preview_credit_grant_approval,
            submit_credit_grant,
            withdraw_credit_grant,
            void_credit_grant,
            show_customer_credit,
        ]
    );
}

/// List grants of credit. `[REC-1e, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/credit-grants")]
async fn list_credit_grants(
    who: Can<perm::ReadCredit>,
    wanted: Wanted<CreditGrantFilter>,
    reading: Reading,
) -> List<CreditGrantSummary> {
    reading.list(who, wanted, grants::list).await
}

/// Show a grant of credit. `[REC-1e, ACT-1]`
#[utoipa::path(get, path = "/api/v1/credit-grants/{id}")]
async fn show_credit_grant(
    who: Can<perm::ReadCredit>,
    id: PathId<CreditGrant>,
    reading: Reading,
) -> Reply<CreditGrantView> {
    reading.read(who, move |reader| grants::view(reader, *id)).await
}

/// Credit that is asked for.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateCreditGrant {
    /// To whom.
    customer_id: CustomerId,
    /// What kind.
    kind: CreditGrantKind,
    /// What the customer may owe at most, for a limit; nothing: cash first.
    #[serde(default)]
    limit: Option<Money>,
    /// How many days after its approval an order is due, for a limit.
    #[serde(default)]
    #[validate(range(max = 3660))]
    #[schema(minimum = 0, maximum = 3660)]
    days: Option<u32>,
    /// The last day a limit holds; until another takes its place where absent.
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    /// The order that may go beyond, for a release.
    #[serde(default)]
    order_id: Option<SalesOrderId>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "长期合作，回款及时")]
    grounds: String,
}

impl Merged for CreateCreditGrant {
    const PATCH: &'static str = "ReviseCreditGrant";
    const FILLED: &'static [&'static str] = &[];
}

impl From<CreditGrantContent> for CreateCreditGrant {
    fn from(content: CreditGrantContent) -> Self {
        let CreditGrantContent { customer, granted, grounds } = content;
        let (kind, customer_id) = (granted.kind(), customer);
        let (limit, days, valid_to, order_id) = match granted {
            Granted::Limit { limit, days, valid_to } => (Some(limit), Some(days), valid_to, None),
            Granted::Release { order } => (None, None, None, Some(order)),
        };
        Self { customer_id, kind, limit, days, valid_to, order_id, grounds }
    }
}

impl TryFrom<CreateCreditGrant> for CreditGrantContent {
    type Error = Refusal;
    fn try_from(body: CreateCreditGrant) -> Result<Self, Refusal> {
        let CreateCreditGrant { customer_id, kind, limit, days, valid_to, order_id, grounds } = body;
        let granted = match (kind, limit, days, order_id) {
            (CreditGrantKind::Limit, Some(limit), Some(days), None) => {
                Granted::Limit { limit, days, valid_to }
            }
            (CreditGrantKind::Release, None, None, Some(order)) if valid_to.is_none() => {
                Granted::Release { order }
            }
            (CreditGrantKind::Limit, ..) => return Err(Refusal::new(NOT_A_LIMIT).at("/kind")),
            (CreditGrantKind::Release, ..) => return Err(Refusal::new(NOT_A_RELEASE).at("/kind")),
        };
        Ok(Self { customer: customer_id, granted, grounds })
    }
}

/// Ask for credit. `[REC-1e; 002 §7]`
///
/// A limit of what a customer may owe, or a release of one order that goes beyond it. Starts a draft; its number is taken now
/// and never used again.
#[utoipa::path(post, path = "/api/v1/credit-grants")]
async fn create_credit_grant(
    who: Can<perm::RequestCredit>,
    body: Valid<CreateCreditGrant>,
    work: UnitOfWork,
) -> Created<CreditGrantView> {
    work.write(who, move |tx| {
        let grant = deed::create(tx, body.0.clone().try_into()?)?;
        grants::show(tx, grant)
    })
    .await
}

/// Change a grant of credit. `[REC-1e]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/credit-grants/{id}")]
async fn revise_credit_grant(
    who: Can<perm::RequestCredit>,
    at: At<CreditGrant>,
    patch: Merge<CreateCreditGrant>,
    work: UnitOfWork,
) -> Reply<CreditGrantView> {
    work.moves(who, at, move |grant, tx| {
        grant.may_revise(tx.actor())?;
        let content: CreditGrantContent = patch.over(&grant.content.clone().into())?.try_into()?;
        deed::revise(tx, grant, content)
    })
    .await
}

/// Preview the approval of a grant of credit. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/credit-grants/{id}/approval-preview")]
async fn preview_credit_grant_approval(
    who: Can<perm::ReadCredit>,
    id: PathId<CreditGrant>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let grant = grants::find(reader, *id)?;
            grants::preview(reader, &grant).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a grant of credit for approval. `[REC-1e]`
#[utoipa::path(post, path = "/api/v1/credit-grants/{id}/submit")]
async fn submit_credit_grant(
    who: Can<perm::RequestCredit>,
    at: At<CreditGrant>,
    work: UnitOfWork,
) -> Reply<CreditGrantView> {
    work.moves(who, at, move |grant, tx| deed::submit(tx, grant)).await
}

/// Withdraw a grant of credit that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/credit-grants/{id}/withdraw")]
async fn withdraw_credit_grant(
    who: Can<perm::RequestCredit>,
    at: At<CreditGrant>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<CreditGrantView> {
    work.moves(who, at, move |grant, tx| document::withdraw(tx, &grant, body.note.clone())).await
}

/// Void a grant of credit. `[REC-1e]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/credit-grants/{id}/void")]
async fn void_credit_grant(
    who: Can<perm::RequestCredit>,
    at: At<CreditGrant>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<CreditGrantView> {
    work.moves(who, at, move |grant, tx| document::void(tx, grant, body.reason.clone())).await
}

/// Show how a customer stands with us. `[REC-1e]`
///
/// What they may owe, what they owe of orders from their submission on, and what they paid that nothing has yet.
#[utoipa::path(get, path = "/api/v1/customers/{id}/credit")]
async fn show_customer_credit(
    who: Can<perm::ReadCredit>,
    id: PathId<Customer>,
    reading: Reading,
) -> Reply<CustomerCreditView> {
    reading.read(who, move |reader| grants::of_customer(reader, *id)).await
}
