//! Column types of our own, so that one schema keeps each engine's native types: an id is `uuid` on
//! PostgreSQL and sixteen bytes on SQLite, an instant `timestamptz` and microseconds.

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, SqlType},
    sqlite::Sqlite,
};
use domain::spine::{Id, Timestamp};
use std::io::Write;
use uuid::Uuid;

/// The SQL type of an id.
#[derive(SqlType, diesel::query_builder::QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Binary"))]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
pub struct SqlId;

/// The SQL type of an instant.
#[derive(SqlType, diesel::query_builder::QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Long"))]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
pub struct SqlInstant;

/// An id in a row.
#[derive(AsExpression, FromSqlRow, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[diesel(sql_type = SqlId)]
pub struct Key(pub Uuid);

/// An instant in a row.
#[derive(AsExpression, FromSqlRow, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[diesel(sql_type = SqlInstant)]
pub struct Instant(pub Timestamp);

impl<T: ?Sized> From<Id<T>> for Key {
    fn from(id: Id<T>) -> Self {
        Self(id.uuid())
    }
}
impl<T: ?Sized> From<Key> for Id<T> {
    fn from(key: Key) -> Self {
        Self::from_uuid(key.0)
    }
}
impl From<Uuid> for Key {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}
impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
impl From<Instant> for Timestamp {
    fn from(at: Instant) -> Self {
        at.0
    }
}

impl ToSql<SqlId, Sqlite> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
impl FromSql<SqlId, Sqlite> for Key {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <*const [u8] as FromSql<Binary, Sqlite>>::from_sql(value)?;
        bytes_to_key(bytes)
    }
}
impl ToSql<SqlId, Pg> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<SqlId, Pg> for Key {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

#[expect(unsafe_code, reason = "diesel lends the bytes of a SQLite blob as a pointer valid for this call")]
fn bytes_to_key(bytes: *const [u8]) -> deserialize::Result<Key> {
    // SAFETY: diesel documents the pointer as valid until the value is dropped, after this call.
    let bytes = unsafe { &*bytes };
    Ok(Key(Uuid::from_slice(bytes)?))
}

/// 2000-01-01T00:00:00Z, PostgreSQL's epoch, in microseconds after ours.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

fn to_instant(micros: i64) -> deserialize::Result<Instant> {
    Timestamp::from_micros(micros).map(Instant).ok_or_else(|| "an instant out of range".into())
}

impl ToSql<SqlInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<SqlInstant, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        to_instant(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
    }
}
impl ToSql<SqlInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&(self.0.micros() - POSTGRES_EPOCH_MICROS).to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<SqlInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = value.as_bytes().try_into()?;
        to_instant(i64::from_be_bytes(bytes).saturating_add(POSTGRES_EPOCH_MICROS))
    }
}
