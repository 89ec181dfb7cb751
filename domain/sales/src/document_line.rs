//! Lines of contracts and orders (单据行): what they come to, to the fen. `[LINE]`
//!
//! Unit prices include tax. A document's discount is spread over its lines, so that a line can be returned, shipped and
//! credited by itself and all of them still add up to the document.

use crate::{
    quantity::Quantity,
    spine::{Currency, Money, MoneyError, allocate},
};

/// What is agreed of one line, before the document's discount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Priced {
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// What value added tax stands in the price, in basis points of the net: 1300 is 13 %.
    pub tax_rate_bp: u32,
}

/// What a line comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amounts {
    /// Quantity × price, before the document's discount.
    pub listed: Money,
    /// Its share of the document's discount.
    pub discount: Money,
    /// What the customer pays for it, tax included.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The tax in it: gross − net.
    pub tax: Money,
}

/// The amounts of a document's lines, in their order.
///
/// # Errors
/// Amounts of two currencies, or too large.
pub fn amounts(lines: &[Priced], discount: Money) -> Result<Vec<Amounts>, MoneyError> {
    let listed =
        lines.iter().map(|line| extended(line.quantity, line.price)).collect::<Result<Vec<_>, _>>()?;
    let weights: Vec<u64> = listed.iter().map(|amount| amount.minor().unsigned_abs()).collect();
    let shares = discount.split(&weights);
    let whole = |((line, listed), share): ((&Priced, Money), Money)| {
        let gross = listed.minus(share)?;
        let (net, tax) = taxed(gross, line.tax_rate_bp)?;
        Ok(Amounts { listed, discount: share, gross, net, tax })
    };
    lines.iter().zip(listed).zip(shares).map(whole).collect()
}

/// Quantity × price, half-up to the minor unit.
///
/// # Errors
/// Where it is too large.
pub fn extended(quantity: Quantity, price: Money) -> Result<Money, MoneyError> {
    let product = i128::from(quantity.scaled()) * i128::from(price.minor());
    rounded(product, Quantity::SCALE.into(), price.currency())
}

/// What of an amount is net, and what is tax: net = half-up(gross × 10000 ÷ (10000 + rate)), tax the rest.
///
/// # Errors
/// Where it is too large.
pub fn taxed(gross: Money, tax_rate_bp: u32) -> Result<(Money, Money), MoneyError> {
    let net =
        rounded(i128::from(gross.minor()) * 10_000, 10_000 + i128::from(tax_rate_bp), gross.currency())?;
    Ok((net, gross.minus(net)?))
}

/// What is given back for a part of a line: the amount for the quantity kept before − that for the quantity kept after,
/// half-up each, so that returning all of it gives the whole back however it is parted. `[ORD-3]`
///
/// # Errors
/// Where it is too large.
pub fn returned(
    gross: Money,
    quantity: Quantity,
    kept_before: Quantity,
    kept_after: Quantity,
) -> Result<Money, MoneyError> {
    kept(gross, quantity, kept_before)?.minus(kept(gross, quantity, kept_after)?)
}

/// What of a line's amount stands for the quantity of it that is kept.
///
/// # Errors
/// Where it is too large.
pub fn kept(gross: Money, quantity: Quantity, kept: Quantity) -> Result<Money, MoneyError> {
    if quantity.scaled() == 0 {
        return Ok(Money::zero(gross.currency()));
    }
    let product = i128::from(gross.minor()) * i128::from(kept.scaled());
    rounded(product, quantity.scaled().into(), gross.currency())
}

/// A fraction half-up, away from zero at the half.
pub(crate) fn half_up(numerator: i128, denominator: i128) -> i128 {
    let (sign, magnitude) = (numerator.signum(), numerator.abs());
    sign * ((2 * magnitude + denominator) / (2 * denominator))
}

fn rounded(numerator: i128, denominator: i128, currency: Currency) -> Result<Money, MoneyError> {
    let minor = i64::try_from(half_up(numerator, denominator)).map_err(|_| MoneyError::TooLarge)?;
    // Through the one gate that knows how large an amount may be.
    Money::rounded(Money::from_minor(minor, currency).decimal(), currency)
}

/// Parts of an amount that add up to it, by weights; see [`allocate`].
pub fn shares(whole: Money, weights: &[u64]) -> Vec<Money> {
    allocate(whole.minor(), weights)
        .into_iter()
        .map(|part| Money::from_minor(part, whole.currency()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(minor: i64) -> Money {
        Money::from_minor(minor, Currency::Cny)
    }

    #[test]
    fn a_line_is_quantity_times_price_and_its_tax_the_rest() {
        let line = Priced { quantity: Quantity::from_scaled(12_500), price: fen(999), tax_rate_bp: 1_300 };
        let [amounts] = amounts(&[line], fen(0)).expect("it fits")[..] else { panic!("one line") };
        // 1.25 × 9.99 = 12.4875
        assert_eq!((amounts.gross, amounts.net, amounts.tax), (fen(1_249), fen(1_105), fen(144)));
    }

    #[test]
    fn a_discount_is_spread_by_the_largest_remainder() {
        let line = |price| Priced { quantity: Quantity::units(1), price: fen(price), tax_rate_bp: 0 };
        let lines = amounts(&[line(100), line(100), line(100)], fen(100)).expect("it fits");
        assert_eq!(lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [fen(34), fen(33), fen(33)]);
        assert_eq!(lines.iter().map(|line| line.gross.minor()).sum::<i64>(), 200);
    }

    /// Worked example 7.
    #[test]
    fn three_returned_one_by_one_give_the_whole_back() {
        let (whole, three) = (fen(10_000), Quantity::units(3));
        let back = |before, after| {
            returned(whole, three, Quantity::units(before), Quantity::units(after)).expect("it fits").minor()
        };
        assert_eq!([back(3, 2), back(2, 1), back(1, 0)], [3_333, 3_334, 3_333]);
    }

    #[test]
    fn the_half_is_rounded_away_from_zero() {
        assert_eq!(
            [half_up(5, 2), half_up(-5, 2), half_up(4, 3), half_up(5, 3), half_up(-1, 3)],
            [3, -3, 1, 2, 0]
        );
        assert_eq!([half_up(1, 1), half_up(0, 7), half_up(3, 7), half_up(4, 7)], [1, 0, 0, 1]);
    }

    proptest! {
        #[test]
        fn lines_add_up_to_the_document(
            lines in prop::collection::vec((1_i64..5_000_000, 0_i64..1_000_000, 0_u32..2_000), 1..20),
            share in 0_i64..10_000,
        ) {
            let lines: Vec<Priced> = lines.into_iter().map(|(quantity, price, tax_rate_bp)| Priced {
                quantity: Quantity::from_scaled(quantity), price: fen(price), tax_rate_bp }).collect();
            let listed: i64 = lines.iter()
                .map(|line| extended(line.quantity, line.price).expect("it fits").minor()).sum();
            let discount = i64::try_from(i128::from(listed) * i128::from(share) / 10_000).expect("smaller");
            let amounts = amounts(&lines, fen(discount)).expect("it fits");
            prop_assert_eq!(amounts.iter().map(|line| line.gross.minor()).sum::<i64>(), listed - discount);
            for line in amounts {
                prop_assert_eq!(line.net.minor() + line.tax.minor(), line.gross.minor());
                prop_assert!(line.gross.minor() >= 0);
            }
        }

        #[test]
        fn however_a_line_is_returned_the_whole_comes_back(
            gross in -1_000_000_000_i64..1_000_000_000,
            parts in prop::collection::vec(1_i64..100_000, 1..12),
        ) {
            let whole = Quantity::from_scaled(parts.iter().sum());
            let (mut left, mut back) = (whole, 0);
            for part in parts {
                let after = left.minus(Quantity::from_scaled(part));
                back += returned(fen(gross), whole, left, after).expect("it fits").minor();
                left = after;
            }
            prop_assert_eq!(back, gross);
        }

        #[test]
        fn half_up_is_within_a_half(numerator in -1_000_000_i128..1_000_000, denominator in 1_i128..5_000) {
            let rounded = half_up(numerator, denominator);
            let twice = 2 * (rounded * denominator - numerator);
            prop_assert!(twice.abs() <= denominator);
            if twice.abs() == denominator {
                prop_assert!(rounded.abs() * denominator > numerator.abs(), "the half goes away from zero");
            }
        }
    }
}
