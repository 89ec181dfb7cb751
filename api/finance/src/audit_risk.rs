//! Risk signals of expense claims, for auditors and finance. `[EXP-11]`

use crate::spine::{ByRules, Can, PathId, Query, Reading, Reply, Routes, routes};
use chrono::NaiveDate;
use domain::{
    finance::{audit_risk::RiskRule, expense_claim::ExpenseClaim},
    spine::{DepartmentId, perm},
};
use persistence::finance::audit_risk::{ClaimScope, RiskRankingView, RiskRecordView, of_claim, rank};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "internal-audits", [show_expense_claim_risk, rank_expense_claims_by_risk]);
}

/// Show the risk signals of an expense claim. `[EXP-11]`
///
/// Each with its rule, the version of the policy, the clause and the facts: which other claims and invoices. A
/// signal accuses nobody; it says where to look.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}/risk-signals")]
async fn show_expense_claim_risk(
    who: Can<perm::ReadRiskSignals>,
    id: PathId<ExpenseClaim>,
    _: ByRules,
    reading: Reading,
) -> Reply<RiskRecordView> {
    reading.read(who, move |reader| of_claim(reader, *id)).await
}

/// Which claims are ranked.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct RankExpenseClaims {
    /// The first business day.
    from: NaiveDate,
    /// The last business day; at most a year later.
    to: NaiveDate,
    /// Only of this department and those below it.
    department_id: Option<DepartmentId>,
    /// Only with a line of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "entertainment")]
    category: Option<String>,
    /// Only where this rule saw something.
    rule: Option<RiskRule>,
    /// At most so many claims.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    most: Option<usize>,
}

/// Rank the expense claims of a period by their risk. `[EXP-11]`
///
/// Of what is approved, acknowledged or posted, the highest score first; a period of too many claims is to be
/// narrowed.
#[utoipa::path(get, path = "/api/v1/risk-signals/expense-claims")]
async fn rank_expense_claims_by_risk(
    who: Can<perm::ReadRiskSignals>,
    which: Query<RankExpenseClaims>,
    _: ByRules,
    reading: Reading,
) -> Reply<RiskRankingView> {
    let Query(RankExpenseClaims { from, to, department_id, category, rule, most }) = which;
    let scope =
        ClaimScope { from, to, department: department_id, category, states: ClaimScope::SPENT.into() };
    reading.read(who, move |reader| rank(reader, &scope, rule, most.unwrap_or(50))).await
}
