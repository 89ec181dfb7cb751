//! Instants, business dates, and the one clock.

use super::{Refusal, codes};
use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, SubsecRound, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type};

/// A day of business in the company's time zone.
pub type BusinessDate = NaiveDate;

/// Refuses a period that ends before it begins; the pointer is that of its end.
///
/// # Errors
/// Where it does.
pub fn check_span(from: BusinessDate, to: BusinessDate) -> Result<(), Refusal> {
    if from <= to {
        return Ok(());
    }
    let refusal = Refusal::new(codes::PERIOD_REVERSED).with("from", from.to_string());
    Err(refusal.with("to", to.to_string()).at("/to"))
}

/// An instant in UTC, exact to the microsecond: what both engines can keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Cuts an instant to microseconds.
    pub fn new(instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(6))
    }
    /// The instant that lies this many microseconds after 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }
    /// The underlying instant.
    pub fn instant(self) -> DateTime<Utc> {
        self.0
    }
    /// The day it is in a zone at this instant.
    pub fn date_in(self, zone: chrono_tz::Tz) -> BusinessDate {
        self.0.with_timezone(&zone).date_naive()
    }
    /// This instant moved by a duration; clamped at the end of time.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.checked_add_signed(duration).unwrap_or(self.0))
    }
    /// How long after `earlier` this is.
    pub fn since(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }
}

/// How many characters an instant has as it is written here: `2026-03-05T01:30:00.000000Z`.
const WRITTEN: usize = 27;
/// How many of them stand before the `T`.
const BEFORE_TIME: usize = 10;

/// A text for people: each instant in it stands as a clock in a zone shows it, `2026-03-05 09:30`, and with seconds only
/// where it has some.
#[must_use]
pub fn as_clocks_show(text: String, zone: chrono_tz::Tz) -> String {
    let (mut shown, mut from) = (String::new(), 0);
    for (at, _) in text.match_indices('T') {
        let Some(begin) = at.checked_sub(BEFORE_TIME).filter(|begin| *begin >= from) else { continue };
        let Some(written) = text.get(begin..begin + WRITTEN) else { continue };
        let read = DateTime::parse_from_rfc3339(written).ok();
        let read = read.map(|read| Timestamp::new(read.with_timezone(&Utc)));
        let Some(instant) = read.filter(|read| read.to_string() == written) else { continue };
        let local = instant.0.with_timezone(&zone);
        let form = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        shown.push_str(text.get(from..begin).unwrap_or_default());
        shown.push_str(&local.format(form).to_string());
        from = begin + WRITTEN;
    }
    if from == 0 {
        return text;
    }
    shown + text.get(from..).unwrap_or_default()
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|t| Self::new(t.with_timezone(&Utc)))
            .map_err(|_| serde::de::Error::custom("not an RFC 3339 instant with offset"))
    }
}
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .max_length(Some(40))
            .examples(["2026-03-05T01:30:00.000000Z"])
            .into()
    }
}
impl utoipa::ToSchema for Timestamp {}

/// The one clock of a process. Rules never ask it: they are told the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
    /// Moves the hands forward, if this clock lets anybody do that; only a test clock does.
    fn advance(&self, _by: Duration) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::as_clocks_show;

    #[test]
    fn instants_stand_in_texts_as_clocks_show_them() {
        let zone = chrono_tz::Asia::Shanghai;
        for (text, shown) in [
            ("2026-03-19T16:00:00.000000Z 前不能再领取", "2026-03-20 00:00 前不能再领取"),
            (
                "from 2026-03-05T01:30:00.000000Z to 2026-03-05T01:30:07.250000Z",
                "from 2026-03-05 09:30 to 2026-03-05 09:30:07",
            ),
            // What only looks like one stays: a day, another form, a day there is not.
            ("2026-03-19", "2026-03-19"),
            ("TT 2026-03-19T16:00:00Z", "TT 2026-03-19T16:00:00Z"),
            ("2026-02-30T16:00:00.000000Z", "2026-02-30T16:00:00.000000Z"),
            ("李娜T", "李娜T"),
        ] {
            assert_eq!(as_clocks_show(text.to_owned(), zone), shown);
        }
    }
}
