//! What the rules of ownership read: facts, each with the instant from which it counts and the instant at which the server
//! knew it. They are only ever added to; one that is voided is named by a later one. `[OWN-1 … OWN-18]`

use super::{FirstInquiry, Shares};
use crate::spine::{AnyId, EmployeeId, Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The id of a fact.
pub type FactId = Id<Fact>;

/// Something that happened about one customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fact {
    /// Identity.
    pub id: FactId,
    /// From when it counts: the server's own time, but for what comes from an older system.
    pub at: Timestamp,
    /// When the server knew it.
    pub known_at: Timestamp,
    /// What happened.
    pub what: What,
}

/// By which way a customer came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegistrationChannel)]
pub enum Channel {
    /// They walked in.
    WalkIn,
    /// They called, or were called.
    Call,
    /// They wrote on the net.
    Online,
    /// They were met at an exhibition.
    Exhibition,
    /// The company passed them on.
    Assigned,
    /// Somebody brought them.
    Referral,
}

crate::labels! { Channel = "RegistrationChannel":
    WalkIn = "walk_in", "来访", "Walk-in";
    Call = "call", "来电", "Call";
    Online = "online", "网络", "Online";
    Exhibition = "exhibition", "展会", "Exhibition";
    Assigned = "assigned", "公司转介", "Assigned by the company";
    Referral = "referral", "介绍", "Referral";
}

/// A registration that counts, with what the server knew around it in that instant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Registered {
    /// The registration.
    pub registration: AnyId,
    /// By which way.
    pub channel: Channel,
    /// At which site.
    pub site: AnyId,
    /// The name of the policy that rules there: `real-estate`.
    pub scope: String,
    /// Who received them.
    pub receiver: EmployeeId,
    /// Whether the one they ask for receives nobody: has left, or works at something else.
    #[serde(default)]
    pub named_serves_nobody: bool,
    /// The department of the receiver.
    pub department: AnyId,
    /// What was answered.
    pub inquiry: FirstInquiry,
    /// When it was first written, where answers were missing then.
    pub begun_at: Option<Timestamp>,
    /// Whether the site was not yet open.
    pub is_before_opening: bool,
    /// Who was on lunch duty.
    pub lunch_duty: Option<EmployeeId>,
    /// Whose the customer was who brought them.
    pub introducers_owner: Option<EmployeeId>,
    /// Who asked the receiver to begin in their place.
    pub entrusted_by: Option<EmployeeId>,
    /// Whether they are of a competitor.
    pub is_peer: bool,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A registration with all answers.
    Registered(Box<Registered>),
    /// A registration whose answers are not complete.
    RegistrationBegun {
        /// Which.
        registration: AnyId,
        /// Who received them.
        receiver: EmployeeId,
        /// The policy that rules there.
        scope: String,
    },
    /// Somebody of ours said that they are a relative or friend.
    Related {
        /// Who.
        relative: EmployeeId,
    },
    /// A customer of ours announced them.
    Introduced {
        /// Which customer.
        introducer: AnyId,
        /// Whose that customer was then.
        representative: Option<EmployeeId>,
    },
    /// They were received, and not registered.
    Received {
        /// By whom.
        receiver: EmployeeId,
    },
    /// A qualified contact: kind, length and evidence were enough.
    FollowedUp {
        /// By whom.
        by: EmployeeId,
    },
    /// Another fact does not count.
    Voided {
        /// Which.
        fact: FactId,
        /// By whom.
        by: Option<EmployeeId>,
        /// Why.
        reason: String,
    },
    /// A deposit was paid.
    Deposited {
        /// For which deal.
        deal: AnyId,
    },
    /// A contract was signed.
    Signed {
        /// For which deal.
        deal: AnyId,
    },
    /// A deal came to nothing.
    FellThrough {
        /// Which.
        deal: AnyId,
    },
    /// A deal was carried out.
    Completed {
        /// Which.
        deal: AnyId,
    },
    /// Somebody left the company.
    Left {
        /// Who.
        employee: EmployeeId,
    },
    /// Somebody took them from the pool.
    Claimed {
        /// Who.
        by: EmployeeId,
        /// The department of that person.
        department: AnyId,
    },
    /// Their owner gave them up.
    Released {
        /// Who.
        by: EmployeeId,
        /// Why.
        reason: String,
    },
    /// Somebody who leads gave them to somebody.
    Assigned {
        /// To whom.
        to: EmployeeId,
        /// The department of that person.
        department: AnyId,
        /// By whom.
        by: Option<EmployeeId>,
    },
    /// They were handed on, as was agreed.
    Transferred {
        /// To whom.
        to: EmployeeId,
        /// The department of that person.
        department: AnyId,
        /// By which transfer.
        transfer: AnyId,
    },
    /// They stay with their owner until an instant, whatever is done.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// Who owns them is disputed.
    DisputeOpened {
        /// The dispute.
        dispute: AnyId,
    },
    /// A dispute ended without a ruling.
    DisputeClosed {
        /// The dispute.
        dispute: AnyId,
    },
    /// A dispute was ruled on.
    Ruled {
        /// The dispute.
        dispute: AnyId,
        /// Who owns them from then on.
        owner: EmployeeId,
        /// The department of that person.
        department: AnyId,
        /// How credit and commission are shared.
        shares: Shares,
    },
    /// They were given a tier.
    Tiered {
        /// Which.
        tier: String,
        /// So many days may pass between two qualified contacts, as the tier model says; none of older facts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follow_up_days: Option<u32>,
        /// So many days may pass until a deal, as the tier model says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deal_days: Option<u32>,
    },
}

/// The kind of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipFactKind)]
pub enum FactKind {
    /// Registered.
    Registered,
    /// Registered incompletely.
    RegistrationBegun,
    /// Relation registered.
    Related,
    /// Introduction registered.
    Introduced,
    /// Received, not registered.
    Received,
    /// Followed up.
    FollowedUp,
    /// Voided.
    Voided,
    /// Deposit paid.
    Deposited,
    /// Signed.
    Signed,
    /// Fell through.
    FellThrough,
    /// Completed.
    Completed,
    /// Representative left.
    Left,
    /// Claimed.
    Claimed,
    /// Released.
    Released,
    /// Assigned.
    Assigned,
    /// Transferred.
    Transferred,
    /// Locked.
    Locked,
    /// Dispute opened.
    DisputeOpened,
    /// Dispute closed.
    DisputeClosed,
    /// Ruled.
    Ruled,
    /// Tiered.
    Tiered,
}

crate::labels! { FactKind = "OwnershipFactKind":
    Registered = "registered", "登记", "Registered";
    RegistrationBegun = "registration_begun", "登记未完整", "Registered incompletely";
    Related = "related", "亲友关系备案", "Relation registered";
    Introduced = "introduced", "介绍备案", "Introduction registered";
    Received = "received", "接待未登记", "Received, not registered";
    FollowedUp = "followed_up", "有效跟进", "Followed up";
    Voided = "voided", "作废", "Voided";
    Deposited = "deposited", "交定金", "Deposit paid";
    Signed = "signed", "签约", "Signed";
    FellThrough = "fell_through", "退定或撤单", "Fell through";
    Completed = "completed", "成交完成", "Completed";
    Left = "left", "业务员离职", "Representative left";
    Claimed = "claimed", "领取", "Claimed";
    Released = "released", "退回公海", "Released";
    Assigned = "assigned", "分配", "Assigned";
    Transferred = "transferred", "移交", "Transferred";
    Locked = "locked", "锁定", "Locked";
    DisputeOpened = "dispute_opened", "争议提出", "Dispute opened";
    DisputeClosed = "dispute_closed", "争议撤回", "Dispute closed";
    Ruled = "ruled", "裁决", "Ruled";
    Tiered = "tiered", "客户分级", "Tiered";
}

impl What {
    /// Of which kind it is.
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Registered { .. } => FactKind::Registered,
            Self::RegistrationBegun { .. } => FactKind::RegistrationBegun,
            Self::Related { .. } => FactKind::Related,
            Self::Introduced { .. } => FactKind::Introduced,
            Self::Received { .. } => FactKind::Received,
            Self::FollowedUp { .. } => FactKind::FollowedUp,
            Self::Voided { .. } => FactKind::Voided,
            Self::Deposited { .. } => FactKind::Deposited,
            Self::Signed { .. } => FactKind::Signed,
            Self::FellThrough { .. } => FactKind::FellThrough,
            Self::Completed { .. } => FactKind::Completed,
            Self::Left { .. } => FactKind::Left,
            Self::Claimed { .. } => FactKind::Claimed,
            Self::Released { .. } => FactKind::Released,
            Self::Assigned { .. } => FactKind::Assigned,
            Self::Transferred { .. } => FactKind::Transferred,
            Self::Locked { .. } => FactKind::Locked,
            Self::DisputeOpened { .. } => FactKind::DisputeOpened,
            Self::DisputeClosed { .. } => FactKind::DisputeClosed,
            Self::Ruled { .. } => FactKind::Ruled,
            Self::Tiered { .. } => FactKind::Tiered,
        }
    }

    /// The stable code of its kind.
    pub const fn code(&self) -> &'static str {
        self.kind().code()
    }
}
