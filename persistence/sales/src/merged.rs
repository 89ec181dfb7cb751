//! Files of customers that were merged: what was sold to the one behind is read as the survivor's, and nothing is written anew.
//! `[CUS-3]`

use crate::{
    customer_file::{CustomerRef, view::refer_to_all},
    schema::customers,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::customer_file::CustomerId;
use std::collections::HashMap;

/// So many are asked for at once.
const PIECE: usize = 500;

/// The file that stands for a customer by now: their own, or the one it was merged into, and so on.
///
/// # Errors
/// Where the database fails.
pub(crate) fn survivor(reader: &mut Reader<'_>, customer: CustomerId) -> Result<CustomerId, Failure> {
    let key = Key::from(customer);
    Ok(survivors(reader, [key])?.get(&key).copied().unwrap_or(key).into())
}

/// The files that stand for customers by now, of those that were merged away.
///
/// # Errors
/// Where the database fails.
pub(crate) fn survivors(
    reader: &mut Reader<'_>,
    customers: impl IntoIterator<Item = Key>,
) -> Result<HashMap<Key, Key>, Failure> {
    let mut stands: HashMap<Key, Key> = HashMap::new();
    let mut asked: Vec<Key> = customers.into_iter().collect();
    asked.sort_unstable();
    asked.dedup();
    let mut left = asked.clone();
    // A file that stands for others is merged itself, never in a circle: each round goes one file up.
    while !left.is_empty() {
        let into = into(reader, &left)?;
        left = into.values().copied().filter(|key| !stands.contains_key(key)).collect();
        left.sort_unstable();
        left.dedup();
        stands.extend(into);
    }
    let last = |mut key: Key| {
        while let Some(into) = stands.get(&key) {
            key = *into;
        }
        key
    };
    Ok(asked.into_iter().filter(|key| stands.contains_key(key)).map(|key| (key, last(key))).collect())
}

/// Into which file each of some was merged; those that stand for themselves are not there.
fn into(reader: &mut Reader<'_>, keys: &[Key]) -> Result<HashMap<Key, Key>, Failure> {
    let mut found = HashMap::new();
    for piece in keys.chunks(PIECE) {
        let rows: Vec<(Key, Option<Key>)> = db!(reader, |c| customers::table
            .filter(customers::id.eq_any(piece).and(customers::merged_into_id.is_not_null()))
            .select((customers::id, customers::merged_into_id))
            .load(c))?;
        found.extend(rows.into_iter().filter_map(|(id, into)| Some((id, into?))));
    }
    Ok(found)
}

/// A customer's file with all that stand behind it, the file itself first.
///
/// # Errors
/// Where the database fails.
pub(crate) fn family(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let (mut all, mut left) = (vec![Key::from(customer)], vec![Key::from(customer)]);
    while !left.is_empty() {
        let wanted: Vec<Option<Key>> = left.iter().copied().map(Some).collect();
        left = db!(reader, |c| customers::table
            .filter(customers::merged_into_id.eq_any(&wanted))
            .order(customers::id)
            .select(customers::id)
            .load(c))?;
        all.extend(&left);
    }
    Ok(all)
}

/// The same for many, each with the file of its family that was asked for.
///
/// # Errors
/// Where the database fails.
pub(crate) fn families(reader: &mut Reader<'_>, customers: &[Key]) -> Result<HashMap<Key, Key>, Failure> {
    let mut of: HashMap<Key, Key> = customers.iter().map(|key| (*key, *key)).collect();
    let mut left = customers.to_vec();
    while !left.is_empty() {
        let mut next = Vec::new();
        for piece in left.chunks(PIECE) {
            let wanted: Vec<Option<Key>> = piece.iter().copied().map(Some).collect();
            let rows: Vec<(Key, Option<Key>)> = db!(reader, |c| customers::table
                .filter(customers::merged_into_id.eq_any(&wanted))
                .order(customers::id)
                .select((customers::id, customers::merged_into_id))
                .load(c))?;
            for (behind, into) in rows {
                let Some(head) = into.and_then(|into| of.get(&into).copied()) else { continue };
                if of.insert(behind, head).is_none() {
                    next.push(behind);
                }
            }
        }
        left = next;
    }
    Ok(of)
}

/// The files to be shown in place of those that were merged away.
pub(crate) struct Survivors(HashMap<Key, CustomerRef>);

impl Survivors {
    /// Of some customers.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn of(reader: &mut Reader<'_>, customers: impl IntoIterator<Item = Key>) -> Result<Self, Failure> {
        let stands = survivors(reader, customers)?;
        if stands.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let named = refer_to_all(reader, stands.values().copied())?;
        let shown = stands.into_iter().filter_map(|(key, into)| Some((key, named.get(&into)?.clone())));
        Ok(Self(shown.collect()))
    }

    /// Who stands for a customer.
    pub fn shown(&self, customer: CustomerRef) -> CustomerRef {
        self.0.get(&Key::from(customer.id)).cloned().unwrap_or(customer)
    }
}

/// Narrows a list to a customer, where one is wanted, with the files that were merged into theirs.
macro_rules! of_customer {
    ($wanted:ident, $reader:ident, $table:ident, $filter:expr) => {
        if let Some(customer) = $filter.customer_id {
            match $crate::merged::family($reader, customer)?.as_slice() {
                [one] => $wanted.also($table::customer_id.eq(*one)),
                family => $wanted.also($table::customer_id.eq_any(family.to_vec())),
            }
        }
    };
}
pub(crate) use of_customer;
