//! A unit of reading: a connection, who reads, and the time.

use super::{
    Connection, Credential, Failure, House, Principal,
    access::{self},
    database::Shared,
};
use chrono_tz::Tz;
use domain::spine::{Actor, BusinessDate, Id, Permission, Reach, Timestamp};

/// What every finder and view takes: it reaches the database only as far as its actor may see.
pub struct Reader<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) shared: &'c Shared,
    pub(super) principal: Principal,
    pub(super) permission: Option<Permission>,
    /// A second permission that bounds what is seen.
    pub(super) bound: Option<Permission>,
    pub(super) now: Timestamp,
    /// The master revision at which this unit of work began.
    pub(super) revision: i64,
}

impl Reader<'_> {
    pub fn connection(&mut self) -> &mut Connection {
        self.connection
    }
    /// What is built on this spine.
    pub fn house(&self) -> &'static House {
        self.shared.house
    }
    /// Who reads.
    pub fn actor(&self) -> &Actor {
        &self.principal.actor
    }
    /// How this unit's actor was authenticated.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }
    /// How far the permission of the route reaches for this actor; nothing where the route has none.
    pub fn reach(&self) -> Reach {
        let reach = self.permission.map_or_else(Reach::default, |permission| self.actor().reach(permission));
        match self.bound {
            None => reach,
            Some(bound) => reach.meet(&self.actor().reach(bound)),
        }
    }
    /// Demands that the permission of the route reaches everything: for what is kept of all things alike, and knows no
    /// department by which less of it could be shown.
    pub fn over_everything(&self) -> Result<(), Failure> {
        match self.permission {
            Some(permission) if !self.reach().all => Err(Failure::Denied(permission)),
            _ => Ok(()),
        }
    }
    /// Demands a second permission: from here on only what lies within the reach of both is seen.
    pub fn bound_by(&mut self, permission: Permission) -> Result<(), Failure> {
        if !self.actor().may(permission) {
            return Err(Failure::Denied(permission));
        }
        self.bound = Some(permission);
        Ok(())
    }
    /// Looks with another permission of the same actor: at a document of another context, say. Sees no more than
    /// what is the actor's own where they do not hold it.
    pub fn seeing_by<T>(&mut self, permission: Permission, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.permission.replace(permission), self.bound.take());
        let seen = look(self);
        (self.permission, self.bound) = before;
        seen
    }
    /// Whether a look with another permission of the same actor sees something, be it but their own.
    pub fn is_seen_by<T>(
        &mut self,
        permission: Permission,
        look: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<bool, Failure> {
        Ok(self.seen_by(permission, look)?.is_some())
    }
    /// What a look with another permission of the same actor sees; nothing where it is not found.
    pub fn seen_by<T>(
        &mut self,
        permission: Permission,
        look: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        match self.seeing_by(permission, look) {
            Ok(seen) => Ok(Some(seen)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
    /// What a look finds for somebody else, by what they may see; nothing where they cannot come in. For rules about what
    /// others may read, never for an answer.
    ///
    /// # Errors
    /// What the look fails with.
    pub fn in_place_of<T>(
        &mut self,
        credential: Credential,
        look: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let Some(other) = access::resolve(self, credential)? else { return Ok(None) };
        let own = std::mem::replace(&mut self.principal, other);
        let seen = look(self);
        self.principal = own;
        seen.map(Some)
    }
    /// The instant of this unit of work.
    pub fn now(&self) -> Timestamp {
        self.now
    }
    /// What seals the keys of what is sealed at rest, where whoever runs the server gave it.
    pub fn secret(&self) -> Option<&str> {
        self.shared.secret.as_deref()
    }
    /// The company's time zone.
    pub fn zone(&self) -> Tz {
        self.shared.zone
    }
    /// The business day of this unit of work.
    pub fn today(&self) -> BusinessDate {
        self.now.date_in(self.shared.zone)
    }
    /// The master revision at which this unit of work began: it moves with every change of people, policies and the like.
    pub fn master_revision(&self) -> i64 {
        self.revision
    }
    /// A fresh id.
    pub fn id<T>(&self) -> Id<T> {
        Id::from_uuid(self.shared.ids.fresh())
    }
    /// The source of ids, for rules that need several.
    pub fn ids(&self) -> &dyn domain::spine::IdSource {
        self.shared.ids.as_ref()
    }
}
