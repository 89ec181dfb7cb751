//! The rules of requests, without a database.

use super::{
    draw::{BELOW_CLAIMED, CLAIMED_LINE_FIXED, FRAME_FIXED, Wish},
    *,
};
use crate::finance::{
    expense_claim::{Details, Exchange},
    expense_request_policy::{EXPENSE_REQUEST_POLICY_CODE, SHIPPED_EXPENSE_REQUEST_POLICY},
    fixture::{self, *},
    petition::Standing,
};
use crate::spine::{Actor, Currency, Money, Permission};
use std::collections::BTreeMap;

struct Shipped {
    claims: fixture::Rules,
    policy: PolicyVersion<ExpenseRequestPolicy>,
}

impl Shipped {
    fn new() -> Self {
        let content = serde_json::from_str(SHIPPED_EXPENSE_REQUEST_POLICY).expect("it reads");
        let code = EXPENSE_REQUEST_POLICY_CODE.to_owned();
        let policy = PolicyVersion { id: id(901), code, number: 1, clause: "000 §9.3".to_owned(), content };
        Self { claims: fixture::Rules::shipped(), policy }
    }
    fn rules(&self) -> RequestRules<'_> {
        RequestRules {
            policy: &self.policy,
            claims: &self.claims.policy,
            categories: &self.claims.categories,
        }
    }
}

fn asker() -> Actor {
    person(1, &[Permission::SubmitExpenseRequests])
}

fn line(category: &str, amount: i64) -> RequestLine {
    RequestLine {
        category: category.into(),
        item: "展位搭建".into(),
        quantity: Some(1),
        amount: cny(amount),
        purpose: "春季展会".into(),
        planned_on: day("2026-04-10"),
        cost_centre: id(500),
        quotes: Vec::new(),
        tender: None,
    }
}

fn content(lines: Vec<RequestLine>) -> RequestContent {
    RequestContent {
        department: id(500),
        business_date: today(),
        exchange: Exchange::none(Currency::Cny),
        details: Details {
            background: Some("春季招商".into()),
            purpose: Some("展会".into()),
            participants: Some("市场部".into()),
            expected_effect: Some("签约两家".into()),
            ..Details::default()
        },
        urgent: false,
        major_campaign: false,
        campaign: None,
        region: None,
        links: Vec::new(),
        lines,
        attachments: Vec::new(),
    }
}

fn draft(lines: Vec<RequestLine>) -> ExpenseRequest {
    let shipped = Shipped::new();
    let new = NewDocument { id: id(10), number: "ER-2026-000001".into(), submitter: None };
    let change = ExpenseRequest::create(new, content(lines), &asker(), now(), shipped.rules());
    change.expect("a good draft").into_after()
}

fn approved(lines: Vec<RequestLine>) -> ExpenseRequest {
    let shipped = Shipped::new();
    let request = draft(lines).submit(id(800), &asker(), now(), today(), shipped.rules());
    let request = request.expect("submittable").into_after();
    request.settle(id(800), &Outcome::Approved { at: now() }, now()).expect("in approval").into_after()
}

fn wish(claim_line: i32, line: i32, amount: i64) -> Wish {
    Wish { claim_line, line, amount }
}

fn drawn(request: ExpenseRequest, claim: u128, wishes: &[Wish]) -> (ExpenseRequest, bool) {
    let (change, over) = request.clone().draw(id(claim), wishes).expect("it is approved");
    (change.map_or(request, Change::into_after), over)
}

fn quote(supplier: &str, amount: i64) -> Quote {
    Quote { supplier: supplier.into(), amount: cny(amount), file_id: None }
}

#[test]
fn buying_beyond_the_limit_needs_three_quotes_or_a_tender() {
    let shipped = Shipped::new();
    let check = |line: RequestLine| {
        draft(vec![line]).check_submission(&asker(), today(), shipped.rules()).map_err(|no| no.code)
    };
    let dear = line("promotion.publicity", 2_000_001);
    assert_eq!(check(line("promotion.publicity", 2_000_000)), Ok(()), "the limit itself is within");
    assert_eq!(check(dear.clone()), Err(QUOTES_MISSING));
    let two = vec![quote("甲", 2_000_001), quote("乙", 2_100_000)];
    assert_eq!(check(RequestLine { quotes: two.clone(), ..dear.clone() }), Err(QUOTES_MISSING));
    let three = [two, vec![quote("丙", 2_200_000)]].concat();
    assert_eq!(check(RequestLine { quotes: three, ..dear.clone() }), Ok(()));
    let tender = Some(Tender { reference: "ZB-1".into(), file_id: None });
    assert_eq!(check(RequestLine { tender, ..dear }), Ok(()));
    let refusal = draft(vec![line("promotion.publicity", 2_000_001)])
        .check_submission(&asker(), today(), shipped.rules())
        .expect_err("no quotes");
    let citation = refusal.citation.expect("a citation");
    assert_eq!((citation.rule.as_str(), citation.clause.as_deref()), ("EXP-7", Some("000 §9 费用控制机制")));
}

#[test]
fn one_supplier_quotes_once() {
    let shipped = Shipped::new();
    let twice = RequestLine {
        quotes: vec![quote("甲", 100), quote(" 甲 ", 100)],
        ..line("promotion.publicity", 100)
    };
    let refusal = content(vec![twice]).check(shipped.rules()).expect_err("twice");
    assert_eq!(refusal.code, SUPPLIER_TWICE);
}

#[test]
fn claims_take_what_is_there_and_no_more() {
    let request = approved(vec![line("promotion.publicity", 1_000), line("other.training", 500)]);
    let (request, over) = drawn(request, 1, &[wish(1, 1, 600), wish(2, 1, 300)]);
    assert!(!over);
    assert_eq!(request.remaining().expect("it adds up"), BTreeMap::from([(1, 100), (2, 500)]));
    let (request, over) = drawn(request, 2, &[wish(1, 1, 250)]);
    assert!(over, "150 more than was left");
    assert_eq!(request.remaining().expect("it adds up")[&1], 0);
    let request = request.give_back(id(1)).expect("it had taken something").into_after();
    assert_eq!(request.remaining().expect("it adds up")[&1], 900);
    let (again, over) = drawn(request.clone(), 2, &[wish(1, 1, 250)]);
    assert!(!over, "submitted anew, it finds enough");
    assert_eq!(again.claimed()[&1], 250);
}

#[test]
fn a_request_that_is_used_up_closes_itself() {
    let request = approved(vec![line("promotion.publicity", 1_000)]);
    let (request, _) = drawn(request, 1, &[wish(1, 1, 1_000)]);
    assert_eq!(request.petition.state(), StandingState::Approved, "the claim may still come to nothing");
    let less = BTreeMap::from([(1, 900)]);
    let part = request.clone().keep(id(1), &less, now()).expect("it keeps").expect("a change").into_after();
    assert_eq!(part.petition.state(), StandingState::Approved);
    assert_eq!(part.remaining().expect("it adds up")[&1], 100);
    let all = BTreeMap::from([(1, 1_000)]);
    let closed = request.keep(id(1), &all, now()).expect("it keeps").expect("a change").into_after();
    assert_eq!(closed.petition.standing, Standing::Closed { at: now(), reason: None });
}

#[test]
fn an_approved_request_is_revoked_only_while_nothing_was_claimed() {
    let request = approved(vec![line("promotion.publicity", 1_000)]);
    let (claimed, _) = drawn(request.clone(), 1, &[wish(1, 1, 1)]);
    assert_eq!(
        claimed.clone().revoke("不办了".into(), &asker(), now()).map_err(|no| no.code).err(),
        Some(NOT_REVOCABLE)
    );
    let closed = claimed.close("不办了".into(), &asker(), now()).expect("closing is allowed").into_after();
    assert_eq!(closed.petition.state(), StandingState::Closed);
    let revoked = request.revoke("不办了".into(), &asker(), now()).expect("nothing was claimed").into_after();
    assert_eq!(revoked.petition.state(), StandingState::Revoked);
}

#[test]
fn an_amendment_takes_nothing_away_from_claims() {
    let request = approved(vec![line("promotion.publicity", 1_000), line("other.training", 500)]);
    let (request, _) = drawn(request, 1, &[wish(1, 1, 600)]);
    let amended = |lines: Vec<RequestLine>| request.check_amended(&content(lines)).map_err(|no| no.code);
    let second = || line("other.software", 700);
    assert_eq!(amended(vec![line("promotion.publicity", 600), second()]), Ok(()));
    assert_eq!(amended(vec![line("promotion.publicity", 599), second()]), Err(BELOW_CLAIMED));
    assert_eq!(amended(vec![line("promotion.advertising", 1_000)]), Err(CLAIMED_LINE_FIXED));
    assert_eq!(amended(Vec::new()), Err(BELOW_CLAIMED));
    let campaign = RequestContent { campaign: Some("C".into()), ..request.content.clone() };
    assert_eq!(request.check_amended(&campaign).map_err(|no| no.code), Err(CLAIMED_LINE_FIXED));
    let moved = RequestContent { business_date: day("2026-03-06"), ..request.content.clone() };
    assert_eq!(request.check_amended(&moved).map_err(|no| no.code), Err(FRAME_FIXED));
}

#[test]
fn lines_in_another_currency_add_up_to_the_whole_in_the_books() {
    let mut content = content((0..3).map(|_| line("other.training", 1)).collect());
    content.exchange = Exchange {
        currency: Currency::Usd,
        book: Currency::Cny,
        rate: "7.1234".parse().expect("a rate"),
        rate_date: Some(today()),
    };
    for line in &mut content.lines {
        line.amount = Money::from_minor(3_333, Currency::Usd);
    }
    let amounts = content.book_amounts().expect("they convert");
    assert_eq!(amounts.values().sum::<i64>(), content.worth().expect("it converts").minor());
}
