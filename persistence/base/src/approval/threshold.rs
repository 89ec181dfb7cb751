//! From how much on which step of which chain decides, as it is in force. `[EXP-3, REG-4]`

use crate::{
    policy::{self, Amendment},
    spine::{Failure, Reader, Tx, View},
};
use chrono::NaiveDate;
use domain::{
    approval::{ChainPolicy, Label},
    spine::{BusinessDate, Currency, Money, PolicyContent, read_content},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A step that decides from an amount on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalThreshold {
    /// The step's code.
    #[schema(max_length = 40, example = "general-manager")]
    pub step: String,
    /// What it is called.
    pub name: Label,
    /// The least amount that it decides about.
    pub from: Money,
}

/// A chain with its thresholds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainThresholds {
    /// The code of the policy.
    #[schema(max_length = 100, example = "approval-chain/expense-claim")]
    pub code: String,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// Which version says so.
    #[schema(minimum = 1)]
    pub policy_version: i32,
    /// The first business day for which it does.
    pub effective_from: NaiveDate,
    /// The steps that begin at one amount, in their order.
    #[schema(max_items = 30)]
    pub steps: Vec<ApprovalThreshold>,
}

/// All chains that ask anybody from an amount on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalThresholds)]
pub struct ThresholdsView {
    /// The chains, by their codes.
    #[schema(max_items = 200)]
    pub chains: Vec<ChainThresholds>,
}

impl View for ThresholdsView {}

/// The thresholds of today.
///
/// # Errors
/// Where the database fails.
pub fn thresholds(reader: &mut Reader<'_>) -> Result<ThresholdsView, Failure> {
    let today = reader.today();
    let mut chains = Vec::new();
    for policy in
        policy::all_in_force(reader, today)?.into_iter().filter(|one| one.kind() == ChainPolicy::KIND)
    {
        let Ok(chain) = read_content::<ChainPolicy>(&policy.content) else { continue };
        let threshold = |step: domain::approval::StepRule| {
            let from = Money::from_minor(step.threshold()?, Currency::Cny);
            Some(ApprovalThreshold { step: step.code, name: step.name, from })
        };
        let steps: Vec<_> = chain.steps.into_iter().filter_map(threshold).collect();
        if !steps.is_empty() {
            chains.push(ChainThresholds {
                code: policy.code,
                title: policy.title,
                policy_version: policy.number,
                effective_from: policy.effective_from,
                steps,
            });
        }
    }
    Ok(ThresholdsView { chains })
}

/// Publishes a version of a chain in which a step decides from another amount on, in minor units.
///
/// # Errors
/// As [`ChainPolicy::with_threshold`] and [`policy::amend`].
pub fn set_threshold(
    tx: &mut Tx<'_>,
    name: String,
    (step, amount): (String, i64),
    from: Option<BusinessDate>,
) -> Result<(), Failure> {
    let change = move |chain: &ChainPolicy| chain.with_threshold(&step, amount);
    policy::amend(tx, &Amendment { name, from, place: ("/content", "/content"), change: Box::new(change) })
}
