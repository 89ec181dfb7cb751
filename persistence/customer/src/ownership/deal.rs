//! Deals as somebody tells them by hand, for customers with whom no sale is kept: where one is, it alone tells of the deal, so
//! that none counts twice. `[OWN-8, OWN-13, OWN-15]`

use super::{deed, find, load};
use crate::spine::{Failure, Reader, Tx};
use domain::{
    customer_file::CustomerId,
    ownership::{DEAL_OF_A_SALE, Ownership, What},
    spine::{AnyId, Citation, Refusal},
};

/// Where sales are kept, if they are: a part of a wing above.
pub struct SalesKept {
    /// The number of a sale with a customer that did not fall through; none where there is none.
    pub standing: fn(&mut Reader<'_>, CustomerId) -> Result<Option<String>, Failure>,
    /// The number of the sale that is a deal; none where it was told by hand.
    pub of_deal: fn(&mut Reader<'_>, AnyId) -> Result<Option<String>, Failure>,
}

/// Tells what became of a deal.
///
/// # Errors
/// A customer out of sight; `ownership.deal_of_a_sale`: it is a sale's, or begins beside one. How one ends that was told by
/// hand before is told.
pub fn record(tx: &mut Tx<'_>, customer: CustomerId, what: What) -> Result<Ownership, Failure> {
    let (deal, begins) = match &what {
        What::Deposited { deal } | What::Signed { deal } => (*deal, true),
        What::FellThrough { deal } | What::Completed { deal } => (*deal, false),
        _ => return Err(Failure::fault("it is told of no deal")),
    };
    // Whoever may not see the customer learns of no sale.
    find(tx, customer)?;
    let house = tx.house();
    for kept in house.all::<SalesKept>() {
        let mut number = (kept.of_deal)(tx, deal)?;
        if number.is_none() && begins {
            number = (kept.standing)(tx, customer)?;
        }
        if let Some(number) = number {
            let refusal = Refusal::new(DEAL_OF_A_SALE).with("number", number);
            return Err(refusal.citing(Citation::rule("OWN-15")).into());
        }
    }
    deed::tell(tx, customer, what)
}

/// A sale takes the place of the deals that were told by hand and are open: it counts alone from now on.
///
/// # Errors
/// Where the database fails.
pub fn take_over(tx: &mut Tx<'_>, customer: CustomerId, sale: AnyId) -> Result<(), Failure> {
    let (book, now, zone) = (super::book(tx)?, tx.now(), tx.zone());
    let house = tx.house();
    let known = load(tx, customer)?.as_of(&book, now, zone).credits;
    for credit in known.into_iter().filter(|credit| credit.is_open && credit.deal != sale) {
        let mut of_a_sale = false;
        for kept in house.all::<SalesKept>() {
            of_a_sale |= (kept.of_deal)(tx, credit.deal)?.is_some();
        }
        if !of_a_sale {
            let owned = load(tx, customer)?;
            deed::learn(tx, owned, What::Completed { deal: credit.deal })?;
        }
    }
    Ok(())
}
