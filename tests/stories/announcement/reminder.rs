//! Who has not read is reminded once, by whichever clock comes first. `[NOT-2]`

use super::*;

stories! {
    two_working_hours_or_twelve_others_and_each_unread_reader_is_reminded_once,
    on_leave_both_clocks_stand,
    two_servers_remind_a_reader_once,
}

fn two_working_hours_or_twelve_others_and_each_unread_reader_is_reminded_once(app: App) {
    let mut company = app.company();
    // Worked example 11: Friday 8 May 16:30 comes to Saturday 05:30, held to 07:00; Monday 11 May 11:30 to 15:30.
    may(&app, &mut company, 8, (16, 30));
    let marketing = json!({"department_ids": [company.departments["marketing"]]});
    let friday = published(company.who("head"), body(marketing.clone()));
    act(company.who("ming"), &notice(&company, "ming"), "read", json!({})).expect(200);
    may(&app, &mut company, 9, (6, 59));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 0, "quiet until seven");
    may(&app, &mut company, 9, (7, 0));
    (0..2).for_each(|_| attend(&app));
    assert_eq!(told(&company, "notice.reminded"), 1, "who has read is not, and each once");
    let mine = company.who("lan").get(&notice(&company, "lan")).expect(200);
    assert_eq!(mine.text("/reminded_at"), "2026-05-08T23:00:00.000000Z");
    assert_eq!(company.who("head").get(&friday).expect(200).at("/receipts/reminded"), 1);
    may(&app, &mut company, 11, (11, 30));
    published(company.who("head"), body(marketing));
    may(&app, &mut company, 11, (15, 29));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 1);
    // Read at the very instant counts as read.
    may(&app, &mut company, 11, (15, 30));
    act(company.who("ming"), &notice(&company, "ming"), "read", json!({})).expect(200);
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 2);
}

fn on_leave_both_clocks_stand(app: App) {
    let mut company = app.company();
    may(&app, &mut company, 11, (11, 30));
    let marketing = json!({"department_ids": [company.departments["marketing"]]});
    published(company.who("head"), body(marketing));
    let away = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("ming"), "from": "2026-05-12",
        "until": "2026-05-14"});
    let away = company.boss.post("/api/v1/absences", away).expect(201).header("location").expect("a place");
    let today = json!({"employee_id": company.id("ming"), "stand_in_id": company.id("lan"), "from": "2026-05-11",
        "until": "2026-05-11"});
    company.boss.post("/api/v1/absences", today).expect(201);
    may(&app, &mut company, 11, (15, 30));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 1, "lan, who is here today");
    may(&app, &mut company, 12, (9, 0));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 1, "ming's clocks began at midnight");
    may(&app, &mut company, 12, (10, 30));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 2, "two working hours of Tuesday");
    // Leave that is cut short is reckoned anew.
    published(company.who("head"), body(json!({"employee_ids": [company.id("lan")]})));
    let version = company.boss.get(&away).expect(200).version();
    company.boss.at(version).patch(&away, json!({"until": "2026-05-12"})).expect(200);
    may(&app, &mut company, 13, (10, 30));
    attend(&app);
    assert_eq!(told(&company, "notice.reminded"), 3);
}

fn two_servers_remind_a_reader_once(app: App) {
    let mut company = app.company();
    let everybody = json!({"everybody": true});
    published(company.who("gm"), body(everybody));
    app.advance(Duration::hours(30));
    company.sign_in_again(&app);
    let servers: Vec<Box<dyn FnOnce() + Send>> = (0..3).map(|_| Box::new(|| attend(&app)) as _).collect();
    race(servers);
    assert_eq!(told(&company, "notice.reminded"), 8, "each of the eight others once");
    app.prove_no_circle();
}
