//! What the budget said to requests, gone through again by other settings for budgets: to what they said as they were
//! submitted, not to what amendments made of them. `[REG-7; BUD-5]`

use super::{RequestPolicies, charge::asking, revision, row::find_unscoped};
use crate::{
    approval,
    finance::budget_line::{Controlled, DECISION},
    policy_replay::{Asked, Played, Replayable, Replayer},
    schema::expense_requests as requests,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::{budget_policy::BudgetPolicy, expense_request::ExpenseRequest},
    policy_replay::{PAGE, Results, Said},
    spine::{Entity, Permission, PolicyContent, Timestamp},
};

/// The settings for budgets, as requests met them.
pub(super) const BY_BUDGET: &Replayable = &Replayable {
    decision: DECISION,
    kind: BudgetPolicy::KIND,
    begin: |_, asked| {
        let after = Key(uuid::Uuid::nil());
        Ok(Box::new(Requests { asked: asked.clone(), control: Controlled::begin(asked)?, after }))
    },
};

struct Requests {
    asked: Asked,
    control: Controlled,
    after: Key,
}

#[derive(Queryable)]
struct Row {
    id: Key,
    approval_id: Option<Key>,
    department_id: Key,
    creator_id: Key,
    submitter_id: Key,
}

impl Replayer for Requests {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let rows = self.rows(reader)?;
        self.after = rows.last().map_or(self.after, |row| row.id);
        let Self { asked, control, .. } = self;
        approval::play_submitted(
            reader,
            asked,
            &rows,
            |row| row.approval_id,
            is_seen,
            |reader, row, at| {
                let now = find_unscoped(reader, row.id.into())?;
                let results = judged(reader, control, &now, at)?;
                let document = (ExpenseRequest::KIND, now.id.uuid());
                Ok(asked.case(DECISION, document, now.petition.number, now.content.business_date, results))
            },
        )
    }
}

fn is_seen(reader: &Reader<'_>, row: &Row) -> bool {
    let actor = reader.actor();
    let me = actor.employee.map(Key::from);
    let is_own = row.creator_id == Key::from(actor.user) || Some(row.submitter_id) == me;
    actor.reach(Permission::ReadExpenseRequests).covers(row.department_id.into(), is_own)
}

impl Requests {
    /// The next requests that were submitted, in the order of keys.
    fn rows(&self, reader: &mut Reader<'_>) -> Result<Vec<Row>, Failure> {
        let (period, after) = (self.asked.period, self.after);
        Ok(db!(reader, |c| requests::table
            .filter(requests::id.gt(after).and(requests::approval_id.is_not_null()))
            .filter(requests::business_date.between(period.from, period.to))
            .order(requests::id)
            .limit(PAGE)
            .select((
                requests::id,
                requests::approval_id,
                requests::department_id,
                requests::creator_id,
                requests::submitter_id
            ))
            .load(c))?)
    }
}

/// What the budget would have said to what it said as it was submitted.
fn judged(
    reader: &mut Reader<'_>,
    control: &mut Controlled,
    now: &ExpenseRequest,
    (approval, at): (Key, Timestamp),
) -> Result<Results, Failure> {
    if may_be_another(now) {
        return Ok(Results::Undetermined(Said::new(
            "提交时的申请内容（退回或撤回后可能已修改）",
            "what the request said when it was submitted: it came back and may have been changed",
        )));
    }
    let first = revision::first_of(reader, now)?;
    let then = ExpenseRequest { content: first.unwrap_or_else(|| now.content.clone()), ..now.clone() };
    let policies = RequestPolicies::on(reader, then.content.business_date)?;
    let worth = then.content.worth()?;
    control.judged(reader, &asking(&then, &policies)?, approval, at, worth)
}

/// Whether somebody may have changed it since it was submitted.
fn may_be_another(request: &ExpenseRequest) -> bool {
    matches!(
        request.petition.state(),
        StandingState::Draft | StandingState::Returned | StandingState::Withdrawn | StandingState::Void
    )
}
