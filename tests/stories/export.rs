//! Lists as files. `[INT-4]`

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;
use domain::spine::{Policy, PolicyStatus};
use persistence::{
    policy,
    spine::{Request, StoredAnswer},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Cursor};
use tests::{App, Caller, Reply, block_on, column, stories};

stories! {
    every_format_holds_all_that_matches_and_nothing_else,
    a_spreadsheet_never_takes_text_for_a_formula,
    headings_and_names_speak_the_callers_language,
    the_format_is_asked_for_by_parameter_or_header,
    a_file_is_no_way_around_permissions,
    departments_people_and_accounts_are_sorted_and_files_too,
}

/// Drafts policies behind the edge; their titles are told by their numbers.
fn draft(app: &App, count: usize, title: fn(usize) -> String) {
    let written = app.database.write(Request::system("story"), move |tx| {
        for number in 0..count {
            let drafted = Policy {
                id: tx.id(),
                code: format!("story/p{number}"),
                number: 1,
                title: title(number),
                status: PolicyStatus::Draft,
                effective_from: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default(),
                content: json!({}),
                clause: String::new(),
                published: None,
                version: 0,
            };
            policy::apply(tx, drafted.draft())?;
        }
        Ok(StoredAnswer::default())
    });
    block_on(written).expect("drafts");
}

/// The rows of a sheet, as text.
fn sheet(reply: &Reply) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(reply.bytes.clone())).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    range.rows().map(<[Data]>::to_vec).collect()
}

/// The lines of a CSV file behind its mark.
fn lines(reply: &Reply) -> Vec<String> {
    let text = String::from_utf8(reply.bytes.clone()).expect("UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.ends_with("\r\n"));
    text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned).collect()
}

fn every_format_holds_all_that_matches_and_nothing_else(app: App) {
    // More than are read at once, so that pages must join without gap or overlap.
    const COUNT: usize = 2_345;
    draft(&app, COUNT, |number| format!("第 {number} 号"));
    let boss = app.administrator();
    let path = "/api/v1/policies?kind=story&limit=5";
    let expected: Vec<String> = (0..COUNT).map(|number| format!("story/p{number}")).collect();

    let ndjson = boss.get(&format!("{path}&format=ndjson")).expect(200);
    let text = String::from_utf8(ndjson.bytes.clone()).expect("UTF-8");
    let items: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let codes: Vec<&str> = items.iter().filter_map(|item| item["code"].as_str()).collect();
    assert_eq!(codes, expected);
    let page = boss.get(path).expect(200);
    assert_eq!(page.at("/data").as_array().map(Vec::as_slice), items.get(..5), "items are those of the list");

    let csv = lines(&boss.get(&format!("{path}&format=csv")).expect(200));
    assert_eq!(csv.len(), COUNT + 1);
    assert!(csv[COUNT].starts_with("story/p2344,1,第 2344 号,草案,2026-03-01,"), "{}", csv[COUNT]);

    let rows = sheet(&boss.get(&format!("{path}&format=xlsx")).expect(200));
    let codes: Vec<String> = rows.iter().skip(1).map(|row| row[0].to_string()).collect();
    assert_eq!(codes, expected);
    assert_eq!(rows[1][1], Data::Float(1.0), "numbers are numbers");
    // 2026-03-01 as spreadsheets count days.
    assert!(matches!(&rows[1][4], Data::DateTime(day) if day.as_f64() == 46_082.0), "{:?}", rows[1][4]);

    // Behind a cursor the rest, and a filter holds for files too.
    let cursor = page.text("/next_cursor");
    let rest = boss.get(&format!("{path}&format=ndjson&cursor={cursor}")).expect(200);
    assert_eq!(rest.bytes.iter().filter(|byte| **byte == b'\n').count(), COUNT - 5);
    let none = boss.get("/api/v1/policies?kind=nothing&format=ndjson").expect(200);
    assert!(none.bytes.is_empty());
    assert_eq!(sheet(&boss.get("/api/v1/policies?kind=nothing&format=xlsx").expect(200)).len(), 1);
}

fn a_spreadsheet_never_takes_text_for_a_formula(app: App) {
    const TITLES: [&str; 5] = ["=1+1", "+86", "@SUM(A1)", "say \"no\", twice", "6222020200112233445"];
    draft(&app, TITLES.len(), |number| TITLES[number].to_owned());
    let boss = app.administrator();
    let path = "/api/v1/policies?kind=story";
    let csv = lines(&boss.get(&format!("{path}&format=csv")).expect(200));
    let titles: Vec<&str> = csv
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(",1,")?.1.split_once(",草案"))
        .map(|(t, _)| t)
        .collect();
    let written = ["'=1+1", "'+86", "'@SUM(A1)", "\"say \"\"no\"\", twice\"", "6222020200112233445"];
    assert_eq!(titles, written);
    let excel = lines(&boss.get(&format!("{path}&format=csv&dialect=excel")).expect(200));
    assert!(excel[5].contains("\"=\"\"6222020200112233445\"\"\""), "Excel would show 6.22E+18: {excel:?}");
    boss.get(&format!("{path}&format=csv&dialect=lotus")).refuses(400, "http.bad_parameter");
    let file = boss.get(&format!("{path}&format=xlsx")).expect(200);
    let book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.clone())).expect("a workbook");
    assert_eq!(book.sheet_names(), ["政策版本"]);
    let rows = sheet(&file);
    let titles: Vec<Data> = rows.iter().skip(1).map(|row| row[2].clone()).collect();
    assert_eq!(titles, TITLES.map(|title| Data::String(title.to_owned())));
}

fn headings_and_names_speak_the_callers_language(app: App) {
    let boss = app.administrator();
    let chinese = boss.get("/api/v1/audit-entries?format=csv").expect(200);
    assert!(lines(&chinese)[0].starts_with("序号,时间,操作人,"));
    assert_eq!(chinese.header("content-type").as_deref(), Some("text/csv; charset=utf-8; header=present"));
    let disposition = chinese.header("content-disposition").unwrap_or_default();
    assert!(
        disposition.starts_with("attachment; filename=\"audit-entries-2026-03-05.csv\""),
        "{disposition}"
    );
    assert!(disposition.contains("filename*=UTF-8''%E5%AE%A1%E8%AE%A1"), "{disposition}");
    let english = boss.with("Accept-Language", "en").get("/api/v1/audit-entries?format=csv").expect(200);
    assert!(lines(&english)[0].starts_with("Sequence,At,Actor,"));
    // The company's clock, not Greenwich's. What the first start wrote has the day on which the tests run.
    let lines = lines(&english);
    assert!(lines.iter().any(|line| line.contains(",2026-03-05 09:30:")), "{lines:?}");
}

fn the_format_is_asked_for_by_parameter_or_header(app: App) {
    let boss = app.administrator();
    let path = "/api/v1/policies";
    let kind = |reply: Reply| reply.expect(200).header("content-type").unwrap_or_default();
    assert_eq!(kind(boss.get(path)), "application/json");
    assert_eq!(kind(boss.with("Accept", "text/html,*/*;q=0.8").get(path)), "application/json");
    assert!(kind(boss.with("Accept", "text/csv").get(path)).starts_with("text/csv"));
    assert_eq!(kind(boss.with("Accept", "application/x-ndjson").get(path)), "application/x-ndjson");
    assert_eq!(kind(boss.with("Accept", "text/csv").get("/api/v1/policies?format=json")), "application/json");
    boss.with("Accept", "image/png").get(path).refuses(406, "http.not_acceptable");
    boss.get("/api/v1/policies?format=pdf").refuses(400, "http.bad_parameter");
}

fn a_file_is_no_way_around_permissions(app: App) {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let employee = app.hire(&boss, "li", &centre, None);
    let other = app.person(&boss, "li.er", &employee, "sales-representative", "own");
    let codes: BTreeSet<String> = ["csv", "xlsx", "ndjson"]
        .iter()
        .map(|format| other.get(&format!("/api/v1/audit-entries?format={format}")).expect(403).code())
        .collect();
    assert_eq!(codes, BTreeSet::from(["http.forbidden".to_owned()]));
}

/// What a list shows by one member, read page by page.
fn paged(by: &Caller, path: &str, member: &str) -> Vec<String> {
    let (mut shown, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = by.get(&format!("{path}&limit=2{cursor}")).expect(200);
        shown.extend(column(&page.at("/data"), member));
        if page.at("/has_more") == false {
            return shown;
        }
        cursor = format!("&cursor={}", page.text("/next_cursor"));
    }
}

fn departments_people_and_accounts_are_sorted_and_files_too(app: App) {
    let company = app.company();
    let boss = &company.boss;
    for (list, sorts) in [
        ("departments", ["code", "name_zh"].as_slice()),
        ("employees", &["number", "name", "joined_on"]),
        ("users", &["username", "name"]),
    ] {
        for sort in sorts {
            let path = |order: &str| format!("/api/v1/{list}?sort={order}");
            let up = paged(boss, &path(sort), "id");
            let mut down = paged(boss, &path(&format!("-{sort}")), "id");
            down.reverse();
            assert_eq!(up, down, "{list} by {sort}: neither gap nor overlap, and one order both ways");
            let all = boss.get(&format!("{}&include_total=true", path(sort))).expect(200);
            assert_eq!((all.at("/total"), column(&all.at("/data"), "id")), (json!(up.len()), up.clone()));
            let csv = lines(&boss.get(&format!("{}&format=csv", path(sort))).expect(200));
            assert_eq!(csv.len(), up.len() + 1, "{list}");
            assert_eq!(sheet(&boss.get(&format!("{}&format=xlsx", path(sort))).expect(200)).len(), csv.len());
            let ndjson = boss.get(&format!("{}&format=ndjson&fields=id", path(sort))).expect(200);
            let text = String::from_utf8(ndjson.bytes.clone()).expect("UTF-8");
            let items: Vec<Value> =
                text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            assert_eq!(column(&json!(items), "id"), up);
        }
        boss.get(&format!("/api/v1/{list}?sort=colour")).refuses(400, "http.bad_parameter");
    }
    let people = lines(&boss.get("/api/v1/employees?format=csv&q=lan&sort=-number").expect(200));
    assert!(people[0].starts_with("工号,姓名,状态,入职日期,"), "{people:?}");
    assert!(people[1].contains(",lan,在职,2025-01-01,,marketing,marketing部,"), "{people:?}");
    // Whoever reads the list takes no file by that; whoever may take one takes what lies within reach.
    let lan = company.who("lan");
    lan.get("/api/v1/employees").expect(200);
    for list in ["employees", "departments"] {
        lan.get(&format!("/api/v1/{list}?format=csv")).refuses(403, "http.forbidden");
    }
    let of_head = lines(&company.who("head").get("/api/v1/employees?format=csv").expect(200));
    let rows: Vec<bool> = of_head.iter().skip(1).map(|line| line.contains(",marketing,")).collect();
    assert_eq!(rows, [true; 3], "head, lan and ming: {of_head:?}");
}
