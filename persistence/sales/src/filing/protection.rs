//! What others are kept from while a filing protects: quotations, contracts and orders of that customer and product line.
//! `[SAL-2c]`

use super::row::live;
use crate::{
    customer_file, merged,
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

/// By what a customer is found to be one with others: a company by its name as names are compared, a person by the file that stands
/// for them.
pub(super) fn customer_key(reader: &mut Reader<'_>, customer: CustomerId) -> Result<String, Failure> {
    let customer = merged::survivor(reader, customer)?;
    key_of(reader, customer)
}

/// By what filings of a customer are found: also those of files that were merged into theirs, which keep what they were filed by.
pub(super) fn customer_keys(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<String>, Failure> {
    let mut keys = Vec::new();
    for file in merged::whole(reader, customer)? {
        keys.push(key_of(reader, file.into())?);
    }
    Ok(keys)
}

fn key_of(reader: &mut Reader<'_>, customer: CustomerId) -> Result<String, Failure> {
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
    let (keys, today) = (customer_keys(reader, customer)?, reader.today());
    let keeps_out = |filing: &domain::filing::Filing| {
        filing.filer != by && filing.protection.is_some_and(|protection| protection.holds_on(today))
    };
    let Some(filing) = live(reader, &keys, &lines)?.into_iter().find(keeps_out) else { return Ok(()) };
    let holder = Register::of(reader)?.named(filing.filer)?;
    Err(filing.keeps_out(&holder.name).into())
}
