//! Requests to take lists of customers away (客户数据导出申请): a file of more rows than the company's rules allow leaves only
//! once approvers agreed, for as many rows and as long as they did. `[CUS-5; 000 §5.1]`
//!
//! Every export is in the audit trail besides, whatever its size.

use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Owner, Petition, RoutedField, facts,
    },
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Permission, Refusal,
        Timestamp, Version, codes, wording,
    },
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of requests begin with.
pub const NUMBER_PREFIX: &str = "CX";
/// The chain that requests meet.
pub const EXPORT_CHAIN: &str = "customer-export";
/// The code under which that chain is kept.
pub const EXPORT_CHAIN_CODE: &str = "approval-chain/customer-export";
/// That chain as shipped: the head of the department, then the marketing director.
pub const SHIPPED_EXPORT_CHAIN: &str = include_str!("customer_export/shipped/export_chain.json");
/// Nobody may take lists away for longer, in days.
const DAYS_MAX: u64 = 31;
/// No request is for more rows.
const ROWS_MAX: i64 = 10_000_000;

/// By what requests let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] =
        &[RoutedField::new("rows", Holds::Number), RoutedField::new("department_id", Holds::Department)];
    (chain == EXPORT_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { CUSTOMER_EXPORT_REFUSALS:
    NEEDS_APPROVAL = "customer_export.needs_approval", Forbidden, "该清单有 {rows} 行，超过 {limit} 行的客户数据须经审批后导出；请缩小范围，或提交导出申请", "The list has {rows} rows; of customers no more than {limit} leave without an approval. Narrow it down, or ask for one";
    NO_DEPARTMENT = "customer_export.no_department", Forbidden, "您没有所属部门，不能申请导出", "You belong to no department and cannot ask for an export";
}

crate::events! { CUSTOMER_EXPORT_EVENTS:
    CREATED = "customer_export.created", "客户数据导出申请已填报", "A request to export customers was drafted";
    CHANGED = "customer_export.changed", "客户数据导出申请已修改", "A request to export customers was changed";
    SUBMITTED = "customer_export.submitted", "客户数据导出申请已提交", "A request to export customers was submitted";
    WITHDRAWN = "customer_export.withdrawn", "客户数据导出申请已撤回", "A request to export customers was withdrawn";
    RETURNED = "customer_export.returned", "客户数据导出申请已退回", "A request to export customers was returned to whoever asked";
    REJECTED = "customer_export.rejected", "客户数据导出申请已驳回", "A request to export customers was rejected";
    APPROVED = "customer_export.approved", "客户数据导出申请已批准", "A request to export customers was approved";
    VOIDED = "customer_export.voided", "客户数据导出申请已作废", "A request to export customers was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_EXPORT_REFUSALS],
    events: &[CUSTOMER_EXPORT_EVENTS],
    enums: &[ExportAction::LABELS],
};

/// What can be done with a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerExportActionName)]
pub enum ExportAction {
    /// Rewrite it.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { ExportAction = "CustomerExportActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// What a request says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExportContent {
    /// Which list, as its file is called: `customers`.
    pub list: String,
    /// At most so many rows.
    pub rows: i64,
    /// The last day on which it may be taken away.
    pub until: BusinessDate,
    /// What for: 1 to 500 characters.
    pub reason: String,
}

/// A request to take a list of customers away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerExport {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `CX-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department of whoever asks.
    pub department: DepartmentId,
    /// What it says.
    pub content: ExportContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CustomerExport {
    const KIND: &'static str = "customer_export";
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

impl Document for CustomerExport {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("CUS-5"),
        ends_for_leavers: Some(Permission::ManageOwnership),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
    }
    fn facts(&self) -> Facts {
        let ExportContent { list, rows, until, .. } = &self.content;
        facts([("list", json!(list)), ("rows", json!(rows)), ("until", json!(until))])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl ExportContent {
    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/list", &self.list, 60);
        wording::check(&mut findings, "/reason", &self.reason, 500);
        findings.within("/rows", self.rows, 1..=ROWS_MAX);
        let latest = today.checked_add_days(Days::new(DAYS_MAX)).unwrap_or(BusinessDate::MAX);
        if self.until < today || self.until > latest {
            findings.add_with("/until", codes::OUT_OF_RANGE, [("min", json!(today)), ("max", json!(latest))]);
        }
        findings.into_result().map_err(cite)
    }
}

impl CustomerExport {
    /// Starts a draft.
    ///
    /// # Errors
    /// `customer_export.no_department`; what is not sound in it.
    pub fn create(
        new: NewDocument<Self>,
        content: ExportContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        let department = by.department.ok_or_else(|| cite(Refusal::new(NO_DEPARTMENT)))?;
        content.check(today)?;
        let drafted = Self { id, petition, department, content, version: 0 };
        let facts = drafted.facts();
        Ok(Change::created(drafted, CREATED, facts.into()))
    }

    /// Rewrites a draft.
    ///
    /// # Errors
    /// Where it is not the actor's, or not to be changed now; what is not sound in it.
    pub fn revise(
        self,
        content: ExportContent,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check(today)?;
        let after = Self { content, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// What its approval came to.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn decide(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.settle(approval, outcome, now)
    }

    /// Every action, with the refusal it would meet; none for who may not export customers.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(ExportAction, Result<(), Refusal>)> {
        if !by.may(Permission::ExportCustomers) {
            return Vec::new();
        }
        let allowed = |action| match action {
            ExportAction::Revise => self.may_revise(by),
            ExportAction::Submit => self.may_submit(by),
            ExportAction::Withdraw => self.may_withdraw(by),
            ExportAction::Void => self.may_void(owner, by),
        };
        ExportAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}

/// As the rule says.
pub fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("CUS-5"))
}
