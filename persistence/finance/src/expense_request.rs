//! Expense requests: found within the caller's sight, written by applying changes, shown and listed.

/// What they mean for the budget.
pub(crate) mod charge;
/// What moves more than the request itself.
pub mod deed;
/// Lists and exports.
pub mod list;
mod replay;
/// What a request said in each of its approved versions.
pub mod revision;
mod row;
pub(crate) mod settle;
/// What one request looks like.
pub mod view;

pub use row::find;
pub(crate) use row::may_read;
pub(crate) use row::{find_unscoped, number_of};
pub use settle::preview;
pub use view::{EXPENSE_REQUEST, ExpenseRequestView, show, view};

use crate::{
    expense_claim::reference::References,
    file,
    policy::{Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    approval::petition::FOREIGN_DEPARTMENT,
    finance::{
        REQUEST_CHAIN_CODE, SHIPPED_REQUEST_CHAIN,
        expense_category::ExpenseCategories,
        expense_policy::ExpensePolicy,
        expense_request::{ExpenseRequest, RequestContent, RequestRules},
        expense_request_policy::{
            EXPENSE_REQUEST_POLICY_CODE, ExpenseRequestPolicy, SHIPPED_EXPENSE_REQUEST_POLICY,
        },
    },
    spine::{BusinessDate, Change, Currency, EmployeeId, Entity, Permission, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &file::DocumentKind { kind: ExpenseRequest::KIND, may_read },
    &Kind::of::<ExpenseRequestPolicy>(),
    &Shipped::text(
        EXPENSE_REQUEST_POLICY_CODE,
        "费用申请设置",
        "000 §9 费用控制机制；§9.3(2)；003 营销费用审批流程 1",
        SHIPPED_EXPENSE_REQUEST_POLICY,
    ),
    &Shipped::text(
        REQUEST_CHAIN_CODE,
        "费用申请审批链",
        "003 营销费用审批流程；000 §9.3",
        SHIPPED_REQUEST_CHAIN,
    ),
    replay::BY_BUDGET,
];

crate::spine::resource! { crate::Finance: ExpenseRequest as ExpenseRequestView; find, apply, show = show }

/// Writes a change of a request.
pub fn apply(tx: &mut Tx<'_>, change: Change<ExpenseRequest>) -> Result<ExpenseRequest, Failure> {
    tx.apply(change)
}

/// Makes exactly the files its content names the papers of a request.
pub fn keep_papers(tx: &mut Tx<'_>, request: &ExpenseRequest) -> Result<(), Failure> {
    let papers = &request.content.attachments;
    file::attach_exactly(tx, papers, ExpenseRequest::KIND, request.id.uuid(), "/attachments")
}

/// Checks that everything a request refers to is there, and its department its submitter's.
pub fn refer(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &RequestContent,
) -> Result<(), Failure> {
    let to = References {
        submitter,
        beneficiary: None,
        department: content.department,
        business_date: content.business_date,
        cost_centres: content.lines.iter().map(|line| line.cost_centre).collect(),
        for_others: Permission::SubmitExpenseRequestsForOthers,
        foreign: FOREIGN_DEPARTMENT,
    };
    to.check_existence(reader)?;
    to.check_people(reader)
}

/// The policies that requests of a business date are judged by.
#[derive(Clone, Debug)]
pub struct RequestPolicies {
    policy: Arc<PolicyVersion<ExpenseRequestPolicy>>,
    claims: Arc<PolicyVersion<ExpensePolicy>>,
    categories: Arc<PolicyVersion<ExpenseCategories>>,
}

impl RequestPolicies {
    /// The versions in force on a day; refuses where there is none.
    pub fn on(reader: &mut Reader<'_>, date: BusinessDate) -> Result<Self, Failure> {
        let policy = crate::policy::in_force(reader, "standard", date)?;
        let claims = crate::policy::in_force(reader, "claims", date)?;
        let categories = crate::policy::in_force(reader, "standard", date)?;
        Ok(Self { policy, claims, categories })
    }
    /// The currency of the books.
    pub fn book_currency(&self) -> Currency {
        self.claims.content.book_currency
    }
    /// As the rules take them.
    pub fn rules(&self) -> RequestRules<'_> {
        RequestRules { policy: &self.policy, claims: &self.claims, categories: &self.categories }
    }
}

/// The number of a new request of this year.
pub fn next_number(tx: &mut Tx<'_>, policies: &RequestPolicies) -> Result<String, Failure> {
    crate::spine::next_number(tx, &policies.policy.content.number_prefix)
}

/// The number of a new amendment of this year.
pub(crate) fn next_amendment_number(tx: &mut Tx<'_>, policies: &RequestPolicies) -> Result<String, Failure> {
    crate::spine::next_number(tx, &policies.policy.content.amendment_prefix)
}
