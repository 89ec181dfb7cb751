//! Lists of documents, the newest first, with the department and the person who answer for each.

use crate::organisation::{NamedColumns, PersonColumns};

/// A row with the names of its department and of its submitter.
pub(super) type Placed<R> = (R, NamedColumns, PersonColumns);

/// A page of the documents of a table, the newest first, and how many there are where that is asked for:
/// `newest!(reader, budgets as SummaryRow, page, include_total, |query| filtered!(query, filter, sight))`.
macro_rules! newest {
    ($reader:expr, $table:ident as $row:ty, $page:expr, $include_total:expr, |$query:ident| $filtered:expr) => {{
        use $crate::schema::{departments, employees};
        let joined = || {
            $table::table
                .inner_join(departments::table.on(departments::id.eq($table::department_id)))
                .inner_join(employees::table.on(employees::id.eq($table::submitter_id)))
        };
        let place = (departments::id, departments::code, departments::name_zh, departments::name_en);
        let person = (employees::id, employees::number, employees::name);
        let rows: Vec<$crate::finance::newest::Placed<$row>> = db!($reader, |c| {
            let $query = joined().select((<$row>::as_select(), place, person));
            keyset!($table, $filtered.limit($page.limit + 1), $page.after, descending).load(c)
        })?;
        let total = if $include_total {
            Some(db!($reader, |c| {
                let $query = joined().select(diesel::dsl::count_star());
                $filtered.first::<i64>(c)
            })?)
        } else {
            None
        };
        (rows, total)
    }};
}
pub(super) use newest;
