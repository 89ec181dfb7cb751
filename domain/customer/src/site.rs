//! Sites (售楼处、门店): where customers are received, by which policy of ownership, and who is on lunch duty there.
//! `[OWN-6, OWN-9, OWN-12]`

use crate::spine::{
    BusinessDate, Change, DepartmentId, EmployeeId, Entity, Findings, Id, Refusal, Version, wording,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::refusals! { SITE_REFUSALS:
    NO_SUCH_POLICY = "site.no_such_policy", Invalid, "没有名为“{policy}”的客户归属规则，请先发布，或选用随附的规则", "No rules of ownership are called \"{policy}\": publish them first, or choose those that come with the product";
}

crate::events! { SITE_EVENTS:
    OPENED = "site.set_up", "现场已设立", "A site was set up";
    REVISED = "site.changed", "现场已修改", "A site was changed";
    DUTY_CHANGED = "site.lunch_duty_changed", "午间值班已安排", "Somebody else is on lunch duty at a site";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[SITE_REFUSALS], events: &[SITE_EVENTS], enums: &[] };

/// What a site is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SiteDetails {
    /// Its code: 1 to 40 characters, its own in the company.
    pub code: String,
    /// Its name: 1 to 100 characters.
    pub name: String,
    /// The department that receives there.
    pub department: DepartmentId,
    /// The name of the policy of ownership that rules there, such as `real-estate`.
    pub policy: String,
    /// The day from which calls give ownership; none where they always do.
    pub opens_on: Option<BusinessDate>,
}

impl SiteDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/code", &self.code, 40);
        wording::check(&mut findings, "/name", &self.name, 100);
        findings.into_result()
    }
}

/// Where customers are received.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Site {
    /// Identity.
    pub id: Id<Self>,
    /// What it is.
    pub details: SiteDetails,
    /// Who is on lunch duty now.
    pub lunch_duty: Option<EmployeeId>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Site {
    const KIND: &'static str = "site";
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

impl Site {
    /// Sets one up.
    ///
    /// # Errors
    /// A code or name that is not well formed.
    pub fn set_up(id: Id<Self>, details: SiteDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = json!({"code": details.code, "department_id": details.department});
        Ok(Change::created(Self { id, details, lunch_duty: None, version: 0 }, OPENED, facts))
    }

    /// Changes what it is. What was registered before stays judged by the rules of its day.
    ///
    /// # Errors
    /// A code or name that is not well formed.
    pub fn revise(self, details: SiteDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts =
            json!({"code": details.code, "department_id": details.department, "policy": details.policy});
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, REVISED, facts))
    }

    /// Says who is on lunch duty from now on; nobody once it is over. `[OWN-9; 002 §5(二)4]`
    pub fn on_lunch_duty(self, who: Option<EmployeeId>) -> Change<Self> {
        let facts = json!({"employee_id": who});
        let after = Self { lunch_duty: who, ..self.clone() };
        Change::updated(self, after, DUTY_CHANGED, facts)
    }

    /// Whether a day lies before its opening.
    pub fn is_before_opening(&self, day: BusinessDate) -> bool {
        self.details.opens_on.is_some_and(|opens| day < opens)
    }
}
