//! How far a caller sees: what is their own, what belongs to departments in reach, everything, and what
//! came to them for approval or as a copy.

use crate::spine::{Key, Reader};
use domain::spine::Reach;

/// The bounds of what a caller may read.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Everything in the company.
    pub(crate) all: bool,
    /// What belongs to these departments.
    pub(crate) departments: Vec<Key>,
    /// The caller's account: what it made.
    pub(crate) user: Key,
    /// The caller's employee: what they submitted, benefit from, approve or were copied. The nil id where
    /// the account has none: nobody bears it.
    pub(crate) employee: Key,
}

impl Sight {
    /// As far as the permission of the route reaches for its caller.
    pub fn of(reader: &Reader<'_>) -> Self {
        Self::within(reader, &reader.reach())
    }

    fn within(reader: &Reader<'_>, reach: &Reach) -> Self {
        let actor = reader.actor();
        Self {
            all: reach.all,
            departments: reach.departments.iter().map(|department| (*department).into()).collect(),
            user: actor.user.into(),
            employee: actor.employee.map_or(Key(uuid::Uuid::nil()), Into::into),
        }
    }
}

/// The claims within a sight, as a condition on a boxed query over `expense_claims`. Who has a part in the
/// approval of a claim reads it whatever their reach.
macro_rules! within {
    ($query:expr, $sight:expr) => {{
        use $crate::schema::{document_readers, expense_claims};
        let sight = &$sight;
        if sight.all {
            $query
        } else {
            let readable = document_readers::table
                .filter(document_readers::document_kind.eq("expense_claim"))
                .filter(document_readers::employee_id.eq(sight.employee))
                .select(document_readers::document);
            $query.filter(
                expense_claims::creator_id
                    .eq(sight.user)
                    .or(expense_claims::submitter_id.eq(sight.employee))
                    .or(expense_claims::beneficiary_id.eq(sight.employee))
                    .or(expense_claims::department_id.eq_any(&sight.departments))
                    .or(expense_claims::id.eq_any(readable)),
            )
        }
    }};
}
pub(crate) use within;
