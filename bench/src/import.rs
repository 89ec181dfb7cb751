//! The import of a company's people with their accounts and roles: how long an operation takes for so many, in the whole API.

use crate::{Outcome, server::Server};
use serde::Serialize;
use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::Caller;

/// An import, as a client saw it.
#[derive(Serialize)]
pub struct Import {
    /// How many people were taken on, with account and role.
    pub people: u32,
    /// In how many seconds, from the file handed in to the operation that has ended.
    pub seconds: f64,
    /// The same file again: nothing changes.
    pub again_seconds: f64,
    /// Mebibytes of the product's process before, and at most meanwhile.
    pub resident_before: f64,
    pub resident_most: f64,
}

/// Imports so many people twice.
pub fn import(product: &Server, token: &str, people: u32) -> Outcome<Import> {
    let caller = Caller::of(product.address, Some(token.to_owned()));
    let resident_before = product.resident();
    let (seconds, first) = hand_in(product, &caller, people)?;
    let (again_seconds, again) = hand_in(product, &caller, people)?;
    Ok(Import { people, seconds, again_seconds, resident_before, resident_most: first.max(again) })
}

/// Hands the file in and waits until it is taken; the seconds, and the most memory meanwhile.
fn hand_in(product: &Server, caller: &Caller, people: u32) -> Outcome<(f64, f64)> {
    let row = |n: u32| format!("N{n:05},员工{n},market,N{people:05},2026-01-05,是,销售代表\n");
    let first = format!("N{people:05},带头人,market,无,2026-01-05,是,部门负责人\n");
    let headings = "工号,姓名,部门,上级工号,入职日期,开通账号,角色\n".to_owned();
    let file: String = std::iter::once(headings).chain((1..people).map(row)).chain([first]).collect();
    let part = "Content-Disposition: form-data; name=\"file\"; filename=\"people.csv\"";
    let body = format!("--b0\r\n{part}\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--b0--\r\n").into_bytes();
    let started = Instant::now();
    let kind = "multipart/form-data; boundary=b0";
    let handed = caller.send("POST", "/api/v1/employees/import?partial=true", Some((kind, body))).expect(202);
    let place = handed.header("location").ok_or("no operation")?;
    let mut most = product.resident();
    loop {
        let shown = caller.get(&place).expect(200);
        most = most.max(product.resident());
        match shown.text("/status").as_str() {
            "queued" | "running" => thread::sleep(Duration::from_millis(50)),
            "succeeded" if shown.at("/result/counts/refused") == Value::Null => break,
            _ => return Err(format!("the import did not come to its end: {shown}").into()),
        }
    }
    Ok((started.elapsed().as_secs_f64(), most))
}
