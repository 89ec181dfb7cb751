//! Two files of one customer become one, until that is undone. `[CUS-3]`

use crate::expense_request::act;
use crate::ownership::{Site, deed, nothing};
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    the_kept_file_takes_what_it_lacks_and_gives_it_back,
    what_stands_against_a_merge_is_said,
    a_file_that_was_merged_is_nobodys_to_take,
    a_merge_is_undone_within_its_days_or_never,
    of_two_merges_against_each_other_at_once_one_is_done,
}

records! {
    "/api/v1/customer-merges/{id}" => a_merge,
}

const MERGES: &str = "/api/v1/customer-merges";

fn a_merge(made: &Records<'_>) -> String {
    let file = |name: &str, phone: &str| {
        let body = json!({"kind": "person", "name": name, "phones": [phone]});
        made.company.who("head").post("/api/v1/customers", body).expect(201).text("/id")
    };
    let (kept, merged) = (file("王敏", "13900000081"), file("王 敏", "13900000082"));
    made.post("head", "/api/v1/customer-merges/{id}", body(&kept, &merged))
}

fn body(kept: &str, merged: &str) -> Value {
    json!({"kept_id": kept, "merged_id": merged, "reason": "同一客户两个手机号分别建档"})
}

fn merge(by: &Caller, kept: &str, merged: &str) -> Reply {
    by.post(MERGES, body(kept, merged))
}

fn file(by: &Caller, customer: &str) -> Reply {
    by.get(&format!("/api/v1/customers/{customer}")).expect(200)
}

fn phones(shown: &Reply) -> Vec<String> {
    column(&shown.at("/phones"), "number")
}

fn the_kept_file_takes_what_it_lacks_and_gives_it_back(app: App) {
    let site = Site::open(&app);
    let head = site.head();
    let entered = |body: Value| head.post("/api/v1/customers", body).expect(201).text("/id");
    let kept =
        entered(json!({"kind": "person", "name": "王敏", "phones": ["13800000001"], "tags": ["老客户"]}));
    let merged = entered(json!({"kind": "person", "name": "王 敏", "phones": ["13800000002", "13800000003"],
        "e_mail": "min@example.com", "addresses": ["朝阳路 8 号"], "tags": ["老客户", "团购"]}));
    let done = merge(head, &kept, &merged).expect(201);
    assert_eq!(done.at("/taken"), json!(["phones", "addresses", "tags", "e_mail"]));
    let shown = file(head, &kept);
    assert_eq!(phones(&shown), ["+8613800000001", "+8613800000002", "+8613800000003"]);
    assert_eq!(
        (shown.text("/e_mail"), shown.at("/tags")),
        ("min@example.com".into(), json!(["老客户", "团购"]))
    );
    let behind = file(head, &merged);
    assert_eq!((behind.text("/status"), behind.text("/merged_into_id")), ("merged".into(), kept.clone()));
    let listed = head.get("/api/v1/customers").expect(200).at("/data");
    assert_eq!(column(&listed, "id"), std::slice::from_ref(&kept));
    // Meanwhile one of the phones is taken off and another comes.
    let other = json!({"phones": ["13800000001", "13800000003", "13800000004"]});
    head.at(shown.version()).patch(&format!("/api/v1/customers/{kept}"), other).expect(200);
    let place = done.header("location").expect("a place");
    let undone = act(head, &place, "undo", json!({"reason": "确认是父子二人"})).expect(200);
    assert_eq!(undone.text("/undone_reason"), "确认是父子二人");
    let shown = file(head, &kept);
    assert_eq!(phones(&shown), ["+8613800000001", "+8613800000004"], "its own stay");
    assert_eq!((shown.at("/e_mail"), shown.at("/tags")), (Value::Null, json!(["老客户"])));
    let apart = file(head, &merged);
    assert_eq!((apart.text("/status"), phones(&apart).len()), ("active".into(), 2));
    act(head, &place, "undo", json!({"reason": "再次"})).refuses(409, "customer_merge.undone_already");
    let listed = head.get(&format!("{MERGES}?kept_id={kept}")).expect(200).at("/data");
    assert_eq!(column(&listed, "reason"), ["同一客户两个手机号分别建档"]);
    assert_eq!(crate::duty::events(&app, "customer.unmerged").len(), 1);
}

fn what_stands_against_a_merge_is_said(app: App) {
    let site = Site::open(&app);
    let (head, mine, theirs, free) = (site.head(), site.file(1), site.file(2), site.file(3));
    site.register(site.a(), &mine, nothing()).expect(201);
    site.register(site.b(), &theirs, nothing()).expect(201);
    merge(head, &mine, &mine).refuses(422, "customer_merge.same_file");
    let refused = merge(head, &mine, &theirs).refuses(409, "customer_merge.owned_by_another");
    assert_eq!((refused.text("/params/kept"), refused.text("/params/merged")), ("lan".into(), "ming".into()));
    merge(head, &free, &mine).refuses(409, "customer_merge.keep_owned");
    let company = json!({"kind": "company", "name": "杭州云帆科技有限公司", "phones": ["057188888888"]});
    let company = head.post("/api/v1/customers", company).expect(201).text("/id");
    merge(head, &mine, &company).refuses(409, "customer_merge.other_kind");
    merge(site.a(), &mine, &free).expect(403);
    let deal = json!({"deal_id": "00000000-0000-7000-8000-00000000dea1", "step": "deposited"});
    deed(head, &mine, "record-deal", deal).expect(200);
    merge(head, &mine, &free).refuses(409, "customer_merge.in_the_midst");
    let done = merge(head, &theirs, &free).expect(201);
    merge(head, &theirs, &free).refuses(409, "customer_file.not_active");
    let place = format!("/api/v1/customers/{theirs}");
    act(site.company.who("gm"), &place, "erase", json!({"reason": "客户要求删除"})).expect(200);
    let place = done.header("location").expect("a place");
    act(head, &place, "undo", json!({"reason": "误并"})).refuses(409, "customer_merge.gone");
}

fn a_file_that_was_merged_is_nobodys_to_take(app: App) {
    let site = Site::open(&app);
    let (kept, merged) = (site.file(1), site.file(2));
    site.register(site.a(), &kept, nothing()).expect(201);
    site.register(site.a(), &merged, nothing()).expect(201);
    merge(site.head(), &kept, &merged).expect(201);
    deed(site.a(), &merged, "release", json!({"reason": "重复档案"})).expect(200);
    deed(site.b(), &merged, "claim", json!(null)).refuses(409, "customer_file.not_active");
}

fn a_merge_is_undone_within_its_days_or_never(app: App) {
    let mut site = Site::open(&app);
    let (kept, merged) = (site.file(1), site.file(2));
    let done = merge(site.head(), &kept, &merged).expect(201);
    app.advance(chrono::Duration::days(31));
    site.sign_in_again(&app);
    let place = done.header("location").expect("a place");
    let refused =
        act(site.head(), &place, "undo", json!({"reason": "误并"})).refuses(409, "customer_merge.too_late");
    assert_eq!(refused.at("/params/days"), json!(30));
}

fn of_two_merges_against_each_other_at_once_one_is_done(app: App) {
    let site = Site::open(&app);
    let head = site.head();
    for number in 0..10 {
        let (one, other) = (site.file(2 * number + 1), site.file(2 * number + 2));
        let pairs = [(one.as_str(), other.as_str()), (other.as_str(), one.as_str())];
        let runners = pairs.map(|(kept, merged)| {
            Box::new(move || merge(head, kept, merged).status) as Box<dyn FnOnce() -> u16 + Send>
        });
        let mut answers = race(runners.into());
        answers.sort_unstable();
        assert_eq!(answers, [201, 409]);
    }
    let merged = "SELECT COUNT(*) AS number FROM customers WHERE status = 'merged'";
    assert_eq!(app.number(merged), 10);
}
