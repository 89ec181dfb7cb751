//! The worked examples that stand on a single figure, over HTTP, each under its number; the others are told where they
//! belong: 1, 2, 6, 10, 13 and 14 with the sheet, 11, 12 and 15 with what becomes of results. `[KPI-2, KPI-6]`

use crate::appraisal::{APPRAISALS, April, bare, scheme};
use crate::indicator::confirmed;
use serde_json::{Value, json};
use tests::{App, Reply, stories};

stories! {
    example_3_neither_peers_nor_reviews_are_rounded_before_the_result,
    examples_4_and_5_a_result_is_rounded_once_and_the_grade_follows_it,
    examples_7_and_8_lie_between_three_levels_and_below_the_floor,
    example_9_of_what_is_better_the_lower_it_is_a_slow_answer_scores_less,
}

/// A scheme with one indicator.
fn only(indicator: &str, curve: Value, target: Option<&str>) -> Value {
    let mut scheme = bare();
    let mut used = json!({"indicator": indicator, "weight": 10000, "curve": curve});
    if let Some(target) = target {
        used["target"] = json!({"value": target});
    }
    scheme["indicators"] = json!([used]);
    scheme
}

/// April scored by such a scheme, one value for each colleague: their sheets.
fn scored(app: &App, scheme: &Value, indicator: &str, values: &[&str]) -> Vec<Reply> {
    let april = April::come(app, scheme, values.len(), values.len()).open();
    for ((employee, _), value) in april.colleagues.iter().zip(values) {
        confirmed(&april.centre, employee, indicator, ("2026-04", value));
    }
    april.advance_to("calibration");
    april.score().expect(200);
    let listed = april.office().get(&format!("{APPRAISALS}?sort=-result")).expect(200);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(values.len() + 1));
    let sheets = april.colleagues.iter().map(|(employee, _)| april.sheet(employee));
    sheets.map(|sheet| april.who("head").get(&sheet).expect(200)).collect()
}

/// Worked example 3.
fn example_3_neither_peers_nor_reviews_are_rounded_before_the_result(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.points(5);
    april.points(-20);
    april.reviews(&["90", "85", "91"]);
    april.score().expect(200);
    let shown = april.who("director").get(&april.sheet(april.lan())).expect(200);
    assert_eq!(
        (shown.text("/sheet/reviews/peers/score"), shown.text("/sheet/reviews/sum")),
        ("88.666666666667".into(), "89.533333333333".into())
    );
    assert_eq!((shown.text("/result"), shown.text("/grade")), ("80.46".into(), "B".into()));
}

/// Worked examples 4 and 5.
fn examples_4_and_5_a_result_is_rounded_once_and_the_grade_follows_it(app: App) {
    let linear = json!({"kind": "linear", "floor": "0", "cap": "120"});
    let sheets = scored(&app, &only("sales", linear, Some("1000000")), "sales", &["899950", "749949.9999"]);
    let sums: Vec<String> = sheets.iter().map(|sheet| sheet.text("/sheet/sum")).collect();
    assert_eq!(sums, ["89.995", "74.99499999"]);
    let results: Vec<_> = sheets.iter().map(|sheet| (sheet.text("/result"), sheet.text("/grade"))).collect();
    assert_eq!(results, [("90.00".into(), "A".into()), ("74.99".into(), "C".into())]);
}

/// Worked examples 7 and 8.
fn examples_7_and_8_lie_between_three_levels_and_below_the_floor(app: App) {
    let levels =
        json!({"kind": "three_levels", "floor": "800000", "target": "1000000", "challenge": "1300000"});
    let sheets = scored(&app, &only("sales", levels, None), "sales", &["1090000", "799999.99"]);
    let scores: Vec<String> = sheets.iter().map(|sheet| sheet.text("/sheet/lines/0/score")).collect();
    assert_eq!(scores, ["106", "0"]);
    assert_eq!(sheets[0].text("/result"), "106.00");
}

/// Worked example 9.
fn example_9_of_what_is_better_the_lower_it_is_a_slow_answer_scores_less(app: App) {
    let linear = json!({"kind": "linear", "floor": "0", "cap": "120"});
    let sheets = scored(&app, &only("response-days", linear, Some("2.0")), "response-days", &["2.5", "0"]);
    let scores: Vec<String> = sheets.iter().map(|sheet| sheet.text("/sheet/lines/0/score")).collect();
    assert_eq!(scores, ["80", "120"], "nothing at all is the most that the curve gives");
}
