//! What the rules look at: claims as few plain facts, amounts in the book currency.

use crate::{
    finance::{expense_claim::ExpenseClaim, invoice::normalised},
    spine::{BusinessDate, DepartmentId, EmployeeId, Id, Money, Version},
};

/// An invoice, as far as the rules look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaperFacts {
    /// Its code, if it has one.
    pub code: Option<String>,
    /// Its number.
    pub number: String,
    /// The seller's tax number, else the name as it is compared.
    pub seller: String,
    /// The seller's name as printed.
    pub seller_name: String,
}

impl PaperFacts {
    /// An invoice with its seller as sellers are compared.
    pub fn new(code: Option<String>, number: String, tax_number: Option<&str>, seller_name: String) -> Self {
        let seller = tax_number.map_or_else(|| normalised(&seller_name), str::to_owned);
        Self { code, number, seller, seller_name }
    }
}

/// A line, as far as the rules look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineFacts {
    /// The line, counted from 1.
    pub line: i32,
    /// Its category.
    pub category: String,
    /// The day it was spent.
    pub occurred_on: BusinessDate,
    /// What is approved of it, in the book currency.
    pub amount: Money,
    /// Whether prices were compared: quotes or a tender stand on it, or a request allowed it.
    pub is_compared: bool,
    /// What proves it.
    pub papers: Vec<PaperFacts>,
}

impl LineFacts {
    /// Whether something of it was bought from a seller.
    pub fn is_from(&self, seller: &str) -> bool {
        self.papers.iter().any(|paper| paper.seller == seller)
    }
    /// How many days lie between two lines.
    pub fn days_from(&self, other: &Self) -> u32 {
        let days = self.occurred_on.signed_duration_since(other.occurred_on).num_days().unsigned_abs();
        u32::try_from(days).unwrap_or(u32::MAX)
    }
}

/// A claim, as far as the rules look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimFacts {
    /// Which claim.
    pub claim: Id<ExpenseClaim>,
    /// Its number.
    pub number: String,
    /// The version that was looked at.
    pub version: Version,
    /// Who made it, if an employee did.
    pub creator: Option<EmployeeId>,
    /// Who answers for it.
    pub submitter: EmployeeId,
    /// Who receives the money.
    pub beneficiary: EmployeeId,
    /// Whose expense it is.
    pub department: DepartmentId,
    /// The business day.
    pub business_date: BusinessDate,
    /// The day it was made.
    pub created_on: BusinessDate,
    /// What the beneficiary is owed, in the book currency.
    pub payable: Money,
    /// What was spent.
    pub lines: Vec<LineFacts>,
}

impl ClaimFacts {
    /// Whether one of the two people of a claim is one of another's.
    pub fn shares_a_person_with(&self, other: &Self) -> bool {
        [self.submitter, self.beneficiary]
            .iter()
            .any(|one| [other.submitter, other.beneficiary].contains(one))
    }
}

/// What one person spent on a category in a department within a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    /// The department.
    pub department: DepartmentId,
    /// The category.
    pub category: String,
    /// Who spent.
    pub submitter: EmployeeId,
    /// How much, in the book currency's minor units.
    pub minor: i64,
}

/// What surrounds a claim.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Other claims: of the same people, and of the sellers and numbers of its invoices.
    pub others: &'a [ClaimFacts],
    /// Who spent how much on what in the period.
    pub shares: &'a [Share],
    /// The period of the shares: first and last day.
    pub period: (BusinessDate, BusinessDate),
}

impl<'a> Surroundings<'a> {
    /// Lines of other claims.
    pub(super) fn lines(&self, claim: &ClaimFacts) -> impl Iterator<Item = (&'a ClaimFacts, &'a LineFacts)> {
        let own = claim.claim;
        let others = self.others.iter().filter(move |other| other.claim != own);
        others.flat_map(|other| other.lines.iter().map(move |line| (other, line)))
    }
}
