//! What a sale earns by the plan of its day: rates by product, or tiers over the month of whom it counts for. `[COM, § How it is
//! computed, 4]`
//!
//! The month of somebody is what was closed in it and counts for them, their part of each. Whoever moves it holds the gate of
//! the statements alone, so that two closings never read one sum. While no statement shows a sale, it is rated anew as its
//! month moves; then it is frozen.

use super::{
    apply,
    row::{Row, whole},
};
use crate::{
    commission,
    commission_statement::RECKONING,
    product,
    schema::{
        commission_entries as entries, commission_statement_lines as shown,
        commission_statements as statements, credit_entries as credits, sales,
    },
    spine::{Failure, Instant, Key, Reader, Tx, db, load_locked},
};
use diesel::prelude::*;
use domain::{
    commission::{
        Attributed, Earned,
        plan::{CommissionPlan, Tiered},
    },
    commission_statement::CommissionStatementState,
    product::ProductId,
    sale::{Closing, Frozen, FrozenRate, FrozenTier, Sale, SaleId, SaleLine},
    spine::{BusinessDate, Currency, EmployeeId, Money, Timestamp, allocate},
    working_time::{Period, Span},
};
use std::collections::BTreeSet;

/// Whom a sale counts for, in basis points.
type Credit = Vec<(EmployeeId, u32)>;

/// Which sale is rated: when it closed, and for whom it counts.
pub(super) struct Rated {
    pub id: SaleId,
    pub at: Timestamp,
    pub on: BusinessDate,
    pub credit: Credit,
}

impl Rated {
    /// A sale of which it is known how it is attributed; where that counts for nobody, by the month of whose customer it was.
    pub fn new(
        sale: &Sale,
        (at, on): (Timestamp, BusinessDate),
        judged: &Attributed,
        owner: EmployeeId,
    ) -> Self {
        let credit = credit(judged);
        let credit = if credit.is_empty() { vec![(owner, 10_000)] } else { credit };
        Self { id: sale.id, at, on, credit }
    }
    /// A sale as it was attributed.
    pub fn of(sale: &Sale, closing: &Closing) -> Self {
        Self::new(sale, (closing.at, closing.on), &closing.judged, closing.facts.owner)
    }
}

fn credit(judged: &Attributed) -> Credit {
    match judged {
        Attributed::Decided(attribution) => attribution.credit.clone(),
        Attributed::Held { .. } => Vec::new(),
    }
}

/// Nobody else moves a month of tiers until the unit of work ends, where the plan of a day has tiers.
pub(super) fn hold_month(tx: &mut Tx<'_>, on: BusinessDate) -> Result<(), Failure> {
    if commission::plan(tx, on)?.content.tiered.is_some() { tx.hold_alone(RECKONING) } else { Ok(()) }
}

/// The terms of a sale by a plan: what each of its products pays and costs, and what tiers make of it. What its lines cost is
/// kept with them.
pub(super) fn terms(
    reader: &mut Reader<'_>,
    (plan, plan_version, rules_version): (&CommissionPlan, i32, i32),
    lines: &mut [SaleLine],
    rated: &Rated,
) -> Result<Frozen, Failure> {
    let products: BTreeSet<ProductId> = lines.iter().map(|line| line.product).collect();
    let rates = rates(reader, plan, products, rated.on)?;
    let earned = Earned::default();
    let mut terms = Frozen { plan_version, rules_version, earned, tier_base: 0, rates, tier: None };
    for line in lines.iter_mut() {
        line.cost = terms.cost_of(line.product, line.quantity);
    }
    if let Some(tiered) = &plan.tiered {
        terms.tier = Some(tier(reader, tiered, base_of(lines, tiered), rated)?);
    }
    terms.apply_to(lines);
    Ok(terms)
}

fn base_of(lines: &[SaleLine], tiered: &Tiered) -> i64 {
    lines.iter().map(|line| tiered.of.of(line.gross, line.net, line.cost)).sum()
}

/// What products pay by a plan, and cost on a day.
fn rates(
    reader: &mut Reader<'_>,
    plan: &CommissionPlan,
    products: impl IntoIterator<Item = ProductId>,
    on: BusinessDate,
) -> Result<Vec<FrozenRate>, Failure> {
    let mut rates = Vec::new();
    for id in products {
        let product = product::find(reader, id)?;
        let cost = product.cost_on(on).filter(|cost| cost.currency() == Currency::Cny);
        let pays = plan.pays(&product.details.code, &product.details.category);
        rates.push(FrozenRate { product: id, pays, unit_cost: cost.map(Money::minor) });
    }
    Ok(rates)
}

/// What products pay that a closed sale comes to be of and was not of when it closed. A sale of before rates were kept is given
/// those of its day, and of what tiers made of it the rate that came of that.
pub(super) fn complete(
    reader: &mut Reader<'_>,
    sale: &mut Sale,
    lines: &[SaleLine],
) -> Result<Vec<FrozenRate>, Failure> {
    let Some(closing) = &mut sale.closing else { return Ok(Vec::new()) };
    let plan = commission::plan(reader, closing.on)?;
    let terms = &mut closing.terms;
    if let Some(tiered) = plan.content.tiered.as_ref().filter(|_| terms.rates.is_empty()) {
        let base = base_of(&sale.lines, tiered);
        terms.tier = Some(FrozenTier { of: tiered.of, base, earned: terms.earned });
    }
    let products: BTreeSet<ProductId> =
        lines.iter().map(|line| line.product).filter(|product| terms.rate_of(*product).is_none()).collect();
    rates(reader, &plan.content, products, closing.on)
}

/// What tiers make of a base by the month of whom a sale counts for: of each their part by their own month.
fn tier(reader: &mut Reader<'_>, tiered: &Tiered, base: i64, rated: &Rated) -> Result<FrozenTier, Failure> {
    let weights: Vec<u64> = rated.credit.iter().map(|(_, share_bp)| u64::from(*share_bp)).collect();
    let mut earned = Earned::default();
    for ((person, _), part) in rated.credit.iter().zip(allocate(base, &weights)) {
        let mut month = month_of(reader, *person, rated.on)?;
        month.retain(|closed| closed.id != rated.id);
        let sum: i64 = month.iter().map(|closed| closed.part).sum();
        let before = month.iter().filter(|closed| (closed.at, closed.id) < (rated.at, rated.id));
        let before = before.map(|closed| closed.part).sum();
        earned = earned.plus(tiered.tiers.earned(before, part, sum + part));
    }
    Ok(FrozenTier { of: tiered.of, base, earned })
}

/// A sale of somebody's month, and their part of what of it counts for tiers.
struct Closed {
    id: SaleId,
    at: Timestamp,
    part: i64,
}

/// The sales of the month of a day that count for somebody.
fn month_of(reader: &mut Reader<'_>, person: EmployeeId, on: BusinessDate) -> Result<Vec<Closed>, Failure> {
    type Found = (Key, Option<Instant>, Option<i64>, Option<String>);
    let (month, employee) = (Period::containing(Span::Month, on), Some(Key::from(person)));
    let counted = credits::table.filter(credits::employee_id.eq(employee)).select(credits::sale_id);
    let rows: Vec<Found> = db!(reader, |c| sales::table
        .filter(sales::closed_on.between(month.first(), month.last()))
        .filter(sales::id.eq_any(counted))
        .order(sales::id)
        .select((sales::id, sales::closed_at, sales::tier_base_minor, sales::closing))
        .load(c))?;
    let mut closed = Vec::new();
    for (id, at, base, closing) in rows {
        let (Some(at), Some(base), Some(closing)) = (at, base, closing) else { continue };
        let closing: Closing = serde_json::from_str(&closing)?;
        let credit = credit(&closing.judged);
        let weights: Vec<u64> = credit.iter().map(|(_, share_bp)| u64::from(*share_bp)).collect();
        let parts = credit.iter().zip(allocate(base, &weights));
        let part = parts.filter(|((who, _), _)| *who == person).map(|(_, part)| part).sum();
        closed.push(Closed { id: id.into(), at: at.into(), part });
    }
    Ok(closed)
}

/// Rates the other sales of a month anew where what one of it counts for moved, and the sale itself where it became another.
pub(super) fn follow(tx: &mut Tx<'_>, before: Option<&Counted>, sale: &Sale) -> Result<(), Failure> {
    let (Some(now), Some(on)) = (Counted::of(sale), sale.closing.as_ref().map(|closing| closing.on)) else {
        return Ok(());
    };
    if before.is_some_and(|before| *before == now) || (before.is_none() && now.credit.is_empty()) {
        return Ok(());
    }
    let people: BTreeSet<EmployeeId> = before
        .into_iter()
        .chain([&now])
        .flat_map(|counted| &counted.credit)
        .map(|(person, _)| *person)
        .collect();
    let mut ids = BTreeSet::new();
    for person in people {
        ids.extend(month_of(tx, person, on)?.into_iter().map(|closed| Key::from(closed.id)));
    }
    let ids: Vec<Key> = ids.into_iter().collect();
    let rows: Vec<Row> = load_locked!(
        tx,
        sales::table.filter(sales::id.eq_any(&ids)).order(sales::id).select(Row::as_select())
    )?;
    rows.into_iter().try_for_each(|row| {
        let sale = whole(tx, row)?;
        rate_anew(tx, sale)
    })
}

fn rate_anew(tx: &mut Tx<'_>, sale: Sale) -> Result<(), Failure> {
    let Some(closing) = sale.closing.clone() else { return Ok(()) };
    let plan = commission::plan(tx, closing.on)?;
    let Some(tiered) = plan.content.tiered.as_ref().filter(|_| closing.terms.tier.is_some()) else {
        return Ok(());
    };
    let rated = Rated::of(&sale, &closing);
    // Of nothing there is no rate to be had.
    if closing.terms.tier_base == 0 || is_shown(tx, &rated)? {
        return Ok(());
    }
    let tier = tier(tx, tiered, closing.terms.tier_base, &rated)?;
    let (now, source) = ((tx.now(), tx.today()), tx.ids().fresh());
    match sale.rate_anew(tier, source, now, &mut || tx.ids().fresh()) {
        Some(change) => apply(tx, change).map(drop),
        None => Ok(()),
    }
}

/// Whether a statement that its person has seen shows a sale, or the month by which it is rated.
fn is_shown(reader: &mut Reader<'_>, rated: &Rated) -> Result<bool, Failure> {
    let (sale, month) = (Key::from(rated.id), Period::containing(Span::Month, rated.on).to_string());
    let people: Vec<Key> = rated.credit.iter().map(|(person, _)| Key::from(*person)).collect();
    let compiled = CommissionStatementState::Compiled.code();
    let of_month = statements::table
        .filter(statements::employee_id.eq_any(&people))
        .filter(statements::month.eq(&month).and(statements::status.ne(compiled)));
    let of_sale = shown::table
        .inner_join(statements::table.on(statements::id.eq(shown::statement_id)))
        .inner_join(entries::table.on(entries::id.eq(shown::entry_id)))
        .filter(entries::sale_id.eq(sale).and(statements::status.ne(compiled)));
    let months: i64 = db!(reader, |c| of_month.count().get_result(c))?;
    let lines: i64 = db!(reader, |c| of_sale.count().get_result(c))?;
    Ok(months + lines > 0)
}

/// What a sale counts for in its month of tiers, to be compared.
#[derive(PartialEq, Eq)]
pub(super) struct Counted {
    credit: Credit,
    base: i64,
}

impl Counted {
    /// None of a sale that tiers do not rate.
    pub fn of(sale: &Sale) -> Option<Self> {
        let closing = sale.closing.as_ref().filter(|closing| closing.terms.tier.is_some())?;
        Some(Self { credit: credit(&closing.judged), base: closing.terms.tier_base })
    }
}
