//! How numbers of accounts lie in the database. `[ID-6]`

use crate::spine::{Failure, Reader, Seal};
use domain::{
    finance::payee_account::{NO_SECRET, PayeeAccount, PayeeAccountId, SealedNumber},
    spine::{Citation, Refusal, Withheld},
};

/// What numbers are sealed for: never said otherwise, or nothing opens again.
const PURPOSE: &str = "marketing-center payee accounts";

fn seal_of(reader: &Reader<'_>) -> Result<Seal, Failure> {
    let no_secret = || Refusal::new(NO_SECRET).citing(Citation::rule("ID-6"));
    Ok(Seal::of(reader, PURPOSE)?.ok_or_else(no_secret)?)
}

/// A number, sealed for an account.
///
/// # Errors
/// `payee_account.no_secret` where the server was given none.
pub(super) fn seal(reader: &Reader<'_>, id: PayeeAccountId, number: &str) -> Result<SealedNumber, Failure> {
    Ok(Withheld(seal_of(reader)?.seal(id.uuid(), number.as_bytes())?))
}

/// The number of an account.
///
/// # Errors
/// Where the server was given none, or another secret than it was sealed with.
pub(super) fn open(reader: &Reader<'_>, account: &PayeeAccount) -> Result<String, Failure> {
    let corrupt = || Failure::corrupt("payee_accounts", "sealed", account.id);
    let bytes = seal_of(reader)?.open(account.id.uuid(), &account.number.0)?.ok_or_else(corrupt)?;
    String::from_utf8(bytes).map_err(|_| corrupt())
}
