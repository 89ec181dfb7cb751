//! Accounting periods (会计期间): months in which nothing is posted any more. `[BUD-9]`
//!
//! A month nobody has closed is open. A closed month is opened again only by an approved act; what comes late is
//! posted in the first month that is open.

use super::period::Period;
use crate::{
    approval::{Approval, Outcome, check_reason},
    spine::{Actor, BusinessDate, Change, Citation, Employee, Entity, Id, Refusal, Timestamp, User, Version},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The code under which the chain for opening a month again is kept.
pub const REOPENING_CHAIN_CODE: &str = "approval-chain/period-reopening";
/// That chain as shipped.
pub const SHIPPED_REOPENING_CHAIN: &str = include_str!("shipped/period_reopening_chain.json");

crate::refusals! { ACCOUNTING_PERIOD_REFUSALS:
    NOT_A_MONTH = "accounting_period.not_a_month", Invalid, "“{period}”不是月份", "\"{period}\" is not a month";
    MONTH_NOT_OVER = "accounting_period.not_over", Conflict, "{month} 尚未结束，不能关账", "{month} is not over yet and cannot be closed";
    ALREADY_CLOSED = "accounting_period.already_closed", Conflict, "{month} 已关账", "{month} is closed already";
    OUT_OF_ORDER = "accounting_period.out_of_order", Conflict, "须先关闭 {earlier}", "{earlier} must be closed first";
    NOT_CLOSED = "accounting_period.not_closed", Conflict, "{month} 未关账", "{month} is not closed";
    BEING_REOPENED = "accounting_period.being_reopened", Conflict, "{month} 的重新开账正在审批", "Opening {month} again waits for approval";
    MONTH_CLOSED = "accounting_period.closed", Conflict, "{month} 已关账，请记入 {open}", "{month} is closed; {open} is the first open month";
    MONTH_BEFORE_BOOKS = "accounting_period.before_books", Conflict, "{month} 早于首个关账月份，不能再入账，请记入 {open}", "{month} lies before the first month that was closed; {open} is the first open month";
    NO_REQUESTER = "accounting_period.no_employee", Forbidden, "当前账号没有对应的员工，不能申请重新开账", "The account belongs to no employee and cannot ask to open a month again";
}

crate::events! { ACCOUNTING_PERIOD_EVENTS:
    CLOSED = "accounting_period.closed", "会计期间已关账", "A month was closed";
    REOPENING_ASKED = "accounting_period.reopening_asked", "已申请重新开账", "It was asked to open a closed month again";
    REOPENED = "accounting_period.reopened", "会计期间已重新开账", "A closed month was opened again";
    STAYS_CLOSED = "accounting_period.stays_closed", "会计期间保持关账", "A month stays closed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[ACCOUNTING_PERIOD_REFUSALS],
    events: &[ACCOUNTING_PERIOD_EVENTS],
    enums: &[PeriodAction::LABELS, PeriodState::LABELS],
};

/// Where a month stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountingPeriodStatus)]
pub enum PeriodState {
    /// 开账: it is posted in.
    Open,
    /// 关账: nothing is posted in it.
    Closed,
    /// Closed; opening it again waits for approval.
    Reopening,
}

crate::labels! { PeriodState = "AccountingPeriodStatus":
    Open = "open", "未关账", "Open";
    Closed = "closed", "已关账", "Closed";
    Reopening = "reopening", "重新开账审批中", "Reopening in approval";
}

/// A named action on a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountingPeriodActionName)]
pub enum PeriodAction {
    /// Close it.
    Close,
    /// Ask to open it again.
    Reopen,
}

crate::labels! { PeriodAction = "AccountingPeriodActionName":
    Close = "close", "关账", "Close";
    Reopen = "reopen", "申请重新开账", "Ask to open again";
}

/// A month that was closed at least once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AccountingPeriod {
    /// Identity.
    pub id: Id<Self>,
    /// The month.
    pub month: Period,
    /// Where it stands.
    pub state: PeriodState,
    /// Since when.
    pub at: Timestamp,
    /// The account that moved it last.
    pub by: Id<User>,
    /// Why it is, or was, to be opened again.
    pub reason: Option<String>,
    /// Who asked for that.
    pub requester: Option<Id<Employee>>,
    /// The approval of that.
    pub approval: Option<Id<Approval>>,
    /// When it was closed after the last time it stood open again; none where it never did.
    pub reopened_until: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for AccountingPeriod {
    const KIND: &'static str = "accounting_period";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// A refusal that names the month and the rule.
pub fn refuse(code: &'static crate::spine::RefusalCode, month: Period) -> Refusal {
    Refusal::new(code).with("month", month.to_string()).citing(Citation::clause("BUD-9", "000 §9.2"))
}

/// Whether a month may be closed at all: it is a month, it is over, and the one before it, if any month was closed
/// before, is closed. `earlier_open`: the earliest month behind the last closed one, where that is not this one.
pub fn check_closing(
    month: Period,
    earlier_open: Option<Period>,
    today: BusinessDate,
) -> Result<(), Refusal> {
    if !month.is_month() {
        return Err(Refusal::new(NOT_A_MONTH).with("period", month.to_string()).at("/month"));
    }
    if month.last_day() >= today {
        return Err(refuse(MONTH_NOT_OVER, month));
    }
    match earlier_open {
        Some(earlier) => Err(refuse(OUT_OF_ORDER, month).with("earlier", earlier.to_string())),
        None => Ok(()),
    }
}

impl AccountingPeriod {
    /// Closes a month for the first time.
    pub fn close_first(id: Id<Self>, month: Period, by: &Actor, now: Timestamp) -> Change<Self> {
        let period = Self {
            id,
            month,
            state: PeriodState::Closed,
            at: now,
            by: by.user,
            reason: None,
            requester: None,
            approval: None,
            reopened_until: None,
            version: 0,
        };
        Change::created(period, CLOSED, json!({"month": month}))
    }

    /// Closes a month that was opened again.
    pub fn close_again(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_close()?;
        let facts = json!({"month": self.month});
        let state = PeriodState::Closed;
        let after = Self { state, at: now, by: by.user, reopened_until: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, CLOSED, facts))
    }

    /// Whether it could be closed, as far as where it stands goes.
    ///
    /// # Errors
    /// A month that is closed, or of which it is being decided whether it is opened again.
    pub fn may_close(&self) -> Result<(), Refusal> {
        match self.state {
            PeriodState::Open => Ok(()),
            PeriodState::Closed => Err(refuse(ALREADY_CLOSED, self.month)),
            PeriodState::Reopening => Err(refuse(BEING_REOPENED, self.month)),
        }
    }

    /// Whether it may be asked to open it again.
    pub fn may_reopen(&self, by: &Actor) -> Result<Id<Employee>, Refusal> {
        match self.state {
            PeriodState::Closed => by.employee.ok_or_else(|| Refusal::new(NO_REQUESTER)),
            PeriodState::Open => Err(refuse(NOT_CLOSED, self.month)),
            PeriodState::Reopening => Err(refuse(BEING_REOPENED, self.month)),
        }
    }

    /// Asks to open it again; it stays closed until that is approved.
    pub fn ask_to_reopen(
        self,
        reason: String,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let requester = self.may_reopen(by)?;
        check_reason(&reason)?;
        let facts = json!({"month": self.month, "approval_id": approval});
        let after = Self {
            state: PeriodState::Reopening,
            at: now,
            by: by.user,
            reason: Some(reason),
            requester: Some(requester),
            approval: Some(approval),
            ..self.clone()
        };
        Ok(Change::updated(self, after, REOPENING_ASKED, facts))
    }

    /// Until when something could be posted in it after it was closed first: until `now` where it stands open, never
    /// where no reopening was approved.
    pub fn last_open(&self, now: Timestamp) -> Option<Timestamp> {
        match self.state {
            PeriodState::Open => Some(now),
            PeriodState::Closed | PeriodState::Reopening => self.reopened_until,
        }
    }

    /// What the approval made of it: open, or closed as before.
    pub fn settle(self, outcome: &Outcome, by: &Actor, now: Timestamp) -> Option<Change<Self>> {
        let (state, kind) = match outcome {
            Outcome::Pending => return None,
            Outcome::Approved { .. } => (PeriodState::Open, REOPENED),
            _ => (PeriodState::Closed, STAYS_CLOSED),
        };
        let facts = json!({"month": self.month, "reason": self.reason});
        let after = Self { state, at: now, by: by.user, ..self.clone() };
        Some(Change::updated(self, after, kind, facts))
    }
}
