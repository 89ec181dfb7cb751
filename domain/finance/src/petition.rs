//! What an employee asks for and others agree to: what expense requests, their amendments and cash advances have in
//! common. Who answers for it, its number, and where it stands on its way through approval.
//!
//! Deliberately not here: what is asked for, and what an approval of it moves.

use crate::{
    approval::{Approval, Outcome},
    spine::{Actor, Citation, Employee, Findings, Id, Permission, Refusal, RefusalCode, Timestamp, User},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { PETITION_REFUSALS:
    NOT_YOURS = "document.not_yours", Forbidden, "只有填报人可以进行此操作", "Only who made or submits the document may do this";
    NO_EMPLOYEE = "document.no_employee", Forbidden, "当前账号没有对应的员工，不能填报", "The account belongs to no employee and cannot ask for anything";
    FOR_OTHERS_FORBIDDEN = "document.for_others_forbidden", Forbidden, "没有代他人填报的权限", "Asking in somebody else's name is not permitted to you";
    FOREIGN_DEPARTMENT = "document.foreign_department", Forbidden, "只能以提交人所在部门的名义填报", "A document belongs to its submitter's own department";
    NOT_EDITABLE = "document.not_editable", Conflict, "当前状态“{state}”不可修改", "A document in the state \"{state}\" cannot be changed";
    NOT_SUBMITTABLE = "document.not_submittable", Conflict, "当前状态“{state}”不可提交", "A document in the state \"{state}\" cannot be submitted";
    NOT_IN_APPROVAL = "document.not_in_approval", Conflict, "当前状态“{state}”不在审批中", "A document in the state \"{state}\" is not in approval";
    NOT_APPROVED = "document.not_approved", Conflict, "当前状态“{state}”不是已批准", "A document in the state \"{state}\" is not approved";
    OTHER_APPROVAL = "document.other_approval", Conflict, "该审批不属于此单的当前提交", "The approval does not belong to the document's present submission";
    NOT_VOIDABLE = "document.not_voidable", Conflict, "当前状态“{state}”不可作废", "A document in the state \"{state}\" cannot be voided";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[PETITION_REFUSALS], events: &[], enums: &[StandingState::LABELS] };

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
    /// Whether no action leads out of it.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::Void | Self::Revoked)
    }
}

crate::status! { Standing as StandingState:
    Draft; InApproval at; Returned at reason; Rejected at reason; Withdrawn at; Approved at; Closed at reason;
    Void at reason; Revoked at reason;
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
    /// Starts a draft in the name of an employee; the actor's own where none is named.
    ///
    /// # Errors
    /// Where the account has no employee, or another's name may not be used.
    pub fn begin(
        number: String,
        submitter: Option<Id<Employee>>,
        for_others: Permission,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let submitter = submitter.or(by.employee).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        if !by.is(submitter) && !by.may(for_others) {
            return Err(Refusal::new(FOR_OTHERS_FORBIDDEN)
                .citing(Citation::rule("EXP-14b"))
                .at("/submitter_id"));
        }
        Ok(Self {
            number,
            creator: by.user,
            creator_employee: by.employee,
            submitter,
            created_at: now,
            standing: Standing::Draft,
            approval: None,
        })
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

    /// In whose name somebody acts who made or submits it; whoever else acts does so in their own office.
    pub fn in_whose_name(&self, by: &Actor) -> Option<Id<Employee>> {
        by.in_whose_name(self.submitter, self.submitter).filter(|_| self.is_own(by))
    }

    /// A refusal that names the state.
    pub fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        Refusal::new(code).with("state", self.state().code())
    }

    /// Refuses unless it is approved.
    pub fn expect_approved(&self) -> Result<(), Refusal> {
        if self.state() == StandingState::Approved { Ok(()) } else { Err(self.wrong_state(NOT_APPROVED)) }
    }

    /// Whether a caller may rewrite it now.
    pub fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state().is_editable() { Ok(()) } else { Err(self.wrong_state(NOT_EDITABLE)) }
    }

    /// Whether a caller may submit it now, as far as its state goes.
    pub fn may_submit(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state().is_editable() { Ok(()) } else { Err(self.wrong_state(NOT_SUBMITTABLE)) }
    }

    /// Whether a caller may take it back now.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state() == StandingState::InApproval {
            Ok(())
        } else {
            Err(self.wrong_state(NOT_IN_APPROVAL))
        }
    }

    /// Whether a caller may give it up now.
    pub fn may_void(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state().is_editable() || self.state() == StandingState::Rejected {
            Ok(())
        } else {
            Err(self.wrong_state(NOT_VOIDABLE))
        }
    }

    /// Whether the approval of its earlier submission is taken up again: not where that was final.
    pub fn goes_on(&self) -> Option<Id<Approval>> {
        let goes_on = matches!(self.state(), StandingState::Withdrawn | StandingState::Returned);
        self.approval.filter(|_| goes_on)
    }

    /// It after being handed to its approvers.
    pub fn submitted(&self, approval: Id<Approval>, by: &Actor, now: Timestamp) -> Result<Self, Refusal> {
        self.may_submit(by)?;
        Ok(Self { standing: Standing::InApproval { at: now }, approval: Some(approval), ..self.clone() })
    }

    /// It after its approval came to an outcome.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn settled(
        &self,
        approval: Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if self.state() != StandingState::InApproval {
            return Err(self.wrong_state(NOT_IN_APPROVAL));
        }
        if self.approval != Some(approval) {
            return Err(Refusal::new(OTHER_APPROVAL));
        }
        let standing = match outcome {
            Outcome::Pending => self.standing.clone(),
            Outcome::Approved { .. } => Standing::Approved { at: now },
            Outcome::Rejected { reason, .. } => Standing::Rejected { at: now, reason: reason.clone() },
            Outcome::Returned { reason, .. } => Standing::Returned { at: now, reason: reason.clone() },
            Outcome::Withdrawn { .. } => Standing::Withdrawn { at: now },
        };
        Ok(self.moved(standing))
    }

    /// It after being given up; its number stays taken.
    pub fn voided(&self, reason: String, by: &Actor, now: Timestamp) -> Result<Self, Refusal> {
        self.may_void(by)?;
        check_reason(&reason)?;
        Ok(self.moved(Standing::Void { at: now, reason }))
    }

    /// It in another state.
    #[must_use]
    pub fn moved(&self, standing: Standing) -> Self {
        Self { standing, ..self.clone() }
    }
}

/// A reason a person must give: not empty, at most 500 characters.
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    super::wording::check(&mut findings, "/reason", reason, 500);
    findings.into_result()
}
