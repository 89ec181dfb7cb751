//! Which claims a caller sees.

/// The claims within a sight, as a condition over `expense_claims`: one's own are those one made, submits or benefits
/// from.
macro_rules! covered {
    ($sight:expr) => {{
        use $crate::schema::expense_claims as own;
        $crate::spine::covered!(
            $sight,
            expense_claims,
            "expense_claim",
            own::creator_id
                .eq($sight.user)
                .or(own::submitter_id.eq($sight.employee))
                .or(own::beneficiary_id.eq($sight.employee))
        )
    }};
}
pub(crate) use covered;

/// The same as a part of a boxed query.
macro_rules! within {
    ($query:expr, $sight:expr) => {
        $query.filter($crate::finance::expense_claim::covered!($sight))
    };
}
pub(crate) use within;
