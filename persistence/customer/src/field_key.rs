//! Keys that seal what is personal of important customers, and how they seal it. `[CUS-4]`
//!
//! `secret → wrapping key → key → what is personal`: a key in the database is sealed by one that is derived from the secret
//! of the server; from it two others are derived, one that seals and one by which exact numbers are found.

mod ring;

pub use ring::{KeyRing, Sealed, ring};

use crate::{
    customer_file::reseal,
    schema::{customers, field_keys},
    spine::{
        Database, Failure, Instant, Key, Master, Part, Reader, Request, Stored, StoredAnswer, Tx, db, guard,
        save_row,
    },
};
use diesel::prelude::*;
use domain::{
    field_key::{FieldKey, FieldKeyId, NO_SECRET},
    spine::{Citation, Refusal, Version},
};

/// Keys as a kind of master data.
const KEYS: Master = Master("field-keys");

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = field_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    material: String,
    made_at: Instant,
    retired_at: Option<Instant>,
    version: Version,
}

impl From<&FieldKey> for Row {
    fn from(key: &FieldKey) -> Self {
        let FieldKey { id, material, made_at, retired_at, version } = key;
        Self {
            id: (*id).into(),
            material: material.clone(),
            made_at: (*made_at).into(),
            retired_at: retired_at.map(Into::into),
            version: *version,
        }
    }
}

impl From<Row> for FieldKey {
    fn from(row: Row) -> Self {
        let Row { id, material, made_at, retired_at, version } = row;
        Self {
            id: id.into(),
            material,
            made_at: made_at.into(),
            retired_at: retired_at.map(Into::into),
            version,
        }
    }
}

impl Stored<crate::Customer> for FieldKey {
    const MASTER: Option<Master> = Some(KEYS);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, field_keys, &row, before)?)
    }
}

/// Every key, the newest first.
fn all(reader: &mut Reader<'_>) -> Result<Vec<FieldKey>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| field_keys::table
        .order((field_keys::made_at.desc(), field_keys::id.desc()))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Makes sure that there is a key that seals: the first is made when it is first needed. Two servers meet on the revision of
/// master data, and the second finds the key of the first.
///
/// # Errors
/// `field_key.no_secret` where the server was given none.
pub fn ensure(tx: &mut Tx<'_>) -> Result<(), Failure> {
    if ring(tx)?.seals() {
        return Ok(());
    }
    make(tx).map(drop)
}

fn make(tx: &mut Tx<'_>) -> Result<FieldKeyId, Failure> {
    let secret = tx.secret().ok_or_else(|| Refusal::new(NO_SECRET).citing(Citation::rule("CUS-4")))?;
    let id = tx.id();
    let material = ring::fresh(id, secret)?;
    let change = FieldKey::make(id, material, tx.now());
    Ok(tx.apply(change)?.id)
}

/// So many customers are sealed anew in one unit of work.
const RESEALED_AT_ONCE: i64 = 100;

/// Lets a new key seal from now on, and seals anew what older ones sealed; answers how many customers that were. Broken off,
/// it is taken up by being called again.
///
/// # Errors
/// `field_key.no_secret`; where the database fails.
pub async fn rotate(database: &Database) -> Result<usize, Failure> {
    let renew = |tx: &mut Tx<'_>| {
        let keys = all(tx)?;
        if keys.is_empty() {
            // Nothing was ever sealed: the first key comes with the first who is.
            return Ok(StoredAnswer::default());
        }
        for key in keys.into_iter().filter(|key| key.retired_at.is_none()) {
            let retired = key.retire(tx.now());
            tx.apply(retired)?;
        }
        make(tx)?;
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("field-keys"), renew).await?;
    seal_anew(database).await
}

/// Seals anew what keys sealed that newer ones have followed.
///
/// # Errors
/// Where the database fails.
pub async fn seal_anew(database: &Database) -> Result<usize, Failure> {
    let mut count = 0;
    loop {
        let outdated = database.read(Request::system("field-keys"), |reader| {
            let Some(current) = ring(reader)?.current() else { return Ok(Vec::new()) };
            let old = customers::field_key_id.ne(current).and(customers::field_key_id.is_not_null());
            let keys: Vec<Key> = db!(reader, |c| customers::table
                .filter(old)
                .limit(RESEALED_AT_ONCE)
                .select(customers::id)
                .load(c))?;
            Ok(keys)
        });
        let outdated = outdated.await?;
        if outdated.is_empty() {
            return Ok(count);
        }
        count += outdated.len();
        let work = move |tx: &mut Tx<'_>| {
            outdated.iter().try_for_each(|customer| reseal(tx, (*customer).into()))?;
            Ok(StoredAnswer::default())
        };
        database.write(Request::system("field-keys"), work).await?;
    }
}
