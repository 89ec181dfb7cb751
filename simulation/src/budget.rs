//! The year's budget: eight allocations, split into lines of months and quarters, and an emergency fund.

use crate::teller::{FIRST_DAY, Teller, fen, money};
use serde_json::{Value, json};

/// Department, heading, control, yuan of the year.
const LINES: [(&str, &str, &str, i64); 8] = [
    ("marketing", "entertainment", "special", 6_000_000),
    ("marketing", "promotion", "special", 6_000_000),
    ("marketing", "other.training", "special", 60_000),
    ("marketing", "other", "hard", 6_000_000),
    ("sales", "entertainment", "warn", 300_000),
    ("sales", "promotion", "special", 3_000_000),
    ("sales", "other", "hard", 3_000_000),
    ("centre", "entertainment", "special", 500_000),
];

/// What the emergency fund has.
const FUND: i64 = 50_000_000;

/// Compiles, approves and activates the budget of the year.
pub fn activate(teller: &mut Teller) {
    let year = FIRST_DAY.0;
    let department = |code: &str| teller.company.departments[code].clone();
    let mut lines: Vec<Value> = LINES
        .iter()
        .map(|(code, category, control, yuan)| {
            let into = if *control == "hard" { "quarters" } else { "months" };
            json!({"department_id": department(code), "category": category, "period": year.to_string(),
                "split": {"into": into}, "control": control, "amount": money(yuan * 100)})
        })
        .collect();
    lines
        .push(json!({"department_id": department("centre"), "category": "other", "period": year.to_string(),
        "amount": money(FUND), "purpose": "emergency_fund"}));
    let budget = json!({"title": "全年营销预算", "fiscal_year": year, "lines": lines,
        "scope": {"level": "centre", "department_id": department("centre")},
        "objectives": [{"period": year.to_string(), "metric": "sales_amount", "unit": "万元", "target": "12000"}],
        "strategy": {"product": "主推新品", "price": "稳定价格", "channel": "深耕经销商", "promotion": "春秋两季"},
        "activities": [{"name": "春季订货会", "from": format!("{year}-03-10"), "to": format!("{year}-03-12"),
            "place": "杭州", "people": "市场部全体", "cost": money(2_000_000)}],
        "indicators": [{"name": "销售额增长率", "target": "不低于 12%"}]});
    let compiler = teller.who("director");
    let made = compiler.post("/api/v1/budgets", budget).expect(201);
    let path = format!("/api/v1/budgets/{}", made.text("/id"));
    let submitted = compiler.at(made.version()).act(&format!("{path}/submit")).expect(200);
    teller.approve(&submitted.text("/approval_id"));
    let version = teller.who("qian").get(&path).expect(200).version();
    teller.who("qian").at(version).act(&format!("{path}/activate")).expect(200);
    let opened = all_lines(teller);
    teller.books.planned = opened.iter().map(|line| fen(&line["allocated"])).sum();
    teller.books.fund = FUND;
    let planned = LINES.iter().map(|(.., yuan)| yuan * 100).sum::<i64>() + FUND;
    assert_eq!(teller.books.planned, planned, "the months add up to the year");
    let text = |line: &Value, member: &str| line[member].as_str().unwrap_or_default().to_owned();
    teller.lines = opened
        .iter()
        .map(|line| Line { id: text(line, "id"), is_fund: line["purpose"] == "emergency_fund" })
        .collect();
}

/// A line of the year's budget.
pub struct Line {
    pub id: String,
    pub is_fund: bool,
}

/// Every budget line, as the server lists them.
pub fn all_lines(teller: &Teller) -> Vec<Value> {
    teller.list("qian", &format!("/api/v1/budget-lines?fiscal_year={}", FIRST_DAY.0))
}
