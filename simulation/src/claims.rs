//! Claims and their fates.

use crate::teller::{Teller, fen, money};
use serde_json::{Value, json};

/// Category, deductible tax, and what its details ask for beside the four.
const CATEGORIES: [(&str, bool); 4] = [
    ("entertainment.travel", true),
    ("promotion.publicity", true),
    ("other.training", true),
    ("entertainment.meeting", false),
];

/// A claim that was approved and waits for the books.
pub struct Waiting {
    pub id: String,
    pub number: String,
    pub payable: i64,
}

/// Makes a claim, submits it and lets it meet its fate; answers it if it was approved.
pub fn tell(teller: &mut Teller) -> Option<Waiting> {
    let by = teller.pick(&["lan", "ming", "rep", "lan"])?;
    let body = body(teller);
    let made = teller.who(by).post("/api/v1/expense-claims", body).expect(201);
    let path = format!("/api/v1/expense-claims/{}", made.text("/id"));
    let submitted = teller.who(by).at(made.version()).act(&format!("{path}/submit"));
    if submitted.status != 200 {
        // Hard control, and nothing left: the only refusal this tale knows.
        assert_eq!(submitted.code(), "budget_line.exhausted", "{submitted}");
        teller.books.ended("refused by the budget");
        return None;
    }
    let approval = submitted.text("/approval_id");
    match teller.number(1, 100) {
        1..=5 => {
            teller.turn_down(&approval, "reject");
            teller.books.ended("rejected");
            None
        }
        6..=9 => {
            let version = submitted.version();
            let gone = teller.who(by).at(version).post(&format!("{path}/withdraw"), json!({})).expect(200);
            let reason = json!({"reason": "行程取消"});
            teller.who(by).at(gone.version()).post(&format!("{path}/void"), reason).expect(200);
            teller.books.ended("withdrawn and voided");
            None
        }
        10..=13 => {
            teller.turn_down(&approval, "return");
            let version = teller.who(by).get(&path).expect(200).version();
            let again = teller.who(by).at(version).act(&format!("{path}/submit"));
            if again.status != 200 {
                assert_eq!(again.code(), "budget_line.exhausted", "{again}");
                teller.books.ended("refused by the budget");
                return None;
            }
            Some(approved(teller, &path, &again.text("/approval_id")))
        }
        14..=19 => {
            cut(teller, &path, &approval);
            Some(approved(teller, &path, &approval))
        }
        _ => Some(approved(teller, &path, &approval)),
    }
}

fn body(teller: &mut Teller) -> Value {
    let lines: Vec<Value> = (0..teller.number(1, 3)).map(|_| line(teller)).collect();
    json!({"details": details(), "lines": lines})
}

/// What every category asks for.
pub fn details() -> Value {
    json!({"background": "年度计划", "purpose": "拜访客户", "participants": "销售团队",
        "expected_effect": "签订意向", "route": "杭州—上海", "days": 2})
}

fn line(teller: &mut Teller) -> Value {
    let (category, taxed) = teller.pick(&CATEGORIES).unwrap_or_default();
    let total = teller.number(10_000, 160_000);
    let tax = if taxed { total * 6 / 106 } else { 0 };
    let kind = if taxed { "fully_digital_special" } else { "fully_digital_general" };
    let number = teller.invoice_number();
    json!({
        "category": category, "description": "费用", "occurred_on": teller.today, "claimed": money(total),
        "invoices": [{
            "kind": kind, "number": number, "issued_on": teller.today,
            "seller": {"name": "杭州云栖酒店有限公司", "tax_number": "91330100799655058B"},
            "buyer": {"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"},
            "net": money(total - tax), "tax": money(tax), "total": money(total)
        }]
    })
}

/// The first approver grants less on the first line.
fn cut(teller: &mut Teller, path: &str, approval: &str) {
    let read = teller.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let by = teller.asked(&read.json());
    let claim = teller.who("gm").get(path).expect(200);
    let granted = fen(&claim.at("/lines/0/claimed")) * 7 / 10;
    let body = json!({"lines": [{"line": 1, "approved": money(granted), "reason": "超标准"}]});
    teller.who(by).at(claim.version()).post(&format!("{path}/reduce"), body).expect(200);
}

fn approved(teller: &mut Teller, path: &str, approval: &str) -> Waiting {
    teller.approve(approval);
    let claim = teller.who("gm").get(path).expect(200);
    assert_eq!(claim.at("/status"), "approved", "{claim}");
    let payable = fen(&claim.at("/payable"));
    teller.books.committed += payable;
    teller.books.ended("approved");
    Waiting { id: claim.text("/id"), number: claim.text("/number"), payable }
}

/// Finance takes the claims of a day, posts them, and pays most of them, some in two parts; now and then one is
/// reversed.
pub fn account(teller: &mut Teller, waiting: &[Waiting]) {
    let references = json!(waiting.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>());
    let postings: Vec<Value> = waiting.iter().map(|claim| posting(teller, &claim.id)).collect();
    if !waiting.is_empty() {
        let reference = format!("B-{}", teller.today);
        say(teller, "acknowledge", &json!({"reference": reference, "claim_ids": references}));
    }
    say_all(teller, "confirm-posting", &postings);
    let mut payments = Vec::new();
    for claim in waiting {
        teller.books.post(&teller.month(), claim.payable);
        if teller.happens(3) {
            reverse(teller, claim);
        } else {
            payments.extend(pay(teller, claim));
        }
    }
    say_all(teller, "confirm-payments", &payments);
}

/// The payments of a claim, at once or in two parts; now and then none for the time being.
fn pay(teller: &mut Teller, claim: &Waiting) -> Vec<Value> {
    let half = if teller.happens(10) { claim.payable / 2 } else { 0 };
    if teller.happens(4) {
        return Vec::new();
    }
    let parts = [half, claim.payable - half];
    teller.books.spent += claim.payable;
    teller.books.committed -= claim.payable;
    let payment = |(n, part): (i32, i64)| {
        json!({"claim_id": claim.id, "reference": format!("{}-{n}", claim.number), "amount": money(part),
            "paid_on": teller.today})
    };
    (0..).zip(parts).filter(|(_, part)| *part > 0).map(payment).collect()
}

/// The posting of a claim under the next voucher.
fn posting(teller: &mut Teller, claim: &str) -> Value {
    teller.books.vouchers += 1;
    let number = format!("记-{:06}", teller.books.vouchers);
    let year = chrono::Datelike::year(&teller.today);
    json!({"claim_id": claim, "voucher": {"number": number, "year": year, "posted_on": teller.today}})
}

fn reverse(teller: &mut Teller, claim: &Waiting) {
    let path = format!("/api/v1/expense-claims/{}", claim.id);
    let version = teller.who("qian").get(&path).expect(200).version();
    let reason = json!({"reason": "票据作废"});
    let counter = teller.who("qian").at(version).post(&format!("{path}/reverse"), reason).expect(201);
    let id = counter.text("/id");
    say(teller, "acknowledge", &json!({"reference": "R", "claim_ids": [id]}));
    let posting = posting(teller, &id);
    say_all(teller, "confirm-posting", &[posting]);
    teller.books.post(&teller.month(), -claim.payable);
    teller.books.committed -= claim.payable;
    teller.books.became("reversed");
}

/// Calls of the hand-over with so many items as each takes.
fn say_all(teller: &Teller, call: &str, items: &[Value]) {
    for piece in items.chunks(200) {
        say(teller, call, &json!({"items": piece}));
    }
}

/// A call of the hand-over of which every item must take effect.
fn say(teller: &Teller, call: &str, body: &Value) {
    let answer =
        teller.who("qian").post(&format!("/api/v1/erp/expense-claims/{call}"), body.clone()).expect(207);
    let items = answer.at("/data").as_array().cloned().unwrap_or_default();
    assert!(items.iter().all(|item| item["outcome"] == "done"), "{answer}");
}
