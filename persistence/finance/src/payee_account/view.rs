//! What an account looks like, and those within the caller's sight. `[EXP-9, INT-4]`

use super::{find, row::Row};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::payee_accounts,
    search,
    spine::{
        ActionView, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, Where, columns, in_json, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::payee_account::{
        BankDetails, Payee, PayeeAccount, PayeeAccountAction, PayeeAccountId, PayeeAccountState, PayeeKind,
    },
    spine::{AnyId, EmployeeId, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

type PayeeAccountActionView = ActionView<PayeeAccountAction>;

/// A bank account to which the company pays.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PayeeAccount)]
pub struct PayeeAccountView {
    /// Its identity.
    pub id: AnyId,
    /// What sort of payee it is of.
    pub kind: PayeeKind,
    /// Whose it is; null of a third party.
    pub employee: Option<PersonRef>,
    /// The third party; null of somebody who works here.
    #[schema(max_length = 100, example = "杭州云杉印务有限公司")]
    pub name: Option<String>,
    /// Its tax number.
    #[schema(max_length = 20)]
    pub tax_number: Option<String>,
    /// Where whoever it belongs to, or whoever registered it, worked by then.
    pub department: Option<NamedRef>,
    /// In whose name it stands.
    #[schema(max_length = 100, example = "李娜")]
    pub holder: String,
    /// The bank.
    #[schema(max_length = 100, example = "招商银行")]
    pub bank: String,
    /// Its branch.
    #[schema(max_length = 100, example = "杭州高新支行")]
    pub branch: Option<String>,
    /// 联行号: by which banks find it.
    #[schema(max_length = 12, example = "308331012345")]
    pub bank_code: Option<String>,
    /// Its number, of which the last four digits alone are shown unless it is revealed.
    #[schema(max_length = 40, example = "**** 4567")]
    pub number: String,
    /// Whether it is in use.
    pub status: PayeeAccountState,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Since when it is used no more.
    pub retired_at: Option<Timestamp>,
    /// Why it is used no more.
    #[schema(max_length = 500)]
    pub retired_because: Option<String>,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 10)]
    pub actions: Vec<PayeeAccountActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PayeeAccountView {
    const REFERS: &'static [Refers] =
        &[Refers::to("employee", &EMPLOYEE), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/payee-accounts/{}", self.id))
    }
}

impl Placed<crate::Finance> for PayeeAccountAction {
    fn place(self) -> Place {
        match self {
            Self::Reveal => Place::Post("/reveal"),
            Self::Retire => Place::Post("/retire"),
        }
    }
}

/// An account where something refers to it.
pub static PAYEE_ACCOUNT: Target =
    Target { permission: Permission::ReadPayeeAccounts, look: |reader, id| in_json(view(reader, id.into())) };

/// One account, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: PayeeAccountId) -> Result<PayeeAccountView, Failure> {
    let account = find(reader, id)?;
    show(reader, account)
}

/// How an account at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, account: PayeeAccount) -> Result<PayeeAccountView, Failure> {
    let may_reveal = super::may_reveal(reader, &account);
    let may_manage = reader.actor().may(Permission::ManagePayeeAccounts)
        && reader.finds_by(Permission::ManagePayeeAccounts, |reader| find(reader, account.id))?;
    let actions = account.actions().filter(|(action, _)| match action {
        PayeeAccountAction::Reveal => may_reveal,
        PayeeAccountAction::Retire => may_manage,
    });
    let actions = ActionView::listed(&format!("/api/v1/payee-accounts/{}", account.id), actions);
    let register = Register::of(reader)?;
    Ok(PayeeAccountView { actions, ..shown(&register, account)? })
}

pub(crate) fn shown(register: &Register, account: PayeeAccount) -> Result<PayeeAccountView, Failure> {
    let (kind, status, masked) = (account.kind(), account.state(), account.masked());
    let PayeeAccount {
        id,
        payee,
        department,
        details,
        number: _,
        tail: _,
        creator: _,
        created_at,
        retired,
        version,
    } = account;
    let (employee, name, tax_number) = match payee {
        Payee::Employee { employee } => (Some(register.named(employee)?), None, None),
        Payee::Third { sort: _, name, tax_number } => (None, Some(name), tax_number),
    };
    let BankDetails { holder, bank, branch, bank_code } = details;
    let (retired_at, retired_because) = retired.map(|retired| (retired.at, retired.reason)).unzip();
    Ok(PayeeAccountView {
        id: id.uuid().into(),
        kind,
        employee,
        name,
        tax_number,
        department: department.map(|department| register.placed(department)).transpose()?,
        holder,
        bank,
        branch,
        bank_code,
        number: masked,
        status,
        created_at,
        retired_at,
        retired_because,
        actions: Vec::new(),
        version,
    })
}

/// Which accounts are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PayeeAccountFilter {
    /// Only of these sorts, separated by commas.
    #[param(inline, example = "supplier")]
    pub kind: Several<PayeeKind>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only those in use, or only those that are not.
    pub is_live: Option<bool>,
    /// Only where this stands in name, holder, bank, tax number or the last digits; also by pinyin.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "4567")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PayeeAccountOrder,
}

impl Filter for PayeeAccountFilter {}

orders! {
    /// By what accounts are ordered.
    pub PayeeAccountOrder of Row in payee_accounts by id, descending:
    created_at = id;
    changed_at;
    holder;
}

/// Accounts within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PayeeAccountFilter,
    page: &Page,
) -> Result<Slice<PayeeAccountView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let own = payee_accounts::employee_id.eq(Some(sight.employee)).assume_not_null();
        let reached: Vec<Option<Key>> = sight.departments.iter().copied().map(Some).collect();
        let reached = payee_accounts::department_id.eq_any(reached).assume_not_null();
        wanted.also(own.or(reached).or(payee_accounts::creator_id.eq(sight.user)));
    }
    match filter.is_live {
        Some(true) => wanted.also(payee_accounts::retired_at.is_null()),
        Some(false) => wanted.also(payee_accounts::retired_at.is_not_null()),
        None => {}
    }
    narrow!(wanted, payee_accounts, filter; employee_id = employee_id, kind in kind);
    search!(wanted, filter, payee_accounts::search_text; payee_accounts::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        payee_accounts::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, row.try_into()?))
}

columns! { PayeeAccountView as "payee-accounts" "收款账户" "Payee accounts", Permission::ManagePayeeAccounts:
    kind "类别" "Kind";
    employee "员工" "Employee";
    name "外部收款人" "Third party";
    tax_number "税号" "Tax number";
    holder "户名" "Holder";
    bank "开户银行" "Bank";
    branch "开户支行" "Branch";
    bank_code "联行号" "Bank code";
    number "账号" "Number";
    status "状态" "Status";
    created_at "登记时间" "Registered at";
}
