//! Documents that are handed to approvers, whatever context they are of: what each says of itself by [`Handed`], and the
//! ways through approval that are the same for all. `[APR-2, APR-6, APR-8]`

use super::{PlanView, SubjectKind, Summaries, course};
use crate::{
    organisation::Register,
    spine::{Failure, Instant, Key, Reader, Resource, Tx},
};
use domain::{
    approval::{Approval, Document, Outcome, Owner, Petition, Standing, StandingState, Subject, seen_of},
    spine::{BusinessDate, Change, Id, Money, Refusal},
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A document that a wing hands to approvers. `Wing` is the wing that keeps it, as of [`Resource`].
pub trait Handed<Wing>: Document + Resource<Wing> {
    /// The chain that it meets.
    fn chain(&self) -> &'static str;
    /// One of them whoever asks: for the engine, never for an answer.
    ///
    /// # Errors
    /// Where there is none.
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure>;
    /// What an approver must see of these documents, in one query. A document that is missing has none.
    ///
    /// # Errors
    /// Where the database fails.
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure>;

    /// What the outcome of its approval makes of it; and what has to be done before that is written.
    ///
    /// # Errors
    /// A refusal undoes the decision.
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        Ok(self.settle(approval.id, &approval.outcome, tx.now())?)
    }
    /// What follows from the outcome in the same transaction. Most have nothing.
    ///
    /// # Errors
    /// A refusal undoes the decision.
    fn follow(self, _tx: &mut Tx<'_>, _outcome: &Outcome) -> Result<(), Failure> {
        Ok(())
    }
}

/// What a chain routes a document by: the part of a [`Subject`] that differs from one kind to the next.
#[derive(Clone, Debug)]
pub struct Routed {
    /// What it is worth in the book currency, where it has an amount.
    pub amount: Option<Money>,
    /// The day whose chain it meets.
    pub business_date: BusinessDate,
    /// The fields that conditions may look at, beside the amount.
    pub fields: Map<String, Value>,
}

/// A document as its approval knows it, submitted as its next version.
fn subject<D: Document>(document: &D, routed: Routed) -> Subject {
    let Petition { number, submitter, creator_employee, .. } = document.petition();
    let Routed { amount, business_date, fields } = routed;
    Subject {
        kind: D::KIND.to_owned(),
        document: document.uuid(),
        number: number.clone(),
        submitter: *submitter,
        creator: creator_employee.unwrap_or(*submitter),
        beneficiary: document.beneficiary(),
        department: document.department(),
        amount,
        business_date,
        fields,
        version: document.version() + 1,
        seen: seen_of(&document.said()),
    }
}

/// Opens the approval of a document, or takes up the one that was returned or withdrawn: for those whose submission is
/// more than [`submit`] does.
///
/// # Errors
/// Where nobody can decide a step, or none would.
pub fn hand_in<D: Handed<Wing>, Wing>(
    tx: &mut Tx<'_>,
    document: &D,
    routed: Routed,
) -> Result<Approval, Failure> {
    course::hand_in(tx, document.goes_on(), document.chain(), subject(document, routed))
}

/// Hands a document to its approvers, once the caller has checked what policies demand of it.
///
/// # Errors
/// Where it is not the actor's to submit, or nobody can decide a step.
pub fn submit<D: Handed<Wing>, Wing>(tx: &mut Tx<'_>, document: D, routed: Routed) -> Result<D, Failure> {
    let approval = hand_in(tx, &document, routed)?;
    let change = document.submit(approval.id, tx.actor(), tx.now())?;
    D::apply(tx, change)
}

/// Takes a document back while it waits for its approvers; the engine settles it in the same transaction.
///
/// # Errors
/// Where it is not the actor's to take back, or does not wait.
pub fn withdraw<D: Handed<Wing>, Wing>(
    tx: &mut Tx<'_>,
    document: &D,
    note: Option<String>,
) -> Result<D, Failure> {
    document.may_withdraw(tx.actor())?;
    course::withdraw(tx, document.petition().approval, note)?;
    D::unscoped(tx, Id::from_uuid(document.uuid()))
}

/// Gives a document up; where its submitter has left, whoever stands in for leavers does.
///
/// # Errors
/// Where it is not the actor's to give up, or not now.
pub fn void<D: Handed<Wing>, Wing>(tx: &mut Tx<'_>, document: D, reason: String) -> Result<D, Failure> {
    let owner = owner(tx, &document)?;
    let change = document.void(reason, owner, tx.actor(), tx.now())?;
    D::apply(tx, change)
}

/// Whether who answers for a document still works here, as the organisation knows it now.
///
/// # Errors
/// Where the database fails.
pub fn owner<D: Document>(reader: &mut Reader<'_>, document: &D) -> Result<Owner, Failure> {
    if D::COURSE.ends_for_leavers.is_none() {
        return Ok(Owner::Here);
    }
    let left = Register::of(reader)?.has_left(document.petition().submitter);
    Ok(if left { Owner::Left } else { Owner::Here })
}

/// What submitting a document would meet.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Which steps and people, and why.
    pub plan: PlanView,
    /// Why it could not be submitted as it is, by whoever would refuse it.
    pub refused: Vec<Refusal>,
}

/// Which steps and people a document would meet, and why, beside what is known to stand against it. `[APR-8]`
///
/// # Errors
/// Where its chain is missing.
pub fn preview<D: Handed<Wing>, Wing>(
    reader: &mut Reader<'_>,
    document: &D,
    routed: Routed,
    refused: impl IntoIterator<Item = Refusal>,
) -> Result<Preview, Failure> {
    let mut refused: Vec<Refusal> = refused.into_iter().collect();
    let (plan, by_chain) =
        course::dry_run(reader, document.goes_on(), document.chain(), subject(document, routed))?;
    let by_state = document.may_submit(reader.actor()).err();
    for refusal in by_state.into_iter().chain(by_chain) {
        if refused.iter().all(|known| known.code != refusal.code) {
            refused.push(refusal);
        }
    }
    Ok(Preview { plan, refused })
}

/// What something is refused with, apart from what fails.
///
/// # Errors
/// What is no refusal.
pub fn foreseen<T>(tried: Result<T, Failure>) -> Result<Result<T, Refusal>, Failure> {
    match tried {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::Refused(refusal)) => Ok(Err(*refusal)),
        Err(failure) => Err(failure),
    }
}

impl SubjectKind {
    /// How documents of a kind plug into approvals, where settling them moves nothing that others move as well.
    pub const fn of<D: Handed<Wing>, Wing>() -> Self {
        Self { kind: D::KIND, settle: settle::<D, Wing>, summaries: D::summaries, foresee: None, moves: None }
    }
}

fn settle<D: Handed<Wing>, Wing>(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    if approval.outcome == Outcome::Pending {
        return Ok(());
    }
    let document = D::unscoped(tx, Id::from_uuid(approval.subject.document))?;
    let change = document.decided(tx, approval)?;
    D::apply(tx, change)?.follow(tx, &approval.outcome)
}

/// The columns of a standing.
#[derive(Clone, Debug)]
pub struct StandingColumns {
    /// The code of the state.
    pub status: String,
    /// Since when.
    pub at: Option<Instant>,
    /// Why, where somebody had to say it.
    pub reason: Option<String>,
}

impl StandingColumns {
    /// As a standing is kept.
    pub fn of(standing: &Standing) -> Self {
        let (at, reason) = standing.told();
        Self {
            status: standing.state().code().to_owned(),
            at: at.map(Into::into),
            reason: reason.map(str::to_owned),
        }
    }

    /// The standing; a column that a state needs and does not find is a fault of ours.
    ///
    /// # Errors
    /// Where it is not one that was kept.
    pub fn standing(self, table: &str, id: Key) -> Result<Standing, Failure> {
        let Self { status, at, reason } = self;
        StandingState::from_code(&status)
            .and_then(|state| Standing::of(state, at.map(Into::into), reason))
            .ok_or_else(|| Failure::corrupt(table, "status", id.0))
    }
}
