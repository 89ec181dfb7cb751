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
pub enum Swept {
    /// Only those of uploads that broke off: they never belong to a file. What a server does by itself, so
    /// that one that is started on the wrong database does no harm.
    BrokenOff,
    /// Also those that arrived whole and have no row in this database, because of a crash before the commit.
    WithoutRow,
}

/// Removes what uploads left behind that came to nothing; returns how many there were.
pub async fn sweep(database: &Database, store: &FileStore, swept: Swept) -> Result<usize, Failure> {
    let limit = database.now().plus(-Duration::hours(LEFT_OVER_HOURS));
    let mut batches =
        store.written_before(limit, swept == Swept::BrokenOff).try_chunks(IDS_AT_ONCE).boxed_local();
    let mut removed = 0;
    while let Some(batch) = batches.next().await {
        let ids = batch.map_err(|error| fault(error.1))?;
        if swept == Swept::BrokenOff {
            for id in &ids {
                store.discard_broken_off(*id).await;
            }
            removed += ids.len();
            continue;
        }
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
pub async fn verify(database: &Database, store: &FileStore) -> Result<(usize, Vec<Uuid>), Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::file::{Arrival, File, FileType};
    use object_store::memory::InMemory;
    use persistence::spine::{Options, StoredAnswer, TestClock};
    use std::sync::Arc;

    /// A database whose clock runs this many hours ahead of the store's.
    async fn database(directory: &tempfile::TempDir, hours_ahead: i64) -> Database {
        let mut options =
            Options::at(&format!("sqlite:{}", directory.path().join("test.db").display()), &house::HOUSE);
        let now = options.clock.now();
        options.clock = Arc::new(TestClock::at(now.plus(Duration::hours(hours_ahead))));
        let database = Database::open(options).expect("a database");
        database.migrate().expect("the migrations");
        crate::first_start(&database).await.expect("what ships with the product");
        database
    }

    async fn keep(store: &FileStore, id: Uuid, bytes: &'static [u8], whole: bool) {
        let mut sink = store.begin(id).await.expect("a place");
        sink.put(bytes.into());
        sink.finish().await.expect("written");
        if whole {
            store.publish(id).await.expect("published");
        }
    }

    async fn row(database: &Database, id: Uuid, bytes: &'static [u8]) {
        let written = database.write(Request::system("test"), move |tx| {
            let sha256 = hex::encode(Sha256::digest(bytes));
            let file_type = Some(FileType::Pdf);
            let arrival = Arrival { id: id.into(), name: String::new(), size: 1, file_type, sha256 };
            let rules = file::rules(tx)?;
            file::apply(tx, File::accept(arrival, &rules, tx.actor().user, tx.now())?)?;
            Ok(StoredAnswer::default())
        });
        written.await.expect("a row");
    }

    #[tokio::test]
    async fn only_what_came_to_nothing_a_day_ago_is_swept() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::over(Arc::new(InMemory::new()));
        let [file, orphan, broken] = [1, 2, 3].map(Uuid::from_u128);
        let early = database(&directory, 23).await;
        keep(&store, file, b"a", true).await;
        row(&early, file, b"a").await;
        keep(&store, orphan, b"b", true).await;
        keep(&store, broken, b"c", false).await;
        assert_eq!(sweep(&early, &store, Swept::WithoutRow).await.expect("swept"), 0);
        let late = database(&directory, 25).await;
        assert_eq!(sweep(&late, &store, Swept::BrokenOff).await.expect("swept"), 1);
        assert!(store.read(orphan).await.is_ok(), "a server by itself leaves what arrived whole");
        assert_eq!(sweep(&late, &store, Swept::WithoutRow).await.expect("swept"), 1);
        assert!(store.read(orphan).await.is_err() && store.read(file).await.is_ok());
        assert_eq!(sweep(&late, &store, Swept::WithoutRow).await.expect("swept"), 0);
    }

    #[tokio::test]
    async fn bytes_that_changed_or_went_are_found() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::over(Arc::new(InMemory::new()));
        let database = database(&directory, 0).await;
        let [good, changed, lost] = [1, 2, 3].map(Uuid::from_u128);
        for id in [good, changed, lost] {
            row(&database, id, b"as uploaded").await;
        }
        keep(&store, good, b"as uploaded", true).await;
        keep(&store, changed, b"As uploaded", true).await;
        assert_eq!(verify(&database, &store).await.expect("a verdict"), (3, vec![changed, lost]));
    }

    #[tokio::test]
    async fn bytes_are_never_overwritten() {
        let store = FileStore::over(Arc::new(InMemory::new()));
        let id = Uuid::from_u128(1);
        keep(&store, id, b"first", true).await;
        keep(&store, id, b"second", false).await;
        let error = store.publish(id).await.expect_err("refused");
        assert!(matches!(error, object_store::Error::AlreadyExists { .. }), "{error}");
        let bytes: Vec<_> = store.read(id).await.expect("bytes").try_collect().await.expect("bytes");
        assert_eq!(bytes.concat(), b"first");
    }
}
