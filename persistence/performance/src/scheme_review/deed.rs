//! How a review is made of what is final, a few hundred sheets at a time; and what is suggested of what it found.
//! `[KPI-10, REG-3]`

use super::apply;
use crate::{
    appraisal::final_behind,
    indicator, policy,
    spine::{Failure, Key, Tx},
};
use domain::{
    appraisal::Appraisal,
    regulation::Regulation,
    regulation_suggestion::SuggestionContent,
    scheme::Scheme,
    scheme_review::{Looked, Report, Reviewed, SchemeReview, SchemeReviewSettings},
    scoring::LineNote,
    spine::{EmployeeId, Id, PolicyVersion, Refusal, codes},
    working_time::Period,
};
use std::{collections::BTreeMap, sync::Arc};

/// Makes a review of a scheme over some of its periods.
///
/// # Errors
/// A scheme that was never published; see [`Reviewed::check`] and [`SchemeReview::make`].
pub fn make(tx: &mut Tx<'_>, scheme: String, from: Period, until: Period) -> Result<SchemeReview, Failure> {
    let versions: Vec<PolicyVersion<Scheme>> = policy::all_of_kind::<Scheme>(tx)?
        .into_iter()
        .map(|dated| dated.version)
        .filter(|version| version.code == scheme)
        .collect();
    let unknown = || Refusal::new(codes::UNKNOWN_REFERENCE).at("/scheme");
    let last = versions.last().ok_or_else(unknown)?;
    let of = Reviewed { scheme, name: last.content.name.clone(), from, until };
    of.check(last.content.span)?;
    let ids: Vec<Key> = versions.iter().map(|version| version.id.into()).collect();
    let today = tx.today();
    let settings: Arc<PolicyVersion<SchemeReviewSettings>> = policy::in_force(tx, "company", today)?;
    let looked = looked(tx, &ids, (from, until))?;
    let indicators = indicator::all(tx)?;
    let named = |code: &str| match indicators.get(code) {
        Some(known) => (known.details.name_zh.clone(), known.details.name_en.clone()),
        None => (code.to_owned(), code.to_owned()),
    };
    let grades: Vec<&str> = last.content.grades.iter().map(|grade| grade.code.as_str()).collect();
    let report = Report::of(&looked, &grades, &settings.content, &named);
    let change = SchemeReview::make(tx.id(), of, report, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// What is looked at: the last revision of each sheet that is final.
fn looked(tx: &mut Tx<'_>, schemes: &[Key], periods: (Period, Period)) -> Result<Vec<Looked>, Failure> {
    let mut last: BTreeMap<(Key, EmployeeId), (i32, Looked)> = BTreeMap::new();
    let mut behind = None;
    loop {
        let sheets = final_behind(tx, schemes, periods, behind)?;
        let Some(end) = sheets.last() else { break };
        behind = Some(Key::from(end.id));
        for sheet in sheets {
            let (of, revision) = ((Key::from(sheet.period), sheet.employee), sheet.revision);
            let is_later = last.get(&of).is_none_or(|(known, _)| *known < revision);
            if let Some(looked) = look(sheet).filter(|_| is_later) {
                last.insert(of, (revision, looked));
            }
        }
    }
    Ok(last.into_values().map(|(_, looked)| looked).collect())
}

fn look(sheet: Appraisal) -> Option<Looked> {
    let (computation, verdict) = (sheet.computation?, sheet.verdict?);
    let lines = computation.parts.into_iter().flat_map(|part| part.lines);
    let scored = lines.filter(|line| line.note == LineNote::Scored);
    Some(Looked {
        result: verdict.result,
        grade: verdict.grade,
        reviews: computation.reviews,
        scores: scored.filter_map(|line| Some((line.indicator, line.score?))).collect(),
        is_calibrated: !sheet.calibrations.is_empty(),
    })
}

/// Suggests to a regulation what a finding says, in the caller's name.
///
/// # Errors
/// See [`SchemeReview::open_finding`]; a regulation or clause that there is none of.
pub fn suggest(
    tx: &mut Tx<'_>,
    review: SchemeReview,
    number: usize,
    (regulation, clause): (Id<Regulation>, Option<String>),
) -> Result<SchemeReview, Failure> {
    let found = review.open_finding(number)?;
    let text =
        format!("{}（{} 至 {} 考核方案评审）：{}", review.name.zh, review.from, review.until, found.said.zh);
    let content = SuggestionContent { clause, text, is_anonymous: false };
    let filed = persistence_governance::regulation_suggestion::deed::file(tx, regulation, content)?;
    let change = review.suggest(number, filed.id.uuid(), tx.now())?;
    apply(tx, change)
}
