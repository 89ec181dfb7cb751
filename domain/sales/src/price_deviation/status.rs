//! Where a deviation stands: on its way through approval, then open, held by a document, used, expired or revoked. `[PRI-2a]`

use super::*;
use crate::{
    approval::{Document, Owner, StandingState},
    spine::{Actor, Permission, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceDeviationStatus)]
pub enum PriceDeviationState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// May be used.
    Open,
    /// A document that waits holds it.
    Held,
    /// Used by what was signed or ordered; an unused rest has lapsed.
    Used,
    /// Its days are over.
    Expired,
    /// Taken back after its approval.
    Revoked,
    /// Given up.
    Void,
}

crate::labels! { PriceDeviationState = "PriceDeviationStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Open = "open", "可使用", "Open";
    Held = "held", "已占用", "Held";
    Used = "used", "已使用", "Used";
    Expired = "expired", "已过期", "Expired";
    Revoked = "revoked", "已撤销", "Revoked";
    Void = "void", "已作废", "Void";
}

/// A named action on a deviation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceDeviationActionName)]
pub enum PriceDeviationAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Take it back after its approval.
    Revoke,
}

crate::labels! { PriceDeviationAction = "PriceDeviationActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Revoke = "revoke", "撤销", "Revoke";
}

impl PriceDeviation {
    /// The name of its state.
    pub const fn state(&self) -> PriceDeviationState {
        match self.petition.standing.state() {
            StandingState::Draft => PriceDeviationState::Draft,
            StandingState::InApproval => PriceDeviationState::InApproval,
            StandingState::Returned => PriceDeviationState::Returned,
            StandingState::Rejected => PriceDeviationState::Rejected,
            StandingState::Withdrawn => PriceDeviationState::Withdrawn,
            StandingState::Approved => match &self.holder {
                Some(_) => PriceDeviationState::Held,
                None => PriceDeviationState::Open,
            },
            StandingState::Closed if self.is_expired => PriceDeviationState::Expired,
            StandingState::Closed => PriceDeviationState::Used,
            StandingState::Revoked => PriceDeviationState::Revoked,
            StandingState::Void => PriceDeviationState::Void,
        }
    }

    /// Every action, with the refusal it would meet; none for who may not ask for deviations.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(PriceDeviationAction, Result<(), Refusal>)> {
        if !by.may(Permission::AskPriceDeviations) {
            return Vec::new();
        }
        let allowed = |action| match action {
            PriceDeviationAction::Revise => self.may_revise(by),
            PriceDeviationAction::Submit => self.may_submit(by),
            PriceDeviationAction::Withdraw => self.may_withdraw(by),
            PriceDeviationAction::Void => self.may_void(owner, by),
            PriceDeviationAction::Revoke => self.may_revoke(by),
        };
        PriceDeviationAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}
