//! Receiving a file: its bytes go to the store as they arrive, hashed and measured on the way. Memory
//! stays flat, and a file that is too large is cut off, not read.

use super::{
    judge::{JUDGED_BYTES, judge},
    store::{FileStore, Store},
};
use crate::spine::{ARRIVAL_MAX, Answer, Arriving, Created, Problem, Upload, codes};
use domain::file::Arrival;
use object_store::WriteMultipart;
use persistence::{file::FileView, spine::Failure};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How many parts may be on their way to the store while the next one arrives.
const PARTS_UNDERWAY: usize = 2;

/// A file that arrived. Its bytes are in the store, unless this is a rehearsal.
pub(super) struct Received {
    pub arrival: Arrival,
    store: Option<FileStore>,
}

impl Store {
    /// Reads a file to its end and stores its bytes durably, before any row speaks of them.
    pub(super) async fn receive(
        &self,
        upload: Upload,
        size_max: i64,
        rehearsal: bool,
    ) -> Result<Received, Problem> {
        let _place = self.place()?;
        let (id, store) = (self.ids.fresh(), (!rehearsal).then(|| FileStore::clone(self)));
        let receiving = receive(upload, id, size_max, store.as_ref());
        let received = tokio::time::timeout(ARRIVAL_MAX, receiving).await;
        match received.unwrap_or_else(|_| Err(Problem::new(codes::TIMEOUT))) {
            Ok(arrival) => Ok(Received { arrival, store }),
            Err(problem) => {
                if let Some(store) = store {
                    store.discard(id).await;
                }
                Err(problem)
            }
        }
    }
}

impl Received {
    /// Removes the bytes again where the unit of work certainly left no row for them: it was refused, or
    /// an earlier request with the same key had been answered. After a fault they stay for the sweep,
    /// which looks whether there is a row.
    pub(super) async fn settle(self, written: Created<FileView>) -> Created<FileView> {
        let unused = match &written {
            Ok(answer) => Answer::is_replay(answer),
            Err(problem) => problem.status() < 500,
        };
        if let (true, Some(store)) = (unused, self.store) {
            store.discard(self.arrival.id.uuid()).await;
        }
        written
    }
}

async fn receive(
    upload: Upload,
    id: Uuid,
    size_max: i64,
    store: Option<&FileStore>,
) -> Result<Arrival, Problem> {
    let mut arriving = upload.begin().await?;
    let name = arriving.name.clone();
    let mut intake = Intake { hash: Sha256::new(), size: 0, start: Vec::new(), sink: None };
    if let Some(store) = store {
        intake.sink = Some(store.begin(id).await.map_err(fault)?);
    }
    intake.take(&mut arriving, size_max).await?;
    let Intake { hash, size, start, sink } = intake;
    let sha256: [u8; 32] = hash.finalize().into();
    arriving.end(fingerprint(&name, sha256)).await?;
    if let (Some(store), Some(sink)) = (store, sink) {
        sink.finish().await.map_err(fault)?;
        store.publish(id).await.map_err(fault)?;
    }
    Ok(Arrival { id: id.into(), name, size, file_type: judge(&start), sha256: hex::encode(sha256) })
}

/// What was read so far.
struct Intake {
    hash: Sha256,
    size: i64,
    /// The first bytes, by which a file is judged.
    start: Vec<u8>,
    sink: Option<WriteMultipart>,
}

impl Intake {
    async fn take(&mut self, arriving: &mut Arriving, size_max: i64) -> Result<(), Problem> {
        while let Some(piece) = arriving.piece().await? {
            self.size += i64::try_from(piece.len()).unwrap_or(i64::MAX);
            if self.size > size_max {
                return Err(Problem::new(codes::TOO_LARGE).with("limit", size_max));
            }
            self.hash.update(&piece);
            let wanted = JUDGED_BYTES.saturating_sub(self.start.len()).min(piece.len());
            self.start.extend_from_slice(&piece[..wanted]);
            if let Some(sink) = &mut self.sink {
                sink.wait_for_capacity(PARTS_UNDERWAY).await.map_err(fault)?;
                sink.put(piece);
            }
        }
        Ok(())
    }
}

/// What identifies a file to an idempotency key: its name and its bytes.
fn fingerprint(name: &str, sha256: [u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(name).chain_update([0]).chain_update(sha256).finalize().into()
}

fn fault(error: object_store::Error) -> Problem {
    if is_full(&error) {
        log::error!("the store of files has no room left: {error}");
        return Problem::new(codes::OVERLOADED);
    }
    Failure::fault(format_args!("the store of files: {error}")).into()
}

/// Whether the store has no room left: whoever uploads is told to come back, as with the database.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let full = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(full, Some(StorageFull | QuotaExceeded)) || error.source().is_some_and(is_full)
}
