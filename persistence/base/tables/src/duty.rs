//! Migration 0021_duty.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    duties (id) {
        id -> SqlId,
        rule_id -> SqlId,
        rule_code -> Text,
        rule_number -> Integer,
        clause -> Text,
        source -> Text,
        subject -> Text,
        occasion -> Text,
        responsible_id -> SqlId,
        department_id -> SqlId,
        opens_at -> SqlInstant,
        due_at -> Nullable<SqlInstant>,
        overdue_at -> Nullable<SqlInstant>,
        missed_at -> Nullable<SqlInstant>,
        status -> Text,
        tallied -> Text,
        record -> Nullable<SqlId>,
        counted_at -> Nullable<SqlInstant>,
        detail -> Text,
        raised_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    duty_effects (duty_id, number) {
        duty_id -> SqlId,
        number -> Integer,
        recipient -> Nullable<Text>,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    duty_watermarks (rule_code) {
        rule_code -> Text,
        occasion -> Nullable<Text>,
        revision -> BigInt,
        looked_on -> Date,
        pass_revision -> Nullable<BigInt>,
        pass_on -> Nullable<Date>,
        pass_to -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    duty_tallies (month, rule_code, clause, department_id, employee_id) {
        month -> Text,
        rule_code -> Text,
        clause -> Text,
        department_id -> SqlId,
        employee_id -> SqlId,
        raised -> BigInt,
        on_time -> BigInt,
        late -> BigInt,
        missed -> BigInt,
        made_up -> BigInt,
        excused -> BigInt,
        waived -> BigInt,
        cancelled -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlInstant;
    server_signs (id) { id -> Integer, at -> SqlInstant, }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    server_outages (id) {
        id -> SqlId,
        from_at -> SqlInstant,
        until_at -> SqlInstant,
        version -> BigInt,
    }
}
