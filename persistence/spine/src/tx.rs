//! The unit of work: one transaction with the idempotency key, the work, audit, events and the stored
//! answer. All of it happens, or none. `[INT-1, INT-2, AUD-1]`

use super::{
    Connection, Failure, House, IdempotencyKey, Instant, Principal, Reader,
    access::{self, Marks},
    apply::Record,
    database::Shared,
    idempotency::{self, Kept, Outset},
    ledger::Deeds,
    master::{self, Master},
};
use domain::spine::Permission;
use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
};
use uuid::Uuid;

/// What a request brings along.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What the route demands.
    pub permission: Option<Permission>,
    /// The request id, for audit and log.
    pub request_id: String,
    /// From where: the peer's address.
    pub origin: Option<String>,
    /// The idempotency key, if one was sent.
    pub idempotency: Option<IdempotencyKey>,
    /// Whether to do everything and keep nothing (`validate_only`).
    pub rehearsal: bool,
}

impl Request {
    /// A request of the product itself: start-up, time limits, the command line.
    pub fn system(purpose: &str) -> Self {
        Self {
            principal: Principal::system(),
            permission: None,
            request_id: purpose.to_owned(),
            origin: None,
            idempotency: None,
            rehearsal: false,
        }
    }

    /// The key under which the answer is kept; none for a rehearsal, of which nothing is.
    pub(super) fn key(&self) -> Option<&IdempotencyKey> {
        self.idempotency.as_ref().filter(|_| !self.rehearsal)
    }
}

/// An answer as it is kept with an idempotency key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoredAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// The end of a unit of work.
#[derive(Debug)]
pub struct Answered {
    /// What to send.
    pub answer: StoredAnswer,
    /// Whether an earlier request had been answered so already.
    pub replayed: bool,
}

/// A unit of work in progress. Reads like a [`Reader`]; writes only by applying changes.
pub struct Tx<'c> {
    reader: Reader<'c>,
    pub(super) records: Vec<Record>,
    access_moved: bool,
    /// The kinds of master data that this unit of work changed.
    master_moved: BTreeSet<Master>,
    request: &'c Request,
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;
    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}
impl<'c> DerefMut for Tx<'c> {
    fn deref_mut(&mut self) -> &mut Reader<'c> {
        &mut self.reader
    }
}

impl<'c> Tx<'c> {
    fn new(reader: Reader<'c>, request: &'c Request) -> Self {
        Self { reader, records: Vec::new(), access_moved: false, master_moved: BTreeSet::new(), request }
    }
}

impl Tx<'_> {
    /// The request id.
    pub fn request_id(&self) -> &str {
        &self.request.request_id
    }
    /// From where the request came.
    pub fn origin(&self) -> Option<&str> {
        self.request.origin.as_deref()
    }
    /// Whether nothing of this will be kept.
    pub fn is_rehearsal(&self) -> bool {
        self.request.rehearsal
    }
    /// Says that this unit of work changes who may do what: every cached principal is resolved anew.
    pub fn access_changed(&mut self) {
        self.access_moved = true;
    }

    /// Says that this unit of work changes master data: what was kept of it in memory no longer counts.
    pub(super) fn master_changes(&mut self, kind: Master) {
        self.master_moved.insert(kind);
        self.connection().master_moved = true;
    }

    /// Does a part of the work and undoes it, whatever came of it: what would become of something, told without doing it.
    ///
    /// # Errors
    /// What the part fails with.
    pub fn rehearse<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let (access, master) = (self.access_moved, self.master_moved.clone());
        let master_of_connection = self.connection().master_moved;
        let mut found = None;
        let undone = self.attempt(|tx| -> Result<(), Failure> {
            found = Some(part(tx)?);
            Err(Failure::NotFound)
        })?;
        (self.access_moved, self.master_moved) = (access, master);
        self.connection().master_moved = master_of_connection;
        match (found, undone) {
            (Some(found), _) => Ok(found),
            (None, Err(failure)) => Err(failure),
            (None, Ok(())) => Err(Failure::fault("what was rehearsed was kept")),
        }
    }

    /// Does a part of the work that may fail alone, as one item of a batch: what the rules or the caller's
    /// sight refuse undoes that part and leaves the rest standing.
    ///
    /// # Errors
    /// What concerns the whole unit of work: rows that moved, our own faults.
    pub fn attempt<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Result<T, Failure>, Failure> {
        let (kept, numbers) = (self.records.len(), self.connection().numbers.mark());
        let gates = self.connection().gates.mark();
        self.connection().execute("SAVEPOINT part")?;
        let outcome = part(self);
        match &outcome {
            Ok(_) => {}
            Err(Failure::Refused(_) | Failure::NotFound | Failure::Stale { .. }) => {
                self.connection().execute("ROLLBACK TO SAVEPOINT part")?;
                self.connection().numbers.give_back(numbers);
                self.connection().gates.give_back(gates);
                self.records.truncate(kept);
            }
            Err(_) => return outcome.map(Ok),
        }
        self.connection().execute("RELEASE SAVEPOINT part")?;
        Ok(outcome)
    }
}

/// What a unit of work does. It may be done again from its beginning when rows moved under it.
pub(super) type Work<'a> = &'a (dyn Fn(&mut Tx<'_>) -> Result<StoredAnswer, Failure> + Send);

/// How a unit of work came out, before the commit.
pub(super) struct Performed {
    pub answered: Answered,
    /// Whether anything is to be committed.
    pub keep: bool,
    /// The marks, if this unit raised them.
    pub raised: Option<Marks>,
    /// What is still to be written to audit trail and feed, if anything is kept.
    pub deeds: Option<Deeds>,
    /// When it was done.
    pub at: Instant,
}

impl Performed {
    fn replayed(answer: StoredAnswer, at: Instant) -> Self {
        let answered = Answered { answer, replayed: true };
        Self { answered, keep: false, raised: None, deeds: None, at }
    }

    /// What is to be kept with the key of its request.
    pub fn kept<'a>(&'a self, request: &'a Request) -> Option<Kept<'a>> {
        let key = request.key().filter(|_| self.keep)?;
        Some(Kept::of(request.principal.actor.user, key, &self.answered.answer, self.at))
    }
}

/// Opens a reading: resolves the principal anew if the epoch moved, and checks the route's permission.
pub(super) fn open<'c>(
    connection: &'c mut Connection,
    shared: &'c Shared,
    request: &Request,
) -> Result<Reader<'c>, Failure> {
    let marks = match connection.marks {
        Some(marks) => marks,
        None => access::marks(connection)?,
    };
    connection.marks = Some(marks);
    opened(connection, shared, request, marks)
}

fn opened<'c>(
    connection: &'c mut Connection,
    shared: &'c Shared,
    request: &Request,
    Marks { epoch, revision }: Marks,
) -> Result<Reader<'c>, Failure> {
    let now = shared.clock.now();
    let principal = request.principal.clone();
    let permission = request.permission;
    let mut reader = Reader { connection, shared, principal, permission, bound: None, now, revision };
    let expired = reader.principal.valid_until.is_some_and(|until| until <= now);
    if reader.principal.epoch != epoch || expired {
        let credential = reader.principal.credential;
        reader.principal = access::resolve(&mut reader, credential)?.ok_or(Failure::Unauthenticated)?;
    }
    match permission {
        Some(permission) if !reader.actor().may(permission) => Err(Failure::Denied(permission)),
        _ => Ok(reader),
    }
}

/// Does the work inside the open transaction of `connection`; the caller seals its deeds and commits, or
/// rolls back.
pub(super) fn perform(
    connection: &mut Connection,
    shared: &Shared,
    request: &Request,
    work: Work<'_>,
    outset: &mut Outset,
) -> Result<Performed, Failure> {
    let (mut tx, known) = begin(connection, shared, request, outset)?;
    let at = tx.now().into();
    if let Some(answer) = known {
        return Ok(Performed::replayed(answer, at));
    }
    let answer = work(&mut tx)?;
    follow(&mut tx)?;
    let raised = raise(&mut tx)?;
    let (deeds, keep) = (Deeds::of(&mut tx), !request.rehearsal);
    Ok(Performed { answered: Answered { answer, replayed: false }, keep, raised, deeds, at })
}

/// What a wing does in the same transaction whenever something happened: it is told of each event that it wants once the
/// work is done, of those too that following brings about. What it refuses undoes the work.
pub struct Follows {
    /// Whether it is to be told of events of a kind: asked of every event, so it must know without asking the database.
    pub wants: fn(&'static House, &'static str) -> bool,
    /// What it does.
    pub then: fn(&mut Tx<'_>, &Told) -> Result<(), Failure>,
}

/// An event, as it is told to those who follow.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its kind.
    pub kind: &'static str,
    /// What it happened to.
    pub entity: Uuid,
    /// What it tells.
    pub facts: serde_json::Value,
}

/// Tells those who follow of everything that happened. What came of a chain of such deeds without end is a fault of ours.
fn follow(tx: &mut Tx<'_>) -> Result<(), Failure> {
    const LINKS_MAX: usize = 10_000;
    let (house, most) = (tx.house(), tx.records.len() + LINKS_MAX);
    let mut at = 0;
    while let Some(record) = tx.records.get(at) {
        let mut wanted = Vec::new();
        for happened in &record.happened {
            let kind = happened.kind.name;
            for follows in house.all::<Follows>().filter(|follows| (follows.wants)(house, kind)) {
                wanted.push((follows, Told { kind, entity: record.entity, facts: happened.facts.clone() }));
            }
        }
        wanted.iter().try_for_each(|(follows, told)| (follows.then)(tx, told))?;
        at += 1;
        if at > most {
            return Err(Failure::fault("what follows on what happened has no end"));
        }
    }
    Ok(())
}

/// Raises the marks, if this unit changed what they stand for. Where others have changed master data since it
/// began, what it decided on may no longer hold: rules over several rows (one administrator remains, no loop of
/// stand-ins, no two absences at once) are guarded by no version of their own, so it is done again.
fn raise(tx: &mut Tx<'_>) -> Result<Option<Marks>, Failure> {
    let (access, kinds, began) = (tx.access_moved, std::mem::take(&mut tx.master_moved), tx.revision);
    let master = !kinds.is_empty();
    if !access && !master {
        return Ok(None);
    }
    let marks = access::raise(tx.connection(), access, master)?;
    kinds.into_iter().try_for_each(|kind| master::raise(tx.connection(), kind))?;
    if master && marks.revision != began + 1 {
        return Err(Failure::Moved);
    }
    Ok(Some(marks))
}

/// Begins a unit of work, and finds the answer its key has led to already.
fn begin<'c>(
    connection: &'c mut Connection,
    shared: &'c Shared,
    request: &'c Request,
    outset: &mut Outset,
) -> Result<(Tx<'c>, Option<StoredAnswer>), Failure> {
    let known = outset.take(request);
    let mut tx = Tx::new(opened(connection, shared, request, outset.marks)?, request);
    let (Some(key), Some(known)) = (request.key(), known) else { return Ok((tx, None)) };
    let answer = idempotency::replay(&mut tx, key, known)?;
    Ok((tx, answer))
}

/// The answer the key of a request has led to meanwhile, for one that did not come to its end: its twin may
/// have been committed while it waited.
pub(super) fn twin(
    connection: &mut Connection,
    shared: &Shared,
    request: &Request,
) -> Result<Option<Performed>, Failure> {
    let mut now = Outset::of(connection, [request])?;
    let (tx, answer) = begin(connection, shared, request, &mut now)?;
    Ok(answer.map(|answer| Performed::replayed(answer, tx.now().into())))
}
