//! What a paper of the archive looks like, and the papers within the caller's sight. `[CON-4, INT-4]`

use super::{Row, covered, find};
use crate::{
    organisation::{DEPARTMENT, NamedRef, PersonRef, Register},
    sales_contract::SALES_CONTRACT,
    schema::{archived_papers, files},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Slice, View, columns, db, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    archived_paper::{ArchivedPaper, ArchivedPaperId, Loan, PaperKind},
    sales_contract::SalesContractId,
    spine::{AnyId, DepartmentId, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A paper of a contract in the archive.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ArchivedPaper)]
pub struct ArchivedPaperView {
    /// Its identity.
    pub id: ArchivedPaperId,
    /// Of which contract.
    pub contract_id: SalesContractId,
    /// The department of the contract.
    pub department: NamedRef,
    /// What kind it is.
    pub kind: PaperKind,
    /// What it is.
    #[schema(max_length = 200, example = "监护仪采购合同正本")]
    pub title: String,
    /// Where it is.
    #[schema(max_length = 200, example = "档案室 A-3 柜")]
    pub place: String,
    /// Its scans, with the checksums by which they are known again.
    #[schema(max_items = 20)]
    pub files: Vec<ArchivedFileView>,
    /// Who has it; null while it is in its place.
    pub borrower: Option<PersonRef>,
    /// By the end of which day it is to be back.
    pub due_on: Option<NaiveDate>,
    /// To whom it was lent, the last one last.
    #[schema(max_items = 10000)]
    pub loans: Vec<ArchiveLoanView>,
    /// When it was archived.
    pub kept_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A scan of a paper.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ArchivedFile)]
pub struct ArchivedFileView {
    /// The file.
    pub id: AnyId,
    /// Its name.
    #[schema(max_length = 255)]
    pub name: String,
    /// Its SHA-256, in hexadecimal.
    #[schema(max_length = 64)]
    pub sha256: String,
}

/// A loan of a paper.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ArchiveLoan)]
pub struct ArchiveLoanView {
    /// To whom.
    pub borrower: PersonRef,
    /// For what.
    #[schema(max_length = 500)]
    pub purpose: String,
    /// When it was lent.
    pub lent_at: Timestamp,
    /// By the end of which day it was to be back.
    pub due_on: NaiveDate,
    /// When it came back.
    pub back_at: Option<Timestamp>,
}

impl View for ArchivedPaperView {
    const REFERS: &'static [Refers] =
        &[Refers::to("contract", &SALES_CONTRACT).by("contract_id"), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/archived-papers/{}", self.id))
    }
}

/// One paper, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ArchivedPaperId) -> Result<ArchivedPaperView, Failure> {
    let paper = find(reader, id)?;
    show(reader, paper)
}

/// How a paper at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, paper: ArchivedPaper) -> Result<ArchivedPaperView, Failure> {
    let (register, scans) = (Register::of(reader)?, scans(reader, &[&paper])?);
    shown(&register, &scans, paper)
}

/// The scans of papers, by their keys.
fn scans(
    reader: &mut Reader<'_>,
    papers: &[&ArchivedPaper],
) -> Result<HashMap<Key, ArchivedFileView>, Failure> {
    let of = |paper: &&ArchivedPaper| paper.files.iter().map(|file| Key::from(*file)).collect::<Vec<_>>();
    let keys: Vec<Key> = papers.iter().flat_map(of).collect();
    let mut found = HashMap::new();
    for piece in keys.chunks(500) {
        let rows: Vec<(Key, String, String)> = db!(reader, |c| files::table
            .filter(files::id.eq_any(piece))
            .select((files::id, files::name, files::sha256))
            .load(c))?;
        found.extend(
            rows.into_iter().map(|(id, name, sha256)| {
                (id, ArchivedFileView { id: AnyId::from_uuid(id.0), name, sha256 })
            }),
        );
    }
    Ok(found)
}

fn shown(
    register: &Register,
    scans: &HashMap<Key, ArchivedFileView>,
    paper: ArchivedPaper,
) -> Result<ArchivedPaperView, Failure> {
    let (borrower, due_on) = match paper.loan() {
        Some(loan) => (Some(register.named(loan.borrower)?), Some(loan.due_on)),
        None => (None, None),
    };
    let loan = |Loan { borrower, purpose, at, due_on, back_at }: Loan| {
        Ok(ArchiveLoanView { borrower: register.named(borrower)?, purpose, lent_at: at, due_on, back_at })
    };
    Ok(ArchivedPaperView {
        id: paper.id,
        contract_id: paper.contract,
        department: register.placed(paper.department)?,
        kind: paper.kind,
        title: paper.title,
        place: paper.place,
        files: paper.files.iter().filter_map(|file| scans.get(&Key::from(*file)).cloned()).collect(),
        borrower,
        due_on,
        loans: paper.loans.into_iter().map(loan).collect::<Result<_, Failure>>()?,
        kept_at: paper.kept_at,
        version: paper.version,
    })
}

/// Which papers are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ArchivedPaperFilter {
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "original")]
    pub kind: Several<PaperKind>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only lent to this person.
    pub borrower_id: Option<EmployeeId>,
    /// Only lent, and to be back on this day or before.
    #[serde(rename = "due_on[lte]")]
    pub due_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ArchivedPaperOrder,
}

impl Filter for ArchivedPaperFilter {}

orders! {
    /// By what papers are ordered.
    pub ArchivedPaperOrder of Row in archived_papers by id, descending:
    created_at = id;
}

/// Papers within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ArchivedPaperFilter,
    page: &Page,
) -> Result<Slice<ArchivedPaperView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, archived_papers, filter;
        kind in kind, contract_id = contract_id, department_id = department_id, borrower_id = borrower_id,
        due_on <= due_to);
    let found = paged!(reader, page, filter.sort, wanted;
        archived_papers::table => Row::as_select(); |row: &Row| row);
    let found = found.try_map(Row::paper)?;
    let scans = scans(reader, &found.data.iter().collect::<Vec<_>>())?;
    let register = Register::of(reader)?;
    found.try_map(|paper| shown(&register, &scans, paper))
}

columns! { ArchivedPaperView as "archived-papers" "合同档案" "Archive of contracts", domain::spine::Permission::ExportSales:
    title "名称" "Title";
    kind "类型" "Kind";
    place "存放位置" "Place";
    department "部门" "Department";
    borrower "借阅人" "Borrower" = |row| row.borrower.as_ref().map(|borrower| borrower.name.as_str());
    due_on "应归还日期" "To be back on";
    kept_at "归档时间" "Archived at";
}
