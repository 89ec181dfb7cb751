//! Rows of filings.

use crate::{
    schema::filings,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, is_taken, save_row, within},
};
use diesel::prelude::*;
use domain::{
    file::File,
    filing::{Filing, FilingContent, FilingId, FilingState, FilingStatus, Protection},
    spine::{BusinessDate, EmployeeId, Id, Money, Permission, Version, search_text},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = filings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub customer_key: String,
    pub product_line: String,
    pub filer_id: Key,
    pub department_id: Key,
    pub site: Option<String>,
    pub estimate_minor: i64,
    pub currency: String,
    pub expected_on: BusinessDate,
    pub grounds: String,
    pub evidence: String,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub protected_until: Option<BusinessDate>,
    pub is_extended: bool,
    pub extension_reason: Option<String>,
    pub progressed_on: Option<BusinessDate>,
    pub idle_days: Option<i32>,
    pub lapses_on: Option<BusinessDate>,
    pub against_id: Option<Key>,
    pub decided_by_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(filing: &Filing, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Filing { id, number, customer, customer_key, filer, department, content, created_at, .. } =
            filing;
        let Filing { status, protection, extension_reason, against, decided_by, version, .. } = filing;
        let FilingContent { product_line, site, estimate, expected_on, grounds, evidence } = content;
        let (at, reason) = status.told();
        let evidence: Vec<Uuid> = evidence.iter().map(|file| file.uuid()).collect();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            customer_key: customer_key.clone(),
            product_line: product_line.clone(),
            filer_id: (*filer).into(),
            department_id: (*department).into(),
            site: site.clone(),
            estimate_minor: estimate.minor(),
            currency: estimate.currency().code().to_owned(),
            expected_on: *expected_on,
            grounds: grounds.clone(),
            evidence: serde_json::to_string(&evidence)?,
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: status.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            protected_until: protection.map(|protection| protection.until),
            is_extended: protection.is_some_and(|protection| protection.is_extended),
            extension_reason: extension_reason.clone(),
            progressed_on: protection.map(|protection| protection.progressed_on),
            idle_days: protection.map(|protection| i32::try_from(protection.idle_days).unwrap_or(i32::MAX)),
            lapses_on: protection.map(|protection| protection.lapses_on()),
            against_id: against.map(Into::into),
            decided_by_id: decided_by.map(Into::into),
            version: *version,
            search_text: search_text(&[product_line], &[number]),
        })
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("filings", column, self.id.0)
    }

    fn status(&self) -> Result<FilingStatus, Failure> {
        FilingState::from_code(&self.status)
            .and_then(|state| {
                FilingStatus::of(state, self.status_at.map(Into::into), self.status_reason.clone())
            })
            .ok_or_else(|| self.corrupt("status"))
    }

    fn protection(&self) -> Result<Option<Protection>, Failure> {
        let Some(until) = self.protected_until else { return Ok(None) };
        let missing = |column| move || self.corrupt(column);
        let idle_days = self.idle_days.and_then(|days| u32::try_from(days).ok());
        Ok(Some(Protection {
            until,
            is_extended: self.is_extended,
            progressed_on: self.progressed_on.ok_or_else(missing("progressed_on"))?,
            idle_days: idle_days.ok_or_else(missing("idle_days"))?,
        }))
    }

    pub fn filing(self) -> Result<Filing, Failure> {
        let (status, protection) = (self.status()?, self.protection()?);
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        let evidence: Vec<Uuid> = serde_json::from_str(&self.evidence)?;
        Ok(Filing {
            id: self.id.into(),
            number: self.number,
            customer: self.customer_id.into(),
            customer_key: self.customer_key,
            filer: self.filer_id.into(),
            department: self.department_id.into(),
            content: FilingContent {
                product_line: self.product_line,
                site: self.site,
                estimate: Money::from_minor(self.estimate_minor, currency),
                expected_on: self.expected_on,
                grounds: self.grounds,
                evidence: evidence.into_iter().map(Id::<File>::from_uuid).collect(),
            },
            created_at: self.created_at.into(),
            status,
            protection,
            extension_reason: self.extension_reason,
            against: self.against_id.map(Into::into),
            decided_by: self.decided_by_id.map(Into::into),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for Filing {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, filings, &row, before) {
            // Somebody else filed the same at the same moment: done again, theirs is found.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One filing, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: FilingId) -> Result<Filing, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let own = filings::filer_id.eq(sight.employee);
    let row: Row = db!(reader, |c| {
        let query = filings::table.filter(filings::id.eq(key)).into_boxed();
        within!(query, sight, filings, "filing", own).select(Row::as_select()).first(c)
    })?;
    row.filing()
}

/// One filing whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: FilingId) -> Result<Filing, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| filings::table.filter(filings::id.eq(key)).select(Row::as_select()).first(c))?;
    row.filing()
}

pub(super) fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadFilings, |reader| find(reader, Id::from_uuid(id)))
}

/// Those that stand in the way of others of a customer, or of one of its product lines.
pub(super) fn live(
    reader: &mut Reader<'_>,
    customer_key: &str,
    lines: &[&str],
) -> Result<Vec<Filing>, Failure> {
    let states = [FilingState::Filed.code(), FilingState::Protected.code()];
    let rows: Vec<Row> = db!(reader, |c| filings::table
        .filter(filings::customer_key.eq(customer_key).and(filings::product_line.eq_any(lines)))
        .filter(filings::status.eq_any(states))
        .order(filings::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Row::filing).collect()
}

/// How many live ones somebody has.
pub(super) fn count_live(reader: &mut Reader<'_>, filer: EmployeeId) -> Result<usize, Failure> {
    let (key, states) = (Key::from(filer), [FilingState::Filed.code(), FilingState::Protected.code()]);
    let count: i64 = db!(reader, |c| filings::table
        .filter(filings::filer_id.eq(key).and(filings::status.eq_any(states)))
        .count()
        .get_result(c))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Those whose protection is over by a day and that still say they protect; those over longest first.
pub(super) fn over(reader: &mut Reader<'_>, today: BusinessDate) -> Result<Vec<FilingId>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let rows: Vec<Key> = db!(reader, |c| filings::table
        .filter(filings::status.eq(FilingState::Protected.code()).and(filings::lapses_on.lt(today)))
        .order((filings::lapses_on, filings::id))
        .select(filings::id)
        .limit(AT_ONCE)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}
