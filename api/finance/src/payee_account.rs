//! Bank accounts of payees over HTTP, and what is to be paid with where to. `[EXP-9, EXP-10, ID-6]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Unrehearsed, Valid, Wanted,
    routes,
};
use domain::{
    finance::payee_account::{BankDetails, Payee, PayeeAccount, PayeeKind},
    spine::{EmployeeId, Findings, Refusal, codes, perm},
};
use persistence::finance::payee_account::{
    self as accounts, PayeeAccountFilter, PayeeAccountView,
    pay_out::{self, PayOutFilter, PayOutView},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "payee-accounts",
        [
            list_payee_accounts,
            register_payee_account,
            show_payee_account,
            reveal_payee_account,
            retire_payee_account,
            list_pay_outs,
        ]
    );
}

/// List bank accounts of payees, the newest first. `[EXP-9, INT-4]`
///
/// One's own, those one registered, and those in reach; of each number the last four digits.
#[utoipa::path(get, path = "/api/v1/payee-accounts")]
async fn list_payee_accounts(
    who: Can<perm::ReadPayeeAccounts>,
    wanted: Wanted<PayeeAccountFilter>,
    reading: Reading,
) -> List<PayeeAccountView> {
    reading.list(who, wanted, accounts::list).await
}

/// A bank account.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterPayeeAccount {
    /// What sort of payee it is of.
    kind: PayeeKind,
    /// Whose it is, of somebody who works here; where absent, the caller.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
    /// Whose it is, of a third party.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// The tax number of a third party.
    #[serde(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    tax_number: Option<String>,
    /// In whose name it stands.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "李娜")]
    holder: String,
    /// The bank.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "招商银行")]
    bank: String,
    /// Its branch.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "杭州高新支行")]
    branch: Option<String>,
    /// 联行号: by which banks find it, 12 digits.
    #[serde(default)]
    #[validate(length(min = 12, max = 12))]
    #[schema(min_length = 12, max_length = 12, example = "308331012345")]
    bank_code: Option<String>,
    /// Its number, however it is parted. It is kept sealed.
    #[validate(length(min = 6, max = 60))]
    #[schema(min_length = 6, max_length = 60, example = "6222 0210 0101 1234 567")]
    number: String,
}

impl RegisterPayeeAccount {
    /// Whose it is.
    fn payee(&self, caller: Option<EmployeeId>) -> Result<Payee, Refusal> {
        let mut findings = Findings::new();
        let payee = if self.kind == PayeeKind::Employee {
            let third = [("/name", self.name.is_some()), ("/tax_number", self.tax_number.is_some())];
            let said = third.into_iter().filter(|(_, said)| *said);
            said.for_each(|(pointer, _)| findings.add(pointer, codes::UNKNOWN_MEMBER));
            let employee = self.employee_id.or(caller);
            if employee.is_none() {
                findings.add("/employee_id", codes::REQUIRED);
            }
            employee.map(|employee| Payee::Employee { employee })
        } else {
            if self.employee_id.is_some() {
                findings.add("/employee_id", codes::UNKNOWN_MEMBER);
            }
            if self.name.is_none() {
                findings.add("/name", codes::REQUIRED);
            }
            let third = |name| Payee::Third { sort: self.kind, name, tax_number: self.tax_number.clone() };
            self.name.clone().map(third)
        };
        findings.into_result()?;
        payee.ok_or_else(|| Refusal::new(codes::REQUIRED))
    }
}

/// Register a bank account of a payee. `[EXP-9, EXP-14b]`
///
/// One's own, that of somebody in reach, or of a third party. Of somebody who works here one is in use at a time; what stands
/// on an account is never changed, another takes its place.
#[utoipa::path(post, path = "/api/v1/payee-accounts")]
async fn register_payee_account(
    who: Can<perm::ManagePayeeAccounts>,
    body: Valid<RegisterPayeeAccount>,
    work: UnitOfWork,
) -> Created<PayeeAccountView> {
    work.write(who, move |tx| {
        let payee = body.payee(tx.actor().employee)?;
        let RegisterPayeeAccount { holder, bank, branch, bank_code, number, .. } = body.0.clone();
        let details = BankDetails { holder, bank, branch, bank_code };
        let account = accounts::register(tx, payee, details, &number)?;
        accounts::show(tx, account)
    })
    .await
}

/// Show a bank account of a payee, without its number. `[EXP-9, ID-6]`
#[utoipa::path(get, path = "/api/v1/payee-accounts/{id}")]
async fn show_payee_account(
    who: Can<perm::ReadPayeeAccounts>,
    id: PathId<PayeeAccount>,
    reading: Reading,
) -> Reply<PayeeAccountView> {
    reading.read(who, move |reader| accounts::view(reader, *id)).await
}

/// Reveal the number of a bank account. `[ID-6]`
///
/// For a reason that is kept in the audit trail: to whom it belongs, to who registered it, and to holders of the permission to
/// reveal as far as that reaches. The answer is not kept for retries.
#[utoipa::path(post, path = "/api/v1/payee-accounts/{id}/reveal")]
async fn reveal_payee_account(
    who: Can<perm::ReadPayeeAccounts>,
    id: PathId<PayeeAccount>,
    body: Valid<Reason>,
    work: Unrehearsed,
) -> Reply<PayeeAccountView> {
    work.without_memory().write(who, move |tx| accounts::reveal(tx, *id, &body.reason)).await
}

/// Retire a bank account of a payee. `[EXP-9]`
///
/// It is paid to no more; what was paid to it stands.
#[utoipa::path(post, path = "/api/v1/payee-accounts/{id}/retire")]
async fn retire_payee_account(
    who: Can<perm::ManagePayeeAccounts>,
    at: At<PayeeAccount>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<PayeeAccountView> {
    work.moves(who, at, move |account, tx| Ok(account.retire(body.reason.clone(), tx.actor(), tx.now())?))
        .await
}

/// List what is to be paid, with where to. `[EXP-9, EXP-10, INT-4]`
///
/// Expense claims that are posted and of which something is open, with the account of the third party or the beneficiary, also
/// as a file for the bank. Numbers are whole for holders of the permission to reveal, and masked for others; a file is told in
/// the audit trail.
#[utoipa::path(get, path = "/api/v1/erp/pay-outs")]
async fn list_pay_outs(
    who: Can<perm::AccountExpenseClaims>,
    wanted: Wanted<PayOutFilter>,
    reading: Reading,
) -> List<PayOutView> {
    reading.list(who, wanted, pay_out::list).await
}
