//! The tables: the same on both engines, every reference held by the database and served by an index.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{Bool, Text},
};
use std::collections::{BTreeMap, BTreeSet};
use tests::{App, Engine, checks, postgres_is_available, prove_reuse, stories};

stories! {
    every_reference_has_a_foreign_key_and_an_index,
    every_table_has_a_primary_key,
}

checks! {
    both_engines_have_the_same_tables_and_columns,
    a_database_that_was_used_is_as_good_as_new,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// Runs one of two texts on the engine of a story.
fn rows<T>(app: &App, sqlite: &str, postgres: &str) -> Vec<T>
where
    T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
{
    match app.engine {
        Engine::Sqlite => {
            let file = app.database_url().trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(file).expect("the story's database");
            sql_query(sqlite).load(&mut connection).expect(sqlite)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(app.database_url()).expect("the story's database");
            sql_query(postgres).load(&mut connection).expect(postgres)
        }
    }
}

/// Diesel's own table of applied migrations is not ours.
const OURS: &str = "NOT IN ('__diesel_schema_migrations', 'sqlite_sequence')";

fn columns(app: &App) -> Vec<Column> {
    let sqlite = format!(
        "SELECT m.name AS table_name, c.name AS column_name, UPPER(c.type) AS kind, \
         (c.\"notnull\" = 0 AND c.pk = 0) AS nullable \
         FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name {OURS}"
    );
    let postgres = format!(
        "SELECT table_name::text, column_name::text, UPPER(data_type)::text AS kind, \
         is_nullable = 'YES' AS nullable \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name {OURS}"
    );
    rows(app, &sqlite, &postgres)
}

fn places(rows: Vec<Place>) -> BTreeSet<(String, String)> {
    rows.into_iter().map(|place| (place.table_name, place.column_name)).collect()
}

fn referring(app: &App) -> BTreeSet<(String, String)> {
    places(rows(
        app,
        "SELECT m.name AS table_name, f.\"from\" AS column_name \
         FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        "SELECT c.conrelid::regclass::text AS table_name, a.attname::text AS column_name \
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) \
         WHERE c.contype = 'f'",
    ))
}

/// The columns some index begins with.
fn indexed(app: &App) -> BTreeSet<(String, String)> {
    places(rows(
        app,
        "SELECT m.name AS table_name, i.name AS column_name FROM sqlite_master m, \
         pragma_index_list(m.name) l, pragma_index_info(l.name) i \
         WHERE m.type = 'table' AND i.seqno = 0 AND i.name IS NOT NULL",
        "SELECT i.indrelid::regclass::text AS table_name, a.attname::text AS column_name \
         FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
         JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = 'public'",
    ))
}

fn every_reference_has_a_foreign_key_and_an_index(app: App) {
    let (referring, indexed) = (referring(&app), indexed(&app));
    let mut wrong = Vec::new();
    for Column { table_name, column_name, .. } in columns(&app) {
        if !column_name.ends_with("_id") {
            continue;
        }
        let place = (table_name.clone(), column_name.clone());
        if !referring.contains(&place) {
            wrong.push(format!("{table_name}.{column_name} has no foreign key"));
        }
        if !indexed.contains(&place) {
            wrong.push(format!("{table_name}.{column_name} has no index"));
        }
    }
    for (table, column) in referring.difference(&indexed) {
        wrong.push(format!("{table}.{column} refers and has no index"));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn every_table_has_a_primary_key(app: App) {
    let tables: BTreeSet<String> = columns(&app).into_iter().map(|column| column.table_name).collect();
    let keyed: Vec<Place> = rows(
        &app,
        "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m, \
         pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk > 0",
        "SELECT conrelid::regclass::text AS table_name, conname::text AS column_name \
         FROM pg_constraint WHERE contype = 'p'",
    );
    let keyed: BTreeSet<String> = keyed.into_iter().map(|place| place.table_name).collect();
    let without: Vec<_> = tables.difference(&keyed).collect();
    assert!(!tables.is_empty() && without.is_empty(), "tables without a primary key: {without:?}");
}

/// What stands on PostgreSQL for a type on SQLite.
fn counterparts(sqlite: &str) -> &'static [&'static str] {
    match sqlite {
        "BLOB" => &["UUID", "BYTEA"],
        "BIGINT" => &["BIGINT", "TIMESTAMP WITH TIME ZONE"],
        "INTEGER" => &["INTEGER"],
        "TEXT" => &["TEXT"],
        "BOOLEAN" => &["BOOLEAN"],
        "DATE" => &["DATE"],
        _ => &[],
    }
}

/// Else one story would see what another did.
fn a_database_that_was_used_is_as_good_as_new() {
    prove_reuse();
}

fn both_engines_have_the_same_tables_and_columns() {
    if !postgres_is_available() {
        println!("no PostgreSQL here");
        return;
    }
    let by_place = |engine: Engine| -> BTreeMap<(String, String), (String, bool)> {
        let columns = columns(&App::start(engine)).into_iter();
        columns
            .map(|column| ((column.table_name, column.column_name), (column.kind, column.nullable)))
            .collect()
    };
    let (sqlite, postgres) = (by_place(Engine::Sqlite), by_place(Engine::Postgres));
    let here: BTreeSet<_> = sqlite.keys().collect();
    let there: BTreeSet<_> = postgres.keys().collect();
    let lonely: Vec<_> = here.symmetric_difference(&there).collect();
    assert!(lonely.is_empty(), "only on one engine: {lonely:?}");
    for (place, (kind, nullable)) in &sqlite {
        let (other_kind, other_nullable) = &postgres[place];
        assert!(counterparts(kind).contains(&other_kind.as_str()), "{place:?}: {kind} and {other_kind}");
        assert_eq!(nullable, other_nullable, "{place:?}: nullable on one engine only");
    }
}
