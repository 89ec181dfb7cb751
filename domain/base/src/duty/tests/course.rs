//! What is done about a duty, and where it stands then.

use super::company::*;
use crate::duty::{effect::EffectKind, rule::FulfilledBy};
use chrono::Duration;
use proptest::prelude::*;

const SUPERIORS: [u128; 2] = [WANG, DIRECTOR];

fn line<'a>(by: &'a Actor, superiors: &'a [EmployeeId]) -> Line<'a> {
    Line { by, superiors }
}

fn superiors() -> Vec<EmployeeId> {
    SUPERIORS.map(who).to_vec()
}

#[test]
fn where_it_stands_follows_the_clock_alone() {
    let calendar = calendar();
    let duty = owed(&staff(), "2026-W20", &calendar);
    for (now, state) in [
        ("2026-05-10 23:59", DutyState::Scheduled),
        ("2026-05-11 00:00", DutyState::Open),
        ("2026-05-16 23:59", DutyState::Open),
        ("2026-05-17 00:00", DutyState::Overdue),
        ("2026-05-18 08:59", DutyState::Overdue),
        ("2026-05-18 09:00", DutyState::Missed),
    ] {
        assert_eq!(duty.state(at(now)), state, "{now}");
    }
}

#[test]
fn a_record_that_is_there_already_makes_a_duty_born_fulfilled() {
    let calendar = calendar();
    let duty = owed(&staff(), "2026-W20", &calendar);
    let rule = version(1, staff());
    let new = NewDuty {
        id: duty.id,
        subject: subject(),
        occasion: duty.occasion,
        responsible: who(LI_NA),
        hold: Hold::Raised,
        times: duty.times,
        proof: Some(filed("2026-05-11 08:00")),
    };
    let born = Duty::raise(new, &rule, at("2026-05-11 08:10"));
    let events: Vec<_> = born.happened().iter().map(|happened| happened.kind.name).collect();
    assert_eq!(events, ["duty.raised", "duty.fulfilled"]);
    assert_eq!(born.after().state(at("2026-06-01 00:00")), DutyState::OnTime);
    let why = &born.explanations()[0];
    assert_eq!(why.decision, "duty_raised");
    assert_eq!(why.citation.policy.as_deref(), Some("duty-rule/weekly-report"));
    assert_eq!(why.citation.clause.as_deref(), Some("002 §6 §2"));
}

#[test]
fn a_record_fulfils_its_own_occasion_once() {
    let calendar = calendar();
    let rule = staff();
    let duty = owed(&rule, "2026-W20", &calendar);
    let other = Occasion::Period(week("2026-W19"));
    let filed = |received| filed(received);
    let refused = duty.clone().fulfil(filed("2026-05-12 10:00"), other, &rule.fulfilled_by);
    assert_eq!(code(refused), OTHER_OCCASION.code);
    let minutes = Proof { source: "minutes.signed".into(), ..filed("2026-05-12 10:00") };
    assert_eq!(code(duty.clone().fulfil(minutes, duty.occasion, &rule.fulfilled_by)), OTHER_SOURCE.code);
    let done = fulfilled(duty, "2026-05-12 10:00");
    let again =
        done.clone().fulfil(filed("2026-05-12 11:00"), done.occasion, &rule.fulfilled_by).unwrap_err();
    assert_eq!(again.code, DUTY_SETTLED);
    assert_eq!(again.params["state_label"], json!({"zh-CN": "按时完成", "en": "On time"}));
}

#[test]
fn returned_by_another_and_filed_again_in_time_counts_from_the_first() {
    // Worked example 5: filed Thursday, returned Friday, filed again Monday noon.
    let calendar = calendar();
    let time = shanghai(&calendar);
    let filed_first = fulfilled(owed(&staff(), "2026-W20", &calendar), "2026-05-14 10:00");
    let returned = filed_first.reopen(TakenBy::Another, at("2026-05-15 15:00"), &settings(), time);
    let returned = returned.expect("no refusal").into_after();
    assert_eq!(
        returned.state(at("2026-05-18 10:00")),
        DutyState::Open,
        "it may be filed again until midnight"
    );
    let again = fulfilled(returned.clone(), "2026-05-18 12:00");
    assert_eq!(again.state(at("2026-06-01 00:00")), DutyState::OnTime);
    // A working day later the new one counts.
    assert_eq!(returned.state(at("2026-05-19 00:00")), DutyState::Missed);
    assert_eq!(returned.missed_at(), Some(at("2026-05-19 00:00")));
    assert_eq!(fulfilled(returned, "2026-05-19 00:00").state(at("2026-06-01 00:00")), DutyState::MadeUp);
    // Returned once more, the first instant still holds.
    let twice =
        again.reopen(TakenBy::Another, at("2026-05-18 16:00"), &settings(), time).expect("no refusal");
    let twice = fulfilled(twice.into_after(), "2026-05-19 23:59");
    assert_eq!(twice.state(at("2026-06-01 00:00")), DutyState::OnTime);
}

#[test]
fn withdrawn_by_the_author_and_filed_again_the_new_one_counts() {
    // Worked example 6: filed Friday, withdrawn Saturday 10:00, filed again Sunday 10:00.
    let calendar = calendar();
    let filed_first = fulfilled(owed(&staff(), "2026-W20", &calendar), "2026-05-15 10:00");
    let withdrawn =
        filed_first.reopen(TakenBy::Author, at("2026-05-16 10:00"), &settings(), shanghai(&calendar));
    let withdrawn = withdrawn.expect("no refusal").into_after();
    assert_eq!(withdrawn.state(at("2026-05-16 12:00")), DutyState::Open);
    let again = fulfilled(withdrawn.clone(), "2026-05-17 10:00");
    assert_eq!(again.state(at("2026-06-01 00:00")), DutyState::Late);
    let twice = withdrawn.reopen(TakenBy::Author, at("2026-05-16 11:00"), &settings(), shanghai(&calendar));
    assert_eq!(code(twice), DUTY_NOT_FULFILLED.code);
}

#[test]
fn superiors_waive_and_extend_but_never_their_own() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let duty = owed(&heads(), "2026-W20", &calendar);
    let (wang, director, li_na) = (actor(WANG), actor(DIRECTOR), actor(LI_NA));
    let above = [who(DIRECTOR)];
    let now = at("2026-05-18 10:00");
    let reason = || "出差在外".to_owned();
    // Handed to 李娜 it is still charged to the head, who is her superior.
    let handed = duty.clone().hand_over(who(LI_NA), line(&director, &above), at("2026-05-16 10:00"));
    let handed = handed.expect("no refusal").into_after();
    assert_eq!(code(handed.waive(reason(), line(&wang, &superiors()), now)), OWN_DUTY.code);
    assert_eq!(code(duty.clone().waive(reason(), line(&wang, &above), now)), OWN_DUTY.code);
    assert_eq!(code(duty.clone().waive(reason(), line(&li_na, &above), now)), NOT_SUPERIOR.code);
    assert_eq!(code(duty.clone().waive(" ".into(), line(&director, &above), now)), "validation.required");
    let waived = duty.clone().waive(reason(), line(&director, &above), now).expect("no refusal").into_after();
    assert_eq!(waived.state(now), DutyState::Waived);
    assert_eq!(code(waived.waive(reason(), line(&director, &above), now)), DUTY_SETTLED.code);
    let extend = |due: &str| duty.clone().extend(at(due), reason(), line(&director, &above), now, time);
    assert_eq!(code(extend("2026-05-18 09:59")), EXTENSION_TOO_SHORT.code);
    let extended = extend("2026-05-20 17:30").expect("no refusal").into_after();
    assert_eq!((due(&extended).as_str(), extended.state(now)), ("2026-05-20 17:30", DutyState::Open));
    assert_eq!(extended.times.grace_until, Some(at("2026-05-21 09:00")), "half an hour of work behind it");
    assert_eq!(extended.retimings[0].before, duty.times);
}

#[test]
fn what_was_done_too_late_may_be_waived_and_what_was_in_time_not() {
    let calendar = calendar();
    let director = actor(DIRECTOR);
    let above = superiors();
    let now = at("2026-05-18 10:00");
    let duty = owed(&staff(), "2026-W20", &calendar);
    let late = fulfilled(duty.clone(), "2026-05-17 10:00");
    let waived =
        late.waive("系统故障".into(), line(&director, &above), now).expect("no refusal").into_after();
    assert!(matches!(&waived.status, DutyStatus::Waived { proof: Some(_), .. }));
    let on_time = fulfilled(duty, "2026-05-16 10:00");
    assert_eq!(code(on_time.waive("x".into(), line(&director, &above), now)), DUTY_SETTLED.code);
}

#[test]
fn what_is_done_by_hand_needs_evidence_and_another_to_confirm_it() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let manual = FulfilledBy { source: "manual".into(), only: Vec::new(), is_confirmed: true };
    let duty = owed(&staff(), "2026-W20", &calendar);
    let (li_na, wang) = (actor(LI_NA), actor(WANG));
    let above = superiors();
    let now = at("2026-05-15 10:00");
    let report = |duty: &Duty, note: Option<&str>, by: &Actor, now: Timestamp| {
        duty.clone().report(note.map(str::to_owned), Vec::new(), &manual, line(by, &above), now)
    };
    assert_eq!(code(report(&duty, None, &li_na, now)), EVIDENCE_REQUIRED.code);
    assert_eq!(code(report(&duty, Some("已完成"), &wang, now)), NOT_RESPONSIBLE.code);
    let reported = report(&duty, Some("已完成"), &li_na, now).expect("no refusal").into_after();
    assert_eq!(reported.state(at("2026-06-01 00:00")), DutyState::Reported);
    assert_eq!(code(reported.clone().confirm(line(&li_na, &above), now)), OWN_DUTY.code);
    let returned =
        reported.clone().return_report("证据不足".into(), line(&wang, &above), now, &settings(), time);
    let returned = returned.expect("no refusal").into_after();
    assert_eq!(code(returned.clone().confirm(line(&wang, &above), now)), DUTY_NOT_REPORTED.code);
    let again =
        report(&returned, Some("附说明"), &li_na, at("2026-05-18 12:00")).expect("no refusal").into_after();
    let confirmed =
        again.confirm(line(&wang, &above), at("2026-05-20 10:00")).expect("no refusal").into_after();
    assert_eq!(confirmed.state(at("2026-06-01 00:00")), DutyState::OnTime, "it counts from the first report");
    let at_once = FulfilledBy { is_confirmed: false, ..manual.clone() };
    let done = duty.report(Some("已完成".into()), Vec::new(), &at_once, line(&li_na, &above), now);
    assert_eq!(done.expect("no refusal").after().state(now), DutyState::OnTime);
}

#[test]
fn actions_say_what_each_would_be_refused_for() {
    let calendar = calendar();
    let duty = owed(&staff(), "2026-W20", &calendar);
    let wang = actor(WANG);
    let above = superiors();
    let now = at("2026-05-15 10:00");
    let rule = staff();
    let told: Vec<_> = duty
        .actions(&rule.fulfilled_by, line(&wang, &above), now)
        .map(|(action, result)| (action.code(), result.err().map(|refusal| refusal.code.code)))
        .collect();
    assert_eq!(
        told,
        [
            ("fulfil", Some(OTHER_SOURCE.code)),
            ("confirm", Some(DUTY_NOT_REPORTED.code)),
            ("return", Some(DUTY_NOT_REPORTED.code)),
            ("waive", None),
            ("extend", None),
            ("hand_over", Some(PERSONAL_DUTY.code)),
        ]
    );
}

#[test]
fn while_its_clock_is_paused_a_duty_has_no_due_and_no_effects() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let rule = staff();
    let duty = owed(&rule, "2026-W20", &calendar);
    let now = at("2026-05-14 10:00");
    let paused = Duty { times: Times { due: None, grace_until: None, ..duty.times }, ..duty };
    assert_eq!(paused.state(at("2027-01-01 00:00")), DutyState::Open);
    assert_eq!((paused.effects(&rule, time), paused.missed_at()), (Vec::new(), None));
    let director = actor(DIRECTOR);
    let above = superiors();
    let extended =
        paused.clone().extend(at("2026-06-01 00:00"), "x".into(), line(&director, &above), now, time);
    assert_eq!(code(extended), NO_DUE.code);
}

#[test]
fn effects_have_their_instants_and_are_void_once_it_is_done() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let rule = staff();
    let duty = owed(&rule, "2026-W20", &calendar);
    let effects = duty.effects(&rule, time);
    let told: Vec<_> = effects.iter().map(|effect| (effect.n, written(effect.at))).collect();
    let expected = [(1, "2026-05-15 17:00"), (2, "2026-05-17 00:00"), (3, "2026-05-18 09:00")];
    assert_eq!(told, expected.map(|(n, at)| (n, at.to_owned())));
    let miss = effects[2];
    assert_eq!(miss.kind, EffectKind::Missed);
    assert!(!duty.acts(&miss, at("2026-05-18 08:59")) && duty.acts(&miss, at("2026-05-18 09:00")));
    // Received before the grace ended, committed after the sweep: it is late, not missed.
    let late = fulfilled(duty, "2026-05-18 08:59");
    assert!(!late.acts(&miss, at("2026-05-18 09:01")) && late.effects(&rule, time).is_empty());
}

#[test]
fn easing_holds_for_open_duties_and_tightening_never() {
    let calendar = calendar();
    let duty = owed(&staff(), "2026-W20", &calendar);
    let now = at("2026-05-12 10:00");
    let earlier = Times::fixed(duty.times.opens, at("2026-05-15 00:00"), at("2026-05-18 09:00"));
    assert_eq!(code(duty.clone().ease(earlier, now)), TIGHTER.code);
    let later = Times::fixed(duty.times.opens, at("2026-05-18 00:00"), at("2026-05-18 09:00"));
    assert_eq!(due(duty.ease(later, now).expect("no refusal").after()), "2026-05-18 00:00");
}

#[test]
fn a_duty_is_kept_and_read_back() {
    let calendar = calendar();
    let duty = fulfilled(owed(&staff(), "2026-W20", &calendar), "2026-05-15 10:00");
    let kept = serde_json::to_value(&duty).expect("it writes");
    assert_eq!((&kept["occasion"], &kept["subject"]["of"]), (&json!("2026-W20"), &json!("person")));
    assert_eq!(serde_json::from_value::<Duty>(kept).expect("it reads"), duty);
}

proptest! {
    #[test]
    fn a_duty_never_gets_better_by_waiting(minutes in 0_i64..20_000, more in 0_i64..20_000) {
        let calendar = calendar();
        let duty = owed(&staff(), "2026-W20", &calendar);
        let (first, second) = (at("2026-05-11 00:00"), Duration::minutes(minutes));
        let first = first.plus(second);
        let later = first.plus(Duration::minutes(more));
        let timeliness = |at| {
            let done = duty.clone().fulfil(proof(at), duty.occasion, &staff().fulfilled_by);
            done.expect("no refusal").after().state(at)
        };
        prop_assert!(timeliness(first) <= timeliness(later));
        // Pending, it stands where what is done at that instant would.
        let pending = match timeliness(first) {
            DutyState::OnTime => DutyState::Open,
            DutyState::Late => DutyState::Overdue,
            _ => DutyState::Missed,
        };
        prop_assert_eq!(duty.state(first), pending);
    }
}
