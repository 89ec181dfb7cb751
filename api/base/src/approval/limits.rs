//! The sweep of time limits: every server runs it, each limit takes effect once. `[APR-5]`

use crate::spine::{Chore, Every, each};
use persistence::{
    approval,
    spine::{Database, Failure, Request},
};

/// Reminds and escalates as time limits pass.
pub const CHORE: &Chore = &Chore {
    name: "time-limits",
    every: Every::Seconds(5),
    run: |state| Box::pin(async { sweep(&state.database).await.map(drop) }),
};

/// Reminds and escalates whatever is due by now; answers how many approvals were looked at.
///
/// # Errors
/// A database that does not answer; an approval that failed, when the others have been looked at.
pub async fn sweep(database: &Database) -> Result<usize, Failure> {
    let due = database.read(Request::system("time-limits"), approval::due).await?;
    let looked_at = due.len();
    each(database, "time-limits", due, |tx, id| approval::reach_limits(tx, id).map(drop)).await?;
    Ok(looked_at)
}
