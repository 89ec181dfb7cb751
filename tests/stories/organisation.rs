//! Departments, positions, employees, absences. `[ORG-1, ORG-3, ORG-4]`

use chrono::Duration;
use serde_json::json;
use tests::{App, PASSWORD, Records, column, records, stories};

stories! {
    departments_form_a_tree_without_loops,
    a_department_closes_when_nobody_is_in_it,
    a_position_carries_its_written_duties,
    employees_are_listed_by_filters_and_pages,
    people_and_departments_are_found_by_pinyin_and_initials,
    an_employee_is_moved_by_date,
    a_line_of_superiors_is_no_loop,
    personnel_numbers_and_names_are_checked,
    whoever_leaves_is_out_at_once_and_nothing_is_orphaned,
    a_registered_leaving_takes_effect_on_its_day,
    a_registered_leaving_can_be_taken_back,
    an_absence_names_a_stand_in,
    one_registers_only_ones_own_absence,
}

records! {
    "/api/v1/departments/{id}" => |made| made.company.departments["marketing"].clone(),
    "/api/v1/employees/{id}" => |made| made.company.id("lan").to_owned(),
    "/api/v1/positions/{id}" => a_position_in_marketing,
    "/api/v1/absences/{id}" => an_absence,
}

fn departments_form_a_tree_without_loops(app: App) {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let sales = app.department(&boss, "sales", Some(&centre));
    let east = app.department(&boss, "east", Some(&sales));
    let path = format!("/api/v1/departments/{centre}");
    let looped = boss.at(1).patch(&path, json!({"parent_id": east}));
    let looped = looped.refuses(422, "organisation.department_loop");
    assert_eq!(
        (looped.text("/rule"), looped.text("/errors/0/pointer")),
        ("ORG-1".into(), "/parent_id".into())
    );
    boss.patch(&path, json!({"name_en": "Centre"})).refuses(428, "http.precondition_required");
    let changed = boss.at(1).patch(&path, json!({"name_en": "Centre"})).expect(200);
    assert_eq!((changed.version(), changed.text("/name_en")), (2, "Centre".to_owned()));
    boss.get(&path).expect(200);
    let detached = boss.at(1).patch(&format!("/api/v1/departments/{east}"), json!({"parent_id": null}));
    assert!(detached.expect(200).at("/parent").is_null());
    let taken = json!({"code": "sales", "name_zh": "销售部"});
    boss.post("/api/v1/departments", taken).refuses(409, "validation.not_unique");
    let orphan = json!({"code": "x", "name_zh": "x", "parent_id": "01977a3e-8f00-7000-8000-00000000ffff"});
    boss.post("/api/v1/departments", orphan).refuses(422, "validation.unknown_reference");
    let listed = boss.get("/api/v1/departments").expect(200).at("/data");
    assert_eq!(column(&listed, "code"), ["centre", "east", "sales"]);
}

fn a_department_closes_when_nobody_is_in_it(app: App) {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let sales = app.department(&boss, "sales", Some(&centre));
    let lina = app.hire(&boss, "李娜", &sales, None);
    let close = format!("/api/v1/departments/{sales}/close");
    boss.at(1).post(&close, json!({})).refuses(409, "organisation.department_in_use");
    let away = json!({"department_id": centre, "from": "2026-04-01"});
    boss.at(1).post(&format!("/api/v1/employees/{lina}/move"), away).expect(200);
    boss.at(1).post(&close, json!({})).refuses(409, "organisation.department_in_use");
    app.advance(Duration::days(30));
    let boss = app.sign_in("boss", PASSWORD);
    assert_eq!(boss.at(1).post(&close, json!({})).expect(200).text("/closed_on"), "2026-04-04");
    let hire = json!({"number": "E9", "name": "王强", "joined_on": "2026-04-04", "department_id": sales});
    boss.post("/api/v1/employees", hire).refuses(409, "organisation.department_closed");
    let codes = |path: &str| column(&boss.get(path).expect(200).at("/data"), "code");
    assert_eq!(codes("/api/v1/departments"), ["centre"]);
    assert_eq!(codes("/api/v1/departments?with_closed=true"), ["centre", "sales"]);
}

fn a_position_carries_its_written_duties(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let body = json!({"code": "sales-representative", "name_zh": "销售代表", "department_id": sales,
        "duties": ["直接与客户沟通", "完成销售任务"], "clause": "000 §2.3(1)"});
    let created = boss.post("/api/v1/positions", body).expect(201);
    let path = format!("/api/v1/positions/{}", created.text("/id"));
    assert_eq!(created.header("location").as_deref(), Some(path.as_str()));
    let changed =
        boss.at(1).patch(&path, json!({"duties": ["维护客户关系"], "department_id": null})).expect(200);
    assert_eq!(changed.at("/duties"), json!(["维护客户关系"]));
    assert!(changed.at("/department").is_null());
    boss.get(&path).expect(200);
    let listed = boss.get("/api/v1/positions").expect(200).at("/data");
    assert_eq!(column(&listed, "code"), ["sales-representative"]);
    let of_sales = boss.get(&format!("/api/v1/positions?department_id={sales}")).expect(200).at("/data");
    assert_eq!(column(&of_sales, "code").len(), 0);
    boss.at(2).patch(&path, json!({"duties": [""]})).refuses(422, "validation.required");
}

fn people_and_departments_are_found_by_pinyin_and_initials(app: App) {
    let boss = app.administrator();
    let body = json!({"code": "pp", "name_zh": "品牌公关部", "name_en": "Brand and PR"});
    let brand = boss.post("/api/v1/departments", body).expect(201).text("/id");
    let lina = app.hire(&boss, "李娜", &brand, None);
    app.hire(&boss, "曾国强", &brand, None);
    app.hire(&boss, "Anna_Li", &brand, None);
    let found = |list: &str, member: &str, q: &str| {
        column(&boss.get(&format!("/api/v1/{list}?q={q}")).expect(200).at("/data"), member)
    };
    let people = |q: &str| found("employees", "name", q);
    for q in ["lina", "ln", "LiNa", "li%20na", "%E5%A8%9C"] {
        assert_eq!(people(q), ["李娜"], "{q}");
    }
    assert_eq!(people("zengguo"), ["曾国强"]);
    assert_eq!(people("ceng"), ["曾国强"], "every reading of a character");
    assert_eq!(people("a_l"), ["Anna_Li"]);
    assert_eq!(people("n_"), Vec::<String>::new(), "a wildcard is a character");
    for q in ["ppgg", "pinpai", "brand", "PP", "%E5%93%81"] {
        assert_eq!(found("departments", "code", q), ["pp"], "{q}");
    }
    assert_eq!(found("departments", "code", "xsb"), Vec::<String>::new());
    // Found by the new name, no longer by the old.
    boss.at(1).patch(&format!("/api/v1/employees/{lina}"), json!({"name": "李静"})).expect(200);
    assert_eq!((people("lijing"), people("lina")), (vec!["李静".to_owned()], Vec::new()));
}

fn employees_are_listed_by_filters_and_pages(app: App) {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let sales = app.department(&boss, "sales", Some(&centre));
    let chief = app.hire(&boss, "A总", &centre, None);
    for name in ["B1", "B2", "B3"] {
        app.hire(&boss, name, &sales, Some(&chief));
    }
    let found = |query: &str| {
        column(&boss.get(&format!("/api/v1/employees?{query}")).expect(200).at("/data"), "name")
    };
    assert_eq!(found(""), ["A总", "B1", "B2", "B3"]);
    assert_eq!(found(&format!("department_id={centre}")), ["A总"]);
    assert_eq!(found(&format!("department_id={centre}&with_subtree=true")).len(), 4);
    assert_eq!(found(&format!("superior_id={chief}")), ["B1", "B2", "B3"]);
    assert_eq!(found("q=B2"), ["B2"]);
    assert_eq!(found("q=_"), Vec::<String>::new(), "a wildcard is a character");
    assert_eq!(found("status=left"), Vec::<String>::new());
    boss.get("/api/v1/employees?status=gone").refuses(400, "http.bad_parameter");
    let first = boss.get("/api/v1/employees?limit=3").expect(200);
    let rest =
        boss.get(&format!("/api/v1/employees?limit=3&cursor={}", first.text("/next_cursor"))).expect(200);
    assert_eq!(column(&rest.at("/data"), "name"), ["B3"]);
    assert_eq!(rest.at("/has_more"), false);
}

fn an_employee_is_moved_by_date(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let market = app.department(&boss, "market", None);
    let lina = app.hire(&boss, "李娜", &sales, None);
    let path = format!("/api/v1/employees/{lina}");
    let to = |from: &str| json!({"department_id": market, "from": from});
    boss.at(1)
        .post(&format!("{path}/move"), to("2024-12-31"))
        .refuses(422, "organisation.move_before_latest");
    let planned = boss.at(1).post(&format!("{path}/move"), to("2026-03-10")).expect(200);
    assert_eq!(planned.text("/placement/department/code"), "sales");
    app.advance(Duration::days(5));
    let boss = app.sign_in("boss", PASSWORD);
    let moved = boss.get(&path).expect(200);
    assert_eq!(moved.text("/placement/department/code"), "market");
    assert_eq!(moved.text("/placement/from"), "2026-03-10");
    let corrected = boss.at(2).patch(&path, json!({"name": "李娜娜"})).expect(200);
    assert_eq!(corrected.text("/name"), "李娜娜");
    boss.at(3).patch(&path, json!({"department_id": sales})).refuses(422, "http.bad_body");
}

fn a_line_of_superiors_is_no_loop(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let chief = app.hire(&boss, "陈总", &sales, None);
    let lina = app.hire(&boss, "李娜", &sales, Some(&chief));
    let under = |superior: &str| json!({"department_id": sales, "superior_id": superior});
    let move_chief = format!("/api/v1/employees/{chief}/move");
    boss.at(1).post(&move_chief, under(&lina)).refuses(422, "organisation.superior_loop");
    boss.at(1).post(&move_chief, under(&chief)).refuses(422, "organisation.superior_loop");
    let nobody = "01977a3e-8f00-7000-8000-00000000ffff";
    boss.at(1).post(&move_chief, under(nobody)).refuses(422, "validation.unknown_reference");
}

fn personnel_numbers_and_names_are_checked(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let hire = |number: &str, name: &str, joined_on: &str| {
        boss.post(
            "/api/v1/employees",
            json!({"number": number, "name": name, "joined_on": joined_on,
            "department_id": sales}),
        )
    };
    hire("E1", "李娜", "2026-01-01").expect(201);
    hire("E1", "王强", "2026-01-01").refuses(409, "validation.not_unique");
    let all = hire("一号", " 王强", "0205-01-01").refuses(422, "validation.failed");
    assert_eq!(column(&all.at("/errors"), "pointer"), ["/number", "/name", "/joined_on"]);
    hire("E2", "王\u{0}强", "2026-01-01").refuses(422, "validation.character");
    hire("E2", "王强", "2026-13-01").refuses(422, "http.bad_body");
}

fn whoever_leaves_is_out_at_once_and_nothing_is_orphaned(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let chief = app.hire(&boss, "陈总", &sales, None);
    let lina = app.hire(&boss, "李娜", &sales, Some(&chief));
    let wang = app.hire(&boss, "王强", &sales, Some(&lina));
    boss.at(1).patch(&format!("/api/v1/departments/{sales}"), json!({"head_id": lina})).expect(200);
    let caller = app.person(&boss, "li.na", &lina, "department-head", "subtree");
    let away = json!({"employee_id": wang, "stand_in_id": lina, "from": "2026-03-10", "until": "2026-03-20"});
    let away = boss.post("/api/v1/absences", away).expect(201).text("/id");
    caller.get("/api/v1/me").expect(200);
    let path = format!("/api/v1/employees/{lina}");
    let left = boss.at(1).post(&format!("{path}/leave"), json!({"last_day": "2026-03-05"})).expect(200);
    assert_eq!((left.text("/status"), left.text("/last_day")), ("left".to_owned(), "2026-03-05".to_owned()));
    caller.get("/api/v1/me").refuses(401, "http.unauthenticated");
    let body = json!({"username": "li.na", "password": PASSWORD});
    app.anonymous().post("/api/v1/sessions", body).refuses(401, "identity.sign_in_failed");
    let report = boss.get(&format!("/api/v1/employees/{wang}")).expect(200);
    assert_eq!(report.text("/placement/superior/name"), "陈总");
    let department = boss.get(&format!("/api/v1/departments/{sales}")).expect(200);
    assert_eq!(department.text("/head/name"), "陈总");
    let away = boss.get(&format!("/api/v1/absences/{away}")).expect(200);
    assert_eq!((away.text("/stand_in/name"), away.at("/cancelled_at").is_null()), ("陈总".to_owned(), true));
    boss.at(2).post(&format!("{path}/leave"), json!({})).refuses(409, "organisation.not_employed");
    boss.at(2).act(&format!("{path}/stay")).refuses(409, "organisation.not_leaving");
    let under = json!({"department_id": sales, "superior_id": lina});
    let move_wang = format!("/api/v1/employees/{wang}/move");
    boss.at(2).post(&move_wang, under).refuses(422, "organisation.superior_unavailable");
}

fn a_registered_leaving_takes_effect_on_its_day(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let chief = app.hire(&boss, "陈总", &sales, None);
    let lina = app.hire(&boss, "李娜", &sales, Some(&chief));
    let wang = app.hire(&boss, "王强", &sales, Some(&lina));
    let caller = app.person(&boss, "li.na", &lina, "sales-representative", "own");
    let leave = json!({"last_day": "2026-03-06"});
    let leaving = boss.at(1).post(&format!("/api/v1/employees/{lina}/leave"), leave).expect(200);
    assert_eq!(leaving.text("/status"), "leaving");
    caller.get("/api/v1/me").expect(200);
    // 09:30 on the 5th; at midnight access ends, without anybody doing anything.
    app.advance(Duration::minutes(14 * 60 + 29));
    let caller = app.sign_in("li.na", PASSWORD);
    caller.get("/api/v1/me").expect(200);
    app.advance(Duration::minutes(1));
    caller.get("/api/v1/me").refuses(401, "http.unauthenticated");
    // A server completes it on its own; doing it twice changes nothing.
    app.complete_leavings();
    app.complete_leavings();
    let boss = app.sign_in("boss", PASSWORD);
    let left = boss.get(&format!("/api/v1/employees/{lina}")).expect(200);
    assert_eq!((left.text("/status"), left.version()), ("left".to_owned(), 3));
    let report = boss.get(&format!("/api/v1/employees/{wang}")).expect(200);
    assert_eq!(report.text("/placement/superior/name"), "陈总");
    assert_eq!(report.text("/placement/from"), "2026-03-06");
}

fn a_registered_leaving_can_be_taken_back(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let lina = app.hire(&boss, "李娜", &sales, None);
    let path = format!("/api/v1/employees/{lina}");
    let leave =
        |version: i64, day: &str| boss.at(version).post(&format!("{path}/leave"), json!({"last_day": day}));
    leave(1, "2024-12-31").refuses(422, "organisation.leaves_before_joining");
    leave(1, "2026-04-01").expect(200);
    let late = json!({"department_id": sales, "from": "2026-04-01"});
    boss.at(2).post(&format!("{path}/move"), late).refuses(409, "organisation.move_after_leaving");
    let stays = boss.at(2).act(&format!("{path}/stay")).expect(200);
    assert_eq!((stays.text("/status"), stays.at("/last_day").is_null()), ("employed".to_owned(), true));
}

fn an_absence_names_a_stand_in(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let [lina, wang, zhao] = ["李娜", "王强", "赵敏"].map(|name| app.hire(&boss, name, &sales, None));
    let register = |who: &str, stand_in: &str, from: &str, until: &str| {
        boss.post(
            "/api/v1/absences",
            json!({"employee_id": who, "stand_in_id": stand_in, "from": from,
            "until": until, "reason": "年假"}),
        )
    };
    let first = register(&lina, &wang, "2026-03-10", "2026-03-20").expect(201);
    register(&lina, &zhao, "2026-03-20", "2026-03-21").refuses(409, "organisation.absence_overlaps");
    register(&wang, &lina, "2026-03-15", "2026-03-16").refuses(409, "organisation.stand_in_loop");
    register(&wang, &wang, "2026-03-15", "2026-03-16").refuses(422, "organisation.stand_in_is_self");
    register(&zhao, &wang, "2026-03-16", "2026-03-15").refuses(422, "organisation.period_reversed");
    let path = format!("/api/v1/absences/{}", first.text("/id"));
    let changed = boss.at(1).patch(&path, json!({"until": "2026-03-14", "stand_in_id": zhao})).expect(200);
    assert_eq!(changed.text("/stand_in/name"), "赵敏");
    register(&wang, &lina, "2026-03-15", "2026-03-16").expect(201);
    let on = |day: &str| {
        let listed = boss.get(&format!("/api/v1/absences?on={day}")).expect(200).at("/data");
        column(&listed, "from")
    };
    assert_eq!(
        (on("2026-03-14"), on("2026-03-15")),
        (vec!["2026-03-10".to_owned()], vec!["2026-03-15".to_owned()])
    );
    boss.at(2).act(&format!("{path}/cancel")).expect(200);
    boss.at(3).act(&format!("{path}/cancel")).refuses(409, "organisation.absence_cancelled");
    assert!(on("2026-03-14").is_empty());
}

fn one_registers_only_ones_own_absence(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let [lina, wang] = ["李娜", "王强"].map(|name| app.hire(&boss, name, &sales, None));
    let caller = app.person(&boss, "li.na", &lina, "sales-representative", "own");
    let own = json!({"stand_in_id": wang, "from": "2026-03-10", "until": "2026-03-20"});
    let mine = caller.post("/api/v1/absences", own).expect(201);
    assert_eq!(mine.text("/employee/name"), "李娜");
    let other =
        json!({"employee_id": wang, "stand_in_id": lina, "from": "2026-04-10", "until": "2026-04-20"});
    caller.post("/api/v1/absences", other).refuses(422, "validation.unknown_reference");
    // The stand-in sees that they stand in, and cannot change it.
    let stand_in = app.person(&boss, "wang", &wang, "sales-representative", "own");
    let path = format!("/api/v1/absences/{}", mine.text("/id"));
    stand_in.get(&path).expect(200);
    stand_in.at(1).act(&format!("{path}/cancel")).refuses(404, "http.not_found");
}

fn a_position_in_marketing(made: &Records<'_>) -> String {
    let marketing = &made.company.departments["marketing"];
    let position = json!({"code": "marketing-lead", "name_zh": "市场主管", "department_id": marketing,
        "duties": ["统筹市场工作"]});
    made.company.boss.post("/api/v1/positions", position).expect(201).text("/id")
}

fn an_absence(made: &Records<'_>) -> String {
    let absence = json!({"employee_id": made.company.id("lan"), "stand_in_id": made.company.id("head"),
        "from": "2026-05-10", "until": "2026-05-20"});
    made.company.boss.post("/api/v1/absences", absence).expect(201).text("/id")
}
