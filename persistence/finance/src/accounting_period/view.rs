//! Months, as they are shown and listed, with what may be done with them. `[BUD-9, ACT-1]`

use super::{Row, find, first_open_behind_the_closed};
use crate::{
    approval::APPROVAL,
    organisation::lower_if_any,
    schema::accounting_periods as periods,
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Slice, View, Where,
        columns, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::{
        accounting_period::{AccountingPeriod, NOT_CLOSED, PeriodAction, PeriodState, check_closing, refuse},
        period::Period,
    },
    spine::{AnyId, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A month, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AccountingPeriod)]
pub struct AccountingPeriodView {
    /// The month.
    pub month: Period,
    /// Where it stands.
    pub status: PeriodState,
    /// Since when; null for a month that was never closed.
    pub status_at: Option<Timestamp>,
    /// The account that moved it last.
    pub changed_by: Option<UserId>,
    /// Why it is, or was, to be opened again.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// The approval of that.
    pub approval_id: Option<AnyId>,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 10)]
    pub actions: Vec<PeriodActionView>,
    /// Its version; 0 for a month that was never closed.
    #[schema(minimum = 0)]
    pub version: Version,
}

type PeriodActionView = ActionView<PeriodAction>;

impl Placed<crate::Finance> for PeriodAction {
    fn place(self) -> Place {
        match self {
            Self::Close => Place::Post("/close"),
            Self::Reopen => Place::Post("/reopen"),
        }
    }
}

impl View for AccountingPeriodView {
    const REFERS: &'static [Refers] = &[Refers::to("approval", &APPROVAL).by("approval_id")];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
}

impl From<AccountingPeriod> for AccountingPeriodView {
    fn from(period: AccountingPeriod) -> Self {
        let AccountingPeriod { id: _, month, state, at, by, reason, approval, version, .. } = period;
        Self {
            month,
            status: state,
            status_at: Some(at),
            changed_by: Some(by),
            reason,
            approval_id: approval.map(|approval| approval.uuid().into()),
            actions: Vec::new(),
            version,
        }
    }
}

/// A month, also one that was never closed.
pub fn view(reader: &mut Reader<'_>, month: Period) -> Result<AccountingPeriodView, Failure> {
    let known = find(reader, month)?;
    let actions = actions(reader, month, known.as_ref())?;
    let open = AccountingPeriodView {
        month,
        status: PeriodState::Open,
        status_at: None,
        changed_by: None,
        reason: None,
        approval_id: None,
        actions: Vec::new(),
        version: 0,
    };
    let shown = known.map_or(open, Into::into);
    Ok(AccountingPeriodView { actions, ..shown })
}

fn actions(
    reader: &mut Reader<'_>,
    month: Period,
    known: Option<&AccountingPeriod>,
) -> Result<Vec<PeriodActionView>, Failure> {
    if !reader.actor().may(Permission::CloseAccountingPeriods) {
        return Ok(Vec::new());
    }
    let earlier = if known.is_some() { None } else { first_open_behind_the_closed(reader, month)? };
    let close = check_closing(month, earlier, reader.today());
    let close = close.and_then(|()| known.map_or(Ok(()), AccountingPeriod::may_close));
    let reopen = known
        .map_or_else(|| Err(refuse(NOT_CLOSED, month)), |period| period.may_reopen(reader.actor()).map(drop));
    let all = [(PeriodAction::Close, close), (PeriodAction::Reopen, reopen)];
    Ok(ActionView::listed(&format!("/api/v1/accounting-periods/{month}"), all))
}

/// Which months are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PeriodFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "closed")]
    pub status: Several<PeriodState>,
    /// Only of this year, quarter or month.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-Q1")]
    pub period: Option<Period>,
    /// Only where this stands in the reason why it is opened again, or in the name of who asked, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "补")]
    pub q: Option<String>,
    /// The order; a minus turns it round. In the order in which they were first closed where absent.
    #[param(inline)]
    pub sort: PeriodOrder,
}

impl Filter for PeriodFilter {}

orders! {
    /// By what accounting periods are ordered.
    pub PeriodOrder of Row in periods by id, ascending:
    created_at = id;
    month;
    status_at;
}

/// The months that were closed at least once.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PeriodFilter,
    page: &Page,
) -> Result<Slice<AccountingPeriodView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, periods, filter; status in status);
    if let Some(period) = filter.period {
        let months: Vec<String> = period.months().map(|month| month.to_string()).collect();
        wanted.also(periods::month.eq_any(months));
    }
    search!(wanted, filter, lower_if_any(periods::reason); periods::requester_id);
    let found =
        paged!(reader, page, filter.sort, wanted; periods::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| Ok(AccountingPeriod::try_from(row)?.into()))
}

columns! { AccountingPeriodView as "accounting-periods" "会计期间" "Accounting periods":
    month "月份" "Month" = |period| period.month.to_string();
    status "状态" "Status";
    status_at "时间" "Since";
    reason "重新开账原因" "Why it is opened again";
}
