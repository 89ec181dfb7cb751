//! What is held on a customer is handed out on their demand, and destroyed thoroughly: no file tells of them any longer, and
//! the trail stays whole. `[CUS-9; 000 §5.1]`

use crate::{
    customer_file::CUSTOMERS,
    expense_request::act,
    file::hand_in,
    ownership::{Site, deed, nothing},
    ownership_transfer::hand_over,
    sales_contract::{CONTRACTS, RECEIPTS, Trade, contract_body, receipt, yuan},
    sales_order::{ORDERS, order_body},
};
use serde_json::{Value, json};
use tests::{App, Caller, Engine, Program, block_on, column, stories};

stories! {
    everything_that_is_held_is_handed_out_and_the_trail_keeps_that,
    what_other_records_hold_of_a_customer_is_handed_out_too,
    who_is_erased_is_found_nowhere_and_the_trail_stays_whole,
    what_was_written_of_a_customer_is_erased_wherever_it_stands,
}

const SAID: &str = "她的孩子明年上小学需要学区";
/// What people wrote down of somebody, wherever they could.
const HEARD: &str = "她欠了三十万外债急着卖房";

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
        // Every table there is, by whatever name.
        Engine::Postgres => {
            let counted = format!(
                "SELECT COUNT(*) AS n FROM %I AS t WHERE t::text LIKE ''%%{text}%%'' OR t::text LIKE ''%%{hexed}%%''"
            );
            let query = format!(
                "SELECT SUM((xpath('/row/n/text()', query_to_xml(format('{counted}', table_name), false, true, '')))[1]\
                 ::text::bigint)::bigint AS number FROM information_schema.tables \
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            );
            app.number(&query) > 0
        }
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

fn what_other_records_hold_of_a_customer_is_handed_out_too(app: App) {
    let site = Site::open(&app);
    let (v, twin) = (site.file(1), site.file(2));
    let registered = site.register(site.a(), &v, nothing()).expect(201);
    let claim = json!({"customer_id": v, "claim": "客户上周已由我接待"});
    site.c.post("/api/v1/ownership-disputes", claim).expect(201);
    let helper =
        json!({"customer_id": v, "employee_id": site.ids[1], "access": "read", "until": "2026-06-30"});
    site.a().post("/api/v1/customer-helpers", helper).expect(201);
    let order = json!({"site_id": site.north, "order": [site.company.id("lan")]});
    site.head().post("/api/v1/reception-queues", order).expect(201);
    let visit = json!({"site_id": site.north, "visitor": "returning", "customer_id": v});
    site.a().post("/api/v1/receptions", visit).expect(201);
    let pursued = json!({"customer_id": v, "subject": "监护仪更新"});
    site.a().post("/api/v1/opportunities", pursued).expect(201);
    site.follow_up(site.head(), &twin);
    let path = format!("{CUSTOMERS}/{v}/copy");
    let copy = site.company.who("director").post(&path, json!({"reason": "本人要求"})).expect(200);
    let records = copy.at("/records");
    let of = |kind: &str| {
        let found = records.as_array().and_then(|all| all.iter().find(|one| one["kind"] == kind));
        found.map(|one| one["records"].clone()).unwrap_or_default()
    };
    assert_eq!(column(&of("registration"), "number"), [registered.text("/number")]);
    assert_eq!(of("registration")[0]["inquiry"]["was_phoned"], json!(false), "with the answers");
    assert_eq!(of("customer_ownership")[0]["chain"][0]["owner"]["name"], "lan");
    for kind in ["reception", "ownership_dispute", "customer_helper", "opportunity"] {
        assert_eq!(of(kind).as_array().map(Vec::len), Some(1), "{kind}: {records}");
    }
    assert_eq!(of("sale"), json!([]));
}

/// Lets everybody write down what they heard of a customer, in every text there is for it.
fn written_of(app: &App, trade: &Trade) {
    let (lan, head, id) = (trade.who("lan"), trade.who("head"), trade.customer.as_str());
    let mut contract = contract_body(id, &trade.product, "1", "100.00");
    contract["subject"] = json!(HEARD);
    lan.post(CONTRACTS, contract).expect(201);
    let mut order = order_body(id, &trade.product, "1", "100.00");
    order["note"] = json!(HEARD);
    lan.post(ORDERS, order).expect(201);
    let offer = json!({"subject": HEARD, "valid_until": "2026-03-31",
        "lines": [{"product_id": trade.product, "quantity": "2", "price": yuan("100.00")}]});
    lan.post("/api/v1/quotations", json!({"customer_id": id, "offer": offer})).expect(201);
    let pursued = json!({"customer_id": id, "subject": HEARD});
    let pursued = lan.post("/api/v1/opportunities", pursued).expect(201).header("location").expect("a place");
    let lost = json!({"reason": "competitor", "competitor": "甲公司", "note": HEARD});
    act(lan, &pursued, "lose", lost).expect(200);
    let filed = json!({"customer_id": id, "product_line": "监护", "estimate": yuan("50000.00"),
        "expected_on": "2026-06-30", "grounds": HEARD});
    lan.post("/api/v1/filings", filed).expect(201);
    let plan =
        json!({"planned_for": "2026-03-06T10:00:00+08:00", "purpose": "介绍", "content": "户型与价格"});
    let visit = json!({"customer_id": id, "kind": "visit", "method": "appointment", "plan": plan});
    let visit = lan.post("/api/v1/interactions", visit).expect(201).header("location").expect("a place");
    act(lan, &visit, "cancel", json!({"reason": HEARD})).expect(200);
    let report = json!({"minutes": 5, "content": "电话沟通户型与预算，约定下次来访时间"});
    let call = json!({"customer_id": id, "kind": "call", "report": report});
    let call = lan.post("/api/v1/interactions", call).expect(201).text("/id");
    deed(head, id, "void-fact", json!({"fact_id": call, "reason": HEARD})).expect(200);
    // Another file of the same customer goes behind this one.
    let twin = json!({"kind": "person", "name": "李 娜", "phones": ["13800000002"]});
    let twin = lan.post(CUSTOMERS, twin).expect(201).text("/id");
    let merge = json!({"kept_id": id, "merged_id": twin, "reason": HEARD});
    head.post("/api/v1/customer-merges", merge).expect(201);
    let handed = json!({"to_id": trade.company.id("ming"), "customer_ids": [id], "reason": HEARD, "open_matters": [HEARD]});
    lan.post("/api/v1/ownership-transfers", handed).expect(201);
    hand_over(&trade.company, id, "lan", "ming");
    deed(trade.who("ming"), id, "release", json!({"reason": HEARD})).expect(200);
    // Rows that were refused are kept for a week.
    let rows: String = "李娜,123\n".repeat(1_001);
    let imported = hand_in(
        lan,
        &format!("{CUSTOMERS}/import?partial=true"),
        "客户.csv",
        format!("名称,电话\n{rows}").as_bytes(),
    );
    imported.expect(202);
    block_on(api::work_on_operations(&app.database, usize::MAX)).expect("what waits was worked on");
}

fn what_was_written_of_a_customer_is_erased_wherever_it_stands(app: App) {
    let trade = Trade::open(&app, "100.00");
    written_of(&app, &trade);
    assert!(tells(&app, HEARD) && tells(&app, "李娜"));
    let (director, path) = (trade.who("director"), format!("{CUSTOMERS}/{}", trade.customer));
    let version = director.get(&path).expect(200).version();
    director.at(version).post(&format!("{path}/erase"), json!({"reason": "本人要求删除"})).expect(200);
    let left: Vec<_> = [HEARD, "李娜"].into_iter().filter(|secret| tells(&app, secret)).collect();
    assert!(left.is_empty(), "{left:?} can still be read");
    // What was sold and done stays, and is read.
    for kept in [CONTRACTS, ORDERS, "/api/v1/quotations", "/api/v1/opportunities", "/api/v1/filings"] {
        let listed = trade.who("head").get(kept).expect(200).at("/data");
        assert_eq!(listed.as_array().map(Vec::len), Some(1), "{kept}");
    }
    let shown = director.get(&format!("{path}/ownership")).expect(200);
    assert_eq!((shown.text("/state"), shown.at("/facts/0/kind")), ("pooled".into(), json!("assigned")));
    assert_ne!(shown.at("/facts"), Value::Null);
}
