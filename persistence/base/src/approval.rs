//! Approvals: their rows, whose boxes they lie in, and how a document context plugs in.
//!
//! A document context says of its documents how they are [`document::Handed`], moves them by the functions beside that, and
//! registers them as a [`SubjectKind`]. Everything else goes through [`act`]: let the domain decide, write, settle — in
//! one transaction.

mod boxes;
mod course;
/// Documents on their way through approval.
pub mod document;
mod hold;
mod limits;
mod policy;
mod record;
mod replay;
mod row;
mod show;
mod step_view;
pub mod subject;
mod threshold;
mod tiding;
mod unavailable;

pub use boxes::{ApprovalItemView, BoxCounts, BoxFilter, BoxName, counts, list};
pub use course::{
    act, acting_for, approved_at, document_moved, dry_run, fall_away, find, hand_in, holds_open_task,
    may_read_document, oversees, take, withdraw,
};
pub use hold::{APPROVALS, hold};
pub use limits::{due, reach_limits};
pub use policy::check;
pub use replay::play_submitted;
pub use show::{
    APPROVAL, ApprovalState, ApprovalView, DocumentView, EntryView, PersonName, TaskView, history, show, view,
};
pub use step_view::{
    ApproverView, CandidateReason, PlanView, PlannedStepView, SeatProgress, StepProgress, StepView,
};
pub use subject::{Categories, CategoryCheck, DocumentSummary, Routing, SubjectKind, Summaries};
pub use threshold::{ApprovalThreshold, ChainThresholds, ThresholdsView, set_threshold, thresholds};
pub use unavailable::{move_open_tasks, move_tasks_of_stand_ins, powerless, release_tasks, return_tasks};

use crate::{policy::Kind, spine::Part};
use domain::approval::ChainPolicy;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &APPROVALS,
    &tiding::TIDINGS,
    &Kind { check, ..Kind::of::<ChainPolicy>() },
    replay::REPLAYED,
    ApprovalState::LABELS,
    CandidateReason::LABELS,
    SeatProgress::LABELS,
    StepProgress::LABELS,
];
