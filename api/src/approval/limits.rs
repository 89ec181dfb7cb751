//! The sweep of time limits: every server runs it, each limit takes effect once. `[APR-5]`

use persistence::{
    approval,
    spine::{Database, Failure, Request, StoredAnswer},
};

/// Reminds and escalates whatever is due by now; answers how many approvals were looked at.
pub async fn sweep(database: &Database) -> Result<usize, Failure> {
    let due = database.read(Request::system("time-limits"), approval::due).await?;
    for id in &due {
        let id = *id;
        let request = Request::system("time-limits");
        database
            .write(request, move |tx| {
                approval::reach_limits(tx, id)?;
                Ok(StoredAnswer::default())
            })
            .await?;
    }
    Ok(due.len())
}
