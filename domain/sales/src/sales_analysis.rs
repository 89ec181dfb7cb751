//! Sales analysed (销售分析): how much, by whom, of what, against the last period and the year before; what stands out is said and
//! explained. `[ANA-1; 004 §5.4; 000 §3.4]`
//!
//! One source, the entries of performance credit: every figure opens to its entries. These are the rules; the figures are
//! read where they are kept.

/// What stands out.
mod alert;
/// With what a period is compared.
mod compared;
/// Parts of a whole, and places.
mod share;

pub use alert::{Alert, LIKE_PERIODS, LIKE_PERIODS_MIN, alert};
pub use compared::{Days, change_bp};
pub use share::{places, shares_bp};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { SALES_ANALYSIS_REFUSALS:
    PERIOD_TOO_LONG = "sales_analysis.period_too_long", Invalid, "一次最多分析 {max} 天", "At most {max} days are analysed at once";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[SALES_ANALYSIS_REFUSALS], events: &[], enums: &[] };

/// At most so many days are analysed at once.
pub const DAYS_MAX: u64 = 3_660;

/// By what sales are grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesDimension)]
pub enum Dimension {
    /// By the department they count for, as of the sale.
    #[default]
    Department,
    /// By the person they count for.
    Person,
    /// By customer.
    Customer,
    /// By product.
    Product,
    /// By region.
    Region,
    /// By channel.
    Channel,
}

crate::labels! { Dimension = "SalesDimension":
    Department = "department", "部门", "Department";
    Person = "person", "人员", "Person";
    Customer = "customer", "客户", "Customer";
    Product = "product", "产品", "Product";
    Region = "region", "区域", "Region";
    Channel = "channel", "渠道", "Channel";
}

/// What is analysed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesAnalysisMeasure)]
pub enum AnalysisMeasure {
    /// The amount without tax, in fen.
    #[default]
    Amount,
    /// How many, in ten-thousandths of the unit.
    Quantity,
    /// The amount less what it cost, in fen; lines whose cost nobody has said are left out and counted.
    Profit,
    /// Customers whose first closed sale ever it was.
    NewCustomers,
}

crate::labels! { AnalysisMeasure = "SalesAnalysisMeasure":
    Amount = "amount", "不含税销售额", "Amount without tax";
    Quantity = "quantity", "数量", "Quantity";
    Profit = "profit", "毛利", "Profit";
    NewCustomers = "new_customers", "新客户数", "New customers";
}

#[cfg(test)]
mod tests;
