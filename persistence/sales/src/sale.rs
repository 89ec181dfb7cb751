//! Sales in the database: opened and closed with their contract, attributed from what records show, paid as money comes in.
//! `[COM-1 … COM-10]`

/// Whom sales count for.
pub mod credit;
/// What is done about a sale.
pub mod deed;
/// What disputes hold, and release.
mod dispute;
mod duty;
/// What records show of it.
mod fact;
mod find;
/// Points and fines that follow.
mod incident;
/// What is booked of commission.
pub mod ledger;
/// Who met a customer, and by whose leave.
mod met;
/// The parts of a sale as it is shown.
mod part;
mod replay;
mod row;
/// What rulings settle.
pub mod settle;
/// What sales measure for the tiers of customers.
mod tier;
/// What a sale looks like, and those within the caller's sight.
pub mod view;

pub use find::find;
pub(crate) use find::find_unscoped;
pub(crate) use row::{deal_of, of_deal};
pub use view::{SALE, SaleFilter, SaleSummary, SaleView, list, show, view};

use crate::{
    instalment::deed::{self as instalments, Course},
    ownership::deal::SalesKept,
    partner_commission,
    policy::Shipped,
    spine::{Failure, Follows, Part, Tx},
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
    &Follows { wants: dispute::wants, then: dispute::follow },
    &SalesKept { standing: find::standing_with, of_deal: find::number_of },
    replay::BY_RULES,
    replay::BY_PLAN,
];

crate::spine::resource! { crate::Sales: Sale as SaleView; find, apply, show = show }

/// Writes a change of a sale, with what it leads to in the ledger of rewards and penalties, what a partner is paid of it, and what its
/// customer is to pay.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Sale>) -> Result<Sale, Failure> {
    let incidents = change.before().map_or_else(Vec::new, Sale::incidents);
    let course = change.before().map(Course::from);
    let was_closed = change.before().is_some_and(|before| before.closing.is_some());
    let sale = tx.apply(change)?;
    incident::follow(tx, &incidents, &sale)?;
    partner_commission::follow(tx, &sale, was_closed)?;
    instalments::follow(tx, &sale, course)?;
    Ok(sale)
}
