//! The regulations that come with the product, and what enforces each of their clauses. `[REG-1, REG-3, REG-8]`

use crate::regulation::{LOAD, REGULATIONS, drafted, loaded, published};
use serde_json::json;
use tests::{App, column, stories};

stories! {
    the_regulations_that_come_with_the_product_are_entered_once,
    what_the_company_has_changed_stays,
    coverage_names_what_enforces_each_clause_or_why_nothing_does,
    what_rules_cite_must_stand_in_the_regulations,
    whatever_ships_cites_clauses_that_stand,
}

fn the_regulations_that_come_with_the_product_are_entered_once(app: App) {
    let company = app.company();
    let body = json!({"department_id": company.departments["centre"], "effective_from": "2026-01-01"});
    company.who("gm").post(LOAD, body.clone()).refuses(403, "http.forbidden");
    let states = || {
        let shown = company.boss.get("/api/v1/shipped-regulations").expect(200).at("/data");
        (column(&shown, "code"), column(&shown, "state"))
    };
    let codes =
        ["000", "001", "002-1", "002-2", "002-3", "002-4", "002-5", "002-6", "002-7", "002-8", "003", "004"];
    assert_eq!(states().0, codes);
    assert!(states().1.iter().all(|state| state == "absent"));
    let written = company.boss.post(LOAD, body.clone()).expect(200).at("/written");
    assert_eq!(written, json!(codes));
    assert!(states().1.iter().all(|state| state == "current"));
    let counted =
        || [app.count_rows("audit_entries"), app.count_rows("events"), app.count_rows("regulation_versions")];
    let before = counted();
    let again = company.boss.post(LOAD, body).expect(200).at("/written");
    assert_eq!((again, counted()), (json!([]), before), "twice changes nothing");
    let lan = company.who("lan");
    let found = lan.get(&format!("{REGULATIONS}?code=002-6")).expect(200);
    let text = lan.get(&format!("{REGULATIONS}/{}/text?on=2026-02-01", found.text("/data/0/id"))).expect(200);
    let second = text.at("/clauses").as_array().cloned().unwrap_or_default();
    let second = second.into_iter().find(|clause| clause["id"] == "1.2.2").expect("第二条");
    assert!(second["text"].as_str().is_some_and(|text| text.contains("每周日中午前提交周报")), "{second}");
}

/// Example 17, as far as regulations go: what the company changed is kept, and loading again does nothing.
fn what_the_company_has_changed_stays(app: App) {
    let company = app.company();
    let id = loaded(&company, "002-8");
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "改为公司自己的打卡办法",
        "text": "第一条 上班打卡，下班打卡。"});
    let place = drafted(company.who("head"), body);
    published(&company, &place, "2026-03-06");
    let load = json!({"codes": ["002-8"], "department_id": company.departments["marketing"],
        "effective_from": "2026-03-10"});
    let again = company.boss.post(LOAD, load).expect(200);
    assert_eq!(again.at("/written"), json!([]));
    let shown = again.at("/data").as_array().cloned().unwrap_or_default();
    let shown = shown.into_iter().find(|one| one["code"] == "002-8").expect("the regulation");
    assert_eq!((shown["state"].clone(), shown["version"]["edition"].clone()), (json!("changed"), json!(2)));
    let text = company.who("lan").get(&format!("{REGULATIONS}/{id}/text?on=2026-03-10")).expect(200);
    assert_eq!(text.text("/clauses/0/text"), "上班打卡，下班打卡。");
}

fn coverage_names_what_enforces_each_clause_or_why_nothing_does(app: App) {
    let company = app.company();
    let id = loaded(&company, "000");
    let shown = company.who("lan").get(&format!("{REGULATIONS}/{id}/coverage")).expect(200);
    let clauses = shown.at("/clauses").as_array().cloned().unwrap_or_default();
    let clause = |id: &str| clauses.iter().find(|clause| clause["id"] == id).expect(id).clone();
    let standard = clause("2.3.2");
    assert_eq!((standard["standing"].clone(), standard["binding"].clone()), (json!("enforced"), json!(true)));
    let by = column(&standard["enforced_by"], "code");
    assert!(by.contains(&"staffing-standard/company".to_owned()), "{by:?}");
    let claims = clause("9.3.5");
    let paths = column(&claims["enforced_by"], "path");
    assert!(paths.iter().any(|path| path.starts_with("/steps/")), "a step of a chain cites it: {paths:?}");
    let aim = clause("1.1.p1");
    assert_eq!(aim["standing"], json!("declaration"));
    let (binding, enforced) = (shown.at("/binding").as_u64(), shown.at("/enforced").as_u64());
    let share = binding.zip(enforced).map(|(binding, enforced)| enforced * 10_000 / binding);
    assert!(enforced > Some(0) && shown.at("/enforced_bp").as_u64() == share, "{binding:?} {enforced:?}");
    // Of what nothing enforces, what is merely kept on record or declared says why.
    for clause in clauses.iter().filter(|clause| clause["standing"] == "recorded_only") {
        assert!(clause["reason_zh"].is_string(), "{clause}");
    }
}

fn what_rules_cite_must_stand_in_the_regulations(app: App) {
    let company = app.company();
    let rule = |code: &str, clause: &str| {
        let content = crate::duty::weekly();
        let body = json!({"code": format!("duty-rule/{code}"), "title": "周报", "content": content,
            "clause": clause, "effective_from": "2026-03-05"});
        let place =
            company.boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
        company.boss.at(1).act(&format!("{place}/publish"))
    };
    rule("before", "002 §6 第九章").expect(200);
    let id = loaded(&company, "002-6");
    let refused = rule("lost", "002 §6 第九章").refuses(422, "policy.unsound");
    assert!(refused.at("/errors").to_string().contains("clause"), "{}", refused.at("/errors"));
    rule("found", "002 §6 第一章 第二条").expect(200);
    let shown = company.who("lan").get(&format!("{REGULATIONS}/{id}/coverage")).expect(200);
    let broken = shown.at("/broken");
    assert!(column(&broken, "policy_code").contains(&"duty-rule/before".to_owned()), "{broken}");
}

fn whatever_ships_cites_clauses_that_stand(app: App) {
    let company = app.company();
    let body = json!({"department_id": company.departments["centre"], "effective_from": "2026-01-01"});
    company.boss.post(LOAD, body).expect(200);
    let all = company.boss.get(&format!("{REGULATIONS}?limit=100")).expect(200).at("/data");
    for id in column(&all, "id") {
        let shown = company.boss.get(&format!("{REGULATIONS}/{id}/coverage")).expect(200);
        assert_eq!(shown.at("/broken"), json!([]));
    }
}
