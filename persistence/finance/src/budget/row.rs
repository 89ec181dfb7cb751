//! The row of a budget: what is searched and routed by in columns, the rest as one document.

use crate::{
    schema::budgets,
    spine::{Failure, Instant, Key, Tx},
};
use diesel::prelude::*;
use domain::{
    finance::budget::{Budget, BudgetContent, BudgetState, BudgetStatus},
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
        let Budget { id, number, creator, submitter, created_at, content, status, .. } = budget;
        let Budget { approval, copied_from, version, .. } = budget;
        let today = tx.today();
        let currency = match content.lines.first() {
            Some(line) => line.amount.currency(),
            None => super::book_currency(tx, today)?,
        };
        let total = content.total(currency)?;
        let (at, reason) = status.told();
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
            creator_employee_id: Some((*submitter).into()),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: status.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[&content.title], &[number]),
        })
    }

    pub fn budget(self) -> Result<Budget, Failure> {
        let corrupt = |column| Failure::corrupt("budgets", column, self.id.0);
        let state = BudgetState::from_code(&self.status).ok_or_else(|| corrupt("status"))?;
        let at = self.status_at.map(Into::into);
        let content: BudgetContent = serde_json::from_str(&self.content)?;
        let status =
            BudgetStatus::of(state, at, self.status_reason.clone()).ok_or_else(|| corrupt("status_at"))?;
        Ok(Budget {
            id: self.id.into(),
            number: self.number,
            creator: self.creator_id.into(),
            submitter: self.submitter_id.into(),
            created_at: self.created_at.into(),
            content,
            status,
            approval: self.approval_id.map(Into::into),
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
