//! Rows of indicators.

use crate::{
    organisation::unless_taken,
    schema::indicators,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    indicator::{Indicator, IndicatorDetails, Source},
    scoring::Direction,
    spine::{Id, Version, search_text},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = indicators, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub unit: String,
    pub direction: String,
    pub measure: Option<String>,
    pub measured_of: Option<String>,
    pub description: String,
    pub is_retired: bool,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(indicator: &Indicator, tx: &Tx<'_>) -> Self {
        let Indicator { id, details, is_retired, version } = indicator;
        let IndicatorDetails { code, name_zh, name_en, unit, direction, source, description } = details;
        let (measure, measured_of) = match source {
            Source::Measured { measure, of } => (Some(measure.clone()), of.clone()),
            Source::Entered {} => (None, None),
        };
        Self {
            id: (*id).into(),
            code: code.clone(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            unit: unit.clone(),
            direction: direction.code().to_owned(),
            measure,
            measured_of,
            description: description.clone(),
            is_retired: *is_retired,
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[name_zh, name_en], &[code]),
        }
    }
}

impl TryFrom<Row> for Indicator {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = || Failure::corrupt("indicators", "direction", row.id.0);
        let direction = Direction::from_code(&row.direction).ok_or_else(corrupt)?;
        let source = match row.measure {
            Some(measure) => Source::Measured { measure, of: row.measured_of },
            None => Source::Entered {},
        };
        let details = IndicatorDetails {
            code: row.code,
            name_zh: row.name_zh,
            name_en: row.name_en,
            unit: row.unit,
            direction,
            source,
            description: row.description,
        };
        Ok(Self { id: row.id.into(), details, is_retired: row.is_retired, version: row.version })
    }
}

impl Stored<crate::Performance> for Indicator {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(unless_taken(save_row!(tx, indicators, &row, before), "/code", &row.code)?)
    }
}

/// One indicator: whoever may read indicators may read each of them.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<Indicator>) -> Result<Indicator, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| indicators::table.filter(indicators::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One indicator by its code.
///
/// # Errors
/// Where there is none.
pub fn of_code(reader: &mut Reader<'_>, code: &str) -> Result<Indicator, Failure> {
    let row: Row = db!(reader, |c| indicators::table
        .filter(indicators::code.eq(code))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// All indicators, by their codes; those too that are retired.
///
/// # Errors
/// Where the database fails.
pub fn all(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Indicator>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| indicators::table.select(Row::as_select()).load(c))?;
    rows.into_iter()
        .map(|row| {
            let indicator = Indicator::try_from(row)?;
            Ok((indicator.details.code.clone(), indicator))
        })
        .collect()
}
