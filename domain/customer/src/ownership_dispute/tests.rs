use super::*;
use crate::{
    ownership::Share,
    spine::{Currency, Money},
};

fn who(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(0x100 + number))
}
fn actor(number: u128) -> Actor {
    Actor { employee: Some(who(number)), ..Actor::system() }
}
fn at(days: i64) -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant").plus(Duration::days(days))
}

/// 3 claims a customer of 1, with whom 2 shares; evidence for three days.
fn opened() -> OwnershipDispute {
    let new = NewDispute {
        id: Uuid::from_u128(1).into(),
        number: "OD-2026-000001".into(),
        customer: Uuid::from_u128(2).into(),
        department: Uuid::from_u128(3).into(),
        owners: vec![who(1), who(2)],
        claim: "客户先由我接待".into(),
        evidence_days: 3,
    };
    OwnershipDispute::open(new, &actor(3), at(0)).expect("opened").into_after()
}

fn said(dispute: OwnershipDispute, by: u128, day: i64) -> Result<OwnershipDispute, Refusal> {
    let nothing = (Vec::new(), Vec::new());
    Ok(dispute.state_evidence("来访登记可证".into(), nothing, &[], &actor(by), at(day))?.into_after())
}

fn ruling() -> NewRuling {
    NewRuling {
        owner: who(3), shares: Vec::new(), reasons: "第一接触在先".into(), settlement: Vec::new()
    }
}

fn mediated() -> OwnershipDispute {
    opened().mediate("双方未达成一致".into(), &actor(9), at(1)).expect("mediated").into_after()
}

#[test]
fn parties_prove_somebody_else_mediates_and_rules() {
    assert_eq!(said(opened(), 9, 1).expect_err("a stranger").code, NOT_A_PARTY);
    assert_eq!(said(opened(), 3, 3).expect_err("late").code, EVIDENCE_CLOSED);
    for party in [1, 2, 3] {
        let mediation = opened().mediate("x".into(), &actor(party), at(1)).expect_err("a party");
        let ruled = mediated().rule(ruling(), &actor(party), at(4)).expect_err("a party");
        assert_eq!((mediation.code, ruled.code), (RECUSED, RECUSED));
    }
    assert_eq!(opened().rule(ruling(), &actor(9), at(4)).expect_err("no mediation").code, NOT_MEDIATED);
    assert_eq!(mediated().rule(ruling(), &actor(9), at(2)).expect_err("too early").code, EVIDENCE_OPEN);
    let heard =
        [1, 2, 3].into_iter().try_fold(mediated(), |dispute, party| said(dispute, party, 2)).expect("said");
    let ruled = heard.rule(ruling(), &actor(9), at(2)).expect("every party has spoken");
    assert_eq!(ruled.explanations().len(), 1);
    let ruled = ruled.into_after();
    assert_eq!((ruled.state(), ruled.is_open()), (DisputeState::Ruled, false));
    assert_eq!(ruled.rule(ruling(), &actor(9), at(5)).expect_err("final").code, ENDED);
}

#[test]
fn it_is_withdrawn_by_who_opened_it() {
    assert_eq!(opened().withdraw("x".into(), &actor(1), at(1)).expect_err("another").code, NOT_THE_CLAIMANT);
    let withdrawn = mediated().withdraw("已谈妥".into(), &actor(3), at(1)).expect("withdrawn").into_after();
    assert_eq!(withdrawn.state(), DisputeState::Withdrawn);
    assert_eq!(said(withdrawn, 3, 1).expect_err("over").code, ENDED);
}

#[test]
fn shares_come_to_the_whole_with_the_owner_among_them() {
    let shared = |shares: &[(u128, u32)]| {
        let shares = shares.iter().map(|(person, bp)| Share { employee: who(*person), bp: *bp }).collect();
        mediated().rule(NewRuling { shares, ..ruling() }, &actor(9), at(4))
    };
    for unsound in [&[(3, 9_999)][..], &[(1, 5_000), (2, 5_000)], &[(3, 5_000), (3, 5_000)]] {
        assert_eq!(shared(unsound).expect_err("unsound").code, SHARES_UNSOUND);
    }
    assert!(shared(&[(3, 7_000), (1, 3_000)]).is_ok());
}

#[test]
fn a_settlement_comes_out_at_exactly_zero() {
    let line = |kind, person: Option<u128>, minor| SettlementLine {
        kind,
        employee: person.map(who),
        amount: Money::from_minor(minor, Currency::Cny),
        purpose: "城北 3-1-502".into(),
    };
    let settled = |lines: &[SettlementLine]| {
        mediated().rule(NewRuling { settlement: lines.to_vec(), ..ruling() }, &actor(9), at(4))
    };
    use SettlementKind::{Award, Commission, Contribution, Fine, Fund};
    let lines = vec![
        line(Commission, None, 60_000),
        line(Contribution, None, 30_000),
        line(Fine, Some(2), 5_000),
        line(Award, Some(1), 30_000),
        line(Award, Some(3), 24_000),
        line(Fund, None, 41_000),
    ];
    assert!(settled(&lines).is_ok(), "it balances");
    let refused = settled(&lines[..5]).expect_err("the rest is missing");
    assert_eq!((refused.code, refused.citation.expect("a rule").rule.as_str()), (UNBALANCED, "COM-9"));
    let own = [line(Commission, None, 1), line(Award, Some(9), 1)];
    assert_eq!(settled(&own).expect_err("who rules").findings[0].code, RULER_AWARDED);
    let nobody = [line(Commission, None, 1), line(Award, None, 1)];
    assert_eq!(settled(&nobody).expect_err("to nobody").findings[0].code, LINE_UNSOUND);
}
