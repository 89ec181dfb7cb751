//! Sales plans: they add up or are refused with the difference, hold until the next revision, and what was attained counts
//! for who belonged there on that day. `[SAL-1]`

use crate::{
    approval::waiting,
    expense_claim::approve,
    expense_request::{act, submit},
    file::hand_in,
    sales_contract::Trade,
};
use serde_json::{Value, json};
use tests::{App, Company, Records, Reply, column, records, stories};

stories! {
    example_8_months_and_a_reserve_come_to_the_year_or_the_difference_is_said,
    a_plan_holds_until_its_revision_and_that_moves_only_what_has_not_begun,
    a_plan_is_changed_taken_back_and_given_up_and_one_is_under_way_at_a_time,
    what_was_attained_counts_for_who_belonged_there_on_that_day,
    what_somebody_who_left_had_left_is_their_teams_reserve,
    a_years_target_is_split_by_weights_equally_or_as_last_year_went,
    targets_of_people_come_in_as_a_table_a_row_a_person,
}

records! {
    "/api/v1/sales-plans/{id}" => a_plan,
}

const PLANS: &str = "/api/v1/sales-plans";

fn a_plan(made: &Records<'_>) -> String {
    let department = made.company.departments["marketing"].clone();
    made.post(
        "head",
        "/api/v1/sales-plans/{id}",
        plan(&department, 2026, "amount", vec![whole(&department, 2026, 120_000)]),
    )
}

fn whole(department: &str, year: i32, target: i64) -> Value {
    json!({"department_id": department, "period": year.to_string(), "target": target})
}

fn months(department: &str, person: Option<&str>, targets: [i64; 12]) -> Vec<Value> {
    let month = |(number, target): (u32, i64)| {
        json!({"department_id": department, "employee_id": person, "period": format!("2026-{number:02}"),
            "target": target})
    };
    (1..).zip(targets).map(month).collect()
}

fn plan(department: &str, year: i32, measure: &str, nodes: Vec<Value>) -> Value {
    json!({"department_id": department, "year": year, "measure": measure, "grounds": "董事会目标", "nodes": nodes})
}

/// A plan of marketing's by its head, submitted and agreed to; its place.
#[track_caller]
fn in_force(company: &Company, nodes: Vec<Value>) -> String {
    let head = company.who("head");
    let made = head.post(PLANS, plan(&company.departments["marketing"], 2026, "amount", nodes)).expect(201);
    let place = made.header("location").expect("a place");
    agree(company, &submit(head, &place));
    assert_eq!(head.get(&place).expect(200).text("/status"), "in_force");
    place
}

#[track_caller]
fn agree(company: &Company, approval: &str) {
    while let Some(name) = waiting(company, approval).first() {
        approve(company, name, approval).expect(200);
    }
}

/// The targets that somebody sees, narrowed by a query.
#[track_caller]
fn targets(company: &Company, by: &str, query: &str) -> Value {
    company.who(by).get(&format!("/api/v1/sales-targets?year=2026{query}")).expect(200).at("/data")
}

/// Worked example 8.
fn example_8_months_and_a_reserve_come_to_the_year_or_the_difference_is_said(app: App) {
    let company = app.company();
    let (head, marketing) = (company.who("head"), company.departments["marketing"].clone());
    let year = |reserve: i64| {
        let mut top = whole(&marketing, 2026, 100_000_000);
        top["reserve_of_periods"] = json!(reserve);
        let mut nodes = vec![top];
        nodes.extend(months(&marketing, None, [8_333_333; 12]));
        plan(&marketing, 2026, "amount", nodes)
    };
    let refused = head.post(PLANS, year(0)).refuses(422, "sales_plan.does_not_add_up");
    assert_eq!(refused.text("/errors/0/pointer"), "/nodes/0/reserve_of_periods");
    assert!(refused.text("/errors/0/detail").contains("相差 4"), "{refused}");
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("SAL-1".into(), "004 §2".into()));
    assert_eq!(head.post(PLANS, year(4)).expect(201).text("/number"), "SP-2026-000001");
    let outside = plan(
        &company.departments["sales"],
        2026,
        "amount",
        vec![whole(&company.departments["sales"], 2026, 1)],
    );
    head.post(PLANS, outside).refuses(403, "http.forbidden");
}

fn a_plan_holds_until_its_revision_and_that_moves_only_what_has_not_begun(app: App) {
    let company = app.company();
    let (head, marketing) = (company.who("head"), company.departments["marketing"].clone());
    let with = |targets: [i64; 12]| {
        let mut nodes = vec![whole(&marketing, 2026, targets.iter().sum())];
        nodes.extend(months(&marketing, None, targets));
        nodes
    };
    let mut wanted = [1_000; 12];
    let first = in_force(&company, with(wanted));
    wanted[2] = 900;
    let made = head.post(PLANS, plan(&marketing, 2026, "amount", with(wanted))).expect(201);
    let second = made.header("location").expect("a place");
    assert_eq!(made.at("/revision"), json!(2));
    let refused = act(head, &second, "submit", json!({})).refuses(422, "sales_plan.begun");
    assert!(
        refused.text("/detail").contains("2026-03") || refused.text("/errors/0/detail").contains("2026-03")
    );
    let preview = head.get(&format!("{second}/approval-preview")).expect(200);
    assert_eq!(preview.text("/refusal/code"), "sales_plan.begun");
    (wanted[2], wanted[3]) = (1_000, 1_500);
    let patch = json!({"nodes": with(wanted)});
    head.at(1).patch(&second, patch).expect(200);
    let approval = submit(head, &second);
    assert_eq!(head.get(&first).expect(200).text("/status"), "in_force", "the old one holds until then");
    agree(&company, &approval);
    assert_eq!(head.get(&first).expect(200).text("/status"), "superseded");
    let of_year = targets(&company, "head", "&period=2026");
    assert_eq!((of_year[0]["target"].clone(), of_year.as_array().map(Vec::len)), (json!(12_500), Some(1)));
    let listed = head.get(&format!("{PLANS}?status=in_force,superseded&year=2026&sort=year")).expect(200);
    assert_eq!(column(&listed.at("/data"), "number").len(), 2);
}

fn a_plan_is_changed_taken_back_and_given_up_and_one_is_under_way_at_a_time(app: App) {
    let company = app.company();
    let (head, marketing) = (company.who("head"), company.departments["marketing"].clone());
    let body = plan(&marketing, 2026, "quantity", vec![whole(&marketing, 2026, 500)]);
    let place = head.post(PLANS, body.clone()).expect(201).header("location").expect("a place");
    let refused = head.post(PLANS, body.clone()).refuses(409, "sales_plan.under_way");
    assert_eq!(refused.text("/params/number"), "SP-2026-000001");
    submit(head, &place);
    act(head, &place, "withdraw", json!({"note": "再核对"})).expect(200);
    let voided = act(head, &place, "void", json!({"reason": "重新编制"})).expect(200);
    assert_eq!(voided.text("/status"), "void");
    head.post(PLANS, body).expect(201);
    company.who("lan").get(&place).refuses(404, "http.not_found");
    let twice = vec![whole(&marketing, 2026, 1), whole(&marketing, 2026, 1)];
    head.post(PLANS, plan(&marketing, 2026, "profit", twice)).refuses(422, "sales_plan.node_twice");
    let beyond = vec![whole(&marketing, 2026, 0), whole(&company.departments["sales"], 2026, 1)];
    head.post(PLANS, plan(&marketing, 2026, "profit", beyond)).refuses(422, "sales_plan.outside");
    let stranger =
        json!({"department_id": marketing, "employee_id": app.stranger(), "period": "2026", "target": 0});
    let nodes = vec![whole(&marketing, 2026, 0), stranger];
    head.post(PLANS, plan(&marketing, 2026, "profit", nodes)).refuses(422, "validation.unknown_reference");
    let levels = json!({"department_id": marketing, "period": "2026", "target": 5, "floor": 6});
    head.post(PLANS, plan(&marketing, 2026, "profit", vec![levels]))
        .refuses(422, "sales_plan.levels_reversed");
    let next = whole(&marketing, 2027, 5);
    let refused = head.post(PLANS, plan(&marketing, 2026, "profit", vec![next]));
    assert_eq!(refused.status, 422, "{refused}");
    let codes = column(&refused.at("/errors"), "code");
    assert!(
        codes.contains(&"sales_plan.other_year".to_owned())
            && codes.contains(&"sales_plan.no_top".to_owned())
    );
}

fn what_was_attained_counts_for_who_belonged_there_on_that_day(app: App) {
    let trade = Trade::open(&app, "1130.00");
    let (company, marketing) = (&trade.company, trade.company.departments["marketing"].clone());
    let lan = company.id("lan").to_owned();
    let mut nodes = vec![whole(&marketing, 2026, 1_200_000)];
    nodes[0]["reserve_of_scopes"] = json!(0);
    nodes
        .push(json!({"department_id": marketing, "employee_id": lan, "period": "2026", "target": 1_200_000}));
    nodes.extend(months(&marketing, Some(&lan), [100_000; 12]));
    in_force(company, nodes);
    let contract = trade.approved("lan", "2");
    trade.sign("lan", &contract);
    let own = targets(company, "lan", "&period=2026-03");
    assert_eq!(own.as_array().map(Vec::len), Some(1), "her own");
    assert_eq!((own[0]["attained"].clone(), own[0]["attained_bp"].clone()), (json!(200_000), json!(20_000)));
    assert_eq!(own[0]["forecast_by_pace"], json!(1_100_000), "4 of 22 working days are gone");
    let of_team = targets(company, "head", &format!("&period=2026&department_id={marketing}"));
    assert_eq!(of_team[0]["attained"], json!(200_000));
    assert_eq!(targets(company, "head", "&as_of=2026-03-04&period=2026-03")[0]["attained"], json!(0));
    assert_eq!(targets(company, "ming", ""), json!([]), "not his");
    let receipts = plan(&marketing, 2026, "receipts", vec![whole(&marketing, 2026, 100)]);
    let customers = plan(&marketing, 2026, "new_customers", vec![whole(&marketing, 2026, 2)]);
    let quantity = plan(&marketing, 2026, "quantity", vec![whole(&marketing, 2026, 4)]);
    let profit = plan(&marketing, 2026, "profit", vec![whole(&marketing, 2026, 4)]);
    for body in [receipts, customers, quantity, profit] {
        let place = company.who("head").post(PLANS, body).expect(201).header("location").expect("a place");
        agree(company, &submit(company.who("head"), &place));
    }
    trade.receive(&contract, "500.00");
    for (measure, attained) in [("receipts", 50_000), ("new_customers", 1), ("quantity", 2), ("profit", 0)] {
        let found = targets(company, "head", &format!("&measure={measure}"));
        assert_eq!(found[0]["attained"], json!(attained), "{measure}");
    }
}

fn what_somebody_who_left_had_left_is_their_teams_reserve(app: App) {
    let company = app.company();
    let (marketing, ming) = (company.departments["marketing"].clone(), company.id("ming").to_owned());
    let mut nodes = vec![whole(&marketing, 2026, 37_200)];
    nodes.extend(months(&marketing, None, [3_100; 12]));
    nodes.push(json!({"department_id": marketing, "employee_id": ming, "period": "2026", "target": 37_200}));
    nodes.extend(months(&marketing, Some(&ming), [3_100; 12]));
    in_force(&company, nodes);
    company.leave("ming");
    let of = |period: &str, person: bool| {
        let found = targets(&company, "head", &format!("&as_of=2026-03-06&period={period}"));
        let row = found.as_array().cloned().unwrap_or_default();
        let row = row.into_iter().find(|row| row["employee"].is_null() != person).expect("a row");
        (row["target"].clone(), row["standing"].clone(), row["reserve"].clone())
    };
    assert_eq!(of("2026-02", true), (json!(3_100), json!(3_100), json!(0)), "a month that is over is his");
    let (_, standing, _) = of("2026-03", true);
    let (target, team, reserve) = of("2026-03", false);
    assert_eq!((target, team), (json!(3_100), json!(3_100)), "the team's figure does not move");
    assert_eq!((standing, reserve), (json!(500), json!(2_600)), "five days of thirty-one are his");
    assert_eq!(of("2026-03", true).0, json!(3_100), "what was planned stays to be seen");
    let today = targets(&company, "head", "&period=2026-04");
    assert_eq!(today[0]["standing"], json!(3_100), "today he is here still");
    assert_eq!(of("2026-04", true).1, json!(0));
    assert_eq!(of("2026-04", false).2, json!(3_100));
}

fn a_years_target_is_split_by_weights_equally_or_as_last_year_went(app: App) {
    let trade = Trade::open(&app, "1130.00");
    let (company, marketing) = (&trade.company, trade.company.departments["marketing"].clone());
    let head = company.who("head");
    let split = |query: &str| head.get(&format!("/api/v1/sales-plan-split?whole=100000000&year=2027{query}"));
    let parts = |reply: Reply| -> Vec<i64> {
        let months = reply.expect(200).at("/months");
        months.as_array().expect("months").iter().filter_map(|month| month["target"].as_i64()).collect()
    };
    let equal = parts(split(""));
    assert_eq!(
        (equal[0], equal[3], equal[4], equal.iter().sum::<i64>()),
        (8_333_334, 8_333_334, 8_333_333, 100_000_000)
    );
    let weighted = parts(split("&by=weights&weights=1,1,1,1,1,1,1,1,1,1,1,5"));
    assert_eq!((weighted[0], weighted[11]), (6_250_000, 31_250_000));
    split("&by=weights&weights=1,2").refuses(422, "sales_plan.split_weights");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let alike = parts(split(&format!("&by=last_year&department_id={marketing}")));
    assert_eq!((alike[2], alike[3]), (100_000_000, 0), "all of last year was in March");
    split(&format!("&by=last_year&department_id={}", company.departments["finance"]))
        .refuses(403, "http.forbidden");
    split("&by=last_year").refuses(422, "validation.required");
}

fn targets_of_people_come_in_as_a_table_a_row_a_person(app: App) {
    let company = app.company();
    let (head, marketing) = (company.who("head"), company.departments["marketing"].clone());
    let mut nodes = vec![whole(&marketing, 2026, 120_000)];
    nodes.extend(months(&marketing, None, [10_000; 12]));
    let made = head.post(PLANS, plan(&marketing, 2026, "amount", nodes)).expect(201);
    let place = made.header("location").expect("a place");
    let template = head.get(&format!("{place}/targets/import-template")).expect(200);
    assert_eq!(column(&template.at("/columns"), "name")[..2], ["number", "m01"]);
    let number = |name: &str| {
        let shown = company.boss.get(&format!("/api/v1/employees/{}", company.id(name))).expect(200);
        shown.text("/number")
    };
    let row = |number: String, yuan: &str| format!("{number}{}\n", format!(",{yuan}").repeat(12));
    let heading: String = (1..=12).map(|month| format!(",{month}月")).collect();
    let file = |rows: &str| format!("工号{heading}\n{rows}");
    let import = |rows: &str| {
        let version = head.get(&place).expect(200).version();
        hand_in(&head.at(version), &format!("{place}/targets/import"), "目标.csv", file(rows).as_bytes())
    };
    let wrong = import(&format!("{}{}", row("没有".into(), "1"), row(number("rep"), "1")));
    let wrong = wrong.refuses(422, "import.rows_refused");
    assert_eq!(wrong.at("/params/count"), json!(2), "{wrong}");
    let rows = format!("{}{}", row(number("lan"), "30.00"), row(number("ming"), "60.50"));
    let taken = import(&rows).expect(200);
    assert_eq!((taken.at("/created"), taken.at("/kept")), (json!(2), json!(true)), "{taken}");
    let shown = head.get(&place).expect(200);
    let march = shown.at("/nodes").as_array().cloned().unwrap_or_default();
    let march = march.into_iter().find(|node| node["period"] == "2026-03" && node["employee"].is_null());
    assert_eq!(march.expect("the team's March")["reserve_of_scopes"], json!(10_000 - 3_000 - 6_050));
    let again = import(&rows).expect(200);
    assert_eq!((again.at("/unchanged"), again.at("/kept")), (json!(2), json!(false)));
    company.who("ming").get(&format!("{place}/targets/import-template")).refuses(403, "http.forbidden");
}
