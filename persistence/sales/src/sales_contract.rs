//! Sales contracts in the database: drawn up, reviewed by their chain, signed. `[CON-1]`

/// What is done with a contract and moves more than it.
pub mod deed;
mod duty;
/// The contracts within the caller's sight.
pub mod list;
mod row;
mod settle;
/// What one contract looks like.
pub mod view;

pub use list::{SalesContractFilter, SalesContractSummary, list};
pub use row::find;
pub(crate) use row::{collecting, find_unscoped};
pub use settle::preview;
pub use view::{SALES_CONTRACT, SalesContractView, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    customer_file, instalment,
    organisation::referred,
    policy::Shipped,
    product, sales_terms,
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    sales_contract::{
        SALES_CONTRACT_CHAIN_CODE, SHIPPED_SALES_CONTRACT_CHAIN, SalesContract, SalesContractContent,
        routed_fields,
    },
    spine::{Change, Findings},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<SalesContract, crate::Sales>() },
    &Routing(routed_fields),
    &Shipped::text(
        SALES_CONTRACT_CHAIN_CODE,
        "销售合同评审链",
        "003 销售合同管理",
        SHIPPED_SALES_CONTRACT_CHAIN,
    ),
    &duty::RUNS,
    &duty::CONCLUDED,
    &Shipped::text("duty-rule/contract-expiry", "合同到期处理", "003 销售合同管理", duty::EXPIRY_RULE),
];

crate::spine::resource! { crate::Sales: SalesContract as SalesContractView; find, apply, show = show }

/// Writes a change of a contract.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<SalesContract>) -> Result<SalesContract, Failure> {
    tx.apply(change)
}

/// Completes what a contract says by what its products are: the tax that stands in their prices. A customer is named by
/// whoever sells to them, also one of another's: whose the sale then is, the rules of commission say.
///
/// # Errors
/// A refusal that names the field: a customer or product that is not there, a quantity its unit cannot be counted in.
pub fn complete(
    reader: &mut Reader<'_>,
    mut content: SalesContractContent,
) -> Result<SalesContractContent, Failure> {
    referred(customer_file::view::refer_to(reader, content.customer), "/customer_id")?;
    instalment::deed::check(reader, &content.instalments)?;
    let mut findings = Findings::new();
    for (index, line) in content.lines.iter_mut().enumerate() {
        let product = product::refer(reader, line.product, &format!("/lines/{index}/product_id"))?;
        line.tax_rate_bp = product.details.tax_rate_bp;
        if let Err(refusal) = line.quantity.check(product.details.decimals) {
            findings.absorb(refusal.at(format!("/lines/{index}/quantity")));
        }
    }
    findings.into_result()?;
    Ok(content)
}

/// The number of a new contract of this year.
///
/// # Errors
/// Where the database fails.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    let terms = sales_terms::today(tx)?;
    crate::spine::next_number(tx, &terms.content.contract_prefix)
}
