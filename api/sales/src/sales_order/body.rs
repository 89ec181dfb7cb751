//! What a client sends of an order.

use crate::{instalment::Term, spine::Merged};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    product::ProductId,
    quantity::Quantity,
    sales_contract::SalesContractId,
    sales_order::{OrderLine, OrderLineId, SalesOrderContent},
    spine::{Currency, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// A line of an order.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSalesOrderLine)]
pub(super) struct Line {
    /// What is ordered.
    product_id: ProductId,
    /// How many.
    quantity: Quantity,
    /// What a unit costs, tax included.
    price: Money,
}

/// An identity in another system.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SalesOrderExternalIdentity)]
pub(super) struct ExternalIdentity {
    /// Which system.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "erp")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    source: String,
    /// The identity there.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "10023")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    external_id: String,
}

/// A new order.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateSalesOrder {
    /// From whom.
    customer_id: CustomerId,
    /// Under which contract, where there is one.
    #[serde(default)]
    contract_id: Option<SalesContractId>,
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
    /// What is ordered.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<Line>,
    /// What is taken off the whole; nothing where absent.
    #[serde(default = "nothing")]
    discount: Money,
    /// By which day the customer wants it.
    #[serde(default)]
    deliver_by: Option<NaiveDate>,
    /// What is to be heeded.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "加急，分两批发货")]
    note: Option<String>,
    /// The other system that keeps it, and its identity there.
    #[serde(default)]
    #[validate(nested)]
    external: Option<ExternalIdentity>,
    /// In which parts it is paid, each by when, where it is under no contract of sale: all by share or all by amount, which come to
    /// exactly the total. Where there are none, the whole is due after its approval as the customer was granted days, or as the
    /// terms of receivables say.
    #[serde(default)]
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60)]
    instalments: Vec<Term>,
}

const fn nothing() -> Money {
    Money::zero(Currency::Cny)
}

impl Merged for CreateSalesOrder {
    const PATCH: &'static str = "ReviseSalesOrder";
    const FILLED: &'static [&'static str] = &["discount", "instalments"];
}

impl From<SalesOrderContent> for CreateSalesOrder {
    fn from(content: SalesOrderContent) -> Self {
        let SalesOrderContent {
            customer,
            contract,
            region,
            channel,
            lines,
            discount,
            deliver_by,
            note,
            external,
            instalments,
        } = content;
        let line =
            |line: OrderLine| Line { product_id: line.product, quantity: line.quantity, price: line.price };
        Self {
            customer_id: customer,
            contract_id: contract,
            region,
            channel,
            lines: lines.into_iter().map(line).collect(),
            discount,
            deliver_by,
            note,
            external: external.map(|(source, external_id)| ExternalIdentity { source, external_id }),
            instalments: instalments.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CreateSalesOrder> for SalesOrderContent {
    fn from(body: CreateSalesOrder) -> Self {
        let CreateSalesOrder {
            customer_id,
            contract_id,
            region,
            channel,
            lines,
            discount,
            deliver_by,
            note,
            external,
            instalments,
        } = body;
        let line = |Line { product_id, quantity, price }| OrderLine {
            id: OrderLineId::from_uuid(Uuid::nil()),
            product: product_id,
            quantity,
            price,
            tax_rate_bp: 0,
        };
        Self {
            customer: customer_id,
            contract: contract_id,
            region,
            channel,
            lines: lines.into_iter().map(line).collect(),
            discount,
            deliver_by,
            note,
            external: external.map(|external| (external.source, external.external_id)),
            instalments: instalments.into_iter().map(Into::into).collect(),
        }
    }
}

/// A line by its place, and how many.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MovedOrderLine)]
pub(crate) struct MovedLine {
    /// Its place in the order, from 1 on.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    pub line: usize,
    /// How many.
    pub quantity: Quantity,
}

/// Lines by their places.
pub(crate) fn moved(lines: &[MovedLine]) -> Vec<(usize, Quantity)> {
    lines.iter().map(|moved| (moved.line, moved.quantity)).collect()
}
