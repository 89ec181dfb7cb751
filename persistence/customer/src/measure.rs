//! What customers bring to indicators: who is new, who was followed up, how well files are kept. `[KPI-1]`

use crate::{
    schema::{customer_standings as standings, customers, interactions},
    spine::{Failure, Instant, Key, Part, Reader, db},
};
use diesel::prelude::*;
use domain::{customer_file::CustomerState, spine::BusinessDate};
use persistence_base::measure::{Asked, Measure, Measured, digest, duties_in_time};
use rust_decimal::Decimal;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] =
    &[&NEW_CUSTOMERS, &FOLLOW_UPS, &VISITS_AS_PLANNED, &FILES_COMPLETE, &FILES_VERIFIED_IN_TIME];

fn digest_of(keys: &[Key]) -> String {
    digest(keys.iter().map(|key| key.0.to_string()))
}

/// The files that somebody entered and that are no other's under another name.
static NEW_CUSTOMERS: Measure = Measure {
    code: "new-customers",
    zh: "新建档客户数（已合并的不计）",
    en: "Customers newly entered, those merged into others left out",
    unit: "家",
    needs_subject: false,
    of: |reader, asked| {
        let key = Key::from(asked.employee);
        let (begins, ends) = asked.instants(reader.zone());
        let (begins, ends) = (Instant::from(begins), Instant::from(ends));
        let merged = CustomerState::Merged.code();
        let keys: Vec<Key> = db!(reader, |c| customers::table
            .filter(customers::creator_employee_id.eq(Some(key)).and(customers::status.ne(merged)))
            .filter(customers::created_at.ge(begins).and(customers::created_at.lt(ends)))
            .order(customers::id)
            .select(customers::id)
            .load(c))?;
        Ok(Measured::count(keys.len(), digest_of(&keys)))
    },
};

/// Interactions with substance, as they were judged.
static FOLLOW_UPS: Measure = Measure {
    code: "follow-ups",
    zh: "有效跟进次数",
    en: "Follow-ups that count",
    unit: "次",
    needs_subject: false,
    of: |reader, asked| {
        let (key, from, until) = (Key::from(asked.employee), asked.from, asked.until);
        let keys: Vec<Key> = db!(reader, |c| interactions::table
            .filter(interactions::employee_id.eq(key).and(interactions::is_qualified.eq(true)))
            .filter(interactions::held_on.ge(Some(from)).and(interactions::held_on.le(Some(until))))
            .order(interactions::id)
            .select(interactions::id)
            .load(c))?;
        Ok(Measured::count(keys.len(), digest_of(&keys)))
    },
};

/// Of what was planned for some days, how much was reported; what is called off in time says nothing.
static VISITS_AS_PLANNED: Measure = Measure {
    code: "visits-as-planned",
    zh: "拜访计划完成率",
    en: "The share of planned visits that took place",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| {
        let rows = planned(reader, asked)?;
        let held = rows.iter().filter(|(_, held_on)| held_on.is_some()).count();
        let digest = digest(rows.iter().map(|(id, held_on)| format!("{} {held_on:?}", id.0)));
        Ok(Measured::share(held, rows.len(), rows.len(), digest))
    },
};

fn planned(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Result<Vec<(Key, Option<BusinessDate>)>, Failure> {
    let key = Key::from(asked.employee);
    let (begins, ends) = asked.instants(reader.zone());
    // What is planned for later says nothing yet.
    let (begins, ends) = (Instant::from(begins), Instant::from(ends.min(reader.now())));
    Ok(db!(reader, |c| interactions::table
        .filter(interactions::employee_id.eq(key).and(interactions::status.eq_any(["planned", "reported"])))
        .filter(interactions::planned_for.ge(Some(begins)).and(interactions::planned_for.lt(Some(ends))))
        .order(interactions::id)
        .select((interactions::id, interactions::held_on))
        .load(c))?)
}

/// How complete the files of one's customers are, on the day on which it is measured.
static FILES_COMPLETE: Measure = Measure {
    code: "customer-files-complete",
    zh: "名下客户档案平均完整度（统计时）",
    en: "How complete the files of the person's customers are, when it is measured",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| {
        let (key, active) = (Key::from(asked.employee), CustomerState::Active.code());
        let rows: Vec<(Key, i32)> = db!(reader, |c| customers::table
            .inner_join(standings::table.on(standings::customer_id.eq(customers::id)))
            .filter(standings::owner_id.eq(Some(key)).and(customers::status.eq(active)))
            .order(customers::id)
            .select((customers::id, customers::completeness))
            .load(c))?;
        let sum: i64 = rows.iter().map(|(_, percent)| i64::from(*percent)).sum();
        let mean = Decimal::from(sum).checked_div(Decimal::from(rows.len()));
        Ok(Measured {
            value: mean.map(|mean| mean.round_dp(4)),
            rows: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            digest: digest(rows.iter().map(|(id, percent)| format!("{} {percent}", id.0))),
            ..Measured::default()
        })
    },
};

/// As the clock of that duty judged.
static FILES_VERIFIED_IN_TIME: Measure = Measure {
    code: "customer-files-verified-in-time",
    zh: "客户档案按时核查率",
    en: "The share of customer files that were verified in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| duties_in_time(reader, asked, "duty-rule/customer-verification"),
};
