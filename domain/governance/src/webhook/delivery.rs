//! When a delivery is tried again, and when an endpoint is given up. `[INT-1c]`

use crate::spine::{Finding, Findings, PolicyContent};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the company's rule is kept.
pub const WEBHOOK_DELIVERY_CODE: &str = "webhook-delivery/company";

/// The rule as shipped.
pub const SHIPPED_WEBHOOK_DELIVERY: &str = include_str!("../shipped/webhook_delivery.json");

/// The longest that an endpoint may ask to be left alone, in seconds: a day.
const PATIENCE_MAX_SECONDS: i64 = 86_400;

/// How deliveries are tried again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookDelivery {
    /// The seconds before each further attempt, 1 to 86,400 each; as many attempts follow the first.
    pub delays_seconds: Vec<u32>,
    /// By how much each is spread to either side, in percent, 0 to 50: so that what failed together does not return together.
    pub spread_percent: u32,
    /// After how many minutes of failure its owner is told, 1 to 43,200.
    pub tell_after_minutes: u32,
    /// After how many hours without success an endpoint is disabled, 1 to 8,760.
    pub disable_after_hours: u32,
    /// For how many hours the secret before signs too, 0 to 2,160.
    pub rotation_hours: u32,
    /// For how many days attempts can be looked at, 1 to 366.
    pub attempts_kept_days: u32,
}

impl PolicyContent for WebhookDelivery {
    const KIND: &'static str = "webhook-delivery";
    const EXAMPLE: &'static str = SHIPPED_WEBHOOK_DELIVERY;

    fn findings(&self) -> Vec<Finding> {
        let Self {
            delays_seconds,
            spread_percent,
            tell_after_minutes,
            disable_after_hours,
            rotation_hours,
            attempts_kept_days,
        } = self;
        let mut findings = Findings::new();
        let count = u32::try_from(delays_seconds.len()).unwrap_or(u32::MAX);
        findings.within("/content/delays_seconds", count, 1..=50);
        for (at, delay) in delays_seconds.iter().enumerate() {
            findings.within(format!("/content/delays_seconds/{at}"), *delay, 1..=86_400);
        }
        findings.within("/content/spread_percent", *spread_percent, 0..=50);
        findings.within("/content/tell_after_minutes", *tell_after_minutes, 1..=43_200);
        findings.within("/content/disable_after_hours", *disable_after_hours, 1..=8_760);
        findings.within("/content/rotation_hours", *rotation_hours, 0..=2_160);
        findings.within("/content/attempts_kept_days", *attempts_kept_days, 1..=366);
        findings.into_vec()
    }
}

impl WebhookDelivery {
    /// How long to wait after so many failures of one event; `chance` from 0 to 9,999 spreads it. None where it was tried
    /// often enough. What the endpoint asks for is heeded where it is longer.
    pub fn delay(&self, failures: u32, retry_after: Option<u32>, chance: u32) -> Option<Duration> {
        let at = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        let delay = i64::from(*self.delays_seconds.get(at)?);
        Some(self.spread(delay, retry_after, chance))
    }

    /// The same of an ordered endpoint, which goes on with the last delay: it skips nothing.
    pub fn delay_of_ordered(&self, failures: u32, retry_after: Option<u32>, chance: u32) -> Duration {
        let last = self.delays_seconds.last().copied().unwrap_or(86_400);
        self.delay(failures, retry_after, chance)
            .unwrap_or_else(|| self.spread(last.into(), retry_after, chance))
    }

    fn spread(&self, seconds: i64, retry_after: Option<u32>, chance: u32) -> Duration {
        let spread = i64::from(self.spread_percent);
        // From -spread to +spread percent, in hundredths of a percent.
        let shift = spread * 100 * (2 * i64::from(chance.min(9_999)) - 9_999) / 9_999;
        let spread = Duration::milliseconds(seconds * 1_000 + seconds * shift / 10);
        let asked = i64::from(retry_after.unwrap_or_default()).min(PATIENCE_MAX_SECONDS);
        spread.max(Duration::seconds(asked))
    }

    /// How long an endpoint fails before its owner is told.
    pub fn tell_after(&self) -> Duration {
        Duration::minutes(self.tell_after_minutes.into())
    }

    /// How long an endpoint fails before it is disabled.
    pub fn disable_after(&self) -> Duration {
        Duration::hours(self.disable_after_hours.into())
    }
}
