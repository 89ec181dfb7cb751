//! What the budget said to claims, gone through again by other settings for budgets. `[REG-7; BUD-5]`

use super::{
    super::{PoliciesInForce, charge::asking},
    play, rows,
};
use crate::{
    finance::budget_line::{Controlled, DECISION},
    policy_replay::{Asked, Played, Replayable, Replayer},
    spine::{Failure, Key, Reader},
};
use domain::{finance::budget_policy::BudgetPolicy, spine::PolicyContent};

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
        self.after = rows.last().map_or(self.after, |row| row.id);
        let Self { asked, control, .. } = self;
        play(reader, asked, &rows, DECISION, |reader, claim, (approval, at)| {
            let policies = PoliciesInForce::on(reader, claim.content.business_date)?;
            let worth = claim.content.asked_worth()?;
            control.judged(reader, &asking(claim, &policies)?, approval, at, worth)
        })
    }
}
