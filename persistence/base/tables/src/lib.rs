//! The tables of the base: organisation, identity, approvals, files, policies.
#![allow(clippy::wildcard_imports, missing_docs)]

mod approval;
mod duty;
mod file;
mod identity;
mod incentive_entry;
mod operation;
mod organisation;
mod pack;
mod policy;
mod policy_replay;
mod task;
mod vacancy;

pub use approval::*;
pub use duty::*;
pub use file::*;
pub use identity::*;
pub use incentive_entry::*;
pub use operation::*;
pub use organisation::*;
pub use pack::*;
pub use persistence_spine_tables::*;
pub use policy::*;
pub use policy_replay::*;
pub use task::*;
pub use vacancy::*;

use persistence_spine_tables as spine;

spine::together!(
    absences,
    activations,
    api_keys,
    approval_boxes,
    approval_copies,
    approval_history,
    approval_tasks,
    approvals,
    departments,
    duties,
    duty_effects,
    duty_tallies,
    employee_placements,
    employees,
    files,
    grants,
    incentive_entries,
    operation_pieces,
    operations,
    payroll_batch_entries,
    payroll_batches,
    positions,
    refresh_tokens,
    role_permissions,
    roles,
    sessions,
    tasks,
    users,
    vacancies,
    vacancy_places,
);
spine::together!(policy_replay_lines, policy_replays);
spine::beside!(approvals, approval_boxes, departments, employees, incentive_entries, vacancies; (document_readers));
