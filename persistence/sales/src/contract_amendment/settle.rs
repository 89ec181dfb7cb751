//! How amendments plug into approvals: by the chain of contracts, and in force with their approval. `[CON-3]`

use super::{
    deed::{check, known, offered, take_effect},
    row::find_unscoped,
};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    price_deviation::holding,
    schema::{contract_amendments, departments, sales_contracts},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Outcome, facts},
    contract_amendment::{AmendmentKind, ContractAmendment, ContractAmendmentId},
    sales_contract::SALES_CONTRACT_CHAIN,
    spine::{Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for ContractAmendment {
    fn chain(&self) -> &'static str {
        SALES_CONTRACT_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome::Approved { .. } => take_effect(tx, self),
            _ => holding::let_go(tx, self.id.uuid()),
        }
    }
}

/// What the chain routes an amendment by: the higher value of the contract, before or after.
pub(super) fn routed(reader: &mut Reader<'_>, amendment: &ContractAmendment) -> Result<Routed, Failure> {
    let (contract, known) = known(reader, amendment)?;
    let before = contract.content.total().map_err(Failure::fault)?.minor();
    let after = amendment.total_of(&contract, &known).map_err(Failure::fault)?;
    Ok(Routed {
        amount: Some(Money::from_minor(before.max(after), Currency::Cny)),
        business_date: reader.today(),
        fields: facts([("department_id", json!(amendment.department))]),
    })
}

/// Which steps and people an amendment would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, amendment: &ContractAmendment) -> Result<Preview, Failure> {
    let refused = match foreseen(check(reader, amendment))? {
        Ok(contract) => {
            let offer = offered(amendment, &contract)?;
            foreseen(holding::check(reader, &offer))?.err()
        }
        Err(refusal) => Some(refusal),
    };
    let routed = routed(reader, amendment)?;
    document::preview(reader, amendment, routed, refused)
}

type SummaryRow = (Key, String, String, String, String, i64, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| contract_amendments::table
        .inner_join(sales_contracts::table.on(sales_contracts::id.eq(contract_amendments::contract_id)))
        .inner_join(departments::table.on(departments::id.eq(contract_amendments::department_id)))
        .filter(contract_amendments::id.eq_any(&keys))
        .select((
            contract_amendments::id,
            contract_amendments::number,
            contract_amendments::status,
            contract_amendments::kind,
            contract_amendments::grounds,
            sales_contracts::total_minor,
            sales_contracts::number,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, kind, grounds, total, contract, department) = row;
    let label = AmendmentKind::from_code(&kind).map_or("", |kind| kind.labels().0);
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("contract", json!(contract)),
        ("kind", json!(kind)),
        ("grounds", json!(grounds)),
    ]);
    let title = format!("{contract} {label} {grounds}");
    let href = format!("/api/v1/contract-amendments/{}", ContractAmendmentId::from_uuid(id.0));
    let amount = Some(Money::from_minor(total, Currency::Cny));
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
