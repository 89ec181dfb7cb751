//! Claims for price protection in the database: made against the list, bounded by what was bought, verified, approved, credited.
//! `[PRI-3]`

/// What is done with a claim.
pub mod deed;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use view::{PriceProtectionFilter, PriceProtectionView, list, show, view};

use crate::{
    organisation::unless_taken,
    schema::price_protections,
    spine::{
        Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, is_taken, reached, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    price_protection::{
        Cut, PriceProtection, PriceProtectionId, PriceProtectionState, Stock, StockSource, Verified,
    },
    quantity::Quantity,
    spine::{BusinessDate, Change, Currency, Money, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = price_protections, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Key,
    number: String,
    partner_id: Key,
    department_id: Key,
    submitter_id: Key,
    claimed_by_id: Key,
    product_id: Key,
    cut_on: BusinessDate,
    old_minor: i64,
    new_minor: i64,
    bought: i64,
    declared: i64,
    stock_source: String,
    reported_on: BusinessDate,
    evidence: String,
    verify_by: BusinessDate,
    verified: Option<String>,
    approved_by_id: Option<Key>,
    approved_at: Option<Instant>,
    reference: Option<String>,
    credited_at: Option<Instant>,
    ended_at: Option<Instant>,
    ended_reason: Option<String>,
    status: String,
    changed_at: Instant,
    version: Version,
}

impl Row {
    fn of(claim: &PriceProtection, tx: &Tx<'_>) -> Result<Self, Failure> {
        let PriceProtection { id, number, partner, department, submitter, claimed_by, product, .. } = claim;
        let PriceProtection { cut, bought, stock, verify_by, verified, approved, credited, .. } = claim;
        let PriceProtection { ended, version, .. } = claim;
        let Cut { on, old, new } = cut;
        let Stock { source, quantity, reported_on, evidence } = stock;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            partner_id: (*partner).into(),
            department_id: (*department).into(),
            submitter_id: (*submitter).into(),
            claimed_by_id: (*claimed_by).into(),
            product_id: (*product).into(),
            cut_on: *on,
            old_minor: old.minor(),
            new_minor: new.minor(),
            bought: bought.scaled(),
            declared: quantity.scaled(),
            stock_source: source.code().to_owned(),
            reported_on: *reported_on,
            evidence: evidence.clone(),
            verify_by: *verify_by,
            verified: verified.as_ref().map(serde_json::to_string).transpose()?,
            approved_by_id: approved.map(|(by, _)| by.into()),
            approved_at: approved.map(|(_, at)| at.into()),
            reference: credited.as_ref().map(|(reference, _)| reference.clone()),
            credited_at: credited.as_ref().map(|(_, at)| (*at).into()),
            ended_at: ended.as_ref().map(|(at, _)| (*at).into()),
            ended_reason: ended.as_ref().and_then(|(_, reason)| reason.clone()),
            status: claim.state().code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    fn claim(self) -> Result<PriceProtection, Failure> {
        let yuan = |minor| Money::from_minor(minor, Currency::Cny);
        let verified: Option<Verified> = self.verified.as_deref().map(serde_json::from_str).transpose()?;
        let source = StockSource::from_code(&self.stock_source);
        Ok(PriceProtection {
            id: self.id.into(),
            number: self.number,
            partner: self.partner_id.into(),
            department: self.department_id.into(),
            submitter: self.submitter_id.into(),
            claimed_by: self.claimed_by_id.into(),
            product: self.product_id.into(),
            cut: Cut { on: self.cut_on, old: yuan(self.old_minor), new: yuan(self.new_minor) },
            bought: Quantity::from_scaled(self.bought),
            stock: Stock {
                source: source
                    .ok_or_else(|| Failure::corrupt("price_protections", "stock_source", self.id.0))?,
                quantity: Quantity::from_scaled(self.declared),
                reported_on: self.reported_on,
                evidence: self.evidence,
            },
            verify_by: self.verify_by,
            verified,
            approved: self.approved_by_id.zip(self.approved_at).map(|(by, at)| (by.into(), at.into())),
            credited: self.reference.zip(self.credited_at).map(|(reference, at)| (reference, at.into())),
            ended: self.ended_at.map(|at| (at.into(), self.ended_reason)),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for PriceProtection {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        let saved = save_row!(tx, price_protections, &row, before);
        if before.is_none() && saved.as_ref().is_err_and(is_taken) {
            return Err(Self::is_there().into());
        }
        let reference = row.reference.clone().unwrap_or_default();
        guard(unless_taken(saved, "/reference", &reference)?)
    }
}

crate::spine::resource! { crate::Sales: PriceProtection as PriceProtectionView; find, apply, show = show }

/// Writes a change of a claim.
///
/// # Errors
/// Where it moved meanwhile; a reference that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<PriceProtection>) -> Result<PriceProtection, Failure> {
    tx.apply(change)
}

/// That a claim is one's own, or of a department in reach.
pub(crate) fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), price_protections, submitter_id)
}

/// One claim, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: PriceProtectionId) -> Result<PriceProtection, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(price_protections::id.eq(key));
    let row: Row =
        db!(reader, |c| price_protections::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.claim()
}

/// The claims that nobody verified in time: so many at once.
///
/// # Errors
/// Where the database fails.
pub fn overdue(reader: &mut Reader<'_>) -> Result<Vec<PriceProtectionId>, Failure> {
    /// So many are looked at in one go: the next goes on.
    const AT_ONCE: i64 = 1_000;
    let today = reader.today();
    let ids: Vec<Key> = db!(reader, |c| price_protections::table
        .filter(price_protections::status.eq(PriceProtectionState::Claimed.code()))
        .filter(price_protections::verify_by.lt(today))
        .order(price_protections::id)
        .limit(AT_ONCE)
        .select(price_protections::id)
        .load(c))?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// One claim whoever asks: for the clock, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: PriceProtectionId,
) -> Result<PriceProtection, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| price_protections::table
        .filter(price_protections::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.claim()
}
