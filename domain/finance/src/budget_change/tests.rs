//! Unit tests of changes: what moves, what may not, and what is refused when too little is left.

use super::*;
use crate::approval::Standing;
use crate::finance::{
    budget_line::{Balance, CUT_BELOW_USE, Control, Purpose},
    fixture::{Rules, cny, id, now, person},
};

fn rules(world: &Rules) -> ChangeRules<'_> {
    ChangeRules { categories: &world.categories, currency: Currency::Cny }
}

fn line(n: u128, purpose: Purpose, allocated: i64) -> BudgetLine {
    BudgetLine {
        id: id(n),
        budget: id(1),
        department: id(500),
        category: "promotion.advertising".into(),
        period: "2026-03".parse().expect("a period"),
        campaign: Some(n.to_string()),
        region: None,
        purpose,
        control: Control::Special,
        currency: Currency::Cny,
        balance: Balance { allocated, ..Balance::default() },
        entries: 1,
        open: true,
        run_rate_told: None,
        version: 1,
    }
}

/// 11 and 12 are ordinary, with 100 each; 13 is an emergency fund of 1,000.
fn desk() -> Desk {
    let lines = vec![
        line(11, Purpose::Ordinary, 100),
        line(12, Purpose::Ordinary, 100),
        line(13, Purpose::EmergencyFund, 1_000),
    ];
    Desk::new(lines, Vec::new(), "2026-03".parse().expect("a period"), vec![80, 100])
}

fn movement(from: Option<u128>, to: Option<u128>, minor: i64) -> Movement {
    Movement { from: from.map(id), to: to.map(id), open: None, amount: cny(minor) }
}

fn content(kind: ChangeKind, movements: Vec<Movement>) -> ChangeContent {
    let is_draw = kind == ChangeKind::EmergencyDraw;
    ChangeContent {
        kind,
        fiscal_year: 2026,
        department: id(500),
        reason: "市场变化".into(),
        event: is_draw.then(|| "竞品突然降价".to_owned()),
        event_on: is_draw.then(|| "2026-03-01".parse().expect("a day")),
        gives_back: None,
        movements,
    }
}

fn by() -> Actor {
    person(1, &[Permission::CompileBudgets])
}

fn made(content: ChangeContent) -> Result<BudgetChange, Refusal> {
    let world = Rules::shipped();
    let new = NewChange { id: id(7), number: "BC-2026-000001".into() };
    BudgetChange::create(new, content, &by(), now(), &desk(), rules(&world)).map(Change::into_after)
}

fn codes_of(content: ChangeContent) -> Vec<&'static str> {
    let refusal = made(content).expect_err("a refusal");
    refusal.findings.into_iter().map(|finding| finding.code.code).collect()
}

#[test]
fn money_moves_and_none_is_made_or_lost() {
    let movements =
        vec![movement(Some(11), Some(12), 40), movement(None, Some(11), 7), movement(Some(12), None, 5)];
    let change = made(content(ChangeKind::Adjustment, movements)).expect("sound");
    let mut desk = desk();
    change.perform(&mut desk, &[id(91), id(92), id(93)], Control::Hard).expect("possible");
    let left = |n: u128| desk.line(id(n)).expect("on the desk").balance.allocated;
    assert_eq!((left(11), left(12), left(13)), (67, 135, 1_000));
}

#[test]
fn a_change_that_is_too_much_is_refused_with_the_shortage_before_and_after() {
    let change =
        made(content(ChangeKind::Adjustment, vec![movement(Some(11), Some(12), 101)])).expect("sound");
    let world = Rules::shipped();
    let refusal = change.check_submission(&by(), &desk(), rules(&world)).expect_err("too much");
    assert_eq!((refusal.code, refusal.findings[0].pointer.as_str()), (CUT_BELOW_USE, "/movements/0"));
    assert_eq!(refusal.params["available"], "1.00");
}

#[test]
fn an_emergency_fund_is_left_only_by_a_draw_that_names_its_event() {
    let out = vec![movement(Some(13), Some(11), 500)];
    assert_eq!(codes_of(content(ChangeKind::Adjustment, out.clone())), [DRAW_NEEDED.code]);
    made(content(ChangeKind::EmergencyDraw, out.clone())).expect("a draw");
    let silent = ChangeContent { event: None, ..content(ChangeKind::EmergencyDraw, out) };
    assert_eq!(codes_of(silent), [EVENT_MISSING.code]);
    let ordinary = vec![movement(Some(11), Some(13), 5)];
    assert_eq!(codes_of(content(ChangeKind::EmergencyDraw, ordinary)), [NOT_A_FUND.code, DRAW_TO_FUND.code]);
}

#[test]
fn movements_lead_somewhere() {
    let movements =
        vec![movement(None, None, 1), movement(Some(11), Some(11), 1), movement(Some(99), None, 0)];
    let found = codes_of(content(ChangeKind::Adjustment, movements));
    assert_eq!(
        found,
        [
            NO_DIRECTION.code,
            SAME_LINE.code,
            crate::spine::codes::AMOUNT_NOT_POSITIVE.code,
            crate::spine::codes::UNKNOWN_REFERENCE.code
        ]
    );
    assert_eq!(codes_of(content(ChangeKind::Adjustment, Vec::new())), [NOTHING_MOVES.code]);
}

#[test]
fn what_is_given_back_is_of_the_draw_and_left_of_it() {
    let left = DrawLeft([((id(13), id(11)), 60)].into());
    let back = |movements| content(ChangeKind::Adjustment, movements).check_give_back(&left);
    back(vec![movement(Some(11), Some(13), 20), movement(Some(11), Some(13), 40)]).expect("all that is left");
    let beyond = back(vec![movement(Some(11), Some(13), 20), movement(Some(11), Some(13), 41)]);
    let beyond = beyond.expect_err("too much");
    assert_eq!((beyond.code, &beyond.params["left"]), (BEYOND_DRAW, &json!("0.60")));
    for elsewhere in
        [movement(Some(12), Some(13), 1), movement(Some(11), Some(12), 1), movement(None, Some(13), 1)]
    {
        let refusal = back(vec![elsewhere]).expect_err("not of the draw");
        assert_eq!(refusal.findings[0].code, NOT_OF_THE_DRAW);
    }
    let draw =
        made(content(ChangeKind::EmergencyDraw, vec![movement(Some(13), Some(11), 60)])).expect("a draw");
    assert_eq!(draw.ensure_drawn().expect_err("a draft").findings[0].code, NO_DRAW);
    let mut effective = draw;
    effective.petition.standing = Standing::Approved { at: now() };
    effective.ensure_drawn().expect("in effect");
}
