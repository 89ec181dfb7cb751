//! Helpers (协作人): customers whom several serve, with what each may do and until when. `[OWN-16]`
//!
//! The owner stays the owner: who helps earns no credit by it and keeps nobody from the pool. One who may only read sees the
//! file behind the mask; one who may write sees it whole and keeps it like the owner. All help ends when another comes to own
//! the customer.

use crate::{
    customer_file::{CustomerId, Standing},
    spine::{
        Actor, BusinessDate, Change, Citation, EmployeeId, Entity, Id, Permission, Refusal, Timestamp,
        UserId, Version, codes,
    },
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Nobody is let in for longer, in days; who is needed longer is let in again.
const DAYS_MAX: u64 = 366;

crate::refusals! { CUSTOMER_HELPER_REFUSALS:
    NOT_YOURS = "customer_helper.not_yours", Forbidden, "只有归属人或管理归属的人可以安排协作人", "The owner, or whoever manages ownership, says who helps";
    HELPS_ALREADY = "customer_helper.helps_already", Conflict, "该员工已是此客户的协作人（至 {until}）", "This employee helps with the customer already, until {until}";
    OWNS = "customer_helper.owns", Conflict, "归属人无须设为协作人", "The owner needs no leave to help";
    NOBODY_OWNS = "customer_helper.nobody_owns", Conflict, "该客户当前无归属人，不能安排协作人", "Nobody owns the customer, so there is nobody to help";
    ENDED_ALREADY = "customer_helper.ended_already", Conflict, "协作已结束", "The help has ended";
    READ_ONLY = "customer_helper.read_only", Forbidden, "您对该客户只有查看权限，如需办理请联系归属人", "You may only read this customer; ask the owner for more";
}

crate::events! { CUSTOMER_HELPER_EVENTS:
    GRANTED = "customer_helper.granted", "客户协作人已安排", "Somebody was let in to help with a customer";
    ENDED = "customer_helper.ended", "客户协作已结束", "Somebody helps with a customer no longer";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_HELPER_REFUSALS],
    events: &[CUSTOMER_HELPER_EVENTS],
    enums: &[HelperAccess::LABELS],
};

/// What a helper may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerHelperAccess)]
pub enum HelperAccess {
    /// See the customer, masked.
    Read,
    /// See the customer whole, keep the file, record interactions.
    Write,
}

crate::labels! { HelperAccess = "CustomerHelperAccess":
    Read = "read", "只读", "Read";
    Write = "write", "可办理", "Read and write";
}

/// That somebody helps with a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerHelper {
    /// Identity.
    pub id: Id<Self>,
    /// With which customer.
    pub customer: CustomerId,
    /// Who.
    pub employee: EmployeeId,
    /// What they may do.
    pub access: HelperAccess,
    /// The last day.
    pub until: BusinessDate,
    /// The account that let them in.
    pub granted_by: UserId,
    /// When.
    pub granted_at: Timestamp,
    /// When it was ended before its day.
    pub ended_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CustomerHelper {
    const KIND: &'static str = "customer_helper";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// Who is let in, to what, and how long.
#[derive(Clone, Copy, Debug)]
pub struct NewHelper {
    /// Its identity.
    pub id: Id<CustomerHelper>,
    /// Who.
    pub employee: EmployeeId,
    /// What they may do.
    pub access: HelperAccess,
    /// The last day.
    pub until: BusinessDate,
}

fn refused(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("OWN-16"))
}

/// Refuses whoever neither owns the customer nor manages ownership there.
fn refuse_stranger(standing: &Standing, by: &Actor) -> Result<(), Refusal> {
    let is_owner = standing.owner.is_some_and(|owner| by.is(owner));
    if is_owner || by.reach(Permission::ManageOwnership).covers(standing.department, false) {
        return Ok(());
    }
    Err(refused(NOT_YOURS))
}

impl CustomerHelper {
    /// Lets somebody in. `known` is their help with this customer that was not ended, perhaps over by its day.
    ///
    /// # Errors
    /// `customer_helper.not_yours`, `customer_helper.owns`, `customer_helper.nobody_owns`, `customer_helper.helps_already`;
    /// a last day that is over or lies too far ahead.
    pub fn grant(
        new: NewHelper,
        standing: &Standing,
        known: Option<&Self>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewHelper { id, employee, access, until } = new;
        refuse_stranger(standing, by)?;
        let owner = standing.owner.ok_or_else(|| refused(NOBODY_OWNS))?;
        if owner == employee {
            return Err(refused(OWNS).at("/employee_id"));
        }
        if let Some(known) = known.filter(|known| known.until >= today) {
            return Err(refused(HELPS_ALREADY).with("until", known.until.to_string()).at("/employee_id"));
        }
        let latest = today.checked_add_days(Days::new(DAYS_MAX)).unwrap_or(BusinessDate::MAX);
        if until < today || until > latest {
            let refusal = refused(codes::OUT_OF_RANGE).with("min", today.to_string());
            return Err(refusal.with("max", latest.to_string()).at("/until"));
        }
        let customer = standing.customer;
        let helper = Self {
            id,
            customer,
            employee,
            access,
            until,
            granted_by: by.user,
            granted_at: now,
            ended_at: None,
            version: 0,
        };
        let facts = helper.facts();
        Ok(Change::created(helper, GRANTED, facts))
    }

    /// Ends it: by who helps, the owner, or whoever manages ownership there.
    ///
    /// # Errors
    /// `customer_helper.not_yours`, `customer_helper.ended_already`.
    pub fn end(self, standing: &Standing, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if !by.is(self.employee) {
            refuse_stranger(standing, by)?;
        }
        if self.ended_at.is_some() {
            return Err(refused(ENDED_ALREADY));
        }
        Ok(self.over(now))
    }

    /// It ends with the ownership that it served, or since its day is over.
    pub fn over(self, now: Timestamp) -> Change<Self> {
        let after = Self { ended_at: Some(now), ..self.clone() };
        let facts = after.facts();
        Change::updated(self, after, ENDED, facts)
    }

    fn facts(&self) -> serde_json::Value {
        json!({"customer_id": self.customer, "employee_id": self.employee, "access": self.access,
            "until": self.until})
    }
}
