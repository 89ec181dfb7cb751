//! Advertisements that claims pay for: who places one without an approved application bears its cost. `[EXP-8]`
//!
//! The application is an expense request of the advertising category that was approved: the one that a line names, else
//! the one that it draws on. It is whoever's who placed the advertisement, or the claim's department's, and was approved
//! at the latest on the day on which the advertisement was placed: the day the line was spent.

use super::*;
use crate::spine::{AnyId, BusinessDate, EmployeeId};
use crate::{approval::StandingState, finance::wording};
use std::collections::BTreeSet;

/// The clause by which whoever places an advertisement unapproved pays for it.
const UNAPPROVED_CLAUSE: &str = "002 §6 第二章 二 第八条";

crate::refusals! { ADVERTISEMENT_REFUSALS:
    ADVERTISEMENT_UNAPPROVED = "expense_claim.advertisement_unapproved", Invalid, "广告“{advertisement}”未经审批擅自发布，费用由发布人自行承担", "The advertisement \"{advertisement}\" was placed without an approved application; whoever placed it bears its cost";
    ADVERTISEMENT_EARLY = "expense_claim.advertisement_before_approval", Invalid, "广告“{advertisement}”于 {placed_on} 发布，审批单 {application} 于 {approved_on} 才获批准，费用由发布人自行承担", "The advertisement \"{advertisement}\" was placed on {placed_on}, before its application {application} was approved on {approved_on}; whoever placed it bears its cost";
    ADVERTISEMENT_NOT_DRAWN = "expense_claim.advertisement_not_drawn", Invalid, "广告“{advertisement}”须在申请 {application} 批准的额度内报销，请关联该申请并选择对应的申请行", "The advertisement \"{advertisement}\" is claimed within what its application {application} was approved for: draw on that request, line by line";
    ADVERTISEMENT_MISSING = "expense_claim.advertisement_missing", Invalid, "“{category}”须注明广告及其审批单号", "\"{category}\" must name the advertisement and its approved application";
}

/// The advertisement that a line pays for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimedAdvertisement)]
pub struct Advertisement {
    /// Its number or name.
    #[schema(min_length = 1, max_length = 100, example = "AD-2026-031")]
    pub reference: String,
    /// Who placed it; who submits the claim where absent.
    #[serde(default)]
    pub placed_by_id: Option<EmployeeId>,
    /// The approved expense request under which it was placed; absent: the one that the line draws on, if any.
    #[serde(default)]
    pub application_id: Option<AnyId>,
    /// The number of a paper application, for information: it approves nothing.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "GG-2026-018")]
    pub application: Option<String>,
}

/// The request that an advertisement was placed under.
#[derive(Clone, Debug)]
pub struct Application {
    /// The request, as it stands now.
    pub request: ExpenseRequest,
    /// The day its approvers agreed; none where they did not. It may have been closed since.
    pub approved_on: Option<BusinessDate>,
}

impl Advertisement {
    /// What must hold even of a draft.
    pub(super) fn check(&self, pointer: &str, findings: &mut Findings) {
        wording::check(findings, &format!("{pointer}/reference"), &self.reference, 100);
        wording::check_optional(findings, &format!("{pointer}/application"), self.application.as_deref(), 60);
    }
}

impl ClaimContent {
    /// The requests under which its lines say that their advertisements were placed.
    pub fn applications(&self) -> BTreeSet<Id<ExpenseRequest>> {
        let of_line = |line: &Line| self.application_of(line, line.advertisement.as_ref()?);
        self.lines.iter().filter_map(of_line).collect()
    }

    /// The request that a line names, else the one that it draws on.
    fn application_of(&self, line: &Line, advertisement: &Advertisement) -> Option<Id<ExpenseRequest>> {
        let named = advertisement.application_id.map(|id| Id::from_uuid(id.uuid()));
        named.or_else(|| self.request.filter(|_| line.request_line.is_some()))
    }

    /// Notes every line that pays for an advertisement without an approved application, and those of categories
    /// that are advertising and name none.
    pub(super) fn check_advertisements(
        &self,
        submitter: EmployeeId,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) {
        for (index, line) in self.lines.iter().enumerate() {
            let pointer = format!("/lines/{index}/advertisement");
            match &line.advertisement {
                Some(advertisement) => {
                    let draws = advertisement.application_id.is_none() && line.request_line.is_some();
                    // A request that nothing may be claimed on is told of as such.
                    if !draws || self.drawn_request(submitter, rules).is_some() {
                        self.check_application(line, advertisement, submitter, rules, &pointer, findings);
                    }
                }
                None if rules.policy.content.advertisement_categories.contains(&line.category) => {
                    let category = rules.categories.content.find(&line.category);
                    let name = category.map_or(line.category.as_str(), |category| &category.zh);
                    findings.add_with(pointer, ADVERTISEMENT_MISSING, [("category", json!(name))]);
                }
                None => {}
            }
        }
    }

    fn check_application(
        &self,
        line: &Line,
        advertisement: &Advertisement,
        submitter: EmployeeId,
        rules: ClaimRules<'_>,
        pointer: &str,
        findings: &mut Findings,
    ) {
        let placed_by = advertisement.placed_by_id.unwrap_or(submitter);
        let known = [("advertisement", json!(advertisement.reference)), ("placed_by_id", json!(placed_by))];
        match self.approved_application(line, advertisement, placed_by, rules) {
            None => findings.add_with(pointer, ADVERTISEMENT_UNAPPROVED, known),
            Some((request, approved_on)) if line.occurred_on < approved_on => {
                let [advertisement, placed_by] = known;
                let facts = [
                    advertisement,
                    placed_by,
                    ("placed_on", json!(line.occurred_on)),
                    ("application", json!(request.petition.number)),
                    ("approved_on", json!(approved_on)),
                ];
                findings.add_with(pointer, ADVERTISEMENT_EARLY, facts);
            }
            // What was approved bounds what is paid, so it is counted where it is taken.
            Some((request, _)) if self.request != Some(request.id) || line.request_line.is_none() => {
                let [advertisement, placed_by] = known;
                let facts = [advertisement, placed_by, ("application", json!(request.petition.number))];
                findings.add_with(pointer, ADVERTISEMENT_NOT_DRAWN, facts);
            }
            Some(_) => {}
        }
    }

    /// The application that an advertisement was placed under, and when it was approved: for what the line pays, and
    /// asked for by whoever placed it or by the claim's department. One that does not exist is answered as one of
    /// others: nothing is told of it. What the line draws on is judged with the use of the request.
    fn approved_application<'a>(
        &self,
        line: &Line,
        advertisement: &Advertisement,
        placed_by: EmployeeId,
        rules: ClaimRules<'a>,
    ) -> Option<(&'a ExpenseRequest, BusinessDate)> {
        let wanted = self.application_of(line, advertisement)?;
        let Application { request, approved_on } =
            rules.applications.iter().find(|application| application.request.id == wanted)?;
        let was_approved =
            matches!(request.petition.state(), StandingState::Approved | StandingState::Closed);
        let is_theirs =
            request.petition.submitter == placed_by || request.content.department == self.department;
        let for_this = request.content.lines.iter().any(|asked| asked.category == line.category);
        let counts = advertisement.application_id.is_none() || (was_approved && is_theirs && for_this);
        approved_on.filter(|_| counts).map(|on| (request, on))
    }
}

/// The rule that an advertisement without an application breaks.
pub(super) fn citation(rules: ClaimRules<'_>) -> Citation {
    rules.policy.cite("EXP-8", Some(UNAPPROVED_CLAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::Standing,
        finance::{expense_request::fixture::approved_for, fixture::*},
    };

    fn refused(advertisement: Option<Advertisement>, requests: &[ExpenseRequest]) -> Option<Refusal> {
        refused_if(advertisement, requests, Some(today()))
    }

    fn refused_if(
        advertisement: Option<Advertisement>,
        requests: &[ExpenseRequest],
        approved_on: Option<BusinessDate>,
    ) -> Option<Refusal> {
        let application = |request: &ExpenseRequest| Application { request: request.clone(), approved_on };
        let applications: Vec<_> = requests.iter().map(application).collect();
        let mut content = content();
        content.lines = vec![Line {
            advertisement,
            occurred_on: today(),
            ..line("promotion.advertising", 100_000, vec![invoice(1, 100_000, 0)])
        }];
        let shipped = Rules::shipped();
        let rules = ClaimRules { applications: &applications, ..shipped.all() };
        draft_of(content).check_submission(&submitter(), today(), rules).err()
    }

    fn placed(application: Option<&ExpenseRequest>) -> Advertisement {
        Advertisement {
            reference: "AD-1".into(),
            placed_by_id: Some(id(101)),
            application_id: application.map(|request| request.id.uuid().into()),
            application: Some("GG-2026-018".into()),
        }
    }

    #[test]
    fn whoever_places_an_advertisement_unapproved_bears_its_cost() {
        let refusal = refused(Some(placed(None)), &[]).expect("a paper approves nothing");
        assert_eq!(refusal.code, ADVERTISEMENT_UNAPPROVED);
        assert_eq!(refusal.params.get("placed_by_id"), Some(&json!(id::<Employee>(101))));
        let citation = refusal.citation.expect("a citation");
        assert_eq!((citation.rule.as_str(), citation.clause.as_deref()), ("EXP-8", Some(UNAPPROVED_CLAUSE)));
        assert_eq!(refused(None, &[]).expect("it is refused").code, ADVERTISEMENT_MISSING);
    }

    #[test]
    fn an_application_counts_that_was_approved_for_advertising_and_is_of_whoever_placed_it() {
        let code = |application: &ExpenseRequest| {
            refused(Some(placed(Some(application))), std::slice::from_ref(application)).map(|no| no.code)
        };
        let asked = approved_for("promotion.advertising", 500_000);
        assert_eq!(code(&asked), Some(ADVERTISEMENT_NOT_DRAWN), "it counts, and is to be drawn on");
        assert_eq!(code(&approved_for("promotion.publicity", 500_000)), Some(ADVERTISEMENT_UNAPPROVED));
        let mut waiting = asked.clone();
        waiting.petition.standing = Standing::InApproval { at: now() };
        assert_eq!(code(&waiting), Some(ADVERTISEMENT_UNAPPROVED));
        let mut of_others = asked.clone();
        of_others.petition.submitter = id(199);
        assert_eq!(code(&of_others), Some(ADVERTISEMENT_NOT_DRAWN), "of the same department");
        of_others.content.department = id(599);
        assert_eq!(code(&of_others), Some(ADVERTISEMENT_UNAPPROVED));
        assert!(refused(Some(placed(Some(&asked))), &[]).is_some(), "there is no such request");
    }
    #[test]
    fn an_application_counts_that_was_approved_before_the_advertisement_was_placed() {
        let asked = approved_for("promotion.advertising", 500_000);
        let code = |approved_on: Option<&str>| {
            let requests = std::slice::from_ref(&asked);
            refused_if(Some(placed(Some(&asked))), requests, approved_on.map(day))
        };
        let same_day = code(Some("2026-03-05")).map(|no| no.code);
        assert_eq!(same_day, Some(ADVERTISEMENT_NOT_DRAWN), "in time, on the same day");
        let late = code(Some("2026-03-06")).expect("it is refused");
        assert_eq!(late.code, ADVERTISEMENT_EARLY);
        assert_eq!(late.params.get("approved_on"), Some(&json!("2026-03-06")));
        assert_eq!(late.citation.and_then(|it| it.clause).as_deref(), Some(UNAPPROVED_CLAUSE));
        assert_eq!(code(None).map(|no| no.code), Some(ADVERTISEMENT_UNAPPROVED));
    }
}
