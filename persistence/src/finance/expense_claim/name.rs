//! The names behind the ids of a claim: people and departments, one query each.

use super::view::{JournalView, LineView, PostingView};
use crate::{
    organisation::{NamedRef, PersonRef},
    schema::{departments, employees},
    spine::{Failure, Key, Reader, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::{ExpenseClaim, Line},
        journal::JournalEntry,
    },
    spine::{DepartmentId, EmployeeId},
};
use std::collections::HashMap;

/// The names of the people and departments of a claim.
pub(super) struct Names {
    people: HashMap<Key, PersonRef>,
    departments: HashMap<Key, NamedRef>,
}

impl Names {
    pub fn of(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<Self, Failure> {
        let people = [claim.submitter, claim.content.beneficiary.employee].map(Key::from);
        let mut places = vec![Key::from(claim.content.department)];
        places.extend(claim.content.lines.iter().map(|line| Key::from(line.cost_centre)));
        places.sort_unstable();
        places.dedup();
        let people: Vec<(Key, String, String)> =
            db!(reader, |c| cached(employees::table.filter(employees::id.eq_any(people)).select((
                employees::id,
                employees::number,
                employees::name
            )))
            .load(c))?;
        let places: Vec<(Key, String, String, String)> =
            db!(reader, |c| cached(departments::table.filter(departments::id.eq_any(&places)).select((
                departments::id,
                departments::code,
                departments::name_zh,
                departments::name_en
            )))
            .load(c))?;
        let person =
            |(id, number, name): (Key, String, String)| (id, PersonRef { id: id.into(), number, name });
        let place = |(id, code, name_zh, name_en): (Key, String, String, String)| {
            (id, NamedRef { id: id.into(), code, name_zh, name_en })
        };
        Ok(Self {
            people: people.into_iter().map(person).collect(),
            departments: places.into_iter().map(place).collect(),
        })
    }

    pub fn person(&self, id: EmployeeId) -> Result<PersonRef, Failure> {
        self.people.get(&id.into()).cloned().ok_or_else(|| Failure::corrupt("employees", "id", id))
    }

    pub fn department(&self, id: DepartmentId) -> Result<NamedRef, Failure> {
        self.departments.get(&id.into()).cloned().ok_or_else(|| Failure::corrupt("departments", "id", id))
    }

    pub fn line(&self, number: usize, line: Line) -> Result<LineView, Failure> {
        let approved = line.approved();
        let Line { category, description, occurred_on, claimed, reduction, cost_centre, invoices } = line;
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
