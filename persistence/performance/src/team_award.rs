//! Teams in the database: what they came to, and which were honoured. `[KPI-8; 000 §10]`

/// How the teams of a period are honoured.
pub mod deed;
/// What teams came to.
pub mod result;
mod row;
/// What an award looks like, and all of them.
pub mod view;

pub use result::{TeamResultFilter, TeamResultView};
pub use row::find;
pub use view::{TEAM_AWARD, TeamAwardFilter, TeamAwardView, list, show, view};

use crate::{
    policy::Kind,
    spine::{Failure, Part, Tx},
};
use domain::{
    spine::Change,
    team_award::{TeamAward, TeamAwardPlan},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Kind::of::<TeamAwardPlan>()];

crate::spine::resource! { crate::Performance: TeamAward as TeamAwardView; find, apply, show = show }

/// Writes a change of an award.
///
/// # Errors
/// Where another server honoured the team meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<TeamAward>) -> Result<TeamAward, Failure> {
    tx.apply(change)
}
