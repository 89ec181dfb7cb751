//! What a budget says: objectives, strategy, activities, the allocation to lines, and the indicators by which
//! its effect will be judged. `[BUD-1, BUD-2]`

use super::*;
use crate::{
    finance::{
        budget_line::{Control, Purpose},
        period::Period,
    },
    spine::{DepartmentId, Money, codes},
};
use chrono::NaiveDate;
use std::collections::HashMap;

/// A budget may be planned in so many lines: a technical bound on what is judged at once.
pub const PLANNED_LINES_MAX: usize = 1_000;

/// What a budget is drawn up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetScopeLevel)]
pub enum ScopeLevel {
    /// 营销中心: the whole centre.
    Centre,
    /// 部门: a department and those below it.
    Department,
    /// 区域: a region.
    Region,
    /// 活动: a campaign.
    Campaign,
}

crate::labels! { ScopeLevel = "BudgetScopeLevel":
    Centre = "centre", "营销中心", "Centre";
    Department = "department", "部门", "Department";
    Region = "region", "区域", "Region";
    Campaign = "campaign", "活动", "Campaign";
}

/// What a budget is drawn up for, by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetScope)]
pub struct Scope {
    /// The level.
    pub level: ScopeLevel,
    /// The department that answers for it; its lines belong to it or to departments below.
    #[serde(rename = "department_id")]
    pub department: DepartmentId,
    /// The region, for a budget of a region; its lines are for that region.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "华东")]
    pub region: Option<String>,
    /// The campaign, for a budget of a campaign; its lines are for that campaign.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "2026-spring")]
    pub campaign: Option<String>,
}

/// What an objective measures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetObjectiveMetric)]
pub enum ObjectiveMetric {
    /// 销售额.
    SalesAmount,
    /// 市场份额.
    MarketShare,
    /// 品牌知名度.
    BrandAwareness,
    /// Something else, said in the note.
    Other,
}

crate::labels! { ObjectiveMetric = "BudgetObjectiveMetric":
    SalesAmount = "sales_amount", "销售额", "Sales amount";
    MarketShare = "market_share", "市场份额", "Market share";
    BrandAwareness = "brand_awareness", "品牌知名度", "Brand awareness";
    Other = "other", "其他", "Other";
}

/// What is to be reached in a year, a quarter or a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetObjective)]
pub struct Objective {
    /// By the end of which period.
    pub period: Period,
    /// What is measured.
    pub metric: ObjectiveMetric,
    /// In what.
    #[schema(min_length = 1, max_length = 20, example = "万元")]
    pub unit: String,
    /// How much, as a plain decimal.
    #[schema(
        min_length = 1,
        max_length = 30,
        pattern = r"^-?[0-9]{1,18}(\.[0-9]{1,8})?$",
        example = "12000"
    )]
    pub target: String,
    /// What else there is to say.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// How the objectives are to be reached.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetStrategy)]
pub struct Strategy {
    /// 产品策略.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub product: Option<String>,
    /// 价格策略.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub price: Option<String>,
    /// 渠道策略.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub channel: Option<String>,
    /// 促销策略.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub promotion: Option<String>,
}

/// A marketing activity that is planned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetActivity)]
pub struct Activity {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "春季渠道订货会")]
    pub name: String,
    /// The campaign it belongs to: the name by which lines and documents are for it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "2026-spring")]
    pub campaign: Option<String>,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// Where.
    #[schema(min_length = 1, max_length = 200, example = "杭州")]
    pub place: String,
    /// Who takes part.
    #[schema(min_length = 1, max_length = 500)]
    pub people: String,
    /// What it costs.
    pub cost: Money,
    /// What is expected of it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub expected_effect: Option<String>,
    /// How likely that is, in per cent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub likelihood_percent: Option<u8>,
}

/// An amount that is planned: it becomes one line of the ledger, or several where it is split.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetPlannedLine)]
pub struct PlannedLine {
    /// Whose money it is; the budget's department where absent.
    #[serde(rename = "department_id", default)]
    pub department: Option<DepartmentId>,
    /// The expense category's code; a heading stands for everything below it.
    #[schema(min_length = 1, max_length = 60, example = "promotion.advertising")]
    pub category: String,
    /// A month, a quarter, or the year. A year is split into months unless `split` says otherwise; the year of
    /// an emergency fund stays whole.
    pub period: Period,
    /// Into what the period is split, and how.
    #[serde(default)]
    pub split: Option<Split>,
    /// Only for documents of this campaign.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "2026-spring")]
    pub campaign: Option<String>,
    /// Only for documents of this region.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "华东")]
    pub region: Option<String>,
    /// How much, in the currency of the books; more than nothing.
    pub amount: Money,
    /// What it is for; ordinary where absent.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// What happens beyond it; as the settings have it where absent.
    #[serde(default)]
    pub control: Option<Control>,
    /// What it is for, in words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

impl PlannedLine {
    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose.unwrap_or(Purpose::Ordinary)
    }
}

/// By what the effect will be judged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetIndicator)]
pub struct Indicator {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "销售额增长率")]
    pub name: String,
    /// What is expected.
    #[schema(min_length = 1, max_length = 200, example = "不低于 12%")]
    pub target: String,
    /// How and when it is measured.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub measured: Option<String>,
}

/// What a budget rests on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetFoundationKind)]
pub enum FoundationKind {
    /// 市场调研.
    Research,
    /// 预算执行分析: an analysis filed here.
    Analysis,
    /// Something else.
    Other,
}

crate::labels! { FoundationKind = "BudgetFoundationKind":
    Research = "research", "市场调研", "Research";
    Analysis = "analysis", "预算执行分析", "Analysis of execution";
    Other = "other", "其他", "Other";
}

/// Something a budget rests on: research, or an analysis of the year before. `[BUD-3, BUD-8]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetFoundation)]
pub struct Foundation {
    /// What it is.
    pub kind: FoundationKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "2025 年华东消费者调研")]
    pub title: String,
    /// Where it can be found: a number, an id, an address.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reference: Option<String>,
}

/// What a budget says; rewritten as a whole while it lies with whoever compiles it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BudgetContent {
    /// What it is called.
    pub title: String,
    /// The fiscal year.
    pub fiscal_year: i32,
    /// What it is drawn up for.
    pub scope: Scope,
    /// What is to be reached.
    pub objectives: Vec<Objective>,
    /// How.
    pub strategy: Strategy,
    /// By which activities.
    pub activities: Vec<Activity>,
    /// The allocation.
    pub lines: Vec<PlannedLine>,
    /// Sums the lines must add up to, as far as they are declared.
    pub sums: Vec<PlannedSum>,
    /// By what the effect will be judged.
    pub indicators: Vec<Indicator>,
    /// What it rests on.
    pub foundations: Vec<Foundation>,
}

impl BudgetContent {
    /// What is planned in all.
    pub fn total(&self, currency: Currency) -> Result<Money, Refusal> {
        Money::sum(self.lines.iter().map(|line| line.amount), currency)
            .map_err(|_| Refusal::new(codes::AMOUNT_TOO_LARGE))
    }

    /// The department a line belongs to.
    pub fn department_of(&self, line: &PlannedLine) -> DepartmentId {
        line.department.unwrap_or(self.scope.department)
    }

    /// The same with what follows from the scope filled in.
    pub(super) fn tidied(mut self) -> Self {
        for line in &mut self.lines {
            line.department = line.department.or(Some(self.scope.department));
            line.region = line.region.take().or_else(|| self.scope.region.clone());
            line.campaign = line.campaign.take().or_else(|| self.scope.campaign.clone());
        }
        self
    }

    /// What a planned line is about. Of two lines about the same thing only one can stand.
    pub fn key_of(&self, line: &PlannedLine) -> LineKey {
        LineKey {
            department: self.department_of(line),
            category: line.category.clone(),
            period: line.period,
            campaign: line.campaign.clone().or_else(|| self.scope.campaign.clone()),
            region: line.region.clone().or_else(|| self.scope.region.clone()),
            is_emergency_fund: line.purpose() == Purpose::EmergencyFund,
        }
    }

    /// The same with lines from elsewhere: each takes the place of the one about the same thing, else comes
    /// last. `whole` leaves out every other line. With the place of each line in the order they came. `[BUD-2]`
    pub fn with_lines(
        &self,
        lines: impl IntoIterator<Item = PlannedLine>,
        whole: bool,
    ) -> (Self, Vec<usize>) {
        let mut content = self.clone().tidied();
        if whole {
            content.lines.clear();
        }
        let known = content.lines.iter().enumerate().map(|(place, line)| (content.key_of(line), place));
        let mut known: HashMap<LineKey, usize> = known.collect();
        let mut places = Vec::new();
        for line in lines {
            let place = *known.entry(content.key_of(&line)).or_insert(content.lines.len());
            match content.lines.get_mut(place) {
                Some(standing) => *standing = line,
                None => content.lines.push(line),
            }
            places.push(place);
        }
        (content.tidied(), places)
    }
}
