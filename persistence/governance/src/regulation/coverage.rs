//! Which rule enforces which clause of a regulation, or why none does. `[REG-8]`

use super::{citation, load, view::RegulationRef};
use crate::{
    regulation_version::{self, EditionRef},
    spine::{Failure, Reader, View},
};
use domain::{
    regulation::{
        ClauseKind, ClauseStanding, Regulation,
        coverage::{self, Covered, Enforcer, EnforcerKind},
    },
    regulation_version::NONE_IN_FORCE,
    spine::{BusinessDate, Id, Refusal},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A regulation, clause by clause: what enforces it, or why nothing does.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationCoverage)]
pub struct CoverageView {
    /// Of which regulation.
    pub regulation: RegulationRef,
    /// Of which of its versions.
    pub version: EditionRef,
    /// How many clauses bind.
    #[schema(minimum = 0)]
    pub binding: usize,
    /// How many of those something enforces.
    #[schema(minimum = 0)]
    pub enforced: usize,
    /// The share of those, in hundredths of a percent.
    #[schema(minimum = 0, maximum = 10000)]
    pub enforced_bp: usize,
    /// Its clauses in reading order.
    #[schema(max_items = 2000)]
    pub clauses: Vec<CoveredView>,
    /// What policies cite of it and is not there.
    #[schema(max_items = 1000)]
    pub broken: Vec<BrokenView>,
}

/// A clause and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CoveredClause)]
pub struct CoveredView {
    /// Its stable id.
    #[schema(max_length = 60, example = "9.3.5")]
    pub id: String,
    /// What it is.
    pub kind: ClauseKind,
    /// The number as it is printed.
    #[schema(max_length = 40)]
    pub number: String,
    /// What it says.
    #[schema(max_length = 5000)]
    pub text: String,
    /// Whether it binds.
    pub binding: bool,
    /// What becomes of it.
    pub standing: ClauseStanding,
    /// What enforces it.
    #[schema(max_items = 1000)]
    pub enforced_by: Vec<EnforcerView>,
    /// Why nothing does, in Chinese.
    #[schema(max_length = 1000)]
    pub reason_zh: Option<String>,
    /// Why nothing does, in English.
    #[schema(max_length = 1000)]
    pub reason_en: Option<String>,
}

/// What enforces a clause.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClauseEnforcer)]
pub struct EnforcerView {
    /// What it is.
    pub kind: EnforcerKind,
    /// The code of the policy, or of the rule of the product.
    #[schema(max_length = 100, example = "approval-chain/expense-claim")]
    pub code: String,
    /// Which version of the policy.
    pub number: Option<i32>,
    /// Where in the policy the clause is cited, as a JSON pointer; empty for the policy as a whole.
    #[schema(max_length = 1000)]
    pub path: Option<String>,
}

impl From<Enforcer> for EnforcerView {
    fn from(enforcer: Enforcer) -> Self {
        let Enforcer { kind, code, number, path } = enforcer;
        Self { kind, code, number, path }
    }
}

/// A place that cites what is not there.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrokenCitation)]
pub struct BrokenView {
    /// The code of the policy.
    #[schema(max_length = 100)]
    pub policy_code: String,
    /// Which version of it.
    #[schema(minimum = 1)]
    pub number: i32,
    /// Where in it, as a JSON pointer.
    #[schema(max_length = 1000)]
    pub path: String,
    /// What is cited.
    #[schema(max_length = 200)]
    pub clause: String,
}

impl View for CoverageView {}

impl From<Covered<'_>> for CoveredView {
    fn from(covered: Covered<'_>) -> Self {
        let Covered { clause, standing, enforcers, reason } = covered;
        Self {
            id: clause.id.clone(),
            kind: clause.kind,
            number: clause.number.clone(),
            text: clause.text.clone(),
            binding: clause.binding,
            standing,
            enforced_by: enforcers.into_iter().map(Into::into).collect(),
            reason_zh: reason.map(|reason| reason.zh.clone()),
            reason_en: reason.map(|reason| reason.en.clone()),
        }
    }
}

/// The coverage of a regulation on a day: by its version and by the policies in force then.
///
/// # Errors
/// Not found where there is none; `regulation_version.none_in_force`.
pub fn view(
    reader: &mut Reader<'_>,
    id: Id<Regulation>,
    on: Option<BusinessDate>,
) -> Result<CoverageView, Failure> {
    let on = on.unwrap_or_else(|| reader.today());
    let regulation = load(reader, id)?;
    let none = || Refusal::new(NONE_IN_FORCE).with("date", on.to_string());
    let version = regulation_version::in_force(reader, id, on)?.ok_or_else(none)?;
    let (cited, bindings) = (citation::all(reader, on)?, coverage::bindings()?);
    let covered = coverage::cover(&regulation.details.code, &version.text.clauses, &cited, &bindings);
    let (binding, enforced) = covered.counts();
    let broken = covered.broken.iter().map(|cited| BrokenView {
        policy_code: cited.policy.clone(),
        number: cited.number,
        path: cited.path.clone(),
        clause: cited.clause.clone(),
    });
    Ok(CoverageView {
        regulation: (&regulation).into(),
        version: EditionRef::of(&version),
        binding,
        enforced,
        enforced_bp: (enforced * 10_000).checked_div(binding).unwrap_or_default(),
        broken: broken.collect(),
        clauses: covered.clauses.into_iter().map(Into::into).collect(),
    })
}
