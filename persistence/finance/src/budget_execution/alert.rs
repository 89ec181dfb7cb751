//! Lines that give alarm: used to a threshold, or heading beyond what their year was given. `[BUD-5]`

use super::{ExecutionFilter, Reported, lines_of};
use crate::{
    finance::{budget::book_currency, budget_line},
    organisation::{NamedRef, Register},
    spine::{Failure, Key, Reader, View},
};
use domain::{
    finance::{
        budget_execution::{AlertKind, YearSoFar, heads_beyond},
        budget_line::Balance,
        period::Period,
    },
    spine::{AnyId, BusinessDate, Currency, Money},
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// At most so many alerts are told, the worst first.
const ALERTS_MAX: usize = 500;

/// Why a line, or the lines of a department and category over a year, give alarm.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetAlert)]
pub struct BudgetAlertView {
    /// What gives alarm.
    pub kind: AlertKind,
    /// The line, where it is a single one.
    pub line_id: Option<AnyId>,
    /// The department whose money it is.
    pub department: NamedRef,
    /// The expense category.
    #[schema(max_length = 60)]
    pub category: String,
    /// The line's period; the year, where it leads beyond that.
    pub period: Period,
    /// The campaign.
    #[schema(max_length = 60)]
    pub campaign: Option<String>,
    /// The region.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// What the budget gave, without what was granted beyond it.
    pub allocated: Money,
    /// What is asked for, promised or paid; of a run-rate what is promised or paid until today.
    pub used: Money,
    /// That in hundredths of a per cent of what the budget gave.
    #[schema(minimum = 0)]
    pub used_basis_points: i64,
    /// The threshold that was passed, in per cent.
    #[schema(minimum = 1, maximum = 100)]
    pub threshold_percent: Option<u32>,
    /// Where the year leads to.
    pub forecast: Option<Money>,
    /// Why, in Chinese.
    #[schema(max_length = 500)]
    pub zh: String,
    /// Why, in English.
    #[schema(max_length = 500)]
    pub en: String,
}

/// What gives alarm in a fiscal year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetAlerts)]
pub struct BudgetAlertsView {
    /// The fiscal year.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// The thresholds in force, in per cent.
    #[schema(max_items = 10)]
    pub thresholds_percent: Vec<u32>,
    /// The alerts, the highest use first.
    #[schema(max_items = 500)]
    pub alerts: Vec<BudgetAlertView>,
    /// Whether there are more than are told.
    pub has_more: bool,
}

impl View for BudgetAlertsView {}

/// What gives alarm among the lines within the caller's sight.
pub fn alerts(reader: &mut Reader<'_>, fiscal_year: i32) -> Result<BudgetAlertsView, Failure> {
    let today = reader.today();
    let settings = budget_line::settings(reader, today)?;
    let thresholds = settings.content.alerts_percent.clone();
    let filter = ExecutionFilter::of_year(fiscal_year);
    let lines = lines_of(reader, &filter)?;
    let telling = Telling { register: Register::of(reader)?, currency: book_currency(reader, today)?, today };
    let mut alerts: Vec<BudgetAlertView> =
        lines.iter().filter_map(|line| telling.threshold(line, &thresholds)).collect();
    if let Some(percent) = settings.content.run_rate_percent {
        alerts.extend(telling.run_rates(&lines, fiscal_year, percent));
    }
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.used_basis_points));
    let has_more = alerts.len() > ALERTS_MAX;
    alerts.truncate(ALERTS_MAX);
    Ok(BudgetAlertsView { fiscal_year, thresholds_percent: thresholds, alerts, has_more })
}

/// What alerts are told with.
struct Telling {
    register: Arc<Register>,
    currency: Currency,
    today: BusinessDate,
}

impl Telling {
    fn threshold(&self, line: &Reported, thresholds: &[u32]) -> Option<BudgetAlertView> {
        let balance = line.balance;
        let rate = balance.used_basis_points();
        let passed = thresholds.iter().copied().filter(|percent| i64::from(*percent) * 100 <= rate).max()?;
        let (used, given) = (self.money(balance.used()), self.money(balance.budgeted()));
        let percent = rate / 100;
        Some(BudgetAlertView {
            kind: AlertKind::Threshold,
            line_id: Some(line.id.into()),
            department: self.register.department(line.department.into())?.clone(),
            category: line.category.clone(),
            period: line.period,
            campaign: line.campaign.clone(),
            region: line.region.clone(),
            allocated: given,
            used,
            used_basis_points: rate,
            threshold_percent: Some(passed),
            forecast: None,
            zh: format!("已使用 {used}，占下达 {given} 的 {percent}%，达到 {passed}% 预警线"),
            en: format!("{used} of {given} is used, {percent}%, which is at or above the alert of {passed}%"),
        })
    }

    /// Departments and categories whose use until today leads beyond so much of what the year was given.
    fn run_rates(&self, lines: &[Reported], year: i32, percent: u32) -> Vec<BudgetAlertView> {
        let Some(year) = Period::year(year) else { return Vec::new() };
        type Group<'a> = (Key, &'a str, Option<&'a str>, Option<&'a str>);
        let mut groups: BTreeMap<Group<'_>, YearSoFar> = BTreeMap::new();
        for line in lines {
            let key =
                (line.department, line.category.as_str(), line.campaign.as_deref(), line.region.as_deref());
            groups.entry(key).or_default().count(line.period, line.balance, self.today);
        }
        groups
            .into_iter()
            .filter_map(|((department, category, campaign, region), YearSoFar { given, used })| {
                let forecast = heads_beyond(used, given, percent, year, self.today)?;
                let balance = Balance { allocated: given, spent: used, ..Balance::default() };
                let (given, used, forecast) = (self.money(given), self.money(used), self.money(forecast));
                Some(BudgetAlertView {
                    kind: AlertKind::RunRate,
                    line_id: None,
                    department: self.register.department(department.into())?.clone(),
                    category: category.to_owned(),
                    period: year,
                    campaign: campaign.map(str::to_owned),
                    region: region.map(str::to_owned),
                    allocated: given,
                    used,
                    used_basis_points: balance.used_basis_points(),
                    threshold_percent: None,
                    forecast: Some(forecast),
                    zh: format!("截至今日已使用 {used}，按此进度全年为 {forecast}，超出下达的 {given}"),
                    en: format!("{used} is used until today; at this rate the year comes to {forecast}, beyond the {given} given"),
                })
            })
            .collect()
    }

    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}
