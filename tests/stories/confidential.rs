//! What is not for everybody stays so whatever door is tried: the trail, a search, a list of somebody's work.
//! `[AUD-1, CUS-5, KPI-5, KPI-9]`

use crate::{
    appraisal::{APPRAISALS, April, REVIEWS, scheme},
    customer_file::{CUSTOMERS, entered},
    ownership::{Site, nothing},
};
use serde_json::{Value, json};
use tests::{App, Caller, column, stories};

stories! {
    the_trail_tells_which_members_of_a_customer_changed_and_not_what_they_hold,
    the_trail_does_not_tell_who_reviewed_whom,
    a_mask_is_not_read_out_by_searching,
    whoever_reads_all_customers_reads_nobodys_results,
}

const TRAIL: &str = "/api/v1/audit-entries";

fn the_trail_tells_which_members_of_a_customer_changed_and_not_what_they_hold(app: App) {
    let company = app.company();
    let id = entered(company.who("lan"), "李娜", "13812345678");
    let told = company.boss.get(&format!("{TRAIL}?entity={id}&sort=recorded_at")).expect(200);
    assert_eq!(told.text("/data/0/action").split(' ').next(), Some("customer.created"));
    let after = told.at("/data/0/after");
    let members = after.as_object().expect("its members");
    assert!(members.len() > 3 && members.values().all(|value| value == "***"), "{after}");
    let file = company.boss.get(&format!("{TRAIL}?entity={id}&format=csv")).expect(200);
    let file = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(!file.contains("1381234") && !file.contains("李娜"), "{file}");
    // What is nobody's secret is shown as before.
    let told = company.boss.get(&format!("{TRAIL}?entity_kind=department")).expect(200);
    assert!(told.at("/data/0/after").to_string().contains("code"), "{}", told.at("/data/0"));
}

fn the_trail_does_not_tell_who_reviewed_whom(app: App) {
    let april = April::come(&app, &scheme(), 3, 3).open();
    april.advance_to("peer_review");
    let boss = &april.centre.company.boss;
    assert!(app.count_rows("appraisal_reviews") > 0, "people are asked");
    let asked = "SELECT COUNT(*) AS number FROM audit_entries WHERE entity_kind = 'appraisal_review'";
    assert!(app.number(asked) > 0, "the trail holds it");
    for query in ["entity_kind=appraisal_review", "action=appraisal_review.asked"] {
        assert_eq!(
            boss.get(&format!("{TRAIL}?{query}&include_total=true")).expect(200).at("/data"),
            json!([])
        );
    }
    let mine = boss.get(&format!("{TRAIL}?limit=200")).expect(200).at("/data");
    assert!(!column(&mine, "entity_kind").contains(&"appraisal_review".to_owned()));
    let review = april.centre.company.who("lan").get(REVIEWS).expect(200).text("/data/0/id");
    assert_eq!(boss.get(&format!("{TRAIL}?entity={review}")).expect(200).at("/data"), json!([]));
}

#[track_caller]
fn found(by: &Caller, query: &str) -> Vec<String> {
    column(&by.get(&format!("{CUSTOMERS}?{query}")).expect(200).at("/data"), "name")
}

/// `138****5678` shows seven digits; what it hides must not come out by asking for the rest.
fn a_mask_is_not_read_out_by_searching(app: App) {
    let site = Site::open(&app);
    let customer = entered(site.a(), "李娜", "13812345678");
    site.register(site.a(), &customer, nothing()).expect(201);
    // Somebody of the same department, who sees everybody there with a mask.
    let clerk = app.hire(&site.company.boss, "clerk", &site.company.departments["marketing"], None);
    let clerk = app.person(&site.company.boss, "clerk", &clerk, "customer-service", "department");
    let shown = clerk.get(&format!("{CUSTOMERS}/{customer}")).expect(200);
    assert_eq!(
        (shown.at("/is_masked"), shown.text("/phones/0/display")),
        (json!(true), "138****5678".into())
    );
    assert_eq!(found(&clerk, "q=5678"), ["李娜"], "as much as is shown");
    for hidden in ["q=45678", "q=12345678", "q=13812345678", "phone=13812345678"] {
        assert!(found(&clerk, hidden).is_empty(), "{hidden}");
        assert_eq!(found(site.a(), hidden), ["李娜"], "{hidden}");
    }
    // Nor by entering them and taking it back before it counts.
    let body = json!({"kind": "person", "name": "李四", "phones": ["13812345678"]});
    clerk.post(&format!("{CUSTOMERS}?validate_only=true"), body).refuses(400, "http.unknown_parameter");
}

fn whoever_reads_all_customers_reads_nobodys_results(app: App) {
    let april = April::come(&app, &scheme(), 3, 3).open();
    let company = &april.centre.company;
    let all = company.boss.get(APPRAISALS).expect(200).at("/data");
    let lans = |list: &Value| column(list, "id").len();
    assert!(lans(&all) >= 4, "{all}");
    let clerk = app.hire(&company.boss, "clerk", &company.departments["finance"], None);
    let clerk = app.person(&company.boss, "clerk", &clerk, "customer-service", "all");
    assert_eq!(clerk.get(APPRAISALS).expect(200).at("/data"), json!([]));
    let sheet = format!("{APPRAISALS}/{}", column(&all, "id")[0]);
    clerk.get(&sheet).refuses(404, "http.not_found");
    company.who("qian").get(&sheet).refuses(404, "http.not_found");
    assert!(lans(&company.who("head").get(APPRAISALS).expect(200).at("/data")) >= 4, "those below one");
}
