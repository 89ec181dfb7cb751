//! Attachments: upload, look at, download. `[FIL-1]`

mod content;
mod judge;
mod receive;
mod store;
mod sweep;

pub use store::FileStore;
pub use sweep::{Swept, sweep, verify};

use crate::spine::{
    Can, Chore, Created, Every, PathId, Problem, Reading, Reply, Routes, UnitOfWork, Upload, routes,
};
use content::{Content, FileContent};
use domain::{
    file::{Arrival, File},
    spine::{Change, perm},
};
use persistence::{
    file::{self, FileView},
    spine::{Failure, Tx},
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

pub fn routes(into: &mut Routes) {
    routes!(into, "files", [upload_file, show_file, download_file]);
}

fn accept(tx: &mut Tx<'_>, arrival: Arrival) -> Result<Change<File>, Failure> {
    let rules = file::rules(tx)?;
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
    let rules = reading.value(who.clone(), file::rules).await?;
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

/// A file without its bytes is a fault, and one for the administrator to hear of.
fn lost(about: &FileView, error: &object_store::Error) -> Problem {
    Failure::fault(format_args!("the bytes of file {}: {error}", about.id)).into()
}
