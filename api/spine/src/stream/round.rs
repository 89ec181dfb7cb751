//! What a server does once a second for all who listen: it looks whether they still may, and tells them what happened.

use super::{Listener, Marks, Streams, line};
use crate::spine::{AppState, codes};
use persistence::spine::{Failure, Heard, Reader, Request, hear};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// After so much silence a listener is told that the stream is alive.
const HEARTBEAT_AFTER: Duration = Duration::from_secs(15);

impl Streams {
    /// One round.
    ///
    /// # Errors
    /// A database that fails: who listens goes on listening, and the next round tells what this one did not.
    pub async fn go_round(&self, state: &AppState) -> Result<(), Failure> {
        if state.is_draining() {
            self.close();
        }
        let mut tail = self.tail.lock().await;
        let Some(mut after) = *tail else { return Ok(()) };
        if self.open().listeners.is_empty() {
            *tail = None;
            return Ok(());
        }
        loop {
            let read = move |reader: &mut Reader<'_>| {
                let marks = (reader.principal().epoch, reader.master_revision());
                Ok((marks, hear(reader, after)?))
            };
            let (marks, heard) = state.database.read(Request::system("streams"), read).await?;
            self.look(state, marks).await?;
            self.tell(&heard)?;
            after = heard.until;
            *tail = Some(after);
            if !heard.has_more {
                break;
            }
        }
        self.breathe(after);
        Ok(())
    }

    /// Ends the streams of those who may not listen any more, where anything changed by which that could be.
    async fn look(&self, state: &AppState, marks: Marks) -> Result<(), Failure> {
        for (number, listener) in self.listeners() {
            let holds = state.principal_under(listener.credential, marks.0).await;
            let principal = match holds {
                Ok(principal) => principal,
                Err(problem) if problem.status() == codes::UNAUTHENTICATED.status => {
                    self.end(number);
                    continue;
                }
                Err(_) => return Err(Failure::Unavailable),
            };
            if listener.seen_under == Some(marks) {
                continue;
            }
            let request =
                Request { principal, permission: listener.permission, ..Request::system("streams") };
            let find = listener.find.clone();
            match state.database.read(request, move |reader| find(reader)).await {
                Ok(address) if address == listener.address => {
                    if let Some(listener) = self.open().listeners.get_mut(&number) {
                        listener.seen_under = Some(marks);
                    }
                }
                Err(failure @ (Failure::Unavailable | Failure::Overloaded)) => return Err(failure),
                _ => self.end(number),
            }
        }
        Ok(())
    }

    /// Tells what was heard to those who listen there.
    fn tell(&self, heard: &Heard) -> Result<(), Failure> {
        if heard.tidings.is_empty() {
            return Ok(());
        }
        let mut by_address: HashMap<Uuid, Vec<(u64, Listener)>> = HashMap::new();
        for (number, listener) in self.listeners() {
            by_address.entry(listener.address).or_default().push((number, listener));
        }
        for tiding in &heard.tidings {
            let Some(there) = by_address.get(&tiding.to) else { continue };
            let bytes = bytes::Bytes::from(line::message(tiding)?);
            for (number, listener) in there {
                let piece = line::Piece { sequence: tiding.sequence, tells: true, bytes: bytes.clone() };
                self.said(*number, listener.line.say(piece));
            }
        }
        Ok(())
    }

    /// Shows those who have heard nothing for a while that they are still listening.
    fn breathe(&self, sequence: i64) {
        let is_quiet = |listener: &Listener| listener.said_at.elapsed() >= HEARTBEAT_AFTER;
        for (number, listener) in self.listeners().into_iter().filter(|(_, listener)| is_quiet(listener)) {
            self.said(number, listener.line.say(line::heartbeat(sequence)));
        }
    }

    /// Notes that something was said; whoever does not keep up is cut off.
    fn said(&self, number: u64, keeps_up: bool) {
        if !keeps_up {
            return self.end(number);
        }
        if let Some(listener) = self.open().listeners.get_mut(&number) {
            listener.said_at = Instant::now();
        }
    }
}
