//! Requests and their fates: asked before spending, approved, and over by being closed or revoked.

use crate::{
    claims::details,
    teller::{Teller, fen, money},
};
use serde_json::{Value, json};

const REQUESTS: &str = "/api/v1/expense-requests";

/// A request that was approved: it holds its money until it is over.
pub struct Open {
    path: String,
    by: &'static str,
    amount: i64,
}

/// Makes a request, submits it and lets it meet its fate.
pub fn tell(teller: &mut Teller) {
    let by = teller.pick(&["lan", "ming", "rep"]).unwrap_or("lan");
    let lines: Vec<Value> = (0..teller.number(1, 2)).map(|_| line(teller)).collect();
    let made = teller.who(by).post(REQUESTS, json!({"details": details(), "lines": lines})).expect(201);
    let path = format!("{REQUESTS}/{}", made.text("/id"));
    let Some(approval) = submit(teller, by, &path, made.version()) else { return };
    match teller.number(1, 100) {
        1..=6 => {
            teller.turn_down(&approval, "reject");
            teller.books.ended("requests rejected");
        }
        7..=12 => {
            act(teller, by, &path, "withdraw", json!({}));
            act(teller, by, &path, "void", json!({"reason": "计划取消"}));
            teller.books.ended("requests withdrawn and voided");
        }
        13..=16 => {
            teller.turn_down(&approval, "return");
            let version = teller.who(by).get(&path).expect(200).version();
            if let Some(again) = submit(teller, by, &path, version) {
                approved(teller, by, path, &again);
            }
        }
        _ => approved(teller, by, path, &approval),
    }
}

fn line(teller: &mut Teller) -> Value {
    let category = teller.pick(&["promotion.publicity", "other.training", "entertainment.meeting"]);
    json!({"category": category, "item": "活动物料", "purpose": "渠道推广", "planned_on": teller.today,
        "amount": money(teller.number(50_000, 600_000))})
}

/// The approval of a submission; none where hard control has nothing left.
fn submit(teller: &mut Teller, by: &'static str, path: &str, version: i64) -> Option<String> {
    let submitted = teller.who(by).at(version).act(&format!("{path}/submit"));
    if submitted.status != 200 {
        assert_eq!(submitted.code(), "budget_line.exhausted", "{submitted}");
        teller.books.ended("requests refused by the budget");
        return None;
    }
    Some(submitted.text("/approval_id"))
}

fn approved(teller: &mut Teller, by: &'static str, path: String, approval: &str) {
    teller.approve(approval);
    let request = teller.who("gm").get(&path).expect(200);
    assert_eq!(request.at("/status"), "approved", "{request}");
    let amount = fen(&request.at("/remaining"));
    teller.books.promised += amount;
    teller.books.ended("requests approved");
    teller.open.push(Open { path, by, amount });
}

/// Some of the open requests are over today: finance closes what was not used, or who asked gives it up.
pub fn end_some(teller: &mut Teller) {
    for request in std::mem::take(&mut teller.open) {
        let Open { path, by, amount } = &request;
        match teller.number(1, 100) {
            1..=8 => {
                act(teller, "sun", path, "close", json!({"reason": "活动结束"}));
                teller.books.became("requests closed");
            }
            9..=11 => {
                act(teller, by, path, "revoke", json!({"reason": "客户取消"}));
                teller.books.became("requests revoked");
            }
            _ => {
                teller.open.push(request);
                continue;
            }
        }
        teller.books.promised -= amount;
    }
}

/// What every approved request still has, as the server lists them.
pub fn remaining(teller: &Teller) -> i64 {
    let list = teller.list("qian", &format!("{REQUESTS}?status=approved"));
    list.iter().map(|request| fen(&request["remaining"])).sum()
}

/// Takes an action on a request as it stands now.
fn act(teller: &Teller, by: &'static str, path: &str, action: &str, body: Value) {
    let version = teller.who(by).get(path).expect(200).version();
    teller.who(by).at(version).post(&format!("{path}/{action}"), body).expect(200);
}
