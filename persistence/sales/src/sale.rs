//! Sales in the database: opened and closed with their contract, attributed from what records show, paid as money comes in.
//! `[COM-1 … COM-10]`

/// Whom sales count for.
pub mod credit;
/// What is done about a sale.
pub mod deed;
mod duty;
/// What records show of it.
mod fact;
mod find;
/// What is booked of commission.
pub mod ledger;
/// The parts of a sale as it is shown.
mod part;
mod replay;
mod row;
/// What sales measure for the tiers of customers.
mod tier;
/// What a sale looks like, and those within the caller's sight.
pub mod view;

pub use find::find;
pub(crate) use find::find_unscoped;
pub(crate) use row::deal_of;
pub use view::{SALE, SaleFilter, SaleSummary, SaleView, list, show, view};

use crate::{
    instalment::deed::{Course, follow},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{sale::Sale, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &duty::HELD,
    &duty::ATTRIBUTED,
    &tier::PURCHASES,
    &tier::PAYMENT,
    &tier::LOYALTY,
    &Shipped::text("duty-rule/held-sale", "成交归属问题答复", "002 §5", duty::HELD_SALE_RULE),
    replay::BY_RULES,
    replay::BY_PLAN,
];

crate::spine::resource! { crate::Sales: Sale as SaleView; find, apply, show = show }

/// Writes a change of a sale; what its customer is to pay of it follows.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Sale>) -> Result<Sale, Failure> {
    let before = change.before().map(Course::from);
    let sale = tx.apply(change)?;
    follow(tx, &sale, before)?;
    Ok(sale)
}
