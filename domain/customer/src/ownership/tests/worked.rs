//! The worked examples, each under its number. Monday is 4 May 2026.

use super::site::*;
use crate::ownership::*;

fn because(decision: &Decision, rule: RuleKind) -> Option<Because> {
    decision.looked_at.iter().find(|looked| looked.rule == rule).map(|looked| looked.because)
}

fn walked_in(receiver: char, at: &str) -> Facts {
    Facts::default().at(may(at), told(registered(receiver)))
}

#[test]
fn example_1_the_first_contact_owns() {
    let v = walked_in('A', "4 09:10");
    assert_eq!((v.owner("4 09:09"), v.owner("4 09:10")), (None, Some(employee('A'))));
    assert_eq!(v.rule("4 09:10"), "OWN-1");
    let decision = v.decision();
    assert_eq!(decision.citation.policy.as_deref(), Some("ownership/real-estate"));
    assert_eq!(because(&decision, RuleKind::Named), Some(Because::NamedNobody));
    assert_eq!(decision.effects, []);
}

#[test]
fn example_2_a_completed_registration_does_not_overtake() {
    let begun = What::RegistrationBegun {
        registration: registered('B').registration,
        receiver: employee('B'),
        scope: REAL_ESTATE.to_owned(),
    };
    let w = Facts::default().at(may("4 09:30"), begun);
    assert_eq!((w.owner("4 09:40"), w.decision().rule.spec()), (None, "OWN-2"));
    let w = w.at(may("4 10:00"), told(Registered { site: thing(SOUTH), ..registered('E') }));
    assert_eq!((w.owner("4 10:00"), w.rule("4 10:00")), (Some(employee('E')), "OWN-1"));
    let completed = Registered { begun_at: Some(may("4 09:30")), ..registered('B') };
    let w = w.at(may("4 11:00"), told(completed));
    let decision = w.decision();
    assert_eq!(w.owner("4 12:00"), Some(employee('E')), "the completion does not overtake");
    assert_eq!(because(&decision, RuleKind::TwoSitesOneDay), Some(Because::NotAnswered));
    let refused = Outcome::Refused { who: employee('B'), because: Because::AnotherOwns, until: None };
    assert_eq!((decision.rule.spec(), decision.outcome), ("OWN-1", refused));
    let lapse = Effect::Lapse { of: employee('B'), rule: RuleKind::IncompleteInquiry };
    assert!(decision.effects.contains(&lapse), "{:?}", decision.effects);
}

#[test]
fn two_sites_on_one_day_share_where_the_answers_show_it() {
    let inquiry = FirstInquiry { was_elsewhere: Some(true), elsewhere: Some(thing(NORTH)), ..nothing() };
    let second = |site, inquiry| told(Registered { site: thing(site), inquiry, ..registered('E') });
    let first = walked_in('A', "4 09:30");
    let shared = first.clone().at(may("4 14:00"), second(SOUTH, inquiry.clone()));
    let Standing::Owned { owner, shares, .. } = shared.as_of(may("4 14:00")).standing().clone() else {
        panic!("owned");
    };
    assert_eq!(owner, employee('A'));
    assert_eq!(shares, Shares::between(employee('A'), employee('E'), 5_000));
    assert_eq!(shared.decision().effects, [], "who shares did not assist");
    let next_day = first.at(may("5 09:00"), second(SOUTH, inquiry)).decision();
    assert_eq!(because(&next_day, RuleKind::TwoSitesOneDay), Some(Because::OtherDay));
}

#[test]
fn example_3_a_returning_customer_is_not_registered_again() {
    let v = walked_in('A', "4 09:10").at(may("5 10:00"), told(registered('C')));
    let assist = Effect::Assist { by: employee('C'), owner: employee('A') };
    assert_eq!((v.owner("5 10:00"), v.decision().effects), (Some(employee('A')), vec![assist]));
}

#[test]
fn example_4_who_begins_for_another_does_not_register() {
    let inquiry = FirstInquiry { was_introduced: Some(true), introducer: Some(thing(7)), ..asking_for('A') };
    let brought = Registered { introducers_owner: Some(employee('A')), inquiry, ..registered('B') };
    let x = Facts::default()
        .at(may("5 11:00"), told(Registered { entrusted_by: Some(employee('A')), ..brought.clone() }));
    let decision = x.decision();
    assert_eq!(decision.rule.spec(), "OWN-3");
    assert!(
        decision.citation.clause.as_deref().is_some_and(|clause| clause.contains("受委托同事不做客户登记"))
    );
    assert_eq!(x.owner("5 11:00"), None);
    let x = x.at(may("5 11:30"), told(Registered { receiver: employee('A'), ..brought.clone() }));
    assert_eq!((x.owner("5 11:30"), x.rule("5 11:30")), (Some(employee('A')), "OWN-3"));
    let by_b = Facts::default().at(may("5 11:00"), told(brought));
    let assist = Effect::Assist { by: employee('B'), owner: employee('A') };
    assert_eq!((by_b.owner("5 11:00"), by_b.decision().effects), (Some(employee('A')), vec![assist]));
}

#[test]
fn example_5_a_chance_meeting_does_not_count() {
    let inquiry = FirstInquiry { was_introduced: Some(true), introducer: Some(thing(7)), ..nothing() };
    let sent = Registered { introducers_owner: Some(employee('A')), inquiry, ..registered('C') };
    let y = Facts::default().at(may("5 15:00"), told(sent.clone()));
    assert_eq!((y.owner("5 15:00"), y.rule("5 15:00")), (Some(employee('C')), "OWN-1"));
    let why = because(&y.decision(), RuleKind::Introduced);
    assert_eq!(why, Some(Because::NeitherNamedNorAnnounced));
    let announced = What::Introduced { introducer: thing(7), representative: Some(employee('A')) };
    let y = Facts::default().at(may("5 14:59"), announced).at(may("5 15:00"), told(sent));
    assert_eq!((y.owner("5 15:00"), y.rule("5 15:00")), (Some(employee('A')), "OWN-3"));
}

#[test]
fn example_6_a_relation_counts_where_it_was_registered_before() {
    let related = What::Related { relative: employee('D') };
    let z = Facts::default().at(may("3 20:00"), related.clone()).at(may("6 10:00"), told(registered('B')));
    assert_eq!((z.owner("6 10:00"), z.rule("6 10:00")), (Some(employee('D')), "OWN-4"));
    assert_eq!(z.decision().effects, [Effect::Assist { by: employee('B'), owner: employee('D') }]);
    let late = walked_in('B', "6 10:00").at(may("6 10:01"), related);
    assert_eq!(late.owner("6 11:00"), Some(employee('B')), "too late");
}

#[test]
fn example_7_a_competitors_man_is_registered_like_others() {
    let r = Facts::default().at(may("6 11:00"), told(Registered { is_peer: true, ..registered('B') }));
    assert_eq!(r.owner("6 11:00"), Some(employee('B')));
}

#[test]
fn example_8_who_is_on_lunch_duty_owns_whom_they_receive() {
    let lunch = Registered { lunch_duty: Some(employee('D')), ..registered('D') };
    let new = Facts::default().at(may("7 12:40"), told(lunch.clone()));
    assert_eq!((new.owner("7 12:40"), new.rule("7 12:40")), (Some(employee('D')), "OWN-9"));
    let other = Facts::default().at(may("7 12:40"), told(Registered { receiver: employee('A'), ..lunch }));
    assert_eq!(other.rule("7 12:40"), "OWN-1");
}

#[test]
fn example_9_whom_the_company_passes_on_is_registered_in_turn() {
    let s = Registered { channel: Channel::Assigned, ..registered('C') };
    let s = Facts::default().at(may("7 15:00"), told(s));
    assert_eq!((s.owner("7 15:00"), s.rule("7 15:00")), (Some(employee('C')), "OWN-11"));
}

/// A call to A on the 1st, followed up on the 6th and the 13th.
fn called() -> Facts {
    let call = Registered { channel: Channel::Call, ..registered('A') };
    let follow_up = || What::FollowedUp { by: employee('A') };
    Facts::default()
        .at(may("1 10:00"), told(call))
        .at(may("6 10:00"), follow_up())
        .at(may("13 10:00"), follow_up())
}

#[test]
fn example_10_a_gap_of_exactly_seven_days_keeps_a_call_alive() {
    let t = called().at(may("20 18:00"), told(Registered { inquiry: asking_for('B'), ..registered('B') }));
    let deal = thing(0xDEA1);
    let t = t.at(may("21 10:00"), What::Signed { deal });
    let derived = t.as_of(may("21 10:00"));
    let half = Shares::between(employee('B'), employee('A'), 5_000);
    assert_eq!(derived.credits[0].owner, Some(employee('B')));
    assert_eq!(derived.credits[0].shares, Some(half));
    assert!(derived.credits[0].is_frozen);
    assert_eq!(t.rule("21 10:00"), "OWN-12");
    let other = called().at(may("20 18:00"), told(registered('B')));
    assert_eq!(other.owner("20 18:00"), Some(employee('A')), "who names nobody stays");
    let why = because(&other.decision(), RuleKind::PhoneForgotten);
    assert_eq!(why, Some(Because::DoNotNameReceiver));
    let late = called().at(may("21 00:00"), told(Registered { inquiry: asking_for('B'), ..registered('B') }));
    let why = because(&late.decision(), RuleKind::PhoneForgotten);
    assert_eq!((why, late.owner("21 00:00")), (Some(Because::GapTooLong), Some(employee('B'))));
}

#[test]
fn example_11_a_voided_contact_never_counted() {
    let t = called();
    let (fact, by) = (t.last(), Some(employee('M')));
    let void = What::Voided { fact, by, reason: "无内容".to_owned() };
    let t = t.at(may("19 09:00"), void);
    let t = t.at(may("20 18:00"), told(Registered { inquiry: asking_for('B'), ..registered('B') }));
    let derived = t.as_of(may("20 18:00"));
    assert_eq!(derived.standing().owner(), Some(employee('B')));
    let Standing::Owned { shares, .. } = derived.standing() else { panic!("owned") };
    assert_eq!(*shares, Shares::whole(employee('B')));
    assert_eq!(because(&t.decision(), RuleKind::PhoneForgotten), Some(Because::GapTooLong));
    assert_eq!(
        t.as_of(may("18 09:00")).next.map(|next| next.at),
        Some(may("21 00:00")),
        "as it was known then"
    );
    assert_eq!(t.as_of(may("19 09:00")).next.map(|next| next.kind), Some(NextKind::FollowUpDue));
}

fn released(by: char, at: &str) -> (crate::spine::Timestamp, What) {
    (may(at), What::Released { by: employee(by), reason: "客户搬离".to_owned() })
}

fn claimed(by: char, at: &str) -> (crate::spine::Timestamp, What) {
    (may(at), What::Claimed { by: employee(by), department: thing(0xD) })
}

fn with(facts: Facts, (at, what): (crate::spine::Timestamp, What)) -> Facts {
    facts.at(at, what)
}

#[test]
fn example_13_the_waiting_time_is_ones_own() {
    let p = with(walked_in('B', "1 08:00"), released('B', "1 09:00"));
    assert_eq!(p.owner("1 09:00"), None);
    let p = with(with(p, claimed('C', "3 10:00")), released('C', "4 10:00"));
    let again = with(p.clone(), claimed('B', "5 10:00"));
    let until = Some(may("16 00:00"));
    let refused = Outcome::Refused { who: employee('B'), because: Because::Waits, until };
    let decision = again.decision();
    assert_eq!((decision.rule.spec(), decision.outcome), ("OWN-15", refused));
    assert_eq!(with(p.clone(), claimed('B', "16 00:00")).owner("16 00:00"), Some(employee('B')));
    assert_eq!(
        with(p, claimed('A', "5 10:00")).owner("5 10:00"),
        Some(employee('A')),
        "others need not wait"
    );
}

#[test]
fn a_customer_is_claimed_once() {
    let p = with(walked_in('B', "1 08:00"), released('B', "1 09:00"));
    let p = with(with(p, claimed('C', "3 10:00")), claimed('D', "3 10:00"));
    assert_eq!(p.owner("3 10:00"), Some(employee('C')));
    let refused = Outcome::Refused { who: employee('D'), because: Because::NotInPool, until: None };
    assert_eq!(p.decision().outcome, refused);
}

#[test]
fn example_14_a_visit_in_the_last_instant_keeps_the_customer() {
    let start = serde_json::from_value(serde_json::json!("2026-04-29T10:00:00+08:00")).expect("an instant");
    let v = Facts::default().at(start, told(registered('A')));
    let end = v.as_of(may("20 00:00")).protection.expect("protected").end();
    assert_eq!((end.at, end.kind), (may("30 00:00"), NextKind::FollowUpDue));
    assert_eq!(v.owner("29 23:59:59.9"), Some(employee('A')));
    let fallen = v.as_of(may("30 00:00"));
    assert_eq!(fallen.standing().state(), StandingState::Pooled);
    let kept = v.at(may("29 23:59:59.9"), What::FollowedUp { by: employee('A') });
    let derived = kept.as_of(may("30 00:00"));
    assert_eq!(derived.standing().owner(), Some(employee('A')));
    let last = derived.warnings.iter().find(|warning| warning.days == 1 && warning.of == may("30 00:00"));
    assert_eq!(last.and_then(|warning| warning.answered_at), Some(may("29 23:59:59.9")));
    let days: Vec<_> = derived.warnings.iter().map(|warning| warning.days).collect();
    assert_eq!(days, [7, 3, 1, 7, 3, 1]);
}

#[test]
fn a_pool_gives_to_the_centre_and_an_open_deal_keeps() {
    let start = serde_json::from_value(serde_json::json!("2026-03-01T10:00:00+08:00")).expect("an instant");
    let v = Facts::default().at(start, told(registered('A')));
    let derived = v.as_of(may("31 00:00"));
    let levels: Vec<_> = derived.chain.iter().map(|state| state.decision.rule).collect();
    assert_eq!(levels, [RuleKind::FirstContact, RuleKind::Protection, RuleKind::CentrePool]);
    let paid = serde_json::from_value(serde_json::json!("2026-03-02T10:00:00+08:00")).expect("an instant");
    let v = v.at(paid, What::Deposited { deal: thing(0xDEA1) });
    assert_eq!(v.owner("31 00:00"), Some(employee('A')), "an open deal keeps a customer");
    let v = v.at(may("10 10:00"), What::FellThrough { deal: thing(0xDEA1) });
    assert_eq!(
        v.as_of(may("11 00:00")).protection.map(|end| end.end().at.date_in(ZONE).to_string()),
        Some("2026-06-10".to_owned()),
        "time begins anew"
    );
}

#[test]
fn example_15_a_dispute_freezes_and_the_ruling_releases() {
    let deal = thing(0xDEA1);
    let dispute = thing(0xD15);
    let v = walked_in('A', "4 09:10").at(may("5 09:00"), What::DisputeOpened { dispute });
    let v = v.at(may("5 10:00"), What::Deposited { deal });
    assert_eq!(v.as_of(may("5 10:00")).credits.len(), 1, "a customer is never turned away");
    let frozen = with(v.clone(), released('A', "5 11:00"));
    assert!(matches!(frozen.decision().outcome, Outcome::Refused { because: Because::Disputed, .. }));
    let shares = Shares::between(employee('C'), employee('A'), 3_000);
    let ruled = What::Ruled { dispute, owner: employee('C'), department: thing(0xD), shares: shares.clone() };
    let v = v.at(may("6 10:00"), ruled);
    let derived = v.as_of(may("6 10:00"));
    assert_eq!((derived.dispute, v.rule("6 10:00")), (None, "OWN-14"));
    assert_eq!(derived.credits[0].shares, Some(shares));
    assert_eq!(
        derived.standing_at(may("5 12:00")).and_then(|state| state.standing.owner()),
        Some(employee('A'))
    );
}

/// What was told of a day while a dispute held the customer stays what was told of it.
#[test]
fn a_pool_that_a_dispute_held_back_empties_when_it_closes_and_not_before() {
    let dispute = thing(0xD15);
    let after = |days: i64| may("1 09:00").plus(chrono::Duration::days(days));
    let v = walked_in('A', "1 09:00").at(after(50), What::DisputeOpened { dispute });
    assert!(matches!(v.as_of(after(70)).standing(), Standing::Pooled { level: PoolLevel::Department, .. }));
    let v = v.at(after(71), What::DisputeClosed { dispute });
    let derived = v.as_of(after(72));
    assert!(matches!(derived.standing(), Standing::Pooled { level: PoolLevel::Centre, .. }));
    assert_eq!(derived.since(), Some(after(71)));
}

#[test]
fn example_16_a_leavers_customers_go_to_the_department() {
    let left = || What::Left { employee: employee('A') };
    let v = walked_in('A', "4 09:10").at(may("5 09:00"), What::Signed { deal: thing(0xDEA1) });
    let v = v.at(may("8 18:00"), left());
    let derived = v.as_of(may("9 10:00"));
    let Standing::Pooled { cause, .. } = derived.standing() else { panic!("the department's") };
    assert_eq!(*cause, PoolCause::LeaverWithOrder);
    assert_eq!(derived.credits[0].leavers, [employee('A')]);
    assert_eq!(derived.credits[0].shares, Some(Shares::whole(employee('A'))), "frozen");
    let q = walked_in('A', "4 09:10").at(may("8 18:00"), left()).at(may("9 10:00"), told(registered('B')));
    let decision = q.decision();
    let refused = Outcome::Refused { who: employee('B'), because: Because::OnlyAssigned, until: None };
    assert_eq!((decision.rule.spec(), decision.outcome), ("OWN-8", refused));
    let to = employee('B');
    let q = q.at(may("9 11:00"), What::Assigned { to, department: thing(0xD), by: Some(employee('M')) });
    assert_eq!(q.owner("9 11:00"), Some(employee('B')));
}

#[test]
fn the_shipped_policies_are_sound_and_calls_before_the_opening_count_for_nothing() {
    use crate::spine::PolicyContent;
    for dated in book().0 {
        assert_eq!(dated.version.content.findings(), [], "{}", dated.version.code);
    }
    let call = Registered { channel: Channel::Call, is_before_opening: true, ..registered('A') };
    let called = Facts::default().at(may("4 09:00"), told(call));
    assert_eq!((called.owner("4 10:00"), called.decision().rule), (None, RuleKind::BeforeOpening));
}

#[test]
fn a_reception_without_registration_is_a_lapse() {
    let received = What::Received { receiver: employee('A') };
    let v = Facts::default().at(may("4 09:00"), received).at(may("5 09:00"), told(registered('B')));
    let decision = v.decision();
    assert_eq!((v.owner("5 09:00"), decision.rule.spec()), (Some(employee('B')), "OWN-7"));
    let lapse = Effect::Lapse { of: employee('A'), rule: RuleKind::UnregisteredReception };
    assert_eq!(decision.effects, [lapse]);
}
