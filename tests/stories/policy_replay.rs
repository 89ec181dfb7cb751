//! Replays: what a draft would have decided about a period gone by. `[REG-7, REG-7a, REG-7b, REG-7c,
//! REG-7d]`

use crate::sales_contract::Trade;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, block_on, column, records, stories};

stories! {
    example_16_a_lower_bound_brings_one_claim_of_four_before_the_general_manager,
    a_document_is_replayed_by_the_organisation_of_its_day,
    a_result_goes_stale_once_its_draft_is_mended,
    what_cannot_be_replayed_is_refused_with_the_way_out,
    only_what_lies_in_reach_is_replayed_and_only_for_whoever_asked,
    a_shorter_term_for_claims_tells_which_would_have_been_refused,
    a_claim_that_came_back_is_undetermined,
    a_customer_is_derived_anew_by_a_draft_of_ownership,
    another_plan_moves_commission_to_the_fen,
    lines_of_a_replay_go_when_their_time_has_come,
}

records! {
    "/api/v1/policy-replays/{id}" => a_replay,
}

fn a_replay(made: &Records<'_>) -> String {
    let boss = &made.company.boss;
    let (content, _) = shipped(boss, CHAIN);
    let draft = drafted(boss, CHAIN, &content);
    replayed(boss, &[&draft]).text("/id")
}

const CHAIN: &str = "approval-chain/expense-claim";

/// What a policy says as it stands, and the id of its version.
fn shipped(boss: &Caller, code: &str) -> (Value, String) {
    let found = boss.get(&format!("/api/v1/policies?code={code}")).expect(200);
    (found.at("/data/0/content"), found.text("/data/0/id"))
}

/// A draft of a policy; answers its id.
fn drafted(boss: &Caller, code: &str, content: &Value) -> String {
    drafted_for(boss, (code, "000 §9.3"), content)
}

/// A draft of a code that enforces a clause, for days to come.
#[track_caller]
pub(crate) fn drafted_for(boss: &Caller, (code, clause): (&str, &str), content: &Value) -> String {
    let body = json!({"code": code, "title": "草案", "effective_from": "2027-01-01", "content": content,
        "clause": clause});
    boss.post("/api/v1/policies", body).expect(201).text("/id")
}

fn replay(boss: &Caller, drafts: &[&str]) -> Reply {
    boss.post("/api/v1/policies/replay", json!({"drafts": drafts, "from": "2026-03-01", "to": "2026-03-05"}))
}

fn replayed(boss: &Caller, drafts: &[&str]) -> Reply {
    replay(boss, drafts).expect(201)
}

/// Same, different, undetermined, drift, out of reach.
pub(crate) fn counts(replay: &Reply) -> [u64; 5] {
    ["same", "different", "undetermined", "drift", "out_of_reach"]
        .map(|name| replay.at(&format!("/counts/{name}")).as_u64().unwrap_or(u64::MAX))
}

/// The chain of claims with the general manager asked from an amount on, in minor units.
fn general_manager_from(content: &Value, from: i64) -> Value {
    let mut content = content.clone();
    let steps = content["steps"].as_array_mut().expect("steps");
    let step = steps.iter_mut().find(|step| step["code"] == "general-manager").expect("the step");
    let yuan = format!("{}.{:02}", from / 100, from % 100);
    step["when"][0]["from"] = json!({"amount": yuan, "currency": "CNY"});
    content
}

fn claims(company: &Company, yuan: &[u32]) -> Vec<String> {
    yuan.iter().map(|yuan| company.submitted("lan", *yuan).0).collect()
}

/// Worked example 16.
fn example_16_a_lower_bound_brings_one_claim_of_four_before_the_general_manager(app: App) {
    let company = app.company();
    let boss = &company.boss;
    claims(&company, &[20_000, 30_000, 40_000, 60_000]);
    let (content, _) = shipped(boss, CHAIN);
    let draft = drafted(boss, CHAIN, &general_manager_from(&content, 3_000_001));
    let rows = || (app.count_rows("events"), app.count_rows("approvals"), app.count_rows("policies"));
    let (events, approvals, policies) = rows();
    let replay = replayed(boss, &[&draft]);
    assert_eq!(rows(), (events + 1, approvals, policies), "nothing is written but the result");
    assert_eq!(counts(&replay), [3, 1, 0, 0, 0], "{replay}");
    assert_eq!(replay.at("/groups").as_array().map(Vec::len), Some(1), "{replay}");
    assert_eq!(replay.text("/groups/0/decision"), "approver_routing");
    assert_eq!(replay.text("/groups/0/policy"), CHAIN);
    assert_eq!(replay.text("/groups/0/reason/rule"), "general-manager");
    assert_eq!(replay.text("/groups/0/reason/name/zh"), "总经理审批");
    assert_eq!(replay.text("/groups/0/reason/clause"), "003 营销费用审批流程 4；000 §9.3(1)");
    assert_eq!(replay.at("/groups/0/reason/before"), Value::Null, "nobody");
    assert_eq!(replay.text("/groups/0/reason/after/zh"), "chair、gm", "{replay}");
    assert_eq!(replay.text("/groups/0/reason/fact"), "amount");
    assert_eq!((replay.at("/groups/0/count"), replay.at("/moved")), (json!(1), json!([])));
    assert_eq!(replay.at("/groups/0/examples").as_array().map(Vec::len), Some(1));
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?verdict=different")).expect(200);
    assert_eq!(lines.text("/data/0/number"), replay.text("/groups/0/examples/0/number"));
    assert!(lines.text("/data/0/draft/zh").contains("总经理审批：chair、gm"), "{lines}");
    assert!(!lines.text("/data/0/current/zh").contains("总经理审批"), "{lines}");
    assert_eq!(lines.at("/data/0/stored"), lines.at("/data/0/current"), "no drift");
    // The same as files.
    let csv = boss.get(&format!("{place}/lines?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&csv.bytes).contains("总经理审批"), "{csv}");
    let told = boss.get(&format!("{place}/lines?format=ndjson")).expect(200);
    assert_eq!(String::from_utf8_lossy(&told.bytes).lines().count(), 1);
    // The same input gives the same.
    assert_eq!(replayed(boss, &[&draft]).text("/digest"), replay.text("/digest"));
    assert_eq!(boss.get("/api/v1/policy-replays").expect(200).at("/data").as_array().map(Vec::len), Some(2));
    let tried = boss.post(
        "/api/v1/policies/replay?validate_only=true",
        json!({"drafts": [draft], "from": "2026-03-01", "to": "2026-03-05"}),
    );
    assert_eq!(counts(&tried.expect(201)), [3, 1, 0, 0, 0]);
    assert_eq!(boss.get("/api/v1/policy-replays").expect(200).at("/data").as_array().map(Vec::len), Some(2));
}

fn a_document_is_replayed_by_the_organisation_of_its_day(app: App) {
    let mut company = app.company();
    claims(&company, &[100]);
    app.advance(Duration::hours(1));
    company.sign_in_again(&app);
    let boss = &company.boss;
    // Somebody else heads the department since.
    let path = format!("/api/v1/departments/{}", company.departments["marketing"]);
    let version = boss.get(&path).expect(200).version();
    boss.at(version).patch(&path, json!({"head_id": company.id("gm")})).expect(200);
    let (content, _) = shipped(boss, CHAIN);
    let replay = replayed(boss, &[&drafted(boss, CHAIN, &content)]);
    assert_eq!(counts(&replay), [1, 0, 0, 0, 0], "neither drift nor difference: {replay}");
    claims(&company, &[200]);
    let mut other = content;
    other["steps"][0]["approvers"] = json!([{"kind": "superior_department_head"}]);
    let replay = replayed(boss, &[&drafted(boss, CHAIN, &other)]);
    let before = ["/groups/0", "/groups/1"].map(|group| replay.text(&format!("{group}/reason/before/zh")));
    assert!(["gm", "head"].iter().all(|name| before.iter().any(|known| known == name)), "{replay}");
    assert_eq!(replay.text("/groups/0/reason/fact"), "approvers");
}

fn a_result_goes_stale_once_its_draft_is_mended(app: App) {
    let company = app.company();
    let boss = &company.boss;
    claims(&company, &[100]);
    let (content, _) = shipped(boss, CHAIN);
    let draft = drafted(boss, CHAIN, &content);
    let place = replayed(boss, &[&draft]).header("location").expect("a place");
    assert_eq!(boss.get(&place).expect(200).at("/is_stale"), json!(false));
    let mended = json!({"title": "另一稿"});
    boss.at(1).patch(&format!("/api/v1/policies/{draft}"), mended).expect(200);
    assert_eq!(boss.get(&place).expect(200).at("/is_stale"), json!(true));
}

fn what_cannot_be_replayed_is_refused_with_the_way_out(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let (content, _) = shipped(boss, "sign-in/company");
    let sign_in = drafted(boss, "sign-in/company", &content);
    let refused = replay(boss, &[&sign_in]).refuses(422, "policy_replay.not_replayable");
    assert!(refused.text("/detail").contains("approval-chain"), "{refused}");
    let (content, _) = shipped(boss, CHAIN);
    let (one, other) = (drafted(boss, CHAIN, &content), drafted(boss, CHAIN, &content));
    replay(boss, &[&one, &other]).refuses(422, "policy_replay.two_drafts");
    let nonsense = drafted(boss, CHAIN, &content);
    // As an older product let it be drafted.
    app.execute(&format!(
        "UPDATE policies SET content = '{{\"no_such_rule\": true}}' WHERE code = '{CHAIN}' AND number = 4"
    ));
    replay(boss, &[&nonsense]).refuses(422, "policy.unsound");
    let days = |from: &str, to: &str| {
        boss.post("/api/v1/policies/replay", json!({"drafts": [one], "from": from, "to": to}))
    };
    days("2026-03-05", "2026-03-04").refuses(422, "policy_replay.period_reversed");
    days("2026-03-05", "2026-03-06").refuses(422, "policy_replay.not_yet");
    let unknown = app.stranger().to_string();
    assert_eq!(replay(boss, &[&unknown]).text("/errors/0/pointer"), "/drafts/0");
}

fn only_what_lies_in_reach_is_replayed_and_only_for_whoever_asked(app: App) {
    let company = app.company();
    let boss = &company.boss;
    claims(&company, &[100]);
    company.submitted("rep", 90);
    let (content, _) = shipped(boss, CHAIN);
    let draft = drafted(boss, CHAIN, &content);
    let whole = replayed(boss, &[&draft]);
    assert_eq!(counts(&whole), [2, 0, 0, 0, 0]);
    // Somebody who keeps policies and oversees one department alone.
    let permissions = json!(["policy:read", "policy:manage", "approval:oversee"]);
    let role = json!({"code": "policy-keeper", "name_zh": "政策管理员", "name_en": "Keeper of policies",
        "permissions": permissions});
    boss.post("/api/v1/roles", role).expect(201);
    let keeper = app.hire(boss, "keeper", &company.departments["marketing"], Some(company.id("head")));
    let keeper = app.person(boss, "keeper", &keeper, "policy-keeper", "department");
    let part = replayed(&keeper, &[&draft]);
    assert_eq!(counts(&part), [1, 0, 0, 0, 1], "{part}");
    let place = whole.header("location").expect("a place");
    keeper.get(&place).refuses(404, "http.not_found");
    keeper.get(&format!("{place}/lines")).refuses(404, "http.not_found");
    assert_eq!(
        keeper.get("/api/v1/policy-replays").expect(200).at("/data").as_array().map(Vec::len),
        Some(1)
    );
}

fn a_shorter_term_for_claims_tells_which_would_have_been_refused(app: App) {
    let company = app.company();
    let boss = &company.boss;
    claims(&company, &[100, 250]);
    let code = "expense-policy/claims";
    let (mut content, _) = shipped(boss, code);
    // The invoices are of three days before.
    content["invoice_max_age_days"] = json!(2);
    let replay = replayed(boss, &[&drafted(boss, code, &content)]);
    assert_eq!(counts(&replay), [0, 2, 0, 0, 0], "{replay}");
    assert_eq!(replay.text("/groups/0/decision"), "expense_rules");
    assert_eq!(replay.at("/groups/0/count"), json!(2));
    assert_eq!(replay.text("/groups/0/reason/after/en"), "refused");
    assert_eq!(replay.at("/moved"), json!([{"currency": "CNY", "minor": 35_000}]));
    content["invoice_max_age_days"] = json!(3_000);
    let wider = replayed(boss, &[&drafted(boss, code, &content)]);
    assert_eq!(counts(&wider), [2, 0, 0, 0, 0], "{wider}");
    let categories = "expense-categories/standard";
    let (content, _) = shipped(boss, categories);
    let both = replayed(boss, &[&drafted(boss, categories, &content)]);
    assert_eq!(counts(&both), [2, 0, 0, 0, 0], "{both}");
}

fn a_claim_that_came_back_is_undetermined(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let claim = claims(&company, &[100]).remove(0);
    let path = format!("/api/v1/expense-claims/{claim}");
    let lan = company.who("lan");
    lan.at(lan.get(&path).expect(200).version()).post(&format!("{path}/withdraw"), json!({})).expect(200);
    let code = "expense-policy/claims";
    let (content, _) = shipped(boss, code);
    let replay = replayed(boss, &[&drafted(boss, code, &content)]);
    assert_eq!(counts(&replay), [0, 0, 1, 0, 0], "{replay}");
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines")).expect(200);
    assert!(lines.text("/data/0/missing/zh").contains("提交时"), "the fact is named: {lines}");
}

fn a_customer_is_derived_anew_by_a_draft_of_ownership(app: App) {
    let trade = Trade::open(&app, "111.00");
    let boss = &trade.company.boss;
    let code = "ownership/general";
    let (content, _) = shipped(boss, code);
    let same = replayed(boss, &[&drafted(boss, code, &content)]);
    let [alike, different, undetermined, drift, _] = counts(&same);
    assert!(alike > 0, "{same}");
    assert_eq!([different, undetermined, drift], [0, 0, 0], "{same}");
}

fn another_plan_moves_commission_to_the_fen(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let contract = trade.approved("lan", "3");
    trade.sign("lan", &contract);
    trade.receive(&contract, "333.00");
    let boss = &trade.company.boss;
    let code = "commission-plan/company";
    let (mut content, _) = shipped(boss, code);
    let same = replayed(boss, &[&drafted(boss, code, &content)]);
    assert_eq!(counts(&same), [1, 0, 0, 0, 0], "{same}");
    content["rates"] = json!([{"pays": {"kind": "share", "of": "gross", "rate_bp": 50}}]);
    content["tiered"] = Value::Null;
    let other = replayed(boss, &[&drafted(boss, code, &content)]);
    assert_eq!(counts(&other), [0, 1, 0, 0, 0], "{other}");
    // 333.00 at 0.50 % are 1.67, at 0.30 % they are 1.00.
    assert_eq!(other.at("/moved"), json!([{"currency": "CNY", "minor": 67}]), "{other}");
    assert_eq!(other.text("/groups/0/reason/before/zh"), "0.30%");
    let rules = "commission-rules/company";
    let (content, _) = shipped(boss, rules);
    let judged = replayed(boss, &[&drafted(boss, rules, &content)]);
    assert_eq!(counts(&judged), [1, 0, 0, 0, 0], "{judged}");
}

fn lines_of_a_replay_go_when_their_time_has_come(app: App) {
    let mut company = app.company();
    claims(&company, &[6_000]);
    let (content, _) = shipped(&company.boss, CHAIN);
    let draft = drafted(&company.boss, CHAIN, &{
        let mut content = content;
        content["steps"][0]["approvers"] = json!([{"kind": "superior_department_head"}]);
        content
    });
    let place = replayed(&company.boss, &[&draft]).header("location").expect("a place");
    let lines = |company: &Company| {
        let found = company.boss.get(&format!("{place}/lines")).expect(200).at("/data");
        found.as_array().map(Vec::len)
    };
    assert_eq!(lines(&company), Some(1));
    app.advance(Duration::days(8));
    company.sign_in_again(&app);
    block_on(api::forget_policy_replays(&app.database)).expect("old lines go");
    assert_eq!(lines(&company), Some(0));
    assert_eq!(counts(&company.boss.get(&place).expect(200))[1], 1, "the summary stays");
    let id = place.rsplit('/').next().expect("an id");
    let events = company.boss.get(&format!("/api/v1/events?entity={id}")).expect(200).at("/data");
    assert_eq!(column(&events, "kind"), ["policy_replay.made", "policy_replay.forgotten"]);
}
