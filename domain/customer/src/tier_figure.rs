//! Figures of tier dimensions that people enter (人工评分): with what they rest on. Only ever added to: the latest one known
//! at a cut-off counts. `[TIE-1]`

use crate::{
    customer_file::CustomerId,
    customer_tier::{DimensionSource, TierModel},
    file::File,
    spine::{
        Actor, BusinessDate, Change, Entity, Findings, Id, PolicyVersion, Refusal, Timestamp, UserId,
        Version, codes, wording,
    },
};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// No figure is greater.
const VALUE_MAX: i64 = 1_000_000_000_000;

crate::refusals! { TIER_FIGURE_REFUSALS:
    NOT_ENTERED = "tier_figure.not_entered", Invalid, "该维度不由人工填报", "Nobody enters figures of this dimension";
    TOO_LARGE = "tier_figure.too_large", Invalid, "数值过大或小数位过多（最多 4 位小数）", "The value is too large, or has more than four decimal places";
}

crate::events! { TIER_FIGURE_EVENTS:
    ENTERED = "tier_figure.entered", "客户分级数据已填报", "A figure for a customer's tier was entered";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[TIER_FIGURE_REFUSALS], events: &[TIER_FIGURE_EVENTS], enums: &[] };

/// What a figure says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TierFigureContent {
    /// Of which customer.
    pub customer: CustomerId,
    /// The code of the dimension.
    pub dimension: String,
    /// The value, in the unit of the dimension.
    pub value: Decimal,
    /// What it rests on: 1 to 500 characters.
    pub basis: String,
    /// Evidence: files.
    pub evidence: Vec<Id<File>>,
}

/// A figure that somebody entered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EnteredFigure {
    /// Identity.
    pub id: Id<Self>,
    /// What it says.
    #[serde(flatten)]
    pub content: TierFigureContent,
    /// The business day on which it was entered.
    pub entered_on: BusinessDate,
    /// The account that entered it.
    pub entered_by: UserId,
    /// When.
    pub entered_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for EnteredFigure {
    const KIND: &'static str = "tier_figure";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl EnteredFigure {
    /// Enters a figure.
    ///
    /// # Errors
    /// `tier_figure.not_entered`, `tier_figure.too_large`; no word of what it rests on.
    pub fn enter(
        id: Id<Self>,
        content: TierFigureContent,
        model: &PolicyVersion<TierModel>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/basis", &content.basis, 500);
        let dimension = model.content.dimension(&content.dimension);
        if !dimension.is_some_and(|known| matches!(known.source, DimensionSource::Entered { .. })) {
            findings.add("/dimension", NOT_ENTERED);
        }
        let value = content.value.normalize();
        if value.abs() > Decimal::from(VALUE_MAX) || value.scale() > 4 {
            findings.add("/value", TOO_LARGE);
        }
        if value.is_sign_negative() && !value.is_zero() {
            let range = [("min", json!(0)), ("max", json!(VALUE_MAX))];
            findings.add_with("/value", codes::OUT_OF_RANGE, range);
        }
        findings.into_result().map_err(|refusal| refusal.citing(model.cite("TIE-1", None)))?;
        let facts = json!({"customer_id": content.customer, "dimension": content.dimension});
        let content = TierFigureContent { value, ..content };
        let figure =
            Self { id, content, entered_on: today, entered_by: by.user, entered_at: now, version: 0 };
        Ok(Change::created(figure, ENTERED, facts))
    }
}
