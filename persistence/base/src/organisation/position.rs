//! Positions and their written duties.

use super::reference::{NamedColumns, NamedRef, referred, unless_taken};
use crate::{
    organisation::DEPARTMENT,
    schema::{departments, positions},
    search,
    spine::{
        Failure, Filter, Key, Master, Page, Reader, Refers, Slice, Stored, Tx, View, Where, columns, db,
        guard, narrow, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    organisation::{Position, PositionDetails, PositionId},
    spine::{Change, DepartmentId, Version, search_key},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = positions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    name_zh: String,
    name_en: String,
    department_id: Option<Key>,
    duties: String,
    clause: String,
    version: Version,
    search_text: String,
}

impl TryFrom<&Position> for Row {
    type Error = Failure;
    fn try_from(position: &Position) -> Result<Self, Failure> {
        let Position { id, details, version } = position;
        let PositionDetails { code, name_zh, name_en, department, duties, clause } = details;
        Ok(Self {
            id: (*id).into(),
            code: code.clone(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            department_id: department.map(Into::into),
            duties: serde_json::to_string(duties)?,
            clause: clause.clone(),
            version: *version,
            search_text: search_key(&[name_zh, name_en, code]),
        })
    }
}

impl TryFrom<Row> for Position {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, code, name_zh, name_en, department_id, duties, clause, version, search_text: _ } = row;
        let department = department_id.map(Into::into);
        let duties = serde_json::from_str(&duties)?;
        let details = PositionDetails { code, name_zh, name_en, department, duties, clause };
        Ok(Self { id: id.into(), details, version })
    }
}

impl Stored<crate::Base> for Position {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::try_from(self)?;
        guard(unless_taken(save_row!(tx, positions, &row, before), "/code", &row.code)?)
    }
}

crate::spine::resource! { crate::Base: Position as PositionView; find, apply, view = view }

/// Writes a change of a position.
pub fn apply(tx: &mut Tx<'_>, change: Change<Position>) -> Result<Position, Failure> {
    tx.apply(change)
}

/// A position, whoever asks.
pub fn load(reader: &mut Reader<'_>, id: PositionId) -> Result<Position, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| positions::table.filter(positions::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// A position that the caller may change: one of a department within reach.
pub fn find(reader: &mut Reader<'_>, id: PositionId) -> Result<Position, Failure> {
    let position = load(reader, id)?;
    ensure_within_reach(reader, position.details.department)?;
    Ok(position)
}

/// Not found, unless a position of this department lies within the reach of the route's permission. One of
/// no department belongs to the whole company.
pub fn ensure_within_reach(reader: &Reader<'_>, department: Option<DepartmentId>) -> Result<(), Failure> {
    let reach = reader.reach();
    if reach.all || department.is_some_and(|department| reach.covers(department, false)) {
        return Ok(());
    }
    Err(Failure::NotFound)
}

/// A position that a field refers to: it must exist.
pub fn refer(reader: &mut Reader<'_>, id: PositionId, pointer: &str) -> Result<Position, Failure> {
    referred(load(reader, id), pointer)
}

/// The positions with these codes: which code is whose.
pub fn ids_of_codes(reader: &mut Reader<'_>, codes: &[&str]) -> Result<HashMap<String, PositionId>, Failure> {
    let rows: Vec<(String, Key)> = db!(reader, |c| positions::table
        .filter(positions::code.eq_any(codes))
        .select((positions::code, positions::id))
        .load(c))?;
    Ok(rows.into_iter().map(|(code, id)| (code, id.into())).collect())
}

/// Every position with its department, in the order of their codes.
///
/// # Errors
/// Where the database fails.
pub fn all_names(reader: &mut Reader<'_>) -> Result<Vec<(NamedRef, Option<DepartmentId>)>, Failure> {
    let rows: Vec<(NamedColumns, Option<Key>)> = db!(reader, |c| positions::table
        .order(positions::code)
        .select((
            (positions::id, positions::code, positions::name_zh, positions::name_en),
            positions::department_id,
        ))
        .load(c))?;
    let named = |(name, department): (NamedColumns, Option<Key>)| (name.into(), department.map(Into::into));
    Ok(rows.into_iter().map(named).collect())
}

/// The codes and names of positions, in the order of their codes.
///
/// # Errors
/// Where the database fails.
pub fn names(reader: &mut Reader<'_>, ids: &[PositionId]) -> Result<Vec<NamedRef>, Failure> {
    let keys: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let rows: Vec<NamedColumns> = db!(reader, |c| positions::table
        .filter(positions::id.eq_any(&keys))
        .order(positions::code)
        .select((positions::id, positions::code, positions::name_zh, positions::name_en))
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A position, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Position)]
pub struct PositionView {
    /// Identity.
    pub id: PositionId,
    /// Unique short code.
    #[schema(max_length = 40, example = "sales-representative")]
    pub code: String,
    /// Chinese name.
    #[schema(max_length = 60, example = "销售代表")]
    pub name_zh: String,
    /// English name.
    #[schema(max_length = 60, example = "Sales representative")]
    pub name_en: String,
    /// The department it belongs to; none where several have it.
    pub department: Option<NamedRef>,
    /// Its written duties, in order.
    #[schema(max_items = 50)]
    pub duties: Vec<String>,
    /// The clause that describes it.
    #[schema(max_length = 200, example = "000 §2.3(1)")]
    pub clause: String,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PositionView {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/positions/{}", self.id))
    }
}

fn shown((row, department): (Row, Option<NamedColumns>)) -> Result<PositionView, Failure> {
    Ok(PositionView {
        id: row.id.into(),
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        department: department.map(Into::into),
        duties: serde_json::from_str(&row.duties)?,
        clause: row.clause,
        version: row.version,
    })
}

/// A position, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: PositionId) -> Result<PositionView, Failure> {
    let key = Key::from(id);
    let row: (Row, Option<NamedColumns>) = db!(reader, |c| positions::table
        .left_join(departments::table.on(positions::department_id.eq(departments::id.nullable())))
        .filter(positions::id.eq(key))
        .select((
            Row::as_select(),
            (departments::id, departments::code, departments::name_zh, departments::name_en).nullable(),
        ))
        .first(c))?;
    shown(row)
}

/// Which positions are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PositionFilter {
    /// Only those of this department.
    #[param(inline)]
    pub department_id: Option<DepartmentId>,
    /// Only those whose code or name contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "xsdb")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: PositionOrder,
}

impl Filter for PositionFilter {}

orders! {
    /// By what positions are ordered.
    pub PositionOrder of Row in positions by id, ascending:
    code;
    name_zh;
    created_at = id;
}

type Found = (Row, Option<NamedColumns>);

/// The positions, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PositionFilter,
    page: &Page,
) -> Result<Slice<PositionView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, positions, filter; department_id = department_id);
    search!(wanted, filter, positions::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        positions::table
            .left_join(departments::table.on(positions::department_id.eq(departments::id.nullable())))
        => (
            Row::as_select(),
            (departments::id, departments::code, departments::name_zh, departments::name_en).nullable(),
        );
        |found: &Found| &found.0);
    found.try_map(shown)
}

columns! { PositionView as "positions" "岗位" "Positions", domain::spine::Permission::ExportOrganisation:
    code "编码" "Code";
    name_zh "名称" "Chinese name";
    name_en "英文名称" "English name";
    department "部门" "Department";
    duties "职责" "Duties" = |position| position.duties.join("；");
    clause "依据条款" "Clause";
}
