//! Batches of decisions that meet: each is done, whatever the other does, and none waits for the other in a circle.
//! `[APR-7, BUD-4]`

use crate::{
    budget_change::{adjustment, submitted as submitted_change},
    expense_claim::{CLAIMS, approve},
    expense_claim_request::claim_on,
    expense_request::{act, approved, request_of, submit, submitted as submitted_request},
};
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, Reply, race, stories};

stories! {
    batches_that_decide_over_the_same_lines_in_opposite_order_are_both_done,
    batches_that_decide_over_the_same_requests_in_opposite_order_are_both_done,
    batches_that_decide_documents_of_several_kinds_in_opposite_order_are_both_done,
    batches_that_decide_the_same_approvals_in_opposite_order_decide_each_once,
}

const BATCH: &str = "/api/v1/approvals/batch-decisions";
/// The budget lines on which batches meet, and the categories that are charged to them.
const LINES: [(&str, &str); 2] = [("promotion", "promotion.publicity"), ("other.training", "other.training")];
const DECISIONS: [&str; 3] = ["approve", "reject", "return"];

/// Opens the lines on which batches meet.
fn open_lines(app: &App, company: &Company) -> [String; 2] {
    let marketing = &company.departments["marketing"];
    LINES.map(|(line, _)| {
        app.open_budget_line(marketing, line, "2026-03", Control::Hard, 1_000_000).to_string()
    })
}

/// The decision of finance on an approval, as it reads it.
#[track_caller]
fn item(company: &Company, approval: &str, decision: &str) -> Value {
    let seen = company.who("qian").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    json!({"approval_id": approval, "version": seen.at("/version"), "decision": decision, "note": "见附件",
        "document_version": seen.at("/document/version")})
}

/// The approval of a claim that waits for finance as the last.
#[track_caller]
fn claimed(company: &Company, body: Value) -> String {
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    approve(company, "head", &approval).expect(200);
    approval
}

/// The same of a claim of a category.
#[track_caller]
fn claimed_of(company: &Company, category: &str) -> String {
    let mut body = company.claim_of(100);
    body["lines"][0]["category"] = json!(category);
    claimed(company, body)
}

/// Decides both batches in the same instant; answers the status of each item.
#[track_caller]
fn decide_both(company: &Company, batches: [Vec<Value>; 2]) -> [Vec<Value>; 2] {
    let runners = batches.map(|items| {
        let by = company.who("qian");
        Box::new(move || by.post(BATCH, json!({"items": items}))) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let statuses = |reply: Reply| -> Vec<Value> {
        let data = reply.expect(207).at("/data");
        data.as_array().into_iter().flatten().map(|item| item["status"].clone()).collect()
    };
    let mut replies = race(runners.into()).into_iter().map(statuses);
    [replies.next().unwrap_or_default(), replies.next().unwrap_or_default()]
}

fn batches_that_decide_over_the_same_lines_in_opposite_order_are_both_done(app: App) {
    const ROUNDS: usize = 3;
    let company = app.company();
    open_lines(&app, &company);
    let [one, other] = LINES.map(|(_, category)| category);
    for decision in std::iter::repeat_n(DECISIONS, ROUNDS).flatten() {
        let batches = [[one, other], [other, one]].map(|categories| {
            categories.map(|category| item(&company, &claimed_of(&company, category), decision)).into()
        });
        assert_eq!(decide_both(&company, batches), [[200, 200], [200, 200]], "{decision}");
    }
    app.prove_ledger();
    app.prove_no_circle();
}

fn batches_that_decide_over_the_same_requests_in_opposite_order_are_both_done(app: App) {
    const ROUNDS: usize = 2;
    let company = app.company();
    open_lines(&app, &company);
    let [one, other] =
        LINES.map(|(_, category)| (approved(&company, request_of(category, "4000.00")), category));
    for decision in std::iter::repeat_n(DECISIONS, ROUNDS).flatten() {
        let batches = [[&one, &other], [&other, &one]].map(|requests| {
            let decided = requests.map(|(request, category)| {
                let mut body = claim_on(&company, request, 100);
                body["lines"][0]["category"] = json!(category);
                item(&company, &claimed(&company, body), decision)
            });
            decided.into()
        });
        assert_eq!(decide_both(&company, batches), [[200, 200], [200, 200]], "{decision}");
    }
    app.prove_ledger();
    app.prove_no_circle();
}

/// The approval of an amendment that raises a request, waiting for finance as the last.
#[track_caller]
fn amended(company: &Company, request: &str, category: &str) -> String {
    let lines = json!([crate::expense_request::line_of(category, "600.00")]);
    let body = json!({"reason": "加一场", "changes": {"lines": lines}});
    let amendment = act(company.who("lan"), request, "amendments", body).expect(201).text("/id");
    let approval = submit(company.who("lan"), &format!("/api/v1/expense-request-amendments/{amendment}"));
    approve(company, "head", &approval).expect(200);
    approval
}

/// Requests and their amendments, claims, and changes of the budget itself: each comes to one line of each batch.
fn batches_that_decide_documents_of_several_kinds_in_opposite_order_are_both_done(app: App) {
    let company = app.company();
    let lines = open_lines(&app, &company);
    let categories = LINES.map(|(_, category)| category);
    let requested = |category: &str| {
        let (_, approval) = submitted_request(&company, request_of(category, "100.00"));
        approve(&company, "head", &approval).expect(200);
        approval
    };
    let moved = |from: usize| {
        let movements = json!([{"from_line_id": lines[from], "to_line_id": lines[1 - from],
            "amount": {"amount": "1.00", "currency": "CNY"}}]);
        let (_, approval) = submitted_change(&company, adjustment(movements));
        approve(&company, "director", &approval).expect(200);
        approval
    };
    for decision in DECISIONS {
        let amendable = categories.map(|category| approved(&company, request_of(category, "500.00")));
        let [a, b] = [0, 1].map(|at| amended(&company, &amendable[at], categories[at]));
        let batches = [
            [a, requested(categories[1]), moved(0), claimed_of(&company, categories[1])],
            [b, claimed_of(&company, categories[0]), moved(1), requested(categories[0])],
        ];
        let items = batches.map(|approvals| approvals.map(|one| item(&company, &one, decision)).into());
        assert_eq!(decide_both(&company, items), [[200; 4], [200; 4]], "{decision}");
    }
    app.prove_ledger();
    app.prove_no_circle();
}

fn batches_that_decide_the_same_approvals_in_opposite_order_decide_each_once(app: App) {
    const ROUNDS: usize = 3;
    let company = app.company();
    open_lines(&app, &company);
    for decision in std::iter::repeat_n(DECISIONS, ROUNDS).flatten() {
        let approvals = LINES.map(|(_, category)| claimed_of(&company, category));
        let items = approvals.map(|approval| item(&company, &approval, decision));
        let back = items.iter().rev().cloned().collect();
        let [first, mut second] = decide_both(&company, [items.into(), back]);
        second.reverse();
        for statuses in first.iter().zip(&second) {
            let done = [statuses.0, statuses.1].into_iter().filter(|status| **status == 200).count();
            assert_eq!(done, 1, "{decision}: {first:?} {second:?}");
        }
    }
    app.prove_ledger();
    app.prove_no_circle();
}
