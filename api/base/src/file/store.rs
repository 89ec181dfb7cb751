//! Where the bytes lie: behind `object_store`, so that a directory, an S3-compatible store or another
//! can hold them. Under a file's id, written once, never overwritten.

use crate::spine::{AppState, Argument, Description, Problem, codes};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use bytes::Bytes;
use domain::spine::{IdSource, Timestamp};
use futures_util::stream::{BoxStream, Stream, StreamExt};
use object_store::{
    ObjectStore, ObjectStoreExt, RenameOptions, RenameTargetMode, WriteMultipart, local::LocalFileSystem,
    path::Path,
};
use std::{
    future::{Ready, ready},
    ops::Deref,
    sync::Arc,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// How many files may be arriving at once: each holds some megabytes of memory at most.
const ARRIVING_MAX: usize = 64;

/// The store of files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    places: Arc<Semaphore>,
}

impl FileStore {
    /// A store in a directory, which is made where it is missing. What it says is written survives a
    /// power cut.
    pub fn in_directory(directory: &std::path::Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let local = LocalFileSystem::new_with_prefix(directory).map_err(std::io::Error::other)?;
        Ok(Self::over(Arc::new(local.with_fsync(true))))
    }

    /// A store over any object store.
    pub fn over(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, places: Arc::new(Semaphore::new(ARRIVING_MAX)) }
    }

    /// A place for a file that arrives; turned away where too many do.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.places.clone().try_acquire_owned().map_err(|_| Problem::new(codes::OVERLOADED))
    }

    /// Begins to write the bytes of a file where nobody looks for them yet.
    pub(super) async fn begin(&self, id: Uuid) -> object_store::Result<WriteMultipart> {
        Ok(WriteMultipart::new(self.objects.put_multipart(&arriving(id)).await?))
    }

    /// Puts bytes that arrived whole where they stay; never over others.
    pub(super) async fn publish(&self, id: Uuid) -> object_store::Result<()> {
        let never_over = RenameOptions::new().with_target_mode(RenameTargetMode::Create);
        self.objects.rename_opts(&arriving(id), &kept(id), never_over).await
    }

    /// The bytes of a file, as a stream.
    pub(super) async fn read(
        &self,
        id: Uuid,
    ) -> object_store::Result<BoxStream<'static, object_store::Result<Bytes>>> {
        Ok(self.objects.get(&kept(id)).await?.into_stream())
    }

    /// Removes bytes that never arrived whole.
    pub(super) async fn discard_broken_off(&self, id: Uuid) {
        self.delete(&[arriving(id)]).await;
    }

    /// Removes bytes that no file has.
    pub(super) async fn discard(&self, id: Uuid) {
        self.delete(&[arriving(id), kept(id)]).await;
    }

    async fn delete(&self, places: &[Path]) {
        for place in places {
            match self.objects.delete(place).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => log::warn!("bytes without a file stay until the next sweep: {error}"),
            }
        }
    }

    /// The ids of all bytes written before an instant; or only of those that never arrived whole.
    pub(super) fn written_before(
        &self,
        limit: Timestamp,
        broken_off_only: bool,
    ) -> impl Stream<Item = object_store::Result<Uuid>> + use<> {
        let place = broken_off_only.then(|| Path::from(ARRIVING));
        self.objects.list(place.as_ref()).filter_map(move |found| {
            let id = found.map(|object| {
                let id = object.location.filename().and_then(|name| Uuid::try_parse(name).ok());
                id.filter(|_| object.last_modified < limit.instant())
            });
            ready(id.transpose())
        })
    }
}

/// Where bytes lie that have not arrived whole.
const ARRIVING: &str = "arriving";

fn arriving(id: Uuid) -> Path {
    Path::from(format!("{ARRIVING}/{id}"))
}

/// The last two digits of an id are evenly spread: no directory grows too large.
fn kept(id: Uuid) -> Path {
    let text = id.to_string();
    Path::from(format!("files/{}/{text}", &text[text.len() - 2..]))
}

/// The store, as an argument of a handler.
pub(super) struct Store {
    store: FileStore,
    /// Where a file that arrives gets its id.
    pub(super) ids: Arc<dyn IdSource>,
}

impl Deref for Store {
    type Target = FileStore;
    fn deref(&self) -> &FileStore {
        &self.store
    }
}

impl FromRequest for Store {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<AppState>>();
        let store = state.and_then(|state| {
            let store = state.part::<FileStore>().ok()?.clone();
            Some(Self { store, ids: state.database.ids().clone() })
        });
        ready(store.ok_or_else(|| Problem::new(codes::INTERNAL)))
    }
}

impl Argument for Store {
    fn describe(_: &mut Description) {}
}
