//! The claims of a scope, walked in pages of a few columns along an index.

use super::ClaimScope;
use crate::{
    finance::expense_claim::within,
    organisation::{department, like},
    schema::{expense_claim_lines as lines, expense_claims as claims},
    spine::{Failure, Key, Reader, Sight, db},
};
use diesel::prelude::*;
use domain::{
    finance::audit_risk::PERIOD_TOO_LARGE,
    spine::{BusinessDate, Refusal, Version},
};
use std::ops::ControlFlow;

/// At most so many claims are judged in one call.
pub(crate) const RISK_CLAIMS_MAX: usize = 20_000;
/// How many are read at once.
const PAGE: i64 = 2_000;

/// A claim of a population, as far as drawing it goes.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = claims)]
pub(crate) struct Candidate {
    pub id: Key,
    pub version: Version,
    pub business_date: BusinessDate,
    pub submitter_id: Key,
    pub beneficiary_id: Key,
    pub creator_employee_id: Option<Key>,
}

/// The claims of a scope within a sight, as a condition on a query over `expense_claims`.
macro_rules! scoped {
    ($scope:expr, $departments:expr, $sight:expr) => {{
        let scope = $scope;
        let mut query = within!(claims::table.into_boxed(), $sight)
            .filter(claims::business_date.ge(scope.from).and(claims::business_date.le(scope.to)))
            .filter(claims::status.eq_any(scope.states.iter().map(|state| state.code())))
            .filter(claims::reverses_id.is_null());
        if let Some(departments) = $departments {
            query = query.filter(claims::department_id.eq_any(departments));
        }
        if let Some(category) = &scope.category {
            let below = like(&format!("{category}."));
            let named = lines::category.eq(category.clone());
            let of_category = named.or(lines::category.like(below[1..].to_owned()).escape('\\'));
            query = query.filter(claims::id.eq_any(lines::table.filter(of_category).select(lines::claim_id)));
        }
        query
    }};
}

/// The department of a scope with those below it.
fn departments(reader: &mut Reader<'_>, scope: &ClaimScope) -> Result<Option<Vec<Key>>, Failure> {
    let Some(top) = scope.department else { return Ok(None) };
    let below = department::tree(reader)?.subtree(top);
    Ok(Some(below.into_iter().chain([top]).map(Key::from).collect()))
}

/// Walks the claims of a scope within the caller's sight by business day and id, page by page.
pub(crate) fn pages(
    reader: &mut Reader<'_>,
    scope: &ClaimScope,
    mut each: impl FnMut(Vec<Candidate>) -> ControlFlow<()>,
) -> Result<(), Failure> {
    let sight = Sight::of(reader);
    let departments = departments(reader, scope)?;
    let mut after: Option<(BusinessDate, Key)> = None;
    loop {
        let page: Vec<Candidate> = db!(reader, |c| {
            let mut query =
                scoped!(scope, &departments, sight).order((claims::business_date, claims::id)).limit(PAGE);
            if let Some((day, id)) = after {
                let behind = claims::business_date.gt(day).or(claims::id.gt(id));
                query = query.filter(claims::business_date.ge(day).and(behind));
            }
            query.select(Candidate::as_select()).load(c)
        })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.business_date, last.id));
        if each(page).is_break() {
            return Ok(());
        }
    }
}

/// Whether a claim the caller sees lies in a scope.
pub(crate) fn contains(reader: &mut Reader<'_>, scope: &ClaimScope, claim: Key) -> Result<bool, Failure> {
    let sight = Sight::of(reader);
    let departments = departments(reader, scope)?;
    let found: Option<Key> = db!(reader, |c| scoped!(scope, &departments, sight)
        .filter(claims::id.eq(claim))
        .select(claims::id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// Every claim of a scope; refuses one of more than so many.
pub(crate) fn population(
    reader: &mut Reader<'_>,
    scope: &ClaimScope,
    most: usize,
) -> Result<Vec<Candidate>, Failure> {
    let mut all = Vec::new();
    pages(reader, scope, |page| {
        all.extend(page);
        if all.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if all.len() > most {
        return Err(Refusal::new(PERIOD_TOO_LARGE).with("max", most).at("from").into());
    }
    Ok(all)
}
