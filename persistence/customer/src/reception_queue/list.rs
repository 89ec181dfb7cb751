//! The queues within the caller's sight, and what came to whom. `[QUE-1, QUE-3, INT-4]`

use super::row::Row;
use crate::{
    organisation::{NamedRef, PersonRef, Register},
    schema::{reception_entries as entries, reception_places as places, reception_queues, receptions},
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Sight, Slice, View, Where, columns, db, narrow, orders,
        paged,
    },
};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::{
    reception_queue::{PassedOver, Turn},
    spine::{AnyId, EmployeeId, Version},
    working_time::midnight,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A queue in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionQueueSummary)]
pub struct QueueSummary {
    /// Its identity.
    pub id: AnyId,
    /// Of which site.
    pub site_id: AnyId,
    /// The department that receives there.
    pub department: NamedRef,
    /// Of which day.
    pub on: NaiveDate,
    /// Whether turns are not kept now.
    pub is_suspended: bool,
    /// How many entries its ledger has.
    #[schema(minimum = 1)]
    pub entries: i32,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for QueueSummary {}

/// Which queues are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct QueueFilter {
    /// Only of this site.
    pub site_id: Option<AnyId>,
    /// Only of this day or later.
    #[serde(rename = "on[gte]")]
    pub from: Option<NaiveDate>,
    /// Only of this day or before.
    #[serde(rename = "on[lte]")]
    pub to: Option<NaiveDate>,
    /// The order; a minus turns it round. The latest day first where absent.
    #[param(inline)]
    pub sort: QueueOrder,
}

impl Filter for QueueFilter {}

orders! {
    /// By what queues are ordered.
    pub QueueOrder of Row in reception_queues by id, descending:
    on = queue_on;
}

/// The queues in which the caller has a place, and those within their reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &QueueFilter,
    page: &Page,
) -> Result<Slice<QueueSummary>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let mine = places::table.filter(places::employee_id.eq(sight.employee)).select(places::queue_id);
        let near = reception_queues::department_id.eq_any(sight.departments);
        wanted.also(near.or(reception_queues::id.eq_any(mine)));
    }
    narrow!(wanted, reception_queues, filter; site_id = site_id, queue_on >= from, queue_on <= to);
    let found = paged!(reader, page, filter.sort, wanted; reception_queues::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| {
        let Row { id, site_id, department_id, queue_on, entries, head: _, is_suspended, version } = row;
        Ok(QueueSummary {
            id: id.into(),
            site_id: site_id.into(),
            department: register.placed(department_id.into())?,
            on: queue_on,
            is_suspended,
            entries,
            version,
        })
    })
}

columns! { QueueSummary as "reception-queues" "接待排号" "Reception queues", domain::spine::Permission::ExportCustomers:
    on "日期" "Day";
    department "部门" "Department";
    is_suspended "是否暂停" "Suspended";
    entries "记录数" "Entries" = |one| i64::from(one.entries);
}

/// What came to somebody at the sites.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionStatistic)]
pub struct ReceptionStatistic {
    /// Who.
    pub employee: PersonRef,
    /// How many receptions they began.
    #[schema(minimum = 0)]
    pub receptions: i64,
    /// How many of them used a turn, those given back not counted.
    #[schema(minimum = 0)]
    pub turns: i64,
    /// How many fell into their lunch duty.
    #[schema(minimum = 0)]
    pub lunch_duty: i64,
    /// How often they helped with another's visitor.
    #[schema(minimum = 0)]
    pub assists: i64,
    /// How often they were passed over because they had stepped out or were away.
    #[schema(minimum = 0)]
    pub passed_over_absent: i64,
    /// How often because they were receiving.
    #[schema(minimum = 0)]
    pub passed_over_receiving: i64,
    /// How many customers turned out to be another's.
    #[schema(minimum = 0)]
    pub mistaken: i64,
    /// How many they received and did not register.
    #[schema(minimum = 0)]
    pub unregistered: i64,
}

impl View for ReceptionStatistic {}

/// What is counted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct StatisticFilter {
    /// Only at this site.
    pub site_id: Option<AnyId>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// From this day on; today where absent.
    #[serde(rename = "on[gte]")]
    pub from: Option<NaiveDate>,
    /// Up to this day; today where absent. At most 92 days are counted.
    #[serde(rename = "on[lte]")]
    pub to: Option<NaiveDate>,
}

impl Filter for StatisticFilter {}

/// At most so many days are counted at once.
const DAYS_MAX: u64 = 92;

type Received = (Key, String, bool, bool, Option<bool>, i64);
type PassedRow = (Option<Key>, Option<String>, i64);

/// What came to whom in days, of people within the caller's sight, in the order of their numbers: the fairness of turns.
///
/// # Errors
/// Where the database fails.
pub fn statistics(
    reader: &mut Reader<'_>,
    filter: &StatisticFilter,
    page: &Page,
) -> Result<Slice<ReceptionStatistic>, Failure> {
    let to = filter.to.unwrap_or_else(|| reader.today());
    let from = filter.from.unwrap_or(to).max(to - Days::new(DAYS_MAX - 1));
    let (zone, end) = (reader.zone(), to + Days::new(1));
    let span = (Instant::from(midnight(from, zone)), Instant::from(midnight(end, zone)));
    let register = Register::of(reader)?;
    let mut people: BTreeMap<String, ReceptionStatistic> = BTreeMap::new();
    for (who, turn, is_mistaken, is_unregistered, is_agreed, count) in received(reader, filter, span)? {
        let one = of(&mut people, register.named(who.into())?);
        one.receptions += count;
        match Turn::from_code(&turn) {
            // One that was another's may have given its turn back: the ledger takes it off below.
            Some(Turn::Taken) => one.turns += count,
            Some(Turn::LunchDuty) => one.lunch_duty += count,
            _ => {}
        }
        one.assists += if is_agreed == Some(true) { count } else { 0 };
        one.mistaken += if is_mistaken { count } else { 0 };
        one.unregistered += if is_unregistered { count } else { 0 };
    }
    for (kind, (who, because, count)) in passed(reader, filter, span)? {
        let Some(who) = who else { continue };
        let one = of(&mut people, register.named(who.into())?);
        match (kind, because.as_deref().and_then(PassedOver::from_code)) {
            ("restored", _) => one.turns -= count,
            (_, Some(PassedOver::Receiving)) => one.passed_over_receiving += count,
            (_, Some(PassedOver::SteppedOut | PassedOver::Away)) => one.passed_over_absent += count,
            _ => {}
        }
    }
    Ok(Slice::of(people.into_values().collect(), page))
}

fn of(people: &mut BTreeMap<String, ReceptionStatistic>, employee: PersonRef) -> &mut ReceptionStatistic {
    people.entry(employee.number.clone()).or_insert_with(|| ReceptionStatistic {
        employee,
        receptions: 0,
        turns: 0,
        lunch_duty: 0,
        assists: 0,
        passed_over_absent: 0,
        passed_over_receiving: 0,
        mistaken: 0,
        unregistered: 0,
    })
}

fn received(
    reader: &mut Reader<'_>,
    filter: &StatisticFilter,
    (from, end): (Instant, Instant),
) -> Result<Vec<Received>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let own = receptions::receiver_id.eq(sight.employee);
        wanted.also(own.or(receptions::department_id.eq_any(sight.departments)));
    }
    wanted.also(receptions::begun_at.ge(from).and(receptions::begun_at.lt(end)));
    narrow!(wanted, receptions, filter; site_id = site_id, receiver_id = employee_id);
    let by = (
        receptions::receiver_id,
        receptions::turn,
        receptions::is_mistaken,
        receptions::is_unregistered,
        receptions::is_agreed,
    );
    Ok(db!(reader, |c| receptions::table
        .filter(&wanted)
        .group_by(by)
        .select((by.0, by.1, by.2, by.3, by.4, diesel::dsl::count_star()))
        .load(c))?)
}

fn passed(
    reader: &mut Reader<'_>,
    filter: &StatisticFilter,
    (from, end): (Instant, Instant),
) -> Result<Vec<(&'static str, PassedRow)>, Failure> {
    let mut all = Vec::new();
    for kind in ["passed_over", "restored"] {
        let (mut wanted, sight) = (Where::new(), Sight::of(reader));
        let mut queues = Where::new();
        if !sight.all {
            let near = reception_queues::table
                .filter(reception_queues::department_id.eq_any(sight.departments))
                .select(reception_queues::id);
            let own = entries::employee_id.eq(Some(sight.employee));
            wanted.also(own.or(entries::queue_id.eq_any(near).nullable()));
        }
        narrow!(queues, reception_queues, filter; site_id = site_id);
        let of_site = reception_queues::table.filter(queues).select(reception_queues::id);
        wanted.also(entries::queue_id.eq_any(of_site));
        wanted.also(entries::kind.eq(kind).and(entries::at.ge(from)).and(entries::at.lt(end)));
        if let Some(who) = filter.employee_id {
            wanted.also(entries::employee_id.eq(Some(Key::from(who))));
        }
        let by = (entries::employee_id, entries::because);
        let rows: Vec<PassedRow> = db!(reader, |c| entries::table
            .filter(&wanted)
            .group_by(by)
            .select((by.0, by.1, diesel::dsl::count_star()))
            .load(c))?;
        all.extend(rows.into_iter().map(|row| (kind, row)));
    }
    Ok(all)
}

columns! { ReceptionStatistic as "reception-statistics" "接待统计" "Receptions by person", domain::spine::Permission::ExportCustomers:
    employee "员工" "Employee";
    receptions "接待" "Receptions";
    turns "轮次" "Turns";
    lunch_duty "午间值班接待" "In lunch duty";
    assists "协助" "Assists";
    passed_over_absent "不在场过号" "Passed over, absent";
    passed_over_receiving "接待中过号" "Passed over, receiving";
    mistaken "他人客户" "Another's customers";
    unregistered "未登记" "Not registered";
}
