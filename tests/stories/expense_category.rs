//! The tree of expense categories, kept in a spreadsheet: every import of rows works like this one.
//! `[EXP-1, INT-5]`

use crate::file::hand_in;
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use std::io::Cursor;
use tests::{App, Caller, Reply, column, race, stories};

stories! {
    a_filled_template_goes_out_and_comes_back_changed,
    a_file_is_read_in_every_encoding_and_by_either_headings,
    one_bad_row_keeps_all_out_and_every_row_is_told_of,
    the_good_rows_are_taken_and_the_bad_ones_come_back_to_be_mended,
    the_same_file_again_changes_nothing,
    a_row_that_hangs_on_a_bad_one_is_bad_too,
    a_file_that_is_no_table_of_categories_is_refused,
    a_retried_import_makes_one_draft,
    who_may_not_write_policies_imports_nothing,
}

const IMPORT: &str = "/api/v1/expense-categories/import";
const TEMPLATE: &str = "/api/v1/expense-categories/import-template";

fn import(caller: &Caller, query: &str, bytes: &[u8]) -> Reply {
    hand_in(caller, &format!("{IMPORT}{query}"), "类别.csv", bytes)
}

/// The drafted tree, published; what is in force now.
fn publish(boss: &Caller, report: &Reply) -> Value {
    let place = report.text("/place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    boss.get("/api/v1/expense-categories").expect(200).at("/categories")
}

fn named(tree: &Value, code: &str) -> Value {
    let found = tree.as_array().and_then(|all| all.iter().find(|category| category["code"] == code));
    found.cloned().unwrap_or(Value::Null)
}

/// The outcomes and the codes of the findings, row by row.
fn told(report: &Reply) -> Vec<(u64, String, Vec<String>)> {
    let rows = report.at("/rows").as_array().cloned().unwrap_or_default();
    let one = |row: &Value| {
        let outcome = row["outcome"].as_str().unwrap_or_default().to_owned();
        (row["row"].as_u64().unwrap_or_default(), outcome, column(&row["findings"], "code"))
    };
    rows.iter().map(one).collect()
}

const GOOD: &str = "类别代码,上级代码,中文名称,英文名称,会计科目,必填说明,须附发票,直接报销限额\r\n\
    other.visa,other,签证费,Visa,6601.15,\"目的、行程\",是,\"3,000.00\"\r\n\
    entertainment.travel,entertainment,差旅交通费,Travel,6601.09,,是,50000\r\n";

fn a_filled_template_goes_out_and_comes_back_changed(app: App) {
    let boss = app.administrator();
    let columns = boss.get(TEMPLATE).expect(200);
    assert_eq!(
        (columns.text("/columns/0/name"), columns.at("/columns/0/required")),
        ("code".into(), json!(true))
    );
    let csv = boss.get(&format!("{TEMPLATE}?format=csv&filled=true")).expect(200);
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    assert!(text.starts_with("\u{feff}类别代码,上级代码,"), "{text}");
    // As it came, it changes nothing.
    let same = import(&boss, "?replace=true", text.as_bytes()).expect(200);
    assert_eq!(
        (same.at("/kept"), same.at("/unchanged"), same.at("/place")),
        (json!(false), json!(19), Value::Null)
    );
    let changed = text.replace("签证", "").replace(",培训,", ",").replace("营销培训费", "营销培训与认证费");
    let report = import(&boss, "?replace=true&title=2026", changed.as_bytes()).expect(200);
    assert_eq!(
        (report.at("/changed"), report.at("/unchanged"), report.at("/kept")),
        (json!(1), json!(18), json!(true))
    );
    let tree = publish(&boss, &report);
    assert_eq!(named(&tree, "other.training")["zh"], "营销培训与认证费");

    let workbook =
        boss.with("Accept-Language", "en").get(&format!("{TEMPLATE}?format=xlsx&filled=true")).expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook.bytes.clone())).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    assert_eq!(sheet.get((0, 0)), Some(&Data::String("*Code".into())));
    let report = import(&boss, "?validate_only=true", &workbook.bytes).expect(200);
    assert_eq!((report.at("/unchanged"), report.at("/refused")), (json!(19), json!(0)), "{report}");
    boss.get(&format!("{TEMPLATE}?format=ndjson")).refuses(400, "http.bad_parameter");
}

fn a_file_is_read_in_every_encoding_and_by_either_headings(app: App) {
    let boss = app.administrator();
    let chinese = GOOD.replace("签证费", "簽證費𠮷");
    // "类别" in GB18030, among others a character outside the old sets.
    let english = "code,parent,zh,en,account,active\nother.visa,other,签证费,Visa,6601.15,no\n";
    for bytes in [chinese.clone().into_bytes(), format!("\u{feff}{chinese}").into_bytes(), english.into()] {
        let report = import(&boss, "?validate_only=true", &bytes).expect(200);
        assert_eq!((report.at("/created"), report.at("/refused")), (json!(1), json!(0)), "{report}");
    }
    let gb18030: &[u8] =
        b"code,parent,zh,en,account\nother.visa,other,\xc7\xa9\xd6\xa4\xb7\xd1,Visa,6601.15\n";
    let report = import(&boss, "", gb18030).expect(200);
    assert_eq!(named(&publish(&boss, &report), "other.visa")["zh"], "签证费");
}

const BAD: &str = "code,parent,zh,en,account,direct_limit,nature,clause\n\
    other.visa,other,签证费,Visa,6601.15,100,ordinary,=1+1\n\
    Other Visa,other,签证费,Visa,6601.15,一百,misc,\n\
    other.visa,other,又一个,Again,6601.15,,ordinary,\n\
    other.fair,other,,Fair,6601.16,12.345,ordinary,\n";

fn one_bad_row_keeps_all_out_and_every_row_is_told_of(app: App) {
    let boss = app.administrator();
    let refused = import(&boss, "", BAD.as_bytes()).refuses(422, "import.rows_refused");
    assert_eq!(refused.at("/params/count"), 3);
    let pointers = column(&refused.at("/errors"), "pointer");
    assert!(pointers.contains(&"/rows/3/nature".to_owned()) && pointers.contains(&"/rows/5/zh".to_owned()));
    let report = import(&boss, "?validate_only=true", BAD.as_bytes()).expect(200);
    let expected = [
        (2, "created", vec![]),
        (3, "refused", vec!["import.not_a_choice", "validation.format"]),
        (4, "refused", vec!["import.row_twice"]),
        (5, "refused", vec!["validation.required", "validation.format"]),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(row, outcome, codes)| {
            (row, outcome.to_owned(), codes.into_iter().map(str::to_owned).collect())
        })
        .collect();
    assert_eq!(told(&report), expected, "{report}");
    assert_eq!(report.at("/rows/1/findings/0/heading"), "nature");
    assert!(report.text("/rows/1/findings/0/zh").contains("业务招待"));
    let drafts = boss.get("/api/v1/policies?code=expense-categories/standard&status=draft").expect(200);
    assert_eq!(drafts.at("/data"), json!([]), "nothing was kept");
}

fn the_good_rows_are_taken_and_the_bad_ones_come_back_to_be_mended(app: App) {
    let boss = app.administrator();
    let report = import(&boss, "?partial=true", BAD.as_bytes()).expect(200);
    assert_eq!(
        (report.at("/created"), report.at("/refused"), report.at("/kept")),
        (json!(1), json!(3), json!(true))
    );
    let tree = publish(&boss, &report);
    assert_eq!(named(&tree, "other.visa")["clause"], "=1+1", "text is text");
    let back = report.text("/refused_rows");
    assert_eq!(back.lines().count(), 4, "{back}");
    assert!(back.starts_with("\u{feff}code,parent,zh") && back.contains("问题 Problems"), "{back}");
    // Mended in place, with the column of problems still there.
    let mended = back
        .replace("Other Visa", "other.visit")
        .replace("一百", "100")
        .replace("misc", "ordinary")
        .replace("other.fair,other,,", "other.fair,other,展会费,")
        .replace("12.345", "12.34");
    let report = import(&boss, "", mended.as_bytes()).expect(200);
    assert_eq!((report.at("/created"), report.at("/changed")), (json!(2), json!(1)), "{report}");
    assert_eq!(named(&publish(&boss, &report), "other.fair")["direct_limit"]["amount"], "12.34");
    // Where nothing is good there is nothing to take.
    let bad = "code,zh,en\n!,x,x\n";
    import(&boss, "?partial=true", bad.as_bytes()).refuses(422, "import.rows_refused");
    import(&boss, "?partial=true&replace=true", bad.as_bytes()).refuses(400, "http.bad_parameter");
}

fn the_same_file_again_changes_nothing(app: App) {
    let boss = app.administrator();
    let report = import(&boss, "", GOOD.as_bytes()).expect(200);
    let tree = publish(&boss, &report);
    assert_eq!(named(&tree, "other.visa")["required_details"], json!(["purpose", "route"]));
    assert_eq!(named(&tree, "other.visa")["direct_limit"]["amount"], "3000.00");
    assert_eq!(named(&tree, "personnel.salary")["zh"], "工资", "others stay");
    let again = import(&boss, "", GOOD.as_bytes()).expect(200);
    assert_eq!(
        (again.at("/unchanged"), again.at("/place"), again.at("/kept")),
        (json!(2), Value::Null, json!(false))
    );
}

fn a_row_that_hangs_on_a_bad_one_is_bad_too(app: App) {
    let boss = app.administrator();
    let text = "code,parent,zh,en,account\n\
        fairs,,展会,Fairs,\n\
        fairs.abroad,fairs,国外展会,Fairs abroad,\n\
        fairs.abroad.visa,fairs.abroad,签证,Visa,6601.20\n\
        other.visa,nowhere,签证,Visa,6601.21\n\
        other.visa.fast,other.visa,加急,Fast,6601.22\n\
        a,b,甲,A,1\nb,a,乙,B,1\n";
    let report = import(&boss, "?partial=true", text.as_bytes()).expect(200);
    let outcomes: Vec<String> = told(&report).into_iter().map(|(_, outcome, _)| outcome).collect();
    assert_eq!(
        outcomes,
        ["created", "created", "created", "refused", "refused", "refused", "refused"],
        "{report}"
    );
    let tree = publish(&boss, &report);
    let codes = column(&tree, "code");
    assert_eq!(codes[codes.len() - 3..], ["fairs", "fairs.abroad", "fairs.abroad.visa"]);
}

fn a_file_that_is_no_table_of_categories_is_refused(app: App) {
    let boss = app.administrator();
    let code = |bytes: &[u8]| import(&boss, "", bytes).expect(422).code();
    assert_eq!(code(b""), "import.empty");
    assert_eq!(code(b"code,zh,en\n"), "import.empty");
    assert_eq!(code(b"code,zh,en,colour\nx,x,x,x\n"), "import.column_unknown");
    assert_eq!(code(b"code,zh,en,code\nx,x,x,x\n"), "import.column_twice");
    assert_eq!(code(b"code,en\nx,x\n"), "import.column_missing");
    assert_eq!(code(b"\xd0\xcf\x11\xe0"), "import.legacy_workbook");
    assert_eq!(code(b"PK\x03\x04"), "import.unreadable");
    assert_eq!(code(b"code,zh\n\xff\xff"), "import.bad_encoding");
    assert_eq!(code("code,zh,en\nx,x,x\n".repeat(1_100).as_bytes()), "import.too_large");
    let large = import(&boss, "", &vec![b'x'; 5 * 1024 * 1024 + 1]);
    large.refuses(413, "http.too_large");
    boss.post(IMPORT, json!({})).refuses(415, "http.unsupported_media_type");
    import(&boss, "?colour=red", GOOD.as_bytes()).refuses(400, "http.unknown_parameter");
}

fn a_retried_import_makes_one_draft(app: App) {
    let boss = app.administrator();
    let once = boss.once("import-1");
    let runners = (0..6).map(|_| {
        let once = &once;
        Box::new(move || import(once, "", GOOD.as_bytes())) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let replies = race(runners.collect());
    let done: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(!done.is_empty() && replies.iter().all(|reply| [200, 409, 503].contains(&reply.status)));
    assert!(done.iter().all(|reply| reply.text("/place") == done[0].text("/place")));
    let drafts = boss.get("/api/v1/policies?code=expense-categories/standard&status=draft").expect(200);
    assert_eq!(drafts.at("/data").as_array().map(Vec::len), Some(1));
    import(&once, "?partial=true", GOOD.as_bytes()).refuses(422, "http.idempotency_key_reused");
}

fn who_may_not_write_policies_imports_nothing(app: App) {
    let company = app.company();
    import(company.who("qian"), "", GOOD.as_bytes()).refuses(403, "http.forbidden");
    company.who("qian").get(TEMPLATE).expect(200);
}
