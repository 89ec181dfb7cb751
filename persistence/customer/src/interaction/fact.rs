//! What others reckon by: each report as a fact, with the instant at which the server learned of it. `[OWN-12, OWN-15,
//! OWN-18]`

use crate::{
    schema::interactions,
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    interaction::{InteractionId, InteractionKind, InteractionState},
    spine::{EmployeeId, Timestamp},
};

/// A report of an interaction, as derivations read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InteractionFact {
    /// Which.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// Who.
    pub employee: EmployeeId,
    /// How.
    pub kind: InteractionKind,
    /// When it is said to have begun.
    pub held_at: Timestamp,
    /// When the server learned of it.
    pub known_at: Timestamp,
    /// Whether it counted when it was reported.
    pub had_substance: bool,
    /// When a superior voided it: until then it counted, if it had substance.
    pub voided_at: Option<Timestamp>,
}

impl InteractionFact {
    /// Whether it counts, as far as was known at an instant.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        self.had_substance && self.known_at <= at && self.voided_at.is_none_or(|voided| voided > at)
    }
}

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = interactions)]
struct Row {
    id: Key,
    customer_id: Key,
    employee_id: Key,
    kind: String,
    status: String,
    status_at: Option<Instant>,
    held_at: Option<Instant>,
    reported_at: Option<Instant>,
    shortfalls: Option<String>,
}

/// The reports of a customer's interactions in the order of when they are said to have begun, whoever asks.
///
/// # Errors
/// Where the database fails.
pub fn of_customer(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<InteractionFact>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| interactions::table
        .filter(interactions::customer_id.eq(key).and(interactions::held_at.is_not_null()))
        .order((interactions::held_at, interactions::id))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// When a customer was last followed up with substance, voided reports aside; none where they never were.
///
/// # Errors
/// Where the database fails.
pub fn last_qualified(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Option<Timestamp>, Failure> {
    let key = Key::from(customer);
    let counts = interactions::customer_id.eq(key).and(interactions::is_qualified.eq(true));
    let last: Option<Option<Instant>> = db!(reader, |c| interactions::table
        .filter(counts)
        .order(interactions::held_at.desc())
        .select(interactions::held_at)
        .first(c)
        .optional())?;
    Ok(last.flatten().map(Into::into))
}

impl TryFrom<Row> for InteractionFact {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("interactions", column, row.id.0);
        let (held_at, known_at) = row.held_at.zip(row.reported_at).ok_or_else(|| corrupt("held_at"))?;
        let is_voided = row.status == InteractionState::Voided.code();
        let voided_at = row.status_at.filter(|_| is_voided).map(Into::into);
        Ok(Self {
            id: row.id.into(),
            customer: row.customer_id.into(),
            employee: row.employee_id.into(),
            kind: InteractionKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
            held_at: held_at.into(),
            known_at: known_at.into(),
            had_substance: row.shortfalls.as_deref() == Some("[]"),
            voided_at,
        })
    }
}
