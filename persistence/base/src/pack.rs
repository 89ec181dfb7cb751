//! Packs in the database: loaded item by item, three ways; exported as they stand. `[REG-5]`
//!
//! Which kinds of item there are is said by the nouns that keep them ([`ItemKind`]).

mod kind;
/// Loading.
mod load;
mod row;
/// What a pack and its items look like.
pub mod view;

pub use load::{Loading, load};
pub use view::{ItemView, LoadedView, PackView, Packs, all};

use crate::{
    setup::{SetupStep, unless},
    spine::{Failure, House, Part, Reader, Tx},
};
use domain::{
    pack::{
        Item, Manifest, Pack, PackDepartment, PackPolicy, PackPosition, PackRegulation, PackRole,
        UNKNOWN_PACK, folder,
    },
    spine::Refusal,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What this noun brings to its wing. Loading a pack is the first thing an administrator may do.
pub(crate) const NOUN: &[Part] = &[&FIRST, &kind::DEPARTMENT, &kind::POSITION, &kind::ROLE, &kind::POLICY];

const FIRST: SetupStep = SetupStep {
    code: "packs",
    zh: "加载适合本公司的行业包，一次建立部门、岗位、政策与制度（可先预览）",
    en: "Load a pack that suits the company: departments, positions, policies and regulations at once; it can be previewed",
    href: "/api/v1/packs",
    is_required: false,
    missing: |reader| Ok(unless(row::is_any_loaded(reader)?)),
};

/// A kind of item that packs bring: registered by the noun that keeps such things.
pub struct ItemKind {
    /// Its name: `department`.
    pub kind: &'static str,
    /// What a pack says of one, as it would be written today: the same said two ways is the same.
    pub reads: fn(&House, Value) -> Result<Value, Failure>,
    /// What ships under a code, as a pack says it; several where one brings others along.
    pub ships: fn(&mut Reader<'_>, &str) -> Result<Vec<Item>, Failure>,
    /// How the thing of a code stands, told as the pack tells it; nothing where there is none, or it was given up.
    pub stands: fn(&mut Reader<'_>, &Item) -> Result<Option<Value>, Failure>,
    /// Everything that stands, as a pack would say it.
    pub exports: fn(&mut Reader<'_>) -> Result<Vec<Value>, Failure>,
    /// Makes it, or brings it up to date.
    pub write: fn(&mut Tx<'_>, &Item, &Loading) -> Result<(), Failure>,
}

/// The kind of a name; one that nobody registered is our own fault.
fn kind_of(reader: &Reader<'_>, name: &str) -> Result<&'static ItemKind, Failure> {
    let found = reader.house().all::<ItemKind>().find(|kind| kind.kind == name);
    found.ok_or_else(|| Failure::fault(format_args!("no noun keeps items of kind {name}")))
}

/// A pack that comes with the product, with what ships.
///
/// # Errors
/// `pack.unknown`.
pub fn shipped(reader: &mut Reader<'_>, code: &str) -> Result<Pack, Failure> {
    let unknown = || Refusal::new(UNKNOWN_PACK).with("code", code).at("/code");
    let manifest = folder::shipped()?.into_iter().find(|pack| pack.code == code).ok_or_else(unknown)?;
    let mut items = Vec::new();
    for (kind, codes) in [
        ("department", &manifest.departments),
        ("role", &manifest.roles),
        ("policy", &manifest.policies),
        ("regulation", &manifest.regulations),
    ] {
        let kind = kind_of(reader, kind)?;
        for code in codes {
            items.extend((kind.ships)(reader, code)?);
        }
    }
    let Manifest { code, edition, name_zh, name_en, needs, .. } = manifest;
    Ok(Pack {
        code,
        edition,
        name_zh,
        name_en,
        needs,
        departments: of_kind::<PackDepartment>(&items, "department")?,
        positions: of_kind::<PackPosition>(&items, "position")?,
        roles: of_kind::<PackRole>(&items, "role")?,
        policies: of_kind::<PackPolicy>(&items, "policy")?,
        regulations: of_kind::<PackRegulation>(&items, "regulation")?,
    })
}

fn of_kind<T: DeserializeOwned>(items: &[Item], kind: &str) -> Result<Vec<T>, Failure> {
    let mine = items.iter().filter(|item| item.kind == kind);
    mine.map(|item| Ok(serde_json::from_value(item.says.clone())?)).collect()
}

/// Everything that stands, as a pack of the company's own.
///
/// # Errors
/// Where the permission does not reach the whole company.
pub fn export(reader: &mut Reader<'_>) -> Result<Pack, Failure> {
    fn all<T: DeserializeOwned>(reader: &mut Reader<'_>, kind: &str) -> Result<Vec<T>, Failure> {
        let kind = kind_of(reader, kind)?;
        let found = (kind.exports)(reader)?.into_iter();
        found.map(|says| Ok(serde_json::from_value(says)?)).collect()
    }
    reader.over_everything()?;
    let today = reader.today().to_string();
    Ok(Pack {
        code: "own".to_owned(),
        edition: today,
        name_zh: "本公司".to_owned(),
        name_en: "Our own".to_owned(),
        needs: Vec::new(),
        departments: all(reader, "department")?,
        positions: all(reader, "position")?,
        roles: all(reader, "role")?,
        policies: all(reader, "policy")?,
        regulations: all(reader, "regulation")?,
    })
}
