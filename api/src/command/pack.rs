//! `pack load` and `pack export`: what a company of a kind begins with, from the product or from a folder of its own.

use super::{block_on, current, failed, open};
use crate::Settings;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use domain::{
    pack::{Fate, Pack, folder},
    spine::{Language, Refusal},
};
use persistence::{
    organisation::department,
    pack::{self as packs, Loading},
    spine::{Failure, Reader, Request, StoredAnswer, Tx},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Load a pack of the product by its code, or one of your own from its folder. Twice changes nothing.
    Load(Load),
    /// Write what stands as the folder of a pack.
    Export {
        /// The folder; it must not exist.
        to: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct Load {
    /// The code of a pack of the product, such as `general`, or the folder of one of your own.
    pack: String,
    /// Take this from the pack although it was changed here: `department/event-centre`. May be given several times.
    #[arg(long)]
    take: Vec<String>,
    /// The first day on which policies and regulations are in force.
    #[arg(long)]
    effective_from: NaiveDate,
    /// The code of the department that issues the regulations.
    #[arg(long)]
    department: Option<String>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    preview: bool,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), String> {
    match command {
        Command::Load(said) => load(settings, said),
        Command::Export { to } => export(settings, &to),
    }
}

fn load(settings: &Settings, said: Load) -> Result<(), String> {
    let path = Path::new(&said.pack);
    let own = if path.is_dir() { Some(read(path)?) } else { None };
    let mut request = Request::system("pack-load");
    request.rehearsal = said.preview;
    let database = open(settings)?;
    let loaded = block_on(database.write(request, move |tx| enter(tx, own.as_ref(), &said)))?;
    let told = loaded.map_err(explained)?.answer.body;
    println!("{}", String::from_utf8_lossy(&told));
    Ok(())
}

/// Loads it; what became of its items is told, and each that stays as the company has it by name.
fn enter(tx: &mut Tx<'_>, own: Option<&Pack>, said: &Load) -> Result<StoredAnswer, Failure> {
    let issuer = match &said.department {
        None => None,
        Some(code) => {
            let found = department::with_codes(tx, &[code])?;
            Some(found.get(code).ok_or(Failure::NotFound)?.id)
        }
    };
    let pack = match own {
        Some(pack) => pack.clone(),
        None => packs::shipped(tx, &said.pack)?,
    };
    let take = said.take.iter().cloned().collect();
    let loaded = packs::load(tx, &pack, &Loading { take, effective_from: said.effective_from, issuer })?;
    let mut counted = BTreeMap::<&str, usize>::new();
    let mut lines = Vec::new();
    for item in &loaded.items {
        *counted.entry(item.fate.labels().1).or_default() += 1;
        if matches!(item.fate, Fate::Kept | Fate::Conflicting) {
            let members: Vec<&str> = item.differences.iter().map(|differs| differs.member.as_str()).collect();
            let fate = item.fate.labels().1;
            lines.push(format!("{}/{}: {fate} ({})", item.kind, item.code, members.join(", ")));
        }
    }
    let counted: Vec<String> = counted.iter().map(|(fate, count)| format!("{fate}: {count}")).collect();
    lines.insert(0, format!("{} {}: {}", loaded.code, loaded.edition, counted.join("; ")));
    Ok(StoredAnswer { body: lines.join("\n").into_bytes(), ..StoredAnswer::default() })
}

fn export(settings: &Settings, to: &Path) -> Result<(), String> {
    let database = current(settings)?;
    let read = |reader: &mut Reader<'_>| packs::export(reader);
    let pack = block_on(database.read(Request::system("pack-export"), read))?.map_err(explained)?;
    let files = folder::write(&pack).map_err(|refusal| said(&refusal))?;
    fs::create_dir(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for (name, text) in &files {
        let path = to.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("wrote {} files to {}", files.len(), to.display());
    Ok(())
}

/// The pack of a folder: its files, and those one level below.
fn read(folder_path: &Path) -> Result<Pack, String> {
    let mut files = folder::Files::new();
    gather(folder_path, "", &mut files)?;
    folder::read(&files).map_err(|refusal| said(&refusal))
}

fn gather(path: &Path, under: &str, files: &mut folder::Files) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = format!("{under}{}", entry.file_name().to_string_lossy());
        let place = entry.path();
        if place.is_dir() && under.is_empty() {
            gather(&place, &format!("{name}/"), files)?;
        } else if name.ends_with(".toml") || name.ends_with(".json") {
            let text = fs::read_to_string(&place).map_err(|error| format!("{}: {error}", place.display()))?;
            files.insert(name, text);
        }
    }
    Ok(())
}

fn said(refusal: &Refusal) -> String {
    let told = |finding: &domain::spine::Finding| {
        format!("{}: {}", finding.pointer, finding.code.text(Language::English, &finding.params))
    };
    let findings = refusal.findings.iter().map(told);
    let head = refusal.code.text(Language::English, &refusal.params);
    std::iter::once(head).chain(findings).collect::<Vec<_>>().join("\n")
}

fn explained(failure: Failure) -> String {
    match failure {
        Failure::Refused(refusal) => said(&refusal),
        other => failed(other),
    }
}
