//! Internal audits: a sample anybody can draw again, conclusions, and what must be mended. `[EXP-11]`

use crate::expense_claim::{CLAIMS, deed};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{App, Caller, Company, PASSWORD, Records, Reply, column, race, records, stories};

stories! {
    the_same_seed_over_the_same_claims_draws_the_same_sample,
    an_auditor_never_audits_what_they_are_a_party_to,
    the_riskiest_are_drawn_with_what_was_seen_and_stay_as_they_were,
    an_audit_goes_from_plan_to_close_once_everything_is_mended,
    a_draw_retried_with_one_key_draws_once,
    an_audit_is_changed_only_while_it_may_be,
    audits_and_samples_are_had_as_files,
}

records! {
    "/api/v1/internal-audits/{id}" => |made| sampled(made.app, made.company).2.replace("/api/v1/internal-audits/", ""),
    "/api/v1/internal-audit-items/{id}" => an_item_of_a_sample,
}

pub(crate) const AUDITS: &str = "/api/v1/internal-audits";

/// An auditor of the finance department, whose head is 钱.
pub(crate) fn auditor(app: &App, company: &Company, name: &str) -> (String, Caller) {
    let id = app.hire(&company.boss, name, &company.departments["finance"], Some(company.id("gm")));
    let caller = app.person(&company.boss, name, &id, "internal-auditor", "all");
    (id, caller)
}

pub(crate) fn plan(auditor: &str) -> Value {
    json!({"title": "一季度费用审计", "purpose": "核查真实性", "auditor_id": auditor,
        "scope": {"from": "2026-01-01", "to": "2026-03-31", "claim_states": ["in_approval", "approved"]}})
}

/// An audit under way; its path.
#[track_caller]
fn under_way(by: &Caller, auditor: &str) -> String {
    let planned = by.post(AUDITS, plan(auditor)).expect(201);
    let place = planned.header("location").expect("a place");
    by.at(1).act(&format!("{place}/start")).expect(200);
    place
}

/// Acts on something as it stands now.
#[track_caller]
pub(crate) fn act(by: &Caller, place: &str, action: &str, body: Value) -> Reply {
    let version = by.get(place).expect(200).version();
    by.at(version).post(&format!("{place}/{action}"), body)
}

fn items(by: &Caller, place: &str) -> Value {
    by.get(&format!("{place}/items?limit=200")).expect(200).at("/data")
}

pub(crate) fn random(size: u32, seed: &str) -> Value {
    json!({"random": {"size": size, "seed": seed}})
}

fn the_same_seed_over_the_same_claims_draws_the_same_sample(app: App) {
    let company = app.company();
    let (id, auditor) = auditor(&app, &company, "shen");
    for yuan in 0..14 {
        company.submitted(if yuan % 2 == 0 { "lan" } else { "ming" }, 101 + yuan);
    }
    let drawn = |seed: &str| {
        let place = under_way(&auditor, &id);
        let audit = act(&auditor, &place, "draw", random(5, seed)).expect(200);
        (column(&items(&auditor, &place), "claim_id"), audit)
    };
    let (first, audit) = drawn("2026-Q1");
    assert_eq!(first.len(), 5);
    assert_eq!((audit.at("/draws/0/population"), audit.at("/draws/0/seed")), (json!(14), json!("2026-Q1")));
    let (second, same) = drawn("2026-Q1");
    assert_eq!(second, first);
    assert_eq!(same.at("/draws/0/population_digest"), audit.at("/draws/0/population_digest"));
    let others: BTreeSet<Vec<String>> = ["a", "b", "c"].iter().map(|seed| drawn(seed).0).collect();
    assert!(others.len() > 1, "another seed draws others");
    // Another population has another digest; what was drawn is not drawn again.
    company.submitted("rep", 77);
    let (_, other) = drawn("2026-Q1");
    assert_ne!(other.at("/draws/0/population_digest"), audit.at("/draws/0/population_digest"));
    let place = format!("{AUDITS}/{}", other.text("/id"));
    let rest = act(&auditor, &place, "draw", random(200, "more")).expect(200);
    assert_eq!((rest.at("/items"), rest.at("/draws/1/drawn")), (json!(15), json!(10)));
    let all: BTreeSet<String> = column(&items(&auditor, &place), "claim_id").into_iter().collect();
    assert_eq!(all.len(), 15);
    act(&auditor, &place, "draw", random(1, "none left")).refuses(409, "internal_audit.no_population");
    act(&auditor, &place, "draw", json!({})).refuses(422, "internal_audit.nothing_to_draw");
    // Without a seed one is made, and recorded.
    let place = under_way(&auditor, &id);
    let made = act(&auditor, &place, "draw", json!({"random": {"size": 3}})).expect(200);
    let seed = made.text("/draws/0/seed");
    assert_eq!(drawn_with(&auditor, &id, &seed, 3), column(&items(&auditor, &place), "claim_id"));
}

fn drawn_with(by: &Caller, auditor: &str, seed: &str, size: u32) -> Vec<String> {
    let place = under_way(by, auditor);
    act(by, &place, "draw", random(size, seed)).expect(200);
    column(&items(by, &place), "claim_id")
}

fn an_auditor_never_audits_what_they_are_a_party_to(app: App) {
    let company = app.company();
    let (id, shen) = auditor(&app, &company, "shen");
    let (_, wen) = auditor(&app, &company, "wen");
    let (of_lan, approval) = company.submitted("lan", 120);
    let submitted = |by: &Caller, yuan: u32| {
        let claim = by.post(CLAIMS, company.claim_of(yuan)).expect(201).text("/id");
        deed(by, &claim, "submit", Value::Null).expect(200);
        claim
    };
    let (own, of_wen) = (submitted(&shen, 130), submitted(&wen, 140));
    let of_head = submitted(company.who("qian"), 150);
    let place = under_way(&shen, &id);
    let audit = act(&shen, &place, "draw", random(100, "all")).expect(200);
    assert_eq!(audit.at("/draws/0/population"), 4);
    let excluded = audit.at("/draws/0/excluded");
    assert_eq!(
        excluded,
        json!([{"reason": "own_claim", "count": 1}, {"reason": "head_of_own_department", "count": 1}])
    );
    let drawn: BTreeSet<String> = column(&items(&shen, &place), "claim_id").into_iter().collect();
    assert_eq!(drawn, BTreeSet::from([of_lan.clone(), of_wen.clone()]));
    let pick = |claim: &str| shen.post(&format!("{place}/items"), json!({"claim_id": claim}));
    let refused = pick(&own).refuses(403, "internal_audit.not_independent");
    assert_eq!((refused.at("/params/reason"), refused.text("/rule")), (json!("own_claim"), "EXP-11".into()));
    assert_eq!(
        pick(&of_head).refuses(403, "internal_audit.not_independent").at("/params/reason"),
        "head_of_own_department"
    );
    pick(&of_lan).refuses(409, "internal_audit.already_sampled");
    let (draft, later) = (company.draft("lan", 5), company.submitted("ming", 160).0);
    pick(&draft).refuses(422, "internal_audit.outside_scope");
    let picked = pick(&later).expect(201);
    assert_eq!(
        (picked.text("/origin"), picked.at("/position"), picked.at("/draw")),
        ("by_hand".into(), json!(3), Value::Null)
    );
    // Another auditor may conclude, but not on their own claim; nor raise a finding about it.
    let sample = items(&shen, &place);
    let item = |claim: &str| {
        let found =
            sample.as_array().and_then(|all| all.iter().find(|item| item["claim_id"] == claim).cloned());
        found.and_then(|item| item["id"].as_str().map(str::to_owned)).expect("an item")
    };
    let conclude = |by: &Caller, claim: &str| {
        let body = json!({"verdict": "satisfactory", "note": "票据齐全"});
        act(by, &format!("/api/v1/internal-audit-items/{}", item(claim)), "conclude", body)
    };
    conclude(&wen, &of_wen).refuses(403, "internal_audit.not_independent");
    conclude(&wen, &of_lan).expect(200);
    conclude(&shen, &of_wen).expect(200);
    company.who("lan").get(&place).refuses(403, "http.forbidden");
    drop(approval);
}

fn the_riskiest_are_drawn_with_what_was_seen_and_stay_as_they_were(app: App) {
    let company = app.company();
    let (id, auditor) = auditor(&app, &company, "shen");
    let mut plain = company.claim_of(113);
    plain["lines"][0]["invoices"][0]["number"] = json!("26999000000000000113");
    plain["lines"][0]["invoices"][0]["seller"] =
        json!({"name": "福建某某", "tax_number": "91350100M000100Y43"});
    let plain = company.who("ming").post(CLAIMS, plain).expect(201).text("/id");
    company.submit("ming", &plain);
    // Of the same seller, with numbers in a row, of the same amount, and round.
    let risky: Vec<String> = (0..4).map(|_| company.submitted("lan", 2_000).0).collect();
    let place = under_way(&auditor, &id);
    let body = json!({"random": {"size": 1, "seed": "x"}, "by_risk": {"size": 3}});
    let audit = act(&auditor, &place, "draw", body).expect(200);
    assert_eq!((audit.at("/draws/0/drawn"), audit.at("/draws/0/policy_version")), (json!(4), json!(1)));
    let sample = items(&auditor, &place);
    let by_risk: Vec<Value> =
        sample.as_array().into_iter().flatten().filter(|i| i["origin"] == "by_risk").cloned().collect();
    assert_eq!(by_risk.len(), 3);
    assert!(by_risk.iter().all(|item| risky.iter().any(|claim| item["claim_id"] == *claim)), "{sample}");
    let rules = column(&by_risk[0]["signals"], "rule");
    for rule in ["round_sum", "repeated_amount", "repeated_seller", "invoice_sequence", "split_purchase"] {
        assert!(rules.contains(&rule.to_owned()), "{rule}: {rules:?}");
    }
    assert_eq!(by_risk[0]["score"], 10 + 20 + 10 + 25 + 30);
    assert_eq!(by_risk[0]["signals"][0]["explanation"]["citation"]["policy"], "audit-risk/expense-claims");
    // The claim moves on; the item does not.
    let claim = by_risk[0]["claim_id"].as_str().expect("a claim");
    let version = by_risk[0]["claim_version"].as_i64();
    deed(company.who("lan"), claim, "withdraw", json!({})).expect(200);
    company.who("lan").at(3).patch(&format!("{CLAIMS}/{claim}"), json!({"lines": []})).expect(200);
    let item = by_risk[0]["id"].as_str().expect("an item");
    let frozen = auditor.get(&format!("/api/v1/internal-audit-items/{item}")).expect(200);
    assert_eq!(
        (frozen.text("/payable/amount"), frozen.at("/claim_version").as_i64()),
        ("2000.00".into(), version)
    );
    assert_eq!(frozen.at("/signals"), by_risk[0]["signals"]);
}

/// An audit under way with one item of 兰兰's claim; paths of audit and item.
pub(crate) fn sampled(app: &App, company: &Company) -> (String, Caller, String, String) {
    let (id, auditor) = auditor(app, company, "shen");
    company.submitted("lan", 480);
    let place = under_way(&auditor, &id);
    act(&auditor, &place, "draw", random(1, "one")).expect(200);
    let item = column(&items(&auditor, &place), "id").remove(0);
    (id, auditor, place, item)
}

pub(crate) fn finding(company: &Company, item: Option<&str>) -> Value {
    json!({"item_id": item, "content": {"severity": "high", "clause": "000 §9.3(5)", "text": "住宿与行程不符",
        "line": item.map(|_| 1), "amount": {"amount": "120.00", "currency": "CNY"},
        "department_id": company.departments["marketing"], "responsible_id": company.id("lan"), "due_on": "2026-04-10"}})
}

fn an_audit_goes_from_plan_to_close_once_everything_is_mended(app: App) {
    let company = app.company();
    let (_, auditor, place, item) = sampled(&app, &company);
    let report = || act(&auditor, &place, "report", json!({"conclusion": "基本合规"}));
    report().refuses(409, "internal_audit.items_open");
    let item_place = format!("/api/v1/internal-audit-items/{item}");
    let body = json!({"verdict": "exception", "note": "住宿发票与行程不符"});
    let concluded = act(&auditor, &item_place, "conclude", body).expect(200);
    assert_eq!((concluded.text("/verdict"), concluded.version()), ("exception".into(), 2));
    report().refuses(409, "internal_audit.exceptions_without_finding");
    let mut wrong = finding(&company, Some(&item));
    wrong["content"]["line"] = json!(7);
    wrong["content"]["due_on"] = json!("2026-03-01");
    let refused = auditor.post(&format!("{place}/findings"), wrong).expect(422);
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/line", "/due_on"]);
    let raised = auditor.post(&format!("{place}/findings"), finding(&company, Some(&item))).expect(201);
    assert_eq!((raised.text("/number"), raised.text("/status")), ("AF-2026-000001".into(), "open".into()));
    assert_eq!((raised.text("/responsible/name"), raised.at("/line")), ("lan".into(), json!(1)));
    assert_eq!(report().expect(200).text("/status"), "reported");
    act(&auditor, &place, "draw", random(1, "late")).refuses(409, "internal_audit.not_under_way");
    let close = || act(&auditor, &place, "close", Value::Null);
    close().refuses(409, "internal_audit.findings_open");
    let place_of_finding = raised.header("location").expect("a place");
    let mended = json!({"text": "差额 120 元已退回"});
    act(company.who("lan"), &place_of_finding, "report-remediation", mended).expect(200);
    act(&auditor, &place_of_finding, "close", json!({"note": "已核对回单"})).expect(200);
    assert_eq!(close().expect(200).text("/status"), "closed");
    let summary = auditor.get(&format!("{place}/summary")).expect(200);
    assert_eq!((summary.at("/items"), summary.text("/amount/amount")), (json!(1), "480.00".into()));
    assert_eq!(
        (summary.text("/exception_percent"), summary.text("/conclusion")),
        ("100.00".into(), "基本合规".into())
    );
    assert_eq!((summary.at("/findings/2/findings"), summary.at("/findings/2/open")), (json!(1), json!(0)));
    assert_eq!(summary.text("/findings/2/amount/amount"), "120.00");
    let events = auditor_events(&company, &place);
    assert_eq!(
        events,
        [
            "internal_audit.planned",
            "internal_audit.started",
            "internal_audit.sample_drawn",
            "internal_audit.reported",
            "internal_audit.closed"
        ]
    );
}

fn auditor_events(company: &Company, place: &str) -> Vec<String> {
    let id = place.rsplit('/').next().unwrap_or_default();
    column(&company.who("qian").get(&format!("/api/v1/events?entity={id}")).expect(200).at("/data"), "kind")
}

fn a_draw_retried_with_one_key_draws_once(app: App) {
    let company = app.company();
    let (id, auditor) = auditor(&app, &company, "shen");
    for yuan in 0..6 {
        company.submitted("lan", 201 + yuan);
    }
    let place = under_way(&auditor, &id);
    let once = auditor.once("draw-1").at(2);
    let runners = (0..6).map(|_| {
        let (once, place) = (&once, &place);
        Box::new(move || once.post(&format!("{place}/draw"), random(2, "k")))
            as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let replies = race(runners.collect());
    assert!(replies.iter().all(|reply| [200, 409].contains(&reply.status)), "{replies:?}");
    assert!(replies.iter().any(|reply| reply.status == 200));
    assert_eq!(items(&auditor, &place).as_array().map(Vec::len), Some(2));
    assert_eq!(auditor.get(&place).expect(200).at("/draws").as_array().map(Vec::len), Some(1));
    // Without a key, of two who read the same version one draws.
    let at = auditor.at(3);
    let runners = (0..4).map(|number| {
        let (at, place) = (&at, &place);
        let body = random(1, &number.to_string());
        Box::new(move || at.post(&format!("{place}/draw"), body)) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let mut statuses: Vec<u16> = race(runners.collect()).iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    // The same claim picked by two at once is in the sample once.
    let left = company.submitted("ming", 300).0;
    let runners = (0..4).map(|_| {
        let (auditor, place, left) = (&auditor, &place, &left);
        Box::new(move || auditor.post(&format!("{place}/items"), json!({"claim_id": left})))
            as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let mut statuses: Vec<u16> = race(runners.collect()).iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

fn an_audit_is_changed_only_while_it_may_be(app: App) {
    let company = app.company();
    let (id, auditor) = auditor(&app, &company, "shen");
    let mut wrong = plan(&id);
    wrong["scope"]["to"] = json!("2025-12-31");
    auditor.post(AUDITS, wrong).refuses(422, "internal_audit.period");
    let mut strange = plan("019ccccc-0000-7000-8000-00000000dead");
    auditor.post(AUDITS, strange.clone()).refuses(422, "validation.unknown_reference");
    strange["auditor_id"] = json!(id);
    strange["scope"]["department_id"] = json!("019ccccc-0000-7000-8000-00000000dead");
    auditor.post(AUDITS, strange).refuses(422, "validation.unknown_reference");
    let place = auditor.post(AUDITS, plan(&id)).expect(201).header("location").expect("a place");
    let mut narrower = plan(&id);
    narrower["scope"]["department_id"] = json!(company.departments["marketing"]);
    narrower["scope"]["category"] = json!("entertainment");
    let revised = auditor.at(1).patch(&place, narrower.clone()).expect(200);
    assert_eq!(
        (revised.text("/department/code"), revised.text("/category")),
        ("marketing".into(), "entertainment".into())
    );
    act(&auditor, &place, "draw", random(1, "x")).refuses(409, "internal_audit.not_under_way");
    act(&auditor, &place, "start", Value::Null).expect(200);
    auditor.at(3).patch(&place, narrower).refuses(409, "internal_audit.not_planned");
    act(&auditor, &place, "draw", random(1, "x")).refuses(409, "internal_audit.no_population");
    company.submitted("rep", 50);
    act(&auditor, &place, "draw", random(1, "x")).refuses(409, "internal_audit.no_population");
    act(&auditor, &place, "report", json!({"conclusion": "x"})).refuses(409, "internal_audit.no_sample");
    let cancelled = act(&auditor, &place, "cancel", json!({"reason": "并入年度审计"})).expect(200);
    assert_eq!(
        (cancelled.text("/status"), cancelled.text("/cancel_reason")),
        ("cancelled".into(), "并入年度审计".into())
    );
    let refused = auditor.post(&format!("{place}/findings"), finding(&company, None));
    refused.refuses(409, "audit_finding.audit_not_open");
    company.who("lan").post(AUDITS, plan(&id)).refuses(403, "http.forbidden");
}

fn audits_and_samples_are_had_as_files(app: App) {
    let company = app.company();
    let (id, auditor, place, _) = sampled(&app, &company);
    let text = |path: &str| {
        let file = company.who("qian").get(path).expect(200);
        String::from_utf8(file.bytes).expect("UTF-8")
    };
    let sample = text(&format!("{place}/items?format=csv"));
    assert!(sample.contains("EC-2026-000001") && sample.contains("随机抽取"), "{sample}");
    let audits = text(&format!("{AUDITS}?format=csv&status=under_way"));
    assert!(audits.contains("IA-2026-000001,一季度费用审计,实施中,2026-01-01,2026-03-31"), "{audits}");
    let list =
        |query: &str| column(&auditor.get(&format!("{AUDITS}?{query}")).expect(200).at("/data"), "number");
    for days in ["from=2026-03-31&to=2026-04-30", "to=2026-01-01"] {
        assert_eq!(list(&format!("auditor_id={id}&{days}")), ["IA-2026-000001"]);
    }
    assert_eq!(list("from=2026-04-01"), Vec::<String>::new());
    assert_eq!(list("status=closed"), Vec::<String>::new());
    let open = auditor.get(&format!("{place}/items?concluded=false&origin=random")).expect(200);
    assert_eq!(open.at("/data").as_array().map(Vec::len), Some(1));
    assert_eq!(auditor.get(&format!("{place}/items?verdict=exception")).expect(200).at("/data"), json!([]));
}

fn an_item_of_a_sample(made: &Records<'_>) -> String {
    let auditor = made.app.sign_in("shen", PASSWORD);
    column(&items(&auditor, &made.place("/api/v1/internal-audits/{id}")), "id").remove(0)
}
