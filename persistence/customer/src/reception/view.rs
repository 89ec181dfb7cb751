//! What a reception looks like, and those within the caller's sight. `[QUE-1, OWN-10, INT-4]`

use super::row::{Row, find};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::receptions,
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    reception::{Assist, AssistState, Reception, ReceptionState, Visitor},
    reception_queue::Turn,
    spine::{AnyId, EmployeeId, Id, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What a helper asked whose visitor it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionAssist)]
pub struct AssistView {
    /// Whose visitor it is.
    pub host: PersonRef,
    /// Where it stands.
    pub status: AssistState,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Until when they alone may answer.
    pub answer_by: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Who answered.
    pub answered_by: Option<PersonRef>,
}

/// A reception.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reception)]
pub struct ReceptionView {
    /// Its identity.
    pub id: AnyId,
    /// In which queue.
    pub queue_id: AnyId,
    /// At which site.
    pub site_id: AnyId,
    /// The department that receives there.
    pub department: NamedRef,
    /// Who receives.
    pub receiver: PersonRef,
    /// Who comes.
    pub visitor: Visitor,
    /// How it used the queue.
    pub turn: Turn,
    /// Which customer, as far as that is known.
    pub customer_id: Option<AnyId>,
    /// Whom the receiver asked, where it is another's visitor.
    pub assist: Option<AssistView>,
    /// The registration that came of it.
    pub registration_id: Option<AnyId>,
    /// Where it stands.
    pub status: ReceptionState,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether the customer turned out to be another's.
    pub is_mistaken: bool,
    /// Whether a new customer was received and not registered: a lapse.
    pub is_unregistered: bool,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ReceptionView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("receiver", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/receptions/{}", self.id))
    }
}

fn assist_shown(register: &Register, assist: Assist, now: Timestamp) -> Result<AssistView, Failure> {
    let status = assist.state(now);
    let Assist { host, asked_at, answer_by, escalated_at: _, answer } = assist;
    let by = answer.as_ref().and_then(|answer| answer.by);
    Ok(AssistView {
        host: register.named(host)?,
        status,
        asked_at,
        answer_by,
        answered_at: answer.map(|answer| answer.at),
        answered_by: by.map(|by| register.named(by)).transpose()?,
    })
}

fn shown(register: &Register, now: Timestamp, reception: Reception) -> Result<ReceptionView, Failure> {
    let status = reception.state();
    let Reception { id, queue, site, department, receiver, visitor, turn, customer, assist, .. } = reception;
    let Reception { registration, begun_at, ended, version, .. } = reception;
    Ok(ReceptionView {
        id: id.uuid().into(),
        queue_id: queue.uuid().into(),
        site_id: site.uuid().into(),
        department: register.placed(department)?,
        receiver: register.named(receiver)?,
        visitor,
        turn,
        customer_id: customer.map(|customer| customer.uuid().into()),
        assist: assist.map(|assist| assist_shown(register, assist, now)).transpose()?,
        registration_id: registration.map(|registration| registration.uuid().into()),
        status,
        begun_at,
        ended_at: ended.as_ref().map(|ended| ended.at),
        is_mistaken: ended.as_ref().is_some_and(|ended| ended.is_mistaken),
        is_unregistered: ended.as_ref().is_some_and(|ended| ended.is_unregistered),
        version,
    })
}

/// How a reception at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, reception: Reception) -> Result<ReceptionView, Failure> {
    let now = reader.now();
    shown(&*Register::of(reader)?, now, reception)
}

/// One reception, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Reception>) -> Result<ReceptionView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which receptions are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReceptionFilter {
    /// Only in this queue.
    pub queue_id: Option<AnyId>,
    /// Only at this site.
    pub site_id: Option<AnyId>,
    /// Only by this receiver.
    pub receiver_id: Option<EmployeeId>,
    /// Only of this one's visitors.
    pub host_id: Option<EmployeeId>,
    /// Only of this customer.
    pub customer_id: Option<AnyId>,
    /// Only these, separated by commas.
    #[param(inline, example = "open")]
    pub status: Several<ReceptionState>,
    /// Only these visitors, separated by commas.
    #[param(inline, example = "new,assigned")]
    pub visitor: Several<Visitor>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ReceptionOrder,
}

impl Filter for ReceptionFilter {}

orders! {
    /// By what receptions are ordered.
    pub ReceptionOrder of Row in receptions by id, descending:
    begun_at = id;
}

/// The receptions in which the caller receives, or whose visitor it is; those of people below, and of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ReceptionFilter,
    page: &Page,
) -> Result<Slice<ReceptionView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let mut people: Vec<Key> = Organisation::below_caller(reader)?;
        people.push(sight.employee);
        let near =
            receptions::receiver_id.eq_any(people).or(receptions::department_id.eq_any(sight.departments));
        wanted.also(near.nullable().or(receptions::host_id.eq(Some(sight.employee))));
    }
    narrow!(wanted, receptions, filter; queue_id = queue_id, site_id = site_id, receiver_id = receiver_id,
        visitor in visitor, status in status);
    if let Some(host) = filter.host_id {
        wanted.also(receptions::host_id.eq(Some(Key::from(host))));
    }
    if let Some(customer) = filter.customer_id {
        wanted.also(receptions::customer_id.eq(Some(Key::from(customer))));
    }
    let found =
        paged!(reader, page, filter.sort, wanted; receptions::table => Row::as_select(); |row: &Row| row);
    let (register, now) = (Register::of(reader)?, reader.now());
    found.try_map(|row| shown(&register, now, row.try_into()?))
}

columns! { ReceptionView as "receptions" "接待记录" "Receptions", domain::spine::Permission::ExportCustomers:
    receiver "接待人" "Receiver";
    department "部门" "Department";
    visitor "来访类型" "Visitor" = |one| one.visitor.labels();
    turn "轮次" "Turn" = |one| one.turn.labels();
    host "归属人" "Host" = |one| one.assist.as_ref().map(|assist| assist.host.name.as_str());
    status "状态" "Status";
    begun_at "开始时间" "Began at";
    ended_at "结束时间" "Ended at";
    is_mistaken "他人客户" "Another's customer";
    is_unregistered "未登记" "Not registered";
}
