use super::*;
use crate::{
    approval::Label,
    spine::{Actor, Id, PolicyContent, Timestamp},
    working_time::Span,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn model() -> PolicyVersion<TierModel> {
    PolicyVersion {
        id: Id::from_uuid(Uuid::nil()),
        code: MODEL_CODE.into(),
        number: 1,
        clause: "002 §6".into(),
        content: serde_json::from_str(SHIPPED_TIER_MODEL).expect("it reads"),
    }
}

fn day(number: u32) -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 3, number).expect("a day")
}

fn run(on: u32) -> TierRun {
    let now = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    let cut_off = day(on).pred_opt().expect("a day");
    let id = Id::from_uuid(Uuid::from_u128(on.into()));
    TierRun::open(id, cut_off, &model(), None, &Actor::system(), (now, day(on))).expect("a run").into_after()
}

fn unassessed() -> CustomerTier {
    CustomerTier::unassessed(Id::from_uuid(Uuid::from_u128(1)))
}

/// Figures that come to so many points by what people enter alone, at a quarter of the weight.
fn figures(purchases: i64) -> Vec<TierFigure> {
    let figure = |dimension: &str, value: i64| TierFigure {
        dimension: dimension.into(),
        value: Some(Decimal::from(value)),
        rows: 1,
        digest: String::new(),
    };
    vec![figure("purchases", purchases), figure("payment", 100)]
}

#[test]
fn the_shipped_model_is_sound() {
    assert!(model().content.findings().is_empty(), "{:?}", model().content.findings());
    assert_eq!(model().content.every, Span::Month);
}

#[test]
fn points_are_exact_and_a_threshold_belongs_to_what_lies_above() {
    let at = |value: &str| {
        let value = Some(value.parse().expect("a number"));
        let figure = TierFigure { dimension: "purchases".into(), value, rows: 1, digest: String::new() };
        model().content.assess(vec![figure])
    };
    assert_eq!((at("99999.99").points(), at("100000").points()), (Decimal::new(105, 1), Decimal::from(21)));
    assert_eq!((at("9999.99").score, at("9999.99").reached), (0, "D".to_owned()));
    assert_eq!(at("100000").reached, "C", "21 of 100");
    let nothing = model().content.assess(Vec::new());
    assert_eq!((nothing.score, nothing.lines.len()), (0, 5), "what nobody knows has a line, and no points");
}

#[test]
fn who_stands_on_a_border_does_not_go_to_and_fro() {
    let model = model();
    let mut tier = unassessed();
    let mut came = Vec::new();
    // 50 points and 36.
    for (on, purchases) in [(2, 1_000_000), (3, 100_000), (4, 1_000_000), (5, 100_000), (6, 100_000)] {
        tier = tier.assess(&run(on), &model, figures(purchases)).into_after();
        let outcome = tier.latest.as_ref().map(|latest| latest.outcome).expect("assessed");
        came.push((outcome, tier.on(day(on)).map(|hold| hold.tier.clone()).unwrap_or_default()));
    }
    let expected = [
        (AssessmentOutcome::First, "B"),
        (AssessmentOutcome::Spared, "B"),
        (AssessmentOutcome::Kept, "B"),
        (AssessmentOutcome::Spared, "B"),
        (AssessmentOutcome::Lowered, "C"),
    ];
    assert_eq!(came, expected.map(|(outcome, tier)| (outcome, tier.to_owned())));
}

#[test]
fn an_override_prevails_while_it_lasts_and_another_takes_its_place() {
    let model = model();
    let by = |number: u128| AnyId::from_uuid(Uuid::from_u128(number));
    let held = |tier: &CustomerTier, on: u32| tier.on(day(on)).map(|hold| hold.tier.clone());
    let tier = unassessed().assess(&run(2), &model, figures(0)).into_after();
    let tier = tier.override_with("A", (day(3), day(20)), by(1), model.cite("TIE-1", None)).into_after();
    let tier = tier.override_with("B", (day(5), day(7)), by(2), model.cite("TIE-1", None)).into_after();
    let days = [2, 3, 4, 5, 7, 8].map(|on| held(&tier, on).unwrap_or_default());
    assert_eq!(days, ["D", "A", "A", "B", "B", "D"], "the first does not come back");
    assert!(tier.clone().let_override_end(day(7)).is_none());
    let change = tier.let_override_end(day(8)).expect("it has run out");
    let told: Vec<&str> = change.happened().iter().map(|happened| happened.kind.name).collect();
    assert_eq!(told, ["customer_tier.override_ended", "customer_tier.changed"]);
    assert!(change.into_after().let_override_end(day(9)).is_none(), "once");
}

#[test]
fn what_is_unsound_in_a_model_is_said() {
    let mut content = model().content;
    content.tiers.reverse();
    content.dimensions[0].weight_bp = 1;
    content.tiers[0].name = Label { zh: String::new(), en: "D".into() };
    let findings = content.findings();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.code).collect();
    for code in ["tier_model.tiers_unsound", "tier_model.weights_unsound", "validation.required"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

proptest! {
    #[test]
    fn more_of_a_figure_never_gives_fewer_points(values in prop::collection::vec(0_i64..2_000_000, 2..20)) {
        let mut values = values;
        values.sort_unstable();
        let score = |value: &i64| model().content.assess(figures(*value)).score;
        let scores: Vec<i64> = values.iter().map(score).collect();
        prop_assert!(scores.is_sorted());
    }

    /// What is held on a day that is over stays what was held, whatever runs come later.
    #[test]
    fn a_day_that_is_over_keeps_its_tier(purchases in prop::collection::vec(0_i64..2_000_000, 2..20)) {
        let (model, mut tier, mut held) = (model(), unassessed(), Vec::new());
        for (on, value) in (2..).zip(&purchases) {
            tier = tier.assess(&run(on), &model, figures(*value)).into_after();
            held.push((on, tier.on(day(on)).cloned()));
            for (then, what) in &held {
                prop_assert_eq!(&tier.on(day(*then)).cloned(), what);
            }
            let lost = tier.holds.windows(2).filter(|two| {
                model.content.rank(&two[0].tier) < model.content.rank(&two[1].tier)
            });
            prop_assert!(lost.count() * 2 <= held.len(), "each loss takes two runs");
        }
    }
}
