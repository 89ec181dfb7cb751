//! How rounds follow what is asked and given: in the unit of work in which it is. `[KPI-4]`

use super::{apply, row::of_reviewers};
use crate::spine::{Failure, Tx};
use domain::{
    appraisal_period::AppraisalPeriod,
    appraisal_review::{AppraisalReview, ReviewKind},
    review_round::ReviewRound,
    spine::EmployeeId,
};
use std::collections::BTreeMap;

/// So many reviewers are looked up at once.
const AT_ONCE: usize = 500;

/// Some people are asked, of one kind in one stage.
pub(crate) fn asked(
    tx: &mut Tx<'_>,
    period: &AppraisalPeriod,
    reviews: &[AppraisalReview],
) -> Result<(), Failure> {
    let mut more: BTreeMap<EmployeeId, (ReviewKind, u32)> = BTreeMap::new();
    for review in reviews {
        more.entry(review.reviewer).or_insert((review.kind, 0)).1 += 1;
    }
    let people: Vec<EmployeeId> = more.keys().copied().collect();
    for part in people.chunks(AT_ONCE) {
        let known = of_reviewers(tx, period.id, part)?;
        for reviewer in part {
            let Some((kind, more)) = more.get(reviewer).copied() else { continue };
            let round = known.iter().find(|round| round.reviewer == *reviewer && round.kind == kind);
            let change = match round {
                Some(round) => round.clone().widen(more),
                None => called(tx, period, *reviewer, (kind, more)),
            };
            apply(tx, change)?;
        }
    }
    Ok(())
}

fn called(
    tx: &Tx<'_>,
    period: &AppraisalPeriod,
    reviewer: EmployeeId,
    (kind, asked): (ReviewKind, u32),
) -> domain::spine::Change<ReviewRound> {
    let round = ReviewRound {
        id: tx.id(),
        period: period.id,
        reviewer,
        kind,
        asked,
        given: 0,
        due_on: period.due_on(),
        is_closed: false,
        version: 0,
    };
    round.call()
}

/// Somebody gave a review for the first time.
pub(crate) fn given(tx: &mut Tx<'_>, review: &AppraisalReview) -> Result<(), Failure> {
    let rounds = of_reviewers(tx, review.period, &[review.reviewer])?;
    let round = rounds.into_iter().find(|round| round.kind == review.kind && !round.is_done());
    if let Some(round) = round {
        apply(tx, round.take())?;
    }
    Ok(())
}

/// The stages of some reviewers are over.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    period: &AppraisalPeriod,
    reviewers: &[EmployeeId],
) -> Result<(), Failure> {
    let today = tx.today();
    for part in reviewers.chunks(AT_ONCE) {
        for round in of_reviewers(tx, period.id, part)? {
            if let Some(change) = round.close(period.stage(), today) {
                apply(tx, change)?;
            }
        }
    }
    Ok(())
}
