//! Bank accounts (收款账户) to which the company pays: of its people, and of third parties. What stands on one is never changed:
//! another takes its place, and the number is seen whole by nobody who need not see it. `[EXP-9, EXP-10, ID-6]`
//!
//! Deliberately not here: how the number is sealed, and the payment itself, which the bank or the ERP makes.

use crate::spine::{
    Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Refusal, RefusalCode, Timestamp,
    UserId, Version, Withheld, codes, in_both, wording,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { PAYEE_ACCOUNT_REFUSALS:
    LIVE_ALREADY = "payee_account.live_already", Conflict, "该员工已有在用的收款账户，请先停用", "That employee has an account in use already; retire it first";
    RETIRED_ALREADY = "payee_account.retired_already", Conflict, "该收款账户已停用", "The account has been retired already";
    NOT_TO_BE_PAID = "payee_account.not_to_be_paid", Invalid, "只能选择在用的外部收款账户", "Only the account of a third party that is in use can be paid to";
    SETTLES_ADVANCES = "payee_account.settles_advances", Invalid, "付给外部收款人的报销单不能冲销借款", "A claim that pays a third party settles no advances";
    NUMBER_FORM = "payee_account.number_form", Invalid, "银行账号须为 6 至 34 位数字或大写英文字母", "An account number has 6 to 34 digits or capital letters";
    NO_SECRET = "payee_account.no_secret", Conflict, "服务器没有配置密钥，不能保存收款账户；请联系系统管理员", "The server was given no secret, so account numbers cannot be sealed; ask whoever runs it";
}

crate::events! { PAYEE_ACCOUNT_EVENTS:
    REGISTERED = "payee_account.registered", "收款账户已登记", "A payee's account was registered";
    RETIRED = "payee_account.retired", "收款账户已停用", "A payee's account was retired";
    REVEALED = "payee_account.revealed", "收款账号被查看（仅记入审计）", "Somebody saw the whole number of an account (told in the audit trail alone)";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PAYEE_ACCOUNT_REFUSALS],
    events: &[PAYEE_ACCOUNT_EVENTS],
    enums: &[PayeeKind::LABELS, PayeeAccountState::LABELS, PayeeAccountAction::LABELS],
};

/// The id of an account.
pub type PayeeAccountId = Id<PayeeAccount>;

/// What sort of payee it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayeeKind {
    /// Somebody who works here.
    Employee,
    /// Who delivers.
    Supplier,
    /// A partner, such as a channel.
    Partner,
    /// Anybody else.
    Other,
}

crate::labels! { PayeeKind = "PayeeKind":
    Employee = "employee", "员工", "Employee";
    Supplier = "supplier", "供应商", "Supplier";
    Partner = "partner", "合作伙伴", "Partner";
    Other = "other", "其他", "Other";
}

/// Whether an account is in use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayeeAccountStatus)]
pub enum PayeeAccountState {
    /// It is paid to.
    Live,
    /// It is paid to no more.
    Retired,
}

crate::labels! { PayeeAccountState = "PayeeAccountStatus":
    Live = "live", "在用", "In use";
    Retired = "retired", "已停用", "Retired";
}

/// A named action on an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayeeAccountActionName)]
pub enum PayeeAccountAction {
    /// See the whole number.
    Reveal,
    /// Pay to it no more.
    Retire,
}

crate::labels! { PayeeAccountAction = "PayeeAccountActionName":
    Reveal = "reveal", "查看账号", "Reveal";
    Retire = "retire", "停用", "Retire";
}

/// Whose an account is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payee {
    /// Somebody who works here.
    Employee {
        /// Who.
        employee: EmployeeId,
    },
    /// A third party.
    Third {
        /// What sort.
        sort: PayeeKind,
        /// Its name, 1 to 100 characters.
        name: String,
        /// Its tax number.
        tax_number: Option<String>,
    },
}

/// Where a bank keeps an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BankDetails {
    /// In whose name it stands, 1 to 100 characters.
    pub holder: String,
    /// The bank, 1 to 100 characters.
    pub bank: String,
    /// Its branch, 1 to 100 characters.
    pub branch: Option<String>,
    /// 联行号: by which banks find it, 12 digits.
    pub bank_code: Option<String>,
}

/// A number as it is kept: sealed.
pub type SealedNumber = Withheld<String>;

/// That an account is paid to no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Retirement {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// A bank account of a payee.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PayeeAccount {
    /// Identity.
    pub id: Id<Self>,
    /// Whose it is.
    pub payee: Payee,
    /// Where whoever it belongs to, or whoever registered it, worked by then.
    pub department: Option<DepartmentId>,
    /// Where it is kept.
    pub details: BankDetails,
    /// Its number.
    pub number: SealedNumber,
    /// The last four digits.
    pub tail: String,
    /// The account that registered it.
    pub creator: UserId,
    /// When.
    pub created_at: Timestamp,
    /// That it is paid to no more.
    pub retired: Option<Retirement>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PayeeAccount {
    const KIND: &'static str = "payee_account";
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

/// A number as people type it, without blanks and hyphens.
///
/// # Errors
/// `payee_account.number_form`.
pub fn account_number(typed: &str) -> Result<String, Refusal> {
    let number = crate::spine::typed::normalised(typed);
    let fits = (6..=34).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(number) } else { Err(refused(NUMBER_FORM).at("/number")) }
}

/// The last four digits of a number.
pub fn tail_of(number: &str) -> String {
    number.chars().skip(number.chars().count().saturating_sub(4)).collect()
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("EXP-9"))
}

/// What is registered.
#[derive(Clone, Debug)]
pub struct NewPayeeAccount {
    /// Its identity.
    pub id: PayeeAccountId,
    /// Whose it is.
    pub payee: Payee,
    /// Where they work.
    pub department: Option<DepartmentId>,
    /// Where it is kept.
    pub details: BankDetails,
    /// Its number, sealed, and the last of its digits.
    pub number: (SealedNumber, String),
}

impl PayeeAccount {
    /// What stands for its number where the end alone is shown.
    pub fn masked(&self) -> String {
        format!("**** {}", self.tail)
    }

    /// Registers an account.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn register(new: NewPayeeAccount, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let NewPayeeAccount { id, payee, department, details, number: (number, tail) } = new;
        let mut findings = Findings::new();
        if let Payee::Third { name, tax_number, .. } = &payee {
            wording::check(&mut findings, "/name", name, 100);
            wording::check_optional(&mut findings, "/tax_number", tax_number.as_deref(), 20);
        }
        let BankDetails { holder, bank, branch, bank_code } = &details;
        wording::check(&mut findings, "/holder", holder, 100);
        wording::check(&mut findings, "/bank", bank, 100);
        wording::check_optional(&mut findings, "/branch", branch.as_deref(), 100);
        let is_code = |code: &String| code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit());
        if bank_code.as_ref().is_some_and(|code| !is_code(code)) {
            let expected = [("expected", in_both("12 位数字", "12 digits"))];
            findings.add_with("/bank_code", codes::BAD_FORMAT, expected);
        }
        findings.into_result()?;
        let account = Self {
            id,
            payee,
            department,
            details,
            number,
            tail,
            creator: by.user,
            created_at: now,
            retired: None,
            version: 0,
        };
        let facts = account.facts();
        Ok(Change::created(account, REGISTERED, facts))
    }

    fn facts(&self) -> serde_json::Value {
        json!({"kind": self.kind(), "employee_id": self.employee()})
    }

    /// What sort of payee it is of.
    pub const fn kind(&self) -> PayeeKind {
        match &self.payee {
            Payee::Employee { .. } => PayeeKind::Employee,
            Payee::Third { sort, .. } => *sort,
        }
    }

    /// Who works here and is paid to it.
    pub const fn employee(&self) -> Option<EmployeeId> {
        match &self.payee {
            Payee::Employee { employee } => Some(*employee),
            Payee::Third { .. } => None,
        }
    }

    /// Whether it is in use.
    pub const fn state(&self) -> PayeeAccountState {
        if self.retired.is_some() { PayeeAccountState::Retired } else { PayeeAccountState::Live }
    }

    /// Refuses one that a claim cannot be paid to: one that is retired, or somebody's who works here.
    ///
    /// # Errors
    /// `payee_account.not_to_be_paid`.
    pub fn ensure_payable(&self, pointer: &str) -> Result<(), Refusal> {
        if self.retired.is_none() && self.employee().is_none() {
            return Ok(());
        }
        Err(refused(NOT_TO_BE_PAID).at(pointer))
    }

    fn ensure_live(&self) -> Result<(), Refusal> {
        if self.retired.is_some() { Err(refused(RETIRED_ALREADY)) } else { Ok(()) }
    }

    /// Pays to it no more.
    ///
    /// # Errors
    /// `payee_account.retired_already`; a reason that is missing or longer than 500 characters.
    pub fn retire(self, reason: String, by: &Actor, at: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_live()?;
        crate::approval::check_reason(&reason)?;
        let facts = self.facts();
        let after = Self { retired: Some(Retirement { at, by: by.user, reason }), ..self.clone() };
        Ok(Change::updated(self, after, RETIRED, facts))
    }

    /// Every action with the refusal it would meet. `[ACT-1]`
    pub fn actions(&self) -> impl Iterator<Item = (PayeeAccountAction, Result<(), Refusal>)> {
        PayeeAccountAction::ALL.into_iter().map(|action| match action {
            PayeeAccountAction::Reveal => (action, Ok(())),
            PayeeAccountAction::Retire => (action, self.ensure_live()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_digits_and_known_by_its_last_four() {
        assert_eq!(account_number("6222 0210-0101 1234 567").expect("a number"), "6222021001011234567");
        assert_eq!(
            account_number("ｄｅ８９ 3704 0044 0532 0130 00").expect("a number"),
            "DE89370400440532013000"
        );
        assert_eq!(tail_of("6222021001011234567"), "4567");
        for wrong in ["", "12345", "6222_0210", "账号", &"1".repeat(35)] {
            assert_eq!(account_number(wrong).expect_err("refused").code, NUMBER_FORM, "{wrong}");
        }
    }

    #[test]
    fn what_is_sealed_does_not_stand_in_the_trail() {
        let sealed = Withheld("secret".to_owned());
        assert_eq!(
            (serde_json::to_string(&sealed).expect("JSON"), format!("{sealed:?}")),
            ("\"***\"".into(), "***".into())
        );
    }
}
