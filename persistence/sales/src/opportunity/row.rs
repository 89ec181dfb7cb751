//! Rows of opportunities and of their moves.

use crate::{
    pipeline_terms,
    sales_plan::measure::Whose,
    schema::{opportunities, opportunity_moves as moves},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    opportunity::{Loss, Move, MoveKind, Opportunity, OpportunityContent, OpportunityId, OpportunityState},
    spine::{BusinessDate, Currency, Money, Version, search_text},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = opportunities, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub subject: String,
    pub product_line: Option<String>,
    pub estimate_minor: Option<i64>,
    pub currency: String,
    pub expected_on: Option<BusinessDate>,
    pub owner_id: Key,
    pub department_id: Key,
    pub stage: String,
    pub stage_since: BusinessDate,
    pub status: String,
    pub loss_reason: Option<String>,
    pub competitor: Option<String>,
    pub loss_note: Option<String>,
    pub sale_id: Option<Key>,
    pub opened_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = moves, treat_none_as_default_value = false)]
pub(super) struct MoveRow {
    pub opportunity_id: Key,
    place: i32,
    kind: String,
    stage: String,
    moved_at: Instant,
    moved_on: BusinessDate,
    moved_by_id: Option<Key>,
    owner_id: Key,
    reason: Option<String>,
}

impl Row {
    fn of(opportunity: &Opportunity, tx: &Tx<'_>) -> Self {
        let Opportunity { id, number, customer, content, owner, department, stage, stage_since, .. } =
            opportunity;
        let Opportunity { state, loss, sale, moves: _, opened_at, version, .. } = opportunity;
        let OpportunityContent { subject, product_line, estimate, expected_on } = content;
        let currency = estimate.map_or(Currency::Cny, Money::currency);
        Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            subject: subject.clone(),
            product_line: product_line.clone(),
            estimate_minor: estimate.map(Money::minor),
            currency: currency.code().to_owned(),
            expected_on: *expected_on,
            owner_id: (*owner).into(),
            department_id: (*department).into(),
            stage: stage.clone(),
            stage_since: *stage_since,
            status: state.code().to_owned(),
            loss_reason: loss.as_ref().map(|loss| loss.reason.clone()),
            competitor: loss.as_ref().and_then(|loss| loss.competitor.clone()),
            loss_note: loss.as_ref().and_then(|loss| loss.note.clone()),
            sale_id: sale.map(Into::into),
            opened_at: (*opened_at).into(),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[subject], &[number]),
        }
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("opportunities", column, self.id.0)
    }

    /// Where it stands, as it is kept.
    pub fn state(&self) -> Result<OpportunityState, Failure> {
        OpportunityState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// What it may come to.
    pub fn estimate(&self) -> Result<Option<Money>, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(self.estimate_minor.map(|minor| Money::from_minor(minor, currency)))
    }

    pub fn opportunity(self, moves: Vec<MoveRow>) -> Result<Opportunity, Failure> {
        let (state, estimate) = (self.state()?, self.estimate()?);
        let loss =
            self.loss_reason.map(|reason| Loss { reason, competitor: self.competitor, note: self.loss_note });
        Ok(Opportunity {
            id: self.id.into(),
            number: self.number,
            customer: self.customer_id.into(),
            content: OpportunityContent {
                subject: self.subject,
                product_line: self.product_line,
                estimate,
                expected_on: self.expected_on,
            },
            owner: self.owner_id.into(),
            department: self.department_id.into(),
            stage: self.stage,
            stage_since: self.stage_since,
            state,
            loss,
            sale: self.sale_id.map(Into::into),
            moves: moves.into_iter().map(MoveRow::step).collect::<Result<_, _>>()?,
            opened_at: self.opened_at.into(),
            version: self.version,
        })
    }
}

impl MoveRow {
    fn of(opportunity: Key, (place, step): (i32, &Move)) -> Self {
        let Move { kind, stage, at, on, by, owner, reason } = step;
        Self {
            opportunity_id: opportunity,
            place,
            kind: kind.code().to_owned(),
            stage: stage.clone(),
            moved_at: (*at).into(),
            moved_on: *on,
            moved_by_id: by.map(Into::into),
            owner_id: (*owner).into(),
            reason: reason.clone(),
        }
    }

    pub fn step(self) -> Result<Move, Failure> {
        let kind = MoveKind::from_code(&self.kind);
        Ok(Move {
            kind: kind.ok_or_else(|| Failure::corrupt("opportunity_moves", "kind", self.opportunity_id.0))?,
            stage: self.stage,
            at: self.moved_at.into(),
            on: self.moved_on,
            by: self.moved_by_id.map(Into::into),
            owner: self.owner_id.into(),
            reason: self.reason,
        })
    }
}

impl Stored<crate::Sales> for Opportunity {
    const GROWING: &'static [&'static str] = &["moves"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, opportunities, &row, before)?)?;
        let known = before.map_or(0, |before| before.moves.len());
        let rows: Vec<MoveRow> = (1..)
            .zip(&self.moves)
            .skip(known)
            .map(|(place, step)| MoveRow::of(row.id, (place, step)))
            .collect();
        if !rows.is_empty() {
            insert_all!(tx, moves::table, &rows);
        }
        Ok(())
    }
}

/// One opportunity, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: OpportunityId) -> Result<Opportunity, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let own = opportunities::owner_id.eq(sight.employee);
    let row: Row = db!(reader, |c| {
        let query = opportunities::table.filter(opportunities::id.eq(key)).into_boxed();
        within!(query, sight, opportunities, "opportunity", own).select(Row::as_select()).first(c)
    })?;
    whole(reader, row)
}

/// The open ones with a customer, in the order in which they were opened.
pub(super) fn open_with(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<Opportunity>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| opportunities::table
        .filter(opportunities::customer_id.eq(key))
        .filter(opportunities::status.eq(OpportunityState::Open.code()))
        .order(opportunities::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(|row| whole(reader, row)).collect()
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Opportunity, Failure> {
    let key = row.id;
    let steps: Vec<MoveRow> = db!(reader, |c| moves::table
        .filter(moves::opportunity_id.eq(key))
        .order(moves::place)
        .select(MoveRow::as_select())
        .load(c))?;
    row.opportunity(steps)
}

/// What open opportunities may come to by their stages, by whose they are and the day they are expected to close; in minor
/// units of the book currency, from a day on. `[SAL-1d]`
pub(crate) fn expected(
    reader: &mut Reader<'_>,
    from: BusinessDate,
) -> Result<BTreeMap<(Whose, BusinessDate), i64>, Failure> {
    let terms = pipeline_terms::today(reader)?;
    let rows: Vec<Row> = db!(reader, |c| opportunities::table
        .filter(opportunities::status.eq(OpportunityState::Open.code()))
        .filter(opportunities::expected_on.ge(from).and(opportunities::estimate_minor.is_not_null()))
        .select(Row::as_select())
        .load(c))?;
    let mut found = BTreeMap::new();
    for row in rows {
        let opportunity = row.opportunity(Vec::new())?;
        let (Some(on), Some(value)) = (opportunity.content.expected_on, opportunity.expected(&terms.content))
        else {
            continue;
        };
        let whose = (Some(opportunity.owner), opportunity.department);
        *found.entry((whose, on)).or_default() += value;
    }
    Ok(found)
}
