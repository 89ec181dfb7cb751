//! 采购: buying beyond a limit needs the quotes of several suppliers, or a tender — whether leave is asked beforehand
//! by a request, or the money is claimed directly afterwards. What an approved request allowed was looked at there; what
//! a claim asks beyond it was not, and is looked at together with it.
//! `[EXP-7]`

use super::{
    expense_category::ExpenseCategories, expense_claim::Exchange,
    expense_request_policy::ExpenseRequestPolicy, invoice::normalised, wording,
};
use crate::{
    file::File,
    spine::{AnyId, Citation, Currency, Findings, Id, Money, PolicyVersion},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// At most so many quotes on a line.
pub const MAX_QUOTES: usize = 20;

/// The clause that wants prices to be compared.
const PROCUREMENT_CLAUSE: &str = "000 §9 费用控制机制";

crate::refusals! { PROCUREMENT_REFUSALS:
    QUOTES_MISSING = "procurement.quotes_missing", Invalid, "“{category}”采购金额 {amount} 超过 {limit}，须附 {required} 家供应商报价或招标记录，现有 {given} 家", "\"{category}\" buys for {amount}, more than {limit}: {required} suppliers' quotes or a tender record are needed, {given} are given";
    SUPPLIER_TWICE = "procurement.supplier_twice", Invalid, "供应商“{supplier}”重复报价", "The supplier \"{supplier}\" quotes twice";
    TOO_MANY_QUOTES = "procurement.too_many_quotes", Invalid, "一行最多 {max} 份报价", "A line has at most {max} quotes";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[PROCUREMENT_REFUSALS], events: &[], enums: &[] };

/// What a supplier quoted for a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupplierQuote)]
pub struct Quote {
    /// The supplier.
    #[schema(min_length = 1, max_length = 200, example = "杭州星火广告有限公司")]
    pub supplier: String,
    /// What it asks for the whole line, in the document's currency.
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

/// What proves that prices were compared: the same papers on a line of a request and of a claim.
#[derive(Clone, Copy, Debug)]
pub struct Papers<'a> {
    /// What suppliers quoted.
    pub quotes: &'a [Quote],
    /// The tender it was awarded in.
    pub tender: Option<&'a Tender>,
}

impl<'a> Papers<'a> {
    /// The files among them.
    pub(super) fn files(self) -> impl Iterator<Item = Id<File>> + 'a {
        let quotes = self.quotes.iter().filter_map(|quote| quote.file_id);
        let tender = self.tender.and_then(|tender| tender.file_id);
        quotes.chain(tender).map(|id| Id::from_uuid(id.uuid()))
    }

    /// Whether they prove that prices were compared.
    pub(super) const fn are_enough(self, policy: &ExpenseRequestPolicy) -> bool {
        self.tender.is_some() || self.quotes.len() >= policy.quotes_required as usize
    }

    /// What must hold even of a draft: names, amounts in the document's currency, each supplier once.
    pub(super) fn check(self, exchange: &Exchange, pointer: &str, findings: &mut Findings) {
        if self.quotes.len() > MAX_QUOTES {
            findings.add_with(format!("{pointer}/quotes"), TOO_MANY_QUOTES, [("max", json!(MAX_QUOTES))]);
        }
        let mut suppliers = BTreeSet::new();
        for (index, quote) in self.quotes.iter().enumerate() {
            let pointer = format!("{pointer}/quotes/{index}");
            wording::check(findings, &format!("{pointer}/supplier"), &quote.supplier, 200);
            exchange.check_amount(quote.amount, &format!("{pointer}/amount"), findings);
            if !suppliers.insert(normalised(&quote.supplier)) {
                let supplier = [("supplier", json!(quote.supplier))];
                findings.add_with(format!("{pointer}/supplier"), SUPPLIER_TWICE, supplier);
            }
        }
        if let Some(tender) = self.tender {
            wording::check(findings, &format!("{pointer}/tender/reference"), &tender.reference, 100);
        }
    }
}

/// A line that buys something nobody has looked at yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purchase<'a> {
    /// Its place in the document, counted from 0.
    pub index: usize,
    /// The expense category's code.
    pub category: &'a str,
    /// For how much, in minor units of the book currency.
    pub worth: i64,
    /// What it is proved by.
    pub papers: Papers<'a>,
}

/// What purchases are judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct PurchaseRules<'a> {
    /// The limit, and what is needed beyond it.
    pub policy: &'a PolicyVersion<ExpenseRequestPolicy>,
    /// The tree of categories.
    pub categories: &'a ExpenseCategories,
}

/// Notes every line without enough quotes and without a tender that buys, with the other lines of its category, beyond
/// the limit: a purchase is not smaller for standing in two lines, nor for what was `bought` of its category before
/// without papers, in minor units of the book currency.
pub(super) fn compare(
    purchases: &[Purchase<'_>],
    bought: &BTreeMap<&str, i64>,
    book: Currency,
    rules: PurchaseRules<'_>,
    findings: &mut Findings,
) {
    let policy = &rules.policy.content;
    let limit = policy.procurement_limit;
    for line in purchases {
        if line.papers.are_enough(policy) || !policy.is_procurement(line.category, rules.categories) {
            continue;
        }
        let same = purchases.iter().filter(|other| other.category == line.category);
        let earlier = bought.get(line.category).copied().unwrap_or(0);
        let amount =
            Money::from_minor(same.fold(earlier, |sum, other| sum.saturating_add(other.worth)), book);
        if amount.currency() == limit.currency() && amount.minor() <= limit.minor() {
            continue;
        }
        let category = rules.categories.find(line.category);
        let facts = [
            ("category", json!(category.map_or(line.category, |category| &category.zh))),
            ("amount", json!(amount.to_string())),
            ("limit", json!(limit.to_string())),
            ("required", json!(policy.quotes_required)),
            ("given", json!(line.papers.quotes.len())),
        ];
        findings.add_with(format!("/lines/{}/quotes", line.index), QUOTES_MISSING, facts);
    }
}

/// The rule that a purchase without quotes breaks.
pub(super) fn citation(policy: &PolicyVersion<ExpenseRequestPolicy>) -> Citation {
    policy.cite("EXP-7", Some(PROCUREMENT_CLAUSE))
}
