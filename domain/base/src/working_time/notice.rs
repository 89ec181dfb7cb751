//! When an unread notice is worth a strong reminder (强提醒): two clocks for each reader, one of working minutes
//! and one of the others. `[NOT-2, 002 §8]`

use super::{Reckoned, TimeOfDay, WorkingTime};
use crate::spine::{BusinessDate, Finding, Findings, PolicyContent, Timestamp};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the company's rule is kept.
pub const NOTICE_REMINDER_CODE: &str = "notice-reminder/company";

/// The rule as shipped: 2 hours of working time or 12 of the other, held from 22:00 to 7:00.
pub const SHIPPED_NOTICE_REMINDER: &str = include_str!("shipped/notice_reminder.json");

/// The longest either clock may run, in minutes: 30 days.
const RUN_MAX_MINUTES: u32 = 30 * 24 * 60;
/// How many days are looked at for a reader who is away before no reminder is foreseen.
const LOOKAHEAD_DAYS: usize = 366 * 2;

/// When unread notices are reminded of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeReminder {
    /// After so many working minutes, 1 to 43200.
    pub after_working_minutes: u32,
    /// Or after so many others, 1 to 43200.
    pub after_other_minutes: u32,
    /// From when on nobody is disturbed.
    pub quiet_from: TimeOfDay,
    /// Until when; before `quiet_from`, the quiet hours go over midnight. The same: there are none.
    pub quiet_until: TimeOfDay,
}

impl PolicyContent for NoticeReminder {
    const KIND: &'static str = "notice-reminder";
    const EXAMPLE: &'static str = SHIPPED_NOTICE_REMINDER;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (field, minutes) in [
            ("after_working_minutes", self.after_working_minutes),
            ("after_other_minutes", self.after_other_minutes),
        ] {
            findings.within(format!("/content/{field}"), minutes, 1..=RUN_MAX_MINUTES);
        }
        findings.into_vec()
    }
}

/// A stretch of time that is worked throughout, or not at all.
type Stretch = (Timestamp, Timestamp, bool);

impl NoticeReminder {
    /// When a reader who has not read what was published at an instant is reminded: as soon as either clock
    /// has run, but not within the quiet hours. While the reader is `away` — from, until — both clocks stand.
    /// None where they are away for years.
    pub fn due(
        &self,
        published: Timestamp,
        away: &[(Timestamp, Timestamp)],
        time: WorkingTime<'_>,
    ) -> Option<Reckoned<Timestamp>> {
        let mut working = Duration::minutes(self.after_working_minutes.into());
        let mut other = Duration::minutes(self.after_other_minutes.into());
        let mut provisional = false;
        for day in time.day_of(published).iter_days().take(LOOKAHEAD_DAYS) {
            provisional |= !time.calendar.is_announced(day);
            for (from, until, is_worked) in present(stretches(time, day, published), away) {
                let clock = if is_worked { &mut working } else { &mut other };
                let run = until.since(from);
                if *clock <= run {
                    let at = self.held(from.plus(*clock), away, time)?;
                    return Some(Reckoned { value: at, provisional });
                }
                *clock -= run;
            }
        }
        None
    }

    /// The first instant from this one on that is neither quiet nor one the reader is away at.
    fn held(
        &self,
        at: Timestamp,
        away: &[(Timestamp, Timestamp)],
        time: WorkingTime<'_>,
    ) -> Option<Timestamp> {
        let mut at = at;
        for _ in 0..=away.len() * 2 + 1 {
            let later = self.after_quiet(at, time);
            let back = away.iter().find(|(from, until)| *from <= later && later < *until);
            match back {
                None => return Some(later),
                Some((_, until)) => at = *until,
            }
        }
        None
    }

    /// The end of the quiet hours an instant lies in, else the instant.
    fn after_quiet(&self, at: Timestamp, time: WorkingTime<'_>) -> Timestamp {
        let day = time.day_of(at);
        let quiet = |from: BusinessDate, until: BusinessDate| {
            (time.instant(from, self.quiet_from), time.instant(until, self.quiet_until))
        };
        let nights = if self.quiet_from <= self.quiet_until {
            [Some(quiet(day, day)), None]
        } else {
            [day.pred_opt().map(|before| quiet(before, day)), day.succ_opt().map(|after| quiet(day, after))]
        };
        let night = nights.into_iter().flatten().find(|(from, until)| *from <= at && at < *until);
        night.map_or(at, |(_, until)| until)
    }
}

/// Whether a reader is reminded at an instant: not who has read by then, be it at that very instant.
pub fn is_unread(read: Option<Timestamp>, due: Timestamp) -> bool {
    read.is_none_or(|read| read > due)
}

/// A day from an instant on, in stretches that are worked or not.
fn stretches(time: WorkingTime<'_>, day: BusinessDate, from: Timestamp) -> Vec<Stretch> {
    let (start, end) = time.span(day, day);
    let mut here = start.max(from);
    let mut found = Vec::new();
    for (begin, close) in time.hours_on(day) {
        if begin > here {
            found.push((here, begin, false));
            here = begin;
        }
        if close > here {
            found.push((here, close, true));
            here = close;
        }
    }
    if end > here {
        found.push((here, end, false));
    }
    found
}

/// The same stretches without what somebody is away at.
fn present(stretches: Vec<Stretch>, away: &[(Timestamp, Timestamp)]) -> Vec<Stretch> {
    away.iter().fold(stretches, |stretches, (gone, back)| {
        let parts = |(from, until, is_worked): Stretch| {
            let before = (from, until.min(*gone), is_worked);
            let after = (from.max(*back), until, is_worked);
            [before, after]
        };
        let all = stretches.into_iter().flat_map(|stretch| {
            if *back <= stretch.0 || stretch.1 <= *gone { vec![stretch] } else { parts(stretch).to_vec() }
        });
        all.filter(|(from, until, _)| from < until).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, calendar, shanghai, written};
    use super::*;

    fn rule() -> NoticeReminder {
        serde_json::from_str(SHIPPED_NOTICE_REMINDER).expect("it reads")
    }

    fn reminded(published: &str, away: &[(&str, &str)]) -> Option<String> {
        let calendar = calendar();
        let away: Vec<_> = away.iter().map(|(from, until)| (at(from), at(until))).collect();
        rule().due(at(published), &away, shanghai(&calendar)).map(|due| written(due.value))
    }

    #[test]
    fn the_shipped_rule_is_sound() {
        assert_eq!(rule().findings(), []);
        let mut rule = rule();
        rule.after_other_minutes = 0;
        assert_eq!(rule.findings().len(), 1);
    }

    #[test]
    fn two_working_hours_or_twelve_others_whichever_comes_first() {
        // Worked example 11.
        assert_eq!(reminded("2026-05-11 11:30", &[]).as_deref(), Some("2026-05-11 15:30"));
        assert_eq!(reminded("2026-05-08 16:30", &[]).as_deref(), Some("2026-05-09 07:00"), "05:30, held");
        // On a holiday only the other clock runs.
        assert_eq!(reminded("2026-05-01 08:00", &[]).as_deref(), Some("2026-05-01 20:00"));
        assert_eq!(reminded("2026-05-01 10:00", &[]).as_deref(), Some("2026-05-02 07:00"), "22:00 is quiet");
        assert_eq!(reminded("2026-05-01 09:59", &[]).as_deref(), Some("2026-05-01 21:59"));
    }

    #[test]
    fn on_leave_both_clocks_stand() {
        let away = [("2026-05-11 14:00", "2026-05-13 08:30")];
        assert_eq!(reminded("2026-05-11 11:30", &away).as_deref(), Some("2026-05-13 10:00"));
        // Due at 05:30, held to 07:00, when they are away.
        let away = [("2026-05-09 06:00", "2026-05-10 00:00")];
        assert_eq!(reminded("2026-05-08 16:30", &away).as_deref(), Some("2026-05-10 07:00"));
        assert_eq!(reminded("2026-05-08 16:30", &[("2026-05-01 00:00", "2036-01-01 00:00")]), None);
    }

    #[test]
    fn read_at_the_very_instant_is_read() {
        let due = at("2026-05-11 15:30");
        assert!(!is_unread(Some(due), due));
        assert!(is_unread(Some(due.plus(Duration::microseconds(1))), due));
        assert!(is_unread(None, due));
    }
}
