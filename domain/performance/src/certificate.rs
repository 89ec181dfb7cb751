//! Certificates (荣誉证书): what somebody, or a team, is honoured with on paper. What stands on one is kept as it was issued; one
//! whose ground is gone is revoked and keeps its number. `[KPI-8; 000 §10]`

use crate::{
    approval::{Label, check_reason},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Id, Refusal, Timestamp,
        User, Version,
    },
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of certificates begin with.
pub const NUMBER_PREFIX: &str = "CE";

crate::refusals! { CERTIFICATE_REFUSALS:
    CERTIFICATE_REVOKED = "certificate.revoked", Conflict, "证书 {number} 已撤销，不再出具", "The certificate {number} is revoked, so there is no document of it any more";
    OWN_CERTIFICATE = "certificate.own", Forbidden, "不能撤销本人的证书", "Nobody revokes their own certificate";
}

crate::events! { CERTIFICATE_EVENTS:
    ISSUED = "certificate.issued", "证书已颁发", "A certificate was issued";
    REVOKED = "certificate.revoked", "证书已撤销", "A certificate was revoked";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CERTIFICATE_REFUSALS],
    events: &[CERTIFICATE_EVENTS],
    enums: &[CertificateState::LABELS],
};

/// Where a certificate stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CertificateStatus {
    /// Holds.
    Issued {},
    /// Holds no longer.
    Revoked {
        /// By whom.
        by: Id<User>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CertificateStatus)]
pub enum CertificateState {
    /// Holds.
    Issued,
    /// Holds no longer.
    Revoked,
}

crate::labels! { CertificateState = "CertificateStatus":
    Issued = "issued", "有效", "Issued";
    Revoked = "revoked", "已撤销", "Revoked";
}

crate::status! { CertificateStatus as CertificateState: Issued, Revoked }

/// What stands on a certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CertificateText {
    /// Whom it honours, as people are called: a person or a team.
    pub holder: String,
    /// The honour: 1 to 60 characters each.
    pub title: Label,
    /// What for, such as `2026-04 绩效考核等级 A`.
    pub grounds: String,
    /// The clause by which it is given.
    pub clause: String,
    /// Who gives it: the company.
    pub issuer: String,
}

/// What a certificate is made of.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// Identity.
    pub id: Id<Certificate>,
    /// Its number.
    pub number: String,
    /// Whom it honours; none where it is a team.
    pub employee: Option<EmployeeId>,
    /// The department: of the person, or the team itself.
    pub department: DepartmentId,
    /// For which period.
    pub period: Period,
    /// What it is given for, once each.
    pub incident: Uuid,
    /// What stands on it.
    pub text: CertificateText,
    /// The day.
    pub on: BusinessDate,
}

/// A certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Certificate {
    /// Identity.
    pub id: Id<Self>,
    /// Its number, such as `CE-2026-000007`; never reused.
    pub number: String,
    /// Whom it honours; none where it is a team.
    pub employee: Option<EmployeeId>,
    /// The department: of the person, or the team itself.
    pub department: DepartmentId,
    /// For which period.
    pub period: Period,
    /// What it is given for.
    pub incident: Uuid,
    /// What stands on it.
    pub text: CertificateText,
    /// The day on which it was issued.
    pub issued_on: BusinessDate,
    /// Where it stands.
    pub status: CertificateStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Certificate {
    const KIND: &'static str = "certificate";
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

impl Certificate {
    /// Issues it.
    pub fn issue(new: NewCertificate) -> Change<Self> {
        let NewCertificate { id, number, employee, department, period, incident, text, on } = new;
        let certificate = Self {
            id,
            number,
            employee,
            department,
            period,
            incident,
            text,
            issued_on: on,
            status: CertificateStatus::Issued {},
            version: 0,
        };
        let facts = certificate.facts();
        Change::created(certificate, ISSUED, facts)
    }

    fn facts(&self) -> serde_json::Value {
        json!({"number": self.number, "employee_id": self.employee, "department_id": self.department,
            "period": self.period, "title": self.text.title.zh})
    }

    /// Refuses one that is revoked.
    ///
    /// # Errors
    /// `certificate.revoked`.
    pub fn ensure_issued(&self) -> Result<(), Refusal> {
        match self.status {
            CertificateStatus::Issued {} => Ok(()),
            CertificateStatus::Revoked { .. } => {
                let refusal = Refusal::new(CERTIFICATE_REVOKED).citing(Citation::rule("KPI-8"));
                Err(refusal.with("number", self.number.as_str()))
            }
        }
    }

    /// Revokes it.
    ///
    /// # Errors
    /// `certificate.revoked`, `certificate.own`; a reason that is missing or longer than 500 characters.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_issued()?;
        if self.employee.is_some_and(|employee| by.is(employee)) {
            return Err(Refusal::new(OWN_CERTIFICATE).citing(Citation::rule("KPI-8")));
        }
        check_reason(&reason)?;
        let status = CertificateStatus::Revoked { by: by.user, at: now, reason };
        let after = Self { status, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, REVOKED, facts))
    }
}
