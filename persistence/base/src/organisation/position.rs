//! Positions and their written duties.

use super::reference::{NamedColumns, NamedRef, referred, unless_taken};
use crate::{
    organisation::DEPARTMENT,
    schema::{departments, positions},
    spine::{Failure, Key, Master, Page, Reader, Refers, Slice, Stored, Tx, View, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    organisation::{Position, PositionDetails, PositionId},
    spine::{Change, DepartmentId, Version},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

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
        })
    }
}

impl TryFrom<Row> for Position {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, code, name_zh, name_en, department_id, duties, clause, version } = row;
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

/// Positions by code; of one department where that is asked.
pub fn list(
    reader: &mut Reader<'_>,
    department: Option<DepartmentId>,
    page: &Page<String>,
) -> Result<Slice<PositionView, String>, Failure> {
    let rows: Vec<(Row, Option<NamedColumns>)> = db!(reader, |c| {
        let mut query = positions::table
            .left_join(departments::table.on(positions::department_id.eq(departments::id.nullable())))
            .order(positions::code)
            .limit(page.limit + 1)
            .select((
                Row::as_select(),
                (departments::id, departments::code, departments::name_zh, departments::name_en).nullable(),
            ))
            .into_boxed();
        if let Some((code, _)) = &page.after {
            query = query.filter(positions::code.gt(code));
        }
        if let Some(department) = department {
            query = query.filter(positions::department_id.eq(Key::from(department)));
        }
        query.load(c)
    })?;
    let views = rows.into_iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice::cut(views, page.limit, |view| (view.code.clone(), Uuid::from(view.id))))
}
