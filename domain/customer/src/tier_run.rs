//! Runs of the tier model (客户分级评定): at a cut-off every customer is assessed by what was so until then, a few hundred in
//! a unit of work behind a watermark. `[TIE-1]`

use crate::{
    customer_tier::TierModel,
    spine::{
        Actor, ActorKind, BusinessDate, Change, Citation, Entity, Id, PolicyVersion, Refusal, Timestamp,
        UserId, Version,
    },
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::refusals! { TIER_RUN_REFUSALS:
    RUN_ALREADY = "tier_run.run_already", Conflict, "截止 {cut_off} 的客户分级已评定", "Customers have been assessed as of {cut_off}";
    NOT_OVER = "tier_run.not_over", Invalid, "截止日须早于今天，当日数据尚未完整", "The cut-off must lie before today, whose figures are not complete";
    NOT_LATER = "tier_run.not_later", Conflict, "截止日须晚于上次评定的截止日 {cut_off}", "The cut-off must lie after the last one, {cut_off}";
    UNDER_WAY = "tier_run.under_way", Conflict, "上一次评定尚未完成（已评定 {done} 位客户）", "The last run is not complete ({done} customers so far)";
    MEASURE_UNKNOWN = "tier_run.measure_unknown", Conflict, "维度“{dimension}”引用的统计项不存在，请先修改客户分级模型", "The product does not measure what the dimension \"{dimension}\" asks for: change the tier model first";
}

crate::events! { TIER_RUN_EVENTS:
    OPENED = "tier_run.opened", "客户分级评定已开始", "A run of the tier model began";
    PASSED = "tier_run.passed", "客户分级评定有进展", "Customers were gone through";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[TIER_RUN_REFUSALS], events: &[TIER_RUN_EVENTS], enums: &[] };

/// A run of the tier model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TierRun {
    /// Identity.
    pub id: Id<Self>,
    /// The last day whose facts count.
    pub cut_off: BusinessDate,
    /// The first day on which tiers that it gives are held.
    pub holds_from: BusinessDate,
    /// The number of the version of the model.
    pub model: i32,
    /// Who called for it; none where the schedule did.
    pub opened_by: Option<UserId>,
    /// When.
    pub opened_at: Timestamp,
    /// Whether customers are still to be gone through.
    pub is_under_way: bool,
    /// The last customer who was.
    pub behind: Option<Uuid>,
    /// How many were.
    pub done: i64,
    /// How many hold another computed tier by it, the first ones included.
    pub moved: i64,
    /// Counts its states.
    pub version: Version,
}

impl Entity for TierRun {
    const KIND: &'static str = "tier_run";
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

fn refused(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("TIE-1"))
}

/// That nobody measures what a dimension asks for.
pub fn measure_unknown(dimension: &str) -> Refusal {
    refused(MEASURE_UNKNOWN).with("dimension", dimension)
}

impl TierRun {
    /// Begins to assess everybody as of a day that is over.
    ///
    /// # Errors
    /// `tier_run.not_over`, `tier_run.not_later`, `tier_run.under_way`, `tier_run.run_already`.
    pub fn open(
        id: Id<Self>,
        cut_off: BusinessDate,
        model: &PolicyVersion<TierModel>,
        last: Option<&Self>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        if cut_off >= today {
            return Err(refused(NOT_OVER).at("/cut_off"));
        }
        if let Some(last) = last {
            if last.cut_off == cut_off {
                return Err(refused(RUN_ALREADY).with("cut_off", cut_off.to_string()));
            }
            if last.cut_off > cut_off {
                return Err(refused(NOT_LATER).with("cut_off", last.cut_off.to_string()).at("/cut_off"));
            }
            if last.is_under_way {
                return Err(refused(UNDER_WAY).with("done", last.done));
            }
        }
        let facts = json!({"cut_off": cut_off, "model": model.number});
        let run = Self {
            id,
            cut_off,
            holds_from: today,
            model: model.number,
            opened_by: (by.kind != ActorKind::System).then_some(by.user),
            opened_at: now,
            is_under_way: true,
            behind: None,
            done: 0,
            moved: 0,
            version: 0,
        };
        Ok(Change::created(run, OPENED, facts))
    }

    /// Some more customers were gone through, the last of them `behind`; nobody is left where that is none.
    pub fn went_on(self, behind: Option<Uuid>, done: i64, moved: i64) -> Change<Self> {
        let mut after = self.clone();
        (after.done, after.moved) = (self.done + done, self.moved + moved);
        (after.behind, after.is_under_way) = (behind.or(self.behind), behind.is_some());
        let facts = json!({"cut_off": self.cut_off, "done": after.done, "is_complete": !after.is_under_way});
        Change::updated(self, after, PASSED, facts)
    }
}
