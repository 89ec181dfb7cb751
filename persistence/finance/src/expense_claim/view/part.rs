//! The parts of a claim as they are shown: lines, rate, journal, payments, and what it is linked to.

use crate::{
    finance::expense_request as requests,
    organisation::NamedRef,
    spine::{Failure, Reader},
};
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::*,
        expense_request::ExpenseRequest,
        invoice::Invoice,
        journal::{Role, Side},
        payment::Payment,
        procurement::{Quote, Tender},
    },
    spine::{AnyId, Currency, ExchangeRate, Id, Money, Refusal, Timestamp, UserId},
};
use serde::Serialize;
use utoipa::ToSchema;

/// An exchange rate and its day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RateOfDay)]
pub struct RateView {
    /// How many units of the book currency one unit is worth.
    pub rate: ExchangeRate,
    /// The day of the rate.
    pub date: NaiveDate,
}

/// A line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseClaimLine)]
pub struct LineView {
    /// Its place, counted from 1.
    #[schema(minimum = 1, maximum = 200)]
    pub line: usize,
    /// The expense category's code.
    #[schema(max_length = 60, example = "entertainment.travel")]
    pub category: String,
    /// What it was.
    #[schema(max_length = 500)]
    pub description: String,
    /// The day it was spent.
    pub occurred_on: NaiveDate,
    /// What is asked for.
    pub claimed: Money,
    /// What is approved.
    pub approved: Money,
    /// Why it is less than asked for.
    #[schema(max_length = 500)]
    pub reduction_reason: Option<String>,
    /// The account that cut it.
    pub reduced_by: Option<UserId>,
    /// The department that bears the cost.
    pub cost_centre: NamedRef,
    /// What proves it.
    #[schema(max_items = 50)]
    pub invoices: Vec<Invoice>,
    /// The line of the request it draws on, counted from 1.
    #[schema(minimum = 1, maximum = 200)]
    pub request_line: Option<i32>,
    /// The advertisement it pays for.
    pub advertisement: Option<Advertisement>,
    /// What suppliers quoted.
    #[schema(max_items = 20)]
    pub quotes: Vec<Quote>,
    /// The tender it was awarded in.
    pub tender: Option<Tender>,
}

/// The expense request a claim draws on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClaimedRequest)]
pub struct ClaimedRequestView {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "ER-2026-000123")]
    pub number: String,
}

impl ClaimedRequestView {
    /// The request of an id that a document names.
    pub(crate) fn of(
        reader: &mut Reader<'_>,
        id: Option<Id<ExpenseRequest>>,
    ) -> Result<Option<Self>, Failure> {
        let named = |id: Id<ExpenseRequest>| {
            Ok(Self { id: id.uuid().into(), number: requests::number_of(reader, id)? })
        };
        id.map(named).transpose()
    }
}

/// A cash advance that a claim settles.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SettledAdvance)]
pub struct SettlementView {
    /// The advance.
    pub advance_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub number: String,
    /// How much of it the claim is to settle, in the book currency.
    pub amount: Money,
    /// How much the approved amount settles: less where less was approved.
    pub settled: Money,
}

impl SettlementView {
    pub(super) fn all(content: &ClaimContent, numbers: Vec<String>) -> Result<Vec<Self>, Refusal> {
        let parts = content.advances.iter().zip(content.settled()?).zip(numbers);
        let view = |((asked, settled), number): ((&Settlement, Settlement), String)| Self {
            advance_id: asked.advance.uuid().into(),
            number,
            amount: asked.amount,
            settled: settled.amount,
        };
        Ok(parts.map(view).collect())
    }
}

/// How finance took a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Acknowledgement)]
pub struct AcknowledgementView {
    /// Under what it was taken.
    #[schema(max_length = 60)]
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// By which account.
    pub by: UserId,
}

/// A journal entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JournalEntry)]
pub struct JournalView {
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// The currency of the books.
    pub currency: Currency,
    /// Its postings; debit equals credit.
    #[schema(max_items = 500)]
    pub postings: Vec<PostingView>,
}

/// One posting of an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JournalPosting)]
pub struct PostingView {
    /// Which side.
    pub side: Side,
    /// What it stands for.
    pub role: Role,
    /// The general ledger account.
    #[schema(max_length = 40, example = "6601.09")]
    pub account: String,
    /// The claim line it comes from.
    #[schema(minimum = 1)]
    pub line: Option<usize>,
    /// The department that bears it.
    pub cost_centre: Option<NamedRef>,
    /// How much.
    pub amount: Money,
    /// How much of it rounding left over from other lines.
    pub remainder: Money,
}

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpensePayment)]
pub struct PaymentView {
    /// Its reference.
    #[schema(max_length = 60)]
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The day the money moved.
    pub paid_on: NaiveDate,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
    /// By which account.
    pub confirmed_by: UserId,
    /// That the bank returned it: it counts no more.
    pub returned: Option<ReturnedPaymentView>,
}

/// A payment that the bank returned.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReturnedPayment)]
pub struct ReturnedPaymentView {
    /// The reference of the return.
    #[schema(max_length = 60)]
    pub reference: String,
    /// The day the money came back.
    pub returned_on: NaiveDate,
    /// The bank's words.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By which account.
    pub recorded_by: UserId,
}

/// What a reversing document undoes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reverses)]
pub struct ReversesView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60)]
    pub number: String,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
}

pub(super) fn rate_of_day(exchange: &Exchange) -> Option<RateView> {
    exchange.rate_date.map(|date| RateView { rate: exchange.rate, date })
}

pub(super) fn shown_acknowledgement(
    Acknowledgement { reference, at, by }: Acknowledgement,
) -> AcknowledgementView {
    AcknowledgementView { reference, at, by }
}

pub(super) fn shown_reversal(ReversalOf { claim, number, reason, repayable: _ }: ReversalOf) -> ReversesView {
    ReversesView { claim_id: claim.uuid().into(), number, reason }
}

pub(super) fn shown_payment(payment: Payment) -> PaymentView {
    let Payment { notice, confirmed_at, confirmed_by, returned } = payment;
    let returned = returned.map(|returned| ReturnedPaymentView {
        reference: returned.reference,
        returned_on: returned.on,
        reason: returned.reason,
        recorded_at: returned.at,
        recorded_by: returned.by,
    });
    PaymentView {
        reference: notice.reference,
        amount: notice.amount,
        paid_on: notice.paid_on,
        confirmed_at,
        confirmed_by,
        returned,
    }
}
