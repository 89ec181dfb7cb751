//! Streams: connections that stay open, on which a server tells of what happens (server-sent events). One mechanism for all:
//! a listener sits at an address (an employee, a site), nouns register what they tell of which event and to whom
//! (`persistence::spine::Tidings`), and each server reads the feed once a second for all that listen to it. So it does not
//! matter which server did what is told, nothing is told twice and nothing is left out. `[NOT-3a]`

mod answer;
mod line;
mod listening;
mod round;
mod ticket;

pub use answer::EventStream;
pub use listening::Listening;
pub(super) use ticket::{redeemed, shown};

use super::{Problem, Routes, codes};
use domain::spine::{Permission, UserId};
use line::Line;
use persistence::spine::{Credential, Failure, Reader};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use uuid::Uuid;

/// So many streams one account may have open at one server.
const STREAMS_OF_ONE_MAX: usize = 5;

/// Adds the routes that all streams share.
pub fn routes(into: &mut Routes) {
    ticket::routes(into);
}

/// Finds where a caller listens; fails where they may not, or no longer.
type Find = Arc<dyn Fn(&mut Reader<'_>) -> Result<Uuid, Failure> + Send + Sync>;

/// The marks under which somebody was found to be allowed to listen: access epoch and master revision.
type Marks = (i64, i64);

/// Somebody who listens.
#[derive(Clone)]
struct Listener {
    /// Where.
    address: Uuid,
    user: UserId,
    credential: Credential,
    permission: Option<Permission>,
    find: Find,
    line: Line,
    /// Under which marks that was looked at last.
    seen_under: Option<Marks>,
    /// When something was said last.
    said_at: Instant,
}

/// Who listens to a server.
#[derive(Default)]
pub struct Streams {
    open: Mutex<Open>,
    /// How far this server has read the feed for those who listen; nowhere while nobody does. Held while it reads, so that
    /// whoever comes meanwhile waits for the next round.
    tail: tokio::sync::Mutex<Option<i64>>,
}

#[derive(Default)]
struct Open {
    next: u64,
    listeners: BTreeMap<u64, Listener>,
    is_closed: bool,
}

/// The place of a listener, who leaves with it.
pub(super) struct Place {
    streams: Arc<Streams>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.open().listeners.remove(&self.number);
    }
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody listen, if there is a place: so many at a server, so many of one account.
    fn enter(self: &Arc<Self>, listener: Listener, at_once: usize) -> Result<Place, Problem> {
        let mut open = self.open();
        if open.is_closed {
            return Err(Problem::new(codes::DRAINING));
        }
        if open.listeners.len() >= at_once {
            return Err(Problem::new(codes::OVERLOADED));
        }
        let of_one = open.listeners.values().filter(|other| other.user == listener.user).count();
        if of_one >= STREAMS_OF_ONE_MAX {
            return Err(Problem::new(codes::TOO_MANY_STREAMS).with("limit", STREAMS_OF_ONE_MAX));
        }
        open.next += 1;
        let number = open.next;
        open.listeners.insert(number, listener);
        Ok(Place { streams: self.clone(), number })
    }

    /// Who listens now.
    fn listeners(&self) -> Vec<(u64, Listener)> {
        self.open().listeners.iter().map(|(number, listener)| (*number, listener.clone())).collect()
    }

    /// Ends what somebody hears.
    fn end(&self, number: u64) {
        if let Some(listener) = self.open().listeners.remove(&number) {
            listener.line.end();
        }
    }

    /// Ends all streams, and lets nobody listen any more: the server is about to end. Each is told to come again soon, to
    /// whichever server is there then.
    pub fn close(&self) {
        let mut open = self.open();
        open.is_closed = true;
        for listener in std::mem::take(&mut open.listeners).into_values() {
            listener.line.farewell();
        }
    }
}
