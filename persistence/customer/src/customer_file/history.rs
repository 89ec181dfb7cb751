//! When a file was changed, by whom, and what of it: never what it said. `[CUS-3, CUS-5]`

use super::find;
use crate::{
    schema::audit_entries as entries,
    spine::{Failure, Instant, Key, Page, Reader, Slice, View, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::{Customer, CustomerId},
    spine::{Entity, Timestamp, Version},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A change of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerChange)]
pub struct CustomerChangeView {
    /// The version it led to.
    #[schema(minimum = 1)]
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Who.
    #[schema(max_length = 200, example = "李娜")]
    pub by: String,
    /// What happened, as its event is called.
    #[schema(max_length = 200, example = "customer.changed")]
    pub event: String,
    /// Which members changed; none of the first version, and where the content was erased.
    #[schema(max_items = 50)]
    pub changed: Vec<String>,
}

impl View for CustomerChangeView {}

type Row = (Version, Instant, String, String, Option<String>);

/// The changes of a customer's file, the latest first, whoever asks.
pub(super) fn of(reader: &mut Reader<'_>, id: CustomerId) -> Result<Vec<CustomerChangeView>, Failure> {
    let about = entries::entity.eq(Key::from(id)).and(entries::entity_kind.eq(Customer::KIND));
    let rows: Vec<Row> = db!(reader, |c| entries::table
        .filter(about)
        .order(entries::sequence.desc())
        .select((entries::entity_version, entries::at, entries::actor_name, entries::action, entries::after))
        .load(c))?;
    Ok(rows.into_iter().map(shown).collect())
}

/// The changes of a customer's file, the latest first, if the caller sees the customer.
///
/// # Errors
/// Not found where they do not.
pub fn list(
    reader: &mut Reader<'_>,
    id: CustomerId,
    page: &Page,
) -> Result<Slice<CustomerChangeView>, Failure> {
    find(reader, id)?;
    Ok(Slice::of(of(reader, id)?, page))
}

fn shown((version, at, by, event, after): Row) -> CustomerChangeView {
    let after = after.filter(|_| version > 1).and_then(|after| serde_json::from_str::<Value>(&after).ok());
    let members = after.as_ref().and_then(Value::as_object).into_iter().flat_map(serde_json::Map::keys);
    let changed = members.filter(|name| *name != "version").cloned().collect();
    CustomerChangeView { version, at: at.into(), by, event, changed }
}
