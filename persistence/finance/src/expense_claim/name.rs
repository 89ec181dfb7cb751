//! The names behind the ids of a claim: people and departments.

use super::view::{JournalView, LineView, PostingView};
use crate::{
    organisation::{NamedRef, PersonRef, Register},
    spine::{Failure, Reader},
};
use domain::{
    finance::{expense_claim::Line, journal::JournalEntry},
    spine::{DepartmentId, EmployeeId},
};
use std::sync::Arc;

/// The names of people and departments as claims and advances show them.
pub(crate) struct Names(Arc<Register>);

impl Names {
    pub fn of(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self(Register::of(reader)?))
    }

    pub fn person(&self, id: EmployeeId) -> Result<PersonRef, Failure> {
        self.0.named(id)
    }

    pub fn department(&self, id: DepartmentId) -> Result<NamedRef, Failure> {
        self.0.placed(id)
    }

    pub fn line(&self, number: usize, line: Line) -> Result<LineView, Failure> {
        let approved = line.approved();
        let Line { category, description, occurred_on, claimed, reduction, cost_centre, .. } = line;
        let Line { invoices, request_line, advertisement, quotes, tender, .. } = line;
        let (reduction_reason, reduced_by) = reduction.map(|r| (r.reason, r.by)).unzip();
        Ok(LineView {
            line: number,
            category,
            description,
            occurred_on,
            claimed,
            approved,
            reduction_reason,
            reduced_by,
            cost_centre: self.department(cost_centre)?,
            invoices,
            request_line,
            advertisement,
            quotes,
            tender,
        })
    }

    pub fn journal(&self, entry: JournalEntry) -> Result<JournalView, Failure> {
        let mut postings = Vec::with_capacity(entry.postings.len());
        for posting in entry.postings {
            postings.push(PostingView {
                side: posting.side,
                role: posting.role,
                account: posting.account,
                line: posting.line,
                cost_centre: posting.cost_centre.map(|id| self.department(id)).transpose()?,
                amount: posting.amount,
                remainder: posting.remainder,
            });
        }
        Ok(JournalView { date: entry.date, currency: entry.currency, postings })
    }
}
