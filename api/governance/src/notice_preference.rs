//! What one does not want to be reminded of, over HTTP. `[NOT-1b]`

use crate::spine::{Can, Reading, Reply, Routes, UnitOfWork, Valid, routes};
use domain::{announcement::AnnouncementKind, spine::perm};
use persistence::notice_preference::{self as preferences, NoticePreferenceView};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "notices", [show_notice_preferences, say_notice_preferences]);
}

/// Show what one does not want to be reminded of. `[NOT-1b]`
#[utoipa::path(get, path = "/api/v1/notice-preferences")]
async fn show_notice_preferences(
    who: Can<perm::ReadNotices>,
    reading: Reading,
) -> Reply<NoticePreferenceView> {
    reading.read(who, preferences::own).await
}

/// What is muted.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayNoticePreferences {
    /// The kinds of notices of which nobody is to remind one.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    muted: Vec<AnnouncementKind>,
}

/// Say what one does not want to be reminded of. `[NOT-1b]`
///
/// It holds for what is published from now on, and where nothing is wanted of the reader: what is to be read, acknowledged or
/// answered, and what is told of duties and approvals, is reminded of all the same.
#[utoipa::path(put, path = "/api/v1/notice-preferences")]
async fn say_notice_preferences(
    who: Can<perm::ReadNotices>,
    body: Valid<SayNoticePreferences>,
    work: UnitOfWork,
) -> Reply<NoticePreferenceView> {
    work.write(who, move |tx| {
        let muted: BTreeSet<AnnouncementKind> = body.muted.iter().copied().collect();
        preferences::say(tx, muted)
    })
    .await
}
