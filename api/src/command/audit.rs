//! `audit verify`: proves that nothing in the trail was altered or removed. `audit head`: prints its head, which kept elsewhere
//! shows later whether the trail was cut behind it. `audit erase`: empties what the trail
//! says of a person or thing, where the law demands it; the chain stays, and the erasure is an entry itself.
//! There is no route for it: who may empty the trail runs the installation, and is no user of it. `[AUD-1]`

use super::{block_on, current, failed, open};
use crate::Settings;
use clap::Subcommand;
use domain::spine::AnyId;
use persistence::spine::{
    AuditHead, Database, Failure, HeadVerdict, Request, StoredAnswer, audit_head, erase_content, holds_head,
    verify_audit,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Read the whole trail and prove that nothing was altered or removed.
    Verify {
        /// A head that was kept elsewhere, as `audit head`, the log or the feed told it: the trail must hold it still.
        #[arg(long)]
        head: Vec<AuditHead>,
        /// Print the verdict as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the head of the trail, signed: keep it where nobody who may write to the database may write.
    Head {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Empty what the trail says of some things: of an employee who asks for it, their account, their absences.
    Erase {
        /// The ids of the things, separated by commas: all of them or none.
        #[arg(long, required = true, value_delimiter = ',')]
        entity: Vec<AnyId>,
        /// Why: the trail keeps it.
        #[arg(long)]
        reason: String,
        /// Print how many entries were emptied as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), String> {
    match command {
        Command::Verify { head, json } => {
            let database = current(settings)?;
            head.into_iter().try_for_each(|head| held(&database, head))?;
            verify(&database, json)
        }
        Command::Head { json } => {
            let database = current(settings)?;
            let read = database.read(Request::system("audit-head"), audit_head);
            let head = block_on(read)?.map_err(failed)?;
            println!("{}", if json { serde_json::json!(head).to_string() } else { head.to_string() });
            Ok(())
        }
        Command::Erase { entity, reason, json } => {
            let entries = block_on(erase(&open(settings)?, entity, reason))?.map_err(failed)?;
            if json {
                println!("{}", serde_json::json!({"entries": entries}));
            } else {
                println!("{entries} entries emptied");
            }
            Ok(())
        }
    }
}

/// Whether the trail holds a head of before.
fn held(database: &Database, head: AuditHead) -> Result<(), String> {
    let sequence = head.sequence;
    let read = database.read(Request::system("audit-verify"), move |reader| holds_head(reader, &head));
    match block_on(read)?.map_err(failed)? {
        HeadVerdict::Held => Ok(()),
        HeadVerdict::Lost => Err(format!(
            "the trail does not hold entry {sequence} as it was when its head was kept: it was cut or written anew"
        )),
        HeadVerdict::NotOurs => {
            Err(format!("the head at entry {sequence} was not signed by this installation"))
        }
    }
}

fn verify(database: &Database, json: bool) -> Result<(), String> {
    let verdict = block_on(database.read(Request::system("audit-verify"), verify_audit))?.map_err(failed)?;
    if json {
        println!("{}", serde_json::json!(verdict));
    } else {
        println!("{} entries read", verdict.entries);
    }
    match (verdict.broken_at, verdict.erased_untold.first()) {
        (Some(sequence), _) => Err(format!("the chain is broken at entry {sequence}")),
        (None, Some(sequence)) => {
            Err(format!("the content of entry {sequence} is gone, and no entry tells of its erasure"))
        }
        (None, None) => Ok(()),
    }
}

/// Empties the entries of all these things in one unit of work; answers how many.
async fn erase(database: &Database, entities: Vec<AnyId>, reason: String) -> Result<usize, Failure> {
    let work = move |tx: &mut persistence::spine::Tx<'_>| {
        let mut entries = 0;
        for entity in &entities {
            entries += erase_content(tx, entity.uuid(), reason.clone())?;
        }
        Ok(StoredAnswer { body: entries.to_string().into_bytes(), ..StoredAnswer::default() })
    };
    let answered = database.write(Request::system("audit-erase"), work).await?;
    let entries = String::from_utf8(answered.answer.body).map_err(Failure::fault)?;
    entries.parse().map_err(Failure::fault)
}
