//! `policy check` and `policy load`: policies from files, for installations kept as code.

use super::{block_on, current, failed, open};
use crate::Settings;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use domain::spine::{Finding, Language, Policy, PolicyStatus, Refusal};
use persistence::{
    policy,
    spine::{Database, Failure, Reader, Request, StoredAnswer, Tx},
};
use serde_json::Value;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say everything that makes a policy unsound; write nothing.
    Check(File),
    /// Publish a policy as its next version.
    Load(File),
}

#[derive(Args)]
pub(super) struct File {
    /// A JSON file with the content.
    path: PathBuf,
    /// `kind/name`, such as `approval-chain/expense-claim`.
    #[arg(long)]
    code: String,
    /// What it is called.
    #[arg(long, default_value = "")]
    title: String,
    /// The clause it enforces.
    #[arg(long, default_value = "")]
    clause: String,
    /// The first business day it decides for.
    #[arg(long)]
    effective_from: NaiveDate,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), String> {
    match command {
        Command::Check(file) => check(&current(settings)?, &file),
        Command::Load(file) => load(&open(settings)?, &file),
    }
}

fn check(database: &Database, file: &File) -> Result<(), String> {
    let said = read(file)?;
    let found = block_on(database.read(Request::system("policy-check"), move |reader| {
        let policy = said.drafted(reader)?;
        policy::check(reader, &policy)
    }))?;
    let findings = found.map_err(explain)?;
    if findings.is_empty() {
        println!("sound");
        return Ok(());
    }
    Err(lines(&findings))
}

fn load(database: &Database, file: &File) -> Result<(), String> {
    let said = read(file)?;
    let loaded = block_on(database.write(Request::system("policy-load"), move |tx| {
        publish(tx, &said)?;
        Ok(StoredAnswer::default())
    }))?;
    loaded.map_err(explain)?;
    println!("published {}", file.code);
    Ok(())
}

/// What the command line and the file say of a version.
struct Said {
    code: String,
    title: String,
    effective_from: NaiveDate,
    content: Value,
    clause: String,
}

fn read(file: &File) -> Result<Said, String> {
    let File { path, code, title, clause, effective_from } = file;
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let content = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let (code, title, clause) = (code.clone(), title.clone(), clause.clone());
    Ok(Said { code, title, effective_from: *effective_from, content, clause })
}

impl Said {
    fn drafted(&self, reader: &mut Reader<'_>) -> Result<Policy, Failure> {
        Ok(Policy {
            id: reader.id(),
            number: policy::next_version_number(reader, &self.code)?,
            code: self.code.clone(),
            title: self.title.clone(),
            status: PolicyStatus::Draft,
            effective_from: self.effective_from,
            content: self.content.clone(),
            clause: self.clause.clone(),
            published: None,
            version: 0,
        })
    }
}

fn publish(tx: &mut Tx<'_>, said: &Said) -> Result<(), Failure> {
    let policy = said.drafted(tx)?;
    let findings = policy::check(tx, &policy)?;
    let earliest = policy::earliest_start(tx, &policy.code)?;
    let drafted = policy::apply(tx, policy.draft())?;
    let (by, now) = (tx.actor().user, tx.now());
    policy::apply(tx, drafted.publish(by, now, earliest, findings)?).map(drop)
}

fn explain(failure: Failure) -> String {
    match failure {
        Failure::Refused(refusal) => {
            let Refusal { code, params, findings, .. } = *refusal;
            format!("{}\n{}", code.text(Language::English, &params), lines(&findings))
        }
        other => failed(other),
    }
}

fn lines(findings: &[Finding]) -> String {
    let line = |f: &Finding| {
        format!("{}: {} ({})", f.pointer, f.code.text(Language::English, &f.params), f.code.code)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
