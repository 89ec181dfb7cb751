//! Of a resource only what is asked for, and what it refers to: `fields=` and `expand=`, on every route that reads.
//! `[INT-4]`

use crate::expense_claim::{CLAIMS, path};
use serde_json::{Value, json};
use tests::{App, Reply, column, stories};

stories! {
    of_a_resource_only_what_is_asked_for_is_shown,
    of_a_list_only_what_is_asked_for_of_each_item_is_shown,
    a_field_that_is_none_is_refused_with_those_that_are,
    files_for_programs_have_the_same_fields,
    what_a_resource_refers_to_is_shown_with_it,
    nobody_sees_more_by_what_refers_to_it,
    every_list_counts_what_matches_where_that_is_asked,
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn of_a_resource_only_what_is_asked_for_is_shown(app: App) {
    let company = app.company();
    let (claim, lan) = (company.draft("lan", 80), company.who("lan"));
    let whole = lan.get(&path(&claim)).expect(200);
    let part = lan.get(&format!("{}?fields=status,number", path(&claim))).expect(200);
    assert_eq!(part.json(), json!({"number": whole.at("/number"), "status": "draft"}));
    assert_eq!(part.version(), whole.version(), "still the version to change it by");
    // Neither writes nor other people's records are any more open by it.
    let refused = lan.at(1).act(&format!("{}/submit?fields=number", path(&claim)));
    refused.refuses(400, "http.unknown_parameter");
    company.who("ming").get(&format!("{}?fields=number", path(&claim))).refuses(404, "http.not_found");
}

fn of_a_list_only_what_is_asked_for_of_each_item_is_shown(app: App) {
    let company = app.company();
    for yuan in [10, 20, 30] {
        company.draft("lan", yuan);
    }
    let lan = company.who("lan");
    let list = |query: &str| lan.get(&format!("{CLAIMS}?sort=created_at&limit=2{query}")).expect(200);
    let first = list("&fields=number");
    assert_eq!(members(&first.json()), ["data", "next_cursor", "has_more"]);
    assert_eq!(first.at("/data"), json!([{"number": "EC-2026-000001"}, {"number": "EC-2026-000002"}]));
    // A cursor is one of the rows, whatever is shown of them.
    for fields in ["&fields=id,status", ""] {
        let rest = list(&format!("{fields}&cursor={}", first.text("/next_cursor")));
        assert_eq!(rest.at("/data/0/status"), "draft");
        assert_eq!(rest.at("/data").as_array().map(Vec::len), Some(1));
    }
    let link = list("&fields=number").header("link").unwrap_or_default();
    assert!(link.contains("fields=number"), "{link}");
    // Also where a list has no pages.
    let units = company.boss.get("/api/v1/departments?fields=code").expect(200).at("/data");
    assert_eq!(units[0], json!({"code": column(&units, "code")[0]}));
}

fn a_field_that_is_none_is_refused_with_those_that_are(app: App) {
    let boss = app.administrator();
    let refused = |query: &str| -> Reply {
        boss.get(&format!("/api/v1/employees?fields={query}")).refuses(400, "http.unknown_field")
    };
    let reply = refused("name,colour");
    assert_eq!(
        (reply.text("/params/field"), reply.text("/errors/0/pointer")),
        ("colour".into(), "fields".into())
    );
    let known = reply.text("/params/known");
    assert!(known.contains("joined_on, last_day, name, number"), "{known}");
    for query in ["", "data", "name,,id", "name.first"] {
        refused(query);
    }
    boss.get("/api/v1/employees?fields=name&fields=id").refuses(400, "http.unknown_parameter");
    // Also where the list is empty and where there is nothing at all.
    boss.get(&format!("{CLAIMS}?fields=colour")).refuses(400, "http.unknown_field");
    let nothing = "/api/v1/employees/019ccccc-0000-7000-8000-00000000dead";
    boss.get(&format!("{nothing}?fields=name")).refuses(404, "http.not_found");
}

fn files_for_programs_have_the_same_fields(app: App) {
    let company = app.company();
    company.draft("lan", 80);
    let qian = company.who("qian");
    let lines = qian.get(&format!("{CLAIMS}?format=ndjson&fields=number,status")).expect(200);
    let lines = String::from_utf8(lines.bytes).expect("UTF-8");
    assert_eq!(lines, "{\"number\":\"EC-2026-000001\",\"status\":\"draft\"}\n");
    for format in ["csv", "xlsx"] {
        let file = qian.get(&format!("{CLAIMS}?format={format}&fields=number"));
        file.refuses(400, "http.bad_parameter");
    }
}

fn what_a_resource_refers_to_is_shown_with_it(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 80);
    company.draft("lan", 20);
    let lan = company.who("lan");
    let shown = lan.get(&format!("{}?expand=submitter,approval,department", path(&claim))).expect(200);
    assert_eq!(
        (shown.text("/number"), shown.text("/expanded/approval/id")),
        ("EC-2026-000001".into(), approval)
    );
    assert_eq!(shown.text("/expanded/submitter/joined_on"), "2025-01-01");
    assert_eq!(shown.text("/expanded/department/head/name"), "head");
    let both = lan.get(&format!("{}?fields=number&expand=submitter", path(&claim))).expect(200);
    assert_eq!(members(&both.json()), ["number", "expanded"]);
    let listed = lan.get(&format!("{CLAIMS}?sort=created_at&expand=submitter")).expect(200).at("/data");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert!(listed.as_array().into_iter().flatten().all(|one| one["expanded"]["submitter"]["name"] == "lan"));
    let units = company.boss.get("/api/v1/departments?expand=head,parent").expect(200).at("/data");
    let finance = units.as_array().into_iter().flatten().find(|unit| unit["code"] == "finance").cloned();
    let expanded = finance.expect("finance")["expanded"].clone();
    assert_eq!((&expanded["head"]["name"], &expanded["parent"]["code"]), (&json!("qian"), &json!("company")));
    let refused = lan.get(&format!("{}?expand=colour", path(&claim))).refuses(400, "http.unknown_field");
    assert!(refused.text("/params/known").contains("approval"), "{refused}");
    lan.get("/api/v1/me?expand=approval").refuses(400, "http.unknown_field");
    lan.get("/api/v1/meta/enums?expand=approval").refuses(400, "http.unknown_parameter");
    let file = company.who("qian").get(&format!("{CLAIMS}?format=ndjson&expand=submitter"));
    file.refuses(400, "http.bad_parameter");
}

fn nobody_sees_more_by_what_refers_to_it(app: App) {
    let company = app.company();
    let (claim, _) = company.submitted("lan", 80);
    let reader = |name: &str, permissions: Value| {
        let role = json!({"code": name, "name_zh": "查阅", "permissions": permissions});
        company.boss.post("/api/v1/roles", role).expect(201);
        let id = app.hire(&company.boss, name, &company.departments["sales"], None);
        app.person(&company.boss, name, &id, name, "all")
    };
    let claim = |expand: &str| format!("{}?expand={expand}", path(&claim));
    let narrow = reader("narrow", json!(["expense-claim:read"]));
    narrow.get(&claim("department")).refuses(403, "http.forbidden");
    narrow.get(&format!("{CLAIMS}?expand=department")).refuses(403, "http.forbidden");
    let refused = narrow.get(&claim("submitter,approval")).refuses(403, "http.forbidden");
    assert!(["organisation:read", "approval:use"].contains(&refused.text("/params/permission").as_str()));
    // Who may use approvals sees those they take part in, whatever leads to one.
    let other = reader("other", json!(["expense-claim:read", "approval:use", "organisation:read"]));
    let shown = other.get(&claim("submitter,approval")).expect(200);
    assert_eq!(
        (shown.text("/expanded/submitter/name"), shown.at("/expanded/approval")),
        ("lan".into(), Value::Null)
    );
}

fn every_list_counts_what_matches_where_that_is_asked(app: App) {
    let company = app.company();
    company.draft("lan", 80);
    let mut counted = 0;
    for route in api::routes().iter().filter(|route| route.knows_parameter("include_total")) {
        let path = route.path.replace("{id}", company.id("lan"));
        let year = if route.knows_parameter("fiscal_year") { "&fiscal_year=2026" } else { "" };
        let list = |query: &str| company.boss.get(&format!("{path}?{query}{year}"));
        let reply = list("limit=1&include_total=true");
        // A list within a record that this company does not have.
        if path != route.path && reply.status == 404 {
            continue;
        }
        let total = reply.expect(200).at("/total").as_u64();
        let mut page = list("limit=200").expect(200);
        assert_eq!(page.at("/total"), Value::Null, "{path}: nobody asked");
        let mut there = 0;
        loop {
            there += page.at("/data").as_array().map_or(0, Vec::len);
            let Some(cursor) = page.at("/next_cursor").as_str().map(str::to_owned) else { break };
            page = list(&format!("limit=200&cursor={cursor}")).expect(200);
        }
        assert_eq!(total, u64::try_from(there).ok(), "{path}");
        counted += 1;
    }
    assert!(counted > 20, "only {counted} lists were counted");
}
