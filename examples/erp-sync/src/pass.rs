//! One pass over everything there is to do, each step written down before it is told to the server.

use crate::{
    Failure,
    books::{Books, Claim, Entry, Money, Payment, Voucher},
    server::Server,
};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

/// At most so many items in one call.
pub(crate) const BATCH: usize = 100;
/// The ERP pays in two parts from this many yuan on, as companies short of cash do.
const IN_TWO_PARTS_FROM: i64 = 1_000;

/// Does what there is to do; answers how many steps it was.
pub fn sync(server: &Server, books: &mut Books, today: NaiveDate) -> Result<usize, Failure> {
    Ok(take(server, books)?
        + acknowledge(server, books)?
        + post(books, today)?
        + tell_postings(server, books)?
        + pay(books, today)?
        + tell_payments(server, books)?)
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn take(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let batch = books.next_batch();
    let mut entries = Vec::new();
    for claim in server.ready()? {
        let claim_id = text(&claim["id"]);
        if !books.knows(&claim_id) {
            entries.push(Entry::Taken {
                claim_id,
                number: text(&claim["number"]),
                approved: Some(serde_json::from_value(claim["approved"].clone())?),
                payable: serde_json::from_value(claim["payable"].clone())?,
                business_date: text(&claim["business_date"]).parse()?,
                batch: batch.clone(),
            });
        }
    }
    let count = entries.len();
    books.write(entries)?;
    Ok(count)
}

/// Tells the server that claims were taken: under the reference that stands in the books, however often it takes.
fn acknowledge(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let waiting: Vec<Claim> = books.claims().filter(|claim| !claim.acknowledged).cloned().collect();
    let mut batches: Vec<&str> = waiting.iter().map(|claim| claim.batch.as_str()).collect();
    batches.dedup();
    for batch in batches {
        let of_batch: Vec<&Claim> = waiting.iter().filter(|claim| claim.batch == batch).collect();
        for piece in of_batch.chunks(BATCH) {
            let ids: Vec<&str> = piece.iter().map(|claim| claim.id.as_str()).collect();
            let results = server.say("acknowledge", &json!({"reference": batch, "claim_ids": ids}))?;
            let heard = results.iter().map(|result| match outcome(result) {
                Ok(claim_id) => Entry::Acknowledged { claim_id },
                Err((claim_id, code)) => Entry::Dropped { claim_id, code },
            });
            books.write(heard.collect())?;
        }
    }
    Ok(waiting.len())
}

/// The claim of a result that took effect now or before, else the claim and why not.
fn outcome(result: &Value) -> Result<String, (String, String)> {
    let claim_id = text(&result["claim_id"]);
    match result["outcome"].as_str() {
        Some("done" | "already") => Ok(claim_id),
        _ => Err((claim_id, text(&result["refusal"]["code"]))),
    }
}

fn post(books: &mut Books, today: NaiveDate) -> Result<usize, Failure> {
    let waiting = books.claims().filter(|claim| claim.acknowledged && claim.voucher.is_none());
    let entries: Vec<Entry> = waiting
        .zip(1..)
        .map(|(claim, ahead)| {
            let voucher =
                Voucher { number: books.voucher_number(ahead), year: today.year(), posted_on: today };
            Entry::Posted { claim_id: claim.id.clone(), voucher }
        })
        .collect();
    let count = entries.len();
    books.write(entries)?;
    Ok(count)
}

fn tell_postings(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let waiting: Vec<Claim> =
        books.claims().filter(|claim| claim.voucher.is_some() && !claim.posting_told).cloned().collect();
    for piece in waiting.chunks(BATCH) {
        let items: Vec<Value> =
            piece.iter().map(|claim| json!({"claim_id": claim.id, "voucher": claim.voucher})).collect();
        let results = server.say("confirm-posting", &json!({"items": items}))?;
        let heard = results.iter().map(|result| {
            outcome(result)
                .map(|claim_id| Entry::PostingTold { claim_id })
                .map_err(|(claim, code)| format!("the voucher of {claim} was refused: {code}").into())
        });
        books.write(heard.collect::<Result<_, Failure>>()?)?;
    }
    Ok(waiting.len())
}

fn pay(books: &mut Books, today: NaiveDate) -> Result<usize, Failure> {
    let waiting = books.claims().filter(|claim| claim.posting_told && claim.payments.is_empty());
    let mut entries = Vec::new();
    for claim in waiting {
        for (part, amount) in (1..).zip(parts(&claim.payable)) {
            let reference = format!("{}-{part}", claim.number);
            let payment = Payment { reference, amount, paid_on: today };
            entries.push(Entry::Paid { claim_id: claim.id.clone(), payment });
        }
    }
    let count = entries.len();
    books.write(entries)?;
    Ok(count)
}

/// A payable in whole, or a thousand first and the rest after it.
fn parts(payable: &Money) -> Vec<Money> {
    let (whole, fraction) = payable.amount.split_once('.').unwrap_or((&payable.amount, "0"));
    let yuan: i64 = whole.parse().unwrap_or(0);
    if yuan < IN_TWO_PARTS_FROM || (yuan == IN_TWO_PARTS_FROM && fraction.trim_matches('0').is_empty()) {
        return if yuan == 0 && fraction.trim_matches('0').is_empty() {
            Vec::new()
        } else {
            vec![payable.clone()]
        };
    }
    let money = |amount: String| Money { amount, currency: payable.currency.clone() };
    vec![money(IN_TWO_PARTS_FROM.to_string()), money(format!("{}.{fraction}", yuan - IN_TWO_PARTS_FROM))]
}

fn tell_payments(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let waiting: Vec<(String, Payment)> = books
        .claims()
        .flat_map(|claim| {
            let untold = claim.payments.iter().filter(|(_, told)| !told);
            untold.map(|(payment, _)| (claim.id.clone(), payment.clone()))
        })
        .collect();
    for piece in waiting.chunks(BATCH) {
        let items: Vec<Value> = piece
            .iter()
            .map(|(claim_id, Payment { reference, amount, paid_on })| {
                json!({"claim_id": claim_id, "reference": reference, "amount": amount, "paid_on": paid_on})
            })
            .collect();
        let results = server.say("confirm-payments", &json!({"items": items}))?;
        let heard = results.iter().zip(piece).map(|(result, (_, payment))| {
            let reference = payment.reference.clone();
            outcome(result)
                .map(|claim_id| Entry::PaymentTold { claim_id, reference })
                .map_err(|(claim, code)| format!("a payment of {claim} was refused: {code}").into())
        });
        books.write(heard.collect::<Result<_, Failure>>()?)?;
    }
    Ok(waiting.len())
}

/// Compares both sides over all business days of the books; answers how many differences there are.
pub fn reconcile(server: &Server, books: &Books) -> Result<usize, Failure> {
    let days = || books.claims().map(|claim| claim.business_date);
    let Some((from, to)) = days().min().zip(days().max()) else { return Ok(0) };
    let items: Vec<Value> = books
        .claims()
        .map(|claim| {
            let voucher = claim.voucher.as_ref();
            let (number, year) = voucher.map(|voucher| (&voucher.number, voucher.year)).unzip();
            json!({
                "number": claim.number, "status": "posted", "voucher_number": number, "voucher_year": year,
                "amount": claim.approved, "paid": claim.payable,
            })
        })
        .collect();
    let verdict = server.reconcile(&json!({"from": from, "to": to, "items": items}))?;
    let differences = verdict["differences"].as_array().map_or(0, Vec::len);
    for difference in verdict["differences"].as_array().into_iter().flatten() {
        eprintln!("difference: {difference}");
    }
    Ok(differences)
}
