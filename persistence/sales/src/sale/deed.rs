//! What is done about a sale: it opens and closes with its contract, is told of, and paid as money comes in.

use super::{
    apply, fact,
    find::{closed_before, locked_of},
};
use crate::{
    commission, merged,
    organisation::Register,
    ownership, product,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    commission::{CommissionRules, plan::PlanLine},
    customer_file::CustomerId,
    document_line::{Amounts, extended},
    ownership::What,
    product::ProductId,
    quantity::Quantity,
    sale::{Court, Deal, Frozen, Sale, SaleLine, Told, ToldFact},
    sales_contract::SalesContract,
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money},
    working_time::{Period, Span},
};
use uuid::Uuid;

/// What is known of a sale by what it is of.
pub(crate) struct Opening {
    pub deal: Deal,
    pub number: String,
    pub customer: CustomerId,
    pub department: DepartmentId,
    pub submitter: EmployeeId,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub lines: Vec<SaleLine>,
}

/// Opens the sale of an approved contract; the customer stays with whose they are while it is open. `[OWN-15]`
pub(crate) fn open(tx: &mut Tx<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let lines = contract.content.lines.iter().zip(amounts);
    let lines = lines.map(|(line, amounts)| sale_line(line.product, line.quantity, amounts));
    let opening = Opening {
        deal: Deal::Contract(contract.id),
        number: contract.petition.number.clone(),
        customer: contract.content.customer,
        department: contract.department,
        submitter: contract.petition.submitter,
        region: contract.content.region.clone(),
        channel: contract.content.channel.clone(),
        lines: lines.collect(),
    };
    begin(tx, opening)
}

/// A line as a sale reads it.
pub(crate) fn sale_line(product: ProductId, quantity: Quantity, amounts: Amounts) -> SaleLine {
    SaleLine { product, quantity, gross: amounts.gross.minor(), net: amounts.net.minor(), cost: None }
}

/// Opens a sale.
pub(crate) fn begin(tx: &mut Tx<'_>, opening: Opening) -> Result<(), Failure> {
    let Opening { deal, number, customer, department, submitter, region, channel, lines } = opening;
    // A document that was drawn up with a file that was merged since is the survivor's.
    let customer = merged::survivor(tx, customer)?;
    let sale = Sale {
        id: tx.id(),
        deal,
        number,
        customer,
        department,
        submitter,
        region,
        channel,
        total: lines.iter().map(|line| line.gross).sum(),
        lines,
        opened_at: tx.now(),
        received: 0,
        closing: None,
        fell_through_at: None,
        told: Vec::new(),
        credits: Vec::new(),
        ledger: Vec::new(),
        version: 0,
    };
    let sale = apply(tx, Sale::open(sale))?;
    let deal = AnyId::from_uuid(sale.id.uuid());
    learn(tx, &sale, What::Deposited { deal })?;
    ownership::deal::take_over(tx, sale.customer, deal)
}

/// Closes the sale of a contract that was signed: what records show, rates and rules freeze.
pub(crate) fn close(tx: &mut Tx<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let Some(signature) = &contract.signature else { return Err(Failure::fault("it is not signed")) };
    conclude(tx, Deal::Contract(contract.id), signature.taken_by)
}

/// Closes the sale of something, by who took it from the customer.
pub(crate) fn conclude(tx: &mut Tx<'_>, deal: Deal, taken_by: EmployeeId) -> Result<(), Failure> {
    let mut sale = locked_of(tx, deal)?;
    let today = tx.today();
    let facts = fact::gather(tx, &sale, taken_by)?;
    let (plan, rules) = (commission::plan(tx, today)?, commission::rules(tx, today)?);
    let lines = plan_lines(tx, &mut sale, today)?;
    let month = Period::containing(Span::Month, today);
    let before = closed_before(tx, Key::from(facts.owner), (month.first(), month.last()))?;
    let tier_base = plan.content.tier_base(&lines);
    let terms = Frozen {
        plan_version: plan.number,
        rules_version: rules.number,
        earned: plan.content.earned(&lines, before, before + tier_base),
        tier_base,
    };
    let change = in_court(tx, &rules.content, &sale.clone(), |court| sale.close(facts, terms, court))??;
    let sale = apply(tx, change)?;
    let deal = AnyId::from_uuid(sale.id.uuid());
    learn(tx, &sale, What::Signed { deal })?;
    if sale.is_carried_out() { learn(tx, &sale, What::Completed { deal }) } else { Ok(()) }
}

/// The sale of a contract that was given up comes to nothing.
pub(crate) fn fall_through(tx: &mut Tx<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let (sale, now) = (locked_of(tx, Deal::Contract(contract.id))?, tx.now());
    let sale = apply(tx, sale.fall_through(now)?)?;
    let deal = AnyId::from_uuid(sale.id.uuid());
    learn(tx, &sale, What::FellThrough { deal })
}

/// A sale is of these lines by now: credit and commission follow, at the frozen rates and split.
pub(crate) fn become_of(tx: &mut Tx<'_>, deal: Deal, lines: Vec<SaleLine>) -> Result<(), Failure> {
    let (sale, now, source) = (locked_of(tx, deal)?, (tx.now(), tx.today()), tx.ids().fresh());
    let change = sale.become_of(lines, source, now, &mut || tx.ids().fresh())?;
    apply(tx, change).map(drop)
}

/// Money went to a contract or an order, or back from it, by a source: booked once at the frozen split. What the sale comes to, in
/// minor units. Once it is paid in full, the deal is open no more for whose the customer is. `[OWN-15]`
pub(crate) fn receive(tx: &mut Tx<'_>, deal: Deal, source: Uuid, amount: i64) -> Result<i64, Failure> {
    let (sale, now) = (locked_of(tx, deal)?, (tx.now(), tx.today()));
    let was_carried_out = sale.is_carried_out();
    let change = sale.receive(source, amount, now, &mut || tx.ids().fresh())?;
    let sale = apply(tx, change)?;
    if sale.is_carried_out() && !was_carried_out {
        let deal = AnyId::from_uuid(sale.id.uuid());
        learn(tx, &sale, What::Completed { deal })?;
    }
    Ok(sale.total)
}

/// What the sale of a contract or an order comes to by now, in minor units.
pub(crate) fn total_of(tx: &mut Tx<'_>, deal: Deal) -> Result<i64, Failure> {
    Ok(locked_of(tx, deal)?.total)
}

/// Says something of a sale; a held one is judged anew.
///
/// # Errors
/// Somebody who has a part in it; an answer that was given before.
pub fn tell(tx: &mut Tx<'_>, sale: Sale, fact: ToldFact, evidence: String) -> Result<Sale, Failure> {
    let register = Register::of(tx)?;
    for named in fact.named() {
        crate::organisation::referred(register.named(named), "/fact")?;
    }
    let (by, actor) = (tx.actor().user, tx.actor().clone());
    let told = Told { fact, evidence, by, at: tx.now() };
    let Some(closing) = &sale.closing else { return apply(tx, sale.tell(told, &actor, None)?) };
    let rules = commission::rules(tx, closing.on)?;
    let change = in_court(tx, &rules.content, &sale.clone(), |court| sale.tell(told, &actor, Some(court)))??;
    apply(tx, change)
}

/// The lines of a sale as its plan reads them; what they cost on the day is kept with the sale.
pub(super) fn plan_lines(
    reader: &mut Reader<'_>,
    sale: &mut Sale,
    on: BusinessDate,
) -> Result<Vec<PlanLine>, Failure> {
    let mut lines = Vec::new();
    for line in &mut sale.lines {
        let product = product::find(reader, line.product)?;
        let cost = product.cost_on(on).filter(|cost| cost.currency() == Currency::Cny);
        let cost = cost.map(|cost| extended(line.quantity, cost)).transpose().map_err(Failure::fault)?;
        line.cost = cost.map(Money::minor);
        lines.push(PlanLine {
            product: product.details.code,
            category: product.details.category,
            quantity: line.quantity,
            gross: line.gross,
            net: line.net,
            cost: line.cost,
        });
    }
    Ok(lines)
}

/// With what a sale is judged now: the rules, where those who may have a part belong today, ids.
pub(super) fn in_court<T>(
    tx: &mut Tx<'_>,
    rules: &CommissionRules,
    sale: &Sale,
    judge: impl FnOnce(Court<'_>) -> T,
) -> Result<T, Failure> {
    let (register, now) = (Register::of(tx)?, (tx.now(), tx.today()));
    let on = sale.closing.as_ref().map_or(now.1, |closing| closing.on);
    let department_of = |person: EmployeeId| -> DepartmentId {
        register.department_on(person, on).unwrap_or(sale.department)
    };
    let mut fresh = || tx.ids().fresh();
    Ok(judge(Court { rules, department_of: &department_of, fresh: &mut fresh, now }))
}

/// Lets whose the customer is learn of a deal.
fn learn(tx: &mut Tx<'_>, sale: &Sale, what: What) -> Result<(), Failure> {
    let customer = merged::survivor(tx, sale.customer)?;
    let owned = ownership::load(tx, customer)?;
    ownership::deed::learn(tx, owned, what).map(drop)
}
