//! Migration 0164_partner.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    partners (id) {
        id -> SqlId,
        code -> Text,
        name -> Text,
        owner_id -> SqlId,
        department_id -> SqlId,
        channel -> Nullable<Text>,
        customer_id -> Nullable<SqlId>,
        rate_bp -> Integer,
        is_active -> Bool,
        search_text -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    partner_deals (id) {
        id -> SqlId,
        partner_id -> SqlId,
        contract_id -> Nullable<SqlId>,
        order_id -> Nullable<SqlId>,
        number -> Text,
        department_id -> SqlId,
        submitter_id -> SqlId,
        named_by_id -> SqlId,
        named_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    partner_commissions (id) {
        id -> SqlId,
        sale_id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        partner_id -> SqlId,
        rate_bp -> Integer,
        booked_minor -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    partner_settlements (id) {
        id -> SqlId,
        number -> Text,
        partner_id -> SqlId,
        department_id -> SqlId,
        month -> Text,
        amount_minor -> BigInt,
        entries -> Text,
        claim_id -> Nullable<SqlId>,
        claim_number -> Nullable<Text>,
        claimed_by_id -> Nullable<SqlId>,
        claimed_at -> Nullable<SqlInstant>,
        status -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    partner_entries (id) {
        id -> SqlId,
        commission_id -> SqlId,
        place -> Integer,
        partner_id -> SqlId,
        amount_minor -> BigInt,
        booked_at -> SqlInstant,
        booked_on -> Date,
        settlement_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    price_protections (id) {
        id -> SqlId,
        number -> Text,
        partner_id -> SqlId,
        department_id -> SqlId,
        submitter_id -> SqlId,
        claimed_by_id -> SqlId,
        product_id -> SqlId,
        cut_on -> Date,
        old_minor -> BigInt,
        new_minor -> BigInt,
        bought -> BigInt,
        declared -> BigInt,
        stock_source -> Text,
        reported_on -> Date,
        evidence -> Text,
        verify_by -> Date,
        verified -> Nullable<Text>,
        approved_by_id -> Nullable<SqlId>,
        approved_at -> Nullable<SqlInstant>,
        reference -> Nullable<Text>,
        credited_at -> Nullable<SqlInstant>,
        ended_at -> Nullable<SqlInstant>,
        ended_reason -> Nullable<Text>,
        status -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
