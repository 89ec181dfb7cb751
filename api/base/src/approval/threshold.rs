//! From how much on a step of a chain decides: what every company sets for itself, without writing out the chain. `[EXP-3, REG-4]`

use crate::spine::{Can, Reading, Reply, UnitOfWork, Valid};
use chrono::NaiveDate;
use domain::{
    approval::ChainPolicy,
    spine::{Findings, Money, POLICY_UNKNOWN_KIND, PolicyContent, Refusal, book_money, codes as rules, perm},
};
use persistence::approval::{self, ThresholdsView};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use validator::Validate;

/// Show from how much on which step decides. `[EXP-3]`
///
/// Those of all chains that are in force, where a step begins at one amount.
#[utoipa::path(get, path = "/api/v1/approval-thresholds")]
pub(super) async fn show_approval_thresholds(
    who: Can<perm::ReadPolicies>,
    reading: Reading,
) -> Reply<ThresholdsView> {
    reading.read(who, approval::thresholds).await
}

/// From how much on a step decides.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetApprovalThreshold {
    /// The code of the chain.
    #[validate(length(min = 1, max = 100))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z-]+/[a-z0-9-]+$",
        example = "approval-chain/expense-claim"
    )]
    code: String,
    /// The code of the step.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "general-manager")]
    step: String,
    /// The least amount that it decides about, in the book currency.
    #[serde(with = "book_money")]
    #[schema(value_type = Money)]
    from: i64,
    /// The first business day on which that counts; where absent, today, or from the beginning as long as no document was
    /// handed in.
    #[serde(default)]
    effective_from: Option<NaiveDate>,
}

/// Set from how much on a step decides. `[EXP-3, REG-4, APR-10]`
///
/// Publishes a version of the chain that differs in this alone: the step begins at the amount, and the rung below it in its
/// ladder ends there. Checked as every version is. What documents in flight have been asked stands.
#[utoipa::path(post, path = "/api/v1/approval-thresholds")]
pub(super) async fn set_approval_threshold(
    who: Can<perm::ManagePolicies>,
    body: Valid<SetApprovalThreshold>,
    work: UnitOfWork,
) -> Reply<ThresholdsView> {
    work.write(who, move |tx| {
        let SetApprovalThreshold { code, step, from, effective_from } = body.0.clone();
        let name = code.strip_prefix(ChainPolicy::KIND).and_then(|rest| rest.strip_prefix('/'));
        let name = name.ok_or_else(|| Refusal::new(POLICY_UNKNOWN_KIND).at("/code"))?;
        ensure_no_less_than_nothing(from)?;
        approval::set_threshold(tx, name.to_owned(), (step, from), effective_from)?;
        approval::thresholds(tx)
    })
    .await
}

fn ensure_no_less_than_nothing(from: i64) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    if from < 0 {
        findings.add_with("/from", rules::OUT_OF_RANGE, [("min", json!(0))]);
    }
    findings.into_result()
}
