//! What follows from a result that is final, by the scheme: an entry in the ledger, or a task of the
//! superior, once each.
//! `[KPI-8; 004 §9.3]`

use super::row::results_of;
use crate::{
    appraisal_period, certificate,
    incentive_entry::by_rule::{self, ByRule, derived},
    organisation::{Organisation, Register},
    policy,
    spine::{Failure, Reader, Tx},
    task::deed::{Given, give_by_rule},
};
use chrono::Duration;
use domain::{
    appraisal::Appraisal,
    appraisal_period::AppraisalPeriod,
    approval::Label,
    incentive_entry::{IncentiveAmount, Incident, IncidentKind, UndoGround},
    scheme::{Consequence, Follows, Scheme},
    spine::{BusinessDate, EmployeeId, Entity, Explanation, read_content},
    task::{Origin, TaskContent},
};
use serde_json::json;
use uuid::Uuid;

/// Lets follow what follows from a result. What followed from the revision before and does so no longer is
/// taken back.
pub(crate) fn follow(tx: &mut Tx<'_>, period: &AppraisalPeriod, sheet: &Appraisal) -> Result<(), Failure> {
    let Some(reference) = &sheet.scheme else { return Ok(()) };
    let content = policy::find(tx, reference.id)?.content;
    let scheme: Scheme =
        read_content(&content).map_err(|finding| Failure::fault(format_args!("a scheme: {finding:?}")))?;
    let grades = grades(tx, period, sheet)?;
    let grades: Vec<&str> = grades.iter().map(String::as_str).collect();
    for (place, consequence) in scheme.consequences.iter().enumerate() {
        let has_come = consequence.when.has_come(&grades);
        match &consequence.follows {
            Follows::Entry { amount } => enter(tx, (period, sheet), (place, consequence), amount, has_come)?,
            Follows::Certificate { title } => {
                honour(tx, (period, sheet), (place, consequence), title, has_come)?;
            }
            Follows::Task { title, within_days } if has_come && sheet.revision == 1 => {
                give(tx, (period, sheet), consequence, title, *within_days)?;
            }
            Follows::Task { .. } => {}
        }
    }
    Ok(())
}

/// The grades of the person's periods of this kind up to this one, the latest first; exempt ones are left
/// out.
fn grades(
    reader: &mut Reader<'_>,
    period: &AppraisalPeriod,
    sheet: &Appraisal,
) -> Result<Vec<String>, Failure> {
    let days = (BusinessDate::default(), period.period.last());
    let results = results_of(reader, &[sheet.employee], period.period.span(), days)?;
    let of_person = results.into_values().next().unwrap_or_default();
    let graded = of_person.into_iter().rev().filter_map(|(_, verdict)| verdict.map(|verdict| verdict.grade));
    Ok(graded.collect())
}

/// The incident of a consequence: the same for all revisions of a person's period.
fn incident(period: &AppraisalPeriod, sheet: &Appraisal, place: usize) -> Uuid {
    derived(&format!("{} {} {place}", period.id, sheet.employee))
}

fn enter(
    tx: &mut Tx<'_>,
    (period, sheet): (&AppraisalPeriod, &Appraisal),
    (place, consequence): (usize, &Consequence),
    amount: &IncentiveAmount,
    has_come: bool,
) -> Result<(), Failure> {
    let on = tx.today();
    let incident = Incident { kind: IncidentKind::Appraisal, id: incident(period, sheet, place), on };
    if !has_come {
        return by_rule::take_back(tx, &incident, UndoGround::Void);
    }
    let (Some(reference), Some(verdict)) = (&sheet.scheme, &sheet.verdict) else { return Ok(()) };
    let mut citation = reference.cite("KPI-8");
    citation.clause = Some(consequence.clause.clone());
    let facts = json!({"appraisal_id": sheet.id, "period": period.period, "grade": verdict.grade});
    let why = Explanation::new("appraisal_consequence", citation.clone(), facts);
    by_rule::enter(
        tx,
        ByRule {
            employee: sheet.employee,
            incident,
            amount: amount.clone(),
            grounds: format!("{} 绩效考核等级 {}（{}）", period.period, verdict.grade, consequence.clause),
            citation,
            monthly_cap: None,
            why,
        },
    )
}

/// A certificate of the person; one whose ground is gone with a revision is revoked.
fn honour(
    tx: &mut Tx<'_>,
    (period, sheet): (&AppraisalPeriod, &Appraisal),
    (place, consequence): (usize, &Consequence),
    title: &Label,
    has_come: bool,
) -> Result<(), Failure> {
    let incident = incident(period, sheet, place);
    if !has_come {
        return certificate::deed::take_back(tx, incident, "考核结果修订后不再符合条件");
    }
    let grade = sheet.verdict.as_ref().map_or("", |verdict| verdict.grade.as_str());
    let given = certificate::deed::Given {
        incident,
        employee: Some(sheet.employee),
        department: sheet.department,
        period: period.period,
        title,
        grounds: format!("{} 绩效考核等级 {grade}", period.period),
        clause: &consequence.clause,
    };
    certificate::deed::issue(tx, given)
}

/// A task of the superior, accepted by who published the results, or by the next above.
fn give(
    tx: &mut Tx<'_>,
    (period, sheet): (&AppraisalPeriod, &Appraisal),
    consequence: &Consequence,
    title: &str,
    within_days: u32,
) -> Result<(), Failure> {
    let Some((owner, giver)) = people(tx, sheet.employee)? else {
        log::warn!("appraisal {}: nobody above to be given a task", sheet.id);
        return Ok(());
    };
    let name = Register::of(tx)?.named(sheet.employee)?.name;
    let grade = sheet.verdict.as_ref().map_or("", |verdict| verdict.grade.as_str());
    let description = format!("{name}：{} 绩效考核等级 {grade}（{}）", period.period, consequence.clause);
    let content = TaskContent { title: title.to_owned(), description };
    let due_on = tx.today() + Duration::days(within_days.into());
    let origin = Origin { kind: Appraisal::KIND.to_owned(), id: sheet.id.uuid(), line: None };
    let given = Given { content, owner, due_on, origin: Some(origin) };
    give_by_rule(tx, giver, given).map(drop)
}

/// Who does it: the nearest superior who works here; and who accepts it: the next above them. One who has
/// nobody above accepts nothing from themselves, so then there is none.
fn people(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
) -> Result<Option<(EmployeeId, EmployeeId)>, Failure> {
    let today = reader.today();
    let organisation = Organisation::today(reader)?;
    let mut above: Vec<EmployeeId> = Vec::new();
    for superior in organisation.superiors_of(employee) {
        if organisation.works_here(superior, today) && superior != employee && !above.contains(&superior) {
            above.push(superior);
        }
    }
    let mut above = above.into_iter();
    Ok(above.next().zip(above.next()))
}

/// The period of a sheet.
pub(crate) fn period_of(reader: &mut Reader<'_>, sheet: &Appraisal) -> Result<AppraisalPeriod, Failure> {
    appraisal_period::find(reader, sheet.period)
}
