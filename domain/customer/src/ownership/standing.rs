//! Where a customer stands: somebody's, or in a pool. `[OWN-15, OWN-18]`

use super::{FactId, RuleKind, WHOLE_BP};
use crate::spine::{AnyId, Citation, EmployeeId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody's part of the credit and the commission.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Share {
    /// Whose.
    pub employee: EmployeeId,
    /// How much, in basis points: 1 to 10,000.
    pub bp: u32,
}

/// How credit and commission are shared: to exactly 10,000 basis points, the owner's first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shares(Vec<Share>);

impl Shares {
    /// All of it somebody's.
    pub fn whole(employee: EmployeeId) -> Self {
        Self(vec![Share { employee, bp: WHOLE_BP }])
    }

    /// Between two, of whom the second has so much; whole where both are one.
    pub fn between(first: EmployeeId, second: EmployeeId, second_bp: u32) -> Self {
        if first == second {
            return Self::whole(first);
        }
        let second_bp = second_bp.min(WHOLE_BP);
        let first = Share { employee: first, bp: WHOLE_BP - second_bp };
        Self(vec![first, Share { employee: second, bp: second_bp }])
    }

    /// As they are listed; none where they are not exactly the whole, or name somebody twice.
    pub fn of(shares: Vec<Share>) -> Option<Self> {
        let sum: u64 = shares.iter().map(|share| u64::from(share.bp)).sum();
        let mut people: Vec<_> = shares.iter().map(|share| share.employee).collect();
        people.sort_unstable();
        people.dedup();
        let is_sound = people.len() == shares.len() && shares.iter().all(|share| share.bp > 0);
        (sum == u64::from(WHOLE_BP) && is_sound).then_some(Self(shares))
    }

    /// Each of them.
    pub fn each(&self) -> &[Share] {
        &self.0
    }

    /// Whether somebody has a part.
    pub fn have(&self, employee: EmployeeId) -> bool {
        self.0.iter().any(|share| share.employee == employee)
    }
}

/// Whose pool it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerPoolLevel)]
pub enum PoolLevel {
    /// The department's.
    Department,
    /// The whole centre's.
    Centre,
}

/// How a customer came into a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerPoolCause)]
pub enum PoolCause {
    /// Not followed up in time.
    NotFollowedUp,
    /// No deal in time.
    NoDeal,
    /// Given up.
    Released,
    /// Their owner left, and there is no order: the manager assigns them.
    LeaverWithoutOrder,
    /// Their owner left, and there is an order: the department follows up.
    LeaverWithOrder,
}

crate::labels! { PoolCause = "CustomerPoolCause":
    NotFollowedUp = "not_followed_up", "未按期跟进", "Not followed up in time";
    NoDeal = "no_deal", "保护期内未成交", "No deal in time";
    Released = "released", "主动退回", "Given up";
    LeaverWithoutOrder = "leaver_without_order", "归属人离职（无订单）", "The owner left, without an order";
    LeaverWithOrder = "leaver_with_order", "归属人离职（有订单，部门跟进）", "The owner left, with an order";
}

impl PoolCause {
    /// Whether representatives may claim them.
    pub const fn is_claimable(self) -> bool {
        !matches!(self, Self::LeaverWithoutOrder | Self::LeaverWithOrder)
    }
}

/// Where a customer stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Nobody has registered them so that it counts.
    Unowned {},
    /// Somebody's.
    Owned {
        /// Whose: who is credited.
        owner: EmployeeId,
        /// How credit and commission are shared.
        shares: Shares,
        /// The department that person worked in then.
        department: AnyId,
    },
    /// In a pool.
    Pooled {
        /// Whose pool.
        level: PoolLevel,
        /// Why.
        cause: PoolCause,
        /// The department they come from.
        department: AnyId,
    },
}

/// The name of a standing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipState)]
pub enum StandingState {
    /// Nobody's yet.
    Unowned,
    /// Somebody's.
    Owned,
    /// In a pool.
    Pooled,
}

crate::labels! { StandingState = "OwnershipState":
    Unowned = "unowned", "未登记归属", "Nobody's yet";
    Owned = "owned", "有归属", "Owned";
    Pooled = "pooled", "公海", "In a pool";
}

crate::status! { Standing as StandingState: Unowned, Owned, Pooled }

impl Standing {
    /// Whose they are.
    pub const fn owner(&self) -> Option<EmployeeId> {
        match self {
            Self::Owned { owner, .. } => Some(*owner),
            _ => None,
        }
    }

    /// Which department they belong to.
    pub const fn department(&self) -> Option<AnyId> {
        match self {
            Self::Owned { department, .. } | Self::Pooled { department, .. } => Some(*department),
            Self::Unowned {} => None,
        }
    }
}

/// Why a rule did not hold, or somebody was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipBecause)]
pub enum Because {
    /// It is no call before the opening.
    NotBeforeOpening,
    /// They were no leaver's.
    NoLeavers,
    /// Nobody asked the receiver to begin.
    NotEntrusted,
    /// Nobody holds a valid registration.
    NobodyOwns,
    /// The receiver owns them.
    OwnsThemAlready,
    /// The first contact was on another day.
    OtherDay,
    /// It was the same site.
    SameSite,
    /// The answers do not show another site.
    NotAnswered,
    /// The owner met them, or they are not owned by a call.
    NotByPhone,
    /// They remember who called.
    RememberSomebody,
    /// They do not name the receiver.
    DoNotNameReceiver,
    /// Too many days lie between two contacts.
    GapTooLong,
    /// It was followed up without too long a gap.
    FollowedUp,
    /// No relation is registered.
    NoRelation,
    /// It was not registered before.
    RegisteredTooLate,
    /// No customer brought them.
    NoIntroducer,
    /// Whoever brought them is nobody's.
    IntroducerUnowned,
    /// They named nobody, and it was not announced before.
    NeitherNamedNorAnnounced,
    /// They ask for nobody.
    NamedNobody,
    /// Whom they ask for has left, or does not receive customers.
    NamedServesNobody,
    /// The receiver is not on lunch duty.
    NotOnDuty,
    /// The company did not pass them on.
    NotAssigned,
    /// Nobody received them before without registering them.
    NotReceivedBefore,
    /// The receiver did not own them shortly before.
    NotWaiting,
    /// The receiver lost them to the pool a short time ago.
    Waits,
    /// The receiver only began for somebody else.
    BeganForAnother,
    /// Another owns them.
    AnotherOwns,
    /// They are in no pool.
    NotInPool,
    /// Only the manager assigns them.
    OnlyAssigned,
    /// Their owner is disputed.
    Disputed,
    /// There is an open deal.
    DealOpen,
    /// They are locked.
    IsLocked,
}

crate::labels! { Because = "OwnershipBecause":
    NotBeforeOpening = "not_before_opening", "不是开盘前来电", "It is no call before the opening";
    NoLeavers = "no_leavers", "不是离职人员的客户", "They were no leaver's";
    NotEntrusted = "not_entrusted", "无人委托接待", "Nobody asked the receiver to begin";
    NobodyOwns = "nobody_owns", "尚无有效登记", "Nobody holds a valid registration";
    OwnsThemAlready = "owns_them_already", "接待人即归属人", "The receiver owns them";
    OtherDay = "other_day", "不是同一天", "The first contact was on another day";
    SameSite = "same_site", "在同一现场", "It was the same site";
    NotAnswered = "not_answered", "首问未显示去过其他现场", "The answers do not show another site";
    NotByPhone = "not_by_phone", "归属不是仅凭来电登记", "They are not owned by a call alone";
    RememberSomebody = "remember_somebody", "客户记得来电接待人", "They remember who called";
    DoNotNameReceiver = "do_not_name_receiver", "客户未指定接待人", "They do not name the receiver";
    GapTooLong = "gap_too_long", "跟进间隔超过规定天数", "Too many days lie between two contacts";
    FollowedUp = "followed_up", "跟进未中断", "It was followed up without too long a gap";
    NoRelation = "no_relation", "无亲友备案", "No relation is registered";
    RegisteredTooLate = "registered_too_late", "未在来访前备案", "It was not registered before";
    NoIntroducer = "no_introducer", "无介绍客户", "No customer brought them";
    IntroducerUnowned = "introducer_unowned", "介绍客户无归属人", "Whoever brought them is nobody's";
    NeitherNamedNorAnnounced = "neither_named_nor_announced", "未指名且未事先备案", "They named nobody, and it was not announced before";
    NamedNobody = "named_nobody", "未指名", "They ask for nobody";
    NamedServesNobody = "named_serves_nobody", "所指名的人已离职或不接待客户", "Whom they ask for has left, or receives no customers";
    NotOnDuty = "not_on_duty", "接待人不在午间值班", "The receiver is not on lunch duty";
    NotAssigned = "not_assigned", "不是公司转介", "The company did not pass them on";
    NotReceivedBefore = "not_received_before", "此前无未登记的接待", "Nobody received them before without registering them";
    NotWaiting = "not_waiting", "不在等待期", "The receiver did not own them shortly before";
    Waits = "waits", "原归属人仍在等待期", "The receiver lost them to the pool a short time ago";
    BeganForAnother = "began_for_another", "仅受委托代为接待", "The receiver only began for somebody else";
    AnotherOwns = "another_owns", "已归他人", "Another owns them";
    NotInPool = "not_in_pool", "不在公海", "They are in no pool";
    OnlyAssigned = "only_assigned", "只能由主管分配", "Only the manager assigns them";
    Disputed = "disputed", "归属有争议", "Their owner is disputed";
    DealOpen = "deal_open", "有未完成的交易", "There is an open deal";
    IsLocked = "is_locked", "已锁定", "They are locked";
}

/// A rule that was looked at, and did not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LookedAt {
    /// Which.
    pub rule: RuleKind,
    /// What sets it.
    pub citation: Citation,
    /// Why not.
    pub because: Because,
}

/// What follows for people beside who owns the customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Somebody helped; it earns no credit and counts in the appraisal.
    Assist {
        /// Who.
        by: EmployeeId,
        /// Whose customer it is.
        owner: EmployeeId,
    },
    /// Somebody failed in a duty of reception.
    Lapse {
        /// Who.
        of: EmployeeId,
        /// By which rule.
        rule: RuleKind,
    },
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// They stand so from then on.
    Stands {
        /// How.
        standing: Standing,
    },
    /// They stand as they did.
    Unchanged {},
    /// Who asked is refused.
    Refused {
        /// Who.
        who: EmployeeId,
        /// Why.
        because: Because,
        /// From when they may.
        until: Option<Timestamp>,
    },
}

/// A decision: the rule that held, and those that did not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// From when it counts.
    pub at: Timestamp,
    /// The fact that called for it; none where time did.
    pub fact: Option<FactId>,
    /// Which rule held.
    pub rule: RuleKind,
    /// What sets it.
    pub citation: Citation,
    /// What follows.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Other facts that it rests on.
    pub rests_on: Vec<FactId>,
    /// What else follows.
    pub effects: Vec<Effect>,
    /// The rules that were looked at before, and why they did not hold.
    pub looked_at: Vec<LookedAt>,
}
