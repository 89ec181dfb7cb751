//! Changes of the year's budget: money moved between lines, given, taken, and drawn from the emergency fund.

use crate::teller::{FIRST_DAY, Teller, money};
use serde_json::{Value, json};

const CHANGES: &str = "/api/v1/budget-changes";

/// What a change does to the books where it takes effect.
#[derive(Clone, Copy)]
enum Sort {
    Transfer,
    Increase,
    Cut,
    Draw,
}

/// Makes a change, submits it and lets it meet its fate.
pub fn tell(teller: &mut Teller) {
    let amount = teller.number(50_000, 2_000_000);
    let sort = match teller.number(1, 100) {
        1..=55 => Sort::Transfer,
        56..=70 => Sort::Increase,
        71..=90 => Sort::Cut,
        _ => Sort::Draw,
    };
    let body = body(teller, sort, amount);
    let director = teller.who("director");
    let made = director.post(CHANGES, body).expect(201);
    let path = format!("{CHANGES}/{}", made.text("/id"));
    let submitted = director.at(made.version()).act(&format!("{path}/submit"));
    if submitted.status != 200 {
        // A line has less than shall be taken from it.
        assert_eq!(submitted.code(), "budget_line.cut_below_use", "{submitted}");
        director.at(made.version()).post(&format!("{path}/void"), json!({"reason": "余额不足"})).expect(200);
        teller.books.ended("changes refused by the line");
        return;
    }
    let approval = submitted.text("/approval_id");
    if teller.happens(12) {
        teller.turn_down(&approval, "reject");
        teller.books.ended("changes rejected");
        return;
    }
    teller.approve(&approval);
    assert_eq!(teller.who("gm").get(&path).expect(200).at("/status"), "effective");
    match sort {
        Sort::Transfer => {}
        Sort::Increase => teller.books.planned += amount,
        Sort::Cut => teller.books.planned -= amount,
        Sort::Draw => teller.books.fund -= amount,
    }
    teller.books.ended("changes effective");
}

fn body(teller: &mut Teller, sort: Sort, amount: i64) -> Value {
    let (from, to) = two_lines(teller);
    let fund = teller.lines.iter().find(|line| line.is_fund).map(|line| line.id.clone());
    let movement = match sort {
        Sort::Transfer => json!({"from_line_id": from, "to_line_id": to, "amount": money(amount)}),
        Sort::Increase => json!({"to_line_id": to, "amount": money(amount)}),
        Sort::Cut => json!({"from_line_id": from, "amount": money(amount)}),
        Sort::Draw => json!({"from_line_id": fund, "to_line_id": to, "amount": money(amount)}),
    };
    let mut body = json!({"kind": "adjustment", "fiscal_year": FIRST_DAY.0, "reason": "市场变化",
        "movements": [movement]});
    if matches!(sort, Sort::Draw) {
        body["kind"] = json!("emergency_draw");
        (body["event"], body["event_on"]) = (json!("竞品突然降价"), json!(teller.today));
    }
    body
}

/// Two lines by chance, neither of them the emergency fund.
fn two_lines(teller: &mut Teller) -> (Option<String>, Option<String>) {
    let ordinary: Vec<usize> =
        teller.lines.iter().enumerate().filter(|(_, line)| !line.is_fund).map(|(index, _)| index).collect();
    let from = teller.pick(&ordinary);
    let others: Vec<usize> = ordinary.into_iter().filter(|index| Some(*index) != from).collect();
    let to = teller.pick(&others);
    let id =
        |index: Option<usize>| index.and_then(|index| teller.lines.get(index)).map(|line| line.id.clone());
    (id(from), id(to))
}
