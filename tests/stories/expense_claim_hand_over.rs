//! The hand-over to the ERP, call by call, and the races around it. `[EXP-9, EXP-10]`

use crate::expense_claim::{approve, approved, deed, hand_over, path, payment, posted, voucher};
use serde_json::{Value, json};
use tests::{App, Reply, column, race, stories};

stories! {
    every_call_answers_what_it_finds_instead,
    the_same_again_answers_already_and_another_body_is_refused,
    a_claim_whose_entry_cannot_be_made_says_why,
    once_the_accounts_are_mended_the_entry_is_made_and_the_claim_goes_on,
    what_one_item_says_keeps_to_the_bounds_of_the_document,
    a_refused_posting_returns_the_claim_whole,
    reconciling_names_every_difference,
    an_invoice_in_two_claims_is_held_once_whoever_is_first,
    an_invoice_edited_off_a_claim_is_remembered,
    an_acknowledgement_and_a_revocation_never_both_happen,
    approve_withdraw_and_edit_have_one_outcome,
    two_payments_at_once_never_pay_more_than_is_owed,
}

fn code(item: &Value) -> &str {
    item["refusal"]["code"].as_str().unwrap_or_default()
}

fn every_call_answers_what_it_finds_instead(app: App) {
    let company = app.company();
    let acknowledge =
        |claim: &str| hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [claim]}));
    let draft = company.draft("lan", 50);
    assert_eq!(code(&acknowledge(&draft)), "erp.not_ready");
    let (waiting, _) = company.submitted("lan", 60);
    assert_eq!(code(&acknowledge(&waiting)), "erp.not_ready");
    deed(company.who("lan"), &waiting, "withdraw", json!({})).expect(200);
    assert_eq!(code(&acknowledge(&waiting)), "erp.recalled");
    let nobody = "01977a3e-8f00-7000-8000-00000000ffff";
    assert_eq!(code(&acknowledge(nobody)), "erp.unknown_claim");
    let ready = approved(&company, 70);
    let post = |claim: &str| {
        let items = json!({"items": [{"claim_id": claim, "voucher": voucher("记-1")}]});
        hand_over(&company, "confirm-posting", items)
    };
    assert_eq!(code(&post(&ready)), "erp.not_acknowledged");
    assert_eq!(
        code(&hand_over(&company, "confirm-payments", payment(&ready, "P", "1.00"))),
        "erp.not_acknowledged"
    );
    let both = json!({"reference": "B", "claim_ids": [ready, draft]});
    let answers = company.who("qian").post("/api/v1/erp/expense-claims/acknowledge", both).expect(207);
    assert_eq!(
        (answers.at("/data/0/outcome"), answers.at("/data/1/outcome")),
        (json!("done"), json!("refused"))
    );
    assert_eq!(
        code(&hand_over(&company, "confirm-payments", payment(&ready, "P", "1.00"))),
        "payment.not_posted"
    );
    company.who("lan").get("/api/v1/erp/expense-claims").refuses(403, "http.forbidden");
}

fn the_same_again_answers_already_and_another_body_is_refused(app: App) {
    let company = app.company();
    let claim = posted(&company, 90);
    let acknowledge = |reference: &str| {
        hand_over(&company, "acknowledge", json!({"reference": reference, "claim_ids": [claim]}))
    };
    assert_eq!(acknowledge("B-1")["outcome"], "already");
    assert_eq!(code(&acknowledge("B-9")), "erp.already_acknowledged");
    let post = |number: &str| {
        let items = json!({"items": [{"claim_id": claim, "voucher": voucher(number)}]});
        hand_over(&company, "confirm-posting", items)
    };
    assert_eq!(post("记-0231")["outcome"], "already");
    assert_eq!(code(&post("记-9999")), "erp.already_confirmed");
    let pay = |reference: &str, yuan: &str| {
        hand_over(&company, "confirm-payments", payment(&claim, reference, yuan))
    };
    assert_eq!(pay("P-1", "30.00")["outcome"], "done");
    assert_eq!(pay("P-1", "30.00")["outcome"], "already");
    assert_eq!(code(&pay("P-1", "31.00")), "payment.already_confirmed");
    assert_eq!(code(&pay("P-2", "60.01")), "payment.overpaid");
    assert_eq!(pay("P-2", "60.00")["paid_status"], "paid");
}

/// Publishes the shipped categories anew, from today on, without travel.
/// Takes travel off the categories of today; answers the categories as they were.
fn take_travel_off_the_categories(app: &App) -> Value {
    let shipped = app.administrator().get("/api/v1/policies?code=expense-categories/standard").expect(200);
    let complete = shipped.at("/data/0/content");
    let mut content = complete.clone();
    let categories = content["categories"].as_array_mut().expect("categories");
    categories.retain(|category| category["code"] != "entertainment.travel");
    publish_categories(app, content, "2026-03-05");
    complete
}

fn publish_categories(app: &App, content: Value, from: &str) {
    let boss = app.administrator();
    let body = json!({"code": "expense-categories/standard", "title": "费用类别", "effective_from": from,
        "content": content, "clause": "000 §9.3"});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
}

fn a_claim_whose_entry_cannot_be_made_says_why(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 80);
    take_travel_off_the_categories(&app);
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let shown = company.who("lan").get(&path(&claim)).expect(200);
    assert_eq!(shown.text("/status"), "approved");
    assert!(shown.at("/journal").is_null());
    assert_eq!(shown.text("/not_ready/code"), "journal.no_account");
    assert!(shown.text("/not_ready/zh").contains("entertainment.travel"), "{shown}");
    let taken = hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [claim]}));
    assert_eq!(code(&taken), "erp.no_entry");
    for (language, reason) in [("zh", "没有会计科目"), ("en", "has no ledger account")] {
        let text = taken["refusal"][language].as_str().unwrap_or_default();
        assert!(text.contains(reason), "{text}");
    }
    let foreseen = company.who("qian").get(&path(&claim)).expect(200).at("/actions");
    let foreseen = foreseen.as_array().into_iter().flatten().find(|action| action["name"] == "acknowledge");
    assert_eq!(foreseen.map(code), Some("erp.no_entry"));
}

fn once_the_accounts_are_mended_the_entry_is_made_and_the_claim_goes_on(app: App) {
    let mut company = app.company();
    let ready = approved(&company, 90);
    let (claim, approval) = company.submitted("lan", 80);
    let complete = take_travel_off_the_categories(&app);
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    deed(company.who("lan"), &claim, "prepare", Value::Null).refuses(403, "http.forbidden");
    let still = deed(company.who("qian"), &claim, "prepare", Value::Null).refuses(409, "journal.no_account");
    assert_eq!(still.at("/params/category"), "entertainment.travel");
    // Mended on another day than that of the claim, for which no policy can be written any more.
    app.advance(chrono::Duration::days(1));
    company.sign_in_again(&app);
    publish_categories(&app, complete, "2026-03-06");
    let qian = company.who("qian");
    let offers = |claim: &str, name: &str| {
        let actions = qian.get(&path(claim)).expect(200).at("/actions");
        let found = actions.as_array().into_iter().flatten().find(|action| action["name"] == name).cloned();
        found.map(|action| action["allowed"].clone())
    };
    assert_eq!(
        (offers(&claim, "prepare"), offers(&claim, "acknowledge")),
        (Some(json!(true)), Some(json!(false)))
    );
    assert_eq!(offers(&ready, "prepare"), Some(json!(false)));
    let prepared = deed(qian, &claim, "prepare", Value::Null).expect(200);
    assert_eq!((prepared.text("/status"), prepared.at("/not_ready")), ("approved".into(), Value::Null));
    assert_eq!(column(&prepared.at("/journal/postings"), "role"), ["expense", "payable"]);
    assert_eq!(
        (offers(&claim, "prepare"), offers(&claim, "acknowledge")),
        (Some(json!(false)), Some(json!(true)))
    );
    deed(qian, &claim, "prepare", Value::Null).refuses(409, "expense_claim.already_prepared");
    let told = qian.get(&format!("/api/v1/events?entity={claim}")).expect(200).at("/data");
    assert_eq!(column(&told, "kind").last().map(String::as_str), Some("expense_claim.prepared"));
    let taken = hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [claim]}));
    assert_eq!(taken["outcome"], "done");
    deed(qian, &claim, "prepare", Value::Null).refuses(409, "expense_claim.not_preparable");
}

fn what_one_item_says_keeps_to_the_bounds_of_the_document(app: App) {
    let company = app.company();
    let (open, other) = (posted(&company, 70), posted(&company, 60));
    let taken = approved(&company, 50);
    hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [taken]}));
    let post = |number: &str, year: i32, on: &str| {
        let voucher = json!({"number": number, "year": year, "posted_on": on});
        hand_over(&company, "confirm-posting", json!({"items": [{"claim_id": taken, "voucher": voucher}]}))
    };
    assert_eq!(code(&post("", 2026, "2026-03-05")), "validation.required");
    assert_eq!(code(&post(&"记".repeat(41), 2026, "2026-03-05")), "validation.length");
    assert_eq!(code(&post("记-1", 1999, "1999-12-31")), "validation.failed", "too early twice over");
    let refuse = |said: &str, text: &str| {
        let refusal = json!({"code": said, "text": text});
        hand_over(&company, "refuse-posting", json!({"items": [{"claim_id": taken, "refusal": refusal}]}))
    };
    assert_eq!(code(&refuse(&"C".repeat(41), "期间已关闭")), "validation.length");
    assert_eq!(code(&refuse("CLOSED", &"关".repeat(501))), "validation.length");
    let pay = |reference: &str| hand_over(&company, "confirm-payments", payment(&open, reference, "1.00"));
    assert_eq!(code(&pay("")), "validation.required");
    assert_eq!(code(&pay(&"P".repeat(61))), "validation.length");
    assert_eq!(pay(&"P".repeat(60))["outcome"], "done");
    assert_eq!(post(&"记".repeat(40), 2026, "2026-03-05")["outcome"], "done");
    // One item at fault leaves the others alone; a batch without items, or of too many, is none.
    let items = json!({"items": [payment(&open, "", "1.00")["items"][0], payment(&other, "P-1", "1.00")["items"][0]]});
    let qian = company.who("qian");
    let answers = qian.post("/api/v1/erp/expense-claims/confirm-payments", items).expect(207);
    assert_eq!(tests::column(&answers.at("/data"), "outcome"), ["refused", "done"]);
    let confirm =
        |items: Value| qian.post("/api/v1/erp/expense-claims/confirm-payments", json!({"items": items}));
    confirm(json!([])).refuses(422, "validation.length");
    confirm(vec![payment(&other, "P-2", "1.00")["items"][0].clone(); 501].into())
        .refuses(422, "validation.length");
}

fn a_refused_posting_returns_the_claim_whole(app: App) {
    let company = app.company();
    let claim = approved(&company, 120);
    hand_over(&company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let refuse =
        json!({"items": [{"claim_id": claim, "refusal": {"code": "PERIOD_CLOSED", "text": "期间已关闭"}}]});
    assert_eq!(hand_over(&company, "refuse-posting", refuse.clone())["status"], "returned");
    assert_eq!(hand_over(&company, "refuse-posting", refuse)["outcome"], "already");
    let shown = company.who("lan").get(&path(&claim)).expect(200);
    assert_eq!(shown.text("/posting_refusal/code"), "PERIOD_CLOSED");
    assert!(shown.at("/journal").is_null());
    let first = shown.text("/approval_id");
    let second = company.submit("lan", &claim);
    assert_ne!(first, second, "what was approved for good is approved anew");
    approve(&company, "head", &second).expect(200);
    approve(&company, "qian", &second).expect(200);
    assert_eq!(company.state_of(&claim), "approved");
}

fn reconciling_names_every_difference(app: App) {
    let company = app.company();
    let (agreed, paid, forgotten) = (posted(&company, 10), posted(&company, 20), posted(&company, 30));
    let number = |claim: &str| company.who("gm").get(&path(claim)).expect(200).text("/number");
    let theirs = json!({"from": "2026-03-01", "to": "2026-03-31", "items": [
        {"number": number(&agreed), "status": "posted", "voucher_number": "记-0231",
            "paid": {"amount": "0.00", "currency": "CNY"}},
        {"number": number(&paid), "status": "posted", "voucher_number": "记-0232",
            "paid": {"amount": "20.00", "currency": "CNY"}},
        {"number": "EC-2026-999999", "status": "posted"},
    ]});
    let reconcile =
        |theirs| company.who("qian").post("/api/v1/erp/expense-claims/reconcile", theirs).expect(200);
    let found = reconcile(theirs);
    assert_eq!((found.at("/ours"), found.at("/theirs"), found.at("/agree")), (json!(3), json!(3), json!(1)));
    let kinds: Vec<String> = tests::column(&found.at("/differences"), "kind");
    assert_eq!(kinds, ["voucher", "paid", "unknown_here", "missing_there"]);
    assert_eq!(found.text("/differences/3/number"), number(&forgotten));
    // The year of the voucher and the amount are compared where they are told; what is named twice counts once.
    let told = |claim: &str, year: i32, yuan: &str| {
        json!({"number": number(claim), "status": "posted", "voucher_number": "记-0231", "voucher_year": year,
            "amount": {"amount": yuan, "currency": "CNY"}, "book_amount": {"amount": yuan, "currency": "CNY"}})
    };
    let items = [
        told(&agreed, 2026, "10.00"),
        told(&paid, 2025, "20.01"),
        told(&forgotten, 2026, "30.00"),
        told(&agreed, 2026, "10.00"),
    ];
    let found = reconcile(json!({"from": "2026-03-01", "to": "2026-03-31", "items": items}));
    assert_eq!((found.at("/ours"), found.at("/theirs"), found.at("/agree")), (json!(3), json!(3), json!(2)));
    let kinds: Vec<String> = tests::column(&found.at("/differences"), "kind");
    assert_eq!(kinds, ["voucher_year", "amount", "book_amount", "duplicate"]);
    assert_eq!(found.text("/differences/0/theirs"), "2025");
    assert_eq!(
        (found.text("/differences/1/ours"), found.text("/differences/1/theirs")),
        ("20.00 CNY".into(), "20.01 CNY".into())
    );
    assert_eq!(found.text("/differences/3/number"), number(&agreed));
}

fn an_invoice_in_two_claims_is_held_once_whoever_is_first(app: App) {
    let company = app.company();
    for _ in 0..5 {
        let body = company.claim_of(75);
        let claims: Vec<(&str, String)> = ["lan", "ming"]
            .into_iter()
            .map(|name| {
                (name, company.who(name).post("/api/v1/expense-claims", body.clone()).expect(201).text("/id"))
            })
            .collect();
        let submit =
            |(name, claim): &(&str, String)| company.who(name).at(1).act(&format!("{}/submit", path(claim)));
        let runners =
            claims.iter().map(|one| Box::new(move || submit(one)) as Box<dyn FnOnce() -> Reply + Send>);
        let mut answers: Vec<Reply> = race(runners.collect());
        answers.sort_by_key(|reply| reply.status);
        assert_eq!(answers[0].status, 200, "{}", answers[0]);
        answers.remove(1).refuses(409, "invoice.already_reimbursed");
        let number = body["lines"][0]["invoices"][0]["number"].as_str().unwrap_or_default();
        let looked = company.who("gm").get(&format!("/api/v1/invoices?number={number}")).expect(200);
        let uses = looked.at("/data/0/uses");
        let uses = uses.as_array().expect("uses");
        assert_eq!(
            (uses.len(), uses.iter().filter(|one| one["is_holder"] == true).count()),
            (2, 1),
            "{looked}"
        );
    }
}

fn an_invoice_edited_off_a_claim_is_remembered(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let body = company.claim_of(90);
    let number = body["lines"][0]["invoices"][0]["number"].as_str().unwrap_or_default().to_owned();
    let look_up = || company.who("qian").get(&format!("/api/v1/invoices?number={number}")).expect(200);
    let held = lan.post("/api/v1/expense-claims", body.clone()).expect(201).text("/id");
    company.submit("lan", &held);
    // Once tried on a draft and edited off, once held, withdrawn and edited off.
    let tried = lan.post("/api/v1/expense-claims", body).expect(201).text("/id");
    deed(lan, &tried, "submit", json!({})).refuses(409, "invoice.already_reimbursed");
    let edit_off = |claim: &str| {
        let version = lan.get(&path(claim)).expect(200).version();
        lan.at(version).patch(&path(claim), json!({"lines": company.claim_of(90)["lines"]})).expect(200);
    };
    edit_off(&tried);
    deed(lan, &held, "withdraw", json!({})).expect(200);
    edit_off(&held);
    let looked = look_up();
    assert_eq!(looked.at("/data/0/is_held"), false);
    assert_eq!(tests::column(&looked.at("/data/0/uses"), "claim_id"), [tried, held]);
    assert!(
        looked.at("/data/0/uses/0/held_at").is_null() && looked.at("/data/0/uses/0/removed_at").is_string()
    );
    assert!(
        looked.at("/data/0/uses/1/held_at").is_string() && looked.at("/data/0/uses/1/removed_at").is_string()
    );
    assert_eq!(looked.text("/data/0/uses/1/released_because"), "removed");
}

fn an_acknowledgement_and_a_revocation_never_both_happen(app: App) {
    let company = app.company();
    for round in 0..5 {
        let claim = approved(&company, 40 + round);
        let version = company.who("lan").get(&path(&claim)).expect(200).version();
        let take = || {
            let body = json!({"reference": "B-1", "claim_ids": [claim]});
            company.who("qian").post("/api/v1/erp/expense-claims/acknowledge", body).expect(207)
        };
        let revoke = || {
            let path = format!("{}/revoke", path(&claim));
            company.who("lan").at(version).post(&path, json!({"reason": "不报了"}))
        };
        let answers: Vec<Reply> = race(vec![Box::new(take), Box::new(revoke)]);
        let taken = answers[0].at("/data/0/outcome") == "done";
        let revoked = answers[1].status == 200;
        assert!(taken ^ revoked, "{} / {}", answers[0], answers[1]);
        let state = company.state_of(&claim);
        assert_eq!(state, if taken { "acknowledged" } else { "revoked" });
        if revoked {
            assert_eq!(code(&answers[0].at("/data/0")), "erp.recalled");
        }
    }
}

fn approve_withdraw_and_edit_have_one_outcome(app: App) {
    let company = app.company();
    for round in 0..5 {
        let (claim, approval) = company.submitted("lan", 900 + round);
        let version = company.who("lan").get(&path(&claim)).expect(200).version();
        let read = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200);
        let agree = || {
            let body = json!({"document_version": read.at("/document/version")});
            company
                .who("head")
                .at(read.version())
                .post(&format!("/api/v1/approvals/{approval}/approve"), body)
        };
        let withdraw =
            || company.who("lan").at(version).post(&format!("{}/withdraw", path(&claim)), json!({}));
        let edit = || company.who("lan").at(version).patch(&path(&claim), json!({"metadata": {"x": "y"}}));
        let answers: Vec<Reply> = race(vec![Box::new(agree), Box::new(withdraw), Box::new(edit)]);
        assert!(answers.iter().all(|reply| matches!(reply.status, 200 | 409 | 412)), "{answers:?}");
        let (withdrawn, edited) = (answers[1].status == 200, answers[2].status == 200);
        assert!(!edited || withdrawn, "an edit is possible only once it is withdrawn");
        assert!(answers[0].status == 200 || withdrawn, "one of them came first: {answers:?}");
        assert_eq!(company.state_of(&claim), if withdrawn { "withdrawn" } else { "in_approval" });
    }
}

fn two_payments_at_once_never_pay_more_than_is_owed(app: App) {
    let company = app.company();
    let claim = posted(&company, 100);
    let pay = |reference: String| {
        let body = payment(&claim, &reference, "30.00");
        let path = "/api/v1/erp/expense-claims/confirm-payments";
        company.who("qian").post(path, body).expect(207).at("/data/0/outcome")
    };
    let runners =
        (0..8).map(|n| Box::new(move || pay(format!("P-{n}"))) as Box<dyn FnOnce() -> Value + Send>);
    let outcomes: Vec<Value> = race(runners.collect());
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "done").count(), 3, "{outcomes:?}");
    let shown = company.who("lan").get(&path(&claim)).expect(200);
    assert_eq!(shown.text("/paid/amount"), "90.00");
}
