//! Notices and announcements over HTTP: what is published, what each reader did with it, and one's own notices. `[NOT-1, NOT-2]`

use crate::spine::{
    At, Attempts, Can, Chore, Created, Every, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes,
    UnitOfWork, Valid, Wanted, each, routes,
};
use chrono::NaiveDate;
use domain::{
    announcement::{
        Announcement, AnnouncementContent, AnnouncementKind, Audience, NO_ANSWER_WANTED, Receipt, Want,
        Wanted as Replies,
    },
    organisation::PositionId,
    spine::{AnyId, DepartmentId, EmployeeId, Finding, Id, Refusal, codes, perm},
};
use persistence::{
    announcement::{
        self as announcements, AnnouncementFilter, AnnouncementSummary, AnnouncementView, deed,
        receipt::{
            self as receipts, NoticeView,
            list::{NoticeFilter, NoticeSummary, ReceiptFilter, ReceiptSummary},
        },
        reminder,
    },
    spine::{Database, Failure, Request, StoredAnswer, Tx},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "announcements",
        [
            list_announcements,
            draft_announcement,
            show_announcement,
            revise_announcement,
            publish_announcement,
            withdraw_announcement,
            list_announcement_receipts,
        ]
    );
    routes!(into, "notices", [list_notices, show_notice, read_notice, receive_notice, answer_notice]);
}

/// List announcements. `[NOT-1a, INT-4]`
///
/// Those one drafted or published, and what was published from departments in reach; the newest first. What was announced
/// to oneself stands at `/notices`.
#[utoipa::path(get, path = "/api/v1/announcements")]
async fn list_announcements(
    who: Can<perm::PublishAnnouncements>,
    wanted: Wanted<AnnouncementFilter>,
    reading: Reading,
) -> List<AnnouncementSummary> {
    reading.list(who, wanted, announcements::list).await
}

/// Show an announcement. `[NOT-1a, ACT-1]`
///
/// With how many of its readers have read it, replied and were reminded.
#[utoipa::path(get, path = "/api/v1/announcements/{id}")]
async fn show_announcement(
    who: Can<perm::PublishAnnouncements>,
    id: PathId<Announcement>,
    reading: Reading,
) -> Reply<AnnouncementView> {
    reading.read(who, move |reader| announcements::view(reader, *id)).await
}

/// For whom it is meant: whoever one of these covers, among those who work here when it is published.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AudienceChoice)]
struct AudienceBody {
    /// Everybody who works here.
    everybody: bool,
    /// Those of these departments and of all below them.
    #[validate(length(max = 200))]
    #[schema(value_type = Vec<DepartmentId>, max_items = 200)]
    department_ids: BTreeSet<DepartmentId>,
    /// Those who hold one of these positions.
    #[validate(length(max = 200))]
    #[schema(value_type = Vec<PositionId>, max_items = 200)]
    position_ids: BTreeSet<PositionId>,
    /// These people.
    #[validate(length(max = 500))]
    #[schema(value_type = Vec<EmployeeId>, max_items = 500)]
    employee_ids: BTreeSet<EmployeeId>,
}

/// A new notice or announcement.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftAnnouncement {
    /// Whether to one person or to an audience; to an audience where absent.
    #[serde(default = "to_audience")]
    kind: AnnouncementKind,
    /// What it is about.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "五一值班安排")]
    title: String,
    /// What it says. Once it is published it does not change: a correction is a new one.
    #[validate(length(min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10000, example = "五一假期值班表如下，请各部门核对。")]
    text: String,
    /// For whom it is meant.
    #[validate(nested)]
    audience: AudienceBody,
    /// What is wanted of each reader; nothing where absent.
    #[serde(default)]
    want: Want,
    /// The last day to answer, where an answer is wanted.
    #[serde(default)]
    answer_by: Option<NaiveDate>,
    /// Which one it corrects.
    #[serde(default)]
    #[schema(value_type = Option<AnyId>)]
    corrects_id: Option<Id<Announcement>>,
}

const fn to_audience() -> AnnouncementKind {
    AnnouncementKind::Announcement
}

impl Merged for DraftAnnouncement {
    const PATCH: &'static str = "ReviseAnnouncement";
    const FILLED: &'static [&'static str] = &["kind", "want"];
}

impl From<AnnouncementContent> for DraftAnnouncement {
    fn from(content: AnnouncementContent) -> Self {
        let AnnouncementContent { kind, title, text, audience, wanted, corrects } = content;
        let Audience { everybody, departments, positions, employees } = audience;
        Self {
            kind,
            title,
            text,
            audience: AudienceBody {
                everybody,
                department_ids: departments,
                position_ids: positions,
                employee_ids: employees,
            },
            want: wanted.want(),
            answer_by: wanted.answer_by(),
            corrects_id: corrects,
        }
    }
}

impl TryFrom<DraftAnnouncement> for AnnouncementContent {
    type Error = Failure;
    fn try_from(body: DraftAnnouncement) -> Result<Self, Failure> {
        let DraftAnnouncement { kind, title, text, audience, want, answer_by, corrects_id } = body;
        let AudienceBody { everybody, department_ids, position_ids, employee_ids } = audience;
        let wanted = Replies::of(want, answer_by).ok_or_else(|| day_and_want(answer_by.is_none()))?;
        let audience = Audience {
            everybody,
            departments: department_ids,
            positions: position_ids,
            employees: employee_ids,
        };
        Ok(Self { kind, title, text, audience, wanted, corrects: corrects_id })
    }
}

/// An answer is wanted by a day, and a day is named for an answer alone.
fn day_and_want(is_missing: bool) -> Failure {
    let code = if is_missing { codes::REQUIRED } else { NO_ANSWER_WANTED };
    let mut refusal = Refusal::new(code);
    refusal.findings.push(Finding { pointer: "/answer_by".into(), code, params: Default::default() });
    refusal.into()
}

/// Draft an announcement. `[NOT-1a]`
///
/// A notice names one person. Nobody sees a draft but who wrote it.
#[utoipa::path(post, path = "/api/v1/announcements")]
async fn draft_announcement(
    who: Can<perm::PublishAnnouncements>,
    body: Valid<DraftAnnouncement>,
    work: UnitOfWork,
) -> Created<AnnouncementView> {
    work.write(who, move |tx| {
        let drafted = deed::draft(tx, body.0.clone().try_into()?)?;
        announcements::show(tx, drafted)
    })
    .await
}

/// Change a draft. `[NOT-1a]`
#[utoipa::path(patch, path = "/api/v1/announcements/{id}")]
async fn revise_announcement(
    who: Can<perm::PublishAnnouncements>,
    at: At<Announcement>,
    patch: Merge<DraftAnnouncement>,
    work: UnitOfWork,
) -> Reply<AnnouncementView> {
    work.moves(who, at, move |found, tx| {
        let body = patch.over(&found.content.clone().into())?;
        deed::revise(tx, found, body.try_into()?)
    })
    .await
}

/// Publish an announcement. `[NOT-1a]`
///
/// Its audience is resolved to those who work here now and frozen, but for the publisher; who joins later is not asked. All
/// of them must lie within the caller's reach or stand below them.
#[utoipa::path(post, path = "/api/v1/announcements/{id}/publish")]
async fn publish_announcement(
    who: Can<perm::PublishAnnouncements>,
    at: At<Announcement>,
    work: UnitOfWork,
) -> Reply<AnnouncementView> {
    work.moves(who, at, move |found, tx| deed::publish(tx, found)).await
}

/// Withdraw an announcement. `[NOT-1a]`
///
/// Its readers still see that there was one; nobody is reminded, and no answer is owed any more.
#[utoipa::path(post, path = "/api/v1/announcements/{id}/withdraw")]
async fn withdraw_announcement(
    who: Can<perm::PublishAnnouncements>,
    at: At<Announcement>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<AnnouncementView> {
    work.moves(who, at, move |found, tx| deed::withdraw(tx, found, body.reason.clone())).await
}

/// List the receipts of an announcement. `[NOT-1a, INT-4]`
///
/// Who has read it, replied, was reminded; `state=unread` for who has not read it.
#[utoipa::path(get, path = "/api/v1/announcements/{id}/receipts")]
async fn list_announcement_receipts(
    who: Can<perm::PublishAnnouncements>,
    id: PathId<Announcement>,
    wanted: Wanted<ReceiptFilter>,
    reading: Reading,
) -> List<ReceiptSummary> {
    reading
        .list(who, wanted, move |reader, filter, page| receipts::list::list(reader, *id, filter, page))
        .await
}

/// List one's own notices. `[NOT-1a, NOT-2, INT-4]`
///
/// What was announced to the caller, the newest first; `state=unread` for what is still to be read.
#[utoipa::path(get, path = "/api/v1/notices")]
async fn list_notices(
    who: Can<perm::ReadNotices>,
    wanted: Wanted<NoticeFilter>,
    reading: Reading,
) -> List<NoticeSummary> {
    reading.list(who, wanted, receipts::list::list_own).await
}

/// Show a notice. `[NOT-1a, ACT-1]`
///
/// One's own. Showing it does not note that it was read: `read` does.
#[utoipa::path(get, path = "/api/v1/notices/{id}")]
async fn show_notice(
    who: Can<perm::ReadNotices>,
    id: PathId<Receipt>,
    reading: Reading,
) -> Reply<NoticeView> {
    reading.read(who, move |reader| receipts::view(reader, *id)).await
}

/// Note that a notice was read. `[NOT-1a, NOT-2]`
///
/// The first reading counts; again, nothing changes.
#[utoipa::path(post, path = "/api/v1/notices/{id}/read")]
async fn read_notice(who: Can<perm::ReadNotices>, at: At<Receipt>, work: UnitOfWork) -> Reply<NoticeView> {
    work.moves(who, at, move |found, tx| deed::read(tx, found)).await
}

/// Reply that a notice was received (收到). `[NOT-1a; 002 §8 四.3]`
#[utoipa::path(post, path = "/api/v1/notices/{id}/receive")]
async fn receive_notice(who: Can<perm::ReadNotices>, at: At<Receipt>, work: UnitOfWork) -> Reply<NoticeView> {
    work.moves(who, at, move |found, tx| deed::receive(tx, found)).await
}

/// What is answered.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerNotice {
    /// The answer; it is not changed later.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "已核对，无误")]
    text: String,
}

/// Answer a notice. `[NOT-1a]`
///
/// What was asked by a day is a duty until then, and owed still afterwards.
#[utoipa::path(post, path = "/api/v1/notices/{id}/answer")]
async fn answer_notice(
    who: Can<perm::ReadNotices>,
    at: At<Receipt>,
    body: Valid<AnswerNotice>,
    work: UnitOfWork,
) -> Reply<NoticeView> {
    work.moves(who, at, move |found, tx| deed::answer(tx, found, body.text.clone())).await
}

/// Reminds readers whose clocks have run, and tells those of whom an answer is asked.
pub const REMINDERS: &Chore =
    &Chore { name: "notices", every: Every::Seconds(30), run: |state| Box::pin(attend(&state.database)) };

/// Everything that notices ask of a server by now, a few hundred readers a unit of work; safe to be done by several servers
/// at once, and twice.
///
/// # Errors
/// The first thing that could not be done, when the rest has been.
pub async fn attend(database: &Database) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    loop {
        let batch = database.read(Request::system("notices"), reminder::errands).await?;
        if batch.is_empty() {
            break;
        }
        let told = batched(database, batch, reminder::run_errands).await;
        let is_stuck = told.is_err();
        attempts.add(told);
        if is_stuck {
            break;
        }
    }
    let mut come = None;
    loop {
        let due =
            database.read(Request::system("notices"), move |reader| reminder::due(reader, come)).await?;
        let Some(last) = due.last() else { return attempts.outcome() };
        come = Some(*last);
        let batch = due.into_iter().map(|(_, receipt)| receipt).collect();
        attempts.add(batched(database, batch, reminder::remind).await);
    }
}

/// Does something with a batch in one unit of work; where that fails, with each alone, so that one stands in nobody's way.
async fn batched(
    database: &Database,
    batch: Vec<Id<Receipt>>,
    work: fn(&mut Tx<'_>, &[Id<Receipt>]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let all = batch.clone();
    let done = database
        .write(Request::system("notices"), move |tx| work(tx, &all).map(|()| StoredAnswer::default()))
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(failure) => {
            log::error!("notices: a batch failed and is done one by one: {failure:?}");
            each(database, "notices", batch, move |tx, one| work(tx, &[one])).await
        }
    }
}
