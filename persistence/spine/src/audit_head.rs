//! The head of the audit trail. The chain proves that nothing in it was altered; that its tail was cut off, or all of it
//! written anew, shows only against a head that was kept elsewhere: in a log, in another system, on paper. So it is signed
//! with the secret of the server, which is not in the database. `[AUD-1]`

use super::{Failure, Instant, Reader, Spine, Stored, Tx, View, db};
use crate::schema::{audit_entries as entries, ledger_head};
use chrono::Duration;
use diesel::prelude::*;
use domain::spine::{HEAD_TOLD, ToldHead};
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::Sha256;
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// How often the feed is told of the head.
const TOLD_EVERY: Duration = Duration::hours(24);

/// The last entry of the trail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct AuditHead {
    /// Its place; 0 where there is none.
    #[schema(minimum = 0)]
    pub sequence: i64,
    /// Its hash, in hexadecimal.
    #[schema(max_length = 64)]
    pub hash: String,
    /// By which the installation knows it for its own, in hexadecimal; none where it has no secret.
    #[schema(max_length = 64)]
    pub signature: Option<String>,
}

impl View for AuditHead {}

/// `1234:hash:signature`, as it is printed and kept.
impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.sequence, self.hash, self.signature.as_deref().unwrap_or_default())
    }
}

impl FromStr for AuditHead {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        let [sequence, hash, signature] = parts.as_slice() else {
            return Err("a head is sequence:hash:signature, as `audit head` prints it".to_owned());
        };
        let sequence = sequence.parse().map_err(|_| format!("{sequence} is no place in the trail"))?;
        let signature = (!signature.is_empty()).then(|| (*signature).to_owned());
        Ok(Self { sequence, hash: (*hash).to_owned(), signature })
    }
}

/// What a head that was kept elsewhere shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeadVerdict {
    /// The trail holds that entry, as it was.
    Held,
    /// It does not: it was cut before that, or written anew.
    Lost,
    /// The head is not one of this installation, or its secret is another by now.
    NotOurs,
}

impl AuditHead {
    fn at(sequence: i64, hash: String, secret: Option<&str>) -> Result<Self, Failure> {
        let signature = secret.map(|secret| Ok::<_, Failure>(seal(sequence, &hash, secret)?.finalize()));
        let signature = signature.transpose()?.map(|signature| hex::encode(signature.into_bytes()));
        Ok(Self { sequence, hash, signature })
    }

    fn is_ours(&self, secret: &str) -> Result<bool, Failure> {
        let Some(signature) = self.signature.as_ref().and_then(|text| hex::decode(text).ok()) else {
            return Ok(false);
        };
        Ok(seal(self.sequence, &self.hash, secret)?.verify_slice(&signature).is_ok())
    }
}

fn seal(sequence: i64, hash: &str, secret: &str) -> Result<Hmac<Sha256>, Failure> {
    let mut seal = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).map_err(Failure::fault)?;
    seal.update(format!("audit head\n{sequence}\n{hash}").as_bytes());
    Ok(seal)
}

/// The head as it is now.
///
/// # Errors
/// Where the database fails.
pub fn audit_head(reader: &mut Reader<'_>) -> Result<AuditHead, Failure> {
    let (sequence, hash) = db!(reader, |c| ledger_head::table
        .select((ledger_head::audit_sequence, ledger_head::audit_hash))
        .first::<(i64, Vec<u8>)>(c))?;
    AuditHead::at(sequence, hex::encode(hash), reader.secret())
}

/// Whether the trail holds what a head of before says.
///
/// # Errors
/// Where the database fails.
pub fn holds_head(reader: &mut Reader<'_>, head: &AuditHead) -> Result<HeadVerdict, Failure> {
    if let Some(secret) = reader.secret()
        && !head.is_ours(secret)?
    {
        return Ok(HeadVerdict::NotOurs);
    }
    let found: Option<Vec<u8>> = db!(reader, |c| entries::table
        .filter(entries::sequence.eq(head.sequence))
        .select(entries::hash)
        .first(c)
        .optional())?;
    let is_held = found.is_some_and(|hash| hex::encode(hash) == head.hash);
    Ok(if is_held { HeadVerdict::Held } else { HeadVerdict::Lost })
}

/// Tells the feed of the head, where it was not told of for a day; answers whether it was now.
///
/// # Errors
/// Where the database fails.
pub fn tell_head(tx: &mut Tx<'_>) -> Result<bool, Failure> {
    let mut since: Option<Instant> = db!(tx, |c| entries::table
        .filter(entries::deed.eq(HEAD_TOLD.name))
        .order(entries::sequence.desc())
        .select(entries::at)
        .first(c)
        .optional())?;
    if since.is_none() {
        // Never told: since the first entry.
        since = db!(tx, |c| entries::table.order(entries::sequence).select(entries::at).first(c).optional())?;
    }
    if since.is_none_or(|since| tx.now() < since.0.plus(TOLD_EVERY)) {
        return Ok(false);
    }
    let AuditHead { sequence, hash, signature } = audit_head(tx)?;
    tx.apply(ToldHead::tell(tx.id(), sequence, hash, signature))?;
    Ok(true)
}

impl Stored<Spine> for ToldHead {
    fn save(&self, _before: Option<&Self>, _: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_printed_and_known_by_its_signature() {
        let head = AuditHead::at(7, "ab".into(), Some("a secret")).expect("a head");
        let read: AuditHead = head.to_string().parse().expect("a head");
        assert_eq!(read, head);
        assert_eq!((read.is_ours("a secret").ok(), read.is_ours("another").ok()), (Some(true), Some(false)));
        let forged = AuditHead { sequence: 6, ..head };
        assert_eq!(forged.is_ours("a secret").ok(), Some(false));
        assert!("7:ab".parse::<AuditHead>().is_err());
    }
}
