//! What is entered by hand in the ledger of rewards and penalties counts once its approvers agree, and the person was heard.
//! `[INC-1, INC-2]`

use crate::{
    expense_request::act,
    incentive_entry::{Centre, ENTRIES, by_hand, points},
};
use serde_json::json;
use tests::{App, stories};

stories! {
    what_is_entered_by_hand_counts_once_its_approvers_agree,
    the_person_is_heard_before_a_penalty_goes_to_its_approvers,
    what_its_approvers_refuse_is_cancelled_and_what_is_taken_back_may_go_to_them_again,
    what_is_undone_by_rule_waits_for_no_approver_any_more,
}

fn what_is_entered_by_hand_counts_once_its_approvers_agree(app: App) {
    let centre = Centre::found(&app);
    let place = centre.enter("head", by_hand(centre.company.id("lan"), points(5)));
    let entry = centre.who("head").get(&place).expect(200);
    assert_eq!((entry.text("/number"), entry.text("/status")), ("RP-2026-000001".into(), "proposed".into()));
    act(centre.who("gm"), &place, "confirm", json!({})).refuses(409, "incentive_entry.approval_required");
    act(centre.who("gm"), &place, "submit", json!({})).refuses(403, "incentive_entry.not_proposer");
    let approval = centre.submit("head", &place);
    let waiting = centre.who("head").get(&place).expect(200);
    assert_eq!((waiting.text("/status"), waiting.at("/in_approval")), ("proposed".into(), json!(true)));
    act(&centre.office, &place, "cancel", json!({"reason": "误记"}))
        .refuses(409, "incentive_entry.in_approval");
    act(&centre.office, &place, "notify", json!({})).refuses(409, "incentive_entry.in_approval");
    let seen = centre.who("director").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(seen.text("/document/summary/facts/employee"), "lan");
    assert_eq!(seen.text("/document/summary/facts/clause"), "001 §3 1.2");
    centre.agree(&approval);
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!((entry.text("/status"), entry.at("/in_approval")), ("confirmed".into(), json!(false)));
    assert_eq!(entry.text("/approval_id"), approval);
    assert_eq!(centre.points_of("lan", "2026-03"), json!(5));
    // Taken back by the office, for a reason, by one counter-entry.
    act(&centre.office, &place, "reverse", json!({})).refuses(422, "http.bad_body");
    let reversed = act(&centre.office, &place, "reverse", json!({"reason": "表扬信系误寄"})).expect(200);
    assert_eq!(reversed.text("/status"), "reversed");
    let counter = format!("{ENTRIES}/{}", reversed.text("/countered_by_id"));
    assert_eq!(centre.who("lan").get(&counter).expect(200).at("/amount"), points(-5));
    act(&centre.office, &place, "reverse", json!({"reason": "再次"}))
        .refuses(409, "incentive_entry.not_reversible");
    act(&centre.office, &counter, "reverse", json!({"reason": "再次"}))
        .refuses(409, "incentive_entry.counter_stays");
    assert_eq!(centre.points_of("lan", "2026-03"), json!(0));
}

fn the_person_is_heard_before_a_penalty_goes_to_its_approvers(app: App) {
    let mut centre = Centre::found(&app);
    let fine = json!({"kind": "money", "amount": {"amount": "-50.00", "currency": "CNY"}});
    let place = centre.enter("head", by_hand(centre.company.id("lan"), fine));
    act(centre.who("head"), &place, "submit", json!({})).refuses(409, "incentive_entry.not_notified");
    act(centre.who("head"), &place, "notify", json!({})).expect(200);
    act(centre.who("head"), &place, "notify", json!({})).refuses(409, "incentive_entry.not_proposed");
    act(centre.who("head"), &place, "submit", json!({})).refuses(409, "incentive_entry.answer_open");
    act(centre.who("head"), &place, "answer", json!({})).refuses(403, "incentive_entry.not_yours");
    let objection = json!({"objection": "当日在客户处，有签到记录"});
    let answered = act(centre.who("lan"), &place, "answer", objection).expect(200);
    assert_eq!(answered.text("/answer/objection"), "当日在客户处，有签到记录");
    act(centre.who("lan"), &place, "answer", json!({})).refuses(409, "incentive_entry.already_answered");
    let silent = act(centre.who("head"), &place, "submit", json!({}));
    let silent = silent.refuses(422, "incentive_entry.objection_unanswered");
    assert_eq!(silent.text("/errors/0/pointer"), "/ruling");
    let ruling = json!({"ruling": "签到记录为次日补签，维持原处理"});
    let approval = act(centre.who("head"), &place, "submit", ruling).expect(200).text("/approval_id");
    let seen = centre.who("director").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(seen.text("/document/summary/facts/objection"), "当日在客户处，有签到记录");
    centre.agree(&approval);
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!(entry.text("/confirmation/ruling"), "签到记录为次日补签，维持原处理");
    let statement = centre.who("lan").get("/api/v1/me/incentive-statement").expect(200);
    assert_eq!(statement.at("/totals/money"), json!([{"amount": "-50.00", "currency": "CNY"}]));
    // Who says nothing in time is heard as well.
    let place = centre.enter("head", by_hand(centre.company.id("ming"), points(-3)));
    act(centre.who("head"), &place, "notify", json!({})).expect(200);
    centre.pass(&app, 24 * 5);
    act(centre.who("ming"), &place, "answer", json!({})).refuses(409, "incentive_entry.answer_too_late");
    centre.submit("head", &place);
}

fn what_its_approvers_refuse_is_cancelled_and_what_is_taken_back_may_go_to_them_again(app: App) {
    let centre = Centre::found(&app);
    let place = centre.enter("head", by_hand(centre.company.id("lan"), points(5)));
    let approval = centre.submit("head", &place);
    act(centre.who("gm"), &place, "withdraw", json!({})).refuses(403, "incentive_entry.not_proposer");
    let withdrawn = act(centre.who("head"), &place, "withdraw", json!({"note": "补充材料"})).expect(200);
    assert_eq!((withdrawn.text("/status"), withdrawn.at("/in_approval")), ("proposed".into(), json!(false)));
    act(centre.who("head"), &place, "withdraw", json!({})).refuses(409, "incentive_entry.not_in_approval");
    assert_eq!(centre.submit("head", &place), approval, "the same approval goes on");
    let reason = json!({"reason": "依据不足"});
    centre.decide(centre.who("director"), &approval, "reject", reason).expect(200);
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!(
        (entry.text("/status"), entry.text("/undone/reason")),
        ("cancelled".into(), "依据不足".into())
    );
    act(centre.who("head"), &place, "submit", json!({})).refuses(409, "incentive_entry.not_notified");
}

fn what_is_undone_by_rule_waits_for_no_approver_any_more(app: App) {
    let mut centre = Centre::found(&app);
    let content = json!({"number_prefix": "RP", "answer_working_days": 2, "approved_kinds": ["by_hand", "duty"],
        "monthly_caps": {}});
    crate::duty::publish(&centre.company.boss, "incentive-policy/company", &content, "2026-03-05");
    let mut rule = crate::duty::weekly();
    rule["consequence"] = json!({"missed": points(-20)});
    crate::duty::publish(&centre.company.boss, "duty-rule/weekly-report", &rule, "2026-03-05");
    centre.pass(&app, 96);
    centre.pass(&app, 24 * 7);
    let entries = centre.who("lan").get(ENTRIES).expect(200);
    let place = format!("{ENTRIES}/{}", entries.text("/data/0/id"));
    act(&centre.office, &place, "notify", json!({})).expect(200);
    act(centre.who("lan"), &place, "answer", json!({})).expect(200);
    let approval = act(centre.who("head"), &place, "submit", json!({})).expect(200).text("/approval_id");
    let lan = crate::duty::own_of(centre.who("lan"), "2026-W11");
    act(centre.who("head"), &lan, "waive", json!({"reason": "出差无网络"})).expect(200);
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!((entry.text("/status"), entry.at("/in_approval")), ("cancelled".into(), json!(false)));
    let ended = centre.company.boss.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(ended.text("/state"), "withdrawn", "{ended}");
    let inbox = centre.who("director").get("/api/v1/approvals").expect(200).at("/data");
    assert_eq!(inbox, json!([]), "nobody is asked any more");
}
