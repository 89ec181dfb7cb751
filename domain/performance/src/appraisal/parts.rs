//! A change of position, department or superior in the period makes parts by calendar days; days that are
//! exempt leave them, and a part that is too short is not scored. `[KPI-6; "How a score is computed" 6]`

use super::{Appraisal, AppraisalState, COVERED, SchemeReference, SheetPart, Unscorable};
use crate::{
    spine::{BusinessDate, Change, DepartmentId, EmployeeId},
    working_time::Period,
};
use std::collections::BTreeSet;

/// Days on which somebody worked in one place, both ends in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stay {
    /// The first day.
    pub from: BusinessDate,
    /// The last day.
    pub until: BusinessDate,
    /// The department.
    pub department: DepartmentId,
    /// The code of the position.
    pub position: Option<String>,
    /// The superior.
    pub superior: Option<EmployeeId>,
}

impl Stay {
    fn is_like(&self, other: &Self) -> bool {
        (self.department, &self.position, self.superior)
            == (other.department, &other.position, other.superior)
    }
}

/// The scheme of a position on a day, and the fewest working days of a part that is scored by it.
pub type SchemeOn<'a> = dyn Fn(&str, BusinessDate) -> Option<(SchemeReference, u32)> + 'a;

/// By what parts are made.
pub struct PartRules<'a> {
    /// The period.
    pub period: Period,
    /// Somebody who is away on at least so many days of the period is exempt for them.
    pub long_leave_days: u32,
    /// Whether people work on a day.
    pub is_working_day: &'a dyn Fn(BusinessDate) -> bool,
    /// What people are scored by.
    pub scheme: &'a SchemeOn<'a>,
}

fn count(days: impl Iterator<Item = BusinessDate>) -> u32 {
    u32::try_from(days.count()).unwrap_or(u32::MAX)
}

fn days(from: BusinessDate, until: BusinessDate) -> impl Iterator<Item = BusinessDate> {
    from.iter_days().take_while(move |day| *day <= until)
}

/// The parts of a period for somebody who worked in some places, in order of time, and was away from the
/// first to the last day of each of some absences. None where they did not work here in the period.
pub fn parts(stays: &[Stay], away: &[(BusinessDate, BusinessDate)], rules: &PartRules<'_>) -> Vec<SheetPart> {
    let (first, last) = (rules.period.first(), rules.period.last());
    let absent: BTreeSet<BusinessDate> =
        away.iter().flat_map(|(from, until)| days((*from).max(first), (*until).min(last))).collect();
    let is_long = count(absent.iter().copied()) >= rules.long_leave_days;
    let is_exempt = |day: BusinessDate| is_long && absent.contains(&day);
    let mut within: Vec<Stay> = Vec::new();
    for stay in stays {
        let stay = Stay { from: stay.from.max(first), until: stay.until.min(last), ..stay.clone() };
        match within.last_mut() {
            _ if stay.from > stay.until => {}
            Some(before) if before.is_like(&stay) => before.until = stay.until,
            _ => within.push(stay),
        }
    }
    within.into_iter().map(|stay| part(stay, rules, &is_exempt)).collect()
}

fn part(stay: Stay, rules: &PartRules<'_>, is_exempt: &dyn Fn(BusinessDate) -> bool) -> SheetPart {
    let Stay { from, until, department, position, superior } = stay;
    let counted = || days(from, until).filter(|day| !is_exempt(*day));
    let calendar_days = count(counted());
    let working_days = count(counted().filter(|day| (rules.is_working_day)(*day)));
    let found = position.as_deref().and_then(|position| (rules.scheme)(position, from));
    let unscored = match &found {
        None => Some(Unscorable::NoScheme),
        Some((_, least)) if working_days >= *least => None,
        Some(_) if calendar_days < count(days(from, until)) => Some(Unscorable::LongLeave),
        Some(_) => Some(Unscorable::TooShort),
    };
    let scheme = found.map(|(scheme, _)| scheme);
    SheetPart {
        from,
        until,
        department,
        position,
        superior,
        scheme,
        days: calendar_days,
        working_days,
        unscored,
    }
}

impl Appraisal {
    /// Brings the parts up to date before anything is measured: people move, fall ill, leave. None where
    /// nothing changes, or it is too late.
    pub fn cover(self, parts: Vec<SheetPart>) -> Option<Change<Self>> {
        let is_open = match self.state {
            AppraisalState::Open | AppraisalState::Blocked => true,
            AppraisalState::Exempt => self.exemption.is_none(),
            _ => false,
        };
        if !is_open || self.frozen.is_some() || parts == self.parts || parts.is_empty() {
            return None;
        }
        let mut after = self.clone();
        after.lay_out(parts);
        Some(self.moved(after, COVERED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{spine::Id, working_time::Span};
    use uuid::Uuid;

    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 6, n).expect("a day")
    }
    fn stay(from: u32, until: u32, superior: u128) -> Stay {
        Stay {
            from: day(from),
            until: day(until),
            department: Id::from_uuid(Uuid::from_u128(1)),
            position: Some("sales-representative".into()),
            superior: Some(Id::from_uuid(Uuid::from_u128(superior))),
        }
    }
    fn made(stays: &[Stay], away: &[(u32, u32)]) -> Vec<(u32, u32, Option<Unscorable>)> {
        let reference = || SchemeReference {
            id: Id::from_uuid(Uuid::from_u128(9)),
            code: "appraisal-scheme/sales".into(),
            number: 1,
            clause: "004 §9".into(),
        };
        let rules = PartRules {
            period: Period::containing(Span::Month, day(1)),
            long_leave_days: 15,
            is_working_day: &|day| chrono::Datelike::weekday(&day).num_days_from_monday() < 5,
            scheme: &|_, _| Some((reference(), 5)),
        };
        let away: Vec<_> = away.iter().map(|(from, until)| (day(*from), day(*until))).collect();
        let made = parts(stays, &away, &rules).into_iter();
        made.map(|part| (part.days, part.working_days, part.unscored)).collect()
    }

    #[test]
    fn who_moves_on_the_eleventh_has_two_parts_by_days() {
        assert_eq!(made(&[stay(1, 10, 2), stay(11, 30, 3)], &[]), [(10, 8, None), (20, 14, None)]);
        assert_eq!(made(&[stay(1, 10, 2), stay(11, 30, 2)], &[]), [(30, 22, None)], "nothing changed");
    }

    #[test]
    fn long_leave_is_exempt_and_a_short_part_is_not_scored() {
        assert_eq!(made(&[stay(1, 30, 2)], &[(1, 14)]), [(30, 22, None)], "a short leave counts");
        assert_eq!(made(&[stay(1, 30, 2)], &[(1, 15)]), [(15, 11, None)]);
        assert_eq!(made(&[stay(1, 30, 2)], &[(1, 28)]), [(2, 2, Some(Unscorable::LongLeave))]);
        assert_eq!(made(&[stay(26, 30, 2)], &[]), [(5, 3, Some(Unscorable::TooShort))]);
        assert!(made(&[], &[]).is_empty());
    }
}
