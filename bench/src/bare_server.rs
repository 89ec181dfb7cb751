//! The bare engine behind bare actix-web: what the product is measured against.

use crate::{
    Outcome,
    bare::{Bare, Pattern},
};
use actix_web::{
    App, HttpResponse, HttpServer,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web,
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use persistence::spine::Key;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Threads that read: as many as the product has.
pub const READERS: usize = 3;
/// Threads that write to PostgreSQL: more than the product has, since the bare engine waits for no locks and gains by it.
pub const WRITERS: usize = 6;
/// At most so many writes share a commit on SQLite.
pub const GROUP_MAX: usize = 256;

type Read = Box<dyn FnOnce(&mut Bare) + Send>;
type Write = (Pattern, oneshot::Sender<bool>);

struct State {
    readers: Sender<Read>,
    writers: Sender<Write>,
    pattern: Pattern,
    next: AtomicI64,
    document_bytes: usize,
    list_bytes: usize,
}

/// Serves until it is killed. `document_bytes` and `list_bytes` are the sizes of the product's answers.
pub fn serve(url: &str, pattern: Uuid, document_bytes: usize, list_bytes: usize) -> Outcome<()> {
    let (readers, reads) = unbounded::<Read>();
    let (writers, writes) = unbounded::<Write>();
    for _ in 0..READERS {
        let (mut bare, reads) = (Bare::open(url)?, reads.clone());
        thread::spawn(move || reads.iter().for_each(|read| read(&mut bare)));
    }
    let mut bare = Bare::open(url)?;
    let (pattern, next) = (bare.pattern(Key(pattern))?, AtomicI64::new(bare.next_number()?));
    let (threads, group_max) = if bare.is_sqlite() { (1, GROUP_MAX) } else { (WRITERS, 1) };
    for _ in 0..threads {
        let (bare, writes) = (Bare::open(url)?, writes.clone());
        thread::spawn(move || write(bare, &writes, group_max));
    }
    let state = web::Data::new(State { readers, writers, pattern, next, document_bytes, list_bytes });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/claims/{id}", web::get().to(document))
                .route("/claims", web::get().to(list))
                .route("/claims", web::post().to(create))
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
        let written = bare.insert_group(group.iter().map(|(claim, _)| claim)).is_ok();
        for (_, reply) in group {
            let _gone = reply.send(written);
        }
    }
}

async fn read(
    state: &State,
    bytes: usize,
    work: impl FnOnce(&mut Bare) -> Outcome<Vec<u8>> + Send + 'static,
) -> actix_web::Result<HttpResponse> {
    let (reply, answer) = oneshot::channel();
    let job: Read = Box::new(move |bare| {
        let _gone = reply.send(work(bare).map_err(|error| error.to_string()));
    });
    state.readers.send(job).map_err(ErrorInternalServerError)?;
    let mut body = answer.await.map_err(ErrorInternalServerError)?.map_err(ErrorInternalServerError)?;
    // As many bytes as the product answers with.
    body.resize(body.len().max(bytes), b' ');
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

async fn document(state: web::Data<State>, id: web::Path<Uuid>) -> actix_web::Result<HttpResponse> {
    read(&state, state.document_bytes, move |bare| Ok(serde_json::to_vec(&bare.document(Key(*id))?)?)).await
}

async fn list(state: web::Data<State>) -> actix_web::Result<HttpResponse> {
    read(&state, state.list_bytes, |bare| Ok(serde_json::to_vec(&bare.list()?)?)).await
}

async fn create(state: web::Data<State>, body: web::Bytes) -> actix_web::Result<HttpResponse> {
    let _read: serde_json::Value = serde_json::from_slice(&body).map_err(ErrorBadRequest)?;
    let claim = state.pattern.numbered(state.next.fetch_add(1, Ordering::Relaxed));
    let (reply, answer) = oneshot::channel();
    state.writers.send((claim, reply)).map_err(ErrorInternalServerError)?;
    if !answer.await.map_err(ErrorInternalServerError)? {
        return Err(ErrorInternalServerError("not written"));
    }
    Ok(HttpResponse::Created().content_type("application/json").body(vec![b' '; state.document_bytes]))
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
