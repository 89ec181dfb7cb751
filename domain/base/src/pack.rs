//! Packs (行业包): what a company of a kind begins with — departments, positions, roles, policies, regulations — as a folder,
//! in the product or of the company's own. `[REG-5]`
//!
//! Loading compares three ways, item by item: what the pack wrote last, what stands, what it says now. What the company
//! changed stays; twice changes nothing. Deliberately not here: how an item of a kind is written, which its own context says.

/// A folder as it is read.
pub mod folder;
/// The three ways.
mod three_way;

pub use three_way::{Fate, three_way};

use crate::spine::{Change, Citation, Entity, Finding, Findings, Id, Refusal, Timestamp, Version, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { PACK_REFUSALS:
    UNKNOWN_PACK = "pack.unknown", Invalid, "产品中没有行业包“{code}”", "There is no pack \"{code}\" in the product";
    PACK_NEEDS = "pack.needs", Invalid, "须先加载行业包“{needs}”", "The pack \"{needs}\" must be loaded first";
    CLAIMED = "pack.claimed", Invalid, "“{item}”已由行业包“{pack}”提供且内容不同，须明确指定后才能改用", "\"{item}\" comes from the pack \"{pack}\" with other content; name it to take this one";
    ONE_OF = "pack.one_of", Invalid, "须指定产品中的行业包，或提供一个自有行业包，二者选一", "Name a pack of the product or send one of your own: one of the two";
    UNKNOWN_ITEM = "pack.unknown_item", Invalid, "行业包中没有“{item}”", "There is no \"{item}\" in the pack";
    TWICE = "pack.item_twice", Invalid, "“{item}”在行业包中重复出现", "\"{item}\" stands in the pack twice";
    BEYOND_OWN_RIGHTS = "pack.beyond_own_rights", Forbidden, "角色“{role}”包含您没有的权限，不能由您加载", "The role \"{role}\" holds permissions that you do not hold; you cannot load it";
    ISSUER_MISSING = "pack.issuer_missing", Invalid, "行业包含有制度，须指定发布制度的部门", "The pack has regulations: say which department issues them";
    UNREADABLE = "pack.unreadable", Invalid, "文件 {file} 无法读取：{reason}", "The file {file} cannot be read: {reason}";
}

crate::events! { PACK_EVENTS:
    LOADED = "pack.loaded", "行业包已加载", "A pack was loaded";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[PACK_REFUSALS], events: &[PACK_EVENTS], enums: &[Fate::LABELS] };

/// A text in a list of a pack, as its schema bounds it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(min_length = 1, max_length = 500, example = "expense-claim:read")]
pub struct PackText(pub String);

/// A department of a pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackDepartment {
    /// Its code.
    #[schema(min_length = 1, max_length = 60, example = "event-centre")]
    pub code: String,
    /// Its Chinese name.
    #[schema(min_length = 1, max_length = 60)]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// The code of the department above; absent where the company hangs it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub parent: Option<String>,
}

/// A position of a pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackPosition {
    /// Its code.
    #[schema(min_length = 1, max_length = 60, example = "event-planner")]
    pub code: String,
    /// Its Chinese name.
    #[schema(min_length = 1, max_length = 60)]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// The code of its department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub department: Option<String>,
    /// Its written duties.
    #[serde(default)]
    #[schema(max_items = 100, value_type = Vec<PackText>)]
    pub duties: Vec<String>,
    /// The clause that describes it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub clause: String,
}

/// A role of a pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackRole {
    /// Its code.
    #[schema(min_length = 1, max_length = 60)]
    pub code: String,
    /// Its Chinese name.
    #[schema(min_length = 1, max_length = 60)]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// What its holders may do.
    #[schema(min_items = 1, max_items = 500, value_type = Vec<PackText>)]
    pub permissions: BTreeSet<String>,
}

/// A policy of a pack: a chain, a rule of duties, a calendar, any kind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackPolicy {
    /// `kind/name`.
    #[schema(min_length = 3, max_length = 100, example = "approval-chain/expense-claim")]
    pub code: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The clause it enforces.
    #[schema(min_length = 1, max_length = 200)]
    pub clause: String,
    /// The content, by the kind.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// A regulation of a pack.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackRegulation {
    /// Its code.
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Its clauses in reading order.
    #[schema(max_items = 1000, value_type = Vec<Object>)]
    pub clauses: Vec<Value>,
}

/// What is in a pack.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PackContent)]
pub struct Pack {
    /// Its code.
    #[schema(min_length = 1, max_length = 60, example = "general")]
    pub code: String,
    /// Its edition, such as `1.1`.
    #[schema(min_length = 1, max_length = 40, example = "1.0")]
    pub edition: String,
    /// Its Chinese name.
    #[schema(max_length = 60)]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// The packs that must be loaded before it.
    #[schema(max_items = 20, value_type = Vec<PackText>)]
    pub needs: Vec<String>,
    /// Its departments; one above stands before those below.
    #[schema(max_items = 200)]
    pub departments: Vec<PackDepartment>,
    /// Its positions.
    #[schema(max_items = 500)]
    pub positions: Vec<PackPosition>,
    /// Its roles.
    #[schema(max_items = 100)]
    pub roles: Vec<PackRole>,
    /// Its policies.
    #[schema(max_items = 200)]
    pub policies: Vec<PackPolicy>,
    /// Its regulations.
    #[schema(max_items = 50)]
    pub regulations: Vec<PackRegulation>,
}

/// An item of a pack, whatever it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// Its kind: `department`, `position`, `role`, `policy`, `regulation`.
    pub kind: &'static str,
    /// Its code within the kind.
    pub code: String,
    /// What the pack says of it.
    pub says: Value,
}

impl Item {
    /// How it is named: `department/event-centre`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.kind, self.code)
    }

    /// The digest of what the pack says of it.
    pub fn digest(&self) -> String {
        digest(&self.says)
    }
}

/// The digest of what an item says.
pub fn digest(says: &Value) -> String {
    hex::encode(Sha256::digest(says.to_string()))
}

/// In what two states of an item differ, member by member.
pub fn differences(stands: &Value, says: &Value) -> Vec<(String, Value, Value)> {
    let none = Map::new();
    let (stands, says) = (stands.as_object().unwrap_or(&none), says.as_object().unwrap_or(&none));
    let names: BTreeSet<&String> = stands.keys().chain(says.keys()).collect();
    let of = |side: &Map<String, Value>, name: &String| side.get(name).cloned().unwrap_or(Value::Null);
    let differ = names.into_iter().filter(|name| stands.get(*name) != says.get(*name));
    differ.map(|name| (name.clone(), of(stands, name), of(says, name))).collect()
}

impl Pack {
    /// Every item, in the order in which they are written.
    ///
    /// # Errors
    /// What cannot be said as JSON.
    pub fn items(&self) -> serde_json::Result<Vec<Item>> {
        fn all<T: Serialize>(
            kind: &'static str,
            of: &[T],
            code: fn(&T) -> &String,
            into: &mut Vec<Item>,
        ) -> serde_json::Result<()> {
            for one in of {
                into.push(Item { kind, code: code(one).clone(), says: serde_json::to_value(one)? });
            }
            Ok(())
        }
        let mut items = Vec::new();
        all("department", &self.departments, |one| &one.code, &mut items)?;
        all("position", &self.positions, |one| &one.code, &mut items)?;
        all("role", &self.roles, |one| &one.code, &mut items)?;
        all("policy", &self.policies, |one| &one.code, &mut items)?;
        all("regulation", &self.regulations, |one| &one.code, &mut items)?;
        Ok(items)
    }

    /// Everything about it that is wrong in itself.
    ///
    /// # Errors
    /// A code or an edition that is missing, an item that stands in it twice.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        for (pointer, text) in [("/pack/code", &self.code), ("/pack/edition", &self.edition)] {
            if text.trim().is_empty() || text.chars().count() > 60 {
                findings.add(pointer, codes::REQUIRED);
            }
        }
        let mut met = BTreeSet::new();
        let items = self.items().unwrap_or_default();
        for item in &items {
            if !met.insert(item.name()) {
                findings.add_with("/pack", TWICE, [("item", json!(item.name()))]);
            }
        }
        findings.into_result().map_err(|no| no.citing(Citation::rule("REG-5")))
    }

    /// Demands that what is named is in it.
    ///
    /// # Errors
    /// `pack.unknown_item`, for each that is not.
    pub fn ensure_has(&self, named: &BTreeSet<String>) -> Result<(), Refusal> {
        let known: BTreeSet<String> = self.items().unwrap_or_default().iter().map(Item::name).collect();
        let mut findings = Findings::new();
        for (index, name) in named.iter().enumerate() {
            if !known.contains(name) {
                findings.add_with(format!("/take/{index}"), UNKNOWN_ITEM, [("item", json!(name))]);
            }
        }
        findings.into_result()
    }
}

/// A pack that comes with the product: the codes of what ships.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// Its code.
    pub code: String,
    /// Its edition.
    pub edition: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The packs that must be loaded before it.
    pub needs: Vec<String>,
    /// The departments that come with the product, by code, with their positions.
    pub departments: Vec<String>,
    /// The roles.
    pub roles: Vec<String>,
    /// The policies.
    pub policies: Vec<String>,
    /// The regulations.
    pub regulations: Vec<String>,
}

/// A pack as it was loaded last: what it wrote is known by its digests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LoadedPack {
    /// Identity.
    pub id: Id<Self>,
    /// The pack's code.
    pub code: String,
    /// Which edition.
    pub edition: String,
    /// What it said of each item that it wrote or found as it says.
    pub written: BTreeMap<String, String>,
    /// When.
    pub at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for LoadedPack {
    const KIND: &'static str = "pack";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl LoadedPack {
    /// Notes that a pack was loaded; nothing where it was, and nothing is other.
    pub fn note(self, before: Option<Self>, counted: &BTreeMap<&'static str, usize>) -> Option<Change<Self>> {
        let facts = json!({"code": self.code, "edition": self.edition, "items": counted});
        match before {
            None => Some(Change::created(self, LOADED, facts)),
            Some(before) if before.edition == self.edition && before.written == self.written => None,
            Some(before) => {
                let after = Self { id: before.id, version: before.version, ..self };
                Some(Change::updated(before, after, LOADED, facts))
            }
        }
    }
}

/// A finding about a file of a folder.
pub fn unreadable(file: &str, reason: &str) -> Refusal {
    let finding = Finding {
        pointer: format!("/{file}"),
        code: UNREADABLE,
        params: Map::from_iter([("file".to_owned(), json!(file)), ("reason".to_owned(), json!(reason))]),
    };
    let refusal = Refusal::new(UNREADABLE).with("file", file).with("reason", reason);
    let mut refusal = refusal.citing(Citation::rule("REG-5"));
    refusal.findings.push(finding);
    refusal
}

#[cfg(test)]
mod tests;
