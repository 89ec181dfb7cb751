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
    policy_replay::{Case, PAGE, Results, Said},
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
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        self.after = rows.last().map_or(self.after, |row| row.id);
        let approvals: Vec<Key> = rows.iter().filter_map(|row| row.approval_id).collect();
        let submitted = approval::submitted_at(reader, &approvals)?;
        let mut played = Played { is_last, ..Played::default() };
        for row in rows {
            let at = row.approval_id.and_then(|approval| Some((approval, *submitted.get(&approval)?)));
            match at.filter(|(_, at)| *at <= self.asked.until) {
                None => {}
                Some(_) if !is_seen(reader, &row) => played.out_of_reach += 1,
                Some(at) => played.cases.push(self.case(reader, &row, at)?),
            }
        }
        Ok(played)
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

    fn case(
        &mut self,
        reader: &mut Reader<'_>,
        row: &Row,
        (approval, at): (Key, Timestamp),
    ) -> Result<Case, Failure> {
        let now = find_unscoped(reader, row.id.into())?;
        let results = if may_be_another(&now) {
            Results::Undetermined(Said::new(
                "提交时的申请内容（退回或撤回后可能已修改）",
                "what the request said when it was submitted: it came back and may have been changed",
            ))
        } else {
            let first = revision::first_of(reader, &now)?;
            let then =
                ExpenseRequest { content: first.unwrap_or_else(|| now.content.clone()), ..now.clone() };
            let policies = RequestPolicies::on(reader, then.content.business_date)?;
            let worth = then.content.worth()?;
            self.control.judged(reader, &asking(&then, &policies)?, approval, at, worth)?
        };
        Ok(Case {
            decision: DECISION.to_owned(),
            policy: self.asked.draft.code.clone(),
            kind: ExpenseRequest::KIND.to_owned(),
            id: now.id.uuid(),
            number: now.petition.number.clone(),
            on: now.content.business_date,
            results,
        })
    }
}

/// Whether somebody may have changed it since it was submitted.
fn may_be_another(request: &ExpenseRequest) -> bool {
    matches!(
        request.petition.state(),
        StandingState::Draft | StandingState::Returned | StandingState::Withdrawn | StandingState::Void
    )
}
