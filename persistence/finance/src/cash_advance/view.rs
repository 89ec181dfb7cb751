//! What one advance looks like.

use super::{deed, find};
use crate::{
    approval::APPROVAL,
    finance::{
        expense_claim::{
            Names,
            view::{ClaimedRequestView, JournalView},
        },
        expense_request::EXPENSE_REQUEST,
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef},
    schema::expense_claims as claims,
    separation_policy,
    spine::{ActionView, Failure, Key, Place, Placed, Reader, Refers, Target, View, db, in_json},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::cash_advance::{
        CashAdvance, Movement, MovementKind, Reversal, ReversalKind, SettlementState, actions::AdvanceAction,
        movement::Settled, reversal::CashEntry,
    },
    spine::{AnyId, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What the caller may do with an advance. An alias, because the derive would take a generic type apart.
type AdvanceActionView = ActionView<AdvanceAction>;

/// A cash advance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvance)]
pub struct CashAdvanceView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: StandingState,
    /// How far it is settled, from its approval on.
    pub settlement: Option<SettlementState>,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or revoked.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who gets the money and answers for it.
    pub submitter: PersonRef,
    /// The department that asks.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// How much.
    pub amount: Money,
    /// What for.
    #[schema(max_length = 500)]
    pub purpose: String,
    /// The day it is to be settled.
    pub settle_on: NaiveDate,
    /// The approved request it is for.
    pub request: Option<ClaimedRequestView>,
    /// Supporting papers.
    #[schema(max_items = 50)]
    pub attachments: Vec<AnyId>,
    /// How it was paid out.
    pub payout: Option<PayoutView>,
    /// What was paid out and is neither settled nor held by a claim.
    pub outstanding: Money,
    /// What settled it, in order.
    #[schema(max_items = 1000)]
    pub movements: Vec<MovementView>,
    /// What was recorded by mistake, each with its counter-entry, in order; it counts no more.
    #[schema(max_items = 1000)]
    pub reversals: Vec<ReversalView>,
    /// The entries of its pay-outs, repayments and their reversals, by day; what claims settle stands in the entries of the claims.
    #[schema(max_items = 1000)]
    pub journal: Vec<JournalView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<AdvanceActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CashAdvanceView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("request", &EXPENSE_REQUEST),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/cash-advances/{}", self.id))
    }
}

/// How an advance was paid out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvancePayout)]
pub struct PayoutView {
    /// The payment's reference.
    #[schema(max_length = 60)]
    pub reference: String,
    /// The day the money moved.
    pub paid_on: NaiveDate,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
    /// By which account.
    pub confirmed_by: UserId,
}

/// What settled part of an advance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceMovement)]
pub struct MovementView {
    /// Whether a claim settled it or cash came back.
    pub kind: MovementKind,
    /// How much.
    pub amount: Money,
    /// The day it belongs to.
    pub moved_on: NaiveDate,
    /// Whether it is final: a claim in approval only holds it.
    pub is_final: bool,
    /// The claim that settles.
    pub claim_id: Option<AnyId>,
    /// The number of the claim, or the reference of the repayment.
    #[schema(max_length = 60)]
    pub reference: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By which account.
    pub recorded_by: UserId,
}

/// A pay-out or repayment that was recorded by mistake, with what undoes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceReversal)]
pub struct ReversalView {
    /// What was undone.
    pub kind: ReversalKind,
    /// How much.
    pub amount: Money,
    /// The reference of what was undone; it is not used again.
    #[schema(max_length = 60)]
    pub reverses: String,
    /// The day of what was undone.
    pub reverses_on: NaiveDate,
    /// The counter-entry's own reference.
    #[schema(max_length = 60)]
    pub reference: String,
    /// The day it belongs to.
    pub reversed_on: NaiveDate,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By which account.
    pub recorded_by: UserId,
}

/// One advance, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<CashAdvance>) -> Result<CashAdvanceView, Failure> {
    let advance = find(reader, id)?;
    show(reader, advance)
}

/// A cash advance where something refers to it.
pub static CASH_ADVANCE: Target =
    Target { permission: Permission::ReadCashAdvances, look: |reader, id| in_json(view(reader, id.into())) };

/// How an advance at hand is shown.
pub fn show(reader: &mut Reader<'_>, advance: CashAdvance) -> Result<CashAdvanceView, Failure> {
    let names = Names::of(reader)?;
    let numbers = claim_numbers(reader, &[&advance])?;
    let request = ClaimedRequestView::of(reader, advance.content.request)?;
    let payout = deed::payout_refusal(reader, &advance)?.map_or(Ok(()), Err);
    let apart = deed::held_apart(reader, &advance);
    let is_of_the_books = |action: AdvanceAction| action.permission() == Permission::AccountCashAdvances;
    let actions = advance.actions(reader.actor(), payout);
    let actions = separation_policy::kept_apart(actions, apart, is_of_the_books)?;
    let (settlement, outstanding) = (advance.settlement(reader.today()), advance.outstanding());
    let journal =
        advance.entries().into_iter().map(|entry| names.journal(entry)).collect::<Result<_, Failure>>()?;
    let CashAdvance { id, petition, content, payout, movements, reversals, version } = advance;
    let (status_at, reason) = petition.standing.told();
    Ok(CashAdvanceView {
        id: id.uuid().into(),
        status: petition.state(),
        settlement,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: names.person(petition.submitter)?,
        department: names.department(content.department)?,
        business_date: content.business_date,
        amount: content.amount,
        purpose: content.purpose,
        settle_on: content.settle_on,
        request,
        attachments: content.attachments.into_iter().map(|file| file.uuid().into()).collect(),
        payout: payout.map(|payout| PayoutView {
            reference: payout.reference,
            paid_on: payout.paid_on,
            confirmed_at: payout.confirmed_at,
            confirmed_by: payout.confirmed_by,
        }),
        outstanding,
        movements: movements.into_iter().map(|movement| shown(movement, &numbers)).collect(),
        reversals: reversals.into_iter().map(undone).collect(),
        journal,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/cash-advances/{id}"), actions),
        version,
        number: petition.number,
    })
}

/// The numbers of the claims that settle some advances.
pub(super) fn claim_numbers(
    reader: &mut Reader<'_>,
    advances: &[&CashAdvance],
) -> Result<HashMap<Key, String>, Failure> {
    let all = advances.iter().flat_map(|advance| &advance.movements).filter_map(Movement::claim);
    let keys: Vec<Key> = all.map(Key::from).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Key, String)> = db!(reader, |c| claims::table
        .filter(claims::id.eq_any(&keys))
        .select((claims::id, claims::number))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

pub(super) fn shown(movement: Movement, numbers: &HashMap<Key, String>) -> MovementView {
    let Movement { settled, amount, on, at, by } = movement;
    let (kind, claim, is_final, reference) = match settled {
        Settled::ByClaim { claim, approved } => {
            let number = numbers.get(&claim.into()).cloned().unwrap_or_default();
            (MovementKind::Claim, Some(claim), approved, number)
        }
        Settled::InCash { reference } => (MovementKind::Repayment, None, true, reference),
    };
    MovementView {
        kind,
        amount,
        moved_on: on,
        is_final,
        claim_id: claim.map(|claim| claim.uuid().into()),
        reference,
        recorded_at: at,
        recorded_by: by,
    }
}

fn undone(reversal: Reversal) -> ReversalView {
    let Reversal { kind, original, reference, on, reason, at, by, advance_account: _, bank_account: _ } =
        reversal;
    let CashEntry { reference: reverses, amount, on: reverses_on, at: _, by: _ } = original;
    ReversalView {
        kind,
        amount,
        reverses,
        reverses_on,
        reference,
        reversed_on: on,
        reason,
        recorded_at: at,
        recorded_by: by,
    }
}

impl Placed<crate::Finance> for AdvanceAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Revoke => Place::Post("/revoke"),
            Self::Repay => Place::Post("/repay"),
            Self::ConfirmPayout => Place::Post("/confirm-payout"),
            Self::ReversePayout => Place::Post("/reverse-payout"),
            Self::ReverseRepayment => Place::Post("/reverse-repayment"),
        }
    }
}
