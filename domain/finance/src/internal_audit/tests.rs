use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn drawn(seed: &str, places: usize, population: &[u128]) -> Vec<u128> {
    let mut lottery = Lottery::new(seed, places);
    for number in population {
        lottery.offer(Uuid::from_u128(*number), || *number);
    }
    lottery.into_drawn()
}

proptest! {
    #[test]
    fn the_same_seed_draws_the_same_sample_in_whatever_order_it_is_walked(
        mut population in proptest::collection::btree_set(any::<u128>(), 0..200).prop_map(Vec::from_iter),
        places in 0_usize..40,
        seed in "[a-z0-9]{1,10}",
        turn in any::<prop::sample::Index>(),
    ) {
        let first = drawn(&seed, places, &population);
        prop_assert_eq!(first.len(), places.min(population.len()));
        if !population.is_empty() {
            let at = turn.index(population.len());
            population.rotate_left(at);
            population.reverse();
        }
        prop_assert_eq!(drawn(&seed, places, &population), first);
    }
}

#[test]
fn every_claim_is_drawn_about_as_often() {
    let population: Vec<u128> = (1..=50).collect();
    let mut times = [0_u32; 51];
    for seed in 0..1_000 {
        for number in drawn(&seed.to_string(), 10, &population) {
            times[usize::try_from(number).expect("small")] += 1;
        }
    }
    // 200 expected of each; five standard deviations of 12.6 either way.
    assert!(times[1..].iter().all(|count| (137..=263).contains(count)), "{times:?}");
}

#[test]
fn the_digest_tells_populations_apart() {
    let digest = |claims: &[(u128, i64)]| {
        let mut digest = PopulationDigest::default();
        claims.iter().for_each(|(number, version)| digest.add(Uuid::from_u128(*number), *version));
        digest.finish()
    };
    let two = digest(&[(1, 1), (2, 1)]);
    assert_eq!((two.0, two.1.len()), (2, 64));
    assert_eq!(two, digest(&[(1, 1), (2, 1)]));
    for other in [digest(&[(1, 1)]), digest(&[(2, 1), (1, 1)]), digest(&[(1, 1), (2, 2)])] {
        assert_ne!(other, two);
    }
}

#[test]
fn an_auditor_is_kept_from_what_is_their_own_or_their_bosses() {
    let auditor = Auditor {
        employee: id(1),
        heads: BTreeSet::from([id(2)]),
        superior: Some(id(3)),
        decided: BTreeSet::from([id(70)]),
    };
    let of = |claim: u128, creator: Option<u128>, submitter: u128, beneficiary: u128| {
        let parties = Parties {
            claim: id(claim),
            creator: creator.map(id),
            submitter: id(submitter),
            beneficiary: id(beneficiary),
        };
        auditor.conflict(&parties)
    };
    assert_eq!(of(50, Some(9), 9, 9), None);
    assert_eq!(of(50, None, 1, 9), Some(Conflict::OwnClaim));
    assert_eq!(of(50, Some(1), 9, 9), Some(Conflict::OwnClaim));
    assert_eq!(of(70, None, 9, 9), Some(Conflict::OwnDecision));
    assert_eq!(of(50, None, 9, 2), Some(Conflict::HeadOfOwnDepartment));
    assert_eq!(of(50, None, 3, 9), Some(Conflict::OwnSuperior));
}

fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}

fn plan() -> AuditPlan {
    AuditPlan {
        title: "一季度差旅审计".into(),
        purpose: "核查差旅费的真实性".into(),
        scope: AuditScope {
            from: day("2026-01-01"),
            to: day("2026-03-31"),
            department: None,
            category: Some("entertainment.travel".into()),
            states: vec![ClaimState::Posted],
        },
        auditor: id(1),
    }
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}

fn planned() -> InternalAudit {
    let change = InternalAudit::plan(id(9), "IA-2026-000001".into(), plan(), &Actor::system(), now());
    change.expect("planned").into_after()
}

#[test]
fn a_plan_is_told_everything_that_is_wrong_with_it() {
    let mut wrong = plan();
    wrong.title = " ".into();
    wrong.scope.to = day("2027-03-31");
    wrong.scope.states = vec![ClaimState::Draft];
    let refusal =
        InternalAudit::plan(id(9), "IA".into(), wrong, &Actor::system(), now()).expect_err("refused");
    let pointers: Vec<&str> = refusal.findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(pointers, ["/title", "/scope/to", "/scope/states"]);
}

#[test]
fn an_audit_is_reported_only_when_everything_is_concluded_and_closed_only_when_everything_is_mended() {
    let by = Actor::system();
    let under_way = planned().start(now()).expect("started").into_after();
    let report = |progress: AuditProgress| {
        under_way.clone().report("结论".into(), progress, &by, now()).map_err(|refusal| refusal.code.code)
    };
    let done = AuditProgress { items: 3, ..AuditProgress::default() };
    assert_eq!(report(AuditProgress::default()).err(), Some(NO_SAMPLE.code));
    assert_eq!(report(AuditProgress { items_open: 1, ..done }).err(), Some(ITEMS_OPEN.code));
    let loose = AuditProgress { exceptions_without_finding: 1, ..done };
    assert_eq!(report(loose).err(), Some(EXCEPTIONS_WITHOUT_FINDING.code));
    let reported = report(done).expect("reported").into_after();
    let open = AuditProgress { findings_open: 2, ..done };
    assert_eq!(reported.clone().close(open, now()).expect_err("open").code, FINDINGS_OPEN);
    assert_eq!(reported.clone().cancel("算了".into(), now()).expect_err("too late").code, NOT_CANCELLABLE);
    let closed = reported.close(done, now()).expect("closed").into_after();
    assert_eq!(closed.status.state(), AuditState::Closed);
    assert_eq!(closed.revise(plan()).expect_err("closed").code, NOT_PLANNED);
}

#[test]
fn what_is_planned_draws_nothing_and_what_is_empty_is_no_draw() {
    let draw = Draw {
        at: now(),
        by: id(1),
        random: 5,
        seed: Some("x".into()),
        by_risk: 0,
        policy_version: None,
        population: 0,
        population_digest: String::new(),
        excluded: Vec::new(),
        drawn: 0,
    };
    assert_eq!(planned().draw(draw.clone(), 0).expect_err("planned").code, NOT_UNDER_WAY);
    let under_way = planned().start(now()).expect("started").into_after();
    assert_eq!(under_way.clone().draw(draw.clone(), 0).expect_err("empty").code, NO_POPULATION);
    let many = Draw { drawn: 2, ..draw };
    assert_eq!(
        under_way.clone().draw(many.clone(), SAMPLE_MAX - 1).expect_err("many").code,
        SAMPLE_TOO_LARGE
    );
    assert_eq!(under_way.draw(many, 0).expect("drawn").into_after().draws.len(), 1);
}
