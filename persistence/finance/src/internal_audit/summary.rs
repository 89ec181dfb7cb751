//! What came of an audit, in figures.

use super::{find, item};
use crate::{
    finance::internal_audit::INTERNAL_AUDIT,
    schema::audit_findings as findings,
    spine::{Failure, Key, Reader, Refers, View, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        audit_finding::{FindingState, Severity},
        audit_risk::RiskRule,
        internal_audit::{AuditItem, AuditState, InternalAudit, ItemOrigin, Verdict},
    },
    spine::{AnyId, BusinessDate, Currency, Id, Money, Version},
};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How many items came to a conclusion.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditVerdictFigure {
    /// The conclusion; null: none yet.
    pub verdict: Option<Verdict>,
    /// How many items.
    #[schema(minimum = 0)]
    pub items: usize,
    /// What they were worth when they were drawn.
    pub amount: Money,
}

/// How many items came into the sample by a way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditOriginFigure {
    /// The way.
    pub origin: ItemOrigin,
    /// How many items.
    #[schema(minimum = 0)]
    pub items: usize,
    /// Of these, with an exception.
    #[schema(minimum = 0)]
    pub exceptions: usize,
}

/// How many findings are so grave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditSeverityFigure {
    /// How grave.
    pub severity: Severity,
    /// How many that stand.
    #[schema(minimum = 0)]
    pub findings: usize,
    /// Of these, not closed.
    #[schema(minimum = 0)]
    pub open: usize,
    /// The amounts concerned.
    pub amount: Money,
}

/// At how many items a rule saw something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditRuleFigure {
    /// The rule.
    pub rule: RiskRule,
    /// At how many items.
    #[schema(minimum = 0)]
    pub items: usize,
    /// Of these, with an exception.
    #[schema(minimum = 0)]
    pub exceptions: usize,
}

/// What came of an audit. `[EXP-11]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InternalAuditSummary)]
pub struct InternalAuditSummaryView {
    /// The audit.
    pub audit_id: AnyId,
    /// Its number.
    #[schema(max_length = 60)]
    pub number: String,
    /// Where it stands.
    pub status: AuditState,
    /// What was concluded as a whole.
    #[schema(max_length = 4000)]
    pub conclusion: Option<String>,
    /// How many claims lay in scope at the last draw.
    #[schema(minimum = 0)]
    pub population: Option<usize>,
    /// How many items the sample has.
    #[schema(minimum = 0)]
    pub items: usize,
    /// What they were worth when they were drawn.
    pub amount: Money,
    /// How many items of a hundred concluded have an exception, to two places.
    #[schema(max_length = 10, example = "12.50")]
    pub exception_percent: String,
    /// By conclusion.
    #[schema(max_items = 4)]
    pub verdicts: Vec<AuditVerdictFigure>,
    /// By the way into the sample.
    #[schema(max_items = 3)]
    pub origins: Vec<AuditOriginFigure>,
    /// By the rules of risk.
    #[schema(max_items = 20)]
    pub rules: Vec<AuditRuleFigure>,
    /// Findings that stand, by gravity.
    #[schema(max_items = 4)]
    pub findings: Vec<AuditSeverityFigure>,
    /// Findings not closed whose date has passed.
    #[schema(minimum = 0)]
    pub overdue: usize,
    /// The version of the audit.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for InternalAuditSummaryView {
    const REFERS: &'static [Refers] = &[Refers::to("audit", &INTERNAL_AUDIT).by("audit_id")];
}

type FindingRow = (String, String, Option<i64>, Option<String>, BusinessDate);

/// The figures of an audit within the caller's sight.
pub fn summary(reader: &mut Reader<'_>, id: Id<InternalAudit>) -> Result<InternalAuditSummaryView, Failure> {
    let audit = find(reader, id)?;
    let items = item::all(reader, id)?;
    let mine = Key::from(id);
    let rows: Vec<FindingRow> = db!(reader, |c| findings::table
        .filter(findings::audit_id.eq(mine).and(findings::status.ne("withdrawn")))
        .select((
            findings::severity,
            findings::status,
            findings::amount_minor,
            findings::currency,
            findings::due_on,
        ))
        .load(c))?;
    let today = reader.today();
    let overdue = rows.iter().filter(|row| row.1 != FindingState::Closed.code() && row.4 < today).count();
    let book = items.first().map_or(Currency::Cny, |item| item.claim.payable.currency());
    let worth = |items: &mut dyn Iterator<Item = &AuditItem>| {
        Money::from_minor(items.map(|item| item.claim.payable.minor()).sum(), book)
    };
    Ok(InternalAuditSummaryView {
        audit_id: id.uuid().into(),
        status: audit.status.state(),
        conclusion: super::StatusColumns::of(&audit.status).report.map(|report| report.conclusion),
        population: audit.draws.last().map(|draw| draw.population),
        items: items.len(),
        amount: worth(&mut items.iter()),
        exception_percent: exception_percent(&items),
        verdicts: [None, Some(Verdict::Satisfactory), Some(Verdict::Exception), Some(Verdict::NotVerifiable)]
            .into_iter()
            .map(|verdict| {
                let of = |item: &&AuditItem| item.conclusion.as_ref().map(|said| said.verdict) == verdict;
                let amount = worth(&mut items.iter().filter(of));
                AuditVerdictFigure { verdict, items: items.iter().filter(of).count(), amount }
            })
            .collect(),
        origins: ItemOrigin::ALL.map(|origin| origin_figure(origin, &items)).into(),
        rules: rule_figures(&items),
        findings: Severity::ALL.map(|severity| severity_figure(severity, &rows, book)).into(),
        overdue,
        number: audit.number,
        version: audit.version,
    })
}

fn is_exception(item: &AuditItem) -> bool {
    item.conclusion.as_ref().is_some_and(|said| said.verdict == Verdict::Exception)
}

fn exception_percent(items: &[AuditItem]) -> String {
    let concluded = items.iter().filter(|item| item.conclusion.is_some()).count();
    let exceptions = items.iter().filter(|item| is_exception(item)).count();
    let percent = Decimal::from(exceptions * 100).checked_div(Decimal::from(concluded)).unwrap_or_default();
    let percent = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    format!("{percent:.2}")
}

fn origin_figure(origin: ItemOrigin, items: &[AuditItem]) -> AuditOriginFigure {
    let of = || items.iter().filter(|item| item.origin == origin);
    AuditOriginFigure {
        origin,
        items: of().count(),
        exceptions: of().filter(|item| is_exception(item)).count(),
    }
}

fn rule_figures(items: &[AuditItem]) -> Vec<AuditRuleFigure> {
    let mut figures: BTreeMap<RiskRule, (usize, usize)> = BTreeMap::new();
    for item in items {
        let rules: BTreeSet<RiskRule> = item.signals.iter().map(|signal| signal.rule).collect();
        for rule in rules {
            let figure = figures.entry(rule).or_default();
            figure.0 += 1;
            figure.1 += usize::from(is_exception(item));
        }
    }
    let figure = |(rule, (items, exceptions))| AuditRuleFigure { rule, items, exceptions };
    figures.into_iter().map(figure).collect()
}

fn severity_figure(severity: Severity, rows: &[FindingRow], book: Currency) -> AuditSeverityFigure {
    let of = || rows.iter().filter(|row| row.0 == severity.code());
    let in_books = of().filter(|row| row.3.as_deref() == Some(book.code()));
    AuditSeverityFigure {
        severity,
        findings: of().count(),
        open: of().filter(|row| row.1 != FindingState::Closed.code()).count(),
        amount: Money::from_minor(in_books.filter_map(|row| row.2).sum(), book),
    }
}
