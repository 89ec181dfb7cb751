//! Keeping store and rows in step: bytes without a row are removed, bytes that changed are found.

use super::store::FileStore;
use chrono::Duration;
use futures_util::{StreamExt, TryStreamExt};
use persistence::{
    file,
    spine::{Database, Failure, Request},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes without a row may be those of an upload that is still under way; after so many hours they are not.
const LEFT_OVER_HOURS: i64 = 24;
/// How many ids are looked up at once.
const IDS_AT_ONCE: usize = 500;

fn fault(error: object_store::Error) -> Failure {
    Failure::fault(format_args!("the store of files: {error}"))
}

/// Which bytes a sweep removes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Swept {
    /// Only those of uploads that broke off: they never belong to a file. What a server does by itself, so
    /// that one that is started on the wrong database does no harm.
    BrokenOff,
    /// Also those that arrived whole and have no row in this database, because of a crash before the commit.
    WithoutRow,
}

/// Removes what uploads left behind that came to nothing; returns how many there were.
pub(crate) async fn sweep(database: &Database, store: &FileStore, swept: Swept) -> Result<usize, Failure> {
    let limit = database.now().plus(-Duration::hours(LEFT_OVER_HOURS));
    let mut batches =
        store.written_before(limit, swept == Swept::BrokenOff).try_chunks(IDS_AT_ONCE).boxed_local();
    let mut removed = 0;
    while let Some(batch) = batches.next().await {
        let ids = batch.map_err(|error| fault(error.1))?;
        let read =
            database.read(Request::system("sweep-files"), move |reader| file::without_row(reader, &ids));
        for id in read.await? {
            store.discard(id).await;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Reads every file and returns the ids of those whose bytes are missing or not what was uploaded.
pub(crate) async fn verify(database: &Database, store: &FileStore) -> Result<(usize, Vec<Uuid>), Failure> {
    let (mut checked, mut damaged, mut after) = (0, Vec::new(), Uuid::nil());
    loop {
        let request = Request::system("verify-files");
        let page = database.read(request, move |reader| file::checksums_after(reader, after)).await?;
        let Some((last, _)) = page.last() else { return Ok((checked, damaged)) };
        after = *last;
        for (id, sha256) in page {
            checked += 1;
            if !digest(store, id).await.is_ok_and(|found| found == sha256) {
                damaged.push(id);
            }
        }
    }
}

async fn digest(store: &FileStore, id: Uuid) -> Result<String, object_store::Error> {
    let mut hash = Sha256::new();
    let mut bytes = store.read(id).await?;
    while let Some(piece) = bytes.try_next().await? {
        hash.update(piece);
    }
    Ok(hex::encode(hash.finalize()))
}
