//! Which steps and people a document meets, as tables.

use super::company::*;
use crate::approval::*;
use serde_json::json;

/// `step:person+person` per step; `step=fate` where nobody decides it.
fn outline(plan: &Plan) -> String {
    let one = |step: &PlannedStep| {
        let people: Vec<_> =
            step.candidates.iter().map(|c| c.employee.uuid().as_u128().to_string()).collect();
        match step.fate {
            Fate::Decides => format!("{}:{}", step.code, people.join("+")),
            Fate::SamePerson => format!("{}={}", step.code, "same"),
            Fate::NotApplicable => String::new(),
            Fate::Nobody => format!("{}=nobody", step.code),
            Fate::CarriedOver => format!("{}=kept", step.code),
        }
    };
    plan.steps.iter().map(one).filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" ")
}

fn check(submitter: u128, department: u128, fen: i64, expected: &str) {
    let world = World::new();
    assert_eq!(outline(&world.plan(&document(submitter, department, fen))), expected, "{submitter} {fen}");
}

#[test]
fn the_amount_brings_in_the_leadership_at_the_limits_to_the_fen() {
    check(LAN, 3, 1, "head:4 finance:5+6");
    check(LAN, 3, 500_000, "head:4 finance:5+6");
    check(LAN, 3, 500_001, "head:4 finance:5+6 director:3");
    check(LAN, 3, 5_000_000, "head:4 finance:5+6 director:3");
    check(LAN, 3, 5_000_001, "head:4 finance:5+6 director:3 general-manager:2");
}

#[test]
fn the_heads_of_departments_that_a_field_lists_agree() {
    let mut world = World::new();
    let heads = vec![ApproverRule::DepartmentHeadsOf { field: "bearing".into() }];
    let when = vec![Condition::Field { field: "elsewhere".into(), any_of: vec![json!(true)] }];
    world.chain.steps.insert(1, step("bearing", heads, Counting::AllOf, when));
    let borne_by = |departments: &[u128]| {
        let mut subject = document(LAN, 3, 1);
        let listed: Vec<_> = departments.iter().map(|department| unit(*department)).collect();
        subject.fields.insert("elsewhere".into(), json!(!listed.is_empty()));
        subject.fields.insert("bearing".into(), json!(listed));
        subject
    };
    assert_eq!(outline(&world.plan(&borne_by(&[]))), "head:4 finance:5+6");
    let sales_head = SALES_HEAD;
    assert_eq!(outline(&world.plan(&borne_by(&[4]))), format!("head:4 bearing:{sales_head} finance:5+6"));
    // A department without a head answers to the one above.
    world.roster.head(unit(4), None);
    assert_eq!(outline(&world.plan(&borne_by(&[4]))), "head:4 bearing:3 finance:5+6");
    // Another bearing department is another route.
    let (one, two) = (world.plan(&borne_by(&[4])), world.plan(&borne_by(&[2, 4])));
    assert_ne!(one.routing, two.routing);
    assert!(check_against(&policy(world.chain.clone()), &world.roster, day()).is_empty());
}

#[test]
fn a_requester_who_is_the_approver_rises_to_the_superior() {
    check(HEAD, 3, 100, "head:3 finance:5+6");
    check(DIRECTOR, 2, 600_000, "head:2 finance:5+6 director:2");
    // One of two accountants: the other decides, nothing rises.
    check(FINANCE_TOO, 5, 100, "head:5 finance=same");
    // The top falls to the fallback that is not themselves.
    check(CHAIR, 1, 100, "head:2 finance:5+6");
}

#[test]
fn own_covers_beneficiary_creator_and_stand_ins() {
    let mut world = World::new();
    let mut subject = document(LAN, 3, 100);
    subject.beneficiary = who(HEAD);
    assert_eq!(outline(&world.plan(&subject)), "head:3 finance:5+6");
    subject.beneficiary = who(LAN);
    subject.creator = who(HEAD);
    assert_eq!(outline(&world.plan(&subject)), "head:3 finance:5+6");
    subject.creator = who(LAN);
    world.roster.absent(who(LAN), Some((who(HEAD), day(), day())));
    assert_eq!(outline(&world.plan(&subject)), "head:3 finance:5+6");
    world.roster.absent(who(LAN), Some((who(MING), day(), day())));
    world.roster.absent(who(MING), Some((who(HEAD), day(), day())));
    assert_eq!(outline(&world.plan(&subject)), "head:3 finance:5+6", "the stand-in of a stand-in");
}

#[test]
fn the_same_person_is_expected_once_but_not_where_a_higher_amount_added_the_step() {
    let mut world = World::new();
    world
        .chain
        .steps
        .insert(1, step("again", vec![ApproverRule::Superior { level: 1 }], Counting::AnyOf, vec![]));
    assert_eq!(outline(&world.plan(&document(LAN, 3, 1))), "head:4 again=same finance:5+6");
    world.chain.steps[1].when = from(100);
    assert_eq!(outline(&world.plan(&document(LAN, 3, 100))), "head:4 again:4 finance:5+6");
    world.chain.steps[1].when = vec![];
    world.chain.steps[1].decided_anew = true;
    assert_eq!(outline(&world.plan(&document(LAN, 3, 1))), "head:4 again:4 finance:5+6");
    world.chain.steps[1].decided_anew = false;
    world.chain.same_person_decides_once = false;
    assert_eq!(outline(&world.plan(&document(LAN, 3, 1))), "head:4 again:4 finance:5+6");
}

#[test]
fn a_step_that_finds_nobody_goes_to_the_fallback_or_refuses_naming_it() {
    let mut world = World::new();
    world.roster.head(unit(3), None);
    let planned = world.plan(&document(LAN, 3, 100));
    assert_eq!(outline(&planned), "head:1 finance:5+6", "the first rule that finds somebody");
    assert_eq!(planned.steps[0].candidates[0].why, Why::Fallback);
    world.chain.fallback.clear();
    let planned = world.plan(&document(LAN, 3, 100));
    assert_eq!(outline(&planned), "head=nobody finance:5+6");
    let refusal = planned.refusal().expect("a refusal");
    assert_eq!(refusal.code.code, "approval.step_has_nobody");
    assert_eq!(refusal.params["step_code"], "head");
    assert!(
        Approval::start(
            crate::spine::Id::from_uuid(uuid::Uuid::nil()),
            document(LAN, 3, 1),
            planned,
            world.now()
        )
        .is_err()
    );
}

#[test]
fn a_chain_without_a_step_that_decides_is_refused() {
    let mut world = World::new();
    world.chain.steps =
        vec![step("director", vec![position("marketing-director")], Counting::AnyOf, from(100))];
    assert_eq!(
        world.plan(&document(LAN, 3, 99)).refusal().expect("a refusal").code.code,
        "approval.nobody_decides"
    );
}

#[test]
fn conditions_look_at_any_field_of_the_document() {
    let mut world = World::new();
    let major = Condition::Any {
        of: vec![
            Condition::Amount { from: Some(500_001), to: None },
            Condition::Field { field: "campaign_class".into(), any_of: vec![json!("major")] },
            Condition::Category { any_of: vec!["entertainment".into()] },
            Condition::All {
                of: vec![Condition::Urgent { is: true }, Condition::Region { any_of: vec!["华东".into()] }],
            },
        ],
    };
    world.chain.steps[2].when = vec![major];
    let reaches = |fields: serde_json::Value| {
        let mut subject = document(LAN, 3, 100);
        subject.fields = fields.as_object().expect("an object").clone();
        outline(&world.plan(&subject)).contains("director")
    };
    assert!(!reaches(json!({})));
    assert!(reaches(json!({"campaign_class": "major"})));
    assert!(!reaches(json!({"campaign_class": "minor"})));
    assert!(reaches(json!({"category": ["travel", "entertainment"]})));
    assert!(!reaches(json!({"category": ["travel"]})));
    assert!(reaches(json!({"urgent": true, "region": "华东"})));
    assert!(!reaches(json!({"urgent": true, "region": "华南"})));
}

#[test]
fn every_choice_is_explained_with_policy_version_and_clause() {
    let world = World::new();
    let planned = world.plan(&document(HEAD, 3, 600_000));
    let said: Vec<_> = planned.explanations().map(|one| one.decision.as_str()).collect();
    for decision in ["rose_to_superior", "approver_chosen", "step_added_by_amount", "step_not_applicable"] {
        assert!(said.contains(&decision), "{decision} in {said:?}");
    }
    for one in planned.explanations() {
        assert_eq!(one.citation.policy.as_deref(), Some("approval-chain/expense-claim"));
        assert_eq!(one.citation.policy_version, Some(1));
        assert!(one.citation.clause.is_some());
    }
}
