//! Somebody who keeps a stream of server-sent events open.

use crate::Caller;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

/// How long a listener waits for what is to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream.
pub struct Listener {
    lines: BufReader<TcpStream>,
    /// The `id` heard last.
    pub last: i64,
    /// How often it was shown that the stream is alive.
    pub heartbeats: usize,
}

/// One message.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// Its place in the feed.
    pub id: i64,
    /// What happened.
    pub event: String,
    /// To what.
    pub data: Value,
}

impl Listener {
    /// Opens a stream; the head of the answer, in lower case.
    pub(crate) fn open(caller: &Caller, path: &str, headers: &[(String, String)]) -> (Self, String) {
        let mut stream = TcpStream::connect(caller.address()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(lines.read_line(&mut head).expect("a head") > 0, "no answer to GET {path}: {head}");
        }
        (Self { lines, last: 0, heartbeats: 0 }, head.to_ascii_lowercase())
    }

    /// The next message; none where the stream ends first.
    pub fn message(&mut self) -> Option<Message> {
        let (mut event, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            if self.lines.read_line(&mut line).expect("something in time") == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => self.last = id.parse().expect("a place"),
                Some(("event", kind)) => kind.clone_into(&mut event),
                Some(("data", data)) => {
                    let data = serde_json::from_str(data).expect("JSON");
                    return Some(Message { id: self.last, event, data });
                }
                Some(("", "alive")) => self.heartbeats += 1,
                // The last piece of a body has no length.
                None if line.trim_end() == "0" => return None,
                _ => {}
            }
        }
    }

    /// The next message, which must come.
    #[track_caller]
    pub fn hear(&mut self) -> Message {
        self.message().expect("the stream goes on")
    }

    /// Fails where the stream goes on.
    #[track_caller]
    pub fn ends(&mut self) {
        assert_eq!(self.message(), None, "the stream ends");
    }
}
