//! What an indicator deducts for a duty, a penalty of the duty's rule does not take a second time: a rule
//! that would is published only where its clause says so. `[DUT-2d; KPI "Decided"]`

use super::Schemes;
use crate::{
    duty::publication::Punishes,
    indicator,
    organisation::Organisation,
    policy,
    spine::{Failure, Reader},
};
use domain::{
    approval::Label, duty::DutyRule, indicator::Source, scoring::Curve, spine::EmployeeId, working_time::Span,
};
use std::collections::BTreeSet;

/// The schemes that take points for what a rule of duties is about, from some of these people.
pub(super) static PUNISHES: Punishes = Punishes(|reader, rule, people| {
    let today = reader.today();
    let organisation = Organisation::today(reader)?;
    let members = organisation.members(today);
    let positions: BTreeSet<&str> =
        people.iter().filter_map(|person: &EmployeeId| members.get(person)?.position.as_deref()).collect();
    let same = same_rules(reader, rule)?;
    let indicators = indicator::all(reader)?;
    let deducts = |code: &str| match indicators.get(code).map(|indicator| &indicator.details.source) {
        Some(Source::Measured { of: Some(of), .. }) => same.contains(of),
        _ => false,
    };
    let mut found = Vec::new();
    for span in [Span::Month, Span::Quarter, Span::HalfYear, Span::Year] {
        let schemes = Schemes::of(reader, span)?;
        for scheme in schemes.in_force(today).map(|version| &version.content) {
            let is_theirs = scheme.positions.iter().any(|position| positions.contains(position.as_str()));
            let takes = |curve: &Curve| matches!(curve, Curve::Deduction { .. } | Curve::Veto { .. });
            let mut used = scheme.indicators.iter().filter(|used| takes(&used.curve));
            if is_theirs && !scheme.counts_incidents_twice && used.any(|used| deducts(&used.indicator)) {
                found.push(Label { zh: scheme.name.zh.clone(), en: scheme.name.en.clone() });
            }
        }
    }
    Ok(found)
});

/// The codes of the rules that are about the same as one.
fn same_rules(reader: &mut Reader<'_>, rule: &DutyRule) -> Result<BTreeSet<String>, Failure> {
    let all = policy::all_of_kind::<DutyRule>(reader)?.into_iter();
    let same = all
        .filter(|dated| dated.version.content == *rule || dated.version.content.is_about_the_same_as(rule));
    Ok(same.map(|dated| dated.version.code).collect())
}
