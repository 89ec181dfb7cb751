use super::{funnel::funnel, *};
use crate::pipeline_terms::{EntryFact, PipelineTerms, SHIPPED_PIPELINE_TERMS};
use proptest::prelude::*;
use std::collections::BTreeSet;

const STAGES: [&str; 5] = ["lead", "visit", "negotiation", "quotation", "contract"];

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
fn lan() -> Actor {
    Actor { employee: Some(id(5)), department: Some(id(9)), ..Actor::system() }
}
fn all() -> BTreeSet<EntryFact> {
    EntryFact::ALL.into_iter().collect()
}
fn opened(on: &str) -> Opportunity {
    let content = OpportunityContent {
        subject: "监护仪".into(),
        product_line: None,
        estimate: Some(Money::from_minor(100_001, Currency::Cny)),
        expected_on: Some(day("2026-12-31")),
    };
    let (number, stage) = ("OP-1".to_owned(), "lead".to_owned());
    let new = NewOpportunity { id: id(1), number, customer: id(2), department: id(9), stage };
    Opportunity::open(new, content, &lan(), (now(), day(on))).expect("opened").into_after()
}
fn advanced(opportunity: Opportunity, on: &str) -> Opportunity {
    opportunity.advance(&terms(), &all(), &lan(), (now(), day(on))).expect("advanced").into_after()
}

#[test]
fn a_stage_is_entered_once_what_it_asks_for_has_happened() {
    let (opportunity, when) = (opened("2026-03-05"), (now(), day("2026-03-06")));
    let none = BTreeSet::new();
    let refused = opportunity.clone().advance(&terms(), &none, &lan(), when).expect_err("no visit");
    assert_eq!(
        (refused.code.code, &refused.params["fact"]),
        ("opportunity.fact_missing", &json!("visit_reported"))
    );
    let visited = opportunity.advance(&terms(), &BTreeSet::from([EntryFact::VisitReported]), &lan(), when);
    let visited = visited.expect("advanced").into_after();
    assert_eq!((visited.stage.as_str(), visited.stage_since), ("visit", day("2026-03-06")));
    let negotiated =
        visited.advance(&terms(), &none, &lan(), when).expect("its estimate is given").into_after();
    assert_eq!(negotiated.expected(&terms()), Some(40_000), "40 % of 100001, to the nearest");
    let last = advanced(advanced(negotiated, "2026-03-07"), "2026-03-08");
    assert_eq!(
        last.clone().advance(&terms(), &all(), &lan(), when).expect_err("last").code.code,
        "opportunity.last_stage"
    );
    let ahead = last.clone().step_back(("contract", "退回".into()), &terms(), &lan(), when);
    assert_eq!(ahead.expect_err("not back").code.code, "opportunity.first_stage");
    let back = last.step_back(("visit", "客户换人".into()), &terms(), &lan(), when).expect("back");
    assert_eq!(back.after().stage, "visit");
}

#[test]
fn it_is_lost_for_a_listed_reason_and_taken_up_again() {
    let when = (now(), day("2026-03-06"));
    let loss =
        |reason: &str| Loss { reason: reason.into(), competitor: Some("甲公司".into()), note: None };
    let unknown =
        opened("2026-03-05").lose(loss("mood"), &terms(), &lan(), when).expect_err("no such reason");
    assert_eq!(unknown.findings[0].code.code, "opportunity.reason_unknown");
    let lost = opened("2026-03-05").lose(loss("price"), &terms(), &lan(), when).expect("lost").into_after();
    assert_eq!(
        lost.clone().advance(&terms(), &all(), &lan(), when).expect_err("over").code.code,
        "opportunity.not_open"
    );
    let again = lost.reopen("客户回心转意".into(), &lan(), when).expect("reopened").into_after();
    assert_eq!((again.state, again.loss.is_none(), again.moves.len()), (OpportunityState::Open, true, 3));
    assert_eq!(
        again.reopen("再开".into(), &lan(), when).expect_err("open").code.code,
        "opportunity.not_lost"
    );
}

#[test]
fn the_funnel_counts_by_moves_as_of_any_day() {
    let one = advanced(advanced(opened("2026-03-01"), "2026-03-05"), "2026-03-15");
    let other = advanced(opened("2026-03-01"), "2026-03-09");
    let back = one.clone().step_back(("lead", "退回".into()), &terms(), &lan(), (now(), day("2026-03-20")));
    let back = advanced(back.expect("back").into_after(), "2026-03-25");
    let won = other.clone().win(id(3), &lan(), (now(), day("2026-03-30")));
    let moves = [&back.moves[..], &won.after().moves[..]];
    let flows = funnel(&STAGES, moves, day("2026-03-31"));
    assert_eq!(
        (flows[0].entered, flows[0].passed_on, flows[0].median_tenths),
        (2, 2, Some(60)),
        "4 and 8 days"
    );
    assert_eq!(
        (flows[1].entered, flows[1].passed_on, flows[1].standing),
        (2, 2, 1),
        "one went on, one was won"
    );
    assert_eq!((flows[2].entered, flows[2].passed_on, flows[2].standing), (1, 0, 0));
    let earlier = funnel(&STAGES, moves, day("2026-03-06"));
    assert_eq!((earlier[0].entered, earlier[0].passed_on, earlier[0].standing), (2, 1, 1));
    assert_eq!(earlier[1].standing, 1);
}

proptest! {
    /// Whatever happens: who passed on had entered, and everybody stands somewhere, is lost or is won.
    #[test]
    fn the_funnel_loses_nobody(lives in prop::collection::vec(prop::collection::vec(0_u8..5, 0..12), 0..20)) {
        let mut moves = Vec::new();
        let mut won = 0;
        for life in lives {
            let mut opportunity = opened("2026-03-01");
            for (day, deed) in (2_u32..).zip(life) {
                let when = (now(), BusinessDate::from_ymd_opt(2026, 3, day).expect("a day"));
                let before = opportunity.clone();
                opportunity = match deed {
                    0 | 1 => opportunity.advance(&terms(), &all(), &lan(), when).map_or(before, Change::into_after),
                    2 => opportunity
                        .step_back(("lead", "退回".into()), &terms(), &lan(), when)
                        .map_or(before, Change::into_after),
                    3 => opportunity
                        .lose(Loss { reason: "price".into(), competitor: None, note: None }, &terms(), &lan(), when)
                        .map_or(before, Change::into_after),
                    _ => opportunity.reopen("再谈".into(), &lan(), when).map_or(before, Change::into_after),
                };
            }
            if moves.len() % 3 == 0 && opportunity.state == OpportunityState::Open {
                won += 1;
                opportunity = opportunity.win(id(3), &lan(), (now(), day("2026-03-30"))).into_after();
            }
            moves.push(opportunity.moves);
        }
        let flows = funnel(&STAGES, moves.iter().map(Vec::as_slice), day("2026-03-31"));
        let count = u64::try_from(moves.len()).expect("few");
        prop_assert_eq!(flows[0].entered, count);
        prop_assert_eq!(flows.iter().map(|flow| flow.standing + flow.lost).sum::<u64>() + won, count);
        prop_assert!(flows.iter().all(|flow| flow.passed_on <= flow.entered));
        prop_assert!(flows.windows(2).all(|pair| pair[1].entered <= pair[0].passed_on));
    }
}
