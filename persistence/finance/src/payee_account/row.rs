//! Rows of accounts.

use crate::{
    schema::{expense_claim_payees, payee_accounts},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    finance::payee_account::{BankDetails, Payee, PayeeAccount, PayeeAccountId, PayeeKind, Retirement},
    spine::{EmployeeId, Version, Withheld, search_text},
};
use std::collections::HashMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = payee_accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    kind: String,
    employee_id: Option<Key>,
    name: Option<String>,
    tax_number: Option<String>,
    department_id: Option<Key>,
    pub holder: String,
    bank: String,
    branch: Option<String>,
    bank_code: Option<String>,
    sealed: String,
    tail: String,
    creator_id: Key,
    created_at: Instant,
    pub changed_at: Instant,
    retired_at: Option<Instant>,
    retired_by_id: Option<Key>,
    retired_reason: Option<String>,
    version: Version,
    search_text: String,
}

impl Row {
    fn of(account: &PayeeAccount, tx: &Tx<'_>) -> Self {
        let PayeeAccount {
            id,
            payee,
            department,
            details,
            number,
            tail,
            creator,
            created_at,
            retired,
            version,
        } = account;
        let BankDetails { holder, bank, branch, bank_code } = details.clone();
        let (employee, name, tax_number) = match payee {
            Payee::Employee { employee } => (Some((*employee).into()), None, None),
            Payee::Third { sort: _, name, tax_number } => (None, Some(name.clone()), tax_number.clone()),
        };
        let names = [name.as_deref().unwrap_or_default(), &holder, &bank];
        Self {
            id: (*id).into(),
            kind: account.kind().code().to_owned(),
            employee_id: employee,
            search_text: search_text(&names, &[tax_number.as_deref().unwrap_or_default(), tail]),
            name,
            tax_number,
            department_id: department.map(Into::into),
            holder,
            bank,
            branch,
            bank_code,
            sealed: number.0.clone(),
            tail: tail.clone(),
            creator_id: (*creator).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            retired_at: retired.as_ref().map(|retired| retired.at.into()),
            retired_by_id: retired.as_ref().map(|retired| retired.by.into()),
            retired_reason: retired.as_ref().map(|retired| retired.reason.clone()),
            version: *version,
        }
    }
}

impl TryFrom<Row> for PayeeAccount {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| move || Failure::corrupt("payee_accounts", column, row.id.0);
        let payee = match (row.employee_id, row.name) {
            (Some(employee), None) => Payee::Employee { employee: employee.into() },
            (None, Some(name)) => {
                let sort = PayeeKind::from_code(&row.kind).ok_or_else(corrupt("kind"))?;
                Payee::Third { sort, name, tax_number: row.tax_number }
            }
            _ => return Err(corrupt("name")()),
        };
        let retired = row.retired_at.zip(row.retired_by_id).zip(row.retired_reason);
        let (holder, bank, branch, bank_code) = (row.holder, row.bank, row.branch, row.bank_code);
        Ok(Self {
            id: row.id.into(),
            payee,
            department: row.department_id.map(Into::into),
            details: BankDetails { holder, bank, branch, bank_code },
            number: Withheld(row.sealed),
            tail: row.tail,
            creator: row.creator_id.into(),
            created_at: row.created_at.into(),
            retired: retired.map(|((at, by), reason)| Retirement { at: at.into(), by: by.into(), reason }),
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for PayeeAccount {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        match save_row!(tx, payee_accounts, &row, before) {
            // Somebody registered another meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One account that the caller may see: of a department in reach, their own, or one they registered.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: PayeeAccountId) -> Result<PayeeAccount, Failure> {
    let account = load(reader, id)?;
    let (reach, actor) = (reader.reach(), reader.actor());
    let is_own = account.creator == actor.user || account.employee().is_some_and(|own| actor.is(own));
    let is_reached = account.department.is_some_and(|department| reach.covers(department, false));
    if is_own || reach.all || is_reached { Ok(account) } else { Err(Failure::NotFound) }
}

/// One account, whoever asks.
pub(crate) fn load(reader: &mut Reader<'_>, id: PayeeAccountId) -> Result<PayeeAccount, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| payee_accounts::table
        .filter(payee_accounts::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// The accounts of people who work here that are in use, whoever asks.
///
/// # Errors
/// Where the database fails.
pub fn live_of(
    reader: &mut Reader<'_>,
    employees: &[EmployeeId],
) -> Result<HashMap<EmployeeId, PayeeAccount>, Failure> {
    let keys: Vec<Key> = employees.iter().map(|employee| Key::from(*employee)).collect();
    let rows: Vec<Row> = db!(reader, |c| payee_accounts::table
        .filter(payee_accounts::employee_id.eq_any(&keys).and(payee_accounts::retired_at.is_null()))
        .select(Row::as_select())
        .load(c))?;
    let accounts = rows.into_iter().map(PayeeAccount::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(accounts.into_iter().filter_map(|account| Some((account.employee()?, account))).collect())
}

/// The accounts of third parties that claims name.
pub(super) fn named_by(
    reader: &mut Reader<'_>,
    claims: &[Key],
) -> Result<HashMap<Key, PayeeAccount>, Failure> {
    let rows: Vec<(Key, Row)> = db!(reader, |c| expense_claim_payees::table
        .inner_join(payee_accounts::table.on(payee_accounts::id.eq(expense_claim_payees::payee_account_id)))
        .filter(expense_claim_payees::claim_id.eq_any(claims))
        .select((expense_claim_payees::claim_id, Row::as_select()))
        .load(c))?;
    rows.into_iter().map(|(claim, row)| Ok((claim, row.try_into()?))).collect()
}
