//! What may be done with a resource that stands: named actions, each behind its permission. `[ACT-1]`

use super::{Coded, Permission};

/// The named actions on a resource, as [`actions`](crate::actions) says them.
pub trait Action: Coded {
    /// Every action, in the order in which they are shown.
    const EVERY: &'static [Self];
    /// Without this permission it is not the caller's, and is not listed.
    fn permission(self) -> Permission;
}

/// Says what may be done with a resource: an enum whose values have codes, labels and permissions. The name is the one in the
/// OpenAPI document. An action is sent where its code says: `change` and `revise` are a PATCH of the resource, and what is
/// called `file_sheet` is posted to `…/file-sheet`.
///
/// Whether one is allowed says the noun, in a `may` that asks the very rules that doing it asks.
///
/// ```
/// domain_spine::actions! {
///     /// A named action on a lamp.
///     pub LampAction as LampActionName:
///     Change = "change", "修改", "Change", ManageUsers;
///     SwitchOff = "switch_off", "关灯", "Switch off", ReadUsers;
/// }
/// use domain_spine::{Action, Permission};
/// assert_eq!(LampAction::SwitchOff.permission(), Permission::ReadUsers);
/// assert_eq!(LampAction::LABELS.name, "LampActionName");
/// ```
#[macro_export]
macro_rules! actions {
    ($(#[$about:meta])* $vis:vis $action:ident as $name:ident:
        $($value:ident = $code:literal, $zh:literal, $en:literal, $permission:ident;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $name)]
        $vis enum $action {
            $(#[doc = $en] $value,)*
        }

        $crate::labels! { named $action = stringify!($name); $($value = $code, $zh, $en;)* }

        impl $crate::spine::Action for $action {
            const EVERY: &'static [Self] = &[$(Self::$value),*];
            fn permission(self) -> $crate::spine::Permission {
                match self { $(Self::$value => $crate::spine::Permission::$permission),* }
            }
        }
    };
}
