//! Parts of a whole that add up to it, and places that are shared by those who are equal. `[ANA-1]`

/// What each value is of their sum, in basis points that add up to exactly 10000 by the largest remainder, ties to the earlier;
/// none where the sum is nothing or less. A value below nothing has a share below nothing.
pub fn shares_bp(values: &[i64]) -> Option<Vec<i64>> {
    let total: i128 = values.iter().map(|value| i128::from(*value)).sum();
    if total <= 0 {
        return None;
    }
    let mut shares = Vec::with_capacity(values.len());
    let mut remainders = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let exact = i128::from(*value) * 10_000;
        shares.push(i64::try_from(exact.div_euclid(total)).unwrap_or(i64::MAX));
        remainders.push((exact.rem_euclid(total), index));
    }
    let left = 10_000 - shares.iter().sum::<i64>();
    remainders.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    for (_, index) in remainders.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    Some(shares)
}

/// The place of each value from the top and from the bottom, from 1: equals share one, and the next comes behind them all.
pub fn places(values: &[i64]) -> Vec<(usize, usize)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = |value: &i64| {
        let above = sorted.len() - sorted.partition_point(|other| other <= value);
        let below = sorted.partition_point(|other| other < value);
        (above + 1, below + 1)
    };
    values.iter().map(place).collect()
}
