//! What is done with a quotation and looks at others: whom it may be made for, the contract that is made of it. `[SAL-3, SAL-2c]`

use super::apply;
use crate::{
    customer_file, filing, opportunity,
    organisation::{Register, referred},
    pipeline_terms, product, sales_contract,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::NewDocument,
    customer_file::CustomerId,
    opportunity::OpportunityId,
    quotation::{NO_EMPLOYEE, NewQuotation, OTHER_CUSTOMER, Quotation, QuotationAction, QuotationContent},
    sales_contract::{ContractKind, SalesContract, SalesContractContent},
    spine::{EmployeeId, Findings, Refusal},
};

/// Completes what a quotation says by what its products are: the tax that stands in their prices.
///
/// # Errors
/// A refusal that names the field: a product that is not there, a quantity its unit cannot be counted in.
pub fn complete(reader: &mut Reader<'_>, mut content: QuotationContent) -> Result<QuotationContent, Failure> {
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

/// Drafts one for a customer in sight, of an opportunity with that customer.
///
/// # Errors
/// A customer or opportunity out of sight; what is not well formed.
pub fn create(
    tx: &mut Tx<'_>,
    (customer, of): (CustomerId, Option<OpportunityId>),
    content: QuotationContent,
) -> Result<Quotation, Failure> {
    customer_file::refer(tx, customer, "/customer_id")?.ensure_active()?;
    if let Some(of) = of {
        let found = referred(opportunity::find(tx, of), "/opportunity_id")?;
        if found.customer != customer {
            return Err(Refusal::new(OTHER_CUSTOMER).at("/opportunity_id").into());
        }
    }
    let content = complete(tx, content)?;
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let owner = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let department = Register::of(tx)?.department_on(owner, today).or(tx.actor().department);
    let department = department.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let number = crate::spine::next_number(tx, &terms.content.quotation_prefix)?;
    let new = NewQuotation { id: tx.id(), number, customer, opportunity: of, department };
    let change = Quotation::create(new, content, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Sends it, unless somebody else's filing protects what it offers.
///
/// # Errors
/// `filing.protected_by_another`; another's; one that is no draft, or whose time is over.
pub fn send(tx: &mut Tx<'_>, quotation: Quotation) -> Result<Quotation, Failure> {
    quotation.may(QuotationAction::Send, tx.actor())?;
    let offered: Vec<_> = quotation.content.lines.iter().map(|line| line.product).collect();
    let whose: (CustomerId, EmployeeId) = (quotation.customer, quotation.owner);
    filing::protection::check(tx, whose, offered)?;
    let (now, today) = (tx.now(), tx.today());
    let change = quotation.send(tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Makes a contract of it, a draft in the caller's name that says the same: exactly one is.
///
/// # Errors
/// Another's; one that is not accepted, or was made a contract already.
pub fn convert(tx: &mut Tx<'_>, quotation: Quotation) -> Result<Quotation, Failure> {
    quotation.may(QuotationAction::Convert, tx.actor())?;
    let QuotationContent { subject, region, channel, lines, discount, valid_until: _ } =
        quotation.content.clone();
    let content = SalesContractContent {
        customer: quotation.customer,
        kind: ContractKind::Sale,
        subject,
        region,
        channel,
        lines,
        discount,
        review: Vec::new(),
        instalments: Vec::new(),
    };
    let content = sales_contract::complete(tx, content)?;
    let (number, now) = (sales_contract::next_number(tx)?, tx.now());
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = SalesContract::create(new, quotation.department, content, tx.actor(), now)?;
    let contract = sales_contract::apply(tx, change)?;
    let change = quotation.convert(contract.id, tx.actor(), now)?;
    apply(tx, change)
}
