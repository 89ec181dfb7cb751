//! People come, move, are on leave, go; and who is charged with what was missed. `[DUT-2f]`

use super::{Duty, DutySettings, DutySubject, Holding, Times};
use crate::{
    spine::{BusinessDate, EmployeeId, Timestamp},
    working_time::WorkingTime,
};

/// How many days are looked at for the first day back from leave.
const LOOKAHEAD_DAYS: usize = 366 * 2;

/// Whether somebody who comes into scope on a day owes a personal duty that is under way: not with too few
/// working days left, that day and the due's included.
pub fn owes_on_joining(
    from: BusinessDate,
    times: &Times,
    settings: &DutySettings,
    time: WorkingTime<'_>,
) -> bool {
    let wanted = settings.joining_working_days as usize;
    match times.due {
        Some(due) => time.working_days(from, time.day_until(due)).take(wanted).count() >= wanted,
        None => true,
    }
}

/// What leave does to a personal duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeaveEffect {
    /// Nothing.
    None,
    /// It is excused: there was no working day without leave from its opening to its due.
    Excused,
    /// It is due on the first working day back.
    Moved(Times),
}

/// What leave — told day by day, for whole days — does to a duty of these times.
pub fn on_leave(
    times: &Times,
    is_away: impl Fn(BusinessDate) -> bool,
    settings: &DutySettings,
    time: WorkingTime<'_>,
) -> LeaveEffect {
    let Some(due) = times.due else { return LeaveEffect::None };
    let due_day = time.day_until(due);
    let mut days = time.working_days(time.day_of(times.opens), due_day).peekable();
    if days.peek().is_some() && days.all(&is_away) {
        return LeaveEffect::Excused;
    }
    if !is_away(due_day) {
        return LeaveEffect::None;
    }
    let mut after = due_day.iter_days().skip(1).take(LOOKAHEAD_DAYS);
    match after.find(|day| time.is_working_day(*day) && !is_away(*day)) {
        Some(back) => {
            let moved = times.due_at(time.instant(back, settings.back_from_leave_at), time);
            let provisional = moved.provisional || !time.calendar().is_announced(back);
            LeaveEffect::Moved(Times { provisional, ..moved })
        }
        None => LeaveEffect::None,
    }
}

/// Who is charged with a miss.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Charge {
    /// Who.
    pub employee: EmployeeId,
    /// How many whole working days they had held it by the due.
    pub working_days: usize,
}

/// Whole working days between two instants.
fn whole_working_days(from: Timestamp, until: Timestamp, time: WorkingTime<'_>) -> usize {
    let is_whole = |day: &BusinessDate| {
        let (start, end) = time.span(*day, *day);
        let within = time.elapsed(start.max(from), end.min(until)).value;
        within == time.elapsed(start, end).value
    };
    time.working_days(time.day_of(from), time.day_until(until)).filter(is_whole).count()
}

impl Duty {
    /// Who held it at its due.
    fn holder_at(&self, due: Timestamp) -> Option<&Holding> {
        self.holdings.iter().rev().find(|holding| holding.from < due)
    }

    /// Who is charged if it is missed: the person whose own it is; of a post's or a record's who held it at
    /// its due, if for long enough; else nobody.
    pub fn charge(&self, settings: &DutySettings, time: WorkingTime<'_>) -> Option<Charge> {
        let due = self.times.due?;
        let holder = self.holder_at(due)?;
        let working_days = whole_working_days(holder.from, due, time);
        let is_own = matches!(self.subject, DutySubject::Person { .. });
        let is_charged = is_own || working_days >= settings.holder_working_days as usize;
        is_charged.then_some(Charge { employee: holder.employee, working_days })
    }
}
