//! Times of a local day as instants, where clocks are put forward and back too. `[DUT-3b]`

use super::TimeOfDay;
use crate::spine::{BusinessDate, Timestamp};
use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// How far around a time that does not exist the shift of the clocks is looked for.
const AROUND_HOURS: i64 = 24;

/// The instant of a time on a day. One that does not exist is the next instant, a doubled one the first.
pub(super) fn instant(day: BusinessDate, time: TimeOfDay, zone: Tz) -> Timestamp {
    let local = day.and_time(NaiveTime::MIN) + Duration::minutes(time.minutes().into());
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => {
            Timestamp::new(instant.with_timezone(&Utc))
        }
        LocalResult::None => Timestamp::new(first_at_or_after(local, zone)),
    }
}

/// The first instant whose local time is not before this one, to the second; the clocks jump over it.
fn first_at_or_after(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let around = Duration::hours(AROUND_HOURS);
    let (mut before, mut after) = ((local - around).and_utc(), (local + around).and_utc());
    while after - before > Duration::seconds(1) {
        let middle = before + Duration::seconds((after - before).num_seconds() / 2);
        if middle.with_timezone(&zone).naive_local() < local { before = middle } else { after = middle }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, day: &str, time: &str) -> String {
        let (day, time) = (day.parse().expect("a day"), time.parse().expect("a time"));
        instant(day, time, zone).to_string()
    }

    #[test]
    fn a_time_that_does_not_exist_is_the_next_instant() {
        assert_eq!(at(Tz::America__New_York, "2026-03-08", "02:30"), "2026-03-08T07:00:00.000000Z");
        assert_eq!(at(Tz::America__New_York, "2026-03-08", "01:59"), "2026-03-08T06:59:00.000000Z");
        // Samoa left out the whole 30 December 2011.
        assert_eq!(at(Tz::Pacific__Apia, "2011-12-30", "12:00"), "2011-12-30T10:00:00.000000Z");
    }

    #[test]
    fn a_doubled_time_is_the_first() {
        assert_eq!(at(Tz::America__New_York, "2026-11-01", "01:30"), "2026-11-01T05:30:00.000000Z");
    }

    #[test]
    fn the_midnight_that_ends_a_day_begins_the_next() {
        assert_eq!(
            at(Tz::Asia__Shanghai, "2026-05-16", "24:00"),
            at(Tz::Asia__Shanghai, "2026-05-17", "00:00")
        );
        assert_eq!(at(Tz::Asia__Shanghai, "2026-05-16", "24:00"), "2026-05-16T16:00:00.000000Z");
    }
}
