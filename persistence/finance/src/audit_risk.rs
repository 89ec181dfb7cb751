//! Risk signals over the claims as they are: facts loaded in bounded pieces, judged by the domain. `[EXP-11]`
//!
//! Never all claims at once: a population is walked in pages of a few columns, and the facts of claims and
//! what surrounds them are loaded piece by piece, looked at and let go.

mod around;
mod population;

pub(crate) use population::{Candidate, contains, pages};

use crate::{
    finance::expense_claim::{EXPENSE_CLAIM, within},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    policy::{self, Kind, Shipped},
    schema::expense_claims as claims,
    spine::{Failure, Key, Part, Reader, Refers, Sight, View, db},
};
use around::{around, facts_of, shares};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::{
    finance::{
        audit_risk::{
            self as risk, AUDIT_RISK_CODE, AuditRisk, ClaimFacts, RiskRule, RiskRules, RiskSignal,
            SHIPPED_AUDIT_RISK, Surroundings, score,
        },
        expense_claim::{ClaimState, ExpenseClaim},
    },
    spine::{AnyId, BusinessDate, DepartmentId, Id, Money, Refusal, Version},
};
use population::{RISK_CLAIMS_MAX, population};
use serde::Serialize;
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<AuditRisk>(),
    &Shipped::text(AUDIT_RISK_CODE, "费用审计风险规则", "000 §9.2 五；§9.3(3)", SHIPPED_AUDIT_RISK),
];

/// Which claims are looked at.
#[derive(Clone, Debug)]
pub struct ClaimScope {
    /// The first business day.
    pub from: BusinessDate,
    /// The last business day.
    pub to: BusinessDate,
    /// Only of this department and those below it.
    pub department: Option<DepartmentId>,
    /// Only with a line of this category or one below it.
    pub category: Option<String>,
    /// Only in these states.
    pub states: Vec<ClaimState>,
}

/// The longest period that is looked at at once, in days.
pub const PERIOD_DAYS_MAX: i64 = 366;

impl ClaimScope {
    /// The states in which money is, or is about to be, spent.
    pub const SPENT: [ClaimState; 3] = [ClaimState::Approved, ClaimState::Acknowledged, ClaimState::Posted];

    /// Refuses a period that runs backwards or is too long to be looked at at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let days = self.to.signed_duration_since(self.from).num_days();
        if (0..PERIOD_DAYS_MAX).contains(&days) {
            return Ok(());
        }
        Err(Refusal::new(risk::PERIOD_BACKWARDS).with("days", PERIOD_DAYS_MAX).at("to"))
    }
}

/// The policies in force on a day.
pub(crate) fn rules(reader: &mut Reader<'_>, on: BusinessDate) -> Result<RiskRules, Failure> {
    let policy = policy::in_force(reader, "expense-claims", on)?;
    let calendar = policy::in_force(reader, "company", on)?;
    Ok(RiskRules { policy, calendar })
}

/// A claim with its signs.
pub(crate) struct Judged {
    pub facts: ClaimFacts,
    pub signals: Vec<RiskSignal>,
}

impl Judged {
    pub fn score(&self) -> u32 {
        score(&self.signals)
    }
}

/// How many claims are judged at once.
const JUDGED_AT_ONCE: usize = 100;

/// Judges claims piece by piece and hands each on. `period` is that of the shares.
pub(crate) fn judge(
    reader: &mut Reader<'_>,
    ids: &[Key],
    rules: &RiskRules,
    period: (BusinessDate, BusinessDate),
    mut each: impl FnMut(Judged),
) -> Result<(), Failure> {
    for piece in ids.chunks(JUDGED_AT_ONCE) {
        let judged = facts_of(reader, piece)?;
        let others = around(reader, &judged, rules)?;
        let shares = shares(reader, &judged, period)?;
        for facts in judged {
            let surroundings = Surroundings { others: &others, shares: &shares, period };
            let signals = risk::signals(&facts, &surroundings, rules);
            each(Judged { facts, signals });
        }
    }
    Ok(())
}

/// The claims of a population with the highest scores, the highest first; of equals the earlier first.
pub(crate) fn ranked(
    reader: &mut Reader<'_>,
    scope: &ClaimScope,
    rules: &RiskRules,
    most: usize,
    wanted: impl Fn(&Candidate, &[RiskSignal]) -> bool,
) -> Result<Vec<Judged>, Failure> {
    let mut candidates = population(reader, scope, RISK_CLAIMS_MAX)?;
    // Those of one person together, so that what surrounds them is loaded once.
    candidates.sort_unstable_by_key(|candidate| (candidate.submitter_id, candidate.id));
    let ids: Vec<Key> = candidates.iter().map(|candidate| candidate.id).collect();
    let mut top: Vec<Judged> = Vec::new();
    let place = |judged: &Judged| (std::cmp::Reverse(judged.score()), judged.facts.claim);
    judge(reader, &ids, rules, (scope.from, scope.to), |judged| {
        let candidate = candidates.iter().find(|candidate| candidate.id == Key::from(judged.facts.claim));
        if candidate.is_none_or(|candidate| !wanted(candidate, &judged.signals)) || judged.score() == 0 {
            return;
        }
        let at = top.partition_point(|better| place(better) < place(&judged));
        if at < most {
            top.insert(at, judged);
            top.truncate(most);
        }
    })?;
    Ok(top)
}

/// A claim with its risk signals. `[EXP-11]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RiskRecord)]
pub struct RiskRecordView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// The version that was looked at.
    #[schema(minimum = 1)]
    pub claim_version: Version,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Who receives the money.
    pub beneficiary: PersonRef,
    /// Whose expense it is.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// What the beneficiary is owed, in the book currency.
    pub payable: Money,
    /// How much its signals weigh together, each rule once.
    #[schema(minimum = 0)]
    pub score: u32,
    /// What was seen, each with rule, policy version, clause and facts.
    #[schema(max_items = 2000)]
    pub signals: Vec<RiskSignal>,
}

impl View for RiskRecordView {
    const REFERS: &'static [Refers] = &[
        Refers::to("claim", &EXPENSE_CLAIM).by("claim_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.claim_version)
    }
}

fn shown(reader: &mut Reader<'_>, judged: Vec<Judged>) -> Result<Vec<RiskRecordView>, Failure> {
    let register = Register::of(reader)?;
    judged
        .into_iter()
        .map(|one| {
            let score = one.score();
            let Judged { facts, signals } = one;
            Ok(RiskRecordView {
                claim_id: Id::from_uuid(facts.claim.uuid()),
                number: facts.number,
                claim_version: facts.version,
                submitter: register.named(facts.submitter)?,
                beneficiary: register.named(facts.beneficiary)?,
                department: register.placed(facts.department)?,
                business_date: facts.business_date,
                payable: facts.payable,
                score,
                signals,
            })
        })
        .collect()
}

/// The signals of one claim within sight, as of now: among what lies around its business day.
pub fn of_claim(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<RiskRecordView, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let date: NaiveDate =
        db!(reader, |c| within!(claims::table.filter(claims::id.eq(key)).into_boxed(), sight)
            .select(claims::business_date)
            .first(c))?;
    let rules = rules(reader, date)?;
    let days = Days::new(u64::from(rules.policy.content.look_around_days));
    let period = (date.checked_sub_days(days).unwrap_or(date), date.checked_add_days(days).unwrap_or(date));
    let mut found = Vec::new();
    judge(reader, &[key], &rules, period, |judged| found.push(judged))?;
    shown(reader, found)?.pop().ok_or(Failure::NotFound)
}

/// What a ranked list holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RiskRanking)]
pub struct RiskRankingView {
    /// The code of the policy that sets thresholds and weights.
    #[schema(max_length = 100, example = "audit-risk/expense-claims")]
    pub policy: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub policy_version: i32,
    /// The claims with signals, the highest score first.
    #[schema(max_items = 200)]
    pub data: Vec<RiskRecordView>,
}

impl View for RiskRankingView {
    const REFERS: &'static [Refers] = RiskRecordView::REFERS;
}

/// The claims of a scope with the highest scores; only those where one rule saw something, if one is named.
pub fn rank(
    reader: &mut Reader<'_>,
    scope: &ClaimScope,
    rule: Option<RiskRule>,
    most: usize,
) -> Result<RiskRankingView, Failure> {
    scope.check()?;
    let rules = rules(reader, scope.to)?;
    let wanted = |_: &Candidate, signals: &[RiskSignal]| {
        rule.is_none_or(|rule| signals.iter().any(|signal| signal.rule == rule))
    };
    let top = ranked(reader, scope, &rules, most, wanted)?;
    let (policy, policy_version) = (rules.policy.code.clone(), rules.policy.number);
    Ok(RiskRankingView { policy, policy_version, data: shown(reader, top)? })
}
