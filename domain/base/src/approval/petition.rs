//! The head of a document that is handed to approvers: who answers for it, its number, and where it stands on its way
//! through approval. How it moves there is said by [`super::Document`].
//!
//! Deliberately not here: what is asked for, and what an approval of it moves.

use super::{Approval, Outcome};
use crate::spine::{Actor, Citation, Employee, Findings, Id, Permission, Refusal, Timestamp, User, wording};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { PETITION_REFUSALS:
    NOT_YOURS = "document.not_yours", Forbidden, "只有填报人或提交人可以进行此操作", "Only whoever drew up or submits the document may do this";
    NO_EMPLOYEE = "document.no_employee", Forbidden, "当前账号没有对应的员工，不能填报", "The account belongs to no employee and cannot ask for anything";
    FOR_OTHERS_FORBIDDEN = "document.for_others_forbidden", Forbidden, "您没有代他人填报的权限", "You may not make out documents on behalf of others";
    FOREIGN_DEPARTMENT = "document.foreign_department", Forbidden, "单据只能填报在提交人所在的部门", "A document can be made out only for the department in which its submitter works";
    NOT_EDITABLE = "document.not_editable", Conflict, "当前状态“{state}”不可修改", "A document in the state \"{state}\" cannot be changed";
    NOT_SUBMITTABLE = "document.not_submittable", Conflict, "当前状态“{state}”不可提交", "A document in the state \"{state}\" cannot be submitted";
    NOT_IN_APPROVAL = "document.not_in_approval", Conflict, "当前状态“{state}”不在审批中", "A document in the state \"{state}\" is not in approval";
    NOT_APPROVED = "document.not_approved", Conflict, "当前状态“{state}”不是已批准", "A document in the state \"{state}\" is not approved";
    OTHER_APPROVAL = "document.other_approval", Conflict, "该审批不属于此单的当前提交", "The approval does not belong to the document's present submission";
    NOT_VOIDABLE = "document.not_voidable", Conflict, "当前状态“{state}”不可作废", "A document in the state \"{state}\" cannot be voided";
}

/// Where a document stands, with what belongs to that state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval {
        /// Since when.
        at: Timestamp,
    },
    /// Sent back to be mended.
    Returned {
        /// When.
        at: Timestamp,
        /// What is to be mended.
        reason: String,
    },
    /// Refused for good; may only be voided.
    Rejected {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back by its submitter; may be changed and submitted again.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// Every approver agreed.
    Approved {
        /// When.
        at: Timestamp,
    },
    /// It has served its purpose.
    Closed {
        /// When.
        at: Timestamp,
        /// Why somebody closed it; none where it closed itself.
        reason: Option<String>,
    },
    /// Given up; the number stays taken.
    Void {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back after approval.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DocumentStatus)]
pub enum StandingState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back by its submitter.
    Withdrawn,
    /// Every approver agreed.
    Approved,
    /// It has served its purpose.
    Closed,
    /// Given up.
    Void,
    /// Taken back after approval.
    Revoked,
}

crate::labels! { StandingState = "DocumentStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "已批准", "Approved";
    Closed = "closed", "已关闭", "Closed";
    Void = "void", "已作废", "Void";
    Revoked = "revoked", "已撤销", "Revoked";
}

impl StandingState {
    /// Whether its submitter may change and submit it.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Withdrawn)
    }
    /// Whether it may be given up: whatever came to nothing.
    pub const fn is_voidable(self) -> bool {
        self.is_editable() || matches!(self, Self::Rejected)
    }
    /// Whether no action leads out of it.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::Void | Self::Revoked)
    }
}

crate::status! { Standing as StandingState:
    Draft; InApproval at; Returned at reason; Rejected at reason; Withdrawn at; Approved at; Closed at reason;
    Void at reason; Revoked at reason;
}

impl Standing {
    /// What an outcome of the approval makes of it; none while a step waits.
    pub fn settled(outcome: &Outcome, now: Timestamp) -> Option<Self> {
        Some(match outcome.clone() {
            Outcome::Pending => return None,
            Outcome::Approved { .. } => Self::Approved { at: now },
            Outcome::Rejected { reason, .. } => Self::Rejected { at: now, reason },
            Outcome::Returned { reason, .. } => Self::Returned { at: now, reason },
            Outcome::Withdrawn { .. } => Self::Withdrawn { at: now },
        })
    }
}

/// What a new document is known by from the start.
#[derive(Clone, Debug)]
pub struct NewDocument<E> {
    /// Identity.
    pub id: Id<E>,
    /// The number, from the counter of its year.
    pub number: String,
    /// Who answers for it; the actor where none is named.
    pub submitter: Option<Id<Employee>>,
}

/// The head of a document that somebody submits for approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Petition {
    /// The readable number; never reused.
    pub number: String,
    /// The account that made it.
    pub creator: Id<User>,
    /// The employee behind that account, if any.
    pub creator_employee: Option<Id<Employee>>,
    /// The employee who answers for it.
    pub submitter: Id<Employee>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// The approval of its latest submission.
    pub approval: Option<Id<Approval>>,
}

impl Petition {
    /// Starts a draft in the name of an employee; the actor's own where none is named. `for_others` is the permission
    /// that asking in another's name demands, and the rule that says so.
    ///
    /// # Errors
    /// Where the account has no employee, or another's name may not be used.
    pub fn begin(
        number: String,
        submitter: Option<Id<Employee>>,
        (for_others, rule): (Permission, &str),
        by: &Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let submitter = submitter.or(by.employee).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        if !by.is(submitter) && !by.may(for_others) {
            let refusal = Refusal::new(FOR_OTHERS_FORBIDDEN).citing(Citation::rule(rule));
            return Err(refusal.at("/submitter_id"));
        }
        Ok(Self::of(number, submitter, by, now))
    }

    /// Starts a draft in the actor's own name: what nobody asks for in another's.
    ///
    /// # Errors
    /// Where the account has no employee.
    pub fn begin_own(number: String, by: &Actor, now: Timestamp) -> Result<Self, Refusal> {
        let submitter = by.employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        Ok(Self::of(number, submitter, by, now))
    }

    fn of(number: String, submitter: Id<Employee>, by: &Actor, now: Timestamp) -> Self {
        Self {
            number,
            creator: by.user,
            creator_employee: by.employee,
            submitter,
            created_at: now,
            standing: Standing::Draft,
            approval: None,
        }
    }

    /// The name of its state.
    pub const fn state(&self) -> StandingState {
        self.standing.state()
    }

    /// Whether a person made or submits it.
    pub fn is_own(&self, by: &Actor) -> bool {
        self.creator == by.user || by.is(self.submitter)
    }

    /// Refuses whoever neither made nor submits it.
    pub fn refuse_stranger(&self, by: &Actor) -> Result<(), Refusal> {
        if self.is_own(by) { Ok(()) } else { Err(Refusal::new(NOT_YOURS)) }
    }

    /// Refuses unless it is approved.
    pub fn expect_approved(&self) -> Result<(), Refusal> {
        let state = self.state();
        let refusal = || Refusal::new(NOT_APPROVED).with_label("state", state);
        if state == StandingState::Approved { Ok(()) } else { Err(refusal()) }
    }

    /// Whether the approval of its earlier submission is taken up again: not where that was final.
    pub fn goes_on(&self) -> Option<Id<Approval>> {
        let goes_on = matches!(self.state(), StandingState::Withdrawn | StandingState::Returned);
        self.approval.filter(|_| goes_on)
    }
}

/// A reason a person must give: not empty, at most 500 characters.
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, "/reason", reason, 500);
    findings.into_result()
}
