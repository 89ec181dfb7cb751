//! What a registration looks like, and those within the caller's sight. `[OWN-1, INT-4]`

use super::row::{Row, find};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::registrations,
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow, orders,
        paged,
    },
};
use diesel::prelude::*;
use domain::{
    ownership::{Channel, FirstInquiry},
    registration::{Registration, RegistrationContent, RegistrationState},
    spine::{AnyId, EmployeeId, Id, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The answers to the first inquiry: a question that was not asked is null.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegistrationInquiry)]
pub struct InquiryView {
    /// Is it the first time here?
    pub is_first_visit: Option<bool>,
    /// Been at another site?
    pub was_elsewhere: Option<bool>,
    /// At which.
    pub elsewhere_id: Option<AnyId>,
    /// Has somebody of ours spoken to them by phone?
    pub was_phoned: Option<bool>,
    /// Who; null where they remember nobody.
    pub phoned_by_id: Option<EmployeeId>,
    /// Did a customer of ours introduce them?
    pub was_introduced: Option<bool>,
    /// Which customer.
    pub introducer_id: Option<AnyId>,
    /// Do they ask for somebody?
    pub asks_for_somebody: Option<bool>,
    /// For whom.
    pub asks_for_id: Option<EmployeeId>,
    /// Is somebody of ours a relative or friend?
    pub has_relative: Option<bool>,
    /// Who.
    pub relative_id: Option<EmployeeId>,
}

/// That a customer was received.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Registration)]
pub struct RegistrationView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "RG-2026-000012")]
    pub number: String,
    /// Who came.
    pub customer_id: AnyId,
    /// Where.
    pub site_id: AnyId,
    /// Who received.
    pub receiver: PersonRef,
    /// Where that person works.
    pub department: NamedRef,
    /// By which way they came.
    pub channel: Channel,
    /// Whether they are of a competitor; those are not counted in conversion.
    pub is_peer: bool,
    /// Who asked the receiver to begin in their place.
    pub entrusted_by_id: Option<EmployeeId>,
    /// Whether it counts.
    pub status: RegistrationState,
    /// The questions that are still to be asked.
    #[schema(max_items = 10)]
    pub missing: Vec<String>,
    /// What was answered.
    pub inquiry: InquiryView,
    /// When the server received it: the evidence.
    pub registered_at: Timestamp,
    /// Since when it is complete, and counts.
    pub completed_at: Option<Timestamp>,
    /// An earlier time, as it is claimed: an argument in a dispute.
    pub claimed_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RegistrationView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("receiver", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/registrations/{}", self.id))
    }
}

fn inquiry(said: FirstInquiry) -> InquiryView {
    let FirstInquiry { is_first_visit, was_elsewhere, elsewhere, was_phoned, phoned_by, .. } = said;
    let FirstInquiry {
        was_introduced, introducer, asks_for_somebody, asks_for, has_relative, relative, ..
    } = said;
    InquiryView {
        is_first_visit,
        was_elsewhere,
        elsewhere_id: elsewhere,
        was_phoned,
        phoned_by_id: phoned_by,
        was_introduced,
        introducer_id: introducer,
        asks_for_somebody,
        asks_for_id: asks_for,
        has_relative,
        relative_id: relative,
    }
}

fn shown(register: &Register, registration: Registration) -> Result<RegistrationView, Failure> {
    let status = registration.state();
    let Registration { id, number, content, receiver, department, registered_at, completed_at, version } =
        registration;
    let RegistrationContent { customer, site, channel, inquiry: said, entrusted_by, is_peer, claimed_at } =
        content;
    Ok(RegistrationView {
        id: id.uuid().into(),
        number,
        customer_id: customer.uuid().into(),
        site_id: site.uuid().into(),
        receiver: register.named(receiver)?,
        department: register.placed(department)?,
        channel,
        is_peer,
        entrusted_by_id: entrusted_by,
        status,
        missing: said.missing().into_iter().map(str::to_owned).collect(),
        inquiry: inquiry(said),
        registered_at,
        completed_at,
        claimed_at,
        version,
    })
}

/// How a registration at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, registration: Registration) -> Result<RegistrationView, Failure> {
    shown(&*Register::of(reader)?, registration)
}

/// One registration, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Registration>) -> Result<RegistrationView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which registrations are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RegistrationFilter {
    /// Only of this customer.
    pub customer_id: Option<AnyId>,
    /// Only at this site.
    pub site_id: Option<AnyId>,
    /// Only by this receiver.
    pub receiver_id: Option<EmployeeId>,
    /// Only these, separated by commas.
    #[param(inline, example = "incomplete")]
    pub status: Several<RegistrationState>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: RegistrationOrder,
}

impl Filter for RegistrationFilter {}

orders! {
    /// By what registrations are ordered.
    pub RegistrationOrder of Row in registrations by id, descending:
    registered_at = id;
}

/// The caller's own registrations, those of people below them, and those of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RegistrationFilter,
    page: &Page,
) -> Result<Slice<RegistrationView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let below = registrations::receiver_id.eq_any(Organisation::below_caller(reader)?);
        let own = registrations::receiver_id.eq(sight.employee);
        wanted.also(own.or(below).or(registrations::department_id.eq_any(sight.departments)));
    }
    narrow!(wanted, registrations, filter; customer_id = customer_id, site_id = site_id,
        receiver_id = receiver_id, status in status);
    let found =
        paged!(reader, page, filter.sort, wanted; registrations::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, row.try_into()?))
}

columns! { RegistrationView as "registrations" "客户登记" "Registrations", domain::spine::Permission::ExportCustomers:
    number "编号" "Number";
    receiver "接待人" "Receiver";
    department "部门" "Department";
    channel "渠道" "Channel" = |one| one.channel.labels();
    is_peer "是否同行" "Competitor";
    status "状态" "Status";
    registered_at "登记时间" "Registered at";
    completed_at "补全时间" "Completed at";
}
