//! Sales: receipts with their commission, a month reckoned for many, and an analysis of very many entries.

use super::{Scene, Timing, counted};
use crate::{
    Outcome,
    bare::Bare,
    company::{Company, Hands},
    copies::{Copies, Dialect, Family, copy},
    work::{Fill, Ground},
};
use chrono::{Days, Local, NaiveDate};
use serde_json::{Value, json};
use std::time::Instant;
use tests::{Caller, Reply};
use uuid::Uuid;

/// Money comes in for a contract, a little at a time: each receipt is allocated, and its commission booked.
pub const RECEIVED: Timing =
    Timing { code: "receipt", name: "record a receipt with its commission", fills: &[&SALES], run: receive };

/// A month is reckoned for everybody who has commission of it.
pub const STATED: Timing =
    Timing { code: "statements", name: "reckon the commission of a month", fills: &[&SALES], run: state };

/// What was sold in a year, by month and by person, from the entries.
pub const ANALYSED: Timing =
    Timing { code: "analysis", name: "analyse a year of sales by person", fills: &[&SALES], run: analyse };

/// How many receipts there are.
const RECEIPTS: u64 = 200;
/// How many people have commission of the month.
const SELLERS: u64 = 1_000;
/// Over how many days the entries are spread.
const DAYS: u64 = 300;

/// A contract that is signed; the plan that ships pays of it.
pub static SALES: Fill = Fill { noun: "sales", pattern: sell, fill: |_, _| Ok(()) };

fn today() -> NaiveDate {
    Local::now().date_naive()
}

fn yuan(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

fn sell(hands: &Hands, _: &Company) -> Outcome<Vec<(&'static str, Uuid)>> {
    let (director, staff, head) = (hands.who("director"), hands.who("staff"), hands.who("head"));
    let product = json!({"code": "M-900", "name_zh": "输液泵", "name_en": "Infusion pump", "category": "监护",
        "unit": "台", "decimals": 0, "tax_rate_bp": 1300, "sold_from": "2020-01-01"});
    let product = director.post("/api/v1/products", product).expect(201).text("/id");
    let list = json!({"name": "人民币价目表", "currency": "CNY"});
    let list = director.post("/api/v1/price-lists", list).expect(201);
    let terms = json!({"product_id": product, "valid_from": "2020-01-01", "price": yuan("100.00")});
    let changes = json!({"edits": [{"terms": terms}]});
    let place = list.header("location").ok_or("no price list")?;
    director.at(list.version()).post(&format!("{place}/change-prices"), changes).expect(200);
    let customer = json!({"kind": "person", "name": "王芳", "phones": ["13700000001"]});
    let customer = staff.post("/api/v1/customers", customer).expect(201).text("/id");
    let owner = json!({"employee_id": staff.get("/api/v1/me").expect(200).text("/employee/id")});
    head.post(&format!("/api/v1/customers/{customer}/ownership/assign"), owner).expect(200);
    let contract = sign(hands, &staff, &contract(&customer, &product))?;
    Ok(vec![("contract", contract.parse()?), ("buyer", customer.parse()?)])
}

fn contract(customer: &str, product: &str) -> Value {
    let subjects = ["rights_and_duties", "specification", "quantity", "price", "delivery_time", "payment"];
    let review: Vec<Value> =
        subjects.iter().map(|subject| json!({"subject": subject, "finding": "met"})).collect();
    json!({"customer_id": customer, "subject": "输液泵采购", "region": "华东", "review": review,
        "lines": [{"product_id": product, "quantity": "5000", "price": yuan("100.00")}]})
}

/// Drawn, approved by whoever is asked, and signed; the id.
fn sign(hands: &Hands, staff: &Caller, body: &Value) -> Outcome<String> {
    let drawn = staff.post("/api/v1/sales-contracts", body.clone()).expect(201);
    let place = drawn.header("location").ok_or("no contract")?;
    let submitted = staff.at(drawn.version()).act(&format!("{place}/submit")).expect(200);
    let approval = format!("/api/v1/approvals/{}", submitted.text("/approval_id"));
    let approvers = ["head", "finance", "director", "manager"].map(|name| hands.who(name));
    while let read = staff.get(&approval).expect(200)
        && read.text("/status") == "pending"
    {
        let body = json!({"document_version": read.at("/document/version")});
        let decide = |by: &Caller| {
            by.at(read.version()).post(&format!("{approval}/approve"), body.clone()).status == 200
        };
        if !approvers.iter().any(decide) {
            return Err(format!("somebody else is asked to approve the contract: {read}").into());
        }
    }
    let version = staff.get(&place).expect(200).version();
    let signed = json!({"signed_on": today(), "original": "档案室 A-3 柜"});
    Ok(staff.at(version).post(&format!("{place}/sign"), signed).expect(200).text("/id"))
}

fn record(scene: &Scene<'_>, finance: &Caller) -> Outcome<Reply> {
    let (contract, customer) = (scene.ground.made("contract")?, scene.ground.made("buyer")?);
    let body = json!({"customer_id": customer, "contract_id": contract, "amount": yuan("1000.00"),
        "received_on": today()});
    Ok(finance.post("/api/v1/receipts", body).expect(201))
}

fn receive(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let finance = scene.hands.who("finance");
    let started = Instant::now();
    for _ in 0..RECEIPTS {
        record(scene, &finance)?;
    }
    Ok((RECEIPTS, started.elapsed().as_secs_f64()))
}

fn state(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let finance = scene.hands.who("finance");
    // Five receipts of which each has its entries.
    for _ in 0..5 {
        record(scene, &finance)?;
    }
    let mut bare = Bare::unhindered(scene.url)?;
    let dialect = Dialect::of(&bare);
    let sale = sale_of(dialect, scene.ground)?;
    let id = dialect.id(Family::CommissionEntries, "(person.n * 200 + pattern.place)");
    let holder = dialect.text_of("person.id");
    bare.execute(&format!(
        "INSERT INTO commission_entries
            (id, sale_id, place, source, employee_id, holder, amount_minor, booked_at, booked_on)
         SELECT {id}, sale_id, place + person.n * 1000, source, person.id, {holder}, amount_minor, booked_at, booked_on
           FROM (SELECT * FROM commission_entries WHERE sale_id = {sale} AND employee_id IS NOT NULL
                  ORDER BY place LIMIT 5) pattern
          CROSS JOIN (SELECT id, row_number() OVER (ORDER BY number) AS n FROM employees
                       WHERE number LIKE 'N%' ORDER BY number LIMIT {SELLERS}) person"
    ))?;
    bare.settle()?;
    let started = Instant::now();
    let month = json!({"month": today().format("%Y-%m").to_string()});
    let run = finance.post("/api/v1/commission-statements/compile", month).expect(200);
    Ok((counted(&run, "/statements")?, started.elapsed().as_secs_f64()))
}

fn sale_of(dialect: Dialect, ground: &Ground) -> Outcome<String> {
    let contract = dialect.key(ground.made("contract")?);
    Ok(format!("(SELECT id FROM sales WHERE contract_id = {contract})"))
}

fn analyse(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let mut bare = Bare::unhindered(scene.url)?;
    let dialect = Dialect::of(&bare);
    let entries = Copies {
        table: "credit_entries",
        of: format!("sale_id = {} AND place = 1", sale_of(dialect, scene.ground)?),
        only: "TRUE",
        differing: vec![
            ("id", dialect.id(Family::CreditEntries, "n")),
            ("place", "n + 1000".to_owned()),
            ("employee_id", "people.employee".to_owned()),
            ("department_id", "people.department".to_owned()),
            ("net_minor", "pattern.net_minor + n % 1000".to_owned()),
            ("counted_on", dialect.days_earlier("pattern.counted_on", &format!("n % {DAYS}"))),
        ],
    };
    copy(&mut bare, &scene.ground.company.people(), scene.choice.orders, &[entries])?;
    bare.settle()?;
    let (from, to) = (today() - Days::new(DAYS), today());
    let path = format!("/api/v1/sales-analysis?by=person&counted_on[gte]={from}&counted_on[lte]={to}");
    let director = scene.hands.who("director");
    let started = Instant::now();
    director.get(&path).expect(200);
    Ok((scene.choice.orders, started.elapsed().as_secs_f64()))
}
