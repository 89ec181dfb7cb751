//! What a pack and its items look like.

use super::{row, shipped};
use crate::spine::{Failure, Reader, View};
use domain::{
    pack::{Fate, LoadedPack, Pack, PackText, folder},
    spine::Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// In what an item differs from what the company has.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PackItemDifference)]
pub struct DifferenceView {
    /// Which member.
    #[schema(max_length = 60, example = "name_zh")]
    pub member: String,
    /// What stands; what is no text as JSON, and the beginning of what is long.
    #[schema(max_length = 2000, example = "直营门店")]
    pub stands: Option<String>,
    /// What the pack says, told alike.
    #[schema(max_length = 2000, example = "零售门店")]
    pub says: Option<String>,
}

impl DifferenceView {
    /// As it is shown.
    pub(super) fn of((member, stands, says): (String, Value, Value)) -> Self {
        Self { member, stands: text(&stands), says: text(&says) }
    }
}

/// At most so many characters of what stands on either side are shown.
const SHOWN_MAX: usize = 2_000;

fn text(value: &Value) -> Option<String> {
    let whole = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(whole.chars().take(SHOWN_MAX).collect())
}

/// What became of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PackItem)]
pub struct ItemView {
    /// Its kind.
    #[schema(max_length = 40, example = "department")]
    pub kind: String,
    /// Its code.
    #[schema(max_length = 100, example = "event-centre")]
    pub code: String,
    /// What became of it.
    pub fate: Fate,
    /// Where the company's stays: in what it differs.
    #[schema(max_items = 20)]
    pub differences: Vec<DifferenceView>,
}

/// What loading a pack came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PackLoading)]
pub struct LoadedView {
    /// The pack.
    #[schema(max_length = 60)]
    pub code: String,
    /// Its edition.
    #[schema(max_length = 40)]
    pub edition: String,
    /// Item by item, in the order in which they are written.
    #[schema(max_items = 5000)]
    pub items: Vec<ItemView>,
}

impl View for LoadedView {}

/// A pack that comes with the product.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Pack)]
pub struct PackView {
    /// Its code.
    #[schema(max_length = 60, example = "general")]
    pub code: String,
    /// Its Chinese name.
    #[schema(max_length = 60)]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// The edition that comes with the product.
    #[schema(max_length = 40, example = "1.0")]
    pub edition: String,
    /// The packs that must be loaded before it.
    #[schema(max_items = 20, value_type = Vec<PackText>)]
    pub needs: Vec<String>,
    /// How many departments, positions, roles, policies and regulations it brings.
    pub brings: PackCounts,
    /// The edition that was loaded; null where it was not.
    #[schema(max_length = 40)]
    pub loaded_edition: Option<String>,
    /// When it was loaded last.
    pub loaded_at: Option<Timestamp>,
}

/// How many items of each kind a pack brings.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PackCounts {
    /// Departments.
    #[schema(minimum = 0)]
    pub departments: usize,
    /// Positions.
    #[schema(minimum = 0)]
    pub positions: usize,
    /// Roles.
    #[schema(minimum = 0)]
    pub roles: usize,
    /// Policies.
    #[schema(minimum = 0)]
    pub policies: usize,
    /// Regulations.
    #[schema(minimum = 0)]
    pub regulations: usize,
}

/// The packs that come with the product.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Packs)]
pub struct Packs {
    /// Each, the general one first.
    #[schema(max_items = 50)]
    pub data: Vec<PackView>,
}

impl View for Packs {}

/// The packs that come with the product, and which of them were loaded.
///
/// # Errors
/// Where the database fails.
pub fn all(reader: &mut Reader<'_>) -> Result<Packs, Failure> {
    let loaded = row::all(reader)?;
    let mut data = Vec::new();
    for manifest in folder::shipped()? {
        let pack = shipped(reader, &manifest.code)?;
        let known = loaded.iter().find(|known| known.code == pack.code);
        data.push(view(&pack, known));
    }
    Ok(Packs { data })
}

fn view(pack: &Pack, loaded: Option<&LoadedPack>) -> PackView {
    PackView {
        code: pack.code.clone(),
        name_zh: pack.name_zh.clone(),
        name_en: pack.name_en.clone(),
        edition: pack.edition.clone(),
        needs: pack.needs.clone(),
        brings: PackCounts {
            departments: pack.departments.len(),
            positions: pack.positions.len(),
            roles: pack.roles.len(),
            policies: pack.policies.len(),
            regulations: pack.regulations.len(),
        },
        loaded_edition: loaded.map(|loaded| loaded.edition.clone()),
        loaded_at: loaded.map(|loaded| loaded.at),
    }
}
