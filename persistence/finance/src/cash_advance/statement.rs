//! What somebody got in advance, what settled it, and what they still owe. `[EXP-14]`

use super::{
    row::paid_to,
    view::{claim_numbers, shown},
};
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    spine::{Failure, Reader, Refers, Sight, View},
};
use chrono::NaiveDate;
use domain::{
    finance::cash_advance::{
        CashAdvance, MovementKind, Reversal, ReversalKind, SettlementState, reversal::CashEntry,
    },
    spine::{AnyId, Currency, EmployeeId, Money},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The advances of one employee: what was paid out, settled, paid back, and is outstanding.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceStatement)]
pub struct StatementView {
    /// Whose.
    pub employee: PersonRef,
    /// As of this day.
    pub on: NaiveDate,
    /// What was paid out in all, less what was reversed.
    pub paid_out: Money,
    /// What claims settled, or hold while they are in approval.
    pub settled: Money,
    /// What was paid back, less what was reversed.
    pub repaid: Money,
    /// What is still owed.
    pub outstanding: Money,
    /// Of it, what should have been settled before this day.
    pub overdue: Money,
    /// Everything that moved, by day.
    #[schema(max_items = 100_000)]
    pub entries: Vec<EntryView>,
}

impl View for StatementView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
}

/// A line of a statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceStatementEntry)]
pub struct EntryView {
    /// The day.
    pub on: NaiveDate,
    /// The advance.
    pub advance_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub advance_number: String,
    /// What settled it; null for the pay-out.
    pub kind: Option<MovementKind>,
    /// Whether it is the counter-entry of one that was recorded by mistake.
    pub is_reversal: bool,
    /// The reference of the payment or counter-entry, or the number of the claim.
    #[schema(max_length = 60)]
    pub reference: String,
    /// How much: paid out is positive, settled and paid back negative; a counter-entry the other way round.
    pub amount: Money,
    /// What is owed afterwards.
    pub balance: Money,
}

/// The statement of an employee's advances, as far as the caller may see them.
pub fn statement(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<StatementView, Failure> {
    let register = Register::of(reader)?;
    if !is_in_sight(reader, &register, employee) {
        return Err(Failure::NotFound);
    }
    let advances = paid_to(reader, employee.into())?;
    let all: Vec<&CashAdvance> = advances.iter().collect();
    let numbers = claim_numbers(reader, &all)?;
    let today = reader.today();
    let book = all.first().map_or(Currency::Cny, |advance| advance.content.amount.currency());
    let money = |minor| Money::from_minor(minor, book);
    let mut entries: Vec<EntryView> = Vec::new();
    let (mut settled, mut repaid, mut overdue) = (0, 0, 0);
    for advance in &all {
        entries.extend(payout(advance));
        entries.extend(advance.reversals.iter().flat_map(|reversal| undone(advance, reversal)));
        for movement in &advance.movements {
            let part = if movement.claim().is_some() { &mut settled } else { &mut repaid };
            *part += movement.amount.minor();
            let view = shown(movement.clone(), &numbers);
            let (kind, amount) = (Some(view.kind), view.amount.negated());
            entries.push(line(advance, view.moved_on, kind, view.reference, amount));
        }
        if advance.settlement(today) == Some(SettlementState::Overdue) {
            overdue += advance.outstanding().minor();
        }
    }
    entries.sort_by_key(|entry| entry.on);
    let mut balance = 0;
    for entry in &mut entries {
        balance += entry.amount.minor();
        entry.balance = money(balance);
    }
    let paid = all.iter().filter(|advance| advance.payout.is_some());
    let paid_out = paid.map(|advance| advance.content.amount.minor()).sum();
    Ok(StatementView {
        employee: register.named(employee)?,
        on: today,
        paid_out: money(paid_out),
        settled: money(settled),
        repaid: money(repaid),
        outstanding: money(balance),
        overdue: money(overdue),
        entries,
    })
}

/// Whether a caller reaches an employee: themselves, or their department.
fn is_in_sight(reader: &Reader<'_>, register: &Register, employee: EmployeeId) -> bool {
    let sight = Sight::of(reader);
    let department = register.department_on(employee, reader.today());
    register.person(employee).is_some()
        && (sight.all
            || sight.employee == employee.into()
            || department.is_some_and(|department| sight.departments.contains(&department.into())))
}

fn payout(advance: &CashAdvance) -> Option<EntryView> {
    let payout = advance.payout.as_ref()?;
    Some(line(advance, payout.paid_on, None, payout.reference.clone(), advance.content.amount))
}

/// What was recorded by mistake, and its counter-entry.
fn undone(advance: &CashAdvance, reversal: &Reversal) -> [EntryView; 2] {
    let CashEntry { reference, amount, on, .. } = &reversal.original;
    let (kind, amount) = match reversal.kind {
        ReversalKind::Payout => (None, *amount),
        ReversalKind::Repayment => (Some(MovementKind::Repayment), amount.negated()),
    };
    let counter = line(advance, reversal.on, kind, reversal.reference.clone(), amount.negated());
    [line(advance, *on, kind, reference.clone(), amount), EntryView { is_reversal: true, ..counter }]
}

fn line(
    advance: &CashAdvance,
    on: NaiveDate,
    kind: Option<MovementKind>,
    reference: String,
    amount: Money,
) -> EntryView {
    EntryView {
        on,
        advance_id: advance.id.uuid().into(),
        advance_number: advance.petition.number.clone(),
        kind,
        is_reversal: false,
        reference,
        amount,
        balance: amount,
    }
}
