//! The year's budget, and money moved between its lines.

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
        "amount": money(50_000_000), "purpose": "emergency_fund"}));
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
    let yuan: i64 = LINES.iter().map(|(.., yuan)| yuan).sum::<i64>() + 500_000;
    assert_eq!(teller.books.planned, yuan * 100, "the months add up to the year");
}

/// Every budget line.
pub fn all_lines(teller: &Teller) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/budget-lines?limit=200{cursor}");
        let page = teller.who("qian").get(&path).expect(200);
        all.extend(page.at("/data").as_array().cloned().unwrap_or_default());
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}
