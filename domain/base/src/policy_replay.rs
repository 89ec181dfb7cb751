//! Replay (重演): what drafts of policies would have decided about a period gone by, beside what was decided then and what
//! the policy then in force would decide today. `[REG-7]`
//!
//! Each document is judged against real history alone: what other documents would have become is not played through.
//! Deliberately not here: which facts a decision rests on, which the decision's own context gathers, and people's
//! decisions, which are never replayed.

/// What a decision says, point by point, and in what two of them differ.
mod outcome;
/// What all cases come to: counts, money, groups by reason.
mod tally;

pub use outcome::{Case, Judged, Outcome, Point, Reason, Results, Said, Verdict};
pub use tally::{Counts, EXAMPLES, Example, GROUPS, Group, MovedMoney, Tally};

use crate::spine::{BusinessDate, Change, Citation, Entity, Id, Policy, Refusal, Timestamp, User, Version};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many documents one replay goes through; more is refused, with the way out.
pub const MOST_DOCUMENTS: u64 = 20_000;
/// How many documents are looked at in one short read.
pub const PAGE: i64 = 500;
/// How long the result of a replay is kept, in days.
pub const KEPT_DAYS: i64 = 7;

crate::refusals! { POLICY_REPLAY_REFUSALS:
    TOO_MANY_DOCUMENTS = "policy_replay.too_many_documents", Invalid, "该期间的单据超过 {limit} 份，一次重演不完，请缩短期间", "The period has more than {limit} documents, too many for one replay; choose a shorter one";
    NOT_REPLAYABLE = "policy_replay.not_replayable", Invalid, "“{code}”这类政策不能重演；可以重演的是：{kinds}", "Policies such as \"{code}\" cannot be replayed; these can: {kinds}";
    TWO_DRAFTS = "policy_replay.two_drafts", Invalid, "同一政策“{code}”只能重演一个版本", "Only one version of \"{code}\" can be replayed at a time";
    PERIOD_REVERSED = "policy_replay.period_reversed", Invalid, "期间的结束日不得早于开始日", "The period ends before it begins";
    NOT_YET = "policy_replay.not_yet", Invalid, "期间不得晚于今天：只能重演已经发生的", "The period must not reach beyond today: only what has happened can be replayed";
}

crate::events! { POLICY_REPLAY_EVENTS:
    REPLAYED = "policy_replay.made", "政策草案已重演", "Drafts of policies were replayed over a period";
    FORGOTTEN = "policy_replay.forgotten", "重演结果已到期清除", "The result of a replay was removed when its time had come";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[POLICY_REPLAY_REFUSALS],
    events: &[POLICY_REPLAY_EVENTS],
    enums: &[Verdict::LABELS],
};

/// A version of a policy that was replayed, as it was then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayedDraft)]
pub struct ReplayedDraft {
    /// Which version.
    #[schema(value_type = crate::spine::AnyId)]
    pub id: Id<Policy>,
    /// The policy's code.
    #[schema(max_length = 100, example = "approval-chain/expense-claim")]
    pub code: String,
    /// The version's number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// Which state of the draft: whoever mends it makes the result stale.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// The period that is replayed: business days, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplayPeriod {
    /// The first day.
    pub from: BusinessDate,
    /// The last day.
    pub to: BusinessDate,
}

impl ReplayPeriod {
    /// A period that has been.
    ///
    /// # Errors
    /// `policy_replay.period_reversed`, `policy_replay.not_yet`.
    pub fn past(from: BusinessDate, to: BusinessDate, today: BusinessDate) -> Result<Self, Refusal> {
        let cite = |no: Refusal| no.citing(Citation::rule("REG-7"));
        if to < from {
            return Err(cite(Refusal::new(PERIOD_REVERSED).at("/to")));
        }
        if to > today {
            return Err(cite(Refusal::new(NOT_YET).at("/to")));
        }
        Ok(Self { from, to })
    }
}

/// The result of a replay: made once, never changed; the lines that say of each document how it came out are removed after
/// some days.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PolicyReplay {
    /// Identity.
    pub id: Id<Self>,
    /// What was replayed.
    pub drafts: Vec<ReplayedDraft>,
    /// Over which days.
    pub period: ReplayPeriod,
    /// Up to which event of the feed history was read.
    pub sequence: i64,
    /// What it came to.
    #[serde(flatten)]
    pub tally: Tally,
    /// The digest of all it says: the same input gives the same.
    pub digest: String,
    /// Who asked; nobody else sees it, since it shows what is in their reach.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
    /// When its lines were removed: the summary stays.
    pub forgotten_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PolicyReplay {
    const KIND: &'static str = "policy_replay";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl PolicyReplay {
    /// Keeps what a replay came to.
    pub fn keep(self) -> Change<Self> {
        let codes: Vec<&str> = self.drafts.iter().map(|draft| draft.code.as_str()).collect();
        let facts = json!({"policies": codes, "from": self.period.from, "to": self.period.to,
            "different": self.tally.counts.different, "digest": self.digest});
        Change::created(self, REPLAYED, facts)
    }

    /// Lets go of its lines.
    pub fn forget(self, now: Timestamp) -> Change<Self> {
        let after = Self { forgotten_at: Some(now), ..self.clone() };
        let facts = json!({"from": self.period.from, "to": self.period.to});
        Change::updated(self, after, FORGOTTEN, facts)
    }
}

#[cfg(test)]
mod tests;
