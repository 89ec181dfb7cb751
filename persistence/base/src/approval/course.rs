//! The course of an approval as document contexts and the edge drive it.

use super::{
    record::{load, load_locked},
    step_view::PlanView,
    subject::{kind_of, routed_fields},
};
use crate::{
    organisation::Organisation,
    policy,
    schema::{approval_boxes, approval_tasks, approvals, document_readers},
    separation_policy,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::{dsl::exists, prelude::*, select};
use domain::{
    approval::{Approval, ChainPolicy, Circumstances, Outcome, Plan, Subject, plan},
    separation_policy::SeparationRule,
    spine::{Change, EmployeeId, Id, IdSource, Permission, Refusal, Timestamp, Version},
};
use std::sync::Arc;
use uuid::Uuid;

/// When the last step of an approval agreed; none where it did not.
pub fn approved_at(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<Option<Timestamp>, Failure> {
    let outcome: String = db!(reader, |c| approvals::table
        .filter(approvals::id.eq(Key::from(id)))
        .select(approvals::outcome)
        .first(c))?;
    match serde_json::from_str(&outcome)? {
        Outcome::Approved { at } => Ok(Some(at)),
        _ => Ok(None),
    }
}

/// What handing a document in would make of it today, and why it could not be handed in. The transition is the one that
/// submitting takes, and is not applied: what it shows is what would be there. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn dry_run(
    reader: &mut Reader<'_>,
    earlier: Option<Id<Approval>>,
    chain: &str,
    subject: Subject,
) -> Result<(PlanView, Option<Refusal>), Failure> {
    let (plan, organisation) = resolve(reader, chain, &subject)?;
    let earlier = earlier.map(|earlier| load(reader, earlier)).transpose()?;
    let by = reader.actor().employee.unwrap_or(subject.submitter);
    let (now, today) = (reader.now(), reader.today());
    let world = Circumstances { directory: organisation.as_ref(), ids: &NoIds, now, today };
    match handed_in(earlier, by, &NoIds, subject, plan.clone(), world) {
        Ok(change) => Ok((PlanView::of_round(change.after(), &organisation), None)),
        Err(refusal) => Ok((PlanView::of(&plan, &organisation, &refusal), Some(refusal))),
    }
}

/// Ids of what is never kept.
struct NoIds;

impl IdSource for NoIds {
    fn fresh(&self) -> Uuid {
        Uuid::nil()
    }
}

/// The one way into approval, for the run and the dry run: an approval is opened, or the earlier one taken up again.
fn handed_in(
    earlier: Option<Approval>,
    by: EmployeeId,
    ids: &dyn IdSource,
    subject: Subject,
    plan: Plan,
    world: Circumstances<'_>,
) -> Result<Change<Approval>, Refusal> {
    match earlier {
        Some(earlier) => earlier.resubmit(by, subject, plan, world),
        None => Approval::start(ids.id(), subject, plan, world),
    }
}

/// Resolves a chain by the version in force on the document's business date and the organisation of today.
fn resolve(
    reader: &mut Reader<'_>,
    chain: &str,
    subject: &Subject,
) -> Result<(Plan, Arc<Organisation>), Failure> {
    let version = policy::in_force::<ChainPolicy>(reader, chain, subject.business_date)?;
    let organisation = Organisation::today(reader)?;
    debug_assert!(
        routed_fields(reader, &version.code).is_none_or(|known| {
            let names: Vec<&str> = known.iter().map(|field| field.name).collect();
            names.len() == subject.fields.len() && names.iter().all(|name| subject.fields.contains_key(*name))
        }),
        "the fields of {} are others than the check of its chain knows",
        version.code
    );
    let mut resolved = plan(&version, subject, organisation.as_ref(), reader.today());
    resolved.one_step_each = separation_policy::holds(reader, SeparationRule::TwoSteps)?;
    Ok((resolved, organisation))
}

fn world<'a>(tx: &'a Tx<'_>, organisation: &'a Organisation) -> Circumstances<'a> {
    Circumstances { directory: organisation, ids: tx.ids(), now: tx.now(), today: tx.today() }
}

/// Hands a document to the chain of this name. `earlier` is the approval of a submission that was returned or
/// withdrawn, which is taken up again; without one an approval is opened. The document's context keeps the answer's
/// id with the document, in the same unit of work. `[APR-2, APR-6]`
pub fn hand_in(
    tx: &mut Tx<'_>,
    earlier: Option<Id<Approval>>,
    chain: &str,
    subject: Subject,
) -> Result<Approval, Failure> {
    policy::hold_ahead(tx, subject.business_date)?;
    kind_of(tx, &subject.kind)?;
    let earlier = earlier.map(|earlier| load_locked(tx, earlier)).transpose()?;
    let (plan, organisation) = resolve(tx, chain, &subject)?;
    let by = tx.actor().employee.unwrap_or(subject.submitter);
    let named = in_whose_name(tx, &subject);
    let change = handed_in(earlier, by, tx.ids(), subject, plan, world(tx, &organisation))?;
    tx.apply(change.in_the_name_of(named))
}

/// In whose name the actor hands in or withdraws a document. `[AUD-1]`
fn in_whose_name(tx: &Tx<'_>, subject: &Subject) -> Option<EmployeeId> {
    let [submitter, beneficiary, _] = subject.parties();
    tx.actor().in_whose_name(submitter, beneficiary)
}

/// Withdraws on behalf of the acting submitter a document that waits in this approval; settles the document in the
/// same transaction.
pub fn withdraw(tx: &mut Tx<'_>, id: Option<Id<Approval>>, note: Option<String>) -> Result<(), Failure> {
    let id = id.ok_or_else(|| Failure::fault("a document in approval without one"))?;
    let approval = load_locked(tx, id)?;
    // A service account that mirrors a document acts for its submitter, as it did when it submitted.
    let by = tx.actor().employee.unwrap_or(approval.subject.submitter);
    let named = in_whose_name(tx, &approval.subject);
    act(tx, approval, |approval, world| Ok(approval.withdraw(by, note, world)?.in_the_name_of(named)))?;
    Ok(())
}

/// Ends an approval that still waits, because what it is about has come to nothing elsewhere; settles the document in the
/// same transaction. Nothing where it is over.
pub fn fall_away(tx: &mut Tx<'_>, id: Id<Approval>) -> Result<(), Failure> {
    let approval = load_locked(tx, id)?;
    if approval.outcome == Outcome::Pending {
        act(tx, approval, |approval, world| Ok(approval.fall_away(world)?))?;
    }
    Ok(())
}

/// Tells that the document changed while in approval: decisions are taken on the new version from here on.
pub fn document_moved(
    tx: &mut Tx<'_>,
    id: Id<Approval>,
    version: Version,
) -> Result<Option<EmployeeId>, Failure> {
    let approval = load_locked(tx, id)?;
    let by = tx.actor().employee;
    let named = acting_for(tx, id)?;
    act(tx, approval, |approval, world| {
        Ok(approval.document_moved(by, version, world)?.in_the_name_of(named))
    })?;
    Ok(named)
}

/// Does something with an approval and, where it comes to an outcome by that, settles its document.
pub fn act(
    tx: &mut Tx<'_>,
    approval: Approval,
    deed: impl FnOnce(Approval, Circumstances<'_>) -> Result<Change<Approval>, Failure>,
) -> Result<Approval, Failure> {
    let organisation = Organisation::today(tx)?;
    let was_pending = approval.outcome == Outcome::Pending;
    let change = deed(approval, world(tx, &organisation))?;
    let approval = tx.apply(change)?;
    if was_pending && approval.outcome != Outcome::Pending {
        (kind_of(tx, &approval.subject.kind)?.settle)(tx, &approval)?;
    }
    Ok(approval)
}

/// One approval, if the actor takes part in it or oversees its department.
pub fn find(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<Approval, Failure> {
    let approval = load(reader, id)?;
    shown_to_actor(reader, approval)
}

/// The same for whoever acts on it: nobody else moves it until the unit of work ends.
pub fn take(tx: &mut Tx<'_>, id: Id<Approval>) -> Result<Approval, Failure> {
    let approval = load_locked(tx, id)?;
    shown_to_actor(tx, approval)
}

fn shown_to_actor(reader: &mut Reader<'_>, approval: Approval) -> Result<Approval, Failure> {
    let id = approval.id;
    if oversees(reader, &approval) || takes_part(reader, id)? { Ok(approval) } else { Err(Failure::NotFound) }
}

/// Whether the actor oversees an approval.
pub fn oversees(reader: &Reader<'_>, approval: &Approval) -> bool {
    let reach = reader.actor().reach(Permission::OverseeApprovals);
    let is_own = reader.actor().employee.is_some_and(|by| approval.subject.parties().contains(&by));
    reach.covers(approval.subject.department, is_own)
}

fn takes_part(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<bool, Failure> {
    let Some(employee) = reader.actor().employee else { return Ok(false) };
    let mine = approval_boxes::approval_id
        .eq(Key::from(id))
        .and(approval_boxes::employee_id.eq(Key::from(employee)));
    Ok(db!(reader, |c| select(exists(approval_boxes::table.filter(mine))).get_result(c))?)
}

/// Whether the actor holds an open task of an approval now: what lets an approver cut an amount.
pub fn holds_open_task(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<bool, Failure> {
    let Some(employee) = reader.actor().employee else { return Ok(false) };
    let mine = approval_boxes::approval_id
        .eq(Key::from(id))
        .and(approval_boxes::employee_id.eq(Key::from(employee)))
        .and(approval_boxes::box_.eq("waiting"));
    Ok(db!(reader, |c| select(exists(approval_boxes::table.filter(mine))).get_result(c))?)
}

/// On whose behalf the actor holds an open task of an approval: nobody's where it is their own. `[AUD-1]`
pub fn acting_for(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<Option<EmployeeId>, Failure> {
    let Some(employee) = reader.actor().employee else { return Ok(None) };
    let mine = approval_tasks::approval_id
        .eq(Key::from(id))
        .and(approval_tasks::assignee_id.eq(Key::from(employee)))
        .and(approval_tasks::state.eq("open"))
        .and(approval_tasks::on_behalf_of_id.is_not_null());
    let of: Option<Option<Key>> = db!(reader, |c| approval_tasks::table
        .filter(mine)
        .order(approval_tasks::id)
        .select(approval_tasks::on_behalf_of_id)
        .first(c)
        .optional())?;
    Ok(of.flatten().map(Into::into))
}

/// Whether the actor may read a document because they take part in its approval.
pub fn may_read_document(reader: &mut Reader<'_>, kind: &str, document: Uuid) -> Result<bool, Failure> {
    let Some(employee) = reader.actor().employee else { return Ok(false) };
    let mine = document_readers::document_kind
        .eq(kind)
        .and(document_readers::document.eq(Key(document)))
        .and(document_readers::employee_id.eq(Key::from(employee)));
    Ok(db!(reader, |c| select(exists(document_readers::table.filter(mine))).get_result(c))?)
}
