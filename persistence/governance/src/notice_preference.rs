//! What somebody does not want to be reminded of, in the database: one row a person. `[NOT-1b]`

use crate::{
    schema::notice_preferences as preferences,
    spine::{Failure, Key, Part, Reader, Stored, Tx, View, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    announcement::{Announcement, AnnouncementKind},
    notice_preference::{NoticePreference, may_be_muted},
    spine::{EmployeeId, Version},
};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = preferences, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    employee_id: Key,
    muted: String,
    version: Version,
}

impl TryFrom<Row> for NoticePreference {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, employee_id, muted, version } = row;
        Ok(Self {
            id: id.into(),
            employee: employee_id.into(),
            muted: serde_json::from_str(&muted)?,
            version,
        })
    }
}

impl Stored<crate::Governance> for NoticePreference {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { id, employee, muted, version } = self;
        let row = Row {
            id: (*id).into(),
            employee_id: (*employee).into(),
            muted: serde_json::to_string(muted)?,
            version: *version,
        };
        match save_row!(tx, preferences, &row, before) {
            // They said so on another device meanwhile: done again, this finds it.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

fn of(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<Option<NoticePreference>, Failure> {
    let key = Key::from(employee);
    let row: Option<Row> = db!(reader, |c| preferences::table
        .filter(preferences::employee_id.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// What one does not want to be reminded of.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NoticePreferences)]
pub struct NoticePreferenceView {
    /// The kinds of notices of which nobody reminds one, as long as nothing is wanted of one.
    #[schema(max_items = 10)]
    pub muted: BTreeSet<AnnouncementKind>,
}

impl View for NoticePreferenceView {}

/// The caller's own; nothing is muted until they say so.
///
/// # Errors
/// Where the database fails.
pub fn own(reader: &mut Reader<'_>) -> Result<NoticePreferenceView, Failure> {
    let found = match reader.actor().employee {
        Some(employee) => of(reader, employee)?,
        None => None,
    };
    Ok(NoticePreferenceView { muted: found.map(|found| found.muted).unwrap_or_default() })
}

/// Says what the caller does not want to be reminded of; again, nothing changes.
///
/// # Errors
/// Where the account belongs to no employee.
pub fn say(tx: &mut Tx<'_>, muted: BTreeSet<AnnouncementKind>) -> Result<NoticePreferenceView, Failure> {
    let before = match tx.actor().employee {
        Some(employee) => of(tx, employee)?,
        None => None,
    };
    let change = NoticePreference::say(before, tx.id(), muted, tx.actor())?;
    if let Some(change) = change {
        tx.apply(change)?;
    }
    own(tx)
}

/// Who of some readers is not reminded of an announcement, since they mute its kind and nothing is wanted of them.
///
/// # Errors
/// Where the database fails.
pub(crate) fn who_mutes(
    reader: &mut Reader<'_>,
    about: &Announcement,
    readers: &[EmployeeId],
) -> Result<HashSet<EmployeeId>, Failure> {
    let mut muting = HashSet::new();
    if !may_be_muted(about.content.wanted.want()) {
        return Ok(muting);
    }
    let keys: Vec<Key> = readers.iter().map(|reader| Key::from(*reader)).collect();
    // In parts: an engine binds only so many values.
    for part in keys.chunks(1000) {
        let rows: Vec<Row> = db!(reader, |c| preferences::table
            .filter(preferences::employee_id.eq_any(part))
            .select(Row::as_select())
            .load(c))?;
        for row in rows {
            let preference = NoticePreference::try_from(row)?;
            if preference.muted.contains(&about.content.kind) {
                muting.insert(preference.employee);
            }
        }
    }
    Ok(muting)
}
