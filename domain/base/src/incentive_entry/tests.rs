//! Entries from proposed to carried out or taken back.

use super::month::{MonthlyTotals, month_of, taken};
use super::*;
use crate::approval::Outcome;
use crate::spine::{Actor, ActorKind, BusinessDate, Change, Currency, Money, PolicyContent};
use crate::working_time::tests::{at, calendar, day, shanghai};
use proptest::prelude::*;

const LI_NA: u128 = 1;
const WANG: u128 = 2;
const OFFICE: u128 = 3;

fn who(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}

fn actor(number: u128) -> Actor {
    Actor {
        kind: ActorKind::Person,
        user: Id::from_uuid(Uuid::from_u128(100 + number)),
        employee: Some(who(number)),
        ..Actor::system()
    }
}

fn policy() -> IncentivePolicy {
    serde_json::from_str(SHIPPED_INCENTIVE_POLICY).expect("it reads")
}

fn points(points: i32) -> IncentiveAmount {
    IncentiveAmount::Points { points }
}

fn month(text: &str) -> Period {
    text.parse().expect("a month")
}

fn new(number: u128, amount: IncentiveAmount, kind: IncidentKind) -> NewEntry {
    NewEntry {
        id: Id::from_uuid(Uuid::from_u128(1_000 + number)),
        number: format!("RP-2026-{number:06}"),
        employee: who(LI_NA),
        department: Id::from_uuid(Uuid::from_u128(500)),
        incident: Incident { kind, id: Uuid::from_u128(number), on: day("2026-05-18") },
        amount,
        month: month("2026-05"),
        grounds: "未按时提交第20周周报".into(),
        evidence: Vec::new(),
        citation: Citation::clause("DUT-2d", "002 §6 §5"),
    }
}

/// Proposed by rule for a missed duty.
fn proposed(amount: IncentiveAmount) -> IncentiveEntry {
    let new = new(1, amount, IncidentKind::Duty);
    IncentiveEntry::propose(new, None, &[], None, None, (at("2026-05-18 09:00"), day("2026-05-18")))
        .expect("no refusal")
        .into_after()
}

fn notified(amount: IncentiveAmount) -> IncentiveEntry {
    let calendar = calendar();
    let entry = proposed(amount).notify(&policy(), at("2026-05-18 09:00"), shanghai(&calendar));
    entry.expect("no refusal").into_after()
}

fn confirmed(amount: IncentiveAmount) -> IncentiveEntry {
    let now = at("2026-05-21 00:00");
    notified(amount).confirm(None, None, &policy(), &actor(WANG), now).expect("no refusal").into_after()
}

fn counter() -> Counter {
    Counter {
        id: Id::from_uuid(Uuid::from_u128(2_000)),
        number: "RP-2026-000002".into(),
        month: month("2026-06"),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code.code
}

#[test]
fn the_shipped_settings_are_sound_and_unsound_ones_are_told_everything() {
    assert_eq!(policy().findings(), []);
    let monthly_caps = MonthlyCaps { points: Some(-1), ..MonthlyCaps::default() };
    let unsound =
        IncentivePolicy { number_prefix: "rp".into(), answer_working_days: 61, monthly_caps, ..policy() };
    assert_eq!(unsound.findings().len(), 3);
    assert_eq!(unsound.cap_of(&points(-1)), Some(-1));
}

#[test]
fn an_incident_is_entered_once() {
    let first = proposed(points(-20));
    let again = new(1, points(-20), IncidentKind::Duty);
    let now = at("2026-05-19 09:00");
    let propose = |existing| {
        IncentiveEntry::propose(again.clone(), Some(existing), &[], None, None, (now, day("2026-05-19")))
    };
    let refusal = propose(&first).unwrap_err();
    assert_eq!(
        (refusal.code, &refusal.params["number"]),
        (ALREADY_ENTERED, &serde_json::json!("RP-2026-000001"))
    );
    let cancelled = first.clone().cancel("误记".into(), &actor(WANG), now).expect("no refusal").into_after();
    assert!(propose(&cancelled).is_ok(), "what was cancelled never was");
    assert!(cancelled.is_decided_against(), "a rule asks before");
}

#[test]
fn a_penalty_is_confirmed_once_the_person_has_answered_or_the_time_is_over() {
    // Told on Monday: 24:00 of Wednesday.
    let entry = notified(points(-20));
    let wang = actor(WANG);
    let confirm = |entry: &IncentiveEntry, ruling: Option<&str>, now: &str| {
        entry.clone().confirm(None, ruling.map(str::to_owned), &policy(), &wang, at(now))
    };
    assert_eq!(code(confirm(&proposed(points(-20)), None, "2026-05-18 10:00")), ENTRY_NOT_NOTIFIED.code);
    assert_eq!(code(confirm(&entry, None, "2026-05-20 23:59")), ANSWER_OPEN.code);
    assert!(confirm(&entry, None, "2026-05-21 00:00").is_ok());
    let li_na = actor(LI_NA);
    let answer = |objection: Option<&str>, by: &Actor, now: &str| {
        entry.clone().answer(objection.map(str::to_owned), by, at(now)).map(Change::into_after)
    };
    assert_eq!(code(answer(None, &wang, "2026-05-19 10:00")), NOT_YOUR_ENTRY.code);
    assert_eq!(code(answer(None, &li_na, "2026-05-21 00:00")), ANSWER_TOO_LATE.code);
    let accepted = answer(None, &li_na, "2026-05-19 10:00").expect("no refusal");
    assert!(confirm(&accepted, None, "2026-05-19 10:01").is_ok());
    assert_eq!(code(accepted.answer(None, &li_na, at("2026-05-19 11:00"))), ALREADY_ANSWERED.code);
    let objected = answer(Some("已在出差途中提交"), &li_na, "2026-05-19 10:00").expect("no refusal");
    assert_eq!(code(confirm(&objected, None, "2026-05-22 10:00")), OBJECTION_UNANSWERED.code);
    let ruled = confirm(&objected, Some("系统无提交记录"), "2026-05-19 10:01").expect("no refusal");
    assert!(ruled.after().counts());
}

#[test]
fn neither_the_proposer_nor_the_person_decides() {
    let wang = actor(WANG);
    let new = new(1, points(5), IncidentKind::ByHand);
    let now = at("2026-05-18 10:00");
    let own =
        IncentiveEntry::propose(new.clone(), None, &[], Some(&actor(LI_NA)), None, (now, day("2026-05-18")));
    assert_eq!(code(own), OWN_ENTRY.code);
    let entry = IncentiveEntry::propose(new, None, &[], Some(&wang), None, (now, day("2026-05-18")))
        .expect("no refusal")
        .into_after();
    let approval = Some(Id::from_uuid(Uuid::from_u128(9)));
    let confirm = |by: u128, approval| entry.clone().confirm(approval, None, &policy(), &actor(by), now);
    assert_eq!(code(confirm(WANG, approval)), PROPOSER_CONFIRMS.code);
    assert_eq!(code(confirm(LI_NA, approval)), OWN_ENTRY.code);
    assert_eq!(code(confirm(OFFICE, None)), APPROVAL_REQUIRED.code, "by hand, so with approval");
    assert!(confirm(OFFICE, approval).is_ok(), "nobody need wait for a reward");
    assert_eq!(code(entry.cancel("x".into(), &actor(LI_NA), now)), OWN_ENTRY.code);
}

#[test]
fn what_is_waived_afterwards_is_countered_once_however_often_it_is_asked() {
    // Worked example 4: confirmed 20, waived on Tuesday, asked again.
    let now = at("2026-05-26 10:00");
    let entry = confirmed(points(-20));
    let both = entry.undo(UndoGround::Waived, counter(), now).expect("no refusal");
    let [entry, countering]: [Change<IncentiveEntry>; 2] = both.try_into().expect("it is countered");
    assert_eq!(countering.after().amount, points(20));
    assert_eq!(countering.after().counters, Some(entry.after().id));
    assert_eq!(countering.happened()[0].facts["counters"], "RP-2026-000001");
    let totals: MonthlyTotals = [entry.after(), countering.after()].into_iter().collect();
    assert_eq!(totals.points, 0);
    let again = entry.into_after().undo(UndoGround::Waived, counter(), now);
    assert!(again.expect("no refusal").is_empty());
    let of_counter = countering.into_after().undo(UndoGround::Waived, counter(), now);
    assert_eq!(code(of_counter), COUNTER_STAYS.code);
}

#[test]
fn what_does_not_count_yet_is_cancelled_instead() {
    let now = at("2026-05-19 10:00");
    for entry in [proposed(points(-20)), notified(points(-20))] {
        let mut changes = entry.undo(UndoGround::InTime, counter(), now).expect("no refusal");
        let change = changes.pop().expect("it is cancelled");
        assert!(changes.is_empty(), "without a counter-entry");
        assert_eq!(change.happened()[0].facts["ground"], "in_time");
        assert!(!change.after().counts());
        assert!(!change.after().is_decided_against(), "by rule, so that a rule may enter it again");
        let again = change.into_after().undo(UndoGround::InTime, counter(), now);
        assert!(again.expect("no refusal").is_empty());
    }
    assert_eq!(
        code(confirmed(points(-20)).cancel("x".into(), &actor(WANG), now)),
        ENTRY_NOT_CANCELLABLE.code
    );
    let reversed = proposed(points(-20)).reverse("x".into(), counter(), &actor(WANG), now);
    assert_eq!(code(reversed), ENTRY_NOT_REVERSIBLE.code);
}

fn by_hand(amount: IncentiveAmount) -> IncentiveEntry {
    let (now, new) = (at("2026-05-18 10:00"), new(1, amount, IncidentKind::ByHand));
    let entry = IncentiveEntry::propose(new, None, &[], Some(&actor(WANG)), None, (now, day("2026-05-18")));
    entry.expect("no refusal").into_after()
}

#[test]
fn what_is_entered_by_hand_goes_to_approvers_once_the_person_was_heard() {
    let (calendar, now) = (calendar(), at("2026-05-18 10:00"));
    let approval = Id::from_uuid(Uuid::from_u128(9));
    let submit = |entry: &IncentiveEntry, by: u128, now| {
        entry.clone().submit(approval, None, &policy(), &actor(by), now).map(Change::into_after)
    };
    let penalty = by_hand(points(-5));
    assert_eq!(code(submit(&penalty, WANG, now)), ENTRY_NOT_NOTIFIED.code);
    let told = penalty.notify(&policy(), now, shanghai(&calendar)).expect("no refusal").into_after();
    assert_eq!(code(submit(&told, WANG, now)), ANSWER_OPEN.code);
    let over = at("2026-05-21 00:00");
    assert_eq!(code(submit(&told, OFFICE, over)), NOT_PROPOSER.code);
    assert_eq!(code(submit(&told, LI_NA, over)), OWN_ENTRY.code);
    assert_eq!(code(submit(&notified(points(-5)), WANG, over)), APPROVAL_NOT_NEEDED.code);
    let waiting = submit(&told, WANG, over).expect("no refusal");
    assert_eq!(code(submit(&waiting, WANG, over)), ENTRY_IN_APPROVAL.code);
    assert_eq!(code(waiting.clone().cancel("x".into(), &actor(OFFICE), over)), ENTRY_IN_APPROVAL.code);
    assert_eq!(code(told.may_withdraw(&actor(WANG))), ENTRY_NOT_IN_APPROVAL.code);
    assert_eq!(code(waiting.may_withdraw(&actor(OFFICE))), NOT_PROPOSER.code);
    let settle = |entry: IncentiveEntry, outcome: Outcome| {
        let change = entry.settle(approval, &outcome, &policy(), &actor(OFFICE), over);
        change.expect("no refusal").map(Change::into_after)
    };
    let (by, reason) = (who(OFFICE), "依据不足".to_owned());
    let agreed = settle(waiting.clone(), Outcome::Approved { at: over }).expect("it is confirmed");
    assert!(agreed.counts() && !agreed.is_in_approval());
    let rejected = Outcome::Rejected { by, at: over, reason };
    assert!(!settle(waiting.clone(), rejected).expect("it is cancelled").holds_incident());
    let withdrawn = settle(waiting.clone(), Outcome::Withdrawn { at: over }).expect("it may go on");
    assert_eq!(withdrawn.goes_on(), Some(approval));
    assert!(submit(&withdrawn, WANG, over).is_ok());
    // Taken back by rule meanwhile, it stays so whatever its approvers say.
    let undone = waiting.undo(UndoGround::Void, counter(), over).expect("no refusal").remove(0).into_after();
    assert_eq!(settle(undone, Outcome::Approved { at: over }), None);
}

#[test]
fn an_entry_goes_with_one_payroll_and_so_does_what_takes_it_back() {
    let now = at("2026-06-05 10:00");
    let batch = || "2026-05".to_owned();
    assert_eq!(code(notified(points(-20)).execute(batch(), now)), ENTRY_NOT_CONFIRMED.code);
    let executed = confirmed(points(-20)).execute(batch(), now).expect("no refusal").into_after();
    assert_eq!(code(executed.clone().execute(batch(), now)), ENTRY_NOT_CONFIRMED.code);
    let (entry, _) = executed.reverse("申诉成立".into(), counter(), &actor(WANG), now).expect("no refusal");
    assert_eq!(code(entry.into_after().execute(batch(), now)), ENTRY_NOT_CONFIRMED.code);
    // Countered before it went, both go.
    let (entry, countering) =
        confirmed(points(-20)).reverse("申诉成立".into(), counter(), &actor(WANG), now).expect("no refusal");
    let entry = entry.into_after().execute(batch(), now).expect("no refusal").into_after();
    assert_eq!(entry.status.state(), IncentiveState::Reversed);
    assert!(countering.into_after().execute(batch(), now).is_ok());
}

#[test]
fn a_miss_of_a_closed_month_enters_the_open_one_naming_its_day() {
    let closed = |until: &str| {
        let until = month(until);
        move |month: Period| month <= until
    };
    let on = |text: &str| -> BusinessDate { day(text) };
    assert_eq!(month_of(on("2026-05-31"), |_| false), month("2026-05"));
    assert_eq!(month_of(on("2026-05-31"), closed("2026-05")), month("2026-06"));
    assert_eq!(month_of(on("2026-11-30"), closed("2026-12")), month("2027-01"));
    let late = NewEntry { month: month("2026-06"), ..new(1, points(-20), IncidentKind::Duty) };
    let entry =
        IncentiveEntry::propose(late, None, &[], None, None, (at("2026-06-04 09:00"), day("2026-06-04")))
            .expect("no refusal");
    assert_eq!(entry.happened()[0].facts["on"], "2026-05-18");
    let week = NewEntry { month: month("2026-W20"), ..new(1, points(0), IncidentKind::Duty) };
    let refusal =
        IncentiveEntry::propose(week, None, &[], None, None, (at("2026-06-04 09:00"), day("2026-06-04")))
            .unwrap_err();
    let codes: Vec<_> = refusal.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [AMOUNT_NOTHING, NOT_A_MONTH]);
}

#[test]
fn a_penalty_is_cut_to_what_the_caps_leave_and_says_why() {
    let entries = [proposed(points(-20)), confirmed(points(-20)), proposed(points(5))];
    let cancelled = proposed(points(-7)).cancel("误记".into(), &actor(WANG), at("2026-05-19 09:00"));
    let cancelled = cancelled.expect("no refusal").into_after();
    let so_far = taken(&points(-1), entries.iter().chain([&cancelled]));
    assert_eq!(so_far, 40);
    let cap = |cap| Cap { cap, taken: so_far, citation: Citation::rule("INC-2a") };
    let propose = |caps: &[Cap]| {
        let new = new(8, points(-20), IncidentKind::Duty);
        IncentiveEntry::propose(new, None, caps, None, None, (at("2026-05-19 09:00"), day("2026-05-19")))
            .expect("no refusal")
    };
    let cut = propose(&[cap(100), cap(50)]);
    assert_eq!((&cut.after().amount, &cut.after().uncapped), (&points(-10), &points(-20)));
    let decisions: Vec<_> = cut.explanations().iter().map(|why| why.decision.as_str()).collect();
    assert_eq!(decisions, ["penalty_capped"]);
    assert_eq!(propose(&[cap(30)]).after().amount, points(0), "the incident has its entry all the same");
}

#[test]
fn a_month_sums_what_counts_by_kind() {
    let money = |minor| IncentiveAmount::Money { amount: Money::from_minor(minor, Currency::Cny) };
    let honour = IncentiveAmount::Honour { zh: "服务之星".into(), en: "Star of service".into() };
    let (revoked, counter) = confirmed(honour.clone())
        .reverse("撤销".into(), counter(), &actor(WANG), at("2026-06-01 10:00"))
        .expect("no refusal");
    let entries = [
        confirmed(money(-2_000)),
        confirmed(money(5_000)),
        confirmed(points(5)),
        proposed(points(-20)),
        confirmed(IncentiveAmount::WageDays { half_days: -6 }),
        confirmed(honour),
        revoked.into_after(),
        counter.into_after(),
    ];
    let totals: MonthlyTotals = entries.iter().collect();
    let expected = MonthlyTotals {
        money_minor: [(Currency::Cny, 3_000)].into(),
        points: 5,
        wage_half_days: -6,
        honours: 1,
    };
    assert_eq!(totals, expected);
}

#[test]
fn actions_say_what_each_would_be_refused_for() {
    let told = |entry: &IncentiveEntry, by: u128| -> Vec<Option<&str>> {
        let (policy, by) = (policy(), actor(by));
        let all = entry.actions(&policy, &by, at("2026-05-19 10:00"));
        all.map(|(_, result)| result.err().map(|refusal| refusal.code.code)).collect()
    };
    let entry = notified(points(-20));
    assert_eq!(
        told(&entry, WANG),
        [
            Some(ENTRY_NOT_PROPOSED.code),
            Some(NOT_YOUR_ENTRY.code),
            Some(APPROVAL_NOT_NEEDED.code),
            Some(ENTRY_NOT_IN_APPROVAL.code),
            Some(ANSWER_OPEN.code),
            None,
            Some(ENTRY_NOT_REVERSIBLE.code),
        ]
    );
    let of_person = told(&entry, LI_NA);
    assert_eq!((of_person[1], of_person[4]), (None, Some(OWN_ENTRY.code)));
}

#[test]
fn an_entry_is_kept_and_read_back() {
    for entry in [proposed(points(-20)), notified(points(-20)), confirmed(points(-20))] {
        let kept = serde_json::to_value(&entry).expect("it writes");
        assert_eq!(serde_json::from_value::<IncentiveEntry>(kept).expect("it reads"), entry);
    }
}

proptest! {
    #[test]
    fn an_incident_comes_to_its_amount_or_to_nothing(deeds in prop::collection::vec(0_u8..6, 0..12)) {
        let calendar = calendar();
        let mut now = at("2026-05-18 09:00");
        let mut entry = proposed(points(-20));
        let mut counters = Vec::new();
        for deed in deeds {
            now = now.plus(chrono::Duration::hours(30));
            let before = entry.clone();
            let after = match deed {
                0 => entry.notify(&policy(), now, shanghai(&calendar)),
                1 => entry.confirm(None, Some("已核实".into()), &policy(), &actor(WANG), now),
                2 => entry.execute("2026-05".into(), now),
                3 => entry.cancel("误记".into(), &actor(WANG), now),
                4 => entry.answer(Some("不服".into()), &actor(LI_NA), now),
                _ => entry.undo(UndoGround::Waived, counter(), now).and_then(|changes| {
                    let mut changes = changes.into_iter();
                    let first = changes.next().ok_or_else(|| refused(COUNTER_STAYS));
                    counters.extend(changes.map(Change::into_after));
                    first
                }),
            };
            entry = after.map_or(before, Change::into_after);
        }
        let totals: MonthlyTotals = counters.iter().chain([&entry]).collect();
        let counts = matches!(entry.status.state(), IncentiveState::Confirmed | IncentiveState::Executed);
        prop_assert_eq!(totals.points, if counts { -20 } else { 0 });
        prop_assert!(counters.len() <= 1);
    }
}
