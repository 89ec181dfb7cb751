//! Papers of contracts in the archive, in the database: kept with their scans, lent and given back. `[CON-4]`

/// What one looks like, and those within the caller's sight.
pub mod view;

pub use view::{ArchivedPaperFilter, ArchivedPaperView, list, show, view};

use crate::{
    duty::{Called, Filed, FiledRecord},
    file::{self, DocumentKind},
    organisation::{Register, employee, referred},
    policy::Shipped,
    sales_contract,
    schema::{archived_papers, sales_contracts},
    spine::{Failure, Instant, Key, Part, Reader, Sight, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    archived_paper::{ArchivedPaper, ArchivedPaperId, Loan, NewPaper, PaperKind},
    sales_contract::SalesContractId,
    spine::{BusinessDate, Change, EmployeeId, Entity, Id, Permission, Version},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls papers back.
const LOAN_RULE: &str = include_str!("shipped/archive_loan_rule.json");

/// Who borrowed it brings it back.
fn borrower(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<EmployeeId>, Failure> {
    Ok(find_unscoped(reader, Key(id))?.loan().map(|loan| loan.borrower))
}

/// A paper was lent.
static LENT: Called = Called {
    event: "archived_paper.lent",
    kind: ArchivedPaper::KIND,
    responsible: borrower,
    gone: &[],
    passed: &[],
    redated: &[],
};

/// It came back.
static GIVEN_BACK: Filed = Filed {
    source: "archived_paper.given_back",
    zh: "合同档案已归还",
    en: "A paper of a contract was given back",
    event: "archived_paper.given_back",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: ArchivedPaper::KIND, id, facts: json!({}) })),
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &LENT,
    &GIVEN_BACK,
    &DocumentKind { kind: ArchivedPaper::KIND, may_read },
    &Shipped::text("duty-rule/archive-loan", "合同档案归还", "003 销售合同管理", LOAN_RULE),
];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = archived_papers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Key,
    contract_id: Key,
    department_id: Key,
    kind: String,
    title: String,
    place: String,
    files: String,
    loans: String,
    borrower_id: Option<Key>,
    due_on: Option<BusinessDate>,
    kept_at: Instant,
    changed_at: Instant,
    version: Version,
}

impl Row {
    fn of(paper: &ArchivedPaper, tx: &Tx<'_>) -> Result<Self, Failure> {
        let ArchivedPaper { id, contract, department, kind, title, place, files, loans, kept_at, version } =
            paper;
        let loan = paper.loan();
        Ok(Self {
            id: (*id).into(),
            contract_id: (*contract).into(),
            department_id: (*department).into(),
            kind: kind.code().to_owned(),
            title: title.clone(),
            place: place.clone(),
            files: serde_json::to_string(files)?,
            loans: serde_json::to_string(loans)?,
            borrower_id: loan.map(|loan| loan.borrower.into()),
            due_on: loan.map(|loan| loan.due_on),
            kept_at: (*kept_at).into(),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    fn paper(self) -> Result<ArchivedPaper, Failure> {
        let kind = PaperKind::from_code(&self.kind);
        Ok(ArchivedPaper {
            id: self.id.into(),
            contract: self.contract_id.into(),
            department: self.department_id.into(),
            kind: kind.ok_or_else(|| Failure::corrupt("archived_papers", "kind", self.id.0))?,
            title: self.title,
            place: self.place,
            files: serde_json::from_str(&self.files)?,
            loans: serde_json::from_str(&self.loans)?,
            kept_at: self.kept_at.into(),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for ArchivedPaper {
    const GROWING: &'static [&'static str] = &["loans"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, archived_papers, &row, before)?)
    }
}

crate::spine::resource! { crate::Sales: ArchivedPaper as ArchivedPaperView; find, apply, show = show }

/// Writes a change of a paper.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<ArchivedPaper>) -> Result<ArchivedPaper, Failure> {
    tx.apply(change)
}

/// Archives a paper of a contract in sight, with its scans.
///
/// # Errors
/// A contract out of sight; files that are not the caller's to attach; as of [`ArchivedPaper::keep`].
pub fn keep(tx: &mut Tx<'_>, contract: SalesContractId, new: NewPaper) -> Result<ArchivedPaper, Failure> {
    let contract = referred(sales_contract::find(tx, contract), "/contract_id")?;
    let files = new.files.clone();
    let change = ArchivedPaper::keep(tx.id(), &contract, new, tx.actor(), tx.now())?;
    let paper = apply(tx, change)?;
    file::attach_exactly(tx, &files, ArchivedPaper::KIND, paper.id.uuid(), "/files")?;
    Ok(paper)
}

/// Lends a paper to somebody who works here.
///
/// # Errors
/// As of [`ArchivedPaper::lend`]; somebody who does not work here.
pub fn lend(
    tx: &mut Tx<'_>,
    paper: ArchivedPaper,
    (borrower, purpose, due_on): (EmployeeId, String, BusinessDate),
) -> Result<Change<ArchivedPaper>, Failure> {
    employee::refer(tx, borrower, "/borrower_id")?;
    let holder = match paper.loan() {
        Some(loan) => Register::of(tx)?.named(loan.borrower)?.name,
        None => String::new(),
    };
    let loan = Loan { borrower, purpose, at: tx.now(), due_on, back_at: None };
    Ok(paper.lend(loan, &holder, tx.today(), tx.actor())?)
}

/// That a paper is of a contract of one's own or of a department in reach, or lent to the caller.
pub(crate) fn covered(reader: &Reader<'_>) -> Where {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let own = sales_contracts::table
            .filter(sales_contracts::submitter_id.eq(sight.employee))
            .select(sales_contracts::id);
        let of_mine = archived_papers::contract_id.eq_any(own);
        let mine = of_mine.or(archived_papers::department_id.eq_any(sight.departments));
        wanted.also(mine.nullable().or(archived_papers::borrower_id.eq(Some(sight.employee))));
    }
    wanted
}

/// One paper, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: ArchivedPaperId) -> Result<ArchivedPaper, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(archived_papers::id.eq(key));
    let row: Row = db!(reader, |c| archived_papers::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.paper()
}

fn find_unscoped(reader: &mut Reader<'_>, key: Key) -> Result<ArchivedPaper, Failure> {
    let row: Row = db!(reader, |c| archived_papers::table
        .filter(archived_papers::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.paper()
}

fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    let found = reader.seeing_by(Permission::ReadContracts, |reader| find(reader, Id::from_uuid(id)));
    match found {
        Ok(_) => Ok(true),
        Err(Failure::NotFound) => Ok(false),
        Err(failure) => Err(failure),
    }
}
