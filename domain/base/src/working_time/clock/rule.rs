//! What a kind of clock allows, as data. `[CLK]`

use super::PAUSE_REASON_TWICE;
use crate::spine::{Finding, Findings, PolicyContent, wording};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the rule for ordinary clocks is kept.
pub const CLOCK_RULE_CODE: &str = "clock-rule/standard";

/// The rule as shipped: pauses of 35 working hours in all, 2 hours left at another allowance.
pub const SHIPPED_CLOCK_RULE: &str = include_str!("../shipped/clock_rule.json");

/// The longest time a rule may name, in working minutes: about three years.
const MINUTES_MAX: u32 = 300_000;

/// A reason for which a clock stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClockPauseReason)]
pub struct PauseReason {
    /// Its code, 1 to 40 characters.
    pub code: String,
    /// What people read, Chinese, 1 to 60 characters.
    pub zh: String,
    /// What people read, English, 1 to 60 characters.
    pub en: String,
}

/// Who is told how far a clock has run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockParty {
    /// Who has it in hand.
    Handler,
    /// The handler's superior.
    Superior,
    /// The manager.
    Manager,
}

/// A part of the allowance at which somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockMark {
    /// Per cent of the allowance, 1 to 100.
    pub share_percent: u32,
    /// Who is told.
    pub to: ClockParty,
}

/// What a kind of clock allows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// For what it may be paused; empty: never, as with first answers.
    pub pause_reasons: Vec<PauseReason>,
    /// How many working minutes all pauses of a cycle may take without the superior's consent, 0 to 300000.
    pub pause_limit_minutes: u32,
    /// How many working minutes remain at least when the allowance changes, 0 to 300000.
    pub least_after_retarget_minutes: u32,
    /// When who is told, ascending.
    pub marks: Vec<ClockMark>,
}

impl PolicyContent for ClockRule {
    const KIND: &'static str = "clock-rule";
    const EXAMPLE: &'static str = SHIPPED_CLOCK_RULE;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        findings.within("/content/pause_limit_minutes", self.pause_limit_minutes, 0..=MINUTES_MAX);
        let least = self.least_after_retarget_minutes;
        findings.within("/content/least_after_retarget_minutes", least, 0..=MINUTES_MAX);
        let mut least = 1;
        for (index, mark) in self.marks.iter().enumerate() {
            findings.within(format!("/content/marks/{index}/share_percent"), mark.share_percent, least..=100);
            least = mark.share_percent.saturating_add(1).min(100);
        }
        let mut met = BTreeSet::new();
        for (index, reason) in self.pause_reasons.iter().enumerate() {
            let pointer = format!("/content/pause_reasons/{index}");
            wording::check(&mut findings, &format!("{pointer}/code"), &reason.code, 40);
            wording::check(&mut findings, &format!("{pointer}/zh"), &reason.zh, 60);
            wording::check(&mut findings, &format!("{pointer}/en"), &reason.en, 60);
            if !met.insert(&reason.code) {
                findings.add_with(pointer, PAUSE_REASON_TWICE, [("reason", json!(reason.code))]);
            }
        }
        findings.into_vec()
    }
}
