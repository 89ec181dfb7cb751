//! What the product keeps is readable by its own account of the machine alone, and the keys that sign lie sealed. `[ID-3]`

#![cfg(unix)]

use serde_json::json;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tests::{ADMINISTRATOR, App, Engine, Home, PASSWORD, Program, stories};

stories! {
    nothing_that_is_kept_can_be_read_by_others,
    what_was_left_open_is_closed_at_the_start,
    a_key_that_lay_open_is_replaced,
    a_server_that_cannot_sign_does_not_start,
}

fn files_below(place: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        found.push(entry.path());
        files_below(&entry.path(), found);
    }
}

/// What below a home others may do something with.
fn open_to_others(home: &Home) -> Vec<PathBuf> {
    let mut all = Vec::new();
    files_below(home.directory.path(), &mut all);
    assert!(!all.is_empty());
    all.retain(|path| path.metadata().is_ok_and(|about| about.permissions().mode() & 0o077 != 0));
    all
}

fn token(program: &Program, (username, password): (&str, &str)) -> String {
    let account = json!({"username": username, "password": password});
    program.caller(None).post("/api/v1/sessions", account).expect(201).text("/access_token")
}

fn upload(program: &Program) {
    let token = token(program, ADMINISTRATOR);
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\n\r\n--b--\r\n";
    let kind = "multipart/form-data; boundary=b";
    let sent = Some((kind, body.as_bytes().to_vec()));
    program.caller(Some(&token)).send("POST", "/api/v1/files", sent).expect(201);
}

fn nothing_that_is_kept_can_be_read_by_others(app: App) {
    let directory = app.home();
    // A database of its own, which the program itself makes where it is a file.
    let home = Home::beside(&directory, app.engine);
    let program = Program::start(&home);
    upload(&program);
    assert_eq!(open_to_others(&home), Vec::<PathBuf>::new());
    if app.engine == Engine::Sqlite {
        let copy = home.directory.path().join("copy.db");
        let backed_up = Program::run(&home, &["backup", "--to", &copy.display().to_string()]);
        assert!(backed_up.status.success() && copy.exists());
        let bytes = std::fs::read(&copy).expect("a copy");
        assert!(!bytes.windows(6).any(|window| window == b"plain:"), "a key lies in it as it is");
        assert!(bytes.windows(7).any(|window| window == b"sealed:"));
    }
    assert_eq!(open_to_others(&home), Vec::<PathBuf>::new());
}

fn what_was_left_open_is_closed_at_the_start(app: App) {
    let home = app.home();
    std::fs::create_dir_all(app.files_directory()).expect("a directory");
    let opened = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    };
    opened(&app.files_directory(), 0o755);
    if app.engine == Engine::Sqlite {
        opened(Path::new(app.database_url().trim_start_matches("sqlite:")), 0o644);
    }
    drop(app);
    let _program = Program::start(&home);
    assert_eq!(open_to_others(&home), Vec::<PathBuf>::new());
}

fn a_key_that_lay_open_is_replaced(app: App) {
    app.administrator();
    let account = json!({"username": "boss", "password": PASSWORD});
    let forged = app.anonymous().post("/api/v1/sessions", account).expect(201).text("/access_token");
    let open = "SELECT COUNT(*) AS number FROM signing_keys WHERE private_key LIKE 'plain:%'";
    assert_eq!(app.number(open), 1);
    let home = app.home();
    let program = Program::start(&home);
    program.caller(Some(&forged)).get("/api/v1/me").refuses(401, "http.unauthenticated");
    let token = token(&program, ("boss", PASSWORD));
    program.caller(Some(&token)).get("/api/v1/me").expect(200);
    let sealed = "SELECT COUNT(*) AS number FROM signing_keys WHERE private_key LIKE 'sealed:%'";
    assert_eq!(app.number(sealed), 1);
    // The same secret opens it the next time.
    program.kill();
    Program::start(&home).caller(Some(&token)).get("/api/v1/me").expect(200);
    assert_eq!(app.number(sealed), 1);
}

fn a_server_that_cannot_sign_does_not_start(app: App) {
    let home = app.home();
    drop(Program::start(&home));
    let mut all = Vec::new();
    files_below(home.directory.path(), &mut all);
    let is_secret = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "secret");
    let secret = all.iter().find(is_secret).expect("a secret was made");
    std::fs::write(secret, "another secret, of more than 32 characters\n").expect("a file");
    let refused = Program::run(&home, &[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("access tokens cannot be signed"), "{said}");
    assert!(!String::from_utf8_lossy(&refused.stdout).contains("listening"));
}
