//! Quotations (报价): what a customer is offered and until when, version by version; accepted once, and made a contract once.
//! `[SAL-3]`

/// Sent, revised, accepted, declined, made a contract.
mod course;

use crate::{
    customer_file::CustomerId,
    document_line::{Amounts, Priced, amounts},
    opportunity::OpportunityId,
    sales_contract::{ContractLine, NOT_IN_BOOK_CURRENCY, SalesContractId},
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, DepartmentId, EmployeeId, Entity, EventKind,
        Findings, Id, Money, MoneyError, Permission, Refusal, RefusalCode, Timestamp, Version, codes,
        wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// At most so many lines.
const LINES_MAX: usize = 200;

crate::refusals! { QUOTATION_REFUSALS:
    NOT_YOURS = "quotation.not_yours", Forbidden, "只有报价人或其主管可以办理", "Only who quotes, or whoever supervises them, may do this";
    NO_EMPLOYEE = "quotation.no_employee", Forbidden, "该账号没有对应的员工，不能报价", "The account has no employee, and quotes nothing";
    WRONG_STATE = "quotation.wrong_state", Conflict, "报价单 {number} 当前为“{state}”，不能办理", "The quotation {number} is \"{state}\"; this cannot be done";
    OUTDATED = "quotation.outdated", Conflict, "报价单 {number} 有效期至 {date}，已过期，请修订后重新发出", "The quotation {number} was valid until {date}; revise and send it anew";
    VALID_IN_PAST = "quotation.valid_in_past", Invalid, "有效期不得早于今天", "It must not end before today";
    DISCOUNT_BEYOND_LINES = "quotation.discount_beyond_lines", Invalid, "整单优惠不得大于等于明细合计", "The discount must be less than the lines come to";
    OTHER_CUSTOMER = "quotation.other_customer", Invalid, "该销售机会属于其他客户", "This opportunity is with another customer";
}

crate::events! { QUOTATION_EVENTS:
    CREATED = "quotation.created", "报价单已起草", "A quotation was drafted";
    CHANGED = "quotation.changed", "报价单已修改", "A quotation was changed";
    SENT = "quotation.sent", "报价单已发出", "A quotation was sent";
    REVISED = "quotation.revised", "报价单已修订", "A quotation is revised, as its next version";
    ACCEPTED = "quotation.accepted", "客户已接受报价", "A quotation was accepted";
    DECLINED = "quotation.declined", "客户未接受报价", "A quotation was declined";
    CONVERTED = "quotation.converted", "报价单已转为合同", "A quotation was made a contract";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[QUOTATION_REFUSALS],
    events: &[QUOTATION_EVENTS],
    enums: &[QuotationAction::LABELS, QuotationState::LABELS],
};

/// Which quotation.
pub type QuotationId = Id<Quotation>;

/// Where a quotation stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuotationStatus)]
pub enum QuotationState {
    /// Being written.
    Draft,
    /// The customer has it.
    Sent,
    /// The customer agreed.
    Accepted,
    /// The customer did not.
    Declined,
    /// A contract was made of it.
    Converted,
}

crate::labels! { QuotationState = "QuotationStatus":
    Draft = "draft", "草稿", "Draft";
    Sent = "sent", "已发出", "Sent";
    Accepted = "accepted", "已接受", "Accepted";
    Declined = "declined", "未接受", "Declined";
    Converted = "converted", "已转合同", "Converted";
}

/// A named action on a quotation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuotationActionName)]
pub enum QuotationAction {
    /// Change what a draft says; of one that was sent, as its next version.
    Revise,
    /// Send it.
    Send,
    /// The customer agreed.
    Accept,
    /// The customer did not.
    Decline,
    /// Make a contract of it.
    Convert,
}

crate::labels! { QuotationAction = "QuotationActionName":
    Revise = "revise", "修改", "Revise";
    Send = "send", "发出", "Send";
    Accept = "accept", "登记接受", "Accept";
    Decline = "decline", "登记未接受", "Decline";
    Convert = "convert", "转为合同", "Convert";
}

/// What a quotation says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QuotationContent {
    /// What it is about, 1 to 200 characters.
    pub subject: String,
    /// The region it counts in.
    pub region: Option<String>,
    /// The channel it counts in.
    pub channel: Option<String>,
    /// What is offered, 1 to 200 lines.
    pub lines: Vec<ContractLine>,
    /// What is taken off the whole, spread over the lines.
    pub discount: Money,
    /// The last day it is valid.
    pub valid_until: BusinessDate,
}

/// A quotation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Quotation {
    /// Identity.
    pub id: QuotationId,
    /// Its number, such as `QT-2026-000012`; never reused.
    pub number: String,
    /// For which customer.
    pub customer: CustomerId,
    /// Of which opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Who quotes.
    pub owner: EmployeeId,
    /// The department they work in.
    pub department: DepartmentId,
    /// Which version the customer sees, from 1.
    pub edition: u32,
    /// What it says.
    #[serde(flatten)]
    pub content: QuotationContent,
    /// When it was first sent.
    pub sent_at: Option<Timestamp>,
    /// Where it stands.
    pub state: QuotationState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why it was declined.
    pub reason: Option<String>,
    /// The contract that was made of it.
    pub contract: Option<SalesContractId>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Quotation {
    const KIND: &'static str = "quotation";
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

/// What a new quotation is known by.
#[derive(Clone, Debug)]
pub struct NewQuotation {
    /// Its identity.
    pub id: QuotationId,
    /// Its number.
    pub number: String,
    /// For which customer.
    pub customer: CustomerId,
    /// Of which opportunity.
    pub opportunity: Option<OpportunityId>,
    /// The department of who quotes.
    pub department: DepartmentId,
}

impl QuotationContent {
    /// What each line comes to, its part of the discount taken off.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn amounts(&self) -> Result<Vec<Amounts>, MoneyError> {
        let priced: Vec<Priced> = self
            .lines
            .iter()
            .map(|line| Priced { quantity: line.quantity, price: line.price, tax_rate_bp: line.tax_rate_bp })
            .collect();
        amounts(&priced, self.discount)
    }

    /// What the customer would pay, tax included.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.amounts()?.into_iter().map(|line| line.gross), Currency::Cny)
    }

    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/subject", &self.subject, 200);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 40);
        wording::check_optional(&mut findings, "/channel", self.channel.as_deref(), 40);
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            let range = [("min", json!(1)), ("max", json!(LINES_MAX))];
            findings.add_with("/lines", codes::BAD_LENGTH, range);
        }
        for (index, line) in self.lines.iter().enumerate() {
            if line.price.currency() != Currency::Cny {
                findings.add(format!("/lines/{index}/price"), NOT_IN_BOOK_CURRENCY);
            } else if !line.price.is_positive() {
                findings.add(format!("/lines/{index}/price"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        if self.discount.currency() != Currency::Cny {
            findings.add("/discount", NOT_IN_BOOK_CURRENCY);
        }
        if self.valid_until < today {
            findings.add("/valid_until", VALID_IN_PAST);
        }
        findings.into_result().map_err(cite)?;
        let is_whole = !self.discount.minor().is_negative() && self.total().is_ok_and(Money::is_positive);
        if is_whole { Ok(()) } else { Err(cite(Refusal::new(DISCOUNT_BEYOND_LINES).at("/discount"))) }
    }
}

impl Quotation {
    /// Drafts one for a customer.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewQuotation,
        content: QuotationContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let owner = by.employee.ok_or_else(|| cite(Refusal::new(NO_EMPLOYEE)))?;
        content.check(today)?;
        let NewQuotation { id, number, customer, opportunity, department } = new;
        let quotation = Self {
            id,
            number,
            customer,
            opportunity,
            owner,
            department,
            edition: 1,
            content,
            sent_at: None,
            state: QuotationState::Draft,
            state_at: now,
            reason: None,
            contract: None,
            version: 0,
        };
        let facts = quotation.facts();
        Ok(Change::created(quotation, CREATED, facts))
    }

    /// Whether an action may be done by a caller now, as far as its state goes.
    ///
    /// # Errors
    /// `quotation.not_yours`, `quotation.wrong_state`.
    pub fn may(&self, action: QuotationAction, by: &Actor) -> Result<(), Refusal> {
        use QuotationState::{Accepted, Declined, Draft, Sent};
        let supervises = by.reach(Permission::SuperviseOpportunities).covers(self.department, false);
        if !by.is(self.owner) && !supervises {
            return Err(cite(Refusal::new(NOT_YOURS)));
        }
        let states: &[QuotationState] = match action {
            QuotationAction::Revise => &[Draft, Sent, Declined],
            QuotationAction::Send => &[Draft],
            QuotationAction::Accept | QuotationAction::Decline => &[Sent],
            QuotationAction::Convert => &[Accepted],
        };
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(self.refuse(WRONG_STATE).with_label("state", self.state))
    }

    /// Every action, with the refusal it would meet; none for who does not quote.
    pub fn actions(&self, by: &Actor, today: BusinessDate) -> Vec<(QuotationAction, Result<(), Refusal>)> {
        if !by.may(Permission::WorkOpportunities) {
            return Vec::new();
        }
        let allowed = |action| {
            self.may(action, by)?;
            match action {
                QuotationAction::Send | QuotationAction::Accept => self.check_valid(today),
                _ => Ok(()),
            }
        };
        QuotationAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }

    fn check_valid(&self, today: BusinessDate) -> Result<(), Refusal> {
        let until = self.content.valid_until;
        if today <= until {
            return Ok(());
        }
        Err(self.refuse(OUTDATED).with("date", until.to_string()))
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.number.clone()))
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "customer_id": self.customer, "opportunity_id": self.opportunity,
            "owner_id": self.owner, "department_id": self.department, "edition": self.edition,
            "state": self.state, "total": self.content.total().ok()})
    }

    fn becomes(self, kind: &'static EventKind, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut after = self.clone();
        change(&mut after);
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("SAL-3", "001 奖惩条款 §3.1"))
}
