//! What somebody who leaves would leave open in finance: advances, unfinished documents, requests that hold budget.
//! `[ORG-4, EXP-14]`

use crate::{
    finance::cash_advance::outstanding_of,
    organisation::{OpenMatterView, OpenMatters},
    schema::{cash_advances as advances, expense_claims as claims, expense_requests as requests},
    spine::{Failure, Key, Part, Reader, db},
};
use diesel::prelude::*;
use domain::spine::EmployeeId;

/// What it brings to its wing.
pub(crate) const NOUN: &[Part] = &[&OpenMatters(open)];

/// Where a document stands that its submitter has not finished.
const UNFINISHED: [&str; 3] = ["draft", "returned", "withdrawn"];

fn open(reader: &mut Reader<'_>, of: EmployeeId) -> Result<Vec<OpenMatterView>, Failure> {
    let own = Key::from(of);
    let mut found = advances_of(reader, own)?;
    let written: Vec<(Key, String)> = db!(reader, |c| claims::table
        .filter(claims::submitter_id.eq(own).and(claims::status.eq_any(UNFINISHED)))
        .order(claims::id)
        .select((claims::id, claims::number))
        .load(c))?;
    found.extend(written.into_iter().map(|(id, number)| unfinished("expense-claims", id, number)));
    let asked: Vec<(Key, String, String)> = db!(reader, |c| requests::table
        .filter(requests::submitter_id.eq(own))
        .filter(requests::status.eq_any(UNFINISHED).or(requests::status.eq("approved")))
        .order(requests::id)
        .select((requests::id, requests::number, requests::status))
        .load(c))?;
    found.extend(asked.into_iter().map(|(id, number, status)| {
        if status != "approved" {
            return unfinished("expense-requests", id, number);
        }
        matter(
            "expense-requests",
            id,
            number,
            "费用申请未关闭，仍占用预算",
            "The request is not closed and holds budget",
        )
    }));
    Ok(found)
}

fn advances_of(reader: &mut Reader<'_>, own: Key) -> Result<Vec<OpenMatterView>, Failure> {
    let outstanding = outstanding_of(reader, &[own])?;
    let rows: Vec<(Key, String, String)> = db!(reader, |c| advances::table
        .filter(advances::submitter_id.eq(own))
        .filter(advances::status.eq_any(UNFINISHED).or(advances::status.eq("approved")))
        .order(advances::id)
        .select((advances::id, advances::number, advances::status))
        .load(c))?;
    let shown = |(id, number, status): (Key, String, String)| {
        let owed = outstanding.iter().find(|(_, known, _)| *known == number).map(|(.., owed)| *owed);
        match owed {
            Some(owed) => {
                let (zh, en) =
                    (format!("借款尚有 {owed} 未核销"), format!("{owed} of the advance are not settled"));
                matter("cash-advances", id, number, &zh, &en)
            }
            None if status == "approved" => matter(
                "cash-advances",
                id,
                number,
                "借款已批准，尚未付款",
                "The advance is approved and not paid out",
            ),
            None => unfinished("cash-advances", id, number),
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn unfinished(place: &str, id: Key, number: String) -> OpenMatterView {
    matter(place, id, number, "单据未办结", "The document is not finished")
}

fn matter(place: &str, id: Key, number: String, zh: &str, en: &str) -> OpenMatterView {
    OpenMatterView { number, zh: zh.to_owned(), en: en.to_owned(), href: format!("/api/v1/{place}/{}", id.0) }
}
