//! Keys that sign access tokens. All servers of one database share them.

use crate::{
    schema::signing_keys,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    identity::{SealedKey, Secret, SigningKey},
    spine::{Change, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    public_key: String,
    private_key: String,
    made_at: Instant,
    accepted_until: Option<Instant>,
    version: Version,
}

impl From<&SigningKey> for Row {
    fn from(key: &SigningKey) -> Self {
        let SigningKey { id, public, private, made_at, accepted_until, version } = key;
        Self {
            id: (*id).into(),
            public_key: public.clone(),
            private_key: private.0.reveal().to_owned(),
            made_at: (*made_at).into(),
            accepted_until: accepted_until.map(Into::into),
            version: *version,
        }
    }
}

impl From<Row> for SigningKey {
    fn from(row: Row) -> Self {
        let Row { id, public_key, private_key, made_at, accepted_until, version } = row;
        Self {
            id: id.into(),
            public: public_key,
            private: SealedKey(Secret::new(private_key)),
            made_at: made_at.into(),
            accepted_until: accepted_until.map(Into::into),
            version,
        }
    }
}

impl Stored<crate::Base> for SigningKey {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, signing_keys, &row, before)?)
    }
}

/// Writes a change of a key.
pub fn apply(tx: &mut Tx<'_>, change: Change<SigningKey>) -> Result<SigningKey, Failure> {
    tx.apply(change)
}

/// The keys whose tokens are accepted, newest first: the first one signs.
pub fn accepted(reader: &mut Reader<'_>) -> Result<Vec<SigningKey>, Failure> {
    let now = Instant::from(reader.now());
    let rows: Vec<Row> = db!(reader, |c| signing_keys::table
        .filter(signing_keys::accepted_until.is_null().or(signing_keys::accepted_until.gt(now)))
        .order((signing_keys::made_at.desc(), signing_keys::id.desc()))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}
