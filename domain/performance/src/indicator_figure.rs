//! Figures that are entered (填报数据): by one, with evidence, and confirmed by another; missing is not nothing.
//! What becomes known after a score is final is an adjustment in a later period. `[KPI-1, SER]`

use crate::{
    approval::check_reason,
    file::File,
    indicator::Indicator,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id, Refusal,
        RefusalCode, Timestamp, User, Version, wording,
    },
    working_time::Period,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { FIGURE_REFUSALS:
    NOT_ENTERED_KIND = "indicator_figure.measured", Invalid, "指标“{code}”由系统统计，不接受填报", "The indicator \"{code}\" is measured; nothing is entered for it";
    ENTERED_TWICE = "indicator_figure.entered_twice", Conflict, "该员工本期该指标已有填报数据，请先撤回原数据", "There is a figure of this indicator for this person and period; take it back first";
    ADJUSTS_LATER = "indicator_figure.adjusts_later", Invalid, "调整所涉期间须早于计入期间 {period}", "What is adjusted must lie before the period {period} in which it counts";
    NO_FIGURE_EVIDENCE = "indicator_figure.no_evidence", Invalid, "须说明依据或提供证明材料", "Say what the figure rests on, or attach what shows it";
    CONFIRMS_OWN = "indicator_figure.confirms_own", Forbidden, "填报人和被考核人不能确认该数据", "Neither who entered a figure nor whom it is about confirms it";
    FIGURE_WRONG_STATE = "indicator_figure.wrong_state", Conflict, "该数据当前为“{state}”，不能进行此操作", "The figure is \"{state}\"; this cannot be done now";
    FIGURE_TOO_LARGE = "indicator_figure.too_large", Invalid, "数值过大或小数位过多（最多 4 位小数）", "The value is too large, or has more than four decimal places";
}

crate::events! { FIGURE_EVENTS:
    ENTERED = "indicator_figure.entered", "指标数据已填报", "A figure was entered";
    CONFIRMED = "indicator_figure.confirmed", "指标数据已确认", "A figure was confirmed";
    REJECTED = "indicator_figure.rejected", "指标数据已退回", "A figure was rejected";
    WITHDRAWN = "indicator_figure.withdrawn", "指标数据已撤回", "A figure was taken back";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[FIGURE_REFUSALS],
    events: &[FIGURE_EVENTS],
    enums: &[FigureState::LABELS],
};

/// What a figure takes back or adds of an earlier period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Adjusts {
    /// The earlier period.
    pub period: Period,
    /// What it is about, such as the number of a sale: 1 to 200 characters.
    pub about: String,
}

/// Where a figure stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FigureStatus {
    /// Waits for somebody else.
    Entered {},
    /// Counts.
    Confirmed {
        /// By whom.
        by: Id<User>,
        /// When.
        at: Timestamp,
    },
    /// Does not do.
    Rejected {
        /// By whom.
        by: Id<User>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back.
    Withdrawn {
        /// By whom.
        by: Id<User>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorFigureStatus)]
pub enum FigureState {
    /// Waits for somebody else.
    Entered,
    /// Counts.
    Confirmed,
    /// Does not do.
    Rejected,
    /// Taken back.
    Withdrawn,
}

crate::labels! { FigureState = "IndicatorFigureStatus":
    Entered = "entered", "待确认", "Entered";
    Confirmed = "confirmed", "已确认", "Confirmed";
    Rejected = "rejected", "已退回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Taken back";
}

crate::status! { FigureStatus as FigureState: Entered, Confirmed, Rejected, Withdrawn }

impl FigureState {
    /// Whether it counts, or may yet.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Entered | Self::Confirmed)
    }
}

/// What a figure says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureContent {
    /// About whom.
    pub employee: EmployeeId,
    /// Where they work.
    pub department: DepartmentId,
    /// In which period it counts.
    pub period: Period,
    /// In which part of it, from 1: another after a move.
    pub part: i32,
    /// The value, in the unit of the indicator; at most four decimal places.
    pub value: Decimal,
    /// What it adjusts, where it is not the period's own.
    pub adjusts: Option<Adjusts>,
    /// What it rests on; up to 500 characters.
    pub basis: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
}

/// A figure of an indicator for a person and a period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct IndicatorFigure {
    /// Identity.
    pub id: Id<Self>,
    /// Of which indicator.
    pub indicator: Id<Indicator>,
    /// About whom.
    pub employee: EmployeeId,
    /// Where they work.
    pub department: DepartmentId,
    /// In which period it counts.
    pub period: Period,
    /// In which part of it, from 1.
    pub part: i32,
    /// The value.
    pub value: Decimal,
    /// What it adjusts.
    pub adjusts: Option<Adjusts>,
    /// What it rests on.
    pub basis: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
    /// Who entered it.
    pub entered_by: Id<User>,
    /// When.
    pub entered_at: Timestamp,
    /// Where it stands.
    pub status: FigureStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for IndicatorFigure {
    const KIND: &'static str = "indicator_figure";
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

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-1"))
}

impl FigureContent {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        if self.value.normalize().scale() > 4 || self.value.abs() >= Decimal::from(10_i64.pow(15)) {
            findings.add("/value", FIGURE_TOO_LARGE);
        }
        if self.period.span().months().is_none() {
            findings.add("/period", crate::scheme::NOT_A_PERIOD);
        }
        findings.within("/part", self.part, 1..=31);
        if self.basis.trim().is_empty() && self.evidence.is_empty() {
            findings.add("/basis", NO_FIGURE_EVIDENCE);
        } else if !self.basis.is_empty() {
            wording::check(&mut findings, "/basis", &self.basis, 500);
        }
        if let Some(Adjusts { period, about }) = &self.adjusts {
            wording::check(&mut findings, "/adjusts/about", about, 200);
            if period.last() >= self.period.first() {
                let period = json!(self.period.to_string());
                findings.add_with("/adjusts/period", ADJUSTS_LATER, [("period", period)]);
            }
        }
        findings.into_result()
    }
}

impl IndicatorFigure {
    /// Enters a figure of an indicator that is entered.
    ///
    /// # Errors
    /// `indicator_figure.measured`, `indicator.retired`; what is not well formed, all of it named.
    pub fn enter(
        id: Id<Self>,
        of: &Indicator,
        content: FigureContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        of.ensure_in_use()?;
        if let crate::indicator::Source::Measured { .. } = of.details.source {
            return Err(refused(NOT_ENTERED_KIND).with("code", of.details.code.as_str()).at("/indicator_id"));
        }
        content.check()?;
        let FigureContent { employee, department, period, part, value, adjusts, basis, evidence } = content;
        let figure = Self {
            id,
            indicator: of.id,
            employee,
            department,
            period,
            part,
            value,
            adjusts,
            basis,
            evidence,
            entered_by: by.user,
            entered_at: now,
            status: FigureStatus::Entered {},
            version: 0,
        };
        let facts = figure.facts();
        Ok(Change::created(figure, ENTERED, facts))
    }

    /// What events tell; not the value, which is its person's.
    fn facts(&self) -> serde_json::Value {
        json!({"indicator_id": self.indicator, "employee_id": self.employee, "period": self.period,
            "state": self.status.state()})
    }

    fn moved(self, status: FigureStatus, kind: &'static EventKind) -> Change<Self> {
        let after = Self { status, ..self.clone() };
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    fn ensure(&self, allowed: impl FnOnce(FigureState) -> bool) -> Result<(), Refusal> {
        let state = self.status.state();
        if allowed(state) { Ok(()) } else { Err(refused(FIGURE_WRONG_STATE).with_label("state", state)) }
    }

    /// Whether a caller may confirm or reject it: neither who entered it nor whom it is about.
    ///
    /// # Errors
    /// `indicator_figure.confirms_own`, `indicator_figure.wrong_state`.
    pub fn may_confirm(&self, by: &Actor) -> Result<(), Refusal> {
        if by.user == self.entered_by || by.is(self.employee) {
            return Err(refused(CONFIRMS_OWN));
        }
        self.ensure(|state| state == FigureState::Entered)
    }

    /// Confirms it: it counts from now on.
    ///
    /// # Errors
    /// As [`Self::may_confirm`].
    pub fn confirm(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_confirm(by)?;
        Ok(self.moved(FigureStatus::Confirmed { by: by.user, at: now }, CONFIRMED))
    }

    /// Rejects it.
    ///
    /// # Errors
    /// As [`Self::may_confirm`]; a reason that is missing or longer than 500 characters.
    pub fn reject(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_confirm(by)?;
        check_reason(&reason)?;
        Ok(self.moved(FigureStatus::Rejected { by: by.user, at: now, reason }, REJECTED))
    }

    /// Takes it back, so that another can be entered. What was frozen of it stays.
    ///
    /// # Errors
    /// `indicator_figure.wrong_state`; a reason that is missing or longer than 500 characters.
    pub fn withdraw(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure(FigureState::is_live)?;
        check_reason(&reason)?;
        Ok(self.moved(FigureStatus::Withdrawn { by: by.user, at: now, reason }, WITHDRAWN))
    }
}
