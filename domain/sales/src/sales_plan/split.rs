//! The split helper: a year's figure in parts that add up to it. `[SAL-1a]`

use super::{SPLIT_WEIGHTS, cite};
use crate::spine::{Refusal, allocate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a figure is split.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesPlanSplit)]
pub enum SplitBy {
    /// As equal as whole numbers allow.
    Equal,
    /// As last year went: the weights are its months.
    LastYear,
    /// By weights that are given.
    Weights,
}

crate::labels! { SplitBy = "SalesPlanSplit":
    Equal = "equal", "平均", "Equally";
    LastYear = "last_year", "按上年同期", "As last year";
    Weights = "weights", "按权重", "By weights";
}

/// A whole in so many parts by the largest remainder, ties to the earlier; equally where there are no weights.
///
/// # Errors
/// `sales_plan.split_weights` where there are not as many weights as parts.
pub fn split(whole: i64, weights: Option<&[u64]>, parts: usize) -> Result<Vec<i64>, Refusal> {
    let Some(weights) = weights else { return Ok(allocate(whole, &vec![1; parts])) };
    if weights.len() != parts {
        return Err(cite(Refusal::new(SPLIT_WEIGHTS).with("months", parts).at("/weights")));
    }
    // A year without sales says nothing of its months.
    let nothing = weights.iter().all(|weight| *weight == 0);
    Ok(if nothing { allocate(whole, &vec![1; parts]) } else { allocate(whole, weights) })
}
