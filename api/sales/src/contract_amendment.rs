//! Amendments and terminations of contracts over HTTP. `[CON-3]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Created, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
        Valid, Wanted, routes,
    },
};
use domain::{
    approval::Document,
    contract_amendment::{AmendmentContent, AmendmentKind, ContractAmendment},
    product::ProductId,
    quantity::Quantity,
    sales_contract::{ContractLine, SalesContractId},
    spine::{Currency, Money, perm},
};
use persistence::{
    approval::document,
    contract_amendment::{
        self as amendments, ContractAmendmentFilter, ContractAmendmentSummary, ContractAmendmentView, deed,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "contract-amendments",
        [
            list_contract_amendments,
            create_contract_amendment,
            show_contract_amendment,
            revise_contract_amendment,
            preview_contract_amendment_approval,
            submit_contract_amendment,
            withdraw_contract_amendment,
            void_contract_amendment,
        ]
    );
}

/// List amendments of contracts. `[CON-3, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/contract-amendments")]
async fn list_contract_amendments(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<ContractAmendmentFilter>,
    reading: Reading,
) -> List<ContractAmendmentSummary> {
    reading.list(who, wanted, amendments::list).await
}

/// Show an amendment of a contract. `[CON-3, ACT-1]`
#[utoipa::path(get, path = "/api/v1/contract-amendments/{id}")]
async fn show_contract_amendment(
    who: Can<perm::ReadContracts>,
    id: PathId<ContractAmendment>,
    reading: Reading,
) -> Reply<ContractAmendmentView> {
    reading.read(who, move |reader| amendments::view(reader, *id)).await
}

/// A line of a contract as it is amended.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateContractAmendmentLine)]
struct Line {
    /// What is sold.
    product_id: ProductId,
    /// How many, net of what came back before.
    quantity: Quantity,
    /// What a unit costs, tax included.
    price: Money,
}

/// A new amendment.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateContractAmendment {
    /// Of which contract.
    contract_id: SalesContractId,
    /// What becomes of it; an amendment where absent.
    #[serde(default = "amend")]
    kind: AmendmentKind,
    /// Everything that the contract sells from then on; none of a termination.
    #[serde(default)]
    #[validate(length(max = 200), nested)]
    #[schema(max_items = 200)]
    lines: Vec<Line>,
    /// What is taken off the whole; nothing where absent.
    #[serde(default = "nothing")]
    discount: Money,
    /// Whether what was collected beyond what the contract comes to then is refunded.
    #[serde(default)]
    refunds: bool,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户减单")]
    grounds: String,
}

const fn amend() -> AmendmentKind {
    AmendmentKind::Amend
}
const fn nothing() -> Money {
    Money::zero(Currency::Cny)
}

impl Merged for CreateContractAmendment {
    const PATCH: &'static str = "ReviseContractAmendment";
    const FILLED: &'static [&'static str] = &["kind", "lines", "discount", "refunds"];
}

impl From<AmendmentContent> for CreateContractAmendment {
    fn from(content: AmendmentContent) -> Self {
        let AmendmentContent { contract, kind, lines, discount, refunds, grounds } = content;
        let line = |line: ContractLine| Line {
            product_id: line.product,
            quantity: line.quantity,
            price: line.price,
        };
        let lines = lines.into_iter().map(line).collect();
        Self { contract_id: contract, kind, lines, discount, refunds, grounds }
    }
}

impl From<CreateContractAmendment> for AmendmentContent {
    fn from(body: CreateContractAmendment) -> Self {
        let CreateContractAmendment { contract_id, kind, lines, discount, refunds, grounds } = body;
        let line = |Line { product_id, quantity, price }| ContractLine {
            product: product_id,
            quantity,
            price,
            tax_rate_bp: 0,
        };
        let lines = lines.into_iter().map(line).collect();
        Self { contract: contract_id, kind, lines, discount, refunds, grounds }
    }
}

/// Draw up an amendment or a termination of a contract. `[CON-3; 003 销售合同管理]`
///
/// Of a signed contract in sight. Starts a draft; its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/contract-amendments")]
async fn create_contract_amendment(
    who: Can<perm::SubmitContracts>,
    body: Valid<CreateContractAmendment>,
    work: UnitOfWork,
) -> Created<ContractAmendmentView> {
    work.write(who, move |tx| {
        let amendment = deed::create(tx, body.0.clone().into())?;
        amendments::show(tx, amendment)
    })
    .await
}

/// Change an amendment of a contract. `[CON-3]`
///
/// While it is a draft, returned or withdrawn; the contract stays.
#[utoipa::path(patch, path = "/api/v1/contract-amendments/{id}")]
async fn revise_contract_amendment(
    who: Can<perm::SubmitContracts>,
    at: At<ContractAmendment>,
    patch: Merge<CreateContractAmendment>,
    work: UnitOfWork,
) -> Reply<ContractAmendmentView> {
    work.moves(who, at, move |amendment, tx| {
        amendment.may_revise(tx.actor())?;
        let content: AmendmentContent = patch.over(&amendment.content.clone().into())?.into();
        let content = AmendmentContent { contract: amendment.content.contract, ..content };
        let content = deed::complete(tx, content)?;
        Ok(amendment.revise(content, tx.actor())?)
    })
    .await
}

/// Preview the approval of an amendment. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/contract-amendments/{id}/approval-preview")]
async fn preview_contract_amendment_approval(
    who: Can<perm::ReadContracts>,
    id: PathId<ContractAmendment>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let amendment = amendments::find(reader, *id)?;
            amendments::preview(reader, &amendment).map(SubmissionPreview::of)
        })
        .await
}

/// Submit an amendment for its review. `[CON-3, PRI-2]`
///
/// Who reviews it goes by the higher value of the contract, before or after. Quantities are never less than what was shipped and
/// kept, the whole never less than what was collected unless the rest is refunded; a termination waits until no order under the
/// contract has anything left to be shipped. With its approval it is in force.
#[utoipa::path(post, path = "/api/v1/contract-amendments/{id}/submit")]
async fn submit_contract_amendment(
    who: Can<perm::SubmitContracts>,
    at: At<ContractAmendment>,
    work: UnitOfWork,
) -> Reply<ContractAmendmentView> {
    work.moves(who, at, move |amendment, tx| deed::submit(tx, amendment)).await
}

/// Withdraw an amendment that waits for its review. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/contract-amendments/{id}/withdraw")]
async fn withdraw_contract_amendment(
    who: Can<perm::SubmitContracts>,
    at: At<ContractAmendment>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<ContractAmendmentView> {
    work.moves(who, at, move |amendment, tx| document::withdraw(tx, &amendment, body.note.clone())).await
}

/// Void an amendment. `[CON-3]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/contract-amendments/{id}/void")]
async fn void_contract_amendment(
    who: Can<perm::SubmitContracts>,
    at: At<ContractAmendment>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ContractAmendmentView> {
    work.moves(who, at, move |amendment, tx| document::void(tx, amendment, body.reason.clone())).await
}
