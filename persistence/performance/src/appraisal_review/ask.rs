//! Who is asked for a review in which stage: the person, peers of the department by lot, the superiors by
//! parts. `[KPI-4]`

use super::{
    apply,
    row::{of_appraisals, superiors},
};
use crate::{
    organisation::Organisation,
    review_round,
    spine::{Failure, Tx},
};
use domain::{
    appraisal::Appraisal,
    appraisal_period::{AppraisalPeriod, Stage},
    appraisal_review::{AppraisalReview, ReviewKind},
    approval::Directory,
    scheme::Scheme,
    spine::{EmployeeId, Id},
};
use sha2::{Digest, Sha256};

/// A review that is to be asked for.
pub(crate) struct Wanted {
    appraisal: Id<Appraisal>,
    employee: EmployeeId,
    reviewer: EmployeeId,
    kind: ReviewKind,
    days: u32,
}

/// Asks for reviews. In which order falls by lot, and so do their ids: neither tells whom one that is seen somewhere is about.
pub(crate) fn ask(tx: &mut Tx<'_>, period: &AppraisalPeriod, wanted: Vec<Wanted>) -> Result<(), Failure> {
    let mut lots: Vec<([u8; 32], Wanted)> = wanted.into_iter().map(|wanted| (lot(tx), wanted)).collect();
    lots.sort_unstable_by_key(|(lot, _)| *lot);
    let mut asked = Vec::with_capacity(lots.len());
    for (_, Wanted { appraisal, employee, reviewer, kind, days }) in lots {
        let id = tx.id();
        let period = period.id;
        let review = AppraisalReview {
            id,
            appraisal,
            period,
            employee,
            reviewer,
            kind,
            days,
            given: None,
            version: 0,
        };
        asked.push(apply(tx, review.ask())?);
    }
    review_round::deed::asked(tx, period, &asked)
}

/// Chance that nobody can reckon from what they know.
fn lot(tx: &Tx<'_>) -> [u8; 32] {
    Sha256::digest(tx.ids().fresh().as_bytes()).into()
}

/// Whom the scheme of a sheet wants to be asked in a stage, and who was not yet.
pub(crate) fn wanted(
    tx: &mut Tx<'_>,
    sheet: &Appraisal,
    scheme: &Scheme,
    stage: Stage,
) -> Result<Vec<Wanted>, Failure> {
    let plan = &scheme.reviews;
    let (kind, weight) = match stage {
        Stage::SelfReview => (ReviewKind::Own, plan.own),
        Stage::PeerReview => (ReviewKind::Peer, plan.peers),
        Stage::SuperiorReview => (ReviewKind::Superior, plan.superior),
        Stage::Targets | Stage::Calibration | Stage::Published | Stage::Final => return Ok(Vec::new()),
    };
    if weight == 0 || scheme.shares.reviews == 0 {
        return Ok(Vec::new());
    }
    let asked: Vec<EmployeeId> = of_appraisals(tx, &[sheet.id])?
        .into_iter()
        .filter(|review| review.kind == kind)
        .map(|review| review.reviewer)
        .collect();
    let people = match kind {
        ReviewKind::Own => vec![(sheet.employee, 0)],
        ReviewKind::Superior => superiors(sheet).into_iter().collect(),
        ReviewKind::Peer => peers(tx, sheet, &asked, plan.peer_plan.asked)?,
    };
    let (appraisal, employee) = (sheet.id, sheet.employee);
    let fresh = people.into_iter().filter(|(reviewer, _)| !asked.contains(reviewer));
    Ok(fresh.map(|(reviewer, days)| Wanted { appraisal, employee, reviewer, kind, days }).collect())
}

/// As many peers as are wanted beside those who were asked and are still here: colleagues of the department,
/// by lot. What the lot falls by is chance that nobody can reckon from what they know.
fn peers(
    tx: &mut Tx<'_>,
    sheet: &Appraisal,
    asked: &[EmployeeId],
    wanted: u32,
) -> Result<Vec<(EmployeeId, u32)>, Failure> {
    let today = tx.today();
    let organisation = Organisation::today(tx)?;
    let here: Vec<EmployeeId> = organisation.employees_of(sheet.department, today);
    let superiors = superiors(sheet);
    let still = asked.iter().filter(|peer| here.contains(peer)).count();
    let mut lots: Vec<([u8; 32], EmployeeId)> = here
        .into_iter()
        .filter(|peer| *peer != sheet.employee && !superiors.contains_key(peer) && !asked.contains(peer))
        .map(|peer| (lot(tx), peer))
        .collect();
    lots.sort_unstable();
    let left = usize::try_from(wanted).unwrap_or(usize::MAX).saturating_sub(still);
    Ok(lots.into_iter().take(left).map(|(_, peer)| (peer, 0)).collect())
}
