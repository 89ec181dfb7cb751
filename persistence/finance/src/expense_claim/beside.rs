//! What a page of claims shows that stands in other tables: read once for all of them.

use crate::{
    policy::in_force,
    schema::{
        expense_claim_hand_overs as hand_overs, expense_claim_lines as lines, expense_payments as payments,
    },
    spine::{Failure, Key, Reader, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{finance::expense_category::ExpenseCategories, spine::BusinessDate};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What stands beside one claim.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// The names of the categories of its lines, each once, in Chinese and in English.
    pub categories: (Vec<String>, Vec<String>),
    /// The day on which it was posted.
    pub posted_on: Option<NaiveDate>,
    /// The day of its last payment.
    pub paid_on: Option<NaiveDate>,
}

/// What stands beside each of these claims.
pub(super) fn of(reader: &mut Reader<'_>, claims: &[Key]) -> Result<BTreeMap<Uuid, Beside>, Failure> {
    let today = reader.today();
    let names = in_force::<ExpenseCategories>(reader, "standard", today)?;
    let mut all: BTreeMap<Uuid, Beside> = BTreeMap::new();
    let of_lines: Vec<(Key, String)> = db!(reader, |c| lines::table
        .filter(lines::claim_id.eq_any(claims))
        .order((lines::claim_id, lines::line))
        .select((lines::claim_id, lines::category))
        .load(c))?;
    for (claim, category) in of_lines {
        let known = names.content.find(&category);
        let (zh, en) = known.map_or((&category, &category), |known| (&known.zh, &known.en));
        let said = &mut all.entry(claim.0).or_default().categories;
        if !said.0.contains(zh) {
            said.0.push(zh.clone());
            said.1.push(en.clone());
        }
    }
    let posted: Vec<(Key, Option<BusinessDate>)> = db!(reader, |c| hand_overs::table
        .filter(hand_overs::claim_id.eq_any(claims))
        .select((hand_overs::claim_id, hand_overs::posted_on))
        .load(c))?;
    posted.into_iter().for_each(|(claim, on)| all.entry(claim.0).or_default().posted_on = on);
    let paid: Vec<(Key, BusinessDate)> = db!(reader, |c| payments::table
        .filter(payments::claim_id.eq_any(claims))
        .select((payments::claim_id, payments::paid_on))
        .load(c))?;
    for (claim, on) in paid {
        let last = &mut all.entry(claim.0).or_default().paid_on;
        *last = (*last).max(Some(on));
    }
    Ok(all)
}
