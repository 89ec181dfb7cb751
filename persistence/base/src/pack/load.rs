//! Loading: what the pack wrote last, what stands, what it says now, item by item and in one transaction. `[REG-5b]`

use super::{
    kind_of, row,
    view::{DifferenceView, ItemView, LoadedView},
};
use crate::spine::{Failure, Reader, Tx};
use domain::{
    pack::{CLAIMED, Fate, Item, LoadedPack, PACK_NEEDS, Pack, differences, digest, three_way},
    spine::{BusinessDate, Citation, DepartmentId, Findings, Refusal},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How a pack is loaded.
#[derive(Clone, Debug)]
pub struct Loading {
    /// What is taken although the company changed it, or another pack says otherwise: `department/event-centre`.
    pub take: BTreeSet<String>,
    /// The first day on which policies and regulations are in force.
    pub effective_from: BusinessDate,
    /// Who issues the regulations.
    pub issuer: Option<DepartmentId>,
}

/// Loads a pack; what was done is told item by item. Twice changes nothing.
///
/// # Errors
/// Where the permission does not reach the whole company; `pack.needs`, `pack.claimed`, `pack.unknown_item`, and what stands
/// against an item, named.
pub fn load(tx: &mut Tx<'_>, pack: &Pack, loading: &Loading) -> Result<LoadedView, Failure> {
    tx.over_everything()?;
    pack.check()?;
    pack.ensure_has(&loading.take)?;
    let known = row::all(tx)?;
    ensure_needs(pack, &known)?;
    let items = read_items(tx, pack)?;
    ensure_unclaimed(pack, &items, &known, &loading.take)?;
    let before = known.into_iter().find(|known| known.code == pack.code);
    let mut written = before.as_ref().map(|before| before.written.clone()).unwrap_or_default();
    let (mut told, mut counted) = (Vec::with_capacity(items.len()), BTreeMap::<&'static str, usize>::new());
    for item in &items {
        let item = load_item(tx, item, loading, &mut written)?;
        *counted.entry(item.fate.code()).or_default() += 1;
        told.push(item);
    }
    let (code, edition) = (pack.code.clone(), pack.edition.clone());
    let (id, at) = (tx.id(), tx.now());
    let noted = LoadedPack { id, code, edition, written, at, version: 0 };
    if let Some(change) = noted.note(before, &counted) {
        tx.apply(change)?;
    }
    Ok(LoadedView { code: pack.code.clone(), edition: pack.edition.clone(), items: told })
}

/// What the pack says, each as its kind reads it.
fn read_items(reader: &Reader<'_>, pack: &Pack) -> Result<Vec<Item>, Failure> {
    let read = |item: Item| {
        let says = (kind_of(reader, item.kind)?.reads)(reader.house(), item.says)?;
        Ok(Item { says, ..item })
    };
    pack.items()?.into_iter().map(read).collect()
}

fn load_item(
    tx: &mut Tx<'_>,
    item: &Item,
    loading: &Loading,
    written: &mut BTreeMap<String, String>,
) -> Result<ItemView, Failure> {
    let kind = kind_of(tx, item.kind)?;
    let (name, says) = (item.name(), item.digest());
    let stands = (kind.stands)(tx, item)?;
    let standing = stands.as_ref().map(digest);
    let last = written.get(&name).map(String::as_str);
    let fate = three_way(last, standing.as_deref(), &says, loading.take.contains(&name));
    if fate.writes() {
        (kind.write)(tx, item, loading).map_err(|failure| named(failure, &name))?;
    }
    if fate.agrees() {
        written.insert(name, says);
    }
    let differ = match (&stands, fate) {
        (Some(stands), Fate::Kept | Fate::Conflicting) => differences(stands, &item.says),
        _ => Vec::new(),
    };
    let differences = differ.into_iter().map(DifferenceView::of).collect();
    Ok(ItemView { kind: item.kind.to_owned(), code: item.code.clone(), fate, differences })
}

/// A refusal that says which item it is about.
fn named(failure: Failure, name: &str) -> Failure {
    match failure {
        Failure::Refused(mut refusal) => {
            refusal.params.insert("item".to_owned(), json!(name));
            for finding in &mut refusal.findings {
                finding.pointer = format!("/pack/{name}{}", finding.pointer);
            }
            Failure::Refused(refusal)
        }
        other => other,
    }
}

fn ensure_needs(pack: &Pack, known: &[LoadedPack]) -> Result<(), Refusal> {
    let is_loaded = |code: &&String| known.iter().any(|known| known.code == **code);
    match pack.needs.iter().find(|needed| !is_loaded(needed)) {
        Some(needed) => {
            Err(Refusal::new(PACK_NEEDS).with("needs", needed.clone()).citing(Citation::rule("REG-5")))
        }
        None => Ok(()),
    }
}

/// Demands that no other pack says otherwise of an item, unless it is named.
fn ensure_unclaimed(
    pack: &Pack,
    items: &[Item],
    known: &[LoadedPack],
    take: &BTreeSet<String>,
) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    for item in items.iter().filter(|item| !take.contains(&item.name())) {
        let others = known.iter().filter(|known| known.code != pack.code);
        let claims = |other: &&LoadedPack| {
            other.written.get(&item.name()).is_some_and(|written| *written != item.digest())
        };
        if let Some(other) = others.into_iter().find(claims) {
            let params = [("item", json!(item.name())), ("pack", json!(other.code))];
            findings.add_with(format!("/pack/{}", item.name()), CLAIMED, params);
        }
    }
    findings.into_result().map_err(|no| no.citing(Citation::rule("REG-5")))
}
