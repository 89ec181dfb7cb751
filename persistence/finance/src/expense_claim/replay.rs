//! Whether the claims of a period keep to the rules, gone through again by other settings or categories. `[REG-7; EXP-4, EXP-6]`

/// What the budget said to them.
mod budget;

pub(super) use budget::BY_BUDGET;

use super::{PoliciesInForce, load::find_unscoped};
use crate::{
    approval,
    policy_replay::{Asked, Played, Replayable, Replayer},
    schema::expense_claims as claims,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_category::ExpenseCategories,
        expense_claim::{ClaimState, ExpenseClaim},
        expense_policy::ExpensePolicy,
    },
    policy_replay::{Outcome, PAGE, Results, Said},
    spine::{Entity, Permission, PolicyContent, Timestamp},
};
use std::sync::Arc;

const DECISION: &str = "expense_rules";

/// The settings of claims as a decision that can be replayed.
pub(super) const BY_SETTINGS: &Replayable = &Replayable {
    decision: DECISION,
    kind: ExpensePolicy::KIND,
    begin: |_, asked| {
        let draft = Arc::new(asked.version::<ExpensePolicy>()?);
        begin(asked, move |then| PoliciesInForce { policy: draft.clone(), ..then.clone() })
    },
};

/// The categories of expense as a decision that can be replayed.
pub(super) const BY_CATEGORIES: &Replayable = &Replayable {
    decision: DECISION,
    kind: ExpenseCategories::KIND,
    begin: |_, asked| {
        let draft = Arc::new(asked.version::<ExpenseCategories>()?);
        begin(asked, move |then| PoliciesInForce { categories: draft.clone(), ..then.clone() })
    },
};

/// The policies of a day with the draft in its place.
type Drafted = Box<dyn Fn(&PoliciesInForce) -> PoliciesInForce + Send>;

struct Rules {
    asked: Asked,
    drafted: Drafted,
    after: Key,
}

fn begin(
    asked: &Asked,
    drafted: impl Fn(&PoliciesInForce) -> PoliciesInForce + Send + 'static,
) -> Result<Box<dyn Replayer>, Failure> {
    let after = Key(uuid::Uuid::nil());
    Ok(Box::new(Rules { asked: asked.clone(), drafted: Box::new(drafted), after }))
}

#[derive(Queryable)]
struct Row {
    id: Key,
    approval_id: Option<Key>,
    department_id: Key,
    creator_id: Key,
    submitter_id: Key,
    beneficiary_id: Key,
}

impl Replayer for Rules {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let rows = rows(reader, &self.asked, self.after)?;
        self.after = rows.last().map_or(self.after, |row| row.id);
        let drafted = &self.drafted;
        play(reader, &self.asked, &rows, DECISION, |reader, claim, (_, at)| {
            let on = at.date_in(reader.zone());
            let then = PoliciesInForce::on(reader, claim.content.business_date)?;
            let drafted = drafted(&then);
            Ok(Results::Determined {
                // It was submitted, so it kept to the rules.
                stored: Some(kept(claim)?),
                current: claim.replayed(on, then.rules())?,
                draft: claim.replayed(on, drafted.rules())?,
            })
        })
    }
}

/// What became of a page of claims that were submitted, each judged by what it said then.
fn play(
    reader: &mut Reader<'_>,
    asked: &Asked,
    rows: &[Row],
    decision: &str,
    mut judged: impl FnMut(&mut Reader<'_>, &ExpenseClaim, (Key, Timestamp)) -> Result<Results, Failure>,
) -> Result<Played, Failure> {
    approval::play_submitted(
        reader,
        asked,
        rows,
        |row| row.approval_id,
        is_seen,
        |reader, row, at| {
            let claim = find_unscoped(reader, row.id.into())?;
            let results = match may_be_another(&claim) {
                true => Results::Undetermined(changed_since()),
                false => judged(reader, &claim, at)?,
            };
            let document = (ExpenseClaim::KIND, claim.id.uuid());
            Ok(asked.case(decision, document, claim.petition.number, claim.content.business_date, results))
        },
    )
}

fn is_seen(reader: &Reader<'_>, row: &Row) -> bool {
    let actor = reader.actor();
    let me = actor.employee.map(Key::from);
    let is_own = row.creator_id == Key::from(actor.user)
        || [row.submitter_id, row.beneficiary_id].into_iter().any(|party| Some(party) == me);
    actor.reach(Permission::ReadExpenseClaims).covers(row.department_id.into(), is_own)
}

/// The next claims that were submitted, in the order of keys; counter-documents are not judged by these rules.
fn rows(reader: &mut Reader<'_>, asked: &Asked, after: Key) -> Result<Vec<Row>, Failure> {
    let period = asked.period;
    Ok(db!(reader, |c| claims::table
        .filter(claims::id.gt(after))
        .filter(claims::business_date.between(period.from, period.to))
        .filter(claims::approval_id.is_not_null().and(claims::reverses_id.is_null()))
        .order(claims::id)
        .limit(PAGE)
        .select((
            claims::id,
            claims::approval_id,
            claims::department_id,
            claims::creator_id,
            claims::submitter_id,
            claims::beneficiary_id
        ))
        .load(c))?)
}

fn changed_since() -> Said {
    Said::new(
        "提交时的单据内容（退回或撤回后可能已修改）",
        "what the claim said when it was submitted: it came back and may have been changed",
    )
}

/// Whether somebody may have changed it since it was submitted.
fn may_be_another(claim: &ExpenseClaim) -> bool {
    matches!(
        claim.state(),
        ClaimState::Draft | ClaimState::Returned | ClaimState::Withdrawn | ClaimState::Void
    )
}

/// What it came to when it was submitted: nothing was wrong.
fn kept(claim: &ExpenseClaim) -> Result<Outcome, Failure> {
    let money = std::collections::BTreeMap::from([("claim".to_owned(), claim.content.asked_worth()?)]);
    Ok(Outcome { points: Vec::new(), money })
}
