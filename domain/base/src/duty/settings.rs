//! The company's own settings for duties, as data. `[DUT-2f, DUT-2g, DUT-2h, DUT-2i]`

use crate::{
    spine::{Finding, Findings, PolicyContent},
    working_time::TimeOfDay,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the settings are kept.
pub const DUTY_SETTINGS_CODE: &str = "duty-settings/company";

/// The settings as shipped.
pub const SHIPPED_DUTY_SETTINGS: &str = include_str!("shipped/duty_settings.json");

/// Settings for all duties.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutySettings {
    /// How many working days must be left for who comes into scope to owe it, 0 to 60.
    pub joining_working_days: u32,
    /// When a due that falls into leave moves to, on the first working day back.
    pub back_from_leave_at: TimeOfDay,
    /// How many working days one must have held a post or record to be charged, 0 to 60.
    pub holder_working_days: u32,
    /// Within how many working days what another returned must be filed again to keep its first instant, 0 to
    /// 60.
    pub refiling_working_days: u32,
    /// How many minutes without a sign of any server are an outage, 5 to 1440.
    pub outage_gap_minutes: u32,
    /// How many working minutes are left at least after an outage, 0 to 4800.
    pub outage_least_working_minutes: u32,
    /// How many working days ahead one must hear of an earlier due, 0 to 60.
    pub earlier_notice_working_days: u32,
}

impl PolicyContent for DutySettings {
    const KIND: &'static str = "duty-settings";
    const EXAMPLE: &'static str = SHIPPED_DUTY_SETTINGS;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (field, value, min, max) in [
            ("joining_working_days", self.joining_working_days, 0, 60),
            ("holder_working_days", self.holder_working_days, 0, 60),
            ("refiling_working_days", self.refiling_working_days, 0, 60),
            ("outage_gap_minutes", self.outage_gap_minutes, 5, 1_440),
            ("outage_least_working_minutes", self.outage_least_working_minutes, 0, 4_800),
            ("earlier_notice_working_days", self.earlier_notice_working_days, 0, 60),
        ] {
            findings.within(format!("/content/{field}"), value, min..=max);
        }
        findings.into_vec()
    }
}
