//! How signed contracts are seen through: milestones, the monthly check of who leads, the archive, and their last day. `[CON-1, CON-2,
//! CON-4]`

use crate::{
    duty::{attend, called, prove},
    expense_request::act,
    file::upload,
    sales_contract::{Trade, id_in},
    sales_order::{ORDERS, order_body},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, column, records, stories};

stories! {
    a_milestone_is_reached_with_what_shows_it_or_dropped,
    what_a_check_finds_is_a_task_of_the_department_that_is_asked_until_it_is_accepted,
    a_sales_manager_owes_a_check_each_month_and_files_it_once,
    a_paper_of_the_archive_is_lent_to_one_at_a_time_and_called_back,
    a_contract_that_ends_is_reminded_of_and_renewed_or_concluded,
    a_contract_is_completed_once_nothing_of_it_is_open,
}

records! {
    "/api/v1/contract-milestones/{id}" => a_milestone,
    "/api/v1/contract-checks/{id}" => a_check,
    "/api/v1/archived-papers/{id}" => a_paper,
}

const MILESTONES: &str = "/api/v1/contract-milestones";
const CHECKS: &str = "/api/v1/contract-checks";
const PAPERS: &str = "/api/v1/archived-papers";

/// A contract that is signed, among the records.
fn a_signed_contract(made: &Records<'_>) -> String {
    let sale = made.place("/api/v1/sales/{id}");
    let lan = made.company.who("lan");
    let contract = lan.get(&sale).expect(200).text("/contract_id");
    let place = format!("/api/v1/sales-contracts/{contract}");
    if lan.get(&place).expect(200).text("/status") != "signed" {
        act(lan, &place, "sign", json!({"signed_on": "2026-03-05", "original": "甲"})).expect(200);
    }
    contract
}

fn a_milestone(made: &Records<'_>) -> String {
    let body = milestone(&a_signed_contract(made), "2026-04-01");
    made.post("lan", "/api/v1/contract-milestones/{id}", body)
}

fn a_check(made: &Records<'_>) -> String {
    made.post("head", "/api/v1/contract-checks/{id}", json!({"month": "2026-03"}))
}

fn a_paper(made: &Records<'_>) -> String {
    let body = paper(&a_signed_contract(made), json!([]));
    made.post("head", "/api/v1/archived-papers/{id}", body)
}

fn milestone(contract: &str, due_on: &str) -> Value {
    json!({"contract_id": contract, "kind": "delivery", "name": "首批设备到货验收", "due_on": due_on})
}

fn paper(contract: &str, files: Value) -> Value {
    json!({"contract_id": contract, "kind": "original", "title": "监护仪采购合同正本", "place": "档案室 A-3 柜", "files": files})
}

impl Trade {
    /// A signed contract of 兰兰's; its id.
    #[track_caller]
    fn runs(&self, quantity: &str) -> String {
        let contract = self.approved("lan", quantity);
        self.sign("lan", &contract);
        id_in(&contract)
    }
}

fn a_milestone_is_reached_with_what_shows_it_or_dropped(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let unsigned = id_in(&trade.approved("lan", "1"));
    trade
        .who("lan")
        .post(MILESTONES, milestone(&unsigned, "2026-04-01"))
        .refuses(409, "contract_milestone.not_signed");
    let contract = trade.runs("3");
    trade
        .who("ming")
        .post(MILESTONES, milestone(&contract, "2026-04-01"))
        .refuses(422, "validation.unknown_reference");
    let set = |day: &str| {
        let made = trade.who("lan").post(MILESTONES, milestone(&contract, day)).expect(201);
        made.header("location").expect("a place")
    };
    let (first, second) = (set("2026-03-10"), set("2026-03-20"));
    app.advance(Duration::days(7));
    trade.company.sign_in_again(&app);
    let late = trade.who("lan").get(&first).expect(200);
    assert_eq!((late.text("/status"), late.at("/late_days")), ("open".into(), json!(2)));
    let reach = |by: &str, day: &str| {
        act(trade.who(by), &first, "reach", json!({"reached_on": day, "evidence": "到货验收单 3 号"}))
    };
    reach("lan", "2026-03-13").refuses(422, "contract_milestone.reached_ahead");
    reach("lan", "2026-03-04").refuses(422, "contract_milestone.reached_too_early");
    trade.who("ming").get(&first).refuses(404, "http.not_found");
    let reached = reach("head", "2026-03-11").expect(200);
    assert_eq!((reached.text("/status"), reached.at("/late_days")), ("reached".into(), Value::Null));
    reach("lan", "2026-03-11").refuses(409, "contract_milestone.settled");
    act(trade.who("lan"), &second, "drop", json!({"reason": "并入首批"})).expect(200);
    let listed =
        trade.who("head").get(&format!("{MILESTONES}?contract_id={contract}&sort=due_on")).expect(200);
    assert_eq!(column(&listed.at("/data"), "status"), ["reached", "dropped"]);
}

fn what_a_check_finds_is_a_task_of_the_department_that_is_asked_until_it_is_accepted(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let contract = trade.runs("3");
    trade.who("lan").post(MILESTONES, milestone(&contract, "2026-03-06")).expect(201);
    app.advance(Duration::days(5));
    trade.company.sign_in_again(&app);
    let finance = trade.company.departments["finance"].clone();
    let found = |contract: &str, department: &str| {
        json!({"month": "2026-03", "note": "本月共一份合同", "findings": [{"contract_id": contract, "department_id": department,
            "problem": "首批设备逾期未到", "request": "核对付款进度并回复", "due_on": "2026-03-20"}]})
    };
    trade.who("lan").post(CHECKS, found(&contract, &finance)).refuses(403, "http.forbidden");
    trade.who("head").post(CHECKS, json!({"month": "2026-04"})).refuses(422, "contract_check.ahead");
    let unknown = trade.product.clone();
    trade.who("head").post(CHECKS, found(&unknown, &finance)).refuses(422, "validation.unknown_reference");
    let filed = trade.who("head").post(CHECKS, found(&contract, &finance)).expect(201);
    assert_eq!((filed.at("/performing"), filed.at("/late_milestones")), (json!(1), json!(1)));
    let place = filed.header("location").expect("a place");
    let task = format!("/api/v1/tasks/{}", filed.text("/findings/0/task_id"));
    let given = trade.who("qian").get(&task).expect(200);
    assert_eq!(
        (given.text("/title"), given.text("/owner/name")),
        ("核对付款进度并回复".into(), "qian".into())
    );
    let settled = || trade.who("head").get(&place).expect(200).at("/findings/0/is_settled");
    assert_eq!(settled(), json!(false));
    act(trade.who("qian"), &task, "finish", json!({"note": "款项已到账，设备周五到货"})).expect(200);
    assert_eq!(settled(), json!(false), "what is said to be done is looked at first");
    act(trade.who("head"), &task, "accept", json!({})).expect(200);
    assert_eq!(settled(), json!(true));
    trade.who("head").post(CHECKS, json!({"month": "2026-03"})).refuses(409, "contract_check.filed_already");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
}

fn a_sales_manager_owes_a_check_each_month_and_files_it_once(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let company = &trade.company;
    let id =
        app.hire(&company.boss, "manager", &company.departments["marketing"], Some(company.id("director")));
    app.person(&company.boss, "manager", &id, "sales-manager", "subtree");
    attend(&app);
    app.advance(Duration::days(48));
    trade.company.sign_in_again(&app);
    let manager = app.sign_in("manager", tests::PASSWORD);
    attend(&app);
    let owed = || {
        let path = "/api/v1/duties?whose=all&rule_code=duty-rule/contract-check&occasion=2026-04";
        column(&trade.company.boss.get(path).expect(200).at("/data"), "status")
    };
    assert_eq!(owed(), ["open"]);
    manager.post(CHECKS, json!({"month": "2026-04"})).expect(201);
    assert_eq!(owed(), ["on_time"]);
    prove(&app);
}

fn a_paper_of_the_archive_is_lent_to_one_at_a_time_and_called_back(app: App) {
    let trade = Trade::open(&app, "100.00");
    let unsigned = id_in(&trade.approved("lan", "1"));
    trade.who("head").post(PAPERS, paper(&unsigned, json!([]))).refuses(409, "archived_paper.not_signed");
    let contract = trade.runs("3");
    let scan = upload(trade.who("head"), "合同正本.pdf", b"%PDF-1.4\n%signed\n").expect(201);
    let kept = trade.who("head").post(PAPERS, paper(&contract, json!([scan.text("/id")]))).expect(201);
    let place = kept.header("location").expect("a place");
    assert_eq!(kept.text("/files/0/sha256"), scan.text("/sha256"), "it is known again by its checksum");
    trade.who("lan").post(PAPERS, paper(&contract, json!([]))).refuses(403, "http.forbidden");
    let lend = |borrower: &str, due_on: &str| {
        let body =
            json!({"borrower_id": trade.company.id(borrower), "purpose": "客户对账", "due_on": due_on});
        act(trade.who("head"), &place, "lend", body)
    };
    trade.who("ming").get(&place).refuses(404, "http.not_found");
    lend("ming", "2026-03-04").refuses(422, "archived_paper.due_in_past");
    let lent = lend("ming", "2026-03-12").expect(200);
    assert_eq!((lent.text("/borrower/name"), lent.text("/due_on")), ("ming".into(), "2026-03-12".into()));
    trade.who("ming").get(&place).expect(200);
    let refused = lend("lan", "2026-03-12").refuses(409, "archived_paper.lent");
    assert_eq!(
        (refused.text("/params/name"), refused.text("/params/date")),
        ("ming".into(), "2026-03-12".into())
    );
    let duty = called(&trade.company, "archive-loan");
    assert_eq!(
        (duty.text("/responsible/name"), duty.text("/due_at")),
        ("ming".into(), "2026-03-12T16:00:00.000000Z".into())
    );
    let late = trade.who("head").get(&format!("{PAPERS}?due_on[lte]=2026-03-31&kind=original")).expect(200);
    assert_eq!(late.at("/data").as_array().map(Vec::len), Some(1));
    let back = act(trade.who("head"), &place, "give-back", json!({})).expect(200);
    assert_eq!((back.at("/borrower"), back.at("/loans").as_array().map(Vec::len)), (Value::Null, Some(1)));
    assert_eq!(called(&trade.company, "archive-loan").text("/status"), "on_time");
    act(trade.who("head"), &place, "give-back", json!({})).refuses(409, "archived_paper.not_lent");
    let put = act(trade.who("head"), &place, "move", json!({"place": "档案室 B-1 柜"})).expect(200);
    assert_eq!(put.text("/place"), "档案室 B-1 柜");
    prove(&app);
}

fn concluded(trade: &Trade, place: &str, how: &str) -> Reply {
    act(trade.who("lan"), place, "conclude", json!({"how": how, "reason": "履行情况已核对"}))
}

fn a_contract_that_ends_is_reminded_of_and_renewed_or_concluded(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let place = format!("/api/v1/sales-contracts/{}", trade.runs("3"));
    let until =
        |trade: &Trade, day: &str| act(trade.who("lan"), &place, "set-expiry", json!({"expires_on": day}));
    until(&trade, "2026-03-04").refuses(422, "sales_contract.expires_too_early");
    assert_eq!(until(&trade, "2026-03-31").expect(200).text("/expires_on"), "2026-03-31");
    let due = |trade: &Trade| called(&trade.company, "contract-expiry").text("/due_at");
    assert_eq!(due(&trade), "2026-03-31T16:00:00.000000Z");
    until(&trade, "2026-04-30").expect(200);
    assert_eq!(due(&trade), "2026-04-30T16:00:00.000000Z", "renewed, the reminders go with it");
    let soon =
        trade.who("head").get("/api/v1/sales-contracts?expires_on[lte]=2026-04-30&status=signed").expect(200);
    assert_eq!(column(&soon.at("/data"), "number"), ["SC-2026-000001"]);
    concluded(&trade, &place, "expired").refuses(409, "sales_contract.not_expired");
    concluded(&trade, &place, "terminated").refuses(422, "sales_contract.ends_by_document");
    app.advance(Duration::days(57));
    trade.company.sign_in_again(&app);
    let ended = concluded(&trade, &place, "expired").expect(200);
    assert_eq!((ended.text("/status"), ended.text("/ended_on")), ("expired".into(), "2026-05-01".into()));
    assert_ne!(called(&trade.company, "contract-expiry").text("/status"), "open", "it is seen to");
    until(&trade, "2026-06-30").refuses(409, "sales_contract.not_running");
    // What is still owed of it is collected all the same.
    let receipt = json!({"customer_id": trade.customer, "contract_id": id_in(&place),
        "amount": {"amount": "300.00", "currency": "CNY"}, "received_on": "2026-05-01"});
    trade.who("qian").post("/api/v1/receipts", receipt).expect(201);
}

fn a_contract_is_completed_once_nothing_of_it_is_open(app: App) {
    let trade = Trade::open(&app, "100.00");
    let id = trade.runs("3");
    let place = format!("/api/v1/sales-contracts/{id}");
    let refused = concluded(&trade, &place, "completed").refuses(409, "sales_contract.not_performed");
    assert_eq!(refused.text("/params/open"), "300.00");
    trade.receive(&place, "300.00");
    let mut body = order_body(&trade.customer, &trade.product, "3", "100.00");
    body["contract_id"] = json!(id);
    let order = trade.who("lan").post(ORDERS, body).expect(201).header("location").expect("a place");
    trade.approve(&crate::expense_request::submit(trade.who("lan"), &order));
    let refused = concluded(&trade, &place, "completed").refuses(409, "sales_contract.not_performed");
    assert_eq!(refused.text("/params/order"), trade.order(&order).text("/number"));
    trade.delivered(&order, "3");
    assert_eq!(concluded(&trade, &place, "completed").expect(200).text("/status"), "completed");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
}
