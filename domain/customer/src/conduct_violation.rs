//! Violations of the rules of conduct at a reception (接待违规): recorded against the rule they break, and entered in the ledger
//! of rewards and penalties. `[QUE-4; 002 §5(二)4, 6 … 8]`
//!
//! What each costs is policy; whoever was at fault is told, and may object, as with every entry of the ledger.

use crate::{
    incentive_entry::IncentiveAmount,
    site::Site,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Finding, Findings, Id,
        PolicyContent, PolicyVersion, Refusal, RefusalCode, Timestamp, UserId, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// The code under which the company's rules of conduct are kept.
pub const CONDUCT_CODE: &str = "reception-conduct/company";
/// Those rules as shipped.
pub const SHIPPED_CONDUCT: &str = include_str!("conduct_violation/shipped/conduct.json");

crate::refusals! { CONDUCT_VIOLATION_REFUSALS:
    RULE_TWICE = "conduct_violation.rule_twice", Invalid, "同一违规行为只能列一次", "A rule of conduct is listed once";
    NOT_A_PENALTY = "conduct_violation.not_a_penalty", Invalid, "违规处理须为扣减", "What follows from a violation takes something";
    NOT_A_RULE = "conduct_violation.not_a_rule", Conflict, "公司接待行为规范未列入“{rule}”", "The company's rules of conduct do not list \"{rule}\"";
    OWN = "conduct_violation.own", Forbidden, "不得登记或撤销本人的违规", "Nobody records or voids a violation of their own";
    NOT_YET = "conduct_violation.not_yet", Invalid, "发生日期不得晚于今天", "The day of a violation does not lie ahead";
    VOIDED_ALREADY = "conduct_violation.voided_already", Conflict, "该违规登记已撤销", "The violation has been voided";
}

crate::events! { CONDUCT_VIOLATION_EVENTS:
    RECORDED = "conduct_violation.recorded", "接待违规已登记", "A violation of the rules of conduct was recorded";
    VOIDED = "conduct_violation.voided", "接待违规登记已撤销", "A violation that was recorded was voided";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CONDUCT_VIOLATION_REFUSALS],
    events: &[CONDUCT_VIOLATION_EVENTS],
    enums: &[ConductRule::LABELS],
};

/// A rule of conduct at a reception.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceptionConductRule)]
pub enum ConductRule {
    /// Another's reception was interrupted.
    InterruptedReception,
    /// Somebody spoke into another's reception uninvited.
    SpokeIntoReception,
    /// A visitor was turned away or treated coldly.
    PickedCustomers,
    /// A customer was fought over in front of them.
    StoleCustomer,
    /// A card was handed to another's customer.
    HandedCard,
}

crate::labels! { ConductRule = "ReceptionConductRule":
    InterruptedReception = "interrupted_reception", "打断他人接待", "Interrupted a reception";
    SpokeIntoReception = "spoke_into_reception", "他人接待时主动插话", "Spoke into another's reception";
    PickedCustomers = "picked_customers", "挑客户、冷落客户", "Picked customers";
    StoleCustomer = "stole_customer", "在客户面前抢客户", "Fought over a customer in front of them";
    HandedCard = "handed_card", "向他人客户递名片", "Handed a card to another's customer";
}

/// A rule of conduct as a policy lists it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceptionConductListedRule)]
pub struct ListedRule {
    /// Which.
    pub rule: ConductRule,
    /// The clause it enforces.
    pub clause: String,
    /// What is taken for breaking it.
    pub amount: IncentiveAmount,
}

/// The company's rules of conduct at a reception.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceptionConduct {
    /// The rules.
    pub rules: Vec<ListedRule>,
}

impl PolicyContent for ReceptionConduct {
    const KIND: &'static str = "reception-conduct";
    const EXAMPLE: &'static str = SHIPPED_CONDUCT;

    fn findings(&self) -> Vec<Finding> {
        let (mut findings, mut seen) = (Findings::new(), BTreeSet::new());
        for (index, listed) in self.rules.iter().enumerate() {
            let at = format!("/content/rules/{index}");
            if !seen.insert(listed.rule) {
                findings.add(format!("{at}/rule"), RULE_TWICE);
            }
            wording::check(&mut findings, &format!("{at}/clause"), &listed.clause, 200);
            if !listed.amount.is_penalty() {
                findings.add(format!("{at}/amount"), NOT_A_PENALTY);
            }
        }
        findings.into_vec()
    }
}

/// That a record was voided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voiding {
    /// When.
    pub at: Timestamp,
    /// The account that did.
    pub by: UserId,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// A violation of a rule of conduct.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ConductViolation {
    /// Identity.
    pub id: Id<Self>,
    /// Who broke the rule.
    pub employee: EmployeeId,
    /// The department that receives at the site.
    pub department: DepartmentId,
    /// Where.
    pub site: Id<Site>,
    /// Which rule.
    pub rule: ConductRule,
    /// On which day.
    pub on: BusinessDate,
    /// What happened: 1 to 1,000 characters.
    pub account: String,
    /// The rule with its version and clause.
    pub citation: Citation,
    /// The account that recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// That it was voided.
    pub voided: Option<Voiding>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ConductViolation {
    const KIND: &'static str = "conduct_violation";
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

/// What is recorded.
#[derive(Clone, Debug)]
pub struct NewViolation {
    /// Its identity.
    pub id: Id<ConductViolation>,
    /// Who broke the rule.
    pub employee: EmployeeId,
    /// Which rule.
    pub rule: ConductRule,
    /// On which day.
    pub on: BusinessDate,
    /// What happened.
    pub account: String,
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::clause("QUE-4", "002 §5(二)"))
}

impl ConductViolation {
    /// Records a violation at a site; answers with it what is taken for it.
    ///
    /// # Errors
    /// `conduct_violation.own`, `conduct_violation.not_a_rule`, `conduct_violation.not_yet`; no account of it.
    pub fn record(
        new: NewViolation,
        site: &Site,
        rules: &PolicyVersion<ReceptionConduct>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<(Change<Self>, IncentiveAmount), Refusal> {
        let NewViolation { id, employee, rule, on, account } = new;
        if by.is(employee) {
            return Err(refused(OWN).at("/employee_id"));
        }
        let mut findings = Findings::new();
        wording::check(&mut findings, "/account", &account, 1_000);
        if on > today {
            findings.add("/on", NOT_YET);
        }
        findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("QUE-4")))?;
        let listed = rules.content.rules.iter().find(|listed| listed.rule == rule);
        let listed = listed.ok_or_else(|| refused(NOT_A_RULE).with_label("rule", rule))?;
        let facts = json!({"employee_id": employee, "site_id": site.id, "rule": rule, "on": on});
        let violation = Self {
            id,
            employee,
            department: site.details.department,
            site: site.id,
            rule,
            on,
            account,
            citation: rules.cite("QUE-4", Some(&listed.clause)),
            recorded_by: by.user,
            recorded_at: now,
            voided: None,
            version: 0,
        };
        Ok((Change::created(violation, RECORDED, facts), listed.amount.clone()))
    }

    /// Voids the record: what was entered for it is taken back.
    ///
    /// # Errors
    /// `conduct_violation.own`, `conduct_violation.voided_already`.
    pub fn void(self, reason: String, by: &Actor, at: Timestamp) -> Result<Change<Self>, Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN));
        }
        if self.voided.is_some() {
            return Err(refused(VOIDED_ALREADY));
        }
        let facts = json!({"employee_id": self.employee, "rule": self.rule, "on": self.on});
        let after = Self { voided: Some(Voiding { at, by: by.user, reason }), ..self.clone() };
        Ok(Change::updated(self, after, VOIDED, facts))
    }
}
