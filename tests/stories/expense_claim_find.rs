//! Finding claims: lists, mirrors of other systems, and what would happen next. `[INT-4, APR-8, ACT-1]`

use crate::{
    expense_claim::{CLAIMS, path},
    expense_request as requests,
    file::{PDF, upload},
};
use serde_json::json;
use tests::{App, column, stories};

stories! {
    a_claim_of_another_system_is_mirrored_not_doubled,
    lists_are_filtered_sorted_and_paged,
    the_preview_says_what_submitting_would_do,
    the_same_list_is_had_as_a_file_by_who_may_export,
    evidence_goes_with_the_claim_and_is_read_by_its_readers,
}

fn a_claim_of_another_system_is_mirrored_not_doubled(app: App) {
    let mut company = app.company();
    let lan = company.who("lan");
    let body = company.claim_of(250);
    let mirror = format!("{CLAIMS}/by-external/mini-program/T-77");
    let first = lan.put(&mirror, body.clone()).expect(200);
    assert_eq!((first.text("/source"), first.text("/external_id")), ("mini-program".into(), "T-77".into()));
    let same = lan.put(&mirror, body.clone()).expect(200);
    assert_eq!((same.text("/id"), same.version()), (first.text("/id"), 1));
    let mut other = body.clone();
    other["details"]["purpose"] = json!("改期拜访");
    assert_eq!(lan.put(&mirror, other.clone()).expect(200).version(), 2);
    // Handed in meanwhile, it says the same to whoever lost the answer, also on another day; another content comes too late.
    company.submit("lan", &first.text("/id"));
    app.advance(chrono::Duration::hours(23));
    company.sign_in_again(&app);
    let lan = company.who("lan");
    let again = lan.put(&mirror, other).expect(200);
    assert_eq!((again.text("/id"), again.text("/status")), (first.text("/id"), "in_approval".into()));
    let late = company.claim_of(251);
    lan.put(&mirror, late).refuses(409, "document.not_editable");
    company.who("ming").put(&mirror, company.claim_of(9)).refuses(409, "validation.not_unique");
    let mut misnamed = body;
    misnamed["external_id"] = json!("T-78");
    lan.put(&mirror, misnamed).refuses(422, "validation.format");
}

fn lists_are_filtered_sorted_and_paged(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let ids: Vec<String> = [300, 100, 200].into_iter().map(|yuan| company.draft("lan", yuan)).collect();
    company.submit("lan", &ids[0]);
    let list = |query: &str| column(&lan.get(&format!("{CLAIMS}?{query}")).expect(200).at("/data"), "id");
    assert_eq!(list("status=draft&sort=payable"), [ids[1].clone(), ids[2].clone()]);
    assert_eq!(list("sort=-payable"), [ids[0].clone(), ids[2].clone(), ids[1].clone()]);
    assert_eq!(list("payable%5Bgte%5D=150.00&payable%5Blte%5D=250"), [ids[2].clone()]);
    assert_eq!(list("payable%5Bgte%5D=150.00&payable%5Blte%5D=250&payable_currency=CNY"), [ids[2].clone()]);
    assert!(list("payable%5Bgte%5D=150&payable_currency=JPY").is_empty(), "no books are kept in yen");
    let half = format!("{CLAIMS}?payable%5Bgte%5D=1.5&payable_currency=JPY");
    company.who("gm").get(&half).refuses(400, "http.bad_parameter");
    assert_eq!(list("q=%E6%8B%9C%E8%AE%BF&sort=created_at"), ids);
    assert_eq!(list("q=%25"), Vec::<String>::new(), "a percent sign is a percent sign");
    assert_eq!(list("category=entertainment").len(), 3);
    assert_eq!(list("category=promotion").len(), 0);
    assert_eq!(list("changed_at%5Blt%5D=2026-01-01T00:00:00Z").len(), 0);
    for sort in [
        "created_at",
        "-created_at",
        "changed_at",
        "-changed_at",
        "payable",
        "-payable",
        "business_date",
        "-business_date",
    ] {
        let mut seen = Vec::new();
        let mut query = format!("sort={sort}&limit=1&include_total=true");
        loop {
            let page = lan.get(&format!("{CLAIMS}?{query}")).expect(200);
            assert_eq!(page.at("/total"), 3);
            seen.extend(column(&page.at("/data"), "id"));
            let Some(cursor) = page.at("/next_cursor").as_str().map(str::to_owned) else { break };
            query = format!("sort={sort}&limit=1&include_total=true&cursor={cursor}");
        }
        assert_eq!(seen, list(&format!("sort={sort}")), "{sort}");
    }
    lan.get(&format!("{CLAIMS}?status=paid")).refuses(400, "http.bad_parameter");
    lan.get(&format!("{CLAIMS}?colour=red")).refuses(400, "http.unknown_parameter");
    let tree = lan.get("/api/v1/expense-categories").expect(200);
    assert!(column(&tree.at("/categories"), "code").contains(&"entertainment.travel".to_owned()));
}

fn the_preview_says_what_submitting_would_do(app: App) {
    let company = app.company();
    let claim = company.draft("lan", 6000);
    let preview = format!("{}/approval-preview", path(&claim));
    let seen = company.who("lan").get(&preview).expect(200);
    assert_eq!(seen.at("/submittable"), true);
    let applying: Vec<String> = column(&seen.at("/plan/steps"), "code");
    assert!(applying.contains(&"marketing-director".to_owned()), "{seen}");
    company.who("lan").at(1).patch(&path(&claim), json!({"lines": []})).expect(200);
    let seen = company.who("lan").get(&preview).expect(200);
    assert_eq!(
        (seen.at("/submittable"), seen.text("/refusal/code")),
        (json!(false), "expense_claim.no_lines".into())
    );
    let actions = company.who("lan").get(&path(&claim)).expect(200).at("/actions");
    let submit =
        actions.as_array().and_then(|all| all.iter().find(|action| action["name"] == "submit").cloned());
    assert_eq!(submit.map(|action| action["allowed"].clone()), Some(json!(true)));
}

fn the_same_list_is_had_as_a_file_by_who_may_export(app: App) {
    let company = app.company();
    company.draft("lan", 321);
    company.draft("ming", 123);
    company.who("lan").get(&format!("{CLAIMS}?format=csv")).refuses(403, "http.forbidden");
    let file = company.who("head").get(&format!("{CLAIMS}?format=csv&sort=payable")).expect(200);
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("单号,状态,付款状态,填报人"), "{text}");
    assert!(lines[1].contains("123.00") && lines[2].contains("321.00"), "{text}");
    for (heading, shown) in [("费用类别", "差旅费"), ("事由", "拜访客户"), ("收款人工号", "E6D696E67")]
    {
        let place = lines[0].split(',').position(|above| above == heading).expect(heading);
        let cell = lines[1].split(',').nth(place).unwrap_or_default();
        assert!(cell.contains(shown), "{heading}: {text}");
    }
    assert!(lines[0].contains("入账日期,付款日期"), "{text}");
    let file = company.who("head").get(&format!("{CLAIMS}?format=ndjson&q=lan")).expect(200);
    assert_eq!(String::from_utf8(file.bytes).expect("UTF-8").lines().count(), 1);
}

fn evidence_goes_with_the_claim_and_is_read_by_its_readers(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut body = company.claim_of(480);
    body["lines"][0]["category"] = json!("promotion.advertising");
    body["lines"][0]["occurred_on"] = json!("2026-03-05");
    let application = requests::approved(&company, requests::request_of("promotion.advertising", "480.00"));
    let application = application.rsplit('/').next();
    (body["request_id"], body["lines"][0]["request_line"]) = (json!(application), json!(1));
    body["lines"][0]["advertisement"] = json!({"reference": "AD-1"});
    let claim = lan.post(CLAIMS, body).expect(201).text("/id");
    let submit = format!("{}/submit", path(&claim));
    lan.at(1).act(&submit).refuses(422, "expense_claim.evidence_missing");
    let file = upload(lan, "投放截图.pdf", PDF).expect(201).text("/id");
    let content = format!("/api/v1/files/{file}/content");
    company.who("head").get(&content).refuses(404, "http.not_found");
    let evidence = json!({"attachments": [file]});
    company.who("ming").post(CLAIMS, evidence.clone()).refuses(422, "file.unknown");
    let attached = lan.at(1).patch(&path(&claim), evidence).expect(200);
    assert_eq!(attached.at("/attachments"), json!([file]));
    lan.at(2).act(&submit).expect(200);
    assert_eq!(company.who("head").get(&content).expect(200).bytes, PDF);
    company.who("ming").get(&content).refuses(404, "http.not_found");
}
