//! Findings of an audit: who must mend them, and who says that they are mended. `[EXP-11]`

use crate::{
    file::{PDF, upload},
    internal_audit::{AUDITS, act, auditor, finding, sampled},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Records, Reply, column, race, records, stories};

stories! {
    a_remediation_is_verified_by_the_auditor_and_handed_back_until_it_does,
    findings_are_seen_by_who_must_mend_them_and_those_overdue_are_listed,
    of_two_auditors_who_close_a_finding_one_does,
}

records! {
    "/api/v1/audit-findings/{id}" => a_finding,
}

pub(crate) const FINDINGS: &str = "/api/v1/audit-findings";

fn a_remediation_is_verified_by_the_auditor_and_handed_back_until_it_does(app: App) {
    let company = app.company();
    let (auditor_id, auditor, place, item) = sampled(&app, &company);
    let raised = auditor.post(&format!("{place}/findings"), finding(&company, Some(&item))).expect(201);
    let place = raised.header("location").expect("a place");
    let (lan, mended) = (company.who("lan"), json!({"text": "已退回"}));
    act(&auditor, &place, "close", json!({"note": "x"})).refuses(409, "audit_finding.nothing_to_verify");
    company.who("qian").get(&place).expect(200);
    act(company.who("qian"), &place, "report-remediation", mended.clone())
        .refuses(403, "audit_finding.not_responsible");
    let file = upload(lan, "回单.pdf", PDF).expect(201).text("/id");
    let content = format!("/api/v1/files/{file}/content");
    auditor.get(&content).refuses(404, "http.not_found");
    let with_evidence = json!({"text": "已退回", "attachments": [file]});
    let reported = act(lan, &place, "report-remediation", with_evidence).expect(200);
    assert_eq!(
        (reported.text("/status"), reported.text("/attachments/0/name")),
        ("remediation_reported".into(), "回单.pdf".into())
    );
    assert_eq!(auditor.get(&content).expect(200).bytes, PDF);
    let again = act(lan, &place, "report-remediation", mended.clone());
    again.refuses(409, "audit_finding.not_open");
    let back = act(&auditor, &place, "reject-remediation", json!({"reason": "金额不足"})).expect(200);
    assert_eq!((back.text("/status"), back.text("/rejected/0/reason")), ("open".into(), "金额不足".into()));
    // The head of the department answers for it too.
    act(company.who("head"), &place, "report-remediation", mended.clone()).expect(200);
    act(lan, &place, "close", json!({"note": "好了"})).refuses(403, "http.forbidden");
    let closed = act(&auditor, &place, "close", json!({"note": "已核对"})).expect(200);
    assert_eq!((closed.text("/status"), closed.text("/ending")), ("closed".into(), "已核对".into()));
    act(&auditor, &place, "withdraw", json!({"reason": "x"})).refuses(409, "audit_finding.ended");
    // What an auditor reports as mended another one verifies.
    let audit = format!("{AUDITS}/{}", raised.text("/audit_id"));
    let whole = auditor.post(&format!("{audit}/findings"), finding(&company, None)).expect(201);
    let place = whole.header("location").expect("a place");
    act(&auditor, &place, "report-remediation", mended).expect(200);
    act(&auditor, &place, "close", json!({"note": "x"})).refuses(403, "audit_finding.own_remediation");
    let gone = act(&auditor, &place, "withdraw", json!({"reason": "登记有误"})).expect(200);
    assert_eq!((gone.text("/status"), gone.text("/ending")), ("withdrawn".into(), "登记有误".into()));
    // Nor does who owes it withdraw it.
    let mut owed = finding(&company, None);
    owed["content"]["responsible_id"] = json!(auditor_id);
    let owed =
        auditor.post(&format!("{audit}/findings"), owed).expect(201).header("location").expect("a place");
    act(&auditor, &owed, "withdraw", json!({"reason": "x"})).refuses(403, "audit_finding.own_remediation");
}

fn findings_are_seen_by_who_must_mend_them_and_those_overdue_are_listed(app: App) {
    let mut company = app.company();
    let (_, auditor, place, item) = sampled(&app, &company);
    let raised = auditor.post(&format!("{place}/findings"), finding(&company, Some(&item))).expect(201);
    let place = raised.header("location").expect("a place");
    let seen = |by: &Caller, query: &str| {
        column(&by.get(&format!("{FINDINGS}?{query}")).expect(200).at("/data"), "id")
    };
    let id = raised.text("/id");
    for name in ["lan", "head", "gm", "qian"] {
        assert_eq!(seen(company.who(name), ""), std::slice::from_ref(&id), "{name}");
        company.who(name).get(&place).expect(200);
    }
    for name in ["ming", "rep"] {
        assert_eq!(seen(company.who(name), ""), Vec::<String>::new(), "{name}");
        company.who(name).get(&place).refuses(404, "http.not_found");
    }
    let lan = company.id("lan");
    assert_eq!(
        seen(&auditor, &format!("responsible_id={lan}&status=open&severity=high")),
        std::slice::from_ref(&id)
    );
    assert_eq!(seen(&auditor, "severity=low"), Vec::<String>::new());
    assert_eq!(seen(&auditor, "overdue=true"), Vec::<String>::new());
    let later = json!({"severity": "medium", "clause": "000 §9.3(5)", "text": "住宿与行程不符",
        "department_id": company.departments["marketing"], "responsible_id": null, "due_on": "2026-03-20"});
    let revised = auditor.at(1).patch(&place, later).expect(200);
    assert_eq!((revised.text("/severity"), revised.at("/responsible")), ("medium".into(), Value::Null));
    assert_eq!(seen(company.who("lan"), ""), Vec::<String>::new());
    app.advance(chrono::Duration::days(16));
    company.sign_in_again(&app);
    let auditor = app.sign_in("shen", tests::PASSWORD);
    assert_eq!(seen(&auditor, "overdue=true"), [id]);
    assert_eq!(auditor.get(&place).expect(200).at("/is_overdue"), true);
    let file = auditor.get(&format!("{FINDINGS}?overdue=true&format=csv")).expect(200);
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    assert!(text.contains("AF-2026-000001,待整改,一般,"), "{text}");
}

fn of_two_auditors_who_close_a_finding_one_does(app: App) {
    let company = app.company();
    let (_, shen, place, item) = sampled(&app, &company);
    let (_, wen) = auditor(&app, &company, "wen");
    let raised = shen.post(&format!("{place}/findings"), finding(&company, Some(&item))).expect(201);
    let place = raised.header("location").expect("a place");
    act(company.who("lan"), &place, "report-remediation", json!({"text": "已退回"})).expect(200);
    let runners = [&shen, &wen].map(|by| {
        let place = &place;
        let body = json!({"note": "已核对"});
        Box::new(move || by.at(2).post(&format!("{place}/close"), body))
            as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let mut statuses: Vec<u16> = race(runners.into()).iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(shen.get(&place).expect(200).version(), 3);
}

/// A finding that 兰兰 is to remediate: its place, and the auditor.
#[track_caller]
pub(crate) fn open_for_lan(app: &App, company: &Company) -> (String, Caller) {
    let (_, shen, place, item) = sampled(app, company);
    let raised = shen.post(&format!("{place}/findings"), finding(company, Some(&item))).expect(201);
    (raised.header("location").expect("a place"), shen)
}

fn a_finding(made: &Records<'_>) -> String {
    let place = made.place("/api/v1/internal-audits/{id}");
    let auditor = made.app.sign_in("shen", PASSWORD);
    auditor.post(&format!("{place}/findings"), finding(made.company, None)).expect(201).text("/id")
}
