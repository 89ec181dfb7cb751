//! How far a caller sees: what is their own, what belongs to departments in reach, everything, and what came to
//! them for approval or as a copy.

use super::{Failure, Key, Reader, db};
use crate::schema::document_readers as readers;
use diesel::{dsl::exists, prelude::*};
use domain::spine::Permission;

/// The bounds of what a caller may read.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Everything in the company.
    pub all: bool,
    /// What belongs to these departments.
    pub departments: Vec<Key>,
    /// The caller's account: what it made.
    pub user: Key,
    /// The caller's employee: what they submitted, benefit from, approve or were copied. The nil id where the
    /// account has none: nobody bears it.
    pub employee: Key,
}

impl Sight {
    /// As far as the permission of the route reaches for its caller.
    pub fn of(reader: &Reader<'_>) -> Self {
        let (actor, reach) = (reader.actor(), reader.reach());
        Self {
            all: reach.all,
            departments: reach.departments.iter().map(|department| (*department).into()).collect(),
            user: actor.user.into(),
            employee: actor.employee.map_or(Key(uuid::Uuid::nil()), Into::into),
        }
    }

    /// The same for what is open to all concerned: whoever reaches only what is their own sees their own
    /// department's. `[BUD-8; 000 §9 透明沟通]`
    pub fn of_concerned(reader: &Reader<'_>) -> Self {
        let mut sight = Self::of(reader);
        let own = reader.actor().department.filter(|_| reader.reach().own);
        sight.departments.extend(own.map(Key::from));
        sight
    }
}

impl Sight {
    /// Whether one document lies within it: as [`within`] says of many, but of a row at hand. A document is found by its
    /// id with one statement that stays prepared, whoever asks.
    pub fn covers(
        &self,
        reader: &mut Reader<'_>,
        kind: &'static str,
        document: Key,
        department: Key,
        is_own: bool,
    ) -> Result<bool, Failure> {
        if self.all || is_own || self.departments.contains(&department) {
            return Ok(true);
        }
        let part = readers::document_kind
            .eq(kind)
            .and(readers::document.eq(document))
            .and(readers::employee_id.eq(self.employee));
        Ok(db!(reader, |c| diesel::select(exists(readers::table.filter(part))).get_result(c))?)
    }
}

impl Reader<'_> {
    /// Whether a look with another permission of the same actor finds something; never where the actor does not hold
    /// it, not even what is their own.
    pub fn finds_by<T>(
        &mut self,
        permission: Permission,
        look: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<bool, Failure> {
        Ok(self.found_by(permission, look)?.is_some())
    }

    /// What a look with another permission of the same actor finds; nothing where [`Self::finds_by`] says so.
    pub fn found_by<T>(
        &mut self,
        permission: Permission,
        look: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if self.actor().may(permission) { self.seen_by(permission, look) } else { Ok(None) }
    }
}

/// The documents of a table within a sight, as a condition: those of departments in reach, those for which `$own` holds,
/// and those in whose approval the caller has a part, whatever their reach.
///
/// `crate::schema` are the tables of the wing that says it.
#[allow(clippy::crate_in_macro_def, reason = "the tables of a wing are its own")]
#[macro_export]
macro_rules! covered {
    ($sight:expr, $table:ident, $kind:expr, $own:expr) => {{
        use crate::schema::$table;
        use $crate::schema::document_readers;
        let (sight, mut wanted) = (&$sight, $crate::spine::Where::new());
        if !sight.all {
            let readable = document_readers::table
                .filter(document_readers::document_kind.eq($kind))
                .filter(document_readers::employee_id.eq(sight.employee))
                .select(document_readers::document);
            let departments = sight.departments.clone();
            wanted.also($own.or($table::department_id.eq_any(departments)).or($table::id.eq_any(readable)));
        }
        wanted
    }};
    // What is one's own is what one made or submits.
    ($sight:expr, $table:ident, $kind:expr) => {{
        use crate::schema::$table as own;
        $crate::spine::covered!(
            $sight,
            $table,
            $kind,
            own::creator_id.eq($sight.user).or(own::submitter_id.eq($sight.employee))
        )
    }};
}

/// The rows of a table within a sight, as a condition: those of departments in reach, and where a column says whose a row is,
/// the caller's own. Nobody approves such rows, so nobody else sees them.
#[macro_export]
macro_rules! reached {
    ($sight:expr, $table:ident $(, $own:ident)?) => {{
        let (sight, mut wanted) = ($sight, $crate::spine::Where::new());
        if !sight.all {
            let reached = $table::department_id.eq_any(sight.departments);
            wanted.also(reached $(.or($table::$own.eq(sight.employee)))?);
        }
        wanted
    }};
}

/// The same as a part of a boxed query over the table.
#[macro_export]
macro_rules! within {
    ($query:expr, $sight:expr, $table:ident, $kind:expr $(, $own:expr)?) => {
        $query.filter($crate::spine::covered!($sight, $table, $kind $(, $own)?))
    };
}
