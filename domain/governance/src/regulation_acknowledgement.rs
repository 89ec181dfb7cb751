//! Acknowledgements (确认): a substantive version asks everybody for whom the regulation holds, and each says once that they
//! know the text. That is their duty; an editorial version asks nobody again. `[REG-2]`

use crate::{
    regulation::Regulation,
    regulation_version::RegulationVersion,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Id, Refusal, Timestamp, UserId, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The rule that calls for acknowledgements, as shipped: 5 working days.
pub const SHIPPED_ACKNOWLEDGEMENT_RULE: &str = include_str!("regulation_acknowledgement/shipped/rule.json");

crate::refusals! { ACKNOWLEDGEMENT_REFUSALS:
    NOT_YOURS = "regulation_acknowledgement.not_yours", Forbidden, "只能由本人确认", "Only the person who is asked can acknowledge";
    ANSWERED = "regulation_acknowledgement.answered", Conflict, "该制度已经确认过", "This has been acknowledged already";
    LAPSED_ALREADY = "regulation_acknowledgement.lapsed", Conflict, "该版本已被取代或废止，无须再确认", "The version was superseded or repealed; nothing is to be acknowledged any more";
    OTHER_TEXT = "regulation_acknowledgement.other_text", Conflict, "制度文本已更新，请阅读最新文本后再确认", "The text has changed; read it as it is now and acknowledge that";
    NO_SCAN = "regulation_acknowledgement.no_scan", Invalid, "请附上签字页扫描件", "Attach the scan of the signed sheet";
}

crate::events! { ACKNOWLEDGEMENT_EVENTS:
    ASKED = "regulation_acknowledgement.asked", "制度待确认", "Somebody is to acknowledge a regulation";
    ACKNOWLEDGED = "regulation_acknowledgement.acknowledged", "制度已确认", "A regulation was acknowledged";
    LAPSED = "regulation_acknowledgement.lapsed", "制度确认已失效", "An acknowledgement is asked for no longer";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[ACKNOWLEDGEMENT_REFUSALS],
    events: &[ACKNOWLEDGEMENT_EVENTS],
    enums: &[AcknowledgementState::LABELS, LapseCause::LABELS],
};

/// Where an acknowledgement stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AcknowledgementStatus {
    /// It is asked for.
    Asked,
    /// It was given.
    Acknowledged {
        /// When.
        at: Timestamp,
        /// Which edition was read: the one asked for, or a later one that only says it differently.
        edition: i32,
        /// The digest of the text that was read.
        digest: String,
        /// Who filed a signed sheet for the person; none where they did it themselves.
        filed_by: Option<UserId>,
    },
    /// It is asked for no longer.
    Lapsed {
        /// When.
        at: Timestamp,
        /// Why.
        cause: LapseCause,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationAcknowledgementStatus)]
pub enum AcknowledgementState {
    /// It is asked for.
    Asked,
    /// It was given.
    Acknowledged,
    /// It is asked for no longer.
    Lapsed,
}

crate::labels! { AcknowledgementState = "RegulationAcknowledgementStatus":
    Asked = "asked", "待确认", "To be acknowledged";
    Acknowledged = "acknowledged", "已确认", "Acknowledged";
    Lapsed = "lapsed", "已失效", "Lapsed";
}

crate::status! { AcknowledgementStatus as AcknowledgementState: Asked, Acknowledged, Lapsed }

/// Why an acknowledgement is asked for no longer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationAcknowledgementLapse)]
pub enum LapseCause {
    /// Another substantive version asks now.
    Superseded,
    /// The regulation was repealed.
    Repealed,
    /// The person left.
    Left,
}

crate::labels! { LapseCause = "RegulationAcknowledgementLapse":
    Superseded = "superseded", "已有新版本", "Superseded";
    Repealed = "repealed", "制度已废止", "Repealed";
    Left = "left", "人员已离职", "Left";
}

/// What one person says of one version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegulationAcknowledgement {
    /// Identity.
    pub id: Id<Self>,
    /// Of which regulation.
    pub regulation: Id<Regulation>,
    /// Which version asks.
    pub asking: Id<RegulationVersion>,
    /// Who is asked.
    pub employee: EmployeeId,
    /// Where they worked when they were asked.
    pub department: DepartmentId,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub status: AcknowledgementStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for RegulationAcknowledgement {
    const KIND: &'static str = "regulation_acknowledgement";
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

impl RegulationAcknowledgement {
    /// Asks somebody.
    pub fn ask(
        id: Id<Self>,
        asking: &RegulationVersion,
        (employee, department): (EmployeeId, DepartmentId),
        now: Timestamp,
    ) -> Change<Self> {
        let asked = Self {
            id,
            regulation: asking.regulation,
            asking: asking.id,
            employee,
            department,
            asked_at: now,
            status: AcknowledgementStatus::Asked,
            version: 0,
        };
        let facts = asked.told();
        Change::created(asked, ASKED, facts)
    }

    /// Whether somebody may acknowledge it now.
    ///
    /// # Errors
    /// Where somebody else is asked, or it is not asked for any more.
    pub fn may_acknowledge(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) { self.refuse_answered() } else { Err(cite(Refusal::new(NOT_YOURS))) }
    }

    /// Refuses what is not asked for any more.
    ///
    /// # Errors
    /// `regulation_acknowledgement.answered`, `regulation_acknowledgement.lapsed`.
    pub fn refuse_answered(&self) -> Result<(), Refusal> {
        match self.status {
            AcknowledgementStatus::Asked => Ok(()),
            AcknowledgementStatus::Acknowledged { .. } => Err(cite(Refusal::new(ANSWERED))),
            AcknowledgementStatus::Lapsed { .. } => Err(cite(Refusal::new(LAPSED_ALREADY))),
        }
    }

    /// Says that the person knows the text with this digest, which must be the last that was published.
    ///
    /// # Errors
    /// Where somebody else is asked; `regulation_acknowledgement.other_text` where they read another text.
    pub fn acknowledge(
        self,
        digest: &str,
        last: &RegulationVersion,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_acknowledge(by)?;
        self.given(digest, last, None, now)
    }

    /// Files the sheet that somebody signed, with its scan. By the office, never for oneself.
    ///
    /// # Errors
    /// Where nothing is asked for; without a scan.
    pub fn file_sheet(
        self,
        digest: &str,
        last: &RegulationVersion,
        (by, scans): (&Actor, usize),
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.refuse_answered()?;
        if scans == 0 {
            return Err(cite(Refusal::new(NO_SCAN).at("/files")));
        }
        self.given(digest, last, Some(by.user), now)
    }

    fn given(
        self,
        digest: &str,
        last: &RegulationVersion,
        filed_by: Option<UserId>,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let stands = last.digest();
        if stands != digest {
            return Err(cite(Refusal::new(OTHER_TEXT).at("/digest")));
        }
        let status =
            AcknowledgementStatus::Acknowledged { at: now, edition: last.edition, digest: stands, filed_by };
        let after = Self { status, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, ACKNOWLEDGED, facts))
    }

    /// Asks no longer; nothing where it was answered, or asks no longer already.
    pub fn lapse(self, cause: LapseCause, now: Timestamp) -> Option<Change<Self>> {
        if self.status != AcknowledgementStatus::Asked {
            return None;
        }
        let after = Self { status: AcknowledgementStatus::Lapsed { at: now, cause }, ..self.clone() };
        let facts = after.told();
        Some(Change::updated(self, after, LAPSED, facts))
    }

    fn told(&self) -> Value {
        json!({
            "regulation_id": self.regulation,
            "version_id": self.asking,
            "employee_id": self.employee,
        })
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("REG-2"))
}
