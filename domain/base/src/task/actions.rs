//! What may be done with a task now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

/// A named action on a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskActionName)]
pub enum TaskAction {
    /// Change what it says.
    Revise,
    /// Begin it.
    Start,
    /// Say that it is done.
    Finish,
    /// Accept what was done.
    Accept,
    /// Send it back.
    SendBack,
    /// Take it back.
    Cancel,
    /// Ask for a later due.
    AskDue,
    /// Grant that.
    GrantDue,
    /// Refuse that.
    RefuseDue,
    /// Give it to another owner.
    HandOver,
}

crate::labels! { TaskAction = "TaskActionName":
    Revise = "revise", "修改", "Revise";
    Start = "start", "开始", "Begin";
    Finish = "finish", "完成", "Finish";
    Accept = "accept", "验收", "Accept";
    SendBack = "send_back", "退回", "Send back";
    Cancel = "cancel", "取消", "Cancel";
    AskDue = "ask_due", "申请延期", "Ask for more time";
    GrantDue = "grant_due", "同意延期", "Grant more time";
    RefuseDue = "refuse_due", "不同意延期", "Refuse more time";
    HandOver = "hand_over", "移交", "Hand over";
}

impl Task {
    /// Every action with the refusal it would meet.
    pub fn actions(&self, line: Line<'_>) -> impl Iterator<Item = (TaskAction, Result<(), Refusal>)> {
        TaskAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                TaskAction::Revise | TaskAction::Cancel => self.may_revise(line),
                TaskAction::HandOver => self.may_hand_over(line),
                TaskAction::Start => self.may_start(line.by),
                TaskAction::Finish | TaskAction::AskDue => self.may_finish(line.by),
                TaskAction::Accept | TaskAction::SendBack => self.to_accept(line).map(|_| ()),
                TaskAction::GrantDue | TaskAction::RefuseDue => self.to_grant(line).map(|_| ()),
            };
            (action, allowed)
        })
    }
}
