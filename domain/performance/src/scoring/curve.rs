//! The curve from an attainment to a score, a hundred being what is expected. `[KPI-2]`

use super::{Attainment, Band, Direction, Target, attainment, band, of_bands, ratio};
use crate::spine::{Findings, codes};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { CURVE_REFUSALS:
    LEVELS_DISORDERED = "scheme.levels_disordered", Invalid, "目标、冲刺、挑战三级须由易到难依次排列", "The three levels must follow each other from the easiest to the hardest";
    CAP_BELOW_FLOOR = "scheme.cap_below_floor", Invalid, "上限不得低于下限", "The cap must not lie below the floor";
}

/// A band of attainments and the score it gives.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScoringBand)]
pub struct ScoreBand {
    /// The lower end, in percent of the target.
    pub from: Decimal,
    /// The upper end, which does not belong to it; the last has none.
    #[serde(default)]
    pub below: Option<Decimal>,
    /// The score.
    pub score: Decimal,
}

impl Band for ScoreBand {
    fn from(&self) -> Decimal {
        self.from
    }
    fn below(&self) -> Option<Decimal> {
        self.below
    }
}

/// How an indicator is scored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ScoringCurve)]
pub enum Curve {
    /// The attainment in percent, within a floor and a cap.
    Linear {
        /// The least score.
        floor: Decimal,
        /// The greatest score.
        cap: Decimal,
    },
    /// Floor gives 60, target 100, challenge 120, with straight lines between; short of the floor is 0.
    /// (目标/冲刺/挑战)
    ThreeLevels {
        /// What gives 60, in the unit of the indicator.
        floor: Decimal,
        /// What gives 100.
        target: Decimal,
        /// What gives 120.
        challenge: Decimal,
    },
    /// Bands of attainment, half-open.
    Bands {
        /// From nothing to without end.
        bands: Vec<ScoreBand>,
    },
    /// 100 where the target is met, else 0.
    AllOrNothing {},
    /// 100 less so many points for each occurrence, not below 0; the value counts occurrences.
    Deduction {
        /// How many points each costs.
        points: Decimal,
    },
    /// 一票否决: an occurrence caps the result, whatever else was reached. It has no weight.
    Veto {
        /// What the result is capped to.
        cap: Decimal,
    },
}

crate::labels! { tagged Curve = "ScoringCurve":
    Linear = "linear", "按完成率", "By attainment";
    ThreeLevels = "three_levels", "目标、冲刺、挑战三级", "Three levels";
    Bands = "bands", "分档", "Bands";
    AllOrNothing = "all_or_nothing", "达标得满分，否则为零", "All or nothing";
    Deduction = "deduction", "每次扣分", "Deduction";
    Veto = "veto", "一票否决", "Veto";
}

const FLOOR_SCORE: i64 = 60;
const TARGET_SCORE: i64 = 100;
const CHALLENGE_SCORE: i64 = 120;

impl Curve {
    /// Whether it caps the result rather than adding to it.
    pub const fn is_veto(&self) -> bool {
        matches!(self, Self::Veto { .. })
    }

    /// Whether it is held against a target of its own, which a person may be set.
    pub const fn needs_target(&self) -> bool {
        matches!(self, Self::Linear { .. } | Self::Bands { .. } | Self::AllOrNothing {})
    }

    /// The score of a value, and how far it reaches its target; none where that does not apply. A veto has
    /// none.
    pub fn score(
        &self,
        direction: Direction,
        value: Decimal,
        target: Option<Target>,
    ) -> Option<(Decimal, Attainment)> {
        let hundred = Decimal::ONE_HUNDRED;
        match self {
            Self::Veto { .. } => None,
            Self::Deduction { points } => {
                let left = hundred - *points * value.max(Decimal::ZERO);
                Some((left.max(Decimal::ZERO), Attainment::NotApplicable))
            }
            Self::ThreeLevels { floor, target, challenge } => {
                let attainment = Attainment::of(direction, value, Some(Target::of(*target)));
                Some((three_levels(value, [*floor, *target, *challenge])?, attainment))
            }
            _ => self.of_attainment(Attainment::of(direction, value, target)),
        }
    }

    fn of_attainment(&self, attainment: Attainment) -> Option<(Decimal, Attainment)> {
        let reached = match attainment {
            Attainment::NotApplicable => return None,
            Attainment::Best => None,
            Attainment::Reached(share) => Some(share * Decimal::ONE_HUNDRED),
        };
        let score = match self {
            Self::Linear { floor, cap } => reached.map_or(*cap, |percent| percent.max(*floor).min(*cap)),
            Self::Bands { bands } => {
                let band = match reached {
                    Some(percent) => of_bands(bands, percent),
                    None => bands.last(),
                };
                band?.score
            }
            _ if reached.is_none_or(|percent| percent >= Decimal::ONE_HUNDRED) => Decimal::ONE_HUNDRED,
            _ => Decimal::ZERO,
        };
        Some((score, attainment))
    }

    /// The same for some days of a period, where its levels grow with the days.
    #[must_use]
    pub fn for_days(&self, days: u32, of: u32) -> Self {
        let part = |value: Decimal| attainment::Target::of(value).for_days(days, of).value;
        match self {
            Self::ThreeLevels { floor, target, challenge } => {
                Self::ThreeLevels { floor: part(*floor), target: part(*target), challenge: part(*challenge) }
            }
            other => other.clone(),
        }
    }

    /// Notes whatever is unsound.
    pub fn check(&self, findings: &mut Findings, pointer: &str) {
        let at = |member: &str| format!("{pointer}/{member}");
        match self {
            Self::Linear { floor, cap } if cap < floor => findings.add(at("cap"), CAP_BELOW_FLOOR),
            Self::ThreeLevels { floor, target, challenge } => {
                let rises = floor < target && target < challenge;
                let falls = floor > target && target > challenge;
                if !rises && !falls {
                    findings.add(at("target"), LEVELS_DISORDERED);
                }
            }
            Self::Bands { bands } if bands.is_empty() => findings.add(at("bands"), codes::REQUIRED),
            Self::Bands { bands } => band::check_bands(bands, findings, &at("bands")),
            Self::Deduction { points } if *points <= Decimal::ZERO => {
                let bounds = [("min", json!(1)), ("max", json!(100))];
                findings.add_with(at("points"), codes::OUT_OF_RANGE, bounds);
            }
            _ => {}
        }
    }
}

/// The score between three levels; those that fall are read from the other side.
fn three_levels(value: Decimal, levels: [Decimal; 3]) -> Option<Decimal> {
    let [floor, target, challenge] = levels;
    if floor > challenge {
        return three_levels(-value, [-floor, -target, -challenge]);
    }
    let between = |from: Decimal, to: Decimal, low: i64, high: i64| {
        let climbed = Decimal::from(high - low) * (value - from);
        Some(Decimal::from(low) + ratio(climbed, to - from)?)
    };
    if value < floor {
        Some(Decimal::ZERO)
    } else if value < target {
        between(floor, target, FLOOR_SCORE, TARGET_SCORE)
    } else if value < challenge {
        between(target, challenge, TARGET_SCORE, CHALLENGE_SCORE)
    } else {
        Some(CHALLENGE_SCORE.into())
    }
}
