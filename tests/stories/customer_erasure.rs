//! What is held on a customer is handed out on their demand, and destroyed thoroughly: no file tells of them any longer, and
//! the trail stays whole. `[CUS-9; 000 §5.1]`

use crate::{
    customer_file::CUSTOMERS,
    sales_contract::{RECEIPTS, receipt},
};
use serde_json::json;
use tests::{App, Caller, Engine, Program, stories};

stories! {
    everything_that_is_held_is_handed_out_and_the_trail_keeps_that,
    who_is_erased_is_found_nowhere_and_the_trail_stays_whole,
}

const SAID: &str = "她的孩子明年上小学需要学区";
const TABLES: [&str; 13] = [
    "receipts",
    "customers",
    "customer_phones",
    "customer_standings",
    "customer_consents",
    "interactions",
    "tier_figures",
    "tier_overrides",
    "audit_entries",
    "events",
    "idempotency_keys",
    "explanations",
    "files",
];

/// Somebody of whom much is known; answers the id.
fn known(by: &Caller) -> String {
    let body = json!({"kind": "person", "name": "慕容雪莹", "phones": ["13812345678"], "e_mail": "xueying@example.com",
        "addresses": ["杭州市西湖区文三路 100 号"], "needs": "需要三居室", "id_number": "11010519491231002X"});
    let id = by.once("enter-once").post(CUSTOMERS, body).expect(201).text("/id");
    let path = format!("{CUSTOMERS}/{id}");
    by.at(1).patch(&path, json!({"phones": ["13812345678", "13912345678"]})).expect(200);
    let report = json!({"minutes": 10, "content": SAID, "participants": "慕容雪莹的母亲"});
    let body = json!({"customer_id": id, "kind": "call", "report": report});
    by.post("/api/v1/interactions", body).expect(201);
    let body = json!({"purpose": "marketing", "means": "spoken", "note": "慕容雪莹电话同意"});
    by.post(&format!("{path}/consents"), body).expect(201);
    let body =
        json!({"customer_id": id, "dimension": "potential", "value": "80", "basis": "慕容雪莹的公司将扩建"});
    by.post("/api/v1/tier-figures", body).expect(201);
    let body = json!({"customer_id": id, "tier": "A", "until": "2026-06-30", "reason": "慕容雪莹为老客户"});
    by.post("/api/v1/tier-overrides", body).expect(201);
    id
}

fn everything_that_is_held_is_handed_out_and_the_trail_keeps_that(app: App) {
    let company = app.company();
    let id = known(company.who("lan"));
    let path = format!("{CUSTOMERS}/{id}/copy");
    company.who("lan").post(&path, json!({"reason": "本人要求"})).refuses(403, "http.forbidden");
    let copy = company.who("director").post(&path, json!({"reason": "本人要求"})).expect(200);
    assert_eq!(copy.text("/customer/phones/1/number"), "+8613912345678");
    assert_eq!(
        (copy.text("/interactions/0/report/content"), copy.text("/consents/0/purpose")),
        (SAID.into(), "marketing".into())
    );
    assert_eq!(copy.text("/tier_figures/0/basis"), "慕容雪莹的公司将扩建");
    assert_eq!(copy.at("/changes").as_array().map(Vec::len), Some(2));
    let told =
        company.boss.get("/api/v1/audit-entries?action=customer.copied").expect(200).at("/data/0/after");
    assert_eq!(told, json!({"customer_id": id, "reason": "本人要求"}));
}

/// The files of a database on SQLite as they lie on the disk.
fn raw(app: &App) -> Vec<u8> {
    let path =
        app.database_url().trim_start_matches("sqlite:").split('?').next().unwrap_or_default().to_owned();
    let read = |ending: &str| std::fs::read(format!("{path}{ending}")).unwrap_or_default();
    [read(""), read("-wal")].concat()
}

fn tells(app: &App, text: &str) -> bool {
    let hexed: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    match app.engine {
        Engine::Sqlite => raw(app).windows(text.len()).any(|window| window == text.as_bytes()),
        Engine::Postgres => TABLES.iter().any(|table| {
            let query = format!(
                "SELECT COUNT(*) AS number FROM {table} AS t WHERE t::text LIKE '%{text}%' OR t::text LIKE '%{hexed}%'"
            );
            app.number(&query) > 0
        }),
    }
}

fn who_is_erased_is_found_nowhere_and_the_trail_stays_whole(app: App) {
    let company = app.company();
    let (lan, director) = (company.who("lan"), company.who("director"));
    let id = known(lan);
    // What was paid stays in the books; who paid it, as the bank calls them, does not.
    let mut paid = receipt(&id, None, "50.00");
    paid["payer"] = json!("慕容雪莹之母");
    let qian = company.who("qian");
    let paid = qian.once("pay-once").post(RECEIPTS, paid).expect(201).header("location").expect("a place");
    let secrets = [
        "慕容雪莹之母",
        "慕容雪莹",
        "13812345678",
        "13912345678",
        "8765432183168",
        "xueying@example.com",
        "文三路",
        SAID,
        "需要三居室",
        "murongxueying",
        "11010519491231002X",
    ];
    for secret in secrets {
        assert!(tells(&app, secret), "{secret} was there to be found");
    }
    let path = format!("{CUSTOMERS}/{id}");
    let version = director.get(&path).expect(200).version();
    let erased =
        director.at(version).post(&format!("{path}/erase"), json!({"reason": "本人要求删除"})).expect(200);
    assert_eq!((erased.text("/status"), erased.text("/number")), ("erased".into(), "CU-2026-000001".into()));
    let kept = qian.get(&paid).expect(200);
    assert_eq!((kept.at("/payer"), kept.text("/amount/amount")), (json!(null), "50.00".into()));
    let left: Vec<_> = secrets.into_iter().filter(|secret| tells(&app, secret)).collect();
    assert!(left.is_empty(), "{left:?} can still be read");
    director
        .at(version + 1)
        .post(&format!("{path}/erase"), json!({"reason": "再次"}))
        .refuses(409, "customer_file.erased_already");
    lan.at(version + 1).patch(&path, json!({"needs": "x"})).refuses(409, "customer_file.not_active");
    let verdict = Program::run(&app.home(), &["audit", "verify", "--json"]);
    assert!(verdict.status.success(), "{verdict:?}");
}
