//! Whoever watches over a server is always answered, and nobody else is told its figures; clients that do not read are
//! cut, and what is no HTTP is no fault of ours.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};
use tests::{App, Caller, Program, stories};

stories! {
    whoever_watches_is_never_told_to_wait,
    figures_are_told_at_an_address_of_their_own,
    figures_are_told_to_whoever_shows_the_token,
    figures_are_told_to_nobody_else,
    a_client_that_does_not_read_is_cut,
    what_is_no_http_is_no_error,
}

fn whoever_watches_is_never_told_to_wait(app: App) {
    let app = App::start_with(app.engine, |settings| settings.requests_per_minute = 5);
    for _ in 0..30 {
        app.anonymous().get("/healthz").expect(200);
        app.anonymous().get("/readyz").expect(200);
        app.with_token("mc_0000000000_none").get("/readyz").expect(200);
        app.anonymous().get("/metrics").expect(200);
    }
    let others: Vec<u16> = (0..10).map(|_| app.anonymous().get("/version").status).collect();
    assert!(others.contains(&200) && others.contains(&429), "{others:?}");
    app.anonymous().get("/readyz").expect(200);
}

fn figures_are_told_at_an_address_of_their_own(app: App) {
    let program = Program::start_with(&app.home(), &[("METRICS_LISTEN", "127.0.0.1:0")]);
    let apart = Caller::of(program.metrics().expect("an address"), None);
    program.caller(None).get("/version").expect(200);
    let told = String::from_utf8(apart.get("/metrics").expect(200).bytes).expect("text");
    assert!(told.contains("http_request_duration_seconds"), "{told}");
    program.caller(None).get("/metrics").refuses(404, "http.not_found");
    for path in ["/version", "/readyz", "/docs/", "/api/v1/me"] {
        apart.get(path).refuses(404, "http.not_found");
    }
}

fn figures_are_told_to_whoever_shows_the_token(app: App) {
    let app =
        App::start_with(app.engine, |settings| settings.metrics_token = Some("figures for us alone".into()));
    app.anonymous().get("/metrics").refuses(401, "http.unauthenticated");
    app.with_token("figures for us alonf").get("/metrics").refuses(401, "http.unauthenticated");
    app.administrator().get("/metrics").refuses(401, "http.unauthenticated");
    app.with_token("figures for us alone").get("/metrics").expect(200);
}

fn figures_are_told_to_nobody_else(app: App) {
    app.anonymous().get("/metrics").expect(200);
    // Through a proxy on this machine somebody else calls.
    app.anonymous().with("X-Forwarded-For", "203.0.113.7").get("/metrics").refuses(404, "http.not_found");
}

fn a_client_that_does_not_read_is_cut(app: App) {
    let program = Program::start_with(&app.home(), &[("UNREAD_SECONDS_MAX", "1")]);
    let mut stream = TcpStream::connect(program.address()).expect("a connection");
    // More than all buffers on the way hold.
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(40);
    stream.write_all(&request).expect("requests");
    // It is cut once nothing could be sent for a while; then whatever is sent is refused.
    let is_cut = (0..2_400).any(|_| {
        thread::sleep(Duration::from_millis(25));
        stream.write_all(b"\r\n").is_err()
    });
    assert!(is_cut, "it is still connected");
    // Whoever sends and reads nothing for as long is not: there is nothing to be read.
    let mut idle = TcpStream::connect(program.address()).expect("a connection");
    thread::sleep(Duration::from_millis(1_500));
    idle.write_all(b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("a request");
    let mut answer = String::new();
    idle.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn what_is_no_http_is_no_error(app: App) {
    let program = Program::start_with(&app.home(), &[("RUST_LOG", "warn")]);
    for bytes in [
        b"FOO BAR\r\n\r\n".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(program.address()).expect("a connection");
        let _closed_early = stream.write_all(bytes).and_then(|()| stream.shutdown(std::net::Shutdown::Write));
        let _closed = stream.read_to_end(&mut Vec::new());
    }
    let body = Some(("application/json", b"{\"username\": ".to_vec()));
    program.caller(None).send("POST", "/api/v1/sessions", body).refuses(400, "http.malformed_json");
    let said = program.end();
    assert!(!said.contains("ERROR"), "{said}");
}
