//! However many duties there are: nobody waits for a whole company, and what is done weighs nothing on what is open.
//! `[DUT-2k, DUT-2a, DUT-2c]`

use crate::duty::{attend, events, fulfil, go_on, in_the_week, own_of, publish, weekly};
use tests::{App, Engine, stories};

stories! {
    a_company_is_raised_in_batches_between_which_others_write,
    what_is_done_weighs_nothing_on_what_is_open,
}

fn a_company_is_raised_in_batches_between_which_others_write(app: App) {
    let mut company = app.company();
    let boss = company.boss.quietly();
    for number in 0..398 {
        let hired = serde_json::json!({"number": format!("N{number}"), "name": "李娜", "joined_on": "2026-01-05",
            "department_id": company.departments["marketing"], "superior_id": company.id("head")});
        boss.post("/api/v1/employees", hired).expect(201);
    }
    publish(&company.boss, "duty-rule/weekly-report", &weekly(), "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    let told = events(&app, "duty.batch_raised");
    let mut counts: Vec<u64> = told.iter().filter_map(|told| told["facts"]["count"].as_u64()).collect();
    counts.sort_unstable();
    assert_eq!(counts, [3, 200, 200], "each in a unit of work of its own");
    let at: std::collections::BTreeSet<&str> = told.iter().filter_map(|told| told["id"].as_str()).collect();
    assert_eq!(at.len(), 3);
    attend(&app);
    assert_eq!(events(&app, "duty.batch_raised").len(), 3, "once");
}

/// So many duties that were done long ago.
const DONE: u32 = 20_000;

/// Copies a duty that is done so many times, each for an occasion of its own.
fn many(app: &App) {
    let columns = "rule_id, rule_code, rule_number, clause, source, subject, responsible_id, department_id, opens_at, \
                   due_at, overdue_at, missed_at, status, tallied, record, counted_at, detail, raised_at, changed_at, version";
    let (id, numbers) = match app.engine {
        Engine::Sqlite => (
            "randomblob(16)",
            format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {DONE})"
            ),
        ),
        Engine::Postgres => {
            ("gen_random_uuid()", format!("WITH numbers (n) AS (SELECT generate_series(1, {DONE}))"))
        }
    };
    app.execute(&format!(
        "INSERT INTO duties (id, occasion, {columns}) {numbers} SELECT {id}, 'done-' || n, {columns} \
         FROM duties CROSS JOIN numbers WHERE status = 'fulfilled'"
    ));
    app.execute("ANALYZE");
}

fn what_is_done_weighs_nothing_on_what_is_open(app: App) {
    let company = in_the_week(&app);
    fulfil(company.who("lan"), &own_of(company.who("lan"), "2026-W11")).expect(200);
    many(&app);
    attend(&app);
    let lan = company.who("lan");
    // Once everybody was looked at, a sweep finds nothing to be done; then somebody comes, and all are looked at again.
    let (_, sweep) = app.asked_by(|| attend(&app));
    let hired = serde_json::json!({"number": "N1", "name": "李娜", "joined_on": "2026-03-09",
        "department_id": company.departments["marketing"], "superior_id": company.id("head")});
    company.boss.post("/api/v1/employees", hired).expect(201);
    let (_, settled) = app.asked_by(|| attend(&app));
    let (mine, list) = app.asked_by(|| lan.get("/api/v1/duties?status=open&limit=50").expect(200));
    assert_eq!(mine.at("/data"), serde_json::json!([]), "兰兰 has done hers");
    let (_, filed) = app.asked_by(|| {
        let ming = company.who("ming");
        fulfil(ming, &own_of(ming, "2026-W11")).expect(200)
    });
    let mut looked = 0;
    for query in sweep.iter().chain(&settled).chain(&list).chain(&filed) {
        for table in ["duties", "duty_effects"] {
            let quoted = [format!("\"{table}\""), format!("`{table}`")];
            if !quoted.iter().any(|name| query.contains(name)) || query.starts_with("INSERT") {
                continue;
            }
            looked += 1;
            let through = app.reads_through(query, table);
            assert!(through.is_empty(), "{query}\nreads all there ever was: {through:?}");
        }
    }
    assert!(looked >= 6, "the sweep, the list and the filing ask for duties: {looked}");
}
