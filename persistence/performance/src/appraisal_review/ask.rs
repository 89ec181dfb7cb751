//! Who is asked for a review in which stage: the person, peers of the department by lot, the superiors by
//! parts. `[KPI-4]`

use super::{
    apply,
    row::{of_appraisals, superiors},
};
use crate::{
    organisation::Organisation,
    spine::{Failure, Tx},
};
use domain::{
    appraisal::Appraisal,
    appraisal_period::Stage,
    appraisal_review::{AppraisalReview, ReviewKind},
    approval::Directory,
    scheme::Scheme,
    spine::EmployeeId,
};
use sha2::{Digest, Sha256};

/// Asks whom the scheme of a sheet wants to be asked in a stage, and who was not yet.
pub(crate) fn ask(tx: &mut Tx<'_>, sheet: &Appraisal, scheme: &Scheme, stage: Stage) -> Result<(), Failure> {
    let plan = &scheme.reviews;
    if scheme.shares.reviews == 0 {
        return Ok(());
    }
    let (kind, weight) = match stage {
        Stage::SelfReview => (ReviewKind::Own, plan.own),
        Stage::PeerReview => (ReviewKind::Peer, plan.peers),
        Stage::SuperiorReview => (ReviewKind::Superior, plan.superior),
        Stage::Targets | Stage::Calibration | Stage::Published | Stage::Final => return Ok(()),
    };
    if weight == 0 {
        return Ok(());
    }
    let asked: Vec<EmployeeId> = of_appraisals(tx, &[sheet.id])?
        .into_iter()
        .filter(|review| review.kind == kind)
        .map(|review| review.reviewer)
        .collect();
    let wanted = match kind {
        ReviewKind::Own => vec![(sheet.employee, 0)],
        ReviewKind::Superior => superiors(sheet).into_iter().collect(),
        ReviewKind::Peer => peers(tx, sheet, &asked, plan.peer_plan.asked)?,
    };
    for (reviewer, days) in wanted.into_iter().filter(|(reviewer, _)| !asked.contains(reviewer)) {
        let review = AppraisalReview {
            id: tx.id(),
            appraisal: sheet.id,
            period: sheet.period,
            employee: sheet.employee,
            reviewer,
            kind,
            days,
            given: None,
            version: 0,
        };
        apply(tx, review.ask())?;
    }
    Ok(())
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
        .map(|peer| (Sha256::digest(tx.ids().fresh().as_bytes()).into(), peer))
        .collect();
    lots.sort_unstable();
    let left = usize::try_from(wanted).unwrap_or(usize::MAX).saturating_sub(still);
    Ok(lots.into_iter().take(left).map(|(_, peer)| (peer, 0)).collect())
}
