//! Who works here and may do what, what they agree to, and the evidence.
#![warn(missing_docs)]

/// Who must agree to a document: chains, plans, tasks, decisions. Knows no document.
pub mod approval;
/// What a regulation requires of somebody by a time.
pub mod duty;
/// Attachments as evidence.
pub mod file;
/// Accounts, passwords, sessions, API keys, roles and grants.
pub mod identity;
/// The ledger of rewards and penalties.
pub mod incentive_entry;
/// What takes longer than a request may.
pub mod operation;
/// Departments, positions, employees, absences.
pub mod organisation;
/// What a company of a kind begins with.
pub mod pack;
/// What goes with the wages of a month.
pub mod payroll_batch;
/// What drafts of policies would have decided about a period gone by.
pub mod policy_replay;
/// Two pairs of eyes: what one person may not both do.
pub mod separation_policy;
/// What somebody is to do for another by a day.
pub mod task;
/// Places that a department may fill.
pub mod vacancy;
/// Hours and days reckoned by the working calendar: what is due when, and what has run.
pub mod working_time;

pub use domain_spine::{self as spine, events, labels, refusals, status};

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "base",
    nouns: &[
        organisation::NOUN,
        identity::NOUN,
        approval::NOUN,
        file::NOUN,
        separation_policy::NOUN,
        vacancy::NOUN,
        working_time::clock::NOUN,
        duty::NOUN,
        incentive_entry::NOUN,
        task::NOUN,
        payroll_batch::NOUN,
        operation::NOUN,
        policy_replay::NOUN,
        pack::NOUN,
    ],
};
