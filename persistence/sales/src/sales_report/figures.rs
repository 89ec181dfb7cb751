//! What records show of somebody's selling between two days. `[SAL-4]`

use crate::{
    schema::{
        credit_entries, filings, interactions, opportunity_moves as moves, quotations, sales_contracts,
    },
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::BigInt,
};
use domain::{
    interaction::{InteractionKind, InteractionState},
    opportunity::MoveKind,
    sales_report::Figures,
    spine::{BusinessDate, EmployeeId},
    working_time::{Period, midnight},
};

/// What records show of somebody in a period.
///
/// # Errors
/// Where the database fails.
pub(super) fn figures(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    period: Period,
) -> Result<Figures, Failure> {
    let (person, days) = (Key::from(employee), (period.first(), period.last()));
    let zone = reader.zone();
    let (from, before) = (midnight(days.0, zone).into(), midnight(period.next().first(), zone).into());
    let mut figures = Figures::default();
    met(reader, person, days, &mut figures)?;
    moved(reader, person, days, &mut figures)?;
    written(reader, person, (from, before), &mut figures)?;
    let signed = sales_contracts::table
        .filter(sales_contracts::taken_by_id.eq(Some(person)))
        .filter(sales_contracts::signed_on.between(days.0, days.1));
    figures.contracts_signed = db!(reader, |c| signed.count().get_result(c))?;
    let net = sql::<BigInt>("CAST(COALESCE(SUM(credit_entries.net_minor), 0) AS BIGINT)");
    figures.net = db!(reader, |c| credit_entries::table
        .filter(credit_entries::employee_id.eq(Some(person)))
        .filter(credit_entries::counted_on.between(days.0, days.1))
        .select(net)
        .first(c))?;
    Ok(figures)
}

fn met(
    reader: &mut Reader<'_>,
    person: Key,
    (from, to): (BusinessDate, BusinessDate),
    figures: &mut Figures,
) -> Result<(), Failure> {
    let rows: Vec<(String, bool, i64)> = db!(reader, |c| interactions::table
        .filter(interactions::employee_id.eq(person).and(interactions::held_on.between(from, to)))
        .filter(interactions::status.eq(InteractionState::Reported.code()))
        .group_by((interactions::kind, interactions::is_qualified))
        .select((interactions::kind, interactions::is_qualified, count_star()))
        .load(c))?;
    for (kind, is_qualified, count) in rows {
        match InteractionKind::from_code(&kind) {
            Some(InteractionKind::Visit) => figures.visits += count,
            Some(InteractionKind::Call) => figures.calls += count,
            Some(InteractionKind::Meeting) => figures.meetings += count,
            _ => figures.messages += count,
        }
        if is_qualified {
            figures.qualified += count;
        }
    }
    Ok(())
}

fn moved(
    reader: &mut Reader<'_>,
    person: Key,
    (from, to): (BusinessDate, BusinessDate),
    figures: &mut Figures,
) -> Result<(), Failure> {
    // What was won followed from a sale: it counts for who pursued it.
    let theirs = moves::moved_by_id
        .eq(Some(person))
        .or(moves::kind.eq(MoveKind::Won.code()).and(moves::owner_id.eq(person)).nullable());
    let rows: Vec<(String, i64)> = db!(reader, |c| moves::table
        .filter(theirs)
        .filter(moves::moved_on.between(from, to))
        .group_by(moves::kind)
        .select((moves::kind, count_star()))
        .load(c))?;
    for (kind, count) in rows {
        match MoveKind::from_code(&kind) {
            Some(MoveKind::Opened) => figures.opportunities_opened += count,
            Some(MoveKind::Advanced) => figures.opportunities_advanced += count,
            Some(MoveKind::Lost) => figures.opportunities_lost += count,
            Some(MoveKind::Won) => figures.opportunities_won += count,
            _ => {}
        }
    }
    Ok(())
}

/// What was drawn up or sent between two instants.
fn written(
    reader: &mut Reader<'_>,
    person: Key,
    (from, before): (Instant, Instant),
    figures: &mut Figures,
) -> Result<(), Failure> {
    let filed = filings::table
        .filter(filings::filer_id.eq(person))
        .filter(filings::created_at.ge(from).and(filings::created_at.lt(before)));
    figures.filings = db!(reader, |c| filed.count().get_result(c))?;
    let sent = quotations::table
        .filter(quotations::owner_id.eq(person))
        .filter(quotations::sent_at.ge(from).and(quotations::sent_at.lt(before)));
    figures.quotations_sent = db!(reader, |c| sent.count().get_result(c))?;
    let drawn = sales_contracts::table
        .filter(sales_contracts::submitter_id.eq(person))
        .filter(sales_contracts::created_at.ge(from).and(sales_contracts::created_at.lt(before)));
    figures.contracts_drawn = db!(reader, |c| drawn.count().get_result(c))?;
    Ok(())
}
