//! Another system that listens on this machine: it keeps what it is sent.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What a receiver was sent.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn id(&self) -> String {
        self.headers["webhook-id"].clone()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
    pub fn sequence(&self) -> i64 {
        self.json()["data"]["sequence"].as_i64().expect("a sequence")
    }
}

/// Another system: it keeps what it is sent and answers with the next of some statuses, then with 204.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    pub fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let receiver = Self { address, got: Arc::default(), answers: Arc::default() };
        let hears = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hears = hears.clone();
                thread::spawn(move || hears.hear(stream));
            }
        });
        receiver
    }

    fn hear(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (mut line, mut headers) = (String::new(), BTreeMap::new());
        reader.read_line(&mut line).ok()?;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        let status = {
            let mut answers = self.answers.lock().expect("answers");
            if answers.is_empty() { 204 } else { answers.remove(0) }
        };
        self.got.lock().expect("what was got").push(Got { headers, body });
        let text = if status == 204 { String::new() } else { "nein".to_owned() };
        let length = text.len();
        write!(stream, "HTTP/1.1 {status} X\r\nlocation: /else\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}").ok()
    }

    pub fn answers(&self, statuses: &[u16]) {
        self.answers.lock().expect("answers").extend(statuses);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().expect("what was got").clone()
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }
}
