//! The company's terms of selling (销售业务规则): numbers of documents, days to sign and to object. `[CON-1, COM-11]`

use crate::{
    spine::{Finding, Findings, PolicyContent},
    terms::{check_numbers, check_prefixes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which they are kept.
pub const SALES_TERMS_CODE: &str = "sales-terms/company";
/// Those terms as shipped.
pub const SHIPPED_SALES_TERMS: &str = include_str!("shipped/sales_terms.json");

/// What holds of all selling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesTerms {
    /// With what numbers of contracts begin.
    pub contract_prefix: String,
    /// With what numbers of receipts begin.
    pub receipt_prefix: String,
    /// With what numbers of refunds begin.
    pub refund_prefix: String,
    /// With what numbers of settlements of partners begin. `[COM-12]`
    #[serde(default = "partner_prefix")]
    pub partner_prefix: String,
    /// With what numbers of amendments of contracts begin. `[CON-3]`
    #[serde(default = "amendment_prefix")]
    pub amendment_prefix: String,
    /// How many days an approved contract may wait for its signature. `[CON-1]`
    pub unsigned_days: u32,
    /// How many working days somebody may object to their statement. `[COM-11]`
    pub objection_working_days: u32,
}

/// With what they began where versions of the terms did not say it yet.
fn amendment_prefix() -> String {
    "SA".to_owned()
}

fn partner_prefix() -> String {
    "PS".to_owned()
}

impl PolicyContent for SalesTerms {
    const KIND: &'static str = "sales-terms";
    const EXAMPLE: &'static str = SHIPPED_SALES_TERMS;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let prefixes = [
            ("contract_prefix", self.contract_prefix.as_str()),
            ("receipt_prefix", &self.receipt_prefix),
            ("refund_prefix", &self.refund_prefix),
            ("amendment_prefix", &self.amendment_prefix),
            ("partner_prefix", &self.partner_prefix),
        ];
        check_prefixes(&mut findings, &prefixes);
        let numbers = [
            ("unsigned_days", self.unsigned_days, 1, 366),
            ("objection_working_days", self.objection_working_days, 1, 366),
        ];
        check_numbers(&mut findings, &numbers);
        findings.into_vec()
    }
}
