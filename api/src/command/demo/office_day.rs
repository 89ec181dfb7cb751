//! A day of the sales office: whose turn it is, who walks in and who calls, who stands in for whom, lunch, and a dispute that
//! is settled some days later.

use super::{
    company::Company,
    office::{enter, first_visit, registered},
    script::{Answer, Script},
};
use chrono::{Duration, NaiveTime};
use serde_json::{Value, json};

const RECEPTIONS: &str = "/api/v1/receptions";
/// Who leads the office: sets the order of the day, and rules on what is disputed.
const MANAGER: &str = "zhang.wei";

/// The hour and minute of a step of the day.
const fn at(hour: u32, minute: u32) -> (u32, u32) {
    (hour, minute)
}

/// Sets the queue of the next morning and plays the day; days pass until the dispute is ruled on.
pub(super) fn play(script: &mut Script, company: &Company, site: &str) -> Result<String, String> {
    script.pass_until(script.today() + Duration::days(1), at(8, 40))?;
    let day = script.today();
    let noon = |hour: u32, minute: u32| -> Result<Value, String> {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).ok_or("no such time")?;
        Ok(json!(format!("{day}T{time}+08:00")))
    };
    let people: Vec<&str> = ["jin.ming", "wei.xin", "tao.ran", "jiang.nan"]
        .iter()
        .map(|name| company.employees[name].as_str())
        .collect();
    let lunch = json!([{"employee_id": people[3], "from": noon(12, 0)?, "until": noon(14, 0)?}]);
    let queue = json!({"site_id": site, "order": people, "lunch_duties": lunch});
    script.post(MANAGER, "/api/v1/reception-queues", queue)?;
    let disputed = morning(script, site, at(9, 10))?;
    // Lunch: whoever is on duty receives, and the order of the morning stays as it is.
    script.pass_until(day, at(12, 40))?;
    let noon = receive(script, site, "jiang.nan", "new", None)?;
    let customer = enter(script, "jiang.nan", "罗一鸣", "午间路过，问两居室")?;
    register(script, "jiang.nan", site, &customer, &noon)?;
    end(script, "jiang.nan", &noon)?;
    script.pass_until(day, at(15, 0))?;
    dispute(script, company, &disputed)?;
    Ok("a day of it: three walk-ins, a call, an assist, a lunch, a dispute that was ruled on".to_owned())
}

/// A walk-in, a call, and the walk-in again, whom somebody else receives; the customer.
fn morning(script: &mut Script, site: &str, first: (u32, u32)) -> Result<String, String> {
    let day = script.today();
    script.pass_until(day, first)?;
    let visit = receive(script, site, "jin.ming", "new", None)?;
    let customer = enter(script, "jin.ming", "唐雨", "三居室，首付四成")?;
    register(script, "jin.ming", site, &customer, &visit)?;
    end(script, "jin.ming", &visit)?;
    script.pass_until(day, at(9, 50))?;
    let caller = enter(script, "tao.ran", "程远", "电话咨询学区")?;
    registered(script, "tao.ran", site, &caller, "call")?;
    script.pass_until(day, at(10, 30))?;
    let busy = receive(script, site, "wei.xin", "new", None)?;
    let second = enter(script, "wei.xin", "方媛", "投资型小户型")?;
    register(script, "wei.xin", site, &second, &busy)?;
    end(script, "wei.xin", &busy)?;
    // The first comes back while 金明 is on the telephone: 陶然 asks him, and helps.
    script.pass_until(day, at(11, 10))?;
    let helping = receive(script, site, "tao.ran", "returning", Some(&customer))?;
    let place = format!("{RECEPTIONS}/{}", helping.text("/id")?);
    step(script, "jin.ming", &place, "agree", Value::Null)?;
    end(script, "tao.ran", &helping)?;
    Ok(customer)
}

fn receive(
    script: &mut Script,
    site: &str,
    who: &str,
    visitor: &str,
    customer: Option<&str>,
) -> Result<Answer, String> {
    let mut body = json!({"site_id": site, "visitor": visitor});
    if let Some(customer) = customer {
        body["customer_id"] = json!(customer);
    }
    script.post(who, RECEPTIONS, body)
}

fn register(
    script: &mut Script,
    who: &str,
    site: &str,
    customer: &str,
    reception: &Answer,
) -> Result<(), String> {
    let body = json!({"customer_id": customer, "site_id": site, "channel": "walk_in", "inquiry": first_visit(),
        "reception_id": reception.text("/id")?});
    script.post(who, "/api/v1/registrations", body).map(drop)
}

fn end(script: &mut Script, who: &str, reception: &Answer) -> Result<(), String> {
    let place = format!("{RECEPTIONS}/{}", reception.text("/id")?);
    step(script, who, &place, "end", json!({}))
}

/// 魏欣 says that she had met the customer before; both say what they have, nobody gives in, and the manager rules.
fn dispute(script: &mut Script, company: &Company, customer: &str) -> Result<(), String> {
    let claim = json!({"customer_id": customer, "claim": "客户上周在展会上已由我接待"});
    let place = script.post("wei.xin", "/api/v1/ownership-disputes", claim)?.text("/id")?;
    let place = format!("/api/v1/ownership-disputes/{place}");
    let facts = script.get("jin.ming", &format!("/api/v1/customers/{customer}/ownership"))?;
    let proof =
        json!({"content": "来访登记在先，首询答案为首次来访", "fact_ids": [facts.text("/facts/0/id")?]});
    step(script, "jin.ming", &place, "add-evidence", proof)?;
    step(script, "wei.xin", &place, "add-evidence", json!({"content": "展会名片，未做登记"}))?;
    script.pass(Duration::days(1));
    step(script, MANAGER, &place, "mediate", json!({"note": "双方未达成一致"}))?;
    script.pass(Duration::days(3));
    let ruling =
        json!({"owner_id": company.employees["jin.ming"], "reasons": "展会接触未登记，首次来访登记有效"});
    step(script, MANAGER, &place, "rule", ruling)
}

fn step(script: &mut Script, who: &str, place: &str, action: &str, body: Value) -> Result<(), String> {
    let version = script.get(who, place)?.version.unwrap_or(1);
    script.act(who, &format!("{place}/{action}"), version, body).map(drop)
}
