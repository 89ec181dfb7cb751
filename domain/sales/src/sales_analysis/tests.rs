use super::*;
use crate::spine::BusinessDate;
use proptest::prelude::*;

fn days(from: &str, to: &str) -> Days {
    let day = |text: &str| -> BusinessDate { text.parse().expect("a day") };
    Days { from: day(from), to: day(to) }
}

#[test]
fn a_period_is_compared_with_the_one_before_and_the_year_before() {
    assert_eq!(days("2026-03-01", "2026-03-31").before(), days("2026-02-01", "2026-02-28"));
    assert_eq!(days("2026-01-01", "2026-03-31").before(), days("2025-10-01", "2025-12-31"));
    assert_eq!(days("2026-03-02", "2026-03-08").before(), days("2026-02-23", "2026-03-01"));
    assert_eq!(days("2024-02-01", "2024-02-29").last_year(), days("2023-02-01", "2023-02-28"));
    assert_eq!(
        days("2025-02-01", "2025-02-28").last_year(),
        days("2024-02-01", "2024-02-29"),
        "a whole month"
    );
    assert_eq!(days("2026-03-02", "2026-03-08").last_year(), days("2025-03-02", "2025-03-08"));
    assert_eq!(
        (change_bp(150, 100), change_bp(50, -100), change_bp(1, 0)),
        (Some(5_000), Some(15_000), None)
    );
}

#[test]
fn places_are_shared_by_equals() {
    assert_eq!(places(&[5, 9, 5, 1]), [(2, 2), (1, 4), (2, 2), (4, 1)]);
    assert_eq!(shares_bp(&[1, 1, 1]), Some(vec![3_334, 3_333, 3_333]));
    assert_eq!(shares_bp(&[0, 0]), None);
    assert_eq!(shares_bp(&[-5, 5]), None, "of nothing there are no parts");
}

#[test]
fn what_lies_outside_three_deviations_of_eight_like_periods_stands_out() {
    let before = [100, 102, 98, 101, 99, 100, 103, 97];
    let said = alert(106, &before).expect("enough of them");
    assert_eq!((said.median_quarters, said.mad_quarters), (400, 6), "100, and 1.5");
    assert_eq!((said.lower_quarters, said.upper_quarters, said.is_outside), (382, 418, true));
    assert!(!alert(104, &before).expect("enough of them").is_outside);
    assert_eq!(alert(1, &before[..7]), None);
    let long: Vec<i64> = (0..40).map(|index| if index < 12 { 100 } else { 9_999 }).collect();
    assert_eq!(alert(100, &long).expect("enough").median_quarters, 400, "the last twelve");
}

proptest! {
    #[test]
    fn shares_add_up_to_the_whole(values in prop::collection::vec(-1_000_000_i64..10_000_000, 1..60)) {
        let total: i64 = values.iter().sum();
        match shares_bp(&values) {
            None => prop_assert!(total <= 0),
            Some(shares) => {
                prop_assert_eq!(shares.iter().sum::<i64>(), 10_000);
                for (share, value) in shares.iter().zip(&values) {
                    let exact = i128::from(*value) * 10_000 - i128::from(*share) * i128::from(total);
                    prop_assert!(exact.abs() < i128::from(total), "no share is a point from what it is");
                }
            }
        }
    }

    #[test]
    fn whatever_stands_out_lies_outside_its_bounds(value in -1_000_i64..1_000, before in prop::collection::vec(-1_000_i64..1_000, 8..13)) {
        let said = alert(value, &before).expect("enough of them");
        prop_assert_eq!(said.is_outside, value * 4 < said.lower_quarters || value * 4 > said.upper_quarters);
        prop_assert!(said.mad_quarters >= 0 && said.lower_quarters <= said.median_quarters);
        let half = before.iter().filter(|other| **other * 4 >= said.lower_quarters && **other * 4 <= said.upper_quarters).count();
        prop_assert!(half * 2 >= before.len(), "half of them always lie within");
    }
}
