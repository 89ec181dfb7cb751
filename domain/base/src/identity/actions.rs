//! What may be done with an account or a role now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::{ACCOUNT_NOT_DISABLED, Account, AccountKind, ApiKey, Grant, NOT_A_PERSON, OWN_ACCOUNT, Role};
use crate::spine::{Actor, Citation, Permission, Reach, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A named action on an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UserActionName)]
pub enum AccountAction {
    /// Rename it or tie it to another employee.
    Change,
    /// Disable it.
    Disable,
    /// Enable it again.
    Enable,
    /// Set a password that its owner must change.
    ResetPassword,
}

crate::labels! { AccountAction = "UserActionName":
    Change = "change", "修改", "Change";
    Disable = "disable", "停用", "Disable";
    Enable = "enable", "启用", "Enable";
    ResetPassword = "reset_password", "重置密码", "Reset password";
}

/// A named action on a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoleActionName)]
pub enum RoleAction {
    /// Rewrite it.
    Change,
    /// Take it out of use.
    Retire,
}

crate::labels! { RoleAction = "RoleActionName":
    Change = "change", "修改", "Change";
    Retire = "retire", "停用", "Retire";
}

/// A named action on an API key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApiKeyActionName)]
pub enum ApiKeyAction {
    /// Replace it by a new one.
    Rotate,
    /// End it at once.
    Revoke,
}

crate::labels! { ApiKeyAction = "ApiKeyActionName":
    Rotate = "rotate", "轮换", "Rotate";
    Revoke = "revoke", "吊销", "Revoke";
}

impl ApiKey {
    /// Every action with the refusal it would meet: none is left of a key that is over, and one that was replaced is not
    /// replaced again.
    pub fn actions(
        &self,
        is_replaced: bool,
        now: Timestamp,
    ) -> impl Iterator<Item = (ApiKeyAction, Result<(), Refusal>)> {
        let latest = move || self.ensure_valid(now).and_then(|()| Self::ensure_latest(is_replaced));
        ApiKeyAction::ALL.into_iter().map(move |action| match action {
            ApiKeyAction::Rotate => (action, latest()),
            ApiKeyAction::Revoke => (action, self.ensure_valid(now)),
        })
    }
}

impl Account {
    /// Every action with the refusal it would meet. `reaches` is what the account may do today: nobody deals with one
    /// that may do more than they. That an administrator must remain is seen when it is tried.
    pub fn actions(
        &self,
        by: &Actor,
        reaches: &BTreeMap<Permission, Reach>,
    ) -> impl Iterator<Item = (AccountAction, Result<(), Refusal>)> {
        AccountAction::ALL.into_iter().map(move |action| {
            let by_state = || match action {
                AccountAction::Change => Ok(()),
                AccountAction::Disable => self.may_be_disabled(by),
                AccountAction::Enable => self.ensure_disabled(),
                AccountAction::ResetPassword => self.may_get_password(),
            };
            (action, Grant::ensure_within(by, reaches).and_then(|()| by_state()))
        })
    }

    pub(super) fn may_be_disabled(&self, by: &Actor) -> Result<(), Refusal> {
        if by.user == self.id {
            return Err(Refusal::new(OWN_ACCOUNT).citing(Citation::rule("ID-1")));
        }
        self.ensure_active()
    }

    pub(super) fn ensure_disabled(&self) -> Result<(), Refusal> {
        if self.is_active() {
            return Err(Refusal::new(ACCOUNT_NOT_DISABLED).citing(Citation::rule("ID-1")));
        }
        Ok(())
    }

    pub(super) fn may_get_password(&self) -> Result<(), Refusal> {
        if self.kind == AccountKind::Service {
            return Err(Refusal::new(NOT_A_PERSON).citing(Citation::rule("ID-2")));
        }
        self.ensure_active()
    }
}

impl Role {
    /// Every action with the refusal it would meet. `grants` of it are live.
    pub fn actions(&self, grants: i64) -> impl Iterator<Item = (RoleAction, Result<(), Refusal>)> {
        RoleAction::ALL.into_iter().map(move |action| match action {
            RoleAction::Change => (action, self.ensure_own()),
            RoleAction::Retire => (action, self.may_retire(grants)),
        })
    }
}
