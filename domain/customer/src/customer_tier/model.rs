//! The tier model (客户分级管理模型) as data: dimensions with weights and thresholds give points, points give a tier, a tier
//! says how often the customer is followed up, how long the owner is safe, and how they are served. `[TIE-1, REG-4]`

use crate::{
    approval::Label,
    ownership::WHOLE_BP,
    spine::{Finding, Findings, PolicyContent, codes, wording},
    working_time::Span,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What the codes of these policies begin with.
const KIND: &str = "tier-model";
/// The name of the company's model.
pub const MODEL_NAME: &str = "company";
/// The code under which it is kept.
pub const MODEL_CODE: &str = "tier-model/company";
/// That model as shipped.
pub const SHIPPED_TIER_MODEL: &str = include_str!("shipped/tier_model.json");

/// The most points a dimension gives.
const POINTS_MAX: u32 = 100;
/// No interval or protection is longer: ten years, in days.
const DAYS_MAX: u32 = 3_660;
/// No window of a measured dimension is longer: ten years, in months.
const MONTHS_MAX: u32 = 120;

crate::refusals! { TIER_MODEL_REFUSALS:
    WEIGHTS_UNSOUND = "tier_model.weights_unsound", Invalid, "各维度权重合计须为 100%，当前为 {sum}%", "The weights of all dimensions come to exactly 100%, not {sum}%";
    CODE_TWICE = "tier_model.code_twice", Invalid, "编码“{code}”重复", "The code \"{code}\" is given twice";
    BANDS_UNSOUND = "tier_model.bands_unsound", Invalid, "各档起点须由低到高，且不重复", "Bands are listed from the lowest to the highest, each once";
    TIERS_UNSOUND = "tier_model.tiers_unsound", Invalid, "客户等级须由高到低排列，分数线递减，最低等级从 0 分起", "Tiers are listed from the best down, each from fewer points, and the last from 0";
}

/// Where the figure of a dimension comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = TierDimensionSource)]
pub enum DimensionSource {
    /// The product measures it.
    Measured {
        /// What: `purchases`, `payment`, `loyalty`, `interactions`.
        measure: String,
        /// Over so many months up to the cut-off, 1 to 120.
        months: u32,
    },
    /// Somebody enters it with evidence; the latest figure counts for so many months.
    Entered {
        /// 1 to 120.
        months: u32,
    },
}

crate::labels! { tagged DimensionSource = "TierDimensionSource":
    Measured = "measured", "系统统计", "Measured";
    Entered = "entered", "人工录入", "Entered";
}

impl DimensionSource {
    /// Over how many months up to the cut-off.
    pub const fn months(&self) -> u32 {
        match self {
            Self::Measured { months, .. } | Self::Entered { months } => *months,
        }
    }
}

/// From a value on, so many points.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierBand {
    /// The least value, in the unit of the figure.
    pub from: Decimal,
    /// Points, 0 to 100.
    pub points: u32,
}

/// What customers are judged by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierDimension {
    /// Its code: `purchases`.
    pub code: String,
    /// What it is called.
    pub name: Label,
    /// Where its figure comes from.
    pub source: DimensionSource,
    /// Its weight, in basis points.
    pub weight_bp: u32,
    /// The thresholds, the lowest first; below the first, and without a figure, there are no points.
    pub bands: Vec<TierBand>,
}

/// A tier, and what it brings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TierModelTier)]
pub struct TierRule {
    /// Its code: `A`.
    pub code: String,
    /// What it is called.
    pub name: Label,
    /// The least points, 0 to 100.
    pub from_points: u32,
    /// So many days may pass between two qualified contacts.
    pub follow_up_days: u32,
    /// So many days may pass until a deal.
    pub deal_days: u32,
    /// How such customers are served.
    pub service: Label,
    /// Within so many working hours they are answered.
    pub response_hours: u32,
}

/// The company's tier model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierModel {
    /// How often customers are assessed: at the end of each of these.
    pub every: Span,
    /// A tier is lost after so many runs in a row below it, 1 to 12.
    pub lost_after_runs: u32,
    /// What customers are judged by.
    pub dimensions: Vec<TierDimension>,
    /// The tiers, the best first.
    pub tiers: Vec<TierRule>,
}

impl TierModel {
    /// A tier by its code.
    pub fn tier(&self, code: &str) -> Option<&TierRule> {
        self.tiers.iter().find(|tier| tier.code == code)
    }

    /// Its place: 0 for the best.
    pub fn rank(&self, code: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.code == code)
    }

    /// A dimension by its code.
    pub fn dimension(&self, code: &str) -> Option<&TierDimension> {
        self.dimensions.iter().find(|dimension| dimension.code == code)
    }

    fn check_dimensions(&self, findings: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (index, dimension) in self.dimensions.iter().enumerate() {
            let at = format!("/content/dimensions/{index}");
            check_named(findings, &at, &dimension.code, &dimension.name);
            if !seen.insert(&dimension.code) {
                findings.add_with(format!("{at}/code"), CODE_TWICE, [("code", json!(dimension.code))]);
            }
            findings.within(format!("{at}/weight_bp"), dimension.weight_bp, 1..=WHOLE_BP);
            findings.within(format!("{at}/source/months"), dimension.source.months(), 1..=MONTHS_MAX);
            if !dimension.bands.is_sorted_by(|lower, higher| lower.from < higher.from) {
                findings.add(format!("{at}/bands"), BANDS_UNSOUND);
            }
            for (place, band) in dimension.bands.iter().enumerate() {
                if band.points > POINTS_MAX {
                    let range = [("min", json!(0)), ("max", json!(POINTS_MAX))];
                    findings.add_with(format!("{at}/bands/{place}/points"), codes::OUT_OF_RANGE, range);
                }
            }
        }
        let sum: u64 = self.dimensions.iter().map(|dimension| u64::from(dimension.weight_bp)).sum();
        if sum != u64::from(WHOLE_BP) {
            let sum = Decimal::new(i64::try_from(sum).unwrap_or(i64::MAX), 2).normalize().to_string();
            findings.add_with("/content/dimensions", WEIGHTS_UNSOUND, [("sum", json!(sum))]);
        }
    }

    fn check_tiers(&self, findings: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (index, tier) in self.tiers.iter().enumerate() {
            let at = format!("/content/tiers/{index}");
            check_named(findings, &at, &tier.code, &tier.name);
            check_named(findings, &format!("{at}/service"), &tier.service.en, &tier.service);
            if !seen.insert(&tier.code) {
                findings.add_with(format!("{at}/code"), CODE_TWICE, [("code", json!(tier.code))]);
            }
            findings.within(format!("{at}/follow_up_days"), tier.follow_up_days, 1..=DAYS_MAX);
            findings.within(format!("{at}/deal_days"), tier.deal_days, 1..=DAYS_MAX);
            findings.within(format!("{at}/response_hours"), tier.response_hours, 1..=1_000);
        }
        let falls = self.tiers.is_sorted_by(|better, worse| better.from_points > worse.from_points);
        let is_whole = self.tiers.last().is_some_and(|last| last.from_points == 0)
            && self.tiers.first().is_some_and(|best| best.from_points <= POINTS_MAX);
        if !falls || !is_whole {
            findings.add("/content/tiers", TIERS_UNSOUND);
        }
    }
}

fn check_named(findings: &mut Findings, at: &str, code: &str, name: &Label) {
    wording::check(findings, &format!("{at}/code"), code, 60);
    wording::check(findings, &format!("{at}/name/zh"), &name.zh, 60);
    wording::check(findings, &format!("{at}/name/en"), &name.en, 60);
}

impl PolicyContent for TierModel {
    const KIND: &'static str = KIND;
    const EXAMPLE: &'static str = SHIPPED_TIER_MODEL;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        if !matches!(self.every, Span::Month | Span::Quarter | Span::HalfYear | Span::Year) {
            let expected = json!({"zh-CN": "月、季度、半年或年", "en": "month, quarter, half year or year"});
            findings.add_with("/content/every", codes::BAD_FORMAT, [("expected", expected)]);
        }
        findings.within("/content/lost_after_runs".to_owned(), self.lost_after_runs, 1..=12);
        self.check_dimensions(&mut findings);
        self.check_tiers(&mut findings);
        findings.into_vec()
    }
}
