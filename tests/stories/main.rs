//! Every story, on both engines. `REQUIRE_POSTGRES=1` makes a missing PostgreSQL a failure.

use libtest_mimic::{Arguments, Trial};
use tests::{App, Engine, Story, postgres_is_available, stop_postgres};

mod edge;

const MODULES: &[&[Story]] = &[edge::STORIES];

fn main() -> std::process::ExitCode {
    let mut arguments = Arguments::from_args();
    // Each story runs a server of its own.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let mut engines = vec![Engine::Sqlite];
    let with_postgres = !arguments.list && postgres_is_available();
    if with_postgres || arguments.list {
        engines.push(Engine::Postgres);
    }
    let trials = engines.into_iter().flat_map(trials).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    stop_postgres();
    let told = MODULES.iter().map(|stories| stories.len()).sum::<usize>();
    if !arguments.list {
        let on_postgres = if with_postgres { told } else { 0 };
        println!("stories on SQLite: {told}, on PostgreSQL: {on_postgres} (before any filter)");
    }
    let required = std::env::var_os("REQUIRE_POSTGRES").is_some();
    if required && !with_postgres && !arguments.list {
        eprintln!("PostgreSQL is required (REQUIRE_POSTGRES) and was not found: see the README");
        return std::process::ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

fn trials(engine: Engine) -> Vec<Trial> {
    let stories = MODULES.iter().copied().flatten();
    stories
        .map(|story| {
            let (tell, name) = (story.tell, story.name.trim_start_matches("stories::"));
            Trial::test(format!("{engine}::{name}"), move || {
                tell(App::start(engine));
                Ok(())
            })
        })
        .collect()
}
