//! Activation codes of accounts, by their hashes.

use super::account;
use crate::{
    schema::{activations, users},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    identity::{Account, Activation, PasswordHash, TokenHash},
    spine::{Change, UserId, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = activations, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    user_id: Key,
    code_hash: Vec<u8>,
    issued_at: Instant,
    used_at: Option<Instant>,
    version: Version,
}

impl From<&Activation> for Row {
    fn from(activation: &Activation) -> Self {
        let Activation { id, user, code, issued_at, used_at, version } = activation;
        Self {
            id: (*id).into(),
            user_id: (*user).into(),
            code_hash: code.0.to_vec(),
            issued_at: (*issued_at).into(),
            used_at: used_at.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for Activation {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |_| Failure::corrupt("activations", "code_hash", row.id.0);
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            code: TokenHash(row.code_hash.as_slice().try_into().map_err(corrupt)?),
            issued_at: row.issued_at.into(),
            used_at: row.used_at.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Activation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, activations, &row, before)?)
    }
}

/// Writes a change of a code.
pub fn apply(tx: &mut Tx<'_>, change: Change<Activation>) -> Result<Activation, Failure> {
    tx.apply(change)
}

/// The last code of an account.
pub fn of_user(reader: &mut Reader<'_>, user: UserId) -> Result<Option<Activation>, Failure> {
    let key = Key::from(user);
    let row: Option<Row> = db!(reader, |c| activations::table
        .filter(activations::user_id.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The code with this hash, and the account it is for.
pub fn by_code(reader: &mut Reader<'_>, code: &TokenHash) -> Result<Option<(Activation, Account)>, Failure> {
    let hash = code.0.to_vec();
    let row: Option<Row> = db!(reader, |c| activations::table
        .filter(activations::code_hash.eq(&hash))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    let Some(row) = row else { return Ok(None) };
    let activation = Activation::try_from(row)?;
    let account = account::load(reader, activation.user)?;
    Ok(Some((activation, account)))
}

/// The accounts whose owners have not chosen a password yet, in the order of their ids, behind one.
pub fn awaiting(reader: &mut Reader<'_>, behind: Option<UserId>, limit: i64) -> Result<Vec<UserId>, Failure> {
    let behind = Key(behind.map_or(uuid::Uuid::nil(), |id| id.uuid()));
    let keys: Vec<Key> = db!(reader, |c| users::table
        .filter(users::password_hash.eq(PasswordHash::UNSET).and(users::disabled_at.is_null()))
        .filter(users::id.gt(behind))
        .order(users::id)
        .limit(limit)
        .select(users::id)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}
