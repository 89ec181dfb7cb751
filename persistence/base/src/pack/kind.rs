//! The kinds of item that the base keeps: departments, positions, roles, policies. `[REG-5a]`

use super::{ItemKind, Loading};
use crate::{
    identity::role,
    organisation::{department, position},
    policy::{self, Shipped},
    schema::{departments, policies, positions, roles},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    identity::{Role, RoleDetails, SHIPPED_ROLES},
    organisation::{DEPARTMENT_TEMPLATES, Department, DepartmentDetails, Position, PositionDetails},
    pack::{BEYOND_OWN_RIGHTS, Item, PackDepartment, PackPolicy, PackPosition, PackRole},
    spine::{BusinessDate, DepartmentId, Permission, Policy, PolicyStatus, Refusal, codes},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What the item says, as its kind reads it.
fn said<T: DeserializeOwned>(item: &Item) -> Result<T, Failure> {
    Ok(serde_json::from_value(item.says.clone())?)
}

fn item(kind: &'static str, code: &str, says: impl serde::Serialize) -> Result<Item, Failure> {
    Ok(Item { kind, code: code.to_owned(), says: serde_json::to_value(says)? })
}

/// Departments: one that ships brings its positions along.
pub(super) const DEPARTMENT: ItemKind = ItemKind {
    kind: "department",
    reads: |_, says| Ok(says),
    ships: |_, code| {
        let template = DEPARTMENT_TEMPLATES.iter().find(|template| template.code == code);
        let template = template.ok_or_else(|| Failure::fault(format_args!("no department {code} ships")))?;
        let department = PackDepartment {
            code: template.code.to_owned(),
            name_zh: template.zh.to_owned(),
            name_en: template.en.to_owned(),
            parent: template.parent.map(str::to_owned),
        };
        let mut items = vec![item("department", code, department)?];
        for position in template.positions {
            let says = PackPosition {
                code: position.code.to_owned(),
                name_zh: position.zh.to_owned(),
                name_en: position.en.to_owned(),
                department: Some(template.code.to_owned()),
                duties: position.duties.iter().map(|duty| (*duty).to_owned()).collect(),
                clause: position.clause.to_owned(),
            };
            items.push(item("position", position.code, says)?);
        }
        Ok(items)
    },
    stands: |reader, item| {
        let Some(found) = open_department(reader, &item.code)? else { return Ok(None) };
        let mut stands = told_department(reader, &found)?;
        // Where the pack hangs it nowhere the company does.
        if said::<PackDepartment>(item)?.parent.is_none() {
            stands.parent = None;
        }
        Ok(Some(serde_json::to_value(stands)?))
    },
    exports: |reader| {
        let codes: Vec<String> = db!(reader, |c| departments::table
            .filter(departments::closed_on.is_null())
            .order(departments::id)
            .select(departments::code)
            .load(c))?;
        let mut found = Vec::new();
        for code in codes {
            if let Some(department) = open_department(reader, &code)? {
                found.push(serde_json::to_value(told_department(reader, &department)?)?);
            }
        }
        Ok(found)
    },
    write: |tx, item, _| write_department(tx, said(item)?),
};

fn open_department(reader: &mut Reader<'_>, code: &str) -> Result<Option<Department>, Failure> {
    let found = department::with_codes(reader, &[code])?.remove(code);
    Ok(found.filter(|department| department.closed_on.is_none()))
}

fn told_department(reader: &mut Reader<'_>, department: &Department) -> Result<PackDepartment, Failure> {
    let DepartmentDetails { code, name_zh, name_en, parent, head: _ } = department.details.clone();
    let parent = parent.map(|parent| department::load(reader, parent)).transpose()?;
    Ok(PackDepartment { code, name_zh, name_en, parent: parent.map(|parent| parent.details.code) })
}

/// The department that an item names.
fn referred_department(reader: &mut Reader<'_>, code: &str) -> Result<DepartmentId, Failure> {
    let unknown = || Refusal::new(codes::UNKNOWN_REFERENCE).at("/department");
    Ok(open_department(reader, code)?.ok_or_else(unknown)?.id)
}

fn write_department(tx: &mut Tx<'_>, says: PackDepartment) -> Result<(), Failure> {
    let PackDepartment { code, name_zh, name_en, parent } = says;
    let above = parent.map(|parent| referred_department(tx, &parent)).transpose()?;
    let tree = department::tree(tx)?;
    let standing = department::with_codes(tx, &[&code])?.remove(&code);
    let change = match standing {
        None => {
            let details = DepartmentDetails { code, name_zh, name_en, parent: above, head: None };
            Department::create(tx.id(), details, &tree)?
        }
        Some(standing) => {
            let DepartmentDetails { parent, head, .. } = standing.details.clone();
            let details = DepartmentDetails { code, name_zh, name_en, parent: above.or(parent), head };
            standing.change(details, &tree)?
        }
    };
    department::apply(tx, change).map(drop)
}

/// Positions.
pub(super) const POSITION: ItemKind = ItemKind {
    kind: "position",
    reads: |_, says| Ok(says),
    ships: |_, _| Ok(Vec::new()),
    stands: |reader, item| {
        let Some(found) = position_of(reader, &item.code)? else { return Ok(None) };
        Ok(Some(serde_json::to_value(told_position(reader, &found)?)?))
    },
    exports: |reader| {
        let ids: Vec<Key> =
            db!(reader, |c| positions::table.order(positions::id).select(positions::id).load(c))?;
        let mut found = Vec::new();
        for id in ids {
            let position = position::load(reader, id.into())?;
            found.push(serde_json::to_value(told_position(reader, &position)?)?);
        }
        Ok(found)
    },
    write: |tx, item, _| {
        let PackPosition { code, name_zh, name_en, department, duties, clause } = said(item)?;
        let department = department.map(|department| referred_department(tx, &department)).transpose()?;
        let details = PositionDetails { code, name_zh, name_en, department, duties, clause };
        let change = match position_of(tx, &details.code)? {
            None => Position::create(tx.id(), details)?,
            Some(standing) => standing.change(details)?,
        };
        position::apply(tx, change).map(drop)
    },
};

fn position_of(reader: &mut Reader<'_>, code: &str) -> Result<Option<Position>, Failure> {
    let ids: HashMap<String, _> = position::ids_of_codes(reader, &[code])?;
    ids.get(code).map(|id| position::load(reader, *id)).transpose()
}

fn told_position(reader: &mut Reader<'_>, position: &Position) -> Result<PackPosition, Failure> {
    let PositionDetails { code, name_zh, name_en, department, duties, clause } = position.details.clone();
    let department = department.map(|department| department::load(reader, department)).transpose()?;
    let department = department.map(|department| department.details.code);
    Ok(PackPosition { code, name_zh, name_en, department, duties, clause })
}

/// Roles: those of the product are changed by the product alone.
pub(super) const ROLE: ItemKind = ItemKind {
    kind: "role",
    reads: |_, says| Ok(says),
    ships: |_, code| {
        let shipped = SHIPPED_ROLES.iter().find(|shipped| shipped.code == code);
        let shipped = shipped.ok_or_else(|| Failure::fault(format_args!("no role {code} ships")))?;
        Ok(vec![item("role", code, told_role(&shipped.details()))?])
    },
    stands: |reader, item| {
        let found = role::by_code(reader, &item.code)?.filter(|role| !role.is_retired);
        found.map(|role| Ok(serde_json::to_value(told_role(&role.details))?)).transpose()
    },
    exports: |reader| {
        let codes: Vec<String> = db!(reader, |c| roles::table
            .filter(roles::is_retired.eq(false).and(roles::is_built_in.eq(false)))
            .order(roles::id)
            .select(roles::code)
            .load(c))?;
        let mut found = Vec::new();
        for code in codes {
            if let Some(role) = role::by_code(reader, &code)? {
                found.push(serde_json::to_value(told_role(&role.details))?);
            }
        }
        Ok(found)
    },
    write: |tx, item, _| write_role(tx, said(item)?),
};

fn told_role(details: &RoleDetails) -> PackRole {
    let RoleDetails { code, name_zh, name_en, permissions } = details.clone();
    let permissions = permissions.iter().map(|permission| permission.code().to_owned()).collect();
    PackRole { code, name_zh, name_en, permissions }
}

/// Nobody loads a role that may do more than they themselves.
fn write_role(tx: &mut Tx<'_>, says: PackRole) -> Result<(), Failure> {
    let PackRole { code, name_zh, name_en, permissions: named } = says;
    let mut permissions = BTreeSet::new();
    for permission in named {
        let unknown = || Refusal::new(codes::UNKNOWN_REFERENCE).at("/permissions");
        permissions.insert(permission.parse::<Permission>().map_err(|()| unknown())?);
    }
    if permissions.iter().any(|permission| !tx.actor().reach(*permission).all) {
        return Err(Refusal::new(BEYOND_OWN_RIGHTS).with("role", name_zh).into());
    }
    let details = RoleDetails { code, name_zh, name_en, permissions };
    let change = match role::by_code(tx, &details.code)? {
        None => Role::create(tx.id(), details)?,
        Some(standing) => standing.change(details)?,
    };
    role::apply(tx, change).map(drop)
}

/// Policies: what is written is their next version.
pub(super) const POLICY: ItemKind = ItemKind {
    kind: "policy",
    reads: |house, says| {
        let mut says: PackPolicy = serde_json::from_value(says)?;
        says.content = policy::kept(house, &says.code, says.content);
        Ok(serde_json::to_value(says)?)
    },
    ships: |reader, code| {
        let shipped = reader.house().all::<Shipped>().find(|shipped| shipped.code == code);
        let shipped = shipped.ok_or_else(|| Failure::fault(format_args!("no policy {code} ships")))?;
        let says = PackPolicy {
            code: shipped.code.to_owned(),
            title: shipped.title.to_owned(),
            clause: shipped.clause.to_owned(),
            content: policy::kept(reader.house(), code, shipped.said()?),
        };
        Ok(vec![item("policy", code, says)?])
    },
    stands: |reader, item| policy_of(reader, &item.code),
    exports: |reader| {
        let codes: Vec<String> = db!(reader, |c| policies::table
            .filter(policies::status.eq("published"))
            .order(policies::code)
            .select(policies::code)
            .distinct()
            .load(c))?;
        let mut found = Vec::new();
        for code in codes {
            found.extend(policy_of(reader, &code)?);
        }
        Ok(found)
    },
    write: |tx, item, loading| write_policy(tx, said(item)?, loading),
};

/// The last version of a policy that was published, as a pack says it.
fn policy_of(reader: &mut Reader<'_>, code: &str) -> Result<Option<Value>, Failure> {
    type Row = (String, String, String);
    let row: Option<Row> = db!(reader, |c| policies::table
        .filter(policies::code.eq(code).and(policies::status.eq("published")))
        .order((policies::effective_from.desc(), policies::number.desc()))
        .select((policies::title, policies::clause, policies::content))
        .first(c)
        .optional())?;
    let told = |(title, clause, content): Row| {
        let content = policy::kept(reader.house(), code, serde_json::from_str(&content)?);
        Ok(serde_json::to_value(PackPolicy { code: code.to_owned(), title, clause, content })?)
    };
    row.map(told).transpose()
}

fn write_policy(tx: &mut Tx<'_>, says: PackPolicy, loading: &Loading) -> Result<(), Failure> {
    let PackPolicy { code, title, clause, content } = says;
    let earliest: BusinessDate = policy::earliest_start(tx, &code)?;
    let policy = Policy {
        id: tx.id(),
        number: policy::next_version_number(tx, &code)?,
        code,
        title,
        status: PolicyStatus::Draft,
        effective_from: loading.effective_from,
        content,
        clause,
        published: None,
        version: 0,
    };
    let findings = policy::check(tx, &policy)?;
    let drafted = policy::apply(tx, policy.draft())?;
    let (by, now) = (tx.actor().user, tx.now());
    policy::apply(tx, drafted.publish(by, now, earliest, findings)?).map(drop)
}
