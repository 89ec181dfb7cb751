//! The benchmark at its smallest: its set-up, its filled-in rows and each kind of work for one short round,
//! on both engines where there is PostgreSQL. The figures mean nothing; that they come about does.

use serde_json::Value;
use std::{collections::BTreeSet, error::Error, process::Command};

#[test]
fn the_benchmark_still_sets_up_and_does_all_its_work() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let figures = directory.path().join("figures.json");
    let small =
        "--claims 200 --customers 2000 --assessed 150 --duties 200 --orders 200 --entries 200 --people 1001 --seconds 0.01
        --rounds 1 --connections 4 --relaxed --json";
    let ran =
        Command::new(env!("CARGO_BIN_EXE_bench")).args(small.split_whitespace()).arg(&figures).output()?;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let figures: Value = serde_json::from_slice(&std::fs::read(&figures)?)?;
    let list = |name: &str| figures[name].as_array().cloned().unwrap_or_default();
    let name = |one: &Value| one["engine"].as_str().unwrap_or_default().to_owned();
    let engines: BTreeSet<String> = list("engines").iter().map(name).collect();
    assert!(!engines.is_empty(), "{figures}");
    let works = [
        "show a claim",
        "list 50, filtered",
        "create with",
        "create, submit, reserve",
        "create, submit, approve",
        "list 50 of one's own customers",
        "list 50 of a department's customers",
        "search a department's customers by the last digits",
        "search a department's customers by a part",
        "show whose a customer was",
        "register a customer",
        "list 50 of one's own open duties",
        "the board of duties",
        "list 50 of a department's orders",
        "enter an order",
    ];
    for (engine, work) in engines.iter().flat_map(|engine| works.map(|work| (engine, work))) {
        let is_it = |row: &&Value| {
            row["engine"] == **engine && row["work"].as_str().is_some_and(|told| told.starts_with(work))
        };
        let rows = list("rows");
        let row =
            rows.iter().find(is_it).ok_or_else(|| format!("no row of {work} on {engine}: {figures}"))?;
        // However short the rounds, each connection does each work once.
        let was_done = ["product", "half_p50"].map(|told| row[told].as_f64().is_some_and(|told| told > 0.0));
        assert_eq!(was_done, [true, true], "{row}");
    }
    for engine in list("engines") {
        let import = &engine["import"];
        assert_eq!(import["people"], 1001, "{import}");
        assert!(import["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{import}");
        let timed = |code: &str| engine["timed"].as_array()?.iter().find(|one| one["code"] == code);
        for (code, least) in [("announce", 1_001), ("appraise", 1_001), ("tiers", 150)] {
            let one = timed(code).ok_or_else(|| format!("{code} was not timed: {engine}"))?;
            assert!(one["count"].as_u64().is_some_and(|count| count >= least), "{one}");
        }
    }
    Ok(())
}
