//! Who a credential stands for, and how a change of access takes effect at once. `[ID-1]`
//!
//! Resolving a credential to an actor with its permissions costs several queries, so the edge keeps
//! resolved principals. Every write that takes access away (or changes it) raises the *access epoch* in
//! its own transaction; every unit of work compares epochs inside its transaction and resolves anew when
//! they differ. So no unit of work that is asked for after access has ended is done on its strength, on any
//! server; one that was under way in that instant counts as done before.

use super::{Connection, Failure, Reader, cached, db, load_locked};
use crate::schema::access_epoch;
use diesel::prelude::*;
use domain::spine::{Actor, Id, Session, Timestamp, User};
use std::sync::Arc;
use uuid::Uuid;

/// What a caller proved to hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Credential {
    /// An access token of a session.
    Session(Id<Session>),
    /// A token of the company's identity provider, which vouches for this account.
    Account(Id<User>),
    /// An API key, by the id of its row.
    ApiKey(Uuid),
    /// The product itself.
    System,
    /// Nobody: public routes.
    Anonymous,
}

/// What the wing of accounts registers: whom a credential stands for, and until when; nobody once it has ended. It is not
/// asked about the product itself or about nobody.
pub struct Credentials {
    /// Looks it up.
    pub actor: fn(&mut Reader<'_>, Credential) -> Result<Option<Stands>, Failure>,
}

/// Whom a credential stands for.
pub struct Stands {
    /// Who acts.
    pub actor: Actor,
    /// Until when that stays true unless the access epoch moves.
    pub until: Timestamp,
    /// Whether nothing is open to them before they have changed their password.
    pub must_change_password: bool,
}

/// A credential resolved to an actor.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// By what.
    pub credential: Credential,
    /// The access epoch at which this was true.
    pub epoch: i64,
    /// Until when this stays true unless the epoch moves.
    pub valid_until: Option<Timestamp>,
    /// Whether nothing is open to them before they have changed their password.
    pub must_change_password: bool,
}

impl Principal {
    /// The product itself.
    pub fn system() -> Self {
        Self::of(Actor::system(), Credential::System)
    }

    fn of(actor: Actor, credential: Credential) -> Self {
        Self { actor: Arc::new(actor), credential, epoch: 0, valid_until: None, must_change_password: false }
    }

    /// A caller of a public route: may do nothing, is nobody.
    pub fn anonymous() -> Self {
        let nobody = Actor { name: "anonymous".into(), reaches: Default::default(), ..Actor::system() };
        Self::of(nobody, Credential::Anonymous)
    }
}

/// What every unit of work compares inside its transaction before anything else.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Marks {
    /// The access epoch.
    pub epoch: i64,
    /// The master revision (see [`super::master`]).
    pub revision: i64,
}

/// The marks as this connection's transaction sees them.
pub(super) fn marks(connection: &mut Connection) -> Result<Marks, Failure> {
    let (epoch, revision) = db!(connection, |c| access_epoch::table
        .select((access_epoch::epoch, access_epoch::master_revision))
        .get_result(c))?;
    Ok(Marks { epoch, revision })
}

impl Reader<'_> {
    /// Whether master data still is what this unit of work began with: asked anew, after a lock that may have
    /// been waited for.
    pub fn master_is_current(&mut self) -> Result<bool, Failure> {
        Ok(marks(self.connection())?.revision == self.revision)
    }
}

/// Locks the marks until the transaction ends: nobody else changes master data meanwhile.
pub(super) fn lock(connection: &mut Connection) -> Result<(), Failure> {
    let _locked: Vec<i64> =
        load_locked!(connection, access_epoch::table.select(access_epoch::master_revision))?;
    Ok(())
}

/// Raises the marks; locks their row until the transaction ends. Returns what they are now.
pub(super) fn raise(connection: &mut Connection, access: bool, master: bool) -> Result<Marks, Failure> {
    let (epoch, revision) = (i64::from(access), i64::from(master));
    let (epoch, revision) = db!(connection, |c| cached(
        diesel::update(access_epoch::table)
            .set((
                access_epoch::epoch.eq(access_epoch::epoch + epoch),
                access_epoch::master_revision.eq(access_epoch::master_revision + revision),
            ))
            .returning((access_epoch::epoch, access_epoch::master_revision))
    )
    .get_result(c))?;
    Ok(Marks { epoch, revision })
}

/// Resolves a credential; `None` if it has ended or never was.
pub fn resolve(reader: &mut Reader, credential: Credential) -> Result<Option<Principal>, Failure> {
    let epoch = marks(reader.connection())?.epoch;
    if let Credential::System = credential {
        return Ok(Some(Principal { epoch, ..Principal::system() }));
    }
    if let Credential::Anonymous = credential {
        return Ok(Some(Principal { epoch, ..Principal::anonymous() }));
    }
    let known = reader.house().all::<Credentials>().next();
    let known = known.ok_or_else(|| Failure::fault("no wing knows whom a credential stands for"))?;
    let found = (known.actor)(reader, credential)?;
    Ok(found.map(|Stands { actor, until, must_change_password }| Principal {
        epoch,
        valid_until: Some(until),
        must_change_password,
        ..Principal::of(actor, credential)
    }))
}
