//! What must hold when an advance is submitted, and again when it is paid out: weeks may lie between. `[EXP-14]`

use super::*;

/// What stands beside an advance: its submitter's other advances, and the request it is for.
#[derive(Clone, Default, Debug)]
pub struct Beside {
    /// The numbers of the submitter's overdue advances.
    pub overdue: Vec<String>,
    /// The request it is for, if it names one.
    pub request: Option<ExpenseRequest>,
    /// What the other advances on that request hold of it, in minor units of the book currency: all of what waits
    /// for approval or for its pay-out, and what is outstanding of the rest. Never negative.
    pub held: i64,
}

impl CashAdvance {
    /// Whether it could be submitted now.
    pub fn check_submission(
        &self,
        by: &Actor,
        today: BusinessDate,
        beside: &Beside,
        rules: AdvanceRules<'_>,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check(rules)?;
        self.content.check_dates(today, rules)?;
        refuse_overdue(beside, rules)?;
        self.check_request(beside)
    }

    /// Whether it could be paid out now: what held at its submission holds still.
    pub fn check_payout(&self, beside: &Beside, rules: AdvanceRules<'_>) -> Result<(), Refusal> {
        if let Some(payout) = &self.payout {
            return Err(self.already_paid_out(payout));
        }
        self.petition.expect_approved()?;
        refuse_overdue(beside, rules)?;
        self.check_request(beside)
    }

    fn check_request(&self, beside: &Beside) -> Result<(), Refusal> {
        let Some(request) = &beside.request else { return Ok(()) };
        let rule = Citation::rule("EXP-14");
        let own = request.petition.submitter == self.petition.submitter
            || request.content.department == self.content.department;
        if request.petition.state() != StandingState::Approved || !own {
            let refusal =
                Refusal::new(REQUEST_NOT_APPROVED).with("request", request.petition.number.as_str());
            return Err(refusal.citing(rule).at("/request_id"));
        }
        let left: i64 = request.remaining()?.values().sum();
        let left = (left - beside.held).max(0);
        if self.content.amount.minor() > left {
            let remaining = Money::from_minor(left, self.content.amount.currency());
            return Err(Refusal::new(BEYOND_REQUEST)
                .with("amount", self.content.amount.to_string())
                .with("remaining", remaining.to_string())
                .citing(rule)
                .at("/amount"));
        }
        Ok(())
    }
}

/// Refuses whoever has an overdue advance, where the settings say so.
fn refuse_overdue(beside: &Beside, rules: AdvanceRules<'_>) -> Result<(), Refusal> {
    if beside.overdue.is_empty() || !rules.policy.content.overdue_blocks {
        return Ok(());
    }
    let refusal = Refusal::new(OVERDUE_BLOCKS).with("advances", beside.overdue.join("、"));
    Err(refusal.citing(rules.policy.cite("EXP-14", None)))
}
