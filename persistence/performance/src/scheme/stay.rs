//! Where people worked in a period, and by what they are measured there. `[KPI-6]`

use super::{Schemes, reference};
use crate::{
    organisation::absence,
    policy,
    schema::{employee_placements as placements, employees, positions},
    spine::{Failure, Key, Reader, Where, db},
};
use diesel::prelude::*;
use domain::{
    appraisal::{PartRules, SheetPart, Stay, parts},
    appraisal_period::AppraisalSettings,
    organisation::working_calendar::WorkingCalendar,
    spine::{BusinessDate, EmployeeId, PolicyVersion},
    working_time::{Period, WorkingTime},
};
use std::{collections::BTreeMap, sync::Arc};

/// Somebody with the parts of a period.
#[derive(Clone, Debug)]
pub(crate) struct Covered {
    pub employee: EmployeeId,
    pub parts: Vec<SheetPart>,
}

/// By what parts are made on the days of a period.
pub(crate) struct Rules {
    period: Period,
    settings: Arc<PolicyVersion<AppraisalSettings>>,
    calendar: Arc<PolicyVersion<WorkingCalendar>>,
    pub schemes: Schemes,
}

impl Rules {
    /// Those of today.
    pub fn of(reader: &mut Reader<'_>, period: Period) -> Result<Self, Failure> {
        let today = reader.today();
        Ok(Self {
            period,
            settings: policy::in_force(reader, "company", today)?,
            calendar: policy::in_force(reader, "company", today)?,
            schemes: Schemes::of(reader, period.span())?,
        })
    }

    fn parts(
        &self,
        reader: &Reader<'_>,
        stays: &[Stay],
        away: &[(BusinessDate, BusinessDate)],
    ) -> Vec<SheetPart> {
        let time = WorkingTime::new(&self.calendar.content, reader.zone());
        let rules = PartRules {
            period: self.period,
            long_leave_days: self.settings.content.long_leave_days,
            is_working_day: &|day| time.is_working_day(day),
            scheme: &|position, day| {
                let version = self.schemes.of_position(position, day)?;
                Some((reference(version), version.content.part_working_days_at_least))
            },
        };
        parts(stays, away, &rules)
    }
}

/// At most so many people who worked here in a period, behind one of them, in the order of their ids, with
/// their parts.
pub(crate) fn covered(
    reader: &mut Reader<'_>,
    rules: &Rules,
    behind: Option<Key>,
    limit: i64,
) -> Result<Vec<Covered>, Failure> {
    let (first, last) = (rules.period.first(), rules.period.last());
    let mut wanted = Where::new();
    wanted.also(employees::joined_on.le(last));
    wanted.also(employees::last_day.is_null().or(employees::last_day.ge(first)));
    if let Some(behind) = behind {
        wanted.also(employees::id.gt(behind));
    }
    type Row = (Key, BusinessDate, Option<BusinessDate>);
    let people: Vec<Row> = db!(reader, |c| employees::table
        .filter(&wanted)
        .order(employees::id)
        .limit(limit)
        .select((employees::id, employees::joined_on, employees::last_day))
        .load(c))?;
    let ids: Vec<EmployeeId> = people.iter().map(|(id, ..)| (*id).into()).collect();
    let mut stays = stays(reader, &people, last)?;
    let away = absence::days_away(reader, &ids, first)?;
    let covered = ids.into_iter().map(|employee| {
        let stays = stays.remove(&employee).unwrap_or_default();
        let away = away.get(&employee).map_or(&[][..], Vec::as_slice);
        Covered { employee, parts: rules.parts(reader, &stays, away) }
    });
    Ok(covered.collect())
}

type Person = (Key, BusinessDate, Option<BusinessDate>);

fn stays(
    reader: &mut Reader<'_>,
    people: &[Person],
    last: BusinessDate,
) -> Result<BTreeMap<EmployeeId, Vec<Stay>>, Failure> {
    type Row = (Key, (BusinessDate, Option<BusinessDate>, bool), Key, Option<Key>, Option<String>);
    let mut stays: BTreeMap<EmployeeId, Vec<Stay>> = BTreeMap::new();
    let employed: BTreeMap<Key, (BusinessDate, Option<BusinessDate>)> =
        people.iter().map(|(id, joined, last_day)| (*id, (*joined, *last_day))).collect();
    let keys: Vec<Key> = employed.keys().copied().collect();
    // In parts: an engine binds only so many values.
    for part in keys.chunks(500) {
        let rows: Vec<Row> = db!(reader, |c| placements::table
            .left_join(positions::table.on(placements::position_id.eq(positions::id.nullable())))
            .filter(placements::employee_id.eq_any(part))
            .order((placements::employee_id, placements::from_on))
            .select((
                placements::employee_id,
                (placements::from_on, placements::until_on, placements::is_first),
                placements::department_id,
                placements::superior_id,
                positions::code.nullable()
            ))
            .load(c))?;
        for (employee, (from, until, is_first), department, superior, position) in rows {
            let Some((joined, last_day)) = employed.get(&employee) else { continue };
            let until = until.and_then(|until| until.pred_opt()).unwrap_or(last);
            let stay = Stay {
                from: if is_first { *joined } else { from.max(*joined) },
                until: last_day.map_or(until, |last_day| until.min(last_day)),
                department: department.into(),
                position,
                superior: superior.map(Into::into),
            };
            stays.entry(employee.into()).or_default().push(stay);
        }
    }
    Ok(stays)
}
