//! Accounts, roles, grants, sessions, API keys, and who a credential stands for. `[ID-1 … ID-5]`

pub mod account;
pub mod api_key;
pub mod grant;
mod principal;
pub mod role;
pub mod session;
pub mod signing_key;

pub use account::{AccountFilter, AccountOrder, UserRef, UserView};
pub use api_key::ApiKeyView;
pub use grant::GrantView;
pub use principal::{MeView, PermissionReach, me, reaches_of};
pub use role::RoleView;
pub use session::SessionView;

use crate::{
    policy,
    spine::{Failure, Reader, Tx},
};
use domain::identity::SignInPolicy;

pub(crate) use principal::{actor_of_account, actor_of_api_key, actor_of_session};

/// Publishes the shipped rules of signing in.
pub(crate) fn ship_sign_in_policy(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let content = serde_json::to_value(SignInPolicy::default())?;
    let title = "登录与密码规则 Signing in and passwords";
    let code = "sign-in/company";
    policy::ship::<SignInPolicy>(tx, policy::Shipped { code, title, content, clause: "" })
}

/// The rules of signing in that are in force today.
pub fn sign_in_policy(reader: &mut Reader<'_>) -> Result<SignInPolicy, Failure> {
    let today = reader.today();
    Ok(policy::in_force::<SignInPolicy>(reader, "company", today)?.content.clone())
}
