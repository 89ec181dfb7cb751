//! What may be done with an announcement or a notice now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

/// A named action on an announcement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AnnouncementActionName)]
pub enum AnnouncementAction {
    /// Change what it says.
    Revise,
    /// Publish it.
    Publish,
    /// Take it back.
    Withdraw,
}

crate::labels! { AnnouncementAction = "AnnouncementActionName":
    Revise = "revise", "修改", "Revise";
    Publish = "publish", "发布", "Publish";
    Withdraw = "withdraw", "撤回", "Withdraw";
}

/// A named action on a notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeActionName)]
pub enum NoticeAction {
    /// Note that it was read.
    Read,
    /// Reply 收到.
    Receive,
    /// Answer it.
    Answer,
}

crate::labels! { NoticeAction = "NoticeActionName":
    Read = "read", "已读", "Read";
    Receive = "receive", "收到", "Received";
    Answer = "answer", "答复", "Answer";
}

impl Announcement {
    /// Every action with the refusal it would meet.
    pub fn actions(&self, by: &Actor) -> impl Iterator<Item = (AnnouncementAction, Result<(), Refusal>)> {
        AnnouncementAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                AnnouncementAction::Revise | AnnouncementAction::Publish => self.may_revise(by),
                AnnouncementAction::Withdraw => self.may_withdraw(by),
            };
            (action, allowed)
        })
    }
}

impl Receipt {
    /// Every action with the refusal it would meet.
    pub fn actions(
        &self,
        of: &Announcement,
        by: &Actor,
    ) -> impl Iterator<Item = (NoticeAction, Result<(), Refusal>)> {
        NoticeAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                NoticeAction::Read => self.may_read(by),
                NoticeAction::Receive => self.may_reply(of, by, Want::Received),
                NoticeAction::Answer => self.may_reply(of, by, Want::Answer),
            };
            (action, allowed)
        })
    }
}
