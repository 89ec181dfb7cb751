//! What all requests of a server share.

use super::{
    Doorkeeper, Problem, Routes, ServerSettings, body::SLOW_BODIES_AT_ONCE, codes, limit::Limiter,
    notice::Told, registry::RouteTable, stream::Streams,
};
use domain::spine::Timestamp;
use moka::sync::Cache;
use persistence::spine::{Credential, Database, Failure, Part, Principal};
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Semaphore;

/// What all requests of a server share.
pub struct AppState {
    /// The one door.
    pub database: Database,
    /// How the server runs.
    pub settings: ServerSettings,
    /// Who knows whom a token stands for.
    pub(super) doorkeeper: Arc<dyn Doorkeeper>,
    parts: Parts,
    pub(super) routes: RouteTable,
    pub(super) limiter: Limiter,
    principals: Cache<Credential, Principal>,
    draining: AtomicBool,
    metrics_addresses: OnceLock<Vec<SocketAddr>>,
    /// What the trail was told of late although nothing changed.
    pub told: Told,
    /// Who listens to what happens.
    pub streams: Arc<Streams>,
    /// Whose turn it is to have a long body read.
    pub(super) slow_bodies: Semaphore,
    /// The places of this server for long operations.
    pub long_work: Arc<Semaphore>,
    registered: Vec<Part>,
}

/// What the wings keep for all requests of a server, one of each type.
#[derive(Default)]
pub struct Parts(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Parts {
    /// With one more.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, part: Arc<T>) -> Self {
        self.0.insert(TypeId::of::<T>(), part);
        self
    }
}

/// How many resolved principals are remembered.
const PRINCIPALS_MAX: u64 = 10_000;

impl AppState {
    /// The state of a server over these routes.
    pub fn new(
        database: Database,
        settings: ServerSettings,
        doorkeeper: Arc<dyn Doorkeeper>,
        parts: Parts,
        routes: &Routes,
    ) -> Self {
        let limiter = Limiter::new(settings.requests_per_minute);
        let (principals, draining) = (Cache::new(PRINCIPALS_MAX), AtomicBool::new(false));
        let slow_bodies = Semaphore::new(SLOW_BODIES_AT_ONCE);
        let long_work = Arc::new(Semaphore::new(settings.operation_workers));
        let registered = routes.parts.clone();
        let (routes, told) = (routes.table(), Told::default());
        let metrics_addresses = OnceLock::new();
        Self {
            database,
            settings,
            doorkeeper,
            parts,
            routes,
            limiter,
            principals,
            draining,
            metrics_addresses,
            told,
            streams: Arc::default(),
            slow_bodies,
            long_work,
            registered,
        }
    }

    /// What a wing keeps for all requests: its store of files, say.
    ///
    /// # Errors
    /// A server that was started without it, which is our own fault.
    pub fn part<T: Any + Send + Sync>(&self) -> Result<&T, Failure> {
        let part = self.parts.0.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref());
        part.ok_or_else(|| Failure::fault(format_args!("no {} was given", std::any::type_name::<T>())))
    }

    /// Everything of a type that the nouns registered beside their routes.
    pub fn all<T: Any>(&self) -> impl Iterator<Item = &'static T> + use<'_, T> {
        self.registered.iter().filter_map(|part| part.downcast_ref())
    }

    /// Whether whoever signs in now can be given a token.
    pub async fn may_sign(&self) -> bool {
        self.doorkeeper.may_sign(&self.database).await
    }

    /// Says at which addresses of their own metrics are told, if at any: a name may stand for several.
    pub fn metrics_are_at(&self, addresses: Vec<SocketAddr>) {
        let _once = self.metrics_addresses.set(addresses);
    }

    /// Whether this is an address of the metrics, at which nothing else is served.
    pub fn is_metrics_address(&self, address: SocketAddr) -> bool {
        self.metrics_addresses.get().is_some_and(|addresses| addresses.contains(&address))
    }

    /// Says that the server is about to end. Whoever listens is sent away at once: an open stream would be waited for.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.streams.close();
    }

    /// Whether the server is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Who a credential stands for. Remembered until access changes anywhere or the credential expires;
    /// each unit of work checks that again inside its transaction.
    pub(super) async fn principal(&self, credential: Credential) -> Result<Principal, Problem> {
        if let Some(known) = self.principals.get(&credential)
            && self.still_holds(&known, self.database.now())
        {
            return Ok(known);
        }
        let found = self.database.resolve(credential).await?;
        let principal = found.ok_or_else(|| Problem::new(codes::UNAUTHENTICATED))?;
        self.principals.insert(credential, principal.clone());
        Ok(principal)
    }

    /// Who a credential stands for under this access epoch.
    pub(super) async fn principal_under(
        &self,
        credential: Credential,
        epoch: i64,
    ) -> Result<Principal, Problem> {
        if self.principals.get(&credential).is_some_and(|known| known.epoch < epoch) {
            self.principals.invalidate(&credential);
        }
        self.principal(credential).await
    }

    /// Forgets callers who have not called for a while.
    pub fn forget_idle_callers(&self) {
        self.limiter.forget_idle();
    }

    fn still_holds(&self, principal: &Principal, now: Timestamp) -> bool {
        principal.epoch >= self.database.known_epoch()
            && principal.valid_until.is_none_or(|until| now < until)
    }
}
