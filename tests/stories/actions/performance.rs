//! What may be done with indicators and their figures, with periods of appraisal and what is said in them, and with certificates.

use super::*;
use crate::{
    appraisal::{April, REVIEWS, bare, position, publish, scheme},
    certificate::issued,
    incentive_entry::Centre,
    indicator::{FIGURES, figure, of_code, set_up},
};
use tests::column;

stories! {
    an_indicator_says_what_may_be_done_with_it,
    a_figure_says_what_may_be_done_with_it_by_whom,
    a_period_says_what_may_be_done_with_it_at_every_stage,
    a_review_says_whether_it_is_to_be_given_now,
    a_certificate_says_whether_one_may_revoke_it,
}

fn an_indicator_says_what_may_be_done_with_it(app: App) {
    let centre = Centre::found(&app);
    let (office, lan) = (&centre.office, centre.who("lan"));
    set_up(office);
    let body = |_: &str| json!({});
    let place = format!("/api/v1/indicators/{}", of_code(office, "sales"));
    assert_eq!(agreed(office, &place, body), ["change", "retire"]);
    none_of(lan, office, &place, body);
    position(&centre.company.boss);
    publish(&centre.company.boss, "appraisal-scheme/sales", &bare(), "2026-04-01").expect(200);
    assert_eq!(agreed(office, &place, body), ["change"]);
    assert_eq!(foreseen(office, &place, "retire"), "indicator.in_use");
    let other = format!("/api/v1/indicators/{}", of_code(office, "response-days"));
    act(office, &other, "retire", json!({})).expect(200);
    assert!(agreed(office, &other, body).is_empty(), "it is retired");
    assert_eq!(office.get("/api/v1/indicators").expect(200).at("/data/0/actions"), json!([]), "left out");
}

fn a_figure_says_what_may_be_done_with_it_by_whom(app: App) {
    let centre = Centre::found(&app);
    let (office, head, lan) = (&centre.office, centre.who("head"), centre.who("lan"));
    set_up(office);
    let body = |action: &str| match action {
        "confirm" => Value::Null,
        _ => json!({"reason": "与台账不符"}),
    };
    let of_lan = figure(&centre, centre.company.id("lan"), "sales", ("2026-02", "1150000"));
    let place = head.post(FIGURES, of_lan).expect(201).header("location").expect("a place");
    assert_eq!(agreed(head, &place, body), ["withdraw"], "nobody confirms what they entered");
    assert_eq!(foreseen(head, &place, "confirm"), "indicator_figure.confirms_own");
    assert_eq!(agreed(office, &place, body), ["confirm", "reject", "withdraw"]);
    none_of(lan, office, &place, body);
    act(office, &place, "confirm", Value::Null).expect(200);
    assert_eq!(agreed(office, &place, body), ["withdraw"]);
    act(office, &place, "withdraw", body("withdraw")).expect(200);
    assert!(agreed(office, &place, body).is_empty());
}

fn a_period_says_what_may_be_done_with_it_at_every_stage(app: App) {
    let mut april = April::come(&app, &bare(), 0, 0).open();
    let period = april.period.clone();
    let cohort = json!({"department_id": april.centre.company.departments["marketing"],
        "scheme": "appraisal-scheme/sales", "reason": "按方案强制分布"});
    let body = |action: &str| if action == "distribute" { cohort.clone() } else { Value::Null };
    let named = |by: &Caller| column(&by.get(&period).expect(200).at("/actions"), "name");
    assert_eq!(agreed(april.office(), &period, body), ["advance"]);
    assert_eq!(foreseen(april.office(), &period, "score"), "appraisal_period.wrong_stage");
    none_of(april.who("lan"), april.office(), &period, body);
    // The whole period is moved by who manages appraisals everywhere; a cohort also by who does so where it works.
    assert_eq!(named(april.who("director")), ["distribute"]);
    act(april.who("director"), &period, "advance", json!({})).refuses(403, "http.forbidden");
    assert!(agreed(april.who("director"), &period, body).is_empty());
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    assert_eq!(foreseen(april.office(), &period, "advance"), "appraisal_period.unscored_left");
    april.score().expect(200);
    assert_eq!(named(april.office()), ["advance", "score", "distribute"]);
    april.advance_to("published");
    assert!(agreed(april.office(), &period, body).is_empty());
    assert_eq!(foreseen(april.office(), &period, "advance"), "appraisal_period.objection_time");
    // Behind the last day a server may take it on by itself in any instant.
    april.wait(&app, 30);
    april.advance_to("final");
    assert!(agreed(april.office(), &period, body).is_empty(), "nothing moves any more");
}

fn a_review_says_whether_it_is_to_be_given_now(app: App) {
    let april = April::come(&app, &scheme(), 0, 0).open();
    let lan = april.who("lan");
    let body = |_: &str| json!({"score": "95"});
    april.advance_to("self_review");
    let place = format!("{REVIEWS}/{}", lan.get(REVIEWS).expect(200).text("/data/0/id"));
    assert_eq!(agreed(lan, &place, body), ["give"]);
    act(lan, &place, "give", body("give")).expect(200);
    assert_eq!(agreed(lan, &place, body), ["give"], "anew as long as the stage lasts");
    april.advance_to("superior_review");
    assert!(agreed(lan, &place, body).is_empty());
    assert_eq!(foreseen(lan, &place, "give"), "appraisal_review.not_now");
}

fn a_certificate_says_whether_one_may_revoke_it(app: App) {
    let company = app.company();
    let (boss, lan, gm) = (&company.boss, company.who("lan"), company.who("gm"));
    let body = |_: &str| json!({"reason": "弄虚作假"});
    let place = issued(&app, &company, ("lan", "marketing"), 1);
    assert_eq!(agreed(boss, &place, body), ["revoke"]);
    assert_eq!(agreed(gm, &place, body), ["revoke"]);
    none_of(lan, boss, &place, body);
    let own = issued(&app, &company, ("gm", "company"), 2);
    assert!(agreed(gm, &own, body).is_empty());
    assert_eq!(foreseen(gm, &own, "revoke"), "certificate.own");
    act(boss, &place, "revoke", body("revoke")).expect(200);
    assert!(agreed(gm, &place, body).is_empty());
    assert_eq!(foreseen(gm, &place, "revoke"), "certificate.revoked");
}
