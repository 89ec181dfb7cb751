//! The versions of the rules, kept in memory until a policy changes.

use super::publication;
use crate::{
    policy,
    spine::{Failure, Reader},
};
use domain::{
    approval::PolicyReference,
    duty::{
        DutyRule,
        cadence::Cadence,
        occasion::{DatedRule, RuleVersions},
    },
    spine::{BusinessDate, PolicyVersion},
};
use std::{collections::BTreeMap, sync::Arc};

/// Every rule that was ever published, by its code.
#[derive(Debug, Default)]
pub(crate) struct Rules(BTreeMap<String, Vec<DatedRule>>);

impl Rules {
    /// As they stand. A first version never reaches back before it was published: nobody owed anything by it then.
    pub fn all(reader: &mut Reader<'_>) -> Result<Arc<Self>, Failure> {
        reader.master(crate::policy::POLICIES, "duty rules", |reader| {
            let (zone, sources) = (reader.zone(), publication::sources(reader.house()));
            let mut rules = Self::default();
            for dated in policy::all_of_kind::<DutyRule>(reader)? {
                let versions = rules.0.entry(dated.version.code.clone()).or_default();
                let from = dated.from.max(dated.published_at.date_in(zone));
                let mut rule = dated.version;
                rule.content.fulfilled_by = rule.content.fulfilled_by.in_company(&sources);
                versions.push(DatedRule { from, rule });
            }
            Ok(rules)
        })
    }

    /// Every rule with its versions.
    pub fn iter(&self) -> impl Iterator<Item = (&str, RuleVersions<'_>)> {
        self.0.iter().map(|(code, versions)| (code.as_str(), RuleVersions { versions }))
    }

    /// A rule by its code.
    pub fn of(&self, code: &str) -> Option<RuleVersions<'_>> {
        self.0.get(code).map(|versions| RuleVersions { versions })
    }

    /// The version that called for a duty.
    pub fn version(&self, rule: &PolicyReference) -> Result<&PolicyVersion<DutyRule>, Failure> {
        let versions = self.0.get(&rule.code).map_or(&[][..], Vec::as_slice);
        let found = versions.iter().find(|version| version.rule.number == rule.number);
        found.map(|version| &version.rule).ok_or_else(|| Failure::corrupt("duties", "rule_number", rule.id))
    }

    /// The version in force on a day, where it is newer than the one that called for a duty and was published to ease what
    /// is open. `[DUT-2e]`
    pub fn easing(&self, rule: &PolicyReference, on: BusinessDate) -> Option<&PolicyVersion<DutyRule>> {
        let newer = &self.of(&rule.code)?.on(on)?.rule;
        (newer.number > rule.number && newer.content.eases_open_duties).then_some(newer)
    }

    /// The day from which on the rule of a duty is repealed, where it is. `[DUT-2e]`
    pub fn repealed(&self, rule: &PolicyReference, on: BusinessDate) -> Option<BusinessDate> {
        self.of(&rule.code)?.repealed_on(on)
    }

    /// The rules of which a version is called for by events of a kind.
    pub fn called_by<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = RuleVersions<'a>> {
        let calls = move |version: &DatedRule| match &version.rule.content.cadence {
            Cadence::Event { kind: called, .. } => called == kind,
            Cadence::Period { .. } => false,
        };
        let called = self.0.values().filter(move |versions| versions.iter().any(calls));
        called.map(|versions| RuleVersions { versions })
    }
}
