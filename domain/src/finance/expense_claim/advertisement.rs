//! Advertisements that claims pay for: who places one without an approved application bears its cost. `[EXP-8]`
//!
//! Applications are kept elsewhere later; until then a line says under which approved application its
//! advertisement was placed, and one without stands for "not approved".

use super::*;
use crate::finance::wording;
use crate::spine::EmployeeId;

/// The clause by which whoever places an advertisement unapproved pays for it.
const UNAPPROVED_CLAUSE: &str = "002 §6 第二章 二 第八条";

crate::refusals! { ADVERTISEMENT_REFUSALS:
    ADVERTISEMENT_UNAPPROVED = "expense_claim.advertisement_unapproved", Invalid, "广告“{advertisement}”未经审批擅自发布，费用由发布人自行承担", "The advertisement \"{advertisement}\" was placed without an approved application; whoever placed it bears its cost";
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
    /// Who placed it.
    #[serde(default)]
    pub placed_by_id: Option<EmployeeId>,
    /// The number of the approved application; absent: it was placed without one.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "GG-2026-018")]
    pub application: Option<String>,
}

impl Advertisement {
    /// What must hold even of a draft.
    pub(super) fn check(&self, pointer: &str, findings: &mut Findings) {
        wording::check(findings, &format!("{pointer}/reference"), &self.reference, 100);
        wording::check_optional(findings, &format!("{pointer}/application"), self.application.as_deref(), 60);
    }
}

impl ClaimContent {
    /// Notes every line that pays for an advertisement without an approved application, and those of categories
    /// that are advertising and name none.
    pub(super) fn check_advertisements(&self, rules: ClaimRules<'_>, findings: &mut Findings) {
        for (index, line) in self.lines.iter().enumerate() {
            let pointer = format!("/lines/{index}/advertisement");
            match &line.advertisement {
                Some(advertisement) if advertisement.application.is_none() => {
                    let named = [("advertisement", json!(advertisement.reference))];
                    findings.add_with(pointer, ADVERTISEMENT_UNAPPROVED, named);
                }
                Some(_) => {}
                None if rules.policy.content.advertisement_categories.contains(&line.category) => {
                    let category = rules.categories.content.find(&line.category);
                    let name = category.map_or(line.category.as_str(), |category| &category.zh);
                    findings.add_with(pointer, ADVERTISEMENT_MISSING, [("category", json!(name))]);
                }
                None => {}
            }
        }
    }
}

/// The rule that an advertisement without an application breaks.
pub(super) fn citation(rules: ClaimRules<'_>) -> Citation {
    rules.policy.cite("EXP-8", Some(UNAPPROVED_CLAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::fixture::*;

    fn refused(advertisement: Option<Advertisement>) -> Option<Refusal> {
        let mut content = content();
        content.lines = vec![Line {
            advertisement,
            ..line("promotion.advertising", 100_000, vec![invoice(1, 100_000, 0)])
        }];
        let shipped = Rules::shipped();
        draft_of(content).check_submission(&submitter(), today(), shipped.all()).err()
    }

    #[test]
    fn whoever_places_an_advertisement_unapproved_bears_its_cost() {
        let placed = |application: Option<&str>| Advertisement {
            reference: "AD-1".into(),
            placed_by_id: Some(id(101)),
            application: application.map(str::to_owned),
        };
        let refusal = refused(Some(placed(None))).expect("it is refused");
        assert_eq!(refusal.code, ADVERTISEMENT_UNAPPROVED);
        let citation = refusal.citation.expect("a citation");
        assert_eq!((citation.rule.as_str(), citation.clause.as_deref()), ("EXP-8", Some(UNAPPROVED_CLAUSE)));
        assert_eq!(refused(None).expect("it is refused").code, ADVERTISEMENT_MISSING);
        assert_eq!(refused(Some(placed(Some("GG-2026-018")))), None);
    }
}
