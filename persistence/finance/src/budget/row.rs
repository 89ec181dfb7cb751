//! The row of a budget: what is searched and routed by in columns, the rest as one document.

use crate::{
    approval::{self, document::StandingColumns},
    schema::budgets,
    spine::{Failure, Instant, Key, Reader, Tx},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    finance::budget::{Budget, BudgetState, Execution},
    spine::{Money, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = budgets, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    number: String,
    title: String,
    fiscal_year: i32,
    scope: String,
    department_id: Key,
    region: Option<String>,
    campaign: Option<String>,
    currency: String,
    total_minor: i64,
    content: String,
    copied_from_id: Option<Key>,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    submitter_id: Key,
    created_at: Instant,
    changed_at: Instant,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    approval_id: Option<Key>,
    version: Version,
    search_text: String,
}

impl Row {
    pub fn of(budget: &Budget, tx: &mut Tx<'_>) -> Result<Self, Failure> {
        let Budget { id, petition, content, execution: _, copied_from, version } = budget;
        let Petition { number, creator, creator_employee, submitter, created_at, standing: _, approval } =
            petition;
        let today = tx.today();
        let currency = match content.lines.first() {
            Some(line) => line.amount.currency(),
            None => super::book_currency(tx, today)?,
        };
        let total = content.total(currency)?;
        let (at, reason) = budget.told();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            title: content.title.clone(),
            fiscal_year: content.fiscal_year,
            scope: content.scope.level.code().to_owned(),
            department_id: content.scope.department.into(),
            region: content.scope.region.clone(),
            campaign: content.scope.campaign.clone(),
            currency: currency.code().to_owned(),
            total_minor: total.minor(),
            content: serde_json::to_string(content)?,
            copied_from_id: copied_from.map(Into::into),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: budget.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[&content.title], &[number]),
        })
    }

    /// The budget. When one was approved that was activated since its approval says: the columns tell of what came after.
    pub fn budget(self, reader: &mut Reader<'_>) -> Result<Budget, Failure> {
        let corrupt = |column| Failure::corrupt("budgets", column, self.id.0);
        let state = BudgetState::from_code(&self.status).ok_or_else(|| corrupt("status"))?;
        let at = self.status_at.map(Into::into);
        let execution = match state {
            BudgetState::Active => Some(Execution::Active { at: at.ok_or_else(|| corrupt("status_at"))? }),
            BudgetState::Closed => Some(Execution::Closed {
                at: at.ok_or_else(|| corrupt("status_at"))?,
                reason: self.status_reason.clone().ok_or_else(|| corrupt("status_reason"))?,
            }),
            _ => None,
        };
        let approval = self.approval_id.map(Into::into);
        let standing = if execution.is_some() {
            let approved = approval.map(|approval| approval::approved_at(reader, approval)).transpose()?;
            Standing::Approved { at: approved.flatten().ok_or_else(|| corrupt("approval_id"))? }
        } else {
            let (status, reason) = (self.status, self.status_reason);
            StandingColumns { status, at: self.status_at, reason }.standing("budgets", self.id)?
        };
        Ok(Budget {
            id: self.id.into(),
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval,
            },
            content: serde_json::from_str(&self.content)?,
            execution,
            copied_from: self.copied_from_id.map(Into::into),
            version: self.version,
        })
    }
}

/// What a list shows of a budget's total.
pub(super) fn total(minor: i64, currency: &str, id: Key) -> Result<Money, Failure> {
    let currency = currency.parse().map_err(|_| Failure::corrupt("budgets", "currency", id.0))?;
    Ok(Money::from_minor(minor, currency))
}
