//! What a draft of a scheme would have come to in a period, from what was frozen then; without a draft, whether the results
//! that stand come out again, to the last digit. Nothing is written. `[KPI-2, KPI-6, REG-4]`

use super::{Schemes, coverage::as_published, reference};
use crate::{
    appraisal::{computed_behind, frozen::Measuring},
    appraisal_period,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{Failure, Filter, Key, Page, Reader, Refers, Slice, View, columns},
};
use domain::{
    appraisal::{Appraisal, Frozen, Scored, Unscorable, Verdict},
    appraisal_period::AppraisalPeriod,
    scheme::Scheme,
    scoring::{Computation, Line},
    spine::{AnyId, Id, Permission, PolicyVersion},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Somebody's result as it was reckoned, and as it would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReplay)]
pub struct ReplayView {
    /// The sheet.
    pub appraisal_id: AnyId,
    /// Whose.
    pub employee: PersonRef,
    /// Where they work.
    pub department: NamedRef,
    /// What was reckoned, before anybody changed it by hand.
    #[schema(value_type = String, max_length = 10, example = "80.48")]
    pub old_result: Decimal,
    /// Its grade.
    #[schema(max_length = 20, example = "B")]
    pub old_grade: String,
    /// What it would be; null where it would not be scored.
    #[schema(value_type = Option<String>, max_length = 10, example = "83.10")]
    pub new_result: Option<Decimal>,
    /// Its grade.
    #[schema(max_length = 20, example = "B")]
    pub new_grade: Option<String>,
    /// Why it would not be scored.
    pub unscored: Option<Unscorable>,
    /// How much more it would be.
    #[schema(value_type = Option<String>, max_length = 10, example = "2.62")]
    pub difference: Option<Decimal>,
    /// Whether anything would be otherwise, down to a single line of the computation.
    pub is_moved: bool,
    /// The indicators that would count otherwise.
    #[schema(max_items = 500)]
    pub changes: Vec<ReplayChange>,
}

impl View for ReplayView {
    const REFERS: &'static [Refers] =
        &[Refers::to("employee", &EMPLOYEE), Refers::to("department", &DEPARTMENT)];
}

/// An indicator that would count otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReplayChange)]
pub struct ReplayChange {
    /// The part of the period, from 1.
    #[schema(minimum = 1)]
    pub part: usize,
    /// The code of the indicator.
    #[schema(max_length = 60, example = "sales")]
    pub indicator: String,
    /// What it adds; null where it is not asked for.
    #[schema(value_type = Option<String>, max_length = 40, example = "46")]
    pub old_contribution: Option<Decimal>,
    /// What it would add; null where it would not be asked for.
    #[schema(value_type = Option<String>, max_length = 40, example = "48")]
    pub new_contribution: Option<Decimal>,
}

/// With which draft, and who is wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReplayFilter {
    /// A version of a scheme, taken as if it had been in force; absent: the versions by which it was scored.
    pub policy_id: Option<AnyId>,
    /// Only those for whom something would be otherwise, or only the others.
    pub moved: Option<bool>,
}

impl Filter for ReplayFilter {}

/// A sheet that has come out otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The sheet.
    pub appraisal: Id<Appraisal>,
    /// What was kept.
    pub kept: Decimal,
    /// What came out; none where nothing did.
    pub computed: Option<Decimal>,
}

/// Everybody of a period within reach whose result was reckoned, in the order of their numbers.
///
/// # Errors
/// Not found where there is no such period; a version that is no scheme.
pub fn list(
    reader: &mut Reader<'_>,
    id: Id<AppraisalPeriod>,
    filter: &ReplayFilter,
    page: &Page,
) -> Result<Slice<ReplayView>, Failure> {
    let period = appraisal_period::find(reader, id)?;
    let draft = filter.policy_id.map(|id| as_published(reader, Id::from_uuid(id.uuid()))).transpose()?;
    let register = Register::of(reader)?;
    let mut rows = Vec::new();
    each(reader, &period, draft.as_ref(), |reader, replayed| {
        if !reader.reach().covers(replayed.sheet.department, false) {
            return Ok(());
        }
        let row = shown(&register, replayed)?;
        if filter.moved.is_none_or(|wanted| wanted == row.is_moved) {
            rows.push(row);
        }
        Ok(())
    })?;
    rows.sort_by(|one, other| one.employee.number.cmp(&other.employee.number));
    Ok(Slice::of(rows, page))
}

/// The sheets of all periods whose results do not come out again, to the last digit of the last line.
///
/// # Errors
/// Where the database fails.
pub fn verify(reader: &mut Reader<'_>) -> Result<(u64, Vec<Difference>), Failure> {
    let (mut looked, mut differences) = (0, Vec::new());
    for period in appraisal_period::all(reader)? {
        each(reader, &period, None, |_, replayed| {
            looked += 1;
            if !replayed.is_same() {
                let computed = replayed.new.as_ref().ok().map(|(_, verdict)| verdict.result);
                let (appraisal, kept) = (replayed.sheet.id, replayed.old.result);
                differences.push(Difference { appraisal, kept, computed });
            }
            Ok(())
        })?;
    }
    Ok((looked, differences))
}

/// A sheet reckoned again.
struct Replayed<'a> {
    sheet: &'a Appraisal,
    kept: &'a Computation,
    /// What was reckoned then, before anybody changed it.
    old: Verdict,
    new: Result<(Computation, Verdict), Unscorable>,
}

impl Replayed<'_> {
    fn is_same(&self) -> bool {
        matches!(&self.new, Ok((computation, verdict)) if computation == self.kept && *verdict == self.old)
    }
}

/// Reckons the first revision of each sheet of a period again, a few hundred at a time.
fn each(
    reader: &mut Reader<'_>,
    period: &AppraisalPeriod,
    draft: Option<&PolicyVersion<Scheme>>,
    mut told: impl FnMut(&mut Reader<'_>, &Replayed<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut schemes = Schemes::of(reader, period.period.span())?;
    let draft = draft.map(|draft| guarded(draft, &schemes));
    let draft = draft.as_ref();
    if let Some(draft) = draft {
        schemes = schemes.with(period.period.first(), draft.clone());
    }
    let mut behind = None;
    loop {
        let kept = computed_behind(reader, period.id, behind)?;
        let Some(last) = kept.last() else { return Ok(()) };
        behind = Some(Key::from(last.employee));
        let kept: Vec<Appraisal> = match draft {
            None => kept,
            Some(draft) => kept.into_iter().filter(|sheet| is_meant(sheet, draft)).collect(),
        };
        let sheets: Vec<Appraisal> = kept.iter().map(|sheet| by_draft(sheet.clone(), draft)).collect();
        let measuring = Measuring::again(reader, period, schemes.clone(), &sheets)?;
        for (sheet, other) in kept.iter().zip(&sheets) {
            let (Some(frozen), Some(computation)) = (&sheet.frozen, &sheet.computation) else { continue };
            let replayed = replayed(sheet, computation, other, frozen, &measuring);
            if let Some(replayed) = replayed {
                told(reader, &replayed)?;
            }
        }
    }
}

/// A draft that asks for no fewer peers than any scheme does: nobody drafts their way to what a single peer said.
fn guarded(draft: &PolicyVersion<Scheme>, schemes: &Schemes) -> PolicyVersion<Scheme> {
    let mut guarded = draft.clone();
    let least = &mut guarded.content.reviews.peer_plan.at_least;
    *least = (*least).max(schemes.peers_at_least());
    guarded
}

fn replayed<'a>(
    sheet: &'a Appraisal,
    kept: &'a Computation,
    other: &Appraisal,
    frozen: &Frozen,
    measuring: &Measuring,
) -> Option<Replayed<'a>> {
    let first = sheet.calibrations.first().map(|calibration| &calibration.old);
    let old = first.or(sheet.verdict.as_ref())?.clone();
    let new = match measuring.compute(other, frozen) {
        Scored::Result(result) => Ok((result.0, result.2)),
        Scored::Not(why) => Err(why),
    };
    Some(Replayed { sheet, kept, old, new })
}

/// Whether a draft would have measured somebody, in any part.
fn is_meant(sheet: &Appraisal, draft: &PolicyVersion<Scheme>) -> bool {
    sheet
        .parts
        .iter()
        .any(|part| part.position.as_ref().is_some_and(|position| draft.content.positions.contains(position)))
}

/// The sheet as if a draft had been in force: for the parts whose position it measures.
fn by_draft(mut sheet: Appraisal, draft: Option<&PolicyVersion<Scheme>>) -> Appraisal {
    let Some(draft) = draft else { return sheet };
    for part in &mut sheet.parts {
        let is_measured =
            part.position.as_ref().is_some_and(|position| draft.content.positions.contains(position));
        if is_measured {
            let is_short = part.working_days < draft.content.part_working_days_at_least;
            part.scheme = Some(reference(draft));
            part.unscored = is_short.then_some(Unscorable::TooShort);
        }
    }
    sheet
}

fn shown(register: &Register, replayed: &Replayed<'_>) -> Result<ReplayView, Failure> {
    let Replayed { sheet, kept, old, new } = replayed;
    let (result, unscored) = match new {
        Ok((_, verdict)) => (Some(verdict), None),
        Err(why) => (None, Some(*why)),
    };
    let lines = new.as_ref().ok().map(|(computation, _)| computation);
    Ok(ReplayView {
        appraisal_id: sheet.id.uuid().into(),
        employee: register.named(sheet.employee)?,
        department: register.placed(sheet.department)?,
        old_result: old.result,
        old_grade: old.grade.clone(),
        new_result: result.map(|verdict| verdict.result),
        new_grade: result.map(|verdict| verdict.grade.clone()),
        unscored,
        difference: result.map(|verdict| verdict.result - old.result),
        is_moved: !replayed.is_same(),
        changes: lines.map(|lines| changes(kept, lines)).unwrap_or_default(),
    })
}

/// The lines that add something else, part by part.
fn changes(old: &Computation, new: &Computation) -> Vec<ReplayChange> {
    let lines = |of: &Computation, part: usize| -> Vec<Line> {
        of.parts.get(part).map(|part| part.lines.clone()).unwrap_or_default()
    };
    let mut changes = Vec::new();
    for part in 0..old.parts.len().max(new.parts.len()) {
        let (before, after) = (lines(old, part), lines(new, part));
        let added = |lines: &[Line], code: &str| {
            lines.iter().find(|line| line.indicator == code).map(|line| line.contribution.normalize())
        };
        let mut codes: Vec<&str> = before.iter().map(|line| line.indicator.as_str()).collect();
        codes.extend(after.iter().map(|line| line.indicator.as_str()));
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let (old_contribution, new_contribution) = (added(&before, code), added(&after, code));
            if old_contribution != new_contribution {
                let indicator = code.to_owned();
                changes.push(ReplayChange { part: part + 1, indicator, old_contribution, new_contribution });
            }
        }
    }
    changes
}

columns! { ReplayView as "appraisal-replay" "考核试算" "Appraisal replay", Permission::ExportAppraisals:
    employee "员工" "Employee";
    department "部门" "Department";
    old_result "原结果" "Old result";
    old_grade "原等级" "Old grade";
    new_result "试算结果" "New result";
    new_grade "试算等级" "New grade";
    difference "差异" "Difference";
    unscored "不计分原因" "Not scored because";
    is_moved "有变化" "Moved";
}
