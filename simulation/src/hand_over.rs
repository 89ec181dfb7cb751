//! Finance and the ERP: the approved claims of a day are taken, posted and paid, some of them in two parts;
//! now and then one is reversed, before it is paid or after.

use crate::{
    books::{Books, Claim},
    chance::Chance,
    claims, lanes,
    teller::{Teller, money},
};
use serde_json::{Value, json};

/// At most so many items are said in one call.
const AT_ONCE: usize = 200;

/// A claim that was approved and waits for the books.
#[derive(Debug)]
pub struct Waiting {
    /// What the books know of it.
    pub claim: Claim,
    /// Its identity.
    pub id: String,
    /// Its number.
    pub number: String,
}

/// What becomes of a claim that is posted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Reversed,
    PaidThenReversed,
    Paid,
    PaidInTwo,
    /// For the time being.
    Unpaid,
}

/// Takes, posts and pays what waits.
pub fn account(teller: &Teller, chance: &mut Chance, books: &mut Books, waiting: Vec<Waiting>) {
    let month = teller.month();
    let ids: Vec<&str> = waiting.iter().map(|waiting| waiting.id.as_str()).collect();
    enter(teller, books, "B", &ids);
    let mut fated: Vec<(Fate, Waiting)> =
        waiting.into_iter().map(|waiting| (fate(chance), waiting)).collect();
    for (_, waiting) in &mut fated {
        books.post(&mut waiting.claim, &month);
    }
    let of = |fated: &[(Fate, Waiting)], wanted: Fate| -> Vec<String> {
        fated.iter().filter(|(fate, _)| *fate == wanted).map(|(_, waiting)| waiting.id.clone()).collect()
    };
    reverse(teller, books, &of(&fated, Fate::Reversed));
    let payments: Vec<Value> = fated.iter().flat_map(|(fate, waiting)| pay(teller, *fate, waiting)).collect();
    say_all(teller, "confirm-payments", &payments);
    reverse(teller, books, &of(&fated, Fate::PaidThenReversed));
    for (fate, Waiting { mut claim, .. }) in fated {
        if matches!(fate, Fate::Paid | Fate::PaidInTwo | Fate::PaidThenReversed) {
            let all = claim.approved();
            books.spend(&mut claim.held, all);
        }
        if matches!(fate, Fate::Reversed | Fate::PaidThenReversed) {
            books.undo(&mut claim, &month);
            let is_paid = fate == Fate::PaidThenReversed;
            books.became(if is_paid { "reversed after payment" } else { "reversed" });
        }
    }
}

fn fate(chance: &mut Chance) -> Fate {
    match chance.number(1, 100) {
        1..=3 => Fate::Reversed,
        4 => Fate::PaidThenReversed,
        5..=8 => Fate::Unpaid,
        9..=18 => Fate::PaidInTwo,
        _ => Fate::Paid,
    }
}

/// Acknowledges documents and posts each under the next voucher.
fn enter(teller: &Teller, books: &mut Books, batch: &str, ids: &[&str]) {
    for piece in ids.chunks(AT_ONCE) {
        let reference = format!("{batch}-{}", teller.today);
        say(teller, "acknowledge", &json!({"reference": reference, "claim_ids": piece}));
    }
    let posting = |id: &&str| {
        books.vouchers += 1;
        let number = format!("记-{:06}", books.vouchers);
        let year = chrono::Datelike::year(&teller.today);
        json!({"claim_id": id, "voucher": {"number": number, "year": year, "posted_on": teller.today}})
    };
    let postings: Vec<Value> = ids.iter().map(posting).collect();
    say_all(teller, "confirm-posting", &postings);
}

/// The payments of a claim, at once or in two parts. What advances settle is not paid again.
fn pay(teller: &Teller, fate: Fate, Waiting { claim, id, number }: &Waiting) -> Vec<Value> {
    let payable = claim.payable();
    let half = match fate {
        Fate::PaidInTwo => payable / 2,
        Fate::Paid | Fate::PaidThenReversed => 0,
        Fate::Reversed | Fate::Unpaid => return Vec::new(),
    };
    let payment = |(n, part): (i32, i64)| {
        json!({"claim_id": id, "reference": format!("{number}-{n}"), "amount": money(part),
            "paid_on": teller.today})
    };
    (0..).zip([half, payable - half]).filter(|(_, part)| *part > 0).map(payment).collect()
}

/// Makes counter-documents, and posts them like any other.
fn reverse(teller: &Teller, books: &mut Books, ids: &[String]) {
    let alone = (0..ids.len()).map(|index| vec![index]).collect();
    let counters: Vec<String> = lanes::run(teller.clients, ids, alone, |id| {
        let place = claims::place(id);
        let version = teller.who("qian").get(&place).expect(200).version();
        let reason = json!({"reason": "票据作废"});
        teller.who("qian").at(version).post(&format!("{place}/reverse"), reason).expect(201).text("/id")
    });
    let counters: Vec<&str> = counters.iter().map(String::as_str).collect();
    enter(teller, books, "R", &counters);
}

/// Calls of the hand-over with so many items as each takes.
fn say_all(teller: &Teller, call: &str, items: &[Value]) {
    for piece in items.chunks(AT_ONCE) {
        say(teller, call, &json!({"items": piece}));
    }
}

/// A call of the hand-over of which every item must take effect.
fn say(teller: &Teller, call: &str, body: &Value) {
    let path = format!("/api/v1/erp/expense-claims/{call}");
    let answer = teller.who("qian").post(&path, body.clone()).expect(207).json();
    let items = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(items.iter().all(|item| item["outcome"] == "done"), "{answer}");
}
