//! What may be done with regulations, and with what people are asked to acknowledge.

use super::*;
use crate::{
    regulation::{REGULATIONS, established, in_force},
    regulation_acknowledgement::{another, ask, asked, digest},
};

stories! {
    a_regulation_says_what_may_be_done_with_it_by_whom_it_is_issued,
    an_acknowledgement_says_what_may_be_done_with_it_by_whom,
}

fn a_regulation_says_what_may_be_done_with_it_by_whom_it_is_issued(app: App) {
    let company = app.company();
    let (head, boss) = (company.who("head"), &company.boss);
    let body = |_: &str| json!({"title": "差旅管理办法"});
    let place = format!("{REGULATIONS}/{}", established(&company));
    assert_eq!(agreed(head, &place, body), ["revise"]);
    assert_eq!(agreed(boss, &place, body), ["revise"]);
    none_of(company.who("lan"), head, &place, body);
    // The head of another department writes regulations too, but not this one.
    let other = app.hire(boss, "other", &company.departments["sales"], None);
    let other = app.person(boss, "other", &other, "department-head", "subtree");
    assert_eq!(other.get(&place).expect(200).at("/actions"), json!([]));
    other.at(1).patch(&place, body("revise")).refuses(404, "http.not_found");
    assert_eq!(head.get(REGULATIONS).expect(200).at("/data/0/actions"), json!([]), "in lists left out");
}

fn an_acknowledgement_says_what_may_be_done_with_it_by_whom(app: App) {
    let company = app.company();
    let (regulation, _) = in_force(&company);
    ask(&app);
    let (lan, ming, head, director) =
        (company.who("lan"), company.who("ming"), company.who("head"), company.who("director"));
    let (place, mings) = (asked(lan), asked(ming));
    let body = |action: &str| {
        let mut body = digest(lan, &place);
        if action == "file_sheet" {
            body["files"] = json!([upload(director, "签字页.pdf", PDF).expect(201).at("/id")]);
        }
        body
    };
    assert_eq!(agreed(lan, &place, body), ["acknowledge"]);
    // For another nobody acknowledges; whoever publishes regulations files what they signed.
    assert!(agreed(head, &place, body).is_empty());
    assert_eq!(foreseen(head, &place, "acknowledge"), "regulation_acknowledgement.not_yours");
    assert_eq!(agreed(director, &place, body), ["file_sheet"]);
    act(lan, &place, "acknowledge", body("acknowledge")).expect(200);
    for by in [lan, director] {
        assert!(agreed(by, &place, body).is_empty(), "it was said");
    }
    // What asks no longer is not acknowledged, even before everybody is asked anew.
    another(&company, &regulation, "substantive", "2026-03-06");
    assert!(agreed(ming, &mings, body).is_empty());
    assert_eq!(foreseen(ming, &mings, "acknowledge"), "regulation_acknowledgement.lapsed");
    assert!(agreed(director, &mings, body).is_empty());
}
