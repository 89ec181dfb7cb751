//! What approved claims are worth, what of it advances settle, and what the journal should say. `[EXP-9,
//! EXP-14]`

use super::{Books, Held};

/// What a line of a claim was spent on.
#[derive(Clone, Copy, Debug)]
pub struct Spending {
    /// The category.
    pub category: &'static str,
    /// How much was approved.
    pub approved: i64,
}

/// A claim that was approved.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The department that bears it.
    pub department: &'static str,
    /// What it was spent on.
    pub lines: Vec<Spending>,
    /// What it holds of the budget.
    pub held: Held,
    /// Which advance it settles, and by how much.
    pub settles: Option<(usize, i64)>,
}

impl Claim {
    /// What was approved of it.
    pub fn approved(&self) -> i64 {
        self.lines.iter().map(|line| line.approved).sum()
    }

    /// Of it, what advances settle.
    pub fn settled(&self) -> i64 {
        self.settles.map_or(0, |(_, amount)| amount)
    }

    /// What its beneficiary is still to be paid.
    pub fn payable(&self) -> i64 {
        self.approved() - self.settled()
    }
}

impl Books {
    /// A claim is posted in a month: what advances settle of it is spent with that.
    pub fn post(&mut self, claim: &mut Claim, month: &str) {
        self.enter(claim, month, 1);
        self.spend(&mut claim.held, claim.settles.map_or(0, |(_, amount)| amount));
    }

    /// A posted claim is undone in a month by its counter-document: what it settled is owed again.
    pub fn undo(&mut self, claim: &mut Claim, month: &str) {
        self.enter(claim, month, -1);
        self.reverse(&mut claim.held);
        if let Some((advance, amount)) = claim.settles {
            self.advances[advance].settled -= amount;
        }
    }

    fn enter(&mut self, claim: &Claim, month: &str, sign: i64) {
        self.settled += sign * claim.settled();
        for line in &claim.lines {
            let row = (month.to_owned(), claim.department, line.category);
            *self.posted.entry(row).or_default() += sign * line.approved;
        }
    }
}
