//! An appraisal from its opening to its revision.

use super::*;
use crate::{
    scheme::{Scheme, tests::scheme},
    scoring::{Direction, ReviewAnswers},
    spine::{ActorKind, Timestamp},
};
use rust_decimal::Decimal;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn day(n: u32) -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 5, n).expect("a day")
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}
fn person(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, user: id(100 + number), employee: Some(id(number)), ..Actor::system() }
}
fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

const LI: u128 = 1;
const SUPERIOR: u128 = 2;
const OFFICE: u128 = 3;
const DIRECTOR: u128 = 4;

fn part() -> SheetPart {
    SheetPart {
        from: day(1),
        until: day(31),
        department: id(500),
        position: Some("sales-representative".into()),
        superior: Some(id(SUPERIOR)),
        scheme: Some(SchemeReference {
            id: id(9),
            code: "appraisal-scheme/sales".into(),
            number: 1,
            clause: "004 §9".into(),
        }),
        days: 31,
        working_days: 19,
        unscored: None,
    }
}

fn opened(parts: Vec<SheetPart>) -> Appraisal {
    Appraisal::open(NewAppraisal { id: id(7), period: id(8), employee: id(LI), parts }).into_after()
}

#[derive(Debug)]
struct Higher;
impl score::DirectionOf for Higher {
    fn of(&self, _: &str) -> Direction {
        Direction::HigherIsBetter
    }
}

fn frozen() -> Frozen {
    let value = |indicator: &str, value: &str| FrozenValue {
        part: 1,
        indicator: indicator.into(),
        value: Some(dec(value)),
        query: "entered".into(),
        rows: 1,
        digest: String::new(),
        adjustments: Vec::new(),
        incidents: Vec::new(),
        direction: Some(Direction::HigherIsBetter),
    };
    let values = vec![
        value("sales", "1150000"),
        value("new-customers", "7"),
        value("complaints-in-time", "96.0"),
        value("weekly-reports", "2"),
        value("customer-data-leaked", "0"),
    ];
    Frozen { at: now(), values, points: FrozenPoints { points: -15, ..FrozenPoints::default() } }
}

fn computed(appraisal: &Appraisal, scheme: &Scheme) -> Scored {
    let answers = ReviewAnswers {
        own: Some(dec("95")),
        superiors: vec![(31, Some(dec("88")))],
        peers: ["90", "85", "92"].map(dec).into(),
    };
    let of = |_: usize| Some(SchemeOfPart { scheme, direction: &Higher, period_days: 31 });
    appraisal.compute(&frozen(), &of, &answers, None)
}

fn scored() -> Appraisal {
    let appraisal = opened(vec![part()]);
    let scheme = scheme();
    let result = computed(&appraisal, &scheme);
    appraisal.score(frozen(), result).expect("no refusal").into_after()
}

#[test]
fn it_is_scored_and_run_again_comes_to_the_same() {
    let once = scored();
    assert_eq!(once.verdict, Some(Verdict { result: dec("80.48"), grade: "B".into() }));
    let scheme = scheme();
    let again = computed(&once, &scheme);
    let again = once.clone().score(frozen(), again).expect("no refusal").into_after();
    assert_eq!((again.computation, again.verdict), (once.computation, once.verdict));
}

#[test]
fn the_computation_is_said_in_words() {
    let computation = scored().computation.expect("a computation");
    let named = |_: usize, code: &str| {
        Some(Named { zh: code.into(), en: code.into(), unit: "x".into(), clause: None, adjusted: Vec::new() })
    };
    let said: Vec<String> = computation.said(&named).into_iter().map(|said| said.zh).collect();
    assert_eq!(said[0], "sales：1150000 x，目标 1000000，完成率 115 %，得分 115 × 权重 40 % = 46");
    assert_eq!(said[3], "weekly-reports：2 x，得分 90 × 权重 20 % = 18");
    assert_eq!(said[5], "指标合计：98");
    assert_eq!(said[6], "评分：自评 95 × 20 % + 上级 88 × 60 % + 同事 89 × 20 % = 89.6");
    assert_eq!(said[7], "结果：98 × 70 % + 89.6 × 30 % − 15 = 80.48；四舍五入后为 80.48");
}

#[test]
fn who_is_exempt_by_decision_is_not_scored_and_people_who_move_are_covered_anew() {
    let open = opened(vec![part()]);
    assert_eq!(open.clone().exempt("x".into(), &person(LI), now()).unwrap_err().code, OWN_APPRAISAL);
    assert!(open.clone().cover(vec![part()]).is_none(), "nothing changed");
    let moved = SheetPart { superior: Some(id(OFFICE)), ..part() };
    let covered = open.clone().cover(vec![moved.clone()]).expect("a change").into_after();
    assert_eq!(covered.parts, std::slice::from_ref(&moved));
    let exempt = open.exempt("驻外".into(), &person(OFFICE), now()).expect("no refusal").into_after();
    assert_eq!(exempt.unscored, Some(Unscorable::Decided));
    assert!(exempt.cover(vec![moved]).is_none(), "what was decided stays");
}

#[test]
fn who_was_hardly_there_is_exempt() {
    let short = SheetPart { unscored: Some(Unscorable::TooShort), ..part() };
    let exempt = opened(vec![short]);
    assert_eq!((exempt.state, exempt.unscored), (AppraisalState::Exempt, Some(Unscorable::TooShort)));
    assert!(exempt.finalise().is_err());
}

#[test]
fn every_calibration_keeps_what_was_and_nobody_calibrates_themselves() {
    let to =
        |result: &str| Recalibrated { result: Some(dec(result)), grade: None, reason: "横向拉平".into() };
    let calibrate = |by: u128, result: &str| {
        scored().calibrate(to(result), CalibrationKind::Single, &scheme(), &person(by), now())
    };
    assert_eq!(calibrate(LI, "90").unwrap_err().code, OWN_APPRAISAL);
    assert_eq!(calibrate(OFFICE, "80.48").unwrap_err().code, NOTHING_CHANGES);
    let changed = calibrate(OFFICE, "90").expect("no refusal").into_after();
    let kept = &changed.calibrations[0];
    assert_eq!((kept.old.grade.as_str(), kept.new.grade.as_str()), ("B", "A"));
    let scheme = scheme();
    let again = computed(&changed, &scheme);
    assert!(changed.score(frozen(), again).is_err(), "what somebody decided is not overwritten");
}

#[test]
fn the_person_objects_in_time_and_neither_they_nor_their_superior_rule() {
    let object = |by: u128, today: u32| {
        scored().object("目标口径有误".into(), day(20), &person(by), (now(), day(today)))
    };
    assert_eq!(object(OFFICE, 20).unwrap_err().code, NOT_PERSON);
    assert_eq!(object(LI, 21).unwrap_err().code, OBJECTION_LATE);
    let objected = object(LI, 20).expect("no refusal").into_after();
    let rule =
        |by: u128| objected.clone().rule(Some(dec("82")), "口径更正".into(), &scheme(), &person(by), now());
    assert_eq!(rule(LI).unwrap_err().code, OWN_APPRAISAL);
    assert_eq!(rule(SUPERIOR).unwrap_err().code, RULER_IS_SUPERIOR);
    let ruled = rule(OFFICE).expect("no refusal").into_after();
    assert_eq!(ruled.result(), Some(dec("82.00")));
    assert_eq!(ruled.calibrations[0].kind, CalibrationKind::Ruling);
}

#[test]
fn what_is_final_is_only_revised_by_two() {
    let done = scored().finalise().expect("no refusal").into_after();
    let to = Recalibrated { result: Some(dec("90")), grade: None, reason: "x".into() };
    let moved = done.clone().calibrate(to, CalibrationKind::Single, &scheme(), &person(OFFICE), now());
    assert_eq!(moved.unwrap_err().code, APPRAISAL_WRONG_STATE);
    let asked = done
        .ask_to_reopen(id(70), "漏计一单".into(), None, &person(OFFICE), now())
        .expect("no refusal")
        .into_after();
    assert_eq!((asked.revision, asked.state), (2, AppraisalState::ReopeningAsked));
    assert_eq!(asked.clone().decide_reopening(true, &person(OFFICE), now()).unwrap_err().code, APPROVES_OWN);
    let open = asked.decide_reopening(true, &person(DIRECTOR), now()).expect("no refusal").into_after();
    let to = Recalibrated { result: Some(dec("84")), grade: None, reason: "补计".into() };
    let open = open.calibrate(to, CalibrationKind::Revision, &scheme(), &person(OFFICE), now());
    let done = open.expect("no refusal").into_after().conclude(&person(DIRECTOR)).expect("no refusal");
    assert_eq!((done.after().state, done.after().result()), (AppraisalState::Final, Some(dec("84.00"))));
}
