//! Replays in the database: history is read page by page, a short read each, and nothing is written but the result. `[REG-7]`
//!
//! A wing brings a decision that can be replayed as a part ([`Replayable`]); which of them runs follows from the kind of the
//! drafts.

mod row;
/// Going through history.
mod run;
/// What a replay and its lines look like.
pub mod view;

pub use row::{due_to_forget, find, forget, keep};
pub use run::{Finished, Run};
pub use view::{PolicyReplayFilter, PolicyReplayView, ReplayLineFilter, ReplayLineView, lines, list, show};

use crate::spine::{Failure, Part, Reader, Tx};
use domain::{
    policy_replay::{Case, PAGE, PolicyReplay, ReplayPeriod, Results},
    spine::{BusinessDate, Change, Policy, PolicyContent, PolicyVersion, Refusal, Timestamp, read_content},
};
use uuid::Uuid;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

crate::spine::resource! { crate::Base: PolicyReplay as PolicyReplayView; find, apply, show = show }

/// Writes a change of a replay.
pub fn apply(tx: &mut Tx<'_>, change: Change<PolicyReplay>) -> Result<PolicyReplay, Failure> {
    tx.apply(change)
}

/// How one begins to go through history by a draft.
pub type Begin = fn(&mut Reader<'_>, &Asked) -> Result<Box<dyn Replayer>, Failure>;

/// A decision that can be replayed: registered by the noun that takes it.
pub struct Replayable {
    /// Its name: `approver_routing`.
    pub decision: &'static str,
    /// The kind of policy by which it is taken.
    pub kind: &'static str,
    /// Begins to go through history by a draft.
    pub begin: Begin,
}

/// What is replayed, and over which history.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The draft.
    pub draft: Policy,
    /// The days.
    pub period: ReplayPeriod,
    /// Only what was there by then.
    pub until: Timestamp,
}

impl Asked {
    /// What became of a document, of a kind and with an id, by a decision.
    pub fn case(
        &self,
        decision: &str,
        (kind, id): (&str, Uuid),
        number: String,
        on: BusinessDate,
        results: Results,
    ) -> Case {
        let (decision, policy, kind) = (decision.to_owned(), self.draft.code.clone(), kind.to_owned());
        Case { decision, policy, kind, id, number, on, results }
    }

    /// The draft as it is read.
    ///
    /// # Errors
    /// `policy.unsound` where it cannot be read.
    pub fn version<C: PolicyContent>(&self) -> Result<PolicyVersion<C>, Failure> {
        let Policy { id, code, number, clause, content, .. } = &self.draft;
        let content = read_content(content).map_err(|finding| {
            let mut refusal = Refusal::new(domain::spine::POLICY_UNSOUND).with("count", 1);
            refusal.findings.push(finding);
            refusal
        })?;
        Ok(PolicyVersion { id: *id, code: code.clone(), number: *number, clause: clause.clone(), content })
    }
}

/// Goes through history, a page a read, in the order of keys.
pub trait Replayer: Send {
    /// The next page, at most [`domain::policy_replay::PAGE`] documents.
    ///
    /// # Errors
    /// Where the database fails.
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure>;
}

/// What a page came to.
#[derive(Default)]
pub struct Played {
    /// The documents in the asker's reach.
    pub cases: Vec<Case>,
    /// How many lie outside it.
    pub out_of_reach: u64,
    /// Whether nothing is left behind it.
    pub is_last: bool,
}

impl Played {
    /// Nothing yet of a page of rows: the last, where it is not full.
    pub fn of_page<R>(rows: &[R]) -> Self {
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        Self { is_last, ..Self::default() }
    }
}

/// Demands that nobody asked for the same policy twice.
fn ensure_each_once(drafts: &[Policy]) -> Result<(), Refusal> {
    let mut codes: Vec<&str> = drafts.iter().map(|draft| draft.code.as_str()).collect();
    codes.sort_unstable();
    match codes.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(Refusal::new(domain::policy_replay::TWO_DRAFTS).with("code", pair[0]).at("/drafts"))
        }
        None => Ok(()),
    }
}
