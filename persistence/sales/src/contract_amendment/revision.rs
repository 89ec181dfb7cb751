//! What a contract said before it was amended: read as of a day. `[CON-3]`

use crate::{
    sales_contract::{SalesContractView, find, show},
    schema::sales_contract_revisions as revisions,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    sales_contract::{NOT_IN_FORCE, SalesContract, SalesContractContent, SalesContractId},
    spine::{BusinessDate, Citation, Refusal},
};
use serde_json::json;

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = revisions)]
struct Row {
    contract_id: Key,
    revision: i32,
    /// The first day on which it held no more.
    superseded_on: BusinessDate,
    content: String,
}

/// Keeps what a contract says, before it says something else from a day on.
pub(super) fn keep(tx: &mut Tx<'_>, contract: &SalesContract, until: BusinessDate) -> Result<(), Failure> {
    let row = Row {
        contract_id: contract.id.into(),
        revision: i32::try_from(contract.revision).unwrap_or(i32::MAX),
        superseded_on: until,
        content: serde_json::to_string(&contract.content)?,
    };
    db!(tx, |c| diesel::insert_into(revisions::table).values(&row).execute(c))?;
    Ok(())
}

/// A contract in sight as it was in force on a day.
///
/// # Errors
/// Where there is none in sight; `sales_contract.not_in_force` of a day before its signature.
pub fn view_as_of(
    reader: &mut Reader<'_>,
    id: SalesContractId,
    on: BusinessDate,
) -> Result<SalesContractView, Failure> {
    let contract = find(reader, id)?;
    let signed = contract.signature.as_ref().map(|signature| signature.on);
    if signed.is_none_or(|signed| on < signed) {
        let refusal = Refusal::new(NOT_IN_FORCE).with("number", contract.petition.number);
        let refusal = refusal.with("date", json!(on)).citing(Citation::clause("CON-3", "003 销售合同管理"));
        return Err(refusal.at("/as_of").into());
    }
    let key = Key::from(id);
    let known: Option<Row> = db!(reader, |c| revisions::table
        .filter(revisions::contract_id.eq(key).and(revisions::superseded_on.gt(on)))
        .order(revisions::revision)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    let Some(Row { revision, content, .. }) = known else { return show(reader, contract) };
    let content: SalesContractContent = serde_json::from_str(&content)?;
    let revision = u32::try_from(revision).unwrap_or(contract.revision);
    show(reader, SalesContract { content, revision, ..contract })
}
