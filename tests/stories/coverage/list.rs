//! What every list can do: pages in every order it offers, lists of values, a search, a count, and files. Derived from
//! the registry, so that a list which is added can do it too. `[INT-4]`

use super::scope::{Places, company_with_records};
use api::spine::{RouteInfo, Routes};
use calamine::{Reader, Xlsx};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Cursor};
use tests::{App, Caller, Company, column, stories};

stories! {
    every_list_is_sorted_both_ways_paged_counted_and_had_as_a_file,
    every_list_is_narrowed_by_several_values_at_once,
    people_are_found_by_how_their_names_are_read_in_every_list_that_shows_them,
    amounts_are_bounded_in_the_currency_of_each_row,
}

/// Lists that are no lists of things, with the reason.
const OTHERWISE: &[(&str, &str)] = &[
    ("take_cash_advances", "a queue: what waits longest comes first, for programs"),
    ("take_sales_orders", "a queue: what waits longest comes first, for programs"),
    ("take_expense_claims", "a queue: what waits longest comes first, for programs"),
    ("list_expense_statement_rows", "the rows of one document, frozen in their order"),
    ("list_appraisal_coverage", "a preview of who is measured by what, by number"),
    ("list_appraisal_replay", "a report: what a draft would have made of each sheet of a period"),
    ("list_team_results", "a report: the teams of a period are ranked together"),
    ("list_budget_execution", "a report: its groups are computed together, and have their own order"),
    ("list_duty_board", "a report: its groups are computed together, and have their own order"),
    ("list_incentive_totals", "a report: its sums are reckoned together, the latest month first"),
    ("list_customer_changes", "the history of one file, the latest first"),
    ("list_customer_consents", "what one customer agreed to, the latest first"),
    ("list_reception_queue_entries", "the ledger of one queue, in its order"),
    (
        "list_reception_statistics",
        "a report: its counts are reckoned together, in the order of people's numbers",
    ),
    ("list_interaction_days", "a report: its days are summed together, the latest first"),
    ("list_staffing", "a report: its rows stand in the order of their codes"),
    ("list_sales_targets", "a report: the targets of plans in the order of their plans"),
    ("list_opportunity_funnel", "a report: the stages in the company's order"),
    ("list_sales_analysis", "a report: its groups are computed together, the most first"),
    ("list_receivables", "a report: its groups are computed together, who owes most that is overdue first"),
    ("list_sales_alerts", "a report: what stands out of groups that are computed together"),
];

/// Lists in which the stories have nothing, with the reason.
const EMPTY: &[(&str, &str)] = &[
    ("list_duties", "one's own where nothing else is asked for: tests/stories/duty.rs"),
    ("list_pay_outs", "tests/stories/payee_account.rs has somebody to be paid"),
    ("list_policy_replay_lines", "of one replay, by its place"),
    ("list_tier_assessments", "of one run, by its place"),
    ("list_tasks", "one's own where nothing else is asked for: tests/stories/task.rs"),
    ("list_notices", "one's own where nothing else can be asked for: tests/stories/announcement.rs"),
    ("list_operations", "one's own where nothing else can be asked for: tests/stories/operation.rs"),
    ("list_emergency_funds", "tests/stories/emergency_fund.rs sets funds aside"),
    ("list_emergency_draws", "tests/stories/emergency_fund.rs draws on them"),
    ("list_appraisal_reviews", "one's own, where one is asked for any: tests/stories/appraisal.rs"),
];

/// A list with the path it is read at.
struct List<'a> {
    route: &'a RouteInfo,
    path: String,
}

impl List<'_> {
    fn name(&self) -> &str {
        &self.route.operation_id
    }

    /// What a parameter may be.
    fn values(&self, parameter: &str, pointer: &str) -> Vec<String> {
        let schema = self.route.query_parameters().find(|known| known.name == parameter);
        let schema = schema.and_then(|known| serde_json::to_value(known.schema.as_ref()).ok());
        let values = schema.as_ref().and_then(|schema| schema.pointer(pointer)).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The parameters that list values by their codes, each with its codes.
    fn several(&self) -> Vec<(String, Vec<String>)> {
        let all = self.route.query_parameters().map(|known| known.name.clone());
        let all = all.map(|name| (name.clone(), self.values(&name, "/items/enum")));
        all.filter(|(_, values)| !values.is_empty()).collect()
    }

    fn at(&self, query: &str) -> String {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.path)
    }

    /// All rows by pages of two.
    fn paged(&self, by: &Caller, query: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = by.get(&self.at(&format!("{query}&limit=2{cursor}"))).expect(200);
            rows.extend(page.at("/data").as_array().cloned().unwrap_or_default());
            let Some(next) = page.at("/next_cursor").as_str().map(str::to_owned) else { return rows };
            assert_eq!(page.at("/data").as_array().map(Vec::len), Some(2), "{}: {query}", self.name());
            cursor = format!("&cursor={next}");
        }
    }

    fn total(&self, by: &Caller, query: &str) -> u64 {
        let page = by.get(&self.at(&format!("{query}&limit=1&include_total=true"))).expect(200);
        page.at("/total").as_u64().expect("a total")
    }
}

/// Every list of the registry, at a real place.
fn lists<'a>(routes: &'a Routes, places: &Places) -> Vec<List<'a>> {
    let paged = |route: &&RouteInfo| route.method == "GET" && route.knows_parameter("cursor");
    let place = |route: &'a RouteInfo| {
        let path = match route.path.rfind('}') {
            None => route.path.clone(),
            Some(last) => {
                let (record, rest) = route.path.split_at(last + 1);
                format!("{}{rest}", places.get(record).expect("a record of the kind"))
            }
        };
        let required = match route.operation_id.as_str() {
            "list_budget_execution" => "?fiscal_year=2026",
            "list_approvals" => "?box=overseen",
            _ => "",
        };
        List { route, path: path + required }
    };
    let lists: Vec<_> = routes.iter().filter(paged).map(place).collect();
    assert!(lists.len() > 30, "{} lists", lists.len());
    lists
}

fn named(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(known, _)| *known == name)
}

/// A company with something in every list, and several in most.
fn filled(app: &App) -> (Company, Places) {
    let (company, places) = company_with_records(app);
    let lan = company.who("lan");
    for day in 1..=3 {
        let amount = json!({"amount": format!("{day}00.00"), "currency": "CNY"});
        let advance =
            json!({"amount": amount, "purpose": "样品押金", "settle_on": format!("2026-04-1{day}")});
        lan.post("/api/v1/cash-advances", advance).expect(201);
        company.draft("ming", day * 70);
        let absence = json!({"employee_id": company.id("ming"), "stand_in_id": company.id("head"),
            "from": format!("2026-06-0{day}"), "until": format!("2026-06-0{day}")});
        company.boss.post("/api/v1/absences", absence).expect(201);
        let analysis = json!({"title": format!("{day} 月分析"), "period": format!("2026-0{day}"),
            "department_id": company.departments["marketing"], "text": "正常", "conclusions": ["照常"]});
        company.who("head").post("/api/v1/budget-analyses", analysis).expect(201);
    }
    company.boss.act("/api/v1/accounting-periods/2026-02/close").expect(200);
    (company, places)
}

fn every_list_is_sorted_both_ways_paged_counted_and_had_as_a_file(app: App) {
    let (company, places) = filled(&app);
    let (boss, routes) = (&company.boss, api::routes());
    let (mut otherwise, mut empty) = (BTreeSet::new(), BTreeSet::new());
    for list in lists(routes, &places) {
        let (name, orders) = (list.name(), list.values("sort", "/enum"));
        if orders.is_empty() || !list.route.knows_parameter("format") {
            otherwise.insert(name.to_owned());
            continue;
        }
        let all = list.paged(boss, "");
        if all.is_empty() {
            empty.insert(name.to_owned());
        }
        assert_eq!(list.total(boss, ""), all.len() as u64, "{name}: all of them are counted");
        let known: BTreeSet<String> = all.iter().map(Value::to_string).collect();
        assert_eq!(known.len(), all.len(), "{name}: each once");
        for order in orders.iter().filter(|order| !order.starts_with('-')) {
            let up = list.paged(boss, &format!("sort={order}"));
            let mut down = list.paged(boss, &format!("sort=-{order}"));
            down.reverse();
            assert_eq!(up, down, "{name} by {order}: neither gap nor overlap, and one order both ways");
            assert_eq!(up.iter().map(Value::to_string).collect::<BTreeSet<_>>(), known, "{name} by {order}");
        }
        boss.get(&list.at("sort=colour")).refuses(400, "http.bad_parameter");
        is_had_as_a_file(&list, boss, &all);
    }
    assert_eq!(otherwise, OTHERWISE.iter().map(|(name, _)| (*name).to_owned()).collect());
    assert_eq!(empty, EMPTY.iter().map(|(name, _)| (*name).to_owned()).collect());
}

fn is_had_as_a_file(list: &List<'_>, by: &Caller, all: &[Value]) {
    let name = list.name();
    let ndjson = by.get(&list.at("format=ndjson")).expect(200);
    let text = String::from_utf8(ndjson.bytes).expect("UTF-8");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines, all, "{name}: a line for each");
    let csv = by.get(&list.at("format=csv")).expect(200);
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    assert!(text.starts_with('\u{feff}') && text.lines().count() > all.len(), "{name}: {text}");
    let xlsx = by.get(&list.at("format=xlsx")).expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes)).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    // The trail tells of each file that was taken away before this one.
    let told = if name == "list_audit_entries" { 2 } else { 0 };
    assert_eq!(sheet.rows().count(), all.len() + told + 1, "{name}: a row for each below the headings");
    let headings = |language: &str| {
        let file = by.with("Accept-Language", language).get(&list.at("format=csv")).expect(200);
        String::from_utf8(file.bytes).expect("UTF-8").lines().next().map(str::to_owned)
    };
    assert_ne!(headings("zh-CN"), headings("en"), "{name}: headings in the reader's language");
}

fn every_list_is_narrowed_by_several_values_at_once(app: App) {
    let (company, places) = filled(&app);
    let (boss, routes) = (&company.boss, api::routes());
    let mut seen = 0;
    for list in lists(routes, &places).iter().filter(|list| !named(OTHERWISE, list.name())) {
        for (parameter, values) in list.several() {
            let (name, together) =
                (list.name(), list.total(boss, &format!("{parameter}={}", values.join(","))));
            let apart = values.iter().map(|value| list.total(boss, &format!("{parameter}={value}")));
            assert_eq!(apart.sum::<u64>(), together, "{name}: {parameter}");
            let wrong = format!("{parameter}={},colour", values[0]);
            let refused = boss.get(&list.at(&wrong)).refuses(400, "http.bad_parameter");
            assert_eq!(column(&refused.at("/errors"), "pointer"), std::slice::from_ref(&parameter), "{name}");
            seen += 1;
        }
        if list.route.knows_parameter("q") {
            assert_eq!(list.total(boss, "q=zzqqzzqq"), 0, "{}: nothing is found by nonsense", list.name());
        }
    }
    assert!(seen > 20, "{seen} lists of values");
    // No other parameter chooses one of several codes, but for what is no property of a row.
    let single = |list: &List<'_>| {
        let names = list.route.query_parameters().map(|known| known.name.clone());
        let chosen = names.filter(|name| !list.values(name, "/enum").is_empty());
        let other = |name: &String| {
            !matches!(name.as_str(), "sort" | "format" | "box" | "whose" | "by" | "measure" | "dialect")
                && !name.ends_with("_currency")
        };
        chosen.filter(other).map(|name| format!("{}: {name}", list.name())).collect::<Vec<_>>()
    };
    let single: Vec<String> = lists(routes, &places).iter().flat_map(single).collect();
    assert_eq!(single, Vec::<String>::new());
}

fn people_are_found_by_how_their_names_are_read_in_every_list_that_shows_them(app: App) {
    let (company, places) = filled(&app);
    let boss = &company.boss;
    let lan = format!("/api/v1/employees/{}", company.id("lan"));
    let version = boss.get(&lan).expect(200).version();
    boss.at(version).patch(&lan, json!({"name": "金铭"})).expect(200);
    for path in
        ["cash-advances", "expense-requests", "expense-claims", "expense-request-amendments", "absences"]
    {
        for typed in ["jinming", "jm", "%E9%87%91%E9%93%AD"] {
            let found = boss.get(&format!("/api/v1/{path}?q={typed}&include_total=true")).expect(200);
            assert_ne!(found.at("/total"), 0, "{path}: {typed}");
            let people = found.at("/data").to_string();
            assert!(people.contains("金铭"), "{path}: {people}");
        }
    }
    let items = format!("{}/items?q=jinming&include_total=true", places["/api/v1/internal-audits/{id}"]);
    boss.get(&items).expect(200);
    let titled = boss.get("/api/v1/budget-analyses?q=fenxi").expect(200);
    assert_eq!(titled.at("/data").as_array().map(Vec::len), Some(4), "by how a title is read");
}

fn amounts_are_bounded_in_the_currency_of_each_row(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    for amount in ["300.00", "30.00", "0.20"] {
        let amount = json!({"amount": amount, "currency": "CNY"});
        let advance = json!({"amount": amount, "purpose": "押金", "settle_on": "2026-04-10"});
        lan.post("/api/v1/cash-advances", advance).expect(201);
    }
    // Of a company that kept its books in yen before: 3000 and 20 of them.
    app.execute("UPDATE cash_advances SET currency = 'JPY' WHERE amount_minor < 30000");
    let found = |query: &str| {
        let page = lan.get(&format!("/api/v1/cash-advances?sort=created_at&{query}")).expect(200);
        let amounts = page.at("/data").as_array().cloned().unwrap_or_default();
        amounts
            .iter()
            .map(|row| row["amount"]["amount"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("amount[gte]=250"), ["300.00", "3000"], "so many yuan, or so many yen");
    assert_eq!(found("amount[lte]=299.99"), ["20"]);
    assert_eq!(found("amount[gte]=2999.5&amount_currency=CNY"), Vec::<String>::new());
    assert_eq!(found("amount[gte]=19&amount_currency=JPY"), ["3000", "20"]);
    assert_eq!(found("amount[gte]=20.5"), ["300.00", "3000"]);
    let inexact = "amount[gte]=1.50&amount[lte]=2.50&amount_currency=JPY";
    let refused = lan.get(&format!("/api/v1/cash-advances?{inexact}")).refuses(400, "http.bad_parameter");
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["amount[gte]", "amount[lte]"]);
}
