//! Buying beyond a limit needs the quotes of several suppliers, or a tender. `[EXP-7]`

use super::{content::too_many, *};
use crate::finance::{invoice::normalised, wording};
use crate::spine::{AnyId, Money};
use std::collections::BTreeSet;

/// At most so many quotes on a line.
pub const MAX_QUOTES: usize = 20;

/// The clause that wants prices to be compared.
pub(super) const PROCUREMENT_CLAUSE: &str = "000 §9 费用控制机制";

/// What a supplier quoted for a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupplierQuote)]
pub struct Quote {
    /// The supplier.
    #[schema(min_length = 1, max_length = 200, example = "杭州星火广告有限公司")]
    pub supplier: String,
    /// What it asks for the whole line, in the request's currency.
    pub amount: Money,
    /// The quote as a file.
    #[serde(default)]
    pub file_id: Option<AnyId>,
}

/// The record of a tender.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TenderRecord)]
pub struct Tender {
    /// Its number.
    #[schema(min_length = 1, max_length = 100, example = "ZB-2026-014")]
    pub reference: String,
    /// The record as a file.
    #[serde(default)]
    pub file_id: Option<AnyId>,
}

impl RequestContent {
    pub(super) fn check_quotes(&self, line: &RequestLine, pointer: &str, findings: &mut Findings) {
        too_many(findings, &format!("{pointer}/quotes"), line.quotes.len(), MAX_QUOTES);
        let mut suppliers = BTreeSet::new();
        for (index, quote) in line.quotes.iter().enumerate() {
            let pointer = format!("{pointer}/quotes/{index}");
            wording::check(findings, &format!("{pointer}/supplier"), &quote.supplier, 200);
            self.check_amount(quote.amount, &format!("{pointer}/amount"), findings);
            if !suppliers.insert(normalised(&quote.supplier)) {
                let supplier = [("supplier", json!(quote.supplier))];
                findings.add_with(format!("{pointer}/supplier"), SUPPLIER_TWICE, supplier);
            }
        }
        if let Some(tender) = &line.tender {
            wording::check(findings, &format!("{pointer}/tender/reference"), &tender.reference, 100);
        }
    }

    /// Notes every line without enough quotes and without a tender that buys, with the other lines of its category,
    /// beyond the limit: a purchase is not smaller for standing in two lines.
    pub(super) fn check_procurement(
        &self,
        rules: RequestRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let policy = &rules.policy.content;
        let limit = policy.procurement_limit;
        for (index, line) in self.lines.iter().enumerate() {
            let same = self.lines.iter().filter(|other| other.category == line.category);
            let together = Money::sum(same.map(|other| other.amount), self.exchange.currency);
            let amount = self.in_books(together.map_err(too_large)?)?;
            let given = line.quotes.len();
            let enough = line.tender.is_some() || given >= policy.quotes_required as usize;
            let beyond = amount.currency() != limit.currency() || amount.minor() > limit.minor();
            if enough || !beyond || !policy.is_procurement(&line.category, &rules.categories.content) {
                continue;
            }
            let category = rules.categories.content.find(&line.category);
            let facts = [
                ("category", json!(category.map_or(line.category.as_str(), |category| &category.zh))),
                ("amount", json!(amount.to_string())),
                ("limit", json!(limit.to_string())),
                ("required", json!(policy.quotes_required)),
                ("given", json!(given)),
            ];
            findings.add_with(format!("/lines/{index}/quotes"), QUOTES_MISSING, facts);
        }
        Ok(())
    }
}
