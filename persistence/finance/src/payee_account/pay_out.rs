//! What of expense claims is to be paid, with the account it goes to: a list for the ERP, and a file for the bank. `[EXP-9, EXP-10]`

use super::{may_reveal, row, sealed};
use crate::{
    finance::expense_claim::covered,
    organisation::{NamedRef, PersonRef, Register},
    schema::expense_claims as claims,
    search,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Sight, Slice, View, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ClaimState,
        payee_account::{PayeeAccount, PayeeKind},
    },
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Permission},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What is open of a claim, and where it goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PayOut)]
pub struct PayOutView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// Its voucher.
    #[schema(max_length = 40)]
    pub voucher_number: Option<String>,
    /// Its business day.
    pub business_date: NaiveDate,
    /// Whose claim it is.
    pub beneficiary: PersonRef,
    /// The department whose expense it is.
    pub department: NamedRef,
    /// What is still to be paid, in the book currency.
    pub open: Money,
    /// What sort of payee it goes to; null where no account is registered.
    pub payee_kind: Option<PayeeKind>,
    /// The account.
    pub payee_account_id: Option<AnyId>,
    /// In whose name it stands.
    #[schema(max_length = 100)]
    pub holder: Option<String>,
    /// The bank.
    #[schema(max_length = 100)]
    pub bank: Option<String>,
    /// Its branch.
    #[schema(max_length = 100)]
    pub branch: Option<String>,
    /// 联行号: by which banks find it.
    #[schema(max_length = 12)]
    pub bank_code: Option<String>,
    /// Its number: whole for who may see it, else the last four digits.
    #[schema(max_length = 40)]
    pub account_number: Option<String>,
}

impl View for PayOutView {}

/// What is wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PayOutFilter {
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only for this beneficiary.
    pub beneficiary_id: Option<EmployeeId>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only where this stands in number, purpose, a line, an invoice or the beneficiary's name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "EC-2026")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was posted longest ago first where absent.
    #[param(inline)]
    pub sort: PayOutOrder,
}

impl Filter for PayOutFilter {}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct OpenRow {
    id: Key,
    number: String,
    voucher_number: Option<String>,
    business_date: BusinessDate,
    beneficiary_id: Key,
    department_id: Key,
    payable_minor: i64,
    paid_minor: i64,
    book_currency: String,
    changed_at: Instant,
}

orders! {
    /// By what pay-outs are ordered.
    pub PayOutOrder of OpenRow in claims by id, ascending:
    created_at = id;
    changed_at;
    business_date;
}

/// What is to be paid of the claims within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PayOutFilter,
    page: &Page,
) -> Result<Slice<PayOutView>, Failure> {
    let mut wanted = covered!(Sight::of(reader));
    let is_open = claims::paid_minor.lt(claims::payable_minor).and(claims::reverses_id.is_null());
    wanted.also(claims::status.eq(ClaimState::Posted.code()).and(is_open));
    narrow!(wanted, claims, filter; department_id = department_id, beneficiary_id = beneficiary_id,
        business_date >= business_from, business_date <= business_to);
    search!(wanted, filter, claims::search_text; claims::beneficiary_id);
    let found = paged!(reader, page, filter.sort, wanted;
        claims::table => OpenRow::as_select(); |row: &OpenRow| row);
    let (register, accounts) = (Register::of(reader)?, Accounts::of(reader, &found.data)?);
    found.try_map(|row| shown(reader, &register, accounts.paid_to(&row), row))
}

/// The accounts that claims are paid to: of the third party one names, else the beneficiary's that is in use.
struct Accounts {
    named: HashMap<Key, PayeeAccount>,
    live: HashMap<EmployeeId, PayeeAccount>,
}

impl Accounts {
    fn of(reader: &mut Reader<'_>, rows: &[OpenRow]) -> Result<Self, Failure> {
        let claims: Vec<Key> = rows.iter().map(|row| row.id).collect();
        let beneficiaries: Vec<EmployeeId> = rows.iter().map(|row| row.beneficiary_id.into()).collect();
        Ok(Self { named: row::named_by(reader, &claims)?, live: row::live_of(reader, &beneficiaries)? })
    }

    fn paid_to(&self, row: &OpenRow) -> Option<PayeeAccount> {
        self.named.get(&row.id).or_else(|| self.live.get(&row.beneficiary_id.into())).cloned()
    }
}

fn shown(
    reader: &Reader<'_>,
    register: &Register,
    account: Option<PayeeAccount>,
    row: OpenRow,
) -> Result<PayOutView, Failure> {
    let number = match &account {
        Some(account) if may_reveal(reader, account) => Some(sealed::open(reader, account)?),
        account => account.as_ref().map(PayeeAccount::masked),
    };
    let corrupt = || Failure::corrupt("expense_claims", "book_currency", row.id.0);
    let book: Currency = row.book_currency.parse().map_err(|_| corrupt())?;
    let payee_kind = account.as_ref().map(PayeeAccount::kind);
    let payee_account_id = account.as_ref().map(|account| account.id.uuid().into());
    let (holder, bank, branch, bank_code) = account.map_or((None, None, None, None), |account| {
        let details = account.details;
        (Some(details.holder), Some(details.bank), details.branch, details.bank_code)
    });
    Ok(PayOutView {
        claim_id: row.id.into(),
        number: row.number,
        voucher_number: row.voucher_number,
        business_date: row.business_date,
        beneficiary: register.named(row.beneficiary_id.into())?,
        department: register.placed(row.department_id.into())?,
        open: Money::from_minor(row.payable_minor - row.paid_minor, book),
        payee_kind,
        payee_account_id,
        holder,
        bank,
        branch,
        bank_code,
        account_number: number,
    })
}

columns! { PayOutView as "pay-outs" "付款清单" "Pay-outs", Permission::AccountExpenseClaims:
    number "单号" "Number";
    voucher_number "凭证号" "Voucher";
    business_date "业务日期" "Business date";
    beneficiary_number "报销人工号" "Beneficiary's number" = |row| &row.beneficiary.number;
    beneficiary "报销人" "Beneficiary";
    department "部门" "Department";
    currency "币种" "Currency" = |row| row.open.currency().code();
    open "待付金额" "To be paid";
    payee_kind "收款人类别" "Payee";
    holder "户名" "Holder";
    bank "开户银行" "Bank";
    branch "开户支行" "Branch";
    bank_code "联行号" "Bank code";
    account_number "账号" "Account number";
}
