//! Self, superior and peers by weight. A missing answer is not a zero: it is *missing*, and the plan says
//! what then; the result says which happened. `[KPI-4]`

use super::ratio;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens where somebody gave no score.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MissingReviewRule)]
pub enum MissingReview {
    /// The weight goes to the others in proportion.
    Reweight,
    /// The superior's score stands in.
    SubstituteSuperior,
    /// There is no result until it is there.
    Block,
}

crate::labels! { MissingReview = "MissingReviewRule":
    Reweight = "reweight", "权重按比例分摊", "Spread its weight";
    SubstituteSuperior = "substitute_superior", "以上级评分代替", "The superior's score stands in";
    Block = "block", "补齐前不出结果", "No result until it is there";
}

/// How peers are chosen and count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemePeerPlan)]
pub struct PeerPlan {
    /// How many are asked: of the same department, by lot.
    pub asked: u32,
    /// How many must answer for their mean to count, and to be shown.
    pub at_least: u32,
}

/// Whose score weighs how much, in basis points that add up to 10,000 or to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeReviewPlan)]
pub struct ReviewPlan {
    /// One's own.
    #[serde(rename = "self")]
    pub own: i64,
    /// The superior's.
    pub superior: i64,
    /// The mean of the peers'.
    pub peers: i64,
    /// How peers are chosen.
    pub peer_plan: PeerPlan,
    /// What happens where a score is missing.
    pub missing: MissingReview,
}

/// The scores that were given, 0 to 100 each.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ReviewAnswers {
    /// One's own.
    pub own: Option<Decimal>,
    /// Those of the superiors, each with the days for which they were it.
    pub superiors: Vec<(u32, Option<Decimal>)>,
    /// Those of the peers who answered, in any order.
    pub peers: Vec<Decimal>,
}

impl ReviewAnswers {
    /// What superiors give, by the days of each; what one did not give is not counted as nothing.
    fn superior(&self) -> Option<Decimal> {
        let given = self.superiors.iter().filter_map(|(days, score)| Some((*days, (*score)?)));
        let (mut days, mut sum) = (0_u64, Decimal::ZERO);
        for (of, score) in given {
            days += u64::from(of);
            sum += score * Decimal::from(of);
        }
        ratio(sum, days.into())
    }

    fn peers(&self, at_least: u32) -> Option<Decimal> {
        let enough = self.peers.len() >= usize::try_from(at_least).unwrap_or(usize::MAX);
        let sum: Decimal = self.peers.iter().sum();
        if enough { ratio(sum, Decimal::from(self.peers.len())) } else { None }
    }
}

/// What became of a kind of review.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewFate)]
pub enum ReviewFate {
    /// It counts as it was given.
    Counted,
    /// It is missing, and its weight went to the others.
    Reweighted,
    /// It is missing, and the superior's stands in.
    Substituted,
    /// It has no weight.
    Unweighted,
}

crate::labels! { ReviewFate = "ReviewFate":
    Counted = "counted", "计入", "Counted";
    Reweighted = "reweighted", "缺失，权重已分摊", "Missing; its weight was spread";
    Substituted = "substituted", "缺失，以上级评分代替", "Missing; the superior's score stands in";
    Unweighted = "unweighted", "不计权重", "Without weight";
}

/// One kind of review in the computation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReviewLine {
    /// The score that counts.
    pub score: Option<Decimal>,
    /// The weight it counts with, in percent.
    pub effective: Decimal,
    /// What became of it.
    pub fate: ReviewFate,
}

/// The reviews in the computation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReviewSum {
    /// One's own.
    #[serde(rename = "self")]
    pub own: ReviewLine,
    /// The superior's.
    pub superior: ReviewLine,
    /// The peers'.
    pub peers: ReviewLine,
    /// How many peers answered.
    pub peers_answered: u32,
    /// What it comes to.
    pub sum: Decimal,
}

/// Why reviews have no sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unsummed {
    /// None has a weight, or none that has was given.
    Nothing,
    /// One that has a weight was not given, and the plan waits for it.
    Blocked,
}

/// The sum of the reviews by a plan.
pub(super) fn summed(plan: &ReviewPlan, answers: &ReviewAnswers) -> Result<ReviewSum, Unsummed> {
    let superior = answers.superior();
    let given = [
        (plan.own, answers.own),
        (plan.superior, superior),
        (plan.peers, answers.peers(plan.peer_plan.at_least)),
    ];
    let mut kept = [(0_i64, None, ReviewFate::Unweighted); 3];
    for (kept, (weight, score)) in kept.iter_mut().zip(given) {
        *kept = match (weight, score, plan.missing) {
            (0, ..) => (0, score, ReviewFate::Unweighted),
            (_, Some(_), _) => (weight, score, ReviewFate::Counted),
            (_, None, MissingReview::Block) => return Err(Unsummed::Blocked),
            (_, None, MissingReview::SubstituteSuperior) if superior.is_some() => {
                (weight, superior, ReviewFate::Substituted)
            }
            (_, None, _) => (0, None, ReviewFate::Reweighted),
        };
    }
    let whole: i64 = kept.iter().map(|(weight, ..)| weight).sum();
    let total: Decimal =
        kept.iter().filter_map(|(weight, score, _)| Some((*score)? * Decimal::from(*weight))).sum();
    let sum = ratio(total, whole.into()).ok_or(Unsummed::Nothing)?;
    let [own, superior, peers] = kept.map(|(weight, score, fate)| ReviewLine {
        score,
        effective: ratio(Decimal::from(weight) * Decimal::ONE_HUNDRED, whole.into()).unwrap_or_default(),
        fate,
    });
    let peers_answered = u32::try_from(answers.peers.len()).unwrap_or(u32::MAX);
    Ok(ReviewSum { own, superior, peers, peers_answered, sum })
}
