//! Sales, whom they count for and what they pay, over HTTP. `[COM-1 … COM-10, SAL-1c]`

use crate::spine::{At, Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{
    commission::settlement::SaidLine,
    ownership_dispute::SettlementKind,
    sale::{Sale, ToldFact},
    spine::{EmployeeId, EnumLabels, Money, perm},
};
use persistence::sale::{
    self as sales, SaleFilter, SaleSummary, SaleView,
    credit::{self, CreditEntryFilter, CreditEntryView},
    deed,
    ledger::{self, CommissionEntryFilter, CommissionEntryView},
    settle,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, schema::AdditionalProperties},
};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sales",
        [list_sales, show_sale, tell_sale_fact, settle_sale, list_credit_entries, list_commission_entries]
    );
}

/// List sales. `[COM, INT-4]`
///
/// Those of departments in reach, of contracts of one's own, and those one has a part in. The newest first; what waits for an
/// answer by `status=held`.
#[utoipa::path(get, path = "/api/v1/sales")]
async fn list_sales(
    who: Can<perm::ReadSales>,
    wanted: Wanted<SaleFilter>,
    reading: Reading,
) -> List<SaleSummary> {
    reading.list(who, wanted, sales::list).await
}

/// Show a sale. `[COM-10, REG-6]`
///
/// Whom it counts for and who shares its commission, by which rule, version, clause and facts; which rules were looked at
/// before and why they did not hold; for what it waits; what was booked.
#[utoipa::path(get, path = "/api/v1/sales/{id}")]
async fn show_sale(who: Can<perm::ReadSales>, id: PathId<Sale>, reading: Reading) -> Reply<SaleView> {
    reading.read(who, move |reader| sales::view(reader, *id)).await
}

/// A fact as it may be sent: the derive leaves the choices of a tagged enum open to unknown members, which are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
struct SaidFact(ToldFact);

/// What people read for the kinds of facts that are sent: the same as for those that are kept.
pub(crate) const SAID: &EnumLabels = &EnumLabels { name: "SaidSaleFact", values: ToldFact::LABELS.values };

impl PartialSchema for SaidFact {
    fn schema() -> RefOr<Schema> {
        let mut schema = ToldFact::schema();
        if let RefOr::T(Schema::OneOf(choice)) = &mut schema {
            for item in &mut choice.items {
                if let RefOr::T(Schema::Object(object)) = item {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                }
            }
        }
        schema
    }
}

impl ToSchema for SaidFact {
    fn name() -> std::borrow::Cow<'static, str> {
        "SaidSaleFact".into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <ToldFact as ToSchema>::schemas(schemas);
    }
}

/// What is said of a sale.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TellSaleFact {
    /// What.
    fact: SaidFact,
    /// What shows it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "接待登记表第 3 页")]
    evidence: String,
}

/// Tell a fact about a sale. `[COM-5 … COM-10, OWN-14]`
///
/// The answer to a question, a finding, a ruling; never by somebody who has a part in the sale, and an answer once. A held sale
/// is judged anew, by the rules of the day it closed; one that is attributed is moved by nothing that is said later.
#[utoipa::path(post, path = "/api/v1/sales/{id}/tell-fact")]
async fn tell_sale_fact(
    who: Can<perm::JudgeSales>,
    at: At<Sale>,
    body: Valid<TellSaleFact>,
    work: UnitOfWork,
) -> Reply<SaleView> {
    work.moves(who, at, move |sale, tx| {
        let TellSaleFact { fact, evidence } = body.0.clone();
        deed::tell(tx, sale, fact.0, evidence)
    })
    .await
}

/// A line of a settlement.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleSaleLine {
    /// What it is.
    kind: SettlementKind,
    /// Who pays or is given it; absent for the company.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
    /// How much, in the book currency; absent for a fund, which takes what is left.
    #[serde(default)]
    amount: Option<Money>,
    /// Of an award in place of an amount: how much of the commission, in basis points.
    #[serde(default)]
    #[validate(range(min = 1, max = 10000))]
    #[schema(minimum = 1, maximum = 10000)]
    share_bp: Option<u32>,
    /// Of a fund its name.
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "团队基金")]
    purpose: Option<String>,
}

/// What is settled of a sale.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleSale {
    /// Why.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "双方均有促成，按现场裁决清算")]
    reasons: String,
    /// What comes into the pot and what goes out of it.
    #[validate(length(min = 1, max = 100), nested)]
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<SettleSaleLine>,
}

/// Settle what a sale earns. `[COM-9]`
///
/// A ruling: the commission that comes in is what the sale earns in full, with contributions and fines; out go awards, and what
/// is left to a fund. It comes out at exactly zero or is refused with the difference. It stands in place of the split, and is
/// booked whole once the commission is due in full; a later one takes its place. Fines go to the ledger of rewards and
/// penalties.
#[utoipa::path(post, path = "/api/v1/sales/{id}/settle")]
async fn settle_sale(
    who: Can<perm::JudgeSales>,
    at: At<Sale>,
    body: Valid<SettleSale>,
    work: UnitOfWork,
) -> Reply<SaleView> {
    work.moves(who, at, move |sale, tx| {
        let SettleSale { reasons, lines } = body.0.clone();
        settle::settle(tx, sale, reasons, lines.into_iter().map(Into::into).collect())
    })
    .await
}

impl From<SettleSaleLine> for SaidLine {
    fn from(line: SettleSaleLine) -> Self {
        let SettleSaleLine { kind, employee_id: employee, amount, share_bp, purpose } = line;
        Self { kind, employee, amount, share_bp, purpose }
    }
}

/// List entries of performance credit. `[SAL-1c, ANA-1]`
///
/// Whom sales count for, by person, department, customer and product, on the day they count; what is taken back has an entry
/// of its own.
#[utoipa::path(get, path = "/api/v1/credit-entries")]
async fn list_credit_entries(
    who: Can<perm::ReadSales>,
    wanted: Wanted<CreditEntryFilter>,
    reading: Reading,
) -> List<CreditEntryView> {
    reading.list(who, wanted, credit::list).await
}

/// List entries of commission. `[COM-10b]`
///
/// One's own, and of sales of departments in reach: each receipt and refund as it was booked.
#[utoipa::path(get, path = "/api/v1/commission-entries")]
async fn list_commission_entries(
    who: Can<perm::ReadCommission>,
    wanted: Wanted<CommissionEntryFilter>,
    reading: Reading,
) -> List<CommissionEntryView> {
    reading.list(who, wanted, ledger::list).await
}
