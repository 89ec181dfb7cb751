//! How far a caller sees budgets and their lines. Budgets are open to all concerned: whoever reaches only what is
//! their own sees their own department's. `[BUD-8; 000 §9 透明沟通]`

use crate::spine::{Key, Reader};

/// The bounds of what a caller may read of budgets.
#[derive(Clone, Debug)]
pub struct BudgetSight {
    /// Everything in the company.
    pub(in crate::finance) all: bool,
    /// What belongs to these departments.
    pub(in crate::finance) departments: Vec<Key>,
    /// The caller's account: what it made.
    pub(in crate::finance) user: Key,
    /// The caller's employee: what they submitted, approve or were copied; the nil id where there is none.
    pub(in crate::finance) employee: Key,
}

impl BudgetSight {
    /// As far as the permission of the route reaches for its caller.
    pub fn of(reader: &Reader<'_>) -> Self {
        let (actor, reach) = (reader.actor(), reader.reach());
        let own = actor.department.filter(|_| reach.own);
        Self {
            all: reach.all,
            departments: reach.departments.iter().copied().chain(own).map(Into::into).collect(),
            user: actor.user.into(),
            employee: actor.employee.map_or(Key(uuid::Uuid::nil()), Into::into),
        }
    }
}

/// The budgets within a sight, as a condition on a boxed query over `budgets`. Who has a part in the approval of
/// one reads it whatever their reach.
macro_rules! within {
    ($query:expr, $sight:expr) => {{
        use $crate::schema::{budgets, document_readers};
        let sight = &$sight;
        if sight.all {
            $query
        } else {
            let readable = document_readers::table
                .filter(document_readers::document_kind.eq("budget"))
                .filter(document_readers::employee_id.eq(sight.employee))
                .select(document_readers::document);
            $query.filter(
                budgets::creator_id
                    .eq(sight.user)
                    .or(budgets::submitter_id.eq(sight.employee))
                    .or(budgets::department_id.eq_any(&sight.departments))
                    .or(budgets::id.eq_any(readable)),
            )
        }
    }};
}
pub(in crate::finance) use within;
