//! Signs that a claim deserves a second look, each explained. `[EXP-11]`

use crate::expense_claim::CLAIMS;
use serde_json::{Value, json};
use tests::{App, Company, Reply, column, stories};

stories! {
    a_split_purchase_is_seen_with_the_claims_it_was_split_into,
    a_seller_without_a_tax_number_is_known_by_its_name_in_the_whole_company,
    a_claim_shows_every_sign_with_rule_clause_and_facts,
    claims_of_a_period_are_ranked_by_their_risk,
    thresholds_are_policy_and_an_unsound_one_is_not_published,
    signs_are_for_auditors_and_finance_alone,
}

/// A claim of so many yuan in a category, on a day, from a seller of its own.
fn claim(company: &Company, category: &str, on: &str, yuan: u32, seller: &str) -> Value {
    let mut body = company.claim_of(yuan);
    let line = &mut body["lines"][0];
    line["category"] = json!(category);
    line["occurred_on"] = json!(on);
    line["invoices"][0]["kind"] = json!("other");
    line["invoices"][0]["seller"] = json!({"name": seller});
    line["invoices"][0]["number"] = json!(format!("{seller}-{yuan}"));
    body
}

#[track_caller]
fn submitted(company: &Company, by: &str, body: Value) -> String {
    let id = company.who(by).post(CLAIMS, body).expect(201).text("/id");
    company.submit(by, &id);
    id
}

fn signals(company: &Company, claim: &str) -> Reply {
    company.who("qian").get(&format!("{CLAIMS}/{claim}/risk-signals")).expect(200)
}

fn rules(reply: &Reply) -> Vec<String> {
    column(&reply.at("/signals"), "rule")
}

fn a_split_purchase_is_seen_with_the_claims_it_was_split_into(app: App) {
    let company = app.company();
    let training = |on: &str, yuan: u32, seller: &str| claim(&company, "other.training", on, yuan, seller);
    let first = submitted(&company, "lan", training("2026-03-02", 2_613, "甲"));
    assert_eq!(rules(&signals(&company, &first)), Vec::<String>::new());
    let second = submitted(&company, "lan", training("2026-03-04", 2_917, "乙"));
    // Somebody else's, and a draft, have no part in it.
    submitted(&company, "ming", training("2026-03-04", 2_718, "丙"));
    company.who("lan").post(CLAIMS, training("2026-03-04", 2_818, "丁")).expect(201);
    let seen = signals(&company, &first);
    assert_eq!(rules(&seen), ["split_purchase"], "{seen}");
    let explanation = seen.at("/signals/0/explanation");
    assert_eq!(explanation["citation"]["policy"], "audit-risk/expense-claims");
    assert_eq!(
        (&explanation["citation"]["policy_version"], &explanation["citation"]["rule"]),
        (&json!(1), &json!("EXP-11"))
    );
    assert!(explanation["citation"]["clause"].as_str().is_some_and(|clause| clause.contains("§9.3(3)")));
    let facts = &explanation["facts"];
    assert_eq!(
        (&facts["limit"]["amount"], &facts["total"]["amount"]),
        (&json!("5000.00"), &json!("5530.00"))
    );
    assert_eq!(column(&facts["claims"], "claim_id"), [first, second]);
}

fn a_seller_without_a_tax_number_is_known_by_its_name_in_the_whole_company(app: App) {
    let company = app.company();
    let of = |by: &str, yuan: u32| {
        submitted(&company, by, claim(&company, "other.training", "2026-03-03", yuan, "老王培训"))
    };
    let first = of("lan", 2_613);
    let second = of("rep", 2_917);
    let seen = signals(&company, &first);
    assert_eq!(rules(&seen), ["split_purchase"], "{seen}");
    assert_eq!(seen.at("/signals/0/explanation/facts/same"), "seller");
    assert_eq!(column(&seen.at("/signals/0/explanation/facts/claims"), "claim_id"), [first, second]);
}

fn a_claim_shows_every_sign_with_rule_clause_and_facts(app: App) {
    let company = app.company();
    // 2026-03-01 was a Sunday, 2026-02-17 the Spring Festival, 2026-02-28 a Saturday that was worked.
    let sunday = submitted(&company, "lan", claim(&company, "other.training", "2026-03-01", 1_500, "甲"));
    let seen = signals(&company, &sunday);
    assert_eq!(
        (rules(&seen), seen.at("/score")),
        (vec!["round_sum".to_owned(), "rest_day".into()], json!(20))
    );
    assert_eq!(seen.at("/signals/1/explanation/facts/day_zh"), "休息日");
    let festival = submitted(&company, "lan", claim(&company, "other.training", "2026-02-17", 333, "乙"));
    assert_eq!(signals(&company, &festival).at("/signals/0/explanation/facts/day_zh"), "春节");
    let worked = submitted(&company, "lan", claim(&company, "promotion.publicity", "2026-02-28", 337, "丙"));
    assert_eq!(rules(&signals(&company, &worked)), Vec::<String>::new());
    // The same amount again, long after it was spent.
    let late = submitted(&company, "lan", claim(&company, "promotion.publicity", "2025-12-30", 337, "丁"));
    assert_eq!(rules(&signals(&company, &late)), ["late_claim"], "too far apart to be a repetition");
    let again = submitted(&company, "lan", claim(&company, "other.software", "2026-03-03", 337, "戊"));
    let seen = signals(&company, &again);
    assert_eq!(rules(&seen), ["repeated_amount"], "{seen}");
    assert_eq!(column(&seen.at("/signals/0/explanation/facts/lines"), "claim_id"), [again, worked]);
    // Two claims of different people whose invoices follow each other.
    let (one, _) = company.submitted("lan", 211);
    let (other, _) = company.submitted("ming", 223);
    let seen = signals(&company, &other);
    assert_eq!(rules(&seen), ["invoice_sequence"], "{seen}");
    assert_eq!(column(&seen.at("/signals/0/explanation/facts/invoices"), "claim_id"), [one, other]);
}

const RANKING: &str = "/api/v1/risk-signals/expense-claims?from=2026-01-01&to=2026-12-31";

fn claims_of_a_period_are_ranked_by_their_risk(app: App) {
    let company = app.company();
    let ranked = |query: &str| company.who("sun").get(&format!("{RANKING}{query}")).expect(200);
    let plain = claim(&company, "other.training", "2026-03-03", 433, "甲");
    let round = claim(&company, "other.software", "2026-03-03", 2_000, "乙");
    let sunday = claim(&company, "promotion.publicity", "2026-03-01", 3_000, "丙");
    let mut ids = Vec::new();
    for body in [plain, round, sunday] {
        let id = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
        let approval = company.submit("lan", &id);
        for name in ["head", "qian"] {
            crate::expense_claim::approve(&company, name, &approval).expect(200);
        }
        ids.push(id);
    }
    let seen = ranked("");
    assert_eq!(column(&seen.at("/data"), "claim_id"), [ids[2].clone(), ids[1].clone()], "{seen}");
    assert_eq!((seen.at("/data/0/score"), seen.at("/data/1/score")), (json!(20), json!(10)));
    assert_eq!(seen.text("/policy"), "audit-risk/expense-claims");
    assert_eq!(column(&ranked("&rule=rest_day").at("/data"), "claim_id"), [ids[2].clone()]);
    assert_eq!(column(&ranked("&category=other").at("/data"), "claim_id"), [ids[1].clone()]);
    assert_eq!(ranked("&most=1").at("/data").as_array().map(Vec::len), Some(1));
    let sales = &company.departments["sales"];
    assert_eq!(ranked(&format!("&department_id={sales}")).at("/data"), json!([]));
    let centre = &company.departments["centre"];
    assert_eq!(ranked(&format!("&department_id={centre}")).at("/data").as_array().map(Vec::len), Some(2));
    let path = "/api/v1/risk-signals/expense-claims";
    let refused = [
        ("from=2026-02-01&to=2026-01-01", "validation.period_reversed"),
        ("from=2024-01-01&to=2026-01-01", "audit_risk.period_backwards"),
    ];
    for (period, code) in refused {
        company.who("sun").get(&format!("{path}?{period}")).refuses(422, code);
    }
    company.who("sun").get(path).refuses(400, "http.bad_parameter");
}

fn thresholds_are_policy_and_an_unsound_one_is_not_published(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let round = submitted(&company, "lan", claim(&company, "other.training", "2026-03-03", 600, "甲"));
    assert_eq!(rules(&signals(&company, &round)), Vec::<String>::new());
    let content =
        boss.get("/api/v1/policies?code=audit-risk/expense-claims").expect(200).at("/data/0/content");
    let mut stricter = content.clone();
    stricter["round_sum"]["from"]["amount"] = json!("100.00");
    stricter["round_sum"]["multiple"]["amount"] = json!("100.00");
    let draft = |content: &Value| {
        let body = json!({"code": "audit-risk/expense-claims", "title": "更严", "effective_from": "2026-03-05",
            "content": content, "clause": "000 §9.2 五"});
        boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place")
    };
    let place = draft(&stricter);
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    let seen = signals(&company, &round);
    assert_eq!(rules(&seen), ["round_sum"]);
    assert_eq!(seen.at("/signals/0/explanation/citation/policy_version"), 2);
    let mut unsound = content;
    unsound["round_sum"]["weight"] = json!(0);
    unsound["repeated_amount"]["window_days"] = json!(365);
    let place = draft(&unsound);
    let refused = boss.at(1).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    assert_eq!(
        column(&refused.at("/errors"), "pointer"),
        ["/content/round_sum/weight", "/content/repeated_amount/window_days"]
    );
    let calendar = boss.get("/api/v1/policies?code=working-calendar/company").expect(200);
    assert_eq!(calendar.at("/data/0/content/years/0/make_up_days/1"), "2026-02-14");
}

fn signs_are_for_auditors_and_finance_alone(app: App) {
    let company = app.company();
    let (claim, _) = company.submitted("lan", 100);
    let path = format!("{CLAIMS}/{claim}/risk-signals");
    for name in ["lan", "head"] {
        company.who(name).get(&path).refuses(403, "http.forbidden");
    }
    company.who("sun").get(&path).expect(200);
    let nobody = format!("{CLAIMS}/019ccccc-0000-7000-8000-00000000dead/risk-signals");
    company.who("sun").get(&nobody).refuses(404, "http.not_found");
}
