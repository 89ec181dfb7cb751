//! Duties follow what changes around them, and nothing that fails stands in the way of the rest. `[DUT-2b … DUT-2i, DUT-2e]`

use crate::{
    duty::{DUTIES, attend, events, fulfil, go_on, in_the_week, own_of, prove, publish, weekly},
    expense_request::act,
};
use chrono::Duration;
use domain::{
    duty::{DUTY_RAISED, Duty, DutyRule, DutyStatus, DutySubject, Hold, Holding, Occasion, Times, UndoneBy},
    spine::{Change, Id, Timestamp},
};
use persistence::spine::{Request, StoredAnswer, Tx};
use serde_json::{Value, json};
use tests::{App, Company, PASSWORD, block_on, column, stories};

stories! {
    what_a_superior_handed_over_stays_until_who_has_it_leaves,
    what_is_raised_does_not_hide_who_left_meanwhile,
    one_duty_that_cannot_be_followed_stands_in_no_other_s_way,
    a_list_asks_for_the_state_in_which_each_duty_says_it_stands,
    leave_registered_afterwards_reaches_what_was_done_too_late,
    a_record_fulfils_what_the_posts_of_its_own_department_owe,
    a_calendar_published_anew_moves_what_is_due_and_loses_no_reminder,
    a_version_that_eases_holds_for_what_is_open_and_a_repeal_ends_it,
    nothing_is_punished_twice,
}

/// The duty of a rule for the week in which stories of duties play: its place.
#[track_caller]
fn of_rule(company: &Company, code: &str) -> String {
    let listed = company.boss.get(&format!("/api/v1/duties?whose=all&rule_code={code}")).expect(200);
    format!("{DUTIES}/{}", listed.text("/data/0/id"))
}

fn what_a_superior_handed_over_stays_until_who_has_it_leaves(app: App) {
    let mut company = app.company();
    let mut rule = weekly();
    rule["subject"] = json!("post");
    rule["scope"] = json!({"departments": ["marketing"]});
    publish(&company.boss, "duty-rule/report-of-heads", &rule, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    let place = of_rule(&company, "duty-rule/report-of-heads");
    let responsible = |company: &Company| company.boss.get(&place).expect(200).text("/responsible/id");
    act(company.who("director"), &place, "hand-over", json!({"employee_id": company.id("ming")})).expect(200);
    go_on(&app, &mut company, 24);
    attend(&app);
    assert_eq!(responsible(&company), company.id("ming"), "another day, and somebody may have come or gone");
    let marketing = format!("/api/v1/departments/{}", company.departments["marketing"]);
    let version = company.boss.get(&marketing).expect(200).version();
    company.boss.at(version).patch(&marketing, json!({"head_id": company.id("lan")})).expect(200);
    attend(&app);
    assert_eq!(responsible(&company), company.id("ming"), "the post has another holder");
    company.leave("ming");
    attend(&app);
    assert_eq!(responsible(&company), company.id("lan"));
    prove(&app);
}

fn what_is_raised_does_not_hide_who_left_meanwhile(app: App) {
    let mut company = app.company();
    let mut rule = weekly();
    rule["cadence"]["periods_later"] = json!(1);
    publish(&company.boss, "duty-rule/weekly-report", &rule, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    // On the Monday on which the next week is raised, before anybody looked.
    go_on(&app, &mut company, 24 * 7);
    company.leave("rep");
    attend(&app);
    let pending =
        "SELECT COUNT(*) AS number FROM duties WHERE occasion = '2026-W11' AND status = 'cancelled'";
    assert_eq!(app.number(pending), 1, "who left owes nothing");
    prove(&app);
}

fn one_duty_that_cannot_be_followed_stands_in_no_other_s_way(app: App) {
    let mut company = in_the_week(&app);
    let lan = company.id("lan");
    app.execute(&format!("UPDATE duties SET detail = '{{}}' WHERE subject = 'person:{lan}'"));
    go_on(&app, &mut company, 24 * 5);
    for _ in 0..2 {
        assert!(block_on(api::attend_duties(&app.database)).is_err(), "it is told");
    }
    assert_eq!(events(&app, "duty.reminded").len(), 4, "everybody else is reminded, once");
}

/// A number that looks like chance and is the same every time.
fn next(seed: &mut u64) -> i64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i64::try_from(*seed >> 40).unwrap_or(0)
}

/// A duty with times, and perhaps a return behind it, within the days around now.
fn any_duty(tx: &mut Tx<'_>, of: &str, seed: &mut u64) -> Result<Duty, persistence::spine::Failure> {
    let today = tx.today();
    let rule = persistence::policy::in_force::<DutyRule>(tx, "weekly-report", today)?;
    let mut at = |from: Timestamp, hours: i64| from.plus(Duration::minutes(next(seed) % (hours * 60)));
    let opens = at(tx.now(), 48);
    let due = at(opens, 72);
    let grace = at(due, 48);
    let counted = at(opens, 150);
    let refile_until = at(counted, 60);
    let returned = UndoneBy::Another { counted, refile_until };
    let times = match next(seed) % 5 {
        0 => Times { opens, due: None, grace_until: None, provisional: false },
        _ => Times::fixed(opens, due, grace),
    };
    let employee = of.parse().map(Id::from_uuid).map_err(|_| persistence::spine::Failure::NotFound)?;
    Ok(Duty {
        id: tx.id(),
        rule: domain::approval::PolicyReference { id: rule.id, code: rule.code.clone(), number: rule.number },
        clause: rule.clause.clone(),
        subject: DutySubject::Person { employee },
        occasion: Occasion::Event(tx.ids().fresh()),
        holdings: vec![Holding { employee, from: opens, hold: Hold::Raised }],
        times,
        retimings: Vec::new(),
        status: DutyStatus::Pending {},
        undone: match next(seed) % 3 {
            0 => None,
            1 => Some(UndoneBy::Author {}),
            _ => Some(returned),
        },
        raised_at: tx.now(),
        version: 0,
    })
}

fn a_list_asks_for_the_state_in_which_each_duty_says_it_stands(app: App) {
    const MANY: usize = 120;
    let company = in_the_week(&app);
    let lan = company.id("lan").to_owned();
    app.execute("DELETE FROM duty_effects");
    let made = app.database.write(Request::system("duties"), move |tx| {
        let mut seed = 7;
        for _ in 0..MANY {
            let duty = any_duty(tx, &lan, &mut seed)?;
            persistence::duty::apply(tx, Change::created(duty, DUTY_RAISED, json!({})))?;
        }
        Ok(StoredAnswer::default())
    });
    block_on(made).expect("duties");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..14 {
        let boss = app.sign_in("boss", PASSWORD);
        let mut listed = 0;
        for state in ["scheduled", "open", "overdue", "missed"] {
            let path = format!(
                "/api/v1/duties?whose=all&responsible_id={}&status={state}&limit=200",
                company.id("lan")
            );
            let found = column(&boss.get(&path).expect(200).at("/data"), "status");
            assert!(found.iter().all(|said| said == state), "{state}: {found:?}");
            if !found.is_empty() {
                seen.insert(state);
            }
            listed += found.len();
        }
        assert_eq!(listed, MANY + 1, "each stands in one state");
        app.advance(Duration::hours(17));
    }
    assert_eq!(seen.len(), 4, "all states were met: {seen:?}");
}

fn leave_registered_afterwards_reaches_what_was_done_too_late(app: App) {
    let mut company = in_the_week(&app);
    go_on(&app, &mut company, 24 * 7);
    attend(&app);
    let (lan, ming) = (own_of(company.who("lan"), "2026-W11"), own_of(company.who("ming"), "2026-W11"));
    assert_eq!(fulfil(company.who("lan"), &lan).expect(200).text("/status"), "made_up");
    assert_eq!(fulfil(company.who("ming"), &ming).expect(200).text("/status"), "made_up");
    let away = |name: &str, from: &str, until: &str| {
        let body = json!({"employee_id": company.id(name), "stand_in_id": company.id("rep"), "from": from,
            "until": until, "reason": "病假，事后补办手续"});
        company.boss.post("/api/v1/absences", body).expect(201);
    };
    away("lan", "2026-03-09", "2026-03-13");
    away("ming", "2026-03-14", "2026-03-16");
    let shown = |name: &str, place: &str| company.who(name).get(place).expect(200);
    assert_eq!(
        (shown("lan", &lan).text("/status"), shown("lan", &lan).text("/excuse")),
        ("excused".into(), "leave".into())
    );
    let moved = shown("ming", &ming);
    assert_eq!(
        (moved.text("/status"), moved.text("/due_at"), moved.text("/retimings/0/cause")),
        ("on_time".into(), "2026-03-17T04:00:00.000000Z".into(), "leave".into())
    );
    prove(&app);
}

fn a_record_fulfils_what_the_posts_of_its_own_department_owe(app: App) {
    let mut company = app.company();
    let monthly = json!({
        "name": {"zh": "月度统计", "en": "Monthly figures"}, "subject": "post",
        "scope": {"departments": ["finance", "marketing"]},
        "cadence": {"by": "period", "every": "month", "on": {"working_day": 5}, "at": "17:30", "periods_later": 1},
        "fulfilled_by": {"source": "statistics.sent"}
    });
    publish(&company.boss, "duty-rule/figures", &monthly, "2026-03-05");
    for _ in 0..2 {
        app.advance(Duration::days(29));
        company.sign_in_again(&app);
        attend(&app);
    }
    company.who("qian").act("/api/v1/accounting-periods/2026-04/close").expect(200);
    let body = json!({"period": "2026-04", "department_id": company.departments["company"], "remarks": "无"});
    let made = company.who("sun").post("/api/v1/expense-statements", body).expect(201);
    let statement = format!("/api/v1/expense-statements/{}", made.text("/id"));
    act(company.who("sun"), &statement, "submit", json!({})).expect(200);
    let owed = company
        .boss
        .get("/api/v1/duties?whose=all&occasion=2026-04&rule_code=duty-rule/figures")
        .expect(200)
        .at("/data");
    let of = |who: &str| {
        let mut found = owed.as_array().into_iter().flatten();
        found.find(|duty| duty["responsible"]["id"] == company.id(who)).map(|duty| duty["status"].clone())
    };
    assert_eq!((of("qian"), of("head")), (Some(json!("on_time")), Some(json!("open"))));
}

/// Publishes the calendar with these holidays of March beside those it has.
fn calendar(company: &Company, holidays: &[&str], from: &str) {
    let known = company.boss.get("/api/v1/policies?code=working-calendar/company").expect(200).at("/data");
    let shipped = known.as_array().into_iter().flatten().find(|version| version["number"] == 1);
    let mut content = shipped.expect("a calendar ships")["content"].clone();
    let told =
        holidays.iter().map(|day| json!({"zh": "公司休息日", "en": "Company day", "from": day, "to": day}));
    let told: Vec<Value> = told.collect();
    let years = content["years"].as_array_mut().expect("years");
    let year = years.iter_mut().find(|year| year["year"] == 2026).expect("2026");
    let list = year["holidays"].as_array_mut().expect("holidays");
    list.splice(2..2, told);
    publish(&company.boss, "working-calendar/company", &content, from);
}

fn a_calendar_published_anew_moves_what_is_due_and_loses_no_reminder(app: App) {
    let mut company = app.company();
    // Friday is a rest day at first, so that the reminder of one working day before Saturday is due on Thursday.
    calendar(&company, &["2026-03-13"], "2026-03-05");
    let mut rule = weekly();
    let before = json!({"direction": "before", "amount": 1, "unit": "working_days"});
    rule["escalation"] = json!([{"at": before, "to": "person"}]);
    rule["cadence"]["at"] = json!("18:00");
    publish(&company.boss, "duty-rule/weekly-report", &rule, "2026-03-05");
    let mut by_working_days = weekly();
    by_working_days["cadence"] =
        json!({"by": "period", "every": "week", "on": {"working_day": 4}, "at": "17:30"});
    by_working_days["escalation"] = json!([]);
    by_working_days["scope"] = json!({"departments": ["finance"]});
    publish(&company.boss, "duty-rule/ledger-check", &by_working_days, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    // Thursday at nine in the evening: the instant of the reminder has passed, and Friday is worked after all.
    go_on(&app, &mut company, 83);
    calendar(&company, &["2026-03-12"], "2026-03-12");
    attend(&app);
    assert_eq!(events(&app, "duty.reminded"), Vec::<Value>::new(), "its instant is still to come");
    let checked = company.boss.get(&of_rule(&company, "duty-rule/ledger-check")).expect(200);
    assert_ne!(checked.text("/status"), "open", "what has passed is moved by no calendar");
    go_on(&app, &mut company, 24);
    attend(&app);
    assert_eq!(events(&app, "duty.reminded").len(), 5, "nobody's is lost");
    // The week after: Friday off moves the fifth working day to Monday's eve, told and cited.
    go_on(&app, &mut company, 24 * 3);
    attend(&app);
    let week = "2026-W12";
    let listed = company
        .boss
        .get(&format!("/api/v1/duties?whose=all&rule_code=duty-rule/ledger-check&occasion={week}"));
    let place = format!("{DUTIES}/{}", listed.expect(200).text("/data/0/id"));
    let due = company.boss.get(&place).expect(200).text("/due_at");
    assert_eq!(due, "2026-03-19T09:30:00.000000Z", "Thursday is the fourth");
    calendar(&company, &["2026-03-18"], "2026-03-16");
    attend(&app);
    let moved = company.boss.get(&place).expect(200);
    assert_eq!(
        (moved.text("/due_at"), moved.text("/retimings/0/cause")),
        ("2026-03-20T09:30:00.000000Z".into(), "calendar".into())
    );
    prove(&app);
}

fn a_version_that_eases_holds_for_what_is_open_and_a_repeal_ends_it(app: App) {
    let mut company = in_the_week(&app);
    let lan = own_of(company.who("lan"), "2026-W11");
    let due = |company: &Company| company.who("lan").get(&lan).expect(200).text("/due_at");
    // Named to ease, but stricter: nothing happens to what is open.
    let mut friday = weekly();
    friday["cadence"]["on"] = json!({"weekday": "friday"});
    friday["eases_open_duties"] = json!(true);
    publish(&company.boss, "duty-rule/weekly-report", &friday, "2026-03-09");
    attend(&app);
    assert_eq!(due(&company), "2026-03-14T16:00:00.000000Z");
    let mut later = weekly();
    later["cadence"]["on"] = json!({"weekday": "sunday"});
    publish(&company.boss, "duty-rule/weekly-report", &later, "2026-03-09");
    attend(&app);
    assert_eq!(due(&company), "2026-03-14T16:00:00.000000Z", "it does not say that it eases what is open");
    later["eases_open_duties"] = json!(true);
    publish(&company.boss, "duty-rule/weekly-report", &later, "2026-03-09");
    attend(&app);
    let eased = company.who("lan").get(&lan).expect(200);
    assert_eq!(
        (eased.text("/due_at"), eased.text("/retimings/0/cause")),
        ("2026-03-15T16:00:00.000000Z".into(), "eased".into())
    );
    let mut repealed = weekly();
    repealed["is_repealed"] = json!(true);
    publish(&company.boss, "duty-rule/weekly-report", &repealed, "2026-03-10");
    attend(&app);
    assert_eq!(company.who("lan").get(&lan).expect(200).text("/status"), "open", "from tomorrow on");
    go_on(&app, &mut company, 24 * 8);
    attend(&app);
    let gone = company.who("lan").get(&lan).expect(200);
    assert_eq!(
        (gone.text("/status"), gone.text("/cancelled_because")),
        ("cancelled".into(), "repealed".into())
    );
    let next =
        company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/weekly-report&occasion=2026-W12");
    assert_eq!(next.expect(200).at("/data"), json!([]));
    prove(&app);
}

fn nothing_is_punished_twice(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let mut rule = weekly();
    rule["fulfilled_by"] =
        json!({"source": "report.filed", "only": [{"field": "kind", "any_of": ["weekly"]}]});
    rule["consequence"] = json!({"missed": {"kind": "points", "points": -20}});
    publish(boss, "duty-rule/weekly-report", &rule, "2026-03-05");
    let draft = |content: &Value| {
        let body = json!({"code": "duty-rule/report-of-sales", "title": "销售周报", "content": content,
            "clause": "002 §6 第一章", "effective_from": "2026-03-05"});
        boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place")
    };
    rule["scope"] = json!({"departments": ["sales"]});
    let place = draft(&rule);
    let refused = boss.at(1).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    assert_eq!(refused.text("/errors/0/code"), "duty_rule.punished_twice");
    assert!(refused.text("/errors/0/detail").contains("周报"), "{refused}");
    rule["consequence"]["despite_indicator"] = json!(true);
    boss.at(1).act(&format!("{}/publish", draft(&rule))).expect(200);
    rule["consequence"]["despite_indicator"] = json!(false);
    rule["scope"] = json!({"heads": "only"});
    boss.at(1).act(&format!("{}/publish", draft(&rule))).expect(200);
}
