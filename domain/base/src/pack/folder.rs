//! A pack as a folder: `pack.toml`, `departments.toml`, `positions.toml`, `roles.toml`, `policies/*.json`,
//! `regulations/*.json`; read and written alike. `[REG-5a]`

use super::{Manifest, Pack, PackDepartment, PackPolicy, PackPosition, PackRegulation, PackRole, unreadable};
use crate::spine::Refusal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// The files of a folder by name, with `/` between a folder and what is in it.
pub type Files = BTreeMap<String, String>;

/// The packs that come with the product, the general one first.
pub const SHIPPED: &[&str] = &[
    include_str!("shipped/general.toml"),
    include_str!("shipped/event-centre.toml"),
    include_str!("shipped/real-estate.toml"),
    include_str!("shipped/culture-tourism.toml"),
    include_str!("shipped/medical-device.toml"),
    include_str!("shipped/garment.toml"),
    include_str!("shipped/attendance.toml"),
];

/// Every pack that comes with the product.
///
/// # Errors
/// Where one cannot be read.
pub fn shipped() -> Result<Vec<Manifest>, Refusal> {
    SHIPPED.iter().map(|text| read_toml("pack.toml", text)).collect()
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Head {
    code: String,
    edition: String,
    name_zh: String,
    name_en: String,
    needs: Vec<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Departments {
    #[serde(default)]
    department: Vec<PackDepartment>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Positions {
    #[serde(default)]
    position: Vec<PackPosition>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Roles {
    #[serde(default)]
    role: Vec<PackRole>,
}

fn read_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Refusal> {
    toml::from_str(text).map_err(|error| unreadable(file, error.message()))
}

fn read_if_any<T: DeserializeOwned + Default>(files: &Files, file: &str) -> Result<T, Refusal> {
    files.get(file).map_or_else(|| Ok(T::default()), |text| read_toml(file, text))
}

fn read_all<T: DeserializeOwned>(files: &Files, folder: &str) -> Result<Vec<T>, Refusal> {
    let within = files.iter().filter(|(name, _)| name.starts_with(folder) && name.ends_with(".json"));
    within
        .map(|(name, text)| serde_json::from_str(text).map_err(|error| unreadable(name, &error.to_string())))
        .collect()
}

/// Reads a pack from its files.
///
/// # Errors
/// `pack.unreadable`, naming the file and what is wrong in it.
pub fn read(files: &Files) -> Result<Pack, Refusal> {
    let head = files.get("pack.toml").ok_or_else(|| unreadable("pack.toml", "missing"))?;
    let Head { code, edition, name_zh, name_en, needs } = read_toml("pack.toml", head)?;
    let pack = Pack {
        code,
        edition,
        name_zh,
        name_en,
        needs,
        departments: read_if_any::<Departments>(files, "departments.toml")?.department,
        positions: read_if_any::<Positions>(files, "positions.toml")?.position,
        roles: read_if_any::<Roles>(files, "roles.toml")?.role,
        policies: read_all::<PackPolicy>(files, "policies/")?,
        regulations: read_all::<PackRegulation>(files, "regulations/")?,
    };
    pack.check()?;
    Ok(pack)
}

/// Writes a pack as its files.
///
/// # Errors
/// What cannot be said in a file.
pub fn write(pack: &Pack) -> Result<Files, Refusal> {
    fn said<T: Serialize>(file: &str, of: &T) -> Result<(String, String), Refusal> {
        let text = toml::to_string_pretty(of).map_err(|error| unreadable(file, &error.to_string()))?;
        Ok((file.to_owned(), text))
    }
    let Pack { code, edition, name_zh, name_en, needs, departments, positions, roles, .. } = pack.clone();
    let mut files = Files::from([
        said("pack.toml", &Head { code, edition, name_zh, name_en, needs })?,
        said("departments.toml", &Departments { department: departments })?,
        said("positions.toml", &Positions { position: positions })?,
        said("roles.toml", &Roles { role: roles })?,
    ]);
    for policy in &pack.policies {
        let name = format!("policies/{}.json", policy.code.replace('/', "."));
        files.insert(name.clone(), pretty(&name, policy)?);
    }
    for regulation in &pack.regulations {
        let name = format!("regulations/{}.json", regulation.code);
        files.insert(name.clone(), pretty(&name, regulation)?);
    }
    Ok(files)
}

fn pretty<T: Serialize>(file: &str, of: &T) -> Result<String, Refusal> {
    let text = serde_json::to_string_pretty(of).map_err(|error| unreadable(file, &error.to_string()))?;
    Ok(text + "\n")
}
