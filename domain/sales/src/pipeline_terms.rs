//! The company's terms of pursuing sales (销售过程规则): numbers of documents, how long a filing protects, through which stages
//! an opportunity goes and why one is lost. `[SAL-2, SAL-3; 001 奖惩条款 §3]`

use crate::{
    approval::Label,
    spine::{Finding, Findings, PolicyContent, codes, wording},
    terms::{check_numbers, check_prefixes},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which they are kept.
pub const PIPELINE_TERMS_CODE: &str = "pipeline-terms/company";
/// Those terms as shipped.
pub const SHIPPED_PIPELINE_TERMS: &str = include_str!("shipped/pipeline_terms.json");

crate::refusals! { PIPELINE_TERMS_REFUSALS:
    CODE_TWICE = "pipeline_terms.code_twice", Invalid, "代码“{code}”重复", "The code \"{code}\" stands there twice";
    PROBABILITY_FALLS = "pipeline_terms.probability_falls", Invalid, "后一阶段的成交概率不得低于前一阶段", "A later stage must not be less probable than the one before it";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PIPELINE_TERMS_REFUSALS],
    events: &[],
    enums: &[EntryFact::LABELS, OnConflict::LABELS],
};

/// What becomes of a filing that meets a live one of the same customer and product line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FilingConflict)]
pub enum OnConflict {
    /// It is refused.
    Refuse,
    /// It is kept as contested, and somebody rules.
    Contest,
}

crate::labels! { OnConflict = "FilingConflict":
    Refuse = "refuse", "直接拒绝", "Refused";
    Contest = "contest", "列为争议", "Contested";
}

/// What must have happened before an opportunity enters a stage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OpportunityEntryFact)]
pub enum EntryFact {
    /// A visit to the customer was reported that counts.
    VisitReported,
    /// Its estimate and the day it is expected to close are given.
    EstimateGiven,
    /// A quotation of it was sent.
    QuotationSent,
    /// A contract with the customer is drawn up.
    ContractDrafted,
    /// A filing protects the customer and product line for who pursues it.
    FilingProtected,
}

crate::labels! { EntryFact = "OpportunityEntryFact":
    VisitReported = "visit_reported", "已有有效拜访记录", "A visit that counts is reported";
    EstimateGiven = "estimate_given", "已填预计金额与成交日期", "Estimate and expected day are given";
    QuotationSent = "quotation_sent", "已发出报价", "A quotation is sent";
    ContractDrafted = "contract_drafted", "已起草合同", "A contract is drawn up";
    FilingProtected = "filing_protected", "报备在保护期内", "A filing protects it";
}

/// How filings are treated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingTerms {
    /// What becomes of one that meets a live one.
    pub on_conflict: OnConflict,
    /// How many days a filing protects.
    pub protection_days: u32,
    /// How many days its one extension adds.
    pub extension_days: u32,
    /// After how many days without progress it lapses.
    pub idle_days: u32,
    /// How many live filings a person may have.
    pub live_max: u32,
    /// The clause they rest on.
    pub clause: String,
}

/// A stage on the way to a sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PipelineStage)]
pub struct Stage {
    /// Its code, 1 to 40 characters.
    pub code: String,
    /// What people call it.
    pub name: Label,
    /// How probable a sale is from it, in basis points.
    pub probability_bp: u32,
    /// How many days one may stay in it.
    pub longest_days: u32,
    /// What must have happened before it is entered.
    pub entry: Vec<EntryFact>,
}

/// A reason for which opportunities are lost.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpportunityLossReasonRule)]
pub struct LossReason {
    /// Its code, 1 to 40 characters.
    pub code: String,
    /// What people call it.
    pub name: Label,
}

/// What holds of all pursuing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineTerms {
    /// With what numbers of sales plans begin.
    pub plan_prefix: String,
    /// With what numbers of filings begin.
    pub filing_prefix: String,
    /// With what numbers of opportunities begin.
    pub opportunity_prefix: String,
    /// With what numbers of quotations begin.
    pub quotation_prefix: String,
    /// How filings are treated.
    pub filing: FilingTerms,
    /// The stages in their order; from the last a closed sale leads to won.
    pub stages: Vec<Stage>,
    /// Why opportunities are lost.
    pub loss_reasons: Vec<LossReason>,
}

impl PipelineTerms {
    /// The place of a stage, and the stage.
    pub fn stage(&self, code: &str) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.code == code)
    }

    fn check_filing(&self, findings: &mut Findings) {
        let FilingTerms { protection_days, extension_days, idle_days, live_max, .. } = self.filing;
        let numbers = [
            ("filing/protection_days", protection_days, 1, 3_660),
            ("filing/extension_days", extension_days, 1, 3_660),
            ("filing/idle_days", idle_days, 1, 3_660),
            ("filing/live_max", live_max, 1, 10_000),
        ];
        check_numbers(findings, &numbers);
        wording::check(findings, "/content/filing/clause", &self.filing.clause, 200);
    }

    fn check_stages(&self, findings: &mut Findings) {
        if self.stages.is_empty() || self.stages.len() > 20 {
            let range = [("min", json!(1)), ("max", json!(20))];
            findings.add_with("/content/stages", codes::BAD_LENGTH, range);
        }
        let mut before = 0;
        for (index, stage) in self.stages.iter().enumerate() {
            let at = |member: &str| format!("/content/stages/{index}/{member}");
            let within = |member: &str| format!("stages/{index}/{member}");
            let (probability, longest) = (within("probability_bp"), within("longest_days"));
            let numbers = [
                (probability.as_str(), stage.probability_bp, 0, 10_000),
                (longest.as_str(), stage.longest_days, 1, 3_660),
            ];
            check_numbers(findings, &numbers);
            if stage.probability_bp < before {
                findings.add(at("probability_bp"), PROBABILITY_FALLS);
            }
            before = stage.probability_bp;
        }
        once(findings, "stages", self.stages.iter().map(|stage| (stage.code.as_str(), &stage.name)));
        let reasons = self.loss_reasons.iter().map(|reason| (reason.code.as_str(), &reason.name));
        once(findings, "loss_reasons", reasons);
    }
}

/// That each code of a list is well formed, named, and stands there once.
fn once<'a>(findings: &mut Findings, list: &str, coded: impl Iterator<Item = (&'a str, &'a Label)>) {
    let mut seen = BTreeSet::new();
    for (index, (code, name)) in coded.enumerate() {
        let at = |member: &str| format!("/content/{list}/{index}/{member}");
        wording::check(findings, &at("code"), code, 40);
        wording::check(findings, &at("name/zh"), &name.zh, 40);
        wording::check(findings, &at("name/en"), &name.en, 60);
        if !seen.insert(code) {
            findings.add_with(at("code"), CODE_TWICE, [("code", json!(code))]);
        }
    }
}

impl PolicyContent for PipelineTerms {
    const KIND: &'static str = "pipeline-terms";
    const EXAMPLE: &'static str = SHIPPED_PIPELINE_TERMS;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let prefixes = [
            ("plan_prefix", self.plan_prefix.as_str()),
            ("filing_prefix", &self.filing_prefix),
            ("opportunity_prefix", &self.opportunity_prefix),
            ("quotation_prefix", &self.quotation_prefix),
        ];
        check_prefixes(&mut findings, &prefixes);
        self.check_filing(&mut findings);
        self.check_stages(&mut findings);
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_as_shipped_are_sound_and_unsound_ones_are_named() {
        let shipped: PipelineTerms = serde_json::from_str(SHIPPED_PIPELINE_TERMS).expect("they read");
        assert_eq!(shipped.findings(), []);
        let mut wrong = shipped;
        wrong.stages[1].code = "lead".to_owned();
        wrong.stages[2].probability_bp = 0;
        wrong.filing.live_max = 0;
        let codes: Vec<_> = wrong.findings().into_iter().map(|finding| finding.code.code).collect();
        assert_eq!(
            codes,
            ["validation.out_of_range", "pipeline_terms.probability_falls", "pipeline_terms.code_twice"]
        );
    }
}
