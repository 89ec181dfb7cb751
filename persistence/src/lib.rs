//! The one door to the database. Each context has its rows (private), its finders, its `apply` and
//! its views here; the API never sees a connection.

pub mod approval;
pub mod file;
pub mod finance;
pub mod identity;
pub mod organisation;
pub mod policy;
pub mod schema;
pub mod spine;

use domain::spine::EnumLabels;
use spine::{Failure, Tx};

/// Stores what ships with the product: each context adds its own. Doing it twice changes nothing.
pub fn seed(tx: &mut Tx<'_>) -> Result<(), Failure> {
    identity::role::ship(tx)?;
    identity::ship_sign_in_policy(tx)?;
    file::ship(tx)?;
    organisation::seed(tx)?;
    finance::seed(tx)
}

/// The labels of every enum that only the views know. Those of the rules are [`domain::enums`].
pub fn enums() -> impl Iterator<Item = &'static EnumLabels> {
    [
        approval::ApprovalState::LABELS,
        approval::CandidateReason::LABELS,
        approval::SeatProgress::LABELS,
        approval::StepProgress::LABELS,
        finance::cash_advance::reconcile::EntryDifferenceKind::LABELS,
        finance::cash_advance::reconcile::EntryKind::LABELS,
        finance::expense_claim::hand_over::DifferenceKind::LABELS,
        finance::expense_statement::StatementAction::LABELS,
    ]
    .into_iter()
}
