//! What records show of somebody with a customer: receptions at the site and visits elsewhere, and whether whose visitor it was
//! had agreed to it. `[COM-2, COM-3, COM-4, OWN-10]`

use crate::{
    schema::{interactions, quotations, receptions},
    spine::{Failure, Instant, Key, Reader, db},
};
use chrono::Duration;
use diesel::{dsl::exists, prelude::*};
use domain::{
    customer_file::CustomerId,
    interaction::{InteractionKind, InteractionState},
    spine::{EmployeeId, Timestamp},
};

/// From when to when.
type Span = (Timestamp, Timestamp);

/// What records show of somebody with a customer.
#[derive(Default)]
pub(super) struct Met {
    /// When they were together.
    spans: Vec<Span>,
    /// Whose visitor they received, and whether that was agreed to; none where nobody answered.
    hosts: Vec<(EmployeeId, Option<bool>)>,
}

impl Met {
    /// When they first met.
    pub fn first(&self) -> Option<Timestamp> {
        self.spans.iter().map(|(from, _)| *from).min()
    }

    /// For how many minutes they were together: what two records tell of the same time counts once.
    pub fn minutes(&self) -> u32 {
        let mut spans = self.spans.clone();
        spans.sort_unstable();
        let (mut together, mut until) = (Duration::zero(), None);
        for (from, to) in spans {
            let from = until.map_or(from, |until: Timestamp| until.max(from));
            if to > from {
                together += to.since(from);
                until = Some(to);
            }
        }
        u32::try_from(together.num_minutes()).unwrap_or(u32::MAX)
    }

    /// Whether the reception itself told them whose customer it was.
    pub fn was_shown(&self, owner: EmployeeId) -> bool {
        self.hosts.iter().any(|(host, _)| *host == owner)
    }

    /// Whether whose customer it was agreed to their help; none where nobody was asked, or answered.
    pub fn was_agreed(&self, owner: EmployeeId) -> Option<bool> {
        let answers = self.hosts.iter().filter(|(host, _)| *host == owner).filter_map(|(_, agreed)| *agreed);
        answers.reduce(|one, other| one || other)
    }
}

/// What records show of somebody with a customer by now.
///
/// # Errors
/// Where the database fails.
pub(super) fn met(reader: &mut Reader<'_>, customer: CustomerId, person: EmployeeId) -> Result<Met, Failure> {
    let mut met = received(reader, customer, person)?;
    let (customer, employee) = (Key::from(customer), Key::from(person));
    let kinds = [InteractionKind::Visit.code(), InteractionKind::Meeting.code()];
    let rows: Vec<(Option<Instant>, Option<i32>)> = db!(reader, |c| interactions::table
        .filter(interactions::customer_id.eq(customer).and(interactions::employee_id.eq(employee)))
        .filter(interactions::status.eq(InteractionState::Reported.code()))
        .filter(interactions::kind.eq_any(kinds))
        .order(interactions::held_at)
        .select((interactions::held_at, interactions::minutes))
        .load(c))?;
    met.spans.extend(rows.into_iter().filter_map(|(at, minutes)| {
        let from = Timestamp::from(at?);
        Some((from, from.plus(Duration::minutes(minutes.unwrap_or(0).into()))))
    }));
    Ok(met)
}

/// Receptions at a site; one that is not over lasts until now.
fn received(reader: &mut Reader<'_>, customer: CustomerId, person: EmployeeId) -> Result<Met, Failure> {
    type Row = (Instant, Option<Instant>, Option<Key>, Option<bool>);
    let (customer, employee, now) = (Some(Key::from(customer)), Key::from(person), reader.now());
    let rows: Vec<Row> = db!(reader, |c| receptions::table
        .filter(receptions::customer_id.eq(customer).and(receptions::receiver_id.eq(employee)))
        .order(receptions::id)
        .select((receptions::begun_at, receptions::ended_at, receptions::host_id, receptions::is_agreed))
        .load(c))?;
    let mut met = Met::default();
    for (from, to, host, is_agreed) in rows {
        met.spans.push((from.into(), to.map_or(now, Into::into)));
        met.hosts.extend(host.map(|host| (host.into(), is_agreed)));
    }
    Ok(met)
}

/// Whether somebody sent a customer a quotation.
///
/// # Errors
/// Where the database fails.
pub(super) fn has_quoted(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    person: EmployeeId,
) -> Result<bool, Failure> {
    let (customer, owner) = (Key::from(customer), Key::from(person));
    let sent = quotations::table
        .filter(quotations::customer_id.eq(customer).and(quotations::owner_id.eq(owner)))
        .filter(quotations::sent_at.is_not_null());
    Ok(db!(reader, |c| diesel::select(exists(sent)).get_result(c))?)
}
