use super::*;
use crate::pipeline_terms::{OnConflict, PipelineTerms, SHIPPED_PIPELINE_TERMS};
use proptest::prelude::*;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}
fn terms() -> PipelineTerms {
    serde_json::from_str(SHIPPED_PIPELINE_TERMS).expect("they read")
}
fn person(number: u128) -> Actor {
    Actor { employee: Some(id(number)), department: Some(id(9)), ..Actor::system() }
}
fn draft(filer: u128) -> Filing {
    let content = FilingContent {
        product_line: "监护仪".into(),
        site: None,
        estimate: Money::from_minor(100_000, Currency::Cny),
        expected_on: day("2026-06-30"),
        grounds: "客户已立项".into(),
        evidence: Vec::new(),
    };
    let (customer, customer_key) = (id(7), "云帆".to_owned());
    let (owner, department, number) = (Some(id(filer)), id(9), "FL-1".to_owned());
    let new = NewFiling { id: id(filer + 100), number, customer, customer_key, owner, department };
    Filing::create(new, content, &person(filer), (now(), day("2026-03-05"))).expect("drafted").into_after()
}
const FREE: Way<'static> = Way { rival: None, holder: "", live: 0 };

fn protected(filer: u128) -> Filing {
    let filed = draft(filer).file(FREE, &terms().filing, &person(filer), now()).expect("filed").into_after();
    let head = person(1);
    filed.protect(&terms().filing, &head, (now(), day("2026-03-05"))).expect("protected").into_after()
}

#[test]
fn it_protects_ninety_days_unless_nothing_is_done_for_thirty() {
    let filing = protected(5);
    let protection = filing.protection.expect("it protects");
    assert_eq!((protection.until, protection.lapses_on()), (day("2026-06-03"), day("2026-04-04")));
    assert!(filing.clone().expire((now(), day("2026-04-04"))).is_none());
    assert!(filing.clone().expire((now(), day("2026-04-05"))).is_some());
    let pursued = filing.progress(day("2026-05-20")).expect("progress").into_after();
    assert_eq!(pursued.protection.expect("it protects").lapses_on(), day("2026-06-03"));
    let (by, terms) = (person(5), terms());
    let longer = pursued.extend("客户推迟招标".into(), &terms.filing, &by, day("2026-06-01"));
    let longer = longer.expect("extended").into_after();
    assert_eq!(longer.protection.expect("it protects").until, day("2026-07-03"));
    let again = longer.extend("再延".into(), &terms.filing, &by, day("2026-06-01"));
    assert_eq!(again.expect_err("once").code.code, "filing.extended_already");
}

#[test]
fn another_who_files_the_same_is_told_the_rule_and_a_letter() {
    let rival = protected(5);
    let way = Way { rival: Some(&rival), holder: "兰兰", live: 0 };
    let refused = draft(6).file(way, &terms().filing, &person(6), now()).expect_err("refused");
    assert_eq!((refused.code.code, &refused.params["holder"]), ("filing.conflict", &json!("兰**")));
    let contest = terms();
    let contest = crate::pipeline_terms::FilingTerms { on_conflict: OnConflict::Contest, ..contest.filing };
    let contested = draft(6).file(way, &contest, &person(6), now()).expect("contested").into_after();
    assert_eq!((contested.status.state(), contested.against), (FilingState::Contested, Some(rival.id)));
    let own =
        contested.clone().rule((true, "先报备".into()), &contest, &person(6), (now(), day("2026-03-06")));
    assert_eq!(own.expect_err("a party").code.code, "filing.own_review");
    let against = contested.rule((false, "后报备".into()), &contest, &person(1), (now(), day("2026-03-06")));
    assert_eq!(against.expect("ruled").after().status.state(), FilingState::Ruled);
}

#[test]
fn only_the_owner_files_and_nobody_more_than_they_may() {
    let mut new = draft(5);
    new.filer = id(6);
    assert_eq!(
        new.file(FREE, &terms().filing, &person(5), now()).expect_err("hers").code.code,
        "filing.not_yours"
    );
    let full = Way { live: 20, ..FREE };
    let refused = draft(5).file(full, &terms().filing, &person(5), now()).expect_err("full");
    assert_eq!((refused.code.code, &refused.params["max"]), ("filing.live_max", &json!(20)));
}

proptest! {
    /// Whatever happens in which order, it never protects beyond its end, and its extension counts once.
    #[test]
    fn protection_ends_by_its_last_day(deeds in prop::collection::vec((0_u8..3, 0_i64..200), 0..30)) {
        let mut filing = protected(5);
        let (terms, first) = (terms(), day("2026-03-05"));
        for (deed, days) in deeds {
            let today = first + chrono::Duration::days(days);
            filing = match deed {
                0 => filing.clone().progress(today).map_or(filing, Change::into_after),
                1 => filing
                    .clone()
                    .extend("延期".into(), &terms.filing, &person(5), today)
                    .map_or(filing, Change::into_after),
                _ => filing.clone().expire((now(), today)).map_or(filing, Change::into_after),
            };
            let protection = filing.protection.expect("it protected");
            prop_assert!(protection.lapses_on() <= first + chrono::Duration::days(90 + 30));
            prop_assert!(protection.lapses_on() <= protection.until);
        }
    }
}
