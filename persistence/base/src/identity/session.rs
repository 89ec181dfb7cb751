//! Sessions and their refresh tokens.

use crate::{
    schema::{refresh_tokens, sessions},
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Slice, Stored, Tx, View, Where, columns, db, guard,
        notice, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    identity::{DeviceNote, EndReason, SealedToken, SessionFamily, SessionStatus, TokenHash},
    spine::{Change, SIGNED_IN, SIGNED_OUT, SessionId, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    user_id: Key,
    started_at: Instant,
    refreshed_at: Instant,
    expires_at: Instant,
    address: String,
    agent: String,
    generation: i32,
    token_hash: Vec<u8>,
    token_sealed: Option<Vec<u8>>,
    ended_at: Option<Instant>,
    end_reason: Option<String>,
    version: Version,
}

const fn reason_text(reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignedOut => "signed_out",
        EndReason::PasswordChanged => "password_changed",
        EndReason::Disabled => "disabled",
        EndReason::Left => "left",
        EndReason::Reused => "reused",
    }
}

fn reason_of(text: &str, key: Key) -> Result<EndReason, Failure> {
    match text {
        "signed_out" => Ok(EndReason::SignedOut),
        "password_changed" => Ok(EndReason::PasswordChanged),
        "disabled" => Ok(EndReason::Disabled),
        "left" => Ok(EndReason::Left),
        "reused" => Ok(EndReason::Reused),
        _ => Err(Failure::corrupt("sessions", "end_reason", key.0)),
    }
}

impl From<&SessionFamily> for Row {
    fn from(session: &SessionFamily) -> Self {
        let SessionFamily { id, user, started_at, refreshed_at, expires_at, device, generation, .. } =
            session;
        let DeviceNote { address, agent } = device;
        let (ended_at, end_reason) = match session.status {
            SessionStatus::Live => (None, None),
            SessionStatus::Ended { at, reason } => (Some(at.into()), Some(reason_text(reason).to_owned())),
        };
        Self {
            id: (*id).into(),
            user_id: (*user).into(),
            started_at: (*started_at).into(),
            refreshed_at: (*refreshed_at).into(),
            expires_at: (*expires_at).into(),
            address: address.clone(),
            agent: agent.clone(),
            generation: *generation,
            token_hash: session.token.0.to_vec(),
            token_sealed: session.sealed.map(|sealed| sealed.0.to_vec()),
            ended_at,
            end_reason,
            version: session.version,
        }
    }
}

impl TryFrom<Row> for SessionFamily {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let status = match (row.ended_at, row.end_reason.as_deref()) {
            (None, None) => SessionStatus::Live,
            (Some(at), Some(reason)) => {
                SessionStatus::Ended { at: at.into(), reason: reason_of(reason, row.id)? }
            }
            _ => return Err(Failure::corrupt("sessions", "ended_at", row.id.0)),
        };
        let token: [u8; 32] = row
            .token_hash
            .as_slice()
            .try_into()
            .map_err(|_| Failure::corrupt("sessions", "token_hash", row.id.0))?;
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            started_at: row.started_at.into(),
            refreshed_at: row.refreshed_at.into(),
            expires_at: row.expires_at.into(),
            device: DeviceNote { address: row.address, agent: row.agent },
            generation: row.generation,
            token: TokenHash(token),
            sealed: row.token_sealed.and_then(|sealed| sealed.try_into().ok()).map(SealedToken),
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for SessionFamily {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, sessions, &row, before)?)?;
        if before.is_some_and(|before| before.generation == self.generation) {
            return Ok(());
        }
        let token = (
            refresh_tokens::hash.eq(self.token.0.to_vec()),
            refresh_tokens::session_id.eq(row.id),
            refresh_tokens::generation.eq(row.generation),
        );
        db!(tx, |c| diesel::insert_into(refresh_tokens::table).values(token).execute(c))?;
        Ok(())
    }
}

/// Writes a change of a session; where it ended, everybody learns of it at once. The trail of the account tells when one
/// began and ended, from where and why. `[AUD-1]`
pub fn apply(tx: &mut Tx<'_>, change: Change<SessionFamily>) -> Result<SessionFamily, Failure> {
    let is_new = change.before().is_none();
    let session = tx.apply(change)?;
    let about = Some(session.user.uuid());
    match session.status {
        SessionStatus::Live if is_new => {
            let DeviceNote { address, agent } = &session.device;
            let from = json!({"session_id": session.id, "address": address, "agent": agent});
            notice(tx, SIGNED_IN, about, from)?;
        }
        SessionStatus::Live => {}
        SessionStatus::Ended { reason, .. } => {
            tx.access_changed();
            notice(tx, SIGNED_OUT, about, json!({"session_id": session.id, "reason": reason}))?;
        }
    }
    Ok(session)
}

/// A session.
pub fn load(reader: &mut Reader<'_>, id: SessionId) -> Result<SessionFamily, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| sessions::table.filter(sessions::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// The session a refresh token belongs or belonged to, and which of its tokens it is.
pub fn by_token(reader: &mut Reader<'_>, token: &TokenHash) -> Result<Option<(SessionFamily, i32)>, Failure> {
    let hash = token.0.to_vec();
    let row: Option<(Row, i32)> = db!(reader, |c| refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::hash.eq(&hash))
        .select((Row::as_select(), refresh_tokens::generation))
        .first(c)
        .optional())?;
    row.map(|(row, generation)| Ok((row.try_into()?, generation))).transpose()
}

fn live_rows(reader: &mut Reader<'_>, user: UserId) -> Result<Vec<Row>, Failure> {
    let (key, now) = (Key::from(user), Instant::from(reader.now()));
    Ok(db!(reader, |c| sessions::table
        .filter(sessions::user_id.eq(key).and(sessions::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now))
        .order(sessions::id)
        .select(Row::as_select())
        .load(c))?)
}

/// Ends all sessions of an account, at once and everywhere. `[ID-1]`
pub fn end_all(tx: &mut Tx<'_>, user: UserId, reason: EndReason) -> Result<(), Failure> {
    let now = tx.now();
    for row in live_rows(tx, user)? {
        if let Some(change) = SessionFamily::try_from(row)?.end(reason, now) {
            apply(tx, change)?;
        }
    }
    tx.access_changed();
    Ok(())
}

/// Forgets the refresh tokens of sessions that can never be used again. Looks at the tokens that are left, not at every
/// session there ever was.
pub fn forget_tokens(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let now = Instant::from(tx.now());
    db!(tx, |c| {
        let over = sessions::table
            .filter(sessions::id.eq(refresh_tokens::session_id))
            .filter(sessions::expires_at.le(now).or(sessions::ended_at.is_not_null()));
        diesel::delete(refresh_tokens::table.filter(diesel::dsl::exists(over))).execute(c)
    })?;
    Ok(())
}

/// A session, as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Identity.
    pub id: SessionId,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it was last refreshed.
    pub refreshed_at: Timestamp,
    /// When it is over unless it is refreshed.
    pub expires_at: Timestamp,
    /// The network address it was started from.
    #[schema(max_length = 64)]
    pub address: String,
    /// What the client called itself.
    #[schema(max_length = 200)]
    pub agent: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl View for SessionView {}

/// In what order one's sessions are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SessionFilter {
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: SessionOrder,
}

impl Filter for SessionFilter {}

orders! {
    /// By what sessions are ordered.
    pub SessionOrder of Row in sessions by id, ascending:
    started_at = id;
    refreshed_at;
}

/// The caller's own live sessions.
pub fn list_own(
    reader: &mut Reader<'_>,
    filter: &SessionFilter,
    page: &Page,
) -> Result<Slice<SessionView>, Failure> {
    let (user, current) = (Key::from(reader.actor().user), reader.actor().session);
    let mut wanted = Where::new();
    wanted.also(sessions::user_id.eq(user).and(sessions::ended_at.is_null()));
    wanted.also(sessions::expires_at.gt(Instant::from(reader.now())));
    let found = paged!(reader, page, filter.sort, wanted;
        sessions::table => Row::as_select(); |row: &Row| row);
    Ok(found.map(|row| SessionView {
        id: row.id.into(),
        started_at: row.started_at.into(),
        refreshed_at: row.refreshed_at.into(),
        expires_at: row.expires_at.into(),
        address: row.address,
        agent: row.agent,
        is_current: current == Some(row.id.into()),
    }))
}

/// So many of the newest sessions of an account tell from where it is signed in to.
const SESSIONS_LOOKED_AT: i64 = 50;

/// From where an account was signed in to of late: addresses, and what the clients called themselves.
pub fn devices_of(reader: &mut Reader<'_>, user: UserId) -> Result<Vec<(String, String)>, Failure> {
    Ok(db!(reader, |c| sessions::table
        .filter(sessions::user_id.eq(Key::from(user)))
        .order(sessions::id.desc())
        .limit(SESSIONS_LOOKED_AT)
        .select((sessions::address, sessions::agent))
        .load(c))?)
}

columns! { SessionView as "sessions" "会话" "Sessions":
    started_at "开始时间" "Started at";
    refreshed_at "最近刷新" "Refreshed at";
    expires_at "到期时间" "Expires at";
    address "地址" "Address";
    agent "客户端" "Client";
    is_current "本次会话" "This one";
}
