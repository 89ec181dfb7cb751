//! Suggestions to regulations: made by anybody, answered by who issues them, in force with the version that takes them up.
//! `[REG-3; 000 §10 持续改进]`

use crate::{
    duty::called,
    expense_request::act,
    regulation::{drafted, in_force, published},
};
use serde_json::{Value, json};
use tests::{App, Caller, Records, column, records, stories};

stories! {
    a_suggestion_is_answered_and_in_force_with_the_version_that_takes_it_up,
    a_suggestion_is_declined_with_the_reason_and_that_is_an_answer,
    who_wished_to_be_hidden_is_seen_by_those_who_answer_alone,
    what_says_the_same_is_joined,
    what_is_wrong_with_a_suggestion_is_said,
}

records! {
    "/api/v1/regulation-suggestions/{id}" => a_suggestion,
}

const SUGGESTIONS: &str = "/api/v1/regulation-suggestions";

fn a_suggestion(made: &Records<'_>) -> String {
    let body = json!({"regulation_id": made.id("/api/v1/regulations/{id}"), "text": "建议减少签到次数"});
    made.post("lan", "/api/v1/regulation-suggestions/{id}", body)
}

#[track_caller]
fn made(by: &Caller, body: Value) -> String {
    by.post(SUGGESTIONS, body).expect(201).header("location").expect("a place")
}

fn a_suggestion_is_answered_and_in_force_with_the_version_that_takes_it_up(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    let (lan, head) = (company.who("lan"), company.who("head"));
    let place = made(lan, json!({"regulation_id": id, "clause": "2.2", "text": "五天太短，建议改为十天"}));
    let shown = lan.get(&place).expect(200);
    assert_eq!((shown.text("/number"), shown.text("/status")), ("SG-2026-000001".into(), "filed".into()));
    let duty = called(&company, "regulation-suggestion");
    assert_eq!(
        (duty.text("/responsible/id"), duty.text("/status")),
        (company.id("head").into(), "open".into())
    );
    act(lan, &place, "take-up", json!({})).refuses(403, "http.forbidden");
    assert_eq!(act(head, &place, "take-up", json!({})).expect(200).text("/status"), "in_review");
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "放宽时限",
        "text": "第一条 返回后十天内报销。"});
    let draft = drafted(head, body);
    let version = draft.rsplit('/').next().unwrap_or_default();
    let adopted = act(head, &place, "adopt", json!({"version_id": version})).expect(200);
    assert_eq!((adopted.text("/status"), adopted.text("/draft_id")), ("adopted".into(), version.into()));
    assert_eq!(called(&company, "regulation-suggestion").text("/status"), "on_time");
    published(&company, &draft, "2026-04-01");
    assert_eq!(lan.get(&place).expect(200).text("/status"), "in_force");
    let listed = lan.get(&format!("{SUGGESTIONS}?clause=2.2&status=in_force")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["SG-2026-000001"]);
}

fn a_suggestion_is_declined_with_the_reason_and_that_is_an_answer(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    let (lan, head) = (company.who("lan"), company.who("head"));
    let place = made(lan, json!({"regulation_id": id, "text": "取消事先申请"}));
    let reason = json!({"reason": "与费用管理制度不符"});
    let out = act(head, &place, "decline", reason.clone()).expect(200);
    assert_eq!(
        (out.text("/status"), out.text("/status_reason")),
        ("declined".into(), "与费用管理制度不符".into())
    );
    assert_eq!(called(&company, "regulation-suggestion").text("/status"), "on_time");
    let again = act(head, &place, "decline", reason).refuses(409, "regulation_suggestion.answered");
    assert_eq!(again.text("/rule"), "REG-3");
}

fn who_wished_to_be_hidden_is_seen_by_those_who_answer_alone(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    let lan = company.who("lan");
    let place = made(lan, json!({"regulation_id": id, "text": "取消事先申请", "is_anonymous": true}));
    let seen = |name: &str| company.who(name).get(&place).expect(200).at("/submitter");
    for name in ["ming", "rep"] {
        assert!(seen(name).is_null(), "{name}");
        let listed = company.who(name).get(SUGGESTIONS).expect(200).at("/data/0/submitter");
        assert!(listed.is_null(), "{name}");
    }
    for name in ["lan", "head", "gm"] {
        assert_eq!(seen(name)["id"], json!(company.id("lan")), "{name}");
    }
}

fn what_says_the_same_is_joined(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    let head = company.who("head");
    let first = made(company.who("lan"), json!({"regulation_id": id, "text": "五天太短"}));
    let second = made(company.who("ming"), json!({"regulation_id": id, "text": "时限太短"}));
    let id_of = |place: &str| json!({"suggestion_id": place.rsplit('/').next()});
    act(head, &second, "join", id_of(&second)).refuses(422, "regulation_suggestion.of_itself");
    let joined = act(head, &second, "join", id_of(&first)).expect(200);
    assert_eq!(
        (joined.text("/status"), joined.at("/joined_to_id")),
        ("joined".into(), id_of(&first)["suggestion_id"].clone())
    );
    act(head, &second, "take-up", json!({})).refuses(409, "regulation_suggestion.answered");
}

fn what_is_wrong_with_a_suggestion_is_said(app: App) {
    let company = app.company();
    let (id, _) = in_force(&company);
    let lan = company.who("lan");
    let lost = json!({"regulation_id": id, "clause": "9.9", "text": "不明"});
    let refused = lan.post(SUGGESTIONS, lost).refuses(422, "regulation_suggestion.clause_unknown");
    assert_eq!(refused.text("/errors/0/pointer"), "/clause");
    let nowhere = json!({"regulation_id": "019ccccc-0000-7000-8000-00000000dead", "text": "不明"});
    lan.post(SUGGESTIONS, nowhere).refuses(422, "validation.unknown_reference");
    let place = made(lan, json!({"regulation_id": id, "text": "五天太短"}));
    let other = json!({"version_id": "019ccccc-0000-7000-8000-00000000dead"});
    act(company.who("head"), &place, "adopt", other).refuses(422, "validation.unknown_reference");
}
