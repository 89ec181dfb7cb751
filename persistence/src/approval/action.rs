//! What the caller may do with a resource now, with links and reasons, so that a front end holds no copy of the
//! rules. `[ACT-1]`

use domain::spine::{Language, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

/// One action on a resource.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalAction)]
pub struct ActionView {
    /// Its name.
    #[schema(max_length = 60, example = "approve")]
    pub name: String,
    /// Where to post it.
    #[schema(max_length = 200, example = "/api/v1/approvals/01977a3e-8f00-7000-8000-000000000001/approve")]
    pub href: String,
    /// Whether the caller may do it now.
    pub allowed: bool,
    /// Why not, if not.
    pub refusal: Option<RefusalView>,
}

impl ActionView {
    /// An action and what stands against it.
    pub fn new(name: impl Into<String>, href: String, refusal: Option<&Refusal>) -> Self {
        Self { name: name.into(), href, allowed: refusal.is_none(), refusal: refusal.map(RefusalView::of) }
    }
}

/// A refusal as data.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalActionRefusal)]
pub struct RefusalView {
    /// The stable code.
    #[schema(max_length = 100, example = "approval.own_document")]
    pub code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    pub zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    pub en: String,
    /// The rule that refuses.
    #[schema(max_length = 40, example = "APR-4")]
    pub rule: Option<String>,
    /// The clause the rule enforces.
    #[schema(max_length = 200)]
    pub clause: Option<String>,
}

impl RefusalView {
    /// A refusal in both languages.
    pub fn of(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.code,
            zh: refusal.code.text(Language::Chinese, &refusal.params),
            en: refusal.code.text(Language::English, &refusal.params),
            rule: refusal.citation.as_ref().map(|citation| citation.rule.clone()),
            clause: refusal.citation.as_ref().and_then(|citation| citation.clause.clone()),
        }
    }
}
