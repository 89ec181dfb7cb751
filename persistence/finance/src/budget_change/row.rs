//! The row of a change: what is searched and routed by in columns, the movements as one document.

use crate::{
    approval::document::StandingColumns,
    finance::budget::book_currency,
    schema::budget_changes as changes,
    spine::{Failure, Instant, Key, Tx},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, StandingState},
    finance::budget_change::{BudgetChange, ChangeContent, ChangeKind, ChangeState},
    spine::{BusinessDate, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = changes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    number: String,
    kind: String,
    fiscal_year: i32,
    department_id: Key,
    reason: String,
    event: Option<String>,
    event_on: Option<BusinessDate>,
    movements: String,
    currency: String,
    total_minor: i64,
    creator_id: Key,
    submitter_id: Key,
    created_at: Instant,
    changed_at: Instant,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    approval_id: Option<Key>,
    gives_back_id: Option<Key>,
    version: Version,
    search_text: String,
}

impl Row {
    pub fn of(change: &BudgetChange, tx: &mut Tx<'_>) -> Result<Self, Failure> {
        let BudgetChange { id, petition, content, version } = change;
        let Petition { number, creator, creator_employee: _, submitter, created_at, standing, approval } =
            petition;
        let today = tx.today();
        let total = content.total(book_currency(tx, today)?)?;
        let StandingColumns { status: _, at, reason: why } = StandingColumns::of(standing);
        let ChangeContent { kind, fiscal_year, department, reason, event, event_on, gives_back, movements } =
            content;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            kind: kind.code().to_owned(),
            fiscal_year: *fiscal_year,
            department_id: (*department).into(),
            reason: reason.clone(),
            event: event.clone(),
            event_on: *event_on,
            movements: serde_json::to_string(movements)?,
            currency: total.currency().code().to_owned(),
            total_minor: total.minor(),
            creator_id: (*creator).into(),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: change.state().code().to_owned(),
            status_at: at,
            status_reason: why,
            approval_id: approval.map(Into::into),
            gives_back_id: gives_back.map(Into::into),
            version: *version,
            search_text: search_text(&[], &[number, reason, event.as_deref().unwrap_or_default()]),
        })
    }

    pub fn change(self) -> Result<BudgetChange, Failure> {
        let corrupt = |column| Failure::corrupt("budget_changes", column, self.id.0);
        let state = ChangeState::from_code(&self.status).ok_or_else(|| corrupt("status"))?;
        let status = StandingState::from(state).code().to_owned();
        let columns = StandingColumns { status, at: self.status_at, reason: self.status_reason.clone() };
        let content = ChangeContent {
            kind: ChangeKind::from_code(&self.kind).ok_or_else(|| corrupt("kind"))?,
            fiscal_year: self.fiscal_year,
            department: self.department_id.into(),
            reason: self.reason,
            event: self.event,
            event_on: self.event_on,
            gives_back: self.gives_back_id.map(Into::into),
            movements: serde_json::from_str(&self.movements)?,
        };
        Ok(BudgetChange {
            id: self.id.into(),
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                // Nobody asks in another's name.
                creator_employee: Some(self.submitter_id.into()),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing: columns.standing("budget_changes", self.id)?,
                approval: self.approval_id.map(Into::into),
            },
            content,
            version: self.version,
        })
    }
}
