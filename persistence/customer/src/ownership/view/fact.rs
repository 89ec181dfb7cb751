//! A fact as it is shown: whom it names, which record it comes from, and why it does not count. `[OWN-18]`

use crate::{
    organisation::{PersonRef, Register},
    ownership::deal::SalesKept,
    schema::{customers, ownership_disputes, ownership_transfers, registrations},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    ownership::{Fact, FactKind, What},
    spine::{AnyId, Timestamp},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A fact that was known.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipFact)]
pub struct FactView {
    /// Its identity.
    pub id: AnyId,
    /// What kind of fact.
    pub kind: FactKind,
    /// Whom it is about: who received, made the contact, left, was given or gave up the customer, or is a relative.
    pub employee: Option<PersonRef>,
    /// Who decided it, or asked for it, where that is somebody else.
    pub by: Option<PersonRef>,
    /// The record that it comes from: a registration, a transfer, a dispute, a deal; of an introduction, the customer who brings
    /// them.
    pub record_id: Option<AnyId>,
    /// The number of that record; null of a deal that was told by hand.
    #[schema(max_length = 60, example = "RG-2026-000012")]
    pub record_number: Option<String>,
    /// The reason that was given.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// From when it counts.
    pub at: Timestamp,
    /// When the server knew it.
    pub known_at: Timestamp,
    /// Whether it was voided by then.
    pub is_voided: bool,
    /// Who voided it.
    pub voided_by: Option<PersonRef>,
}

/// The numbers of the records that facts come from.
pub(super) fn numbers(reader: &mut Reader<'_>, known: &[&Fact]) -> Result<BTreeMap<AnyId, String>, Failure> {
    let records: Vec<AnyId> = known.iter().filter_map(|fact| fact.what.record()).collect();
    let keys: Vec<Key> = records.iter().map(|id| Key(id.uuid())).collect();
    let mut found: Vec<(Key, String)> = db!(reader, |c| registrations::table
        .filter(registrations::id.eq_any(&keys))
        .select((registrations::id, registrations::number))
        .load(c))?;
    found.extend(db!(reader, |c| ownership_transfers::table
        .filter(ownership_transfers::id.eq_any(&keys))
        .select((ownership_transfers::id, ownership_transfers::number))
        .load::<(Key, String)>(c))?);
    found.extend(db!(reader, |c| ownership_disputes::table
        .filter(ownership_disputes::id.eq_any(&keys))
        .select((ownership_disputes::id, ownership_disputes::number))
        .load::<(Key, String)>(c))?);
    found.extend(db!(reader, |c| customers::table
        .filter(customers::id.eq_any(&keys))
        .select((customers::id, customers::number))
        .load::<(Key, String)>(c))?);
    let mut numbers: BTreeMap<AnyId, String> =
        found.into_iter().map(|(key, number)| (AnyId::from_uuid(key.0), number)).collect();
    let house = reader.house();
    for kept in house.all::<SalesKept>() {
        for record in &records {
            if !numbers.contains_key(record)
                && let Some(number) = (kept.of_deal)(reader, *record)?
            {
                numbers.insert(*record, number);
            }
        }
    }
    Ok(numbers)
}

pub(super) fn shown(
    register: &Register,
    fact: &Fact,
    known: &[&Fact],
    numbers: &BTreeMap<AnyId, String>,
) -> Result<FactView, Failure> {
    let voiding = known.iter().find_map(|other| match &other.what {
        What::Voided { fact: voided, by, .. } if *voided == fact.id => Some(*by),
        _ => None,
    });
    Ok(FactView {
        id: fact.id.uuid().into(),
        kind: fact.what.kind(),
        employee: fact.what.people().0.map(|who| register.named(who)).transpose()?,
        by: fact.what.people().1.map(|who| register.named(who)).transpose()?,
        record_id: fact.what.record(),
        record_number: fact.what.record().and_then(|record| numbers.get(&record).cloned()),
        reason: fact.what.reason().map(str::to_owned),
        at: fact.at,
        known_at: fact.known_at,
        is_voided: voiding.is_some(),
        voided_by: voiding.flatten().map(|by| register.named(by)).transpose()?,
    })
}
