//! Invoices (发票): what proves that something was bought, and from whom. `[EXP-6]`
//!
//! An invoice is reimbursed once in the whole company: what live claims hold of its [`Invoice::unique_key`] belongs to
//! one person and is never more than its total, and the database enforces it.

/// What an invoice is, however it was typed.
mod identity;
/// The sorts of paper that a clerk holds in hand.
mod kind;
/// The unified social credit code and its check character.
pub mod tax_number;

pub use crate::spine::typed::normalised;
pub use identity::{is_same_seller, number_key};
pub use kind::InvoiceKind;

use super::{expense_policy::ExpensePolicy, wording};
use crate::spine::{BusinessDate, Currency, Finding, Findings, Money};
use chrono::NaiveDate;
use kind::Numbering;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { INVOICE_REFUSALS:
    BAD_TAX_NUMBER = "invoice.bad_tax_number", Invalid, "不是有效的统一社会信用代码（18 位，含校验码）", "Not a valid unified social credit code (18 characters with a check character)";
    BAD_CODE = "invoice.bad_code", Invalid, "票据代码须为 {expected} 位数字", "The code must have {expected} digits";
    BAD_NUMBER = "invoice.bad_number", Invalid, "票据号码的位数不对，应为 {expected} 位数字", "The number of the invoice must have {expected} digits";
    CODE_NOT_EXPECTED = "invoice.code_not_expected", Invalid, "此类票据没有发票代码", "A paper of this kind has no invoice code";
    KIND_MISSTATED = "invoice.kind_misstated", Invalid, "代码和号码表明这是税务机关监制的发票，请按票面选择相应类型", "Code and number are those of an official invoice; choose the kind that is printed on it";
    VAT_NOT_CNY = "invoice.vat_not_cny", Invalid, "境内发票的币种只能是人民币", "An invoice issued in China is in CNY only";
    SUM_WRONG = "invoice.sum_wrong", Invalid, "金额 {net} 加税额 {tax} 不等于价税合计 {total}", "Amount {net} plus tax {tax} is not the total {total}";
    NEGATIVE = "invoice.negative", Invalid, "金额和税额不得为负，价税合计须大于零", "Amount and tax must not be negative, the total must be more than zero";
    IN_FUTURE = "invoice.in_future", Invalid, "开票日期 {date} 晚于今天", "The invoice date {date} lies in the future";
    TOO_OLD = "invoice.too_old", Invalid, "开票日期 {date} 超过 {days} 天", "The invoice date {date} is more than {days} days ago";
    NOT_OUR_COMPANY = "invoice.not_our_company", Invalid, "购买方“{buyer}”不是本公司，发票抬头须为：{ours}", "The buyer \"{buyer}\" is not our company; invoices must be made out to: {ours}";
    NO_OWN_COMPANY = "invoice.no_own_company", Invalid, "尚未登记本公司的名称和税号，无法核对发票抬头；请管理员在“本公司抬头”中登记", "The company has not registered its own name and tax number, by which the buyer of an invoice is checked; an administrator registers them under \"own companies\"";
    NOT_COVERED = "invoice.line_not_covered", Invalid, "发票合计 {covered} 小于报销金额 {claimed}", "The invoices add up to {covered}, less than the claimed {claimed}";
    MISSING = "invoice.missing", Invalid, "此费用类别须附发票", "This category needs an invoice";
    TWICE_IN_CLAIM = "invoice.twice_in_claim", Invalid, "同一发票在本单中出现两次；分摊到多行时，请逐行填写本行报销的金额", "The same invoice appears in this claim twice; where several lines share it, state how much each of them takes";
    SHARED_BEYOND = "invoice.shared_beyond_total", Invalid, "各行合计报销 {wanted}，超过发票价税合计 {total}", "The lines take {wanted} in all, more than the invoice's total {total}";
    ALREADY_HELD = "invoice.already_reimbursed", Conflict, "发票 {invoice} 已在其他报销单中使用，同一发票只能报销一次", "Invoice {invoice} is used by another claim; an invoice is reimbursed once";
    BEYOND_REST = "invoice.beyond_rest", Conflict, "发票 {invoice} 价税合计 {total}，已在其他报销单中报销 {used}，余额不足 {wanted}", "Invoice {invoice} is worth {total} and {used} of it is used by other claims; {wanted} is more than what is left";
    OTHER_TOTAL = "invoice.other_total", Conflict, "发票 {invoice} 此前录入的价税合计为 {known}，与本次的 {total} 不符，请核对票面", "Invoice {invoice} was entered before with the total {known}, not {total}; check the paper";
    SHARE_OUT_OF_RANGE = "invoice.share_out_of_range", Invalid, "本行报销的金额须大于零，且不超过价税合计 {total}", "What a line takes of an invoice must be more than zero and at most its total {total}";
    TAX_NOT_COMPUTED = "invoice.tax_not_computed", Invalid, "此类票据按规定计算的税额为 {tax}，请填写该税额或填零", "By the rule the tax of a paper of this kind is {tax}; state this amount or zero";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[INVOICE_REFUSALS], events: &[], enums: &[InvoiceKind::LABELS] };

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
    /// How much of the total this line takes, where several lines or claims share the invoice; absent: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reimbursed: Option<Money>,
}

fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

impl Invoice {
    /// The same invoice with code, number and tax numbers as they are compared.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.number =
            if self.kind.is_official() { normalised(&self.number) } else { self.number.trim().to_owned() };
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
        let at_number = format!("{pointer}/number");
        let at_code = format!("{pointer}/code");
        wording::check(findings, &at_number, &self.number, 40);
        let code = self.code.as_deref().map(normalised);
        let is_coded = code.is_some();
        let mut check_digits = |at: &str, text: &str, lengths: &[usize], code| {
            if !is_digits(text, lengths) {
                let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
                findings.add_with(at, code, [("expected", json!(lengths.join("/")))]);
            }
        };
        let number = normalised(&self.number);
        match self.kind.numbering() {
            Numbering::Coded(codes, numbers) => {
                check_digits(&at_number, &number, numbers, BAD_NUMBER);
                check_digits(&at_code, &code.unwrap_or_default(), codes, BAD_CODE);
            }
            Numbering::CodedOrDigital if is_coded => {
                check_digits(&at_number, &number, kind::NUMBER, BAD_NUMBER);
                check_digits(&at_code, &code.unwrap_or_default(), kind::CODE, BAD_CODE);
            }
            Numbering::CodedOrDigital => check_digits(&at_number, &number, kind::DIGITAL, BAD_NUMBER),
            Numbering::Number(numbers) => {
                check_digits(&at_number, &number, numbers, BAD_NUMBER);
                if is_coded {
                    findings.add(at_code, CODE_NOT_EXPECTED);
                }
            }
            Numbering::Free => {
                wording::check_optional(findings, &at_code, self.code.as_deref(), 20);
                if self.total.currency() == Currency::Cny && self.looks_official() {
                    findings.add(format!("{pointer}/kind"), KIND_MISSTATED);
                }
            }
        }
    }

    fn check_parties(&self, pointer: &str, findings: &mut Findings) {
        let sides = [("seller", Some(&self.seller)), ("buyer", self.buyer.as_ref())];
        for (side, party) in sides {
            let Some(party) = party else {
                if self.kind.names_both_sides() {
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
                None if self.kind.names_both_sides() => {
                    findings.add(at_tax_number, crate::spine::codes::REQUIRED);
                }
                _ => {}
            }
        }
    }

    fn check_amounts(&self, pointer: &str, currency: Currency, findings: &mut Findings) {
        let mut same_currency = true;
        let stated = [("net", self.net), ("tax", self.tax), ("total", self.total)];
        let share = self.reimbursed.map(|share| ("reimbursed", share));
        for (field, money) in stated.into_iter().chain(share) {
            if money.currency() != currency {
                same_currency = false;
                findings.add_with(
                    format!("{pointer}/{field}/currency"),
                    crate::spine::codes::WRONG_CURRENCY,
                    [("expected", json!(currency.code()))],
                );
            }
        }
        if self.kind.is_official() && currency != Currency::Cny {
            findings.add(format!("{pointer}/kind"), VAT_NOT_CNY);
        }
        if !same_currency {
            return;
        }
        if self.net.minor() < 0 || self.tax.minor() < 0 || !self.total.is_positive() {
            findings.add(format!("{pointer}/total"), NEGATIVE);
        }
        if self.used().minor() > self.total.minor() || !self.used().is_positive() && self.reimbursed.is_some()
        {
            let total = [("total", json!(self.total.to_string()))];
            findings.add_with(format!("{pointer}/reimbursed"), SHARE_OUT_OF_RANGE, total);
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

    /// How much of the total the line takes.
    pub fn used(&self) -> Money {
        self.reimbursed.unwrap_or(self.total)
    }

    /// What of the tax can be deducted of the part that the line takes, in minor units and never more than its share:
    /// the tax that is printed, or what the policy has computed of tickets on which none is.
    pub fn deductible_minor(&self, policy: &ExpensePolicy) -> u64 {
        let whole = match policy.computed_tax(self) {
            Some(tax) => tax,
            None if policy.deductible_kinds.contains(&self.kind) => self.tax,
            None => return 0,
        };
        let [whole, used, total] =
            [whole, self.used(), self.total].map(|money| u128::from(money.minor().unsigned_abs()));
        u64::try_from(whole * used / total.max(1)).unwrap_or_default()
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
        if let Some(tax) = policy.computed_tax(self).filter(|tax| *tax != self.tax && !self.tax.is_zero()) {
            let tax = [("tax", json!(tax.to_string()))];
            findings.add_with(format!("{pointer}/tax"), TAX_NOT_COMPUTED, tax);
        }
        if let Some(buyer) = &self.buyer
            && !policy.is_our_company(buyer)
        {
            let pointer = format!("{pointer}/buyer");
            let ours: Vec<&str> = policy.buyers.iter().map(|ours| ours.name.as_str()).collect();
            if ours.is_empty() {
                findings.add_with(pointer, NO_OWN_COMPANY, [("href", json!("/api/v1/own-companies"))]);
            } else {
                let named = [("buyer", json!(buyer.name)), ("ours", json!(ours.join("、")))];
                findings.add_with(pointer, NOT_OUR_COMPANY, named);
            }
        }
    }
}

/// What live claims hold of an invoice already.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whether all of it is held for the person who now wants some.
    pub is_for_the_same: bool,
    /// The total as it was entered first.
    pub total: Money,
    /// How much of it other claims hold.
    pub used: Money,
}

/// Why no more of an invoice can be held than is.
pub fn not_free(pointer: &str, invoice: &Invoice, wanted: Money, held: &Held) -> Finding {
    let (code, told) = if !held.is_for_the_same || held.used == held.total {
        (ALREADY_HELD, vec![])
    } else if held.total != invoice.total {
        (OTHER_TOTAL, vec![("known", held.total), ("total", invoice.total)])
    } else {
        (BEYOND_REST, vec![("total", held.total), ("used", held.used), ("wanted", wanted)])
    };
    let amounts = told.into_iter().map(|(name, money)| (name.to_owned(), json!(money.to_string())));
    let params = std::iter::once(("invoice".to_owned(), json!(invoice.number))).chain(amounts).collect();
    Finding { pointer: pointer.to_owned(), code, params }
}

#[cfg(test)]
mod tests;
