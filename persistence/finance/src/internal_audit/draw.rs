//! Drawing: the population is walked once in pages; the lottery holds no more than it draws.

use super::{apply, auditor, claim_scope, hold_still, item};
use crate::{
    finance::audit_risk::{Candidate, Judged, contains, judge, pages, ranked, rules},
    schema::internal_audit_items as items,
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        audit_risk::{PERIOD_TOO_LARGE, RiskRules},
        expense_claim::ExpenseClaim,
        internal_audit::{
            ALREADY_SAMPLED, AuditItem, Auditor, Conflict, Draw, DrawnClaim, InternalAudit, ItemOrigin,
            Lottery, NOTHING_TO_DRAW, OUTSIDE_SCOPE, Parties, PopulationDigest, SAMPLE_MAX, SAMPLE_TOO_LARGE,
            sample::Exclusion,
        },
    },
    spine::{Id, Refusal},
};
use std::{
    collections::{BTreeMap, HashSet},
    ops::ControlFlow,
};

/// The largest population that is drawn from in one transaction.
const POPULATION_MAX: usize = 500_000;

/// What is to be drawn.
#[derive(Clone, Debug, Default)]
pub struct DrawOrder {
    /// How many at random.
    pub random: usize,
    /// The seed; one is made where it is absent.
    pub seed: Option<String>,
    /// How many of the highest risk.
    pub by_risk: usize,
}

impl DrawOrder {
    fn check(&self) -> Result<(), Refusal> {
        match self.random.saturating_add(self.by_risk) {
            0 => Err(Refusal::new(NOTHING_TO_DRAW)),
            count if count > SAMPLE_MAX => Err(Refusal::new(SAMPLE_TOO_LARGE).with("max", SAMPLE_MAX)),
            _ => Ok(()),
        }
    }
}

/// What walking the population gave.
struct Walked {
    digest: PopulationDigest,
    excluded: BTreeMap<Conflict, usize>,
    random: Vec<Key>,
}

fn parties(candidate: &Candidate) -> Parties {
    Parties {
        claim: candidate.id.into(),
        creator: candidate.creator_employee_id.map(Into::into),
        submitter: candidate.submitter_id.into(),
        beneficiary: candidate.beneficiary_id.into(),
    }
}

fn walk(
    tx: &mut Tx<'_>,
    audit: &InternalAudit,
    auditor: &Auditor,
    taken: &HashSet<Key>,
    mut lottery: Lottery<Key>,
) -> Result<Walked, Failure> {
    let (mut digest, mut excluded, mut seen) = (PopulationDigest::default(), BTreeMap::new(), 0);
    pages(tx, &claim_scope(&audit.plan.scope), |page| {
        for candidate in page {
            seen += 1;
            digest.add(candidate.id.0, candidate.version);
            match auditor.conflict(&parties(&candidate)) {
                Some(conflict) => *excluded.entry(conflict).or_insert(0) += 1,
                None if taken.contains(&candidate.id) => {}
                None => lottery.offer(candidate.id.0, || candidate.id),
            }
        }
        if seen > POPULATION_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if seen > POPULATION_MAX {
        return Err(Refusal::new(PERIOD_TOO_LARGE).with("max", POPULATION_MAX).into());
    }
    Ok(Walked { digest, excluded, random: lottery.into_drawn() })
}

/// The claims of the sample so far.
fn sampled(tx: &mut Tx<'_>, audit: &InternalAudit) -> Result<HashSet<Key>, Failure> {
    let mine = Key::from(audit.id);
    let found: Vec<Key> =
        db!(tx, |c| items::table.filter(items::audit_id.eq(mine)).select(items::claim_id).load(c))?;
    Ok(found.into_iter().collect())
}

/// Draws into the sample; what is in it already is not drawn again. The audit and every item are written.
pub fn draw(tx: &mut Tx<'_>, audit: InternalAudit, order: &DrawOrder) -> Result<InternalAudit, Failure> {
    audit.ensure_under_way()?;
    order.check()?;
    hold_still(tx, &audit)?;
    let auditor = auditor(tx, audit.plan.auditor)?;
    let mut taken = sampled(tx, &audit)?;
    let already = taken.len();
    let seed = (order.random > 0).then(|| match &order.seed {
        Some(seed) => seed.clone(),
        None => tx.ids().fresh().simple().to_string(),
    });
    let lottery = Lottery::new(seed.as_deref().unwrap_or_default(), order.random);
    let Walked { digest, excluded, random } = walk(tx, &audit, &auditor, &taken, lottery)?;
    let (scope, rules) = (claim_scope(&audit.plan.scope), rules(tx, audit.plan.scope.to)?);
    taken.extend(random.iter().copied());
    let mut drawn: Vec<(ItemOrigin, Judged)> = Vec::new();
    judge(tx, &random, &rules, (scope.from, scope.to), |judged| drawn.push((ItemOrigin::Random, judged)))?;
    if order.by_risk > 0 {
        let wanted = |candidate: &Candidate, _: &[_]| {
            !taken.contains(&candidate.id) && auditor.conflict(&parties(candidate)).is_none()
        };
        let risky = ranked(tx, &scope, &rules, order.by_risk, wanted)?;
        drawn.extend(risky.into_iter().map(|judged| (ItemOrigin::ByRisk, judged)));
    }
    let (population, population_digest) = digest.finish();
    let kept = Draw {
        at: tx.now(),
        by: tx.actor().user,
        random: order.random,
        seed,
        by_risk: order.by_risk,
        policy_version: (order.by_risk > 0).then_some(rules.policy.number),
        population,
        population_digest,
        excluded: excluded.into_iter().map(|(reason, count)| Exclusion { reason, count }).collect(),
        drawn: drawn.len(),
    };
    let number = i32::try_from(audit.draws.len() + 1).map_err(Failure::fault)?;
    let audit = apply(tx, audit.draw(kept, already)?)?;
    for (position, (origin, judged)) in (already + 1..).zip(drawn) {
        take(tx, &audit, judged, position, (origin, Some(number)))?;
    }
    Ok(audit)
}

fn take(
    tx: &mut Tx<'_>,
    audit: &InternalAudit,
    judged: Judged,
    position: usize,
    (origin, draw): (ItemOrigin, Option<i32>),
) -> Result<AuditItem, Failure> {
    let score = judged.score();
    let Judged { facts, signals } = judged;
    let claim = DrawnClaim {
        id: facts.claim,
        number: facts.number,
        version: facts.version,
        creator: facts.creator,
        submitter: facts.submitter,
        beneficiary: facts.beneficiary,
        department: facts.department,
        business_date: facts.business_date,
        payable: facts.payable,
    };
    let position = i32::try_from(position).map_err(Failure::fault)?;
    let item = AuditItem {
        id: tx.id(),
        audit: audit.id,
        position,
        claim,
        origin,
        draw,
        score,
        signals,
        conclusion: None,
        version: 0,
    };
    item::apply(tx, item.take(audit)?)
}

/// Takes one claim into the sample because the auditor wants to see it.
pub fn pick(tx: &mut Tx<'_>, audit: &InternalAudit, claim: Id<ExpenseClaim>) -> Result<AuditItem, Failure> {
    audit.ensure_under_way()?;
    hold_still(tx, audit)?;
    let key = Key::from(claim);
    let scope = claim_scope(&audit.plan.scope);
    if !contains(tx, &scope, key)? {
        return Err(Refusal::new(OUTSIDE_SCOPE).at("/claim_id").into());
    }
    let taken = sampled(tx, audit)?;
    if taken.contains(&key) {
        return Err(Refusal::new(ALREADY_SAMPLED).at("/claim_id").into());
    }
    let rules: RiskRules = rules(tx, scope.to)?;
    let mut found = None;
    judge(tx, &[key], &rules, (scope.from, scope.to), |judged| found = Some(judged))?;
    let judged = found.ok_or(Failure::NotFound)?;
    let parties = Parties {
        claim,
        creator: judged.facts.creator,
        submitter: judged.facts.submitter,
        beneficiary: judged.facts.beneficiary,
    };
    auditor(tx, audit.plan.auditor)?.ensure_independent(&parties).map_err(|no| no.at("/claim_id"))?;
    take(tx, audit, judged, taken.len() + 1, (ItemOrigin::ByHand, None))
}
