//! The third party that a claim pays in the place of its beneficiary. `[EXP-9, EXP-14b]`

use crate::{
    finance::payee_account,
    schema::expense_claim_payees as rows,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::{ClaimContent, ExpenseClaim},
        payee_account::{BankDetails, Payee, PayeeAccountId},
    },
    spine::AnyId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Where the account of a third party stands in what is sent.
const POINTER: &str = "/payee_account_id";

/// Whom a claim pays in the place of its beneficiary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimPayee {
    /// The account.
    pub id: AnyId,
    /// Who is paid.
    #[schema(max_length = 100, example = "杭州云杉印务有限公司")]
    pub name: String,
    /// The bank.
    #[schema(max_length = 100, example = "中国工商银行")]
    pub bank: String,
    /// The last four digits of the number.
    #[schema(max_length = 40, example = "**** 1234")]
    pub number: String,
}

/// The account a claim names.
pub(super) fn of(reader: &mut Reader<'_>, claim: Key) -> Result<Option<PayeeAccountId>, Failure> {
    let named: Option<Key> = db!(reader, |c| rows::table
        .filter(rows::claim_id.eq(claim))
        .select(rows::payee_account_id)
        .first(c)
        .optional())?;
    Ok(named.map(Into::into))
}

/// Writes which account a claim names, where that changed.
pub(super) fn save(
    tx: &mut Tx<'_>,
    claim: Key,
    before: Option<&ClaimContent>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let (before, now) = (before.and_then(|before| before.beneficiary.payee), content.beneficiary.payee);
    if before == now {
        return Ok(());
    }
    db!(tx, |c| diesel::delete(rows::table.filter(rows::claim_id.eq(claim))).execute(c))?;
    if let Some(account) = now {
        let row = (rows::claim_id.eq(claim), rows::payee_account_id.eq(Key::from(account)));
        db!(tx, |c| diesel::insert_into(rows::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Checks that the account a claim names is of a third party and in use, and where it was not named before, that the caller
/// sees it.
///
/// # Errors
/// `validation.unknown_reference`, `payee_account.not_to_be_paid`.
pub fn refer(
    reader: &mut Reader<'_>,
    before: Option<&ClaimContent>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let Some(account) = content.beneficiary.payee else { return Ok(()) };
    if before.and_then(|before| before.beneficiary.payee) == Some(account) {
        return still_payable(reader, content);
    }
    payee_account::refer(reader, account, POINTER).map(drop)
}

/// Checks that the account a claim names is still in use.
pub(super) fn still_payable(reader: &mut Reader<'_>, content: &ClaimContent) -> Result<(), Failure> {
    let Some(account) = content.beneficiary.payee else { return Ok(()) };
    Ok(payee_account::load(reader, account)?.ensure_payable(POINTER)?)
}

/// How the third party of a claim is shown.
pub(super) fn shown(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<Option<ClaimPayee>, Failure> {
    let Some(account) = claim.content.beneficiary.payee else { return Ok(None) };
    let account = payee_account::load(reader, account)?;
    let (id, number) = (account.id.uuid().into(), account.masked());
    let BankDetails { holder, bank, .. } = account.details;
    let name = match account.payee {
        Payee::Third { name, .. } => name,
        Payee::Employee { .. } => holder,
    };
    Ok(Some(ClaimPayee { id, name, bank, number }))
}
