//! Who a credential stands for: account, employee, department, and how far each permission reaches today.

use super::{account, api_key, grant, session};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, department, employee},
    spine::{Credential, Failure, Key, Reader, Refers, Stands, View},
};
use chrono::{Days, NaiveTime, TimeZone};
use domain::{
    identity::{Account, AccountKind, narrow, reaches},
    spine::{
        Actor, ActorKind, DepartmentId, Permission, Reach, ScopeKind, SessionId, Timestamp, UserId, Version,
    },
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Whom a credential stands for.
pub(super) fn actor_of(reader: &mut Reader<'_>, credential: Credential) -> Result<Option<Stands>, Failure> {
    match credential {
        Credential::Session(session) => actor_of_session(reader, Key::from(session)),
        Credential::Account(user) => actor_of_account(reader, user),
        Credential::ApiKey(key) => actor_of_api_key(reader, Key(key)),
        Credential::System | Credential::Anonymous => Ok(None),
    }
}

/// The actor behind a live session, and until when that stays true unless the access epoch moves.
fn actor_of_session(reader: &mut Reader<'_>, key: Key) -> Result<Option<Stands>, Failure> {
    let id: SessionId = key.into();
    let session = match session::load(reader, id) {
        Err(Failure::NotFound) => return Ok(None),
        other => other?,
    };
    if !session.is_live(reader.now()) {
        return Ok(None);
    }
    let account = account::load(reader, session.user)?;
    let Some(actor) = actor_behind(reader, &account)? else { return Ok(None) };
    let until = session.expires_at.min(end_of_day(reader));
    let actor = Actor { session: Some(id), ..actor };
    Ok(Some(Stands { actor, until, must_change_password: account.must_change_password }))
}

/// The actor an account is for whom the company's identity provider vouches, and until when that stays true unless the
/// access epoch moves. A password that must be changed here is no matter there.
fn actor_of_account(reader: &mut Reader<'_>, user: UserId) -> Result<Option<Stands>, Failure> {
    let account = Account { must_change_password: false, ..account::load(reader, user)? };
    let of_person = account.kind == AccountKind::Person;
    let Some(actor) = actor_behind(reader, &account)?.filter(|_| of_person) else { return Ok(None) };
    Ok(Some(Stands { actor, until: end_of_day(reader), must_change_password: false }))
}

/// The actor behind a live API key, and until when that stays true unless the access epoch moves.
fn actor_of_api_key(reader: &mut Reader<'_>, key: Key) -> Result<Option<Stands>, Failure> {
    let Some(key) = api_key::load(reader, key)? else { return Ok(None) };
    if !key.is_valid(reader.now()) {
        return Ok(None);
    }
    let account = account::load(reader, key.user)?;
    let Some(actor) = actor_behind(reader, &account)? else { return Ok(None) };
    let end = end_of_day(reader);
    let until = key.expires_at.map_or(end, |expiry| expiry.min(end));
    let reaches = narrow(actor.reaches, &key.scopes);
    let actor = Actor { reaches, ..actor };
    Ok(Some(Stands { actor, until, must_change_password: false }))
}

/// The actor an account is today; none where it is disabled or its employee has not joined or has left.
fn actor_behind(reader: &mut Reader<'_>, account: &Account) -> Result<Option<Actor>, Failure> {
    if !account::is_usable(reader, account)? {
        return Ok(None);
    }
    let today = reader.today();
    let own_department = match account.details.employee {
        Some(employee) => employee::department_on(reader, employee, today)?,
        None => None,
    };
    // Whoever was given a password by somebody else may do nothing but change it.
    let reaches = if account.must_change_password {
        BTreeMap::new()
    } else {
        reaches_of(reader, account.id, own_department)?
    };
    Ok(Some(Actor {
        kind: match account.kind {
            AccountKind::Person => ActorKind::Person,
            AccountKind::Service => ActorKind::Service,
        },
        user: account.id,
        name: account.details.name.clone(),
        employee: account.details.employee,
        department: own_department,
        session: None,
        reaches,
    }))
}

/// How far each permission of an account reaches today.
pub fn reaches_of(
    reader: &mut Reader<'_>,
    user: UserId,
    own_department: Option<DepartmentId>,
) -> Result<BTreeMap<Permission, Reach>, Failure> {
    let today = reader.today();
    let held = grant::held_on(reader, user, today)?;
    let needs_tree = held.iter().any(|grant| grant.scope == ScopeKind::Subtree);
    let tree = if needs_tree { department::tree(reader)? } else { Arc::default() };
    Ok(reaches(&held, own_department, &tree))
}

/// The first instant of tomorrow in the company's zone: grants, placements and leavings count by days.
fn end_of_day(reader: &Reader<'_>) -> Timestamp {
    let tomorrow = reader.today().checked_add_days(Days::new(1));
    let midnight = tomorrow.map(|day| day.and_time(NaiveTime::MIN));
    // A day may begin later than midnight where clocks are changed then.
    let instant = midnight.and_then(|at| reader.zone().from_local_datetime(&at).earliest());
    instant.map_or(reader.now(), |at| Timestamp::new(at.to_utc()))
}

/// A permission of the caller and how far it reaches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PermissionReach {
    /// The permission.
    pub permission: Permission,
    /// Whether it reaches everything.
    pub all: bool,
    /// The departments it reaches, where it does not reach everything.
    #[schema(max_items = 10000)]
    pub departments: Vec<DepartmentId>,
    /// Whether it reaches what is one's own.
    pub own: bool,
}

/// The caller: who they are and what they may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The account.
    pub id: UserId,
    /// The name to sign in with.
    #[schema(max_length = 64, example = "li.na")]
    pub username: String,
    /// A person, or a service with API keys.
    pub kind: AccountKind,
    /// The name shown in histories.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
    /// The employee behind the account.
    pub employee: Option<PersonRef>,
    /// The employee's department today.
    pub department: Option<NamedRef>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// The session the request belongs to.
    pub session_id: Option<SessionId>,
    /// What the caller may do, by code.
    #[schema(max_items = 500)]
    pub permissions: Vec<PermissionReach>,
    /// The version of the account, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for MeView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
}

/// The caller, as they see themselves.
pub fn me(reader: &mut Reader<'_>) -> Result<MeView, Failure> {
    if matches!(reader.principal().credential, Credential::System | Credential::Anonymous) {
        return Err(Failure::Unauthenticated);
    }
    let actor = reader.actor().clone();
    let account = account::load(reader, actor.user)?;
    let employee = match actor.employee {
        Some(id) => {
            let employee = employee::load(reader, id)?;
            Some(PersonRef { id, number: employee.number, name: employee.name })
        }
        None => None,
    };
    let department = match actor.department {
        Some(id) => {
            let details = department::load(reader, id)?.details;
            let (code, name_zh, name_en) = (details.code, details.name_zh, details.name_en);
            Some(NamedRef { id: id.uuid().into(), code, name_zh, name_en })
        }
        None => None,
    };
    let reach = |(permission, reach): (Permission, Reach)| PermissionReach {
        permission,
        all: reach.all,
        departments: if reach.all { Vec::new() } else { reach.departments.into_iter().collect() },
        own: reach.own,
    };
    Ok(MeView {
        id: account.id,
        username: account.username.as_str().to_owned(),
        kind: account.kind,
        name: account.details.name,
        employee,
        department,
        must_change_password: account.must_change_password,
        session_id: actor.session,
        permissions: actor.reaches.into_iter().map(reach).collect(),
        version: account.version,
    })
}
