use super::*;
use crate::spine::PolicyContent;
use proptest::prelude::*;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn day(month: u32, day: u32) -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, month, day).expect("a day")
}
fn terms(from: BusinessDate, before: Option<BusinessDate>, price: i64) -> PriceTerms {
    PriceTerms {
        product: id(7),
        customer: None,
        channel: None,
        tier: None,
        region: None,
        from_quantity: Quantity::ZERO,
        below_quantity: None,
        valid_from: from,
        valid_before: before,
        price: Money::from_minor(price, Currency::Cny),
        floor: None,
    }
}
fn list() -> PriceList {
    PriceList::open(id(1), "人民币价目表".into(), Currency::Cny).expect("it opens").into_after()
}
fn changed(list: PriceList, edits: Vec<PriceEdit>) -> Result<PriceList, Refusal> {
    let mut next = 100 * u128::try_from(list.version).expect("a version");
    let ids = || {
        next += 1;
        id(next)
    };
    list.change(&PriceChange { edits }, ids).map(Change::into_after)
}
fn asked(on: BusinessDate) -> Asked {
    Asked { customer: None, channel: None, tier: None, region: None, quantity: Quantity::units(1), on }
}
fn order() -> PriceOrder {
    serde_json::from_str(SHIPPED_PRICE_ORDER).expect("it reads")
}

/// Worked example 6.
#[test]
fn two_neighbours_move_in_one_change() {
    let first = PriceEdit::Add(terms(day(1, 1), Some(day(8, 16)), 100));
    let second = PriceEdit::Add(terms(day(8, 16), None, 110));
    let list = changed(list(), vec![first, second]).expect("they adjoin");
    let [a, b] = [list.prices[0].id, list.prices[1].id];
    let later = |id, from, before, price| PriceEdit::Replace(id, terms(from, before, price));
    let to_september = vec![later(a, day(1, 1), Some(day(9, 16)), 100), later(b, day(9, 16), None, 110)];
    changed(list.clone(), to_september).expect("the set as a whole does not overlap");
    let refused = changed(list, vec![later(a, day(1, 1), Some(day(9, 16)), 100)]).expect_err("alone it does");
    let finding = &refused.findings[0];
    assert_eq!((finding.code.code, finding.pointer.as_str()), ("price_list.overlaps", "/edits/0"));
    assert_eq!(finding.params["other_id"], json!(b));
}

#[test]
fn the_most_specific_price_counts_and_says_why() {
    let general = terms(day(1, 1), None, 100);
    let regional = PriceTerms { region: Some("华东".into()), ..terms(day(1, 1), None, 95) };
    let own = PriceTerms { customer: Some(id(5)), ..terms(day(1, 1), None, 90) };
    let many = PriceTerms { from_quantity: Quantity::units(10), ..regional.clone() };
    let regional = PriceTerms { below_quantity: Some(Quantity::units(10)), ..regional };
    let many = PriceTerms { price: Money::from_minor(80, Currency::Cny), ..many };
    let edits = [general, regional, own, many].map(PriceEdit::Add).to_vec();
    let list = changed(list(), edits).expect("nothing overlaps");
    let price = |asked: &Asked| {
        let chosen = order().choose(&list.prices, asked, "A").expect("there is one");
        (chosen.price.minor(), chosen.by, chosen.passed_over)
    };
    let plain = asked(day(3, 5));
    let east = Asked { region: Some("华东".into()), ..plain.clone() };
    assert_eq!(price(&plain), (100, vec![], 0));
    assert_eq!(price(&east), (95, vec![PriceKey::Region], 1));
    assert_eq!(
        price(&Asked { quantity: Quantity::units(10), ..east.clone() }),
        (80, vec![PriceKey::Region], 1)
    );
    assert_eq!(price(&Asked { customer: Some(id(5)), ..east }), (90, vec![PriceKey::Customer], 2));
    let early = order().choose(&list.prices, &asked(BusinessDate::MIN), "A").expect_err("none");
    assert_eq!(early.code.code, "price_list.no_price");
}

#[test]
fn a_price_of_nothing_and_a_reversed_band_are_refused() {
    let bad = PriceTerms {
        price: Money::zero(Currency::Cny),
        below_quantity: Some(Quantity::ZERO),
        valid_before: Some(day(1, 1)),
        ..terms(day(1, 1), None, 1)
    };
    let refused = changed(list(), vec![PriceEdit::Add(bad)]).expect_err("refused");
    let codes: Vec<_> = refused.findings.iter().map(|finding| finding.code.code).collect();
    assert_eq!(codes, ["price_list.band_reversed", "validation.period_reversed", "money.not_positive"]);
    assert_eq!(order().findings(), []);
}

proptest! {
    #[test]
    fn on_any_day_and_quantity_at_most_one_price_of_the_same_keys_holds(
        rows in prop::collection::vec((1_u32..28, 1_u32..28, 0_i64..20, 1_i64..20), 1..12),
    ) {
        let mut list = list();
        for (from, days, quantity, band) in rows {
            let terms = PriceTerms {
                from_quantity: Quantity::units(quantity),
                below_quantity: Some(Quantity::units(quantity + band)),
                ..terms(day(1, from), day(1, from).checked_add_days(chrono::Days::new(days.into())), 100)
            };
            list = changed(list.clone(), vec![PriceEdit::Add(terms)]).unwrap_or(list);
        }
        for date in 1..28 {
            for quantity in 0..40 {
                let wanted = Asked { quantity: Quantity::units(quantity), ..asked(day(1, date)) };
                let passed_over = order().choose(&list.prices, &wanted, "A").map_or(0, |chosen| chosen.passed_over);
                prop_assert_eq!(passed_over, 0);
            }
        }
    }
}
