//! Every setting that is wrong is one clear line on standard error, and an end with 1, before anything listens.

use api::command::CommandLine;
use clap::CommandFactory;
use std::collections::BTreeSet;
use tests::{App, Program, stories};

stories! {
    a_wrong_setting_is_one_line_and_the_end,
    what_belongs_together_is_judged_together,
    every_setting_is_among_those_that_were_tried,
}

/// Settings with values that cannot be.
const WRONG: &[(&str, &[&str])] = &[
    ("LISTEN", &["", "nowhere", "127.0.0.1", "127.0.0.1:99999"]),
    (
        "DATABASE_URL",
        &[
            "",
            "mysql://x",
            "sqlite:",
            "sqlite:/proc/no/such/place.db",
            "sqlite:/tmp",
            "postgres://127.0.0.1:1/x",
        ],
    ),
    ("FILES_DIRECTORY", &["/proc/nothing", "/dev/null"]),
    ("COMPANY_ZONE", &["", "Nowhere/City", "+08:00"]),
    ("HTTP_THREADS", &["0", "-1", "many", "", "99999"]),
    ("READER_THREADS", &["0", "-1", "1.5"]),
    ("WRITER_THREADS", &["0", "x"]),
    ("IDEMPOTENCY_HOURS", &["-1", "0", "999999999"]),
    ("REQUESTS_PER_MINUTE", &["0", "-5", "99999999999"]),
    ("CONNECTIONS_MAX", &["0", "x"]),
    ("TRUSTED_PROXIES", &["localhost", "10.0.0.0/33", "10.0.0.1,,10.0.0.2"]),
    ("REQUEST_SECONDS_MAX", &["0", "-1"]),
    ("UNREAD_SECONDS_MAX", &["0", "x"]),
    ("DRAIN_SECONDS", &["-1", "x"]),
    ("DATABASE_BEHIND_POOLER", &["perhaps"]),
    ("CHORES", &["perhaps"]),
    ("RELAXED_DURABILITY", &["perhaps"]),
    ("ALLOWED_ORIGINS", &["*", "console.example.com", "https://x.example/path", "https://*.example", ""]),
    ("METRICS_LISTEN", &["nowhere", ""]),
    ("METRICS_TOKEN", &["short"]),
    ("WEBHOOK_NETWORKS", &["localhost", "10.0.0.0/33"]),
    ("WEBHOOK_WORKERS", &["-1", "x"]),
    ("OPERATION_WORKERS", &["-1", "x"]),
    ("STREAMS_MAX", &["-1", "x"]),
    ("STREAM_REPLAY_HOURS", &["0", "x", "721"]),
    ("TEST_CLOCK", &["perhaps"]),
    ("PRODUCTION", &["perhaps", "true"]),
    ("TOKEN_ISSUER", &[""]),
    ("TOKEN_AUDIENCE", &[""]),
    ("SIGNING_SECRET", &["too short", ""]),
    ("SIGNING_SECRET_FILE", &["/no/such/file", "/dev/null"]),
    ("SIGNING_KEY_DAYS", &["-1", "x", "99999"]),
    ("PASSWORD_MEMORY_KIB", &["0", "7", "99999999"]),
    ("PASSWORD_PASSES", &["0", "-1"]),
    ("PASSWORD_CONCURRENCY", &["0", "x"]),
    ("ADMINISTRATOR_USERNAME", &["", "a", "two words", "аdmin"]),
    ("ADMINISTRATOR_PASSWORD", &["", "short", "aaaaaaaaaaaaaaa"]),
    ("ADMINISTRATOR_PASSWORD_FILE", &["/no/such/file"]),
    ("OIDC_ISSUER", &["https://id.example.com"]),
    ("OIDC_AUDIENCE", &["alone"]),
    ("OIDC_ACCOUNT_CLAIM", &["alone"]),
    ("OIDC_JWKS_URL", &["https://id.example.com/keys"]),
];

/// Runs the server with some settings, which are wrong, and returns what it said.
fn refused(app: &App, settings: &[(&str, &str)]) -> String {
    let ended = Program::run_with(&app.home(), settings);
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let what = format!("{settings:?}: {said}");
    assert_eq!(ended.status.code(), Some(1), "{what}");
    assert!(!String::from_utf8_lossy(&ended.stdout).contains("listening"), "{what}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("marketing-center: ")).collect();
    assert_eq!(lines.len(), 1, "{what}");
    let [.., last] = said.lines().collect::<Vec<_>>()[..] else { panic!("{what}") };
    assert_eq!(last, lines[0], "{what}");
    assert!(!said.contains("panicked") && last.len() > "marketing-center: ".len() + 10, "{what}");
    last.to_owned()
}

fn a_wrong_setting_is_one_line_and_the_end(app: App) {
    for (name, values) in WRONG {
        for value in *values {
            let said = refused(&app, &[(name, value)]);
            let secret = ["DATABASE_URL", "SIGNING_SECRET", "ADMINISTRATOR_PASSWORD", "METRICS_TOKEN"];
            let tells = value.len() > 4 && said.contains(value) && secret[1..].contains(name);
            assert!(!tells, "it tells a secret: {said}");
        }
    }
}

fn what_belongs_together_is_judged_together(app: App) {
    for settings in [
        [("PRODUCTION", "true"), ("TEST_CLOCK", "true")],
        [
            ("SIGNING_SECRET", "a secret of more than thirty-two characters"),
            ("SIGNING_SECRET_FILE", "/dev/null"),
        ],
        [("OIDC_ISSUER", "https://id.example.com"), ("OIDC_AUDIENCE", "x")],
    ] {
        refused(&app, &settings);
    }
}

fn every_setting_is_among_those_that_were_tried(_: App) {
    let command = CommandLine::command();
    let known = command.get_arguments().filter_map(|argument| argument.get_env());
    let known: BTreeSet<String> = known.map(|name| name.to_string_lossy().into_owned()).collect();
    let tried: BTreeSet<String> = WRONG.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known, tried);
}
