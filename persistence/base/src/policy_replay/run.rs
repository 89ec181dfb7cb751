//! Going through history: each policy's decision after the other, a page a read.

use super::{Asked, Replayable, Replayer, ensure_each_once};
use crate::{
    policy,
    schema::events,
    spine::{Failure, Reader, db},
};
use diesel::prelude::*;
use domain::{
    policy_replay::{
        Case, Judged, MOST_DOCUMENTS, NOT_REPLAYABLE, ReplayPeriod, ReplayedDraft, TOO_MANY_DOCUMENTS, Tally,
        Verdict,
    },
    spine::{BusinessDate, Citation, Id, Policy, Refusal},
};
use sha2::{Digest, Sha256};
use std::{collections::VecDeque, sync::Arc};

/// A replay that is under way.
pub struct Run {
    replayers: VecDeque<Box<dyn Replayer>>,
    drafts: Vec<ReplayedDraft>,
    period: ReplayPeriod,
    sequence: i64,
    tally: Tally,
    lines: Vec<(Case, Judged)>,
    digest: Sha256,
}

/// What a replay came to, before it is kept.
#[derive(Debug)]
pub struct Finished {
    pub(super) drafts: Vec<ReplayedDraft>,
    pub(super) period: ReplayPeriod,
    pub(super) sequence: i64,
    pub(super) tally: Tally,
    pub(super) lines: Vec<(Case, Judged)>,
    pub(super) digest: String,
}

impl Run {
    /// Begins: notes up to where history is read, and which decisions are taken by the drafts.
    ///
    /// # Errors
    /// A version nobody knows; `policy_replay.not_replayable`, `policy_replay.two_drafts`, `policy_replay.period_reversed`,
    /// `policy_replay.not_yet`, `policy.unsound`.
    pub fn begin(
        reader: &mut Reader<'_>,
        drafts: &[Id<Policy>],
        (from, to): (BusinessDate, BusinessDate),
    ) -> Result<Self, Failure> {
        let period = ReplayPeriod::past(from, to, reader.today())?;
        let mut found = Vec::with_capacity(drafts.len());
        for (index, id) in drafts.iter().enumerate() {
            let pointer = format!("/drafts/{index}");
            found.push(crate::organisation::referred(policy::find(reader, *id), &pointer)?);
        }
        ensure_each_once(&found)?;
        found.sort_by(|one, other| one.code.cmp(&other.code));
        let sequence: Option<i64> =
            db!(reader, |c| events::table.select(diesel::dsl::max(events::sequence)).first(c))?;
        let mut run = Self {
            replayers: VecDeque::new(),
            drafts: Vec::new(),
            period,
            sequence: sequence.unwrap_or_default(),
            tally: Tally::default(),
            lines: Vec::new(),
            digest: Sha256::new(),
        };
        run.digest.update(serde_json::to_vec(&period)?);
        for draft in found {
            run.add(reader, draft)?;
        }
        Ok(run)
    }

    fn add(&mut self, reader: &mut Reader<'_>, draft: Policy) -> Result<(), Failure> {
        let by_kind = |replayable: &&Replayable| replayable.kind == draft.kind();
        let known: Vec<&Replayable> = reader.house().all::<Replayable>().filter(by_kind).collect();
        if known.is_empty() {
            return Err(not_replayable(reader, &draft).into());
        }
        self.digest.update(serde_json::to_vec(&(&draft.code, &draft.content))?);
        let Policy { id, code, number, version, .. } = &draft;
        self.drafts.push(ReplayedDraft { id: *id, code: code.clone(), number: *number, version: *version });
        let asked = Asked { draft, period: self.period, until: reader.now() };
        for replayable in known {
            self.replayers.push_back((replayable.begin)(reader, &asked)?);
        }
        Ok(())
    }

    /// Whether everything was gone through.
    pub fn is_over(&self) -> bool {
        self.replayers.is_empty()
    }

    /// Goes through the next page.
    ///
    /// # Errors
    /// `policy_replay.too_many_documents`.
    pub fn page(mut self, reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let Some(mut replayer) = self.replayers.pop_front() else { return Ok(self) };
        let played = replayer.page(reader)?;
        self.tally.counts.out_of_reach += played.out_of_reach;
        for case in played.cases {
            let judged = case.judge();
            self.digest.update(serde_json::to_vec(&case)?);
            self.tally.add(&case, &judged);
            if judged.verdict != Verdict::Same || judged.drifts {
                self.lines.push((case, judged));
            }
        }
        let counts = self.tally.counts;
        if counts.documents() + counts.out_of_reach > MOST_DOCUMENTS {
            let refusal = Refusal::new(TOO_MANY_DOCUMENTS).with("limit", MOST_DOCUMENTS).at("/from");
            return Err(refusal.citing(Citation::rule("REG-7")).into());
        }
        if !played.is_last {
            self.replayers.push_front(replayer);
        }
        Ok(self)
    }

    /// What it came to.
    pub fn finish(self) -> Arc<Finished> {
        let Self { replayers: _, drafts, period, sequence, tally, lines, digest } = self;
        let digest = hex::encode(digest.finalize());
        Arc::new(Finished { drafts, period, sequence, tally: tally.closed(), lines, digest })
    }
}

/// Says which kinds can be replayed.
fn not_replayable(reader: &Reader<'_>, draft: &Policy) -> Refusal {
    let mut kinds: Vec<&str> = reader.house().all::<Replayable>().map(|known| known.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let refusal = Refusal::new(NOT_REPLAYABLE).with("code", draft.code.clone());
    refusal.with("kinds", kinds.join(", ")).citing(Citation::rule("REG-7")).at("/drafts")
}
