//! Whether a rule may be published in this company, and whom it would mean. `[DUT-1b]`

use super::{World, people, source::Filed};
use crate::{
    organisation::{PersonRef, Register},
    policy,
    spine::{Failure, House, Reader, View},
};
use domain::{
    approval::{Directory, Label},
    duty::{
        DutyRule, Publication, Source, check_publication,
        rule::{MANUAL, Recipient, SubjectKind},
    },
    spine::{EmployeeId, Finding, Id, Policy, Timestamp, read_content},
    working_time::Period,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What later wings bring to fulfil duties. Until they are there, such a duty is done by hand. `[DUT-1a]`
const LATER: &[(&str, &str, &str)] = &[
    ("report.filed", "工作报告已提交", "A report was filed"),
    ("minutes.signed", "会议纪要已签署", "Minutes were signed"),
    ("interaction.qualified", "客户跟进已确认", "A follow-up was qualified"),
    ("complaint.answered", "投诉已答复", "A complaint was answered"),
    ("proof.filed", "证明已提交", "A proof was filed"),
    ("plan.submitted", "计划已提交", "A plan was submitted"),
    ("approval.decided", "审批已处理", "An approval was decided"),
];

/// Everything that fulfils duties: what nouns registered, and what later wings will.
pub(super) fn sources(house: &'static House) -> Vec<Source> {
    let there = house.all::<Filed>().map(|filed| Source {
        code: filed.source,
        zh: filed.zh,
        en: filed.en,
        is_present: true,
    });
    let later = LATER.iter().map(|(code, zh, en)| Source { code, zh, en, is_present: false });
    there.chain(later).collect()
}

/// Everything that speaks against publishing a rule. One whose source is not there yet may be published: its duties are done
/// by hand until then.
pub(super) fn check(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    let rule: DutyRule = match read_content(&policy.content) {
        Ok(rule) => rule,
        Err(finding) => return Ok(vec![finding]),
    };
    let mut findings = domain::spine::PolicyContent::findings(&rule);
    if rule.is_repealed {
        return Ok(findings);
    }
    let world = World::today(reader)?;
    let known: Vec<Source> =
        sources(reader.house()).into_iter().map(|source| Source { is_present: true, ..source }).collect();
    let meant = people::meant(&rule, &world);
    let unreached = unreached(&rule, &world, &meant);
    let publication = Publication {
        sources: &known,
        meant: meant.len(),
        unreached_steps: &unreached,
        punished_by: &punished_by(reader, policy, &rule, &world)?,
        is_clause_known: policy::is_clause_known(reader, &policy.clause)?,
    };
    findings.extend(check_publication(&rule, &publication));
    Ok(findings)
}

/// Something else that takes something from people for a fact that duties are about, such as an indicator that deducts:
/// registered by its noun. What it is called, of those that take something from one of these people where a rule, by its code, is missed.
pub struct Punishes(pub Punishing);

/// Asks what takes something from people where a rule is missed.
type Punishing = fn(&mut Reader<'_>, (&str, &DutyRule), &[EmployeeId]) -> Result<Vec<Label>, Failure>;

/// What else takes something from the same people for the same: other rules of duties, and what nouns registered.
fn punished_by(
    reader: &mut Reader<'_>,
    policy: &Policy,
    rule: &DutyRule,
    world: &World,
) -> Result<Vec<Label>, Failure> {
    let punishes = |rule: &DutyRule| {
        rule.consequence.as_ref().is_some_and(|follows| !follows.despite_indicator) && !rule.is_repealed
    };
    if !punishes(rule) {
        return Ok(Vec::new());
    }
    let mut in_force: BTreeMap<String, DutyRule> = BTreeMap::new();
    for other in policy::all_of_kind::<DutyRule>(reader)? {
        if other.version.code != policy.code && other.from <= policy.effective_from {
            in_force.insert(other.version.code, other.version.content);
        }
    }
    let owing = |rule: &DutyRule| -> BTreeSet<EmployeeId> {
        people::meant(rule, world).into_iter().map(|one| one.responsible).collect()
    };
    let ours = owing(rule);
    let mut found: Vec<Label> = in_force
        .into_values()
        .filter(|other| punishes(other) && rule.is_about_the_same_as(other))
        .filter(|other| !owing(other).is_disjoint(&ours))
        .map(|other| other.name)
        .collect();
    let ours: Vec<EmployeeId> = ours.into_iter().collect();
    for Punishes(names) in reader.house().all::<Punishes>() {
        found.extend(names(reader, (&policy.code, rule), &ours)?);
    }
    Ok(found)
}

/// The steps of the escalation that reach nobody for some of those who are meant.
fn unreached(rule: &DutyRule, world: &World, meant: &[people::Meant]) -> Vec<usize> {
    let reaches = |to: Recipient, one: &people::Meant| {
        !people::recipients(to, one.responsible, &world.organisation, world.today).is_empty()
    };
    // Whoever has nobody above is not escalated to anybody: that is no fault of the rule.
    let has_superior = |one: &&people::Meant| world.organisation.superior(one.responsible).is_some();
    let steps = (1..).zip(&rule.escalation);
    steps
        .filter(|(_, step)| {
            let mut people = meant.iter().filter(has_superior).peekable();
            people.peek().is_some() && !people.any(|one| reaches(step.to, one))
        })
        .map(|(n, _)| n)
        .collect()
}

/// Who would owe what in the next period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutyRulePreview)]
pub struct RulePreview {
    /// The next period, such as `2026-W20`; null for a rule that events call for.
    #[schema(max_length = 10, example = "2026-W20")]
    pub occasion: Option<String>,
    /// When its duties would open.
    pub opens_at: Option<Timestamp>,
    /// When they would be due.
    pub due_at: Option<Timestamp>,
    /// Until when late would be late.
    pub grace_until: Option<Timestamp>,
    /// Whether that rests on a year whose holidays nobody has announced.
    pub provisional: bool,
    /// Whether it is done by hand, because what fulfils it is not there.
    pub by_hand: bool,
    /// How many persons or posts are meant today.
    pub meant: usize,
    /// Who would owe it; the first two hundred.
    #[schema(max_items = 200)]
    pub owed_by: Vec<PersonRef>,
}

impl View for RulePreview {}

/// At most this many people are shown by name.
const SHOWN_MAX: usize = 200;

/// Who would owe what in the next period by a version of a rule, published or not. `[DUT-1b]`
///
/// # Errors
/// Not found where the policy is no rule of duties, or cannot be read as one.
pub fn preview(reader: &mut Reader<'_>, id: Id<Policy>) -> Result<RulePreview, Failure> {
    let policy = policy::find(reader, id)?;
    if !policy.code.starts_with("duty-rule/") {
        return Err(Failure::NotFound);
    }
    let Ok(rule) = read_content::<DutyRule>(&policy.content) else { return Err(Failure::NotFound) };
    let (world, register) = (World::today(reader)?, Register::of(reader)?);
    let meant = people::meant(&rule, &world);
    let called = rule.preview(&[], world.today, world.time());
    let source = rule.fulfilled_by.in_company(&sources(reader.house())).source;
    let owed_by = meant.iter().take(SHOWN_MAX).map(|one| register.named(one.responsible));
    Ok(RulePreview {
        occasion: called.as_ref().map(|called| Period::to_string(&called.period)),
        opens_at: called.as_ref().map(|called| called.times.opens),
        due_at: called.as_ref().and_then(|called| called.times.due),
        grace_until: called.as_ref().and_then(|called| called.times.grace_until),
        provisional: called.as_ref().is_some_and(|called| called.times.provisional),
        by_hand: source == MANUAL && rule.subject != SubjectKind::Record,
        meant: meant.len(),
        owed_by: owed_by.collect::<Result<_, _>>()?,
    })
}
