//! What the budget said to claims, gone through again by other settings for budgets. `[REG-7; BUD-5]`

use super::{
    super::{PoliciesInForce, charge::asking, load::find_unscoped},
    Row, changed_since, is_seen, may_be_another, rows,
};
use crate::{
    approval,
    finance::budget_line::{Controlled, DECISION},
    policy_replay::{Asked, Played, Replayable, Replayer},
    spine::{Failure, Key, Reader},
};
use domain::{
    finance::{budget_policy::BudgetPolicy, expense_claim::ExpenseClaim},
    policy_replay::{Case, PAGE, Results},
    spine::{Entity, PolicyContent, Timestamp},
};

/// The settings for budgets, as claims met them.
pub(in super::super) const BY_BUDGET: &Replayable = &Replayable {
    decision: DECISION,
    kind: BudgetPolicy::KIND,
    begin: |_, asked| {
        let after = Key(uuid::Uuid::nil());
        Ok(Box::new(Claims { asked: asked.clone(), control: Controlled::begin(asked)?, after }))
    },
};

struct Claims {
    asked: Asked,
    control: Controlled,
    after: Key,
}

impl Replayer for Claims {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let rows = rows(reader, &self.asked, self.after)?;
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

impl Claims {
    fn case(
        &mut self,
        reader: &mut Reader<'_>,
        row: &Row,
        (approval, at): (Key, Timestamp),
    ) -> Result<Case, Failure> {
        let claim = find_unscoped(reader, row.id.into())?;
        let results = if may_be_another(&claim) {
            Results::Undetermined(changed_since())
        } else {
            let policies = PoliciesInForce::on(reader, claim.content.business_date)?;
            let worth = claim.content.asked_worth()?;
            self.control.judged(reader, &asking(&claim, &policies)?, approval, at, worth)?
        };
        Ok(Case {
            decision: DECISION.to_owned(),
            policy: self.asked.draft.code.clone(),
            kind: ExpenseClaim::KIND.to_owned(),
            id: claim.id.uuid(),
            number: claim.petition.number.clone(),
            on: claim.content.business_date,
            results,
        })
    }
}
