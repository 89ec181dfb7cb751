//! Rows of lines, entries and holdings.

use crate::{
    schema::{budget_entries as entries, budget_holdings as holdings, budget_lines as lines},
    spine::{Failure, Instant, Key, Tx},
};
use diesel::prelude::*;
use domain::{
    finance::budget_line::{
        Balance, BudgetEntry, BudgetLine, Control, DocumentKind, DocumentLine, DocumentRef, Holding, Purpose,
    },
    spine::{BusinessDate, EmployeeId, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    pub id: Key,
    pub budget_id: Key,
    pub department_id: Key,
    pub category: String,
    pub period: String,
    pub fiscal_year: i32,
    pub first_day: BusinessDate,
    pub last_day: BusinessDate,
    pub campaign: Option<String>,
    pub region: Option<String>,
    pub purpose: String,
    pub control: String,
    pub currency: String,
    pub allocated_minor: i64,
    pub beyond_minor: i64,
    pub reserved_minor: i64,
    pub committed_minor: i64,
    pub spent_minor: i64,
    pub entries: i64,
    pub is_open: bool,
    pub run_rate_month: Option<String>,
    pub version: Version,
}

impl From<&BudgetLine> for Row {
    fn from(line: &BudgetLine) -> Self {
        let BudgetLine { id, budget, department, category, period, campaign, region, purpose, .. } = line;
        let BudgetLine { control, currency, balance, entries, open, run_rate_told, version, .. } = line;
        let Balance { allocated, beyond, reserved, committed, spent } = *balance;
        Self {
            id: (*id).into(),
            budget_id: (*budget).into(),
            department_id: (*department).into(),
            category: category.clone(),
            period: period.to_string(),
            fiscal_year: period.fiscal_year(),
            first_day: period.first_day(),
            last_day: period.last_day(),
            campaign: campaign.clone(),
            region: region.clone(),
            purpose: purpose.code().to_owned(),
            control: control.code().to_owned(),
            currency: currency.code().to_owned(),
            allocated_minor: allocated,
            beyond_minor: beyond,
            reserved_minor: reserved,
            committed_minor: committed,
            spent_minor: spent,
            entries: *entries,
            is_open: *open,
            run_rate_month: run_rate_told.map(|month| month.to_string()),
            version: *version,
        }
    }
}

impl TryFrom<Row> for BudgetLine {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("budget_lines", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            budget: row.budget_id.into(),
            department: row.department_id.into(),
            period: row.period.parse().map_err(|_| corrupt("period"))?,
            purpose: Purpose::from_code(&row.purpose).ok_or_else(|| corrupt("purpose"))?,
            control: Control::from_code(&row.control).ok_or_else(|| corrupt("control"))?,
            currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
            balance: Balance {
                allocated: row.allocated_minor,
                beyond: row.beyond_minor,
                reserved: row.reserved_minor,
                committed: row.committed_minor,
                spent: row.spent_minor,
            },
            category: row.category,
            campaign: row.campaign,
            region: row.region,
            entries: row.entries,
            open: row.is_open,
            run_rate_told: row
                .run_rate_month
                .map(|month| month.parse().map_err(|_| corrupt("run_rate_month")))
                .transpose()?,
            version: row.version,
        })
    }
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub(super) struct EntryRow {
    line_id: Key,
    pub position: i64,
    pub kind: String,
    allocated_minor: i64,
    beyond_minor: i64,
    reserved_minor: i64,
    committed_minor: i64,
    spent_minor: i64,
    after_allocated_minor: i64,
    after_beyond_minor: i64,
    after_reserved_minor: i64,
    after_committed_minor: i64,
    after_spent_minor: i64,
    pub document_kind: Option<String>,
    pub document: Option<Key>,
    pub document_line: Option<i32>,
    pub month: String,
    pub reason: Option<String>,
    employee_id: Option<Key>,
    entered_at: Instant,
    entered_by_id: Key,
}

impl EntryRow {
    pub fn of(entry: &BudgetEntry, employee: Option<EmployeeId>, tx: &Tx<'_>) -> Self {
        let BudgetEntry { line, position, kind, delta, after, document, month, reason } = entry;
        Self {
            line_id: (*line).into(),
            position: *position,
            kind: kind.code().to_owned(),
            allocated_minor: delta.allocated,
            beyond_minor: delta.beyond,
            reserved_minor: delta.reserved,
            committed_minor: delta.committed,
            spent_minor: delta.spent,
            after_allocated_minor: after.allocated,
            after_beyond_minor: after.beyond,
            after_reserved_minor: after.reserved,
            after_committed_minor: after.committed,
            after_spent_minor: after.spent,
            document_kind: document.map(|of| of.document.kind.code().to_owned()),
            document: document.map(|of| Key(of.document.id)),
            document_line: document.map(|of| of.line),
            month: month.to_string(),
            reason: reason.map(str::to_owned),
            employee_id: employee.map(Into::into),
            entered_at: tx.now().into(),
            entered_by_id: tx.actor().user.into(),
        }
    }
}

impl EntryRow {
    /// By how much each part moved.
    pub const fn delta(&self) -> Balance {
        Balance {
            allocated: self.allocated_minor,
            beyond: self.beyond_minor,
            reserved: self.reserved_minor,
            committed: self.committed_minor,
            spent: self.spent_minor,
        }
    }

    /// What stood on the line afterwards.
    pub const fn after(&self) -> Balance {
        Balance {
            allocated: self.after_allocated_minor,
            beyond: self.after_beyond_minor,
            reserved: self.after_reserved_minor,
            committed: self.after_committed_minor,
            spent: self.after_spent_minor,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = holdings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct HoldingRow {
    pub document_kind: String,
    pub document: Key,
    pub document_line: i32,
    pub line_id: Key,
    source_kind: Option<String>,
    source: Option<Key>,
    source_line: Option<i32>,
    reserved_minor: i64,
    over_minor: i64,
    committed_minor: i64,
    drawn_minor: i64,
    spent_minor: i64,
    granted_minor: i64,
    is_closed: bool,
}

impl HoldingRow {
    pub fn of(holding: &Holding) -> Self {
        let Holding { document, line, source, reserved, over, committed, drawn, spent, granted, closed } =
            *holding;
        Self {
            document_kind: document.document.kind.code().to_owned(),
            document: Key(document.document.id),
            document_line: document.line,
            line_id: line.into(),
            source_kind: source.map(|of| of.document.kind.code().to_owned()),
            source: source.map(|of| Key(of.document.id)),
            source_line: source.map(|of| of.line),
            reserved_minor: reserved,
            over_minor: over,
            committed_minor: committed,
            drawn_minor: drawn,
            spent_minor: spent,
            granted_minor: granted,
            is_closed: closed,
        }
    }

    pub fn holding(self) -> Result<Holding, Failure> {
        let document = document_line(&self.document_kind, self.document, self.document_line)?;
        let source = match (&self.source_kind, self.source, self.source_line) {
            (Some(kind), Some(id), Some(line)) => Some(document_line(kind, id, line)?),
            _ => None,
        };
        Ok(Holding {
            document,
            line: self.line_id.into(),
            source,
            reserved: self.reserved_minor,
            over: self.over_minor,
            committed: self.committed_minor,
            drawn: self.drawn_minor,
            spent: self.spent_minor,
            granted: self.granted_minor,
            closed: self.is_closed,
        })
    }
}

/// A document's line as rows name it.
pub(crate) fn document_line(kind: &str, id: Key, line: i32) -> Result<DocumentLine, Failure> {
    let kind = DocumentKind::from_code(kind)
        .ok_or_else(|| Failure::corrupt("budget_holdings", "document_kind", id.0))?;
    Ok(DocumentRef::new(kind, id.0).line(line))
}
