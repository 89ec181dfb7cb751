//! Disputes over whose a customer is: what stands still meanwhile, who may rule, and what a ruling does. `[OWN-14]`

use crate::{
    expense_request::act,
    ownership::{Site, deed, nothing, pair},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    example_15_a_deposit_may_be_paid_and_what_it_earns_is_held,
    a_dispute_is_proved_mediated_and_ruled_on,
    a_party_neither_mediates_nor_rules,
    while_it_is_open_nothing_moves_the_customer,
    a_settlement_comes_out_at_zero,
    one_is_open_at_a_time_whoever_opens_it,
}

records! {
    "/api/v1/ownership-disputes/{id}" => a_dispute,
}

const DISPUTES: &str = "/api/v1/ownership-disputes";

/// 兰兰 registers a customer whom the head disputes.
fn a_dispute(made: &Records<'_>) -> String {
    let phones = json!(["13900000077"]);
    let file = json!({"kind": "person", "name": "争议客户", "phones": phones});
    let customer = made.company.who("lan").post("/api/v1/customers", file).expect(201).text("/id");
    let body = json!({"customer_id": customer, "site_id": made.id("/api/v1/sites/{id}"), "channel": "walk_in",
        "inquiry": nothing()});
    made.company.who("lan").post("/api/v1/registrations", body).expect(201);
    let body = json!({"customer_id": customer, "claim": "客户先由我接待"});
    made.post("head", "/api/v1/ownership-disputes/{id}", body)
}

fn open(by: &Caller, customer: &str) -> Reply {
    by.post(DISPUTES, json!({"customer_id": customer, "claim": "客户上周已由我接待"}))
}

fn at(reply: &Reply) -> String {
    format!("{DISPUTES}/{}", reply.text("/id"))
}

fn say(by: &Caller, dispute: &str, content: &str) -> Reply {
    act(by, dispute, "add-evidence", json!({"content": content}))
}

/// A customer of A whom C disputes; the customer, and where the dispute stands.
fn disputed(site: &Site, number: u32) -> (String, String) {
    let v = site.file(number);
    site.register(site.a(), &v, nothing()).expect(201);
    let dispute = open(&site.c, &v).expect(201);
    (v, at(&dispute))
}

fn mediated(site: &Site, dispute: &str) {
    say(&site.c, dispute, "有通话记录").expect(200);
    say(site.a(), dispute, "有来访登记").expect(200);
    act(site.head(), dispute, "mediate", json!({"note": "未达成一致"})).expect(200);
}

fn example_15_a_deposit_may_be_paid_and_what_it_earns_is_held(app: App) {
    let site = Site::open(&app);
    let (v, dispute) = disputed(&site, 1);
    let deal = "00000000-0000-7000-8000-00000000dea1";
    let paid = json!({"deal_id": deal, "step": "deposited"});
    let shown = deed(site.head(), &v, "record-deal", paid).expect(200);
    assert_eq!(
        (shown.text("/credits/0/owner/name"), shown.at("/credits/0/is_held")),
        ("lan".into(), json!(true))
    );
    mediated(&site, &dispute);
    let ruling = json!({"owner_id": site.ids[0], "reasons": "第一接触在先"});
    act(site.head(), &dispute, "rule", ruling).expect(200);
    let shown = site.ownership(&v);
    assert_eq!(
        (shown.text("/credits/0/owner/name"), shown.at("/credits/0/is_held")),
        ("chen".into(), json!(false))
    );
    assert_eq!(site.owner(&v), pair("chen", "OWN-14"));
}

fn a_dispute_is_proved_mediated_and_ruled_on(app: App) {
    let mut site = Site::open(&app);
    let (v, dispute) = disputed(&site, 1);
    let shown = site.a().get(&dispute).expect(200);
    assert_eq!(
        (shown.text("/claimant/name"), column(&shown.at("/respondents"), "name")),
        ("chen".into(), vec!["lan".into()])
    );
    assert_eq!(
        shown.text("/evidence_until"),
        "2026-03-08T01:30:00.000000Z",
        "three days by the policy of the site"
    );
    let passing = json!({"content": "路过"});
    site.b().at(1).post(&format!("{dispute}/add-evidence"), passing).refuses(404, "http.not_found");
    let fact = site.ownership(&v).text("/facts/0/id");
    let proof = json!({"content": "我先登记", "fact_ids": [fact]});
    act(site.a(), &dispute, "add-evidence", proof).expect(200);
    let made_up = json!({"content": "我先登记", "fact_ids": ["00000000-0000-7000-8000-00000000dead"]});
    act(site.a(), &dispute, "add-evidence", made_up).refuses(422, "ownership_dispute.fact_unknown");
    let ruling = json!({"owner_id": site.ids[0], "reasons": "第一接触在先",
        "shares": [{"employee_id": site.ids[0], "bp": 7000}, {"employee_id": site.company.id("lan"), "bp": 3000}]});
    act(site.head(), &dispute, "rule", ruling.clone()).refuses(409, "ownership_dispute.not_mediated");
    act(site.head(), &dispute, "mediate", json!({"note": "未达成一致"})).expect(200);
    let refused = act(site.head(), &dispute, "rule", ruling.clone());
    let refused = refused.refuses(409, "ownership_dispute.evidence_open");
    assert!(refused.text("/detail").contains("至 2026-03-08 09:30，"), "as clocks show it here: {refused}");
    assert_eq!(refused.text("/params/until"), "2026-03-08T01:30:00.000000Z", "as programs read it");
    app.advance(Duration::days(3));
    site.sign_in_again(&app);
    say(&site.c, &dispute, "补充").refuses(409, "ownership_dispute.evidence_closed");
    act(site.a(), &dispute, "rule", ruling.clone()).refuses(403, "http.forbidden");
    let ruled = act(site.head(), &dispute, "rule", ruling.clone()).expect(200);
    assert_eq!((ruled.text("/status"), ruled.text("/ruling/by/name")), ("ruled".into(), "head".into()));
    let shown = site.ownership(&v);
    assert_eq!((shown.text("/owner/name"), shown.at("/dispute_id")), ("chen".into(), Value::Null));
    assert_eq!(
        (shown.text("/chain/1/rule"), shown.at("/chain/1/shares/1/bp")),
        ("ruling".into(), json!(3000))
    );
    act(site.head(), &dispute, "rule", ruling).refuses(409, "ownership_dispute.ended");
    let listed = site.a().get(&format!("{DISPUTES}?status=ruled")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["OD-2026-000001"]);
    assert_eq!(site.b().get(DISPUTES).expect(200).at("/data"), json!([]));
}

fn a_party_neither_mediates_nor_rules(app: App) {
    let site = Site::open(&app);
    let v = site.file(1);
    site.register(site.a(), &v, nothing()).expect(201);
    open(site.a(), &v).refuses(409, "ownership_dispute.own_customer");
    let dispute = at(&open(site.head(), &v).expect(201));
    act(site.head(), &dispute, "mediate", json!({"note": "x"})).refuses(403, "ownership_dispute.recused");
    act(site.company.who("director"), &dispute, "mediate", json!({"note": "双方各执一词"})).expect(200);
    let ruling = json!({"owner_id": site.company.id("head"), "reasons": "本人客户"});
    act(site.head(), &dispute, "rule", ruling).refuses(403, "ownership_dispute.recused");
    act(site.a(), &dispute, "withdraw", json!({"reason": "x"}))
        .refuses(403, "ownership_dispute.not_the_claimant");
    let withdrawn = act(site.head(), &dispute, "withdraw", json!({"reason": "核对后无异议"})).expect(200);
    assert_eq!(withdrawn.text("/status"), "withdrawn");
    assert_eq!(site.ownership(&v).at("/dispute_id"), Value::Null);
    let nobodys = site.file(2);
    open(&site.c, &nobodys).refuses(409, "ownership_dispute.owned_by_nobody");
}

fn while_it_is_open_nothing_moves_the_customer(app: App) {
    let mut site = Site::open(&app);
    let (v, _) = disputed(&site, 1);
    deed(site.a(), &v, "release", json!({"reason": "换个人"})).refuses(409, "ownership.refused");
    let refused = deed(site.head(), &v, "assign", json!({"employee_id": site.company.id("ming")}));
    let refused = refused.refuses(409, "ownership.refused");
    assert_eq!(refused.text("/params/because"), "disputed");
    // Protection would have ended after thirty days.
    app.advance(Duration::days(40));
    site.sign_in_again(&app);
    let shown = site.ownership(&v);
    assert_eq!((shown.text("/owner/name"), shown.at("/protected_until")), ("lan".into(), Value::Null));
}

fn a_settlement_comes_out_at_zero(app: App) {
    let site = Site::open(&app);
    let (_, dispute) = disputed(&site, 1);
    mediated(&site, &dispute);
    let line = |kind: &str, who: Option<&str>, yuan: u32| {
        json!({"kind": kind, "employee_id": who, "purpose": "城北 3-1-502",
            "amount": {"amount": format!("{yuan}.00"), "currency": "CNY"}})
    };
    let (lan, chen) = (site.company.id("lan"), site.ids[0].as_str());
    let mut lines = vec![
        line("commission", None, 600),
        line("contribution", None, 300),
        line("fine", Some(lan), 50),
        line("award", Some(chen), 540),
    ];
    let ruling = |lines: &[Value]| json!({"owner_id": chen, "reasons": "第一接触在先", "settlement": lines});
    let refused =
        act(site.head(), &dispute, "rule", ruling(&lines)).refuses(422, "ownership_dispute.unbalanced");
    assert_eq!(
        (refused.text("/rule"), refused.text("/params/difference")),
        ("COM-9".into(), "410.00".into())
    );
    lines.push(line("award", Some(site.company.id("head")), 410));
    act(site.head(), &dispute, "rule", ruling(&lines)).refuses(422, "ownership_dispute.ruler_awarded");
    lines[4] = line("fund", None, 410);
    let ruled = act(site.head(), &dispute, "rule", ruling(&lines)).expect(200);
    assert_eq!(ruled.at("/ruling/settlement").as_array().map(Vec::len), Some(5));
}

fn one_is_open_at_a_time_whoever_opens_it(app: App) {
    let site = Site::open(&app);
    let v = site.file(1);
    site.register(site.a(), &v, nothing()).expect(201);
    let runners = [site.b(), &site.c, &site.d].map(|by| {
        let v = v.as_str();
        Box::new(move || open(by, v)) as Box<dyn FnOnce() -> Reply + Send>
    });
    let answers = race(runners.into_iter().collect());
    let made: Vec<&Reply> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(made.len(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.code(), "ownership_dispute.open_already");
    }
    assert_eq!(app.count_rows("ownership_disputes"), 1);
}
