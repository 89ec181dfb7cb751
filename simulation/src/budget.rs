//! The year's budget: eight allocations, split into lines of months and quarters, and an emergency fund. It
//! grows with the number of documents, so that a short year meets full lines as a long one does.

use crate::{
    books::{Balance, Books, Control, Line},
    teller::{FIRST_DAY, Teller, money},
};
use serde_json::{Value, json};

/// Department, heading, control, yuan of the year for each document that is told.
const ALLOCATIONS: [(&str, &str, Control, i64); 8] = [
    ("marketing", "entertainment", Control::Special, 2_400),
    ("marketing", "promotion", Control::Special, 2_400),
    ("marketing", "other.training", Control::Special, 60),
    ("marketing", "other", Control::Hard, 1_200),
    ("sales", "entertainment", Control::Warn, 480),
    ("sales", "promotion", Control::Special, 900),
    ("sales", "other", Control::Hard, 24),
    ("centre", "entertainment", Control::Special, 240),
];

/// What the emergency fund has, in fen.
const FUND: i64 = 50_000_000;

/// Writes the lines of the year into the books: hard ones by quarters, others by months.
pub fn plan(books: &mut Books, documents: u32) {
    let year = FIRST_DAY.0;
    for (department, category, control, yuan) in ALLOCATIONS {
        let of_the_year = yuan * 100 * i64::from(documents);
        let pieces: u32 = if control == Control::Hard { 4 } else { 12 };
        let length = 12 / pieces;
        for piece in 0..pieces {
            let months = piece * length + 1..=(piece + 1) * length;
            let period = match length {
                1 => format!("{year}-{:02}", piece + 1),
                _ => format!("{year}-Q{}", piece + 1),
            };
            let balance = Balance { allocated: of_the_year / i64::from(pieces), ..Balance::default() };
            books.lines.push(Line { department, category, period, months, control, balance });
        }
    }
    let balance = Balance { allocated: FUND, ..Balance::default() };
    let (department, category, months) = ("centre", "other", 1..=12);
    let (period, control) = (year.to_string(), Control::Fund);
    books.lines.push(Line { department, category, period, months, control, balance });
}

/// Compiles, approves and activates the budget of the year, and finds the lines of the books among those it
/// opened.
pub fn activate(teller: &mut Teller, books: &Books, documents: u32) {
    let compiler = teller.who("director");
    let made = compiler.post("/api/v1/budgets", body(teller, documents)).expect(201);
    let path = format!("/api/v1/budgets/{}", made.text("/id"));
    let submitted = compiler.at(made.version()).act(&format!("{path}/submit")).expect(200);
    teller.approve(&submitted.text("/approval_id"));
    let version = teller.who("qian").get(&path).expect(200).version();
    teller.who("qian").at(version).act(&format!("{path}/activate")).expect(200);
    let opened = all_lines(teller);
    assert_eq!(opened.len(), books.lines.len(), "lines of the plan and of the server");
    let place = |line: &Line| {
        let department = &teller.company.departments[line.department];
        let is_it = |opened: &&Value| {
            opened["department"]["id"] == **department
                && opened["category"] == line.category
                && opened["period"] == line.period
                && (opened["purpose"] == "emergency_fund") == (line.control == Control::Fund)
        };
        let found = opened.iter().find(is_it).unwrap_or_else(|| panic!("nobody opened {line:?}"));
        found["id"].as_str().unwrap_or_default().to_owned()
    };
    let places = books.lines.iter().map(place).collect();
    teller.places.lines = places;
}

/// What is to be sold in the year, and by each quarter and month of it.
fn objectives(year: i32) -> Vec<Value> {
    let periods = std::iter::once((year.to_string(), 12_000))
        .chain((1..=4).map(|quarter| (format!("{year}-Q{quarter}"), 3_000)))
        .chain((1..=12).map(|month| (format!("{year}-{month:02}"), 1_000)));
    let objective = |(period, target): (String, i32)| json!({"period": period, "metric": "sales_amount", "unit": "万元", "target": target.to_string()});
    periods.map(objective).collect()
}

fn body(teller: &Teller, documents: u32) -> Value {
    let year = FIRST_DAY.0;
    let department = |code: &str| teller.company.departments[code].clone();
    let allocation = |(code, category, control, yuan): (&str, &str, Control, i64)| {
        let into = if control == Control::Hard { "quarters" } else { "months" };
        json!({"department_id": department(code), "category": category, "period": year.to_string(),
            "split": {"into": into}, "control": control.code(),
            "amount": money(yuan * 100 * i64::from(documents))})
    };
    let mut lines: Vec<Value> = ALLOCATIONS.into_iter().map(allocation).collect();
    lines
        .push(json!({"department_id": department("centre"), "category": "other", "period": year.to_string(),
        "amount": money(FUND), "purpose": "emergency_fund"}));
    json!({"title": "全年营销预算", "fiscal_year": year, "lines": lines,
        "scope": {"level": "centre", "department_id": department("centre")},
        "objectives": objectives(year),
        "strategy": {"product": "主推新品", "price": "稳定价格", "channel": "深耕经销商", "promotion": "春秋两季"},
        "activities": [{"name": "春季订货会", "from": format!("{year}-03-10"), "to": format!("{year}-03-12"),
            "place": "杭州", "people": "市场部全体", "cost": money(2_000_000)}],
        "indicators": [{"name": "销售额增长率", "target": "不低于 12%"}]})
}

/// Every budget line, as the server lists them.
pub fn all_lines(teller: &Teller) -> Vec<Value> {
    teller.list("qian", &format!("/api/v1/budget-lines?fiscal_year={}", FIRST_DAY.0))
}
