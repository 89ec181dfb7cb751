use super::*;
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

fn who(name: char) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(0x1000 + u128::from(u32::from(name))))
}
fn reception(number: u128) -> AnyId {
    Id::from_uuid(Uuid::from_u128(0x500 + number))
}
fn at(text: &str) -> Timestamp {
    serde_json::from_value(json!(format!("2026-05-07T{text}:00+08:00"))).expect("an instant")
}
fn day() -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 5, 7).expect("a day")
}
fn stamp(text: &str) -> Stamp {
    Stamp { now: at(text), today: day(), by: Some(who('M')) }
}
fn nobody() -> BTreeSet<EmployeeId> {
    BTreeSet::new()
}

/// A, B, C, D in this order; D is on lunch duty.
fn queue() -> ReceptionQueue {
    let lunch = vec![LunchDuty { employee: who('D'), from: at("12:00"), until: at("13:30") }];
    let roster = Roster { order: "ABCD".chars().map(who).collect(), lunch };
    let ids = (
        Id::from_uuid(Uuid::from_u128(9)),
        Id::from_uuid(Uuid::from_u128(8)),
        Id::from_uuid(Uuid::from_u128(7)),
    );
    ReceptionQueue::arrange(ids, day(), roster, stamp("08:30"), Shanghai).expect("an order").into_after()
}

fn visit(name: char, number: u128) -> Visit {
    Visit { reception: reception(number), receiver: who(name), is_somebodys: false }
}

fn received(queue: ReceptionQueue, name: char, number: u128, time: &str) -> ReceptionQueue {
    queue.receive(visit(name, number), &nobody(), stamp(time)).expect("their turn").0.into_after()
}

fn ended(queue: ReceptionQueue, name: char, number: u128, time: &str) -> ReceptionQueue {
    queue.end((reception(number), who(name)), false, stamp(time)).into_after()
}

fn next(queue: &ReceptionQueue, time: &str) -> EmployeeId {
    queue.state().next_at(&nobody(), at(time)).expect("somebody").0.next
}

#[test]
fn turns_go_round_and_only_whose_it_is_takes_it() {
    let queue = queue();
    assert_eq!(next(&queue, "09:00"), who('A'));
    let refused = queue.clone().receive(visit('B', 1), &nobody(), stamp("09:00")).expect_err("A's turn");
    assert_eq!((refused.code, refused.params["next_id"].clone()), (NOT_YOUR_TURN, json!(who('A'))));
    let queue = ended(received(queue, 'A', 1, "09:00"), 'A', 1, "09:20");
    assert_eq!(next(&queue, "09:30"), who('B'), "A's turn is used");
    let queue = ended(received(queue, 'B', 2, "09:30"), 'B', 2, "09:40");
    let queue = ended(received(queue, 'C', 3, "09:50"), 'C', 3, "09:55");
    let queue = ended(received(queue, 'D', 4, "10:00"), 'D', 4, "10:05");
    assert_eq!(next(&queue, "10:10"), who('A'));
}

#[test]
fn who_is_absent_or_busy_is_passed_over_and_gets_no_turn_for_it() {
    let queue = queue().step_out(who('A'), "取资料".into(), stamp("08:50")).expect("A is out").into_after();
    let queue = received(queue, 'B', 1, "09:00");
    let told: Vec<_> = queue.entries.iter().map(|entry| entry.what.code()).collect();
    assert_eq!(told, ["arranged", "stepped_out", "passed_over", "received"]);
    let queue = queue.step_back(who('A'), stamp("09:05")).expect("A is back").into_after();
    assert_eq!(next(&queue, "09:10"), who('C'), "nothing is made up for");
    let (queue, _) = queue.receive(visit('D', 2), &[who('C')].into(), stamp("09:10")).expect("C is away");
    let queue = queue.into_after();
    let passed =
        Queued::PassedOver { employee: who('C'), because: PassedOver::Away, reception: reception(2) };
    assert_eq!(queue.entries[5].what, passed);
    let queue = received(received(queue, 'A', 3, "09:20"), 'C', 4, "09:30");
    assert_eq!(queue.state().receiving.len(), 4);
    // Everybody is receiving: the next in line takes a second one.
    assert_eq!(next(&queue, "09:40"), who('D'));
    let queue = ended(queue, 'B', 1, "09:45");
    assert_eq!(next(&queue, "09:46"), who('B'), "only B is free");
}

#[test]
fn lunch_duty_leaves_the_order_as_it_is() {
    let queue = queue();
    let (change, turn) = queue.receive(visit('D', 1), &nobody(), stamp("12:40")).expect("D is on duty");
    assert_eq!(turn, Turn::LunchDuty);
    let queue = change.into_after();
    assert_eq!(next(&queue, "12:45"), who('A'), "D is busy: the order counts");
    let queue = ended(queue, 'D', 1, "12:50");
    let refused = queue.clone().receive(visit('A', 2), &nobody(), stamp("12:55")).expect_err("D's");
    assert_eq!(refused.params["next_id"], json!(who('D')));
    assert_eq!(next(&queue, "13:30"), who('A'), "the morning's order is unchanged");
}

#[test]
fn a_turn_that_was_not_used_comes_first() {
    let queue = received(queue(), 'A', 1, "09:00");
    let queue = received(queue, 'B', 2, "09:05");
    let queue = queue.end((reception(2), who('B')), true, stamp("09:10")).into_after();
    assert_eq!(next(&queue, "09:11"), who('B'));
    let queue = ended(received(queue, 'B', 3, "09:12"), 'B', 3, "09:15");
    assert_eq!(next(&queue, "09:16"), who('C'), "and then it goes on where it was");
}

#[test]
fn visitors_who_are_somebodys_use_no_turn_and_keep_no_second_reception() {
    let queue = received(queue(), 'A', 1, "09:00");
    let own = |name, number| Visit { is_somebodys: true, ..visit(name, number) };
    let refused = queue.clone().receive(own('A', 2), &nobody(), stamp("09:05")).expect_err("A is receiving");
    assert_eq!((refused.code, refused.citation.expect("a rule").rule.as_str()), (RECEIVING_ALREADY, "QUE-2"));
    let (change, turn) = queue.receive(own('C', 2), &nobody(), stamp("09:05")).expect("C helps");
    assert_eq!((turn, next(change.after(), "09:06")), (Turn::None, who('B')));
}

#[test]
fn while_it_is_suspended_everybody_receives_whom_they_meet() {
    let queue = queue().suspend("开盘".into(), stamp("09:00")).expect("suspended").into_after();
    assert_eq!(
        queue.clone().suspend("开盘".into(), stamp("09:00")).expect_err("once").code,
        SUSPENDED_ALREADY
    );
    let (change, turn) = queue.receive(visit('C', 1), &nobody(), stamp("09:01")).expect("anybody");
    assert_eq!(turn, Turn::Suspended);
    let queue = change.into_after().resume(stamp("10:00")).expect("resumed").into_after();
    assert_eq!(next(&queue, "10:01"), who('A'));
}

#[test]
fn a_roster_that_is_not_sound_says_all_that_is_wrong() {
    let duty = |name, from, until| LunchDuty { employee: who(name), from: at(from), until: at(until) };
    let lunch = vec![duty('A', "13:00", "12:00"), duty('A', "12:00", "13:00"), duty('X', "12:30", "13:30")];
    let roster = Roster { order: vec![who('A'), who('A')], lunch };
    let refused = queue().rearrange(roster, "调整".into(), stamp("09:00"), Shanghai).expect_err("unsound");
    let found: Vec<_> = refused.findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(found, ["/order", "/lunch_duties/0", "/lunch_duties/2"]);
    let late = Stamp { today: day().succ_opt().expect("a day"), ..stamp("09:00") };
    assert_eq!(queue().receive(visit('A', 1), &nobody(), late).expect_err("yesterday's").code, OTHER_DAY);
}

#[test]
fn what_is_altered_put_in_or_taken_out_shows() {
    let queue = ended(received(queue(), 'A', 1, "09:00"), 'A', 1, "09:20");
    let queue = received(queue, 'B', 2, "09:30");
    let (id, head) = (queue.id, queue.head().to_owned());
    let said = (4, head.as_str());
    assert_eq!(verify(id, &queue.entries, said), Verdict { entries: 4, broken_at: None });
    let broken = |entries: &[QueueEntry]| verify(id, entries, said).broken_at;
    let mut altered = queue.entries.clone();
    altered[1].what = Queued::Received { employee: who('B'), reception: reception(1), turn: Turn::Taken };
    assert_eq!(broken(&altered), Some(2));
    let mut without = queue.entries.clone();
    without.remove(2);
    assert_eq!(broken(&without), Some(3));
    assert_eq!(broken(&queue.entries[..3]), Some(4), "the last is missing");
    let other = Id::from_uuid(Uuid::from_u128(10));
    assert_eq!(verify(other, &queue.entries, said).broken_at, Some(1), "of another queue");
}

proptest! {
    /// Whatever happens, turns taken differ by one at most between people who were never passed over, and the chain holds.
    #[test]
    fn turns_are_fair_whoever_comes_and_goes(deeds in proptest::collection::vec(0..6_u8, 1..60)) {
        let (mut queue, mut open, mut number) = (queue(), Vec::new(), 0_u128);
        for deed in deeds {
            match deed {
                0..=2 => {
                    let next = next(&queue, "09:00");
                    number += 1;
                    let visit = Visit { reception: reception(number), receiver: next, is_somebodys: false };
                    queue = queue.receive(visit, &nobody(), stamp("09:00")).expect("their turn").0.into_after();
                    open.push((reception(number), next));
                }
                3 | 4 => if let Some(one) = open.pop() {
                    queue = queue.end(one, deed == 4, stamp("09:00")).into_after();
                },
                _ => if !open.is_empty() {
                    let one = open.remove(0);
                    queue = queue.end(one, false, stamp("09:00")).into_after();
                },
            }
        }
        let count = |name: char| {
            let mut taken = 0_i32;
            let mut passed = 0_i32;
            // A turn that was given back and is still to come counts as if it had.
            taken += i32::try_from(queue.state().restored.iter().filter(|one| **one == who(name)).count()).expect("few");
            for entry in &queue.entries {
                match &entry.what {
                    Queued::Received { employee, .. } if *employee == who(name) => taken += 1,
                    Queued::Restored { employee, .. } if *employee == who(name) => taken -= 1,
                    Queued::PassedOver { employee, .. } if *employee == who(name) => passed += 1,
                    _ => {}
                }
            }
            (taken, passed)
        };
        let never: Vec<i32> = "ABCD".chars().map(count).filter(|(_, passed)| *passed == 0).map(|(taken, _)| taken).collect();
        if let (Some(least), Some(most)) = (never.iter().min(), never.iter().max()) {
            prop_assert!(most - least <= 1, "{never:?}");
        }
        let said = (u32::try_from(queue.entries.len()).expect("few"), queue.head());
        prop_assert_eq!(verify(queue.id, &queue.entries, said).broken_at, None);
    }
}
