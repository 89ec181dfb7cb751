//! Instalments and the ageing of receivables over HTTP; and how documents say their instalments. `[REC-1a, REC-1d]`

use crate::spine::{Can, List, PathId, Reading, Reply, Routes, Wanted, routes};
use chrono::NaiveDate;
use domain::{
    instalment::{Instalment, InstalmentTerm, Milestone},
    spine::{Money, perm},
};
use persistence::instalment::{
    self as instalments, InstalmentFilter, InstalmentSummary, InstalmentView, ReceivableFilter,
    ReceivableRow, ageing,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "instalments", [list_instalments, show_instalment, list_receivables]);
}

/// An instalment as a document says it: a share or an amount, and a day or what it waits for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateInstalmentTerm)]
pub(crate) struct Term {
    /// Its share of the whole in basis points; those of all come to 10000.
    #[serde(default)]
    #[validate(range(min = 1, max = 10000))]
    #[schema(minimum = 1, maximum = 10000, example = 3000)]
    share_bp: Option<u32>,
    /// Its amount, where no share is said; those of all come to the total.
    #[serde(default)]
    amount: Option<Money>,
    /// The day by whose end it is due.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// What it waits for, where no day is said.
    #[serde(default)]
    after: Option<Milestone>,
    /// How many days after that it is due; at once where absent.
    #[serde(default)]
    #[validate(range(max = 3650))]
    #[schema(minimum = 0, maximum = 3650, example = 30)]
    days: Option<u32>,
}

impl From<Term> for InstalmentTerm {
    fn from(term: Term) -> Self {
        let Term { share_bp, amount, due_on, after, days } = term;
        Self { share_bp, amount, due_on, after, days }
    }
}

impl From<InstalmentTerm> for Term {
    fn from(term: InstalmentTerm) -> Self {
        let InstalmentTerm { share_bp, amount, due_on, after, days } = term;
        Self { share_bp, amount, due_on, after, days }
    }
}

/// List instalments. `[REC-1a, REC-1d, INT-4]`
///
/// Those of documents of departments in reach, of one's own documents, and of customers whom one owns. The newest first.
#[utoipa::path(get, path = "/api/v1/instalments")]
async fn list_instalments(
    who: Can<perm::ReadReceipts>,
    wanted: Wanted<InstalmentFilter>,
    reading: Reading,
) -> List<InstalmentSummary> {
    reading.list(who, wanted, instalments::list).await
}

/// Show an instalment. `[REC-1a]`
///
/// With how what is open of it came to be.
#[utoipa::path(get, path = "/api/v1/instalments/{id}")]
async fn show_instalment(
    who: Can<perm::ReadReceipts>,
    id: PathId<Instalment>,
    reading: Reading,
) -> Reply<InstalmentView> {
    reading.read(who, move |reader| instalments::view(reader, *id)).await
}

/// List receivables by their age. `[REC-1d; 001 第十七条]`
///
/// By customer, owner or department as they stood at the end of a day: what is not due, and what is overdue in the buckets that
/// the terms of receivables name. Who owes most that is overdue first.
#[utoipa::path(get, path = "/api/v1/receivables")]
async fn list_receivables(
    who: Can<perm::ReadReceipts>,
    wanted: Wanted<ReceivableFilter>,
    reading: Reading,
) -> List<ReceivableRow> {
    reading.list(who, wanted, ageing::list).await
}
