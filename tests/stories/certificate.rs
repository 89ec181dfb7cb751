//! Certificates: issued by the scheme once a result is final, printed with their font inside, revoked where their ground is gone.
//! `[KPI-8; 000 §10]`

use crate::{
    appraisal::{April, bare},
    duty,
    expense_request::act,
};
use domain::{
    approval::Label,
    performance::certificate::{Certificate, CertificateText, NewCertificate},
    working_time::Period,
};
use persistence::spine::{Failure, Request, StoredAnswer, Tx};
use serde_json::{Value, json};
use tests::{App, Caller, Records, block_on, column, records, stories};

stories! {
    whoever_is_excellent_gets_a_certificate_that_can_be_printed,
    a_revision_takes_a_certificate_back,
}

records! {
    "/api/v1/certificates/{id}" => a_certificate,
}

const CERTIFICATES: &str = "/api/v1/certificates";

/// One that is written as the server writes it: a result that is final would take weeks.
fn a_certificate(made: &Records<'_>) -> String {
    let employee = made.company.id("lan").parse().expect("an id");
    let department = made.company.departments["marketing"].parse().expect("an id");
    let write = move |tx: &mut Tx<'_>| -> Result<StoredAnswer, Failure> {
        let period: Period = "2026-02".parse().expect("a month");
        let text = CertificateText {
            holder: "兰兰".into(),
            title: Label { zh: "优秀员工".into(), en: "Employee of honour".into() },
            grounds: "2026-02 绩效考核等级 A".into(),
            clause: "000 §10".into(),
            issuer: "公司".into(),
        };
        let new = NewCertificate {
            id: tx.id(),
            number: "CE-2026-000001".into(),
            employee: Some(employee),
            department,
            period,
            incident: tx.ids().fresh(),
            text,
            on: tx.today(),
        };
        persistence::performance::certificate::apply(tx, Certificate::issue(new))?;
        Ok(StoredAnswer::default())
    };
    let request = Request::system("records");
    block_on(made.app.database.write(request, write)).expect("a certificate");
    made.company.boss.get(CERTIFICATES).expect(200).text("/data/0/id")
}

/// A scheme by which an A brings a certificate.
fn honouring() -> Value {
    let mut scheme = bare();
    scheme["consequences"] = json!([{"when": {"kind": "grade", "grades": ["A"]}, "clause": "000 §10",
        "follows": {"kind": "certificate", "title": {"zh": "优秀员工", "en": "Employee of honour"}}}]);
    scheme
}

/// April with 兰兰 excellent, final; her certificate's place.
fn honoured(app: &App) -> (April, String) {
    let mut april = April::come(app, &honouring(), 0, 0).open();
    april.published();
    let none = april.office().get(CERTIFICATES).expect(200).at("/data");
    assert_eq!(none, json!([]), "nothing before it is final");
    april.wait(app, 30);
    april.advance_to("final");
    let listed = april.who("lan").get(CERTIFICATES).expect(200);
    let place = format!("{CERTIFICATES}/{}", listed.text("/data/0/id"));
    (april, place)
}

fn whoever_is_excellent_gets_a_certificate_that_can_be_printed(app: App) {
    let (april, place) = honoured(&app);
    let shown = april.who("lan").get(&place).expect(200);
    assert_eq!(
        (shown.text("/number"), shown.text("/holder"), shown.text("/title_zh")),
        ("CE-2026-000001".into(), "lan".into(), "优秀员工".into())
    );
    assert_eq!(
        (shown.text("/grounds"), shown.text("/clause"), shown.text("/status")),
        ("2026-04 绩效考核等级 A".into(), "000 §10".into(), "issued".into())
    );
    let printed = april.who("lan").get(&shown.text("/document")).expect(200);
    assert_eq!(printed.header("content-type").as_deref(), Some("application/pdf"));
    assert!(printed.bytes.starts_with(b"%PDF-") && printed.bytes.len() > 10_000, "its font is inside");
    assert_eq!(april.who("head").get(&shown.text("/document")).expect(200).bytes, printed.bytes);
    for stranger in ["ming", "rep"] {
        april.who(stranger).get(&place).refuses(404, "http.not_found");
        april.who(stranger).get(&format!("{place}/document")).refuses(404, "http.not_found");
        assert_eq!(april.who(stranger).get(CERTIFICATES).expect(200).at("/data"), json!([]));
    }
    let found =
        april.office().get(&format!("{CERTIFICATES}?q=CE-2026&status=issued&period=2026-04")).expect(200);
    assert_eq!(column(&found.at("/data"), "holder"), ["lan"]);
    assert_eq!(duty::events(&app, "certificate.issued").len(), 1);
    let revoke = |by: &Caller| act(by, &place, "revoke", json!({"reason": "弄虚作假"}));
    revoke(april.who("lan")).refuses(403, "http.forbidden");
    let revoked = revoke(april.office()).expect(200);
    assert_eq!(
        (revoked.text("/status"), revoked.text("/revoked_because"), revoked.at("/document")),
        ("revoked".into(), "弄虚作假".into(), Value::Null)
    );
    revoke(april.office()).refuses(409, "certificate.revoked");
    april.who("lan").get(&format!("{place}/document")).refuses(409, "certificate.revoked");
    assert_eq!(duty::events(&app, "certificate.revoked").len(), 1);
}

fn a_revision_takes_a_certificate_back(app: App) {
    let (april, place) = honoured(&app);
    let sheet = april.sheet(april.lan());
    let ask = act(april.who("director"), &sheet, "ask-to-reopen", json!({"reason": "漏计退款"}));
    let revision = ask.expect(201).header("location").expect("a place");
    act(april.who("gm"), &revision, "approve-reopening", json!({})).expect(200);
    let lowered = json!({"result": "80", "reason": "扣除退款"});
    act(april.office(), &revision, "calibrate", lowered).expect(200);
    act(april.office(), &revision, "conclude", json!({})).expect(200);
    let shown = april.who("lan").get(&place).expect(200);
    assert_eq!(shown.text("/status"), "revoked");
    assert!(shown.text("/revoked_because").contains("修订"));
}
