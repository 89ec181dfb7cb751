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
    approval::Label,
    duty::DutyRule,
    indicator::Source,
    scheme::Scheme,
    scoring::Curve,
    spine::{BusinessDate, EmployeeId},
    working_time::Span,
};
use std::collections::{BTreeMap, BTreeSet};

/// The schemes that take points for what a rule of duties is about, from some of these people.
pub(super) static PUNISHES: Punishes = Punishes(|reader, (code, rule), people| {
    let today = reader.today();
    let organisation = Organisation::today(reader)?;
    let members = organisation.members(today);
    let positions: BTreeSet<&str> =
        people.iter().filter_map(|person: &EmployeeId| members.get(person)?.position.as_deref()).collect();
    let mut same = same_rules(reader, rule)?;
    same.insert(code.to_owned());
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
            let mut used = scheme.indicators.iter().filter(|used| deducting(&used.curve));
            if is_theirs && !scheme.counts_incidents_twice && used.any(|used| deducts(&used.indicator)) {
                found.push(Label { zh: scheme.name.zh.clone(), en: scheme.name.en.clone() });
            }
        }
    }
    Ok(found)
});

/// The names of the rules of duties in force that take something for what an indicator of a scheme deducts, each with the
/// place of the indicator: nothing where the scheme's clause says that both count.
pub(super) fn punished_already(
    reader: &mut Reader<'_>,
    scheme: &Scheme,
    on: BusinessDate,
) -> Result<Vec<(usize, Label)>, Failure> {
    if scheme.counts_incidents_twice {
        return Ok(Vec::new());
    }
    let indicators = indicator::all(reader)?;
    let mut in_force: BTreeMap<String, DutyRule> = BTreeMap::new();
    for dated in policy::all_of_kind::<DutyRule>(reader)? {
        if dated.from <= on {
            in_force.insert(dated.version.code, dated.version.content);
        }
    }
    let takes = |rule: &&DutyRule| {
        !rule.is_repealed && rule.consequence.as_ref().is_some_and(|follows| !follows.despite_indicator)
    };
    let mut found = Vec::new();
    for (place, used) in scheme.indicators.iter().enumerate() {
        let source = indicators.get(&used.indicator).map(|indicator| &indicator.details.source);
        let (true, Some(Source::Measured { of: Some(of), .. })) = (deducting(&used.curve), source) else {
            continue;
        };
        let rule = in_force.get(of).filter(takes);
        found.extend(rule.map(|rule| (place, rule.name.clone())));
    }
    Ok(found)
}

const fn deducting(curve: &Curve) -> bool {
    matches!(curve, Curve::Deduction { .. } | Curve::Veto { .. })
}

/// The codes of the rules that are about the same as one.
fn same_rules(reader: &mut Reader<'_>, rule: &DutyRule) -> Result<BTreeSet<String>, Failure> {
    let all = policy::all_of_kind::<DutyRule>(reader)?.into_iter();
    let same = all
        .filter(|dated| dated.version.content == *rule || dated.version.content.is_about_the_same_as(rule));
    Ok(same.map(|dated| dated.version.code).collect())
}
