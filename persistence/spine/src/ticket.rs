//! Tickets with which a browser opens a stream, since it can send no header then: each good once, for one path, and for half
//! a minute. They stand for the credential of whoever asked for them, so what ends that ends them. Only hashes are kept, and
//! no trail of them: whoever holds one could do nothing that they could not do without. `[NOT-3a]`

use super::{Credential, Failure, Instant, Key, Tx, db};
use crate::schema::stream_tickets as tickets;
use diesel::prelude::*;
use domain::spine::{Id, Timestamp};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tickets, treat_none_as_default_value = false)]
struct Row {
    hash: Vec<u8>,
    holder_kind: String,
    holder: Key,
    path: String,
    expires_at: Instant,
}

/// Keeps a ticket by its hash, and forgets those that have expired.
///
/// # Errors
/// A caller who holds nothing a ticket could stand for, which is our own fault.
pub fn keep_ticket(tx: &mut Tx<'_>, hash: [u8; 32], path: &str, until: Timestamp) -> Result<(), Failure> {
    let (kind, holder) = coded(tx.principal().credential)
        .ok_or_else(|| Failure::fault("a ticket was asked for in nobody's name"))?;
    let row = Row {
        hash: hash.to_vec(),
        holder_kind: kind.to_owned(),
        holder: Key(holder),
        path: path.to_owned(),
        expires_at: until.into(),
    };
    let now = Instant::from(tx.now());
    db!(tx, |c| diesel::delete(tickets::table.filter(tickets::expires_at.le(now))).execute(c))?;
    db!(tx, |c| diesel::insert_into(tickets::table).values(&row).execute(c))?;
    Ok(())
}

/// Takes a ticket for a path: whom it stands for, if it is still good. It is gone then.
///
/// # Errors
/// Where the database fails.
pub fn take_ticket(tx: &mut Tx<'_>, hash: [u8; 32], path: &str) -> Result<Option<Credential>, Failure> {
    let hash = hash.to_vec();
    let taken: Option<Row> = db!(tx, |c| diesel::delete(
        tickets::table.filter(tickets::hash.eq(&hash)).filter(tickets::path.eq(path))
    )
    .returning(Row::as_returning())
    .get_result(c)
    .optional())?;
    let now = tx.now();
    let good = taken.filter(|row| now < Timestamp::from(row.expires_at));
    Ok(good.and_then(|row| decoded(&row.holder_kind, row.holder.0)))
}

/// A credential as it is kept.
fn coded(credential: Credential) -> Option<(&'static str, Uuid)> {
    match credential {
        Credential::Session(id) => Some(("session", id.uuid())),
        Credential::Account(id) => Some(("account", id.uuid())),
        Credential::ApiKey(id) => Some(("api_key", id)),
        Credential::System | Credential::Anonymous => None,
    }
}

fn decoded(kind: &str, holder: Uuid) -> Option<Credential> {
    match kind {
        "session" => Some(Credential::Session(Id::from_uuid(holder))),
        "account" => Some(Credential::Account(Id::from_uuid(holder))),
        "api_key" => Some(Credential::ApiKey(holder)),
        _ => None,
    }
}
