//! What a contract looks like. `[CON-1]`

use super::find;
use crate::{
    approval::{APPROVAL, document::owner},
    counted_figure,
    customer_file::{CustomerRef, view::refer_to},
    instalment::{InstalmentTermView, view::terms},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    product,
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    counted_figure::CountedKind,
    quantity::Quantity,
    sales_contract::{
        ContractKind, ReviewFinding, ReviewSubject, SalesContract, SalesContractAction, SalesContractId,
        SalesContractState,
    },
    spine::{AnyId, Currency, Money, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a contract. An alias, because the derive would take a generic type apart.
type SalesContractActionView = ActionView<SalesContractAction>;

/// A contract of sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesContract)]
pub struct SalesContractView {
    /// Its identity.
    pub id: SalesContractId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesContractState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or cancelled.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department whose sale it is.
    pub department: NamedRef,
    /// With whom.
    pub customer: CustomerRef,
    /// What kind.
    pub kind: ContractKind,
    /// What it is about.
    #[schema(max_length = 200, example = "监护仪采购")]
    pub subject: String,
    /// The region it counts in.
    #[schema(max_length = 40, example = "华东")]
    pub region: Option<String>,
    /// The channel it counts in.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// What is sold.
    #[schema(max_items = 200)]
    pub lines: Vec<SalesContractLineView>,
    /// What is taken off the whole.
    pub discount: Money,
    /// What the customer pays, tax included.
    pub total: Money,
    /// What of that is collected; null before it is approved.
    pub collected: Option<Money>,
    /// What its review found.
    #[schema(max_items = 6)]
    pub review: Vec<ContractReviewView>,
    /// In which parts it is paid, each by when; where there are none, as the terms of receivables say.
    #[schema(max_items = 60)]
    pub instalments: Vec<InstalmentTermView>,
    /// The day of its signature.
    pub signed_on: Option<NaiveDate>,
    /// Who took the signature.
    pub taken_by: Option<PersonRef>,
    /// Where the signed original is.
    #[schema(max_length = 200)]
    pub original: Option<String>,
    /// Which revision of it is shown: the first as it was signed, then one with each amendment.
    #[schema(minimum = 1)]
    pub revision: u32,
    /// The last day on which it runs, where that was said.
    pub expires_on: Option<NaiveDate>,
    /// The day on which it ended.
    pub ended_on: Option<NaiveDate>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<SalesContractActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesContractLine)]
pub struct SalesContractLineView {
    /// What is sold.
    pub product: NamedRef,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Its part of the discount.
    pub discount: Money,
    /// What the customer pays for it.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The tax in it.
    pub tax: Money,
}

/// What the review found of a subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractReviewed)]
pub struct ContractReviewView {
    /// Of what.
    pub subject: ReviewSubject,
    /// What was found.
    pub finding: ReviewFinding,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl View for SalesContractView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
        Refers::to("taken_by", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales-contracts/{}", self.id))
    }
}

/// One contract, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SalesContractId) -> Result<SalesContractView, Failure> {
    let contract = find(reader, id)?;
    show(reader, contract)
}

/// A contract where something refers to it.
pub static SALES_CONTRACT: Target =
    Target { permission: Permission::ReadContracts, look: |reader, id| in_json(view(reader, id.into())) };

/// How a contract at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, contract: SalesContract) -> Result<SalesContractView, Failure> {
    let register = Register::of(reader)?;
    let actions = contract.actions(owner(reader, &contract)?, reader.actor());
    let figure = counted_figure::of(reader, CountedKind::Collected, contract.id.uuid())?;
    let (status, lines) = (contract.state(), lines(reader, &contract)?);
    let (revision, expires_on, ended) = (contract.revision, contract.expires_on, contract.ended);
    let total = contract.content.total().map_err(Failure::fault)?;
    let SalesContract { id, petition, department, content, signature, version, .. } = contract;
    let (status_at, reason) = petition.standing.told();
    let review = content.review.into_iter().map(|reviewed| ContractReviewView {
        subject: reviewed.subject,
        finding: reviewed.finding,
        reason: reviewed.reason,
    });
    Ok(SalesContractView {
        id,
        status,
        status_at: signature.as_ref().map_or(status_at, |signature| Some(signature.at)),
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, content.customer)?,
        kind: content.kind,
        subject: content.subject,
        region: content.region,
        channel: content.channel,
        lines,
        discount: content.discount,
        total,
        collected: figure.map(|figure| Money::from_minor(figure.counted, Currency::Cny)),
        review: review.collect(),
        instalments: terms(&content.instalments, total),
        signed_on: signature.as_ref().map(|signature| signature.on),
        taken_by: signature.as_ref().map(|signature| register.named(signature.taken_by)).transpose()?,
        original: signature.map(|signature| signature.original),
        revision,
        expires_on,
        ended_on: ended.map(|ended| ended.on),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/sales-contracts/{id}"), actions),
        version,
        number: petition.number,
    })
}

fn lines(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<Vec<SalesContractLineView>, Failure> {
    let names = product::names(reader, contract.content.lines.iter().map(|line| line.product))?;
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let shown = contract.content.lines.iter().zip(amounts).map(|(line, amounts)| {
        Ok(SalesContractLineView {
            product: names.get(&line.product).cloned().ok_or(Failure::NotFound)?,
            quantity: line.quantity,
            price: line.price,
            discount: amounts.discount,
            gross: amounts.gross,
            net: amounts.net,
            tax: amounts.tax,
        })
    });
    shown.collect()
}

impl Placed<crate::Sales> for SalesContractAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Sign => Place::Post("/sign"),
            Self::Cancel => Place::Post("/cancel"),
            Self::SetExpiry => Place::Post("/set-expiry"),
            Self::Conclude => Place::Post("/conclude"),
        }
    }
}
