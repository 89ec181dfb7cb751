//! Requests for the tests of this folder and of claims.

use super::*;
use crate::finance::{
    expense_claim::{Details, Exchange},
    fixture::{self, *},
};
use crate::spine::{Actor, Currency, Permission};

pub(crate) struct Shipped {
    claims: fixture::Rules,
}

impl Shipped {
    pub fn new() -> Self {
        Self { claims: fixture::Rules::shipped() }
    }
    pub fn rules(&self) -> RequestRules<'_> {
        RequestRules {
            policy: &self.claims.procurement,
            claims: &self.claims.policy,
            categories: &self.claims.categories,
        }
    }
}

pub(crate) fn asker() -> Actor {
    person(1, &[Permission::SubmitExpenseRequests])
}

pub(crate) fn line(category: &str, amount: i64) -> RequestLine {
    RequestLine {
        category: category.into(),
        item: "展位搭建".into(),
        quantity: Some(1),
        amount: cny(amount),
        purpose: "春季展会".into(),
        planned_on: day("2026-04-10"),
        cost_centre: id(500),
        quotes: Vec::new(),
        tender: None,
    }
}

pub(crate) fn content(lines: Vec<RequestLine>) -> RequestContent {
    RequestContent {
        department: id(500),
        business_date: today(),
        exchange: Exchange::none(Currency::Cny),
        details: Details {
            background: Some("春季招商".into()),
            purpose: Some("展会".into()),
            participants: Some("市场部".into()),
            expected_effect: Some("签约两家".into()),
            ..Details::default()
        },
        urgent: false,
        major_campaign: false,
        campaign: None,
        region: None,
        links: Vec::new(),
        lines,
        attachments: Vec::new(),
    }
}

pub(crate) fn draft(lines: Vec<RequestLine>) -> ExpenseRequest {
    let shipped = Shipped::new();
    let new = NewDocument { id: id(10), number: "ER-2026-000001".into(), submitter: None };
    let change = ExpenseRequest::create(new, content(lines), &asker(), now(), shipped.rules());
    change.expect("a good draft").into_after()
}

pub(crate) fn approved(lines: Vec<RequestLine>) -> ExpenseRequest {
    let shipped = Shipped::new();
    let request = draft(lines);
    request.check_submission(&asker(), today(), shipped.rules()).expect("complete");
    let request = request.submit(id(800), &asker(), now());
    let request = request.expect("submittable").into_after();
    request
        .settle(id(800), &crate::approval::Outcome::Approved { at: now() }, now())
        .expect("in approval")
        .into_after()
}

/// An approved request with one line of a category.
pub(crate) fn approved_for(category: &str, amount: i64) -> ExpenseRequest {
    let tender = Some(Tender { reference: "ZB-1".into(), file_id: None });
    approved(vec![RequestLine { tender, ..line(category, amount) }])
}
