//! Vacancies and staffing: places are asked for, agreed to and filled, never beyond what was agreed. `[ORG-2, ORG-2a]`

use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_centre_is_compared_with_the_standard_of_its_size_on_any_day,
    a_vacancy_is_agreed_to_and_filled_by_whoever_names_it,
    above_the_standard_the_general_manager_agrees_too,
    three_who_come_for_two_places_at_once_fill_two,
    one_who_never_starts_frees_the_place,
    who_comes_after_all_has_the_place_again_though_nobody_else_could_be_taken_on,
    a_planned_move_that_is_replaced_frees_the_place,
    a_vacancy_that_is_not_filled_in_time_expires,
    a_vacancy_is_cancelled_by_whoever_asked_or_the_office,
    where_the_company_says_so_nobody_is_taken_on_without_a_vacancy,
    what_is_wrong_with_a_vacancy_is_said,
}

records! {
    "/api/v1/vacancies/{id}" => a_vacancy,
}

const VACANCIES: &str = "/api/v1/vacancies";

fn position(boss: &Caller, code: &str) -> String {
    let body = json!({"code": code, "name_zh": "销售代表", "name_en": "Sales representative"});
    boss.post("/api/v1/positions", body).expect(201).text("/id")
}

fn a_vacancy(made: &Records<'_>) -> String {
    let position = position(&made.company.boss, "stand-builder");
    let body = json!({"department_id": made.company.departments["marketing"], "position_id": position,
        "needed_by": "2026-04-01", "profile": "会搭建展台"});
    made.post("head", "/api/v1/vacancies/{id}", body)
}

/// A company whose sales department has a head and needs representatives, of whom the standard says three.
struct Centre {
    company: Company,
    /// Heads the sales department.
    lead: Caller,
    office: Caller,
    sales: String,
    representative: String,
}

impl Centre {
    fn found(app: &App) -> Self {
        let company = app.company();
        let sales = company.departments["sales"].clone();
        let boss = &company.boss;
        let id = app.hire(boss, "lead", &sales, Some(company.id("director")));
        let lead = app.person(boss, "lead", &id, "department-head", "subtree");
        let path = format!("/api/v1/departments/{sales}");
        let version = boss.get(&path).expect(200).version();
        boss.at(version).patch(&path, json!({"head_id": id})).expect(200);
        let id = app.hire(boss, "office", &company.departments["company"], Some(company.id("gm")));
        let office = app.person(boss, "office", &id, "administration-office", "all");
        let representative = position(boss, "sales-representative");
        Self { lead, office, sales, representative, company }
    }

    fn body(&self, places: u32) -> Value {
        json!({"department_id": self.sales, "position_id": self.representative, "places": places,
            "needed_by": "2026-04-01", "profile": "两年以上会展销售经验"})
    }

    /// A vacancy that waits for its approvers: its place and its approval's id.
    #[track_caller]
    fn submitted(&self, body: Value) -> (String, String) {
        let place = self.lead.post(VACANCIES, body).expect(201).header("location").expect("a place");
        let approval = act(&self.lead, &place, "submit", json!({})).expect(200).text("/approval_id");
        (place, approval)
    }

    #[track_caller]
    fn approve(&self, by: &Caller, approval: &str) {
        let read = by.get(&format!("/api/v1/approvals/{approval}")).expect(200);
        let body = json!({"document_version": read.at("/document/version")});
        by.at(read.version()).post(&format!("/api/v1/approvals/{approval}/approve"), body).expect(200);
    }

    /// The head being who asks, the director agrees in their place, then the office, then the director as such.
    #[track_caller]
    fn agree(&self, approval: &str) {
        let director = self.company.who("director");
        for by in [director, &self.office, director] {
            self.approve(by, approval);
        }
    }

    /// A vacancy of the standard that can be filled; its place.
    #[track_caller]
    fn open(&self, places: u32) -> String {
        let (place, approval) = self.submitted(self.body(places));
        self.agree(&approval);
        assert_eq!(self.status(&place), "open");
        place
    }

    #[track_caller]
    fn status(&self, place: &str) -> String {
        self.lead.get(place).expect(200).text("/status")
    }

    fn hire(&self, number: &str, joined_on: &str, vacancy: Option<&str>) -> Reply {
        let vacancy = vacancy.map(|place| place.replace("/api/v1/vacancies/", ""));
        let body = json!({"number": number, "name": "新人", "joined_on": joined_on, "department_id": self.sales,
            "position_id": self.representative, "vacancy_id": vacancy});
        self.company.boss.post("/api/v1/employees", body)
    }

    /// How the post of the representatives is staffed on a day.
    #[track_caller]
    fn staffing(&self, on: &str) -> [Value; 5] {
        let listed = self.lead.get(&format!("/api/v1/staffing?on={on}")).expect(200).at("/data");
        let rows = listed.as_array().cloned().unwrap_or_default();
        let row = rows.into_iter().find(|row| row["position_code"] == "sales-representative").expect("a row");
        ["standard", "in_place", "joining", "open_vacancies", "gap"].map(|member| row[member].clone())
    }
}

fn figures(of: [i64; 5]) -> [Value; 5] {
    of.map(|figure| json!(figure))
}

fn a_centre_is_compared_with_the_standard_of_its_size_on_any_day(app: App) {
    let centre = Centre::found(&app);
    let whole = centre.office.get("/api/v1/staffing").expect(200).at("/data");
    let rows = whole.as_array().cloned().unwrap_or_default();
    let shown: Vec<_> =
        rows.iter().map(|row| (row["department_code"].clone(), row["standard"].clone())).collect();
    assert_eq!(
        shown,
        [(json!("market"), json!(2)), (json!("marketing-centre"), json!(1)), (json!("sales"), json!(3))]
    );
    assert!(rows[0]["department"].is_null(), "the company has no such department yet");
    assert_eq!(rows[2]["department"]["id"], json!(centre.sales));
    let first = centre.hire("N1", "2025-02-01", None).expect(201);
    centre.hire("N2", "2026-03-05", None).expect(201);
    centre.hire("N3", "2026-03-20", None).expect(201);
    let leaver = format!("/api/v1/employees/{}", first.text("/id"));
    act(&centre.company.boss, &leaver, "leave", json!({"last_day": "2026-03-31"})).expect(200);
    assert_eq!(centre.staffing("2025-01-31"), figures([3, 0, 3, 0, 0]));
    assert_eq!(centre.staffing("2026-03-04"), figures([3, 1, 2, 0, 0]));
    assert_eq!(centre.staffing("2026-03-30"), figures([3, 3, 0, 0, 0]));
    assert_eq!(centre.staffing("2026-03-31"), figures([3, 2, 0, 0, 1]), "from the last day on");
    let short = centre.office.get("/api/v1/staffing?short=true&on=2026-03-30").expect(200).at("/data");
    assert_eq!(column(&short, "department_code"), ["market", "marketing-centre"]);
    let path = format!("/api/v1/staffing?department_id={}", centre.sales);
    assert_eq!(column(&centre.office.get(&path).expect(200).at("/data"), "department_code"), ["sales"]);
    let of_marketing = centre.company.who("head").get("/api/v1/staffing").expect(200).at("/data");
    assert_eq!(of_marketing, json!([]), "a head sees their own");
    centre.company.who("lan").get("/api/v1/staffing").refuses(403, "http.forbidden");
    let file = centre.office.get("/api/v1/staffing?format=csv").expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("缺编"));
}

fn a_vacancy_is_agreed_to_and_filled_by_whoever_names_it(app: App) {
    let centre = Centre::found(&app);
    let draft = centre.lead.post(VACANCIES, centre.body(2)).expect(201);
    assert_eq!((draft.text("/number"), draft.text("/status")), ("VA-2026-000001".into(), "draft".into()));
    let place = draft.header("location").expect("a place");
    let early = centre.hire("N0", "2026-04-01", Some(&place)).refuses(409, "vacancy.not_open");
    assert_eq!(early.text("/rule"), "ORG-2b");
    let preview = centre.lead.get(&format!("{place}/approval-preview")).expect(200);
    let steps = preview.at("/plan/steps");
    let fate = |code: &str| {
        let steps = steps.as_array().cloned().unwrap_or_default();
        steps.into_iter().find(|step| step["code"] == code).map(|step| step["fate"].clone())
    };
    assert_eq!(fate("general-manager"), Some(json!("not_applicable")), "{steps}");
    let approval = act(&centre.lead, &place, "submit", json!({})).expect(200).text("/approval_id");
    centre.agree(&approval);
    let open = centre.lead.get(&place).expect(200);
    assert_eq!((open.text("/status"), open.text("/expires_on")), ("open".into(), "2026-09-01".into()));
    assert_eq!(centre.staffing("2026-03-05"), figures([3, 0, 0, 2, 3]));
    centre.hire("N1", "2026-04-01", Some(&place)).expect(201);
    let elsewhere = json!({"number": "N2", "name": "新人", "joined_on": "2026-04-01",
        "department_id": centre.company.departments["marketing"], "position_id": centre.representative,
        "vacancy_id": place.replace("/api/v1/vacancies/", "")});
    let refused = centre.company.boss.post("/api/v1/employees", elsewhere).refuses(422, "vacancy.other_post");
    assert_eq!(refused.text("/errors/0/pointer"), "/vacancy_id");
    let rep = format!("/api/v1/employees/{}", centre.company.id("rep"));
    let to = json!({"department_id": centre.sales, "position_id": centre.representative, "from": "2026-03-09",
        "vacancy_id": place.replace("/api/v1/vacancies/", "")});
    act(&centre.company.boss, &rep, "move", to).expect(200);
    let filled = centre.lead.get(&place).expect(200);
    assert_eq!((filled.text("/status"), filled.at("/places_left")), ("filled".into(), json!(0)));
    assert_eq!(filled.at("/taken/1/from"), json!("2026-03-09"));
    let full = centre.hire("N3", "2026-04-01", Some(&place)).refuses(409, "vacancy.no_place_left");
    assert_eq!(full.at("/params/places"), json!(2));
    assert_eq!(centre.staffing("2026-03-05"), figures([3, 0, 2, 0, 1]));
    let listed =
        centre.lead.get("/api/v1/vacancies?status=filled,open&q=%E4%BC%9A%E5%B1%95").expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["VA-2026-000001"]);
    assert_eq!(centre.company.who("ming").get(VACANCIES).status, 403);
}

fn above_the_standard_the_general_manager_agrees_too(app: App) {
    let centre = Centre::found(&app);
    let first = centre.open(2);
    // Two are looked for, and two more would be one above the three.
    let (place, approval) = centre.submitted(centre.body(2));
    centre.agree(&approval);
    assert_eq!(centre.status(&place), "in_approval", "the general manager is asked too");
    centre.approve(centre.company.who("gm"), &approval);
    assert_eq!((centre.status(&place), centre.status(&first)), ("open".into(), "open".into()));
    // Who leaves makes room from the day they are gone, not before.
    let replaced = centre.hire("N1", "2025-02-01", None).expect(201).text("/id");
    let mut body = centre.body(1);
    body["replaces_id"] = json!(replaced);
    let shown = centre.lead.post(VACANCIES, body).expect(201);
    assert_eq!((shown.text("/cause"), shown.text("/replaces/number")), ("replacement".into(), "N1".into()));
}

fn three_who_come_for_two_places_at_once_fill_two(app: App) {
    let centre = Centre::found(&app);
    let place = centre.open(2);
    let runners = (1..=3).map(|number| {
        let (centre, place) = (&centre, place.as_str());
        Box::new(move || centre.hire(&format!("R{number}"), "2026-04-01", Some(place)).status)
            as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.collect());
    answers.sort_unstable();
    assert_eq!(answers, [201, 201, 409]);
    assert_eq!(centre.status(&place), "filled");
    assert_eq!(app.number("SELECT taken AS number FROM vacancies"), 2);
    assert_eq!(app.count_rows("vacancy_places"), 2);
    let listed = centre.company.boss.get("/api/v1/employees?q=R&joined_on[gte]=2026-04-01").expect(200);
    assert_eq!(column(&listed.at("/data"), "number").len(), 2, "who found no place was not taken on");
}

fn one_who_never_starts_frees_the_place(app: App) {
    let centre = Centre::found(&app);
    let boss = &centre.company.boss;
    let place = centre.open(1);
    let hired = centre.hire("N1", "2026-04-01", Some(&place)).expect(201).text("/id");
    assert_eq!(centre.status(&place), "filled");
    let employee = format!("/api/v1/employees/{hired}");
    act(boss, &employee, "leave", json!({"last_day": "2026-04-01"})).expect(200);
    assert_eq!(centre.status(&place), "open");
    assert_eq!(centre.staffing("2026-03-05"), figures([3, 0, 0, 1, 3]));
    act(boss, &employee, "stay", json!({})).expect(200);
    assert_eq!(centre.status(&place), "filled", "who comes after all has the place again");
    act(boss, &employee, "leave", json!({"last_day": "2026-04-01"})).expect(200);
    centre.hire("N2", "2026-04-01", Some(&place)).expect(201);
    act(boss, &employee, "stay", json!({})).refuses(409, "vacancy.place_given_away");
    let shown = centre.lead.get(&place).expect(200);
    assert_eq!(shown.at("/taken").as_array().map(Vec::len), Some(3), "who took a place stays written down");
    // Whoever has started and leaves later frees nothing.
    app.advance(Duration::days(40));
    let boss = app.sign_in("boss", PASSWORD);
    let found = boss.get("/api/v1/employees?q=N2").expect(200).text("/data/0/id");
    act(&boss, &format!("/api/v1/employees/{found}"), "leave", json!({})).expect(200);
    assert_eq!(boss.get(&place).expect(200).text("/status"), "filled");
}

fn who_comes_after_all_has_the_place_again_though_nobody_else_could_be_taken_on(app: App) {
    let centre = Centre::found(&app);
    let boss = &centre.company.boss;
    let place = centre.open(1);
    let hired = centre.hire("N1", "2026-04-01", Some(&place)).expect(201).text("/id");
    let employee = format!("/api/v1/employees/{hired}");
    act(boss, &employee, "leave", json!({"last_day": "2026-04-01"})).expect(200);
    act(&centre.lead, &place, "cancel", json!({"reason": "编制冻结"})).expect(200);
    act(boss, &employee, "stay", json!({})).expect(200);
    assert_eq!(centre.status(&place), "cancelled");
    assert_eq!(app.number("SELECT taken AS number FROM vacancies"), 1);
}

fn a_planned_move_that_is_replaced_frees_the_place(app: App) {
    let centre = Centre::found(&app);
    let place = centre.open(1);
    let rep = format!("/api/v1/employees/{}", centre.company.id("rep"));
    let id = place.replace("/api/v1/vacancies/", "");
    let to = |department: &str, vacancy: Option<&str>| {
        json!({"department_id": department, "position_id": centre.representative, "from": "2026-04-01",
            "vacancy_id": vacancy})
    };
    act(&centre.company.boss, &rep, "move", to(&centre.sales, Some(&id))).expect(200);
    assert_eq!(centre.status(&place), "filled");
    act(&centre.company.boss, &rep, "move", to(&centre.company.departments["marketing"], None)).expect(200);
    assert_eq!(centre.status(&place), "open");
}

fn a_vacancy_that_is_not_filled_in_time_expires(app: App) {
    let centre = Centre::found(&app);
    let place = centre.open(1);
    app.advance(Duration::days(181));
    let lead = app.sign_in("lead", PASSWORD);
    let seen = |status: &str| {
        let listed = lead.get(&format!("/api/v1/vacancies?status={status}")).expect(200).at("/data");
        column(&listed, "status")
    };
    assert_eq!(lead.get(&place).expect(200).text("/status"), "expired", "whether or not a server has looked");
    assert_eq!((seen("open"), seen("expired")), (Vec::new(), vec!["expired".to_owned()]));
    for _ in 0..2 {
        block_on(api::expire_vacancies(&app.database)).expect("what is over ends");
    }
    let boss = app.sign_in("boss", PASSWORD);
    let told = boss.get("/api/v1/events?kinds=vacancy.expired").expect(200).at("/data");
    assert_eq!(told.as_array().map(Vec::len), Some(1), "once");
    assert_eq!(seen("expired"), ["expired"]);
    let body = json!({"number": "N1", "name": "新人", "joined_on": "2026-10-01", "department_id": centre.sales,
        "position_id": centre.representative, "vacancy_id": place.replace("/api/v1/vacancies/", "")});
    let late = boss.post("/api/v1/employees", body).refuses(409, "vacancy.not_open");
    assert!(late.text("/detail").contains("已过期"), "{}", late.text("/detail"));
}

fn a_vacancy_is_cancelled_by_whoever_asked_or_the_office(app: App) {
    let centre = Centre::found(&app);
    let (first, second) = (centre.open(1), centre.open(1));
    let reason = || json!({"reason": "业务调整"});
    act(centre.company.who("director"), &first, "cancel", reason()).refuses(403, "document.not_yours");
    let shown = centre.lead.get(&first).expect(200).at("/actions").to_string();
    assert!(shown.contains("cancel"), "{shown}");
    let cancelled = act(&centre.lead, &first, "cancel", reason()).expect(200);
    assert_eq!(
        (cancelled.text("/status"), cancelled.text("/status_reason")),
        ("cancelled".into(), "业务调整".into())
    );
    act(&centre.office, &second, "cancel", reason()).expect(200);
    centre.hire("N1", "2026-04-01", Some(&second)).refuses(409, "vacancy.not_open");
    assert_eq!(centre.staffing("2026-03-05"), figures([3, 0, 0, 0, 3]));
    let draft = centre.lead.post(VACANCIES, centre.body(1)).expect(201).header("location").expect("a place");
    act(&centre.lead, &draft, "cancel", reason()).refuses(409, "vacancy.not_open");
    let approval = act(&centre.lead, &draft, "submit", json!({})).expect(200).text("/approval_id");
    assert!(!approval.is_empty());
    act(&centre.lead, &draft, "withdraw", json!({})).expect(200);
    act(&centre.lead, &draft, "void", reason()).expect(200);
}

fn where_the_company_says_so_nobody_is_taken_on_without_a_vacancy(app: App) {
    let centre = Centre::found(&app);
    let boss = &centre.company.boss;
    let of = "/api/v1/policies?code=staffing-standard/company";
    let mut content = boss.get(of).expect(200).at("/data/0/content");
    content["hiring_names_vacancy"] = json!(true);
    let body = json!({"code": "staffing-standard/company", "title": "先申请后录用", "effective_from": "2026-03-05",
        "content": content, "clause": "000 §2.3(3)"});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    let refused = centre.hire("N1", "2026-04-01", None).refuses(409, "vacancy.required");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("ORG-2b".into(), "/vacancy_id".into())
    );
    let vacancy = centre.open(1);
    let hired = centre.hire("N1", "2026-04-01", Some(&vacancy)).expect(201).text("/id");
    // Another superior takes nobody's place.
    let employee = format!("/api/v1/employees/{hired}");
    let under = json!({"department_id": centre.sales, "position_id": centre.representative, "from": "2026-04-02",
        "superior_id": centre.company.id("director")});
    act(boss, &employee, "move", under).expect(200);
    let without =
        json!({"number": "N2", "name": "新人", "joined_on": "2026-04-01", "department_id": centre.sales});
    boss.post("/api/v1/employees", without).expect(201);
}

fn what_is_wrong_with_a_vacancy_is_said(app: App) {
    let centre = Centre::found(&app);
    let late = json!({"department_id": centre.sales, "position_id": centre.representative,
        "needed_by": "2026-03-04", "profile": "经验"});
    let place = centre.lead.post(VACANCIES, late).expect(201).header("location").expect("a place");
    let refused = act(&centre.lead, &place, "submit", json!({})).refuses(422, "vacancy.needed_in_past");
    assert_eq!(refused.text("/errors/0/pointer"), "/needed_by");
    let preview = centre.lead.get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.at("/submittable"), json!(false));
    centre.lead.at(1).patch(&place, json!({"needed_by": "2026-04-01", "places": 2})).expect(200);
    let mut replacing = centre.body(2);
    replacing["replaces_id"] = json!(centre.company.id("lan"));
    let refused = centre.lead.post(VACANCIES, replacing.clone()).refuses(422, "vacancy.replaces_another");
    assert_eq!(refused.text("/errors/0/pointer"), "/replaces_id");
    let mut elsewhere = centre.body(1);
    elsewhere["department_id"] = json!(centre.company.departments["marketing"]);
    let refused = centre.lead.post(VACANCIES, elsewhere).refuses(422, "validation.unknown_reference");
    assert_eq!(refused.text("/errors/0/pointer"), "/department_id", "out of reach");
    let open = centre.open(1);
    let hired = centre.hire("N1", "2026-04-01", Some(&open)).expect(201).text("/id");
    replacing["replaces_id"] = json!(hired);
    centre.lead.post(VACANCIES, replacing).refuses(422, "vacancy.replaces_one");
    act(&centre.lead, &open, "submit", json!({})).refuses(409, "document.not_submittable");
    let missing =
        centre.hire("N2", "2026-04-01", Some("/api/v1/vacancies/01977a3e-8f00-7000-8000-00000000ffff"));
    missing.refuses(422, "validation.unknown_reference");
}
