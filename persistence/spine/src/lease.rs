//! Work that one server holds for a while: a row with `fence` and `lease_until`. Each taking raises the fence, so whoever
//! lost the lease, or whose hold somebody broke by hand, brings nothing any more. `[OPR-2, INT-1c]`

/// Takes the row for which `$mine` holds for so many seconds, if nobody holds it; answers the fence:
/// `take_lease!(tx, webhook_cursors, webhook_cursors::endpoint_id.eq(key), 60)`.
#[macro_export]
macro_rules! take_lease {
    ($tx:expr, $table:ident, $mine:expr, $seconds:expr) => {{
        let now = $tx.now();
        let until = $crate::spine::Instant::from(now.plus(::chrono::Duration::seconds($seconds)));
        let now = $crate::spine::Instant::from(now);
        let free = $table::lease_until.is_null().or($table::lease_until.le(now));
        let fence: Option<i64> =
            $crate::spine::db!($tx, |c| ::diesel::update($table::table.filter($mine).filter(free))
                .set(($table::fence.eq($table::fence + 1), $table::lease_until.eq(Some(until))))
                .returning($table::fence)
                .get_result(c)
                .optional())?;
        fence
    }};
}

/// Holds a row on for so many seconds; answers whether this is still the last fence. From here on the row is locked.
#[macro_export]
macro_rules! keep_lease {
    ($tx:expr, $table:ident, $mine:expr, $fence:expr, $seconds:expr) => {{
        let until = $tx.now().plus(::chrono::Duration::seconds($seconds));
        $crate::spine::set_lease!($tx, $table, $mine, $fence, Some($crate::spine::Instant::from(until)))
    }};
}

/// Gives a row back; answers whether this was still the last fence. From here on the row is locked.
#[macro_export]
macro_rules! end_lease {
    ($tx:expr, $table:ident, $mine:expr, $fence:expr) => {
        $crate::spine::set_lease!($tx, $table, $mine, $fence, None::<$crate::spine::Instant>)
    };
}

/// Sets until when a row is held, under the last fence alone.
#[doc(hidden)]
#[macro_export]
macro_rules! set_lease {
    ($tx:expr, $table:ident, $mine:expr, $fence:expr, $until:expr) => {{
        let (fence, until): (i64, Option<$crate::spine::Instant>) = ($fence, $until);
        let touched = $crate::spine::db!($tx, |c| ::diesel::update(
            $table::table.filter($mine).filter($table::fence.eq(fence))
        )
        .set($table::lease_until.eq(until))
        .execute(c))?;
        touched > 0
    }};
}
