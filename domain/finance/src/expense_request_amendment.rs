//! Amendments of expense requests (费用申请变更单): another use, amount, category or campaign of what was approved is
//! asked for again, with its own approval. `[EXP-5, EXP-7]`
//!
//! One is under way at a time per request. When it is approved the request says what the amendment said, and its
//! budget moves with it.

use super::{
    budget_line::{BudgetLine, DocumentKind, DocumentRef},
    expense_claim::FellowClaim,
    expense_request::{ExpenseRequest, RequestContent, RequestLine, RequestRules},
    wording,
};
use crate::{
    approval::{Approval, ContentPart, Course, Document, Facts, NewDocument, Owner, Petition, facts},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Permission, Refusal,
        Timestamp, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { EXPENSE_REQUEST_AMENDMENT_REFUSALS:
    CHANGES_NOTHING = "expense_request_amendment.changes_nothing", Invalid, "变更内容与现行申请相同", "The amendment changes nothing";
    OUTDATED = "expense_request_amendment.outdated", Conflict, "申请已变更至第 {revision} 版，请重新填写变更单", "The request has moved to revision {revision}; start the amendment anew";
}

crate::events! { EXPENSE_REQUEST_AMENDMENT_EVENTS:
    CREATED = "expense_request_amendment.created", "费用申请变更单已建立", "An amendment of an expense request was created";
    CHANGED = "expense_request_amendment.changed", "费用申请变更单已修改", "An amendment of an expense request was changed";
    SUBMITTED = "expense_request_amendment.submitted", "费用申请变更单已提交", "An amendment of an expense request was submitted";
    WITHDRAWN = "expense_request_amendment.withdrawn", "费用申请变更单已撤回", "An amendment of an expense request was withdrawn";
    RETURNED = "expense_request_amendment.returned", "费用申请变更单已退回", "An amendment of an expense request was returned to its submitter";
    REJECTED = "expense_request_amendment.rejected", "费用申请变更单已驳回", "An amendment of an expense request was rejected";
    APPROVED = "expense_request_amendment.approved", "费用申请变更单已批准", "An amendment of an expense request was approved";
    VOIDED = "expense_request_amendment.voided", "费用申请变更单已作废", "An amendment of an expense request was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[EXPENSE_REQUEST_AMENDMENT_REFUSALS],
    events: &[EXPENSE_REQUEST_AMENDMENT_EVENTS],
    enums: &[AmendmentAction::LABELS],
};

/// What a request holds by its lines: of which budget line, and how much of it no claim has drawn, in minor units of
/// the book currency.
pub type Held = BTreeMap<i32, (Id<BudgetLine>, i64)>;

/// What a line of an amendment asks for beyond what its request holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct More {
    /// How much, in minor units of the book currency; never nothing.
    pub amount: i64,
    /// The budget line that the request holds for it; none where one is still to be chosen.
    pub on: Option<Id<BudgetLine>>,
}

/// A change of an approved request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExpenseRequestAmendment {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `EA-2026-000007`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The request.
    pub request: Id<ExpenseRequest>,
    /// The revision of the request it changes.
    pub revision: i32,
    /// Why.
    pub reason: String,
    /// What the request is to say.
    pub content: RequestContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ExpenseRequestAmendment {
    const KIND: &'static str = "expense_request_amendment";
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

impl Document for ExpenseRequestAmendment {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: None,
        ends_for_leavers: None,
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.content.department
    }
    fn facts(&self) -> Facts {
        facts([("request_id", json!(self.request))])
    }
    fn said(&self) -> Vec<(ContentPart, serde_json::Value)> {
        let mut said = self.content.said(self.petition.submitter);
        said.push((ContentPart::Whole, json!([self.request, self.revision])));
        for (part, value) in &mut said {
            if *part == ContentPart::Wording {
                *value = json!([value, self.reason]);
            }
        }
        said
    }
}

impl ExpenseRequestAmendment {
    /// Starts a draft of a change of an approved request, in the name of its submitter.
    pub fn create(
        new: NewDocument<Self>,
        request: &ExpenseRequest,
        reason: String,
        content: RequestContent,
        by: &Actor,
        now: Timestamp,
        rules: RequestRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        request.may_amend(by)?;
        let NewDocument { id, number, submitter: _ } = new;
        let for_others = (Permission::SubmitExpenseRequests, "EXP-14b");
        let petition = Petition::begin(number, Some(request.petition.submitter), for_others, by, now)?;
        let content = content.tidied(rules.claims.content.book_currency);
        check(request, &reason, &content, rules)?;
        let facts =
            json!({"number": petition.number, "request_id": request.id, "request": request.petition.number});
        let (request, revision) = (request.id, request.revision);
        let amendment = Self { id, petition, request, revision, reason, content, version: 0 };
        let named = amendment.in_whose_name(by);
        Ok(Change::created(amendment, CREATED, facts).in_the_name_of(named))
    }

    /// Rewrites what it says, while it lies with its submitter.
    pub fn revise(
        self,
        request: &ExpenseRequest,
        reason: String,
        content: RequestContent,
        by: &Actor,
        rules: RequestRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = content.tidied(rules.claims.content.book_currency);
        check(request, &reason, &content, rules)?;
        let facts = json!({"number": self.petition.number, "request_id": self.request});
        let after = Self { reason, content, ..self.clone() };
        let named = self.in_whose_name(by);
        Ok(Change::updated(self, after, CHANGED, facts).in_the_name_of(named))
    }

    /// Whether it could be submitted now. `claims` are those that take of the request: what they went beyond it is
    /// compared together with what it would ask for. `[EXP-7]`
    pub fn check_submission(
        &self,
        request: &ExpenseRequest,
        claims: &[FellowClaim],
        by: &Actor,
        today: BusinessDate,
        rules: RequestRules<'_>,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.expect_current(request)?;
        if self.content == request.content {
            return Err(Refusal::new(CHANGES_NOTHING).citing(Citation::rule("EXP-5")));
        }
        request.check_amended(&self.content)?;
        self.content.check_amendment(request, claims, today, rules)
    }

    /// Whether it may take effect on its request: claims may have gone beyond that while this waited. `[EXP-5, EXP-7]`
    pub fn check_effect(
        &self,
        request: &ExpenseRequest,
        claims: &[FellowClaim],
        rules: RequestRules<'_>,
    ) -> Result<(), Refusal> {
        self.expect_current(request)?;
        self.content.check_amended_purchases(request, claims, rules)
    }

    /// Hands it to its approvers; checked by [`Self::check_submission`] in the same unit of work, in which `approval`
    /// was opened for it.
    pub fn submit(
        self,
        request: &ExpenseRequest,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let told = facts([
            ("request_id", json!(self.request)),
            ("amount", json!(self.content.total()?)),
            ("before", json!(request.content.total()?)),
        ]);
        self.handed_in(approval, told, by, now)
    }

    /// The amendment as the budget knows it: it reserves what it asks for beyond the request.
    pub fn budget_document(&self) -> DocumentRef {
        DocumentRef::new(DocumentKind::ExpenseRequestAmendment, self.id.uuid())
    }

    /// What each line asks of the budget, beyond what the request `holds` for the same use: the increase, on the
    /// budget line that is held; all that is not claimed yet where the use is another, or where the request holds
    /// nothing and more is wanted. A line that asks for no more asks for nothing, wherever it is charged.
    pub fn asked_more(&self, request: &ExpenseRequest, holds: &Held) -> Result<BTreeMap<i32, More>, Refusal> {
        let alike = self.alike(request);
        let (before, claimed) = (request.content.book_amounts()?, request.claimed());
        let more = |(number, amount): (i32, i64)| {
            let left = (amount - claimed.get(&number).copied().unwrap_or(0)).max(0);
            let held = holds.get(&number).filter(|_| alike.contains(&number));
            let asked = match held {
                Some((line, held)) => More { amount: left - held, on: Some(*line) },
                None if alike.contains(&number) && before.get(&number).is_some_and(|was| amount <= *was) => {
                    return None;
                }
                None => More { amount: left, on: None },
            };
            (asked.amount > 0).then_some((number, asked))
        };
        Ok(self.content.book_amounts()?.into_iter().filter_map(more).collect())
    }

    /// The lines that are for the same use as before, at the same cost centre: their money stays where it is.
    pub fn alike(&self, request: &ExpenseRequest) -> BTreeSet<i32> {
        let (old, new) = (&request.content, &self.content);
        if old.campaign != new.campaign || old.region != new.region {
            return BTreeSet::new();
        }
        let same = |(_, (was, is)): &(i32, (&RequestLine, &RequestLine))| {
            was.category == is.category && was.cost_centre == is.cost_centre
        };
        (1..).zip(old.lines.iter().zip(&new.lines)).filter(same).map(|(number, _)| number).collect()
    }

    /// Refuses where the request was amended since this was written.
    pub fn expect_current(&self, request: &ExpenseRequest) -> Result<(), Refusal> {
        request.petition.expect_approved()?;
        if self.revision == request.revision {
            return Ok(());
        }
        Err(Refusal::new(OUTDATED).with("revision", request.revision).citing(Citation::rule("EXP-5")))
    }
}

/// What must hold even of a draft.
fn check(
    request: &ExpenseRequest,
    reason: &str,
    content: &RequestContent,
    rules: RequestRules<'_>,
) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, "/reason", reason, 500);
    findings.into_result()?;
    content.check(rules)?;
    request.check_amended(content)
}

/// A named action on an amendment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseRequestAmendmentActionName)]
pub enum AmendmentAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { AmendmentAction = "ExpenseRequestAmendmentActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

impl ExpenseRequestAmendment {
    /// Every action, with the refusal it would meet; none for who may not ask for anything. `[ACT-1]`
    pub fn actions(&self, by: &Actor) -> Vec<(AmendmentAction, Result<(), Refusal>)> {
        if !by.may(Permission::SubmitExpenseRequests) {
            return Vec::new();
        }
        AmendmentAction::ALL
            .into_iter()
            .map(|action| {
                let allowed = match action {
                    AmendmentAction::Revise => self.may_revise(by),
                    AmendmentAction::Submit => self.may_submit(by),
                    AmendmentAction::Withdraw => self.may_withdraw(by),
                    AmendmentAction::Void => self.may_void(Owner::Here, by),
                };
                (action, allowed)
            })
            .collect()
    }
}
