//! The company's own settings for claims, as data. `[REG-4, EXP-6, EXP-9, EXP-15]`

use super::{
    invoice::{Invoice, InvoiceKind, Party, normalised, tax_number},
    wording,
};
use crate::spine::{Currency, Finding, Findings, Money, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { EXPENSE_POLICY_REFUSALS:
    NOT_DEDUCTIBLE = "expense_policy.not_deductible", Invalid, "此类票据上没有可抵扣的税额", "No deductible tax is printed on papers of this kind";
    NOT_COMPUTED = "expense_policy.not_computed", Invalid, "只有旅客运输客票可以计算抵扣，且不能同时按票面税额抵扣", "The tax can be computed only for passenger tickets, and not for those whose printed tax is deducted";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[EXPENSE_POLICY_REFUSALS],
    events: &[],
    enums: &[RemainderLine::LABELS],
};

/// The code under which the claims policy is kept.
pub const EXPENSE_POLICY_CODE: &str = "expense-policy/claims";

/// The claims policy as shipped.
pub const SHIPPED_EXPENSE_POLICY: &str = include_str!("shipped/expense_policy.json");

/// Which debit line of a journal entry takes what rounding leaves over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemainderLine {
    /// The expense of the first claim line.
    First,
    /// The expense of the last claim line.
    Last,
    /// The largest expense; the earlier one of equals.
    Largest,
}

crate::labels! { RemainderLine = "RemainderLine":
    First = "first", "第一行", "The first line";
    Last = "last", "最后一行", "The last line";
    Largest = "largest", "金额最大的一行", "The largest line";
}

/// Where the parts of an entry go that are not expense.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerAccounts {
    /// 其他应付款—员工: credited with what the beneficiary is owed.
    pub employee_payable: String,
    /// 应付账款: credited with what a third party is owed; where absent, as what the beneficiary is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_payable: Option<String>,
    /// 应交增值税—进项税额: debited with deductible tax.
    pub input_vat: String,
    /// 其他应收款—员工借款: debited with what is paid out in advance, credited with what claims settle of it.
    #[serde(default)]
    pub employee_advance: Option<String>,
    /// 银行存款: what advances are paid from and paid back to.
    #[serde(default)]
    pub bank: Option<String>,
}

impl LedgerAccounts {
    /// What is credited with what a claim owes: to the beneficiary, or to a third party in their place.
    pub fn payable(&self, is_third: bool) -> &str {
        self.supplier_payable.as_ref().filter(|_| is_third).unwrap_or(&self.employee_payable)
    }
}

/// How the deductible tax of a kind of ticket is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputedVat {
    /// The kind.
    pub kind: InvoiceKind,
    /// The rate that the total contains, in percent.
    pub rate_percent: u32,
}

/// Settings for expense claims.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpensePolicy {
    /// The currency of the books.
    pub book_currency: Currency,
    /// What document numbers begin with: `EC` gives `EC-2026-000123`.
    pub number_prefix: String,
    /// The names and tax numbers of our company that an invoice may be made out to. None ships: until somebody registers
    /// them, no invoice that names its buyer is reimbursed.
    pub buyers: Vec<Party>,
    /// How old an invoice may be on the day of submitting, in days.
    pub invoice_max_age_days: u32,
    /// How many days before submitting the spending may lie.
    pub claim_max_age_days: u32,
    /// How far the day of an exchange rate may lie from the business date, in days.
    pub rate_max_age_days: u32,
    /// The kinds of invoice whose tax is deductible where the category allows it.
    pub deductible_kinds: Vec<InvoiceKind>,
    /// The kinds of ticket on which no tax is printed, and the rate by which it is computed out of the total.
    #[serde(default)]
    pub computed_vat: Vec<ComputedVat>,
    /// The categories that are advertising: their lines name an advertisement and its approved application.
    #[serde(default)]
    pub advertisement_categories: Vec<String>,
    /// Accounts other than those of the categories.
    pub accounts: LedgerAccounts,
    /// Who takes the rounding remainder.
    pub remainder_line: RemainderLine,
}

impl ExpensePolicy {
    /// The tax that a ticket's total contains where none is printed on it, half-up; none where it is not computed.
    pub fn computed_tax(&self, invoice: &Invoice) -> Option<Money> {
        let rule = self.computed_vat.iter().find(|rule| rule.kind == invoice.kind)?;
        let (rate, total) = (i128::from(rule.rate_percent), i128::from(invoice.total.minor()));
        let whole = 100 + rate;
        let minor = i64::try_from((total * rate * 2 + whole) / (whole * 2)).ok()?;
        Some(Money::from_minor(minor, invoice.total.currency()))
    }

    /// Whether a party is our company: the tax number decides, and the name must belong to it.
    pub fn is_our_company(&self, party: &Party) -> bool {
        self.buyers.iter().any(|ours| {
            let same_name = normalised(&ours.name) == normalised(&party.name);
            let same_number = match (&ours.tax_number, &party.tax_number) {
                (Some(ours), Some(theirs)) => normalised(ours) == normalised(theirs),
                (_, None) => true,
                (None, Some(_)) => false,
            };
            same_name && same_number
        })
    }
}

#[cfg(test)]
impl ExpensePolicy {
    /// What ships, once a company has registered itself.
    pub(crate) fn of_a_company() -> Self {
        let shipped: Self = serde_json::from_str(SHIPPED_EXPENSE_POLICY).expect("it reads");
        let ours = Party {
            name: "杭州云杉营销服务有限公司".into(),
            tax_number: Some("91330106MA2XYQNL8A".into()),
        };
        Self { buyers: vec![ours], ..shipped }
    }
}

impl PolicyContent for ExpensePolicy {
    const KIND: &'static str = "expense-policy";
    const EXAMPLE: &'static str = SHIPPED_EXPENSE_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        wording::check_prefix(&mut findings, "/content/number_prefix", &self.number_prefix);
        for (index, buyer) in self.buyers.iter().enumerate() {
            wording::check(&mut findings, &format!("/content/buyers/{index}/name"), &buyer.name, 200);
            if !buyer.tax_number.as_deref().is_some_and(tax_number::is_valid) {
                findings.add(format!("/content/buyers/{index}/tax_number"), super::invoice::BAD_TAX_NUMBER);
            }
        }
        for (field, days) in [
            ("invoice_max_age_days", self.invoice_max_age_days),
            ("claim_max_age_days", self.claim_max_age_days),
            ("rate_max_age_days", self.rate_max_age_days),
        ] {
            if days > 3_660 {
                let range = [("min", json!(0)), ("max", json!(3_660))];
                findings.add_with(format!("/content/{field}"), codes::OUT_OF_RANGE, range);
            }
        }
        for (index, kind) in self.deductible_kinds.iter().enumerate() {
            if !kind.prints_deductible_tax() {
                findings.add(format!("/content/deductible_kinds/{index}"), NOT_DEDUCTIBLE);
            }
        }
        for (index, rule) in self.computed_vat.iter().enumerate() {
            let pointer = format!("/content/computed_vat/{index}");
            if !rule.kind.is_passenger_transport() || self.deductible_kinds.contains(&rule.kind) {
                findings.add(format!("{pointer}/kind"), NOT_COMPUTED);
            }
            findings.within(format!("{pointer}/rate_percent"), rule.rate_percent, 1..=100);
        }
        for (index, category) in self.advertisement_categories.iter().enumerate() {
            let pointer = format!("/content/advertisement_categories/{index}");
            wording::check(&mut findings, &pointer, category, 60);
        }
        for (field, account) in
            [("employee_payable", &self.accounts.employee_payable), ("input_vat", &self.accounts.input_vat)]
        {
            wording::check(&mut findings, &format!("/content/accounts/{field}"), account, 40);
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_is_sound() {
        let policy: ExpensePolicy = serde_json::from_str(SHIPPED_EXPENSE_POLICY).expect("it reads");
        assert_eq!(policy.findings(), []);
    }

    #[test]
    fn an_unsound_policy_is_told_everything_at_once() {
        let mut policy = ExpensePolicy::of_a_company();
        policy.number_prefix = "e1".into();
        policy.buyers[0].tax_number = Some("913301007996550580".into());
        policy.invoice_max_age_days = 9_999;
        policy.deductible_kinds.push(InvoiceKind::VatGeneral);
        policy.accounts.input_vat = " ".into();
        let pointers: Vec<String> = policy.findings().into_iter().map(|f| f.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/content/number_prefix",
                "/content/buyers/0/tax_number",
                "/content/invoice_max_age_days",
                "/content/deductible_kinds/4",
                "/content/accounts/input_vat"
            ]
        );
    }

    #[test]
    fn our_company_is_known_by_name_and_number() {
        let policy = ExpensePolicy::of_a_company();
        let ours = policy.buyers[0].clone();
        assert!(policy.is_our_company(&ours));
        assert!(policy.is_our_company(&Party { name: format!(" {} ", ours.name), ..ours.clone() }));
        assert!(!policy.is_our_company(&Party { name: "别的公司".into(), ..ours.clone() }));
        let other_number = Some("91330100799655058B".to_owned());
        assert!(!policy.is_our_company(&Party { tax_number: other_number, ..ours }));
    }
}
