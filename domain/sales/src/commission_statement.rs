//! Monthly commission statements (佣金结算单): compiled, published, objected to, approved, exported, paid. `[COM-11; 002 §5]`
//!
//! What a line shows is an entry of commission, each on one statement. A line that somebody objects to is held until that is
//! settled; the others go on. What is below nothing is carried to the next month.

use crate::{
    commission::statement::{Statement, StatementLine},
    dated,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Refusal, Timestamp,
        UserId, Version, wording,
    },
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { COMMISSION_STATEMENT_REFUSALS:
    NOT_A_MONTH = "commission_statement.not_a_month", Invalid, "佣金结算须指明月份", "A commission statement is of a month";
    MONTH_AHEAD = "commission_statement.month_ahead", Invalid, "不得编制尚未开始的月份", "A month that has not begun is not compiled";
    EARLIER_OPEN = "commission_statement.earlier_open", Conflict, "{month} 的佣金结算单尚未全部批准，不能编制以后的月份", "Statements of {month} are not all approved yet, so later months wait";
    OF_THE_COMPANY = "commission_statement.of_the_company", Forbidden, "佣金结算涉及全公司，须有全公司范围的权限", "Commission is compiled for the whole company; so must the permission be";
    WRONG_STATE = "commission_statement.wrong_state", Conflict, "结算单当前为“{state}”，不能办理", "The statement is \"{state}\"; this cannot be done";
    NOT_YOURS = "commission_statement.not_yours", Forbidden, "只有本人可以对结算单提出异议", "Only the person whose it is may object to it";
    OBJECTION_OVER = "commission_statement.objection_over", Conflict, "异议期已于 {until} 结束", "Objections were possible until {until}";
    OBJECTION_OPEN = "commission_statement.objection_open", Conflict, "异议期至 {until}，此前不能批准", "Objections are possible until {until}; it cannot be approved before";
    NO_SUCH_LINE = "commission_statement.no_such_line", Invalid, "结算单没有此行", "The statement has no such line";
    OBJECTED_ALREADY = "commission_statement.objected_already", Conflict, "此行已有未处理的异议", "Somebody objected to this line already";
    NOTHING_TO_SETTLE = "commission_statement.nothing_to_settle", Conflict, "此行没有未处理的异议", "There is no open objection to this line";
    OWN_STATEMENT = "commission_statement.own_statement", Forbidden, "不得处理或批准本人的佣金结算单", "Nobody settles or approves their own statement";
}

crate::events! { COMMISSION_STATEMENT_EVENTS:
    COMPILED = "commission_statement.compiled", "佣金结算单已编制", "A commission statement was compiled";
    PUBLISHED = "commission_statement.published", "佣金结算单已发布", "A commission statement was published to the person";
    OBJECTED = "commission_statement.objected", "佣金结算单已有异议", "Somebody objected to their commission statement";
    SETTLED = "commission_statement.objection_settled", "佣金结算异议已处理", "An objection to a commission statement was settled";
    APPROVED = "commission_statement.approved", "佣金结算单已批准", "A commission statement was approved";
    EXPORTED = "commission_statement.exported", "佣金结算单已提取发放", "A commission statement was taken by the payroll";
    PAID = "commission_statement.paid", "佣金已发放", "A commission statement was paid";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[COMMISSION_STATEMENT_REFUSALS],
    events: &[COMMISSION_STATEMENT_EVENTS],
    enums: &[CommissionStatementState::LABELS],
};

/// The id of a statement.
pub type CommissionStatementId = Id<CommissionStatement>;

/// Where a statement stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionStatementStatus)]
pub enum CommissionStatementState {
    /// Reckoned; may be reckoned again.
    Compiled,
    /// The person sees it and may object.
    Published,
    /// It goes to the payroll.
    Approved,
    /// The payroll has it.
    Exported,
    /// It was paid.
    Paid,
}

crate::labels! { CommissionStatementState = "CommissionStatementStatus":
    Compiled = "compiled", "已编制", "Compiled";
    Published = "published", "异议期", "Published";
    Approved = "approved", "已批准", "Approved";
    Exported = "exported", "已提取", "Exported";
    Paid = "paid", "已发放", "Paid";
}

/// An objection to a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Objection {
    /// To which line: the entry it shows.
    pub source: Uuid,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How it was settled: what was said, by whom, when.
    pub settled: Option<(String, UserId, Timestamp)>,
}

/// What a person is paid of commission for a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CommissionStatement {
    /// Identity.
    pub id: CommissionStatementId,
    /// The month.
    pub month: Period,
    /// The department of the person on the last day of the month.
    pub department: DepartmentId,
    /// What it comes to.
    pub reckoned: Statement,
    /// Where it stands.
    pub state: CommissionStatementState,
    /// Until when the person may object, once it is published.
    pub objection_until: Option<Timestamp>,
    /// What they object to.
    pub objections: Vec<Objection>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CommissionStatement {
    const KIND: &'static str = "commission_statement";
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

impl CommissionStatement {
    /// Reckons a month anew, where it was reckoned before and is not published; nothing where that comes to the same.
    ///
    /// # Errors
    /// Where it is published.
    pub fn compile(
        known: Option<Self>,
        new: CommissionStatementId,
        (month, department): (Period, DepartmentId),
        reckoned: Statement,
    ) -> Result<Option<Change<Self>>, Refusal> {
        match known {
            None => {
                let statement = Self {
                    id: new,
                    month,
                    department,
                    reckoned,
                    state: CommissionStatementState::Compiled,
                    objection_until: None,
                    objections: Vec::new(),
                    approved_by: None,
                    version: 0,
                };
                let facts = statement.facts();
                Ok(Some(Change::created(statement, COMPILED, facts)))
            }
            Some(known) => {
                known.expect(CommissionStatementState::Compiled)?;
                if known.reckoned == reckoned {
                    return Ok(None);
                }
                let after = Self { reckoned, department, ..known.clone() };
                Ok(Some(known.becomes(after, COMPILED)))
            }
        }
    }

    /// Whether it may be reckoned anew.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, CommissionStatementState::Compiled)
    }

    /// Lets the person see it, who may object until an instant.
    ///
    /// # Errors
    /// `commission_statement.wrong_state`.
    pub fn publish(self, until: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect(CommissionStatementState::Compiled)?;
        let state = CommissionStatementState::Published;
        let after = Self { state, objection_until: Some(until), ..self.clone() };
        Ok(self.becomes(after, PUBLISHED))
    }

    /// The person objects to a line, which is held from then on.
    ///
    /// # Errors
    /// `commission_statement.not_yours`, `…objection_over`, `…no_such_line`, `…objected_already`.
    pub fn object(
        self,
        source: Uuid,
        reason: String,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if !by.is(self.reckoned.person) {
            return Err(cite(Refusal::new(NOT_YOURS)));
        }
        self.expect(CommissionStatementState::Published)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reason", &reason, 500);
        findings.into_result().map_err(cite)?;
        if let Some(until) = self.objection_until.filter(|until| *until < now) {
            return Err(cite(Refusal::new(OBJECTION_OVER).with("until", json!(until))));
        }
        if self.objections.iter().any(|known| known.source == source && known.settled.is_none()) {
            return Err(cite(Refusal::new(OBJECTED_ALREADY).at("/entry_id")));
        }
        let mut after = self.clone();
        after.hold(source, true)?;
        after.objections.push(Objection { source, reason, at: now, settled: None });
        Ok(self.becomes(after, OBJECTED))
    }

    /// Settles an objection: the line goes on as it is; where the statement has gone on without it, to the next one. What is to
    /// change of it, a ruling books.
    ///
    /// # Errors
    /// `commission_statement.nothing_to_settle`, `…own_statement`.
    pub fn settle(
        self,
        source: Uuid,
        said: String,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.refuse_own(by)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/note", &said, 500);
        findings.into_result().map_err(cite)?;
        let mut after = self.clone();
        let open =
            after.objections.iter_mut().find(|known| known.source == source && known.settled.is_none());
        let Some(open) = open else { return Err(cite(Refusal::new(NOTHING_TO_SETTLE).at("/entry_id"))) };
        open.settled = Some((said, by.user, now));
        if self.state == CommissionStatementState::Published {
            after.hold(source, false)?;
        } else {
            after.reckoned.lines.retain(|line| line.source != source);
        }
        Ok(self.becomes(after, SETTLED))
    }

    /// Approves it once nobody may object any more. Lines that are held stay out of it.
    ///
    /// # Errors
    /// `commission_statement.objection_open`, `…own_statement`, `…wrong_state`.
    pub fn approve(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect(CommissionStatementState::Published)?;
        self.refuse_own(by)?;
        if let Some(until) = self.objection_until.filter(|until| *until >= now) {
            return Err(cite(Refusal::new(OBJECTION_OPEN).with("until", json!(until))));
        }
        let state = CommissionStatementState::Approved;
        let after = Self { state, approved_by: Some(by.user), ..self.clone() };
        Ok(self.becomes(after, APPROVED))
    }

    /// The payroll takes it.
    ///
    /// # Errors
    /// `commission_statement.wrong_state`.
    pub fn export(self) -> Result<Change<Self>, Refusal> {
        self.expect(CommissionStatementState::Approved)?;
        let after = Self { state: CommissionStatementState::Exported, ..self.clone() };
        Ok(self.becomes(after, EXPORTED))
    }

    /// It went with the wages.
    ///
    /// # Errors
    /// `commission_statement.wrong_state`.
    pub fn pay(self) -> Result<Change<Self>, Refusal> {
        self.expect(CommissionStatementState::Exported)?;
        let after = Self { state: CommissionStatementState::Paid, ..self.clone() };
        Ok(self.becomes(after, PAID))
    }

    fn hold(&mut self, source: Uuid, held: bool) -> Result<(), Refusal> {
        let line: Option<&mut StatementLine> =
            self.reckoned.lines.iter_mut().find(|line| line.source == source);
        line.ok_or_else(|| cite(Refusal::new(NO_SUCH_LINE).at("/entry_id")))?.held = held;
        Ok(())
    }

    fn refuse_own(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.reckoned.person) { Err(cite(Refusal::new(OWN_STATEMENT))) } else { Ok(()) }
    }

    fn expect(&self, state: CommissionStatementState) -> Result<(), Refusal> {
        if self.state == state {
            return Ok(());
        }
        Err(cite(Refusal::new(WRONG_STATE).with_label("state", self.state)))
    }

    fn becomes(self, after: Self, kind: &'static crate::spine::EventKind) -> Change<Self> {
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    fn facts(&self) -> Value {
        json!({"month": self.month, "employee_id": self.reckoned.person, "sum_minor": self.reckoned.sum(),
            "payable_minor": self.reckoned.payable(), "state": self.state, "digest": self.reckoned.digest()})
    }
}

/// Whether a month may be reckoned on a day: it is a month, and has begun. What is booked of it later goes with the next.
///
/// # Errors
/// `commission_statement.not_a_month`, `commission_statement.month_ahead`.
pub fn check_month(month: Period, today: BusinessDate) -> Result<(), Refusal> {
    dated::check_month(month, today, (NOT_A_MONTH, MONTH_AHEAD)).map_err(cite)
}

/// Refuses whoever does not answer for the whole company.
///
/// # Errors
/// `commission_statement.of_the_company`.
pub fn ensure_of_the_company(reaches_all: bool) -> Result<(), Refusal> {
    if reaches_all { Ok(()) } else { Err(cite(Refusal::new(OF_THE_COMPANY))) }
}

/// That an earlier month is not settled yet.
pub fn earlier_open(month: Period) -> Refusal {
    cite(Refusal::new(EARLIER_OPEN).with("month", month.to_string()))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("COM-11", "002 §5"))
}
