//! Sales contracts over HTTP. `[CON-1, PRI-2]`

/// Until when they run, and how they end.
mod ending;

use crate::{
    approval::SubmissionPreview,
    instalment::Term,
    spine::{
        At, ByRules, Can, Created, List, Merge, Merged, Note, PathId, Query, Reading, Reason, Reply, Routes,
        UnitOfWork, Valid, Wanted, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    approval::{Document, NO_EMPLOYEE, NewDocument},
    customer_file::CustomerId,
    product::ProductId,
    quantity::Quantity,
    sales_contract::{
        ContractKind, ContractLine, ReviewFinding, ReviewSubject, Reviewed, SalesContract,
        SalesContractContent,
    },
    spine::{Currency, EmployeeId, Money, Refusal, perm},
};
use persistence::{
    approval::document,
    contract_amendment::revision,
    organisation::Register,
    sales_contract::{self as contracts, SalesContractFilter, SalesContractSummary, SalesContractView, deed},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use ending::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sales-contracts",
        [
            list_sales_contracts,
            create_sales_contract,
            show_sales_contract,
            revise_sales_contract,
            preview_sales_contract_approval,
            submit_sales_contract,
            withdraw_sales_contract,
            void_sales_contract,
            sign_sales_contract,
            cancel_sales_contract,
            set_sales_contract_expiry,
            conclude_sales_contract,
        ]
    );
}

/// List sales contracts. `[CON-1, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/sales-contracts")]
async fn list_sales_contracts(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<SalesContractFilter>,
    reading: Reading,
) -> List<SalesContractSummary> {
    reading.list(who, wanted, contracts::list).await
}

/// As of which day.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct InForceOn {
    /// The day on which it is to be in force; as it stands now where absent.
    as_of: Option<NaiveDate>,
}

/// Show a sales contract. `[CON-1, CON-3, ACT-1]`
///
/// With `as_of` as it was in force on that day, whatever amended it since.
#[utoipa::path(get, path = "/api/v1/sales-contracts/{id}")]
async fn show_sales_contract(
    who: Can<perm::ReadContracts>,
    id: PathId<SalesContract>,
    asked: Query<InForceOn>,
    _: ByRules,
    reading: Reading,
) -> Reply<SalesContractView> {
    let as_of = asked.as_of;
    reading
        .read(who, move |reader| match as_of {
            Some(on) => revision::view_as_of(reader, *id, on),
            None => contracts::view(reader, *id),
        })
        .await
}

/// A line of a contract.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSalesContractLine)]
struct Line {
    /// What is sold.
    product_id: ProductId,
    /// How many.
    quantity: Quantity,
    /// What a unit costs, tax included.
    price: Money,
}

/// What the review found of a subject.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateContractReviewed)]
struct ReviewLine {
    /// Of what.
    subject: ReviewSubject,
    /// What was found.
    finding: ReviewFinding,
    /// Why, where it deviates.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// A new contract.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateSalesContract {
    /// With whom.
    customer_id: CustomerId,
    /// What kind; a sale where absent.
    #[serde(default = "sale")]
    kind: ContractKind,
    /// What it is about.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "监护仪采购")]
    subject: String,
    /// The region it counts in.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "华东")]
    region: Option<String>,
    /// The channel it counts in.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    channel: Option<String>,
    /// What is sold.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<Line>,
    /// What is taken off the whole; nothing where absent.
    #[serde(default = "nothing")]
    discount: Money,
    /// What its review found; of every subject before it is submitted.
    #[serde(default)]
    #[validate(length(max = 6), nested)]
    #[schema(max_items = 6)]
    review: Vec<ReviewLine>,
    /// In which parts it is paid, each by when: all by share or all by amount, which come to exactly the total. Where there are
    /// none, the whole is due after the signature as the customer was granted days, or as the terms of receivables say.
    #[serde(default)]
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60)]
    instalments: Vec<Term>,
}

const fn sale() -> ContractKind {
    ContractKind::Sale
}
const fn nothing() -> Money {
    Money::zero(Currency::Cny)
}

impl Merged for CreateSalesContract {
    const PATCH: &'static str = "ReviseSalesContract";
    const FILLED: &'static [&'static str] = &["kind", "discount", "review", "instalments"];
}

impl From<SalesContractContent> for CreateSalesContract {
    fn from(content: SalesContractContent) -> Self {
        let SalesContractContent { customer, kind, subject, region, channel, .. } = content;
        let SalesContractContent { lines, discount, review, instalments, .. } = content;
        let line = |line: ContractLine| Line {
            product_id: line.product,
            quantity: line.quantity,
            price: line.price,
        };
        let reviewed =
            |said: Reviewed| ReviewLine { subject: said.subject, finding: said.finding, reason: said.reason };
        Self {
            customer_id: customer,
            kind,
            subject,
            region,
            channel,
            lines: lines.into_iter().map(line).collect(),
            discount,
            review: review.into_iter().map(reviewed).collect(),
            instalments: instalments.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CreateSalesContract> for SalesContractContent {
    fn from(body: CreateSalesContract) -> Self {
        let CreateSalesContract { customer_id, kind, subject, region, channel, .. } = body;
        let CreateSalesContract { lines, discount, review, instalments, .. } = body;
        let line = |Line { product_id, quantity, price }| ContractLine {
            product: product_id,
            quantity,
            price,
            tax_rate_bp: 0,
        };
        let reviewed = |ReviewLine { subject, finding, reason }| Reviewed { subject, finding, reason };
        Self {
            customer: customer_id,
            kind,
            subject,
            region,
            channel,
            lines: lines.into_iter().map(line).collect(),
            discount,
            review: review.into_iter().map(reviewed).collect(),
            instalments: instalments.into_iter().map(Into::into).collect(),
        }
    }
}

/// Draw up a sales contract. `[CON-1, LINE]`
///
/// Starts a draft in the caller's name, of their department; its number is taken now and never used again. Prices include
/// tax, of which the product says how much.
#[utoipa::path(post, path = "/api/v1/sales-contracts")]
async fn create_sales_contract(
    who: Can<perm::SubmitContracts>,
    body: Valid<CreateSalesContract>,
    work: UnitOfWork,
) -> Created<SalesContractView> {
    work.write(who, move |tx| {
        let contract = create(tx, body.0.clone().into())?;
        contracts::show(tx, contract)
    })
    .await
}

fn create(tx: &mut Tx<'_>, content: SalesContractContent) -> Result<SalesContract, Failure> {
    let content = contracts::complete(tx, content)?;
    let (number, actor, today) = (contracts::next_number(tx)?, tx.actor().clone(), tx.today());
    let register = Register::of(tx)?;
    let department = actor.employee.and_then(|person| register.department_on(person, today));
    let department = department.or(actor.department).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = SalesContract::create(new, department, content, &actor, tx.now())?;
    contracts::apply(tx, change)
}

/// Change a sales contract. `[CON-1]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/sales-contracts/{id}")]
async fn revise_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    patch: Merge<CreateSalesContract>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| {
        contract.may_revise(tx.actor())?;
        let content = patch.over(&contract.content.clone().into())?.into();
        let content = contracts::complete(tx, content)?;
        Ok(contract.revise(content, tx.actor())?)
    })
    .await
}

/// Preview the approval of a sales contract. `[APR-8, PRI-2]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/sales-contracts/{id}/approval-preview")]
async fn preview_sales_contract_approval(
    who: Can<perm::ReadContracts>,
    id: PathId<SalesContract>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let contract = contracts::find(reader, *id)?;
            contracts::preview(reader, &contract).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a sales contract for its review. `[CON-1, PRI-2; 003 销售合同管理]`
///
/// Every subject of the review must have a finding. Nobody sells above or below the list without having asked: a line whose
/// price deviates, discounts counted in, is refused. Who reviews it goes by its value.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/submit")]
async fn submit_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| deed::submit(tx, contract)).await
}

/// Withdraw a sales contract that waits for its review. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/withdraw")]
async fn withdraw_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| document::withdraw(tx, &contract, body.note.clone())).await
}

/// Void a sales contract. `[CON-1]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/void")]
async fn void_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| document::void(tx, contract, body.reason.clone())).await
}

/// How a contract was signed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignSalesContract {
    /// The day it bears.
    signed_on: NaiveDate,
    /// Who took the signature; whoever drew the contract up where absent.
    #[serde(default)]
    taken_by_id: Option<EmployeeId>,
    /// Where the signed original is.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "档案室 A-3 柜")]
    original: String,
}

/// Sign a sales contract. `[CON-1, COM-10, COM-10b]`
///
/// As it was approved: what is signed is never another version. Its sale closes in the same moment: what records show by then,
/// the rules of commission, the rates and the split freeze; where something is missing, commission waits.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/sign")]
async fn sign_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<SignSalesContract>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| {
        let SignSalesContract { signed_on, taken_by_id, original } = body.0.clone();
        deed::sign(tx, contract, (signed_on, taken_by_id, original))
    })
    .await
}

/// Cancel an approved sales contract. `[CON-1, OWN-15]`
///
/// Before it is signed, once nothing of what was collected is left on it; its sale falls through.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/cancel")]
async fn cancel_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| deed::cancel(tx, contract, body.reason.clone())).await
}
