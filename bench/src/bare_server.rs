//! The bare engine behind bare actix-web: what the product is measured against.

use crate::{
    Outcome,
    bare::Bare,
    work::{Ground, Reads, Twin, WORKS, Writes},
};
use actix_web::{
    App, HttpResponse, HttpServer,
    error::{ErrorBadRequest, ErrorInternalServerError, ErrorNotFound},
    web,
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};
use tokio::sync::oneshot;

/// Threads that read: as many as the product has.
pub const READERS: usize = 3;
/// Threads that write to PostgreSQL: more than the product has, since the bare engine waits for no locks and gains by it.
pub const WRITERS: usize = 6;
/// At most so many writes share a commit on SQLite.
pub const GROUP_MAX: usize = 256;

type Read = Box<dyn FnOnce(&mut Bare) + Send>;
type Write = (Arc<Writes>, i64, oneshot::Sender<bool>);

/// What is kept of a row of the table, with how many bytes the product answers.
enum Row {
    Read(Arc<Reads>, usize),
    Write(Arc<Writes>, usize),
}

struct State {
    readers: Sender<Read>,
    writers: Sender<Write>,
    rows: BTreeMap<&'static str, Row>,
    next: AtomicI64,
}

/// Makes what the bare engine does for every row that the product was asked how many bytes it answers.
fn rows(bare: &mut Bare, ground: &Ground) -> Outcome<BTreeMap<&'static str, Row>> {
    let mut rows = BTreeMap::new();
    for work in WORKS {
        let (Some(twin), Some(bytes)) = (work.twin, ground.bytes.get(work.code).copied()) else { continue };
        let row = match twin(bare, ground)? {
            Twin::Read(reads) => Row::Read(Arc::new(reads), bytes),
            Twin::Write(writes) => Row::Write(Arc::new(writes), bytes),
        };
        rows.insert(work.code, row);
    }
    Ok(rows)
}

/// Serves until it is killed.
pub fn serve(url: &str, ground: &Ground) -> Outcome<()> {
    let (readers, reads) = unbounded::<Read>();
    let (writers, writes) = unbounded::<Write>();
    for _ in 0..READERS {
        let (mut bare, reads) = (Bare::open(url)?, reads.clone());
        thread::spawn(move || reads.iter().for_each(|read| read(&mut bare)));
    }
    let mut bare = Bare::open(url)?;
    let (rows, next) = (rows(&mut bare, ground)?, AtomicI64::new(bare.next_number()?));
    let (threads, group_max) = if bare.is_sqlite() { (1, GROUP_MAX) } else { (WRITERS, 1) };
    for _ in 0..threads {
        let (bare, writes) = (Bare::open(url)?, writes.clone());
        thread::spawn(move || write(bare, &writes, group_max));
    }
    let state = web::Data::new(State { readers, writers, rows, next });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/{code}/{turn}", web::get().to(told))
                .route("/{code}/{turn}", web::post().to(written))
        })
        .workers(2)
        .bind("127.0.0.1:0")?;
        for address in server.addrs() {
            println!("listening on http://{address}");
        }
        server.run().await
    })?;
    Ok(())
}

fn write(mut bare: Bare, writes: &Receiver<Write>, group_max: usize) {
    while let Ok(first) = writes.recv() {
        let mut group = vec![first];
        group.extend(writes.try_iter().take(group_max - 1));
        let written = bare.insert_group(group.iter().map(|(write, number, _)| (&**write, *number))).is_ok();
        for (_, _, reply) in group {
            let _gone = reply.send(written);
        }
    }
}

async fn told(state: web::Data<State>, path: web::Path<(String, u64)>) -> actix_web::Result<HttpResponse> {
    let (code, turn) = path.into_inner();
    let Some(Row::Read(reads, bytes)) = state.rows.get(code.as_str()) else {
        return Err(ErrorNotFound(code));
    };
    let (reply, answer) = oneshot::channel();
    let reads = reads.clone();
    let job: Read = Box::new(move |bare| {
        let told = reads(bare, turn).and_then(|told| told.json());
        let _gone = reply.send(told.map_err(|error| error.to_string()));
    });
    state.readers.send(job).map_err(ErrorInternalServerError)?;
    let mut body = answer.await.map_err(ErrorInternalServerError)?.map_err(ErrorInternalServerError)?;
    // As many bytes as the product answers with.
    body.resize(body.len().max(*bytes), b' ');
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

async fn written(
    state: web::Data<State>,
    path: web::Path<(String, u64)>,
    body: web::Bytes,
) -> actix_web::Result<HttpResponse> {
    let (code, _) = path.into_inner();
    let Some(Row::Write(writes, bytes)) = state.rows.get(code.as_str()) else {
        return Err(ErrorNotFound(code));
    };
    let _read: serde_json::Value = serde_json::from_slice(&body).map_err(ErrorBadRequest)?;
    let number = state.next.fetch_add(1, Ordering::Relaxed);
    let (reply, answer) = oneshot::channel();
    state.writers.send((writes.clone(), number, reply)).map_err(ErrorInternalServerError)?;
    if !answer.await.map_err(ErrorInternalServerError)? {
        return Err(ErrorInternalServerError("not written"));
    }
    Ok(HttpResponse::Created().content_type("application/json").body(vec![b' '; *bytes]))
}

/// Reads or writes on as many threads as the servers have, without HTTP, for so long, but once at least on each;
/// operations a second.
pub fn without_http(
    url: &str,
    threads: usize,
    length: std::time::Duration,
    work: &(dyn Fn(&mut Bare, usize) -> Outcome<usize> + Sync),
) -> Outcome<f64> {
    let mut connections = (0..threads).map(|_| Bare::open(url)).collect::<Outcome<Vec<_>>>()?;
    let done = Arc::new(AtomicI64::new(0));
    let started = std::time::Instant::now();
    let failure = thread::scope(|scope| {
        let running: Vec<_> = connections
            .iter_mut()
            .enumerate()
            .map(|(index, bare)| {
                let done = done.clone();
                scope.spawn(move || -> Result<(), String> {
                    let mut turn = index;
                    loop {
                        let units = work(bare, turn).map_err(|error| error.to_string())?;
                        done.fetch_add(i64::try_from(units).unwrap_or(0), Ordering::Relaxed);
                        turn += threads;
                        if started.elapsed() >= length {
                            return Ok(());
                        }
                    }
                })
            })
            .collect();
        running.into_iter().find_map(|one| one.join().unwrap_or(Err("a thread fell".into())).err())
    });
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    let done = u32::try_from(done.load(Ordering::Relaxed))?;
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}
