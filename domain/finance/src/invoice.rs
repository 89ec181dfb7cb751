//! Invoices (发票): what proves that something was bought, and from whom. `[EXP-6]`
//!
//! An invoice is reimbursed once in the whole company: its [`Invoice::unique_key`] is held by at most one
//! live claim line, and the database enforces it.

/// The unified social credit code and its check character.
pub mod tax_number;

use super::{expense_policy::ExpensePolicy, wording};
use crate::spine::{BusinessDate, Currency, Finding, Findings, Money};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { INVOICE_REFUSALS:
    BAD_TAX_NUMBER = "invoice.bad_tax_number", Invalid, "不是有效的统一社会信用代码（18 位，含校验码）", "Not a valid unified social credit code (18 characters with a check character)";
    BAD_CODE = "invoice.bad_code", Invalid, "发票代码须为 10 或 12 位数字", "The invoice code must be 10 or 12 digits";
    BAD_NUMBER = "invoice.bad_number", Invalid, "发票号码须为 {expected}", "The invoice number must be {expected}";
    CODE_NOT_EXPECTED = "invoice.code_not_expected", Invalid, "全面数字化电子发票没有发票代码", "A fully digital invoice has no invoice code";
    KIND_MISSTATED = "invoice.kind_misstated", Invalid, "代码和号码表明这是增值税发票，请选择相应类型", "Code and number show a VAT invoice; state its kind";
    VAT_NOT_CNY = "invoice.vat_not_cny", Invalid, "增值税发票的币种只能是人民币", "A VAT invoice is in CNY only";
    SUM_WRONG = "invoice.sum_wrong", Invalid, "金额 {net} 加税额 {tax} 不等于价税合计 {total}", "Amount {net} plus tax {tax} is not the total {total}";
    NEGATIVE = "invoice.negative", Invalid, "金额和税额不得为负，价税合计须大于零", "Amount and tax must not be negative, the total must be more than zero";
    IN_FUTURE = "invoice.in_future", Invalid, "开票日期 {date} 晚于今天", "The invoice date {date} lies in the future";
    TOO_OLD = "invoice.too_old", Invalid, "开票日期 {date} 超过 {days} 天", "The invoice date {date} is more than {days} days ago";
    NOT_OUR_COMPANY = "invoice.not_our_company", Invalid, "购买方不是本公司", "The buyer is not our company";
    NOT_COVERED = "invoice.line_not_covered", Invalid, "发票合计 {covered} 小于报销金额 {claimed}", "The invoices add up to {covered}, less than the claimed {claimed}";
    MISSING = "invoice.missing", Invalid, "此费用类别须附发票", "This category needs an invoice";
    TWICE_IN_CLAIM = "invoice.twice_in_claim", Invalid, "同一发票在本单中出现两次", "The same invoice stands in this claim twice";
    ALREADY_HELD = "invoice.already_reimbursed", Conflict, "发票 {invoice} 已在其他报销单中使用，同一发票只能报销一次", "Invoice {invoice} is used by another claim; an invoice is reimbursed once";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[INVOICE_REFUSALS], events: &[], enums: &[InvoiceKind::LABELS] };

/// What sort of invoice it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// 增值税专用发票: code and number; its tax can be deductible.
    VatSpecial,
    /// 增值税普通发票: code and number; its tax is never deductible.
    VatGeneral,
    /// 数电票（增值税专用发票）: a number of 20 digits, no code; its tax can be deductible.
    FullyDigitalSpecial,
    /// 数电票（普通发票）: a number of 20 digits, no code.
    FullyDigitalGeneral,
    /// Anything else: tickets, fiscal receipts, receipts from abroad.
    Other,
}

crate::labels! { InvoiceKind = "InvoiceKind":
    VatSpecial = "vat_special", "增值税专用发票", "VAT special invoice";
    VatGeneral = "vat_general", "增值税普通发票", "VAT general invoice";
    FullyDigitalSpecial = "fully_digital_special", "数电票（专用发票）", "Fully digital special invoice";
    FullyDigitalGeneral = "fully_digital_general", "数电票（普通发票）", "Fully digital general invoice";
    Other = "other", "其他票据", "Other receipt";
}

impl InvoiceKind {
    const fn is_fully_digital(self) -> bool {
        matches!(self, Self::FullyDigitalSpecial | Self::FullyDigitalGeneral)
    }
    /// Whether it is a VAT invoice at all.
    pub const fn is_vat(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// One side of an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InvoiceParty)]
pub struct Party {
    /// The name as printed.
    #[schema(min_length = 1, max_length = 200, example = "杭州云栖酒店有限公司")]
    pub name: String,
    /// The unified social credit code; may be absent on receipts that are not VAT invoices.
    #[serde(default)]
    #[schema(min_length = 15, max_length = 20, example = "91330100799655058B")]
    pub tax_number: Option<String>,
}

/// An invoice as it stands on a claim line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    /// What sort it is.
    pub kind: InvoiceKind,
    /// The invoice code: 10 or 12 digits; none on a fully digital invoice.
    #[serde(default)]
    #[schema(max_length = 20, example = "033002100211")]
    pub code: Option<String>,
    /// The invoice number: 8 digits with a code, 20 digits on a fully digital invoice.
    #[schema(min_length = 1, max_length = 40, example = "26332000000012345678")]
    pub number: String,
    /// The day it was issued.
    pub issued_on: NaiveDate,
    /// Who sold.
    pub seller: Party,
    /// Who bought; may be absent on receipts that are not VAT invoices.
    #[serde(default)]
    pub buyer: Option<Party>,
    /// The amount without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// The total: amount plus tax.
    pub total: Money,
}

/// Full-width forms as ASCII, letters large, no blanks, hyphens or anything invisible: how codes, numbers and
/// names are compared. What nobody can see must not make one invoice look like two.
pub fn normalised(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .filter(|c| {
            let is_hyphen = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}');
            !c.is_whitespace() && !is_hyphen && !is_invisible(*c)
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Characters that leave no mark: controls, joiners, direction marks, variation selectors, tags, fillers.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}')
}

fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

impl Invoice {
    /// What makes two entries the same invoice, however they were typed or classified.
    pub fn unique_key(&self) -> String {
        let number = normalised(&self.number);
        let code = self.code.as_deref().map(normalised).unwrap_or_default();
        if self.kind.is_vat() || !code.is_empty() {
            // Whatever bears a code is printed under the tax office's numbers: the pair is unique by itself.
            format!("vat:{code}:{number}")
        } else {
            format!("other:{}:{number}", normalised(&self.seller.name))
        }
    }

    /// The same invoice with code, number and tax numbers as they are compared.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.number =
            if self.kind.is_vat() { normalised(&self.number) } else { self.number.trim().to_owned() };
        self.code = self.code.as_deref().map(normalised).filter(|code| !code.is_empty());
        for party in [Some(&mut self.seller), self.buyer.as_mut()].into_iter().flatten() {
            party.tax_number =
                party.tax_number.as_deref().map(normalised).filter(|number| !number.is_empty());
            party.name = party.name.trim().to_owned();
        }
        self
    }

    /// Checks that hold at any time: formats, parties, sums. `currency` is the claim's.
    pub fn check_shape(&self, pointer: &str, currency: Currency, findings: &mut Findings) {
        self.check_numbers(pointer, findings);
        self.check_parties(pointer, findings);
        self.check_amounts(pointer, currency, findings);
    }

    fn check_numbers(&self, pointer: &str, findings: &mut Findings) {
        let (code, number) = (self.code.as_deref().map(normalised), normalised(&self.number));
        let at_number = format!("{pointer}/number");
        let at_code = format!("{pointer}/code");
        wording::check(findings, &at_number, &self.number, 40);
        if self.kind.is_fully_digital() {
            if !is_digits(&number, &[20]) {
                findings.add_with(at_number, BAD_NUMBER, [("expected", json!("20"))]);
            }
            if code.is_some() {
                findings.add(at_code, CODE_NOT_EXPECTED);
            }
        } else if self.kind.is_vat() {
            if !is_digits(&number, &[8]) {
                findings.add_with(at_number, BAD_NUMBER, [("expected", json!("8"))]);
            }
            if !code.is_some_and(|code| is_digits(&code, &[10, 12])) {
                findings.add(at_code, BAD_CODE);
            }
        } else {
            wording::check_optional(findings, &at_code, self.code.as_deref(), 20);
            // Eight digits alone are a VAT invoice whose code was left out: it could be handed in again with it.
            let is_coded = code.is_none_or(|code| is_digits(&code, &[10, 12]));
            let looks_vat = is_digits(&number, &[20]) || (is_digits(&number, &[8]) && is_coded);
            if looks_vat {
                findings.add(format!("{pointer}/kind"), KIND_MISSTATED);
            }
        }
    }

    fn check_parties(&self, pointer: &str, findings: &mut Findings) {
        let sides = [("seller", Some(&self.seller)), ("buyer", self.buyer.as_ref())];
        for (side, party) in sides {
            let Some(party) = party else {
                if self.kind.is_vat() {
                    findings.add(format!("{pointer}/{side}"), crate::spine::codes::REQUIRED);
                }
                continue;
            };
            wording::check(findings, &format!("{pointer}/{side}/name"), &party.name, 200);
            let at_tax_number = format!("{pointer}/{side}/tax_number");
            match &party.tax_number {
                Some(number) if !tax_number::is_valid(&normalised(number)) => {
                    findings.add(at_tax_number, BAD_TAX_NUMBER);
                }
                None if self.kind.is_vat() => findings.add(at_tax_number, crate::spine::codes::REQUIRED),
                _ => {}
            }
        }
    }

    fn check_amounts(&self, pointer: &str, currency: Currency, findings: &mut Findings) {
        let mut same_currency = true;
        for (field, money) in [("net", self.net), ("tax", self.tax), ("total", self.total)] {
            if money.currency() != currency {
                same_currency = false;
                findings.add_with(
                    format!("{pointer}/{field}/currency"),
                    crate::spine::codes::WRONG_CURRENCY,
                    [("expected", json!(currency.code()))],
                );
            }
        }
        if self.kind.is_vat() && currency != Currency::Cny {
            findings.add(format!("{pointer}/kind"), VAT_NOT_CNY);
        }
        if !same_currency {
            return;
        }
        if self.net.minor() < 0 || self.tax.minor() < 0 || !self.total.is_positive() {
            findings.add(format!("{pointer}/total"), NEGATIVE);
        }
        if self.net.plus(self.tax) != Ok(self.total) {
            let amounts = [
                ("net", json!(self.net.to_string())),
                ("tax", json!(self.tax.to_string())),
                ("total", json!(self.total.to_string())),
            ];
            findings.add_with(format!("{pointer}/total"), SUM_WRONG, amounts);
        }
    }

    /// Checks against the company's policy on the day of submitting.
    pub fn check_policy(
        &self,
        pointer: &str,
        today: BusinessDate,
        policy: &ExpensePolicy,
        findings: &mut Findings,
    ) {
        let date = ("date", json!(self.issued_on.to_string()));
        let age = today.signed_duration_since(self.issued_on).num_days();
        if age < 0 {
            findings.add_with(format!("{pointer}/issued_on"), IN_FUTURE, [date]);
        } else if age > i64::from(policy.invoice_max_age_days) {
            let days = ("days", json!(policy.invoice_max_age_days));
            findings.add_with(format!("{pointer}/issued_on"), TOO_OLD, [date, days]);
        }
        if let Some(buyer) = &self.buyer
            && !policy.is_our_company(buyer)
        {
            findings.add(format!("{pointer}/buyer"), NOT_OUR_COMPANY);
        }
    }
}

/// The findings of a refusal to hold an invoice that another live claim holds.
pub fn already_held(pointer: &str, invoice: &Invoice) -> Finding {
    Finding {
        pointer: pointer.to_owned(),
        code: ALREADY_HELD,
        params: serde_json::Map::from_iter([("invoice".to_owned(), json!(invoice.number))]),
    }
}

#[cfg(test)]
mod tests;
