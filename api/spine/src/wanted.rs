//! How a list is wanted: its filters, which page of it, and in which format. `[INT-4]`

use super::{Argument, Description, Format, Paged, Problem, Query, codes};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use persistence::spine::Filter;
use std::future::{Ready, ready};
use utoipa::IntoParams;
use validator::Validate;

/// A part of a list that is wanted.
#[derive(Debug)]
pub struct Wanted<F> {
    pub(super) filter: F,
    pub(super) format: Format,
    pub(super) paged: Paged,
}

impl<F: Filter + Validate> FromRequest for Wanted<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let taken = |payload: &mut Payload| {
            let Query(filter) = Query::<F>::from_request(request, payload).into_inner()?;
            check_amounts(&filter)?;
            let format = Format::from_request(request, payload).into_inner()?;
            Ok(Self { filter, format, paged: Paged::from_request(request, payload).into_inner()? })
        };
        ready(taken(payload))
    }
}

impl<F: Filter + Validate + IntoParams> Argument for Wanted<F> {
    fn describe(description: &mut Description) {
        Query::<F>::describe(description);
        Format::describe(description);
        Paged::describe(description);
    }
}

/// Refuses bounds that are not exact in the currency that is named with them: all of them at once.
fn check_amounts<F: Filter>(filter: &F) -> Result<(), Problem> {
    let mut problem: Option<Problem> = None;
    for (parameter, currency) in filter.amounts().iter().flat_map(|range| range.inexact()) {
        let reason = format!("{currency} {:.*}", currency.digits() as usize, 1234.0);
        let found = problem.take().unwrap_or_else(|| {
            let named = Problem::new(codes::BAD_PARAMETER).with("parameter", parameter.as_str());
            named.with("reason", reason.as_str())
        });
        problem = Some(found.at(parameter, reason));
    }
    problem.map_or(Ok(()), Err)
}
