//! Which tier a customer holds on a day, why, and what it brings; how runs came out. `[TIE-1, INT-4]`

use super::{
    model,
    row::{assessed_by, several},
};
use crate::{
    customer_file::{self, CustomerRef, view::refer_to},
    spine::{Failure, Reader, View},
};
use chrono::NaiveDate;
use domain::{
    approval::Label,
    customer_file::CustomerId,
    customer_tier::{Assessment, AssessmentOutcome, CustomerTier, HoldCause, TierHold, TierLine, TierRule},
    spine::{AnyId, BusinessDate, Citation, Version},
};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// A tier, and what it brings.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerTierRule)]
pub struct RuleView {
    /// Its code.
    #[schema(max_length = 60, example = "A")]
    pub code: String,
    /// What it is called.
    pub name: Label,
    /// The least points.
    #[schema(minimum = 0, maximum = 100)]
    pub from_points: u32,
    /// So many days may pass between two qualified contacts.
    #[schema(minimum = 1)]
    pub follow_up_days: u32,
    /// So many days may pass until a deal.
    #[schema(minimum = 1)]
    pub deal_days: u32,
    /// How such customers are served.
    pub service: Label,
    /// Within so many working hours they are answered.
    #[schema(minimum = 1)]
    pub response_hours: u32,
}

/// A tier that was held.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerTierHold)]
pub struct HoldView {
    /// The code of the tier.
    #[schema(max_length = 60, example = "A")]
    pub tier: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day of an override; null of what a run gave, which lasts until the next.
    pub until: Option<NaiveDate>,
    /// By what.
    pub cause: HoldCause,
    /// The run or the override.
    pub by_id: AnyId,
}

/// A line of an assessment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierAssessmentLine)]
pub struct LineView {
    /// The code of the dimension.
    #[schema(max_length = 60, example = "purchases")]
    pub dimension: String,
    /// What it is called.
    pub name: Label,
    /// The figure, frozen at the cut-off; null where there was none.
    #[schema(value_type = Option<String>, max_length = 40, example = "128000.00")]
    pub value: Option<Decimal>,
    /// From how many rows.
    #[schema(minimum = 0)]
    pub rows: i64,
    /// A digest of them.
    #[schema(max_length = 64)]
    pub digest: String,
    /// The threshold that was reached; null below the first.
    #[schema(value_type = Option<String>, max_length = 40, example = "100000")]
    pub reached: Option<Decimal>,
    /// The points of it.
    #[schema(minimum = 0, maximum = 100)]
    pub points: u32,
    /// The weight of 10,000.
    #[schema(minimum = 1, maximum = 10000)]
    pub weight_bp: u32,
    /// What it adds to the points of the whole.
    #[schema(value_type = String, max_length = 20, example = "21")]
    pub adds: Decimal,
    /// The line in words.
    pub said: Said,
}

/// Something said in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierAssessmentWords)]
pub struct Said {
    /// Chinese.
    #[schema(max_length = 300)]
    pub zh: String,
    /// English.
    #[schema(max_length = 300)]
    pub en: String,
}

/// How a run came out, line by line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierAssessment)]
pub struct AssessmentView {
    /// Which run.
    pub run_id: AnyId,
    /// The first day on which a tier that it gave is held.
    pub held_from: NaiveDate,
    /// The points of the whole, 0 to 100.
    #[schema(value_type = String, max_length = 20, example = "76.5")]
    pub points: Decimal,
    /// The tier that they reach.
    #[schema(max_length = 60)]
    pub reached: String,
    /// The computed tier before; null of the first run.
    #[schema(max_length = 60)]
    pub tier_before: Option<String>,
    /// The computed tier from then on.
    #[schema(max_length = 60)]
    pub tier: String,
    /// What follows.
    pub outcome: AssessmentOutcome,
    /// So many runs in a row below the computed tier.
    #[schema(minimum = 0)]
    pub below: u32,
    /// Line by line.
    #[schema(max_items = 100)]
    pub lines: Vec<LineView>,
    /// The version of the model that was used.
    pub citation: Citation,
}

/// Which tier a customer holds on a day, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerTier)]
pub struct TierView {
    /// The customer.
    pub customer: CustomerRef,
    /// The day that is asked for.
    pub on: NaiveDate,
    /// What is held then; null before the first run.
    pub held: Option<HoldView>,
    /// What that tier brings, as the model of the day says.
    pub rule: Option<RuleView>,
    /// The last run whose tier was held by then, line by line.
    pub assessment: Option<AssessmentView>,
    /// Every tier that was held, the oldest first.
    #[schema(max_items = 1000)]
    pub holds: Vec<HoldView>,
    /// Counts its states; 0 before the first run.
    #[schema(minimum = 0)]
    pub version: Version,
}

impl View for TierView {}

fn rule(rule: &TierRule) -> RuleView {
    let TierRule { code, name, from_points, follow_up_days, deal_days, service, response_hours } =
        rule.clone();
    RuleView { code, name, from_points, follow_up_days, deal_days, service, response_hours }
}

fn hold(hold: &TierHold) -> HoldView {
    let TierHold { tier, from, until, cause, by } = hold.clone();
    HoldView { tier, from, until, cause, by_id: by }
}

/// Points out of points times basis points.
pub(super) fn points(weighted: i64) -> Decimal {
    Decimal::new(weighted, 4).normalize()
}

fn line(line: TierLine) -> LineView {
    let adds = points(line.weighted());
    let said = said(&line, adds);
    let TierLine { figure, name, reached, points, weight_bp } = line;
    LineView {
        dimension: figure.dimension,
        name,
        value: figure.value,
        rows: figure.rows,
        digest: figure.digest,
        reached,
        points,
        weight_bp,
        adds,
        said,
    }
}

fn said(line: &TierLine, adds: Decimal) -> Said {
    let weight = Decimal::new(line.weight_bp.into(), 2).normalize();
    let TierLine { figure, name, reached, points, .. } = line;
    let Some(value) = figure.value else {
        return Said {
            zh: format!("{}：截止日无数据，得 0 分", name.zh),
            en: format!("{}: nothing known at the cut-off, so no points", name.en),
        };
    };
    let Some(reached) = reached else {
        return Said {
            zh: format!("{}：{value}，未达最低一档，得 0 分", name.zh),
            en: format!("{}: {value}, below the first threshold, so no points", name.en),
        };
    };
    Said {
        zh: format!("{}：{value}，达到 {reached}，得 {points} 分 × 权重 {weight}% = {adds} 分", name.zh),
        en: format!(
            "{}: {value} reaches {reached}, which is {points} points at a weight of {weight}%: {adds}",
            name.en
        ),
    }
}

fn assessment(assessment: Assessment) -> AssessmentView {
    let Assessment { run, from, assessed, outcome, before, tier, below, citation } = assessment;
    AssessmentView {
        run_id: run.uuid().into(),
        held_from: from,
        points: assessed.points(),
        reached: assessed.reached,
        tier_before: before,
        tier,
        outcome,
        below,
        lines: assessed.lines.into_iter().map(line).collect(),
        citation,
    }
}

/// Which tier a customer in sight holds on a day; today where none is named.
///
/// # Errors
/// Not found where the caller does not see the customer.
pub fn view(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    on: Option<BusinessDate>,
) -> Result<TierView, Failure> {
    customer_file::find(reader, customer)?;
    let on = on.unwrap_or_else(|| reader.today());
    let known = several(reader, &[customer])?.remove(&customer);
    show(reader, &known.unwrap_or_else(|| CustomerTier::unassessed(customer)), on)
}

/// The same of one at hand.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, tier: &CustomerTier, on: BusinessDate) -> Result<TierView, Failure> {
    let model = model(reader, on)?;
    let held = tier.on(on);
    let assessed = assessed_by(reader, tier.customer, on)?;
    let assessed = assessed.map(|row| row.assessment()).transpose()?;
    Ok(TierView {
        customer: refer_to(reader, tier.customer)?,
        on,
        held: held.map(hold),
        rule: held.and_then(|held| model.content.tier(&held.tier)).map(rule),
        assessment: assessed.map(assessment),
        holds: tier.holds.iter().map(hold).collect(),
        version: tier.version,
    })
}
