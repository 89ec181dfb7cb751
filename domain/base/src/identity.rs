//! Who may come in, and how far: accounts, passwords, sessions, keys, roles and grants. `[ID-1 … ID-5]`
//!
//! Tokens, hashing and randomness belong to the edge; here are only the rules about them.

mod account;
mod actions;
mod activation;
mod api_key;
mod grant;
mod password;
mod role;
mod session;
mod shipped;
mod signing_key;
mod throttle;

pub use account::{Account, AccountDetails, AccountKind, AccountStatus, Username};
pub use actions::{AccountAction, ApiKeyAction, RoleAction};
pub use activation::{Activation, CODE_DAYS};
pub use api_key::{ApiKey, NewKey};
pub use grant::{Grant, GrantTerms, HeldGrant, narrow, reaches};
pub use password::{PasswordHash, PasswordPolicy, Secret};
pub use role::{Role, RoleDetails};
pub use session::{
    DeviceNote, EndReason, Refresh, SealedToken, SessionFamily, SessionPolicy, SessionStatus, TokenHash,
};
pub use shipped::{ADMINISTRATION_OFFICE, ADMINISTRATOR, EMPLOYEE, SHIPPED_ROLES, ShippedRole};
pub use signing_key::{SealedKey, SigningKey};
pub use throttle::{Throttle, ThrottlePolicy};

use crate::spine::{Finding, Id, PolicyContent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The id of a role.
pub type RoleId = Id<Role>;
/// The id of a grant.
pub type GrantId = Id<Grant>;
/// The id of an API key.
pub type ApiKeyId = Id<ApiKey>;

/// How people sign in: the content of the policy `sign-in/company`. `[ID-1]`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignInPolicy {
    /// What a password must be.
    pub password: PasswordPolicy,
    /// How long tokens and sessions live.
    pub session: SessionPolicy,
    /// How repeated failures on one account from one address are slowed.
    pub per_account: ThrottlePolicy,
    /// How repeated failures on one account are slowed from wherever it was not signed in to before.
    pub per_account_anywhere: ThrottlePolicy,
    /// How repeated failures from one address are slowed, for accounts that were not signed in to from there before.
    pub per_address: ThrottlePolicy,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            password: PasswordPolicy::default(),
            session: SessionPolicy::default(),
            per_account: ThrottlePolicy::default(),
            per_account_anywhere: ThrottlePolicy::for_many(),
            per_address: ThrottlePolicy::for_many(),
        }
    }
}

impl PolicyContent for SignInPolicy {
    const KIND: &'static str = "sign-in";
    const EXAMPLE: &'static str = "{}";
    fn findings(&self) -> Vec<Finding> {
        let mut findings = crate::spine::Findings::new();
        self.password.check(&mut findings, "/content/password");
        self.session.check(&mut findings, "/content/session");
        self.per_account.check(&mut findings, "/content/per_account");
        self.per_account_anywhere.check(&mut findings, "/content/per_account_anywhere");
        self.per_address.check(&mut findings, "/content/per_address");
        findings.into_vec()
    }
}

crate::events! { IDENTITY_EVENTS:
    USER_CREATED = "user.created", "账号已建立", "An account was created";
    USER_CHANGED = "user.changed", "账号已变更", "An account was changed";
    USER_DISABLED = "user.disabled", "账号已停用", "An account was disabled";
    USER_ENABLED = "user.enabled", "账号已启用", "An account was enabled again";
    PASSWORD_CHANGED = "user.password_changed", "密码已修改", "A password was changed";
    PASSWORD_RESET = "user.password_reset", "密码已重置", "A password was reset by an administrator";
    SESSION_STARTED = "session.started", "已登录", "Somebody signed in";
    SESSION_REFRESHED = "session.refreshed", "会话已续期", "A session was refreshed";
    SESSION_REPEATED = "session.repeated", "同一客户端重复续期会话", "A client asked twice at once for a session to be refreshed";
    SESSION_ENDED = "session.ended", "会话已结束", "A session ended";
    SESSION_STOLEN = "session.reuse_detected", "刷新令牌被重复使用，会话已作废", "A refresh token was used twice and its session revoked";
    ROLE_CREATED = "role.created", "角色已建立", "A role was made";
    ROLE_CHANGED = "role.changed", "角色已变更", "A role was changed";
    ROLE_RETIRED = "role.retired", "角色已停用", "A role was retired";
    ACTIVATION_ISSUED = "activation.issued", "激活码已签发", "An activation code was issued";
    ACTIVATION_USED = "activation.used", "账号已用激活码激活", "An account was activated with its code";
    GRANT_GIVEN = "grant.given", "已授予角色", "A role was granted";
    GRANT_ENDED = "grant.ended", "已收回角色", "A granted role was taken back";
    API_KEY_ISSUED = "api_key.issued", "接口密钥已签发", "An API key was issued";
    API_KEY_ROTATED = "api_key.rotated", "接口密钥已轮换", "An API key was rotated";
    API_KEY_REVOKED = "api_key.revoked", "接口密钥已吊销", "An API key was revoked";
    SIGNING_KEY_MADE = "signing_key.made", "签名密钥已生成", "A key for signing tokens was made";
    SIGNING_KEY_RETIRING = "signing_key.retiring", "签名密钥即将停用", "A key for signing tokens signs no more";
}

crate::refusals! { IDENTITY_REFUSALS:
    SIGN_IN_FAILED = "identity.sign_in_failed", Unauthenticated, "用户名或密码不正确", "The user name or the password is wrong";
    SIGN_IN_THROTTLED = "identity.sign_in_throttled", TooMany, "尝试次数过多，请在 {seconds} 秒后再试", "Too many attempts; try again in {seconds} seconds";
    SESSION_OVER = "identity.session_over", Unauthenticated, "会话已结束，请重新登录", "The session is over; sign in again";
    PASSWORD_WRONG = "identity.password_wrong", Invalid, "当前密码不正确", "The present password is wrong";
    PASSWORD_TOO_SHORT = "identity.password_too_short", Invalid, "密码至少需要 {min} 个字符", "A password needs at least {min} characters";
    PASSWORD_TOO_LONG = "identity.password_too_long", Invalid, "密码不得超过 {max} 字节", "A password has at most {max} bytes";
    PASSWORD_TOO_COMMON = "identity.password_too_common", Invalid, "密码过于常见", "The password is too common";
    PASSWORD_TOO_UNIFORM = "identity.password_too_uniform", Invalid, "密码至少需要 {min} 种不同的字符", "A password needs at least {min} different characters";
    PASSWORD_REVEALS_NAME = "identity.password_reveals_name", Invalid, "密码不得包含用户名或姓名", "A password must not contain the user name or the name";
    PASSWORD_UNCHANGED = "identity.password_unchanged", Invalid, "新密码不得与当前密码相同", "The new password must differ from the present one";
    NOT_A_PERSON = "identity.not_a_person", Conflict, "服务账号没有密码，只使用接口密钥", "A service account has no password, only API keys";
    NOT_A_SERVICE = "identity.not_a_service", Conflict, "接口密钥只签发给服务账号", "API keys are issued to service accounts only";
    ACCOUNT_DISABLED = "identity.account_disabled", Conflict, "账号已停用", "The account is disabled";
    ACCOUNT_NOT_DISABLED = "identity.account_not_disabled", Conflict, "账号未停用", "The account is not disabled";
    OWN_ACCOUNT = "identity.own_account", Conflict, "不能停用自己的账号", "Nobody disables their own account";
    USERNAME_MIXED = "identity.username_mixed", Invalid, "用户名须使用同一种文字，例如不能在英文字母中夹杂形状相近的俄文或希腊文字母", "The letters of a user name must be of one script, so that it cannot pass for another";
    USERNAME_MALFORMED = "identity.username_malformed", Invalid, "用户名须为 2 至 64 个字母、数字或 . _ - @", "A user name is 2 to 64 letters, digits or . _ - @";
    ROLE_BUILT_IN = "identity.role_built_in", Conflict, "系统角色不可修改", "A shipped role does not change";
    ROLE_IS_RETIRED = "identity.role_retired", Conflict, "角色已停用", "The role is retired";
    ROLE_IN_USE = "identity.role_in_use", Conflict, "角色仍授予 {grants} 个账号", "The role is still granted {grants} times";
    BEYOND_OWN_RIGHTS = "identity.beyond_own_rights", Forbidden, "不能授予超出自身的权限：{permissions}", "Nobody gives rights beyond their own: {permissions}";
    SCOPE_DEPARTMENT = "identity.scope_department", Invalid, "该数据范围不能指定部门", "This scope takes no department";
    GRANT_PERIOD_REVERSED = "identity.grant_period_reversed", Invalid, "截止日期不得早于开始日期", "The last day cannot be before the first";
    GRANT_OVER = "identity.grant_over", Conflict, "该授权已结束", "The grant is over";
    KEY_EXPIRY_PAST = "identity.key_expiry_past", Invalid, "有效期须晚于当前时间", "The expiry must lie ahead";
    KEY_SCOPES_EMPTY = "identity.key_scopes_empty", Invalid, "接口密钥至少需要一个权限范围", "An API key needs at least one scope";
    KEY_REPLACED = "identity.key_replaced", Conflict, "该密钥已被更换，请轮换接替它的密钥", "The key was replaced already; rotate the one that took its place";
    KEY_OVER = "identity.key_over", Conflict, "接口密钥已失效", "The API key is no longer valid";
    CODE_NOT_VALID = "identity.activation_code_invalid", Invalid, "激活码无效或已过期，请向管理员索取新的激活码", "The activation code is wrong or has expired; ask your administrator for a new one";
    LAST_ADMINISTRATOR = "identity.last_administrator", Conflict, "不能移除最后一名管理员", "The last administrator cannot be removed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[IDENTITY_REFUSALS],
    events: &[IDENTITY_EVENTS],
    enums: &[AccountAction::LABELS, AccountKind::LABELS, ApiKeyAction::LABELS, RoleAction::LABELS],
};
