//! Who receives another's visitor asks them. `[OWN-10; 002 §5(三)8]`

use super::{
    AGREED, ANSWERED_ALREADY, DECLINED, ESCALATED, Ended, NOT_RECEPTIONS, NOT_YET, NOTHING_ASKED, Reception,
};
use crate::spine::{Actor, Change, Citation, EmployeeId, Refusal, RefusalCode, Timestamp};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// By whom: whose visitor it is, or who leads the site.
    pub by: Option<EmployeeId>,
    /// Whether they agreed.
    pub agreed: bool,
}

/// What a helper asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Assist {
    /// Whose visitor it is.
    pub host: EmployeeId,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Until when they alone may answer.
    pub answer_by: Timestamp,
    /// When it was told that they had not.
    pub escalated_at: Option<Timestamp>,
    /// What was answered.
    pub answer: Option<Answer>,
}

/// Where a question to whose visitor it is stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceptionAssistStatus)]
pub enum AssistState {
    /// Waits for whose visitor it is.
    Asked,
    /// They did not answer in time: waits for who leads the site.
    Overdue,
    /// Agreed.
    Agreed,
    /// Not agreed.
    Declined,
}

crate::labels! { AssistState = "ReceptionAssistStatus":
    Asked = "asked", "待归属人答复", "Asked";
    Overdue = "overdue", "逾时未答复，待现场主管答复", "Overdue, for who leads the site";
    Agreed = "agreed", "已同意", "Agreed";
    Declined = "declined", "未同意", "Declined";
}

impl Assist {
    pub(super) fn asked(host: EmployeeId, now: Timestamp, minutes: u32) -> Self {
        let answer_by = now.plus(Duration::minutes(minutes.into()));
        Self { host, asked_at: now, answer_by, escalated_at: None, answer: None }
    }

    /// Where it stands at an instant.
    pub fn state(&self, now: Timestamp) -> AssistState {
        match &self.answer {
            Some(answer) if answer.agreed => AssistState::Agreed,
            Some(_) => AssistState::Declined,
            None if now >= self.answer_by => AssistState::Overdue,
            None => AssistState::Asked,
        }
    }
}

impl Reception {
    /// Answers a helper: by whose visitor it is, or once they have not in time, by who leads the site. Where it is declined,
    /// the reception is over.
    ///
    /// # Errors
    /// `reception.nothing_asked`, `reception.answered_already`, `reception.not_yet`, `reception.not_yours`.
    pub fn answer(
        self,
        agreed: bool,
        (by, leads): (&Actor, bool),
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let assist = self.assist.clone().ok_or_else(|| cite(NOTHING_ASKED))?;
        if !by.is(assist.host) {
            if !leads {
                return Err(cite(NOT_RECEPTIONS));
            }
            if now < assist.answer_by {
                return Err(cite(NOT_YET).with("until", assist.answer_by.to_string()));
            }
        }
        if assist.answer.is_some() {
            return Err(cite(ANSWERED_ALREADY));
        }
        self.ensure_open("OWN-10")?;
        let answer = Some(Answer { at: now, by: by.employee, agreed });
        let over = Ended { at: now, by: by.employee, is_mistaken: false, is_unregistered: false };
        let ended = if agreed { None } else { Some(over) };
        let after = Self { assist: Some(Assist { answer, ..assist }), ended, ..self.clone() };
        Ok(self.moved(after, if agreed { AGREED } else { DECLINED }))
    }

    /// Tells who leads the site that they are asked now; none where that is not so, or was told.
    pub fn escalate(self, now: Timestamp) -> Option<Change<Self>> {
        let assist = self.assist.clone()?;
        let is_due = assist.state(now) == AssistState::Overdue && assist.escalated_at.is_none();
        if !is_due || self.ended.is_some() {
            return None;
        }
        let after = Self { assist: Some(Assist { escalated_at: Some(now), ..assist }), ..self.clone() };
        Some(self.moved(after, ESCALATED))
    }
}

fn cite(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("OWN-10"))
}
