//! Migration 0072_customer_look_up.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    customer_look_ups (user_id, hour) {
        user_id -> SqlId,
        hour -> BigInt,
        count -> BigInt,
    }
}
