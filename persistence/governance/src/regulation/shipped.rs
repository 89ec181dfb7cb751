//! The texts that come with the product: entered, followed up, and left alone where the company has changed them. `[REG-5b]`

use super::{apply, row::of_code, view::RegulationRef};
use crate::{
    organisation::{Organisation, department},
    regulation_version::{self, EditionRef},
    spine::{Failure, Reader, Tx, View, next_number},
};
use domain::{
    approval::{NewDocument, heads_above},
    duty::rule::Scope,
    regulation::{
        Regulation, RegulationDetails,
        shipped::{ShippedRegulation, ShippedState},
    },
    regulation_version::{NOBODY_ANSWERS, NUMBER_PREFIX, Nature, RegulationText, RegulationVersion},
    spine::{BusinessDate, DepartmentId, EmployeeId, Refusal},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A text that comes with the product, and how it stands to what the company has.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShippedRegulation)]
pub struct ShippedView {
    /// Its code.
    #[schema(max_length = 40, example = "000")]
    pub code: String,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// How many clauses it has.
    #[schema(minimum = 1)]
    pub clauses: usize,
    /// How many of them bind.
    #[schema(minimum = 0)]
    pub binding: usize,
    /// The digest of the text that comes.
    #[schema(max_length = 64)]
    pub digest: String,
    /// How it stands to what the company has.
    pub state: ShippedState,
    /// The company's regulation of that code.
    pub regulation: Option<RegulationRef>,
    /// The last version of it.
    pub version: Option<EditionRef>,
}

/// What comes with the product, and what loading made of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShippedRegulations)]
pub struct ShippedAll {
    /// Every text, by code, as it stands now.
    #[schema(max_items = 100)]
    pub data: Vec<ShippedView>,
    /// The codes that were entered or followed up now.
    #[schema(max_items = 100)]
    pub written: Vec<String>,
}

impl View for ShippedAll {}

/// What is entered, for whom, and from when on.
#[derive(Clone, Debug)]
pub struct Loading {
    /// Only these; all where empty.
    pub codes: Vec<String>,
    /// Who issues them.
    pub department: DepartmentId,
    /// From when on they are in force.
    pub effective_from: BusinessDate,
}

pub(super) struct Standing {
    shipped: ShippedRegulation,
    has: Option<(Regulation, Option<RegulationVersion>)>,
}

impl Standing {
    pub fn of(reader: &mut Reader<'_>, shipped: ShippedRegulation) -> Result<Self, Failure> {
        let has = match of_code(reader, &shipped.code)? {
            None => None,
            Some(regulation) => {
                let last = regulation_version::last(reader, regulation.id)?;
                Some((regulation, last))
            }
        };
        Ok(Self { shipped, has })
    }

    fn state(&self) -> ShippedState {
        self.shipped.state(self.has.as_ref().map(|(regulation, last)| (regulation, last.as_ref())))
    }

    fn view(&self) -> ShippedView {
        let regulation = self.has.as_ref().map(|(regulation, _)| regulation.into());
        let last = self.has.as_ref().and_then(|(_, last)| last.as_ref());
        let clauses = &self.shipped.clauses;
        ShippedView {
            code: self.shipped.code.clone(),
            title: self.shipped.title.clone(),
            clauses: clauses.len(),
            binding: clauses.iter().filter(|clause| clause.binding).count(),
            digest: self.shipped.digest(),
            state: self.state(),
            regulation,
            version: last.map(EditionRef::of),
        }
    }
}

/// Every text that comes with the product, and how it stands to what the company has.
///
/// # Errors
/// Where the database fails.
pub fn all(reader: &mut Reader<'_>) -> Result<ShippedAll, Failure> {
    let mut data = Vec::new();
    for shipped in ShippedRegulation::all()? {
        data.push(Standing::of(reader, shipped)?.view());
    }
    Ok(ShippedAll { data, written: Vec::new() })
}

/// Enters what the company does not have, and follows up what it has unchanged. What it has changed stays; doing it twice
/// changes nothing. `[REG-5b]`
///
/// # Errors
/// Where nobody in the department could answer for it; where a day lies before what stands.
pub fn load(tx: &mut Tx<'_>, loading: &Loading) -> Result<ShippedAll, Failure> {
    let mut written = Vec::new();
    let answers = answers(tx, loading.department)?;
    for shipped in ShippedRegulation::all()? {
        if !loading.codes.is_empty() && !loading.codes.contains(&shipped.code) {
            continue;
        }
        let standing = Standing::of(tx, shipped)?;
        if matches!(standing.state(), ShippedState::Absent | ShippedState::Outdated) {
            written.push(standing.shipped.code.clone());
            enter(tx, standing, loading, answers)?;
        }
    }
    Ok(ShippedAll { written, ..all(tx)? })
}

/// Who answers for what is entered: the head of the department, or the nearest above.
pub(super) fn answers(reader: &mut Reader<'_>, department: DepartmentId) -> Result<EmployeeId, Failure> {
    department::refer(reader, department, "/department_id")?;
    let organisation = Organisation::today(reader)?;
    let head = heads_above(&*organisation, department).next();
    head.ok_or_else(|| Refusal::new(NOBODY_ANSWERS).at("/department_id").into())
}

pub(super) fn enter(
    tx: &mut Tx<'_>,
    standing: Standing,
    loading: &Loading,
    answers: EmployeeId,
) -> Result<(), Failure> {
    let Standing { shipped, has } = standing;
    let digest = shipped.digest();
    let (regulation, last) = match has {
        Some((regulation, last)) => (regulation, last),
        None => {
            let details = RegulationDetails {
                code: shipped.code,
                title: shipped.title,
                department: loading.department,
                interpreter: loading.department,
                scope: Scope::default(),
            };
            let established = Regulation::establish(tx.id(), details)?;
            (apply(tx, established)?, None)
        }
    };
    let edition = last.as_ref().map_or(1, |last| last.edition + 1);
    let number = next_number(tx, NUMBER_PREFIX)?;
    let new = NewDocument { id: tx.id(), number, submitter: Some(answers) };
    let text = RegulationText {
        nature: Nature::Substantive,
        summary: if edition == 1 { "启用随附制度" } else { "随附制度更新" }.to_owned(),
        review_on: None,
        clauses: shipped.clauses,
    };
    let at = (tx.actor().user, tx.now(), loading.effective_from);
    let change = RegulationVersion::enter(new, (&regulation, edition), text, last.as_ref(), at)?;
    if let Some(over) = last.and_then(|last| last.supersede(loading.effective_from)) {
        regulation_version::apply(tx, over)?;
    }
    regulation_version::apply(tx, change)?;
    apply(tx, regulation.note_shipped(digest)).map(drop)
}
