//! Rows of interactions.

use crate::{
    customer_file::scope::seen,
    file,
    organisation::Organisation,
    schema::{customer_standings as standings, interactions},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    file::File,
    interaction::{
        Interaction, InteractionId, InteractionKind, InteractionPlan, InteractionReport, InteractionState,
        InteractionStatus, VisitMethod,
    },
    spine::{BusinessDate, Entity, Id, Permission, Version},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = interactions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    customer_id: Key,
    employee_id: Key,
    department_id: Key,
    kind: String,
    method: Option<String>,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    voided_by_id: Option<Key>,
    pub planned_for: Option<Instant>,
    plan: Option<String>,
    planned_at: Option<Instant>,
    pub held_at: Option<Instant>,
    held_on: Option<BusinessDate>,
    minutes: Option<i32>,
    contact: Option<i32>,
    participants: Option<String>,
    content: Option<String>,
    needs: Option<String>,
    next_step: Option<String>,
    next_on: Option<BusinessDate>,
    reported_at: Option<Instant>,
    shortfalls: Option<String>,
    is_qualified: bool,
    pub changed_at: Instant,
    version: Version,
}

/// What of a plan is kept as one text: nobody looks for it.
#[derive(Serialize, Deserialize)]
struct Planned {
    purpose: String,
    content: String,
    focus: Option<String>,
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Row {
    fn of(interaction: &Interaction, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Interaction { id, customer, employee, department, kind, method, plan, report, status, version } =
            interaction;
        let (status_at, status_reason, voided_by) = match status {
            InteractionStatus::Planned | InteractionStatus::Reported => (None, None, None),
            InteractionStatus::Cancelled { at, reason } => (Some(*at), Some(reason.clone()), None),
            InteractionStatus::Voided { at, reason, by } => (Some(*at), Some(reason.clone()), Some(*by)),
        };
        let planned = plan.clone().map(|plan| {
            let InteractionPlan { planned_for: _, purpose, content, focus, planned_at: _ } = plan;
            serde_json::to_string(&Planned { purpose, content, focus })
        });
        let row = Self {
            id: (*id).into(),
            customer_id: (*customer).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            kind: kind.code().to_owned(),
            method: method.map(|method| method.code().to_owned()),
            status: status.state().code().to_owned(),
            status_at: status_at.map(Into::into),
            status_reason,
            voided_by_id: voided_by.map(Into::into),
            planned_for: plan.as_ref().map(|plan| plan.planned_for.into()),
            plan: planned.transpose()?,
            planned_at: plan.as_ref().map(|plan| plan.planned_at.into()),
            held_at: None,
            held_on: None,
            minutes: None,
            contact: None,
            participants: None,
            content: None,
            needs: None,
            next_step: None,
            next_on: None,
            reported_at: None,
            shortfalls: None,
            is_qualified: interaction.is_qualified(),
            changed_at: tx.now().into(),
            version: *version,
        };
        match report {
            Some(report) => row.reported(report, tx),
            None => Ok(row),
        }
    }

    fn reported(self, report: &InteractionReport, tx: &Tx<'_>) -> Result<Self, Failure> {
        // Which files prove it, the files themselves say.
        let InteractionReport { held_at, minutes, contact, participants, content, needs, .. } = report;
        let InteractionReport { next_step, next_on, evidence: _, reported_at, shortfalls, .. } = report;
        Ok(Self {
            held_at: Some((*held_at).into()),
            held_on: Some(held_at.date_in(tx.zone())),
            minutes: Some(small(*minutes)),
            contact: contact.map(small),
            participants: participants.clone(),
            content: Some(content.clone()),
            needs: needs.clone(),
            next_step: next_step.clone(),
            next_on: *next_on,
            reported_at: Some((*reported_at).into()),
            shortfalls: Some(serde_json::to_string(shortfalls)?),
            ..self
        })
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("interactions", column, self.id.0)
    }

    fn status(&self) -> Result<InteractionStatus, Failure> {
        let state = InteractionState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))?;
        let at = || self.status_at.map(Into::into).ok_or_else(|| self.corrupt("status_at"));
        let reason = || self.status_reason.clone().ok_or_else(|| self.corrupt("status_reason"));
        Ok(match state {
            InteractionState::Planned => InteractionStatus::Planned,
            InteractionState::Reported => InteractionStatus::Reported,
            InteractionState::Cancelled => InteractionStatus::Cancelled { at: at()?, reason: reason()? },
            InteractionState::Voided => {
                let by = self.voided_by_id.ok_or_else(|| self.corrupt("voided_by_id"))?.into();
                InteractionStatus::Voided { at: at()?, reason: reason()?, by }
            }
        })
    }

    fn plan(&self) -> Result<Option<InteractionPlan>, Failure> {
        let Some((planned_for, planned_at)) = self.planned_for.zip(self.planned_at) else { return Ok(None) };
        let text = self.plan.as_deref().ok_or_else(|| self.corrupt("plan"))?;
        let Planned { purpose, content, focus } = serde_json::from_str(text)?;
        let (planned_for, planned_at) = (planned_for.into(), planned_at.into());
        Ok(Some(InteractionPlan { planned_for, purpose, content, focus, planned_at }))
    }

    fn report(&self, evidence: Vec<Id<File>>) -> Result<Option<InteractionReport>, Failure> {
        let Some((held_at, reported_at)) = self.held_at.zip(self.reported_at) else { return Ok(None) };
        let number = |of: Option<i32>| of.and_then(|number| u32::try_from(number).ok());
        let missing = |column| move || self.corrupt(column);
        let shortfalls = self.shortfalls.as_deref().ok_or_else(missing("shortfalls"))?;
        Ok(Some(InteractionReport {
            held_at: held_at.into(),
            minutes: number(self.minutes).ok_or_else(missing("minutes"))?,
            contact: number(self.contact),
            participants: self.participants.clone(),
            content: self.content.clone().ok_or_else(missing("content"))?,
            needs: self.needs.clone(),
            next_step: self.next_step.clone(),
            next_on: self.next_on,
            evidence,
            reported_at: reported_at.into(),
            shortfalls: serde_json::from_str(shortfalls)?,
        }))
    }

    /// With the files that prove it, where those are wanted.
    pub(super) fn interaction(self, evidence: Vec<Id<File>>) -> Result<Interaction, Failure> {
        let method = self
            .method
            .as_deref()
            .map(|code| VisitMethod::from_code(code).ok_or_else(|| self.corrupt("method")));
        Ok(Interaction {
            id: self.id.into(),
            customer: self.customer_id.into(),
            employee: self.employee_id.into(),
            department: self.department_id.into(),
            kind: InteractionKind::from_code(&self.kind).ok_or_else(|| self.corrupt("kind"))?,
            method: method.transpose()?,
            plan: self.plan()?,
            report: self.report(evidence)?,
            status: self.status()?,
            version: self.version,
        })
    }
}

impl Stored<crate::Customer> for Interaction {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, interactions, &row, before)?)
    }
}

/// What the caller sees of interactions: their own, those of people below them and of departments in reach, and all with
/// customers they see.
pub(super) fn covered(reader: &mut Reader<'_>) -> Result<Where, Failure> {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    let Some(seen) = seen(reader)? else { return Ok(wanted) };
    let mut people = Organisation::below_caller(reader)?;
    people.push(sight.employee);
    let customers = standings::table.filter(seen).select(standings::customer_id);
    let by_whom =
        interactions::employee_id.eq_any(people).or(interactions::department_id.eq_any(sight.departments));
    wanted.also(by_whom.or(interactions::customer_id.eq_any(customers)));
    Ok(wanted)
}

/// One interaction whoever asks: for rules, never for an answer.
pub(crate) fn load(reader: &mut Reader<'_>, id: InteractionId) -> Result<Interaction, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| interactions::table
        .filter(interactions::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    whole(reader, row)
}

/// One interaction, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: InteractionId) -> Result<Interaction, Failure> {
    let mut wanted = covered(reader)?;
    wanted.also(interactions::id.eq(Key::from(id)));
    let row: Row = db!(reader, |c| interactions::table.filter(&wanted).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Interaction, Failure> {
    let evidence = file::list_of(reader, Interaction::KIND, row.id.0)?;
    row.interaction(evidence.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect())
}

/// Whether the caller may read an interaction, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadCustomers, |reader| find(reader, Id::from_uuid(id)))
}

/// What stands for what was said, where it is erased.
const ERASED: &str = "（已删除）";

/// Forgets what was said in the interactions with a customer, and the files that prove them; that they took place stays.
/// Answers which they are.
pub(crate) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let of = interactions::customer_id.eq(Key::from(customer));
    let reported = of.and(interactions::held_at.is_not_null());
    db!(tx, |c| diesel::update(interactions::table.filter(reported))
        .set(interactions::content.eq(ERASED))
        .execute(c))?;
    let planned =
        serde_json::to_string(&Planned { purpose: ERASED.into(), content: ERASED.into(), focus: None })?;
    let with_plan = of.and(interactions::planned_for.is_not_null());
    db!(tx, |c| diesel::update(interactions::table.filter(with_plan))
        .set(interactions::plan.eq(&planned))
        .execute(c))?;
    let nothing = None::<String>;
    db!(tx, |c| diesel::update(interactions::table.filter(of))
        .set((
            interactions::participants.eq(&nothing),
            interactions::needs.eq(&nothing),
            interactions::next_step.eq(&nothing),
        ))
        .execute(c))?;
    let keys: Vec<Key> = db!(tx, |c| interactions::table.filter(of).select(interactions::id).load(c))?;
    for key in &keys {
        let held = file::list_of(tx, Interaction::KIND, key.0)?;
        file::attach_exactly(tx, &[], Interaction::KIND, key.0, "")?;
        for one in held {
            file::end(tx, Id::from_uuid(one.id.uuid()))?;
        }
    }
    Ok(keys)
}
