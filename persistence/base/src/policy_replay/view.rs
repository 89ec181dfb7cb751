//! What a replay and its lines look like.

use super::row::{LineRow, LineSaid, Row, verdict_of};
use crate::{
    schema::{policies, policy_replay_lines as table, policy_replays as replays},
    spine::{
        Failure, Filter, Key, Page, Reader, Several, Slice, View, Where, columns, db, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    policy_replay::{
        Counts, Group, KEPT_DAYS, MovedMoney, PolicyReplay, Reason, ReplayedDraft, Said, Tally, Verdict,
    },
    spine::{AnyId, Id, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What a replay came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PolicyReplay)]
pub struct PolicyReplayView {
    /// Its identity.
    pub id: AnyId,
    /// What was replayed.
    #[schema(max_items = 20)]
    pub drafts: Vec<ReplayedDraft>,
    /// The first business day.
    pub from: NaiveDate,
    /// The last business day.
    pub to: NaiveDate,
    /// How many documents came out how.
    pub counts: Counts,
    /// The money that goes another way.
    #[schema(max_items = 200)]
    pub moved: Vec<MovedMoney>,
    /// What differs, by reason: the largest first.
    #[schema(max_items = 200)]
    pub groups: Vec<Group>,
    /// How many documents differ for reasons beyond the groups shown.
    #[schema(minimum = 0)]
    pub beyond_groups: u64,
    /// Up to which event of the feed history was read.
    #[schema(minimum = 0)]
    pub sequence: i64,
    /// The digest of all it says, in hexadecimal: the same input gives the same.
    #[schema(max_length = 64)]
    pub digest: String,
    /// Whether a draft was changed since, so that the result no longer tells of it.
    pub is_stale: bool,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when its lines can be read.
    pub lines_kept_until: Timestamp,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PolicyReplayView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/policy-replays/{}", self.id))
    }
}

/// How a replay is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, replay: PolicyReplay) -> Result<PolicyReplayView, Failure> {
    let is_stale = is_stale(reader, &replay.drafts)?;
    let PolicyReplay { id, drafts, period, sequence, tally, digest, by: _, at, forgotten_at, version } =
        replay;
    let Tally { counts, moved, groups, beyond_groups } = tally;
    Ok(PolicyReplayView {
        id: AnyId::from_uuid(id.uuid()),
        drafts,
        from: period.from,
        to: period.to,
        counts,
        moved,
        groups,
        beyond_groups,
        sequence,
        digest,
        is_stale,
        asked_at: at,
        lines_kept_until: forgotten_at.unwrap_or_else(|| at.plus(chrono::Duration::days(KEPT_DAYS))),
        version,
    })
}

/// Whether a draft is another by now.
fn is_stale(reader: &mut Reader<'_>, drafts: &[ReplayedDraft]) -> Result<bool, Failure> {
    for draft in drafts {
        let key = Key::from(draft.id);
        let version: Version =
            db!(reader, |c| policies::table.filter(policies::id.eq(key)).select(policies::version).first(c))?;
        if version != draft.version {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which replays are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PolicyReplayFilter {
    /// Only what was asked for at this instant or later.
    #[serde(rename = "asked_at[gte]")]
    pub asked_from: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PolicyReplayOrder,
}

impl Filter for PolicyReplayFilter {}

orders! {
    /// By what replays are ordered.
    pub PolicyReplayOrder of Row in replays by id, descending:
    asked_at = id;
}

/// The replays that the caller asked for.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PolicyReplayFilter,
    page: &Page,
) -> Result<Slice<PolicyReplayView>, Failure> {
    let mut wanted = Where::new();
    wanted.also(replays::asked_by_id.eq(Key::from(reader.actor().user)));
    narrow!(wanted, replays, filter; asked_at >= asked_from);
    let found = paged!(reader, page, filter.sort, wanted;
        replays::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.try_into()?))
}

columns! { PolicyReplayView as "policy-replays" "政策重演" "Policy replays":
    asked_at "重演时间" "Asked at";
    from "开始日期" "From";
    to "结束日期" "To";
    drafts "政策" "Policies" = |replay| codes(&replay.drafts);
    same "相同" "Same" = |replay| count(replay.counts.same);
    different "不同" "Different" = |replay| count(replay.counts.different);
    undetermined "无法判定" "Undetermined" = |replay| count(replay.counts.undetermined);
    drift "规则漂移" "Drift" = |replay| count(replay.counts.drift);
    out_of_reach "超出查看范围" "Out of reach" = |replay| count(replay.counts.out_of_reach);
    digest "摘要" "Digest";
}

fn codes(drafts: &[ReplayedDraft]) -> String {
    let codes: Vec<&str> = drafts.iter().map(|draft| draft.code.as_str()).collect();
    codes.join(", ")
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A document that does not come out the same, or by which the policy then in force has drifted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PolicyReplayLine)]
pub struct ReplayLineView {
    /// Its identity.
    pub id: AnyId,
    /// Which decision about it.
    #[schema(max_length = 60, example = "approver_routing")]
    pub decision: String,
    /// Under which policy.
    #[schema(max_length = 100, example = "approval-chain/expense-claim")]
    pub policy: String,
    /// How it comes out.
    pub verdict: Verdict,
    /// Whether the policy then in force decides otherwise today than it did.
    pub drifts: bool,
    /// What kind of thing it is.
    #[schema(max_length = 60, example = "expense_claim")]
    pub document_kind: String,
    /// Its identity.
    pub document: AnyId,
    /// What people call it by.
    #[schema(max_length = 100, example = "EC-2026-000123")]
    pub number: String,
    /// Its business day.
    pub business_date: NaiveDate,
    /// What was decided then, where that was kept.
    pub stored: Option<Said>,
    /// What the policy then in force decides by today's code.
    pub current: Option<Said>,
    /// What the draft decides.
    pub draft: Option<Said>,
    /// The fact that is missing, where it cannot be said.
    pub missing: Option<Said>,
    /// Why it differs.
    #[schema(max_items = 100)]
    pub reasons: Vec<Reason>,
}

impl View for ReplayLineView {}

impl TryFrom<LineRow> for ReplayLineView {
    type Error = Failure;
    fn try_from(row: LineRow) -> Result<Self, Failure> {
        let verdict = verdict_of(&row)?;
        let LineSaid { stored, current, draft, missing, reasons } = serde_json::from_str(&row.said)?;
        Ok(Self {
            id: row.id.into(),
            decision: row.decision,
            policy: row.policy,
            verdict,
            drifts: row.drifts,
            document_kind: row.document_kind,
            document: row.document.into(),
            number: row.number,
            business_date: row.business_date,
            stored,
            current,
            draft,
            missing,
            reasons,
        })
    }
}

/// Which lines are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReplayLineFilter {
    /// Only these verdicts, separated by commas.
    #[param(inline, example = "different")]
    pub verdict: Several<Verdict>,
    /// Only where the policy then in force drifts, or only where it does not.
    pub drifts: Option<bool>,
    /// Only this decision.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "approver_routing")]
    pub decision: Option<String>,
    /// The order; a minus turns it round. In the order of history where absent.
    #[param(inline)]
    pub sort: ReplayLineOrder,
}

impl Filter for ReplayLineFilter {}

orders! {
    /// By what lines are ordered.
    pub ReplayLineOrder of LineRow in table by id, ascending:
    history = id;
}

/// The lines of a replay of the caller's own.
///
/// # Errors
/// Where there is no such replay.
pub fn lines(
    reader: &mut Reader<'_>,
    replay: Id<PolicyReplay>,
    filter: &ReplayLineFilter,
    page: &Page,
) -> Result<Slice<ReplayLineView>, Failure> {
    let replay = super::find(reader, replay)?;
    let mut wanted = Where::new();
    wanted.also(table::replay_id.eq(Key::from(replay.id)));
    narrow!(wanted, table, filter; verdict in verdict, drifts = drifts, decision = decision);
    let found = paged!(reader, page, filter.sort, wanted;
        table::table => LineRow::as_select(); |row: &LineRow| row);
    found.try_map(ReplayLineView::try_from)
}

columns! { ReplayLineView as "policy-replay-lines" "重演明细" "Lines of a replay":
    decision "决定" "Decision";
    policy "政策" "Policy";
    verdict "结果" "Verdict";
    drifts "规则漂移" "Drifts";
    number "单据编号" "Number";
    business_date "业务日期" "Business date";
    stored "当时结果" "Stored" = |line| said(line.stored.as_ref());
    current "原政策结果" "Current" = |line| said(line.current.as_ref());
    draft "草案结果" "Draft" = |line| said(line.draft.as_ref());
    missing "缺少的事实" "Missing" = |line| said(line.missing.as_ref());
    reasons "原因" "Reasons" = |line| why(&line.reasons);
}

fn said(said: Option<&Said>) -> Option<(&str, &str)> {
    said.map(|said| (said.zh.as_str(), said.en.as_str()))
}

fn why(reasons: &[Reason]) -> String {
    let one = |reason: &Reason| match &reason.clause {
        Some(clause) => format!("{}（{clause}）", reason.name.zh),
        None => reason.name.zh.clone(),
    };
    reasons.iter().map(one).collect::<Vec<_>>().join("；")
}
