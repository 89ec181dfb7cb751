//! Webhooks: everything that happened is told again to a receiver on this machine, as fast as it takes it.

use super::{Scene, Timing};
use crate::Outcome;
use serde_json::json;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// An endpoint asks for the feed from its beginning on: how much of it arrives.
pub const DELIVERED: Timing =
    Timing { code: "webhooks", name: "tell a webhook everything again", fills: &[], run: deliver };

/// How long is listened, from the first event on.
const HEARD: Duration = Duration::from_secs(10);
/// After so long without any event everything is told.
const SILENCE: Duration = Duration::from_secs(3);
/// After so long without a first event something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

fn deliver(scene: &Scene<'_>) -> Outcome<(u64, f64)> {
    let (url, heard) = listen()?;
    let boss = scene.hands.boss();
    let body = json!({"name": "ERP", "url": url, "kinds": ["*"]});
    let made = boss.post("/api/v1/webhook-endpoints", body).expect(201);
    let place = made.header("location").ok_or("no endpoint")?;
    boss.at(made.version()).post(&format!("{place}/replay"), json!({"after": 0})).expect(200);
    let asked = Instant::now();
    while heard.load(Ordering::Relaxed) == 0 {
        if asked.elapsed() > PATIENCE {
            return Err("no event arrived".into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    let started = Instant::now();
    let (mut count, mut last) = (0, started);
    while started.elapsed() < HEARD && last.elapsed() < SILENCE {
        let now = heard.load(Ordering::Relaxed);
        if now != count {
            (count, last) = (now, Instant::now());
        }
        thread::sleep(Duration::from_millis(5));
    }
    let version = boss.get(&place).expect(200).version();
    boss.at(version).act(&format!("{place}/disable")).expect(200);
    Ok((count, (last - started).as_secs_f64()))
}

/// A receiver that takes everything: where it listens, and how much it has taken.
fn listen() -> Outcome<(String, Arc<AtomicU64>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/events", listener.local_addr()?);
    let heard = Arc::new(AtomicU64::new(0));
    let counter = heard.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counter = counter.clone();
            thread::spawn(move || while take(&stream, &counter).is_some() {});
        }
    });
    Ok((url, heard))
}

/// Takes one message of a connection and says so; none where there is no more.
fn take(stream: &TcpStream, counter: &AtomicU64) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    counter.fetch_add(1, Ordering::Relaxed);
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()
}
