//! What is personal of key customers is sealed at rest, by keys that follow each other. `[CUS-4; 000 §5.1]`

use crate::customer_file::{CUSTOMERS, entered};
use serde_json::json;
use tests::{App, Caller, block_on, column, stories};

stories! {
    what_is_personal_of_a_key_customer_is_sealed_and_the_exact_phone_still_finds_them,
    a_new_key_seals_anew_what_the_old_one_sealed,
    without_a_secret_nobody_is_classed_so_that_they_must_be_sealed,
}

fn sealing(app: &App) -> App {
    App::start_with(app.engine, |settings| {
        settings.identity.signing_secret = Some("a secret of more than thirty-two characters".to_owned());
    })
}

#[track_caller]
fn classify(by: &Caller, id: &str, importance: &str) -> tests::Reply {
    let path = format!("{CUSTOMERS}/{id}");
    let version = by.get(&path).expect(200).version();
    let body = json!({"importance": importance, "sensitivity": "ordinary"});
    by.at(version).post(&format!("{path}/classify"), body)
}

fn found(by: &Caller, query: &str) -> Vec<String> {
    column(&by.get(&format!("{CUSTOMERS}?{query}")).expect(200).at("/data"), "name")
}

/// How many rows of all tables tell of a text.
fn telling(app: &App, text: &str) -> i64 {
    let tables = [
        ("customers", "personal"),
        ("customer_phones", "lookup"),
        ("audit_entries", "after"),
        ("audit_entries", "before"),
    ];
    let tables = tables.map(|(table, column)| {
        app.number(&format!("SELECT COUNT(*) AS number FROM {table} WHERE {column} LIKE '%{text}%'"))
    });
    tables.into_iter().sum()
}

fn what_is_personal_of_a_key_customer_is_sealed_and_the_exact_phone_still_finds_them(app: App) {
    let app = sealing(&app);
    let company = app.company();
    let (lan, head) = (company.who("lan"), company.who("head"));
    let id = entered(lan, "李娜", "13812345678");
    entered(lan, "赵敏", "13912345678");
    assert!(telling(&app, "13812345678") > 0);
    let classified = classify(head, &id, "key").expect(200);
    assert_eq!(classified.text("/importance"), "key");
    assert_eq!(telling(&app, "13812345678"), 0, "neither file nor trail tell the number");
    assert_eq!(
        app.number("SELECT COUNT(*) AS number FROM customers WHERE sealed IS NOT NULL AND personal IS NULL"),
        1
    );
    let shown = lan.get(&format!("{CUSTOMERS}/{id}")).expect(200);
    assert_eq!(shown.text("/phones/0/number"), "+8613812345678", "the one whose customer it is reads it");
    assert_eq!(found(lan, "phone=138-1234-5678"), ["李娜"]);
    assert!(found(lan, "q=5678").iter().all(|name| name != "李娜"), "but not by its end");
    let path = format!("{CUSTOMERS}/{id}");
    lan.at(shown.version()).patch(&path, json!({"phones": ["13712345678"]})).expect(200);
    assert_eq!(telling(&app, "13712345678"), 0);
    assert_eq!(
        (found(lan, "phone=13712345678"), found(lan, "phone=13812345678")),
        (vec!["李娜".to_owned()], vec![])
    );
    classify(head, &id, "ordinary").expect(200);
    assert_eq!(found(lan, "q=5678"), ["赵敏", "李娜"], "in the clear again");
}

fn a_new_key_seals_anew_what_the_old_one_sealed(app: App) {
    let app = sealing(&app);
    let company = app.company();
    let (lan, head) = (company.who("lan"), company.who("head"));
    let id = entered(lan, "李娜", "13812345678");
    classify(head, &id, "key").expect(200);
    let sealed = |key: &str| {
        format!(
            "SELECT COUNT(*) AS number FROM customers WHERE field_key_id IN (SELECT id FROM field_keys WHERE {key})"
        )
    };
    app.advance(chrono::Duration::seconds(1));
    let count = block_on(persistence::customer::field_key::rotate(&app.database)).expect("a new key");
    assert_eq!(count, 1);
    assert_eq!(app.count_rows("field_keys"), 2);
    assert_eq!(
        (app.number(&sealed("retired_at IS NULL")), app.number(&sealed("retired_at IS NOT NULL"))),
        (1, 0)
    );
    let shown = lan.get(&format!("{CUSTOMERS}/{id}")).expect(200);
    assert_eq!((shown.text("/phones/0/number"), shown.version()), ("+8613812345678".into(), 2));
    assert_eq!(found(lan, "phone=13812345678"), ["李娜"]);
}

fn without_a_secret_nobody_is_classed_so_that_they_must_be_sealed(app: App) {
    let company = app.company();
    let id = entered(company.who("lan"), "李娜", "13812345678");
    classify(company.who("head"), &id, "key").refuses(409, "field_key.no_secret");
    classify(company.who("head"), &id, "important").expect(200);
    classify(company.who("lan"), &id, "ordinary").refuses(403, "http.forbidden");
}
