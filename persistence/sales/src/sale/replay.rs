//! Whom the sales of a period count for and who shares what they earn, gone through again by other rules or another plan,
//! to the fen. `[REG-7; COM-10]`

use super::{
    deed::plan_lines,
    find::earned_before,
    row::{Row, whole},
};
use crate::{
    commission,
    organisation::Register,
    policy_replay::{Asked, Played, Replayable, Replayer},
    schema::sales,
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    commission::{CommissionRules, plan::CommissionPlan},
    policy_replay::{Case, PAGE, Results},
    sale::{Closing, Sale},
    spine::{EmployeeId, Entity, Permission, PolicyContent, PolicyVersion},
};

const DECISION: &str = "commission";

/// The rules of attribution as a decision that can be replayed.
pub(super) const BY_RULES: &Replayable = &Replayable {
    decision: DECISION,
    kind: CommissionRules::KIND,
    begin: |_, asked| begin(asked, Draft::Rules(asked.version()?)),
};

/// The plan as a decision that can be replayed.
pub(super) const BY_PLAN: &Replayable = &Replayable {
    decision: DECISION,
    kind: CommissionPlan::KIND,
    begin: |_, asked| begin(asked, Draft::Plan(asked.version()?)),
};

enum Draft {
    Rules(PolicyVersion<CommissionRules>),
    Plan(PolicyVersion<CommissionPlan>),
}

struct Commission {
    asked: Asked,
    draft: Draft,
    after: Key,
}

fn begin(asked: &Asked, draft: Draft) -> Result<Box<dyn Replayer>, Failure> {
    Ok(Box::new(Commission { asked: asked.clone(), draft, after: Key(uuid::Uuid::nil()) }))
}

impl Replayer for Commission {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let (period, until, after) = (self.asked.period, Instant::from(self.asked.until), self.after);
        let rows: Vec<Row> = db!(reader, |c| sales::table
            .filter(sales::id.gt(after))
            .filter(sales::closed_on.between(period.from, period.to))
            .filter(sales::closed_at.le(Some(until)))
            .order(sales::id)
            .limit(PAGE)
            .select(Row::as_select())
            .load(c))?;
        self.after = rows.last().map_or(self.after, |row| row.id);
        let mut played = Played::of_page(&rows);
        let reach = reader.actor().reach(Permission::ReadSales);
        for row in rows {
            let is_own = reader.actor().employee.is_some_and(|me| row.submitter_id == me.into());
            if !reach.covers(row.department_id.into(), is_own) {
                played.out_of_reach += 1;
                continue;
            }
            let sale = whole(reader, row)?;
            if let Some(closing) = sale.closing.clone() {
                played.cases.push(self.case(reader, sale, &closing)?);
            }
        }
        Ok(played)
    }
}

impl Commission {
    fn case(&self, reader: &mut Reader<'_>, sale: Sale, closing: &Closing) -> Result<Case, Failure> {
        let (rules, plan) = (commission::rules(reader, closing.on)?, commission::plan(reader, closing.on)?);
        let earned = |reader: &mut Reader<'_>, plan: &CommissionPlan| {
            let lines = plan_lines(reader, &mut sale.clone(), closing.on)?;
            let before = earned_before(reader, Key::from(closing.facts.owner), closing)?;
            Ok::<_, Failure>(plan.earned(&lines, before, before + plan.tier_base(&lines)))
        };
        let now = earned(reader, &plan.content)?;
        let register = Register::of(reader)?;
        let names = |who: EmployeeId| {
            register.person(who).map_or_else(|| who.to_string(), |person| person.name.clone())
        };
        let then = (&rules.content, rules.number);
        let drafted = match &self.draft {
            Draft::Rules(draft) => sale.replayed(then, (&draft.content, draft.number), now, &names),
            Draft::Plan(draft) => {
                let earned = earned(reader, &draft.content)?;
                sale.replayed(then, then, earned, &names)
            }
        };
        let results = Results::Determined {
            stored: Some(closing.stored(sale.total, &names)),
            current: sale.replayed(then, then, now, &names).unwrap_or_default(),
            draft: drafted.unwrap_or_default(),
        };
        Ok(self.asked.case(DECISION, (Sale::KIND, sale.id.uuid()), sale.number, closing.on, results))
    }
}
