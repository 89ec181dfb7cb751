//! What the product asks of its database while something is done, and by which way the engine would find it: so that a story
//! tells what weighs nothing, whatever the machine.

use crate::{App, Engine};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation},
    sql_query,
    sql_types::Text,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

/// What is asked of the databases that are watched, by their URLs.
static WATCHED: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

fn watched() -> MutexGuard<'static, BTreeMap<String, BTreeSet<String>>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets all connections that are made from here on tell what they ask.
pub(crate) fn listen() {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        let listens = set_default_instrumentation(|| Some(Box::new(Ear { url: String::new() })));
        listens.expect("connections tell what they ask");
    });
}

/// What hears of one connection.
struct Ear {
    url: String,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.url),
            InstrumentationEvent::StartQuery { query, .. } => {
                for (url, asked) in watched().iter_mut() {
                    if self.url.starts_with(url.trim_start_matches("sqlite:")) {
                        let text = query.to_string();
                        asked.insert(text.split(" -- binds:").next().unwrap_or_default().to_owned());
                    }
                }
            }
            _ => {}
        }
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

impl App {
    /// Does something, and says what was asked of the database meanwhile, each text once.
    pub fn asked_by<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<String>) {
        let url = self.database_url().to_owned();
        watched().insert(url.clone(), BTreeSet::new());
        let done = work();
        let asked = watched().remove(&url).unwrap_or_default();
        (done, asked.into_iter().collect())
    }

    /// The steps by which the engine would look through tables, whatever the values: those that read all of a table, or all
    /// of an index, by the name of the table.
    pub fn reads_through(&self, query: &str, table: &str) -> Vec<String> {
        match self.engine {
            Engine::Sqlite => {
                let file = self.database_url().trim_start_matches("sqlite:");
                let mut connection = SqliteConnection::establish(file).expect("the story's database");
                let steps: Vec<Step> =
                    sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(&mut connection).expect(query);
                let through = format!("SCAN {table}");
                steps
                    .into_iter()
                    .map(|step| step.detail)
                    .filter(|detail| detail.starts_with(&through))
                    .collect()
            }
            Engine::Postgres => {
                let mut connection =
                    PgConnection::establish(self.database_url()).expect("the story's database");
                let values = (1..).take_while(|n| query.contains(&format!("${n}"))).map(|_| "NULL");
                let values = values.collect::<Vec<_>>().join(", ");
                let given = if values.is_empty() { values } else { format!("({values})") };
                connection
                    .batch_execute(&format!(
                        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; PREPARE asked AS {query}"
                    ))
                    .expect(query);
                let lines: Vec<Line> =
                    sql_query(format!("EXPLAIN EXECUTE asked{given}")).load(&mut connection).expect(query);
                through(&lines.into_iter().map(|line| line.line).collect::<Vec<_>>(), table)
            }
        }
    }
}

/// The nodes of a plan that read a table, or an index of it, without a condition by which to find rows.
fn through(lines: &[String], table: &str) -> Vec<String> {
    let on = format!(" on {table}");
    let reads = |line: &str| {
        let node = line.trim_start().trim_start_matches("-> ").trim_start();
        line.contains(&on) && node.contains("Scan") && !node.starts_with("Bitmap Heap")
    };
    let found = lines.iter().enumerate().filter(|(_, line)| reads(line));
    let is_bare = |(index, _): &(usize, &String)| {
        let below = lines.iter().skip(index + 1).take_while(|line| !line.contains("->"));
        !below.into_iter().any(|line| line.contains("Index Cond"))
    };
    found.filter(is_bare).map(|(_, line)| line.trim().to_owned()).collect()
}
