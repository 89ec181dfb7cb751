//! What every context hangs on: ids, money, time, actors, changes, refusals, policies, explanations.
#![warn(missing_docs)]

mod actor;
mod audit_head;
/// Amounts of the book currency: said as money, counted in minor units.
pub mod book_money;
mod change;
mod currency;
mod erasure;
mod exchange_rate;
mod explanation;
mod findings;
mod id;
/// What can be wrong with a file of rows.
pub mod import;
mod label;
mod money;
mod notice;
mod permission;
mod policy;
/// Why something could not be read, in both languages.
pub mod reason;
mod refusal;
mod search;
mod status;
mod text;
mod time;
/// How typed text is compared: what two people type for one thing.
pub mod typed;
mod wing;
mod withheld;
/// What every text a client sends must keep to.
pub mod wording;

pub use actor::{
    Actor, ActorKind, Department, DepartmentId, Employee, EmployeeId, Reach, Session, SessionId, User, UserId,
};
pub use audit_head::{AUDIT_HEAD_EVENTS, HEAD_TOLD, ToldHead};
pub use change::{Change, Entity, EventKind, Happening, Version};
pub use currency::Currency;
pub use erasure::{AUDIT_EVENTS, AUDIT_REFUSALS, Erasure};
pub use exchange_rate::ExchangeRate;
pub use explanation::{Citation, Explanation};
pub use findings::{FINDINGS_MAX, Findings};
pub use id::{AnyId, Id, IdSource};
pub use label::{Coded, EnumLabels, ValueLabel};
pub use money::{Money, MoneyError, allocate, split_evenly};
pub use notice::{
    ACCESS_REFUSED, LIST_EXPORTED, NOTICE_EVENTS, Notice, SIGN_IN_REFUSED, SIGNED_IN, SIGNED_OUT,
};
pub use permission::{Permission, Requires, ScopeKind, perm};
pub use policy::{
    POLICY_EVENTS, POLICY_MISSING, POLICY_OVERTAKEN, POLICY_REFUSALS, POLICY_UNKNOWN_KIND, POLICY_UNSOUND,
    Policy, PolicyAction, PolicyContent, PolicyStatus, PolicyVersion, read_content,
};
pub use refusal::{
    Finding, Language, Refusal, RefusalCode, RefusalKind, SPINE_REFUSALS, codes, in_both, label_of, said,
};
pub use search::{search_key, search_text};
pub use status::Reason;
pub use text::{is_deceptive, is_forbidden, is_unseen};
pub use time::{BusinessDate, Clock, Timestamp, as_clocks_show, check_span};
pub use wing::{Noun, Wing};
pub use withheld::{Withheld, withhold};

// One name inside and outside: macros and whoever uses this say `spine`.
pub extern crate self as spine;

/// What this noun brings to its wing.
const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SPINE_REFUSALS, POLICY_REFUSALS, AUDIT_REFUSALS, import::IMPORT_REFUSALS],
    events: &[AUDIT_EVENTS, AUDIT_HEAD_EVENTS, NOTICE_EVENTS, POLICY_EVENTS],
    enums: &[
        Currency::LABELS,
        Permission::LABELS,
        PolicyAction::LABELS,
        PolicyStatus::LABELS,
        ScopeKind::LABELS,
    ],
};

/// What the rules themselves bring.
pub const WING: &Wing = &Wing { name: "spine", nouns: &[NOUN] };
