//! Accounts, roles, grants, sessions, API keys, and who a credential stands for. `[ID-1 … ID-5]`

pub mod account;
pub mod activation;
pub mod api_key;
pub mod grant;
mod principal;
pub mod role;
pub mod session;
pub mod signing_key;

pub use account::{AccountFilter, UserRef, UserView};
pub use api_key::{ApiKeyFilter, ApiKeyView};
pub use grant::{GrantFilter, GrantView};
pub use principal::{MeView, PermissionReach, me, reaches_of};
pub use role::{RoleFilter, RoleView};
pub use session::{SessionFilter, SessionView};

use crate::{
    Seed,
    policy::{self, Kind, Shipped, ShippedContent},
    spine::{Credentials, Failure, Part, Reader},
};
use domain::identity::SignInPolicy;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Credentials { actor: principal::actor_of },
    &Seed(role::ship),
    &Kind::of::<SignInPolicy>(),
    &Shipped {
        code: "sign-in/company",
        title: "登录与密码规则 Signing in and passwords",
        clause: "",
        content: ShippedContent::Defaults(|| serde_json::to_value(SignInPolicy::default())),
    },
];

/// The rules of signing in that are in force today.
pub fn sign_in_policy(reader: &mut Reader<'_>) -> Result<SignInPolicy, Failure> {
    let today = reader.today();
    Ok(policy::in_force::<SignInPolicy>(reader, "company", today)?.content.clone())
}
