//! The archive of contracts over HTTP. `[CON-4]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    archived_paper::{ArchivedPaper, NewPaper, PaperKind},
    file::File,
    sales_contract::SalesContractId,
    spine::{AnyId, EmployeeId, Id, perm},
};
use persistence::archived_paper::{self as papers, ArchivedPaperFilter, ArchivedPaperView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "archived-papers",
        [
            list_archived_papers,
            archive_paper,
            show_archived_paper,
            move_archived_paper,
            lend_archived_paper,
            give_back_archived_paper,
        ]
    );
}

/// List papers of contracts in the archive. `[CON-4, INT-4]`
///
/// Of contracts of one's own, of departments in reach, and those that are lent to the caller. The newest first.
#[utoipa::path(get, path = "/api/v1/archived-papers")]
async fn list_archived_papers(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<ArchivedPaperFilter>,
    reading: Reading,
) -> List<ArchivedPaperView> {
    reading.list(who, wanted, papers::list).await
}

/// Show a paper of a contract in the archive. `[CON-4]`
#[utoipa::path(get, path = "/api/v1/archived-papers/{id}")]
async fn show_archived_paper(
    who: Can<perm::ReadContracts>,
    id: PathId<ArchivedPaper>,
    reading: Reading,
) -> Reply<ArchivedPaperView> {
    reading.read(who, move |reader| papers::view(reader, *id)).await
}

/// A paper to be archived.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArchivePaper {
    /// Of which contract.
    contract_id: SalesContractId,
    /// What kind it is.
    kind: PaperKind,
    /// What it is.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "监护仪采购合同正本")]
    title: String,
    /// Where it is.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "档案室 A-3 柜")]
    place: String,
    /// Its scans.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    files: Vec<AnyId>,
}

/// Archive a paper of a contract. `[CON-4; 003 销售合同管理]`
///
/// Of a contract that was signed; its scans are known again by their checksums.
#[utoipa::path(post, path = "/api/v1/archived-papers")]
async fn archive_paper(
    who: Can<perm::SuperviseContracts>,
    body: Valid<ArchivePaper>,
    work: UnitOfWork,
) -> Created<ArchivedPaperView> {
    work.write(who, move |tx| {
        let ArchivePaper { contract_id, kind, title, place, files } = body.0.clone();
        let files: Vec<Id<File>> = files.into_iter().map(|id| Id::from_uuid(id.uuid())).collect();
        let paper = papers::keep(tx, contract_id, NewPaper { kind, title, place, files })?;
        papers::show(tx, paper)
    })
    .await
}

/// Where a paper is put.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveArchivedPaper {
    /// Where it is.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "档案室 B-1 柜")]
    place: String,
}

/// Put a paper elsewhere. `[CON-4]`
#[utoipa::path(post, path = "/api/v1/archived-papers/{id}/move")]
async fn move_archived_paper(
    who: Can<perm::SuperviseContracts>,
    at: At<ArchivedPaper>,
    body: Valid<MoveArchivedPaper>,
    work: UnitOfWork,
) -> Reply<ArchivedPaperView> {
    work.moves(who, at, move |paper, tx| Ok(paper.put(body.place.clone(), tx.actor())?)).await
}

/// To whom a paper is lent.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LendArchivedPaper {
    /// To whom.
    borrower_id: EmployeeId,
    /// For what.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户对账")]
    purpose: String,
    /// By the end of which day it is to be back.
    due_on: NaiveDate,
}

/// Lend a paper of the archive. `[CON-4]`
///
/// To one person at a time, who owes bringing it back by the day.
#[utoipa::path(post, path = "/api/v1/archived-papers/{id}/lend")]
async fn lend_archived_paper(
    who: Can<perm::SuperviseContracts>,
    at: At<ArchivedPaper>,
    body: Valid<LendArchivedPaper>,
    work: UnitOfWork,
) -> Reply<ArchivedPaperView> {
    work.moves(who, at, move |paper, tx| {
        let LendArchivedPaper { borrower_id, purpose, due_on } = body.0.clone();
        papers::lend(tx, paper, (borrower_id, purpose, due_on))
    })
    .await
}

/// Take a paper back into the archive. `[CON-4]`
#[utoipa::path(post, path = "/api/v1/archived-papers/{id}/give-back")]
async fn give_back_archived_paper(
    who: Can<perm::SuperviseContracts>,
    at: At<ArchivedPaper>,
    work: UnitOfWork,
) -> Reply<ArchivedPaperView> {
    work.moves(who, at, move |paper, tx| Ok(paper.give_back(tx.actor(), tx.now())?)).await
}
