//! What a claim means for the general ledger: a balanced entry in the book currency. `[EXP-9]`
//!
//! Debit expense net per line and cost centre, debit deductible input tax, credit what the beneficiary is
//! owed. Entertainment and welfare tax stays in cost. What rounding leaves over goes to a stated line.

use super::{
    expense_claim::{ClaimContent, ClaimRules, Line},
    expense_policy::{ExpensePolicy, RemainderLine},
};
use crate::spine::{BusinessDate, Citation, Currency, Department, Id, Money, Refusal, allocate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { JOURNAL_REFUSALS:
    NO_ACCOUNT = "journal.no_account", Conflict, "费用类别“{category}”没有会计科目", "The category \"{category}\" has no ledger account";
    NO_ADVANCE_ACCOUNT = "journal.no_advance_account", Conflict, "费用报销设置未配置员工借款及银行科目", "The settings name no accounts for cash advances and the bank";
    UNBALANCED = "journal.unbalanced", Conflict, "分录借贷不平：借 {debit}，贷 {credit}", "The entry does not balance: debit {debit}, credit {credit}";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[JOURNAL_REFUSALS], events: &[], enums: &[Role::LABELS, Side::LABELS] };

/// Which side of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JournalSide)]
pub enum Side {
    /// 借.
    Debit,
    /// 贷.
    Credit,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

crate::labels! { Side = "JournalSide":
    Debit = "debit", "借", "Debit";
    Credit = "credit", "贷", "Credit";
}

/// What a posting of an entry stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JournalRole)]
pub enum Role {
    /// The cost of a claim line.
    Expense,
    /// Deductible input tax.
    InputVat,
    /// What the beneficiary is owed.
    Payable,
    /// What the beneficiary got in advance, or settles of it.
    Advance,
    /// What was paid from, or came to, the bank.
    Bank,
}

crate::labels! { Role = "JournalRole":
    Expense = "expense", "费用", "Expense";
    InputVat = "input_vat", "进项税额", "Input VAT";
    Payable = "payable", "应付款", "Payable";
    Advance = "advance", "员工借款", "Cash advance";
    Bank = "bank", "银行存款", "Bank";
}

/// One posting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posting {
    /// Which side.
    pub side: Side,
    /// What it stands for.
    pub role: Role,
    /// The general ledger account.
    pub account: String,
    /// The claim line it comes from, counted from 1; none for the payable.
    pub line: Option<usize>,
    /// The department that bears it; none for tax and payable.
    pub cost_centre: Option<Id<Department>>,
    /// How much, never negative, in the book currency.
    pub amount: Money,
    /// How much of it is rounding that other lines left over.
    pub remainder: Money,
}

/// The entry of one claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The business date it belongs to.
    pub date: BusinessDate,
    /// The currency of the books.
    pub currency: Currency,
    /// Its postings: expenses and taxes by line, the payable last.
    pub postings: Vec<Posting>,
}

/// The parts of one claim line in the book currency.
struct Parts {
    net: i64,
    vat: i64,
}

impl JournalEntry {
    /// The entry of what a claim says and what of it is approved, under the policies of its business date.
    pub fn of(content: &ClaimContent, rules: ClaimRules<'_>) -> Result<Self, Refusal> {
        let policy = &rules.policy.content;
        let book = content.exchange.book;
        let whole = content.in_books(content.approved()?)?;
        let settled = content.settled_total()?;
        let mut parts: Vec<Parts> = Vec::with_capacity(content.lines.len());
        for line in &content.lines {
            let deductible = rules.categories.content.find(&line.category).is_some_and(|c| c.deductible_vat);
            parts.push(split_line(line, content, policy, deductible)?);
        }
        let split: i64 = parts.iter().map(|part| part.net + part.vat).sum();
        let remainder = whole.minor() - split;
        let stated = stated_line(&parts, policy.remainder_line);
        let money = |minor| Money::from_minor(minor, book);
        let mut postings = Vec::new();
        for (index, (line, part)) in content.lines.iter().zip(&parts).enumerate() {
            let left_over = if index == stated { remainder } else { 0 };
            let posting = |role, account: &str, cost_centre, amount, remainder| Posting {
                side: Side::Debit,
                role,
                account: account.to_owned(),
                line: Some(index + 1),
                cost_centre,
                amount: money(amount),
                remainder: money(remainder),
            };
            if part.net + left_over != 0 {
                let account = account_of(line, rules)?;
                let net = part.net + left_over;
                postings.push(posting(Role::Expense, account, Some(line.cost_centre), net, left_over));
            }
            if part.vat != 0 {
                postings.push(posting(Role::InputVat, &policy.accounts.input_vat, None, part.vat, 0));
            }
        }
        let credit = |role, account: &str, amount| Posting {
            side: Side::Credit,
            role,
            account: account.to_owned(),
            line: None,
            cost_centre: None,
            amount: money(amount),
            remainder: money(0),
        };
        if settled != 0 {
            let account = policy
                .accounts
                .employee_advance
                .as_deref()
                .ok_or_else(|| Refusal::new(NO_ADVANCE_ACCOUNT).citing(Citation::rule("EXP-14")))?;
            postings.push(credit(Role::Advance, account, settled));
        }
        // Nothing is owed where advances cover all of it.
        if whole.minor() != settled || settled == 0 {
            let account = policy.accounts.payable(content.beneficiary.payee.is_some());
            postings.push(credit(Role::Payable, account, whole.minor() - settled));
        }
        let entry = Self { date: content.business_date, currency: book, postings };
        entry.check().map(|()| entry)
    }

    /// The entry of a reversing document: every posting on the other side.
    #[must_use]
    pub fn mirrored(&self, date: BusinessDate) -> Self {
        let postings =
            self.postings.iter().map(|posting| Posting { side: posting.side.mirrored(), ..posting.clone() });
        Self { date, currency: self.currency, postings: postings.collect() }
    }

    /// The sum of one side, in minor units of the book currency.
    pub fn total(&self, side: Side) -> i64 {
        self.postings
            .iter()
            .filter(|posting| posting.side == side)
            .map(|posting| posting.amount.minor())
            .sum()
    }

    /// Whether debit equals credit, in one currency, and no posting is negative.
    pub fn is_balanced(&self) -> bool {
        let sound =
            |posting: &Posting| posting.amount.minor() >= 0 && posting.amount.currency() == self.currency;
        !self.postings.is_empty()
            && self.postings.iter().all(sound)
            && self.total(Side::Debit) == self.total(Side::Credit)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.is_balanced() {
            return Ok(());
        }
        let text = |side| Money::from_minor(self.total(side), self.currency).to_string();
        Err(Refusal::new(UNBALANCED)
            .with("debit", text(Side::Debit))
            .with("credit", text(Side::Credit))
            .citing(Citation::rule("EXP-9")))
    }
}

/// The approved amount of a line in the book currency, cut to whole minor units, as cost and deductible tax.
/// The tax is deductible in the proportion in which the invoices are reimbursed.
fn split_line(
    line: &Line,
    content: &ClaimContent,
    policy: &ExpensePolicy,
    category_deducts: bool,
) -> Result<Parts, Refusal> {
    let approved = line.approved();
    let whole = cut_to_books(approved, content)?;
    let covered: u64 = line.invoices.iter().map(|i| i.used().minor().unsigned_abs()).sum();
    let tax = line.invoices.iter().filter(|_| category_deducts).map(|i| i.deductible_minor(policy)).sum();
    if tax == 0 || covered == 0 {
        return Ok(Parts { net: whole, vat: 0 });
    }
    let shares = allocate(whole, &[covered.saturating_sub(tax), tax]);
    Ok(Parts { net: shares[0], vat: shares[1] })
}

/// An amount in the book currency, cut towards nothing: the remainder is stated on one line.
fn cut_to_books(amount: Money, content: &ClaimContent) -> Result<i64, Refusal> {
    let exchange = &content.exchange;
    if exchange.currency == exchange.book {
        return Ok(amount.minor());
    }
    let scale = rust_decimal::Decimal::from(10_i64.pow(exchange.book.digits()));
    amount
        .decimal()
        .checked_mul(exchange.rate.decimal())
        .and_then(|value| value.checked_mul(scale))
        .and_then(|value| i64::try_from(value.trunc()).ok())
        .ok_or_else(|| Refusal::new(crate::spine::codes::AMOUNT_TOO_LARGE))
}

fn stated_line(parts: &[Parts], policy: RemainderLine) -> usize {
    match policy {
        RemainderLine::First => 0,
        RemainderLine::Last => parts.len().saturating_sub(1),
        RemainderLine::Largest => {
            let largest = parts.iter().map(|part| part.net).max().unwrap_or_default();
            parts.iter().position(|part| part.net == largest).unwrap_or_default()
        }
    }
}

fn account_of<'a>(line: &Line, rules: ClaimRules<'a>) -> Result<&'a str, Refusal> {
    let category = rules.categories.content.find(&line.category);
    category.and_then(|category| category.account.as_deref()).ok_or_else(|| {
        Refusal::new(NO_ACCOUNT).with("category", line.category.as_str()).citing(Citation::rule("EXP-9"))
    })
}

#[cfg(test)]
mod tests;
