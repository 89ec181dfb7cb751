use super::*;
use crate::spine::PolicyContent;
use chrono::Duration;

fn at(hours: i64) -> Timestamp {
    let base = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    base.plus(Duration::hours(hours))
}

fn rules() -> Rules {
    PolicyVersion {
        id: Id::from_uuid(Uuid::nil()),
        code: policy::INTERACTION_POLICY_CODE.into(),
        number: 1,
        clause: "002 §6".into(),
        content: serde_json::from_str(policy::SHIPPED_INTERACTION_POLICY).expect("it reads"),
    }
}

fn person(number: u128) -> Actor {
    let employee = Some(Id::from_uuid(Uuid::from_u128(number)));
    Actor { employee, department: Some(Id::from_uuid(Uuid::from_u128(9))), ..Actor::system() }
}

fn report(held_at: Timestamp, reported_at: Timestamp) -> InteractionReport {
    InteractionReport {
        held_at,
        minutes: 20,
        contact: None,
        participants: None,
        content: "客户希望看两居室，预算三百万以内".into(),
        needs: None,
        next_step: None,
        next_on: None,
        evidence: Vec::new(),
        reported_at,
        shortfalls: Vec::new(),
    }
}

fn new(kind: InteractionKind) -> NewInteraction {
    let id = |number| Uuid::from_u128(number);
    let method = (kind == InteractionKind::Visit).then_some(VisitMethod::Appointment);
    NewInteraction { id: id(1).into(), customer: id(2).into(), kind, method }
}

fn called(report: InteractionReport) -> Interaction {
    let now = report.reported_at;
    let made = Interaction::create(new(InteractionKind::Call), None, Some(report), &rules(), &person(5), now);
    made.expect("a call").into_after()
}

fn lacks(interaction: &Interaction) -> Vec<InteractionShortfall> {
    interaction.report.clone().expect("a report").shortfalls
}

#[test]
fn what_is_shipped_is_sound() {
    assert_eq!(rules().content.findings(), []);
}

#[test]
fn a_call_of_substance_counts_and_an_empty_one_does_not() {
    assert!(called(report(at(0), at(1))).is_qualified());
    let empty = InteractionReport { content: "无人接听".into(), minutes: 0, ..report(at(0), at(1)) };
    assert_eq!(lacks(&called(empty)), [InteractionShortfall::TooBrief, InteractionShortfall::TooLittleSaid]);
    assert_eq!(lacks(&called(report(at(0), at(49)))), [InteractionShortfall::ReportedLate]);
    assert!(called(report(at(0), at(48))).is_qualified(), "to the hour is in time");
}

#[test]
fn a_visit_is_planned_before_it_counts() {
    let visit = |plan, report| {
        let made =
            Interaction::create(new(InteractionKind::Visit), plan, report, &rules(), &person(5), at(0));
        made.expect("a visit").into_after()
    };
    let unplanned = visit(None, Some(report(at(-1), at(0))));
    assert_eq!(lacks(&unplanned), [InteractionShortfall::NotPlanned]);
    let (purpose, content) = ("介绍项目".to_owned(), "户型与价格".to_owned());
    let plan = InteractionPlan { planned_for: at(2), purpose, content, focus: None, planned_at: at(0) };
    let planned = visit(Some(plan), None);
    assert!(!planned.is_qualified());
    let other = planned.clone().report(report(at(2), at(3)), &rules(), &person(6), at(3));
    assert_eq!(other.expect_err("not theirs").code, NOT_YOURS);
    let change = planned.report(report(at(2), at(3)), &rules(), &person(5), at(3)).expect("reported");
    let told: Vec<_> = change.happened().iter().map(|one| one.kind.name).collect();
    assert_eq!(told, ["interaction.reported", "interaction.qualified"]);
}

#[test]
fn a_superior_voids_what_has_no_content_and_nobody_their_own() {
    let call = called(report(at(0), at(1)));
    let own = call.clone().void("没有内容".into(), &person(5), at(2)).expect_err("their own");
    assert_eq!(own.code, OWN_VOIDING);
    let voided = call.void("没有内容".into(), &person(7), at(2)).expect("voided").into_after();
    assert!(!voided.is_qualified());
    assert_eq!(voided.void("再次".into(), &person(7), at(3)).expect_err("once").code, NOT_REPORTED);
}

#[test]
fn everything_wrong_is_said_at_once() {
    let wrong = InteractionReport { content: " ".into(), minutes: 2_000, ..report(at(5), at(0)) };
    let mut call = new(InteractionKind::Call);
    call.method = Some(VisitMethod::ColdVisit);
    let refusal = Interaction::create(call, None, Some(wrong), &rules(), &person(5), at(0));
    let refusal = refusal.expect_err("nothing of it is right");
    let at: Vec<_> = refusal.findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(at, ["/method", "/report/held_at", "/report/minutes", "/report/content"]);
}
