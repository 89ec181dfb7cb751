//! Cash advances: found within the caller's sight, written by applying changes, shown, listed and stated. `[EXP-14]`

/// What moves more than the advance itself.
pub mod deed;
mod duty;
/// Lists and exports.
pub mod list;
/// The ERP's list of what moved, compared with ours.
pub mod reconcile;
mod reversal;
mod row;
pub(crate) mod settle;
/// What somebody got, settled and still owes.
pub mod statement;
/// What one advance looks like.
pub mod view;

pub use row::find;
pub(crate) use row::{find_unscoped, number_of};
pub(crate) use row::{may_read, outstanding_of, shown_outstanding};
pub use settle::preview;
pub use view::{CASH_ADVANCE, CashAdvanceView, show, view};

use crate::{
    expense_claim::reference::References,
    file,
    organisation::referred,
    policy::{Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    approval::petition::FOREIGN_DEPARTMENT,
    finance::{
        CASH_ADVANCE_CHAIN_CODE, SHIPPED_CASH_ADVANCE_CHAIN,
        cash_advance::{AdvanceContent, AdvanceRules, CashAdvance},
        cash_advance_policy::{CASH_ADVANCE_POLICY_CODE, CashAdvancePolicy, SHIPPED_CASH_ADVANCE_POLICY},
        expense_policy::ExpensePolicy,
    },
    spine::{BusinessDate, Change, Currency, EmployeeId, Entity, Permission, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &file::DocumentKind { kind: CashAdvance::KIND, may_read },
    reconcile::EntryDifferenceKind::LABELS,
    reconcile::EntryKind::LABELS,
    &Kind::of::<CashAdvancePolicy>(),
    &Shipped::text(
        CASH_ADVANCE_POLICY_CODE,
        "借款设置",
        "003 营销费用控制与监督；000 §9.3(5)",
        SHIPPED_CASH_ADVANCE_POLICY,
    ),
    &Shipped::text(
        CASH_ADVANCE_CHAIN_CODE,
        "借款审批链",
        "003 营销费用审批流程；000 §9.3",
        SHIPPED_CASH_ADVANCE_CHAIN,
    ),
    &duty::CALLED,
    &duty::FILED,
    &Shipped::text("duty-rule/cash-advance", "借款核销", "000 §9.3(5)", duty::SETTLEMENT_RULE),
];

crate::spine::resource! { crate::Finance: CashAdvance as CashAdvanceView; find, apply, show = show }

/// Writes a change of an advance.
pub fn apply(tx: &mut Tx<'_>, change: Change<CashAdvance>) -> Result<CashAdvance, Failure> {
    tx.apply(change)
}

/// Makes exactly the files its content names the papers of an advance.
pub fn keep_papers(tx: &mut Tx<'_>, advance: &CashAdvance) -> Result<(), Failure> {
    let papers = &advance.content.attachments;
    file::attach_exactly(tx, papers, CashAdvance::KIND, advance.id.uuid(), "/attachments")
}

/// Checks that everything an advance refers to is there, and its department its submitter's.
pub fn refer(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &AdvanceContent,
) -> Result<(), Failure> {
    if let Some(request) = content.request {
        referred(super::expense_request::number_of(reader, request), "/request_id")?;
    }
    let to = References {
        submitter,
        beneficiary: None,
        department: content.department,
        business_date: content.business_date,
        cost_centres: Vec::new(),
        for_others: Permission::SubmitCashAdvancesForOthers,
        foreign: FOREIGN_DEPARTMENT,
    };
    to.check_existence(reader)?;
    to.check_people(reader)
}

/// The policies that advances of a business date are judged by.
#[derive(Clone, Debug)]
pub struct AdvancePolicies {
    policy: Arc<PolicyVersion<CashAdvancePolicy>>,
    claims: Arc<PolicyVersion<ExpensePolicy>>,
}

impl AdvancePolicies {
    /// The versions in force on a day; refuses where there is none.
    pub fn on(reader: &mut Reader<'_>, date: BusinessDate) -> Result<Self, Failure> {
        let policy = crate::policy::in_force(reader, "standard", date)?;
        let claims = crate::policy::in_force(reader, "claims", date)?;
        Ok(Self { policy, claims })
    }
    /// The currency of the books.
    pub fn book_currency(&self) -> Currency {
        self.claims.content.book_currency
    }
    /// As the rules take them.
    pub fn rules(&self) -> AdvanceRules<'_> {
        AdvanceRules { policy: &self.policy, claims: &self.claims }
    }
}

/// The number of a new advance of this year.
pub fn next_number(tx: &mut Tx<'_>, policies: &AdvancePolicies) -> Result<String, Failure> {
    crate::spine::next_number(tx, &policies.policy.content.number_prefix)
}
