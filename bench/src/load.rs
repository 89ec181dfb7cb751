//! The load: keep-alive connections on one thread, plain sockets, so that what is measured is the server.

use crate::Outcome;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep_until,
};

/// What the server answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What one connection sends, request after request.
pub trait Script {
    /// Writes the next request. Returns whether its answer completes a unit of the measured work.
    fn next(&mut self, before: Option<&Answer>, request: &mut Vec<u8>) -> bool;
}

/// What was measured.
#[derive(Default)]
pub struct Measured {
    /// Units of work completed.
    pub units: usize,
    /// In how many seconds.
    pub seconds: f64,
    /// When the last of them was completed, since the beginning.
    pub last: Duration,
    /// How long each took, in microseconds.
    pub latencies: Vec<u32>,
    /// Requests that were not answered with a success, and the first such answer.
    pub failures: usize,
    pub first_failure: Option<String>,
    /// Bytes of bodies received.
    pub bytes: usize,
    /// Milliseconds of processor time that server and database together used for a unit.
    pub processor: f64,
}

impl Measured {
    /// Units per second.
    pub fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.units).unwrap_or(u32::MAX)) / self.seconds
    }

    /// The latency in milliseconds that this share of the units stayed below.
    pub fn quantile(&self, thousandths: usize) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * thousandths / 1_000).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }

    /// Everything of another measurement of the same kind.
    pub fn absorb(&mut self, other: Self) {
        self.units += other.units;
        self.last = self.last.max(other.last);
        self.latencies.extend(other.latencies);
        self.failures += other.failures;
        self.bytes += other.bytes;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// How hard to press.
#[derive(Clone, Copy)]
pub enum Pressure {
    /// Each connection sends its next request when the last is answered.
    Full,
    /// So many units per second over all connections, whether answers come or not.
    Rate(f64),
}

/// Runs a script per connection for so long, but until each has completed one unit: so that something is measured
/// however slow the machine is.
pub fn run(
    address: SocketAddr,
    connections: u32,
    length: Duration,
    pressure: Pressure,
    script: &dyn Fn(u32) -> Box<dyn Script>,
) -> Outcome<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let started = Instant::now();
    let mut total = runtime.block_on(local.run_until(async {
        let mut running = Vec::new();
        for index in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let pace = match pressure {
                Pressure::Full => None,
                Pressure::Rate(rate) => Some(Pace {
                    first: Duration::from_secs_f64(f64::from(index) / rate),
                    step: Duration::from_secs_f64(f64::from(connections) / rate),
                }),
            };
            let connection = Connection { stream, buffer: Vec::with_capacity(1 << 16) };
            running.push(tokio::task::spawn_local(press(connection, script(index), started, length, pace)));
        }
        let mut total = Measured::default();
        for one in running {
            total.absorb(one.await??);
        }
        Outcome::Ok(total)
    }))?;
    total.seconds = total.last.max(length).as_secs_f64();
    Ok(total)
}

struct Pace {
    first: Duration,
    step: Duration,
}

async fn press(
    mut connection: Connection,
    mut script: Box<dyn Script>,
    started: Instant,
    length: Duration,
    pace: Option<Pace>,
) -> std::io::Result<Measured> {
    let mut measured = Measured::default();
    let (mut request, mut before) = (Vec::new(), None);
    let (end, mut due) = (started + length, pace.as_ref().map(|pace| started + pace.first));
    loop {
        let mut begun = Instant::now();
        if let (Some(pace), Some(at)) = (&pace, due.as_mut()) {
            if begun < *at {
                sleep_until((*at).into()).await;
                begun = Instant::now();
            } else {
                // Sent late because the last answer was late: the wait counts.
                begun = *at;
            }
            *at += pace.step;
        }
        if begun >= end && measured.units > 0 {
            return Ok(measured);
        }
        loop {
            request.clear();
            let completes = script.next(before.as_ref(), &mut request);
            let answer = connection.exchange(&request).await?;
            measured.bytes += answer.body.len();
            let failed = !(200..300).contains(&answer.status);
            if failed {
                measured.failures += 1;
                measured.first_failure.get_or_insert_with(|| {
                    format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))
                });
            }
            before = Some(answer);
            if completes || failed {
                break;
            }
        }
        if measured.units == 0 || Instant::now() <= end {
            measured.units += 1;
            measured.last = started.elapsed();
            measured.latencies.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some((status, head, length)) = head_of(&self.buffer)
                && self.buffer.len() >= head + length
            {
                return Ok(Answer { status, body: self.buffer[head..head + length].to_vec() });
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Status, length of the head and of the body of an answer whose head is complete.
fn head_of(bytes: &[u8]) -> Option<(u16, usize, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((status, end + 4, length.unwrap_or(0)))
}

/// One request, read to its end, on a connection of its own.
pub fn once(address: SocketAddr, request: Vec<u8>) -> Outcome<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(async {
        let stream = TcpStream::connect(address).await?;
        Connection { stream, buffer: Vec::new() }.exchange(&request).await
    })?)
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str, into: &mut Vec<u8>) {
    into.extend_from_slice(method.as_bytes());
    for piece in [" ", path, " HTTP/1.1\r\nHost: bench\r\n"] {
        into.extend_from_slice(piece.as_bytes());
    }
    for (name, value) in headers {
        for piece in [name, ": ", value, "\r\n"] {
            into.extend_from_slice(piece.as_bytes());
        }
    }
    if method != "GET" {
        let length = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        into.extend_from_slice(length.as_bytes());
    }
    into.extend_from_slice(b"\r\n");
    into.extend_from_slice(body.as_bytes());
}
