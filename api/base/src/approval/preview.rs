//! What submitting a document would do, for its submitter.

use crate::spine::View;
use domain::spine::{Finding, Language, Refusal};
use persistence::{approval::PlanView, spine::RefusalView};
use serde::Serialize;
use utoipa::ToSchema;

/// What submitting would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionPreview {
    /// Whether it could be submitted as it is.
    submittable: bool,
    /// Why not, if not.
    refusal: Option<RefusalView>,
    /// All that is wrong with it.
    #[schema(max_items = 10000)]
    findings: Vec<PreviewFinding>,
    /// The steps and people it would meet, and why.
    plan: PlanView,
}
impl View for SubmissionPreview {}

impl SubmissionPreview {
    /// What stands against it, and the plan.
    pub fn new(refused: Option<&Refusal>, plan: PlanView) -> Self {
        let findings = refused.into_iter().flat_map(|refusal| refusal.findings.clone());
        Self {
            submittable: refused.is_none(),
            findings: findings.map(PreviewFinding::from).collect(),
            refusal: refused.map(RefusalView::of),
            plan,
        }
    }
}

/// One thing that stands in the way of submitting.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewFinding {
    /// Where, as a JSON pointer.
    #[schema(max_length = 500)]
    pointer: String,
    /// The stable code.
    #[schema(max_length = 100)]
    code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    en: String,
}

impl From<Finding> for PreviewFinding {
    fn from(finding: Finding) -> Self {
        let Finding { pointer, code, params } = finding;
        let (zh, en) = (code.text(Language::Chinese, &params), code.text(Language::English, &params));
        Self { pointer, code: code.code, zh, en }
    }
}
