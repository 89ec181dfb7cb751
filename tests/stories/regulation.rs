//! Regulations: drafted clause by clause, agreed to, in force from a day on, compared, repealed; those that come with the
//! product are entered once; and which rule enforces which clause. `[REG-1, REG-1a, REG-1b, REG-5, REG-8]`

use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, race, records, stories};

stories! {
    a_regulation_is_drafted_from_a_text_agreed_to_and_in_force_from_its_day,
    a_version_is_withdrawn_and_agreed_to_as_it_was_changed,
    a_new_version_is_compared_by_clause_and_takes_the_place_of_the_one_before,
    one_version_is_written_at_a_time_however_many_begin_at_once,
    a_trial_is_reviewed_after_it_takes_effect,
    a_repealed_regulation_is_in_force_no_longer_and_may_come_back,
    a_draft_is_seen_by_whoever_writes_it_or_answers_for_the_department,
    what_is_wrong_with_a_regulation_is_said,
    an_edited_clause_makes_a_review_for_the_owner_of_each_policy_that_cites_it,
}

records! {
    "/api/v1/regulations/{id}" => a_regulation,
    "/api/v1/regulation-versions/{id}" => a_version,
}

pub(crate) const REGULATIONS: &str = "/api/v1/regulations";
pub(crate) const VERSIONS: &str = "/api/v1/regulation-versions";
pub(crate) const LOAD: &str = "/api/v1/shipped-regulations/load";

const TRAVEL: &str = "第一章 总则\n第一条 为规范差旅，制定本制度。\n第二章 报销\n第二条 出差须事先申请。\n\
    第三条 返回后五天内报销。\n（一）附行程单。\n（二）附发票。";

fn a_regulation(made: &Records<'_>) -> String {
    loaded(made.company, "002-8")
}

fn a_version(made: &Records<'_>) -> String {
    let body = json!({"regulation_id": made.id("/api/v1/regulations/{id}"), "nature": "editorial",
        "summary": "改正错字"});
    made.post("head", "/api/v1/regulation-versions/{id}", body)
}

/// A regulation that came with the product, issued by marketing and in force since March: its id.
#[track_caller]
pub(crate) fn loaded(company: &Company, code: &str) -> String {
    let body = json!({"codes": [code], "department_id": company.departments["marketing"],
        "effective_from": "2026-03-01"});
    company.boss.post(LOAD, body).expect(200);
    let found = company.boss.get(&format!("{REGULATIONS}?code={code}")).expect(200);
    found.text("/data/0/id")
}

/// The head of marketing sets up a regulation for everybody in marketing.
#[track_caller]
pub(crate) fn established(company: &Company) -> String {
    let body = json!({"code": "travel", "title": "差旅管理制度", "department_id": company.departments["marketing"],
        "scope": {"departments": ["marketing"]}});
    company.who("head").post(REGULATIONS, body).expect(201).text("/id")
}

#[track_caller]
pub(crate) fn drafted(by: &Caller, body: Value) -> String {
    by.post(VERSIONS, body).expect(201).header("location").expect("a place")
}

#[track_caller]
fn approve(by: &Caller, approval: &str) {
    let read = by.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version")});
    by.at(read.version()).post(&format!("/api/v1/approvals/{approval}/approve"), body).expect(200);
}

/// Lets the director and the general manager agree to a version.
#[track_caller]
pub(crate) fn agreed(company: &Company, place: &str) {
    let approval = act(company.who("head"), place, "submit", json!({})).expect(200).text("/approval_id");
    approve(company.who("director"), &approval);
    approve(company.who("gm"), &approval);
}

/// Lets a draft be agreed to and published.
#[track_caller]
pub(crate) fn published(company: &Company, place: &str, from: &str) -> Reply {
    agreed(company, place);
    act(company.who("director"), place, "publish", json!({"effective_from": from})).expect(200)
}

/// The travel regulation in force since today: its id, and the place of its first version.
#[track_caller]
pub(crate) fn in_force(company: &Company) -> (String, String) {
    let id = established(company);
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
    let place = drafted(company.who("head"), body);
    published(company, &place, "2026-03-05");
    (id, place)
}

#[track_caller]
fn clauses(reply: &Reply) -> Vec<(String, String)> {
    let clauses = reply.at("/clauses");
    column(&clauses, "id").into_iter().zip(column(&clauses, "number")).collect()
}

fn a_regulation_is_drafted_from_a_text_agreed_to_and_in_force_from_its_day(app: App) {
    let company = app.company();
    let (head, lan) = (company.who("head"), company.who("lan"));
    let id = established(&company);
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
    let draft = head.post(VERSIONS, body).expect(201);
    assert_eq!((draft.text("/number"), draft.text("/status")), ("RV-2026-000001".into(), "draft".into()));
    let read: Vec<(String, String)> = [
        ("1", "第一章"),
        ("1.1", "第一条"),
        ("2", "第二章"),
        ("2.1", "第二条"),
        ("2.2", "第三条"),
        ("2.2.1", "（一）"),
        ("2.2.2", "（二）"),
    ]
    .map(|(id, number)| (id.to_owned(), number.to_owned()))
    .into();
    assert_eq!(clauses(&draft), read);
    let place = draft.header("location").expect("a place");
    // What was read is corrected, which of it binds above all.
    let mut corrected = draft.at("/clauses");
    corrected[3]["binding"] = json!(true);
    corrected[4]["binding"] = json!(true);
    let revised = head.at(1).patch(&place, json!({"clauses": corrected})).expect(200);
    assert_eq!(revised.at("/clauses/4/binding"), json!(true));
    act(company.who("director"), &place, "publish", json!({"effective_from": "2026-03-10"}))
        .refuses(409, "regulation_version.not_approved");
    let approval = act(head, &place, "submit", json!({})).expect(200).text("/approval_id");
    let shown = company.who("director").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(shown.text("/document/summary/facts/nature"), "substantive", "approvers see that first");
    approve(company.who("director"), &approval);
    approve(company.who("gm"), &approval);
    assert_eq!(head.get(&place).expect(200).text("/status"), "approved");
    lan.get(&format!("{REGULATIONS}/{id}/text")).refuses(404, "regulation_version.none_in_force");
    let director = company.who("director");
    act(director, &place, "publish", json!({"effective_from": "2026-03-04"}))
        .refuses(422, "regulation_version.backdated");
    let out = act(director, &place, "publish", json!({"effective_from": "2026-03-10"})).expect(200);
    assert_eq!((out.text("/status"), out.text("/effective_from")), ("published".into(), "2026-03-10".into()));
    lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-03-09"))
        .refuses(404, "regulation_version.none_in_force");
    let text = lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-03-10")).expect(200);
    assert_eq!((text.at("/id"), text.text("/clauses/3/text")), (out.at("/id"), "出差须事先申请。".into()));
    assert_eq!(
        lan.get(&place).expect(200).at("/actions"),
        json!([]),
        "who only reads may do nothing with it"
    );
}

fn a_version_is_withdrawn_and_agreed_to_as_it_was_changed(app: App) {
    let company = app.company();
    let head = company.who("head");
    let id = established(&company);
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
    let place = drafted(head, body);
    let first = act(head, &place, "submit", json!({})).expect(200).text("/approval_id");
    act(company.who("director"), &place, "withdraw", json!({"note": "暂缓"})).expect(403);
    let back = act(head, &place, "withdraw", json!({"note": "第二条须改写"})).expect(200);
    assert_eq!(back.text("/status"), "withdrawn");
    let director = company.who("director");
    let read = director.get(&format!("/api/v1/approvals/{first}")).expect(200);
    assert_eq!(read.text("/state"), "withdrawn");
    let revised =
        head.at(back.version()).patch(&place, json!({"summary": "首次制定，改写第二条"})).expect(200);
    assert_eq!(revised.text("/summary"), "首次制定，改写第二条");
    agreed(&company, &place);
    assert_eq!(head.get(&place).expect(200).text("/status"), "approved");
    act(head, &place, "withdraw", json!({"note": "太迟"})).refuses(409, "document.not_in_approval");
}

fn a_new_version_is_compared_by_clause_and_takes_the_place_of_the_one_before(app: App) {
    let company = app.company();
    let (head, lan) = (company.who("head"), company.who("lan"));
    let (id, first) = in_force(&company);
    let text = "第一章 总则\n第一条 为规范差旅，制定本制度。\n第二章 报销\n第二条 出差须事先申请。\n\
        第三条 由部门负责人核准。\n第四条 返回后十天内报销。\n（一）附行程单。";
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "放宽时限", "text": text});
    let second = drafted(head, body);
    let compared = head.get(&format!("{second}/comparison")).expect(200);
    let changes = compared.at("/changes");
    let told: Vec<(String, String)> =
        column(&changes, "clause").into_iter().zip(column(&changes, "change")).collect();
    let pair = |clause: &str, change: &str| (clause.to_owned(), change.to_owned());
    // 第三条 is edited in its place; what follows is new, with what it held; what is not there any more comes last.
    assert_eq!(told.last(), Some(&pair("2.2.2", "gone")), "{told:?}");
    assert!(told.contains(&pair("2.2", "edited")), "{told:?}");
    assert!(told.iter().any(|(_, change)| change == "new"), "{told:?}");
    assert_eq!(compared.at("/unchanged"), json!(4));
    assert_eq!((compared.at("/before/edition"), compared.at("/after/edition")), (json!(1), json!(2)));
    agreed(&company, &second);
    let publish =
        |from: &str| act(company.who("director"), &second, "publish", json!({"effective_from": from}));
    let same_day = publish("2026-03-05").refuses(422, "regulation_version.backdated");
    assert_eq!(same_day.text("/params/earliest"), "2026-03-06");
    publish("2026-04-01").expect(200);
    let on = |day: &str| lan.get(&format!("{REGULATIONS}/{id}/text?on={day}")).expect(200).at("/edition");
    assert_eq!((on("2026-03-05"), on("2026-03-31"), on("2026-04-01")), (json!(1), json!(1), json!(2)));
    let before = lan.get(&first).expect(200);
    assert_eq!(
        (before.text("/status"), before.text("/superseded_from")),
        ("published".into(), "2026-04-01".into())
    );
    let listed = lan.get(&format!("{VERSIONS}?regulation_id={id}&status=published")).expect(200);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(2));
    app.advance(Duration::days(40));
    let lan = &app.sign_in("lan", tests::PASSWORD);
    assert_eq!(lan.get(&first).expect(200).text("/status"), "superseded");
    let listed = lan.get(&format!("{VERSIONS}?regulation_id={id}&status=superseded")).expect(200);
    assert_eq!(column(&listed.at("/data"), "number"), ["RV-2026-000001"]);
    let shown = lan.get(&format!("{REGULATIONS}/{id}")).expect(200);
    assert_eq!(shown.at("/in_force/edition"), json!(2));
}

fn one_version_is_written_at_a_time_however_many_begin_at_once(app: App) {
    let company = app.company();
    let id = established(&company);
    let head = company.who("head");
    let begin = || {
        let body =
            json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
        head.post(VERSIONS, body)
    };
    let runners: Vec<Box<dyn FnOnce() -> Reply + Send + '_>> =
        (0..4).map(|_| Box::new(begin) as Box<dyn FnOnce() -> Reply + Send + '_>).collect();
    let begun = race(runners);
    assert_eq!(begun.iter().filter(|reply| reply.status == 201).count(), 1);
    for second in begun.into_iter().filter(|reply| reply.status != 201) {
        second.refuses(409, "regulation_version.edition_in_work");
    }
    let first = head.get(&format!("{VERSIONS}?regulation_id={id}")).expect(200).at("/data");
    let place = format!("{VERSIONS}/{}", column(&first, "id")[0]);
    act(head, &place, "void", json!({"reason": "重新起草"})).expect(200);
    assert_eq!(begin().expect(201).at("/edition"), json!(2), "a number is used once");
}

fn a_trial_is_reviewed_after_it_takes_effect(app: App) {
    let company = app.company();
    let id = established(&company);
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "试行", "text": TRAVEL,
        "review_on": "2026-06-30"});
    let place = drafted(company.who("head"), body);
    agreed(&company, &place);
    let publish = |from: &str| act(company.who("gm"), &place, "publish", json!({"effective_from": from}));
    publish("2026-06-30").refuses(422, "regulation_version.review_too_early");
    assert_eq!(publish("2026-04-01").expect(200).text("/review_on"), "2026-06-30");
}

fn a_repealed_regulation_is_in_force_no_longer_and_may_come_back(app: App) {
    let company = app.company();
    let (id, place) = in_force(&company);
    let repeal = json!({"from": "2026-03-20", "reason": "并入费用管理制度"});
    act(company.who("lan"), &place, "repeal", repeal.clone()).refuses(403, "http.forbidden");
    let out = act(company.who("gm"), &place, "repeal", repeal.clone()).expect(200);
    assert_eq!(
        (out.text("/repealed_from"), out.text("/repeal_reason")),
        ("2026-03-20".into(), "并入费用管理制度".into())
    );
    act(company.who("gm"), &place, "repeal", repeal).refuses(409, "regulation_version.not_published");
    let lan = company.who("lan");
    lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-03-19")).expect(200);
    lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-03-20"))
        .refuses(404, "regulation_version.none_in_force");
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "重新启用"});
    let second = drafted(company.who("head"), body);
    published(&company, &second, "2026-05-01");
    assert_eq!(
        lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-05-01")).expect(200).at("/edition"),
        json!(2)
    );
    lan.get(&format!("{REGULATIONS}/{id}/text?on=2026-04-30"))
        .refuses(404, "regulation_version.none_in_force");
}

fn a_draft_is_seen_by_whoever_writes_it_or_answers_for_the_department(app: App) {
    let company = app.company();
    let id = established(&company);
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
    let place = drafted(company.who("head"), body.clone());
    for name in ["head", "director", "gm"] {
        company.who(name).get(&place).expect(200);
    }
    for name in ["lan", "rep"] {
        company.who(name).get(&place).refuses(404, "http.not_found");
        let listed = company.who(name).get(VERSIONS).expect(200).at("/data");
        assert_eq!(listed, json!([]));
    }
    company.who("lan").post(VERSIONS, body).refuses(403, "http.forbidden");
    let finance =
        json!({"code": "books", "title": "会计制度", "department_id": company.departments["finance"]});
    company.who("head").post(REGULATIONS, finance).refuses(422, "validation.unknown_reference");
    // One's own drafts are not decided by oneself: the chain asks the director and the general manager.
    let preview = company.who("head").get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(column(&preview.at("/plan/steps"), "code"), ["marketing-director", "general-manager"]);
}

fn what_is_wrong_with_a_regulation_is_said(app: App) {
    let company = app.company();
    let head = company.who("head");
    let id = established(&company);
    let twice =
        json!({"code": "travel", "title": "又一个", "department_id": company.departments["marketing"]});
    head.post(REGULATIONS, twice).refuses(409, "validation.not_unique");
    let bad = json!({"code": "Travel!", "title": "差旅", "department_id": company.departments["marketing"]});
    assert_eq!(
        head.post(REGULATIONS, bad).refuses(422, "validation.format").text("/errors/0/pointer"),
        "/code"
    );
    let clause = |id: &str, kind: &str, parent: Option<&str>| json!({"id": id, "kind": kind, "parent": parent, "text": "须先申请"});
    let said = json!({"regulation_id": id, "nature": "editorial", "summary": "首次制定",
        "clauses": [clause("1", "clause", None), clause("1", "clause", None), clause("2", "chapter", Some("1")),
            clause("3", "item", Some("9"))]});
    let refused = head.post(VERSIONS, said).refuses(422, "validation.failed");
    let errors = refused.at("/errors");
    let told: Vec<(String, String)> =
        column(&errors, "pointer").into_iter().zip(column(&errors, "code")).collect();
    let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for wrong in [
        pair("/nature", "regulation_version.first_is_substantive"),
        pair("/clauses/1/id", "regulation.clause_twice"),
        pair("/clauses/2/parent", "regulation.clause_parent_too_low"),
        pair("/clauses/3/parent", "regulation.clause_parent_unknown"),
    ] {
        assert!(told.contains(&wrong), "{wrong:?} in {told:?}");
    }
    let nothing = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定"});
    assert_eq!(
        head.post(VERSIONS, nothing).refuses(422, "validation.length").text("/errors/0/pointer"),
        "/clauses"
    );
    let unknown = json!({"regulation_id": "019ccccc-0000-7000-8000-00000000dead", "nature": "substantive",
        "summary": "首次制定", "text": TRAVEL});
    head.post(VERSIONS, unknown).refuses(422, "validation.unknown_reference");
}

fn an_edited_clause_makes_a_review_for_the_owner_of_each_policy_that_cites_it(app: App) {
    let company = app.company();
    let (boss, head) = (&company.boss, company.who("head"));
    // Policies cite regulations by three digits.
    let body =
        json!({"code": "005", "title": "差旅管理制度", "department_id": company.departments["marketing"]});
    let id = head.post(REGULATIONS, body).expect(201).text("/id");
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "首次制定", "text": TRAVEL});
    published(&company, &drafted(head, body), "2026-03-05");
    // The general manager keeps the policy that rests on the third article; a policy of another article is nobody's concern.
    let role = json!({"code": "policy-keeper", "name_zh": "政策管理员", "name_en": "Keeper of policies",
        "permissions": ["policy:read", "policy:manage"]});
    let role = boss.post("/api/v1/roles", role).expect(201).text("/id");
    let grant = json!({"role_id": role, "scope": "all"});
    boss.post(&format!("/api/v1/users/{}/grants", company.user("gm")), grant).expect(201);
    let policy = |by: &Caller, code: &str, clause: &str| {
        let shipped = boss.get(&format!("/api/v1/policies?code={code}")).expect(200).at("/data/0");
        let body = json!({"code": code, "title": shipped["title"], "effective_from": "2026-03-05",
            "content": shipped["content"], "clause": clause});
        let place = by.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
        by.at(1).act(&format!("{place}/publish")).expect(200);
    };
    policy(company.who("gm"), "notice-reminder/company", "005 第三条");
    policy(boss, "webhook-delivery/company", "005 第二条");
    let edited = TRAVEL.replace("五天", "七天");
    let body = json!({"regulation_id": id, "nature": "substantive", "summary": "放宽期限", "text": edited});
    let place = drafted(head, body);
    let tasks = || company.who("gm").get("/api/v1/tasks").expect(200).at("/data");
    assert_eq!(tasks(), json!([]));
    published(&company, &place, "2026-03-20");
    let given = tasks();
    assert_eq!(given.as_array().map(Vec::len), Some(1), "{given}");
    let title = given[0]["title"].as_str().unwrap_or_default();
    assert!(title.starts_with("复核政策："), "{given}");
    assert_eq!(given[0]["owner"]["id"], json!(company.id("gm")), "{given}");
    assert_eq!(given[0]["due_on"], "2026-03-20");
    let all = app.count_rows("tasks");
    assert_eq!(all, 1, "the other policy rests on what stayed as it was");
}
