//! What is open of each instalment, by what the sale comes to and what is received of it. `[REC-1a, REC-1b]`

use crate::spine::BusinessDate;

/// An instalment as it is paid in turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owed {
    /// Its place.
    pub place: u32,
    /// When it is due; those whose day is not known come last.
    pub due_on: Option<BusinessDate>,
    /// How much it is, in minor units.
    pub amount: i64,
}

/// What is open of each, in the order given: what is due first is paid first; what a sale comes to less than it did is taken off
/// what is due last, and what it comes to more is added there.
pub fn open_of(instalments: &[Owed], total: i64, received: i64) -> Vec<i64> {
    let mut turn: Vec<usize> = (0..instalments.len()).collect();
    turn.sort_by_key(|index| {
        let Owed { place, due_on, .. } = instalments[*index];
        (due_on.is_none(), due_on, place)
    });
    let (mut left, mut paid) = (total.max(0), received.max(0));
    let mut open = vec![0; instalments.len()];
    let last = turn.last().copied();
    for index in turn {
        let of_total = if Some(index) == last { left } else { instalments[index].amount.min(left) };
        left -= of_total;
        let covered = paid.min(of_total);
        paid -= covered;
        open[index] = of_total - covered;
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<BusinessDate> {
        text.parse().ok()
    }

    fn three() -> [Owed; 3] {
        [
            Owed { place: 1, due_on: None, amount: 30 },
            Owed { place: 2, due_on: day("2026-03-01"), amount: 50 },
            Owed { place: 3, due_on: day("2026-02-01"), amount: 20 },
        ]
    }

    #[test]
    fn what_is_due_first_is_paid_first() {
        assert_eq!(open_of(&three(), 100, 0), [30, 50, 20]);
        assert_eq!(open_of(&three(), 100, 45), [30, 25, 0]);
        assert_eq!(open_of(&three(), 100, 100), [0, 0, 0]);
    }

    #[test]
    fn what_is_cancelled_comes_off_what_is_due_last() {
        assert_eq!(open_of(&three(), 60, 10), [0, 40, 10]);
        assert_eq!(open_of(&three(), 110, 0), [40, 50, 20]);
        assert_eq!(open_of(&three(), 0, 0), [0, 0, 0]);
    }
}
