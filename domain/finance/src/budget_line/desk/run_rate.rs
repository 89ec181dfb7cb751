//! Where the year leads to whose money moved: told once a month, in the unit of work that moves it. `[BUD-5]`
//!
//! A year is all lines of a department and category (and campaign and region) together: that a single month is used to
//! its end says nothing. The lines beside those on the desk are read without locks, so two that move in the same
//! instant may each miss the other; the list of alerts, which is read afresh, does not.

use super::*;
use crate::{
    finance::budget_execution::{YearSoFar, heads_beyond},
    spine::BusinessDate,
};

impl Desk {
    /// The lines whose year has to be looked at: more is certain to be spent of them than when they were laid out, or
    /// less is given to them, and their year was not told of this month.
    pub fn unwatched(&self, today: BusinessDate) -> impl Iterator<Item = &BudgetLine> {
        let month = Period::month_of(today);
        let worsened = |line: &&BudgetLine| {
            let was = self.before.get(&line.id).map_or_else(Balance::default, |before| before.balance);
            line.balance.certain() > was.certain() || line.balance.budgeted() < was.budgeted()
        };
        self.lines
            .values()
            .filter(move |line| line.run_rate_told != Some(month) && line.purpose == Purpose::Ordinary)
            .filter(move |line| line.period.fiscal_year() == month.fiscal_year())
            .filter(worsened)
    }

    /// Has the coming off of a line told that its year leads to more than `percent` of what it was given, unless this
    /// was told this month of a line beside it. `beside` are the lines of the same department and category in that year;
    /// those on the desk count as they stand there.
    pub fn watch(
        &mut self,
        id: Id<BudgetLine>,
        beside: &[BudgetLine],
        percent: u32,
        today: BusinessDate,
    ) -> Result<(), Refusal> {
        let month = Period::month_of(today);
        let watched = self.line(id)?.clone();
        let Some(year) = Period::year(watched.period.fiscal_year()) else { return Ok(()) };
        let of_year = |line: &&BudgetLine| {
            line.period.fiscal_year() == year.fiscal_year() && line.is_for_the_same_use_as(&watched)
        };
        let elsewhere = beside.iter().filter(|line| !self.lines.contains_key(&line.id));
        let (mut told, mut so_far) = (false, YearSoFar::default());
        for line in elsewhere.chain(self.lines.values()).filter(of_year) {
            told |= line.run_rate_told == Some(month);
            so_far.count(line.period, line.balance, today);
        }
        let YearSoFar { given, used } = so_far;
        let Some(forecast) = heads_beyond(used, given, percent, year, today) else { return Ok(()) };
        if !told {
            let facts = json!({"fiscal_year": year.fiscal_year(), "month": month, "threshold_percent": percent,
                "budget_minor": given, "used_minor": used, "forecast_minor": forecast, "currency": watched.currency,
                "department_id": watched.department, "category": watched.category,
                "campaign": watched.campaign, "region": watched.region});
            self.forecasts.insert(id, facts);
        }
        self.lines.get_mut(&id).ok_or_else(|| Refusal::new(OTHER_LINE))?.run_rate_told = Some(month);
        Ok(())
    }
}
