//! Which interactions count (有效跟进), as data. `[CUS-6, OWN-15, REG-4]`

use super::{InteractionKind, InteractionPlan, InteractionReport};
use crate::spine::{Finding, Findings, PolicyContent};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the company's rules for interactions are kept.
pub const INTERACTION_POLICY_CODE: &str = "interaction/company";

/// Those rules as shipped.
pub const SHIPPED_INTERACTION_POLICY: &str = include_str!("shipped/interaction.json");

/// What an interaction lacks to count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionShortfall {
    /// Interactions of this kind do not count.
    KindNotCounted,
    /// It was too brief.
    TooBrief,
    /// Too little is said of it.
    TooLittleSaid,
    /// Nothing proves it.
    NoEvidence,
    /// It was not planned before.
    NotPlanned,
    /// It was reported too late.
    ReportedLate,
}

crate::labels! { InteractionShortfall = "InteractionShortfall":
    KindNotCounted = "kind_not_counted", "该类跟进不计入有效跟进", "Interactions of this kind do not count";
    TooBrief = "too_brief", "时长不足", "Too brief";
    TooLittleSaid = "too_little_said", "内容过于简单", "Too little is said of it";
    NoEvidence = "no_evidence", "缺少凭证", "Nothing proves it";
    NotPlanned = "not_planned", "事前没有计划", "It was not planned before";
    ReportedLate = "reported_late", "填写过晚", "Reported too late";
}

/// What one kind of interaction must be to count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InteractionKindRule)]
pub struct KindRule {
    /// Which kind.
    pub kind: InteractionKind,
    /// At least so many minutes, up to 1,440; 0: however brief.
    pub minutes_min: u32,
    /// At least so many characters are said of it, up to 1,000.
    pub content_min: u32,
    /// Whether a file must prove it.
    pub needs_evidence: bool,
    /// Whether it must have been planned before.
    pub needs_plan: bool,
}

/// The company's rules for interactions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InteractionPolicy {
    /// The kinds that count, and when.
    pub kinds: Vec<KindRule>,
    /// Within how many hours after it took place it must be reported to count, 1 to 8,760.
    pub report_within_hours: u32,
}

impl InteractionPolicy {
    /// What a report of a kind lacks to count.
    pub(super) fn shortfalls(
        &self,
        kind: InteractionKind,
        plan: Option<&InteractionPlan>,
        report: &InteractionReport,
    ) -> Vec<InteractionShortfall> {
        use InteractionShortfall as Lacks;
        let Some(rule) = self.kinds.iter().find(|rule| rule.kind == kind) else {
            return vec![Lacks::KindNotCounted];
        };
        let said = report.content.chars().filter(|c| !c.is_whitespace()).count();
        let late =
            report.reported_at.since(report.held_at) > Duration::hours(self.report_within_hours.into());
        let was_planned = plan.is_some_and(|plan| plan.planned_at <= report.held_at);
        let lacks = [
            (Lacks::TooBrief, report.minutes < rule.minutes_min),
            (Lacks::TooLittleSaid, said < rule.content_min as usize),
            (Lacks::NoEvidence, rule.needs_evidence && report.evidence.is_empty()),
            (Lacks::NotPlanned, rule.needs_plan && !was_planned),
            (Lacks::ReportedLate, late),
        ];
        lacks.into_iter().filter_map(|(lack, holds)| holds.then_some(lack)).collect()
    }
}

impl PolicyContent for InteractionPolicy {
    const KIND: &'static str = "interaction";
    const EXAMPLE: &'static str = SHIPPED_INTERACTION_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut range = |pointer: String, value: u32, (min, max): (u32, u32)| {
            findings.within(pointer, value, min..=max);
        };
        for (index, rule) in self.kinds.iter().enumerate() {
            range(format!("/content/kinds/{index}/minutes_min"), rule.minutes_min, (0, super::MINUTES_MAX));
            range(format!("/content/kinds/{index}/content_min"), rule.content_min, (0, 1_000));
        }
        range("/content/report_within_hours".to_owned(), self.report_within_hours, (1, 8_760));
        findings.into_vec()
    }
}
