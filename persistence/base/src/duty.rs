//! Duties in the database: raised once however many servers run, found within the caller's sight, settled by records and
//! by hand, and counted. `[DUT-1 … DUT-4]`

/// How timely duties were done.
pub mod board;
/// What people do about a duty.
pub mod deed;
/// Who is told, and what is missed.
pub mod effect;
/// The duties within the caller's sight.
pub mod list;
/// What the duties of somebody come to.
pub mod measured;
/// Times without any server.
pub mod outage;
/// Who is meant by a rule.
mod people;
/// Whether a rule may be published, and whom it would mean.
pub mod publication;
/// Duties come to be.
pub mod raise;
mod replay;
mod row;
/// The versions of the rules.
mod rule;
/// Duties under way follow what changes around them.
pub mod settle;
/// What fulfils duties.
pub mod source;
mod tally;
mod tiding;
/// What one duty looks like.
pub mod view;
/// How far each rule has been followed.
mod watermark;

pub use list::{DutyFilter, DutySummary, list};
pub use row::find;
pub use source::{Called, Filed, FiledRecord, Undone};
pub use tally::{Difference, verify};
pub use view::{DUTY, DutyView, show, view};

use crate::{
    file, incentive_entry,
    organisation::Organisation,
    policy::{self, Kind, Shipped},
    spine::{Failure, Follows, Part, Reader, Tx},
};
use chrono_tz::Tz;
use domain::{
    duty::{DUTY_SETTINGS_CODE, Duty, DutyRule, DutySettings, SHIPPED_DUTY_SETTINGS, rule::Member},
    organisation::working_calendar::WorkingCalendar,
    spine::{BusinessDate, Change, EmployeeId, Entity, PolicyVersion},
    working_time::WorkingTime,
};
use std::{collections::BTreeMap, sync::Arc};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind { check: publication::check, ..Kind::of::<DutyRule>() },
    &Kind::of::<DutySettings>(),
    &Shipped::text(DUTY_SETTINGS_CODE, "应办事项设置", "002 §6 第一章", SHIPPED_DUTY_SETTINGS),
    &Follows { wants: source::wants, then: source::follow },
    &file::DocumentKind { kind: Duty::KIND, may_read: deed::may_read },
    &tiding::TIDINGS,
    replay::REPLAYED,
];

crate::spine::resource! { crate::Base: Duty as DutyView; find, apply, show = show }

/// Writes a change of a duty, and lets follow from it what its rule says. `[DUT-2d]`
pub fn apply(tx: &mut Tx<'_>, change: Change<Duty>) -> Result<Duty, Failure> {
    let duty = tx.apply(change)?;
    incentive_entry::follow(tx, &duty)?;
    Ok(duty)
}

/// What duties are judged by on a day: the settings, the calendar, the rules and the people.
pub(crate) struct World {
    /// The settings.
    pub settings: Arc<PolicyVersion<DutySettings>>,
    calendar: Arc<PolicyVersion<WorkingCalendar>>,
    /// The rules.
    pub rules: Arc<rule::Rules>,
    /// The people of today.
    pub organisation: Arc<Organisation>,
    /// Today.
    pub today: BusinessDate,
    zone: Tz,
}

impl World {
    /// As it is today.
    pub fn today(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let today = reader.today();
        Ok(Self {
            settings: policy::in_force(reader, "company", today)?,
            calendar: policy::in_force(reader, "company", today)?,
            rules: rule::Rules::all(reader)?,
            organisation: Organisation::today(reader)?,
            today,
            zone: reader.zone(),
        })
    }

    /// Everybody who works here today.
    pub fn members(&self) -> &BTreeMap<EmployeeId, Member> {
        self.organisation.members(self.today)
    }

    /// Working time by the calendar.
    pub fn time(&self) -> WorkingTime<'_> {
        WorkingTime::new(&self.calendar.content, self.zone)
    }
}
