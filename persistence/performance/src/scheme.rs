//! Schemes in the database: versions of policies, sound against the indicators and positions there are, and
//! who would be scored by what. `[KPI-2, REG-4]`

/// Who would be scored by what.
pub mod coverage;
/// What an indicator deducts, nothing else takes.
mod punishing;
/// What a draft would have come to.
pub mod replay;
/// Where somebody worked in a period.
pub(crate) mod stay;

pub use coverage::{CoverageFilter, CoverageView};

use crate::{
    indicator, policy,
    policy::{Dated, Kind},
    schema::positions,
    spine::{Failure, Part, Reader, db},
};
use diesel::prelude::*;
use domain::{
    appraisal::SchemeReference,
    scheme::{INDICATOR_UNKNOWN, MissingValue, POSITION_ELSEWHERE, POSITION_UNKNOWN, PUNISHED_TWICE, Scheme},
    scoring::{Shares, WHOLE},
    spine::{
        BusinessDate, Finding, Findings, Id, Policy, PolicyContent, PolicyVersion, in_both, read_content,
    },
    working_time::Span,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Kind { check, ..Kind::of::<Scheme>() }, &punishing::PUNISHES];

/// Everything that speaks against publishing a scheme.
fn check(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    let scheme: Scheme = match read_content(&policy.content) {
        Ok(scheme) => scheme,
        Err(finding) => return Ok(vec![finding]),
    };
    let mut findings = Findings::new();
    let indicators = indicator::all(reader)?;
    for (place, used) in scheme.indicators.iter().enumerate() {
        if indicators.get(&used.indicator).is_none_or(|indicator| indicator.is_retired) {
            let pointer = format!("/content/indicators/{place}/indicator");
            findings.add_with(pointer, INDICATOR_UNKNOWN, [("indicator", json!(used.indicator))]);
        }
    }
    let codes: Vec<String> = db!(reader, |c| positions::table.select(positions::code).load(c))?;
    let codes: BTreeSet<String> = codes.into_iter().collect();
    let schemes = Schemes::of(reader, scheme.span)?;
    for (place, position) in scheme.positions.iter().enumerate() {
        let pointer = format!("/content/positions/{place}");
        if !codes.contains(position) {
            findings.add_with(pointer, POSITION_UNKNOWN, [("position", json!(position))]);
        } else if let Some(other) = schemes.also_of(position, &policy.code, policy.effective_from) {
            let params = [("position", json!(position)), ("scheme", json!(other.name.zh))];
            findings.add_with(pointer, POSITION_ELSEWHERE, params);
        }
    }
    for (place, rule) in punishing::punished_already(reader, &scheme, policy.effective_from)? {
        let pointer = format!("/content/indicators/{place}/indicator");
        findings.add_with(pointer, PUNISHED_TWICE, [("name", in_both(rule.zh.as_str(), rule.en.as_str()))]);
    }
    Ok(scheme.findings().into_iter().chain(findings.into_vec()).collect())
}

/// What a scheme is called that uses an indicator today or later.
///
/// # Errors
/// Where the database fails.
pub fn using(reader: &mut Reader<'_>, indicator: &str) -> Result<Option<String>, Failure> {
    let today = reader.today();
    let versions = policy::all_of_kind::<Scheme>(reader)?;
    let mut by_code: BTreeMap<&str, Vec<&Dated<Scheme>>> = BTreeMap::new();
    for dated in &versions {
        by_code.entry(&dated.version.code).or_default().push(dated);
    }
    let counts = |versions: &Vec<&Dated<Scheme>>| {
        let first = versions.iter().rposition(|dated| dated.from <= today).unwrap_or(0);
        let mut counting = versions[first..].iter();
        let found = counting.find(|dated| dated.version.content.indicator(indicator).is_some());
        found.map(|dated| dated.version.content.name.zh.clone())
    };
    Ok(by_code.values().find_map(counts))
}

/// The published versions of the schemes of a kind of period, by code, each from its first day on.
#[derive(Clone, Debug, Default)]
pub struct Schemes(BTreeMap<String, Vec<(BusinessDate, PolicyVersion<Scheme>)>>);

impl Schemes {
    /// Those of a kind of period.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn of(reader: &mut Reader<'_>, span: Span) -> Result<Self, Failure> {
        let mut schemes = Self::default();
        for Dated { from, version, .. } in policy::all_of_kind::<Scheme>(reader)? {
            if version.content.span == span {
                schemes.0.entry(version.code.clone()).or_default().push((from, version));
            }
        }
        Ok(schemes)
    }

    /// With a version as if it were in force from a day on.
    #[must_use]
    pub fn with(mut self, from: BusinessDate, version: PolicyVersion<Scheme>) -> Self {
        let versions = self.0.entry(version.code.clone()).or_default();
        versions.retain(|(known, _)| *known < from);
        versions.push((from, version));
        self
    }

    /// The same by which people are measured while a period runs: by what is there, without reviews.
    #[must_use]
    pub fn so_far(mut self) -> Self {
        for (_, version) in self.0.values_mut().flatten() {
            version.content.shares = Shares { indicators: WHOLE, reviews: 0 };
            version.content.missing_values = MissingValue::Spread;
        }
        self
    }

    /// How many peers must answer for their mean to be shown, by the strictest of them.
    fn peers_at_least(&self) -> u32 {
        let all = self.0.values().flatten();
        all.map(|(_, version)| version.content.reviews.peer_plan.at_least).max().unwrap_or(0)
    }

    /// Whether there is none in force on any day up to one.
    pub fn is_empty(&self, until: BusinessDate) -> bool {
        !self.0.values().flatten().any(|(from, _)| *from <= until)
    }

    fn in_force(&self, on: BusinessDate) -> impl Iterator<Item = &PolicyVersion<Scheme>> {
        let latest = move |versions: &'_ Vec<(BusinessDate, PolicyVersion<Scheme>)>| {
            versions.iter().rposition(|(from, _)| *from <= on)
        };
        self.0.values().filter_map(move |versions| latest(versions).map(|place| &versions[place].1))
    }

    /// The scheme of a position on a day.
    pub fn of_position(&self, position: &str, on: BusinessDate) -> Option<&PolicyVersion<Scheme>> {
        self.in_force(on).find(|version| version.content.positions.iter().any(|known| known == position))
    }

    /// Another scheme than that of a code that measures a position on a day, or is to later.
    fn also_of(&self, position: &str, code: &str, on: BusinessDate) -> Option<&Scheme> {
        let others = self.0.iter().filter(|(known, _)| *known != code).map(|(_, versions)| versions);
        let counting = others.flat_map(|versions| {
            let first = versions.iter().rposition(|(from, _)| *from <= on).unwrap_or(0);
            &versions[first..]
        });
        let mut schemes = counting.map(|(_, version)| &version.content);
        schemes.find(|scheme| scheme.positions.iter().any(|known| known == position))
    }

    /// A version by its id.
    pub fn version(&self, id: Id<Policy>) -> Option<&PolicyVersion<Scheme>> {
        self.0.values().flatten().map(|(_, version)| version).find(|version| version.id == id)
    }
}

/// How a version is referred to.
pub(crate) fn reference(version: &PolicyVersion<Scheme>) -> SchemeReference {
    SchemeReference {
        id: version.id,
        code: version.code.clone(),
        number: version.number,
        clause: version.clause.clone(),
    }
}
