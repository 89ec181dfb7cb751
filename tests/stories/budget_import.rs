//! The lines of a budget, kept in spreadsheets: departments hand theirs in, finance puts them together.
//! `[BUD-1, BUD-2, INT-5]`

use crate::{
    budget::{BUDGETS, budget_of, deed, path, yuan},
    file::hand_in,
};
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Reply, column, stories};

stories! {
    the_lines_of_a_budget_go_out_and_come_back_changed,
    a_departments_sheet_joins_the_budget,
    a_file_may_be_the_whole_allocation,
    lines_that_no_longer_add_up_are_refused_with_the_difference,
    every_bad_row_of_a_budget_is_told_of,
    good_lines_are_taken_and_bad_ones_come_back,
    cells_with_formulas_count_as_what_they_show,
    a_file_that_is_no_table_of_lines_is_refused,
    lines_are_imported_once_into_the_version_that_was_read,
    lines_are_imported_only_by_who_may_write_them,
}

/// A draft of the head of marketing without declared sums; its id.
pub(crate) fn draft(company: &Company) -> String {
    let mut body = budget_of(company);
    body["sums"] = json!([]);
    company.who("head").post(BUDGETS, body).expect(201).text("/id")
}

/// Hands in a file for the budget as it stands.
#[track_caller]
pub(crate) fn import(by: &Caller, budget: &str, query: &str, bytes: &[u8]) -> Reply {
    let version = by.get(&path(budget)).expect(200).version();
    hand_in(&by.at(version), &format!("{}/lines/import{query}", path(budget)), "预算.csv", bytes)
}

fn counts(report: &Reply) -> [Value; 5] {
    ["/created", "/changed", "/unchanged", "/refused", "/removed"].map(|count| report.at(count))
}

/// The codes of the findings with their columns, of each row that has any.
pub(crate) fn refused(report: &Reply) -> Vec<(u64, Vec<(String, String)>)> {
    let rows = report.at("/rows").as_array().cloned().unwrap_or_default();
    let found = |row: &Value| {
        let names = column(&row["findings"], "column").into_iter().zip(column(&row["findings"], "code"));
        (row["row"].as_u64().unwrap_or_default(), names.collect::<Vec<_>>())
    };
    rows.iter().map(found).filter(|(_, findings)| !findings.is_empty()).collect()
}

/// What the lines say: department, category, period, amount.
pub(crate) fn lines(by: &Caller, budget: &str) -> Vec<(String, String, String)> {
    let lines = by.get(&path(budget)).expect(200).at("/lines");
    let amount = |line: &Value| line["amount"]["amount"].as_str().unwrap_or_default().to_owned();
    let amounts: Vec<String> = lines.as_array().expect("lines").iter().map(amount).collect();
    let named = column(&lines, "category").into_iter().zip(column(&lines, "period")).zip(amounts);
    named.map(|((category, period), amount)| (category, period, amount)).collect()
}

fn line(category: &str, period: &str, amount: &str) -> (String, String, String) {
    (category.to_owned(), period.to_owned(), amount.to_owned())
}

fn the_lines_of_a_budget_go_out_and_come_back_changed(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let template = format!("{}/lines/import-template", path(&budget));
    let columns = head.get(&template).expect(200);
    assert_eq!(column(&columns.at("/columns"), "name")[..4], ["department", "category", "period", "amount"]);
    let empty = head.get(&format!("{template}?format=csv")).expect(200);
    assert_eq!(String::from_utf8_lossy(&empty.bytes).lines().count(), 1);
    let csv = head.get(&format!("{template}?format=csv&filled=true")).expect(200);
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    assert!(text.starts_with("\u{feff}部门,费用类别,期间,金额,"), "{text}");
    assert!(text.contains("marketing,entertainment,2026-Q1,3000.00,CNY"), "{text}");
    let book = head.with("Accept-Language", "en").get(&format!("{template}?format=xlsx&filled=true"));
    let version = head.get(&path(&budget)).expect(200).version();
    for bytes in [text.as_bytes(), &book.expect(200).bytes] {
        let same = import(head, &budget, "?replace=true", bytes).expect(200);
        assert_eq!(counts(&same), [0, 0, 2, 0, 0].map(Value::from), "{same}");
        assert_eq!((same.at("/kept"), same.at("/place")), (json!(false), Value::Null));
    }
    assert_eq!(head.get(&path(&budget)).expect(200).version(), version, "nothing was written");
    let more = text.replace("3000.00", "\"￥3,500.50\"");
    let rehearsal = import(head, &budget, "?validate_only=true", more.as_bytes()).expect(200);
    assert_eq!((rehearsal.at("/changed"), rehearsal.at("/kept")), (json!(1), json!(false)));
    let report = import(head, &budget, "", more.as_bytes()).expect(200);
    assert_eq!(counts(&report), [0, 1, 1, 0, 0].map(Value::from), "{report}");
    assert_eq!(report.text("/place"), path(&budget));
    assert_eq!(head.get(&path(&budget)).expect(200).text("/total/amount"), "15500.51");
    company.who("rep").get(&template).refuses(404, "http.not_found");
}

/// A year of months, a year of weighted quarters, a quarter of a campaign, and an emergency fund.
const SHEET: &str = "部门,费用类别,期间,金额,分解,分解权重,活动,用途,控制方式,说明\r\n\
    marketing,other.training,2026年,1000.00,,,,,刚性控制,内训\r\n\
    marketing,市场调研费,2026,10.01,按季分解,1、1、1、2,,,,\r\n\
    marketing,promotion.publicity,2026年第二季度,500,,,2026-spring,,,\r\n\
    marketing,other,2026,800,,,,应急资金,,\r\n";

fn a_departments_sheet_joins_the_budget(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let by_id = SHEET.replacen("marketing", &company.departments["marketing"], 1);
    let report = import(head, &budget, "", by_id.as_bytes()).expect(200);
    assert_eq!(counts(&report), [4, 0, 0, 0, 0].map(Value::from), "{report}");
    let expected = [
        line("promotion.advertising", "2026", "12000.01"),
        line("entertainment", "2026-Q1", "3000.00"),
        line("other.training", "2026", "1000.00"),
        line("other.market_research", "2026", "10.01"),
        line("promotion.publicity", "2026-Q2", "500.00"),
        line("other", "2026", "800.00"),
    ];
    assert_eq!(lines(head, &budget), expected);
    let shown = head.get(&path(&budget)).expect(200);
    assert_eq!(shown.at("/lines/3/split"), json!({"into": "quarters", "weights": [1, 1, 1, 2]}));
    assert_eq!(
        (shown.text("/lines/5/purpose"), shown.text("/lines/2/control")),
        ("emergency_fund".into(), "hard".into())
    );
    let margins = shown.at("/margins").as_array().cloned().expect("margins");
    let december = margins.iter().find(|sum| sum["period"] == "2026-12").expect("December");
    // The remainders of the year's splits lie in its first months.
    assert_eq!(december["amount"]["amount"], "1083.33");
    // GB18030, as spreadsheets in China write it: 部门 费用类别 期间 金额.
    let gb18030: &[u8] =
        b"\xb2\xbf\xc3\xc5,\xb7\xd1\xd3\xc3\xc0\xe0\xb1\xf0,\xc6\xda\xbc\xe4,\xbd\xf0\xb6\xee\r\n\
        marketing,other.market_research,2026,20\r\n";
    let report = import(head, &budget, "", gb18030).expect(200);
    assert_eq!(counts(&report), [0, 1, 0, 0, 0].map(Value::from), "{report}");
    assert_eq!(lines(head, &budget)[3], line("other.market_research", "2026", "20.00"));
}

fn a_file_may_be_the_whole_allocation(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let whole = "category,period,amount\nentertainment,2026-Q1,3000\npromotion,2026-Q2,7000\n";
    let rehearsal = import(head, &budget, "?replace=true&validate_only=true", whole.as_bytes()).expect(200);
    assert_eq!((rehearsal.at("/removed"), rehearsal.at("/kept")), (json!(1), json!(false)));
    let report = import(head, &budget, "?replace=true", whole.as_bytes()).expect(200);
    // What a row does not say it does not keep: the control of the quarter is as the settings have it now.
    assert_eq!(counts(&report), [1, 1, 0, 0, 1].map(Value::from), "{report}");
    assert_eq!(
        lines(head, &budget),
        [line("entertainment", "2026-Q1", "3000.00"), line("promotion", "2026-Q2", "7000.00")]
    );
    // Fewer lines and nothing else is a change too.
    let fewer = "category,period,amount\npromotion,2026-Q2,7000\n";
    let report = import(head, &budget, "?replace=true", fewer.as_bytes()).expect(200);
    assert_eq!((report.at("/removed"), report.at("/kept")), (json!(1), json!(true)));
    assert_eq!(lines(head, &budget).len(), 1);
    import(head, &budget, "?replace=true&partial=true", fewer.as_bytes()).refuses(400, "http.bad_parameter");
}

fn lines_that_no_longer_add_up_are_refused_with_the_difference(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = head.post(BUDGETS, budget_of(&company)).expect(201).text("/id");
    let more = "category,period,amount\npromotion.advertising,2026,12000.02\n";
    for query in ["", "?validate_only=true", "?partial=true"] {
        let refusal = import(head, &budget, query, more.as_bytes()).refuses(422, "validation.failed");
        assert_eq!(column(&refusal.at("/errors"), "pointer"), ["/sums/0", "/sums/1"], "{refusal}");
        assert!(refusal.text("/errors/0/detail").contains("-0.01"), "{refusal}");
        assert_eq!(refusal.text("/rule"), "BUD-2");
    }
    // With a bad row the sums say nothing yet: the row is told of, so that it can be mended.
    let bad = format!("{more}nothing,2026,1\n");
    import(head, &budget, "", bad.as_bytes()).refuses(422, "import.rows_refused");
    let report = import(head, &budget, "?validate_only=true", bad.as_bytes()).expect(200);
    assert_eq!(counts(&report), [0, 1, 0, 1, 0].map(Value::from), "{report}");
    // Less than the activities cost.
    let little = "category,period,amount\nentertainment,2026-Q1,1\n";
    let cheap = head.get(&path(&budget)).expect(200).version();
    head.at(cheap).patch(&path(&budget), json!({"sums": null})).expect(200);
    let refusal =
        import(head, &budget, "?replace=true", little.as_bytes()).refuses(422, "budget.activities_beyond");
    assert!(refusal.text("/errors/0/detail").contains("2999.00"), "{refusal}");
}

const BAD: &str = "部门,费用类别,期间,金额,币种,分解,分解权重,控制方式\n\
    nowhere,other,2026-01,1,CNY,,,\n\
    sales,other,2026-01,1,CNY,,,\n\
    marketing,colour,2026-01,1,CNY,,,\n\
    marketing,other,第一季度,1,CNY,,,\n\
    marketing,other,2027-01,1,CNY,,,\n\
    marketing,other,2026-02,-5,CNY,,,\n\
    marketing,other,2026-03,1.005,CNY,,,\n\
    marketing,other,2026-04,5,美元,,,\n\
    marketing,other,2026-05,=1+1,CNY,,,\n\
    marketing,other,2026-06,5,CNY,按月分解,,\n\
    marketing,other,2026-Q3,5,CNY,,1、2,\n\
    marketing,other,2026-Q3,6,CNY,,,\n\
    marketing,promotion.advertising,2026-07,6,CNY,,,\n\
    marketing,other,2026-08,8,CNY,,一、二,随意\n\
    marketing,other,2026-Q4,9,CNY,,,\n\
    marketing,other,2026-Q4,10,CNY,,,\n";

fn every_bad_row_of_a_budget_is_told_of(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let refusal = import(head, &budget, "", BAD.as_bytes()).refuses(422, "import.rows_refused");
    assert_eq!(refusal.at("/params/count"), 15, "{refusal}");
    let report = import(head, &budget, "?validate_only=true", BAD.as_bytes()).expect(200);
    let one = |row: u64, column: &str, code: &str| (row, vec![(column.to_owned(), code.to_owned())]);
    let expected = [
        one(2, "department", "validation.unknown_reference"),
        one(3, "department", "budget.outside_scope"),
        one(4, "category", "expense_category.unknown"),
        one(5, "period", "validation.format"),
        one(6, "period", "budget.wrong_year"),
        one(7, "amount", "money.not_positive"),
        one(8, "amount", "validation.format"),
        one(9, "amount", "money.wrong_currency"),
        one(10, "amount", "validation.format"),
        one(11, "split", "budget.not_splittable"),
        one(12, "weights", "budget.bad_weights"),
        one(13, "", "import.row_twice"),
        one(14, "", "budget.duplicate_line"),
    ];
    let told = refused(&report);
    assert_eq!(told[..expected.len()], expected, "{report}");
    assert_eq!(told[13].1.len(), 2, "both cells of one row: {report}");
    assert_eq!(told[14], one(17, "", "import.row_twice"));
    for language in ["zh", "en"] {
        assert!(report.text(&format!("/rows/2/findings/0/{language}")).contains("colour"), "{report}");
    }
    assert_eq!(report.at("/rows/0/findings/0/heading"), "部门");
    assert_eq!(lines(head, &budget).len(), 2, "nothing was kept");
}

fn good_lines_are_taken_and_bad_ones_come_back(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let report = import(head, &budget, "?partial=true", BAD.as_bytes()).expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 15, 0].map(Value::from), "{report}");
    let back = report.text("/refused_rows");
    assert!(back.contains("问题 Problems") && back.contains("美元"), "{back}");
    assert_eq!(lines(head, &budget)[2..], [line("other", "2026-Q4", "9.00")]);
    // Of the rows that came back one is mended, the others are left out.
    let (headings, rows) = back.split_once("\r\n").expect("headings");
    let mended: Vec<String> =
        rows.lines().filter(|row| row.contains("美元")).map(|row| row.replace("美元", "人民币")).collect();
    let report =
        import(head, &budget, "", format!("{headings}\r\n{}", mended.join("\r\n")).as_bytes()).expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 0, 0].map(Value::from), "{report}");
    let nothing = "category,period,amount\ncolour,2026,1\n";
    import(head, &budget, "?partial=true", nothing.as_bytes()).refuses(422, "import.rows_refused");
}

fn cells_with_formulas_count_as_what_they_show(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let book = |formula: Formula| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (at, heading) in (0..).zip(["Category", "Period", "Amount"]) {
            sheet.write_string(0, at, heading).expect("a heading");
        }
        sheet.write_string(1, 0, "other.training").expect("a category");
        sheet.write_number(1, 1, 2026).expect("a year");
        sheet.write_formula(1, 2, formula).expect("an amount");
        book.save_to_buffer().expect("bytes")
    };
    let shown = book(Formula::new("=0.1+0.2").set_result("0.3"));
    let report = import(head, &budget, "", &shown).expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 0, 0].map(Value::from), "{report}");
    assert_eq!(lines(head, &budget)[2], line("other.training", "2026", "0.30"));
    for (result, code) in
        [("#REF!", "validation.format"), ("0", "money.not_positive"), ("-7", "money.not_positive")]
    {
        let failed = book(Formula::new("=A9").set_result(result));
        let report = import(head, &budget, "?validate_only=true", &failed).expect(200);
        assert_eq!(report.text("/rows/0/findings/0/code"), code, "{result}: {report}");
    }
}

fn a_file_that_is_no_table_of_lines_is_refused(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let code = |bytes: &[u8]| import(head, &budget, "", bytes).expect(422).code();
    assert_eq!(code(b""), "import.empty");
    assert_eq!(code(b"category,period,amount\n"), "import.empty");
    assert_eq!(code(b"category,period\nother,2026\n"), "import.column_missing");
    assert_eq!(code(b"category,period,amount,colour\nother,2026,1,red\n"), "import.column_unknown");
    assert_eq!(code(b"PK\x03\x04"), "import.unreadable");
    assert_eq!(code(b"category,period\n\xff\xff"), "import.bad_encoding");
    let many = |rows: usize| format!("category,period,amount\n{}", "other,2026-01,1\n".repeat(rows));
    assert_eq!(code(many(100_000).as_bytes()), "import.too_large");
    assert_eq!(code(many(1_001).as_bytes()), "import.too_large");
    let large = import(head, &budget, "", &vec![b'x'; 5 * 1024 * 1024 + 1]);
    large.refuses(413, "http.too_large");
    // A file of the largest size joins two lines that stand: more than a budget may be planned in.
    let months = (0..1_000).map(|n| format!("other,2026-01,1,c{n}\n")).collect::<String>();
    let most = format!("category,period,amount,campaign\n{months}");
    let refusal = import(head, &budget, "", most.as_bytes()).refuses(422, "validation.length");
    assert_eq!(refusal.text("/errors/0/pointer"), "/lines");
    head.at(1)
        .post(&format!("{}/lines/import", path(&budget)), json!({}))
        .refuses(415, "http.unsupported_media_type");
}

fn lines_are_imported_once_into_the_version_that_was_read(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let route = format!("{}/lines/import", path(&budget));
    hand_in(head, &route, "预算.csv", SHEET.as_bytes()).refuses(428, "http.precondition_required");
    let version = head.get(&path(&budget)).expect(200).version();
    let once = head.at(version).once("lines-1");
    let first = hand_in(&once, &route, "预算.csv", SHEET.as_bytes()).expect(200);
    let again = hand_in(&once, &route, "预算.csv", SHEET.as_bytes()).expect(200);
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    assert_eq!(again.json(), first.json());
    hand_in(&once, &route, "其他.csv", SHEET.as_bytes()).refuses(422, "http.idempotency_key_reused");
    hand_in(&head.at(version), &route, "预算.csv", SHEET.as_bytes()).expect(412);
    assert_eq!(lines(head, &budget).len(), 6);
}

fn lines_are_imported_only_by_who_may_write_them(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = draft(&company);
    let route = format!("{}/lines/import", path(&budget));
    hand_in(&company.who("lan").at(1), &route, "预算.csv", SHEET.as_bytes()).refuses(403, "http.forbidden");
    import(company.who("director"), &budget, "", SHEET.as_bytes()).refuses(403, "document.not_yours");
    deed(head, &budget, "submit", None).expect(200);
    import(head, &budget, "", SHEET.as_bytes()).refuses(409, "document.not_editable");
    deed(head, &budget, "withdraw", Some(json!({"note": "补充"}))).expect(200);
    import(head, &budget, "", SHEET.as_bytes()).expect(200);
    assert_eq!(head.get(&path(&budget)).expect(200).at("/total"), yuan("17310.02"));
}
