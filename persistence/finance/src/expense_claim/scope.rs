//! Which claims a caller sees.

/// The claims within a sight, as a condition on a boxed query over `expense_claims`: one's own are those one made,
/// submits or benefits from.
macro_rules! within {
    ($query:expr, $sight:expr) => {{
        use $crate::schema::expense_claims as own;
        $crate::spine::within!(
            $query,
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
pub(crate) use within;
