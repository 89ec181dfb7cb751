//! The rows of a replay and of its lines.

use super::{Finished, apply};
use crate::{
    schema::{policy_replay_lines as lines, policy_replays as replays},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, cached, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    policy_replay::{KEPT_DAYS, PolicyReplay, Reason, ReplayPeriod, Results, Said, Verdict},
    spine::{BusinessDate, Id, Version},
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = replays, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub drafts: String,
    pub from_on: BusinessDate,
    pub to_on: BusinessDate,
    pub sequence: i64,
    pub tally: String,
    pub digest: String,
    pub asked_by_id: Key,
    pub asked_at: Instant,
    pub forgotten_at: Option<Instant>,
    pub version: Version,
}

impl Row {
    fn of(replay: &PolicyReplay) -> Result<Self, Failure> {
        let PolicyReplay { id, drafts, period, sequence, tally, digest, by, at, forgotten_at, version } =
            replay;
        Ok(Self {
            id: (*id).into(),
            drafts: serde_json::to_string(drafts)?,
            from_on: period.from,
            to_on: period.to,
            sequence: *sequence,
            tally: serde_json::to_string(tally)?,
            digest: digest.clone(),
            asked_by_id: (*by).into(),
            asked_at: (*at).into(),
            forgotten_at: forgotten_at.map(Into::into),
            version: *version,
        })
    }
}

impl TryFrom<Row> for PolicyReplay {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, drafts, from_on, to_on, sequence, tally, digest, .. } = row;
        let Row { asked_by_id, asked_at, forgotten_at, version, .. } = row;
        Ok(Self {
            id: id.into(),
            drafts: serde_json::from_str(&drafts)?,
            period: ReplayPeriod { from: from_on, to: to_on },
            sequence,
            tally: serde_json::from_str(&tally)?,
            digest,
            by: asked_by_id.into(),
            at: asked_at.into(),
            forgotten_at: forgotten_at.map(Into::into),
            version,
        })
    }
}

/// A line as it is kept.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub(super) struct LineRow {
    pub id: Key,
    pub replay_id: Key,
    pub decision: String,
    pub policy: String,
    pub verdict: String,
    pub drifts: bool,
    pub document_kind: String,
    pub document: Key,
    pub number: String,
    pub business_date: BusinessDate,
    pub said: String,
}

/// What a line says.
#[derive(Serialize, Deserialize)]
pub(super) struct LineSaid {
    pub stored: Option<Said>,
    pub current: Option<Said>,
    pub draft: Option<Said>,
    pub missing: Option<Said>,
    pub reasons: Vec<Reason>,
}

impl LineSaid {
    fn of(results: &Results, reasons: &[Reason]) -> Self {
        let reasons = reasons.to_vec();
        match results {
            Results::Undetermined(missing) => {
                let (stored, current, draft) = (None, None, None);
                Self { stored, current, draft, missing: Some(missing.clone()), reasons }
            }
            Results::Determined { stored, current, draft } => Self {
                stored: stored.as_ref().map(|stored| stored.in_words()),
                current: Some(current.in_words()),
                draft: Some(draft.in_words()),
                missing: None,
                reasons,
            },
        }
    }
}

impl Stored<crate::Base> for PolicyReplay {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, replays, &row, before)?)?;
        if self.forgotten_at.is_some() {
            let mine = lines::replay_id.eq(row.id);
            db!(tx, |c| cached(diesel::delete(lines::table.filter(mine))).execute(c))?;
        }
        Ok(())
    }
}

/// Keeps what a replay came to.
///
/// # Errors
/// Where the database fails.
pub fn keep(tx: &mut Tx<'_>, finished: &Finished) -> Result<PolicyReplay, Failure> {
    let Finished { drafts, period, sequence, tally, lines: found, digest } = finished;
    let replay = PolicyReplay {
        id: tx.id(),
        drafts: drafts.clone(),
        period: *period,
        sequence: *sequence,
        tally: tally.clone(),
        digest: digest.clone(),
        by: tx.actor().user,
        at: tx.now(),
        forgotten_at: None,
        version: 0,
    };
    let replay = apply(tx, replay.keep())?;
    let mut rows = Vec::with_capacity(found.len());
    for (case, judged) in found {
        rows.push(LineRow {
            id: Key(tx.ids().fresh()),
            replay_id: replay.id.into(),
            decision: case.decision.clone(),
            policy: case.policy.clone(),
            verdict: judged.verdict.code().to_owned(),
            drifts: judged.drifts,
            document_kind: case.kind.clone(),
            document: Key(case.id),
            number: case.number.clone(),
            business_date: case.on,
            said: serde_json::to_string(&LineSaid::of(&case.results, &judged.reasons))?,
        });
    }
    insert_all!(tx, lines::table, &rows);
    Ok(replay)
}

/// A replay of the caller's own.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<PolicyReplay>) -> Result<PolicyReplay, Failure> {
    let (key, me) = (Key::from(id), Key::from(reader.actor().user));
    let row: Row = db!(reader, |c| replays::table
        .filter(replays::id.eq(key).and(replays::asked_by_id.eq(me)))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// The replays whose lines have been kept long enough.
///
/// # Errors
/// Where the database fails.
pub fn due_to_forget(reader: &mut Reader<'_>) -> Result<Vec<Id<PolicyReplay>>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 200;
    let asked = Instant::from(reader.now().plus(-chrono::Duration::days(KEPT_DAYS)));
    let due: Vec<Key> = db!(reader, |c| replays::table
        .filter(replays::forgotten_at.is_null().and(replays::asked_at.le(asked)))
        .order(replays::asked_at)
        .limit(AT_ONCE)
        .select(replays::id)
        .load(c))?;
    Ok(due.into_iter().map(Into::into).collect())
}

/// Removes the lines of a replay; of one whose lines are gone already, nothing.
///
/// # Errors
/// Where the database fails.
pub fn forget(tx: &mut Tx<'_>, id: Id<PolicyReplay>) -> Result<(), Failure> {
    let (key, now) = (Key::from(id), tx.now());
    let row: Row = db!(tx, |c| replays::table.filter(replays::id.eq(key)).select(Row::as_select()).first(c))?;
    let replay = PolicyReplay::try_from(row)?;
    if replay.forgotten_at.is_none() {
        apply(tx, replay.forget(now))?;
    }
    Ok(())
}

/// Where a verdict that was kept is read back.
pub(super) fn verdict_of(row: &LineRow) -> Result<Verdict, Failure> {
    Verdict::from_code(&row.verdict)
        .ok_or_else(|| Failure::corrupt("policy_replay_lines", "verdict", row.id.0))
}
