//! Expense claims: found within the caller's sight, written by applying changes, shown and listed.

mod advance;
mod beside;
mod charge;
/// What moves more than the claim itself.
pub mod deed;
/// What an ERP takes, and how its list compares with ours.
pub mod hand_over;
/// Locks for whole batches.
pub mod hold;
/// Lists and exports.
pub mod list;
mod load;
mod name;
mod part;
/// The third party that a claim pays.
pub mod payee;
mod prepare;
/// What a claim refers to.
pub mod reference;
mod replay;
mod request;
mod save;
mod scope;
pub(crate) mod settle;
/// What one claim looks like.
pub mod view;

pub(crate) use load::fellows;
pub(crate) use load::may_read;
pub use load::{find, find_by_external};
pub(crate) use name::Names;
pub use payee::{ClaimPayee, refer as refer_payee};
pub use prepare::prepare;
pub(crate) use request::lock as lock_request;
pub(crate) use scope::{covered, within};
pub use settle::preview;
pub use view::{EXPENSE_CLAIM, ExpenseClaimView, show, view};

use crate::{
    file,
    policy::{self, Kind, Shipped},
    setup::{self, SetupStep},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    finance::{
        CLAIM_CHAIN_CODE, SHIPPED_CLAIM_CHAIN,
        expense_category::ExpenseCategories,
        expense_claim::{ClaimRules, ExpenseClaim},
        expense_policy::{EXPENSE_POLICY_CODE, ExpensePolicy, SHIPPED_EXPENSE_POLICY},
        expense_request_policy::ExpenseRequestPolicy,
    },
    spine::{BusinessDate, Change, Currency, Entity, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &file::DocumentKind { kind: ExpenseClaim::KIND, may_read },
    hand_over::DifferenceKind::LABELS,
    &Kind { is_of_documents: true, ..Kind::of::<ExpensePolicy>() },
    &Shipped::text(
        EXPENSE_POLICY_CODE,
        "费用报销设置",
        "000 §9.3(5)；003 营销费用审批流程 5",
        SHIPPED_EXPENSE_POLICY,
    ),
    &Shipped::text(CLAIM_CHAIN_CODE, "费用报销审批链", "003 营销费用审批流程；000 §9.3", SHIPPED_CLAIM_CHAIN),
    &BUYERS,
    replay::BY_SETTINGS,
    replay::BY_CATEGORIES,
    replay::BY_BUDGET,
];

/// None ships: whose the invoices are made out to, only the company knows.
const BUYERS: SetupStep = SetupStep {
    code: "buyers",
    zh: "登记本公司名称与税号，发票抬头据此核对",
    en: "Register your own companies: invoices are made out to them",
    href: "/api/v1/own-companies",
    is_required: true,
    missing: |reader| {
        let today = reader.today();
        let policy = policy::in_force::<ExpensePolicy>(reader, "claims", today)?;
        Ok(setup::unless(!policy.content.buyers.is_empty()))
    },
};

crate::spine::resource! { crate::Finance: ExpenseClaim as ExpenseClaimView; find, apply, show = show }

/// Writes a change of a claim, and with it what the claim takes of its request and holds of the budget. Where
/// another live claim holds one of its invoices it is refused.
pub fn apply(tx: &mut Tx<'_>, change: Change<ExpenseClaim>) -> Result<ExpenseClaim, Failure> {
    let before = change.before().cloned();
    let claim = tx.apply(change)?;
    request::follow(tx, before.as_ref(), &claim)?;
    advance::follow(tx, before.as_ref(), &claim)?;
    charge::follow(tx, before.as_ref(), &claim)?;
    Ok(claim)
}

/// Makes exactly the files its content names the evidence of a claim.
pub fn keep_evidence(tx: &mut Tx<'_>, claim: &ExpenseClaim) -> Result<(), Failure> {
    file::attach_exactly(tx, &claim.content.attachments, ExpenseClaim::KIND, claim.id.uuid(), "/attachments")
}

/// The policies that claims of a business date are judged by.
#[derive(Clone, Debug)]
pub struct PoliciesInForce {
    policy: Arc<PolicyVersion<ExpensePolicy>>,
    categories: Arc<PolicyVersion<ExpenseCategories>>,
    procurement: Arc<PolicyVersion<ExpenseRequestPolicy>>,
}

impl PoliciesInForce {
    /// The versions in force on a day; refuses where there is none.
    pub fn on(reader: &mut Reader<'_>, date: BusinessDate) -> Result<Self, Failure> {
        let policy = crate::policy::in_force(reader, "claims", date)?;
        let categories = crate::policy::in_force(reader, "standard", date)?;
        let procurement = crate::policy::in_force(reader, "standard", date)?;
        Ok(Self { policy, categories, procurement })
    }
    /// The currency of the books.
    pub fn book_currency(&self) -> Currency {
        self.policy.content.book_currency
    }
    /// As the rules take them, for a claim that draws on no request.
    pub fn rules(&self) -> ClaimRules<'_> {
        ClaimRules {
            policy: &self.policy,
            categories: &self.categories,
            procurement: &self.procurement,
            request: None,
            fellows: &[],
            applications: &[],
        }
    }
}

/// The number of a new claim of this year; given back if the unit of work does not come to its end.
pub fn next_number(tx: &mut Tx<'_>, policies: &PoliciesInForce) -> Result<String, Failure> {
    crate::spine::next_number(tx, &policies.policy.content.number_prefix)
}
