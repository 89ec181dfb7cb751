//! A company's people from a spreadsheet: who they are, where they work, under whom, and what their accounts may do.
//! `[INT-5a, INT-5b, INT-5d]`

use crate::file::hand_in;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Reply, block_on, column, stories};

stories! {
    a_row_is_employee_placement_account_and_role_all_of_it_or_nothing,
    superiors_stand_further_down_and_a_circle_names_its_rows,
    another_department_is_a_dated_move_and_the_same_file_changes_nothing,
    who_leaves_is_registered_and_who_is_not_in_the_file_stays,
    numbers_keep_their_zeros_and_days_are_read_as_spreadsheets_keep_them,
    codes_are_shown_once_are_good_once_and_for_a_week,
    accounts_need_the_right_to_them_and_nobody_grants_beyond_their_own,
    what_is_known_otherwise_is_not_overwritten,
    a_row_of_an_unknown_role_is_left_out_of_a_thousand_and_mended,
    a_whole_company_is_rehearsed_before_anybody_is_there,
}

const IMPORT: &str = "/api/v1/employees/import";
const CODES: &str = "/api/v1/activation-codes";
const HEADINGS: &str =
    "工号,姓名,部门,岗位,上级工号,入职日期,调动生效日期,离职日期,开通账号,登录名,角色,数据范围\n";

fn hand(by: &Caller, query: &str, rows: &str) -> Reply {
    hand_in(by, &format!("{IMPORT}{query}"), "员工.csv", format!("{HEADINGS}{rows}").as_bytes())
}

fn counts(report: &Reply) -> [Value; 4] {
    ["/created", "/changed", "/unchanged", "/refused"].map(|count| report.at(count))
}

/// The first finding of each refused row: row, column, code.
fn refused(report: &Reply) -> Vec<(i64, String, String)> {
    let rows = report.at("/rows").as_array().cloned().unwrap_or_default();
    let bad = rows.iter().filter(|row| row["outcome"] == "refused");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    bad.map(|row| {
        let found = &row["findings"][0];
        (row["row"].as_i64().unwrap_or_default(), text(&found["column"]), text(&found["code"]))
    })
    .collect()
}

/// The employee of a number, as the list shows them.
#[track_caller]
fn known(company: &Company, number: &str) -> Value {
    let listed = company.boss.get(&format!("/api/v1/employees?q={number}")).expect(200).at("/data");
    let found = listed.as_array().into_iter().flatten().find(|one| one["number"] == number).cloned();
    let id = found.unwrap_or_else(|| panic!("nobody is number {number}"))["id"].clone();
    company.boss.get(&format!("/api/v1/employees/{}", id.as_str().unwrap_or_default())).expect(200).json()
}

fn post(company: &Company, code: &str, name: &str) {
    let body = json!({"code": code, "name_zh": name});
    company.boss.post("/api/v1/positions", body).expect(201);
}

fn a_row_is_employee_placement_account_and_role_all_of_it_or_nothing(app: App) {
    let company = app.company();
    post(&company, "specialist", "市场专员");
    let boss = &company.boss;
    let head = known_number(&company, "head");
    let rows = format!(
        "M001,周敏,marketing,市场专员,{head},2026-03-02,,,是,zhou.min,销售代表,本人\n\
         M002,吴刚,marketing部,specialist,{head},2026-03-02,,,是,,sales-representative,\n\
         M003,郑爽,marketing,市场专员,{head},2026-03-02,,,是,zheng,没有的角色,本人\n"
    );
    let rehearsed = hand(boss, "?validate_only=true", &rows).expect(200);
    assert_eq!(counts(&rehearsed), [json!(2), json!(0), json!(0), json!(1)]);
    assert_eq!(refused(&rehearsed), [(4, "role".into(), "validation.unknown_reference".into())]);
    let before = (app.count_rows("employees"), app.count_rows("users"));
    hand(boss, "", &rows).refuses(422, "import.rows_refused");
    assert_eq!((app.count_rows("employees"), app.count_rows("users")), before);
    let taken = hand(boss, "?partial=true", &rows).expect(200);
    assert_eq!(counts(&taken), [json!(2), json!(0), json!(0), json!(1)]);
    assert!(taken.text("/refused_rows").contains("没有的角色"));
    let zhou = known(&company, "M001");
    assert_eq!(zhou["placement"]["department"]["code"], "marketing");
    assert_eq!(zhou["placement"]["position"]["code"], "specialist");
    assert_eq!(zhou["placement"]["superior"]["number"], json!(head));
    assert_eq!(app.count_rows("users"), before.1 + 2, "neither the employee nor the account of the bad row");
    let account = boss.get("/api/v1/users?q=m002").expect(200);
    assert_eq!(account.text("/data/0/username"), "m002", "the number where no name is said");
    let template = boss.get("/api/v1/employees/import-template?format=csv").expect(200);
    assert!(String::from_utf8_lossy(&template.bytes).contains("上级工号"));
    boss.get("/api/v1/employees/import-template?format=xlsx").expect(200);
}

/// The number of somebody of the company.
#[track_caller]
fn known_number(company: &Company, name: &str) -> String {
    company.boss.get(&format!("/api/v1/employees/{}", company.id(name))).expect(200).text("/number")
}

fn superiors_stand_further_down_and_a_circle_names_its_rows(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let line = "L3,丙,sales,,L2,2026-03-02,,,,,,\nL2,乙,sales,,L1,2026-03-02,,,,,,\nL1,甲,sales,,无,2026-03-02,,,,,,\n";
    assert_eq!(counts(&hand(boss, "", line).expect(200))[0], json!(3));
    assert_eq!(known(&company, "L3")["placement"]["superior"]["number"], "L2");
    let circle = "C1,赵,sales,,C2,2026-03-02,,,,,,\nC2,钱,sales,,C3,2026-03-02,,,,,,\nC3,孙,sales,,C1,2026-03-02,,,,,,\n\
                  C4,李,sales,,C1,2026-03-02,,,,,,\nC5,周,sales,,C9,2026-03-02,,,,,,\nC6,吴,sales,,C6,2026-03-02,,,,,,\n\
                  C7,郑,sales,,L1,2026-03-02,,,,,,\nC7,王,sales,,L1,2026-03-02,,,,,,\n";
    let report = hand(boss, "?validate_only=true", circle).expect(200);
    let in_circle = "organisation.superiors_in_circle";
    let wanted = [
        (2, "superior", in_circle),
        (3, "superior", in_circle),
        (4, "superior", in_circle),
        (5, "superior", "validation.unknown_reference"),
        (6, "superior", "validation.unknown_reference"),
        (7, "superior", in_circle),
        (9, "number", "import.row_twice"),
    ];
    let mut found = refused(&report);
    found.sort();
    assert_eq!(found, wanted.map(|(row, column, code)| (row, column.to_owned(), code.to_owned())));
    let rows = report.at("/rows");
    let told = rows.as_array().into_iter().flatten().find(|row| row["row"] == 2).expect("a row")["findings"]
        [0]["zh"]
        .clone();
    assert_eq!(told, "第 2、3、4 行的上级关系形成循环，请更正其中一行的上级");
    // Two who change places: what stood is no circle on the day of the move.
    let swapped = "L2,乙,sales,,无,,2026-03-09,,,,,\nL1,甲,sales,,L2,,2026-03-09,,,,,\n";
    assert_eq!(counts(&hand(boss, "", swapped).expect(200))[1], json!(2));
    // One who is above already: the circle shows when it is taken.
    let closing = "L2,乙,sales,,L1,,2026-03-16,,,,,\n";
    let report = hand(boss, "?validate_only=true", closing).expect(200);
    assert_eq!(refused(&report), [(2, "superior".into(), "organisation.superior_loop".into())]);
}

fn another_department_is_a_dated_move_and_the_same_file_changes_nothing(app: App) {
    let mut company = app.company();
    let boss = &company.boss;
    let rows = "M001,周敏,marketing,,,2026-01-05,,,是,zhou.min,销售代表,本人\n";
    hand(boss, "", rows).expect(200);
    assert_eq!(counts(&hand(boss, "", rows).expect(200)), [json!(0), json!(0), json!(1), json!(0)]);
    let moved = "M001,周敏敏,sales,,,2026-01-05,2026-04-01,,是,zhou.min,销售代表,本人\n";
    assert_eq!(counts(&hand(boss, "", moved).expect(200))[1], json!(1));
    let zhou = known(&company, "M001");
    assert_eq!(zhou["name"], "周敏敏");
    assert_eq!(zhou["placement"]["department"]["code"], "marketing", "until the day of the move");
    let placed = "SELECT COUNT(*) AS number FROM employee_placements WHERE employee_id = \
                  (SELECT id FROM employees WHERE number = 'M001')";
    assert_eq!(app.number(placed), 2, "where she worked stays as it was");
    assert_eq!(counts(&hand(boss, "", moved).expect(200)), [json!(0), json!(0), json!(1), json!(0)]);
    assert_eq!(app.number("SELECT COUNT(*) AS number FROM grants WHERE ended_at IS NULL AND scope = 'own' AND user_id = (SELECT id FROM users WHERE username = 'zhou.min')"), 1);
    app.advance(chrono::Duration::days(27));
    company.sign_in_again(&app);
    assert_eq!(known(&company, "M001")["placement"]["department"]["code"], "sales");
    let boss = &company.boss;
    let earlier = "M001,周敏敏,finance,,,2026-01-05,2026-03-20,,,,,\n";
    let report = hand(boss, "?validate_only=true", earlier).expect(200);
    assert_eq!(refused(&report), [(2, "effective_from".into(), "organisation.move_before_latest".into())]);
}

fn who_leaves_is_registered_and_who_is_not_in_the_file_stays(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let rows = "M001,周敏,marketing,,,2026-01-05,,,,,,\nM002,吴刚,marketing,,,2026-01-05,,,,,,\n";
    hand(boss, "", rows).expect(200);
    let leaving = "M001,周敏,marketing,,,,,2026-03-31,,,,\n";
    assert_eq!(counts(&hand(boss, "", leaving).expect(200))[1], json!(1));
    assert_eq!(known(&company, "M001")["status"], "leaving");
    assert_eq!(known(&company, "M002")["status"], "employed", "nobody goes for want of a row");
    assert_eq!(counts(&hand(boss, "", leaving).expect(200))[2], json!(1));
}

fn numbers_keep_their_zeros_and_days_are_read_as_spreadsheets_keep_them(app: App) {
    let company = app.company();
    let boss = &company.boss;
    hand(boss, "", "００１２,周敏,marketing,,,2026/1/5,,,,,,\n").expect(200);
    assert_eq!(known(&company, "0012")["joined_on"], "2026-01-05");
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["工号", "姓名", "部门", "入职日期"]) {
        sheet.write_string(0, column, heading).expect("a cell");
    }
    let date = ExcelDateTime::from_ymd(2026, 1, 5).expect("a day");
    for (row, number) in (1..).zip([12.0, 13.0]) {
        sheet.write_number(row, 0, number).expect("a cell");
        sheet.write_string(row, 1, "吴刚").expect("a cell");
        sheet.write_string(row, 2, "marketing").expect("a cell");
        sheet.write_datetime_with_format(row, 3, &date, &day).expect("a cell");
    }
    let bytes = book.save_to_buffer().expect("bytes");
    let report = hand_in(boss, &format!("{IMPORT}?partial=true"), "员工.xlsx", &bytes).expect(200);
    assert_eq!(refused(&report), [(2, "number".into(), "organisation.zeros_lost".into())]);
    assert_eq!(known(&company, "13")["joined_on"], "2026-01-05");
    let both = "0077,甲,marketing,,,2026-01-05,,,,,,\n77,乙,marketing,,,2026-01-05,,,,,,\n";
    let report = hand(boss, "?validate_only=true", both).expect(200);
    assert_eq!(refused(&report), [(3, "number".into(), "organisation.zeros_lost".into())]);
}

/// The codes of an answer by user name.
fn codes(issued: &Reply) -> Vec<(String, String)> {
    let text = issued.text("/codes_secret");
    let rows = text.trim_start_matches('\u{feff}').lines().skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        (cells[2].to_owned(), cells[3].to_owned())
    })
    .collect()
}

fn codes_are_shown_once_are_good_once_and_for_a_week(app: App) {
    let mut company = app.company();
    let rows = "M001,周敏,marketing,,,2026-01-05,,,是,zhou.min,销售代表,本人\n\
                M002,吴刚,marketing,,,2026-01-05,,,是,wu.gang,销售代表,本人\n";
    hand(&company.boss, "", rows).expect(200);
    let nobody = json!({"username": "zhou.min", "password": PASSWORD});
    app.anonymous().post("/api/v1/sessions", nobody.clone()).refuses(401, "identity.sign_in_failed");
    let issued = company.boss.post(CODES, json!({})).expect(200);
    assert_eq!((issued.at("/issued"), issued.at("/has_more")), (json!(2), json!(false)));
    assert_eq!(issued.text("/expires_at"), "2026-03-12T01:30:00.000000Z");
    let known = codes(&issued);
    assert_eq!(known.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["zhou.min", "wu.gang"]);
    assert_eq!(company.boss.post(CODES, json!({})).expect(200).at("/issued"), json!(0), "they have some");
    let activate = |code: &str, password: &str| {
        app.anonymous().post("/api/v1/activations", json!({"code": code, "password": password}))
    };
    activate("ABCD-EFGH-JKMN-PQRS-TUVW", PASSWORD).refuses(422, "identity.activation_code_invalid");
    activate(&known[0].1, "short").expect(422);
    let typed = known[0].1.to_lowercase().replace('-', " ");
    assert_eq!(activate(&typed, PASSWORD).expect(200).text("/username"), "zhou.min");
    activate(&known[0].1, PASSWORD).refuses(422, "identity.activation_code_invalid");
    let zhou = app.sign_in("zhou.min", PASSWORD);
    assert_eq!(zhou.get("/api/v1/me").expect(200).at("/must_change_password"), json!(false));
    // Another code makes the one before worthless; after a week it is good for nothing.
    let renewed = codes(&company.boss.post(CODES, json!({"renew": true})).expect(200));
    assert_eq!(renewed.len(), 1, "whoever has chosen a password waits for none");
    activate(&known[1].1, PASSWORD).refuses(422, "identity.activation_code_invalid");
    app.advance(chrono::Duration::days(7));
    company.sign_in_again(&app);
    activate(&renewed[0].1, PASSWORD).refuses(422, "identity.activation_code_invalid");
    let user = company.user("wu.gang");
    let last = codes(&company.boss.post(CODES, json!({"user_ids": [user]})).expect(200));
    activate(&last[0].1, PASSWORD).expect(200);
    let kept = app.number("SELECT COUNT(*) AS number FROM activations WHERE used_at IS NOT NULL");
    assert_eq!(kept, 2);
}

fn accounts_need_the_right_to_them_and_nobody_grants_beyond_their_own(app: App) {
    let company = app.company();
    let permissions = ["organisation:read", "organisation:manage"];
    let role = json!({"code": "personnel", "name_zh": "人事", "permissions": permissions});
    let role = company.boss.post("/api/v1/roles", role).expect(201).text("/id");
    let grants = format!("/api/v1/users/{}/grants", company.user("qian"));
    company.boss.post(&grants, json!({"role_id": role, "scope": "all"})).expect(201);
    let qian = company.who("qian");
    let with_account = "M001,周敏,marketing,,,2026-01-05,,,是,zhou.min,,\n";
    hand(qian, "", with_account).refuses(403, "http.forbidden");
    assert_eq!(
        hand(qian, "", "M001,周敏,marketing,,,2026-01-05,,,否,,,\n").expect(200).at("/created"),
        json!(1)
    );
    let accounts =
        json!({"code": "accounts", "name_zh": "账号管理", "permissions": ["user:read", "user:manage"]});
    let role = company.boss.post("/api/v1/roles", accounts).expect(201).text("/id");
    company.boss.post(&grants, json!({"role_id": role, "scope": "all"})).expect(201);
    assert_eq!(hand(qian, "", with_account).expect(200).at("/changed"), json!(1));
    let beyond = "M001,周敏,marketing,,,2026-01-05,,,是,zhou.min,系统管理员,全部\n";
    let report = hand(qian, "?validate_only=true", beyond).expect(200);
    assert_eq!(refused(&report), [(2, "role".into(), "identity.beyond_own_rights".into())]);
    company.who("lan").post(CODES, json!({})).expect(403);
}

fn what_is_known_otherwise_is_not_overwritten(app: App) {
    let company = app.company();
    let boss = &company.boss;
    hand(boss, "", "M001,周敏,marketing,,,2026-01-05,,,是,zhou.min,,\n").expect(200);
    let report = |row: &str| refused(&hand(boss, "?validate_only=true", row).expect(200));
    let at = |column: &str, code: &str| vec![(2_i64, column.to_owned(), code.to_owned())];
    let later = "M001,周敏,marketing,,,2026-02-05,,,,,,\n";
    assert_eq!(report(later), at("joined_on", "organisation.joined_on_differs"));
    let renamed = "M001,周敏,marketing,,,,,,是,zhou,,\n";
    assert_eq!(report(renamed), at("username", "organisation.username_differs"));
    let taken = "M002,吴刚,marketing,,,2026-01-05,,,是,zhou.min,,\n";
    assert_eq!(report(taken), at("username", "validation.not_unique"));
    let undated = "M002,吴刚,marketing,,,,,,,,,\n";
    assert_eq!(report(undated), at("joined_on", "validation.required"));
    let without = "M002,吴刚,marketing,,,2026-01-05,,,否,,销售代表,\n";
    assert_eq!(report(without), at("account", "validation.required"));
    let nowhere = "M002,吴刚,没有的部门,,,2026-01-05,,,,,,\n";
    assert_eq!(report(nowhere), at("department", "validation.unknown_reference"));
    for code in ["a", "b"] {
        post(&company, code, "同名岗位");
    }
    let either = "M002,吴刚,marketing,同名岗位,,2026-01-05,,,,,,\n";
    assert_eq!(report(either), at("position", "import.ambiguous_name"));
}

/// A company of so many, the first above all others, in the last row.
fn many(count: usize, role_of_812: &str) -> String {
    let row = |n: usize| {
        let role = if n == 811 { role_of_812 } else { "销售代表" };
        format!("{n:05},员工{n},marketing,,99999,2026-01-05,,,是,,{role},本人\n")
    };
    (1..count)
        .map(row)
        .chain(["99999,带头人,marketing,,无,2026-01-05,,,是,,部门负责人,本部门及下级\n".to_owned()])
        .collect()
}

/// Worked example 18.
fn a_row_of_an_unknown_role_is_left_out_of_a_thousand_and_mended(app: App) {
    let company = app.company();
    let before = (app.count_rows("employees"), app.count_rows("users"), app.count_rows("grants"));
    let place = hand(&company.boss, "?partial=true", &many(1_001, "没有的角色")).expect(202);
    let place = place.header("location").expect("a place");
    block_on(api::work_on_operations(&app.database, usize::MAX)).expect("worked on");
    let done = company.boss.get(&place).expect(200);
    assert_eq!(done.at("/result/counts"), json!({"created": 1_000, "refused": 1}), "{done}");
    let made = || (app.count_rows("employees"), app.count_rows("users"), app.count_rows("grants"));
    assert_eq!(made(), (before.0 + 1_000, before.1 + 1_000, before.2 + 1_000));
    let file = company.boss.get(&format!("{place}/result")).expect(200);
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(text.lines().nth(1).is_some_and(|row| row.contains("00811")), "row 812: {text}");
    let mended = hand(&company.boss, "?partial=true", &many(1_001, "销售代表")).expect(202);
    let mended = mended.header("location").expect("a place");
    block_on(api::work_on_operations(&app.database, usize::MAX)).expect("worked on");
    let done = company.boss.get(&mended).expect(200);
    assert_eq!(done.at("/result/counts"), json!({"created": 1, "unchanged": 1_000}));
    assert_eq!(made(), (before.0 + 1_001, before.1 + 1_001, before.2 + 1_001));
    assert_eq!(known(&company, "00811")["placement"]["superior"]["number"], "99999");
}

fn a_whole_company_is_rehearsed_before_anybody_is_there(app: App) {
    let company = app.company();
    let before = app.count_rows("employees");
    let place =
        hand(&company.boss, "", &many(1_001, "销售代表")).expect(202).header("location").expect("a place");
    block_on(api::work_on_operations(&app.database, 11)).expect("rehearsed");
    assert_eq!(app.count_rows("employees"), before);
    assert_eq!(company.boss.get(&place).expect(200).text("/progress/phase"), "write");
    app.advance(chrono::Duration::seconds(61));
    block_on(api::work_on_operations(&app.database, usize::MAX)).expect("written");
    let done = company.boss.get(&place).expect(200);
    assert_eq!(done.at("/result/counts"), json!({"created": 1_001}), "{done}");
    assert_eq!(app.count_rows("employees"), before + 1_001);
    assert!(
        !column(&company.boss.get("/api/v1/employees?q=00007").expect(200).at("/data"), "number").is_empty()
    );
}
