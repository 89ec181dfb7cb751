use super::*;
use crate::{
    organisation::working_calendar::SHIPPED_WORKING_CALENDAR,
    spine::{BusinessDate, Currency, DepartmentId, EmployeeId, Id, Money, PolicyContent},
};
use uuid::Uuid;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}

fn version<C>(code: &str, content: C) -> Arc<PolicyVersion<C>> {
    Arc::new(PolicyVersion {
        id: id(1), code: code.into(), number: 3, clause: "000 §9.2 五".into(), content
    })
}

fn rules() -> RiskRules {
    RiskRules {
        policy: version(AUDIT_RISK_CODE, serde_json::from_str(SHIPPED_AUDIT_RISK).expect("it reads")),
        calendar: version(
            "working-calendar/company",
            serde_json::from_str(SHIPPED_WORKING_CALENDAR).expect("it reads"),
        ),
    }
}

fn line(number: i32, category: &str, on: &str, fen: i64) -> LineFacts {
    let amount = Money::from_minor(fen, Currency::Cny);
    LineFacts {
        line: number,
        category: category.into(),
        occurred_on: day(on),
        amount,
        is_compared: false,
        papers: Vec::new(),
    }
}

fn paper(number: &str, seller: &str) -> PaperFacts {
    PaperFacts::new(None, number.into(), None, seller.into())
}

/// A claim of person 1 in department 1, on a working day.
fn claim(number: u128, lines: Vec<LineFacts>) -> ClaimFacts {
    ClaimFacts {
        claim: id(number),
        number: format!("EC-2026-{number:06}"),
        version: 4,
        creator: None,
        submitter: id(1),
        beneficiary: id(1),
        department: id(1),
        business_date: day("2026-03-05"),
        created_on: day("2026-03-05"),
        payable: Money::zero(Currency::Cny),
        lines,
    }
}

fn of(person: u128, mut claim: ClaimFacts) -> ClaimFacts {
    (claim.submitter, claim.beneficiary) = (id(person), id(person));
    claim
}

fn seen(claim: &ClaimFacts, others: &[ClaimFacts], shares: &[Share]) -> Vec<RiskSignal> {
    let period = (day("2026-01-01"), day("2026-03-31"));
    signals(claim, &Surroundings { others, shares, period }, &rules())
}

fn codes(signals: &[RiskSignal]) -> Vec<&'static str> {
    signals.iter().map(|signal| signal.rule.code()).collect()
}

#[test]
fn the_shipped_rules_are_sound_and_unsound_ones_are_told_everything() {
    assert_eq!(rules().policy.content.findings(), []);
    let mut content = rules().policy.content.clone();
    content.look_around_days = 10;
    content.split_purchase.as_mut().expect("shipped").limits.clear();
    content.repeated_seller.as_mut().expect("shipped").times = 1;
    content.outsized_share.as_mut().expect("shipped").percent = 100;
    let pointers: Vec<String> = content.findings().into_iter().map(|finding| finding.pointer).collect();
    assert_eq!(
        pointers,
        [
            "/content/split_purchase/window_days",
            "/content/split_purchase/limits",
            "/content/outsized_share/percent",
            "/content/repeated_amount/window_days",
            "/content/repeated_seller/window_days",
            "/content/repeated_seller/times",
        ]
    );
}

#[test]
fn an_ordinary_claim_shows_nothing() {
    let plain = claim(1, vec![line(1, "promotion.publicity", "2026-03-04", 12_345)]);
    let others = [claim(2, vec![line(1, "promotion.publicity", "2026-03-03", 67_89)])];
    assert_eq!(seen(&plain, &others, &[]), []);
}

#[test]
fn small_purchases_that_pass_a_limit_together_are_seen_with_their_parts() {
    let parts = |fen| line(1, "promotion.advertising", "2026-03-04", fen);
    let own = claim(1, vec![parts(1_900_011)]);
    let others = [claim(2, vec![parts(150_022)])];
    let found = seen(&own, &others, &[]);
    assert_eq!(codes(&found), ["split_purchase"]);
    let facts = &found[0].explanation.facts;
    assert_eq!(
        (facts["same"].as_str(), facts["limit"]["amount"].as_str()),
        (Some("submitter"), Some("20000.00"))
    );
    assert_eq!((facts["total"]["amount"].as_str(), facts["count"].as_u64()), (Some("20500.33"), Some(2)));
    assert_eq!(facts["claims"][1]["number"], "EC-2026-000002");
    let citation = &found[0].explanation.citation;
    assert_eq!((citation.policy.as_deref(), citation.policy_version), (Some(AUDIT_RISK_CODE), Some(3)));
    // One that is above the limit itself evades nothing below it; others elsewhere or later have no part.
    let open = [claim(2, vec![parts(5_100_000)])];
    assert_eq!(codes(&seen(&own, &open, &[])), Vec::<&str>::new());
    let later = [claim(2, vec![line(1, "promotion.advertising", "2026-03-19", 150_022)])];
    let elsewhere = [claim(2, vec![line(1, "promotion.publicity", "2026-03-04", 150_022)])];
    let stranger = [of(2, claim(2, vec![parts(150_022)]))];
    for others in [&later, &elsewhere, &stranger] {
        assert_eq!(codes(&seen(&own, others, &[])), Vec::<&str>::new());
    }
}

#[test]
fn a_purchase_split_between_people_is_seen_by_its_seller() {
    let from = |fen| LineFacts {
        papers: vec![paper("A1", "同一家")],
        ..line(1, "other.software", "2026-03-04", fen)
    };
    let own = claim(1, vec![from(300_011)]);
    let found = seen(&own, &[of(2, claim(2, vec![from(300_022)]))], &[]);
    assert_eq!(codes(&found), ["split_purchase"]);
    assert_eq!(found[0].explanation.facts["same"], "seller");
}

#[test]
fn a_purchase_split_over_the_lines_of_one_claim_is_seen_unless_prices_were_compared() {
    let bought = |number: i32, seller: &str| LineFacts {
        papers: vec![paper(&format!("A{number}"), seller)],
        ..line(number, "other.software", "2026-03-04", 1_200_000 + i64::from(number))
    };
    let own = claim(1, vec![bought(1, "同一家"), bought(2, "同一家")]);
    let found = seen(&own, &[], &[]);
    assert_eq!(codes(&found), ["split_purchase"]);
    let facts = &found[0].explanation.facts;
    assert_eq!(
        (&facts["within_one_claim"], &facts["limit"]["amount"], &facts["claims"][1]["line"]),
        (&true.into(), &"20000.00".into(), &2.into())
    );
    let elsewhere = claim(1, vec![bought(1, "一家"), bought(2, "另一家")]);
    assert_eq!(codes(&seen(&elsewhere, &[], &[])), Vec::<&str>::new());
    let compared = |number| LineFacts { is_compared: true, ..bought(number, "同一家") };
    let quoted = claim(1, vec![compared(1), compared(2)]);
    assert_eq!(codes(&seen(&quoted, &[], &[])), Vec::<&str>::new());
}

#[test]
fn round_sums_and_rest_days_are_seen_where_they_are_unusual() {
    assert_eq!(
        codes(&seen(&claim(1, vec![line(1, "other.training", "2026-03-04", 150_000)]), &[], &[])),
        ["round_sum"]
    );
    for fen in [50_000, 150_001] {
        assert_eq!(seen(&claim(1, vec![line(1, "other.training", "2026-03-04", fen)]), &[], &[]), []);
    }
    for (on, expected) in [
        ("2026-03-07", Some("休息日")),
        ("2026-02-17", Some("春节")),
        ("2026-02-28", None),
        ("2026-03-06", None),
    ] {
        let mut unusual = claim(1, vec![line(1, "other.training", on, 9_900)]);
        unusual.created_on = day("2026-03-09");
        let found = seen(&unusual, &[], &[]);
        let name =
            found.first().and_then(|signal| signal.explanation.facts["day_zh"].as_str().map(str::to_owned));
        assert_eq!(name.as_deref(), expected, "{on}");
        unusual.lines[0].category = "entertainment.travel".into();
        assert_eq!(seen(&unusual, &[], &[]), [], "travelling on a weekend is usual");
    }
}

#[test]
fn the_same_amount_and_the_same_seller_again_are_seen() {
    let own = claim(1, vec![line(1, "other.training", "2026-03-04", 34_567)]);
    let same = claim(2, vec![line(1, "promotion.publicity", "2026-02-10", 34_567)]);
    let found = seen(&own, std::slice::from_ref(&same), &[]);
    assert_eq!(
        (codes(&found), found[0].explanation.facts["count"].as_u64()),
        (vec!["repeated_amount"], Some(2))
    );
    assert_eq!(seen(&own, &[of(2, same)], &[]), [], "of other people from other sellers");
    let at = |number: u128, fen: i64| {
        let bought = line(1, "other.training", "2026-03-04", fen);
        claim(number, vec![LineFacts { papers: vec![paper(&format!("N{number}"), "常客")], ..bought }])
    };
    let others: Vec<ClaimFacts> = (2_u8..=4).map(|n| at(n.into(), 11_100 + i64::from(n))).collect();
    assert_eq!(codes(&seen(&at(1, 11_111), &others, &[])), ["repeated_seller"]);
    assert_eq!(codes(&seen(&at(1, 11_111), &others[1..], &[])), Vec::<&str>::new());
}

#[test]
fn invoice_numbers_in_a_row_are_seen_across_claims_and_people() {
    let with = |number: u128, papers: &[&str], seller: &str| {
        let papers = papers.iter().map(|number| paper(number, seller)).collect();
        of(
            number,
            claim(number, vec![LineFacts { papers, ..line(1, "other.training", "2026-03-04", 10_000 + 7) }]),
        )
    };
    let own = with(1, &["26332000000000000100"], "店");
    let others = [with(2, &["26332000000000000102"], "店"), with(3, &["26332000000000000105"], "店")];
    let found = seen(&own, &others, &[]);
    assert_eq!(codes(&found), ["invoice_sequence"]);
    assert_eq!(found[0].explanation.facts["count"], 3);
    assert_eq!(found[0].explanation.facts["invoices"][2]["number"], "EC-2026-000003");
    let far = [with(2, &["26332000000000000104"], "店"), with(3, &["26332000000000000101"], "别店")];
    assert_eq!(seen(&own, &far, &[]), []);
    let within = with(1, &["101", "100", "x"], "店");
    assert_eq!(seen(&within, &[], &[]).len(), 1, "one run is told once");
}

#[test]
fn late_claims_and_outsized_shares_are_seen() {
    let late = claim(
        1,
        vec![line(1, "other.training", "2026-01-03", 99), line(2, "other.training", "2026-01-05", 98)],
    );
    let found = seen(&late, &[], &[]);
    let lines: Vec<_> = found.iter().filter(|s| s.rule == RiskRule::LateClaim).map(|s| s.line).collect();
    assert_eq!(lines, [Some(1)]);
    let share = |person: u128, minor: i64| Share {
        department: DepartmentId::from_uuid(Uuid::from_u128(1)),
        category: "other.training".into(),
        submitter: EmployeeId::from_uuid(Uuid::from_u128(person)),
        minor,
    };
    let own = claim(1, vec![line(1, "other.training", "2026-03-04", 12_345)]);
    let found = seen(&own, &[], &[share(1, 610_001), share(2, 200_000), share(3, 190_000)]);
    assert_eq!(codes(&found), ["outsized_share"]);
    assert_eq!(found[0].explanation.facts["share_percent"], "61.00");
    for shares in [
        vec![share(1, 600_000), share(2, 200_000), share(3, 200_000)],
        vec![share(1, 900_000), share(2, 100_000)],
        vec![share(1, 9_000), share(2, 500), share(3, 500)],
    ] {
        assert_eq!(seen(&own, &[], &shares), []);
    }
}

#[test]
fn a_score_counts_each_rule_once() {
    let claim = claim(1, (1..=4).map(|n| line(n, "other.training", "2026-03-07", 100_000)).collect());
    let found = seen(&claim, &[], &[]);
    assert_eq!(found.iter().filter(|signal| signal.rule == RiskRule::RoundSum).count(), 4);
    assert_eq!(score(&found), 10 + 10 + 20);
    assert_eq!(score(&[]), 0);
}
