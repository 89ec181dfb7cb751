//! Money for what nobody could foresee: kept apart, drawn for an event by director and finance, given back where it
//! was not needed, and never more than is there. `[BUD-7]`

use crate::{
    budget::{LINES, active_budget, budget_of, yuan},
    budget_change::{CHANGES, adjustment, available, deed, line, path, submitted},
    expense_claim::approve,
    expense_request::{self as requests, request_of},
};
use serde_json::{Value, json};
use tests::{App, Company, Reply, column, race, stories};

stories! {
    a_fund_tells_what_was_set_aside_drawn_given_back_and_is_left,
    what_is_given_back_is_of_a_draw_and_no_more_than_is_left_of_it,
    of_two_draws_at_once_no_more_is_taken_than_is_there,
    of_two_who_give_back_at_once_no_more_goes_back_than_was_drawn,
    no_document_is_charged_to_a_fund,
    a_draft_of_a_draw_says_when_the_fund_has_too_little_left,
    whoever_agrees_last_to_a_draw_is_told_when_the_fund_has_too_little_left,
}

const FUNDS: &str = "/api/v1/emergency-funds";

/// An active budget with an emergency fund of 8,000 and 1,000 for advertising each month; the fund's line.
fn fund_of(company: &Company) -> String {
    let mut with_fund = budget_of(company);
    with_fund["sums"] = json!([]);
    let fund = json!({"category": "other", "period": "2026", "purpose": "emergency_fund", "amount": yuan("8000.00")});
    with_fund["lines"].as_array_mut().expect("lines").push(fund);
    active_budget(company, with_fund);
    let found = company.who("head").get(&format!("{LINES}?purpose=emergency_fund")).expect(200);
    found.text("/data/0/id")
}

/// A draw on a fund, as it is sent.
fn draw_of(fund: &str, line: &str, amount: &str) -> Value {
    let mut draw = adjustment(json!([{"from_line_id": fund, "to_line_id": line, "amount": yuan(amount)}]));
    draw["kind"] = json!("emergency_draw");
    (draw["event"], draw["event_on"]) = (json!("竞品突然降价"), json!("2026-03-04"));
    draw
}

/// What gives money of a draw back, as it is sent.
fn give_back(draw: &str, line: &str, fund: &str, amount: &str) -> Value {
    let mut change = adjustment(json!([{"from_line_id": line, "to_line_id": fund, "amount": yuan(amount)}]));
    change["gives_back_id"] = json!(draw);
    change
}

/// A change in effect; its id.
#[track_caller]
fn in_effect(company: &Company, body: Value) -> String {
    let (change, approval) = submitted(company, body);
    for name in ["director", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    change
}

fn march(company: &Company) -> String {
    line(company, "promotion.advertising", "2026-03")
}

fn a_fund_tells_what_was_set_aside_drawn_given_back_and_is_left(app: App) {
    let company = app.company();
    let (fund, qian) = (fund_of(&company), company.who("qian"));
    let march = march(&company);
    let told = || {
        let fund = qian.get(&format!("{FUNDS}?fiscal_year=2026")).expect(200).at("/data/0");
        ["set_aside", "drawn", "given_back", "remaining"]
            .map(|part| fund[part]["amount"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(told(), ["8000.00", "0.00", "0.00", "8000.00"]);
    let draw = in_effect(&company, draw_of(&fund, &march, "2000.00"));
    assert_eq!(told(), ["8000.00", "2000.00", "0.00", "6000.00"]);
    let back = in_effect(&company, give_back(&draw, &march, &fund, "500.00"));
    assert_eq!(told(), ["8000.00", "2000.00", "500.00", "6500.00"]);
    assert_eq!(available(&company, &march), "2500.00");
    // More put aside is neither drawn nor given back.
    let april = line(&company, "promotion.advertising", "2026-04");
    let raise = json!([{"from_line_id": april, "to_line_id": fund, "amount": yuan("100.00")}]);
    in_effect(&company, adjustment(raise));
    assert_eq!(told(), ["8100.00", "2000.00", "500.00", "6600.00"]);
    let listed = qian.get(&format!("{FUNDS}?include_total=true")).expect(200);
    assert_eq!((listed.at("/total"), listed.at("/data/0/draws")), (json!(1), json!(1)));
    assert_eq!(company.who("rep").get(FUNDS).expect(200).at("/data"), json!([]));
    let drawn = qian.get("/api/v1/emergency-draws").expect(200);
    assert_eq!(
        (drawn.text("/data/0/amount/amount"), drawn.text("/data/0/given_back/amount")),
        ("2000.00".into(), "500.00".into())
    );
    let shown = company.who("head").get(&path(&draw)).expect(200);
    assert_eq!(shown.text("/given_back/amount"), "500.00");
    let shown = company.who("head").get(&format!("{}?expand=gives_back", path(&back))).expect(200);
    assert_eq!(shown.text("/expanded/gives_back/event"), "竞品突然降价");
    let file = qian.get(&format!("{FUNDS}?format=csv")).expect(200);
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    assert!(text.contains("8100.00,2000.00,500.00,6600.00,1"), "{text}");
    let sheet = qian.get(&format!("{FUNDS}?format=xlsx")).expect(200);
    assert!(sheet.bytes.starts_with(b"PK"));
    app.prove_ledger();
}

fn what_is_given_back_is_of_a_draw_and_no_more_than_is_left_of_it(app: App) {
    let company = app.company();
    let (fund, head) = (fund_of(&company), company.who("head"));
    let march = march(&company);
    let april = line(&company, "promotion.advertising", "2026-04");
    let draw = in_effect(&company, draw_of(&fund, &march, "2000.00"));
    let ask = |body: Value| head.post(CHANGES, body);
    ask(give_back(&draw, &april, &fund, "1.00")).refuses(422, "budget_change.not_of_the_draw");
    ask(give_back(&draw, &march, &april, "1.00")).refuses(422, "budget_change.not_of_the_draw");
    let beyond = ask(give_back(&draw, &march, &fund, "2000.01")).refuses(409, "budget_change.beyond_draw");
    assert_eq!((beyond.text("/params/left"), beyond.text("/rule")), ("2000.00".into(), "BUD-7".into()));
    let nothing = "019ccccc-0000-7000-8000-00000000dead";
    ask(give_back(nothing, &march, &fund, "1.00")).refuses(422, "validation.unknown_reference");
    let transfer = json!([{"from_line_id": april, "to_line_id": march, "amount": yuan("10.00")}]);
    let transfer = in_effect(&company, adjustment(transfer));
    ask(give_back(&transfer, &march, &fund, "1.00")).refuses(422, "budget_change.no_draw");
    let (waiting, _) = submitted(&company, draw_of(&fund, &march, "100.00"));
    ask(give_back(&waiting, &march, &fund, "1.00")).refuses(422, "budget_change.no_draw");
    let mut both = draw_of(&fund, &march, "1.00");
    both["gives_back_id"] = json!(draw);
    ask(both).refuses(422, "budget_change.draw_gives_nothing_back");
    // Of what was given back nothing is left to give back.
    in_effect(&company, give_back(&draw, &march, &fund, "1500.00"));
    let again = ask(give_back(&draw, &march, &fund, "500.01")).refuses(409, "budget_change.beyond_draw");
    assert_eq!(again.text("/params/left"), "500.00");
    let rest = ask(give_back(&draw, &march, &fund, "500.00")).expect(201).text("/id");
    let preview = head.get(&format!("{}/approval-preview", path(&rest))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true));
    in_effect(&company, give_back(&draw, &march, &fund, "1.00"));
    let preview = head.get(&format!("{}/approval-preview", path(&rest))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(false));
    deed(head, &rest, "submit", None).refuses(409, "budget_change.beyond_draw");
}

/// Two changes that both wait for 钱, approved in the same instant; the answer of the one that lost.
fn both_approved_at_once(company: &Company, bodies: [Value; 2]) -> Reply {
    let qian = company.who("qian");
    let approvals = bodies.map(|body| {
        let (_, approval) = submitted(company, body);
        approve(company, "director", &approval).expect(200);
        approval
    });
    let runners = approvals.each_ref().map(|approval| {
        let read = qian.get(&format!("/api/v1/approvals/{approval}")).expect(200);
        let body = json!({"document_version": read.at("/document/version")});
        let by = qian.at(read.version());
        Box::new(move || by.post(&format!("/api/v1/approvals/{approval}/approve"), body))
            as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let mut replies = race(runners.into());
    replies.sort_by_key(|reply| reply.status);
    let lost = replies.pop().expect("two replies");
    replies.pop().expect("two replies").expect(200);
    let waiting = qian.get("/api/v1/approvals?box=waiting&include_total=true").expect(200);
    assert_eq!(waiting.at("/total"), json!(1), "the other approval stays open");
    lost
}

fn of_two_draws_at_once_no_more_is_taken_than_is_there(app: App) {
    let company = app.company();
    let fund = fund_of(&company);
    let march = march(&company);
    let draws = [draw_of(&fund, &march, "5000.00"), draw_of(&fund, &march, "5000.00")];
    let lost = both_approved_at_once(&company, draws).refuses(409, "budget_line.cut_below_use");
    assert_eq!(lost.text("/params/available"), "3000.00");
    assert_eq!(
        (available(&company, &fund), available(&company, &march)),
        ("3000.00".into(), "6000.00".into())
    );
    app.prove_ledger();
}

fn of_two_who_give_back_at_once_no_more_goes_back_than_was_drawn(app: App) {
    let company = app.company();
    let fund = fund_of(&company);
    let march = march(&company);
    let draw = in_effect(&company, draw_of(&fund, &march, "2000.00"));
    let back = || give_back(&draw, &march, &fund, "1200.00");
    let lost = both_approved_at_once(&company, [back(), back()]).refuses(409, "budget_change.beyond_draw");
    assert_eq!(lost.text("/params/left"), "800.00");
    let told = company.who("qian").get(FUNDS).expect(200);
    assert_eq!(column(&json!([told.at("/data/0/given_back")]), "amount"), ["1200.00"]);
    app.prove_ledger();
}

/// Training belongs to the heading of the fund, and to no other line: it is outside the budget, not paid by the fund.
fn no_document_is_charged_to_a_fund(app: App) {
    let company = app.company();
    let fund = fund_of(&company);
    let (request, _) = requests::submitted(&company, request_of("other.training", "300.00"));
    assert_eq!(company.who("lan").get(&request).expect(200).at("/budget"), json!([]));
    assert_eq!(available(&company, &fund), "8000.00");
    let entries = company.who("head").get(&format!("{LINES}/{fund}/entries")).expect(200);
    assert_eq!(column(&entries.at("/data"), "kind"), ["allocate"]);
}

fn a_draft_of_a_draw_says_when_the_fund_has_too_little_left(app: App) {
    let company = app.company();
    let (fund, march) = (fund_of(&company), march(&company));
    let head = company.who("head");
    let draft = head.post(CHANGES, draw_of(&fund, &march, "5000.00")).expect(201).text("/id");
    let submitting = || {
        let actions = head.get(&path(&draft)).expect(200).at("/actions");
        let all = actions.as_array().expect("actions").clone();
        all.into_iter().find(|action| action["name"] == "submit").expect("submitting is among them")
    };
    assert_eq!(submitting()["allowed"], true, "{}", submitting());
    in_effect(&company, draw_of(&fund, &march, "4000.00"));
    let refused = submitting();
    assert_eq!(
        (&refused["allowed"], &refused["refusal"]["code"]),
        (&json!(false), &json!("budget_line.cut_below_use")),
        "{refused}"
    );
    deed(head, &draft, "submit", None).refuses(409, "budget_line.cut_below_use");
}

fn whoever_agrees_last_to_a_draw_is_told_when_the_fund_has_too_little_left(app: App) {
    let company = app.company();
    let (fund, march) = (fund_of(&company), march(&company));
    let (_, approval) = submitted(&company, draw_of(&fund, &march, "5000.00"));
    let approving = |name: &str| {
        let read = company.who(name).get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/actions");
        let all = read.as_array().expect("actions").clone();
        all.into_iter().find(|action| action["name"] == "approve").expect("approving is among them")
    };
    assert_eq!(approving("director")["allowed"], true);
    in_effect(&company, draw_of(&fund, &march, "4000.00"));
    assert_eq!(
        approving("director")["allowed"],
        true,
        "finance is asked after the director: nothing moves yet"
    );
    assert_eq!(approving("qian")["refusal"]["code"], "approval.not_your_turn");
    approve(&company, "director", &approval).expect(200);
    let refused = approving("qian");
    assert_eq!(
        (&refused["allowed"], &refused["refusal"]["code"]),
        (&json!(false), &json!("budget_line.cut_below_use")),
        "{refused}"
    );
    approve(&company, "qian", &approval).refuses(409, "budget_line.cut_below_use");
    assert_eq!(approving("director")["refusal"]["code"], "approval.already_decided");
}
