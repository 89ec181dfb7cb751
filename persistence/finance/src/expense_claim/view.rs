//! What one claim looks like: everything a front end needs to show it and to know what may be done with it.

/// The parts of a claim as they are shown.
pub mod part;

pub use part::*;

use super::{
    advance, deed,
    load::find_beside,
    name::Names,
    payee::{self, ClaimPayee},
};
use crate::{
    approval::{APPROVAL, document},
    finance::{
        budget_line::{self, HeldView},
        cash_advance::CASH_ADVANCE,
        expense_request::EXPENSE_REQUEST,
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef},
    separation_policy,
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, RefusalView, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{actions::ClaimAction, *},
        payment::{Direction, PaidState},
    },
    spine::{AnyId, Currency, Id, Money, Permission, Timestamp, UserId, Version},
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
    /// The third party that is paid in their place.
    pub payee: Option<ClaimPayee>,
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
    /// The approved expense request it draws on.
    pub request: Option<ClaimedRequestView>,
    /// The cash advances of its beneficiary that it settles.
    #[schema(max_items = 20)]
    pub advances: Vec<SettlementView>,
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
    /// What the beneficiary is owed, in the book currency; negative on a counter-document: what is to be got back.
    pub payable: Money,
    /// What was paid, in the book currency; negative where it was got back. What the bank returned does not count.
    pub paid: Money,
    /// Which way its money moves: a counter-document is never paid out.
    pub direction: Direction,
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

impl View for ExpenseClaimView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("reversal", &EXPENSE_CLAIM).by("reversal_id"),
        Refers::to("reverses", &EXPENSE_CLAIM).whose("claim_id"),
        Refers::to("request", &EXPENSE_REQUEST),
        Refers::to("advances", &CASH_ADVANCE).whose("advance_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/expense-claims/{}", self.id))
    }
}

/// One claim, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<ExpenseClaimView, Failure> {
    let (claim, beside) = find_beside(reader, id)?;
    let budget =
        if beside.holdings { budget_line::held(reader, claim.budget_document())? } else { Vec::new() };
    show_with(reader, claim, budget)
}

/// An expense claim where something refers to it.
pub static EXPENSE_CLAIM: Target =
    Target { permission: Permission::ReadExpenseClaims, look: |reader, id| in_json(view(reader, id.into())) };

/// How a claim at hand is shown.
pub fn show(reader: &mut Reader<'_>, claim: ExpenseClaim) -> Result<ExpenseClaimView, Failure> {
    let budget = match claim.state() {
        ClaimState::Draft => Vec::new(),
        _ => budget_line::held(reader, claim.budget_document())?,
    };
    show_with(reader, claim, budget)
}

fn show_with(
    reader: &mut Reader<'_>,
    claim: ExpenseClaim,
    budget: Vec<HeldView>,
) -> Result<ExpenseClaimView, Failure> {
    let decides = super::settle::decides(reader, &claim)?;
    let owner = document::owner(reader, &claim)?;
    let apart = deed::held_apart(reader, &claim);
    let actions = claim.actions(reader.actor(), decides, owner);
    let actions = separation_policy::kept_apart(actions, apart, ClaimAction::is_of_the_books)?;
    let actions = ActionView::listed(&format!("/api/v1/expense-claims/{}", claim.id), actions);
    let names = Names::of(reader)?;
    let request = ClaimedRequestView::of(reader, claim.content.request)?;
    let advances = advance::numbers(reader, &claim.content)?;
    let payee = payee::shown(reader, &claim)?;
    shown(claim, &names, Around { budget, request, advances, payee, actions })
}

/// What is around a claim.
struct Around {
    budget: Vec<HeldView>,
    request: Option<ClaimedRequestView>,
    advances: Vec<String>,
    payee: Option<ClaimPayee>,
    actions: Vec<ClaimActionView>,
}

fn shown(claim: ExpenseClaim, names: &Names, around: Around) -> Result<ExpenseClaimView, Failure> {
    let Around { budget, request, advances, payee, actions } = around;
    let advances = SettlementView::all(&claim.content, advances)?;
    let (approved, claimed, payable) =
        (claim.content.approved()?, claim.content.claimed()?, claim.payable()?);
    let (paid, paid_status, direction) = (claim.paid(), claim.paid_state(), claim.direction());
    let (status, (status_at, status_reason)) = (claim.state(), told(&claim));
    let (acknowledgement, voucher) = (claim.acknowledgement().cloned(), claim.voucher().cloned());
    let (petition, content) = (claim.petition, claim.content);
    let (source, external_id) = claim.external.map(|e| (e.source, e.external_id)).unzip();
    Ok(ExpenseClaimView {
        id: claim.id.uuid().into(),
        status,
        paid_status,
        status_at,
        status_reason,
        posting_refusal: claim.posting_refusal,
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: names.person(petition.submitter)?,
        beneficiary: names.person(content.beneficiary.employee)?,
        beneficiary_reason: content.beneficiary.reason,
        payee,
        department: names.department(content.department)?,
        business_date: content.business_date,
        campaign: content.campaign,
        region: content.region,
        request,
        advances,
        currency: content.exchange.currency,
        exchange_rate: rate_of_day(&content.exchange),
        details: content.details,
        lines: (1..).zip(content.lines).map(|(n, line)| names.line(n, line)).collect::<Result<_, _>>()?,
        claimed,
        approved,
        payable,
        paid,
        direction,
        attachments: content.attachments.into_iter().map(|attachment| attachment.uuid().into()).collect(),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        acknowledgement: acknowledgement.map(shown_acknowledgement),
        voucher,
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
        number: petition.number,
    })
}

/// When and why a claim came to its state; the words of an ERP that could not post it stand for themselves.
fn told(claim: &ExpenseClaim) -> (Option<Timestamp>, Option<String>) {
    match &claim.books {
        Some(Books::Reversed { at, .. }) => (Some(*at), None),
        Some(books) => (Some(books.acknowledgement().at), None),
        None => {
            let (at, reason) = claim.petition.standing.told();
            (at, reason.filter(|_| claim.posting_refusal.is_none()).map(str::to_owned))
        }
    }
}

impl Placed<crate::Finance> for ClaimAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Reduce => Place::Post("/reduce"),
            Self::Revoke => Place::Post("/revoke"),
            Self::Prepare => Place::Post("/prepare"),
            Self::Reverse => Place::Post("/reverse"),
            Self::Acknowledge => Place::PostTo("/api/v1/erp/expense-claims/acknowledge"),
            Self::ConfirmPosting => Place::PostTo("/api/v1/erp/expense-claims/confirm-posting"),
            Self::RefusePosting => Place::PostTo("/api/v1/erp/expense-claims/refuse-posting"),
            Self::ConfirmPayment => Place::PostTo("/api/v1/erp/expense-claims/confirm-payments"),
            Self::ReturnPayment => Place::PostTo("/api/v1/erp/expense-claims/return-payments"),
        }
    }
}
