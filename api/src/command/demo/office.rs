//! A sales office: who walks in and who calls, whose they are, whom nobody follows up any more.

use super::{
    company::{Company, FOUNDER},
    office_day,
    script::Script,
};
use chrono::Duration;
use serde_json::{Value, json};

/// Who received them, their name, how they came, what they need, and what becomes of them.
type Visit = (&'static str, &'static str, &'static str, &'static str, Then);

/// What becomes of a customer.
#[derive(Clone, Copy)]
enum Then {
    /// Nothing yet.
    Waits,
    /// They are called back so many days later.
    CalledBack(i64),
    /// They are given up, with the reason.
    GivenUp(&'static str),
    /// They are given up, and taken from the pool by somebody else.
    TakenUpBy(&'static str),
}

const VISITS: &[Visit] = &[
    ("jin.ming", "陈立", "walk_in", "三居室，学区优先", Then::CalledBack(2)),
    ("wei.xin", "周敏", "walk_in", "两居室，近地铁", Then::CalledBack(1)),
    ("tao.ran", "许建国", "call", "改善型四居室", Then::Waits),
    ("jiang.nan", "沈洁", "walk_in", "投资型小户型", Then::GivenUp("客户已在外地购房")),
    ("jin.ming", "何晓雯", "call", "底层带院", Then::TakenUpBy("wei.xin")),
    ("wei.xin", "邵文斌", "walk_in", "与父母同住，需电梯", Then::Waits),
];

/// Sets up the office and plays its days.
pub(super) fn play(script: &mut Script, company: &Company) -> Result<String, String> {
    let site = json!({"code": "east-gate", "name": "城东售楼处", "policy": "real-estate",
        "department_id": company.departments["sales-east"]});
    let site = script.post(FOUNDER, "/api/v1/sites", site)?.text("/id")?;
    for visit in VISITS {
        receive(script, &site, visit)?;
        script.pass(Duration::minutes(20));
    }
    let day = office_day::play(script, company, &site)?;
    Ok(format!("{} customers of a sales office; {day}", VISITS.len()))
}

fn receive(script: &mut Script, site: &str, (who, name, channel, needs, then): &Visit) -> Result<(), String> {
    let customer = enter(script, who, name, needs)?;
    registered(script, who, site, &customer, channel)?;
    let ownership = format!("/api/v1/customers/{customer}/ownership");
    match then {
        Then::Waits => Ok(()),
        Then::CalledBack(days) => {
            script.pass(Duration::days(*days));
            let report = json!({"minutes": 8, "content": "回访户型与预算，约定周末看样板房"});
            let call = json!({"customer_id": customer, "kind": "call", "report": report});
            script.post(who, "/api/v1/interactions", call).map(drop)
        }
        Then::GivenUp(reason) => {
            script.post(who, &format!("{ownership}/release"), json!({"reason": reason})).map(drop)
        }
        Then::TakenUpBy(other) => {
            script.post(who, &format!("{ownership}/release"), json!({"reason": "多次联系未接通"}))?;
            script.post(other, &format!("{ownership}/claim"), Value::Null).map(drop)
        }
    }
}

/// Enters a customer with a telephone of their own; the id.
pub(super) fn enter(script: &mut Script, who: &str, name: &str, needs: &str) -> Result<String, String> {
    let phone = format!("139{:08}", script.number(10_000_000, 99_999_999));
    let file = json!({"kind": "person", "name": name, "phones": [phone], "needs": needs});
    script.post(who, "/api/v1/customers", file)?.text("/id")
}

/// Registers a customer who came by a channel, outside of any reception.
pub(super) fn registered(
    script: &mut Script,
    who: &str,
    site: &str,
    customer: &str,
    channel: &str,
) -> Result<(), String> {
    let registration =
        json!({"customer_id": customer, "site_id": site, "channel": channel, "inquiry": first_visit()});
    script.post(who, "/api/v1/registrations", registration).map(drop)
}

/// The answers of somebody who comes for the first time.
pub(super) fn first_visit() -> Value {
    json!({"is_first_visit": true, "was_elsewhere": false, "was_phoned": false, "was_introduced": false,
        "asks_for_somebody": false, "has_relative": false})
}
