//! The export of everything: how long it takes, and that it takes no more memory for more rows.

use crate::{Outcome, load::request, server::Server};
use serde::Serialize;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

/// An export, as a client saw it.
#[derive(Serialize)]
pub struct Export {
    /// The format.
    pub format: &'static str,
    /// How many rows came, as lines.
    pub rows: u64,
    /// In how many seconds.
    pub seconds: f64,
    /// How many mebibytes came.
    pub mebibytes: f64,
    /// Mebibytes of the product's process before, and at most meanwhile.
    pub resident_before: f64,
    pub resident_most: f64,
}

/// The rows that begin or end in a piece of a file. Lines of a CSV file end as those between the pieces of the
/// transfer do: there rows are known by the number they begin with.
fn lines(format: &str, piece: &[u8]) -> usize {
    match format {
        "csv" => piece.windows(4).filter(|begin| *begin == b"\nEC-").count(),
        _ => piece.windows(2).filter(|end| end.last() == Some(&b'\n') && end.first() != Some(&b'\r')).count(),
    }
}

/// Takes every claim as a file.
pub fn export(product: &Server, token: &str, format: &'static str) -> Outcome<Export> {
    let mut bytes = Vec::new();
    let path = format!("/api/v1/expense-claims?format={format}");
    request("GET", &path, &[("Authorization", token), ("Connection", "close")], "", &mut bytes);
    let resident_before = product.resident();
    let (mut resident_most, started) = (resident_before, Instant::now());
    let mut stream = TcpStream::connect(product.address)?;
    stream.write_all(&bytes)?;
    let (mut buffer, mut rows, mut received, mut looked) = (vec![0; 1 << 18], 0, 0_u64, 0);
    let mut head = String::new();
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        let piece = buffer.get(..length).unwrap_or_default();
        if head.is_empty() {
            head = String::from_utf8_lossy(piece).chars().take(200).collect();
        }
        rows += lines(format, piece);
        received += u64::try_from(length)?;
        if received >> 23 > looked {
            looked = received >> 23;
            resident_most = resident_most.max(product.resident());
        }
    }
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("export as {format}: {head}").into());
    }
    let mebibytes = f64::from(u32::try_from(received >> 10)?) / 1_024.0;
    let (seconds, rows) = (started.elapsed().as_secs_f64(), u64::try_from(rows)?);
    Ok(Export { format, rows, seconds, mebibytes, resident_before, resident_most })
}
