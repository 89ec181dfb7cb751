//! What one claim looks like: everything a front end needs to show it and to know what may be done with it.

use super::{find, name::Names};
use crate::finance::budget_line::{self, HeldView};
use crate::{
    organisation::{NamedRef, PersonRef},
    spine::{ActionView, Failure, Reader, RefusalView},
};
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{actions::ClaimAction, *},
        invoice::Invoice,
        journal::{Role, Side},
        payment::PaidState,
    },
    spine::{AnyId, Currency, ExchangeRate, Id, Money, Refusal, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the caller may do with a claim. An alias, because the derive would take a generic type apart.
type ClaimActionView = ActionView<ClaimAction>;

/// An expense claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseClaim)]
pub struct ExpenseClaimView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// Where it stands.
    pub status: ClaimState,
    /// How far it is paid, once it is posted.
    pub paid_status: Option<PaidState>,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or revoked.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// Why the ledger refused it, while it is returned for that.
    pub posting_refusal: Option<PostingRefusal>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Who receives the money.
    pub beneficiary: PersonRef,
    /// Why that is somebody else.
    #[schema(max_length = 500)]
    pub beneficiary_reason: Option<String>,
    /// Whose expense it is.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// The campaign it belongs to, by its code.
    #[schema(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// The region it belongs to, by its code.
    #[schema(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The rate to the book currency, and its day; null for the book currency itself.
    pub exchange_rate: Option<RateView>,
    /// Background, purpose, participants, expected effect, and what its categories demand.
    pub details: Details,
    /// What was spent.
    #[schema(max_items = 200)]
    pub lines: Vec<LineView>,
    /// What is asked for.
    pub claimed: Money,
    /// What is approved: what is asked for, less what was cut.
    pub approved: Money,
    /// What the beneficiary is owed, in the book currency.
    pub payable: Money,
    /// What was paid, in the book currency.
    pub paid: Money,
    /// Evidence.
    #[schema(max_items = 50)]
    pub attachments: Vec<AnyId>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// How finance took it.
    pub acknowledgement: Option<AcknowledgementView>,
    /// Where it stands in the ledger.
    pub voucher: Option<Voucher>,
    /// Its journal entry, from approval on.
    pub journal: Option<JournalView>,
    /// Why an approved claim is not ready for the books: no journal entry could be made.
    pub not_ready: Option<RefusalView>,
    /// What was paid when.
    #[schema(max_items = 1000)]
    pub payments: Vec<PaymentView>,
    /// On a reversing document: what it undoes.
    pub reverses: Option<ReversesView>,
    /// The reversing document of this claim, under way or in effect.
    pub reversal_id: Option<AnyId>,
    /// The system it is mirrored from.
    #[schema(max_length = 40)]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// Small notes of other systems.
    pub metadata: BTreeMap<String, String>,
    /// What it holds of budget lines, from its submission on.
    #[schema(max_items = 200)]
    pub budget: Vec<HeldView>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<ClaimActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// An exchange rate and its day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RateOfDay)]
pub struct RateView {
    /// How many units of the book currency one unit is worth.
    pub rate: ExchangeRate,
    /// The day of the rate.
    pub date: NaiveDate,
}

/// A line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseClaimLine)]
pub struct LineView {
    /// Its place, counted from 1.
    #[schema(minimum = 1, maximum = 200)]
    pub line: usize,
    /// The expense category's code.
    #[schema(max_length = 60, example = "entertainment.travel")]
    pub category: String,
    /// What it was.
    #[schema(max_length = 500)]
    pub description: String,
    /// The day it was spent.
    pub occurred_on: NaiveDate,
    /// What is asked for.
    pub claimed: Money,
    /// What is approved.
    pub approved: Money,
    /// Why it is less than asked for.
    #[schema(max_length = 500)]
    pub reduction_reason: Option<String>,
    /// The account that cut it.
    pub reduced_by: Option<UserId>,
    /// The department that bears the cost.
    pub cost_centre: NamedRef,
    /// What proves it.
    #[schema(max_items = 50)]
    pub invoices: Vec<Invoice>,
}

/// How finance took a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Acknowledgement)]
pub struct AcknowledgementView {
    /// Under what it was taken.
    #[schema(max_length = 60)]
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// By which account.
    pub by: UserId,
}

/// A journal entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JournalEntry)]
pub struct JournalView {
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// The currency of the books.
    pub currency: Currency,
    /// Its postings; debit equals credit.
    #[schema(max_items = 500)]
    pub postings: Vec<PostingView>,
}

/// One posting of an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JournalPosting)]
pub struct PostingView {
    /// Which side.
    pub side: Side,
    /// What it stands for.
    pub role: Role,
    /// The general ledger account.
    #[schema(max_length = 40, example = "6601.09")]
    pub account: String,
    /// The claim line it comes from.
    #[schema(minimum = 1)]
    pub line: Option<usize>,
    /// The department that bears it.
    pub cost_centre: Option<NamedRef>,
    /// How much.
    pub amount: Money,
    /// How much of it rounding left over from other lines.
    pub remainder: Money,
}

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpensePayment)]
pub struct PaymentView {
    /// Its reference.
    #[schema(max_length = 60)]
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The day the money moved.
    pub paid_on: NaiveDate,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
    /// By which account.
    pub confirmed_by: UserId,
}

/// What a reversing document undoes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reverses)]
pub struct ReversesView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60)]
    pub number: String,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
}

/// One claim, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<ExpenseClaimView, Failure> {
    let claim = find(reader, id)?;
    show(reader, claim)
}

/// How a claim at hand is shown.
pub fn show(reader: &mut Reader<'_>, claim: ExpenseClaim) -> Result<ExpenseClaimView, Failure> {
    let decides = super::settle::decides(reader, &claim)?;
    let action = |(action, allowed)| shown_action(claim.id, action, allowed);
    let actions = claim.actions(reader.actor(), decides).into_iter().map(action).collect();
    let names = Names::of(reader)?;
    let budget = match claim.status {
        ClaimStatus::Draft => Vec::new(),
        _ => budget_line::held(reader, claim.budget_document())?,
    };
    shown(claim, &names, budget, actions)
}

fn shown(
    claim: ExpenseClaim,
    names: &Names,
    budget: Vec<HeldView>,
    actions: Vec<ClaimActionView>,
) -> Result<ExpenseClaimView, Failure> {
    let (approved, claimed, payable) =
        (claim.content.approved()?, claim.content.claimed()?, claim.payable()?);
    let (paid, paid_status) = (claim.paid(), claim.paid_state());
    let (status_at, status_reason, posting_refusal) = told(&claim.status);
    let content = claim.content;
    let (source, external_id) = claim.external.map(|e| (e.source, e.external_id)).unzip();
    Ok(ExpenseClaimView {
        id: claim.id.uuid().into(),
        status: claim.status.state(),
        paid_status,
        status_at,
        status_reason,
        posting_refusal,
        created_by: claim.creator,
        created_at: claim.created_at,
        submitter: names.person(claim.submitter)?,
        beneficiary: names.person(content.beneficiary.employee)?,
        beneficiary_reason: content.beneficiary.reason,
        department: names.department(content.department)?,
        business_date: content.business_date,
        campaign: content.campaign,
        region: content.region,
        currency: content.exchange.currency,
        exchange_rate: rate_of_day(&content.exchange),
        details: content.details,
        lines: (1..).zip(content.lines).map(|(n, line)| names.line(n, line)).collect::<Result<_, _>>()?,
        claimed,
        approved,
        payable,
        paid,
        attachments: content.attachments.into_iter().map(|attachment| attachment.uuid().into()).collect(),
        approval_id: claim.approval.map(|approval| approval.uuid().into()),
        acknowledgement: claim.status.acknowledgement().cloned().map(shown_acknowledgement),
        voucher: claim.status.voucher().cloned(),
        not_ready: claim.not_ready.and_then(|reason| reason.refusal()).as_ref().map(RefusalView::of),
        journal: claim.entry.map(|entry| names.journal(entry)).transpose()?,
        payments: claim.payments.into_iter().map(shown_payment).collect(),
        reverses: claim.reverses.map(shown_reversal),
        reversal_id: claim.reversal.map(|reversal| reversal.uuid().into()),
        source,
        external_id,
        metadata: content.metadata,
        budget,
        actions,
        version: claim.version,
        number: claim.number,
    })
}

fn rate_of_day(exchange: &Exchange) -> Option<RateView> {
    exchange.rate_date.map(|date| RateView { rate: exchange.rate, date })
}

/// When, why, and with which words of the ERP a claim came to its state.
fn told(status: &ClaimStatus) -> (Option<Timestamp>, Option<String>, Option<PostingRefusal>) {
    match status.clone() {
        ClaimStatus::Draft => (None, None, None),
        ClaimStatus::InApproval { since: at }
        | ClaimStatus::Withdrawn { at }
        | ClaimStatus::Approved { at }
        | ClaimStatus::Reversed { at, .. } => (Some(at), None, None),
        ClaimStatus::Acknowledged { acknowledgement } | ClaimStatus::Posted { acknowledgement, .. } => {
            (Some(acknowledgement.at), None, None)
        }
        ClaimStatus::Returned { at, because: Return::Erp(refusal) } => (Some(at), None, Some(refusal)),
        ClaimStatus::Returned { at, because: Return::Approver { reason } }
        | ClaimStatus::Rejected { at, reason }
        | ClaimStatus::Void { at, reason }
        | ClaimStatus::Revoked { at, reason } => (Some(at), Some(reason), None),
    }
}

fn shown_acknowledgement(Acknowledgement { reference, at, by }: Acknowledgement) -> AcknowledgementView {
    AcknowledgementView { reference, at, by }
}

fn shown_reversal(ReversalOf { claim, number, reason, repayable: _ }: ReversalOf) -> ReversesView {
    ReversesView { claim_id: claim.uuid().into(), number, reason }
}

fn shown_payment(payment: domain::finance::payment::Payment) -> PaymentView {
    let domain::finance::payment::Payment { notice, confirmed_at, confirmed_by } = payment;
    PaymentView {
        reference: notice.reference,
        amount: notice.amount,
        paid_on: notice.paid_on,
        confirmed_at,
        confirmed_by,
    }
}

fn shown_action(id: Id<ExpenseClaim>, action: ClaimAction, allowed: Result<(), Refusal>) -> ClaimActionView {
    let (method, tail) = match action {
        ClaimAction::Revise => ("PATCH", ""),
        ClaimAction::Submit => ("POST", "/submit"),
        ClaimAction::Withdraw => ("POST", "/withdraw"),
        ClaimAction::Void => ("POST", "/void"),
        ClaimAction::Reduce => ("POST", "/reduce"),
        ClaimAction::Revoke => ("POST", "/revoke"),
        ClaimAction::Reverse => ("POST", "/reverse"),
        ClaimAction::Acknowledge => ("POST", "acknowledge"),
        ClaimAction::ConfirmPosting => ("POST", "confirm-posting"),
        ClaimAction::RefusePosting => ("POST", "refuse-posting"),
        ClaimAction::ConfirmPayment => ("POST", "confirm-payments"),
    };
    let of_claim = tail.is_empty() || tail.starts_with('/');
    let href = if of_claim {
        format!("/api/v1/expense-claims/{id}{tail}")
    } else {
        format!("/api/v1/erp/expense-claims/{tail}")
    };
    ActionView::by(method, action, href, allowed.err().as_ref())
}
