//! Attachments: upload, look at, download. `[FIL-1]`

mod content;
mod judge;
mod receive;
mod store;
mod sweep;

pub use store::FileStore;
pub use sweep::{Swept, sweep, verify};

use crate::spine::{
    At, Attempts, Can, Chore, Created, Done, Every, PathId, Problem, Reading, Reply, Routes, UnitOfWork,
    Upload, each, routes,
};
use content::{Content, FileContent};
use domain::{
    file::{Arrival, File},
    spine::{Change, Id, perm},
};
use persistence::{
    file::{self, FileView},
    spine::{Database, Failure, Reader, Request, Tx},
};
use store::Store;

/// Once a day, removes the bytes of uploads that broke off.
pub const CHORE: &Chore = &Chore {
    name: "broken-off-uploads",
    every: Every::Seconds(24 * 60 * 60),
    run: |state| {
        Box::pin(async {
            let removed = sweep(&state.database, state.part()?, Swept::BrokenOff).await?;
            if removed > 0 {
                log::info!("removed the bytes of {removed} uploads that broke off");
            }
            Ok(())
        })
    },
};

/// Every hour, ends what has belonged to nothing for longer than the rules keep it.
pub const ENDS: &Chore = &Chore {
    name: "files-of-nothing",
    every: Every::Seconds(60 * 60),
    run: |state| {
        Box::pin(async {
            let ended = end_overdue(&state.database, state.part()?).await?;
            if ended > 0 {
                log::info!("removed {ended} files that belonged to nothing for too long");
            }
            Ok(())
        })
    },
};

/// Removes the files that have belonged to nothing for longer than the rules keep them, as a server does every hour;
/// returns how many. One that cannot be removed is passed over.
///
/// # Errors
/// The first thing that could not be done, when the rest has been.
pub async fn end_overdue(database: &Database, store: &FileStore) -> Result<usize, Failure> {
    let (mut ended, mut behind, mut attempts) = (0, None, Attempts::default());
    loop {
        let overdue = move |reader: &mut Reader<'_>| file::overdue(reader, behind);
        let overdue = database.read(Request::system("files-of-nothing"), overdue).await?;
        let Some(last) = overdue.last() else { return attempts.outcome().map(|()| ended) };
        behind = Some(*last);
        let ids: Vec<_> = overdue.into_iter().map(|(_, id)| id).collect();
        attempts.add(each(database, "files-of-nothing", ids.clone(), file::end).await);
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let gone =
            database.read(Request::system("files-of-nothing"), move |r| file::without_row(r, &ids)).await;
        for id in attempts.noted("files-of-nothing", gone).into_iter().flatten() {
            store.discard(id).await;
            ended += 1;
        }
    }
}

pub fn routes(into: &mut Routes) {
    routes!(into, "files", [upload_file, show_file, download_file, remove_file]);
}

fn accept(tx: &mut Tx<'_>, arrival: Arrival) -> Result<Change<File>, Failure> {
    let (rules, held) = (file::rules(tx)?, file::free_bytes(tx)?);
    File::find_room(arrival.size, held, &rules)?;
    Ok(File::accept(arrival, &rules, tx.actor().user, tx.now())?)
}

/// Upload a file as evidence. `[FIL-1]`
///
/// What it is, is judged by its content, not by its name. It belongs to nothing until a document takes it;
/// its bytes never change.
#[utoipa::path(post, path = "/api/v1/files")]
async fn upload_file(
    who: Can<perm::UploadFiles>,
    upload: Upload,
    store: Store,
    reading: Reading,
    work: UnitOfWork,
) -> Created<FileView> {
    // Whoever has no room is told before the bytes are taken.
    let room = |reader: &mut Reader<'_>| {
        let (rules, held) = (file::rules(reader)?, file::free_bytes(reader)?);
        File::find_room(1, held, &rules)?;
        Ok(rules)
    };
    let rules = reading.value(who.clone(), room).await?;
    let received = store.receive(upload, rules.content.size_max, work.is_rehearsal()).await?;
    let arrival = received.arrival.clone();
    let written = work.write(who, move |tx| {
        let change = accept(tx, arrival.clone())?;
        let kept = file::apply(tx, change)?;
        file::view(tx, kept.id)
    });
    received.settle(written.await).await
}

/// Show a file. `[FIL-1]`
///
/// For whoever uploaded it and whoever may read the document it is evidence for.
#[utoipa::path(get, path = "/api/v1/files/{id}")]
async fn show_file(who: Can<perm::ReadFiles>, id: PathId<File>, reading: Reading) -> Reply<FileView> {
    reading.read(who, move |reader| file::view(reader, *id)).await
}

/// Download a file. `[FIL-1]`
///
/// The bytes as they were uploaded. The `ETag` is their SHA-256.
#[utoipa::path(get, path = "/api/v1/files/{id}/content")]
async fn download_file(
    who: Can<perm::ReadFiles>,
    id: PathId<File>,
    store: Store,
    reading: Reading,
) -> Content {
    let about = reading.value(who, move |reader| file::view(reader, *id)).await?;
    let bytes = store.read(about.id.into()).await.map_err(|error| lost(&about, &error))?;
    Ok(FileContent { about, bytes })
}

/// Remove a file that belongs to no document. `[FIL-1]`
///
/// For whoever uploaded it. What belongs to nothing for longer than the policy `file-rules/attachments` keeps it is removed
/// without being asked for.
#[utoipa::path(delete, path = "/api/v1/files/{id}")]
async fn remove_file(who: Can<perm::UploadFiles>, at: At<File>, store: Store, work: UnitOfWork) -> Done {
    let (id, rehearsal) = (at.id(), work.is_rehearsal());
    let removed = work.write(who, move |tx| {
        let file = file::find_own(tx, at.id())?;
        at.check(file.version)?;
        let change = file.remove(tx.now())?;
        file::apply(tx, change).map(drop)
    });
    let answer = removed.await?;
    if !rehearsal {
        store.discard(Id::<File>::uuid(id)).await;
    }
    Ok(answer)
}

/// A file without its bytes is a fault, and one for the administrator to hear of.
fn lost(about: &FileView, error: &object_store::Error) -> Problem {
    Failure::fault(format_args!("the bytes of file {}: {error}", about.id)).into()
}
