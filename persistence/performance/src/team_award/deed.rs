//! How the teams of a period are honoured: once, with an entry of the ledger for each who shares, and a certificate for the
//! team. `[KPI-8; 000 §10]`

use super::{apply, result::of_period, row::is_awarded};
use crate::{
    appraisal_period,
    certificate::deed::{Given, issue},
    incentive_entry::by_rule::{self, ByRule, derived},
    organisation::referred,
    spine::{Failure, Tx},
};
use domain::{
    appraisal_period::AppraisalPeriod,
    incentive_entry::{IncentiveAmount, Incident, IncidentKind},
    spine::{Explanation, Id},
    team_award::{AWARDED_ALREADY, NO_TEAM, TeamAward, honoured, refused},
};
use serde_json::json;

/// Honours the teams of a period, by the plan in force on its last day.
///
/// # Errors
/// `team_award.not_final`, `team_award.no_plan`, `team_award.awarded_already`, `team_award.no_team`.
pub fn award(tx: &mut Tx<'_>, id: Id<AppraisalPeriod>) -> Result<Vec<TeamAward>, Failure> {
    tx.connection().hold_rows("appraisal_periods", &[id.into()])?;
    let period = referred(appraisal_period::find(tx, id), "/appraisal_period_id")?;
    let (results, plan) = of_period(tx, &period)?;
    if is_awarded(tx, id)? {
        return Err(refused(AWARDED_ALREADY).with("period", period.period.to_string()).into());
    }
    let citation = plan.cite("KPI-8", None);
    let now = tx.now();
    let mut awards = Vec::new();
    for (team, place, sum) in honoured(&results, &plan.content) {
        let of = (tx.id(), period.period);
        let change = TeamAward::award(of, team, (place, sum), (&plan.content, citation.clone()), now);
        awards.push(apply(tx, change)?);
    }
    if awards.is_empty() {
        return Err(refused(NO_TEAM).into());
    }
    for award in &awards {
        follow(tx, award)?;
    }
    Ok(awards)
}

/// What follows from an award.
fn follow(tx: &mut Tx<'_>, award: &TeamAward) -> Result<(), Failure> {
    let clause = award.citation.clause.clone().unwrap_or_default();
    let grounds = format!("{} 团队考核第 {} 名“{}”", award.period, award.place, award.title.zh);
    let on = tx.today();
    for share in &award.shares {
        let Some(amount) = share.amount.filter(|amount| amount.is_positive()) else { continue };
        let id = derived(&format!("team {} {}", award.id, share.employee));
        let facts = json!({"team_award_id": award.id, "place": award.place, "result": award.result});
        let why = Explanation::new("team_awarded", award.citation.clone(), facts);
        by_rule::enter(
            tx,
            ByRule {
                employee: share.employee,
                incident: Incident { kind: IncidentKind::Appraisal, id, on },
                amount: IncentiveAmount::Money { amount },
                grounds: grounds.clone(),
                citation: award.citation.clone(),
                monthly_cap: None,
                why,
            },
        )?;
    }
    issue(
        tx,
        Given {
            incident: award.id.uuid(),
            employee: None,
            department: award.department,
            period: award.period,
            title: &award.title,
            grounds: format!("{} 团队考核成绩优异", award.period),
            clause: &clause,
        },
    )
}
