//! The line to one listener: what waits for them is bounded, and whoever does not take it is cut off.

use bytes::Bytes;
use persistence::spine::Tiding;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// So many bytes may wait for a listener who does not take them.
const BEHIND_MAX: usize = 64 << 10;
/// After so many milliseconds whoever lost their stream comes again.
const RETRY_MILLIS: u32 = 3_000;
/// The same where the server itself ends.
const RETRY_AT_END_MILLIS: u32 = 1_000;

/// A piece of a stream.
pub(super) struct Piece {
    /// The place of the feed that whoever has read it has come to.
    pub sequence: i64,
    /// Whether it tells of something there; else it only says how far the feed was read.
    pub tells: bool,
    pub bytes: Bytes,
}

/// Where what is told goes in.
#[derive(Clone)]
pub(super) struct Line {
    into: UnboundedSender<Piece>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    waiting: AtomicUsize,
    is_over: AtomicBool,
}

/// Where it comes out.
pub(super) struct Hearing {
    from: UnboundedReceiver<Piece>,
    state: Arc<State>,
}

/// A line and its other end.
pub(super) fn line() -> (Line, Hearing) {
    let (into, from) = unbounded_channel();
    let state = Arc::<State>::default();
    (Line { into, state: state.clone() }, Hearing { from, state })
}

impl Line {
    /// Says a piece; whether its listener keeps up.
    pub fn say(&self, piece: Piece) -> bool {
        let length = piece.bytes.len();
        let waiting = self.state.waiting.fetch_add(length, Ordering::Relaxed) + length;
        waiting <= BEHIND_MAX && self.into.send(piece).is_ok()
    }

    /// Ends it at once: what waits is not told any more, as whoever lost access is told nothing.
    pub fn end(&self) {
        self.state.is_over.store(true, Ordering::Relaxed);
        // Wakes the other end, which looks then.
        let _gone = self.into.send(Piece { sequence: 0, tells: false, bytes: Bytes::new() });
    }

    /// Ends it behind what waits, and says when to come again.
    pub fn farewell(self) {
        let bytes = format!("retry: {RETRY_AT_END_MILLIS}\n\n").into();
        let _gone = self.into.send(Piece { sequence: i64::MAX, tells: false, bytes });
    }
}

impl Hearing {
    /// The next piece; nothing where it is over.
    pub async fn next(&mut self) -> Option<Piece> {
        let piece = self.from.recv().await.filter(|_| !self.state.is_over.load(Ordering::Relaxed))?;
        self.state.waiting.fetch_sub(piece.bytes.len(), Ordering::Relaxed);
        Some(piece)
    }
}

/// What a stream begins with: how long to wait before coming again, and from where on.
pub(super) fn greeting(sequence: i64) -> String {
    format!("retry: {RETRY_MILLIS}\nid: {sequence}\n\n")
}

/// What is said to whoever missed more than can be told: read the lists anew.
pub(super) fn resync(sequence: i64) -> String {
    format!("retry: {RETRY_MILLIS}\nid: {sequence}\nevent: resync\ndata: {{}}\n\n")
}

/// One message, as it is sent.
///
/// # Errors
/// What cannot be written.
pub(super) fn message(tiding: &Tiding) -> Result<String, serde_json::Error> {
    let data = serde_json::to_string(tiding)?;
    Ok(format!("id: {}\nevent: {}\ndata: {data}\n\n", tiding.sequence, tiding.kind))
}

/// That the stream is alive, and how far the feed was read meanwhile.
pub(super) fn heartbeat(sequence: i64) -> Piece {
    Piece { sequence, tells: false, bytes: format!(": alive\nid: {sequence}\n\n").into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn piece(sequence: i64, length: usize) -> Piece {
        Piece { sequence, tells: true, bytes: vec![b'x'; length].into() }
    }

    #[test]
    fn whoever_is_64_kilobytes_behind_does_not_keep_up() {
        let (line, mut hearing) = line();
        for sequence in 1..=64 {
            assert!(line.say(piece(sequence, 1 << 10)), "{sequence} KB wait");
        }
        assert!(!line.say(piece(65, 1)));
        // Whoever takes what waits has room again.
        let (line, mut other) = super::line();
        for sequence in 1..=1_000 {
            assert!(line.say(piece(sequence, 1 << 10)));
            let heard = other.next().now_or_never().flatten().map(|piece| piece.sequence);
            assert_eq!(heard, Some(sequence));
        }
        assert!(hearing.next().now_or_never().flatten().is_some());
    }

    #[test]
    fn what_is_ended_tells_nothing_that_waits_and_a_farewell_all() {
        let (line, mut hearing) = super::line();
        assert!(line.say(piece(1, 10)));
        line.end();
        assert!(hearing.next().now_or_never().flatten().is_none());
        let (line, mut hearing) = super::line();
        assert!(line.say(piece(1, 10)));
        line.farewell();
        let mut next = || hearing.next().now_or_never().flatten().map(|piece| piece.bytes.len());
        assert_eq!(next(), Some(10));
        assert!(next().is_some_and(|length| length > 0), "when to come again");
        assert_eq!(next(), None);
    }
}
