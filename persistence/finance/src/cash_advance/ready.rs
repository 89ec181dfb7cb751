//! Advances that are to be paid out, with where to: what the ERP takes, and a file for the bank. `[EXP-10, EXP-14]`

use super::view::{CashAdvanceView, view};
use crate::{
    finance::payee_account::{PayTo, live_of},
    schema::cash_advances as advances,
    search,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Sight, Slice, ToCell, View, columns, covered,
        narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    spine::{BusinessDate, DepartmentId, EmployeeId, Permission, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An advance that is to be paid out, and where to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceToPay)]
pub struct ReadyView {
    /// The advance.
    #[serde(flatten)]
    pub advance: CashAdvanceView,
    /// The account of its submitter.
    pub pay_to: PayTo,
}

impl View for ReadyView {
    const REFERS: &'static [Refers] = CashAdvanceView::REFERS;
    fn version(&self) -> Option<Version> {
        self.advance.version()
    }
}

/// Which of what is to be paid out is wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReadyFilter {
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only where this stands in number, purpose or the submitter's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The longest waiting first where absent.
    #[param(inline)]
    pub sort: ReadyOrder,
}

impl Filter for ReadyFilter {}

#[derive(Queryable, Selectable)]
#[diesel(table_name = advances)]
struct ReadyRow {
    id: Key,
    submitter_id: Key,
    business_date: BusinessDate,
    changed_at: Instant,
}

orders! {
    /// The order in which advances wait to be paid out.
    pub ReadyOrder of ReadyRow in advances by id, ascending:
    changed_at;
    created_at = id;
    business_date;
}

/// What is to be paid out: approved and not paid out yet, the longest waiting first.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &ReadyFilter, page: &Page) -> Result<Slice<ReadyView>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight, cash_advances, "cash_advance");
    wanted.also(advances::status.eq(StandingState::Approved.code()).and(advances::paid_on.is_null()));
    narrow!(wanted, advances, filter; department_id = department_id, submitter_id = submitter_id,
        business_date >= business_from, business_date <= business_to);
    search!(wanted, filter, advances::search_text; advances::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        advances::table => ReadyRow::as_select(); |row: &ReadyRow| row);
    let submitters: Vec<EmployeeId> = found.data.iter().map(|row| row.submitter_id.into()).collect();
    let accounts = live_of(reader, &submitters)?;
    found.try_map(|row| {
        let submitter: EmployeeId = row.submitter_id.into();
        let account = accounts.get(&submitter).cloned();
        Ok(ReadyView { advance: view(reader, row.id.into())?, pay_to: PayTo::of(reader, account)? })
    })
}

columns! { ReadyView as "cash-advances-to-pay" "待付借款" "Cash advances to be paid out", Permission::AccountCashAdvances:
    number "单号" "Number" = |row| &row.advance.number;
    business_date "业务日期" "Business date" = |row| row.advance.business_date;
    submitter_number "借款人工号" "Submitter's number" = |row| &row.advance.submitter.number;
    submitter "借款人" "Submitter" = |row| row.advance.submitter.cell();
    department "部门" "Department" = |row| row.advance.department.cell();
    purpose "用途" "Purpose" = |row| &row.advance.purpose;
    currency "币种" "Currency" = |row| row.advance.amount.currency().code();
    amount "待付金额" "To be paid" = |row| row.advance.amount;
    settle_on "预计核销日期" "To be settled on" = |row| row.advance.settle_on;
    account_status "账户状态" "Account" = |row| row.pay_to.account_status.cell();
    holder "户名" "Holder" = |row| row.pay_to.holder.as_ref();
    bank "开户银行" "Bank" = |row| row.pay_to.bank.as_ref();
    branch "开户支行" "Branch" = |row| row.pay_to.branch.as_ref();
    bank_code "联行号" "Bank code" = |row| row.pay_to.bank_code.as_ref();
    account_number "账号" "Account number" = |row| row.pay_to.account_number.as_ref();
}
