//! Notices and announcements in the database: published to many in one statement or few, found by whoever reads or publishes
//! them. `[NOT-1, NOT-2]`

/// What is done with one, and what follows for its readers.
pub mod deed;
/// Which duties a notice calls for and fulfils.
mod duty;
/// The announcements within the caller's sight.
pub mod list;
/// What each reader did.
pub mod receipt;
/// When readers are told of it again, by the clock.
pub mod reminder;
mod row;
mod tiding;
/// What one announcement looks like.
pub mod view;

pub use list::{AnnouncementFilter, AnnouncementSummary, list};
pub use row::find;
pub use view::{AnnouncementView, show, view};

use crate::{
    policy::{Kind, Shipped},
    spine::{Failure, Follows, Part, Tx},
};
use domain::{
    announcement::Announcement,
    spine::Change,
    working_time::notice::{NOTICE_REMINDER_CODE, NoticeReminder, SHIPPED_NOTICE_REMINDER},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<NoticeReminder>(),
    &Shipped::text(NOTICE_REMINDER_CODE, "未读通知强提醒", "002 §8 四.3", SHIPPED_NOTICE_REMINDER),
    &Shipped::text("duty-rule/notice-answer", "通知限期答复", "002 §8 四.3", duty::RULE),
    &duty::CALLED,
    &duty::FILED,
    &tiding::TIDINGS,
    &Follows { wants: reminder::wants, then: reminder::leave_changed },
    &Follows { wants: deed::is_told_to_asker, then: deed::tell_asker },
];

crate::spine::resource! { crate::Governance: Announcement as AnnouncementView; find, apply, show = show }

/// Writes a change of an announcement.
pub fn apply(tx: &mut Tx<'_>, change: Change<Announcement>) -> Result<Announcement, Failure> {
    tx.apply(change)
}
