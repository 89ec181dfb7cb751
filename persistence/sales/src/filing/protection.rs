//! What others are kept from while a filing protects: quotations, contracts and orders of that customer and product line.
//! `[SAL-2c]`

use super::row::live;
use crate::{
    customer_file,
    organisation::Register,
    product,
    spine::{Failure, Reader},
};
use domain::{
    customer_file::{CustomerId, CustomerKind},
    product::ProductId,
    spine::EmployeeId,
};
use std::collections::BTreeSet;

/// By what a customer is found to be one with others: a company by its name as names are compared, a person by themselves.
pub(super) fn customer_key(reader: &mut Reader<'_>, customer: CustomerId) -> Result<String, Failure> {
    let found = customer_file::load(reader, customer)?;
    Ok(match found.content.kind {
        CustomerKind::Company => found.content.name_key(),
        CustomerKind::Person => customer.uuid().to_string(),
    })
}

/// That nobody else's filing protects a customer and the product lines of what somebody would sell them.
///
/// # Errors
/// `filing.protected_by_another`.
pub(crate) fn check(
    reader: &mut Reader<'_>,
    (customer, by): (CustomerId, EmployeeId),
    products: impl IntoIterator<Item = ProductId>,
) -> Result<(), Failure> {
    let mut lines = BTreeSet::new();
    for id in products {
        lines.insert(product::find(reader, id)?.details.category);
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (key, today) = (customer_key(reader, customer)?, reader.today());
    let keeps_out = |filing: &domain::filing::Filing| {
        filing.filer != by && filing.protection.is_some_and(|protection| protection.holds_on(today))
    };
    let Some(filing) = live(reader, &key, &lines)?.into_iter().find(keeps_out) else { return Ok(()) };
    let holder = Register::of(reader)?.named(filing.filer)?;
    Err(filing.keeps_out(&holder.name).into())
}
