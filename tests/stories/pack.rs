//! Packs: loaded, previewed, loaded again, exported; what the company changed stays. `[REG-5, REG-5a, REG-5b]`

use serde_json::{Value, json};
use std::fs;
use tests::{App, Caller, Program, Reply, column, stories};

stories! {
    example_17_a_renamed_department_keeps_its_name_and_the_conflict_is_listed,
    the_general_pack_is_previewed_loaded_and_loaded_again,
    every_pack_of_the_product_can_be_loaded_and_none_takes_from_another,
    what_the_company_gave_up_stays_away,
    a_policy_of_a_pack_is_followed_up_as_its_next_version,
    a_pack_is_refused_with_what_is_wrong_in_it,
    two_packs_that_claim_one_item_are_told_apart,
    what_stands_is_exported_and_loads_elsewhere_from_its_folder,
}

const LOAD: &str = "/api/v1/packs/load";

fn loading(pack: &Value) -> Value {
    json!({"pack": pack, "effective_from": "2026-03-05"})
}

fn load(by: &Caller, pack: &Value) -> Reply {
    by.post(LOAD, loading(pack)).expect(200)
}

/// What became of each item, as `kind/code: fate`.
fn fates(loaded: &Reply) -> Vec<String> {
    let items = loaded.at("/items");
    let told = |item: &Value| {
        let of = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        format!("{}/{}: {}", of("kind"), of("code"), of("fate"))
    };
    items.as_array().into_iter().flatten().map(told).collect()
}

fn shop(edition: &str, name: &str) -> Value {
    json!({"code": "shops", "edition": edition, "name_zh": "门店", "name_en": "Shops",
        "departments": [{"code": "shop", "name_zh": name, "name_en": "Shop"}],
        "positions": [{"code": "shopkeeper", "name_zh": "店长", "name_en": "Shopkeeper", "department": "shop",
            "duties": ["门店经营"], "clause": "000 §2.1"}]})
}

/// How many entries the audit trail and the feed have.
fn written(app: &App) -> (i64, i64) {
    (app.count_rows("audit_entries"), app.count_rows("events"))
}

/// Worked example 17.
fn example_17_a_renamed_department_keeps_its_name_and_the_conflict_is_listed(app: App) {
    let boss = app.administrator();
    let made = load(&boss, &shop("1.0", "门店部"));
    assert_eq!(fates(&made), ["department/shop: made", "position/shopkeeper: made"]);
    let path = format!(
        "/api/v1/departments/{}",
        boss.get("/api/v1/departments?q=shop").expect(200).text("/data/0/id")
    );
    boss.at(1).patch(&path, json!({"name_zh": "直营门店"})).expect(200);
    let kept = load(&boss, &shop("1.0", "门店部"));
    assert_eq!(fates(&kept)[0], "department/shop: kept");
    let mut next = shop("1.1", "零售门店");
    let positions = next["positions"].as_array_mut().expect("positions");
    positions
        .push(json!({"code": "cashier", "name_zh": "收银员", "name_en": "Cashier", "department": "shop",
        "duties": [], "clause": "000 §2.1"}));
    let loaded = load(&boss, &next);
    assert_eq!(
        fates(&loaded),
        ["department/shop: conflicting", "position/shopkeeper: unchanged", "position/cashier: made"]
    );
    assert_eq!(
        loaded.at("/items/0/differences"),
        json!([{"member": "name_zh", "stands": "直营门店", "says": "零售门店"}])
    );
    assert_eq!(boss.get(&path).expect(200).text("/name_zh"), "直营门店");
    // Again: nothing.
    let before = written(&app);
    let again = load(&boss, &next);
    assert_eq!(
        fates(&again),
        ["department/shop: conflicting", "position/shopkeeper: unchanged", "position/cashier: unchanged"]
    );
    assert_eq!(written(&app), before);
    // Taken once it is named.
    let mut named = loading(&next);
    named["take"] = json!(["department/shop"]);
    assert_eq!(fates(&boss.post(LOAD, named).expect(200))[0], "department/shop: taken");
    assert_eq!(boss.get(&path).expect(200).text("/name_zh"), "零售门店");
}

fn the_general_pack_is_previewed_loaded_and_loaded_again(app: App) {
    let boss = app.administrator();
    let step = || {
        let steps = boss.get("/api/v1/setup").expect(200).at("/steps/0");
        (steps["code"].clone(), steps["is_done"].clone())
    };
    assert_eq!(step(), (json!("packs"), json!(false)), "the first thing to do");
    let listed = boss.get("/api/v1/packs").expect(200);
    assert_eq!(
        column(&listed.at("/data"), "code"),
        [
            "general",
            "event-centre",
            "real-estate",
            "culture-tourism",
            "medical-device",
            "garment",
            "attendance"
        ]
    );
    assert_eq!(listed.at("/data/0/loaded_edition"), Value::Null);
    // Somebody must answer for the regulations that come with it.
    let company = app.department(&boss, "company", None);
    let head = app.hire(&boss, "head", &company, None);
    boss.at(1).patch(&format!("/api/v1/departments/{company}"), json!({"head_id": head})).expect(200);
    let body = json!({"code": "general", "effective_from": "2026-03-05", "department_id": company});
    let before = written(&app);
    let preview = boss.post(&format!("{LOAD}?validate_only=true"), body.clone()).expect(200);
    assert_eq!(written(&app), before);
    let loaded = boss.post(LOAD, body.clone()).expect(200);
    assert_eq!(fates(&preview), fates(&loaded), "a preview is the same code");
    let made = |loaded: &Reply, fate: &str| {
        fates(loaded).iter().filter(|item| item.ends_with(&format!(": {fate}"))).count()
    };
    assert!(fates(&loaded).contains(&"department/marketing-centre: made".to_owned()));
    assert!(fates(&loaded).contains(&"regulation/000: made".to_owned()));
    assert!(fates(&loaded).contains(&"policy/approval-chain/expense-claim: unchanged".to_owned()));
    assert_eq!(made(&loaded, "conflicting") + made(&loaded, "kept"), 0, "{:?}", fates(&loaded));
    let events = boss.get("/api/v1/events?kinds=pack.loaded").expect(200).at("/data");
    assert_eq!(events.as_array().map(Vec::len), Some(1));
    let before = written(&app);
    let again = boss.post(LOAD, body).expect(200);
    assert_eq!(made(&again, "unchanged"), fates(&again).len(), "twice changes nothing: {:?}", fates(&again));
    assert_eq!(written(&app), before);
    assert_eq!(boss.get("/api/v1/packs").expect(200).text("/data/0/loaded_edition"), "1.0");
    assert_eq!(step(), (json!("packs"), json!(true)));
}

fn every_pack_of_the_product_can_be_loaded_and_none_takes_from_another(app: App) {
    let company = app.company();
    let boss = &company.boss;
    for pack in column(&boss.get("/api/v1/packs").expect(200).at("/data"), "code") {
        let body = json!({"code": pack, "effective_from": "2026-03-05",
            "department_id": company.departments["company"]});
        let loaded = boss.post(LOAD, body).expect(200);
        let conflicts = fates(&loaded).into_iter().filter(|item| item.ends_with(": conflicting"));
        // The company of the stories has two departments of its own under codes of the general pack, and its own name.
        let own =
            |item: &String| item.starts_with("department/") || item.starts_with("policy/expense-policy/");
        let conflicts: Vec<String> = conflicts.filter(|item| !own(item)).collect();
        assert_eq!(conflicts, Vec::<String>::new(), "{pack}");
    }
}

fn what_the_company_gave_up_stays_away(app: App) {
    let boss = app.administrator();
    let pack = json!({"code": "shops", "edition": "1.0",
        "departments": [{"code": "shop", "name_zh": "门店部", "name_en": "Shop"}]});
    load(&boss, &pack);
    let path = format!(
        "/api/v1/departments/{}",
        boss.get("/api/v1/departments?q=shop").expect(200).text("/data/0/id")
    );
    boss.at(1).post(&format!("{path}/close"), json!({"on": "2026-03-05"})).expect(200);
    assert_eq!(fates(&load(&boss, &pack)), ["department/shop: stays_away"]);
}

fn a_policy_of_a_pack_is_followed_up_as_its_next_version(app: App) {
    let boss = app.administrator();
    let code = "notice-reminder/company";
    let versions = || boss.get(&format!("/api/v1/policies?code={code}")).expect(200).at("/data");
    let shipped = versions()[0].clone();
    let pack = |edition: &str, title: &str| {
        json!({"code": "own", "edition": edition, "policies": [{"code": code, "title": title,
            "clause": shipped["clause"], "content": shipped["content"]}]})
    };
    let title = shipped["title"].as_str().expect("a title");
    assert_eq!(fates(&load(&boss, &pack("1.0", title))), [format!("policy/{code}: unchanged")]);
    let next = load(&boss, &pack("1.1", "未读通知提醒"));
    assert_eq!(fates(&next), [format!("policy/{code}: updated")]);
    let now = versions();
    assert_eq!(now.as_array().map(Vec::len), Some(2), "what was decided before stands");
    assert!(column(&now, "title").contains(&"未读通知提醒".to_owned()));
    assert_eq!(fates(&load(&boss, &pack("1.1", "未读通知提醒"))), [format!("policy/{code}: unchanged")]);
}

fn a_pack_is_refused_with_what_is_wrong_in_it(app: App) {
    let boss = app.administrator();
    boss.post(LOAD, json!({"effective_from": "2026-03-05"})).refuses(422, "pack.one_of");
    let unknown = json!({"code": "shipyards", "effective_from": "2026-03-05"});
    boss.post(LOAD, unknown).refuses(422, "pack.unknown");
    let lonely = json!({"code": "garment", "effective_from": "2026-03-05"});
    boss.post(LOAD, lonely).refuses(422, "pack.needs");
    let mut named = loading(&shop("1.0", "门店部"));
    named["take"] = json!(["department/ship"]);
    let refused = boss.post(LOAD, named).refuses(422, "pack.unknown_item");
    assert_eq!(refused.text("/errors/0/pointer"), "/take/0");
    let mut twice = shop("1.0", "门店部");
    let again = twice["departments"][0].clone();
    twice["departments"].as_array_mut().expect("departments").push(again);
    boss.post(LOAD, loading(&twice)).refuses(422, "pack.item_twice");
    let role = json!({"code": "own", "edition": "1.0", "roles": [{"code": "keeper", "name_zh": "保管员",
        "name_en": "Keeper", "permissions": ["ship:sail"]}]});
    let refused = boss.post(LOAD, loading(&role));
    assert_eq!(refused.status, 422);
    assert!(refused.text("/errors/0/pointer").starts_with("/pack/role/keeper"), "{refused}");
    let regulation = json!({"code": "own", "edition": "1.0", "regulations": [{"code": "own-1", "title": "本店制度",
        "clauses": [{"id": "a", "kind": "clause", "number": "第一条", "text": "守时。", "binding": true}]}]});
    boss.post(LOAD, loading(&regulation)).refuses(422, "pack.issuer_missing");
    // Nothing of it was written.
    assert_eq!(boss.get("/api/v1/departments?q=shop").expect(200).at("/data"), json!([]));
    // Nobody loads a role that may do more than they themselves.
    let clerk =
        json!({"code": "loader", "name_zh": "装载员", "name_en": "Loader", "permissions": ["pack:load"]});
    boss.post("/api/v1/roles", clerk).expect(201);
    let company = app.department(&boss, "company", None);
    let loader = app.hire(&boss, "loader", &company, None);
    let loader = app.person(&boss, "loader", &loader, "loader", "all");
    let mighty = json!({"code": "own", "edition": "1.0", "roles": [{"code": "mighty", "name_zh": "全权",
        "name_en": "Mighty", "permissions": ["role:read"]}]});
    loader.post(LOAD, loading(&mighty)).refuses(403, "pack.beyond_own_rights");
}

fn two_packs_that_claim_one_item_are_told_apart(app: App) {
    let boss = app.administrator();
    load(&boss, &shop("1.0", "门店部"));
    let mut other = shop("1.0", "分店");
    other["code"] = json!("branches");
    let refused = boss.post(LOAD, loading(&other)).refuses(422, "pack.claimed");
    assert_eq!(refused.text("/errors/0/pointer"), "/pack/department/shop");
    let mut named = loading(&other);
    named["take"] = json!(["department/shop"]);
    assert_eq!(
        fates(&boss.post(LOAD, named).expect(200)),
        ["department/shop: taken", "position/shopkeeper: unchanged"]
    );
}

fn what_stands_is_exported_and_loads_elsewhere_from_its_folder(app: App) {
    let boss = app.administrator();
    let department = json!({"code": "shop", "name_zh": "门店部", "name_en": "Shop"});
    boss.post("/api/v1/departments", department).expect(201);
    let exported = boss.get("/api/v1/packs/export").expect(200);
    assert!(column(&exported.at("/departments"), "code").contains(&"shop".to_owned()), "{exported}");
    assert!(column(&exported.at("/policies"), "code").contains(&"sign-in/company".to_owned()));
    // What is exported says what stands.
    let again = load(&boss, &exported.json());
    assert!(fates(&again).iter().all(|item| item.ends_with(": unchanged")), "{:?}", fates(&again));
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("pack");
    let place = to.to_string_lossy().into_owned();
    let run = |arguments: &[&str]| {
        let output = Program::run(&app.home(), arguments);
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        assert!(output.status.success(), "{said:?}");
        said[0].clone()
    };
    assert!(run(&["pack", "export", &place]).contains("wrote"));
    let text = fs::read_to_string(to.join("departments.toml")).expect("a file");
    assert!(text.contains("门店部"), "{text}");
    let day = ["--effective-from", "2026-03-05"];
    let same = run(&["pack", "load", &place, day[0], day[1]]);
    assert!(same.contains("Unchanged"), "{same}");
    fs::write(to.join("departments.toml"), text.replace("门店部", "零售部")).expect("it is written");
    let preview = run(&["pack", "load", &place, day[0], day[1], "--preview"]);
    assert!(preview.contains("Updated: 1"), "{preview}");
    let loaded = run(&["pack", "load", &place, day[0], day[1]]);
    assert!(loaded.contains("Updated: 1"), "{loaded}");
    assert_eq!(boss.get("/api/v1/departments?q=shop").expect(200).text("/data/0/name_zh"), "零售部");
}
