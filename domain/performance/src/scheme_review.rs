//! Reviews of a scheme itself (方案评审): how results spread, whether those who judge agree, which indicators tell nobody
//! apart, and what is suggested. A review is kept as it was made. `[KPI-10; 000 §10 持续改进]`

/// What catches the eye.
mod finding;
/// How numbers spread, and go with each other.
mod statistics;

pub use finding::{Finding as Found, FindingKind};
pub use statistics::{Agreement, Bin, GradeCount, IndicatorLook, Looked, Report, Spread};

use crate::{
    approval::Label,
    spine::{
        Actor, Change, Citation, Entity, Finding, Findings, Id, PolicyContent, Refusal, Timestamp, User,
        Version, codes,
    },
    working_time::Period,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The settings as shipped.
pub const SHIPPED_SCHEME_REVIEW_SETTINGS: &str = include_str!("scheme_review/settings.json");
/// The code under which they are kept.
pub const SCHEME_REVIEW_SETTINGS_CODE: &str = "scheme-review-settings/company";

crate::refusals! { SCHEME_REVIEW_REFUSALS:
    REVIEW_REVERSED = "scheme_review.reversed", Invalid, "结束期间不得早于开始期间", "The last period must not lie before the first";
    REVIEW_SPANS = "scheme_review.spans_differ", Invalid, "起止期间须与考核方案的周期类型一致", "The periods must be of the kind for which the scheme is made";
    REVIEW_NOTHING = "scheme_review.nothing_final", Conflict, "{from} 至 {until} 没有按该方案定档的考核，无法评审", "No appraisal by this scheme is final from {from} to {until}, so there is nothing to review";
    FINDING_UNKNOWN = "scheme_review.finding_unknown", Invalid, "评审中没有第 {number} 项发现", "The review has no finding {number}";
    SUGGESTED_ALREADY = "scheme_review.suggested_already", Conflict, "第 {number} 项发现已提出改进建议", "A suggestion was made of finding {number} already";
}

crate::events! { SCHEME_REVIEW_EVENTS:
    MADE = "scheme_review.made", "考核方案已评审", "A scheme of appraisal was reviewed";
    SUGGESTED = "scheme_review.suggested", "评审发现已提出改进建议", "A suggestion was made of what a review of a scheme found";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SCHEME_REVIEW_REFUSALS],
    events: &[SCHEME_REVIEW_EVENTS],
    enums: &[FindingKind::LABELS],
};

/// From where on something catches the eye.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeReviewSettings {
    /// Of fewer sheets nothing is concluded.
    pub sheets_at_least: u32,
    /// More of them with one grade are a crowd, in basis points.
    pub grade_share_at_most_bp: u32,
    /// Who agrees less with the superior sees something else, as a correlation.
    pub agreement_at_least: Decimal,
    /// How many points people may see themselves above what their superior says, on average.
    pub own_above_superior_at_most: Decimal,
    /// An indicator whose scores differ less tells nobody apart, in points.
    pub indicator_deviation_at_least: Decimal,
    /// More of them changed by hand are many, in basis points.
    pub calibrated_share_at_most_bp: u32,
}

impl PolicyContent for SchemeReviewSettings {
    const KIND: &'static str = "scheme-review-settings";
    const EXAMPLE: &'static str = SHIPPED_SCHEME_REVIEW_SETTINGS;
    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut range = |member: &str, value: Decimal, min: i64, max: i64| {
            if !(Decimal::from(min)..=Decimal::from(max)).contains(&value) {
                let bounds = [("min", json!(min)), ("max", json!(max))];
                findings.add_with(format!("/content/{member}"), codes::OUT_OF_RANGE, bounds);
            }
        };
        range("sheets_at_least", self.sheets_at_least.into(), 2, 100_000);
        range("grade_share_at_most_bp", self.grade_share_at_most_bp.into(), 1, 10_000);
        range("agreement_at_least", self.agreement_at_least, -1, 1);
        range("own_above_superior_at_most", self.own_above_superior_at_most, 0, 100);
        range("indicator_deviation_at_least", self.indicator_deviation_at_least, 0, 100);
        range("calibrated_share_at_most_bp", self.calibrated_share_at_most_bp.into(), 1, 10_000);
        findings.into_vec()
    }
}

/// A suggestion that was made of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suggested {
    /// Which finding, from 1.
    pub finding: usize,
    /// The suggestion to the regulation.
    pub suggestion: Uuid,
    /// When.
    pub at: Timestamp,
}

/// What is reviewed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reviewed {
    /// The code of the scheme.
    pub scheme: String,
    /// What it is called.
    pub name: Label,
    /// The first period.
    pub from: Period,
    /// The last period.
    pub until: Period,
}

/// A review of a scheme.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SchemeReview {
    /// Identity.
    pub id: Id<Self>,
    /// The code of the scheme.
    pub scheme: String,
    /// What it was called.
    pub name: Label,
    /// The first period.
    pub from: Period,
    /// The last period.
    pub until: Period,
    /// What was found.
    pub report: Report,
    /// What was suggested of it.
    pub suggestions: Vec<Suggested>,
    /// By whom it was made.
    pub made_by: Id<User>,
    /// When.
    pub made_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for SchemeReview {
    const KIND: &'static str = "scheme_review";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

fn refused(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-10"))
}

impl Reviewed {
    /// Refuses periods that are reversed, or not of the kind of the scheme.
    ///
    /// # Errors
    /// `scheme_review.reversed`, `scheme_review.spans_differ`.
    pub fn check(&self, span: crate::working_time::Span) -> Result<(), Refusal> {
        if self.from.span() != span || self.until.span() != span {
            return Err(refused(REVIEW_SPANS).at("/from"));
        }
        if self.until.last() < self.from.last() {
            return Err(refused(REVIEW_REVERSED).at("/until"));
        }
        Ok(())
    }
}

impl SchemeReview {
    /// Makes a review of what there is.
    ///
    /// # Errors
    /// `scheme_review.nothing_final`.
    pub fn make(
        id: Id<Self>,
        of: Reviewed,
        report: Report,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let Reviewed { scheme, name, from, until } = of;
        if report.sheets == 0 {
            let refusal = refused(REVIEW_NOTHING).with("from", from.to_string());
            return Err(refusal.with("until", until.to_string()));
        }
        let facts = json!({"scheme": scheme, "from": from, "until": until, "sheets": report.sheets,
            "findings": report.findings.len()});
        let review = Self {
            id,
            scheme,
            name,
            from,
            until,
            report,
            suggestions: Vec::new(),
            made_by: by.user,
            made_at: now,
            version: 0,
        };
        Ok(Change::created(review, MADE, facts))
    }

    /// A finding of which nothing was suggested yet, by its number from 1.
    ///
    /// # Errors
    /// `scheme_review.finding_unknown`, `scheme_review.suggested_already`.
    pub fn open_finding(&self, number: usize) -> Result<&Found, Refusal> {
        let found = number.checked_sub(1).and_then(|place| self.report.findings.get(place));
        let found = found.ok_or_else(|| refused(FINDING_UNKNOWN).with("number", number).at("/finding"))?;
        if self.suggestions.iter().any(|suggested| suggested.finding == number) {
            return Err(refused(SUGGESTED_ALREADY).with("number", number));
        }
        Ok(found)
    }

    /// Notes that a suggestion was made of a finding.
    ///
    /// # Errors
    /// As [`Self::open_finding`].
    pub fn suggest(self, number: usize, suggestion: Uuid, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.open_finding(number)?;
        let mut after = self.clone();
        after.suggestions.push(Suggested { finding: number, suggestion, at: now });
        let facts = json!({"scheme": self.scheme, "suggestion_id": suggestion});
        Ok(Change::updated(self, after, SUGGESTED, facts))
    }
}
