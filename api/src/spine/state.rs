//! What all requests of a server share.

use super::{Problem, Routes, Settings, codes, limit::Limiter, registry::RouteTable};
use crate::file::FileStore;
use crate::identity::Identity;
use domain::spine::Timestamp;
use moka::sync::Cache;
use persistence::spine::{Credential, Database, Principal};
use std::sync::atomic::{AtomicBool, Ordering};

/// What all requests of a server share.
pub struct AppState {
    /// The one door.
    pub database: Database,
    /// How the server runs.
    pub settings: Settings,
    /// Where the bytes of attachments lie.
    pub files: FileStore,
    /// What signing in needs beside the database.
    pub identity: Identity,
    pub(super) routes: RouteTable,
    pub(super) limiter: Limiter,
    principals: Cache<Credential, Principal>,
    draining: AtomicBool,
}

/// How many resolved principals are remembered.
const PRINCIPALS_MAX: u64 = 10_000;

impl AppState {
    /// The state of a server over these routes.
    pub fn new(
        database: Database,
        settings: Settings,
        files: FileStore,
        identity: Identity,
        routes: &Routes,
    ) -> Self {
        let limiter = Limiter::new(settings.requests_per_minute);
        let (principals, draining) = (Cache::new(PRINCIPALS_MAX), AtomicBool::new(false));
        Self { database, settings, files, identity, routes: routes.table(), limiter, principals, draining }
    }

    /// Says that the server is about to end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
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

    /// Forgets callers who have not called for a while.
    pub fn forget_idle_callers(&self) {
        self.limiter.forget_idle();
    }

    fn still_holds(&self, principal: &Principal, now: Timestamp) -> bool {
        principal.epoch >= self.database.known_epoch()
            && principal.valid_until.is_none_or(|until| now < until)
    }
}
