//! A claim from draft to paid, and every way it can go. `[ACT-2, EXP-4, EXP-9, EXP-14a, EXP-14b, EXP-15]`

use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, records, stories};

stories! {
    a_claim_travels_from_draft_to_paid,
    a_claim_is_seen_by_its_people_its_approvers_and_nobody_else,
    what_is_missing_is_said_at_once_with_rule_and_clause,
    a_merge_patch_changes_what_it_names_and_state_is_never_writable,
    an_approver_grants_less_and_nobody_approves_blindly,
    a_line_that_another_department_bears_needs_its_heads_agreement,
    a_claim_for_somebody_else_needs_the_right_and_a_reason,
    a_claim_abroad_is_paid_in_the_books_currency,
    a_posted_claim_is_reversed_by_a_counter_document,
    a_rejected_claim_frees_its_invoices_and_a_void_one_keeps_its_number,
    what_a_leaver_left_behind_is_voided_by_finance_and_its_invoice_is_free,
}

records! {
    "/api/v1/expense-claims/{id}" => a_claim_with_a_file,
    "/api/v1/expense-claims/by-external/{source}/{external_id}" => a_mirrored_claim,
}

pub(crate) const CLAIMS: &str = "/api/v1/expense-claims";

pub(crate) fn path(claim: &str) -> String {
    format!("{CLAIMS}/{claim}")
}

/// Takes an action on the claim as it stands now.
#[track_caller]
pub(crate) fn deed(by: &Caller, claim: &str, action: &str, body: Value) -> Reply {
    let version = by.get(&path(claim)).expect(200).version();
    by.at(version).post(&format!("{}/{action}", path(claim)), body)
}

/// Approves what waits for somebody, as they read it.
#[track_caller]
pub(crate) fn approve(company: &Company, name: &str, approval: &str) -> Reply {
    let by = company.who(name);
    let read = by.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version")});
    by.at(read.version()).post(&format!("/api/v1/approvals/{approval}/approve"), body)
}

/// A claim of 兰兰 that head and finance have approved; its id.
#[track_caller]
pub(crate) fn approved(company: &Company, yuan: u32) -> String {
    let (claim, approval) = company.submitted("lan", yuan);
    approve(company, "head", &approval).expect(200);
    approve(company, "qian", &approval).expect(200);
    assert_eq!(company.state_of(&claim), "approved");
    claim
}

/// One call of the hand-over with one item; the answer for it.
#[track_caller]
pub(crate) fn hand_over(company: &Company, call: &str, body: Value) -> Value {
    let path = format!("/api/v1/erp/expense-claims/{call}");
    company.who("qian").post(&path, body).expect(207).at("/data/0")
}

pub(crate) fn voucher(number: &str) -> Value {
    json!({"number": number, "year": 2026, "posted_on": "2026-03-05"})
}

/// A claim that is in the ledger.
#[track_caller]
pub(crate) fn posted(company: &Company, yuan: u32) -> String {
    let claim = approved(company, yuan);
    post(company, &claim);
    claim
}

/// Posts an approved claim, on the fifth of March.
#[track_caller]
pub(crate) fn post(company: &Company, claim: &str) {
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
}

pub(crate) fn payment(claim: &str, reference: &str, yuan: &str) -> Value {
    json!({"items": [{"claim_id": claim, "reference": reference, "paid_on": "2026-03-05",
        "amount": {"amount": yuan, "currency": "CNY"}}]})
}

fn a_claim_travels_from_draft_to_paid(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let draft = lan.post(CLAIMS, company.claim_of(1200)).expect(201);
    let claim = draft.text("/id");
    assert_eq!(draft.text("/number"), "EC-2026-000001");
    assert_eq!(draft.header("location"), Some(path(&claim)));
    assert_eq!((draft.text("/status"), draft.text("/claimed/amount")), ("draft".into(), "1200.00".into()));
    let approval = company.submit("lan", &claim);
    approve(&company, "head", &approval).expect(200);
    assert_eq!(company.state_of(&claim), "in_approval");
    approve(&company, "qian", &approval).expect(200);
    let qian = company.who("qian");
    let ready = qian.get("/api/v1/erp/expense-claims").expect(200);
    assert_eq!(column(&ready.at("/data"), "id"), std::slice::from_ref(&claim));
    let postings = ready.at("/data/0/journal/postings");
    assert_eq!(column(&postings, "role"), ["expense", "payable"]);
    let taken = hand_over(&company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    assert_eq!((&taken["outcome"], &taken["status"]), (&json!("done"), &json!("acknowledged")));
    assert_eq!(qian.get("/api/v1/erp/expense-claims").expect(200).at("/data"), json!([]));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(&company, "confirm-posting", item)["paid_status"], "unpaid");
    assert_eq!(
        hand_over(&company, "confirm-payments", payment(&claim, "P-1", "200.00"))["paid_status"],
        "partially_paid"
    );
    assert_eq!(
        hand_over(&company, "confirm-payments", payment(&claim, "P-2", "1000.00"))["paid_status"],
        "paid"
    );
    let shown = lan.get(&path(&claim)).expect(200);
    assert_eq!((shown.text("/status"), shown.text("/paid/amount")), ("posted".into(), "1200.00".into()));
    assert_eq!(column(&shown.at("/payments"), "reference"), ["P-1", "P-2"]);
    assert_eq!(shown.text("/voucher/number"), "记-0231");
}

fn a_claim_is_seen_by_its_people_its_approvers_and_nobody_else(app: App) {
    let company = app.company();
    let claim = company.draft("lan", 800);
    for stranger in ["ming", "rep"] {
        company.who(stranger).get(&path(&claim)).refuses(404, "http.not_found");
        let listed = company.who(stranger).get(CLAIMS).expect(200).at("/data");
        assert_eq!(listed, json!([]), "{stranger}");
        company.who(stranger).at(1).act(&format!("{}/submit", path(&claim))).refuses(404, "http.not_found");
    }
    company.who("head").get(&path(&claim)).expect(200);
    app.anonymous().get(&path(&claim)).refuses(401, "http.unauthenticated");
    let reply = company.who("head").at(1).act(&format!("{}/submit", path(&claim)));
    reply.refuses(403, "document.not_yours");
    let mut elsewhere = company.claim_of(10);
    elsewhere["department_id"] = json!("01977a3e-8f00-7000-8000-00000000ffff");
    let refused = company.who("lan").post(CLAIMS, elsewhere).refuses(422, "validation.failed");
    let codes = column(&refused.at("/errors"), "code");
    assert_eq!(codes, ["validation.unknown_reference", "validation.unknown_reference"]);
}

fn what_is_missing_is_said_at_once_with_rule_and_clause(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut body = company.claim_of(500);
    body["details"] = json!({"background": "拓展"});
    body["lines"][0]["claimed"]["amount"] = json!("500.01");
    let claim = lan.post(CLAIMS, body).expect(201).text("/id");
    let refusal = lan.at(1).act(&format!("{}/submit", path(&claim))).refuses(422, "validation.failed");
    let pointers = column(&refusal.at("/errors"), "pointer");
    assert_eq!(
        pointers,
        [
            "/details/purpose",
            "/details/participants",
            "/details/expected_effect",
            "/details/route",
            "/details/days",
            "/lines/0/invoices"
        ]
    );
    assert_eq!((refusal.text("/rule"), refusal.text("/clause")), ("EXP-4".into(), "000 §9.3(5)".into()));
    for (change, code) in [
        (
            json!({"lines": [{"category": "nothing", "description": "x", "occurred_on": "2026-03-02",
            "claimed": {"amount": "1.00", "currency": "CNY"}}]}),
            "expense_category.unknown",
        ),
        (
            json!({"lines": [{"category": "promotion", "description": "x", "occurred_on": "2026-03-02",
            "claimed": {"amount": "-1.00", "currency": "CNY"}}]}),
            "validation.failed",
        ),
        (json!({"attachments": ["01977a3e-8f00-7000-8000-00000000ffff"]}), "file.unknown"),
    ] {
        lan.at(1).patch(&path(&claim), change).refuses(422, code);
    }
    assert_eq!(lan.get(&path(&claim)).expect(200).version(), 1, "nothing of all that changed it");
}

fn a_merge_patch_changes_what_it_names_and_state_is_never_writable(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let claim = company.draft("lan", 300);
    let patch = json!({"details": {"purpose": "回访", "route": null}, "metadata": {"trip": "T-1"}});
    let changed = lan.at(1).patch(&path(&claim), patch).expect(200);
    assert_eq!(changed.text("/details/purpose"), "回访");
    assert_eq!(changed.text("/details/background"), "华东区域拓展");
    assert!(changed.at("/details/route").is_null());
    let changed =
        lan.at(2).patch(&path(&claim), json!({"metadata": {"trip": null, "cost": "C"}})).expect(200);
    assert_eq!(changed.at("/metadata"), json!({"cost": "C"}));
    lan.at(2).patch(&path(&claim), json!({"currency": null})).refuses(412, "http.stale");
    lan.patch(&path(&claim), json!({})).refuses(428, "http.precondition_required");
    lan.at(3).patch(&path(&claim), json!({"status": "approved"})).refuses(422, "http.bad_body");
    lan.at(3).patch(&path(&claim), json!({"business_date": null})).refuses(422, "validation.required");
    let rehearsed =
        lan.at(3).patch(&format!("{}?validate_only=true", path(&claim)), json!({"metadata": null}));
    assert_eq!(rehearsed.expect(200).version(), 4);
    assert_eq!(lan.get(&path(&claim)).expect(200).version(), 3);
}

fn an_approver_grants_less_and_nobody_approves_blindly(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 1000);
    let cut = |amount: &str, reason: Option<&str>| json!({"lines": [{"line": 1, "approved": {"amount": amount, "currency": "CNY"}, "reason": reason}]});
    deed(company.who("lan"), &claim, "reduce", cut("900.00", Some("我自己")))
        .refuses(403, "expense_claim.not_deciding");
    deed(company.who("qian"), &claim, "reduce", cut("900.00", Some("还没到")))
        .refuses(403, "expense_claim.not_deciding");
    let head = company.who("head");
    deed(head, &claim, "reduce", cut("900.00", None)).refuses(422, "expense_claim.reduction_reason");
    deed(head, &claim, "reduce", cut("1000.01", Some("多")))
        .refuses(422, "expense_claim.approved_out_of_range");
    let read = head.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let blind = json!({"document_version": read.at("/document/version")});
    let reduced = deed(head, &claim, "reduce", cut("900.00", Some("住宿超标"))).expect(200);
    assert_eq!(
        (reduced.text("/claimed/amount"), reduced.text("/approved/amount")),
        ("1000.00".into(), "900.00".into())
    );
    let version = head.get(&format!("/api/v1/approvals/{approval}")).expect(200).version();
    let reply = head.at(version).post(&format!("/api/v1/approvals/{approval}/approve"), blind);
    assert_eq!(reply.status, 409, "{reply}");
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let shown = company.who("lan").get(&path(&claim)).expect(200);
    assert_eq!(shown.text("/payable/amount"), "900.00");
    assert_eq!(shown.text("/lines/0/reduction_reason"), "住宿超标");
}

fn a_line_that_another_department_bears_needs_its_heads_agreement(app: App) {
    let company = app.company();
    let mut body = company.claim_of(100);
    body["lines"][0]["cost_centre_id"] = json!(company.departments["finance"]);
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    let steps = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/steps");
    assert_eq!(column(&steps, "code")[..3], ["head", "bearing-head", "finance"]);
    assert_eq!(steps[1]["seats"][0]["candidate"]["name"], "qian", "{steps}");
    approve(&company, "head", &approval).expect(200);
    approve(&company, "sun", &approval).refuses(403, "approval.not_your_turn");
    approve(&company, "qian", &approval).expect(200);
    // Who agreed for the department is spared the step that follows.
    assert_eq!(company.state_of(&claim), "approved");
    let own = company.submitted("lan", 100).1;
    let steps = company.who("head").get(&format!("/api/v1/approvals/{own}")).expect(200).at("/steps");
    assert_eq!(steps[1]["reason"], "not_applicable", "{steps}");
}

fn a_claim_for_somebody_else_needs_the_right_and_a_reason(app: App) {
    let company = app.company();
    let body = |reason: Option<&str>| {
        let mut body = company.claim_of(400);
        body["beneficiary_id"] = json!(company.id("ming"));
        body["beneficiary_reason"] = json!(reason);
        body
    };
    company.who("lan").post(CLAIMS, body(Some("代"))).refuses(403, "document.for_others_forbidden");
    company.who("head").post(CLAIMS, body(None)).refuses(422, "expense_claim.reason_for_other");
    let made = company.who("head").post(CLAIMS, body(Some("小明出差，代为填报"))).expect(201);
    assert_eq!(made.text("/beneficiary/id"), company.id("ming"));
    let approval = company.submit("head", &made.text("/id"));
    let seen = company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert!(seen.status == 200);
}

fn a_claim_abroad_is_paid_in_the_books_currency(app: App) {
    let company = app.company();
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let mut body = company.claim_of(1);
    body["currency"] = json!("USD");
    body["lines"][0]["claimed"] = usd("100.01");
    let receipt = json!({"kind": "other", "number": "R-1", "issued_on": "2026-03-02", "seller": {"name": "Hotel"},
        "net": usd("100.01"), "tax": usd("0.00"), "total": usd("100.01")});
    body["lines"][0]["invoices"] = json!([receipt]);
    let lan = company.who("lan");
    lan.post(CLAIMS, body.clone()).refuses(422, "expense_claim.rate_missing");
    body["exchange_rate"] = json!({"rate": "7.1234", "date": "2026-03-04"});
    let made = lan.post(CLAIMS, body).expect(201);
    assert_eq!(made.at("/payable"), json!({"amount": "712.41", "currency": "CNY"}));
    let approval = company.submit("lan", &made.text("/id"));
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let journal = lan.get(&path(&made.text("/id"))).expect(200).at("/journal");
    assert_eq!(journal["currency"], "CNY");
    assert_eq!(column(&journal["postings"], "side"), ["debit", "credit"]);
}

fn a_posted_claim_is_reversed_by_a_counter_document(app: App) {
    let company = app.company();
    let claim = posted(&company, 700);
    let invoice = company.who("gm").get(&path(&claim)).expect(200).text("/lines/0/invoices/0/number");
    hand_over(&company, "confirm-payments", payment(&claim, "P-1", "100.00"));
    let qian = company.who("qian");
    deed(company.who("lan"), &claim, "void", json!({"reason": "不要了"}))
        .refuses(409, "document.not_voidable");
    let counter = deed(qian, &claim, "reverse", json!({"reason": "重复报销"})).expect(201);
    assert_eq!(counter.text("/reverses/claim_id"), claim);
    assert_eq!(counter.text("/claimed/amount"), "-700.00");
    assert_eq!(column(&counter.at("/journal/postings"), "side"), ["credit", "debit"]);
    let refused = hand_over(&company, "confirm-payments", payment(&claim, "P-2", "1.00"));
    assert_eq!(refused["refusal"]["code"], "payment.being_reversed");
    deed(qian, &claim, "reverse", json!({"reason": "再来"})).refuses(409, "expense_claim.already_reversed");
    let counter = counter.text("/id");
    hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    assert_eq!(company.state_of(&claim), "posted");
    let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0300")}]});
    hand_over(&company, "confirm-posting", item);
    assert_eq!(company.state_of(&claim), "reversed");
    let repaid = hand_over(&company, "confirm-payments", payment(&counter, "R-1", "-100.00"));
    assert_eq!(repaid["paid_status"], "paid");
    let looked = qian.get(&format!("/api/v1/invoices?number={invoice}")).expect(200);
    assert_eq!(looked.at("/data/0/is_held"), false, "{looked}");
    assert_eq!(looked.text("/data/0/uses/0/released_because"), "reversed");
}

fn a_rejected_claim_frees_its_invoices_and_a_void_one_keeps_its_number(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let body = company.claim_of(600);
    let first = lan.post(CLAIMS, body.clone()).expect(201).text("/id");
    let second = lan.post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &first);
    let refused = deed(lan, &second, "submit", json!({})).refuses(409, "invoice.already_reimbursed");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("EXP-6".into(), "/lines/0/invoices/0".into())
    );
    let head = company.who("head");
    let read = head.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "与业务无关"});
    head.at(read.version()).post(&format!("/api/v1/approvals/{approval}/reject"), body).expect(200);
    let shown = lan.get(&path(&first)).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/status_reason")),
        ("rejected".into(), "与业务无关".into())
    );
    company.submit("lan", &second);
    deed(lan, &first, "void", json!({"reason": "改走另一单"})).expect(200);
    deed(lan, &first, "submit", json!({})).refuses(409, "document.not_submittable");
    deed(lan, &second, "withdraw", json!({"note": "补材料"})).expect(200);
    let third = company.draft("lan", 5);
    assert_eq!(lan.get(&path(&third)).expect(200).text("/number"), "EC-2026-000003");
    let approval = company.submit("lan", &second);
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    deed(lan, &second, "revoke", json!({"reason": "客户取消"})).expect(200);
    assert_eq!(company.state_of(&second), "revoked");
}

fn what_a_leaver_left_behind_is_voided_by_finance_and_its_invoice_is_free(app: App) {
    let company = app.company();
    let body = company.claim_of(80);
    let claim = company.who("lan").post(CLAIMS, body.clone()).expect(201).text("/id");
    company.submit("lan", &claim);
    deed(company.who("lan"), &claim, "withdraw", json!({})).expect(200);
    let same = company.who("ming").post(CLAIMS, body).expect(201).text("/id");
    let submit = format!("{}/submit", path(&same));
    assert_eq!(company.who("ming").at(1).act(&submit).status, 409, "its invoice is held");
    let (qian, reason) = (company.who("qian"), json!({"reason": "填报人已离职"}));
    deed(qian, &claim, "void", reason.clone()).refuses(403, "document.not_yours");
    company.leave("lan");
    deed(company.who("head"), &claim, "void", reason.clone()).refuses(403, "document.not_yours");
    assert_eq!(deed(qian, &claim, "void", reason).expect(200).text("/status"), "void");
    company.who("ming").at(1).act(&submit).expect(200);
}

fn a_claim_with_a_file(made: &Records<'_>) -> String {
    let mut claim = made.company.claim_of(480);
    claim["attachments"] = json!([made.id("/api/v1/files/{id}")]);
    made.post("lan", "/api/v1/expense-claims/{id}", claim)
}

fn a_mirrored_claim(made: &Records<'_>) -> String {
    let claim = made.company.claim_of(90);
    made.company.who("lan").put(&format!("{CLAIMS}/by-external/oa/T-1"), claim).expect(200);
    "oa/T-1".to_owned()
}
