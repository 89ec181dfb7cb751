//! How vacancies plug into approvals.

use super::{row::find_unscoped, staffing, standard};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    schema::{departments, positions, vacancies},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, facts},
    spine::{Change, Id},
    vacancy::{ABOVE_STANDARD, VACANCY_CHAIN, Vacancy},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Base> for Vacancy {
    fn chain(&self) -> &'static str {
        VACANCY_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        let (now, today) = (tx.now(), tx.today());
        let days = standard(tx, today)?.content.expires_after_days;
        Ok(self.decide(approval.id, &approval.outcome, (now, today), days)?)
    }
}

/// What the chain routes a vacancy by: whether there would be more people than the standard says.
pub(super) fn routed(reader: &mut Reader<'_>, vacancy: &Vacancy) -> Result<Routed, Failure> {
    let content = &vacancy.content;
    let above = staffing::would_exceed(reader, content, vacancy.id)?;
    Ok(Routed {
        amount: None,
        business_date: reader.today(),
        fields: facts([(ABOVE_STANDARD, json!(above)), ("department_id", json!(content.department))]),
    })
}

/// Which steps and people a vacancy would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain or the standard is missing.
pub fn preview(reader: &mut Reader<'_>, vacancy: &Vacancy) -> Result<Preview, Failure> {
    let refused = vacancy.check_submission(reader.actor(), reader.today()).err();
    let routed = routed(reader, vacancy)?;
    document::preview(reader, vacancy, routed, refused)
}

type SummaryRow = (Key, String, String, String, i64, chrono::NaiveDate, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| vacancies::table
        .inner_join(positions::table)
        .inner_join(departments::table.on(departments::id.eq(vacancies::department_id)))
        .filter(vacancies::id.eq_any(&keys))
        .select((
            vacancies::id,
            vacancies::number,
            vacancies::status,
            vacancies::profile,
            vacancies::places,
            vacancies::needed_by,
            positions::name_zh,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, profile, places, needed_by, position, department) = row;
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("position", json!(position)),
        ("places", json!(places)),
        ("needed_by", json!(needed_by)),
        ("profile", json!(profile)),
    ]);
    let title = format!("{department} {position} × {places}");
    let href = format!("/api/v1/vacancies/{}", Id::<Vacancy>::from_uuid(id.0));
    (id.0, DocumentSummary { title, state, amount: None, href, facts })
}
