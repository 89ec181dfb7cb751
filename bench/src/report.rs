//! The figures, as a table for people and as JSON for programs.

use crate::{export::Export, import::Import, ledger::Execution, timing::Timed};
use serde::Serialize;
use std::fmt::Write;

/// One kind of work on one engine. Rates are medians over the rounds.
#[derive(Serialize)]
pub struct Row {
    pub engine: String,
    pub work: &'static str,
    /// Units per second by the bare engine without HTTP; none where there is no bare counterpart.
    pub bare_engine: Option<f64>,
    /// Units per second by the bare engine behind bare actix-web.
    pub bare_http: Option<f64>,
    /// Units per second by the product.
    pub product: f64,
    /// Milliseconds at the peak rate.
    pub peak_p50: f64,
    pub peak_p99: f64,
    /// Milliseconds at half of the peak rate.
    pub half_p50: f64,
    pub half_p99: f64,
    /// Milliseconds of processor time of server and database for a unit: a figure that other work on the
    /// machine hardly moves.
    pub bare_processor: Option<f64>,
    pub processor: f64,
}

/// What is told once per engine.
#[derive(Serialize)]
pub struct Engine {
    pub engine: String,
    /// Seconds to fill the claims in.
    pub fill_seconds: f64,
    /// Median milliseconds for page 1 and page 1000 of the list.
    pub first_page: f64,
    pub thousandth_page: f64,
    /// Mebibytes of the product's process.
    pub resident_idle: f64,
    pub resident_under_load: f64,
    pub exports: [Export; 2],
    pub import: Import,
    /// Reports over the budget ledger.
    pub executions: Vec<Execution>,
    /// What was done once, for many at a time.
    pub timed: Vec<Timed>,
}

/// Everything.
#[derive(Serialize)]
pub struct Report {
    pub claims: u64,
    pub connections: u32,
    pub seconds: f64,
    pub rounds: u32,
    pub rows: Vec<Row>,
    pub engines: Vec<Engine>,
}

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

impl Report {
    /// Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "{} claims, {} connections, {} rounds of {} s each, medians.\n\n",
            self.claims, self.connections, self.rounds, self.seconds
        );
        text += "| engine | work | bare engine /s | bare engine + bare actix-web /s | whole API /s | ÷ bare over HTTP | ÷ bare engine | p50 / p99 at peak, ms | p50 / p99 at half of it, ms | processor ms, bare / whole |\n";
        text += "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
        for row in &self.rows {
            let rate = |rate: Option<f64>| rate.map_or("–".to_owned(), |rate| format!("{rate:.0}"));
            let share = |of: Option<f64>| {
                of.map_or("–".to_owned(), |of| format!("{:.0} %", row.product / of * 100.0))
            };
            let _infallible = writeln!(
                text,
                "| {} | {} | {} | {} | {:.0} | {} | {} | {:.1} / {:.1} | {:.1} / {:.1} | {} / {:.3} |",
                row.engine,
                row.work,
                rate(row.bare_engine),
                rate(row.bare_http),
                row.product,
                share(row.bare_http),
                share(row.bare_engine),
                row.peak_p50,
                row.peak_p99,
                row.half_p50,
                row.half_p99,
                row.bare_processor.map_or("–".to_owned(), |used| format!("{used:.3}")),
                row.processor,
            );
        }
        text += "\n| engine | page 1, ms | page 1000, ms | page 1000 ÷ page 1 | resident idle, MiB | resident under load, MiB |\n";
        text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
        for engine in &self.engines {
            let _infallible = writeln!(
                text,
                "| {} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} |",
                engine.engine,
                engine.first_page,
                engine.thousandth_page,
                engine.thousandth_page / engine.first_page,
                engine.resident_idle,
                engine.resident_under_load,
            );
        }
        text +=
            "\n| engine | export of everything | rows | seconds | MiB | resident before / at most, MiB |\n";
        text += "| --- | --- | ---: | ---: | ---: | ---: |\n";
        for (name, export) in self.engines.iter().flat_map(|e| e.exports.iter().map(|one| (&e.engine, one))) {
            let Export { format, rows, seconds, mebibytes, resident_before, resident_most } = export;
            let _infallible = writeln!(
                text,
                "| {name} | {format} | {rows} | {seconds:.1} | {mebibytes:.0} | {resident_before:.0} / {resident_most:.0} |",
            );
        }
        self.tell_imports(&mut text);
        self.tell_executions(&mut text);
        self.tell_timings(&mut text);
        text
    }

    fn tell_imports(&self, text: &mut String) {
        *text += "\n| engine | import of people with account and role | seconds | people /s | the same again, s | resident before / at most, MiB |\n";
        *text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
        for (name, import) in self.engines.iter().map(|engine| (&engine.engine, &engine.import)) {
            let Import { people, seconds, again_seconds, resident_before, resident_most } = import;
            let rate = f64::from(*people) / seconds;
            let _infallible = writeln!(
                text,
                "| {name} | {people} | {seconds:.1} | {rate:.0} | {again_seconds:.1} | {resident_before:.0} / {resident_most:.0} |",
            );
        }
    }

    fn tell_executions(&self, text: &mut String) {
        *text += "\n| engine | execution report by | ledger entries / lines | bare engine, one aggregate, ms | whole API, ms | `ledger verify`, s |\n";
        *text += "| --- | --- | ---: | ---: | ---: | ---: |\n";
        let each = self.engines.iter().flat_map(|e| e.executions.iter().map(|one| (&e.engine, one)));
        for (name, Execution { entries, lines, by, bare, product, verified_seconds }) in each {
            let _infallible = writeln!(
                text,
                "| {name} | {by} | {entries} / {lines} | {bare:.1} | {product:.1} | {verified_seconds:.1} |",
            );
        }
    }

    fn tell_timings(&self, text: &mut String) {
        if self.engines.iter().all(|engine| engine.timed.is_empty()) {
            return;
        }
        *text +=
            "\n| engine | done once | for how many | seconds | /s |\n| --- | --- | ---: | ---: | ---: |\n";
        let each = self.engines.iter().flat_map(|e| e.timed.iter().map(|one| (&e.engine, one)));
        for (engine, Timed { code: _, name, count, seconds }) in each {
            let rate = f64::from(u32::try_from(*count).unwrap_or(u32::MAX)) / seconds;
            let _infallible = writeln!(text, "| {engine} | {name} | {count} | {seconds:.1} | {rate:.0} |");
        }
    }
}
