//! Where money goes, as lists of what is to be paid and files for the bank tell it. `[EXP-9, EXP-10, EXP-14]`

use super::{may_reveal, sealed};
use crate::spine::{Failure, Reader};
use domain::{
    finance::payee_account::{BankDetails, PayeeAccount, PayeeAccountState, PayeeKind},
    spine::AnyId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The account that money goes to. Of one that is retired neither bank nor number is told, so that nothing is paid to it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = PayTo)]
pub struct PayTo {
    /// What sort of payee it goes to; null where no account is registered.
    pub payee_kind: Option<PayeeKind>,
    /// The account.
    pub payee_account_id: Option<AnyId>,
    /// Whether the account is in use.
    pub account_status: Option<PayeeAccountState>,
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

impl PayTo {
    /// What the caller is told of an account that is to be paid to.
    pub(crate) fn of(reader: &Reader<'_>, account: Option<PayeeAccount>) -> Result<Self, Failure> {
        let Some(account) = account else { return Ok(Self::default()) };
        let status = account.state();
        let told = Self {
            payee_kind: Some(account.kind()),
            payee_account_id: Some(account.id.uuid().into()),
            account_status: Some(status),
            holder: Some(account.details.holder.clone()),
            ..Self::default()
        };
        if status == PayeeAccountState::Retired {
            return Ok(told);
        }
        let may_see = may_reveal(reader, &account);
        let number = if may_see { sealed::open(reader, &account)? } else { account.masked() };
        let BankDetails { holder: _, bank, branch, bank_code } = account.details;
        Ok(Self { bank: Some(bank), branch, bank_code, account_number: Some(number), ..told })
    }
}
